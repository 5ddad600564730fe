"""``forecast run``: from a table to a forecast, with the model that a backtest chooses."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.arguments import coverage
from forecast.cli.backtest import draw
from forecast.cli.code import (
    backtest_code,
    check_code,
    fitting_code,
    forecast_code,
    reading_code,
    write_code,
)
from forecast.cli.common import OUTPUT, Parser, add_command, as_text, listed, tell
from forecast.cli.decision import (
    COVERAGE,
    Decision,
    add_choice,
    decide,
    forecaster_of,
    write_decision,
)
from forecast.cli.glossary import epilog
from forecast.cli.learning import learn
from forecast.cli.predict import forecast_table
from forecast.cli.source import Source, add_source, load
from forecast.cli.trial import add_folder, add_trial, run_in, try_models
from forecast.cli.verdict import report
from forecast.cli.workers import check_workers
from forecast.exceptions import InputError
from forecast.run_folder import FORECAST, MODEL, PROFILE, REPORT
from forecast.wording import counted, some_of

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.results import Backtest

_SHOWN = 12  # rows of a forecast on stdout
_EXAMPLES = (
    "forecast run weather",
    "forecast run sales.csv --target sales --future promotion --horizon 7",
    "forecast run stores.csv --series store --choose per-series",
    "forecast run visits.csv --freq D --fill --code visits.py",
)
_WORDS = ("models", "scores")


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "choose a model by a backtest, forecast with it and write a report"
    parser = add_command(commands, "run", about, parents, epilog(_EXAMPLES, _WORDS))
    add_source(parser)
    add_trial(parser)
    add_choice(parser)
    parser.group(OUTPUT).add_argument(
        "--coverage",
        metavar="P",
        type=coverage,
        default=COVERAGE,
        help=f"the share that the intervals should hold (default: {COVERAGE})",
    )
    default = "runs/ and SOURCE's name"
    add_folder(parser, f"where the forecast, the report and all else goes (default: {default})")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Look, backtest, choose, learn from all rows, forecast, report."""
    from forecast.evaluation.results import outer_quantiles
    from forecast.forecasters.newer import needs_features_ahead

    # What cannot be done is refused before the work.
    check_code(args)
    check_workers(args)
    folder = args.out or _folder(args.source)
    with run_in(folder, args) as unfinished:
        source = load(args)
        _check_known_ahead(source, args)
        _look(source, unfinished, args)

        # The interval is judged by the same two quantiles that it will have.
        args.quantiles = list(outer_quantiles(args.coverage))
        result = try_models(source, args, unfinished)
        decision = decide(result, args)
        forecaster = forecaster_of(decision, source, args)
        learn(forecaster, decision.name, source, args)
        needs_rows = needs_features_ahead(forecaster)
        table = _forecast(forecaster, needs_rows, source, args.coverage)
        _tell_ended(table, args)
        answer = f"{report(result)}\n\n{decision.reason}\n\n{_in_short(table)}\n\n"
        code = reading_code(source, args), backtest_code(result)
        _write(result, decision, forecaster, table, unfinished)
    rest = fitting_code(forecaster, source), forecast_code(needs_rows, source, args.coverage)
    write_code(args, *code, *rest)
    # Only now, since who reads stdout may have seen enough at any line.
    sys.stdout.write(f"{answer}the report: {folder / REPORT}\n")
    tell(args, f"in {folder} are also {FORECAST}, {MODEL} and what forecast backtest writes")


def _write(
    result: Backtest, decision: Decision, forecaster: Any, table: pd.DataFrame, folder: Path
) -> None:
    """Write all of a run into its folder."""
    from forecast.files import write_beside
    from forecast.persistence.store import save
    from forecast.report.extras import read_extras
    from forecast.report.page import write_report

    result.write(folder)
    draw(result, folder)
    write_decision(decision, folder)
    save(forecaster, folder / MODEL)
    write_beside(folder / FORECAST, lambda file: table.to_csv(file, index=False))
    write_report(result, folder / REPORT, read_extras(folder))


def _folder(source: str) -> Path:
    """Return the folder of a run that nobody has named."""
    return Path("runs") / ("stdin" if source == "-" else Path(source.partition("?")[0]).stem)


def _check_known_ahead(source: Source, args: argparse.Namespace) -> None:
    """Refuse a table that ends before what is known ahead is known for each step."""
    if not source.future:
        return
    columns = ", ".join(source.future)
    rows = _rows_ahead(source)
    if rows < source.horizon:
        remedy = f", or give --horizon {rows}" if rows else ""
        raise InputError(
            f"{args.source} has {counted(rows, 'row')} after the last value of {source.y.name}, "
            f"but {counted(source.horizon, 'step')} to forecast, for each of which {columns} must "
            f"be known. Add the rows, with an empty {source.y.name}{remedy}."
        )


def _look(source: Source, folder: Path, args: argparse.Namespace) -> None:
    """Write what the table is like into the folder of a run, and tell what needs attention."""
    import pandas as pd

    from forecast.files import write_beside
    from forecast.profiling.profile import Profile

    frame = pd.concat([source.y, source.X], axis=1)
    target = str(source.y.name)
    profile = Profile.from_frame(frame, target, notes=source.notes, marks=source.marks)
    text = json.dumps(profile.to_dict(), indent=1)
    write_beside(folder / PROFILE, lambda file: file.write_text(text, encoding="utf-8"))
    needs = listed(profile.attention())
    tell(args, "\n".join(["needs attention:", *needs]) if needs else "nothing needs attention")


def _rows_ahead(source: Source) -> int:
    """Return how many rows follow the last value of each series at least."""
    if source.y.index.nlevels == 1:
        return len(source.ahead)
    series = source.y.index.unique(0)
    return int(source.ahead.groupby(level=0).size().reindex(series, fill_value=0).min())


def _forecast(forecaster: Any, needs_rows: bool, source: Source, coverage: float) -> pd.DataFrame:
    """Forecast the horizon, with an interval."""
    from forecast.tables.timeline import by_series

    asked: Any = source.horizon
    if needs_rows:
        asked = by_series(source.ahead).head(source.horizon)
    return forecast_table(forecaster, asked, coverage)


def _tell_ended(table: pd.DataFrame, args: argparse.Namespace) -> None:
    """Name the series that are forecast from an end of their own, before that of the others."""
    if "series" not in table:
        return
    first = table.groupby("series", sort=False)["timestamp"].min()
    ended = list(first.index[first < first.max()])
    if ended:
        tell(args, f"ended before the others, and forecast from there: {some_of(ended)}")


def _in_short(table: pd.DataFrame) -> str:
    """Return the first rows of a forecast, and how many more there are."""
    shown = as_text(table[:_SHOWN])
    more = len(table) - _SHOWN
    return f"{shown}\n… and {counted(more, 'row')} more in {FORECAST}" if more > 0 else shown
