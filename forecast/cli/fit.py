"""``forecast fit``: learn from a table and save the forecaster."""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from forecast.cli.arguments import model
from forecast.cli.common import Parser, add_command, check_free, tell
from forecast.cli.progress import Progress
from forecast.cli.reading import remember_reading
from forecast.cli.source import Source, add_source, configured, load
from forecast.presets import MODELS
from forecast.wording import set_aside


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "fit", "learn from a table and save the forecaster", parents)
    add_source(parser)
    parser.add_argument(
        "--model",
        metavar="M",
        type=model,
        default="lstm",
        help=f"{', '.join(MODELS)} (default: lstm)",
    )
    parser.add_argument(
        "--save", metavar="FILE", type=Path, required=True, help="where to save the forecaster"
    )
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Fit a preset and save it."""
    from forecast.persistence import save

    # Before the work, not after it.
    check_free(args.save, args.force)

    source = load(args)
    forecaster = configured(args.model, source.y, source, args)
    started = time.monotonic()
    interruptions = _fit(forecaster, source, args)
    # Not every forecaster has a horizon, but a forecast of any is by default as long as was said.
    forecaster.asked_horizon_ = source.horizon
    remember_reading(forecaster, source.marks, args)
    save(forecaster, args.save)
    seconds = time.monotonic() - started
    others = forecaster._set_aside()
    if others:
        tell(args, set_aside(args.model, others))
    tell(args, "\n".join([f"learned in {seconds:.1f} s", *interruptions]))
    sys.stdout.write(f"{args.save}: {' '.join(repr(forecaster).split())}\n")


def _fit(forecaster: Any, source: Source, args: argparse.Namespace) -> list[str]:
    """Fit a forecaster; return what a fit that has ended too early says of what it learned."""
    from forecast.exceptions import FitInterrupted, NotConverged

    features = source.X
    if not forecaster._reads_features:
        # Without them, nobody has to give them with later rows either.
        features = source.X[[]]
        if len(source.X.columns):
            left_out = ", ".join(source.X.columns)
            tell(args, f"{args.model} reads no columns: {left_out} are left out")
    Progress(args)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", FitInterrupted)
        warnings.simplefilter("always", NotConverged)
        forecaster.fit(features, source.y)
    early = FitInterrupted, NotConverged
    return [str(each.message) for each in caught if each.category in early]
