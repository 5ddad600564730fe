"""Exponential smoothing: ETS, Theta, and Naive2, which is Theta with neither slope nor smoothing.

Theta and Naive2 smooth the series without its season, whose indices are those of the training part.
statsmodels estimates, and runs the recursions of ETS.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.signal import lfilter
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

from forecast.forecasters.process import SEASONS, ProcessForecaster, Rows, noise, one_thread
from forecast.tables.panel import Panel
from forecast.validation import Rule, integer, jobs, number, one_of, optional

__all__ = ["ETSForecaster", "Naive2Forecaster", "ThetaForecaster"]

_FORMS = (
    *("ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA"),
    *("MNN", "MAN", "MAdN", "MNA", "MAA", "MAdA", "MNM", "MAM", "MAdM"),
)
_FIRST = 8  # rows that the first level and slope are drawn through
_START = np.array(
    [0.9, 0.3, 0.05, 0.85]
)  # weights of a fast level, beside the slow one that statsmodels starts from


class _Form(NamedTuple):
    """Which parts a smoothing has: A (additive), M (multiplicative), Ad (damped) or N (none)."""

    error: str
    trend: str
    season: str

    @classmethod
    def of(cls, name: str) -> _Form:
        return cls(*re.findall("Ad|[AMN]", name))

    @property
    def weighs(self) -> np.ndarray:
        """Say which of alpha, beta, gamma and phi are learned; statsmodels wants those alone, in this order."""
        return np.array([True, self.trend != "N", self.season != "N", self.trend == "Ad"])

    def model(self, y: np.ndarray, begin: np.ndarray) -> ETSModel:
        """Make statsmodels' model that begins with a state."""
        words = {"A": "add", "Ad": "add", "M": "mul", "N": None}
        return ETSModel(
            y,
            error=words[self.error],
            trend=words[self.trend],
            damped_trend=self.trend == "Ad",
            seasonal=words[self.season],
            seasonal_periods=len(begin) - 2 or None,
            initialization_method="known",
            initial_level=begin[0],
            initial_trend=begin[1],
            initial_seasonal=begin[2:],
        )


@dataclass(frozen=True)
class _Smoothing:
    """Level, slope and season; a state holds them, the oldest season first.

    The recursions are those of Hyndman et al. (2008), chapter 2, in the form in which statsmodels
    runs them.
    """

    form: _Form
    season_length: int
    weights: np.ndarray  # alpha, beta, gamma, phi
    variance: float
    first: np.ndarray  # the state before the first training row

    @property
    def reach(self) -> int:
        return max(_FIRST, 2 * self.season_length * (self.form.season != "N")) - 1

    def states(self, rows: Rows, begin: np.ndarray | None, counts: np.ndarray) -> np.ndarray:
        if begin is None:
            trained = rows.ticks[0] == 0
            begin = self.first if trained else _first_state(rows.y, self.form, self.season_length)
        seasons = len(begin) - 2
        if not len(rows.y):
            return np.repeat(begin[None], len(counts), axis=0)
        model = self.form.model(np.append(rows.y, rows.y[-1]), begin)  # it needs a second row
        found = model.smooth(self.weights[self.form.weighs], return_raw=True)[1]
        level, slope = found[:, 0], found[:, 1] if self.form.trend != "N" else np.zeros(len(found))
        path = np.concatenate([begin[2:], found[:, -1]])
        parts = [np.append(begin[0], level)[counts], np.append(begin[1], slope)[counts]]
        return np.column_stack([*parts, path[counts[:, None] + np.arange(seasons)]])

    def forecast(
        self, states: np.ndarray, rows: Rows, ahead: np.ndarray, wide: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        level = states[:, :1] + states[:, 1:2] * self._damped(ahead.shape[1])  # (origins, horizon)
        season = self._season(states, ahead.shape[1])
        mean = level * season if self.form.season == "M" else level + season
        return mean, self._variances(level, season) if wide else np.zeros(mean.shape)

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        (alpha, beta, gamma, phi), drawn = self.weights, noise(ahead, n_paths, rng)
        spread = np.repeat(states[:, :, None], n_paths, axis=2)  # (origins, numbers, paths)
        level, slope, seasons = spread[:, 0], spread[:, 1], list(np.moveaxis(spread[:, 2:], 1, 0))
        paths, by_season = np.empty(drawn.shape), self.form.season == "M"
        for h in range(drawn.shape[2]):
            season = seasons.pop(0) if seasons else 0.0
            level = level + phi * slope
            mean = level * season if by_season else level + season
            error = (
                np.sqrt(self.variance) * drawn[..., h] * (mean if self.form.error == "M" else 1.0)
            )
            paths[..., h] = mean + error
            moved = error / season if by_season else error
            grown = level + alpha * moved
            if states.shape[1] > 2:
                step = (
                    gamma / (1 - alpha) * (paths[..., h] / grown - season)
                    if by_season
                    else gamma * moved
                )
                seasons.append(season + step)
            level, slope = grown, phi * slope + beta * moved
        return paths

    def _damped(self, horizon: int) -> np.ndarray:
        """Return by how many slopes each step is above the level."""
        return np.cumsum(self.weights[3] ** np.arange(1, horizon + 1))

    def _season(self, states: np.ndarray, horizon: int) -> np.ndarray:
        m = states.shape[1] - 2
        return states[:, 2 + np.arange(horizon) % m] if m else np.zeros((len(states), horizon))

    def _variances(self, level: np.ndarray, season: np.ndarray) -> np.ndarray:
        """Return the variances of Hyndman et al. (2008), tables 6.1 to 6.3."""
        alpha, beta, gamma, _ = self.weights
        horizon, m = level.shape[1], max(self.season_length, 1)
        laps = np.arange(1, horizon) % m == 0
        moves = alpha + beta * self._damped(
            horizon - 1
        )  # what an error does to the level of later steps
        moves = moves + gamma * laps if self.form.season == "A" else moves
        if self.form.error == "A":
            return np.broadcast_to(self.variance * np.cumsum(np.append(1.0, moves**2)), level.shape)
        mean = level + season if self.form.season == "A" else level
        second = mean**2
        for h in range(1, horizon):
            second[:, h] += self.variance * (second[:, :h] @ moves[:h][::-1] ** 2)
        if self.form.season != "M":
            return (1 + self.variance) * second - mean**2
        grown = (1 + gamma**2 * self.variance) ** np.cumsum(np.append(0, laps))
        return ((1 + self.variance) * grown * second - mean**2) * season**2


class ETSForecaster(ProcessForecaster):
    """Exponential smoothing of level, trend and season, in the form that AICc prefers [1]_.

    Each series and each target has a model of its own. The forms are those of the state space
    framework: the error is additive (A) or multiplicative (M), the trend missing (N), additive (A)
    or damped (Ad), the season missing, additive or multiplicative. An additive error with a
    multiplicative season is left out, for its variance is infinite, and forms with an M are tried
    only where all values are positive.

    Parameters
    ----------
    season_length : int, optional
        Rows in a season; 1 for none. By default what the frequency suggests: 24 for hours, 7 for
        days, 12 for months. A series that is shorter than three seasons gets no season.
    form : str, optional
        The form for all series, such as "ANN" (simple exponential smoothing), "AAdA" or "MAM". By
        default each series has the one of smallest AICc.
    n_jobs : int, optional
        Processes that several series are shared between; -1 for all processors.

    Attributes
    ----------
    forms_ : list (series) of lists (targets) of str
    weights_ : array of shape (n_series, n_targets, 4)
        alpha, beta, gamma (of level, slope, season) and phi (damping, 1 for none).
    sigma_ : array of shape (n_series, n_targets)
        Standard deviation of the one-step errors: in units of `scale_`, or relative where the error
        is multiplicative.
    aicc_ : array of shape (n_series, n_targets)
    scale_ : array of shape (n_series, n_targets)
        Standard deviation of y in the training part, 1 where that is 0.
    state_ : list of lists of arrays
        Level, slope and season after the last row in units of `scale_`; `update` carries them on.
    first_state_ : list of lists of arrays
        The state before the first training row.
    start_, ticks_ : list of moments, array of shape (n_series,)
        The first training row of each series, and the number of its last remembered row, counted
        from there.

    Notes
    -----
    The weights are learned by statsmodels with a given first state, then that state by Gauss-Newton
    steps (exact for additive forms) with given weights, in turn: so a long season costs a filter
    pass for each of its rows, not a dimension of the optimiser. A table for `hindcast` that begins
    elsewhere finds its first state from its first two seasons (without season, from eight rows).

    The intervals are normal, with the variances of [1]_, tables 6.1 to 6.3. Columns of X are not
    read.

    References
    ----------
    .. [1] Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing: The State
       Space Approach.

    Examples
    --------
    >>> y = [10.0, 20.0, 30.0, 12.0, 22.0, 32.0, 14.0, 24.0, 34.0, 16.0, 26.0, 36.0]
    >>> ETSForecaster(season_length=3, form="AAA").fit(y).predict(3).round(1)
    array([18., 28., 38.])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "season_length": optional(integer(1)),
        "form": optional(one_of(*_FORMS)),
        "n_jobs": jobs(),
    }
    _reads_features = False

    def __init__(
        self, season_length: int | None = None, form: str | None = None, n_jobs: int | None = None
    ):
        self.season_length = season_length
        self.form = form
        self.n_jobs = n_jobs

    def _needs(self) -> tuple[int, str]:
        if (
            self.form is not None
            and _Form.of(self.form).season != "N"
            and self.season_length is not None
        ):
            return max(
                _FIRST, 2 * self.season_length
            ), f"form={self.form!r} with season_length={self.season_length}"
        return _FIRST, "exponential smoothing"

    def _estimate(self, parts: list[Rows], panel: Panel) -> None:
        season = self._season_length(panel)
        run = Parallel(n_jobs=self.n_jobs if len(parts) > 1 else 1)
        found = run(delayed(_smoothing)(part.y, season, self.form) for part in parts)
        self.first_state_ = self._by_target([each.first for each, _ in found])
        self.forms_ = self._by_target(["".join(each.form) for each, _ in found])
        self.weights_ = np.array(self._by_target([each.weights for each, _ in found]))
        self.sigma_ = np.sqrt(self._by_target([each.variance for each, _ in found]))
        self.aicc_ = np.array(self._by_target([aicc for _, aicc in found]))
        self.season_length_ = season

    def _process(self, series: int, target: int) -> _Smoothing:
        return _Smoothing(
            _Form.of(self.forms_[series][target]),
            self.season_length_,
            self.weights_[series, target],
            self.sigma_[series, target] ** 2,
            self.first_state_[series][target],
        )

    def _states(
        self, panel: Panel, series: int, s: int, target: int, rows: Rows, counts: np.ndarray
    ) -> np.ndarray:
        wrong = rows.y[: counts.max()] <= 0
        if "M" in self.forms_[s][target] and wrong.any():
            row = panel.bounds[series] + int(np.argmax(wrong))
            raise ValueError(
                f"y is {panel.y[row, target]:.6g} at {panel.name(row)}; "
                f"{self.forms_[s][target]} needs positive values: fit with an additive form, such as form='AAdA'."
            )
        return super()._states(panel, series, s, target, rows, counts)

    def summary(self) -> pd.DataFrame:
        """Tell what was learned.

        Returns
        -------
        DataFrame of n_series · n_targets rows
            ``series``, ``target``, ``form``, the weights ``alpha``, ``beta``, ``gamma`` and ``phi``
            (NaN where the form has none), ``sigma`` (in the unit of y, relative where the error is
            multiplicative), ``aicc``.
        """
        rows = []
        for s, key in enumerate(self.series_):
            for k, target in enumerate(self.target_names_):
                form = self.forms_[s][k]
                weights = np.where(_Form.of(form).weighs, self.weights_[s, k], np.nan)
                sigma = self.sigma_[s, k] * (1.0 if form.startswith("M") else self.scale_[s, k])
                rows.append((key, target, form, *weights, sigma, self.aicc_[s, k]))
        names = ["series", "target", "form", "alpha", "beta", "gamma", "phi", "sigma", "aicc"]
        return pd.DataFrame(rows, columns=names)


def _smoothing(y: np.ndarray, season: int, name: str | None) -> tuple[_Smoothing, float]:
    """Learn one form, or the best of those that the series admits; return its AICc as well."""
    seasonal = season > 1 and len(y) >= SEASONS * season
    forms = [_Form.of(each) for each in ([name] if name else _FORMS)]
    if name is None:
        forms = [
            f for f in forms if (seasonal or f.season == "N") and (y.min() > 0 or "M" not in f)
        ]
    elif "M" in name and y.min() <= 0:
        raise ValueError(
            f"form={name!r} needs positive values; y holds some that are not. Use an additive form."
        )
    elif forms[0].season != "N" and season < 2:
        raise ValueError(f"form={name!r} has a season: give a season_length of at least 2.")
    elif forms[0].season != "N" and len(y) < max(_FIRST, 2 * season):
        raise ValueError(
            f"form={name!r} needs two seasons; there are {len(y)} rows with season_length={season}."
        )
    with one_thread():
        tried = [_learned(y, _begun(y, form, season), rounds=1) for form in forms]
        return _learned(y, min(tried, key=lambda found: found[1])[0], rounds=8)


def _begun(y: np.ndarray, form: _Form, season: int) -> _Smoothing:
    """Learn the weights with a simple first state, from two starts: the likelihood has more than one top."""
    first, weights = _first_state(y, form, season, laps=7), np.array([0.0, 0.0, 0.0, 1.0])
    tops = [_weights(y, form, first, start) for start in (None, _START[form.weighs])]
    weights[form.weighs] = max(tops, key=lambda top: _likelihood(y, form, first, top))
    return _Smoothing(form, season, weights, 0.0, first)


def _learned(y: np.ndarray, near: _Smoothing, rounds: int) -> tuple[_Smoothing, float]:
    """Improve the first state and the weights in turn, while the likelihood rises; return its AICc as well."""
    form, first, weights = near.form, near.first, near.weights[near.form.weighs]
    likelihood = _likelihood(y, form, first, weights)
    for _ in range(rounds):
        moved = first + _towards(y, form, first, weights)
        found = _weights(y, form, moved, weights)
        reached = _likelihood(y, form, moved, found)
        if not reached > likelihood + 0.1:
            break
        first, weights, likelihood = moved, found, reached
    variance = float(np.mean(_errors(y, form, first, weights) ** 2))
    given = near.weights.copy()
    given[form.weighs] = weights
    n, k = len(y), len(weights) + 2 + (form.trend != "N") + len(first) - 2
    aicc = -2 * likelihood + 2 * k * n / (n - k - 1) if n > k + 1 else np.inf
    return _Smoothing(form, near.season_length, given, variance, first), float(
        np.nan_to_num(aicc, nan=np.inf)
    )


def _weights(y: np.ndarray, form: _Form, first: np.ndarray, start: np.ndarray | None) -> np.ndarray:
    """Maximise the likelihood over the weights of the form."""
    with warnings.catch_warnings():  # slow convergence leaves usable weights
        warnings.simplefilter("ignore", ModelWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(form.model(y, first).fit(start, disp=0, maxiter=100, return_params=True))


def _likelihood(y: np.ndarray, form: _Form, first: np.ndarray, weights: np.ndarray) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):  # infinite where there is no error
        return float(form.model(y, first).loglike(weights))


def _towards(y: np.ndarray, form: _Form, first: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return a Gauss-Newton step of the first state; exact for additive forms, whose errors are linear in it."""

    def residuals(
        first: np.ndarray,
    ) -> np.ndarray:  # the likelihood falls with the sum of their squares
        fitted = _fitted(y, form, first, weights)
        return (
            (y / fitted - 1) * np.exp(np.log(np.abs(fitted)).mean())
            if form.error == "M"
            else y - fitted
        )

    now, units = residuals(first), 1e-6 * np.eye(len(first))
    units[1] *= form.trend != "N"
    moved = np.column_stack([residuals(first + unit) - now for unit in units])
    return (
        units @ np.linalg.lstsq(moved, -now, rcond=1e-4)[0]
    )  # a level may be given to the season and back


def _errors(y: np.ndarray, form: _Form, first: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the one-step errors, relative where the error is multiplicative."""
    fitted = _fitted(y, form, first, weights)
    return y / fitted - 1 if form.error == "M" else y - fitted


def _fitted(y: np.ndarray, form: _Form, first: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the one-step forecasts."""
    return np.asarray(form.model(y, first).smooth(weights, return_raw=True)[0])


def _first_state(y: np.ndarray, form: _Form, season: int, laps: int = 2) -> np.ndarray:
    """Return level and slope before the first row by a line through the first rows, the season by its first laps."""
    if form.season == "N":
        slope, level = np.polyfit(np.arange(1, len(y[:_FIRST]) + 1), y[:_FIRST], 1)
        return np.array([level, slope if form.trend != "N" else 0.0])
    laps = min(laps, len(y) // season)
    table = y[: laps * season].reshape(laps, season)
    mean = table.mean(axis=1, keepdims=True)
    slope = float(np.diff(mean[:2, 0])[0]) / season
    rise = slope * (np.arange(season) - (season - 1) / 2)  # within a season
    if form.season == "M":
        indices = (table / mean).mean(axis=0) / (1 + rise / mean[:2].mean())
        indices = indices / indices.mean()
    else:
        indices = (table - mean).mean(axis=0) - rise
    level = mean[:2].mean() - slope * (season + 0.5)
    return np.concatenate([[level, slope] if form.trend != "N" else [mean[0, 0], 0.0], indices])
