"""Clock times in the ways people write them, after a date in ISO order."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecast.tables.reading.arrow_texts import contain, groups, series

# 14, 14:00, 1400, 14.00.00, 14:00:00,5, 2:00 PM, each with or without Z, +01 or +01:00.
_OFFSET = r"Z|[+-]\d{2}(?::?\d{2})?"
_MOMENT = (
    r"(?P<day>[-\d]+)T(?P<hour>\d{1,2})"
    r"(?:[:.h]?(?P<minute>\d{2})(?:[:.]?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
    rf"(?:\s*(?P<offset>{_OFFSET}))?"
)
_ALONE = re.compile(
    r"(?:\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?|\d{1,2}\.\d{2}\.\d{2})"
    r"(?:\s*[ap]\.?m\.?)?\s*(?:[A-Z]{1,4}|[+-]\d{1,2}(?::?\d{2})?)?"
    r"|\d{1,2}\s*[ap]\.?m\.?",
    re.IGNORECASE,
)
_UNITS = ("s", "ms", "us", "ns")
_HALF = r"[AaPp]\.?[Mm]\.?"


def is_clock(text: str) -> bool:
    """Whether a text is written like a clock time and no more, such as 14:00 or 18.00.00."""
    return _ALONE.fullmatch(text) is not None


def read_iso(texts: pd.Series) -> tuple[pd.DatetimeIndex, int]:
    """Read moments whose dates are in ISO order.

    Parameters
    ----------
    texts : Series of str
        Such as 2013-01-31, 2013-01-31T14:00 or 2013-01-31T2:00 PM.

    Returns
    -------
    DatetimeIndex in UTC
        NaT where a text is no moment.
    int
        How many times 24:00 was read as the midnight after.
    """
    texts = texts.reset_index(drop=True)
    # pandas is fast, but it passes over words: 2:00 PM would be two in the morning.
    iso = texts.mask(contain(texts, "[^-0-9T:.Z +]"), "")
    moments = pd.to_datetime(iso, format="ISO8601", utc=True, errors="coerce")
    rest = moments.isna()
    n_midnights = 0
    if rest.any():
        # What is left may be a clock time in another form.
        read, is_midnight = _read_clocks(texts[rest])
        unit = max(moments.dt.unit, read.dt.unit, key=_UNITS.index)
        moments = moments.dt.as_unit(unit).mask(rest, read.dt.as_unit(unit))
        n_midnights = int(is_midnight.sum())
    # Where others have AM or PM, a clock time without it says no hour.
    has_half = contain(texts, _HALF)
    if has_half.any():
        moments = moments.mask(contain(texts, "T") & ~has_half)
    return pd.DatetimeIndex(moments), n_midnights


def offsets_of(texts: pd.Series) -> np.ndarray:
    """Return the offset from UTC of each moment as +0100, +0000 for Z, "" where there is none."""
    found = groups(texts, rf".*T.*?(?P<offset>{_OFFSET})")["offset"]
    # A file holds few offsets: each is brought to one form once.
    codes, offsets = pd.factorize(series(found, texts.index))
    forms = np.array([_plain_offset(offset) for offset in offsets], dtype=object)
    return forms[codes]


def _read_clocks(texts: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Read clock times in parts; return the moments, and where 24:00 was read."""
    found = groups(texts, _MOMENT)
    hour, minute, second = (_numbers(found[name]) for name in ("hour", "minute", "second"))

    # 12 AM is midnight, 12 PM noon.
    half = series(found["half"], texts.index).str.upper().to_numpy()
    is_half = half != ""
    is_wrong = is_half & ((hour < 1) | (hour > 12))
    hour = np.where(is_half, hour % 12 + 12 * (half == "P"), hour)

    # 24:00 is the midnight after the day.
    is_midnight = (hour == 24) & (minute == 0) & (second == 0)
    is_wrong |= (hour > 23) & ~is_midnight
    clock = 3600 * np.where(is_midnight, 24, hour) + 60 * minute + second
    is_wrong |= (minute > 59) | (second > 59)

    # The day and its offset, and the time since its beginning.
    iso = pc.binary_join_element_wise(found["day"], "T00:00:00", found["offset"], "")
    days = pd.to_datetime(series(iso, texts.index), format="ISO8601", utc=True, errors="coerce")
    fraction = pc.utf8_rpad(found["fraction"], 9, "0")
    nanoseconds = _numbers(fraction)
    since = pd.Series(pd.to_timedelta(clock, unit="s"), index=texts.index)
    if nanoseconds.any():
        since = since + pd.to_timedelta(nanoseconds, unit="ns")
    return (days + since).mask(is_wrong), is_midnight & ~is_wrong


def _numbers(texts: pa.Array) -> np.ndarray:
    """Return texts of digits as whole numbers, 0 where there are none."""
    filled = pc.if_else(pc.equal(texts, ""), "0", texts).fill_null("0")
    return filled.cast(pa.int64()).to_numpy(zero_copy_only=False)


def _plain_offset(offset: str) -> str:
    """Bring Z, +01, +01:00 and -00:00 to the form +0100."""
    if not offset:
        return ""
    hours_first = offset.replace(":", "").replace("Z", "+00")
    digits = hours_first.ljust(5, "0")  # +01 becomes +0100
    return digits.replace("-0000", "+0000")
