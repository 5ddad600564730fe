"""``forecast monitor``: whether forecasts that were made are still as good as in the backtest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.arguments import Address, alpha, coverage, names
from forecast.cli.columns import Roles, chosen_columns, column
from forecast.cli.common import TABLES, Parser, add_command, add_format, listed, print_table, tell
from forecast.cli.decision import read_decision
from forecast.cli.newer import table_for
from forecast.cli.predict import load_forecaster
from forecast.cli.reading import add_reading, read_as_before, read_source
from forecast.exceptions import InputError
from forecast.wording import decimals_of, number

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.monitoring import Monitoring
    from forecast.evaluation.results import Backtest

_ALARM = 3  # the exit code: neither well nor a fault
_SHOWN = 10  # the latest looks, in a table for people
_WRITTEN_BY = "Give a file that forecast predict --out has written."


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "say whether forecasts are still as good as in the backtest; if not, exit with 3"
    parser = add_command(commands, "monitor", about, parents)
    parser.add_argument(
        "folder",
        metavar="DIR",
        type=Path,
        help="a folder written by forecast run, or backtest --out",
    )
    parser.add_argument(
        "source", metavar="SOURCE", type=Address, help="what has come since, as for predict"
    )
    parser.add_argument(
        "--forecasts",
        metavar="F",
        nargs="+",
        type=Path,
        required=True,
        help="files written by forecast predict --out, or folders of them; or a saved "
        "forecaster, for what it would have forecast from the rows of SOURCE",
    )
    parser.add_argument(
        "--target",
        metavar="C,…",
        type=names,
        help="the columns that were forecast (default: as in DIR)",
    )
    add_reading(parser)
    _add_test(parser)
    add_format(parser, "the looks")
    parser.set_defaults(run=run)


def _add_test(parser: Parser) -> None:
    """Add the options that say what is compared, and when an alarm is raised."""
    parser.add_argument(
        "--model",
        metavar="M",
        help="the model of DIR that the forecasts are of (default: the chosen or the only one)",
    )
    parser.add_argument(
        "--metric", metavar="M", default="mae", help="the loss that is compared (default: mae)"
    )
    parser.add_argument(
        "--coverage",
        metavar="P",
        type=coverage,
        help="what the intervals of the forecasts claim to hold (default: those of DIR)",
    )
    parser.add_argument(
        "--alpha",
        metavar="A",
        type=alpha,
        default=0.05,
        help="the probability of ever raising a false alarm, however often one looks "
        "(default: 0.05)",
    )


def run(args: argparse.Namespace) -> int:
    """Print what was found; return the exit code of an alarm if there is one."""
    from forecast.evaluation.monitoring import monitor
    from forecast.evaluation.results import Backtest
    from forecast.evaluation.track_record import track_record

    backtest = Backtest.load(args.folder)
    args = read_as_before(args, backtest.settings.get("reading", {}))
    claimed = args.coverage or _coverage_of(backtest)
    if _is_forecaster(args.forecasts):
        made, y = _would_have_made(backtest, claimed, args)
    else:
        y = _actuals(backtest, args)
        made = {str(path): _forecast(path, y.index) for path in _files(args.forecasts)}
    record = track_record(made, y, claimed)
    decision = read_decision(args.folder)
    model = args.model or (decision.model if decision else None)
    found = monitor(backtest, record, model, args.metric, args.alpha)
    _report(found, args)
    return _ALARM if found.alarm else 0


def _report(found: Monitoring, args: argparse.Namespace) -> None:
    """Print the sentence and the looks."""
    for note in listed(found.notes):
        tell(args, note)
    table = found.looks.copy()
    table["backtest"] = found.expected
    columns = ["looked", "forecasts", found.metric, "backtest", "larger_errors"]
    if found.claimed is not None:
        table["claimed"] = found.claimed
        columns += ["coverage", "claimed", "low_coverage"]
    table = table[columns]
    if args.format != "table":
        tell(args, found.sentence)
        print_table(table, args.format)
        return
    sys.stdout.write(f"{found.sentence}\n")
    if len(table):
        sys.stdout.write(f"\n{_aligned(table, found.metric)}\n")


def _aligned(table: pd.DataFrame, metric: str) -> str:
    """Lay out the latest looks for people."""
    from forecast.evaluation.monitoring import evidence_text

    latest = table.tail(_SHOWN)
    decimals = decimals_of(table["backtest"])
    forms: dict[str, Any] = dict.fromkeys(("larger_errors", "low_coverage"), evidence_text)
    forms |= dict.fromkeys((metric, "backtest"), lambda value: number(value, decimals))
    forms["coverage"] = "{:.3f}".format
    return latest.to_string(index=False, formatters=forms)


# --- what has come, and what was forecast of it


def _actuals(backtest: Backtest, args: argparse.Namespace) -> pd.Series:
    """Read the column that was forecast; series are called by texts, as in a file."""
    reading = read_source(args)
    settings = backtest.settings
    wanted = args.target or settings.get("options", {}).get("target") or [settings.get("target")]
    roles = Roles([column(name, reading, args.source) for name in wanted], [], [])
    frame, filled = chosen_columns(reading, roles, args)
    tell(args, "\n".join([f"{args.source}: {roles.describe()}", *listed(reading.notes + filled)]))
    y = frame[roles.value]
    return y.rename(index=str, level=0) if y.index.nlevels > 1 else y


def _files(paths: list[Path]) -> Iterator[Path]:
    """Yield the files, and those in the folders."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(each for each in path.iterdir() if each.suffix.lower() in TABLES)
        if not inside:
            raise InputError(f"{path} holds no .csv and no .parquet file: name another folder.")
        yield from inside


def _forecast(path: Path, like: pd.Index) -> pd.DataFrame:
    """Read a forecast that the command has written, indexed as the actuals are."""
    import pandas as pd

    try:
        if path.suffix.lower() == ".parquet":
            table = pd.read_parquet(path)
        else:
            table = pd.read_csv(path, dtype={"series": str})
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise InputError(f"{path} cannot be read: {reason}. {_WRITTEN_BY}") from None
    for name in ("timestamp", "forecast"):
        if name not in table:
            raise InputError(f"{path} has no column {name!r}. {_WRITTEN_BY}")
    try:
        times = _moments(table["timestamp"], like.get_level_values(-1))
    except (ValueError, TypeError):
        raise InputError(
            f"{path} holds moments like {table['timestamp'].iloc[0]}, SOURCE such as {like[0]}: "
            "give forecasts of SOURCE."
        ) from None
    if "series" not in table:
        return table.set_index(times)
    return table.set_index([table["series"].astype(str), times])


def _moments(cells: pd.Series, like: pd.Index) -> pd.Index:
    """Turn moments of a file into those of the kind that the actuals have."""
    import pandas as pd

    if isinstance(like, pd.PeriodIndex):
        return pd.PeriodIndex(cells.astype(str), freq=like.freq)
    if not isinstance(like, pd.DatetimeIndex):
        return pd.Index(cells.astype(int))
    # Offsets change in the course of a year: all are brought to UTC, then to the zone of SOURCE.
    has_zone = pd.Timestamp(cells.iloc[0]).tzinfo is not None
    stamps = pd.DatetimeIndex(pd.to_datetime(cells, utc=has_zone))
    return stamps.tz_convert(like.tz) if has_zone and like.tz is not None else stamps


def _coverage_of(backtest: Backtest) -> float:
    """Return what the outermost quantiles of a backtest claim to hold."""
    levels = backtest.quantiles
    return round(levels[-1] - levels[0], 10) if len(levels) > 1 else 0.9


# --- what a saved forecaster would have forecast


def _is_forecaster(paths: list[Path]) -> bool:
    """Whether the only file is a saved forecaster."""
    return len(paths) == 1 and paths[0].is_file() and paths[0].suffix.lower() not in TABLES


def _would_have_made(
    backtest: Backtest, claimed: float, args: argparse.Namespace
) -> tuple[dict[str, pd.DataFrame], pd.Series]:
    """Forecast from each horizon-th row that is newer than the memory, as was possible then."""
    from forecast.forecasters.newer import needs_features_ahead, observe_newer

    args.file = args.forecasts[0]
    model = load_forecaster(args.file)
    args = read_as_before(args, getattr(model, "reading_", {}))
    X, y, notes = table_for(model, args)
    tell(args, "\n".join([f"{args.source}: {y.name}", *listed(notes)]))
    horizon = int(backtest.settings.get("horizon", 1))
    times = X.index.get_level_values(-1)
    # Rows after the last actual are to be forecast, and cannot be judged.
    is_newer = (times > model.memory_.times.max()) & (times <= times[y.notna()].max())
    newer = times[is_newer].unique().sort_values()
    made = {}
    for start in range(0, len(newer), horizon):
        begin, end = newer[start], newer[min(start + horizon, len(newer)) - 1]
        is_before = times < begin
        observe_newer(model, X[is_before], y[is_before])
        rows = X[(times >= begin) & (times <= end)] if needs_features_ahead(model) else horizon
        made[f"the forecast before {begin}"] = model.forecast(rows, coverage=claimed)
    if not made:
        raise InputError(
            f"{args.source} has no row after those that {args.file} has seen: give newer ones."
        )
    return made, y
