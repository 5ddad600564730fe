"""The command ``forecast``: backtest, compare, fit, predict, plot, datasets.

Only the standard library is imported here at first; each subcommand imports what it runs. Results
go to stdout, everything else to stderr. Exit codes: 0, 2 for a refused input (one sentence), 130
for Ctrl-C. Long because six subcommands stand here, each a parser and a function.
"""

from __future__ import annotations

import argparse
import logging
import math
import os
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from forecast import __version__

_SIMPLE = ("naive", "seasonal", "drift")
MODELS = (
    *_SIMPLE,
    "arima",
    "autoarima",
    "ets",
    "theta",
    "ensemble",
    "har",
    "garch",
    "ridge",
    "lstm",
    "gru",
)
_DATASETS: dict[str, dict[str, Any]] = {
    "weather": {
        "target": "temp",
        "past": ["dewp", "humid", "pressure", "wind_speed"],
        "horizon": 24,
        "origins": 28,
        "models": "naive,seasonal,arima,autoarima,ets,theta,ridge,lstm",
    },
    "stocks": {
        "target": "adjusted_close",
        "horizon": 5,
        "origins": 50,
        "models": "naive,drift,arima,autoarima,ets,theta,ridge,lstm",
    },
}


class _Parser(argparse.ArgumentParser):
    """An argument parser that refuses in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See '{self.prog} --help'.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        The exit code.
    """
    args = _parser().parse_args(argv)
    if not args.debug:
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    try:
        args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if args.debug:
            raise
        sys.stderr.write(f"forecast {args.command}: {' '.join(str(error).split())}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write(
            f"\nforecast {args.command}: stopped by Ctrl-C; nothing was left half-written.\n"
        )
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="forecast",
        description="Forecast time series with recurrent networks, ARIMA, exponential smoothing and naive methods.",
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"seqcast {__version__}",
        help="print the version and stop",
    )
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=_Parser, required=True
    )
    common = _Parser(add_help=False)
    common.add_argument("--quiet", action="store_true", help="nothing on stderr but errors")
    common.add_argument("--debug", action="store_true", help="errors with their traceback")
    for name, add, about in (
        ("backtest", _add_backtest, "forecast from many origins of the past and score every model"),
        (
            "compare",
            _add_compare,
            "say whether the models of a backtest differ by more than chance",
        ),
        ("fit", _add_fit, "learn from a table and save the forecaster"),
        ("predict", _add_predict, "forecast with a saved forecaster"),
        ("plot", _add_plot, "draw a saved forecaster's forecast, or a backtest"),
        ("datasets", _add_datasets, "list, describe or export the shipped data sets"),
    ):
        add(
            commands.add_parser(
                name, parents=[common], help=about, description=about.capitalize() + "."
            )
        )
    return parser


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", metavar="SOURCE", help="weather, stocks, or a CSV or Parquet file"
    )
    parser.add_argument(
        "--target", metavar="C", help="the column to forecast (default: the only numeric one)"
    )
    parser.add_argument(
        "--past", metavar="C,…", type=_names, help="columns observed but not known ahead"
    )
    parser.add_argument(
        "--future", metavar="C,…", type=_names, default=[], help="columns known ahead"
    )
    _add_reading(parser)
    parser.add_argument(
        "--horizon", metavar="H", type=_count, help="steps to forecast (default: a season, else 5)"
    )
    parser.add_argument(
        "--season-length",
        metavar="M",
        type=_count,
        help="rows in a season (default: by the frequency)",
    )
    parser.add_argument(
        "--lookback",
        metavar="L",
        type=_count,
        help="rows that windows hold (default: some seasons)",
    )
    parser.add_argument(
        "--seed", metavar="S", type=int, default=0, help="random state of the networks (default: 0)"
    )


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--time", metavar="C", help="the column of timestamps (default: found)")
    parser.add_argument(
        "--series", metavar="C", help="the column that names the series of a long table"
    )
    parser.add_argument(
        "--time-zone",
        metavar="Z",
        help="where times without a zone were noted, such as Europe/Berlin",
    )
    parser.add_argument(
        "--freq", metavar="F", help="mend holes and duplicates to this frequency, such as h or D"
    )
    parser.add_argument(
        "--fill", action="store_true", help="fill gaps with the last value before them"
    )


def _add_backtest(parser: argparse.ArgumentParser) -> None:
    _add_source(parser)
    parser.add_argument(
        "--origins",
        metavar="N",
        type=_count,
        help="how many origins (default: 10; weather 28, stocks 50)",
    )
    parser.add_argument(
        "--step",
        metavar="S",
        type=_count,
        help="rows from one origin to the next (default: the horizon)",
    )
    parser.add_argument(
        "--refit",
        metavar="WHEN",
        type=_refit,
        default="never",
        help="never (default), always, or every K origins",
    )
    parser.add_argument("--models", metavar="M,…", type=_names, help=f"of {', '.join(MODELS)}")
    parser.add_argument(
        "--quantiles",
        metavar="Q,…",
        type=_numbers,
        default=[0.05, 0.95],
        help="quantiles to forecast (default: 0.05,0.95)",
    )
    parser.add_argument(
        "--format",
        choices=("table", "csv", "json"),
        default="table",
        help="of the scores on stdout",
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="write the table, the scores, run.json and figures"
    )
    parser.add_argument("--force", action="store_true", help="replace a run that DIR already holds")
    parser.set_defaults(run=_backtest)


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="a folder written by forecast backtest --out"
    )
    parser.add_argument(
        "--metric",
        metavar="M",
        default="mae",
        help="a score, squared if it is a root (default: mae)",
    )
    parser.add_argument(
        "--reference",
        metavar="M",
        help="the model to compare with (default: the better of naive and seasonal, else the first)",
    )
    parser.add_argument(
        "--format",
        choices=("table", "csv", "json"),
        default="table",
        help="of the result on stdout",
    )
    parser.set_defaults(run=_compare, out=None)


def _add_fit(parser: argparse.ArgumentParser) -> None:
    _add_source(parser)
    parser.add_argument("--model", choices=MODELS, default="lstm", help="default: lstm")
    parser.add_argument(
        "--save", metavar="FILE", type=Path, required=True, help="where to save the forecaster"
    )
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    parser.set_defaults(run=_fit)


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a forecaster saved by forecast fit"
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        help="newer rows to observe first, and features known ahead",
    )
    _add_reading(parser)
    parser.add_argument(
        "--horizon",
        metavar="H",
        type=_count,
        help="steps to forecast (default: as learned, else a season)",
    )
    parser.add_argument(
        "--coverage",
        metavar="P",
        type=float,
        help="add an interval that should hold this share, such as 0.9",
    )
    parser.add_argument(
        "--format",
        choices=("table", "csv", "json"),
        default="table",
        help="of the forecast on stdout",
    )
    parser.add_argument(
        "--out", metavar="F.csv", type=Path, help="write the forecast to a CSV instead"
    )
    parser.add_argument("--force", action="store_true", help="replace F.csv if it exists")
    parser.set_defaults(run=_predict)


def _add_plot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE|DIR", type=Path, help="a saved forecaster, or a folder of a backtest"
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        help="as for predict: newer rows, features known ahead",
    )
    _add_reading(parser)
    parser.add_argument(
        "-o",
        "--out",
        metavar="PNG",
        type=Path,
        required=True,
        help="the picture to write (PNG, SVG or PDF)",
    )
    parser.add_argument(
        "--kind",
        choices=("forecasts", "step", "origin", "calibration", "pit", "ranks", "gates"),
        default="forecasts",
        help="errors by step or origin, calibration (as shares or as PIT histograms) or mean ranks of a backtest; "
        "gates of a saved network (default: forecasts)",
    )
    parser.add_argument(
        "--horizon",
        metavar="H",
        type=_count,
        help="steps of a forecaster's forecast (default: as learned, else a season)",
    )
    parser.add_argument(
        "--coverage",
        metavar="P,…",
        type=_numbers,
        default=[0.9],
        help="of the intervals, such as 0.5,0.8,0.95 (default: 0.9)",
    )
    parser.set_defaults(run=_plot)


def _add_datasets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="a data set to describe")
    parser.add_argument("--export", metavar="CSV", type=Path, help="write it to a CSV file")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    parser.set_defaults(run=_datasets)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _numbers(text: str) -> list[float]:
    try:
        return sorted(float(part) for part in _names(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of numbers such as 0.05,0.95"
        ) from None


def _count(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return value


def _refit(text: str) -> str | int:
    if text in ("never", "always"):
        return text
    try:
        return _count(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither never nor always nor a number of origins"
        ) from None


class _Source(NamedTuple):
    """A table as a command needs it."""

    X: Any
    y: Any
    past: list[str]
    future: list[str]
    frequency: Any
    season_length: int


def _load(args: argparse.Namespace) -> _Source:
    """Read SOURCE and choose its columns; say on stderr what was inferred."""
    from forecast.tables.frequency import infer_frequency

    frame = _read(args.source, args)
    defaults = _DATASETS.get(args.source, {})
    target = _column(args.target or defaults.get("target"), frame, args.source)
    past = [
        _column(name, frame, args.source)
        for name in (args.past if args.past is not None else defaults.get("past", []))
    ]
    future = [_column(name, frame, args.source) for name in args.future]
    chosen = [target, *past, *future]
    twice = {name for name in chosen if chosen.count(name) > 1}
    if twice:
        raise ValueError(
            f"the column {sorted(twice)[0]!r} has two parts to play: name it once among --target, --past, --future."
        )
    frequency = infer_frequency(frame.index)
    season = args.season_length or frequency.season_length
    _tell(args, _describe(args.source, frame, target, past, future, frequency, season))
    return _Source(frame[[*past, *future]], frame[target], past, future, frequency, season)


def _read(source: str, args: argparse.Namespace) -> Any:
    from forecast import load_stocks, load_weather, read

    if source == "weather":
        frame = load_weather(fill=True)
    elif source == "stocks":
        frame = load_stocks(None)
    else:
        frame = read(source, args.time, args.series, time_zone=args.time_zone, freq=args.freq)
    if args.fill:
        frame = frame.groupby(level=0).ffill() if frame.index.nlevels > 1 else frame.ffill()
    return frame


def _column(name: str | None, frame: Any, source: str) -> str:
    from forecast.validation import nearest

    columns = list(frame.columns)
    if name is None and len(columns) == 1:
        return str(columns[0])
    if name is None:
        raise ValueError(
            f"{source} has several numeric columns: name the one to forecast with --target; {nearest('', columns)}."
        )
    if name not in columns:
        raise ValueError(f"{source} has no numeric column {name!r}; {nearest(name, columns)}.")
    return name


def _describe(
    source: str,
    frame: Any,
    target: str,
    past: list[str],
    future: list[str],
    frequency: Any,
    season: int,
) -> str:
    many = frame.index.nlevels > 1
    times = frame.index.get_level_values(1) if many else frame.index
    series = f"{len(frame.index.unique(0))} series, " if many else ""
    columns = "".join(
        f", {what} {' '.join(names)}"
        for what, names in (("past", past), ("future", future))
        if names
    )
    return (
        f"{source}: {series}{len(frame)} rows from {times.min()} to {times.max()}; {frequency.describe()}, "
        f"season length {season}; target {target}{columns}"
    )


def _tell(args: argparse.Namespace, text: str) -> None:
    if not args.quiet:
        sys.stderr.write(text + "\n")


def _make(name: str, source: _Source, args: argparse.Namespace, horizon: int, rows: int) -> Any:
    """Build a model by its name, with settings that follow from the data: season, horizon, shortest series, rows."""
    from forecast import LSTMForecaster, NaiveForecaster, WindowForecaster

    season = source.season_length
    if name in _SIMPLE:
        return NaiveForecaster(season if name == "seasonal" else 1, drift=name == "drift")
    if name in ("arima", "autoarima", "ets", "theta", "ensemble"):
        return _statistical(name, source)
    if name in ("har", "garch"):
        return _volatility(name, source, horizon)
    lookback = args.lookback or _lookback(season, horizon, rows)
    windows: dict[str, Any] = {
        "lookback": lookback,
        "horizon": horizon,
        "past_features": source.past,
    }
    if name == "ridge":
        return WindowForecaster(**windows)
    samples = max(1, len(source.y) - lookback - horizon)  # about: all series together
    epochs, batch_size = min(60, max(5, 40_000 // samples)), 128 if samples >= 2000 else 32
    return LSTMForecaster(
        **windows,
        calendar=_calendar(source.frequency),
        cell=name,
        epochs=epochs,
        batch_size=batch_size,
        random_state=args.seed,
    )


def _statistical(name: str, source: _Source) -> Any:
    from forecast import (
        ARIMAForecaster,
        AutoARIMAForecaster,
        EnsembleForecaster,
        ETSForecaster,
        ThetaForecaster,
    )

    season = source.season_length
    if name == "arima":
        if (
            1 < season <= 24
        ):  # the airline model for months and the like, a decaying level for hours
            order = (0, 1, 1) if season <= 12 else (1, 0, 0)
            return ARIMAForecaster(order, (0, 1, 1, season), past_features=source.past)
        return ARIMAForecaster((1, 1, 1), past_features=source.past)
    automatic = {
        "autoarima": AutoARIMAForecaster(season, past_features=source.past),
        "ets": ETSForecaster(season),
        "theta": ThetaForecaster(season),
    }
    return EnsembleForecaster(list(automatic.values())) if name == "ensemble" else automatic[name]


def _volatility(name: str, source: _Source, horizon: int) -> Any:
    from forecast import GARCHForecaster, HARForecaster

    if name == "har":
        return HARForecaster(horizon=horizon)
    returns = [column for column in source.past if "return" in column] or source.past
    if len(returns) != 1:
        raise ValueError(
            "garch needs the returns: the only column of --past, or the only one whose name has 'return'."
        )
    return GARCHForecaster(returns[0])


def _calendar(frequency: Any) -> tuple[str, ...]:
    """Name what of a timestamp may matter: the hour or the day of the week, and the season of the year."""
    if len(frequency.seasons) > 1:
        return "hour", "day_of_year"
    return ("day_of_week", "day_of_year") if frequency.season_length == 7 else ()


def _lookback(season: int, horizon: int, rows: int) -> int:
    """Choose some seasons (or horizons) of history: at most seven, and a third of the rows to learn from."""
    unit = season if season > 1 else max(horizon, 8)
    fitting = [k * unit for k in range(1, 8) if k * unit + horizon <= rows // 3]
    return fitting[-1] if fitting else max(1, min(unit, rows // 3 - horizon))


def _horizon(args: argparse.Namespace, source: _Source) -> int:
    return (
        args.horizon
        or _DATASETS.get(args.source, {}).get("horizon")
        or (source.season_length if source.season_length > 1 else 5)
    )


def _shortest(y: Any, after: int = 0) -> int:
    """Return the rows of the shortest series before the last `after` moments, of those that have begun by then."""
    if y.index.nlevels == 1:
        return len(y) - after
    moments = y.index.unique(1).sort_values()
    return int(y[y.index.get_level_values(1) <= moments[-after - 1]].groupby(level=0).size().min())


def _backtest(args: argparse.Namespace) -> None:
    from forecast import RollingOrigin, backtest
    from forecast.files import claim
    from forecast.validation import nearest

    source, defaults = _load(args), _DATASETS.get(args.source, {})
    if args.out is not None:
        claim(args.out, args.force)  # before the work, not after it
    horizon, moments = _horizon(args, source), len(source.y.index.unique(-1))
    most = max(
        1, (moments // 2 - horizon) // (args.step or horizon) + 1
    )  # half of the table to learn from
    origins = args.origins or min(most, defaults.get("origins", 10))
    cv = RollingOrigin(horizon, origins, args.step)
    rows = _shortest(source.y, after=moments - 1 - cv.cuts(moments)[0][1])
    names = args.models or _names(
        defaults.get("models", "naive,seasonal,autoarima,ets,theta,ridge,lstm")
    )
    names = [
        n
        for n in dict.fromkeys(names)
        if n != "seasonal" or source.season_length > 1 or args.models
    ]
    for name in names:
        if name not in MODELS:
            raise ValueError(f"there is no model {name!r}; {nearest(name, MODELS)}.")
    models = {name: _make(name, source, args, horizon, rows) for name in names}
    _tell(
        args, f"{origins} origins × {horizon} steps, refit {args.refit}; models {', '.join(names)}"
    )
    result = backtest(
        models,
        source.X,
        source.y,
        cv,
        args.refit,
        args.quantiles,
        source.season_length,
        _Progress(args).step,
    )
    result.settings |= {"source": str(args.source), "target": str(source.y.name), "seed": args.seed}
    if args.out is not None:
        result.save(args.out, force=args.force)
        _draw(result, args.out)
        _tell(args, f"written to {args.out}: forecasts.parquet, scores.csv, run.json and figures")
    if result.settings["left_out"]:
        _tell(
            args,
            f"left out, since they begin after the first origin: {', '.join(result.settings['left_out'])}",
        )
    _print_scores(result, args.format)


def _draw(result: Any, folder: Path) -> None:
    from forecast.figures.axes import save_figure
    from forecast.figures.backtests import BacktestDisplay
    from forecast.figures.calibration import CalibrationDisplay

    for kind in ("forecasts", "step", "origin"):
        display: Any = BacktestDisplay.from_backtest(
            result, kind=kind, target=result.settings["target"]
        )
        save_figure(display.figure_, folder / f"{kind}.png")
    if len(result.quantiles) > 2:
        display = CalibrationDisplay.from_backtest(result)
        save_figure(display.figure_, folder / "calibration.png")


def _print_scores(result: Any, form: str) -> None:
    scores = result.scores().sort_values("mae", kind="stable")
    scores["seconds"] = [result.settings["seconds"][name] for name in scores.index]
    if form == "csv":
        sys.stdout.write(scores.to_csv())
    elif form == "json":
        sys.stdout.write(scores.to_json(orient="index", indent=1) + "\n")
    else:
        compared = None
        if len(scores) > 1:
            reference = _reference(result, "mae")
            compared = result.compare("mae", reference).set_index("model")
            verdicts = {name: _in_words(row) for name, row in compared.iterrows()}
            scores[f"against {reference}"] = [verdicts.get(name, "") for name in scores.index]
        sys.stdout.write(scores.to_string(float_format=_short, na_rep="undefined") + "\n\n")
        sys.stdout.write("\n".join([*_verdict(result, compared), *_notes(result)]) + "\n")


def _short(value: float) -> str:
    return f"{value:.3f}" if 0.01 <= abs(value) < 1000 or value == 0 else f"{value:.3g}"


def _in_words(row: Any) -> str:
    """Write a model's verdict with its p-value, if there is one."""
    return row["verdict"] + ("" if math.isnan(row["p_holm"]) else f", p = {row['p_holm']:.2g}")


def _reference(result: Any, metric: str) -> str:
    """Choose what models are compared with: the better of the naive forecasts, else the first model."""
    losses = result.losses(metric).mean()
    simple = losses[[name for name in ("naive", "seasonal") if name in losses.index]].dropna()
    return str(simple.idxmin() if len(simple) else losses.index[0])


def _verdict(result: Any, compared: Any) -> list[str]:
    """Say in words whether anything beat the naive forecasts, and whether that is more than chance."""
    from forecast.evaluation.significance import fewest_origins

    scores = result.scores()["mae"]
    others = scores.drop(["naive", "seasonal"], errors="ignore")
    if len(others) in (0, len(scores)):
        return []
    reference = compared["reference"].iloc[0]
    if scores[reference] == 0:
        return [f"The {reference} forecast is without error: there is nothing to beat."]
    winners = [name for name in others.index if compared["verdict"][name] == "better"]
    best = others[winners or others.index].idxmin()
    p_value, skill = compared["p_holm"][best], 1 - scores[best] / scores[reference]
    test = f"Diebold-Mariano p = {p_value:.2g}" + f", adjusted for {len(compared)} comparisons" * (
        len(compared) > 1
    )
    if math.isnan(p_value):
        needed = fewest_origins(result.overlap)
        test = (
            f"too few origins to test it, {needed} are needed"
            if "few" in compared["verdict"][best]
            else "which cannot be tested"
        )
    words = f"MAE {_short(scores[best])} against {_short(scores[reference])}, {test}"
    if winners:
        return [f"{best} beat the {reference} forecast by {skill:.1%} ({words})."]
    if skill <= 0:
        return [
            f"Nothing beat the {reference} forecast: the best other, {best}, is {-skill:.1%} worse ({words})."
        ]
    if math.isnan(p_value):
        return [f"{best} is {skill:.1%} ahead of the {reference} forecast ({words})."]
    return [
        f"Nothing beat the {reference} forecast by more than chance: {best} is {skill:.1%} ahead ({words})."
    ]


def _notes(result: Any) -> list[str]:
    """Name the series whose scaled errors are undefined."""
    unseen = result.settings["left_out"]
    constant = [
        name
        for name, scale in result.settings["scales"].items()
        if not scale and name not in unseen
    ]
    if not constant:
        return []
    what = "Constant, or not longer than a season, before the first origin, so mase and rmsse are undefined"
    return [f"{what}: {', '.join(constant)}."]


def _compare(args: argparse.Namespace) -> None:
    from forecast import Backtest
    from forecast.evaluation.results import ROOTS

    result = Backtest.load(args.folder)
    table = result.compare(args.metric, args.reference or _reference(result, args.metric))
    if args.format != "table":
        _print_table(table, args)
        return
    significant = dict.fromkeys(("statistic", "p_value", "p_holm"), "{:.2g}".format)
    aligned = table.to_string(
        index=False, float_format="{:.4g}".format, formatters=significant, na_rep=""
    )
    loss = f"squared {args.metric}" if args.metric in ROOTS else args.metric
    origins = f"{loss} of {result.forecasts['origin'].nunique()} origins; a difference below 0 is better; "
    origins += "lower and upper hold it with 95 % (as p_value does, for each model alone)"
    sys.stdout.write(
        "\n\n".join([aligned, "\n".join([origins, *_ranked(result, args.metric)])]) + "\n"
    )


def _ranked(result: Any, metric: str) -> list[str]:
    """Say how the models rank over many series."""
    if result.forecasts["series"].nunique() == 1:
        return []
    try:
        ranking = result.ranks(metric)
    except ValueError as error:
        return [f"no ranks over series: {error}"]
    ranks = ", ".join(f"{model} {rank:.2f}" for model, rank in ranking.ranks.items())
    return [
        f"mean ranks over {ranking.rows} series: {ranks}; Friedman p = {ranking.p_value:.2g}, "
        f"ranks {ranking.critical_difference:.2f} apart differ by more than chance"
    ]


class _Progress(logging.Handler):
    """A bar on stderr, where that is a terminal: of a model's origins, and of a network's epochs, which it logs."""

    def __init__(self, args: argparse.Namespace):
        super().__init__()
        self.shown = sys.stderr.isatty() and not args.quiet
        self.started = time.monotonic()
        training = logging.getLogger("forecast.recurrent.training")
        training.handlers[:] = [self]
        training.propagate = False
        training.setLevel(logging.INFO if self.shown else logging.WARNING)

    def step(self, name: str, done: int, total: int) -> None:
        """Show how far a model is."""
        self._draw(name, done, total, "origins")

    def emit(self, record: logging.LogRecord) -> None:
        """Show how far a network is."""
        if isinstance(record.args, tuple):
            done, total, losses = record.args
            self._draw("training", int(str(done)), int(str(total)), f"epochs, {losses}")

    def _draw(self, name: str, done: int, total: int, what: str) -> None:
        if self.shown:
            filled = 24 * done // total
            bar = "█" * filled + "·" * (24 - filled)
            seconds = time.monotonic() - self.started
            sys.stderr.write(f"\r{name:10s} {bar} {done}/{total} {what}, {seconds:.0f} s \x1b[K")
            sys.stderr.write("\n" if done == total else "")
            sys.stderr.flush()


def _fit(args: argparse.Namespace) -> None:
    from forecast import save
    from forecast.exceptions import FitInterrupted

    if not args.save.parent.is_dir():
        raise ValueError(
            f"cannot write {args.save}: there is no folder {args.save.parent}. Choose another place."
        )
    if args.save.is_dir():
        raise ValueError(f"cannot write {args.save}: it is a folder. Name a file.")
    if args.save.exists() and not args.force:
        raise ValueError(f"{args.save} exists: choose another file, or replace it with --force.")
    source = _load(args)
    model = _make(args.model, source, args, _horizon(args, source), _shortest(source.y))
    if len(source.X.columns) and not model._reads_features:
        _tell(args, f"{args.model} reads no columns: {', '.join(source.X.columns)} are left out")
    _Progress(args)
    started = time.monotonic()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", FitInterrupted)
        model.fit(source.X[[]] if args.model in _SIMPLE else source.X, source.y)
    save(model, args.save)
    seconds = f"learned in {time.monotonic() - started:.1f} s"
    _tell(
        args, "\n".join([seconds, *(str(w.message) for w in said if w.category is FitInterrupted)])
    )
    sys.stdout.write(f"{args.save}: {' '.join(repr(model).split())}\n")


def _predict(args: argparse.Namespace) -> None:
    from forecast import load

    if args.out is not None and args.out.exists() and not args.force:
        raise ValueError(f"{args.out} exists: choose another file, or replace it with --force.")
    model = _forecaster(load(args.file), args.file)
    asked = _asked(model, args)
    table = model.forecast(asked, coverage=args.coverage)
    table.index.names = ["timestamp"] if table.index.nlevels == 1 else ["series", "timestamp"]
    _print_table(table.reset_index(), args)


def _forecaster(model: Any, file: Path) -> Any:
    if not hasattr(model, "memory_"):
        raise ValueError(
            f"{file} holds {type(model).__name__}, which is no fitted forecaster: make one with forecast fit."
        )
    return model


def _asked(model: Any, args: argparse.Namespace) -> Any:
    """Return what to ask a forecaster for: the horizon given, else learned, else a season; or the rows of SOURCE."""
    horizon = int(
        args.horizon
        or getattr(model, "horizon", 0)
        or max(model.memory_.frequency.season_length, 5)
    )
    return horizon if args.source is None else _observe(model, args, horizon)


def _observe(model: Any, args: argparse.Namespace, horizon: int) -> Any:
    """Let a forecaster see the newer rows of SOURCE; return what to ask it for."""
    from forecast.tables.intake import check_series, series_numbers

    frame = _read(args.source, args)
    target, features = model.target_names_[0], list(getattr(model, "feature_names_in_", []))
    if target not in frame.columns and features:
        frame[target] = float("nan")  # future rows alone
    for name in (target, *features):
        _column(name, frame, args.source)
    ends = dict(zip(model.memory_.names, model.memory_.times[model.memory_.last], strict=True))
    many = frame.index.nlevels > 1
    times = frame.index.get_level_values(-1)
    check_series(frame.index, model.memory_.names)
    series_numbers(frame.index.unique(0) if many else [None], model.memory_.names)
    model.memory_.frequency.check_kind(times, model.memory_.times[-1])
    newer = [t > ends[k] for k, t in frame.index] if many else times > ends[None]
    frame = frame[newer]
    seen = (
        frame[target][::-1].notna().groupby(level=0).cummax()[::-1]
        if many
        else frame[target][::-1].notna().cummax()[::-1]
    )
    if seen.any():
        model.update(frame.loc[seen, features], frame.loc[seen, target])
    _tell(args, f"observed {int(seen.sum())} newer rows of {args.source}")
    ahead = frame.loc[~seen, features]
    past = {name for name, unknown in zip(features, model._past, strict=False) if unknown}
    if not set(features) - past:
        return horizon
    if not len(ahead):
        raise ValueError(
            f"{args.source} has no row with {target!r} empty: rows to forecast need their features known ahead."
        )
    rows = int(ahead.groupby(level=0).size().min()) if many else len(ahead)
    if args.horizon and rows < horizon:
        raise ValueError(
            f"{args.source} has {rows} rows to forecast; --horizon {horizon} needs {horizon}. Add the others."
        )
    return ahead.groupby(level=0).head(horizon) if many else ahead.head(horizon)


def _print_table(table: Any, args: argparse.Namespace) -> None:
    if args.out is not None:
        from forecast.files import write_beside

        write_beside(args.out, lambda p: table.to_csv(p, index=False))
        _tell(args, f"written to {args.out}: {len(table)} rows")
    elif args.format == "csv":
        sys.stdout.write(table.to_csv(index=False))
    elif args.format == "json":
        sys.stdout.write(table.to_json(orient="records", date_format="iso", indent=1) + "\n")
    else:
        sys.stdout.write(table.to_string(index=False) + "\n")


def _plot(args: argparse.Namespace) -> None:
    from forecast.figures.axes import save_figure

    folder = args.file.is_dir()
    kinds = (
        ("forecasts", "step", "origin", "calibration", "pit", "ranks")
        if folder
        else ("forecasts", "gates")
    )
    if args.kind not in kinds:
        what = "the folder of a backtest" if folder else "no folder of a backtest"
        raise ValueError(
            f"{args.file} is {what}: --kind may be {' or '.join(kinds)} there; got {args.kind}."
        )
    display = _backtest_display(args) if folder else _forecaster_display(args)
    save_figure(display.figure_, args.out)
    sys.stdout.write(f"{args.out}\n")


def _backtest_display(args: argparse.Namespace) -> Any:
    from forecast import Backtest, BacktestDisplay, CalibrationDisplay, RankDisplay

    result = Backtest.load(args.file)
    if args.kind in ("calibration", "pit"):
        return CalibrationDisplay.from_backtest(result, "pit" if args.kind == "pit" else "shares")
    if args.kind == "ranks":
        return RankDisplay.from_backtest(result)
    return BacktestDisplay.from_backtest(
        result, kind=args.kind, target=result.settings.get("target")
    )


def _forecaster_display(args: argparse.Namespace) -> Any:
    from forecast import ForecastDisplay, GateDisplay, load

    model = _forecaster(load(args.file), args.file)
    asked = _asked(model, args)
    if args.kind == "forecasts":
        return ForecastDisplay.from_forecaster(
            model,
            asked,
            coverage=args.coverage,
            history=_history(model),
            target=str(model.target_names_[0]),
        )
    if not hasattr(model, "gates"):
        raise ValueError(
            f"{args.file} holds {type(model).__name__}, which has no gates: fit one with --model lstm."
        )
    return GateDisplay.from_estimator(model)


def _history(model: Any) -> Any:
    """Return what a forecaster remembers of its only target; one row alone is no line to draw."""
    import numpy as np
    import pandas as pd

    panel = model.memory_
    if panel.lengths.max() < 2:
        return None
    return pd.Series(
        panel.y[:, 0], index=panel.index(np.arange(len(panel))), name=str(model.target_names_[0])
    )


def _datasets(args: argparse.Namespace) -> None:
    from forecast.tables import datasets
    from forecast.validation import nearest

    catalogue = {entry.name: entry for entry in datasets.catalogue()}
    if args.name is None:
        if args.export is not None:
            raise ValueError(
                f"--export {args.export} needs the NAME of a data set; {nearest('', catalogue)}."
            )
        for entry in catalogue.values():
            sys.stdout.write(f"{entry.name:8s} {entry.rows:6d} rows  {entry.description}\n")
        return
    if args.name not in catalogue:
        raise ValueError(f"there is no data set {args.name!r}; {nearest(args.name, catalogue)}.")
    if args.export is None:
        sys.stdout.write(catalogue[args.name].card())
        return
    if args.export.exists() and not args.force:
        raise ValueError(f"{args.export} exists: choose another file, or replace it with --force.")
    frame = catalogue[args.name].loader(None)
    args.format, args.out = "csv", args.export
    _print_table(frame.reset_index(), args)
