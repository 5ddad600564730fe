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
from forecast.cli.common import ORIGINS, OUTPUT, SETTINGS, WORKERS, Parser, tell
from forecast.cli.progress import Progress
from forecast.cli.reading import said_of_source
from forecast.cli.source import OPTIONS, Source, configured
from forecast.exceptions import InputError, Refusal
from forecast.presets import MODELS, with_fallback
from forecast.wording import counted, not_scored, set_aside, some_of

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.origins import RollingOrigin
    from forecast.evaluation.plan import Failure
    from forecast.evaluation.results import Backtest
    from forecast.tables.reading.stored_table import StoredTable

ENGINES = ("dask", "ray")
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
    _add_workers(parser)


def _add_workers(parser: Parser) -> None:
    """Add the options that say which processes do the work."""
    group = parser.group(WORKERS)
    group.add_argument(
        "--jobs", metavar="N", type=count, help="processes that work at the same time (default: 1)"
    )
    group.add_argument("--engine", choices=ENGINES, help="work on a cluster")
    group.add_argument(
        "--address",
        "--scheduler",
        metavar="A",
        help="of the cluster, such as tcp://host:8786 (default: make one of --jobs workers here)",
    )
    group.add_argument(
        "--fail-fast", action="store_true", help="stop when a model fails on a part of the work"
    )
    group.add_argument("--log", action="store_true", help="tell the progress in a line a minute")


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

    check_workers(args)
    moments = source.y.index.unique(-1).sort_values() if table is None else table.moments
    cv = _origins(len(moments), source, args)
    refusals: dict[str, str] = {}
    known = _rows_to_learn_from(source.y, cv, moments)
    forecasters = _forecasters(source, known, args, refusals)
    if table is not None:
        forecasters = _of_each_series(forecasters, refusals)
    work = f"{counted(cv.origins, 'origin')} × {counted(cv.horizon, 'step')}, refit {args.refit}"
    tell(args, f"{work}; models {', '.join(forecasters)}")
    _tell_unread_columns(forecasters, source, args)
    failures: list[Failure] = []
    with Progress(args) as progress, _workers(args) as n_jobs:
        result = backtest(
            forecasters,
            source.X if table is None else table,
            source.y if table is None else None,
            cv,
            args.refit,
            args.quantiles,
            source.season_length,
            n_jobs,
            progress.step,
            None if args.fail_fast else partial(_note_failure, failures),
            None if folder is None else folder / PARTS,
        )
    rows = source.y if table is None else None
    remarks = [*_failed_in_words(result, failures), *_left_out_in_words(result, rows, args)]
    for remark in remarks:
        tell(args, remark)
    for failure in failures:
        if failure.model in result.settings["refused"]:
            refusals.setdefault(failure.model, _sentence(failure))
    result.settings.update(_made_by(source, args), refused=refusals, remarks=remarks)
    return result


def check_workers(args: argparse.Namespace) -> None:
    """Refuse an address of nothing."""
    if args.address is not None and args.engine is None:
        raise InputError(
            f"{args.address} is the address of a cluster: say of which with --engine, one of "
            f"{', '.join(ENGINES)}."
        )


@contextmanager
def _workers(args: argparse.Namespace) -> Iterator[int | None]:
    """Connect to a cluster if one was asked for; yield how many processes the backtest makes."""
    if args.engine is None:
        yield args.jobs
        return
    from forecast.evaluation.engines import connected

    with connected(args.engine, args.address, args.jobs):
        yield None


def _note_failure(failures: list[Failure], failure: Failure) -> None:
    """Go on where a model fails; what the simplest one refuses is the table."""
    if failure.model == _SIMPLEST:
        raise failure.error
    failures.append(failure)


def _failed_in_words(result: Backtest, failures: list[Failure]) -> list[str]:
    """Say of each model with some forecasts where it has none, and why."""
    remarks = []
    for model in result.settings["models"]:
        of_model = [failure for failure in failures if failure.model == model]
        if of_model:
            first = of_model[0]
            where = f"{some_of(first.series, 2)} from {first.origin}"
            remarks.append(
                f"{model} failed on {counted(len(of_model), 'part')} of the work, which no model "
                f"is scored by, first on {where}: {_sentence(first)}"
            )
    return remarks


def _sentence(failure: Failure) -> str:
    """Return why a model has failed."""
    error = failure.error
    said = error.at_command_line() if isinstance(error, Refusal) else str(error)
    return said.removeprefix(f"{failure.model}: ")


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
    without = [name for name, each in forecasters.items() if not each._reads_features]
    if without and len(source.X.columns):
        verb = "reads" if len(without) == 1 else "read"
        tell(args, f"{', '.join(without)} {verb} no columns but {source.y.name}")


def _left_out_in_words(
    result: Backtest, y: pd.Series | None, args: argparse.Namespace
) -> list[str]:
    """Say which series have no scores, or have them from another model."""
    remarks = [set_aside(name, each) for name, each in result.settings["set_aside"].items()]
    late = [] if y is None or args.refit != "never" else _begun_between(result, y)
    if late:
        said = f"not scored, since they began after the only fit: {some_of(late)}"
        remarks.append(f"{said}; --refit always scores them from their second row on")
    others = [name for name in result.left_out if name not in late]
    if others:
        remarks.append(not_scored(others))
    return remarks


def _begun_between(result: Backtest, y: pd.Series) -> list[str]:
    """Return the series without scores that have begun by the last origin and go on after it."""
    from forecast.evaluation.source import FEWEST_ROWS

    if not result.left_out:
        return []
    last_origin = result.origins[-1]
    times = y.index.get_level_values(-1).to_series()
    rows = (times <= last_origin).groupby(y.index.get_level_values(0)).sum()
    begun = {str(name) for name in rows.index[rows >= FEWEST_ROWS]}
    ended = {str(name) for name in rows.index[rows == y.groupby(level=0).size()]}
    return [name for name in result.left_out if name in begun - ended]


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
        if most > 0:
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


def _of_each_series(forecasters: dict[str, Any], refusals: dict[str, str]) -> dict[str, Any]:
    """Return the models that learn from each series apart; the others need the whole table."""
    from forecast.evaluation.plan import is_cut

    cut = {name: model for name, model in forecasters.items() if is_cut(model)}
    for name in forecasters.keys() - cut.keys():
        refusals[name] = "it learns from all series at once, and the table is read in parts."
    if not cut:
        raise InputError(
            f"{', '.join(forecasters)} learn from all series at once, and the table is read in "
            "parts: choose others, such as --models seasonal,ets,theta."
        )
    return cut


def _n_series(y: pd.Series) -> int:
    """Return the number of series that have a row."""
    return 1 if y.index.nlevels == 1 else y.index.get_level_values(0).nunique()


def _refuse(name: str, error: Refusal, refusals: dict[str, str]) -> None:
    """Go on with the other models; what the simplest one refuses is the table."""
    if name == _SIMPLEST:
        raise error
    refusals[name] = error.at_command_line().removeprefix(f"{name}: ")
