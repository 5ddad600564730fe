"""SOURCE, reduced to the columns and the rows that a command needs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from forecast.cli.arguments import Address, count, names
from forecast.cli.columns import check_begun, choose_roles, chosen_columns
from forecast.cli.common import SETTINGS, TO_FORECAST, Parser, listed, tell
from forecast.cli.reading import READING, add_reading, read_source
from forecast.presets import TRANSFORMS, preset
from forecast.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


# What every default list ends with.
_LAST = ("ets", "theta", "ridge", "lstm")


class Defaults(NamedTuple):
    """What is assumed of a source where no option says otherwise."""

    target: str | None = None
    past: tuple[str, ...] = ()
    horizon: int | None = None
    origins: int = 28  # fewer tell little differences from chance hardly ever
    models: tuple[str, ...] = ("naive", "seasonal", "pretrained", "autoarima", *_LAST)


_SHIPPED = {
    "weather": Defaults(
        target="temp",
        past=("dewp", "humid", "pressure", "wind_speed"),
        horizon=24,
        origins=90,
        models=("naive", "seasonal", "pretrained", "arima", "autoarima", *_LAST),
    ),
    "stocks": Defaults(
        target="adjusted_close",
        horizon=5,
        origins=50,
        models=("naive", "drift", "pretrained", "arima", "autoarima", *_LAST),
    ),
}


# The options that decide what is learned: a run keeps them, and `fit --from` goes on from them.
OPTIONS = (
    *("source", "target", "past", "future", "horizon", "season_length", "lookback", "seed"),
    *("transform", "lower", "upper"),
    *READING,
)


class Source(NamedTuple):
    """A table as a command needs it."""

    X: pd.DataFrame  # past columns, then future columns, up to the last value of y
    y: pd.Series
    ahead: pd.DataFrame  # the rows of both that follow
    targets: list[str]  # the columns that y is made of
    past: list[str]
    future: list[str]
    season_length: int
    horizon: int
    defaults: Defaults
    notes: list[str]  # what was read, inferred and done, in words
    marks: Mapping[str, str]  # the signs of the file


def add_source(parser: Parser, needed: bool = True) -> None:
    """Add SOURCE and the options that say what to forecast, and how far."""
    parser.add_argument(
        "source",
        metavar="SOURCE",
        type=Address,
        nargs=None if needed else "?",
        help="weather, stocks, a file of CSV, Excel, Parquet or JSON records, a folder of Parquet "
        "files, the address of a database or of files elsewhere, or - for standard input",
    )
    group = parser.group(TO_FORECAST)
    group.add_argument(
        "--target",
        metavar="C,…",
        type=names,
        help="the columns to forecast, several as so many series (default: the only numeric one)",
    )
    group.add_argument(
        "--past", metavar="C,…", type=names, help="columns observed but not known ahead"
    )
    group.add_argument("--future", metavar="C,…", type=names, help="columns known ahead")
    add_reading(parser)
    _add_settings(parser)
    _add_range(parser)


def _add_settings(parser: Parser) -> None:
    """Add the options that replace what the presets of the models follow from."""
    parser.group(TO_FORECAST).add_argument(
        "--horizon", metavar="H", type=count, help="steps to forecast (default: a season, else 5)"
    )
    group = parser.group(SETTINGS)
    group.add_argument(
        "--season-length",
        metavar="M",
        type=count,
        help="rows in a season (default: by the frequency)",
    )
    group.add_argument(
        "--lookback",
        metavar="L",
        type=count,
        help="rows that windows hold (default: some seasons)",
    )
    group.add_argument(
        "--seed", metavar="S", type=int, help="random state of the networks (default: 0)"
    )


def _add_range(parser: Parser) -> None:
    """Add the options that say which function of the target is learned, and what it can be."""
    group = parser.group(SETTINGS)
    group.add_argument(
        "--transform",
        choices=TRANSFORMS,
        help="learn this function of the target; forecasts are in its own unit",
    )
    group.add_argument(
        "--lower", metavar="A", type=float, help="the least value that the target can have"
    )
    group.add_argument(
        "--upper", metavar="B", type=float, help="the largest value that the target can have"
    )


def load(args: argparse.Namespace) -> Source:
    """Read SOURCE and choose its columns; say on stderr what was inferred and what was done."""
    from forecast.presets import default_horizon
    from forecast.tables.frequency import infer_frequency
    from forecast.tables.unobserved import part_at_last_value

    reading = read_source(args)
    defaults = _SHIPPED.get(args.source, Defaults())
    roles = choose_roles(reading, args, defaults.target, defaults.past)
    frame, filled = chosen_columns(reading, roles, args)
    # Rows before the first value have not begun, rows after the last one are to be forecast:
    # neither is a gap.
    parts = part_at_last_value(frame[roles.features], frame[roles.value])
    check_begun(parts.X, args.source)
    frequency = infer_frequency(frame.index)
    season = args.season_length or frequency.season_length
    # Said, else usual for the data set, else by the season.
    horizon = args.horizon or defaults.horizon or default_horizon(season)

    # What nobody has said is told, so that a wrong guess is seen.
    rows = f"{_extent(frame)}; {frequency.describe()}, season length {season}"
    early = len(frame) - len(parts.y) - len(parts.ahead)
    done = [*reading.notes, *filled, *_of_rows_without_target(early, len(parts.ahead))]
    name = "standard input" if args.source == "-" else args.source
    read = f"{name}: {rows}; {roles.describe()}"
    tell(args, "\n".join([read, *listed(done)]))
    return Source(
        X=parts.X,
        y=parts.y,
        ahead=parts.ahead,
        targets=roles.targets,
        past=roles.past,
        future=roles.future,
        season_length=season,
        horizon=horizon,
        defaults=defaults,
        notes=[read, *done],
        marks=reading.marks,
    )


def _of_rows_without_target(early: int, ahead: int) -> list[str]:
    """Say what becomes of rows before the first value of the target and after the last one."""
    notes = []
    if early:
        notes.append(f"left out {counted(early, 'row')} before the first value of the target")
    if ahead:
        notes.append(f"{counted(ahead, 'row')} without a target at the end: to be forecast")
    return notes


def _extent(frame: pd.DataFrame) -> str:
    """Say how many series and rows there are, from when to when."""
    times = frame.index.get_level_values(-1)
    # Together, days are written without hours.
    first, last = times[[int(times.argmin()), int(times.argmax())]].astype(str)
    extent = f"{len(frame)} rows from {first} to {last}"
    if frame.index.nlevels > 1:
        extent = f"{len(frame.index.unique(0))} series, {extent}"
    return extent


def configured(model: str, y: pd.Series, source: Source, args: argparse.Namespace) -> Any:
    """Make a model, with settings that follow from the options and from the rows to learn from.

    Where a coverage was asked for, intervals of so much come from held-out errors.
    """
    return preset(
        model,
        y,
        horizon=source.horizon,
        past_features=source.past,
        season_length=source.season_length,
        lookback=args.lookback,
        random_state=args.seed or 0,
        transform=args.transform,
        lower=args.lower,
        upper=args.upper,
        coverage=getattr(args, "coverage", None),
    )


def unread_columns(forecaster: Any, source: Source) -> list[str]:
    """Return the columns that were named, but of which a forecaster makes no use."""
    if not forecaster._reads_features:
        return list(source.X.columns)
    if not forecaster._reads_past_features:
        return source.past
    return []
