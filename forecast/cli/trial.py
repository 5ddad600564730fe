"""The trial of models on a table: what ``backtest``, ``run`` and ``fit --model best`` share."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.arguments import count, models
from forecast.cli.code import add_code
from forecast.cli.common import ORIGINS, OUTPUT, SETTINGS, Parser, tell
from forecast.cli.progress import Progress
from forecast.cli.reading import said_of_source
from forecast.cli.remarks import failed_in_words, left_out_in_words, sentence_of
from forecast.cli.source import OPTIONS, Source, configured, unread_columns
from forecast.cli.workers import add_workers, workers
from forecast.exceptions import InputError, Refusal
from forecast.presets import MODELS, with_fallback
from forecast.wording import counted, some_of

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.origins import RollingOrigin
    from forecast.evaluation.plan import Failure
    from forecast.evaluation.results import Backtest
    from forecast.tables.reading.stored_table import StoredTable

_SIMPLEST = "naive"  # the model that takes every table without gaps


def add_trial(parser: Parser) -> None:
    """Add the options that say which models are tried, from which origins."""
    parser.group(SETTINGS).add_argument(
        "--models", metavar="M,…", type=models, help=f"of {', '.join(MODELS)}"
    )
    group = parser.group(ORIGINS)
    group.add_argument(
        "--origins",
        metavar="N",
        type=count,
        help="how many origins (default: as many as leave half of the rows to learn from, "
        "28 at most; weather 90, stocks 50)",
    )
    group.add_argument(
        "--step",
        metavar="S",
        type=count,
        help="rows from one origin to the next (default: the horizon)",
    )
    group.add_argument(
        "--refit",
        metavar="WHEN",
        type=_refit,
        default="never",
        help="never (default), always, or every K origins",
    )
    add_workers(parser)


def add_folder(parser: Parser, what: str) -> None:
    """Add the options that say where a run is written, `what` says of --out, and the script."""
    group = parser.group(OUTPUT)
    group.add_argument("--out", metavar="DIR", type=Path, help=what)
    group.add_argument(
        "--resume",
        action="store_true",
        help="go on with what an interrupted run has left in DIR",
    )
    add_code(parser)
    group.add_argument(
        "--force", action="store_true", help="replace a run that DIR already holds, and PY"
    )


def set_trial_defaults(parser: Parser) -> None:
    """Let a command try the default models, as ``backtest`` does where nothing is said."""
    parser.set_defaults(models=None, origins=None, step=None, refit="never", quantiles=[0.05, 0.95])
    parser.set_defaults(jobs=None, engine=None, address=None, fail_fast=False, log=False)


@contextmanager
def run_in(folder: Path, args: argparse.Namespace) -> Iterator[Path]:
    """Make a run as --force and --resume say; tell what becomes of one that was interrupted."""
    from forecast.run_folder import kept_of, making

    kept = kept_of(folder)
    if kept is not None and not args.resume:
        tell(args, f"what an interrupted run has left in {kept} is not used: --resume would go on")
    try:
        with making(folder, args.force, args.resume) as unfinished:
            yield unfinished
    except KeyboardInterrupt:
        kept = kept_of(folder)
        if kept is not None:
            tell(args, f"what is finished is kept in {kept}: --resume goes on from there")
        raise


def _refit(text: str) -> str | int:
    """Read when to learn anew."""
    if text in ("never", "always"):
        return text
    try:
        return count(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither never nor always nor a number of origins"
        ) from None


def try_models(
    source: Source,
    args: argparse.Namespace,
    folder: Path | None = None,
    table: StoredTable | None = None,
) -> Backtest:
    """Backtest the models that were asked for; tell what of them the scores do not show.

    Of a table that is read in parts, the source holds some series.

    In the settings of the result stands what made it, for whoever wants to do it again. What is
    finished is kept in the folder of an unfinished run.
    """
    from forecast.evaluation.backtesting import backtest
    from forecast.run_folder import PARTS

    moments = source.y.index.unique(-1).sort_values() if table is None else table.moments
    cv = _origins(len(moments), source, args)
    refusals: dict[str, str] = {}
    known = _rows_to_learn_from(source.y, cv, moments)
    forecasters = _forecasters(source, known, args, refusals)
    work = f"{counted(cv.origins, 'origin')} × {counted(cv.horizon, 'step')}, refit {args.refit}"
    tell(args, f"{work}; models {', '.join(forecasters)}")
    _tell_unread_columns(forecasters, source, args)
    # A table in parts is read by those who make them.
    X, y = (source.X, source.y) if table is None else (table, None)
    failures: list[Failure] = []
    with Progress(args) as progress, workers(args) as n_jobs:
        result = backtest(
            forecasters,
            X,
            y,
            cv,
            args.refit,
            args.quantiles,
            source.season_length,
            n_jobs,
            progress.step,
            None if args.fail_fast else partial(_note_failure, failures),
            None if folder is None else folder / PARTS,
        )
    remarks = [*failed_in_words(result, failures), *left_out_in_words(result, y, args)]
    for remark in remarks:
        tell(args, remark)
    for failure in failures:
        if failure.model in result.settings["refused"]:
            refusals.setdefault(failure.model, sentence_of(failure))
    result.settings.update(_made_by(source, args), refused=refusals, remarks=remarks)
    return result


def _made_by(source: Source, args: argparse.Namespace) -> dict[str, Any]:
    """Return what the library cannot know, but who reads a run or goes on from it wants to."""
    return {
        "source": args.source,
        "target": str(source.y.name),
        "seed": args.seed or 0,
        "notes": source.notes,
        "command": args.command_line,
        "options": {name: getattr(args, name) for name in OPTIONS},
        "reading": said_of_source(source.marks, args),
    }


def _tell_unread_columns(
    forecasters: dict[str, Any], source: Source, args: argparse.Namespace
) -> None:
    """Say which models make no use of the columns that were named."""
    by_columns: dict[tuple[str, ...], list[str]] = {}
    for name, forecaster in forecasters.items():
        by_columns.setdefault(tuple(unread_columns(forecaster, source)), []).append(name)
    for columns, names in by_columns.items():
        if not columns:
            continue
        verb = "reads" if len(names) == 1 else "read"
        unread = f"no columns but {source.y.name}"
        if len(columns) < len(source.X.columns):
            unread = f"no columns that are not known ahead ({some_of(columns)})"
        tell(args, f"{', '.join(names)} {verb} {unread}")


def _origins(n_moments: int, source: Source, args: argparse.Namespace) -> RollingOrigin:
    """Choose the origins: as many as leave half of the table to learn from, unless told.

    Several series share their moments: the origins are the same for all of them.
    """
    from forecast.evaluation.origins import RollingOrigin
    from forecast.evaluation.source import FEWEST_ROWS

    step = args.step or source.horizon
    most = (n_moments // 2 - source.horizon) // step + 1
    origins = args.origins or min(max(1, most), source.defaults.origins)
    # Two rows are there to learn from, or nothing that a model says could be mended.
    needed = source.horizon + step * (origins - 1) + FEWEST_ROWS
    if n_moments < needed:
        work = f"{counted(origins, 'origin')} × {counted(source.horizon, 'step')}"
        remedy = "Give a table with more rows."
        if 0 < most < origins:
            remedy = f"Give --origins {most}."
        elif n_moments > FEWEST_ROWS:
            remedy = f"Give --horizon {n_moments // 2} --origins 1."
        raise InputError(
            f"{args.source} has {counted(n_moments, 'moment')} with a target, but {work} need at "
            f"least {needed}: {FEWEST_ROWS} to learn from, and those that are forecast. {remedy}"
        )
    return RollingOrigin(source.horizon, origins, args.step)


def _rows_to_learn_from(y: pd.Series, cv: RollingOrigin, moments: pd.Index) -> pd.Series:
    """Return the rows up to the first origin: no setting may follow from later ones."""
    times = y.index.get_level_values(-1)
    _, first_origin = cv.cuts(len(moments))[0]
    return y[times <= moments[first_origin]]


def _forecasters(
    source: Source, y: pd.Series, args: argparse.Namespace, refusals: dict[str, str]
) -> dict[str, Any]:
    """Make the models that were asked for, each once, with settings that follow from y."""
    from forecast.evaluation.source import FEWEST_ROWS

    chosen = args.models or source.defaults.models
    if not args.models and source.season_length == 1:
        # Without a season, its naive forecast is the last value again.
        chosen = [name for name in chosen if name != "seasonal"]
    forecasters = {}
    # A series that begins later is met by the fits after its beginning.
    some_begin_later = args.refit != "never" and _n_series(y) < _n_series(source.y)
    for name in chosen:
        try:
            model = configured(name, y, source, args)
            if some_begin_later and model._needs()[0] > FEWEST_ROWS:
                model = with_fallback(model, source.season_length)
            forecasters[name] = model
        except InputError as error:
            # Without any model there is nothing to score.
            if len(chosen) == 1:
                raise
            _refuse(name, error, refusals)
    return forecasters


def _n_series(y: pd.Series) -> int:
    """Return the number of series that have a row."""
    return 1 if y.index.nlevels == 1 else y.index.get_level_values(0).nunique()


def _refuse(name: str, error: Refusal, refusals: dict[str, str]) -> None:
    """Go on with the other models; what the simplest one refuses is the table."""
    if name == _SIMPLEST:
        raise error
    refusals[name] = error.at_command_line().removeprefix(f"{name}: ")


def _note_failure(failures: list[Failure], failure: Failure) -> None:
    """Go on where a model fails; what the simplest one refuses is the table."""
    if failure.model == _SIMPLEST:
        raise failure.error
    failures.append(failure)
