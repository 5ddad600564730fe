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
    tell,
    write_table,
)
from forecast.cli.reading import add_reading, check_unread, read_source
from forecast.cli.source import chosen_columns, column, counted, listed
from forecast.exceptions import InputError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.tables.reading.reader import Reading

_FEWEST_STEPS = 5  # of a forecaster that has learned no horizon and has no season


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "predict", "forecast with a saved forecaster", parents)
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
        help="steps to forecast (default: the rows of SOURCE without a target, else as learned, "
        "else a season)",
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
    table = model.forecast(rows_to_forecast(model, args), coverage=args.coverage)
    # The names of the levels in the user's table may be missing, or those of its columns.
    table.index.names = ["timestamp"] if table.index.nlevels == 1 else ["series", "timestamp"]
    if args.out is None:
        print_table(table.reset_index(), args.format)
    else:
        write_table(table.reset_index(), args.out, args)


def load_forecaster(file: Path) -> Any:
    """Load a saved forecaster; refuse what is none, or is not fitted."""
    from forecast.persistence import load

    model = load(file)
    if not hasattr(model, "memory_"):
        raise InputError(
            f"{file} holds {type(model).__name__}, which is no fitted forecaster: "
            "make one with forecast fit."
        )
    return model


def rows_to_forecast(model: Any, args: argparse.Namespace) -> int | pd.DataFrame:
    """Return what to ask a forecaster for: a number of steps, or rows with what is known ahead.

    With a SOURCE, the forecaster first observes the rows of it that it has not seen.
    """
    from forecast.forecasters.newer import needs_features_ahead, observe_newer

    # Forecasts may continue beyond the horizon that was learned, but not by default.
    season = model.memory_.frequency.season_length
    learned = getattr(model, "horizon", None)
    horizon = int(args.horizon or learned or max(season, _FEWEST_STEPS))
    if args.source is None:
        check_unread(args, "it says how SOURCE is read, but there is none")
        return horizon
    X, y, notes = _table_for(model, args)
    try:
        observed, ahead = observe_newer(model, X, y)
    except InputError as error:
        fault, _, flags = error.args
        if args.fill and "--fill" in flags:
            # What the file begins with has no value before it.
            flags = "Give a SOURCE that begins earlier, with a value before the gap."
        raise InputError(fault, "", flags).within(args.source) from None
    rows = f"observed {counted(observed, 'newer row')} of {args.source}"
    if len(ahead):
        rows = f"{rows}; {counted(len(ahead), 'row')} without a target at the end: to be forecast"
    tell(args, "\n".join([rows, *listed(notes), *listed(_without_rows_ahead(model, ahead))]))

    # Where nothing has to be known ahead, the horizon may reach beyond the table.
    if _rows_reach(ahead, args.horizon) or needs_features_ahead(model):
        return _first_rows(model, ahead, args)
    return horizon


def _table_for(model: Any, args: argparse.Namespace) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """Read the columns of SOURCE that a forecaster was fitted with, and what was done to them."""
    reading = read_source(args)
    target = model.target_names_[0]
    features = list(getattr(model, "feature_names_in_", []))
    if features and target not in reading.frame.columns:
        # Rows to forecast need no column for what nobody knows yet.
        reading.frame[target] = float("nan")
    columns = [_fitted_column(name, reading, args) for name in (target, *features)]
    frame, filled = chosen_columns(reading, columns, target, args)
    return frame[features], frame[target], [*reading.notes, *filled]


def _fitted_column(name: str, reading: Reading, args: argparse.Namespace) -> str:
    """Return a column that the forecaster was fitted with; refuse a table without it."""
    try:
        return column(name, reading, args.source)
    except InputError as error:
        remedy = f"{args.file} was fitted with it: add it, or fit anew without it."
        raise InputError(f"{error} {remedy}") from None


def _without_rows_ahead(model: Any, ahead: pd.DataFrame) -> list[str]:
    """Name the series that a table with rows to forecast has none for."""
    if not len(ahead) or ahead.index.nlevels == 1:
        return []
    asked = set(ahead.index.unique(0))
    without = [str(name) for name in model.series_ if name not in asked]
    if not without:
        return []
    return [f"no row without a target at the end, so not forecast: {', '.join(without)}"]


def _shortest(ahead: pd.DataFrame) -> int:
    """Return the number of rows ahead of the series that has the fewest of them, but some."""
    if ahead.index.nlevels == 1 or not len(ahead):
        return len(ahead)
    return int(ahead.groupby(level=0).size().min())


def _rows_reach(ahead: pd.DataFrame, horizon: int | None) -> bool:
    """Whether the rows ahead are those to forecast: without a horizon, all that there are."""
    return _shortest(ahead) >= (horizon or 1)


def _first_rows(model: Any, ahead: pd.DataFrame, args: argparse.Namespace) -> pd.DataFrame:
    """Return the rows ahead of each series, of --horizon the first; refuse too few of them."""
    if not len(ahead):
        raise InputError(
            f"{args.source} has no row with {model.target_names_[0]!r} empty: "
            "rows to forecast need their features known ahead. Add them."
        )
    if args.horizon is None:
        return ahead
    shortest = _shortest(ahead)
    if shortest < args.horizon:
        raise InputError(
            f"{args.source} has {counted(shortest, 'row')} to forecast, but --horizon "
            f"{args.horizon} needs {args.horizon}. Add the others, or give --horizon {shortest}."
        )
    if ahead.index.nlevels == 1:
        return ahead.head(args.horizon)
    return ahead.groupby(level=0).head(args.horizon)
