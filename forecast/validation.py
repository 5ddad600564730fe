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


class Rule(NamedTuple):
    """What an argument may be: in words, and as a test."""

    words: str
    holds: Callable[[Any], bool]


def _is_integer(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, (bool, np.bool_))


def _is_real(value: Any) -> bool:
    return (
        isinstance(value, Real)
        and not isinstance(value, (bool, np.bool_))
        and bool(np.isfinite(float(value)))
    )


def integer(minimum: int) -> Rule:
    """Demand a whole number of at least `minimum`."""
    return Rule(f"a whole number of at least {minimum}", lambda v: _is_integer(v) and v >= minimum)


def integers(minimum: int) -> Rule:
    """Demand a list of whole numbers of at least `minimum`."""
    words = f"a list of whole numbers of at least {minimum}"
    listed = (list, tuple, np.ndarray)
    return Rule(
        words,
        lambda v: (
            isinstance(v, listed) and len(v) > 0 and all(integer(minimum).holds(i) for i in v)
        ),
    )


def number(low: float, high: float = np.inf, *, closed: bool = False) -> Rule:
    """Demand a finite number between `low` and `high`, without the ends unless `closed`."""
    if closed:
        ends = f"from {low:g} to {high:g}" if high < np.inf else f"of at least {low:g}"
    else:
        ends = f"above {low:g}" + (f" and below {high:g}" if high < np.inf else "")
    return Rule(
        f"a number {ends}",
        lambda v: _is_real(v) and (low <= v <= high if closed else low < v < high),
    )


def fraction() -> Rule:
    """Demand a number from 0 (included) to 1 (excluded)."""
    return Rule("a number from 0 to below 1", lambda v: _is_real(v) and 0 <= v < 1)


def one_of(*options: Any) -> Rule:
    """Demand one of a few values."""
    return Rule(
        f"one of {', '.join(map(repr, options))}",
        lambda v: any(type(v) is type(option) and v == option for option in options),
    )


def each_of(*options: str) -> Rule:
    """Demand a list of some of a few values."""
    words = f"a list of some of {', '.join(map(repr, options))}"
    return Rule(
        words,
        lambda v: not isinstance(v, str) and isinstance(v, Sequence) and set(v) <= set(options),
    )


def flag() -> Rule:
    """Demand True or False."""
    return Rule("True or False", lambda v: isinstance(v, (bool, np.bool_)))


def jobs() -> Rule:
    """Demand None or a number of processes, as joblib counts them."""
    return optional(Rule("a whole number other than 0", lambda v: _is_integer(v) and v != 0))


def optional(rule: Rule) -> Rule:
    """Demand None or what `rule` demands."""
    return Rule(f"None or {rule.words}", lambda v: v is None or rule.holds(v))


def check_parameters(estimator: Any, rules: Mapping[str, Rule]) -> None:
    """Refuse the first constructor argument of `estimator` that breaks its rule."""
    for name, rule in rules.items():
        check(rule, getattr(estimator, name), f"{name} of {type(estimator).__name__}")


def check(rule: Rule, value: Any, name: str) -> None:
    """Refuse `value` where it breaks `rule`: TypeError for a wrong type, ValueError for a wrong value."""
    if not rule.holds(value):
        wrong_type = not isinstance(value, (Real, str, type(None)))
        raise (TypeError if wrong_type else ValueError)(
            f"{name} must be {rule.words}; got {value!r}."
        )


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
    known = [str(n) for n in names]
    listed = ", ".join(repr(n) for n in known[:20]) + (", …" if len(known) > 20 else "")
    close = get_close_matches(str(name), known, n=1)
    return f"did you mean {close[0]!r}? There are: {listed}" if close else f"there are: {listed}"


def positive(deviation: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Replace the deviation of a constant, which is rounding at most, by 1, so that one can divide by it."""
    return np.where(deviation > 1e-12 * np.abs(mean), deviation, 1.0)


def resolve_columns(
    wanted: Sequence[Any], names: Sequence[Any] | None, width: int, what: str
) -> np.ndarray:
    """Turn column names or positions into a mask (width,); refuse what is not there."""
    if isinstance(wanted, str):
        raise TypeError(
            f"{what} must be a list of names or positions; got the text {wanted!r}: write [{wanted!r}]."
        )
    mask = np.zeros(width, dtype=bool)
    for item in wanted:
        if names is not None and item in list(names):
            mask[list(names).index(item)] = True
        elif _is_integer(item) and -width <= item < width:
            mask[item] = True
        else:
            known = range(width) if names is None else names
            raise ValueError(
                f"{what} names {item!r}, which X does not have; {nearest(item, known)}."
            )
    return mask


def check_finite(
    values: np.ndarray, moments: Sequence[Any], names: Sequence[Any], remedy: str
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
    """
    wrong = ~np.isfinite(values)
    if not wrong.any():
        return
    row, column = np.argwhere(wrong)[0]
    kind = "NaN" if np.isnan(values[row, column]) else "inf"
    among = int(wrong.any(axis=1).sum())
    raise ValueError(
        f"{names[column]} contains {kind} at row {moments[row]} ({among} of {len(values)} rows are affected). {remedy}"
    )
