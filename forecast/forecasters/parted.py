"""Forecasters that answer each series by one of their members."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from forecast.forecasters.composite import CompositeForecaster
from forecast.tables.panel import Panel


class PartedForecaster(CompositeForecaster):
    """Base of the composites in which one member answers a series, another one the next.

    A subclass learns `chosen_`, the number of the forecaster that answers each series of the
    training table, and `members_`, the fitted copies of those that answer at least one.
    """

    chosen_: np.ndarray

    def answered_by(self) -> pd.Series:
        """Return the fitted forecaster that answers each series.

        Returns
        -------
        Series
            With the names of the series as index; None for a single one without a name.
        """
        members = dict(zip(np.unique(self.chosen_), self.members_, strict=True))
        answering = [members[number] for number in self.chosen_]
        return pd.Series(answering, index=pd.Index(self.series_, dtype=object), dtype=object)

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        answer = np.full((len(origins), horizon, self._n_targets, 1 + len(quantiles)), np.nan)
        for member, places in self._parted(panel, origins):
            answer[places] = self._answer_of(member, panel, origins[places], horizon, quantiles)
        return answer

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        paths = np.full((len(origins), n_paths, horizon, self._n_targets), np.nan)
        for member, places in self._parted(panel, origins):
            paths[places] = self._paths_of(member, panel, origins[places], horizon, n_paths, rng)
        return paths

    def _parted(self, panel: Panel, origins: np.ndarray) -> list[tuple[Any, np.ndarray]]:
        """Return the members that are asked, with the places of their origins."""
        chosen = self.chosen_[panel.training_series(origins)]
        numbers = np.unique(self.chosen_)
        parts = [
            (member, np.flatnonzero(chosen == number))
            for number, member in zip(numbers, self.members_, strict=True)
        ]
        return [(member, places) for member, places in parts if len(places)]
