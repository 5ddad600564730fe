"""ARIMA of given orders, with features as regressors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.forecasters.arima_process import ConditionalProcess
from forecast.forecasters.arima_results import learned_process, remember, summarise
from forecast.forecasters.estimates import Estimate
from forecast.forecasters.exact_likelihood import estimate_exactly
from forecast.forecasters.process import ProcessForecaster, Rows
from forecast.forecasters.sarima import Orders, orders_rule
from forecast.forecasters.state_space import ExactProcess
from forecast.forecasters.sum_of_squares import estimate
from forecast.tables.panel import Panel
from forecast.validation import Rule, one_of, optional

__all__ = ["ARIMAForecaster"]


class ARIMAForecaster(ProcessForecaster):
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
        Akaike's criterion, corrected for short series, of y in its own unit; the p-value of no
        autocorrelation in the one-step errors.
    converged_ : array of shape (n_series, n_targets)
        False where the search for the most likely parameters ended before it found them, of which
        `NotConverged` warns.
    orders_ : list of lists of (order, seasonal_order, trend)
    scale_ : array of shape (n_series, n_targets)
        Standard deviation of y in the training part; a constant is measured by its size.
    state_ : list of lists of arrays
        Exact: what the Kalman filter expects of the next row, and its covariance. Conditional: the
        last values and one-step errors. `update` carries them on, without a refit.
    start_, ticks_ : Index of length n_series, array of shape (n_series,)
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
        "order": orders_rule(3),
        "seasonal_order": orders_rule(4),
        "trend": optional(one_of("n", "c", "t", "ct")),
        "method": one_of("exact", "css"),
    }
    _reads_past_features = False

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

    @property
    def _takes_gaps(self) -> bool:
        return self.method == "exact"

    def _given(self) -> Orders:
        """Return the orders asked for; None as a trend is decided."""
        p, d, q = map(int, self.order)
        P, D, Q, m = map(int, self.seasonal_order)
        if m < 2:
            P, D, Q, m = 0, 0, 0, 0
        trend = self.trend
        if trend is None:
            trend = "n" if d + D else "c"
        return Orders((p, d, q), (P, D, Q, m), trend)

    def _needs(self) -> tuple[int, dict[str, object]]:
        self._check_orders()
        orders = self._given()
        rows = orders.reach + 2
        if self.method == "css":
            # The first rows have no one-step error, and each coefficient needs one.
            rows += sum(orders.sizes)
        order = tuple(map(int, self.order))
        seasonal_order = tuple(map(int, self.seasonal_order))
        return rows, {"order": order, "seasonal_order": seasonal_order}

    def _check_orders(self) -> None:
        """Refuse a season without a length, and a trend that the differences remove."""
        P, D, Q, season_length = map(int, self.seasonal_order)
        if season_length < 2 and (P or D or Q):
            raise InputError(
                f"seasonal_order={P, D, Q, season_length} needs a season length of at least 2."
            )
        # One difference makes zero of a constant and a constant of a line, two make zero of both.
        differences = int(self.order[1]) + D
        trend = self._given().trend
        constant_is_lost = "c" in trend and differences > 0
        line_is_lost = "t" in trend and differences > 1
        if constant_is_lost or line_is_lost:
            kept = "'n' or 't'" if differences == 1 else "'n'"
            raise InputError(
                f"trend={self.trend!r} has terms that {differences} differences remove: use {kept}."
            )

    def _estimate(self, parts: list[Rows], panel: Panel) -> None:
        estimates = [self._estimate_one(part) for part in parts]
        remember(self, parts, estimates)

    def _estimate_one(self, rows: Rows) -> Estimate:
        """Learn the parameters of one process."""
        orders = self._given()
        if self.method == "exact":
            return estimate_exactly(rows, orders)
        return estimate(rows.y, rows.design(orders.trend), orders)

    def _process(self, series: int, target: int) -> ConditionalProcess | ExactProcess:
        orders = self.orders_[series][target]
        return learned_process(orders, self.params_[series][target], self.method)

    def summary(self) -> pd.DataFrame:
        """Tell what was learned: one row for each number.

        Returns
        -------
        DataFrame
            ``series`` and ``target``, ``model`` such as ARIMA(1,0,0)(0,1,1)[24], and for each
            ``term`` its ``value`` and ``std_error``. Terms are the trend (c, t: per 1000 rows) and
            the columns of X in the unit of what is modelled (y, or its logarithm: then ``model``
            ends in "of log"), ar1 …, ma1 …, seasonal_ar1 …, seasonal_ma1 …, the standard deviation
            ``sigma`` of the one-step errors in the same unit, then ``aicc`` (of what is modelled;
            comparable between models of the same differences, method and logarithm) and
            ``ljung_box``, the p-value of the test that the one-step errors are uncorrelated [1]_.
            Standard errors are those of large samples; NaN for a column that those before it
            explain, which has no coefficient of its own.

        References
        ----------
        .. [1] Ljung & Box (1978), On a measure of lack of fit in time series models, Biometrika
           65(2), 297-303.
        """
        of_log = np.zeros(self.aicc_.shape, dtype=bool)
        return summarise(self, of_log)
