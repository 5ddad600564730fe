"""What the benchmarks share: tables in text, the machine in words, checks of arguments."""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Iterable, Sequence
from pathlib import Path


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Align the first column to the left and the others to the right."""
    lines = [columns, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_aligned(line, widths) for line in lines)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    """Return one line of a table."""
    cells = [cell.rjust(width) for cell, width in zip(line, widths, strict=True)]
    cells[0] = line[0].ljust(widths[0])
    return "  ".join(cells)


def use_threads(threads: int) -> None:
    """Fix the number of threads; to be called before NumPy and TensorFlow are imported."""
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    ):
        os.environ[name] = str(threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def matmul_rate(size: int = 1024) -> float:
    """Return the operations per second in TensorFlow's product of float32 matrices.

    A multiplication and an addition count as two; the best of forty products counts.
    """
    import tensorflow as tf

    a = tf.random.normal((size, size))
    rates = []
    for _ in range(40):
        started = time.perf_counter()
        tf.linalg.matmul(a, a).numpy()
        rates.append(2 * size**3 / (time.perf_counter() - started))
    return max(rates)


def machine(threads: int) -> str:
    """Say in words on what is measured."""
    return f"{platform.machine()}, {threads} threads of {os.cpu_count()} processors, no GPU used"


def need_files(parser: argparse.ArgumentParser, paths: Iterable[Path]) -> None:
    """Refuse the first file that does not exist."""
    for path in paths:
        if not path.exists():
            parser.error(f"there is no file {path}")
