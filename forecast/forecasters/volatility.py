"""Volatility: how far a price may move. HAR learns it from its own averages, GARCH from returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from scipy.signal import lfilter
from sklearn.linear_model import LinearRegression

from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import NO_QUANTILES, add_errors, error_quantiles
from forecast.forecasters.process import ProcessForecaster, Rows, deviations
from forecast.tables.panel import Panel
from forecast.validation import Rule, fraction, integer, integers, resolve_columns

__all__ = ["GARCHForecaster", "HARForecaster"]


class HARForecaster(Forecaster):
    """Forecast volatility by a regression on its averages over a day, a week and a month [1]_.

    One regression for each step ahead, over all series together::

        y[o + h] = b0 + b1 · mean(y[o]) + b2 · mean(y[o-4 … o]) + b3 · mean(y[o-21 … o])

    The averages stand for traders of different patience, and for a memory of volatility that fades
    slowly.

    Parameters
    ----------
    spans : sequence of int, default=(1, 5, 22)
        Rows that the averages are over.
    horizon : int, default=1
        Steps learned at once. Longer forecasts continue from the forecasts themselves.
    validation_fraction : float, default=0.2
        The latest part of the training rows; errors of a regression that has not seen it make the
        intervals.

    Attributes
    ----------
    coef_ : array of shape (n_targets, horizon, 1 + n_spans)
        The constant, then the weight of each average.
    scale_ : array of shape (n_series, n_targets)
        Standard deviation of y in the training part, 1 where that is 0.
    errors_ : array of shape (201, horizon, n_targets)
        Quantiles of the held-out errors of all series, in units of `scale_`.
    floor_ : array of shape (n_targets,)
        The smallest training value: no forecast and no quantile is below it, for a variance is not
        negative. (In the spirit of the insanity filter of [2]_, which replaces what lies outside
        the training range by the mean.)

    Notes
    -----
    Columns of X are not read.

    References
    ----------
    .. [1] Corsi (2009), A simple approximate long-memory model of realized volatility, J. Financial
       Econometrics 7(2), 174-196.
    .. [2] Bollerslev, Patton & Quaedvlieg (2016), J. Econometrics 192(1), 1-18.

    Examples
    --------
    >>> from forecast import load_stocks
    >>> variance = load_stocks("IBM")["variance"]
    >>> model = HARForecaster(horizon=5).fit(variance)
    >>> bool(model.predict(5).min() > 0)
    True
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "spans": integers(1),
        "horizon": integer(1),
        "validation_fraction": fraction(),
    }
    _reads_features = False

    def __init__(
        self, spans: Sequence[int] = (1, 5, 22), horizon: int = 1, validation_fraction: float = 0.2
    ):
        self.spans = spans
        self.horizon = horizon
        self.validation_fraction = validation_fraction

    def _needs(self) -> tuple[int, str]:
        rows = max(self.spans) + self.horizon + 2 * len(self.spans) + 1
        return rows, f"spans={tuple(self.spans)} and horizon={self.horizon}"

    def _memory(self) -> int:
        return max(self.spans)

    def _direct_horizon(self, horizon: int) -> int:
        return min(horizon, self.horizon)

    def _learn(self, panel: Panel) -> None:
        origins = panel.origins(max(self.spans), self.horizon)
        earlier, latest = panel.split(origins, self.horizon, self.validation_fraction)
        ahead = np.arange(1, self.horizon + 1)
        self.floor_ = panel.y.min(axis=0)
        self.scale_ = deviations([panel.y[rows] for rows in panel.series()])
        self.coef_ = self._regress(panel, earlier)
        errors = panel.y[latest[:, None] + ahead] - self._points(panel, latest, self.horizon)
        self.errors_ = error_quantiles(errors / self.scale_[panel.codes[latest]][:, None])
        self.coef_ = self._regress(panel, origins)

    def _regress(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the coefficients, (targets, horizon, 1 + spans)."""
        ahead, fitted = origins[:, None] + np.arange(1, self.horizon + 1), []
        for k, averages in enumerate(self._averages(panel, origins)):
            line = LinearRegression().fit(averages, panel.y[ahead, k])
            fitted.append(np.column_stack([line.intercept_, line.coef_]))
        return np.array(fitted)

    def _averages(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the averages over the last rows, (targets, origins, spans)."""
        windows = panel.y[
            origins[:, None] + np.arange(1 - max(self.spans), 1)
        ]  # (origins, rows, targets)
        return np.stack([windows[:, -span:].mean(axis=1).T for span in self.spans], axis=-1)

    def _points(self, panel: Panel, origins: np.ndarray, horizon: int) -> np.ndarray:
        averages = self._averages(panel, origins)
        ones = np.ones((*averages.shape[:2], 1))
        points = np.concatenate([ones, averages], axis=-1) @ self.coef_[:, :horizon].swapaxes(1, 2)
        return np.maximum(np.moveaxis(points, 0, -1), self.floor_)  # (origins, horizon, targets)

    def _answers(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        return np.maximum(
            super()._answers(panel, origins, horizon, quantiles), self.floor_[:, None]
        )

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        long = panel.position[origins] >= max(self.spans) - 1
        answer = np.full((len(origins), horizon, panel.y.shape[1], 1 + len(quantiles)), np.nan)
        points = self._points(panel, origins[long], horizon)
        scale = self.scale_[panel.numbers[panel.codes[origins[long]]]]
        for k in range(answer.shape[2]):
            errors = add_errors(np.zeros(points.shape[:2]), self.errors_[..., k], quantiles)
            answer[long, :, k] = points[..., k, None] + scale[:, k, None, None] * errors
        return answer


class GARCHForecaster(ProcessForecaster):
    """Forecast a variance from the returns, by GARCH(1, 1) [1]_.

    The variance h of the returns e (without their mean) follows, for each series apart::

        h[t + 1] = omega + alpha · e[t]² + beta · h[t]

    and is multiplied by the mean of y over the mean of h in the training part: so it can be
    compared with other forecasts of any measure of variance, such as the squared range of a day.
    The package arch learns the parameters: ``pip install seqcast[volatility]``.

    Parameters
    ----------
    returns : column name or position, default=0
        The column of X that holds the returns. Like all columns of X, it is not known ahead.

    Attributes
    ----------
    params_ : array of shape (n_series, n_targets, 5)
        Mean, omega, alpha, beta (of returns in units of their deviation), and what h is multiplied
        by.
    ratios_ : list (series) of lists (targets) of arrays of shape (201,)
        Quantiles of y over its forecast one step ahead; they make the intervals of all steps.
    scale_, state_, start_, ticks_
        As in `ETSForecaster`; the state is the next variance.

    References
    ----------
    .. [1] Bollerslev (1986), Generalized autoregressive conditional heteroskedasticity, J.
       Econometrics 31(3), 307-327.

    Examples
    --------
    >>> from forecast import load_stocks
    >>> ibm = load_stocks("IBM")
    >>> model = GARCHForecaster("log_return").fit(ibm[["log_return"]], ibm["variance"])
    >>> bool(model.predict(5).min() > 0)
    True
    """

    def __init__(self, returns: Any = 0):
        self.returns = returns

    def _unknown_ahead(self, names: Sequence[Any] | None, width: int) -> np.ndarray:
        if not width:
            raise ValueError(
                "GARCHForecaster needs the returns as a column of X: fit(X, y), at the command line --past."
            )
        self._column = resolve_columns([self.returns], names, width, "returns")
        return np.ones(width, dtype=bool)

    def _needs(self) -> tuple[int, str]:
        return 20, "GARCH"

    def _rows(self, panel: Panel, series: int, s: int) -> list[Rows]:
        X = panel.X[panel.bounds[series] : panel.bounds[series + 1]][:, self._column]
        return [rows._replace(X=X) for rows in super()._rows(panel, series, s)]

    def _estimate(self, parts: list[Rows], panel: Panel) -> None:
        for i, part in enumerate(parts):
            self._check(part, panel.names[i // self._n_targets])
        found, ratios = [_garch(part) for part in parts], []
        for process, part in zip(found, parts, strict=True):
            variances = process.multiple * process.states(part, None, np.arange(len(part.y)))[:, 0]
            ratios.append(error_quantiles((part.y / variances)[:, None])[:, 0])
        self.params_ = np.array(
            self._by_target([(p.mean, p.omega, p.alpha, p.beta, p.multiple) for p in found])
        )
        self.ratios_ = self._by_target(ratios)

    def _check(self, rows: Rows, key: Any) -> None:
        name = "the series" if key is None else f"series {key!r}"
        if rows.y.min() < 0 or not rows.y.any():
            raise ValueError(
                f"{name} has no positive mean or some y below 0: GARCH forecasts a variance. Drop it."
            )
        if np.ptp(rows.X) == 0:
            raise ValueError(
                f"{name} has constant returns: there is no variance to learn. Drop it."
            )

    def _process(self, series: int, target: int) -> _GARCH:
        return _GARCH(*self.params_[series, target])

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        answer = np.repeat(
            super()._answer(panel, origins, horizon, NO_QUANTILES), 1 + len(quantiles), axis=-1
        )
        numbers = panel.numbers[panel.codes[origins]]
        for s, k in np.ndindex(self.params_.shape[:2]):
            spread = np.quantile(self.ratios_[s][k], quantiles)
            answer[numbers == s, :, k, 1:] *= spread
        return answer


@dataclass(frozen=True)
class _GARCH:
    """The variance of returns; a state is the next one."""

    mean: float
    omega: float
    alpha: float
    beta: float
    multiple: float

    reach: ClassVar[int] = 0

    @property
    def level(self) -> float:
        """The variance in the long run."""
        return self.omega / (1 - self.alpha - self.beta)

    def states(self, rows: Rows, begin: np.ndarray | None, counts: np.ndarray) -> np.ndarray:
        first = np.array([self.level]) if begin is None else begin
        moves = self.omega + self.alpha * (rows.X[:, 0] - self.mean) ** 2
        later = lfilter([1.0], [1.0, -self.beta], moves, zi=self.beta * first)[0]
        return np.append(first, later)[counts][:, None]

    def forecast(
        self, states: np.ndarray, rows: Rows, ahead: np.ndarray, wide: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        fading = (self.alpha + self.beta) ** np.arange(ahead.shape[1])
        mean = self.multiple * (self.level + fading * (states - self.level))
        return mean, np.zeros(mean.shape)

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        raise ValueError(
            "GARCHForecaster knows the process of returns, not that of y: wrap it, ConformalForecaster(…)."
        )


def _garch(rows: Rows) -> _GARCH:
    """Maximise the normal likelihood of the returns."""
    try:
        from arch import arch_model
    except ImportError:
        raise ImportError(
            "GARCHForecaster needs the package arch: pip install seqcast[volatility]."
        ) from None
    deviation = float(rows.X[:, 0].std())
    returns = rows.X[:, 0] / deviation
    model = arch_model(returns - returns.mean(), mean="Zero", vol="GARCH", p=1, q=1, rescale=False)
    omega, alpha, beta = model.fit(disp="off", show_warning=False).params
    beta = min(beta, 0.9999 - alpha)  # the long run must exist
    process = _GARCH(rows.X[:, 0].mean(), omega * deviation**2, alpha, beta, 1.0)
    variances = process.states(rows, None, np.arange(len(rows.y)))
    return replace(process, multiple=float(rows.y.mean() / variances.mean()))
