"""What the examples share: their arguments, and how they print scores."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

# TensorFlow talks while it is imported, unless it is told before.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def arguments(story: str | None, argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the arguments that each example takes.

    Parameters
    ----------
    story : str
        The example's docstring, of which --help shows the first paragraph.
    argv : sequence of str, optional
        By default what stands on the command line.

    Returns
    -------
    Namespace
        `quick` (bool), `seed` (int) and `out` (Path), a folder that exists.
    """
    parser = argparse.ArgumentParser(description=(story or "").split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tiny run, which learns little")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn (default: 0)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("runs/examples"),
        help="folder for what is drawn and written (default: runs/examples)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    return args


def show(measure: str, scores: Mapping[str, float], digits: int = 3) -> None:
    """Print the scores of models, one line for each, below what is measured."""
    width = max(map(len, scores))
    figures = {name: f"{score:.{digits}f}" for name, score in scores.items()}
    column = max(len(measure), *map(len, figures.values()))
    print(f"{'':{width}}  {measure:>{column}}")
    for name, figure in figures.items():
        print(f"{name:{width}}  {figure:>{column}}")
