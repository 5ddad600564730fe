"""Cells that stand for a missing value: words, and numbers far outside the others."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.reading.arrow_texts import matches
from forecast.tables.reading.kinds import is_missing
from forecast.tables.reading.options import Options
from forecast.wording import LONGEST, quoted

_UNREMARKABLE = {"na", "n/a", "#n/a", "<na>", "nan", "null", "none"}

# -99, -999.9, 9999, …: how far they stand outside the others, in units of their spread.
_NINES = re.compile(r"-?9{2,}(\.9+)?|-999\.25")
_FAR = {-1: 1.0, 1: 5.0}  # by sign: measurements that happen to be 99 are positive
_EXTREMES = {-32768.0, 32767.0, -(2.0**31), 2.0**31 - 1}  # of whole numbers in 16 and 32 bits
_HUGE = 1e18  # 1e20, 9.96921e36, …
_FAR_ROUND = 2.0  # of round numbers below zero, such as -200
_N_ROUND = 3  # of them are no chance


def mask_words(cells: pd.Series, options: Options) -> tuple[pd.Series, list[str]]:
    """Return texts with NaN where a word stands for a missing value, and the unusual words."""
    # No usual word has a digit in it: few cells are looked at.
    own = {word.casefold() for word in options.missing or ()}
    may_be = matches(cells, "[^0-9]*")
    if not own and not may_be.any():
        return cells, []
    words = [word for word in cells[may_be].unique() if is_missing(word)]
    if own:
        words += [word for word in cells.dropna().unique() if word.casefold() in own]
    if not words:
        return cells, []
    # NA, NaN and the like are no news.
    is_word = cells.isin(words)
    counts = cells[is_word].value_counts(sort=False)
    unusual = [word for word in counts.index if word.casefold() not in _UNREMARKABLE]
    said = [_said(counts[word], word) for word in unusual]
    return cells.mask(is_word), said


def mask_numbers(numbers: np.ndarray, options: Options) -> tuple[np.ndarray, list[str]]:
    """Return numbers with NaN where one of `options.missing` stands, and which they were."""
    said = []
    for word in options.missing or ():
        is_missing_value = numbers == _as_number(word)
        if is_missing_value.any():
            numbers = np.where(is_missing_value, np.nan, numbers)
            said.append(_said(int(is_missing_value.sum()), word))
    return numbers, said


def as_missing(words: list[str], options: Options) -> dict[str, Any]:
    """Return the option by which words, too, stand for missing values.

    There is none where nobody can type it, or the command line cannot say it: it parts words at
    commas.
    """
    every = [*(options.missing or ()), *words]
    is_said = all("," not in word and len(word) <= LONGEST for word in every)
    return {"missing": every} if is_said else {}


def _said(count: int, word: str) -> str:
    """Say how many cells of a word are missing values."""
    noun = "cell is" if count == 1 else "cells are"
    return f"{count} {quoted(word)} {noun} missing"


def _as_number(word: str) -> float:
    """Return a word as a number, NaN where it is none."""
    try:
        return float(word)
    except ValueError:
        return np.nan


# --- numbers that look as if they stood for a missing value


class _Sentinel(NamedTuple):
    """A number that looks as if it stood for a missing value."""

    column: Hashable
    value: float
    n_cells: int
    low: float
    high: float


def refuse_sentinels(file: str, values: dict[Hashable, np.ndarray], options: Options) -> None:
    """Refuse numbers that look as if they stood for missing values, such as -999.

    Such a number is written with nines, or is an extreme of its type, or is round and below zero
    and stands there several times; and it is far outside all others of its column.
    """
    if options.missing is not None and not any(options.missing):
        return
    found = [
        sentinel for name, numbers in values.items() for sentinel in _find_sentinels(name, numbers)
    ]
    if not found:
        return
    # The first is named, and the remedy says all of them at once.
    first = found[0]
    words = list(dict.fromkeys(_said_number(sentinel.value) for sentinel in found))
    noun = "cell holds" if first.n_cells == 1 else "cells hold"
    raise InputError(
        f"{file}, column {quoted(str(first.column))}: {first.n_cells} {noun} "
        f"{_said_number(first.value)}, far outside the others ({first.low:g} to {first.high:g}).",
        Remedy(
            "Give {} where they stand for missing values, or {} to keep them.",
            as_missing(words, options),
            {"missing": []},
        ),
    )


def _said_number(value: float) -> str:
    """Write a number so that it is the same when it is read."""
    return repr(value).removesuffix(".0")


def _find_sentinels(name: Hashable, numbers: np.ndarray) -> list[_Sentinel]:
    """Find the numbers at both ends of a column that look like missing values."""
    found = []
    rest = numbers[np.isfinite(numbers)]
    for pick in (np.min, np.max, np.min, np.max):  # a column may have two: 999 and 9999
        if len(rest) < 2:
            break
        value = float(pick(rest))
        others = rest[rest != value]
        if len(others) > 1 and _is_sentinel(value, len(rest) - len(others), others):
            bounds = (float(others.min()), float(others.max()))
            found.append(_Sentinel(name, value, len(rest) - len(others), *bounds))
            rest = others
    return found


def _is_sentinel(value: float, count: int, others: np.ndarray) -> bool:
    """Whether a number looks like a missing value beside the others of its column."""
    low = float(others.min())
    high = float(others.max())
    gap = low - value if value < low else value - high
    spread = max(high - low, abs(low), abs(high))

    # By how it is written, …
    if abs(value) >= _HUGE or value in _EXTREMES:
        return gap > spread
    if _NINES.fullmatch(_said_number(value)):
        if value < 0 <= low and count > 1:
            return True
        return gap > _FAR[int(np.sign(value))] * spread
    # … or since it is round, repeated, and nothing else is below zero by so much.
    is_round = value <= -100 and value % 100 == 0
    return is_round and count >= _N_ROUND and gap > _FAR_ROUND * spread
