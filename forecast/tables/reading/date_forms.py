"""The forms in which dates are written, each brought to ISO order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecast.tables.reading.month_names import number_months

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
    rf"{_YEAR}(?P<sign>[-/. ]){_MONTH}(?P=sign){_DAY}",  # 2013-01-31
    rf"{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})(?=[T _])",  # 20130131T0015
    rf"{_DAY}(?:st|nd|rd|th)?\.?[-/ ]*{_NAMED_MONTH}\.?[-/ ,]*{_SHORT_YEAR}",  # 31-Jan-2013
    rf"{_NAMED_MONTH}\.?[-/ ]*{_DAY}(?:st|nd|rd|th)?[-/ ,]+{_SHORT_YEAR}",  # Jan 31, 2013
    rf"{_YEAR}[-/ .]*{_NAMED_MONTH}\.?[-/ .]*{_DAY}",  # 2013-Jan-31
)
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
# These look like numbers: they are dates only in a column that is said or called to hold some.
_NUMBERS = (
    rf"{_YEAR}\.(?P<month>\d{{2}})",  # 2013.01
    rf"(?P<month>\d{{2}})\.{_YEAR}",  # 01.2013
)

_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]*\s+", re.IGNORECASE)
_ZONE = re.compile(r"(?:(?<=\d)\s*Z|(?<=\d)(?:UTC|GMT)|\s+\(?(?:UTC|GMT)\)?)$")

# "28.11.2010 00:00 - 28.11.2010 00:15" and "2018-01-01T00:00/2018-01-01T01:00".
_INTERVAL = re.compile(
    r"(?P<begin>\S.*?)"
    r"(?:\s+(?:-|\u2013|to)\s+|(?<=\d[:T]\d\d)/|(?<=Z)/|(?<=\d{4}-\d\d-\d\d)/)"
    r"(?P<end>\S.*)"
)

# Of two digits of a year, POSIX reads 69 to 99 as 1969 to 1999, and 00 to 68 as 2000 to 2068.
_FIRST_OF_1900 = 69


@dataclass(frozen=True)
class DateForm:
    """A form in which dates are written.

    Parameters
    ----------
    pattern : Pattern
        Matches a whole cell.
    order : {"dmy", "mdy", "ymd", ""}
        Of dates whose order is open; "" where the form says it.
    """

    pattern: re.Pattern[str]
    order: str = ""

    def to_iso(self, text: str) -> str:
        """Write a cell in ISO order; "" where it has another form."""
        match = self.pattern.fullmatch(text)
        if match is None:
            return ""
        try:
            return _to_iso(match.groupdict())
        except ValueError:  # week 53 of a year that has 52
            return ""

    def has_short_year(self, text: str) -> bool:
        """Whether a cell of this form has two digits of the year."""
        match = self.pattern.fullmatch(text)
        return match is not None and len(match["year"]) == 2


def _compiled(pattern: str, order: str = "") -> DateForm:
    """Return a form whose letters may be small or capital."""
    return DateForm(re.compile(pattern, re.IGNORECASE), order)


def _open_forms() -> Iterator[DateForm]:
    """Yield the forms that begin with the day or the month, or with two digits of the year."""
    for sign in (".", "/", "-"):
        for order, parts in _ORDERS.items():
            yield _compiled(re.escape(sign).join(parts) + _CLOCK, order)


_CLEAR = [_compiled(pattern + _CLOCK) for pattern in _DAYS] + [*map(_compiled, _PERIODS)]
_OPEN = [*_open_forms()]
_OF_NUMBERS = [*map(_compiled, _NUMBERS)]


def looks_like_date(cell: Any) -> bool:
    """Whether a cell is written like a date."""
    return _first_match(cell) is not None


def has_clock(cell: Any) -> bool:
    """Whether a cell is written like a date with a clock time."""
    match = _first_match(cell)
    return match is not None and match.groupdict().get("clock") is not None


def forms_of(text: str) -> list[DateForm]:
    """Return the forms that a cell has, as `plain_text` writes it: several where none is sure."""
    forms = [form for form in _CLEAR + _OPEN + _OF_NUMBERS if form.pattern.fullmatch(text)]
    is_open = bool(forms) and bool(forms[0].order)
    return forms if is_open else forms[:1]


def plain_text(text: str) -> str:
    """Write months as numbers and UTC as Z, and leave out the name of a weekday."""
    text = _WEEKDAY.sub("", text.strip(), count=1) if text[:1].isalpha() else text.strip()
    return number_months(_ZONE.sub("Z", text))


def begin_of(text: str) -> str | None:
    """Return the beginning of an interval, None where a cell is none."""
    match = _INTERVAL.fullmatch(text)
    if match is None or not looks_like_date(match["begin"]):
        return None
    # "28.11.2010 - 00:15" is a date and its clock time.
    if not has_clock(match["begin"]) and not looks_like_date(match["end"]):
        return None
    # What is said of the end holds for the beginning.
    is_utc = _ZONE.search(match["end"]) and not _ZONE.search(match["begin"])
    return f"{match['begin']}Z" if is_utc else match["begin"]


def _first_match(cell: Any) -> re.Match[str] | None:
    """Return how the first of the forms that a cell has matches it."""
    plain = plain_text(str(cell))
    for form in _CLEAR + _OPEN:
        match = form.pattern.fullmatch(plain)
        if match is not None:
            return match
    return None


def _to_iso(parts: dict[str, str | None]) -> str:
    """Write the parts of a date in ISO order; a period stands for its first day."""
    year = _full_year(parts["year"] or "")
    if parts.get("week"):
        weekday = int(parts.get("weekday") or 1)
        return date.fromisocalendar(int(year), int(parts["week"] or 0), weekday).isoformat()
    month = parts.get("month")
    if parts.get("quarter"):
        month = str(3 * int(parts["quarter"] or 0) - 2)
    if parts.get("half"):
        month = str(6 * int(parts["half"] or 0) - 5)
    day = parts.get("day") or "1"
    clock = f"T{parts['clock']}" if parts.get("clock") else ""
    return f"{year}-{(month or '1').zfill(2)}-{day.zfill(2)}{clock}"


def _full_year(year: str) -> str:
    """Return the four digits of a year."""
    if len(year) == 4:
        return year
    return f"19{year}" if int(year) >= _FIRST_OF_1900 else f"20{year}"
