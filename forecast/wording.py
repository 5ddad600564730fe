"""How sentences say things, in the package and at the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 40  # signs of a value or a name that a sentence shows at most
_MOST_DIGITS = 15  # that a float holds


def counted(n: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text, of a long one the beginning."""
    return text if len(text) <= most else f"{text[:most]}…"


def reason_of(error: Exception) -> str:
    """Return what another library says of a fault, as a part of a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return shortened(lines[0].rstrip(".") if lines else type(error).__name__, 4 * LONGEST)


def quoted(value: object) -> str:
    """Return a value as Python writes it, of a long one the beginning.

    Examples
    --------
    >>> quoted("price")
    "'price'"
    >>> len(quoted("9" * 400))
    42
    """
    written = repr(value)
    if len(written) <= LONGEST + 2:  # with its quotes
        return written
    end = written[0] if isinstance(value, str) else ""
    return f"{written[:LONGEST]}…{end}"


def some_of(names: Sequence[object], most: int = 5) -> str:
    """Return names, of many the first and how many more there are."""
    said = ", ".join(shortened(str(name)) for name in names[:most])
    return said if len(names) <= most else f"{said} and {len(names) - most} more"


def some_phrases(phrases: Sequence[str], most: int = 2) -> str:
    """Return phrases one after the other, of many the first and how many more there are."""
    rest = [f"and {len(phrases) - most} more"] if len(phrases) > most else []
    return "; ".join([*phrases[:most], *rest])


def set_aside(model: str, others: Mapping[str, str]) -> str:
    """Say which series are too short for a model, and by what they are answered."""
    parts = []
    for other in dict.fromkeys(others.values()):
        names = [name for name in others if others[name] == other]
        parts.append(f"{some_of(names)} answered by {other}")
    return f"{model}: {'; '.join(parts)}, being too short for it"


def not_scored(names: Sequence[str], most: int = 5) -> str:
    """Name the series that have no row before and after an origin."""
    return f"not scored, for want of rows before and after an origin: {some_of(names, most)}"


def decimals_of(values: pd.Series) -> int:
    """Return how many decimals numbers need so that three digits of the typical one show."""
    if values.name == "seconds":
        return 1
    sizes = values.abs()
    sizes = sizes[(sizes > 0) & (sizes < math.inf)]
    if not len(sizes):
        return 3
    needed = 2 - math.floor(math.log10(sizes.median()))
    # Below a thousand there are three decimals, as people are used to.
    return max(0, needed if sizes.max() >= 1000 else max(3, needed))


def number(value: float, decimals: int) -> str:
    """Write a number as people do, thousands apart; one of too many digits with an exponent."""
    if abs(value) >= 10**_MOST_DIGITS or decimals > _MOST_DIGITS:
        return f"{value:.3g}"
    return f"{value:,.{decimals}f}".replace(",", " ")


def score(value: float, decimals: int) -> str:
    """Write a score that may be undefined."""
    return "undefined" if math.isnan(value) else number(value, decimals)
