"""``forecast plot``: draw a saved forecaster's forecast, or a backtest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from forecast.cli.arguments import Address, count, coverages, names
from forecast.cli.common import Parser, add_command, add_picture, check_free
from forecast.cli.newer import rows_to_forecast
from forecast.cli.predict import load_forecaster
from forecast.cli.reading import add_reading, check_unread
from forecast.exceptions import InputError

_OF_BACKTEST = ("forecasts", "step", "origin", "calibration", "pit", "ranks")
_OF_FORECASTER = ("forecasts", "gates")
_OF_MODELS = ("forecasts", "step", "origin")  # of a backtest, those that may leave models out


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "draw a saved forecaster's forecast, or a backtest"
    parser = add_command(commands, "plot", about, parents)
    parser.add_argument(
        "file", metavar="FILE|DIR", type=Path, help="a saved forecaster, or a folder of a backtest"
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        type=Address,
        nargs="?",
        help="as for predict: newer rows, features known ahead",
    )
    add_reading(parser)
    add_picture(parser, required=True)
    _add_kinds(parser)
    parser.add_argument(
        "--horizon",
        metavar="H",
        type=count,
        help="steps of a forecaster's forecast (default: as for predict)",
    )
    parser.add_argument(
        "--coverage",
        metavar="P,…",
        type=coverages,
        help="of the intervals, such as 0.5,0.8,0.95 (default: 0.9)",
    )
    parser.set_defaults(run=run)


def _add_kinds(parser: Parser) -> None:
    """Add the options that say what is drawn."""
    parser.add_argument(
        "--kind",
        choices=(*_OF_BACKTEST, "gates"),
        default="forecasts",
        help="errors by step or origin, calibration (as shares or as PIT histograms) "
        "or mean ranks of a backtest; gates of a saved network (default: forecasts)",
    )
    parser.add_argument(
        "--models",
        metavar="M,…",
        type=names,
        help="of a backtest's forecasts or errors (default: all, but at most four of forecasts: "
        "the best two, the better naive one, lstm)",
    )


def run(args: argparse.Namespace) -> None:
    """Draw what a file or a folder holds."""
    from forecast.figures.axes import save_figure

    check_free(args.out, args.force)
    # A backtest is a folder, a forecaster a file.
    is_folder = args.file.is_dir()
    kinds = _OF_BACKTEST if is_folder else _OF_FORECASTER
    if args.kind not in kinds:
        what = "the folder of a backtest" if is_folder else "no folder of a backtest"
        raise InputError(
            f"{args.file} is {what}: --kind may be {' or '.join(kinds)} there; got {args.kind}."
        )
    if is_folder:
        _check_unused(args)
    _check_models(args, is_folder)
    display = _backtest_display(args) if is_folder else _forecaster_display(args)
    save_figure(display.figure_, args.out)
    sys.stdout.write(f"{args.out}\n")


def _check_unused(args: argparse.Namespace) -> None:
    """Refuse what says how to forecast, where the forecasts are made already."""
    why = f"{args.file} is the folder of a backtest, whose forecasts are made"
    given = {"SOURCE": args.source, "--horizon": args.horizon, "--coverage": args.coverage}
    for name, value in given.items():
        if value is not None:
            raise InputError(f"{name} would have no effect: {why}. Leave it out.")
    check_unread(args, why)


def _check_models(args: argparse.Namespace, is_folder: bool) -> None:
    """Refuse a choice of models where there are none, or all are drawn."""
    if args.models is None or (is_folder and args.kind in _OF_MODELS):
        return
    why = f"--kind {args.kind} draws all models" if is_folder else f"{args.file} holds one model"
    raise InputError(f"--models would have no effect: {why}. Leave it out.")


def _backtest_display(args: argparse.Namespace) -> Any:
    """Draw one kind of figure of a backtest."""
    from forecast.evaluation.results import Backtest
    from forecast.figures.backtests import BacktestDisplay
    from forecast.figures.calibration import CalibrationDisplay
    from forecast.figures.ranks import RankDisplay

    result = Backtest.load(args.file)
    if args.kind == "calibration":
        return CalibrationDisplay.from_backtest(result, "shares")
    if args.kind == "pit":
        return CalibrationDisplay.from_backtest(result, "pit")
    if args.kind == "ranks":
        return RankDisplay.from_backtest(result)
    target = result.settings.get("target")
    return BacktestDisplay.from_backtest(result, kind=args.kind, models=args.models, target=target)


def _forecaster_display(args: argparse.Namespace) -> Any:
    """Draw the forecast of a saved forecaster, or the gates of a saved network."""
    from forecast.figures.forecasts import ForecastDisplay
    from forecast.figures.gates import GateDisplay

    model = load_forecaster(args.file)
    asked = rows_to_forecast(model, args)
    if args.kind == "gates":
        # Of the window at the end of the memory: the newer rows count here as well.
        if not hasattr(model, "gates"):
            raise InputError(
                f"{args.file} holds {type(model).__name__}, which has no gates: "
                "fit one with --model lstm."
            )
        return GateDisplay.from_estimator(model)
    return ForecastDisplay.from_forecaster(
        model,
        asked,
        coverage=args.coverage or [0.9],
        target=str(model.target_names_[0]),
    )
