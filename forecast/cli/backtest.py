"""``forecast backtest``: forecast from many origins of the past and score every model."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.arguments import quantiles
from forecast.cli.code import backtest_code, check_code, reading_code, stored_code, write_code
from forecast.cli.common import OUTPUT, Parser, add_command, add_format, table_text, tell
from forecast.cli.glossary import epilog
from forecast.cli.parted import of_sample, stored_table
from forecast.cli.source import add_source, load
from forecast.cli.trial import add_folder, add_trial, run_in, try_models
from forecast.cli.verdict import apart, report, scores_apart, scores_with_verdicts
from forecast.cli.workers import check_workers
from forecast.exceptions import InputError

if TYPE_CHECKING:
    from forecast.evaluation.results import Backtest


_EXAMPLES = (
    "forecast backtest weather",
    "forecast backtest sales.csv --target sales --future promotion --horizon 7",
    "forecast backtest stores.csv --series store --models naive,seasonal,ets --by series",
    "forecast backtest sales.csv --refit always --out runs/a    # again with --resume",
    "forecast backtest stores.csv --series store --jobs 4",
)
_WORDS = ("models", "scores")


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "forecast from many origins of the past and score every model"
    parser = add_command(commands, "backtest", about, parents, epilog(_EXAMPLES, _WORDS))
    add_source(parser)
    add_trial(parser)
    output = parser.group(OUTPUT)
    output.add_argument(
        "--quantiles",
        metavar="Q,…",
        type=quantiles,
        default=[0.05, 0.95],
        help="quantiles to forecast (default: 0.05,0.95)",
    )
    output.add_argument(
        "--by",
        choices=("series", "step", "origin"),
        help="score each of them apart as well, and name the best model of each",
    )
    add_format(parser, "the scores")
    add_folder(parser, "write the table, the scores, run.json and figures")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Backtest the models, write what was asked for, print the scores."""
    check_code(args)
    check_workers(args)
    if args.resume and args.out is None:
        raise InputError("--resume goes on with what a run has left in its folder: give --out DIR.")
    # A folder that cannot be written is refused before the work, not after it.
    with nullcontext() if args.out is None else run_in(args.out, args) as unfinished:
        table = stored_table(args)
        source = load(args if table is None else of_sample(table, args))
        result = try_models(source, args, unfinished, table)
        read = reading_code(source, args) if table is None else stored_code(args)
        code = read, backtest_code(result, "X, y" if table is None else "table, None")
        scores = _scores(result, args)
        if unfinished is not None:
            result.write(unfinished)
        if unfinished is not None and table is None:
            draw(result, unfinished)
    if args.out is not None:
        figures = " and figures" if table is None else ", no figures of a table read in parts"
        tell(args, f"written to {args.out}: forecasts.parquet, scores.csv, run.json{figures}")
    write_code(args, *code)
    sys.stdout.write(scores)


def draw(result: Backtest, folder: Path) -> None:
    """Draw the figures of a backtest into its folder."""
    from forecast.figures.axes import save_figure
    from forecast.figures.backtests import BacktestDisplay
    from forecast.figures.calibration import CalibrationDisplay
    from forecast.run_folder import CALIBRATION, FIGURES

    for kind, name in FIGURES.items():
        target = result.settings["target"]
        display: Any = BacktestDisplay.from_backtest(result, kind=kind, target=target)
        save_figure(display.figure_, folder / name)
    # Two quantiles alone say too little of a distribution.
    if len(result.quantiles) > 2:
        display = CalibrationDisplay.from_backtest(result)
        save_figure(display.figure_, folder / CALIBRATION)


def _scores(result: Backtest, args: argparse.Namespace) -> str:
    """Return the scores with the seconds of each model; the best model comes first.

    Models that refused the table have no scores: their sentences stand below, or on stderr.
    """
    if args.format == "table":
        parts = [report(result)]
        if args.by is not None:
            parts.append(apart(result, args.by))
        return "\n\n".join(parts) + "\n"
    for name, sentence in result.settings["refused"].items():
        sys.stderr.write(f"left out {name}: {sentence}\n")
    if args.by is not None:
        return table_text(scores_apart(result, args.by).reset_index(), args.format)
    table = scores_with_verdicts(result)
    is_csv = args.format == "csv"
    return str(table.to_csv() if is_csv else table.to_json(orient="index", indent=1) + "\n")
