"""What a single cell looks like: a number, a moment, a missing value or words.

Only the shape of a table is found by the looks of its cells: what a cell means is decided by its
whole column, in `numbers` and `moments`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from forecast.tables.reading.clocks import is_clock
from forecast.tables.reading.date_forms import begin_of, clock_of

# What stands for a missing value, in lower case; offices of statistics, weather and exchanges.
_BY_PROGRAMS = (
    *("na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "nat", "null", "(null)", "none", "nil"),
    *("#value!", "#ref!", "#div/0!", "#name?", "#num!", r"\n", ""),
)
_BY_OFFICES = (
    *("?", ".", "..", "...", "-", "--", "---", "–", "—", ":", "*", "m", "mm", "nd", "n.d."),
    *("n/e", "n.a.", "n.v.", "k.a.", "missing", "void"),
)
_MISSING = frozenset(_BY_PROGRAMS + _BY_OFFICES)

_CURRENCY = "[$€£¥₹]"
_NUMBER = re.compile(
    rf"[(+\-−–]?\s*{_CURRENCY}?\s*[+\-−(]?"
    r"(?:\d[\d.,'’]*(?:\s\d{3})*(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?"
    rf"(?:(?<=\d)-)?\s*(?:[%‰KMBT]|{_CURRENCY})?\s*\)?",
    re.IGNORECASE,
)
# 20180131, with or without a clock time.
_COMPACT = re.compile(r"(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{0,6}")


def is_missing(cell: str) -> bool:
    """Whether a cell is empty, or one of the words that stand for a missing value."""
    return cell.strip().casefold() in _MISSING


@lru_cache(maxsize=10_000)  # a cell is looked at with each delimiter
def is_moment(cell: str) -> bool:
    """Whether a cell looks like a date, a clock time, or both."""
    text = cell.strip()
    if is_clock(text) or _COMPACT.fullmatch(text):
        return True
    clock = clock_of(begin_of(text) or text)
    if not clock:
        return clock is not None
    # 2016-01-04 95 is a date and a number.
    return is_clock(clock) or (clock.isdigit() and len(clock) in (4, 6))


def is_value(cell: str) -> bool:
    """Whether a cell looks like a number or a moment."""
    return _NUMBER.fullmatch(cell.strip()) is not None or is_moment(cell)


def is_words(cell: str) -> bool:
    """Whether a cell says something, but is neither a value nor missing."""
    return not is_missing(cell) and not is_value(cell)
