"""The forms in which dates are written, each brought to ISO order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecast.tables.reading.arrow_texts import contain, groups, replaced, series
from forecast.tables.reading.clocks import is_clock
from forecast.tables.reading.month_names import month_number

# A clock time may follow a day, not a month.
_CLOCK = r"(?:(?:T|,?\s+|_)(?P<clock>\d.*))?"

_YEAR = r"(?P<year>\d{4})"
_SHORT_YEAR = r"'?(?P<year>\d{4}|\d{2})"
_MONTH = r"(?P<month>\d{1,2})"
_NAMED_MONTH = r"@(?P<month>\d{2})"  # as `number_months` writes it
_DAY = r"(?P<day>\d{1,2})"

# The parts of a date of numbers, in the orders that `date_order` names.
_ORDERS = {
    "ymd": (r"(?P<year>\d{2})", _MONTH, _DAY),
    "dmy": (_DAY, _MONTH, r"(?P<year>\d{4}|\d{2})"),
    "mdy": (_MONTH, _DAY, r"(?P<year>\d{4}|\d{2})"),
}

# The beginnings of forms whose order is fixed, with what may be between their parts.
_DAYS = (
    *(sign.join((_YEAR, _MONTH, _DAY)) for sign in ("-", "/", r"\.", " ")),  # 2013-01-31
    rf"{_DAY}(?:st|nd|rd|th)?\.?[-/ ]*{_NAMED_MONTH}\.?[-/ ,]*{_SHORT_YEAR}",  # 31-Jan-2013
    rf"{_NAMED_MONTH}\.?[-/ ]*{_DAY}(?:st|nd|rd|th)?[-/ ,]+{_SHORT_YEAR}",  # Jan 31, 2013
    rf"{_YEAR}[-/ .]*{_NAMED_MONTH}\.?[-/ .]*{_DAY}",  # 2013-Jan-31
)
_COMPACT = rf"{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})[T _](?P<clock>\d.*)"  # 20130131T0015
_PERIODS = (
    rf"{_YEAR}[-/]{_MONTH}",  # 2013-01
    rf"{_MONTH}[-/]{_YEAR}",  # 01/2013
    rf"{_YEAR}[-\s:]?M{_MONTH}",  # 2013M01
    rf"{_NAMED_MONTH}\.?[-/ ,]*{_SHORT_YEAR}",  # Jan-13, January 2013
    rf"{_YEAR}[-/ :.]*{_NAMED_MONTH}\.?",  # 2013 Jan
    rf"{_YEAR}[-/\s:.]?[QT](?P<quarter>[1-4])",  # 2013Q1
    rf"[QT](?P<quarter>[1-4])[-/\s]*{_SHORT_YEAR}",  # Q1 2013
    rf"(?P<quarter>[1-4])Q[-/\s]*{_SHORT_YEAR}",  # 1Q2013
    rf"{_YEAR}[-/\s:]?[HS](?P<half>[12])",  # 2013H1
    rf"{_YEAR}[-/\s]?W(?P<week>\d{{1,2}})(?:-?(?P<weekday>[1-7]))?",  # 2013-W05, 2013-W05-1
    rf"W(?P<week>\d{{1,2}})[-/\s]+{_YEAR}",  # W05 2013
)

# Weekdays at the beginning, in German, French and Spanish as in English, and UTC at the end.
_GERMAN = "mo|di|mi|do|fr|sa|so|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"
_FRENCH = "lun|mer|jeu|ven|sam|dim|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche"
_SPANISH = "mi[eé]|jue|vie|s[aá]b|dom|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo"
_ZONE = r"\s*\(?(UTC|GMT)\)?$"
_PLAIN = (
    (r"^(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]*\s+", ""),
    (rf"^(?i:{_GERMAN}|{_FRENCH}|{_SPANISH})[.,]*\s+", ""),
    # "mar" is a Tuesday before a whole date, and March else.
    (r"^(?i:mar)[.,]*\s+(\d{1,2}(?:[-./]\d|\.?[- ]+[A-Za-zÀ-ÿ]))", r"\1"),
    (_ZONE, "Z"),
    (r"(\d)\s+Z$", r"\1Z"),
)
_FIRST_WORD = r"[^\pL]*(?:\pL{1,2}[^\pL]+)*(?P<word>\pL{3,}).*"

# "28.11.2010 00:00 - 28.11.2010 00:15" and "2018-01-01T00:00/2018-01-01T01:00".
_INTERVAL = re.compile(
    r"(?P<begin>\S.*?)"
    r"(?:\s+(?:-|\u2013|to)\s+|(?<=\d[:T]\d\d)/|(?<=Z)/|(?<=\d{4}-\d\d-\d\d)/)"
    r"(?P<end>\S.*)"
)

_DURATION = re.compile(r"P(?:\d+[WD])?(?:T(?:\d+[HMS])+)?")

# Of two digits of a year, POSIX reads 69 to 99 as 1969 to 1999, and 00 to 68 as 2000 to 2068.
_FIRST_OF_1900 = 69


@dataclass(frozen=True)
class DateForm:
    """A form in which dates are written.

    Parameters
    ----------
    pattern : str
        Matches a whole cell; it has named groups for the parts of a date.
    order : {"dmy", "mdy", "ymd", ""}
        Of dates whose order is open; "" where the form says it.
    """

    pattern: str
    order: str = ""

    def match(self, text: str) -> re.Match[str] | None:
        """Return how a cell has this form; None where it has another."""
        return re.fullmatch(self.pattern, text)

    def to_iso(self, texts: pd.Series) -> pd.Series:
        """Write cells in ISO order, "" where one has another form."""
        parts = groups(texts, self.pattern)
        year = _full_year(parts["year"])
        if "week" in parts:
            return _weeks(year, parts, texts.index)
        # A period stands for its first day.
        month = parts.get("month")
        for part, n_months in (("quarter", 3), ("half", 6)):
            if part in parts:
                first = pc.subtract(parts[part].cast(pa.int64()), 1)
                month = pc.add(pc.multiply(first, n_months), 1).cast(pa.string())
        day = parts.get("day", "01")
        iso = pc.binary_join_element_wise(year, _two_digits(month), _two_digits(day), "-")
        if "clock" in parts:
            has_clock = pc.not_equal(parts["clock"], "")
            iso = pc.if_else(has_clock, pc.binary_join_element_wise(iso, parts["clock"], "T"), iso)
        return series(iso, texts.index)

    def has_short_year(self, text: str) -> bool:
        """Whether a cell of this form has two digits of the year."""
        match = self.match(text)
        return match is not None and len(match["year"]) == 2


def _open_forms() -> Iterator[DateForm]:
    """Yield the forms that begin with the day or the month, or with two digits of the year."""
    for sign in (r"\.", "/", "-"):
        for order, parts in _ORDERS.items():
            yield DateForm(f"(?i){sign.join(parts)}{_CLOCK}", order)


_CLEAR = [
    *(DateForm(f"(?i){pattern}{_CLOCK}") for pattern in _DAYS),
    *(DateForm(f"(?i){pattern}") for pattern in (_COMPACT, *_PERIODS)),
]
_OPEN = [*_open_forms()]


def looks_like_date(cell: Any) -> bool:
    """Whether a cell is written like a date, with or without a clock time."""
    return clock_of(str(cell)) is not None


def clock_of(text: str) -> str | None:
    """Return what follows the date in a cell, "" where nothing does; None where there is none."""
    match = _first_match(text.strip())
    return None if match is None else match.groupdict().get("clock") or ""


def forms_of(text: str) -> list[DateForm]:
    """Return the forms that a cell has, as `plain_text` writes it: several where none is sure."""
    forms = [form for form in _CLEAR + _OPEN if form.match(text)]
    is_open = bool(forms) and bool(forms[0].order)
    return forms if is_open else forms[:1]


def plain_texts(texts: pd.Series) -> pd.Series:
    """Write months as numbers and UTC as Z, and leave out the names of weekdays."""
    if not contain(texts, "[^-0-9 :./,T]").any():
        return texts
    for pattern, replacement in _PLAIN:
        texts = replaced(texts, pattern, replacement)
    # A column has few different words.
    words = series(groups(texts, _FIRST_WORD)["word"], texts.index)
    for word in words.unique():
        number = month_number(word)
        if number is not None:
            texts = replaced(texts, re.escape(word), f"@{number:02}")
    return texts


def plain_text(text: str) -> str:
    """Write one cell as `plain_texts` does."""
    for pattern, replacement in _PLAIN:
        text = re.sub(pattern, replacement, text)
    word = re.search(r"[^\W\d_]{3,}", text)
    number = month_number(word[0]) if word else None
    return text if word is None or number is None else text.replace(word[0], f"@{number:02}")


def begin_of(text: str) -> str | None:
    """Return the beginning of an interval of dates; None where a cell is none."""
    match = _INTERVAL.fullmatch(text)
    if match is None or not looks_like_date(match["begin"]):
        return None
    # "28.11.2010 - 00:15" is a date and its clock time.
    is_end = _is_end(match["end"], has_clock=bool(clock_of(match["begin"])))
    return _first_part(text) if is_end else None


def _is_end(text: str, has_clock: bool) -> bool:
    """Whether an interval that begins with a date, or with its clock time, ends so."""
    clock = clock_of(text)
    if clock is None:
        return has_clock and (is_clock(text) or _DURATION.fullmatch(text) is not None)
    # Nothing follows a moment: 01:00;44 are two cells.
    return not clock or is_clock(clock)


def begins_of(texts: pd.Series) -> pd.Series | None:
    """Return the beginnings of intervals, NaN where one is none; None where the first is none."""
    return None if begin_of(texts.iloc[0]) is None else texts.map(_first_part)


def _first_part(text: str) -> str | None:
    """Return what stands before the sign of an interval, None where there is no sign."""
    match = _INTERVAL.fullmatch(text)
    if match is None:
        return None
    # What is said of the end holds for the beginning.
    is_utc = re.search(_ZONE, match["end"]) and not re.search(_ZONE, match["begin"])
    return f"{match['begin']}Z" if is_utc else match["begin"]


@lru_cache(maxsize=1000)
def _first_match(text: str) -> re.Match[str] | None:
    """Return how the first of the forms that a cell has matches it."""
    plain = plain_text(text)
    for form in _CLEAR + _OPEN:
        match = form.match(plain)
        if match is not None:
            return match
    return None


def _weeks(years: pa.Array, parts: dict[str, pa.Array], index: pd.Index) -> pd.Series:
    """Write ISO weeks as their first day, or the one they name; "" where there is no such week."""
    day = parts.get("weekday", "1")
    day = pc.if_else(pc.equal(day, ""), "1", day)
    joined = pc.binary_join_element_wise(years, _two_digits(parts["week"]), day, "-")
    texts = series(joined, index)
    days = pd.to_datetime(texts, format="%G-%V-%u", errors="coerce")
    # Some versions of pandas take week 53 of any year.
    is_week = days.dt.strftime("%G-%V-%u") == texts
    return days.dt.strftime("%Y-%m-%d").where(is_week, "")


def _full_year(years: pa.Array) -> pa.Array:
    """Return the four digits of years."""
    is_short = pc.equal(pc.utf8_length(years), 2)
    is_1900 = pc.greater_equal(years.cast(pa.int64()), _FIRST_OF_1900)
    century = pc.if_else(is_1900, "19", "20")
    return pc.if_else(is_short, pc.binary_join_element_wise(century, years, ""), years)


def _two_digits(numbers: Any) -> Any:
    """Write numbers as 07."""
    return pc.utf8_lpad(numbers, 2, "0")
