"""Sequences of tokens as a generator meets them: enclosed, begun, one or several of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.exceptions import InputError
from forecast.sequences.vocabulary import Vocabulary
from forecast.wording import counted


def complete(vocabulary: Vocabulary, sequences: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes of sequences with their beginnings and ends, and the length of each.

    Raises
    ------
    ValueError
        If there is no sequence, or one of them is empty.
    """
    codes, lengths = vocabulary.encode(sequences)
    empty = np.flatnonzero(lengths == 2)
    if len(empty):
        number = counted(len(empty), "sequence")
        raise InputError(
            f"{number} of {len(lengths)} hold no token, first number {empty[0]}. Leave them out."
        )
    if not len(lengths):
        raise InputError("there is no sequence. Pass at least one.")
    return codes, lengths


def begun(vocabulary: Vocabulary, prefixes: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes of sequences that are to go on, without an end; None is an empty one."""
    empty = "" if vocabulary.is_text_ else ()
    codes, lengths = vocabulary.encode([empty if prefix is None else prefix for prefix in prefixes])
    ends = np.cumsum(lengths) - 1
    return np.delete(codes, ends), lengths - 1


def listed(vocabulary: Vocabulary, prefix: Any) -> tuple[list[Any], bool]:
    """Return sequences as a list, one sequence as a list of one; and whether it was one."""
    if prefix is None or isinstance(prefix, str):
        return [prefix], True
    items = list(prefix)
    is_one = all(_is_token(vocabulary, item) for item in items)
    return ([items], True) if is_one else (items, False)


def _is_token(vocabulary: Vocabulary, item: Any) -> bool:
    """Whether an item of a list is a token rather than a sequence of tokens."""
    if isinstance(item, str):
        return not vocabulary.is_text_
    if isinstance(item, tuple):
        return any(isinstance(token, tuple) for token in vocabulary.tokens_)
    return not isinstance(item, (list, np.ndarray))
