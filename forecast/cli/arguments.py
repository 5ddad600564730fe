"""Types of arguments: what a text on the command line means, or why it means nothing."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

from forecast.presets import MODELS
from forecast.tables.reading.addresses import shown
from forecast.wording import quoted

_SIZES = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}

BEST = "best"  # stands for the model that a backtest chooses


class Address(str):
    """An address as sentences, runs and scripts may hold it: what is secret is in `whole` alone.

    Examples
    --------
    >>> source = Address("postgresql://me:secret@shop.example/sales")
    >>> print(source, source.whole)
    postgresql://me:***@shop.example/sales postgresql://me:secret@shop.example/sales
    """

    whole: str

    def __new__(cls, whole: str) -> Address:
        """Keep an address whole, and be what may be shown of it."""
        address = super().__new__(cls, shown(whole))
        address.whole = whole
        return address


def names(text: str) -> list[str]:
    """Read a list such as a,b."""
    # Blanks around a name are a habit of writing, and so is a comma at the end.
    parts = [part.strip() for part in text.split(",")]
    return [part for part in parts if part]


def numbers(text: str) -> list[float]:
    """Read a list such as 0.05,0.95."""
    try:
        return [float(part) for part in names(text)]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{quoted(text)} is no list of numbers such as 0.05,0.95"
        ) from None


def quantiles(text: str) -> list[float]:
    """Read a list of quantiles, each above the one before it."""
    levels = numbers(text)
    for level in levels:
        _check_share(level, "a quantile")
    ascending = sorted(set(levels))
    if levels != ascending:
        written = ",".join(f"{level:g}" for level in ascending)
        raise argparse.ArgumentTypeError(f"quantiles ascend: got {quoted(text)}, write {written}")
    return levels


def coverage(text: str) -> float:
    """Read the share of actuals that an interval should hold."""
    return _share(text, "a coverage", "0.9")


def alpha(text: str) -> float:
    """Read the share of ordinary rows that may raise an alarm."""
    return _share(text, "an alpha", "0.01")


def coverages(text: str) -> list[float]:
    """Read a list of coverages, in any order."""
    shares = numbers(text)
    if not shares:
        raise argparse.ArgumentTypeError("it names no coverage: write one such as 0.9")
    for share in shares:
        _check_share(share, "a coverage")
    return sorted(set(shares))


def _share(text: str, what: str, example: str) -> float:
    """Read a share between 0 and 1."""
    try:
        share = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{quoted(text)} is no number such as {example}") from None
    _check_share(share, what)
    return share


def _check_share(share: float, what: str) -> None:
    """Refuse what does not lie between 0 and 1, and percent by the share that they are."""
    if 0 < share < 1:
        return
    offer = f", write {share / 100:g}" if 1 < share < 100 else ""
    raise argparse.ArgumentTypeError(f"{what} lies between 0 and 1: got {share:g}{offer}")


def model(text: str) -> str:
    """Read the name of a model."""
    return _known_model(text, MODELS)


def model_or_best(text: str) -> str:
    """Read the name of a model, or the word for the one that a backtest chooses."""
    return _known_model(text, [BEST, *MODELS])


def _known_model(text: str, known: Iterable[str]) -> str:
    """Return a name that is known; refuse another one."""
    if text in known:
        return text
    from forecast.validation import nearest

    raise argparse.ArgumentTypeError(f"there is no model {quoted(text)}; {nearest(text, known)}")


def models(text: str) -> list[str]:
    """Read a list of models, each once."""
    chosen = [model(name) for name in names(text)]
    if not chosen:
        raise argparse.ArgumentTypeError(f"{quoted(text)} names no model")
    return list(dict.fromkeys(chosen))


def size(text: str) -> int:
    """Read a number of bytes such as 500MB."""
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,3})?)\s*([kMGT]?)B?", text, re.IGNORECASE)
    n_bytes = round(float(match[1]) * _SIZES[match[2].upper()]) if match else 0
    if n_bytes < 1:
        raise argparse.ArgumentTypeError(f"{quoted(text)} is no number of bytes such as 500MB")
    return n_bytes


def count(text: str) -> int:
    """Read a whole number of at least 1."""
    try:
        value = int(text)
    except ValueError:
        # What is no number is refused below like a number that is too small.
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{quoted(text)} is no whole number of at least 1")
    return value


def path_of(text: str) -> Path:
    """Read the path of a file or a folder."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty: name a file or a folder")
    return Path(text)
