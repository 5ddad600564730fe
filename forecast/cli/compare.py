"""``forecast compare``: say whether the models of a backtest differ by more than chance."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.common import (
    Parser,
    add_command,
    add_format,
    add_picture,
    check_free,
    print_table,
    tell,
)
from forecast.cli.glossary import epilog
from forecast.evaluation.verdict import reference_among
from forecast.exceptions import InputError
from forecast.wording import decimals_of, number

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.results import Backtest


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "say whether the models of a backtest differ by more than chance"
    examples = [
        "forecast compare runs/a",
        "forecast compare runs/a --metric rmse --reference theta -o differences.png",
    ]
    parser = add_command(commands, "compare", about, parents, epilog(examples, ["scores"]))
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="a folder written by forecast backtest --out"
    )
    parser.add_argument(
        "--metric",
        metavar="M",
        default="mae",
        help="a score, squared if it is a root (default: mae)",
    )
    parser.add_argument(
        "--reference",
        metavar="M",
        help="the model to compare with "
        "(default: the better of naive and seasonal, else the first)",
    )
    add_format(parser, "the result")
    add_picture(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Compare each model of a backtest with one of them."""
    from forecast.evaluation.results import Backtest

    check_free(args.out, args.force)
    result = Backtest.load(args.folder)
    reference = args.reference
    if reference is None:
        reference = reference_among(result.losses(args.metric).mean())
    table = result.compare(args.metric, reference)
    if args.out is not None:
        _draw(result, reference, args)
    if args.format == "table":
        meaning = "\n".join([_meaning(result, args.metric), *_ranked(result, args.metric)])
        sys.stdout.write(f"{_aligned(table)}\n\n{meaning}\n")
    else:
        print_table(table, args.format)


def _draw(result: Backtest, reference: str, args: argparse.Namespace) -> None:
    """Draw the differences with their intervals."""
    from forecast.figures.axes import save_figure
    from forecast.figures.comparisons import ComparisonDisplay

    display: Any = ComparisonDisplay.from_backtest(result, args.metric, reference)
    save_figure(display.figure_, args.out)
    tell(args, f"written to {args.out}")


def _aligned(table: pd.DataFrame) -> str:
    """Lay out the comparisons for people."""
    # A difference is known as well as its bounds are apart.
    decimals = decimals_of(table["upper"] - table["lower"])
    # A statistic near 2 and its p-value are known to two digits at best.
    two_digits = dict.fromkeys(("statistic", "p_value", "p_holm"), "{:.2g}".format)
    return table.to_string(
        index=False,
        float_format=lambda value: number(value, decimals),
        formatters=two_digits,
        na_rep="",
    )


def _meaning(result: Backtest, metric: str) -> str:
    """Say how the columns are to be read."""
    from forecast.evaluation.scoring import ROOTS

    # Errors add up over origins once they are squared, their roots do not.
    loss = f"squared {metric}" if metric in ROOTS else metric
    return (
        f"{loss} of {len(result.origins)} origins; "
        "a difference below 0 is better; "
        "lower and upper hold it with 95 % (as p_value does, for each model alone)"
    )


def _ranked(result: Backtest, metric: str) -> list[str]:
    """Say how the models rank over many series."""
    if len(result.series) == 1:
        return []
    # Two series are too few for a test of ranks: the comparison stands without.
    try:
        ranking = result.ranks(metric)
    except InputError as error:
        return [f"no ranks over series: {error}"]
    ranks = ", ".join(f"{model} {rank:.2f}" for model, rank in ranking.ranks.items())
    return [
        f"mean ranks over {ranking.rows} series: {ranks}; Friedman p = {ranking.p_value:.2g}, "
        f"ranks {ranking.critical_difference:.2f} apart differ by more than chance"
    ]
