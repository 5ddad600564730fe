"""Phrases of which the words of a profile are made: counts, values, moments, stretches."""

from __future__ import annotations

from typing import Any

import pandas as pd

from forecast.profiling.extent import Stretch
from forecast.wording import counted, decimals_of, number


def moment_in_words(moment: Any) -> str:
    """Write a moment: a date where it is one, else with its time of day, without empty seconds.

    Examples
    --------
    >>> [moment_in_words(pd.Timestamp(text)) for text in ("2024-01-31", "2024-01-31 14:00")]
    ['2024-01-31', '2024-01-31 14:00']
    """
    if not isinstance(moment, pd.Timestamp):
        return str(moment)
    if moment == moment.normalize():
        return moment.strftime("%Y-%m-%d")
    has_seconds = moment.second or moment.microsecond
    return moment.strftime("%Y-%m-%d %H:%M:%S" if has_seconds else "%Y-%m-%d %H:%M")


def whole(n: int, noun: str) -> str:
    """Return a count, its thousands apart, with its noun."""
    return counted(n, noun).replace(str(n), number(n, 0), 1)


def value_in_words(value: float) -> str:
    """Write a value of a table."""
    if value == round(value):
        return number(value, 0)
    written = number(value, decimals_of(pd.Series([value])))
    # Of 12.500 two zeros say nothing; of 5 580 the zero does.
    return written.rstrip("0").rstrip(".") if "." in written else written


def of_series(series: Any) -> str:
    """Name a series, if there are several."""
    return "" if series is None else f" of {series}"


def between(stretch: Stretch) -> str:
    """Say from when to when a stretch goes."""
    if stretch.rows == 1:
        return f"at {moment_in_words(stretch.begin)}"
    return f"from {moment_in_words(stretch.begin)} to {moment_in_words(stretch.end)}"
