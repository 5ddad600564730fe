"""ARIMA: seasonal autoregressive integrated moving averages, with features as regressors (statsmodels' state space)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from scipy.stats import norm
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.statespace.kalman_filter import (
    MEMORY_NO_FILTERED_COV,
    MEMORY_NO_GAIN,
    MEMORY_NO_SMOOTHING,
    MEMORY_NO_STD_FORECAST,
)
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.forecaster import Forecaster
from forecast.panel import Panel
from forecast.validation import Rule, one_of, optional, positive

__all__ = ["ARIMAForecaster"]

_BLOCK = 512  # rows filtered at once: bounds the memory of state covariances
_LEFT_OUT = MEMORY_NO_GAIN | MEMORY_NO_SMOOTHING | MEMORY_NO_STD_FORECAST | MEMORY_NO_FILTERED_COV


def _orders(length: int) -> Rule:
    def holds(value: Any) -> bool:
        return len(value) == length and all(isinstance(v, (int, np.integer)) and v >= 0 for v in value)

    return Rule(f"{length} whole numbers of at least 0", lambda v: isinstance(v, (tuple, list)) and holds(v))


class ARIMAForecaster(Forecaster):
    """Seasonal ARIMA of a given order, by exact maximum likelihood [1]_.

    Each series and each target has a model of its own: a regression on the trend and the columns of X, whose errors
    follow the seasonal ARIMA process. NaN in y is a missing observation and needs no filling.

    Parameters
    ----------
    order : (p, d, q), default=(1, 0, 0)
        Autoregressive order, differences, moving-average order.
    seasonal_order : (P, D, Q, season_length), default=(0, 0, 0, 0)
    trend : {None, "n", "c", "t", "ct"}, default=None
        Nothing, a constant, a line through the origin, a line. None stands for "c" without differences, else "n".
        Where differences are taken they remove a constant: then "t" is the drift.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead: this forecaster leaves them out.

    Attributes
    ----------
    params_ : array of shape (n_series, n_targets, n_params)
        The coefficients of the trend and of X, then AR, MA, seasonal AR, seasonal MA and the variance; for y in units
        of `scale_`.
    scale_ : array of shape (n_series, n_targets)
        Standard deviation of y in the training part, 1 where that is 0.
    state_, state_cov_ : arrays of shape (n_series, n_targets, k) and (…, k, k)
        What the Kalman filter expects of the next row; `update` carries it on, without a refit.
    start_, ticks_ : list of moments, array of shape (n_series,)
        The first training row of each series, and the number of its last remembered row, counted from there.

    Notes
    -----
    `hindcast` runs one filter pass over the given table and forecasts from its state at each origin. A table that
    begins at the last remembered row continues that filter; any other begins with the diffuse prior. A line ("t", "ct")
    counts rows from the first training row; on a trading calendar a table that begins elsewhere is placed by weekdays.

    References
    ----------
    .. [1] Durbin & Koopman (2012), Time Series Analysis by State Space Methods, 2nd ed., section 3.4.

    Examples
    --------
    >>> ARIMAForecaster(order=(0, 1, 0)).fit([1.0, 2.0, 4.0, 3.0]).predict(2)
    array([3., 3.])
    """

    _takes_gaps = True
    _rules: ClassVar[dict[str, Rule]] = {
        "order": _orders(3),
        "seasonal_order": _orders(4),
        "trend": optional(one_of("n", "c", "t", "ct")),
    }

    def __init__(
        self,
        order: Sequence[int] = (1, 0, 0),
        seasonal_order: Sequence[int] = (0, 0, 0, 0),
        trend: str | None = None,
        past_features: Sequence[Any] = (),
    ):
        self.order = order
        self.seasonal_order = seasonal_order
        self.trend = trend
        self.past_features = past_features

    def _reach(self) -> int:
        """Return the rows that differences and lags look back on."""
        (p, d, q), (P, D, Q, m) = self.order, self.seasonal_order
        return d + D * m + max(p + P * m, q + Q * m)

    def _needs(self) -> tuple[int, str]:
        if self.seasonal_order[3] < 2 and any(self.seasonal_order[:3]):
            raise ValueError(f"seasonal_order={tuple(self.seasonal_order)} needs a season length of at least 2.")
        differences = self.order[1] + self.seasonal_order[1]
        if ("c" in self._trend() and differences) or ("t" in self._trend() and differences > 1):
            kept = "'n' or 't'" if differences == 1 else "'n'"
            raise ValueError(f"trend={self.trend!r} has terms that {differences} differences remove: use {kept}.")
        return (
            self._reach() + 2,
            f"order={tuple(self.order)} with seasonal_order={tuple(self.seasonal_order)}",
        )

    def _trend_columns(self) -> int:
        return len(self._trend().replace("n", ""))

    def _trend(self) -> str:
        return self.trend or ("n" if self.order[1] + self.seasonal_order[1] else "c")

    def _learn(self, panel: Panel) -> None:
        if hasattr(self, "memory_"):
            del self.memory_
        self.start_ = [panel.times[rows.start] for rows in panel.series()]
        self.scale_ = np.array(
            [positive(np.nanstd(panel.y[rows], axis=0), np.nanmean(panel.y[rows], axis=0)) for rows in panel.series()]
        )
        self.n_regressors_ = self._trend_columns() + int((~self._past).sum())
        tables = self._tables(panel)
        self.params_ = np.array([[self._estimate(y, design) for y in scaled.T] for scaled, design in tables])
        self._observe(panel)

    def _tables(self, panel: Panel) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield for each series y in units of `scale_` and the columns of the regression."""
        for i, (s, rows) in enumerate(zip(self._numbers(panel.keys), panel.series(), strict=True)):
            ticks = (self._tick(panel, i) + np.arange(rows.stop - rows.start)) / 1000.0
            columns = {"c": np.ones_like(ticks), "t": ticks}
            trend = [columns[c] for c in self._trend() if c != "n"]
            yield (
                panel.y[rows] / self.scale_[s],
                np.column_stack([*trend, panel.X[rows][:, ~self._past]]).reshape(len(ticks), -1),
            )

    def _tick(self, panel: Panel, series: int) -> int:
        """Return the number of a table's first row, counted from the first training row of its series."""
        s = self._numbers(panel.keys)[series]
        if self._continues(panel, series):
            return int(self.ticks_[s])
        return int(panel.frequency.steps(self.start_[s], panel.times[panel.bounds[series : series + 1]])[0])

    def _estimate(self, y: np.ndarray, design: np.ndarray) -> np.ndarray:
        """Maximise the likelihood of the differences; with gaps in y, of the diffuse state space of y itself."""
        model = self._model(y, design if design.shape[1] else None, simple_differencing=not np.isnan(y).any())
        with warnings.catch_warnings():  # poor starting values and slow convergence leave a usable estimate
            warnings.simplefilter("ignore", ModelWarning)
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.asarray(model.fit(disp=0, maxiter=50, return_params=True))

    def _model(self, y: np.ndarray, design: np.ndarray | None = None, simple_differencing: bool = False) -> SARIMAX:
        season = tuple(self.seasonal_order) if self.seasonal_order[3] > 1 else (0, 0, 0, 0)
        return SARIMAX(
            y, design, order=tuple(self.order), seasonal_order=season, simple_differencing=simple_differencing
        )

    def _space(self, z: np.ndarray, params: np.ndarray) -> Any:
        """Return the state space of the process for given parameters."""
        model = self._model(z)
        model.update(params)
        model.ssm.set_conserve_memory(_LEFT_OUT)
        return model.ssm

    def _observe(self, panel: Panel) -> None:
        """Remember the state of the filter at the end of each series."""
        ends = [self._filter(panel, s, np.array([rows.stop - 1])) for s, rows in enumerate(panel.series())]
        self.ticks_ = np.array([self._tick(panel, s) + rows - 1 for s, rows in enumerate(panel.lengths)])
        self.state_ = np.array([a[:, 0] for a, _ in ends])
        self.state_cov_ = np.array([P[:, 0] for _, P in ends])

    def _filter(self, panel: Panel, series: int, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the state expected after each origin of one series: (targets, origins, k) and (…, k, k)."""
        fitted, rows = self._numbers(panel.keys)[series], panel.series()[series]
        one = panel.select(np.array([series]))
        y, design = next(self._tables(one))
        continued = self._continues(panel, series)
        states, covariances = [], []
        for k in range(y.shape[1]):
            params = self.params_[fitted, k]
            z = (y[:, k] - design @ params[: self.n_regressors_])[: origins.max() - rows.start + 1]
            begin = (self.state_[fitted, k], self.state_cov_[fitted, k]) if continued else None
            a, P = self._pass(
                z[1:] if continued else z,
                params[self.n_regressors_ :],
                begin,
                origins - rows.start + 1 - continued,
            )
            states.append(a)
            covariances.append(P)
        return np.array(states), np.array(covariances)

    def _continues(self, panel: Panel, series: int) -> bool:
        """Whether a table begins at the remembered row of its series, so that the remembered state fits."""
        if not hasattr(self, "memory_"):
            return False
        s = self._numbers(panel.keys)[series]
        return bool(panel.times[panel.bounds[series]] == self.memory_.times[self.memory_.last[s]])

    def _pass(
        self, z: np.ndarray, params: np.ndarray, begin: tuple[np.ndarray, np.ndarray] | None, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Filter `z`; return the state expected for each of `rows` (0: before the first)."""
        if begin is None:
            begin = _prior(self._space(z[:1], params))
        states = np.empty((len(rows), len(begin[0])))
        covariances = np.empty((len(rows), *begin[1].shape))
        for start in range(0, max(len(z), 1), _BLOCK):
            part = z[start : start + _BLOCK]
            a, P = begin[0][:, None], begin[1][:, :, None]
            if len(part):
                space = self._space(part, params)
                space.initialize_known(*begin)
                result = space.filter()
                a, P = result.predicted_state, result.predicted_state_cov
            here = (rows >= start) & (rows <= start + len(part))
            states[here], covariances[here] = (
                a.T[rows[here] - start],
                P.transpose(2, 0, 1)[rows[here] - start],
            )
            begin = a[:, -1], P[:, :, -1]
        return states, covariances

    def _answer(self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray) -> np.ndarray:
        codes = panel.codes[origins]
        answer = np.full((len(origins), horizon, panel.y.shape[1], 1 + len(quantiles)), np.nan)
        for s in np.unique(codes):
            history = panel.position[origins] + 1
            mine = np.flatnonzero((codes == s) & (self._continues(panel, s) | (history > self._reach())))
            if len(mine):
                answer[mine] = self._propagate(panel, int(s), origins[mine], horizon, quantiles)
        return answer

    def _propagate(
        self, panel: Panel, series: int, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Run the states of one series' origins on: (origins, horizon, targets, 1 + quantiles)."""
        fitted = self._numbers(panel.keys)[series]
        states, covariances = self._filter(panel, series, origins)
        _, design = next(self._tables(panel.select(np.array([series]))))
        ahead = design[
            origins[:, None] - panel.bounds[series] + np.arange(1, horizon + 1)
        ]  # (origins, horizon, columns)
        z_scores = np.concatenate([[0.0], norm.ppf(quantiles)])
        targets = []
        for k, params in enumerate(self.params_[fitted]):
            space = self._space(np.zeros(1), params[self.n_regressors_ :])
            mean, variance = _forecast(space, states[k], covariances[k] if len(quantiles) else None, horizon)
            mean = mean + ahead @ params[: self.n_regressors_]
            targets.append(self.scale_[fitted, k] * (mean[..., None] + np.sqrt(variance)[..., None] * z_scores))
        return np.stack(targets, axis=2)


def _prior(space: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance of the first state: stationary where it is, diffuse elsewhere."""
    mean, diffuse, stationary = space.initialization(model=space)
    return mean, diffuse + stationary


def _forecast(
    space: Any, states: np.ndarray, covariances: np.ndarray | None, horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Propagate states (origins, k) through the transition: mean and variance, (origins, horizon) each."""
    Z, T = space["design"][0], space["transition"]
    noise = space["selection"] @ space["state_cov"] @ space["selection"].T
    mean, variance = np.empty((len(states), horizon)), np.zeros((len(states), horizon))
    for h in range(horizon):
        mean[:, h] = states @ Z
        states = states @ T.T
        if covariances is not None:
            variance[:, h] = covariances @ Z @ Z
            covariances = T @ covariances @ T.T + noise
    return mean, np.maximum(variance, 0.0)
