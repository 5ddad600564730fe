"""Clock times in the ways people write them, after a date in ISO order."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

# 14, 14:00, 1400, 14.00.00, 14:00:00,5, 2:00 PM, each with or without Z, +01 or +01:00.
CLOCK = (
    r"(?P<hour>\d{1,2})"
    r"(?:[:.h]?(?P<minute>\d{2})(?:[:.]?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"(?:\s*(?P<offset>Z|[+-]\d{2}(?::?\d{2})?))?"
)
_MOMENT = re.compile(rf"(?P<day>[-\d]+)T{CLOCK}")
_OFFSET = re.compile(r"T.*?(Z|[+-]\d{2}(?::?\d{2})?)$")


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
    moments = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    rest = moments.isna()
    n_midnights = 0
    if rest.any():
        # What pandas does not know, it knows in another form.
        read, is_midnight = _read_clocks(texts[rest])
        moments[rest] = read.astype(moments.dtype)
        n_midnights = int(is_midnight.sum())
        moments[_without_half(texts)] = pd.NaT
    return pd.DatetimeIndex(moments), n_midnights


def offsets_of(texts: pd.Series) -> np.ndarray:
    """Return the offset from UTC of each moment as +0100, +0000 for Z, "" where there is none."""
    matches = map(_OFFSET.search, texts)
    found = [match[1] if match else "" for match in matches]
    # A file holds few offsets: each is brought to one form once.
    forms = {offset: _plain_offset(offset) for offset in set(found)}
    return np.array([forms[offset] for offset in found], dtype=object)


def _read_clocks(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read clock times in parts; return the moments, and where 24:00 was read."""
    # Parts that are not there are zero.
    matches = [_MOMENT.fullmatch(text) for text in texts]
    rows = [match.groupdict("") if match else {} for match in matches]
    names = list(_MOMENT.groupindex)
    parts = pd.DataFrame(rows, index=texts.index, columns=names, dtype=object).fillna("")
    numbers = parts[["hour", "minute", "second"]].replace("", "0").astype(int)
    hour = numbers["hour"].copy()

    # 12 AM is midnight, 12 PM noon.
    half = parts["half"].str.upper()
    is_half = half != ""
    wrong = is_half & ~hour.between(1, 12)
    hour = hour.where(~is_half, hour % 12 + 12 * (half == "P"))

    # 24:00 is the midnight after the day.
    is_midnight = (hour == 24) & (numbers["minute"] == 0) & (numbers["second"] == 0)
    hour = hour.where(~is_midnight, 0)

    iso = parts["day"] + "T" + _two_digits(hour)
    iso += ":" + _two_digits(numbers["minute"]) + ":" + _two_digits(numbers["second"])
    iso += "." + parts["fraction"].replace("", "0") + parts["offset"]
    moments = pd.to_datetime(iso.mask(wrong, ""), format="ISO8601", utc=True, errors="coerce")
    return moments + pd.to_timedelta(is_midnight.astype(int), unit="D"), is_midnight


def _two_digits(numbers: pd.Series) -> pd.Series:
    """Write numbers as 07."""
    return numbers.astype(str).str.zfill(2)


def _without_half(texts: pd.Series) -> np.ndarray:
    """Return where a clock time has neither AM nor PM, though others have."""
    is_half = texts.str.contains(r"[AaPp]\.?[Mm]\.?", regex=True).to_numpy(bool)
    has_clock = texts.str.contains("T", regex=False).to_numpy(bool)
    return is_half.any() & has_clock & ~is_half


def _plain_offset(offset: str) -> str:
    """Bring Z, +01, +01:00 and -00:00 to the form +0100."""
    if not offset:
        return ""
    hours_first = offset.replace(":", "").replace("Z", "+00")
    digits = hours_first.ljust(5, "0")  # +01 becomes +0100
    return digits.replace("-0000", "+0000")
