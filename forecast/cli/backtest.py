"""``forecast backtest``: forecast from many origins of the past and score every model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.cli.arguments import count, models, quantiles
from forecast.cli.common import Parser, add_command, add_format, print_table, set_aside, tell
from forecast.cli.progress import Progress
from forecast.cli.reading import said_of_source
from forecast.cli.source import Source, add_source, configured, load
from forecast.cli.verdict import apart, report
from forecast.exceptions import InputError, Refusal
from forecast.presets import MODELS, with_fallback
from forecast.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.origins import RollingOrigin
    from forecast.evaluation.results import Backtest

_SIMPLEST = "naive"  # the model that takes every table without gaps


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "forecast from many origins of the past and score every model"
    parser = add_command(commands, "backtest", about, parents)
    add_source(parser)
    _add_origins(parser)
    parser.add_argument("--models", metavar="M,…", type=models, help=f"of {', '.join(MODELS)}")
    parser.add_argument(
        "--quantiles",
        metavar="Q,…",
        type=quantiles,
        default=[0.05, 0.95],
        help="quantiles to forecast (default: 0.05,0.95)",
    )
    parser.add_argument(
        "--by",
        choices=("series", "step", "origin"),
        help="score each of them apart as well, and name the best model of each",
    )
    add_format(parser, "the scores")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="write the table, the scores, run.json and figures"
    )
    parser.add_argument("--force", action="store_true", help="replace a run that DIR already holds")
    parser.set_defaults(run=run)


def _add_origins(parser: Parser) -> None:
    """Add the options that say from where to forecast, and when to learn."""
    parser.add_argument(
        "--origins",
        metavar="N",
        type=count,
        help="how many origins (default: as many as leave half of the rows to learn from, "
        "28 at most; stocks 50)",
    )
    parser.add_argument(
        "--step",
        metavar="S",
        type=count,
        help="rows from one origin to the next (default: the horizon)",
    )
    parser.add_argument(
        "--refit",
        metavar="WHEN",
        type=_refit,
        default="never",
        help="never (default), always, or every K origins",
    )


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


def run(args: argparse.Namespace) -> None:
    """Backtest the models, write what was asked for, print the scores."""
    from forecast.files import claim

    source = load(args)
    # A folder that cannot be written is refused before the work, not after it.
    if args.out is not None:
        claim(args.out, args.force)
    cv = _origins(source, args)
    refusals: dict[str, str] = {}
    forecasters = _forecasters(source, _rows_to_learn_from(source.y, cv), args, refusals)
    work = f"{counted(cv.origins, 'origin')} × {counted(cv.horizon, 'step')}, refit {args.refit}"
    tell(args, f"{work}; models {', '.join(forecasters)}")
    _tell_unread_columns(forecasters, source, args)

    result = _backtest(forecasters, source, cv, args, refusals)
    if args.out is not None:
        _write(result, args)
    for name, others in result.settings["set_aside"].items():
        tell(args, set_aside(name, others))
    if result.left_out:
        left_out = ", ".join(result.left_out)
        tell(args, f"not scored, for want of rows before and after an origin: {left_out}")
    _print_scores(result, args, refusals)


def _tell_unread_columns(
    forecasters: dict[str, Any], source: Source, args: argparse.Namespace
) -> None:
    """Say which models make no use of the columns that were named."""
    without = [name for name, each in forecasters.items() if not each._reads_features]
    if without and len(source.X.columns):
        verb = "reads" if len(without) == 1 else "read"
        tell(args, f"{', '.join(without)} {verb} no columns but {source.y.name}")


def _backtest(
    forecasters: dict[str, Any],
    source: Source,
    cv: RollingOrigin,
    args: argparse.Namespace,
    refusals: dict[str, str],
) -> Backtest:
    """Forecast from all origins, with a bar on stderr; collect the sentences of refusals."""
    from forecast.evaluation.backtesting import backtest

    result = backtest(
        forecasters,
        source.X,
        source.y,
        cv,
        args.refit,
        args.quantiles,
        source.season_length,
        Progress(args).step,
        lambda name, error: _refuse(name, error, refusals),
    )
    # What the library cannot know, but a reader of run.json wants to.
    result.settings.update(source=args.source, target=str(source.y.name), seed=args.seed)
    result.settings["reading"] = said_of_source(source.marks, args)
    return result


def _origins(source: Source, args: argparse.Namespace) -> RollingOrigin:
    """Choose the origins: as many as leave half of the table to learn from, unless told."""
    from forecast.evaluation.origins import RollingOrigin

    # Several series share their moments: the origins are the same for all of them.
    n_moments = len(source.y.index.unique(-1))
    step = args.step or source.horizon
    most = (n_moments // 2 - source.horizon) // step + 1
    origins = args.origins or min(max(1, most), source.defaults.origins)
    needed = source.horizon + step * (origins - 1)
    # At least one moment is there to learn from, or nothing that a model says could be mended.
    if n_moments <= needed:
        work = f"{counted(origins, 'origin')} × {counted(source.horizon, 'step')}"
        flag = f"--origins {most}" if most > 0 else f"--horizon {n_moments // 2} --origins 1"
        raise InputError(
            f"{args.source} has {counted(n_moments, 'moment')} with a target, but {work} need at "
            f"least {needed + 1}, and some more to learn from. Give {flag}."
        )
    return RollingOrigin(source.horizon, origins, args.step)


def _rows_to_learn_from(y: pd.Series, cv: RollingOrigin) -> pd.Series:
    """Return the rows up to the first origin: no setting may follow from later ones."""
    times = y.index.get_level_values(-1)
    moments = times.unique().sort_values()
    _, first_origin = cv.cuts(len(moments))[0]
    return y[times <= moments[first_origin]]


def _forecasters(
    source: Source, y: pd.Series, args: argparse.Namespace, refusals: dict[str, str]
) -> dict[str, Any]:
    """Make the models that were asked for, each once, with settings that follow from y."""
    from forecast.evaluation.folds import FEWEST_ROWS

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


def _write(result: Backtest, args: argparse.Namespace) -> None:
    """Write a run and its figures into the folder of --out."""
    result.save(args.out, force=args.force)
    _draw(result, args.out)
    tell(args, f"written to {args.out}: forecasts.parquet, scores.csv, run.json and figures")


def _draw(result: Backtest, folder: Path) -> None:
    """Draw the figures of a run into its folder."""
    from forecast.figures.axes import save_figure
    from forecast.figures.backtests import BacktestDisplay
    from forecast.figures.calibration import CalibrationDisplay

    for kind in ("forecasts", "step", "origin"):
        target = result.settings["target"]
        display: Any = BacktestDisplay.from_backtest(result, kind=kind, target=target)
        save_figure(display.figure_, folder / f"{kind}.png")
    # Two quantiles alone say too little of a distribution.
    if len(result.quantiles) > 2:
        display = CalibrationDisplay.from_backtest(result)
        save_figure(display.figure_, folder / "calibration.png")


def _print_scores(result: Backtest, args: argparse.Namespace, refusals: dict[str, str]) -> None:
    """Print the scores with the seconds of each model; the best model comes first.

    Models that refused the table have no scores: their sentences stand below, or on stderr.
    """
    scores = result.scores()
    scores["seconds"] = scores.index.map(result.settings["seconds"])
    if args.format == "table":
        parts = [report(result, scores, refusals)]
        if args.by is not None:
            parts.append(apart(result, args.by))
        sys.stdout.write("\n\n".join(parts) + "\n")
        return
    for name, sentence in refusals.items():
        sys.stderr.write(f"left out {name}: {sentence}\n")
    if args.by is not None:
        print_table(result.scores(args.by).reset_index(), args.format)
        return
    # A stable order: of equals, the one that was named first comes first.
    ranked = scores.sort_values("mae", kind="stable")
    is_csv = args.format == "csv"
    sys.stdout.write(ranked.to_csv() if is_csv else ranked.to_json(orient="index", indent=1) + "\n")
