"""Theta, and Naive2, which is Theta with neither slope nor smoothing.

Both smooth series without their seasons: `AdjustedSmoothing` holds what they have learned, and
answers for all series and targets at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.stats import norm

from forecast.forecasters.base import Forecaster
from forecast.forecasters.seasonality import season_length_of, season_of, seasonal_indices
from forecast.forecasters.simple_smoothing import least_squares_alpha, levels, one_step_errors
from forecast.tables.panel import Panel
from forecast.validation import Rule, integer, number, optional

__all__ = ["Naive2Forecaster", "ThetaForecaster"]

_FEWEST_ROWS = 3, "a slope and its errors"
_BLOCK = 2**18  # numbers in the matrix of a block of series: they stay in the processor's cache


@dataclass(frozen=True)
class AdjustedSmoothing:
    """Simple exponential smoothing with drift of series without their seasons.

    Parameters
    ----------
    drift, alpha, sigma : arrays of shape (n_series, n_targets)
        The drift per row, the weight of a new value and the standard deviation of the one-step
        errors, of the series without season.
    indices : array of shape (n_series, n_targets, season_length or 1)
        The seasonal indices from the first training row on; they stay as they were learned.
    multiplies : array of shape (n_series, n_targets)
        Whether the indices multiply.
    start : Index of length n_series
        The first training row of each series.
    state : array of shape (n_series, n_targets)
        The level after the last remembered row.
    ticks : array of shape (n_series,)
        The number of the last remembered row, counted from the first training row.
    """

    drift: np.ndarray
    alpha: np.ndarray
    sigma: np.ndarray
    indices: np.ndarray
    multiplies: np.ndarray
    start: pd.Index
    state: np.ndarray
    ticks: np.ndarray

    def after(self, panel: Panel) -> AdjustedSmoothing:
        """Return the same smoothing with the state after the last row of each series."""
        level = self.levels(panel, panel.lengths)[panel.last]
        ticks = self._first_ticks(panel, np.arange(panel.n_series)) + panel.lengths - 1
        return replace(self, state=level, ticks=ticks)

    def levels(self, panel: Panel, n_rows: np.ndarray) -> np.ndarray:
        """Return the level after the first `n_rows` rows of each series, NaN after further ones.

        Parameters
        ----------
        panel : Panel
        n_rows : array of shape (n_series,)

        Returns
        -------
        array of shape (rows of the panel, n_targets)
        """
        level = np.full(panel.y.shape, np.nan)
        for series, rows in _equal_lengths(panel, n_rows):
            numbers = panel.numbers[series]
            ticks = self._first_ticks(panel, series) + np.arange(len(rows))[:, None]
            factor, term = self._season(numbers, ticks)  # (rows, series, targets)
            adjusted = (panel.y[rows] - term) / factor
            # The first level is the first value, unless it is remembered.
            if panel.continues:
                adjusted[0] = self.state[numbers]
            alpha = self.alpha[numbers].ravel()
            drift = self.drift[numbers].ravel()
            smoothed = levels(_as_columns(adjusted), alpha, drift)
            level[rows] = smoothed.reshape(adjusted.shape)
        return level

    def forecast(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Forecast from rows of the panel: (origins, horizon, targets, 1 + quantiles)."""
        numbers, level, factor, term = self._at(panel, origins, horizon)
        alpha = self.alpha[numbers][:, None]  # (origins, 1, targets)
        sigma = self.sigma[numbers][:, None]
        drift = self.drift[numbers][:, None]
        steps = np.arange(1, horizon + 1)[:, None]
        mean = level[:, None] + drift * steps  # (origins, horizon, targets)
        # Each later error has left alpha of itself in the level: Hyndman et al. (2008), table 6.1.
        deviation = sigma * np.sqrt(1 + (steps - 1) * alpha**2)
        scores = np.concatenate([[0.0], norm.ppf(quantiles)])
        point = factor * mean + term
        return point[..., None] + (factor * deviation)[..., None] * scores

    def paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths from rows of the panel: (origins, paths, horizon, targets)."""
        numbers, level, factor, term = self._at(panel, origins, horizon)
        errors = rng.standard_normal((len(origins), level.shape[1], n_paths, horizon))
        errors = np.moveaxis(errors, 1, -1)  # (origins, paths, horizon, targets)
        alpha = self.alpha[numbers][:, None, None]
        sigma = self.sigma[numbers][:, None, None]
        drift = self.drift[numbers][:, None, None]
        # The level of each step holds alpha of all errors before it.
        before = errors.cumsum(axis=2) - errors
        walk = sigma * (errors + alpha * before)
        steps = np.arange(1, horizon + 1)[:, None]
        adjusted = level[:, None, None] + drift * steps + walk
        return factor[:, None] * adjusted + term[:, None]

    def _at(
        self, panel: Panel, origins: np.ndarray, horizon: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return what forecasts from origins are made of.

        Returns
        -------
        numbers : array of shape (origins,)
            The training number of each origin's series.
        level : array of shape (origins, targets)
        factor, term : arrays of shape (origins, horizon, targets)
            The season of the rows to forecast, as `season_of` returns it.
        """
        series = panel.codes[origins]
        position = panel.position[origins]
        n_rows = np.zeros(panel.n_series, dtype=np.intp)
        np.maximum.at(n_rows, series, position + 1)
        level = self.levels(panel, n_rows)[origins]
        # The place in the season of each row to forecast, (origins, horizon).
        asked, place = np.unique(series, return_inverse=True)
        ticks = self._first_ticks(panel, asked)[place] + position
        ahead = ticks[:, None] + np.arange(1, horizon + 1)
        numbers = panel.numbers[series]
        factor, term = self._season(numbers[:, None], ahead)
        return numbers, level, factor, term

    def _season(self, numbers: np.ndarray, ticks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return factor and term of the season of rows by their numbers, (…, targets)."""
        indices = self.indices[numbers, :, ticks % self.indices.shape[2]]
        return season_of(indices, self.multiplies[numbers])

    def _first_ticks(self, panel: Panel, series: np.ndarray) -> np.ndarray:
        """Return the number of the first row of some series of a table, (series,).

        It is counted from the first training row of the same series.
        """
        numbers = panel.numbers[series]
        if panel.continues:
            return self.ticks[numbers]
        begins = panel.times[panel.bounds[series]]
        start = self.start[numbers]
        seasonal = np.ptp(self.indices[numbers], axis=-1).any(axis=-1)
        elsewhere = seasonal & np.asarray(begins != start)
        # Days without trade are no rows: how many rows lie in between is not known.
        if panel.frequency.trading and elsewhere.any():
            first = int(np.argmax(elsewhere))
            raise ValueError(
                f"the table begins at {begins[first]}: on a trading calendar its place in the "
                "season is known only for one that begins with the training part, at "
                f"{start[first]}."
            )
        return panel.frequency.steps(start, begins)


def learn(
    panel: Panel,
    season_length: int,
    drift_and_alpha: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
) -> AdjustedSmoothing:
    """Learn the smoothing of each series and target.

    Parameters
    ----------
    panel : Panel
        The training part.
    season_length : int
    drift_and_alpha : function
        Returns drift and alpha, (columns,) each, of series without season, (rows, columns).
    """
    shape = panel.n_series, panel.y.shape[1]
    drift, alpha, sigma = np.empty(shape), np.empty(shape), np.empty(shape)
    multiplies = np.empty(shape, dtype=bool)
    indices_of_blocks = []
    for series, rows in _equal_lengths(panel, panel.lengths):
        block = (len(series), shape[1])
        y = _as_columns(panel.y[rows])
        indices, multiply = seasonal_indices(y, season_length)
        factor, term = season_of(indices[np.arange(len(y)) % len(indices)], multiply)
        adjusted = (y - term) / factor  # (rows, series · targets)
        of_drift, of_alpha = drift_and_alpha(adjusted)
        errors = one_step_errors(adjusted, of_alpha, of_drift)
        # The first row is forecast without error: its value is the first level.
        variance = np.sum(errors**2, axis=0) / len(y)
        drift[series] = of_drift.reshape(block)
        alpha[series] = of_alpha.reshape(block)
        sigma[series] = np.sqrt(variance).reshape(block)
        multiplies[series] = multiply.reshape(block)
        indices_of_blocks.append((series, indices.T.reshape(*block, -1)))
    # Blocks without any season have one neutral index, as all have where no block has a season.
    width = max(indices.shape[2] for _, indices in indices_of_blocks)
    all_indices = np.empty((*shape, width))
    for series, indices in indices_of_blocks:
        all_indices[series] = indices
    start = panel.times[panel.bounds[:-1]]
    unknown = np.empty(0)  # until `after` has run through the panel
    learned = AdjustedSmoothing(
        drift, alpha, sigma, all_indices, multiplies, start, state=unknown, ticks=unknown
    )
    return learned.after(panel)


def linear_trend(y: np.ndarray) -> np.ndarray:
    """Return the slope of the least-squares line through each column, (columns,)."""
    time = np.arange(len(y)) - (len(y) - 1) / 2  # its mean is 0
    return time @ (y - y.mean(axis=0)) / (time @ time)


def _as_columns(values: np.ndarray) -> np.ndarray:
    """Return values (rows, series, targets) as a matrix with a column per series and target."""
    return values.reshape(len(values), -1)


def _equal_lengths(panel: Panel, n_rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield series of which equally many rows are wanted, in blocks, with their rows.

    Parameters
    ----------
    panel : Panel
    n_rows : array of shape (n_series,)
        How many of the first rows of each series are wanted.

    Yields
    ------
    series : array of shape (block,)
    rows : array of shape (n_rows, block)
    """
    order = np.argsort(n_rows, kind="stable")
    changes = np.flatnonzero(np.diff(n_rows[order])) + 1
    for equal in np.split(order, changes):
        length = int(n_rows[equal[0]])
        if not length:
            continue
        size = max(1, _BLOCK // (length * panel.y.shape[1]))
        for first in range(0, len(equal), size):
            series = equal[first : first + size]
            yield series, panel.bounds[series] + np.arange(length)[:, None]


class ThetaForecaster(Forecaster):
    """The Theta method: simple exponential smoothing with half of the linear trend as drift.

    The mean of two "theta lines", the straight line and the series with its curvature doubled [1]_,
    is the same as simple exponential smoothing with drift [2]_. Each series and each target has its
    own. A season is taken out first, and multiplied (where all is positive, else added) to the
    forecasts again.

    Parameters
    ----------
    season_length : int, optional
        Rows in a season; 1 for none. By default what the frequency suggests. A season counts if the
        autocorrelation at its lag is beyond the 90 % limit in a series of three seasons or more.
    theta : float of at least 1, default=2.0
        The drift is the trend times ``1 - 1 / theta``; 1 is simple exponential smoothing.

    Attributes
    ----------
    drift_, alpha_, sigma_ : arrays of shape (n_series, n_targets)
        The drift per row, the weight of a new value, the standard deviation of the one-step errors;
        of the series without season, in the unit of y.
    indices_ : array of shape (n_series, n_targets, season_length or 1)
        The seasonal indices from the first training row on, 0 for a series without season.
    multiplies_ : array of shape (n_series, n_targets)
        Whether the indices are multiplied with the series without season, not added to it.
    state_ : array of shape (n_series, n_targets)
        The level after the last row; `update` carries it on.
    start_, ticks_ : Index of length n_series, array of shape (n_series,)
        The first training row of each series, and the number of its last remembered row, counted
        from there.

    Notes
    -----
    A table for `hindcast` that begins elsewhere takes its first value for the first level. The
    indices stay as learned, so a season that changes over the year, as that of a day does, is
    better left to `ETSForecaster`. The intervals are normal. Columns of X are not read.

    References
    ----------
    .. [1] Assimakopoulos & Nikolopoulos (2000), Int. J. Forecasting 16(4), 521-530.
    .. [2] Hyndman & Billah (2003), Int. J. Forecasting 19(2), 287-290.

    Examples
    --------
    >>> ThetaForecaster().fit([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).predict(2).round(2)
    array([6.5, 7. ])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "season_length": optional(integer(1)),
        "theta": number(1, closed=True),
    }
    _reads_features = False

    def __init__(self, season_length: int | None = None, theta: float = 2.0):
        self.season_length = season_length
        self.theta = theta

    def _needs(self) -> tuple[int, str]:
        return _FEWEST_ROWS

    def _learn(self, panel: Panel) -> None:
        season_length = season_length_of(panel.frequency, self.season_length)
        _store(self, learn(panel, season_length, self._drift_and_alpha))

    def _drift_and_alpha(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        drift = (1 - 1 / self.theta) * linear_trend(y)
        return drift, least_squares_alpha(y)

    def _observe(self, panel: Panel) -> None:
        _store(self, _stored(self).after(panel))

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        return _stored(self).forecast(panel, origins, horizon, quantiles)

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        return _stored(self).paths(panel, origins, horizon, n_paths, rng)


class Naive2Forecaster(Forecaster):
    """The last value without its season, times the season: Naive2 of the M competitions [1]_.

    What OWA of the M4 competition is relative to; without a season it is the last value. Each
    series and each target has its own seasonal indices.

    Parameters
    ----------
    season_length : int, optional
        As in `ThetaForecaster`.

    Attributes
    ----------
    drift_, alpha_, sigma_, indices_, multiplies_, state_, start_, ticks_
        As in `ThetaForecaster`; the drift is 0, alpha 1.

    References
    ----------
    .. [1] Makridakis, Spiliotis & Assimakopoulos (2020), Int. J. Forecasting 36(1), 54-74.

    Examples
    --------
    >>> y = [10.0, 20.0, 30.0] * 4
    >>> Naive2Forecaster(season_length=3).fit(y).predict(3).round(6)
    array([10., 20., 30.])
    """

    _rules: ClassVar[dict[str, Rule]] = {"season_length": optional(integer(1))}
    _reads_features = False

    def __init__(self, season_length: int | None = None):
        self.season_length = season_length

    def _needs(self) -> tuple[int, str]:
        return _FEWEST_ROWS

    def _learn(self, panel: Panel) -> None:
        season_length = season_length_of(panel.frequency, self.season_length)
        _store(self, learn(panel, season_length, _last_value))

    def _observe(self, panel: Panel) -> None:
        _store(self, _stored(self).after(panel))

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        return _stored(self).forecast(panel, origins, horizon, quantiles)

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        return _stored(self).paths(panel, origins, horizon, n_paths, rng)


def _last_value(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return drift and alpha with which the level of each column is its last value."""
    columns = y.shape[1]
    return np.zeros(columns), np.ones(columns)


def _store(forecaster: Forecaster, smoothing: AdjustedSmoothing) -> None:
    """Keep what has been learned as attributes of a forecaster: drift is its `drift_`."""
    for field in fields(smoothing):
        setattr(forecaster, f"{field.name}_", getattr(smoothing, field.name))


def _stored(forecaster: Forecaster) -> AdjustedSmoothing:
    """Return what `_store` has kept."""
    kept = {
        field.name: getattr(forecaster, f"{field.name}_") for field in fields(AdjustedSmoothing)
    }
    return AdjustedSmoothing(**kept)
