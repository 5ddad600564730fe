"""The moments of the rows: dates in words, epochs in numbers, and their time zone."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawColumn, RawTable, typed
from forecast.validation import nearest

# 2013-01, 2013-01-31, 2013/01/31 14:00, 2013-01-31T14:00:00Z, …
_ISO_DATE = re.compile(r"\d{4}[-/]\d{1,2}([-/]\d{1,2}([T ].*)?)?$")

# 31.1.2013, 1/31/2013 14:00, 31-1-2013 14:00:00, 1/31/2013 2:00 PM, …
_DAY_OR_MONTH_FIRST = re.compile(
    r"\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)\d{4}"
    r"(?:[T ]+\d{1,2}:\d{2}(?P<seconds>:\d{2})?(?P<half>\s*[AaPp][Mm])?)?$"
)

# The Z, +01, +0100 or +01:00 after a clock time.
_OFFSET = re.compile(r"[T ]\d{1,2}[\d:.]*\s*(Z|[+-]\d{2}(?::?\d{2})?)$")

# The unit of an epoch shows in its size: seconds from 1973 on reach 1e8, milliseconds 1e11, ….
_EPOCHS = (
    ("s", 1e8, 1e11),
    ("ms", 1e11, 1e14),
    ("us", 1e14, 1e17),
    ("ns", 1e17, 1e19),
)

_EXAMPLES = ["UTC", "Europe/Berlin", "Asia/Tokyo"]  # offered where no zone is called alike


def looks_like_date(cell: Any) -> bool:
    """Whether a cell begins like a date."""
    text = str(cell).strip()
    return bool(_ISO_DATE.match(text) or _DAY_OR_MONTH_FIRST.match(text))


def row_moments(table: RawTable, name: Hashable, zone: str | None) -> pd.Index | None:
    """Turn the time column into an index; None where there is no time column."""
    if name is None and zone is None:
        return None
    if name is None:
        raise InputError(
            f"{table.file} has no time column for time_zone={zone!r}. Name it with time=."
        )
    column = table.column(name)
    cells = typed(column.cells)
    column = replace(column, cells=cells)
    column.refuse(cells.isna(), "is empty", "Give the row its time, or remove it.")

    # Parquet holds periods and timestamps as such.
    if isinstance(cells.dtype, pd.PeriodDtype):
        moments = pd.Index(cells)
    elif pd.api.types.is_datetime64_any_dtype(cells):
        moments = pd.DatetimeIndex(cells)
    # In CSV they are numbers or texts.
    elif pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        moments = _from_numbers(column)
    else:
        moments = _from_text(column, zone)

    # Whatever they were, timestamps can be brought to a time zone.
    if zone is not None:
        moments = _in_zone(column, moments, zone)
    return moments.rename("timestamp")


# --- numbers


def _from_numbers(column: RawColumn) -> pd.Index:
    """Read epochs and dates like 20130131 by their size; keep smaller whole numbers."""
    numbers = column.cells.to_numpy(np.float64)
    size = np.abs(numbers)

    # Epochs: all cells in the range of one unit.
    for unit, low, high in _EPOCHS:
        if ((low <= size) & (size < high)).all():
            return _from_epochs(column.cells, unit)

    # Else numbers that count the rows; an epoch among them is a mistake.
    remedy = "Give timestamps, epoch seconds or whole numbers."
    column.refuse(numbers % 1 != 0, "is neither a time nor a whole number", remedy)
    is_epoch = size >= 1e8
    what = "is of another size than the times above"
    column.refuse(is_epoch != is_epoch[0], what, remedy)

    # Eight digits that begin with a year are a date: years 1000 to 2999.
    whole = pd.Index(numbers.astype(np.int64))
    is_date = (numbers >= 1000_00_00) & (numbers < 3000_00_00)
    return _from_digits(column, whole) if is_date.all() else whole


def _from_epochs(cells: pd.Series, unit: str) -> pd.DatetimeIndex:
    """Read times since 1970 in UTC; seconds may have fractions, down to milliseconds."""
    if unit == "s":
        counts = np.round(cells.to_numpy(np.float64) * 1000)
        unit = "ms"
    elif unit == "ms":
        counts = cells.to_numpy(np.float64)
    else:
        # A float has 53 bits: it would round microseconds and nanoseconds.
        counts = cells.to_numpy()
    stamps = counts.astype(np.int64).view(f"datetime64[{unit}]")
    return pd.DatetimeIndex(stamps).tz_localize("UTC")


def _from_digits(column: RawColumn, whole: pd.Index) -> pd.DatetimeIndex:
    """Read dates written like 20130131."""
    dates = pd.to_datetime(whole.astype(str), format="%Y%m%d", errors="coerce")
    column.refuse(dates.isna(), "is no date", "Write it like 20130131.")
    return pd.DatetimeIndex(dates)


# --- text


def _from_text(column: RawColumn, zone: str | None) -> pd.DatetimeIndex:
    """Read ISO dates with or without an offset, or dates in another order."""
    text = column.cells.astype(str).str.strip()
    # The first cell says how all of them are written.
    if text.iloc[0].endswith(("UTC", "GMT")):
        text = text.str.replace(r"\s*(UTC|GMT)$", "Z", regex=True)
    if _DAY_OR_MONTH_FIRST.match(text.iloc[0]):
        return _from_other_dates(column, text)
    parsed = pd.to_datetime(text, format="ISO8601", utc=True, errors="coerce")
    times = pd.DatetimeIndex(parsed)
    column.refuse(times.isna(), "is no time", "Write times like 2013-01-31 14:00.")

    # Times with and without an offset cannot be ordered.
    offsets = _offsets(text)
    has_offset = offsets != ""
    difference = "has no offset" if has_offset[0] else "has an offset"
    what = f"{difference} from UTC, unlike the first time"
    column.refuse(has_offset != has_offset[0], what, "Give all times an offset, or none.")

    # Several offsets are clock changes of some zone, or several zones: only the user knows which.
    if zone is None:
        what = f"has another offset than the first time {text.iloc[0]!r}"
        remedy = (
            "Say to which zone they are to be brought: time_zone='UTC' (--time-zone) or another."
        )
        column.refuse(offsets != offsets[0], what, remedy)
    return times if has_offset[0] else times.tz_localize(None)


def _offsets(text: pd.Series) -> np.ndarray:
    """Return the offset from UTC of each time as +0100, +0000 for Z, "" where there is none."""
    matches = map(_OFFSET.search, text)
    found = [match[1] if match else "" for match in matches]
    # A file holds few offsets: each is brought to one form once.
    forms = {offset: _plain_offset(offset) for offset in set(found)}
    return np.array([forms[offset] for offset in found], dtype=object)


def _plain_offset(offset: str) -> str:
    """Bring Z, +01, +01:00 and -00:00 to the form +0100."""
    if not offset:
        return ""
    hours_first = offset.replace(":", "").replace("Z", "+00")
    digits = hours_first.ljust(5, "0")  # +01 becomes +0100
    return digits.replace("-0000", "+0000")


def _from_other_dates(column: RawColumn, text: pd.Series) -> pd.DatetimeIndex:
    """Read dates like 31.1.2013 or 1/31/2013 14:00; refuse them where the order is open."""
    # Points stand in dates that begin with the day; the other signs leave two orders.
    first = _DAY_OR_MONTH_FIRST.match(text.iloc[0])
    assert first is not None
    sign = first["sign"]
    orders = ["%d.%m.%Y"] if sign == "." else [f"%d{sign}%m{sign}%Y", f"%m{sign}%d{sign}%Y"]

    # The first date says how all of them are written.
    clock = _clock_format(first)
    readings = [pd.to_datetime(text, format=order + clock, errors="coerce") for order in orders]

    # A day above 12 decides the order for the whole column.
    best = min(readings, key=lambda times: int(times.isna().sum()))
    remedy = "Write times like 2013-01-31 14:00."
    column.refuse(best.isna(), "is no time like those above", remedy)
    # Where no day is, the two orders have to agree: on 1/1/2013, say.
    if all(times.notna().all() for times in readings):
        differs = readings[0] != readings[-1]
        remedy = "Write dates like 2013-01-31."
        column.refuse(differs, "may begin with the day or the month", remedy)
    return pd.DatetimeIndex(best)


def _clock_format(date: re.Match[str]) -> str:
    """Return the format of the clock time after a date, "" where it has none."""
    if ":" not in date[0]:
        return ""
    seconds = ":%S" if date["seconds"] else ""
    return f" %I:%M{seconds} %p" if date["half"] else f" %H:%M{seconds}"


# --- time zones


def _in_zone(column: RawColumn, moments: pd.Index, zone: str) -> pd.DatetimeIndex:
    """Localize times without an offset, convert others; refuse the hours of a clock change."""
    if not isinstance(moments, pd.DatetimeIndex):
        what = f"time_zone={zone!r} needs timestamps, not moments like {moments[0]}"
        raise InputError(
            f"{column.file}, column {str(column.name)!r}: {what}. Leave time_zone out."
        )
    tz = _find_zone(zone)
    # Times with an offset are moments already.
    if moments.tz is not None:
        return moments.tz_convert(tz)

    # Where clocks go back, a time without an offset happens twice.
    twice = moments.tz_localize(tz, ambiguous="NaT", nonexistent="shift_forward").isna()
    what = f"happened twice in {zone}: clocks went back"
    column.refuse(twice, what, "Give UTC times or offsets, or drop that hour.")

    # Where they go forward, it never happens.
    is_first = np.ones(len(moments), dtype=bool)
    never = moments.tz_localize(tz, ambiguous=is_first, nonexistent="NaT").isna()
    what = f"never happened in {zone}: clocks went forward"
    column.refuse(never, what, "Give UTC times or offsets, or shift that hour.")
    return moments.tz_localize(tz)


def _find_zone(name: str) -> ZoneInfo:
    """Return a time zone; refuse one that is unknown, and offer those that are called like it."""
    known = available_timezones()
    if name not in known:
        like = get_close_matches(name, known, n=3) or _EXAMPLES
        raise InputError(f"time_zone={name!r} is no IANA time zone; {nearest(name, like)}.")
    return ZoneInfo(name)
