"""How sentences say things, in the package and at the command line."""

from __future__ import annotations


def counted(n: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
