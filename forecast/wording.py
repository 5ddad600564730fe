"""How sentences say things, in the package and at the command line."""

from __future__ import annotations

from collections.abc import Sequence


def counted(n: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def some_of(names: Sequence[object], most: int = 5) -> str:
    """Return names, of many the first and how many more there are."""
    said = ", ".join(map(str, names[:most]))
    return said if len(names) <= most else f"{said} and {len(names) - most} more"
