"""Bits per character of docstrings: n-grams, network and both, beside programs that compress.

The text is made of the docstrings of the running Python's standard library, without repeats. Whole
modules are held out, one character in twenty: the docstrings of one module resemble one another,
and a split by docstring would leak. A compressor is asked how many bits the test modules add to
the others; it goes on learning in them, which the models do not.
"""

from __future__ import annotations

import argparse
import bz2
import lzma
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from printing import machine, table, use_threads

from forecast.cli.arguments import count

# The text is that of the example.
sys.path.append(str(Path(__file__).parents[1] / "examples" / "sequences"))
from docstrings import added_bits, bits_per_character, parted, texts_by_module

ORDERS = range(3, 10)  # of the n-grams that are tried alone
MIXED = 7  # the order of those beside the network
COLUMNS = ("model", "bits per character", "CPU s to learn", "CPU s to score")


def main(argv: Sequence[str] | None = None) -> None:
    """Learn the text by all models, print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    learned, asked = parted(texts_by_module(args.folder))
    sizes = [sum(map(len, texts)) for texts in (learned, asked)]
    print(f"{machine(args.threads)}; {sizes[0]} characters to learn from, {sizes[1]} to tell")
    print(table(COLUMNS, _rows(learned, asked, args)))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    stdlib = Path(sysconfig.get_paths()["stdlib"])
    parser.add_argument("--folder", type=Path, default=stdlib, help="of the modules to read")
    parser.add_argument("--units", type=count, default=384, help="default: 384")
    parser.add_argument("--epochs", type=count, default=5, help="default: 5")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    return parser.parse_args(argv)


# --- models


def _rows(learned: list[str], asked: list[str], args: argparse.Namespace) -> Iterator[list[str]]:
    """Yield the lines of the table."""
    for name, compress in _compressors().items():
        begin = time.process_time()
        bits = added_bits(compress, learned, asked)
        yield _row(name, bits, time.process_time() - begin, 0.0)

    from forecast import SequenceGenerator

    for order in ORDERS:
        counted = SequenceGenerator(order=order, epochs=0)
        yield _row(f"Kneser-Ney, order {order}", *_measured(counted, learned, asked))

    mixed = SequenceGenerator(
        order=MIXED,
        units=args.units,
        epochs=args.epochs,
        batch_size=32,
        timesteps=64,
        learning_rate=0.005,
        random_state=0,
    )
    both, fit, scored = _measured(mixed, learned, asked)
    mixed.model_, model = replace(mixed.model_, n_gram=None, share=1.0), mixed.model_
    begin = time.process_time()
    alone = bits_per_character(mixed, asked)
    yield _row(f"LSTM, {args.units} units", alone, fit, time.process_time() - begin)
    yield _row(f"both, {model.share:.0%} of the LSTM", both, fit, scored)


def _row(name: str, bits: float, *seconds: float) -> list[str]:
    """Return a line of the table."""
    return [name, f"{bits:.3f}", *(f"{each:.1f}" for each in seconds)]


def _measured(model: Any, learned: list[str], asked: list[str]) -> tuple[float, float, float]:
    """Return the bits per character of a model, and the CPU seconds to learn and to score."""
    begin = time.process_time()
    model.fit(learned)
    fitted = time.process_time()
    bits = bits_per_character(model, asked)
    return bits, fitted - begin, time.process_time() - fitted


# --- compressors


def _compressors() -> dict[str, Callable[[bytes], bytes]]:
    """Return functions that compress, by name; PPMd where pyppmd is installed."""
    found: dict[str, Callable[[bytes], bytes]] = {
        "bz2": bz2.compress,
        "xz": lambda text: lzma.compress(text, preset=9 | lzma.PRESET_EXTREME),
    }
    if find_spec("pyppmd"):
        ppmd = import_module("pyppmd")
        found["PPMd"] = lambda text: ppmd.compress(text, max_order=8, mem_size=1 << 27)
    return found


if __name__ == "__main__":
    main()
