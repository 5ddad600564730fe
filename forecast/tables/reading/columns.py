"""Which columns hold the times, and which the names of the series."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.arrow_texts import contain
from forecast.tables.reading.cells import RawColumn, RawTable, is_text, typed
from forecast.tables.reading.date_forms import begin_of, clock_of, looks_like_date
from forecast.tables.reading.digits import digits_of, looks_compact, read_digits
from forecast.tables.reading.parts import (
    MIDNIGHT,
    PARTS,
    is_clock_time,
    joined,
    part_of,
    plain_name,
)
from forecast.tables.reading.unread_times import refuse_unread
from forecast.tables.reading.year_parts import unit_of
from forecast.validation import nearest
from forecast.wording import quoted

# The names of columns of times: the first that is there counts.
_TIME_NAMES = """
    timestamp datetime ds date time datum zeitstempel zeitpunkt zeit fecha fechahora
    utctimestamp gmttime timestamputc datetimeutc datetimelocal datelocal dategmt
    observationdate valid validtime mtu timeperiod opentime unix unixtime epoch ts
    period periode periodo day tag week woche month monat quarter quartal year jahr yr hour stunde
"""

# What is called so may be no time, unless it holds numbers.
_DOUBTFUL = ("valid", "tag", "hour", "stunde", "epoch", "ts")


def series_columns(table: RawTable, said: Sequence[str]) -> tuple[Hashable, ...]:
    """Find the columns that together name the series; none where there is but one series."""
    if said:
        return tuple(_named_column(table, name, "series") for name in said)
    if table.series is not None:
        return (table.series,)
    if "series" in table.cells.columns and is_text(typed(table.cells["series"])):
        return ("series",)
    return ()


def series_names(
    table: RawTable, columns: Sequence[Hashable]
) -> tuple[pd.Series | None, np.ndarray]:
    """Return the name of the series of each row, None in wide form, and its number.

    Names are texts without blanks around them, or numbers; of several columns joined by commas:
    "A, 3". The numbers follow the order of appearance, or that of the names where rows have none.
    """
    if not columns:
        return None, np.zeros(len(table.rows), dtype=int)
    # Of several columns the cells are joined by commas.
    parts = [_names_in(table.column(name)) for name in columns]
    names = parts[0]
    if len(parts) > 1:
        names = names.astype(str)
        for part in parts[1:]:
            names = names + ", " + part.astype(str)
        _refuse_one_name_of_two(table, columns, names)
    return names, pd.factorize(names, sort=table.is_unordered)[0]


def _names_in(column: RawColumn) -> pd.Series:
    """Return the names in a column of series; refuse empty ones."""
    texts = column.cells.astype(str).str.strip()
    is_empty = column.cells.isna() | (texts == "")
    column.refuse(is_empty, "names no series", "Say which series the row belongs to.")
    return texts if is_text(column.cells) else column.cells


def _refuse_one_name_of_two(table: RawTable, columns: Sequence[Hashable], names: pd.Series) -> None:
    """Refuse cells that have a comma where two different series would get one name."""
    cells = table.cells[list(columns)].drop_duplicates()
    is_twice = names[cells.index].duplicated(keep=False)
    if is_twice.any():
        name = names[cells.index][is_twice].iloc[0]
        listed = " and ".join(quoted(str(column)) for column in columns)
        raise InputError(
            f"{table.file}: the columns {listed} give two series the name {quoted(name)}. "
            "Take the commas out of them."
        )


def time_columns(
    table: RawTable, said: Sequence[str], series: Sequence[Hashable]
) -> tuple[Hashable, ...]:
    """Find the columns that together hold the times, by the rule that `read` states."""
    if said:
        columns = tuple(_named_column(table, name, "times") for name in said)
        both = [name for name in columns if name in series]
        if both:
            raise InputError(
                f"{table.file}: column {quoted(both[0])} cannot hold both the times and the series."
            )
        return columns
    if table.time is not None:
        return (table.time,)

    names = [name for name in table.cells.columns if name not in series]
    plain = {name: plain_name(name) for name in names}
    called = [name for word in _TIME_NAMES.split() for name in names if plain[name] == word]
    # A column of whole moments or days is the best, and its name makes it better.
    whole = [name for name in called if _is_whole(table, name, called=True)]
    whole = whole or [name for name in names if _is_whole(table, name, called=False)]
    if whole:
        return (whole[0], *_clock_beside(table, whole[0], names, series))
    # Else parts make one, or numbers count: those of a column that is called so, or has no name.
    parts = _parts_of_moment(table, names, series)
    numbers = tuple(_years_first(table, called)[:1])
    found = parts or numbers or _first_without_name(table, series)
    if not found:
        refuse_unread(table, names)
    return found


def begins_with_date(cells: pd.Series) -> bool:
    """Whether the first cell of a text column that is not empty is written like a date."""
    filled = cells.dropna()
    if not len(filled) or not is_text(cells):
        return False
    first = str(filled.iloc[0])
    return looks_like_date(first) or begin_of(first) is not None


def _is_whole(table: RawTable, name: Hashable, called: bool) -> bool:
    """Whether a column holds days or moments by itself."""
    cells = table.cells[name]
    if isinstance(cells.dtype, pd.PeriodDtype) or pd.api.types.is_datetime64_any_dtype(cells):
        return True
    if begins_with_date(cells) or looks_compact(cells) or unit_of(name, cells.dropna()):
        return True
    # Time since 1970 is a large number like any other, but for its name.
    return called and _kind_of_digits(table, name) in ("date", "epoch")


def _kind_of_digits(table: RawTable, name: Hashable) -> str:
    """Return what the digits of a column mean, "" where they mean nothing."""
    cells = table.cells[name].dropna()
    texts = digits_of(cells) if len(cells) else None
    if texts is None:
        return ""
    try:
        return read_digits(table.column(name), texts).kind
    except InputError:
        return ""


def _clock_beside(
    table: RawTable, day: Hashable, names: Sequence[Hashable], series: Sequence[Hashable]
) -> tuple[Hashable, ...]:
    """Find the columns with the clock times of a column of days, if it needs them."""
    if not _holds_days(table, day):
        return ()
    others = [name for name in names if name != day]
    parts = {name: part_of(name) for name in others}
    clocks = [name for name in others if parts[name] == "hour"]
    # "Date Local" goes with "Time Local", not with "Time GMT".
    place = plain_name(day).replace("date", "")
    beside = [name for name in clocks if place and plain_name(name).endswith(place)]
    clocks = beside or clocks

    # Clock times that are called otherwise count where days stand several times.
    if not clocks and _repeats(table, [*series, day]):
        clocks = [name for name in others if is_clock_time(table.cells[name])]
    if not clocks or not _tells_clock(table, clocks[0], [*series, day]):
        return ()
    minutes = [name for name in others if parts[name] == "minute"]
    seconds = [name for name in others if parts[name] == "second"]
    return (clocks[0], *minutes, *seconds)


def _repeats(table: RawTable, columns: Sequence[Hashable]) -> bool:
    """Whether several rows have the same cells in these columns."""
    return bool(table.cells.duplicated(list(columns)).any())


def _tells_clock(table: RawTable, name: Hashable, days: Sequence[Hashable]) -> bool:
    """Whether a column called like a clock time tells the one of each row.

    An hour may be a value like any other, such as the hour of a peak, where each day has one row.
    """
    cells = table.cells[name]
    return is_clock_time(cells) or cells.nunique() == 1 or _repeats(table, days)


def _holds_days(table: RawTable, name: Hashable) -> bool:
    """Whether a column of moments says no clock time."""
    cells = table.cells[name].dropna()
    if pd.api.types.is_datetime64_any_dtype(cells):
        return bool((cells == cells.dt.normalize()).all())
    digits = digits_of(cells)
    if digits is not None:
        return len(digits.iloc[0]) == 8
    clock = clock_of(str(cells.iloc[0]))
    if not clock:
        return clock is not None
    return bool(contain(cells.astype(str), MIDNIGHT).all())


def _parts_of_moment(
    table: RawTable, names: Sequence[Hashable], series: Sequence[Hashable]
) -> tuple[Hashable, ...]:
    """Find the columns of year, month, day and so on; none where they make no moment."""
    parts = {part_of(name): name for name in reversed(names)}
    year = parts.get("year")
    if year is None or _kind_of_digits(table, year) != "year":
        return ()
    # Quarters, weeks and days of the year count where there is no month.
    for other in ("quarter", "week", "yearday"):
        if other in parts and "month" not in parts:
            has_hours = other == "yearday" and "hour" in parts
            hours = [parts["hour"]] if has_hours else []
            return _readable(table, (year, parts[other], *hours))
    # Each part is finer than the one before it.
    columns = [year]
    for part in PARTS[1:]:
        if part not in parts:
            break
        if part == "hour" and not _tells_clock(table, parts[part], [*series, *columns]):
            break
        columns.append(parts[part])
    return _readable(table, tuple(columns)) if len(columns) > 1 else ()


def _readable(table: RawTable, columns: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    """Return columns whose parts make days, else none: a day may be called Monday."""
    clock = ("hour", "minute", "second")
    days = [name for name in columns if part_of(name) not in clock]
    moments, _ = joined(table, days)
    is_date = moments is not None and begins_with_date(moments.cells)
    return columns if is_date else ()


def _first_without_name(table: RawTable, series: Sequence[Hashable]) -> tuple[Hashable, ...]:
    """Return the first column if it has no name, but times in digits; else none."""
    first = table.cells.columns[0]
    kind = _kind_of_digits(table, first)
    # Whole numbers that may be years are some where none repeats.
    is_time = kind in ("date", "epoch")
    is_time |= kind == "year" and not _repeats(table, [*series, first])
    return (first,) if first == "column 1" and is_time else ()


def _years_first(table: RawTable, called: Sequence[Hashable]) -> list[Hashable]:
    """Order columns that are called like times: those of years first."""
    digits = {name: digits_of(table.cells[name].dropna()) for name in called}
    called = [
        name for name in called if digits[name] is not None or plain_name(name) not in _DOUBTFUL
    ]
    return sorted(called, key=lambda name: _kind_of_digits(table, name) != "year")


def _named_column(table: RawTable, name: str, kind: str) -> str:
    """Return the column that is said to hold the times or the series, if it is there."""
    columns = table.cells.columns
    if name not in columns:
        raise InputError(
            f"{table.file} has no column {quoted(name)} for the {kind}; {nearest(name, columns)}."
        )
    return name
