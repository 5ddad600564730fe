"""``forecast predict``: forecast with a saved forecaster."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.arguments import Address, count, coverage
from forecast.cli.common import (
    Parser,
    add_command,
    add_format,
    check_table,
    print_table,
    tell,
    write_table,
)
from forecast.cli.glossary import epilog
from forecast.cli.newer import rows_to_forecast
from forecast.cli.reading import add_reading
from forecast.exceptions import InputError
from forecast.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from forecast.tables.storing import Mode


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    examples = [
        "forecast predict sales.seqcast",
        "forecast predict sales.seqcast newer.csv --coverage 0.9 --out tomorrow.csv",
        "forecast predict sales.seqcast --to sqlite:///shop.db --table forecasts --append",
    ]
    about = "forecast with a saved forecaster"
    parser = add_command(commands, "predict", about, parents, epilog(examples))
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a forecaster saved by forecast fit"
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        type=Address,
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
    parser.add_argument(
        "--to",
        metavar="ADDRESS",
        type=Address,
        help="write the forecast into a table of a database, such as sqlite:///shop.db, or a "
        ".parquet file",
    )
    parser.add_argument("--table", metavar="T", help="the table of the database, made if missing")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument(
        "--append", action="store_true", help="add the rows to those that are at ADDRESS already"
    )
    kept.add_argument(
        "--force", action="store_true", help="replace F, or the rows at ADDRESS, if they exist"
    )


def run(args: argparse.Namespace) -> None:
    """Print the forecast of a saved forecaster, or write it to a file or into a database."""
    check_table(args.out, args.force)
    _check_to(args)
    model = load_forecaster(args.file)
    table = forecast_table(model, rows_to_forecast(model, args), args.coverage)
    if args.to is not None:
        _store(table, args)
    if args.out is not None:
        write_table(table, args.out, args)
    elif args.to is None:
        print_table(table, args.format)


def _check_to(args: argparse.Namespace) -> None:
    """Refuse, before the work, a place where the forecast cannot go."""
    from forecast.tables.storing import check_store

    if args.to is not None:
        check_store(args.to.whole, args.table, _mode(args))
        return
    given = [flag for flag, value in (("--table", args.table), ("--append", args.append)) if value]
    if given:
        raise InputError(f"{' and '.join(given)} would have no effect without --to ADDRESS.")


def _store(table: pd.DataFrame, args: argparse.Namespace) -> None:
    """Write the forecast where --to says, and say so."""
    from forecast.tables.storing import store

    store(table, args.to.whole, args.table, _mode(args))
    place = f"{args.to}, table {args.table}" if args.table else args.to
    tell(args, f"{'added' if args.append else 'written'} to {place}: {counted(len(table), 'row')}")


def _mode(args: argparse.Namespace) -> Mode:
    """Return what becomes of what is there already."""
    if args.append:
        return "append"
    return "replace" if args.force else "new"


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
