"""A moment in several columns: a day and a clock time, or year, month, day and hour."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.arrow_texts import replaced
from forecast.tables.reading.cells import RawColumn, RawTable, typed
from forecast.tables.reading.month_names import month_number

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
_WITHIN_YEAR = ("quarter", "month", "week", "yearday")
_ORDER = (
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
)  # of columns that are called otherwise
_RANGES = {
    "year": (1000, 2999),
    "quarter": (1, 4),
    "month": (1, 12),
    "week": (1, 53),
    "yearday": (1, 366),
    "day": (1, 31),
}
_CLOCK = re.compile(r"\d{1,2}(:\d{2}){1,2}([.,]\d+)?(\s*[AaPp]\.?[Mm]\.?)?|\d{1,2}\.\d{2}\.\d{2}")


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


def is_clock(cells: pd.Series) -> bool:
    """Whether the first cell is a clock time and no more, such as 14:00 or 18.00.00."""
    filled = cells.dropna()
    return len(filled) > 0 and _CLOCK.fullmatch(str(filled.iloc[0])) is not None


def joined(table: RawTable, names: Sequence[Hashable]) -> tuple[RawColumn, list[str]]:
    """Return the times of a table as one column, and what there is to note.

    Parameters
    ----------
    table : RawTable
    names : sequence of labels
        One column; or one of days and those of a clock time; or those of year, month, ….
    """
    if len(names) == 1:
        return table.column(names[0]), []
    cells = {name: table.cells[name] for name in names}
    missing = np.any([cell.isna() for cell in cells.values()], axis=0)
    label = ",".join(map(str, names))
    *others, last = map(str, names)
    notes = [f"moments from {', '.join(others)} and {last}"]
    parts = _parts_of(table, names)
    if "date" in parts:
        # Days that end with 00:00 are days.
        days = _texts(table.cells[parts.pop("date")])
        days = replaced(days, MIDNIGHT, "")
    else:
        days = _days(table, parts, missing)
    clock, more = _clock(table, parts, missing)
    texts = days if clock is None else days.str.cat(clock, sep=" ")
    joined_cells = texts.mask(missing)
    return RawColumn(table.file, label, joined_cells, table.rows), notes + more


def _parts_of(table: RawTable, names: Sequence[Hashable]) -> dict[str, Hashable]:
    """Say which part of a moment each column holds: by its name, else by its position."""
    called = {part_of(name): name for name in names}
    if "year" in called and None not in called and len(called) == len(names):
        return {str(part): name for part, name in called.items()}
    # A first column that holds more than a year is one of days.
    years = typed(table.cells[names[0]])
    is_year = (
        pd.api.types.is_numeric_dtype(years) and years.dropna().between(*_RANGES["year"]).all()
    )
    order = _ORDER if is_year else ("date", "hour", "minute", "second")
    if len(names) > len(order):
        listed = ", ".join(map(repr, map(str, names)))
        raise InputError(f"{table.file}: the columns {listed} are more than the parts of a moment.")
    return dict(zip(order, names, strict=False))


def _texts(cells: pd.Series) -> pd.Series:
    """Return cells as texts, whole numbers without a fraction."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells.astype("Int64").astype(str)
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells.dt.strftime("%Y-%m-%d")
    return cells.astype(str).str.replace(r"^(\d+)\.0*$", r"\1", regex=True)


def _days(table: RawTable, parts: dict[str, Hashable], missing: np.ndarray) -> pd.Series:
    """Write year, month and day, or year and week, in ISO order."""
    year = _whole(table, parts.pop("year"), "year", missing)
    if "week" in parts:
        week = _whole(table, parts.pop("week"), "week", missing)
        return _from_calendar(year, week, lambda y, w: date.fromisocalendar(y, w, 1))
    if "yearday" in parts:
        day = _whole(table, parts.pop("yearday"), "yearday", missing)
        return _from_calendar(year, day, lambda y, d: date(y, 1, 1) + timedelta(days=d - 1))
    if "quarter" in parts:
        month = 3 * _whole(table, parts.pop("quarter"), "quarter", missing) - 2
    elif "month" in parts:
        month = _whole(table, parts.pop("month"), "month", missing)
    else:
        month = pd.Series(1, index=year.index)
    day = _whole(table, parts.pop("day"), "day", missing) if "day" in parts else month * 0 + 1
    days = year.astype(str)
    for part in (month, day):
        days = days + "-" + part.astype(str).str.zfill(2)
    return days


def _from_calendar(
    years: pd.Series, numbers: pd.Series, day_of: Callable[[int, int], date]
) -> pd.Series:
    """Write the day of each pair of numbers in ISO order; "none" where there is no such day."""
    texts = []
    for year, number in zip(years, numbers, strict=True):
        try:
            texts.append(day_of(year, number).isoformat())
        except ValueError:
            texts.append(f"{year}, {number}")
    return pd.Series(texts, index=years.index)


def _whole(table: RawTable, name: Hashable, part: str, missing: np.ndarray) -> pd.Series:
    """Return a part of a moment as whole numbers; 1 where a row has no moment."""
    column = table.column(name)
    texts = _texts(column.cells).mask(missing, "1")
    if part == "month":
        texts = texts.map(lambda text: str(month_number(text) or text))
    numbers = pd.to_numeric(texts.str.extract(r"^[QqWw]?(\d{1,4})$")[0], errors="coerce")
    low, high = _RANGES[part]
    wrong = ~numbers.between(low, high) & ~missing
    column.refuse(wrong, f"is no {part} from {low} to {high}", "Correct it, or name other columns.")
    return numbers.where(~wrong, 1).astype(int)


def _clock(
    table: RawTable, parts: dict[str, Hashable], missing: np.ndarray
) -> tuple[pd.Series | None, list[str]]:
    """Write the clock time of each row; None where there is none."""
    if "hour" not in parts:
        return None, []
    name = parts["hour"]
    texts = _texts(table.cells[name])
    is_number = texts.str.fullmatch(r"\d+") | missing
    if not is_number.all():
        return texts, []
    numbers = texts.mask(missing, "0").astype(int)
    width = _width(texts[~missing], numbers)
    unit = 10 ** (width - 2)
    wrong = numbers > 24 * unit
    table.column(name).refuse(wrong, "is no hour", "Correct it, or name other columns.")
    notes = []
    hours = numbers[~missing] // unit
    if hours.max() == 24 and hours.min() >= 1:
        notes.append(f"{str(name)!r} runs to 24: each moment is the end of its hour")
    clock = numbers.astype(str).str.zfill(width)
    for finer in ("minute", "second"):
        if finer in parts:
            rest = _texts(table.cells[parts[finer]]).mask(missing, "0")
            clock = clock + ":" + rest.str.zfill(2)
    return clock, notes


def _width(texts: pd.Series, numbers: pd.Series) -> int:
    """Return how many digits a clock time has: 2 for hours, 4 for 1530, 6 for 153000."""
    n_digits = texts.str.len().unique()
    if len(n_digits) == 1 and n_digits[0] in (4, 6):
        return int(n_digits[0])
    fitting = (width for width in (2, 4) if numbers.max() <= 24 * 10 ** (width - 2))
    return next(fitting, 6)
