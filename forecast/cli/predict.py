"""``forecast predict``: forecast with a saved forecaster."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.common import (
    Parser,
    add_command,
    add_format,
    check_free,
    count,
    print_table,
    tell,
    write_table,
)
from forecast.cli.source import add_reading, column, read_source
from forecast.exceptions import InputError

if TYPE_CHECKING:
    import pandas as pd

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
        help="steps to forecast (default: as learned, else a season)",
    )
    parser.add_argument(
        "--coverage",
        metavar="P",
        type=float,
        help="add an interval that should hold this share, such as 0.9",
    )
    _add_output(parser)
    parser.set_defaults(run=run)


def _add_output(parser: Parser) -> None:
    """Add the options that say where the forecast goes."""
    add_format(parser, "the forecast")
    parser.add_argument(
        "--out", metavar="F.csv", type=Path, help="write the forecast to a CSV instead"
    )
    parser.add_argument("--force", action="store_true", help="replace F.csv if it exists")


def run(args: argparse.Namespace) -> None:
    """Print the forecast of a saved forecaster, or write it to a file."""
    check_free(args.out, args.force)
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
        return horizon
    observed, ahead = observe_newer(model, *_table_for(model, args))
    tell(args, f"observed {observed} newer rows of {args.source}")
    # Where nothing has to be known ahead, the horizon may reach beyond the table.
    if not needs_features_ahead(model):
        return horizon
    return _first_rows(model, ahead, horizon, args)


def _table_for(model: Any, args: argparse.Namespace) -> tuple[pd.DataFrame, pd.Series]:
    """Read the columns of SOURCE that a forecaster was fitted with."""
    frame = read_source(args)
    target = model.target_names_[0]
    features = list(getattr(model, "feature_names_in_", []))
    if features and target not in frame.columns:
        # Rows to forecast need no column for what nobody knows yet.
        frame[target] = float("nan")
    for name in (target, *features):
        column(name, frame, args.source)
    return frame[features], frame[target]


def _first_rows(
    model: Any, ahead: pd.DataFrame, horizon: int, args: argparse.Namespace
) -> pd.DataFrame:
    """Return the first rows ahead of each series; refuse too few of them."""
    if not len(ahead):
        raise InputError(
            f"{args.source} has no row with {model.target_names_[0]!r} empty: "
            "rows to forecast need their features known ahead."
        )
    if ahead.index.nlevels == 1:
        shortest, first = len(ahead), ahead.head(horizon)
    else:
        series = ahead.groupby(level=0)
        shortest, first = int(series.size().min()), series.head(horizon)
    # Without --horizon, as many steps as SOURCE knows the features of.
    if args.horizon and shortest < horizon:
        raise InputError(
            f"{args.source} has {shortest} rows to forecast; "
            f"--horizon {horizon} needs {horizon}. Add the others."
        )
    return first
