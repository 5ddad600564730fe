"""Series that are too short for a model are answered by one that can."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from forecast.forecasters.composite import checked_forecasters
from forecast.forecasters.exponential import ETSForecaster
from forecast.forecasters.naive import NaiveForecaster
from forecast.forecasters.parted import PartedForecaster
from forecast.tables.panel import Panel

__all__ = ["FallbackForecaster"]


class FallbackForecaster(PartedForecaster):
    """Forecast each series by the first of several forecasters that its length suffices for.

    In a table of many series some have just begun. The first forecaster learns from all series that
    are long enough for it; the others learn from those that are left over.

    Parameters
    ----------
    forecasters : sequence of forecasters, default=None
        The best comes first, the one that needs the fewest rows last. Cloned, never changed. None
        stands for ETS and then the naive forecast.

    Attributes
    ----------
    chosen_ : array of shape (n_series,)
        The number of the forecaster that answers each series of the training table.
    members_ : list of forecasters
        The fitted copies of those that answer at least one.

    Examples
    --------
    >>> import pandas as pd
    >>> from forecast import NaiveForecaster
    >>> old = pd.Series(range(40))
    >>> new = pd.Series([7.0, 8.0, 9.0, 10.0], index=range(36, 40))
    >>> y = pd.concat({"old": old, "new": new})
    >>> seasonal, naive = NaiveForecaster(season_length=12), NaiveForecaster()
    >>> model = FallbackForecaster([seasonal, naive]).fit(y)
    >>> model.predict(2)
    array([28., 29., 10., 10.])
    >>> model.answered_by().map(repr).to_dict()
    {'old': 'NaiveForecaster(season_length=12)', 'new': 'NaiveForecaster()'}
    """

    def __init__(self, forecasters: Sequence[Any] | None = None):
        self.forecasters = forecasters

    def _forecasters(self) -> list[Any]:
        if self.forecasters is None:
            return [ETSForecaster(), NaiveForecaster()]
        return checked_forecasters(self.forecasters)

    def _set_aside(self) -> dict[str, str]:
        others = self.answered_by()[self.chosen_ > 0]
        return {str(name): repr(other) for name, other in others.items()}

    def _needs(self) -> tuple[int, dict[str, object]]:
        return min(self._all_needs(), key=lambda need: need[0])

    def _learn(self, panel: Panel) -> None:
        needed = np.array([rows for rows, _ in self._all_needs()])
        # The first whose need is met; that of one of them is, or the table has been refused.
        self.chosen_ = (panel.lengths[:, None] >= needed).argmax(axis=1)
        forecasters = self._forecasters()
        self.members_ = []
        for number in np.unique(self.chosen_):
            own = panel.select(np.flatnonzero(self.chosen_ == number))
            self.members_.append(self._fitted(forecasters[number], own.as_training()))

    def _series_of(self, member: Any) -> np.ndarray:
        place = next(place for place, each in enumerate(self.members_) if each is member)
        return np.asarray(self.chosen_ == np.unique(self.chosen_)[place])
