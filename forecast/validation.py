"""One place for the sentences that refuse bad input.

A rule is a pair of what it demands in words and the test for it. Estimators declare a rule per
constructor argument (`_rules`) and call `check_parameters` once, at the beginning of `fit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np

from forecast.exceptions import InputError, InputTypeError
from forecast.wording import LONGEST, quoted

_LISTED = 20  # names that a sentence lists at most
_SIGNS = 150  # that they have together
_TYPED = 100  # signs of a name that may be mistyped


class Rule(NamedTuple):
    """What an argument may be: in words, and as a test."""

    words: str
    holds: Callable[[Any], bool]


# --- rules


def _is_bool(value: Any) -> bool:
    """Whether a value is True or False, of Python or NumPy."""
    return isinstance(value, (bool, np.bool_))


def _is_integer(value: Any) -> bool:
    """Whether a value is a whole number; to Python, True and False are some, but not here."""
    return isinstance(value, Integral) and not _is_bool(value)


def _is_real(value: Any) -> bool:
    """Whether a value is a finite number; True and False are none."""
    if not isinstance(value, Real) or _is_bool(value):
        return False
    return bool(np.isfinite(float(value)))


def integer(minimum: int) -> Rule:
    """Demand a whole number of at least `minimum`."""
    words = f"a whole number of at least {minimum}"
    return Rule(words, lambda value: _is_integer(value) and value >= minimum)


def integers(minimum: int) -> Rule:
    """Demand a list of whole numbers of at least `minimum`."""
    item = integer(minimum)

    def holds(value: Any) -> bool:
        """Whether `value` is such a list; an empty one is none."""
        if not isinstance(value, (list, tuple, np.ndarray)) or len(value) == 0:
            return False
        return all(map(item.holds, value))

    return Rule(f"a list of whole numbers of at least {minimum}", holds)


def number(low: float, high: float = np.inf, *, closed: bool = False) -> Rule:
    """Demand a finite number between `low` and `high`, without the ends unless `closed`."""
    has_end = high < np.inf
    if closed:
        words = f"from {low:g} to {high:g}" if has_end else f"of at least {low:g}"
    else:
        words = f"above {low:g} and below {high:g}" if has_end else f"above {low:g}"

    def holds(value: Any) -> bool:
        """Whether `value` lies between the ends."""
        if not _is_real(value):
            return False
        return low <= value <= high if closed else low < value < high

    return Rule(f"a number {words}", holds)


def real() -> Rule:
    """Demand a finite number."""
    return Rule("a finite number", _is_real)


def fraction() -> Rule:
    """Demand a number from 0 (included) to 1 (excluded)."""
    return Rule("a number from 0 to below 1", lambda value: _is_real(value) and 0 <= value < 1)


def one_of(*options: Any) -> Rule:
    """Demand one of a few values."""

    def holds(value: Any) -> bool:
        """Whether `value` is one of the options."""
        # The type counts, since 1 == True; and == is no yes or no for an array.
        alike = [option for option in options if type(option) is type(value)]
        return any(value == option for option in alike)

    return Rule(f"one of {', '.join(map(repr, options))}", holds)


def each_of(*options: str) -> Rule:
    """Demand a list of some of a few values."""

    def holds(value: Any) -> bool:
        """Whether `value` is such a list; a text is none."""
        is_list = isinstance(value, Sequence) and not isinstance(value, str)
        return is_list and set(value) <= set(options)

    return Rule(f"a list of some of {', '.join(map(repr, options))}", holds)


def flag() -> Rule:
    """Demand True or False."""
    return Rule("True or False", _is_bool)


def jobs() -> Rule:
    """Demand None or a number of processes, as joblib counts them."""
    words = "a whole number other than 0"
    return optional(Rule(words, lambda value: _is_integer(value) and value != 0))


def optional(rule: Rule) -> Rule:
    """Demand None or what `rule` demands."""
    return Rule(f"None or {rule.words}", lambda value: value is None or rule.holds(value))


# --- checks


def check_parameters(estimator: Any, rules: Mapping[str, Rule]) -> None:
    """Refuse the first constructor argument of `estimator` that breaks its rule."""
    for name, rule in rules.items():
        check(rule, getattr(estimator, name), f"{name} of {type(estimator).__name__}")


def check(rule: Rule, value: Any, name: str) -> None:
    """Refuse `value` where it breaks `rule`: TypeError for a wrong type, else ValueError."""
    if rule.holds(value):
        return
    sentence = f"{name} must be {rule.words}; got {quoted(value)}."
    # Arguments are numbers, texts and None: one of these is never of the wrong type.
    if isinstance(value, (Real, str, type(None))):
        raise InputError(sentence)
    raise InputTypeError(sentence)


def check_horizon(horizon: Any, name: str = "horizon") -> int:
    """Return `horizon` as an int; refuse zero, negative and fractional ones."""
    check(integer(1), horizon, name)
    return int(horizon)


def nearest(name: str, names: Iterable[Any]) -> str:
    """Say which of `names` is meant by `name`, or list what there is.

    Examples
    --------
    >>> nearest("tmep", ["temp", "dewp"])
    "did you mean 'temp'? There are: 'temp', 'dewp'"
    """
    # As Python writes them: the number 0 is another name than the text '0'.
    known = {str(each): _written(each) for each in names}
    listed = _listed([*known.values()])
    # To compare long names takes long, and nobody types them.
    typed = [text for text in known if len(text) <= _TYPED]
    close = get_close_matches(str(name), typed, n=1) if len(str(name)) <= _TYPED else []
    if not close:
        return f"there are: {listed}"
    return f"did you mean {known[close[0]]}? There are: {listed}"


def _listed(names: Sequence[str]) -> str:
    """List the first names, as many as a sentence has room for."""
    said: list[str] = []
    n_signs = 0
    for name in names[:_LISTED]:
        short = name if len(name) <= LONGEST + 2 else quoted(name[1:-1])
        n_signs += len(short) + 2
        if n_signs > _SIGNS:
            break
        said.append(short)
    return ", ".join([*said, "…"]) if len(said) < len(names) else ", ".join(said)


def _written(name: Any) -> str:
    """Write a name as Python does, that of NumPy's types as the plain value."""
    return repr(name.item() if isinstance(name, np.generic) else name)


def resolve_columns(
    wanted: Sequence[Any], names: Sequence[Any] | None, width: int, what: str
) -> np.ndarray:
    """Turn column names or positions into a mask (width,); refuse what is not there.

    Parameters
    ----------
    wanted : sequence of names or positions
        Whole numbers are positions, unless a column's name is one: then all are names.
    names : sequence of length width, or None
        The names of the columns; None where they have none.
    width : int
        The number of columns.
    what : str
        What the sentence calls the argument.
    """
    if isinstance(wanted, str):
        raise InputTypeError(
            f"{what} must be a list of names or positions; "
            f"got the text {wanted!r}: write [{wanted!r}]."
        )
    known = list(range(width) if names is None else names)
    # Among names that are numbers a number means its column, never the one at that position.
    are_positions = names is None or not any(map(_is_integer, known))
    mask = np.zeros(width, dtype=bool)
    for item in wanted:
        if names is not None and item in known:
            mask[known.index(item)] = True
        elif are_positions and _is_integer(item) and -width <= item < width:
            mask[item] = True
        else:
            offer = nearest(item, known)
            raise InputError(f"{what} names {quoted(item)}, which X does not have; {offer}.")
    return mask


def check_finite(
    values: np.ndarray,
    moments: Sequence[Any],
    names: Sequence[Any],
    remedy: str,
    flags: str = "",
) -> None:
    """Refuse NaN and inf in `values` (rows, columns), naming the first row and the column.

    Parameters
    ----------
    values : array of shape (n_rows, n_columns)
    moments : sequence of length n_rows
        What the rows are called in the sentence.
    names : sequence of length n_columns
        What the columns are called.
    remedy : str
        What to do, one sentence.
    flags : str, default=""
        What to do at the command line instead.
    """
    wrong = ~np.isfinite(values)
    if not wrong.any():
        return
    # Row by row: the first in time, not the first column.
    row, column = np.argwhere(wrong)[0]
    kind = "NaN" if np.isnan(values[row, column]) else "inf"
    n_affected = int(wrong.any(axis=1).sum())
    raise InputError(
        f"{names[column]} contains {kind} at row {moments[row]} "
        f"({n_affected} of {len(values)} rows are affected).",
        remedy,
        flags,
    )
