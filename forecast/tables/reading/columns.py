"""Which column holds the times, and which the names of the series."""

from __future__ import annotations

import re
from collections.abc import Hashable

import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawTable, is_text, typed
from forecast.tables.reading.moments import looks_like_date
from forecast.validation import nearest

_TIME_NAMES = ("timestamp", "datetime", "ds", "time", "date")  # the first that is there counts


def series_column(table: RawTable, series: str | None) -> Hashable:
    """Find the column with the names of the series; None where there is none."""
    if series is not None:
        return _named_column(table, series, "series")
    if table.series is not None:
        return table.series
    if "series" in table.cells.columns and is_text(typed(table.cells["series"])):
        return "series"
    return None


def series_names(table: RawTable, column: Hashable) -> pd.Series:
    """Return the name of the series of each row: texts without blanks around them, or numbers."""
    names = table.cells[column]
    texts = names.astype(str).str.strip()
    wrong = names.isna() | (texts == "")
    table.column(column).refuse(wrong, "names no series", "Say which series the row belongs to.")
    return texts if is_text(names) else names


def time_column(table: RawTable, time: str | None, series: Hashable) -> Hashable:
    """Find the time column by the rule that `read` states; None where there is none."""
    if time is not None:
        if time == series:
            raise InputError(
                f"{table.file}: column {time!r} cannot hold both the times and the series."
            )
        return _named_column(table, time, "time")
    if table.time is not None:
        return table.time

    names = [name for name in table.cells.columns if name != series]
    called = [name for word in _TIME_NAMES for name in names if _plain(name) == word]
    # A column called time may hold clock times beside a column of dates: it has to begin with a
    # moment, unless no other column of such a name does.
    for name in called:
        if not is_text(typed(table.cells[name])) or begins_with_date(table.cells[name]):
            return name
    if called:
        return called[0]
    # Without such a name, a column of dates shows itself by its cells.
    for name in names:
        if begins_with_date(table.cells[name]):
            return name
    return None


def begins_with_date(cells: pd.Series) -> bool:
    """Whether the first cell of a text column that is not empty begins like a date."""
    filled = cells.dropna()
    return is_text(cells) and len(filled) > 0 and looks_like_date(filled.iloc[0])


def _plain(name: str) -> str:
    """Return a column name without case, spaces and underscores."""
    return re.sub(r"[\s_]", "", name).casefold()


def _named_column(table: RawTable, name: str, argument: str) -> str:
    """Return the column that an argument of `read` names; refuse one that is not there."""
    columns = table.cells.columns
    if name not in columns:
        raise InputError(
            f"{table.file} has no column {name!r} ({argument}=); {nearest(name, columns)}."
        )
    return name
