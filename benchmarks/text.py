"""Bits per character of docstrings: n-grams, network and both, beside programs that compress.

The text is made of the docstrings of the running Python's standard library, without repeats. Whole
modules are held out, one character in twenty: the docstrings of one module resemble one another,
and a split by docstring would leak. A compressor is asked how many bits the test modules add to
the others; it goes on learning in them, which the models do not.
"""

from __future__ import annotations

import argparse
import ast
import bz2
import lzma
import random
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

ORDERS = range(3, 10)  # of the n-grams that are tried alone
MIXED = 7  # the order of those beside the network
TESTED = 0.05  # of all characters
BETWEEN = "\n\n\n"  # two docstrings of a module
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


# --- the text


def texts_by_module(folder: Path) -> dict[str, str]:
    """Return the docstrings below a folder, by the module or package on top; tests are left out."""
    docstrings: dict[str, list[str]] = {}
    seen: set[str] = set()
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if {"site-packages", "test", "tests", "idle_test"} & set(parts):
            continue
        for docstring in _docstrings(path):
            if docstring not in seen:
                seen.add(docstring)
                docstrings.setdefault(parts[0], []).append(docstring)
    return {module: BETWEEN.join(texts) for module, texts in docstrings.items()}


def _docstrings(path: Path) -> Iterator[str]:
    """Yield the docstrings of a file that hold ASCII characters only, without tabs."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return  # some files of the standard library are wrong on purpose
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        docstring = ast.get_docstring(node) if isinstance(node, kinds) else None
        if docstring and docstring.isascii():
            yield docstring.replace("\t", "    ")


def parted(texts: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the texts to learn from and to tell: whole modules, chosen by chance."""
    modules = sorted(texts)
    random.Random(0).shuffle(modules)
    wanted = TESTED * sum(map(len, texts.values()))
    asked: list[str] = []
    while sum(map(len, asked)) <= wanted:
        asked.append(texts[modules.pop(0)])
    return [texts[module] for module in modules], asked


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


def bits_per_character(model: Any, asked: list[str]) -> float:
    """Return the bits by which a model tells texts and their ends, for each character."""
    characters = sum(map(len, asked))
    tokens = characters + len(asked)
    return -model.score(asked) * tokens / characters


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


def added_bits(compress: Callable[[bytes], bytes], learned: list[str], asked: list[str]) -> float:
    """Return the bits for each character that texts add to what is compressed before them."""
    before = BETWEEN.join(learned).encode()
    text = BETWEEN.join(asked).encode()
    added = len(compress(before + text)) - len(compress(before))
    return 8 * added / len(text)


if __name__ == "__main__":
    main()
