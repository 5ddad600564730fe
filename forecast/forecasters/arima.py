"""ARIMA: seasonal autoregressive integrated moving averages, with features as regressors.

Two processes answer for given orders and parameters: statsmodels' state space (exact, with gaps),
and the filters of `sarima` (conditional).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tools.sm_exceptions import InterpolationWarning, ModelWarning
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.statespace.kalman_filter import (
    MEMORY_NO_FILTERED_COV,
    MEMORY_NO_GAIN,
    MEMORY_NO_SMOOTHING,
    MEMORY_NO_STD_FORECAST,
)
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.stattools import kpss

from forecast.forecasters.process import SEASONS, ProcessForecaster, Rows, filled, noise, one_thread
from forecast.forecasters.sarima import (
    Estimate,
    Orders,
    Recursion,
    estimate,
    one_step_errors,
    search,
    standard_errors,
)
from forecast.tables.panel import Panel
from forecast.validation import Rule, flag, integer, jobs, one_of, optional

__all__ = ["ARIMAForecaster", "AutoARIMAForecaster"]

_BLOCK = 512  # rows filtered at once: bounds the memory of state covariances
_LEFT_OUT = MEMORY_NO_GAIN | MEMORY_NO_SMOOTHING | MEMORY_NO_STD_FORECAST | MEMORY_NO_FILTERED_COV
_STRONG = 0.64  # strength of the season from which it is differenced
_SPAN = 10  # the largest over the smallest value, from which a logarithm is worth considering


def _whole(length: int) -> Rule:
    def holds(value: Any) -> bool:
        return len(value) == length and all(
            isinstance(v, (int, np.integer)) and v >= 0 for v in value
        )

    return Rule(
        f"{length} whole numbers of at least 0", lambda v: isinstance(v, (tuple, list)) and holds(v)
    )


class _SeasonalARIMA(ProcessForecaster):
    """What both ARIMA forecasters share. A subclass says in `_estimates` how processes are learned."""

    method: str

    @property
    def _takes_gaps(self) -> bool:
        return self.method == "exact"

    def _estimates(self, parts: list[Rows], panel: Panel) -> list[Estimate]:
        """Learn one process from each part."""
        raise NotImplementedError

    def _estimate(self, parts: list[Rows], panel: Panel) -> None:
        found = self._estimates(parts, panel)
        described = [_described(part, each) for part, each in zip(parts, found, strict=True)]
        self.orders_ = self._by_target([each.orders for each in found])
        self.params_ = self._by_target([each.params for each in found])
        self.std_errors_ = self._by_target([errors for errors, _ in described])
        self.aicc_ = np.array(self._by_target([each.aicc for each in found]))
        self.ljung_box_ = np.array(self._by_target([p for _, p in described]))

    def _process(self, series: int, target: int) -> _Conditional | _Exact:
        orders, params = Orders(*self.orders_[series][target]), self.params_[series][target]
        regressors = len(params) - 1 - sum(orders.sizes)
        process = _Exact if self.method == "exact" else _Conditional
        return process(orders, params[:regressors], params[regressors:])

    def _name(self, series: int, target: int) -> str:
        """Return the usual notation of a learned process."""
        return Orders(*self.orders_[series][target]).name

    def summary(self) -> pd.DataFrame:
        """Tell what was learned: one row for each number.

        Returns
        -------
        DataFrame
            ``series`` and ``target``, ``model`` such as ARIMA(1,0,0)(0,1,1)[24], and for each
            ``term`` its ``value`` and ``std_error``. Terms are the trend (c, t: per 1000 rows) and
            the columns of X in the unit of what is modelled (y, or its logarithm: then ``model``
            ends in "of log"), ar1 …, ma1 …, seasonal_ar1 …, seasonal_ma1 …, the standard deviation
            ``sigma`` of the one-step errors in the same unit, then ``aicc`` (in units of the
            deviation; comparable between models of the same differences, method and logarithm) and
            ``ljung_box``, the p-value of the test that the one-step errors are uncorrelated [1]_.
            Standard errors are those of large samples.

        References
        ----------
        .. [1] Ljung & Box (1978), On a measure of lack of fit in time series models, Biometrika
           65(2), 297-303.
        """
        frames = []
        names = np.asarray(
            getattr(self, "feature_names_in_", [f"x{c}" for c in range(self.n_features_in_)])
        )
        for s, key in enumerate(self.series_):
            for k, target in enumerate(self.target_names_):
                process = self._process(s, k)
                orders, beta = process.orders, process.beta
                values, errors = self.params_[s][k].copy(), self.std_errors_[s][k].copy()
                values[-1], errors[-1] = np.sqrt(values[-1]), errors[-1] / (2 * np.sqrt(values[-1]))
                for column in (values, errors):
                    column[np.r_[: len(beta), -1]] *= self.scale_[s, k]
                terms = [
                    *orders.trend.replace("n", ""),
                    *map(str, names[~self._past]),
                    *orders.terms,
                    "sigma",
                ]
                frame = pd.DataFrame(
                    {
                        "term": [*terms, "aicc", "ljung_box"],
                        "value": [*values, self.aicc_[s, k], self.ljung_box_[s, k]],
                        "std_error": [*errors, np.nan, np.nan],
                    }
                )
                for place, (name, value) in enumerate(
                    (("series", key), ("target", target), ("model", self._name(s, k)))
                ):
                    frame.insert(place, name, value)
                frames.append(frame)
        return pd.concat(frames, ignore_index=True)


class ARIMAForecaster(_SeasonalARIMA):
    """Seasonal ARIMA of a given order [1]_.

    Each series and each target has a model of its own: a regression on the trend and the columns of
    X, whose errors follow the seasonal ARIMA process.

    Parameters
    ----------
    order : (p, d, q), default=(1, 0, 0)
        Autoregressive order, differences, moving-average order.
    seasonal_order : (P, D, Q, season_length), default=(0, 0, 0, 0)
    trend : {None, "n", "c", "t", "ct"}, default=None
        Nothing, a constant, a line through the origin, a line. None stands for "c" without
        differences, else "n". Where differences are taken they remove a constant: then "t" is the
        drift.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead: this forecaster leaves them out.
    method : {"exact", "css"}, default="exact"
        The likelihood: exact, by statsmodels' Kalman filter, where NaN in y is a missing
        observation and needs no filling; or conditional on the first rows, a hundred times faster,
        which refuses NaN in y.

    Attributes
    ----------
    params_ : list (series) of lists (targets) of arrays of shape (n_params,)
        The coefficients of the trend and of X, then AR, MA, seasonal AR, seasonal MA and the
        variance; for y in units of `scale_`. `summary` names them.
    std_errors_ : lists of arrays of the same shapes
    aicc_, ljung_box_ : arrays of shape (n_series, n_targets)
        Akaike's criterion, corrected for short series; the p-value of no autocorrelation in the
        one-step errors.
    orders_ : list of lists of (order, seasonal_order, trend)
    scale_ : array of shape (n_series, n_targets)
        Standard deviation of y in the training part, 1 where that is 0.
    state_ : list of lists of arrays
        Exact: what the Kalman filter expects of the next row, and its covariance. Conditional: the
        last values and one-step errors. `update` carries them on, without a refit.
    start_, ticks_ : list of moments, array of shape (n_series,)
        The first training row of each series, and the number of its last remembered row, counted
        from there.

    Notes
    -----
    `hindcast` runs one filter pass over the given table and forecasts from its state at each
    origin. A table that begins at the last remembered row continues that filter; any other begins
    with the diffuse prior, or (conditional) with errors of zero. A line ("t", "ct") counts rows
    from the first training row; on a trading calendar a table that begins elsewhere is placed by
    weekdays.

    References
    ----------
    .. [1] Box & Jenkins (1970), Time Series Analysis: Forecasting and Control; for the exact
       likelihood Durbin & Koopman (2012), Time Series Analysis by State Space Methods, 2nd ed.,
       section 3.4.

    Examples
    --------
    >>> ARIMAForecaster(order=(0, 1, 0)).fit([1.0, 2.0, 4.0, 3.0]).predict(2)
    array([3., 3.])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "order": _whole(3),
        "seasonal_order": _whole(4),
        "trend": optional(one_of("n", "c", "t", "ct")),
        "method": one_of("exact", "css"),
    }

    def __init__(
        self,
        order: Sequence[int] = (1, 0, 0),
        seasonal_order: Sequence[int] = (0, 0, 0, 0),
        trend: str | None = None,
        past_features: Sequence[Any] = (),
        method: str = "exact",
    ):
        self.order = order
        self.seasonal_order = seasonal_order
        self.trend = trend
        self.past_features = past_features
        self.method = method

    def _needs(self) -> tuple[int, str]:
        orders, differences = self._given(), self.order[1] + self.seasonal_order[1]
        if self.seasonal_order[3] < 2 and any(self.seasonal_order[:3]):
            raise ValueError(
                f"seasonal_order={tuple(self.seasonal_order)} needs a season length of at least 2."
            )
        if ("c" in orders.trend and differences) or ("t" in orders.trend and differences > 1):
            kept = "'n' or 't'" if differences == 1 else "'n'"
            raise ValueError(
                f"trend={self.trend!r} has terms that {differences} differences remove: use {kept}."
            )
        rows = orders.reach + 2 + (sum(orders.sizes) if self.method == "css" else 0)
        return rows, f"order={tuple(self.order)} with seasonal_order={tuple(self.seasonal_order)}"

    def _given(self) -> Orders:
        p, d, q = (int(v) for v in self.order)
        P, D, Q, m = (int(v) for v in self.seasonal_order)
        trend = self.trend or ("n" if d + D else "c")
        return Orders((p, d, q), (P, D, Q, m) if m > 1 else (0, 0, 0, 0), trend)

    def _estimates(self, parts: list[Rows], panel: Panel) -> list[Estimate]:
        orders, learn = self._given(), _exact if self.method == "exact" else _conditional
        return [learn(part, orders) for part in parts]


class AutoARIMAForecaster(_SeasonalARIMA):
    """Seasonal ARIMA whose orders are found by stepwise search [1]_, in a second for a thousand
    rows.

    The season is differenced where it is strong [2]_; further differences are taken until the KPSS
    test no longer rejects that the series is stationary. From a few first models the search steps
    to neighbouring orders, with and without a constant (a drift, after one difference), while AICc
    falls. Each model is learned by its conditional sum of squares, from where its neighbour's
    parameters stopped.

    Where all values are above 0 and span an order of magnitude [3]_, the logarithm is modelled if
    AICc says so: that of one model of medium size for both, as likelihoods of y [4]_. Forecasts are
    then medians, and errors grow with them.

    Each series and each target has a model of its own: a regression on the columns of X, whose
    errors follow the process.

    Parameters
    ----------
    season_length : int, optional
        Rows in a season; 1 for none. By default what the frequency suggests: 24 for hours, 7 for
        days, 12 for months. A series that is shorter than three seasons gets no seasonal part.
    max_order : (p, d, q), default=(5, 2, 5)
        The largest orders tried.
    max_seasonal_order : (P, D, Q), default=(2, 1, 2)
    log : bool, default=True
        Whether to consider the logarithm.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead: this forecaster leaves them out.
    method : {"css", "exact"}, default="css"
        "exact" learns the parameters of the orders found once more, by the exact likelihood
        (statsmodels' state space). It takes NaN in y, through which the search draws straight
        lines; "css" refuses NaN.
    n_jobs : int, optional
        Processes that several series are shared between; -1 for all processors.

    Attributes
    ----------
    orders_ : list of lists of (order, seasonal_order, trend)
        For each series and target.
    tried_ : array of shape (n_series, n_targets)
        How many models were learned.
    floor_ : array of shape (n_series, n_targets)
        Where the logarithm is modelled the smallest value learned from, which later values below it
        count as; else NaN.
    params_, std_errors_, aicc_, ljung_box_, scale_, state_, start_, ticks_
        As in `ARIMAForecaster`.

    References
    ----------
    .. [1] Hyndman & Khandakar (2008), Automatic time series forecasting: the forecast package for
       R, Journal of Statistical Software 27(3).
    .. [2] Wang, Smith & Hyndman (2006), Characteristic-based clustering for time series data, Data
       Mining and Knowledge Discovery 13(3), 335-364.
    .. [3] Weisberg (2005), Applied Linear Regression, 3rd ed., section 7.1: the log rule.
    .. [4] Box & Cox (1964), An analysis of transformations, Journal of the Royal Statistical
       Society B 26(2), 211-252.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.sin(np.arange(60) * np.pi / 2) + np.arange(60) / 10
    >>> model = AutoARIMAForecaster(season_length=4).fit(y)
    >>> model.predict(4).round(1)
    array([6. , 7.1, 6.2, 5.3])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "season_length": optional(integer(1)),
        "max_order": _whole(3),
        "max_seasonal_order": _whole(3),
        "log": flag(),
        "method": one_of("css", "exact"),
        "n_jobs": jobs(),
    }

    def __init__(
        self,
        season_length: int | None = None,
        max_order: Sequence[int] = (5, 2, 5),
        max_seasonal_order: Sequence[int] = (2, 1, 2),
        log: bool = True,
        past_features: Sequence[Any] = (),
        method: str = "css",
        n_jobs: int | None = None,
    ):
        self.season_length = season_length
        self.max_order = max_order
        self.max_seasonal_order = max_seasonal_order
        self.log = log
        self.past_features = past_features
        self.method = method
        self.n_jobs = n_jobs

    def _needs(self) -> tuple[int, str]:
        return 8, "the search"

    def _learn(self, panel: Panel) -> None:
        columns = [y for rows in panel.series() for y in panel.y[rows].T]
        floors = [_floor(y, self._season(panel, len(y))) if self.log else np.nan for y in columns]
        self.floor_ = np.array(floors).reshape(-1, self._n_targets)
        super()._learn(panel)

    def _modelled(self, y: np.ndarray, series: int) -> np.ndarray:
        floor = self.floor_[series]
        return np.where(np.isnan(floor), y, np.log(np.maximum(y, floor)))

    def _restored(self, values: np.ndarray, series: int, target: int) -> np.ndarray:
        with np.errstate(over="ignore"):  # refused later, by name
            return values if np.isnan(self.floor_[series, target]) else np.exp(values)

    def _name(self, series: int, target: int) -> str:
        return super()._name(series, target) + (
            "" if np.isnan(self.floor_[series, target]) else " of log"
        )

    def _season(self, panel: Panel, length: int) -> int:
        """Return the length of a season in rows; 1 where a series of this length holds too few."""
        season = self._season_length(panel)
        return season if length >= SEASONS * season else 1

    def _estimates(self, parts: list[Rows], panel: Panel) -> list[Estimate]:
        most = tuple(self.max_order), tuple(self.max_seasonal_order), self.method
        run = Parallel(n_jobs=self.n_jobs if len(parts) > 1 else 1)
        found = run(
            delayed(_found)(part, self._season(panel, len(part.y)), *most) for part in parts
        )
        self.tried_ = np.array([tried for _, tried in found]).reshape(-1, self._n_targets)
        return [each for each, _ in found]


def _found(
    rows: Rows,
    season: int,
    max_order: tuple[int, ...],
    max_seasonal_order: tuple[int, ...],
    method: str,
) -> tuple[Estimate, int]:
    """Choose differences and orders for one series; learn its parameters."""
    whole, (p, d, q), (P, D, Q) = rows.filled(), max_order, max_seasonal_order
    beta = np.linalg.lstsq(whole.design("c"), whole.y, rcond=None)[0]
    differences = _differences(whole.y - whole.design("c") @ beta, season, d, D)
    best, tried = search(whole.y, whole.design, differences, season, (p, q, P, Q))
    return (_exact(rows, best.orders, best) if method == "exact" else best), tried


def _floor(y: np.ndarray, season: int) -> float:
    """Return the smallest value where the logarithm is to be modelled, NaN where y itself is."""
    low, y = float(np.nanmin(y)), filled(y)
    seasonal = (1, 1, 1, season) if season > 1 else (0, 0, 0, 0)
    orders, none = Orders((2, int(season == 1), 2), seasonal, "n"), np.empty((len(y), 0))
    if not 0 < _SPAN * low < y.max() or len(y) < orders.reach + 10:
        return np.nan
    aicc, of_log = estimate(y, none, orders).aicc, estimate(np.log(y), none, orders).aicc
    of_log += (
        2 * np.log(y[len(orders.differences) - 1 :]).sum()
    )  # a density of log y, divided by y, is one of y
    return low if of_log < aicc else np.nan


def _differences(y: np.ndarray, season: int, most: int, most_seasonal: int) -> tuple[int, int]:
    """Choose how often to difference: the season by its strength, the rest by KPSS tests."""
    seasonal = int(season > 1 and most_seasonal > 0 and _strength(y, season) > _STRONG)
    for _ in range(seasonal):
        y = y[season:] - y[:-season]
    for d in range(most):
        if len(y) < 8 or np.ptp(y) < 1e-9 or _is_level(y):
            return d, seasonal
        y = np.diff(y)
    return most, seasonal


def _strength(y: np.ndarray, season: int) -> float:
    """Return the strength of the season, from 0 to 1: the share of the variation around the trend that it explains."""
    jump = max(1, season // 8)
    parts = STL(y, season, seasonal_jump=1, trend_jump=jump, low_pass_jump=jump).fit()
    around = np.var(parts.seasonal + parts.resid)
    return float(1 - np.var(parts.resid) / around) if around > 1e-12 else 0.0


def _is_level(y: np.ndarray) -> bool:
    """Whether the KPSS test takes a series for stationary around a level, at 5 %."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InterpolationWarning)  # the p-value is only compared
        return bool(
            kpss(y, "c", nlags=int(3 * np.sqrt(len(y)) / 13), result_object=False)[1] > 0.05
        )


def _conditional(rows: Rows, orders: Orders) -> Estimate:
    return estimate(rows.y, rows.design(orders.trend), orders)


def _exact(rows: Rows, orders: Orders, near: Estimate | None = None) -> Estimate:
    """Maximise the likelihood of the differences; with gaps in y, of the diffuse state space of y itself."""
    design = rows.design(orders.trend)
    model = _sarimax(
        rows.y, orders, design if design.shape[1] else None, not np.isnan(rows.y).any()
    )
    with (
        warnings.catch_warnings(),
        one_thread(),
    ):  # poor starting values and slow convergence leave a usable estimate
        warnings.simplefilter("ignore", ModelWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        start = None if near is None else near.params
        params = np.asarray(model.fit(start, disp=0, maxiter=50, return_params=True))
        likelihood = float(model.loglike(params))
    n, k = int(np.isfinite(model.endog).sum()), len(params)
    aicc = -2 * likelihood + 2 * k + 2 * k * (k + 1) / max(n - k - 1, 1)
    return Estimate(orders, params, aicc, np.empty(0))


def _described(rows: Rows, found: Estimate) -> tuple[np.ndarray, float]:
    """Return the standard errors of the parameters, and the p-value of no autocorrelation in the one-step errors."""
    filled, design = rows.filled(), rows.design(found.orders.trend)
    errors = one_step_errors(filled.y, design, found)
    season, fitted = found.orders.seasonal_order[3], sum(found.orders.sizes)
    lags = min(max(10, 2 * season), len(errors) // 5)
    p_value = np.nan
    if lags > fitted and np.ptp(errors) > 0:
        p_value = float(acorr_ljungbox(errors, [lags], model_df=fitted)["lb_pvalue"].iloc[0])
    return standard_errors(filled.y, design, found), p_value


def _sarimax(
    y: np.ndarray, orders: Orders, design: np.ndarray | None = None, differenced: bool = False
) -> SARIMAX:
    return SARIMAX(
        y,
        design,
        order=orders.order,
        seasonal_order=orders.seasonal_order,
        simple_differencing=differenced,
    )


@dataclass(frozen=True)
class _Regression:
    """A regression whose errors follow a seasonal ARIMA process."""

    orders: Orders
    beta: np.ndarray  # coefficients of the regression
    params: np.ndarray  # of the process

    @property
    def reach(self) -> int:
        return self.orders.reach

    def _errors(self, rows: Rows) -> np.ndarray:
        return rows.y - self._level(rows)

    def _level(self, rows: Rows) -> np.ndarray:
        return rows.design(self.orders.trend) @ self.beta

    @property
    def _recursion(self) -> Recursion:
        return Recursion.of(self.orders, self.params)


class _Conditional(_Regression):
    """Answers by the filters of `sarima`; a state holds the last values and one-step errors."""

    def states(self, rows: Rows, begin: np.ndarray | None, counts: np.ndarray) -> np.ndarray:
        return self._recursion.states(self._errors(rows), begin, counts)

    def forecast(
        self, states: np.ndarray, rows: Rows, ahead: np.ndarray, wide: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        mean = self._recursion.forecast(states, ahead.shape[1]) + self._level(rows)[ahead]
        return mean, np.broadcast_to(
            self._recursion.variances(ahead.shape[1]) if wide else 0.0, mean.shape
        )

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        moved = self._recursion.shaken(noise(ahead, n_paths, rng))
        return self.forecast(states, rows, ahead, wide=False)[0][:, None] + moved


class _Exact(_Regression):
    """Answers by the Kalman filter; a state is what it expects of the next row, with its covariance."""

    def states(self, rows: Rows, begin: np.ndarray | None, counts: np.ndarray) -> np.ndarray:
        z = self._errors(rows)
        mean, covariance = (
            self._prior(z[:1]) if begin is None else (part[0] for part in _unpacked(begin[None]))
        )
        states = np.empty((len(counts), len(mean) + covariance.size))
        for start in range(0, max(len(z), 1), _BLOCK):
            part = z[start : start + _BLOCK]
            a, P = mean[:, None], covariance[:, :, None]
            if len(part):
                space = self._space(part)
                space.initialize_known(mean, covariance)
                with one_thread():
                    result = space.filter()
                a, P = result.predicted_state, result.predicted_state_cov
            here = np.flatnonzero((counts >= start) & (counts <= start + len(part)))
            after = counts[here] - start
            states[here] = np.column_stack(
                [a.T[after], P.transpose(2, 0, 1)[after].reshape(len(here), P[..., 0].size)]
            )
            mean, covariance = a[:, -1], P[:, :, -1]
        return states

    def forecast(
        self, states: np.ndarray, rows: Rows, ahead: np.ndarray, wide: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        space = self._space(np.zeros(1))
        Z, T = space["design"][0], space["transition"]
        noise = space["selection"] @ space["state_cov"] @ space["selection"].T
        means, covariances = _unpacked(states)
        mean, variance = np.empty(ahead.shape), np.zeros(ahead.shape)
        for h in range(ahead.shape[1]):
            mean[:, h] = means @ Z
            means = means @ T.T
            if wide:
                variance[:, h] = covariances @ Z @ Z
                covariances = T @ covariances @ T.T + noise
        return mean + self._level(rows)[ahead], np.maximum(variance, 0.0)

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        space = self._space(np.zeros(1))
        Z, T, R = space["design"][0], space["transition"], space["selection"]
        means, covariances = _unpacked(states)
        values, vectors = np.linalg.eigh(covariances)
        roots = (
            vectors * np.sqrt(np.maximum(values, 0.0))[:, None]
        )  # the states themselves are uncertain, after gaps
        drawn = means[:, None] + rng.standard_normal(
            (len(means), n_paths, means.shape[1])
        ) @ roots.swapaxes(1, 2)
        paths, deviation = (
            np.empty((len(means), n_paths, ahead.shape[1])),
            np.sqrt(space["state_cov"][0, 0]),
        )
        for h in range(ahead.shape[1]):
            paths[..., h] = drawn @ Z
            drawn = drawn @ T.T + deviation * rng.standard_normal((*drawn.shape[:2], 1)) @ R.T
        return paths + self._level(rows)[ahead][:, None]

    def _space(self, z: np.ndarray) -> Any:
        model = _sarimax(z, self.orders)
        model.update(self.params)
        model.ssm.set_conserve_memory(_LEFT_OUT)
        return model.ssm

    def _prior(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and covariance of the first state: stationary where it is, diffuse elsewhere."""
        space = self._space(z)
        mean, diffuse, stationary = space.initialization(model=space)
        return mean, diffuse + stationary


def _unpacked(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Part states (origins, k + k²) into means (origins, k) and covariances (origins, k, k)."""
    k = int(np.sqrt(states.shape[1] + 0.25))
    return states[:, :k], states[:, k:].reshape(-1, k, k)
