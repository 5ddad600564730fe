"""A moment in several columns: a day and a clock time, or year, month, day and hour."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.reading.arrow_texts import matches, replaced
from forecast.tables.reading.cells import RawColumn, RawTable
from forecast.tables.reading.clocks import is_clock
from forecast.wording import quoted

# What columns with a part of a moment are called; `plain_name` writes them so.
_NAMES = {
    "year": "year yr yyyy jahr annee año ano",
    "quarter": "quarter qtr quartal trimestre",
    "month": "month mon mo mm monat mois mes",
    "week": "week isoweek weekno woche kw semaine semana",
    "yearday": "doy dayofyear yday yearday",
    "day": "day dy dd dayofmonth dom mday tag jour dia día",
    "hour": "hour hr hh hours hourending he stunde heure hora time clock uhrzeit zeit",
    "minute": "minute min minutes minuto",
    "second": "second sec seconds segundo",
}
# From the coarsest to the finest, and in this order in columns that are called otherwise.
PARTS = ("year", "month", "day", "hour", "minute", "second")
_REMEDY = "Correct it, or name other columns."

MIDNIGHT = r"[T ]\s*0?0:00(?::00(?:\.0+)?)?$"


def plain_name(name: Hashable) -> str:
    """Return the name of a column without case, blanks, signs, and what stands in brackets."""
    bare = re.sub(r"[(\[].*?[)\]]", "", str(name))
    return re.sub(r"[\W_]", "", bare).casefold()


def part_of(name: Hashable) -> str | None:
    """Return which part of a moment a column is called by; None for other names."""
    plain = plain_name(name)
    # "Time Local" is a clock time, as "Date Local" is a date.
    plain = re.sub(r"(?<=^time)(local|gmt|utc|cet)$", "", plain)
    for part, names in _NAMES.items():
        if plain in names.split():
            return part
    return None


def is_clock_time(cells: pd.Series) -> bool:
    """Whether the first cell is a clock time and no more, such as 14:00 or 18.00.00."""
    filled = cells.dropna()
    return len(filled) > 0 and is_clock(str(filled.iloc[0]))


def joined(table: RawTable, names: Sequence[Hashable]) -> tuple[RawColumn | None, list[str]]:
    """Return the times of a table as one column, if it has some, and what there is to note.

    Parameters
    ----------
    table : RawTable
    names : sequence of labels
        None or one; or one of days and those of a clock time; or those of year, month, ….
    """
    if len(names) < 2:
        return (table.column(names[0]) if names else None), []
    parts = _parts_of(table, names)
    is_missing = table.cells[list(names)].isna().any(axis=1)
    if "date" in parts:
        # Days that end with 00:00 are days.
        days = replaced(_texts(table.cells[parts["date"]]), MIDNIGHT, "")
    else:
        texts = {part: _texts(table.cells[name]) for part, name in parts.items()}
        days = _days(texts)

    # A row without one of its parts has no moment.
    notes = [f"moments from {', '.join(map(str, names[:-1]))} and {names[-1]}"]
    if "hour" in parts:
        clock, found = _clock(table, parts, is_missing)
        days = days.str.cat(clock, sep=" ")
        notes += found
    label = ",".join(map(str, names))
    return RawColumn(table.file, label, days.mask(is_missing), table.rows), notes


def _parts_of(table: RawTable, names: Sequence[Hashable]) -> dict[str, Hashable]:
    """Say which part of a moment each column holds: by its name, else by its position."""
    called = {part_of(name): name for name in names}
    if "year" in called and None not in called and len(called) == len(names):
        return {str(part): name for part, name in called.items()}
    # A first column that holds more than a year is one of days.
    first = table.cells[names[0]].dropna()
    is_year = matches(_texts(first), r"\d{4}").all()
    order = PARTS if is_year else ("date", "hour", "minute", "second")
    if len(names) > len(order):
        listed = ", ".join(map(quoted, map(str, names)))
        raise InputError(f"{table.file}: the columns {listed} are more than the parts of a moment.")
    return dict(zip(order, names, strict=False))


def _texts(cells: pd.Series) -> pd.Series:
    """Return cells as texts, whole numbers without a fraction."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells.astype("Int64").astype(str)
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells.dt.strftime("%Y-%m-%d")
    return cells.astype(str).str.replace(r"^(\d+)\.0*$", r"\1", regex=True)


def _days(texts: dict[str, pd.Series]) -> pd.Series:
    """Write a year and its parts as one of the forms of dates: 2013-01-31, 2013-W05, 2013-Q1."""
    year = texts["year"]
    if "yearday" in texts:
        day = texts["yearday"].str.zfill(3)
        dates = pd.to_datetime(year + day, format="%Y%j", errors="coerce")
        # To pandas the year 2013 has a day 366, which is the first of 2014.
        is_real = dates.dt.strftime("%Y%j") == year + day
        return dates.dt.strftime("%Y-%m-%d").where(is_real, year + ", " + day)
    for part, letter in (("week", "W"), ("quarter", "Q")):
        if part in texts:
            number = texts[part].str.upper().str.removeprefix(letter)
            return year + "-" + letter + number
    days = year
    for part in ("month", "day"):
        if part in texts:
            days = days + "-" + texts[part].str.zfill(2)
    return days


def _clock(
    table: RawTable, parts: dict[str, Hashable], is_missing: pd.Series
) -> tuple[pd.Series, list[str]]:
    """Write the clock time of each row."""
    name = parts["hour"]
    texts = _texts(table.cells[name])
    if not (texts.str.fullmatch(r"\d+") | is_missing).all():
        return texts, []
    numbers = texts.mask(is_missing, "0").astype(int)
    width = _width(texts[~is_missing], numbers)
    unit = 10 ** (width - 2)
    _refuse_hours(table.column(name), numbers // unit, numbers > 24 * unit)

    # Hours from 1 to 24 are called by their ends.
    hours = numbers[~is_missing] // unit
    runs_to_24 = hours.max() == 24 and hours.min() >= 1
    notes = (
        [f"{quoted(str(name))} runs to 24: each moment is the end of its hour"]
        if runs_to_24
        else []
    )
    clock = numbers.astype(str).str.zfill(width)
    for finer in ("minute", "second"):
        if finer in parts:
            rest = _texts(table.cells[parts[finer]])
            clock = clock + ":" + rest.str.zfill(2)
    return clock, notes


def _refuse_hours(column: RawColumn, hours: pd.Series, wrong: pd.Series) -> None:
    """Refuse hours that no day has; a day of 25 hours is one on which clocks go back."""
    if hours.max() == 25:
        again = "Write the hours as clocks show them, one of them twice (1, 2, 2, 3, …), and give"
        column.refuse(
            wrong,
            "is no hour of a clock",
            Remedy(f"{again} the time zone, such as {{}}.", {"time_zone": "Europe/Berlin"}),
        )
    column.refuse(wrong, "is no hour", _REMEDY)


def _width(texts: pd.Series, numbers: pd.Series) -> int:
    """Return how many digits a clock time has: 2 for hours, 4 for 1530, 6 for 153000."""
    n_digits = texts.str.len()
    if (n_digits <= 2).all():
        return 2
    if n_digits.nunique() == 1 and n_digits.iloc[0] in (4, 6):
        return int(n_digits.iloc[0])
    highest = numbers.max()
    return 4 if highest <= 2400 else 6
