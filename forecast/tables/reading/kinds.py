"""What a single cell looks like: a number, a moment, a missing value or words.

Only the shape of a table is found by the looks of its cells: what a cell means is decided by its
whole column, in `numbers` and `moments`.
"""

from __future__ import annotations

import re

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
    rf"\s*(?:[%‰KMBT]|{_CURRENCY})?\s*\)?",
    re.IGNORECASE,
)
_MONTHS = (
    *("jan(?:uary|uar|vier)?", "ene(?:ro)?", "feb(?:ruary|ruar|rero)?", "f[eé]v(?:rier)?"),
    *("mar(?:ch|s|zo)?", "märz?", "mrz", "apr(?:il)?", "a[vb]r(?:il)?", "ma[iy]o?"),
    *("jun[ei]?o?", "juin", "jul[yi]?o?", "juil(?:let)?", "aug(?:ust)?", "août", "ago(?:sto)?"),
    *("sept?(?:ember|embre|iembre)?", "o[ck]t(?:ober|obre|ubre)?"),
    *("nov(?:ember|embre|iembre)?", "d[eé][cz](?:ember|embre)?", "dic(?:iembre)?"),
)
_MONTH = rf"(?:{'|'.join(_MONTHS)})\b\.?"
# 14:00, 14:00:00.5Z, 2:00 PM, 14:00 +01:00, 18.00.00
_ZONE = r"\s*(?:Z|[A-Z]{2,4}|[+-]\d{1,2}:?(?:\d{2})?)?"
_CLOCK = (
    r"(?:\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?|\d{1,2}\.\d{2}\.\d{2})"
    rf"\s*(?:[ap]\.?m\.?)?{_ZONE}"
)
_DATE = (
    # 2013-01-31, 31.1.2013, 31-Jan-2018
    r"(?:\d{1,4}(?:-\w{1,9}\.?-|/\w{1,9}\.?/|\.\w{1,9}\.)\d{1,4}"
    # 1990M01, 1990-Q1, 2018-W01, 2013-01, 1991 Jul
    rf"|\d{{4}}[-/. ]?(?:[MQWH]-?\d{{1,2}}|{_MONTH})|\d{{4}}[-/.]\d{{1,2}}"
    # Q1 2018, Jan-90, Jan 5, 2020, 5 Jan 2020
    rf"|Q[1-4][-/ ]?\d{{2,4}}|{_MONTH}[-/., ]*\d{{1,4}}(?:,? \d{{4}})?"
    rf"|\d{{1,2}}\.?[-/ ]?{_MONTH}[-/., ]*\d{{2,4}}"
    # 20180131
    r"|(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
)
_WEEKDAY = "(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? "
_STAMP = rf"(?:{_WEEKDAY})?{_DATE}(?:(?:T|,? +){_CLOCK}|T\d{{2,6}}{_ZONE})?"
_COMPACT = r"(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) ?\d{2,6}"
_MOMENT = re.compile(
    rf"{_STAMP}(?:\s*[-–/]\s*(?:{_STAMP}|{_CLOCK}))?|{_COMPACT}"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?|\d{1,2}\.\d{2}\.\d{2}",
    re.IGNORECASE,
)
# The comma in Jan 5, 2020, in Mon, 5 Jan and in 12:00:00,123; any other would be a delimiter.
_COMMA = re.compile(r",(?= ?\d{4}\b)|(?<=[A-Za-z]{3}),(?= \d)|(?<=:\d\d),(?=\d+$)")


def is_missing(cell: str) -> bool:
    """Whether a cell is empty, or one of the words that stand for a missing value."""
    return cell.strip().casefold() in _MISSING


def is_moment(cell: str) -> bool:
    """Whether a cell looks like a date, a clock time, or both."""
    text = cell.strip()
    if ";" in text or "|" in text or "," in _COMMA.sub("", text):
        return False
    return _MOMENT.fullmatch(text) is not None


def is_value(cell: str) -> bool:
    """Whether a cell looks like a number or a moment."""
    return _NUMBER.fullmatch(cell.strip()) is not None or is_moment(cell)


def is_words(cell: str) -> bool:
    """Whether a cell says something, but is neither a value nor missing."""
    return not is_missing(cell) and not is_value(cell)
