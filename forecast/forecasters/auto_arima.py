"""ARIMA whose differences, orders and logarithm are chosen automatically."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from forecast.forecasters.arima_process import ConditionalProcess
from forecast.forecasters.arima_results import learned_process, remember, summarise
from forecast.forecasters.box_cox import log_floor, logarithms
from forecast.forecasters.differencing import choose_differences
from forecast.forecasters.estimates import Estimate
from forecast.forecasters.exact_likelihood import estimate_exactly
from forecast.forecasters.process import ProcessForecaster, Rows
from forecast.forecasters.regression_basis import orthogonal_basis
from forecast.forecasters.sarima import orders_rule
from forecast.forecasters.seasonality import SEASONS
from forecast.forecasters.state_space import ExactProcess
from forecast.forecasters.stepwise import stepwise_search
from forecast.tables.panel import Panel
from forecast.validation import Rule, flag, integer, jobs, one_of, optional

__all__ = ["AutoARIMAForecaster"]


class AutoARIMAForecaster(ProcessForecaster):
    """Seasonal ARIMA whose orders are found by stepwise search [1]_.

    The season is differenced where it is strong [2]_; further differences are taken until the KPSS
    test no longer rejects that the series is stationary. From a few first models the search steps
    to neighbouring orders, with and without a constant (a drift, after one difference), while AICc
    falls. Each model is learned by its conditional sum of squares, from where its neighbour's
    parameters stopped: a series of a thousand rows takes a second at most.

    Where all values are above 0 and changes are more even after the logarithm, by likelihood [3]_,
    this is modelled. Forecasts are then medians, and errors grow with them.

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
        Where the logarithm is modelled the smallest value learned from, which later ones of 0 or
        below are counted as; else NaN.
    params_, std_errors_, aicc_, ljung_box_, converged_, scale_, state_, start_, ticks_
        As in `ARIMAForecaster`.

    References
    ----------
    .. [1] Hyndman & Khandakar (2008), Automatic time series forecasting: the forecast package for
       R, Journal of Statistical Software 27(3).
    .. [2] Wang, Smith & Hyndman (2006), Characteristic-based clustering for time series data, Data
       Mining and Knowledge Discovery 13(3), 335-364.
    .. [3] Box & Cox (1964), An analysis of transformations, Journal of the Royal Statistical
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
        "max_order": orders_rule(3),
        "max_seasonal_order": orders_rule(3),
        "log": flag(),
        "method": one_of("css", "exact"),
        "n_jobs": jobs(),
    }
    _reads_past_features = False

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

    @property
    def _takes_gaps(self) -> bool:
        return self.method == "exact"

    def _needs(self) -> tuple[int, dict[str, object]]:
        return 8, {}

    def _learn(self, panel: Panel) -> None:
        floors = [self._floors(panel, panel.y[rows]) for rows in panel.series()]
        self.floor_ = np.array(floors)
        super()._learn(panel)

    def _floors(self, panel: Panel, y: np.ndarray) -> list[float]:
        """Decide for each target (rows, targets) of a series whether its logarithm is modelled."""
        if not self.log:
            return [np.nan] * self._n_targets
        season_length = self._season(panel, len(y))
        return [log_floor(column, season_length) for column in y.T]

    def _modelled(self, y: np.ndarray, series: int) -> np.ndarray:
        floor = self.floor_[series]
        return logarithms(y, floor)

    def _restored(self, values: np.ndarray, series: int, target: int) -> np.ndarray:
        if np.isnan(self.floor_[series, target]):
            return values
        # What is too large is refused later, by name.
        with np.errstate(over="ignore"):
            return np.exp(values)

    def _season(self, panel: Panel, length: int) -> int:
        """Return the length of a season in rows; 1 where a series of this length holds too few."""
        season = self._season_length(panel)
        return season if length >= SEASONS * season else 1

    def _estimate(self, parts: list[Rows], panel: Panel) -> None:
        max_order = tuple(map(int, self.max_order))
        max_seasonal_order = tuple(map(int, self.max_seasonal_order))
        # One search for each target of each series.
        searches = []
        for part in parts:
            season_length = self._season(panel, len(part.y))
            search = delayed(_search)(
                part, season_length, max_order, max_seasonal_order, self.method
            )
            searches.append(search)
        # A single series is not worth starting processes.
        n_jobs = self.n_jobs if len(parts) > 1 else 1
        found = Parallel(n_jobs=n_jobs)(searches)
        # (series · targets, …) becomes (series, targets, …).
        tried = np.array([count for _, count in found])
        self.tried_ = tried.reshape(-1, self._n_targets)
        remember(self, parts, [best for best, _ in found])

    def _process(self, series: int, target: int) -> ConditionalProcess | ExactProcess:
        orders = self.orders_[series][target]
        return learned_process(orders, self.params_[series][target], self.method)

    def summary(self) -> pd.DataFrame:
        """Tell what was learned: one row for each number.

        Returns
        -------
        DataFrame
            As `ARIMAForecaster.summary`.
        """
        return summarise(self, np.isfinite(self.floor_))


def _search(
    rows: Rows,
    season_length: int,
    max_order: tuple[int, ...],
    max_seasonal_order: tuple[int, ...],
    method: str,
) -> tuple[Estimate, int]:
    """Search the model of one series; return the best and how many were tried."""
    p, d, q = max_order
    P, D, Q = max_seasonal_order
    # Until the orders are found, straight lines stand for gaps.
    without_gaps = rows.filled()
    y = without_gaps.y
    # Differences are chosen for what a regression on the columns of X leaves.
    residual = orthogonal_basis(without_gaps.design("c")).residual(y)
    differences = choose_differences(residual, season_length, d, D)
    largest = p, q, P, Q
    best, tried = stepwise_search(y, without_gaps.design, differences, season_length, largest)
    # The orders are kept; their parameters are learned once more, gaps and all.
    if method == "exact":
        best = estimate_exactly(rows, best.orders, best)
    return best, tried
