"""Combinations of forecasters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from forecast.forecasters.auto_arima import AutoARIMAForecaster
from forecast.forecasters.composite import CompositeForecaster, checked_forecasters
from forecast.forecasters.exponential import ETSForecaster
from forecast.forecasters.theta import ThetaForecaster
from forecast.tables.panel import Panel
from forecast.validation import Rule, one_of

__all__ = ["EnsembleForecaster"]


class EnsembleForecaster(CompositeForecaster):
    """Forecast by the mean or the median of several forecasters.

    As a rule this is nearly as good as the best of them, and which one is best is not known
    beforehand; the mean absolute error of the mean is never above that of the worst member.
    Combinations have won, or come near it, in every forecasting competition [1]_. The default is,
    but for one member, the simple combination of univariate models that did so in the M4 [2]_.

    Parameters
    ----------
    forecasters : sequence of forecasters, default=None
        Cloned, never changed. None stands for AutoARIMA, ETS and Theta with the season of the
        frequency.
    combine : {"mean", "median"}, default="mean"
        How the forecasts are combined, and each of their quantiles, so that quantiles never cross.

    Attributes
    ----------
    members_ : list of forecasters
        The fitted copies.

    References
    ----------
    .. [1] Clemen (1989), Combining forecasts: a review and annotated bibliography, Int. J.
       Forecasting 5(4), 559-583.
    .. [2] Petropoulos & Svetunkov (2020), Int. J. Forecasting 36(1), 110-115.

    Examples
    --------
    >>> from forecast import NaiveForecaster
    >>> both = EnsembleForecaster([NaiveForecaster(), NaiveForecaster(drift=True)])
    >>> both.fit([1.0, 2.0, 3.0]).predict(2)
    array([3.5, 4. ])
    """

    _rules: ClassVar[dict[str, Rule]] = {"combine": one_of("mean", "median")}

    def __init__(self, forecasters: Sequence[Any] | None = None, combine: str = "mean"):
        self.forecasters = forecasters
        self.combine = combine

    def _forecasters(self) -> list[Any]:
        if self.forecasters is None:
            return [AutoARIMAForecaster(), ETSForecaster(), ThetaForecaster()]
        return checked_forecasters(self.forecasters)

    def _learn(self, panel: Panel) -> None:
        self.members_ = [self._fitted(forecaster, panel) for forecaster in self._forecasters()]

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        answers = [
            self._answer_of(member, panel, origins, horizon, quantiles) for member in self.members_
        ]
        # Each quantile is combined for itself: means and medians of ascending lists ascend.
        combine = np.mean if self.combine == "mean" else np.median
        return np.asarray(combine(answers, axis=0))
