"""The docstrings of a folder of modules as a text, and its bits: by a model and by a compressor.

What the example `text` shares with the benchmark of the same name.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

TESTED = 0.05  # of all characters
BETWEEN = "\n\n\n"  # two docstrings of a module


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


def bits_per_character(model: Any, asked: list[str]) -> float:
    """Return the bits by which a model tells texts and their ends, for each character."""
    characters = sum(map(len, asked))
    tokens = characters + len(asked)
    return -model.score(asked) * tokens / characters


def added_bits(compress: Callable[[bytes], bytes], learned: list[str], asked: list[str]) -> float:
    """Return the bits for each character that texts add to what is compressed before them."""
    before = BETWEEN.join(learned).encode()
    text = BETWEEN.join(asked).encode()
    added = len(compress(before + text)) - len(compress(before))
    return 8 * added / len(text)
