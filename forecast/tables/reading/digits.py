"""Moments in digits: compact dates, years, time since 1970, or whole numbers that count rows."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from forecast.tables.reading.arrow_texts import matches
from forecast.tables.reading.cells import RawColumn
from forecast.tables.reading.clocks import read_iso
from forecast.tables.reading.date_forms import DateForm
from forecast.wording import quoted

# A compact date of each length: 201301, 20130131, 2013013114, ….
_LONGEST = "20130131140000"
_LENGTHS = (6, 8, 10, 12, 14)
_COMPACT = DateForm(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?P<clock>\d*)")
_FIRST_YEAR, _LAST_YEAR = 1800, 2199  # of compact dates and of years

# The unit of a time since 1970 shows in its size: from 1973 to 2261.
_EPOCHS = (
    ("s", 1e8, 9.2e9),
    ("ms", 1e11, 9.2e12),
    ("us", 1e14, 9.2e15),
    ("ns", 1e17, 9.2e18),
)
_UNITS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
_DECIMALS = {"s": 9, "ms": 6, "us": 3, "ns": 0}  # places behind the point down to nanoseconds

_LARGEST = 2**53  # up to which a float holds every whole number
_N_ROWS = 100  # from which it shows whether numbers may be dates
_NUMBER = r"-?\d+(?:\.\d*)?"
_TOLERANCE = 0.07  # of a month in a decimal year: two decimals of a year are 0.06 months
_REMEDY = "Give timestamps, epoch seconds or whole numbers."


class Digits(NamedTuple):
    """What a column of digits holds."""

    kind: str  # "date", "year", "epoch", "count"
    moments: pd.Index
    notes: list[str]


def digits_of(cells: pd.Series) -> pd.Series | None:
    """Return a column as texts of digits; None where a cell is anything else, or there is none."""
    if pd.api.types.is_bool_dtype(cells) or not len(cells):
        return None
    if pd.api.types.is_numeric_dtype(cells):
        texts = cells.map(_plain_number)
    elif isinstance(cells.iloc[0], str):
        texts = cells.astype(str)
    else:
        return None
    return texts if matches(texts, _NUMBER).all() else None


def read_digits(column: RawColumn, texts: pd.Series) -> Digits:
    """Say what the digits of a column mean, by all of them together.

    Parameters
    ----------
    column : RawColumn
        Without an empty cell.
    texts : Series of str
        Its `digits_of`.
    """
    numbers = texts.astype(np.float64).to_numpy()
    for found in (_compact_dates(column, texts), _years(column, texts, numbers)):
        if found is not None:
            return found

    # Time since 1970: all cells in the range of one unit.
    size = np.abs(numbers)
    for unit, low, high in _EPOCHS:
        if ((low <= size) & (size < high)).all():
            note = f"{quoted(str(column.name))} holds {_UNITS[unit]} since 1970"
            return Digits("epoch", _from_epochs(texts, unit), [note])

    # Else numbers that count the rows; an epoch among them is a mistake.
    column.refuse(numbers % 1 != 0, "is neither a time nor a whole number", _REMEDY)
    is_epoch = size >= _EPOCHS[0][1]
    what = "is of another size than the times above"
    column.refuse(is_epoch != is_epoch[0], what, _REMEDY)
    column.refuse(size > _LARGEST, "is too large to count rows", _REMEDY)
    whole = pd.Index(numbers.astype(np.int64))
    return Digits("count", whole, [f"{quoted(str(column.name))} holds whole numbers, no dates"])


def looks_compact(cells: pd.Series) -> bool:
    """Whether all cells are compact dates, in order."""
    texts = digits_of(cells.dropna()) if cells.notna().any() else None
    moments = None if texts is None else _read_compact(texts)
    if moments is None or moments.isna().any() or len(moments) < 3:
        return False
    return moments.is_monotonic_increasing or moments.is_monotonic_decreasing


def _plain_number(number: float) -> str:
    """Write a number without an exponent and without an empty fraction."""
    is_whole = math.isfinite(number) and number == int(number)
    return str(int(number)) if is_whole else repr(float(number))


# --- dates and years


def _compact_dates(column: RawColumn, texts: pd.Series) -> Digits | None:
    """Read dates such as 2013013114; None where most cells are none."""
    moments = _read_compact(texts)
    if moments is None or np.mean(moments.isna()) > 0.5:
        return None
    example = _LONGEST[: len(texts.iloc[0])]
    column.refuse(moments.isna(), f"is no date like {example}", "Correct it.")
    return Digits("date", moments.tz_localize(None), [])


def _read_compact(texts: pd.Series) -> pd.DatetimeIndex | None:
    """Read texts of equally many digits as dates in UTC; None where they cannot be some."""
    length = len(texts.iloc[0])
    if length not in _LENGTHS or not matches(texts, rf"\d{{{length}}}").all():
        return None
    # Few other numbers look like dates: some rows tell.
    if len(texts) > _N_ROWS:
        beginning = _read_compact(texts.iloc[:_N_ROWS])
        if beginning is None or np.mean(beginning.isna()) > 0.5:
            return None
    # A month alone stands for its first day.
    years = texts.str[:4].astype(int).between(_FIRST_YEAR, _LAST_YEAR)
    days = texts + "01" if length == _LENGTHS[0] else texts
    moments, _ = read_iso(_COMPACT.to_iso(days).where(years, ""))
    return moments


def _years(column: RawColumn, texts: pd.Series, numbers: np.ndarray) -> Digits | None:
    """Read years such as 2013, 2013.01 (a month), 01.2013 or 2013.25 (a part of a year)."""
    if matches(texts, r"(?:0[1-9]|1[0-2])\.(?:1[89]|20|21)\d\d").all():
        counted = _months(texts.str[3:], texts.str[:2])
        return Digits(
            "date", _starts(counted), [f"{quoted(str(column.name))} holds months like 01.2013"]
        )
    if not ((numbers >= _FIRST_YEAR) & (numbers < _LAST_YEAR + 1)).all():
        return None
    months = 12 * numbers
    if (numbers % 1 == 0).all():
        return Digits("year", _starts(months), [])
    # 2013.01 to 2013.12 are months, where there is no 2013.00 and no 2013.13.
    name = quoted(str(column.name))
    if matches(texts, r"\d{4}\.(?:0[1-9]|1[0-2])").all():
        counted = _months(texts.str[:4], texts.str[5:])
        return Digits("date", _starts(counted), [f"{name} holds months like 2013.01"])
    # Else the part behind the point is a share of the year, in months or quarters.
    if (np.abs(months - months.round()) < _TOLERANCE).all():
        return Digits("date", _starts(months), [f"{name} holds months as parts of a year"])
    return None


def _months(years: pd.Series, months: pd.Series) -> pd.Series:
    """Count months from the year 0."""
    return 12 * years.astype(int) + months.astype(int) - 1


def _starts(months: np.ndarray | pd.Series) -> pd.DatetimeIndex:
    """Return the first days of months that are counted from the year 0."""
    counted = np.round(np.asarray(months, dtype=np.float64)).astype(np.int64)
    since_1970 = counted - 12 * 1970
    return pd.DatetimeIndex(since_1970.astype("datetime64[M]").astype("datetime64[us]"))


# --- time since 1970


def _from_epochs(texts: pd.Series, unit: str) -> pd.DatetimeIndex:
    """Read times since 1970 in UTC, exact to the nanosecond."""
    parts = texts.str.partition(".")
    fraction = parts[2].str.rstrip("0")
    whole = parts[0].astype(np.int64).to_numpy()
    moments = pd.DatetimeIndex(whole.astype(f"datetime64[{unit}]"))
    if (fraction != "").any():
        # Digits beyond nanoseconds are left out.
        places = _DECIMALS[unit]
        rest = fraction.str[:places].str.ljust(places, "0").replace("", "0")
        sign = np.where(texts.str.startswith("-"), -1, 1)
        nanoseconds = sign * rest.astype(np.int64).to_numpy()
        moments = moments.as_unit("ns") + pd.to_timedelta(nanoseconds, unit="ns")
    return moments.tz_localize("UTC")
