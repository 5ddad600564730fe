"""The columns of SOURCE: which of them plays which part, and what is filled of them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from forecast.exceptions import InputError
from forecast.wording import quoted, some_phrases

if TYPE_CHECKING:
    import pandas as pd

    from forecast.tables.reading.reader import Reading


VALUE = "value"  # the column of several targets, each of which is a series


class Roles(NamedTuple):
    """Which part each column plays."""

    targets: list[str]
    past: list[str]
    future: list[str]

    @property
    def value(self) -> str:
        """The column of what is forecast: the target, or what several of them are stacked in."""
        return self.targets[0] if len(self.targets) == 1 else VALUE

    @property
    def features(self) -> list[str]:
        """The columns beside the target."""
        return [*self.past, *self.future]

    @property
    def columns(self) -> list[str]:
        """All of them."""
        return [*self.targets, *self.features]

    def describe(self) -> str:
        """Say which part each column plays."""
        plural = "" if len(self.targets) == 1 else "s"
        parts = [f"target{plural} {' '.join(self.targets)}"]
        if self.past:
            parts.append(f"past {' '.join(self.past)}")
        if self.future:
            parts.append(f"future {' '.join(self.future)}")
        return ", ".join(parts)


def choose_roles(
    reading: Reading, args: argparse.Namespace, target: str | None, past: Sequence[str]
) -> Roles:
    """Give each column its part: as the options say, else the target and the past by default."""
    # An empty --past takes back what is assumed of a shipped data set.
    wanted = past if args.past is None else args.past
    roles = Roles(
        [column(name, reading, args.source) for name in args.target or [target]],
        [column(name, reading, args.source) for name in wanted],
        [column(name, reading, args.source) for name in args.future or []],
    )
    twice = sorted(name for name in roles.columns if roles.columns.count(name) > 1)
    if twice:
        raise InputError(
            f"the column {quoted(twice[0])} has two parts to play: "
            "name it once among --target, --past, --future."
        )
    return roles


def column(name: str | None, reading: Reading, source: str) -> str:
    """Return the name of a column if it is there; without a name, that of the only one."""
    columns = list(reading.frame.columns)
    # No column is guessed at where there is a choice, or was one before some were left out.
    if name is None and len(columns) == 1:
        _check_only(str(columns[0]), reading, source)
        return str(columns[0])
    if name is None:
        raise InputError(
            f"{source} has several numeric columns: name the one to forecast with --target; "
            f"{offer('', reading)}."
        )
    if name not in columns:
        raise InputError(f"{source} has no numeric column {quoted(name)}; {offer(name, reading)}.")
    return name


def _check_only(name: str, reading: Reading, source: str) -> None:
    """Refuse to guess at the only numeric column where digits stand in one that was left out."""
    # Rows that were counted have no other column than their number.
    if reading.doubtful and name != "count":
        raise InputError(
            f"{source} has one numeric column, {quoted(name)}, but digits in others: "
            f"{some_phrases(reading.doubtful)}. "
            f"Give --target {name}, or write the others as numbers."
        )


def _left_out(reading: Reading) -> list[str]:
    """Return what was said of columns that were left out."""
    return [note for note in reading.notes if note.startswith("left out ")]


def offer(name: str, reading: Reading) -> str:
    """Offer the columns that there are; say what was left out, or why the one of that name was."""
    from forecast.validation import nearest

    said = [note for note in _left_out(reading) if not name or quoted(name) in note]
    offered = nearest(name, list(reading.frame.columns))
    return f"{offered}; {some_phrases(said)}" if said else offered


def chosen_columns(
    reading: Reading, roles: Roles, args: argparse.Namespace
) -> tuple[pd.DataFrame, list[str]]:
    """Return the columns of a table, filled if --fill says so, and what was filled.

    Several targets become so many series of one column. Rows after the last value are to be
    forecast: what is known of them is known or not.
    """
    from forecast.tables.stacking import stack_columns
    from forecast.tables.timeline import fill_gaps

    frame = reading.frame[roles.columns]
    if len(roles.targets) > 1:
        frame = stack_columns(frame, roles.targets, VALUE)
    if not args.fill:
        return frame, []
    return fill_gaps(frame, roles.value)


def check_begun(X: pd.DataFrame, source: str) -> None:
    """Refuse a column that begins after the target does: there is no value to fill its gap with."""
    from forecast.tables.timeline import by_series

    has_begun = by_series(X).ffill().notna()
    for name in X.columns:
        if has_begun[name].all():
            continue
        first = X.index[int(has_begun[name].argmin())]
        raise InputError(
            f"{source} has no {quoted(name)} at {_said(first)}, nor before, but a target: leave it "
            "out of --past and --future, or remove the rows without it from the beginning of the "
            "file."
        )


def _said(row: Any) -> str:
    """Name a row by its moment, and by its series where there are several."""
    return f"{row[1]} of series {quoted(row[0])}" if isinstance(row, tuple) else str(row)
