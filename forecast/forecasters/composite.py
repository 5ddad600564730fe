"""Forecasters that are made of other forecasters."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from sklearn.base import clone

from forecast.forecasters.base import Forecaster
from forecast.tables.panel import Panel
from forecast.validation import check_parameters


class CompositeForecaster(Forecaster):
    """Base of the forecasters that are made of others: it reads the table for all of them.

    A subclass says in `_given` what it is made of, and learns it as `members_`.
    """

    members_: list[Any]

    @property
    def _lag(self) -> int:
        """The rows by which the members' memory ends before the common one."""
        return 0

    def _given(self) -> list[Any]:
        """Return the forecasters that the constructor got."""
        raise NotImplementedError

    @property
    def _reads_features(self) -> bool:
        return any(each._reads_features for each in self._given())

    @property
    def _takes_gaps(self) -> bool:
        return all(each._takes_gaps for each in self._given())

    def _unknown_ahead(self, names: Any, width: int) -> np.ndarray:
        masks = [
            each._unknown_ahead(names, width) for each in self._given() if each._reads_features
        ]
        return np.all(masks, axis=0) if masks else np.zeros(width, dtype=bool)

    def _needs(self) -> tuple[int, str]:
        for each in self._given():
            check_parameters(each, each._rules)
        return max((each._needs() for each in self._given()), key=lambda need: need[0])

    def _memory(self) -> int:
        return max(each._memory() for each in self.members_) + self._lag

    def _member(self, given: Any, panel: Panel) -> Any:
        """Fit a copy of a forecaster on rows of the table."""
        return clone(given)._fit(panel)

    def _observe(self, panel: Panel) -> None:
        moved = []
        for member in self.members_:
            own = panel.take(np.flatnonzero(self._since(member, panel)))
            kept = own.position < (own.lengths - self._lag)[own.codes]
            moved.append(self._moved_on(member, own.take(np.flatnonzero(kept))))
        self.members_ = moved

    def _moved_on(self, member: Any, panel: Panel) -> Any:
        """Let a copy of a member observe a panel that begins with its memory.

        A copy: where one member refuses the rows, none has moved.
        """
        moved = copy(member)
        moved._observe(panel)
        moved._remember(panel)
        return moved

    def _answers_of(
        self, member: Any, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Return what a member answers: (origins, horizon, targets, 1 + quantiles)."""
        answer = np.empty((len(origins), horizon, panel.y.shape[1], 1 + len(quantiles)))
        since = self._since(member, panel)
        later = since[origins]
        if later.any():
            own, rows = panel.take(np.flatnonzero(since)), (np.cumsum(since) - 1)[origins[later]]
            answer[later] = member._answers(own, rows, horizon, quantiles)
        if not later.all():  # origins inside the common memory: there the table is taken as it is
            answer[~later] = member._answers(panel, origins[~later], horizon, quantiles)
        return answer

    def _since(self, member: Any, panel: Panel) -> np.ndarray:
        """Say which rows a member reads: if the table begins with the memory, those since its own."""
        if not panel.continues:
            return np.ones(len(panel), dtype=bool)
        older = self.memory_.lengths - self._lag - member.memory_.lengths
        return np.asarray(panel.position >= older[panel.numbers][panel.codes])


def check_forecaster(value: Any, name: str) -> None:
    """Refuse what is no forecaster of this package."""
    if not isinstance(value, Forecaster):
        raise TypeError(
            f"{name} must be a forecaster, such as NaiveForecaster(); got {value!r:.100}."
        )
