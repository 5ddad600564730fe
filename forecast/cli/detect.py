"""``forecast detect``: find the rows of a table that a forecaster did not expect."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from forecast.cli.arguments import alpha, count, model
from forecast.cli.common import (
    Parser,
    add_command,
    add_format,
    add_picture,
    check_free,
    print_table,
    tell,
)
from forecast.cli.progress import Progress
from forecast.cli.source import Source, add_source, configured, load
from forecast.exceptions import InputError
from forecast.presets import MODELS
from forecast.wording import counted

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "find spikes, shifts, drifts and stuck sensors in the latest rows of a table"
    parser = add_command(commands, "detect", about, parents)
    add_source(parser)
    parser.add_argument(
        "--model",
        metavar="M",
        type=model,
        default="naive",
        help=f"whose errors are looked at: {', '.join(MODELS)} (default: naive)",
    )
    parser.add_argument(
        "--alpha",
        metavar="A",
        type=alpha,
        default=0.01,
        help="the share of ordinary rows that may raise an alarm (default: 0.01)",
    )
    parser.add_argument(
        "--rows",
        metavar="N",
        type=count,
        help="the latest rows to judge, of each series (default: a quarter); the rows before them "
        "are learned from",
    )
    add_format(parser, "the events")
    add_picture(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Learn from the earlier rows, judge the later ones, print their events and draw them."""
    from forecast.anomaly.detector import AnomalyDetector

    check_free(args.out, args.force)
    source = load(args)
    is_later = _later_rows(source, args)
    X, y = source.X, source.y
    forecaster = configured(args.model, y[~is_later], source, args)
    detector = AnomalyDetector(forecaster, args.alpha, season_length=source.season_length)
    with Progress(args):
        detector.fit(X[~is_later], y[~is_later])
    events = detector.events(X[is_later], y[is_later])
    if args.out is not None:
        _draw(detector, X[is_later], y[is_later], events, args)
    judged = counted(int(is_later.sum()), "row")
    found = counted(len(events), "event")
    tell(
        args,
        f"{args.model} learned from {counted(int((~is_later).sum()), 'row')}: {found} in "
        f"the latest {judged}, at alpha {args.alpha:g}",
    )
    if args.format != "table" or len(events):
        print_table(events, args.format)


def _later_rows(source: Source, args: argparse.Namespace) -> np.ndarray:
    """Return which rows are to be judged, the latest ones of each series."""
    import pandas as pd

    index = source.y.index
    series = index.get_level_values(0) if index.nlevels > 1 else pd.Index([0]).repeat(len(index))
    groups = pd.Series(0, index=range(len(index))).groupby(series.to_numpy())
    # How many rows of its series come after each row; the rows of a series come in order of time.
    after = groups.cumcount(ascending=False).to_numpy()
    lengths = groups.transform("size").to_numpy()
    shortest = int(lengths.min())
    if args.rows is not None and args.rows >= shortest:
        raise InputError(
            f"{args.source} has {counted(shortest, 'row')} to learn from and to judge: "
            f"--rows {args.rows} leaves none to learn from. Give a smaller --rows."
        )
    later = lengths // 4 if args.rows is None else args.rows
    return (after < later).astype(bool)


def _draw(
    detector: Any, X: pd.DataFrame, y: pd.Series, events: pd.DataFrame, args: argparse.Namespace
) -> None:
    """Draw the judged rows with their events."""
    from forecast.figures.anomalies import AnomalyDisplay
    from forecast.figures.axes import save_figure

    judged = detector.judge(X, y)
    display: Any = AnomalyDisplay(judged, events, target=str(y.name)).plot()
    save_figure(display.figure_, args.out)
    sys.stdout.write(f"{args.out}\n")
