"""Combinations of forecasters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from forecast.forecasters.auto_arima import AutoARIMAForecaster
from forecast.forecasters.choosing import departs, nearly_best
from forecast.forecasters.composite import CompositeForecaster, checked_forecasters
from forecast.forecasters.exponential import ETSForecaster
from forecast.forecasters.intervals import NO_QUANTILES, forecast_errors
from forecast.forecasters.naive import NaiveForecaster
from forecast.forecasters.theta import ThetaForecaster
from forecast.tables.panel import Panel
from forecast.validation import Rule, integer, one_of

__all__ = ["EnsembleForecaster"]

_HELD_OUT = 0.2  # of the windows: the latest, by which members are chosen


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
    weights : {"equal", "validation"}, default="equal"
        With "validation", members are first learned without the latest fifth of the rows. Those
        whose mean absolute error there is within 5 % of the least have equal weights, the others
        none. If this combination is not 5 % better than the best `NaiveForecaster` among the
        members, that one answers alone: on a short validation part something always seems to beat
        the last value.
    horizon : int, default=1
        Steps of the forecasts that these errors are of.

    Attributes
    ----------
    weights_ : array of shape (n_members,)
        Their sum is 1.
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

    _rules: ClassVar[dict[str, Rule]] = {
        "combine": one_of("mean", "median"),
        "weights": one_of("equal", "validation"),
        "horizon": integer(1),
    }

    def __init__(
        self,
        forecasters: Sequence[Any] | None = None,
        combine: str = "mean",
        weights: str = "equal",
        horizon: int = 1,
    ):
        self.forecasters = forecasters
        self.combine = combine
        self.weights = weights
        self.horizon = horizon

    def _forecasters(self) -> list[Any]:
        if self.forecasters is None:
            return [AutoARIMAForecaster(), ETSForecaster(), ThetaForecaster()]
        return checked_forecasters(self.forecasters)

    @property
    def _is_local(self) -> bool:
        # Errors of all series together choose the members.
        return self.weights == "equal" and super()._is_local

    def _learn(self, panel: Panel) -> None:
        kept = np.ones(len(self._forecasters()), dtype=bool)
        if self.weights == "validation":
            kept = self._good_members(panel)
        self.weights_ = kept / kept.sum()
        self.members_ = [self._fitted(forecaster, panel) for forecaster in self._forecasters()]

    def _good_members(self, panel: Panel) -> np.ndarray:
        """Choose by the errors on the latest rows, (n_members,); all where nothing can be held out.

        Each member has learned from the rows that the targets of earlier origins reach to.
        """
        forecasters = self._forecasters()
        fewest, _ = self._needs()
        split = panel.split(panel.origins(fewest, self.horizon), self.horizon, _HELD_OUT)
        if not split.is_held_out:
            return np.ones(len(forecasters), dtype=bool)
        ends = panel.times[split.earlier + self.horizon].max()
        earlier = panel.take(np.flatnonzero(panel.times <= ends))
        answers = np.array(
            [self._held_out(each, panel, earlier, split.latest) for each in forecasters]
        )
        errors = np.array([_relative_error(panel, split.latest, answer) for answer in answers])
        kept = nearly_best(errors)
        # A naive forecast among them answers alone, unless the others are far better.
        naive = [isinstance(each, NaiveForecaster) for each in forecasters]
        if any(naive):
            best = int(np.argmin(np.where(naive, errors, np.inf)))
            error = _relative_error(panel, split.latest, answers[kept].mean(axis=0))
            if not departs(error, errors[best]):
                kept = np.arange(len(forecasters)) == best
        return kept

    def _held_out(
        self, forecaster: Any, panel: Panel, earlier: Panel, origins: np.ndarray
    ) -> np.ndarray:
        """Return what a copy that knows the earlier rows says, (origins, horizon, targets)."""
        member = self._fitted(forecaster, earlier)
        panel = replace(panel, continues=False)
        return self._answer_of(member, panel, origins, self.horizon, NO_QUANTILES)[..., 0]

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        answers = [
            self._answer_of(member, panel, origins, horizon, quantiles)
            for member, weight in zip(self.members_, self.weights_, strict=True)
            if weight > 0
        ]
        # Each quantile is combined for itself: means and medians of ascending lists ascend.
        combine = np.mean if self.combine == "mean" else np.median
        return np.asarray(combine(answers, axis=0))


def _relative_error(panel: Panel, origins: np.ndarray, answer: np.ndarray) -> float:
    """Return the mean absolute error of forecasts, each series in units of its mean change."""
    changes = np.abs(np.diff(panel.y, axis=0, prepend=np.nan))
    changes[panel.bounds[:-1]] = np.nan
    means = np.array([np.nanmean(changes[rows], axis=0) for rows in panel.series()])
    unit = np.where(means > 0, means, 1.0)[panel.series_of(origins), None]
    error = np.abs(forecast_errors(panel, origins, answer))
    return float(np.nanmean(error / unit))
