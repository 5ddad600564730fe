"""Forecasters that are made of other forecasters."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import clone

from forecast.exceptions import InputError, InputTypeError
from forecast.forecasters.base import Forecaster
from forecast.tables.panel import Panel
from forecast.tables.wall_clock import WallClock
from forecast.validation import check_parameters


class CompositeForecaster(Forecaster):
    """Base of the forecasters that are made of others, its members.

    The composite reads the table once, for all of its members, and remembers as many rows as the
    one that looks back farthest. A subclass names the unfitted members in `_forecasters`, and
    learns their copies as `members_`.
    """

    members_: list[Any]

    @property
    def _lag(self) -> int:
        """How many of the remembered rows the members have not observed yet."""
        return 0

    def _forecasters(self) -> list[Any]:
        """Return the forecasters that the constructor got."""
        raise NotImplementedError

    @property
    def _reads_features(self) -> bool:
        return any(forecaster._reads_features for forecaster in self._forecasters())

    @property
    def _reads_past_features(self) -> bool:
        return any(forecaster._reads_past_features for forecaster in self._forecasters())

    @property
    def _takes_gaps(self) -> bool:
        return all(forecaster._takes_gaps for forecaster in self._forecasters())

    @property
    def _is_local(self) -> bool:
        return all(forecaster._is_local for forecaster in self._forecasters())

    def _unknown_ahead(self, names: Sequence[Any] | None, width: int) -> np.ndarray:
        readers = [forecaster for forecaster in self._forecasters() if forecaster._reads_features]
        if not readers:
            return np.zeros(width, dtype=bool)
        # A column must be known ahead as soon as one of its readers needs it ahead.
        return np.all([reader._unknown_ahead(names, width) for reader in readers], axis=0)

    def _needs(self) -> tuple[int, dict[str, object]]:
        return max(self._all_needs(), key=lambda need: need[0])

    def _all_needs(self) -> list[tuple[int, dict[str, object]]]:
        """Return the needs of each forecaster."""
        needs = []
        for forecaster in self._forecasters():
            # A wrong argument of a member is refused in the member's name.
            check_parameters(forecaster, forecaster._rules)
            needs.append(forecaster._needs())
        return needs

    def _set_aside(self) -> dict[str, str]:
        set_aside: dict[str, str] = {}
        for member in self.members_:
            set_aside |= member._set_aside()
        return set_aside

    def _check_steps(self, steps: int) -> None:
        for member in self.members_:
            member._check_steps(steps)

    def _memory(self) -> int:
        return max(member._memory() for member in self.members_) + self._lag

    def _fitted(self, forecaster: Any, panel: Panel) -> Any:
        """Fit a copy of a forecaster."""
        return clone(forecaster)._fit(panel)

    def _observe(self, panel: Panel) -> None:
        # The members stay behind by the lag.
        end = panel.lengths - self._lag
        before_end = panel.position < np.repeat(end, panel.lengths)
        moved = []
        for member in self.members_:
            is_read = before_end & self._is_read_by(member, panel)
            own = panel.take(np.flatnonzero(is_read))
            moved.append(self._moved_on(member, self._as_own(member, own)))
        # Only now: where one member refuses the rows, none has moved.
        self.members_ = moved

    def _moved_on(self, member: Any, panel: Panel) -> Any:
        """Let a copy of a member observe a panel that begins with the member's memory."""
        moved = copy(member)
        moved._observe(panel)
        moved._remember(WallClock.of(panel))
        return moved

    def _further(
        self, X: Any, y: Any, origins: Any = None, horizon: int = 0
    ) -> tuple[Panel, np.ndarray]:
        # Origins may lie before the memory of a member: it takes the table as any other.
        panel, rows = super()._further(X, y, origins, horizon)
        return replace(panel, continues=False), rows

    def _answer_of(
        self, member: Any, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        """Return the forecasts of a member, (n_origins, horizon, n_targets, 1 + n_quantiles)."""
        panel, origins = self._as_read_by(member, panel, origins)
        return np.asarray(member._answers(panel, origins, horizon, quantiles))

    def _paths_of(
        self,
        member: Any,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths of a member, (n_origins, n_paths, horizon, n_targets)."""
        panel, origins = self._as_read_by(member, panel, origins)
        return np.asarray(member._paths(panel, origins, horizon, n_paths, rng))

    def _as_read_by(
        self, member: Any, panel: Panel, origins: np.ndarray
    ) -> tuple[Panel, np.ndarray]:
        """Return the rows of a panel that a member reads, and where the origins stand in them."""
        is_read = self._is_read_by(member, panel)
        if is_read.all():
            return self._as_own(member, panel), origins
        # Origins are rows: in the member's own panel they have other numbers.
        number = np.cumsum(is_read) - 1
        own = self._as_own(member, panel.take(np.flatnonzero(is_read)))
        return own, number[origins]

    def _series_of(self, member: Any) -> np.ndarray:
        """Return which series of the training table a member answers, (n_series,): all of them."""
        del member
        return np.ones(len(self.series_), dtype=bool)

    def _as_own(self, member: Any, panel: Panel) -> Panel:
        """Return rows that a member reads as the member numbers their series."""
        own = self._series_of(member)
        if own.all():
            return panel
        part = panel.select(np.flatnonzero(own[panel.numbers]))
        number = np.cumsum(own) - 1
        return replace(part, names=member.series_, numbers=number[part.numbers])

    def _is_read_by(self, member: Any, panel: Panel) -> np.ndarray:
        """Return which rows of a panel a member reads, (n_rows,).

        All of its series, unless the panel begins with the composite's memory: the state of a
        member belongs to the first row of the member's own memory, which may begin later.
        """
        own = self._series_of(member)
        is_own = np.asarray(own[panel.training_series()])
        if not panel.continues:
            return is_own
        # Both memories end with the row that the member has observed last, but for the lag.
        observed = self._memory_by_clock.lengths - self._lag
        begin = np.zeros(len(own), dtype=np.intp)
        begin[own] = observed[own] - member.memory_.lengths
        begin = begin[panel.numbers]
        return is_own & (panel.position >= np.repeat(begin, panel.lengths))


def checked_forecasters(forecasters: Any) -> list[Any]:
    """Return the forecasters of a list, or refuse it."""
    if isinstance(forecasters, str) or not isinstance(forecasters, Sequence):
        raise InputTypeError(
            f"forecasters must be a list of forecasters; got {forecasters!r:.100}."
        )
    if not len(forecasters):
        raise InputError("forecasters is empty: name at least one.")
    for place, forecaster in enumerate(forecasters):
        check_forecaster(forecaster, f"forecasters[{place}]")
    return list(forecasters)


def check_forecaster(value: Any, name: str) -> None:
    """Refuse what is no forecaster of this package."""
    if not isinstance(value, Forecaster):
        raise InputTypeError(
            f"{name} must be a forecaster, such as NaiveForecaster(); got {value!r:.100}."
        )
