"""Forecasters that are made of other forecasters."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from forecast.forecaster import Forecaster
from forecast.panel import Panel
from forecast.validation import check_parameters

_READ = ("_target_ndim", "_n_targets", "target_names_", "n_features_in_", "feature_names_in_")


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

    @property
    def past_features(self) -> list[Any]:
        """The columns of X that none of the forecasters knows ahead."""
        reading = [getattr(each, "past_features", ()) for each in self._given() if each._reads_features]
        return [name for name in (reading or [()])[0] if all(name in others for others in reading)]

    def _needs(self) -> tuple[int, str]:
        return max((each._needs() for each in self._given()), key=lambda need: need[0])

    def _memory(self) -> int:
        return max(each._memory() for each in self.members_) + self._lag

    def _member(self, given: Any, panel: Panel) -> Any:
        """Fit a copy of a forecaster on rows of the table."""
        member = clone(given)
        check_parameters(member, member._rules)
        vars(member).update({name: value for name, value in vars(self).items() if name in _READ})
        return member._fit(panel)

    def _observe(self, panel: Panel) -> None:
        for member in self.members_:
            own, _ = self._own(member, panel, panel.last)
            own = own.take(np.flatnonzero(own.position < (own.lengths - self._lag)[own.codes]))
            member._observe(own)
            member.memory_ = own.tail(member._memory())

    def _answers_of(
        self, member: Any, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Return what a member answers: (origins, horizon, targets, 1 + quantiles)."""
        return np.asarray(member._answers(*self._own(member, panel, origins), horizon, quantiles))

    def _own(self, member: Any, panel: Panel, origins: np.ndarray) -> tuple[Panel, np.ndarray]:
        """Let a table that begins with the memory begin with that of a member, whose state fits there."""
        if not hasattr(self, "memory_"):
            return panel, origins
        s = self._numbers(panel.keys)
        begins = panel.times[panel.bounds[:-1]] == self.memory_.times[self.memory_.bounds[s]]
        older = np.where(begins, self.memory_.lengths[s] - self._lag - member.memory_.lengths[s], 0)
        keep = panel.position >= older[panel.codes]
        if not keep[origins].all():  # it asks about the memory itself: then the table is taken as it is
            return panel, origins
        return panel.take(np.flatnonzero(keep)), np.cumsum(keep)[origins] - 1


def check_forecaster(value: Any, name: str) -> None:
    """Refuse what is no forecaster of this package."""
    if not isinstance(value, Forecaster):
        raise TypeError(f"{name} must be a forecaster, such as NaiveForecaster(); got {value!r:.100}.")
