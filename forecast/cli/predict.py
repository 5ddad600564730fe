"""``forecast predict``: forecast with a saved forecaster."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.arguments import count, coverage
from forecast.cli.common import (
    Parser,
    add_command,
    add_format,
    check_table,
    print_table,
    write_table,
)
from forecast.cli.glossary import epilog
from forecast.cli.newer import rows_to_forecast
from forecast.cli.reading import add_reading
from forecast.exceptions import InputError

if TYPE_CHECKING:
    import pandas as pd


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    examples = [
        "forecast predict sales.seqcast",
        "forecast predict sales.seqcast newer.csv --coverage 0.9 --out tomorrow.csv",
    ]
    about = "forecast with a saved forecaster"
    parser = add_command(commands, "predict", about, parents, epilog(examples))
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a forecaster saved by forecast fit"
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        help="newer rows to observe first, and features known ahead",
    )
    add_reading(parser)
    parser.add_argument(
        "--horizon",
        metavar="H",
        type=count,
        help="steps to forecast (default: the rows of SOURCE without a target, else as fit "
        "was told, else a season)",
    )
    parser.add_argument(
        "--coverage",
        metavar="P",
        type=coverage,
        help="add an interval that should hold this share, such as 0.9",
    )
    _add_output(parser)
    parser.set_defaults(run=run)


def _add_output(parser: Parser) -> None:
    """Add the options that say where the forecast goes."""
    add_format(parser, "the forecast")
    parser.add_argument(
        "--out", metavar="F", type=Path, help="write the forecast to a .csv or .parquet file"
    )
    parser.add_argument("--force", action="store_true", help="replace F if it exists")


def run(args: argparse.Namespace) -> None:
    """Print the forecast of a saved forecaster, or write it to a file."""
    check_table(args.out, args.force)
    model = load_forecaster(args.file)
    table = forecast_table(model, rows_to_forecast(model, args), args.coverage)
    if args.out is None:
        print_table(table, args.format)
    else:
        write_table(table, args.out, args)


def forecast_table(model: Any, asked: Any, coverage: float | None) -> pd.DataFrame:
    """Return a forecast as it is printed and written, its moments and series as columns."""
    table = model.forecast(asked, coverage=coverage)
    # The names of the levels in the user's table may be missing, or those of its columns.
    table.index.names = ["timestamp"] if table.index.nlevels == 1 else ["series", "timestamp"]
    return table.reset_index()


def load_forecaster(file: Path) -> Any:
    """Load a saved forecaster; refuse what is none, or is not fitted."""
    from forecast.forecasters.base import Forecaster
    from forecast.persistence.store import load

    model = load(file)
    if not isinstance(model, Forecaster) or not hasattr(model, "memory_"):
        raise InputError(
            f"{file} holds {type(model).__name__}, which is no fitted forecaster: "
            "make one with forecast fit."
        )
    return model
