"""SOURCE: a shipped data set or a file, read and reduced to the columns that a command needs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from forecast.cli.common import Parser, count, names, tell
from forecast.exceptions import InputError

if TYPE_CHECKING:
    import pandas as pd


class Defaults(NamedTuple):
    """What is assumed of a source where no option says otherwise."""

    target: str | None = None
    past: tuple[str, ...] = ()
    horizon: int | None = None
    origins: int = 10
    models: tuple[str, ...] = ("naive", "seasonal", "autoarima", "ets", "theta", "ridge", "lstm")


_SHIPPED = {
    "weather": Defaults(
        target="temp",
        past=("dewp", "humid", "pressure", "wind_speed"),
        horizon=24,
        origins=28,
        models=("naive", "seasonal", "arima", "autoarima", "ets", "theta", "ridge", "lstm"),
    ),
    "stocks": Defaults(
        target="adjusted_close",
        horizon=5,
        origins=50,
        models=("naive", "drift", "arima", "autoarima", "ets", "theta", "ridge", "lstm"),
    ),
}


class Source(NamedTuple):
    """A table as a command needs it."""

    X: pd.DataFrame  # past columns, then future columns
    y: pd.Series
    past: list[str]
    season_length: int
    horizon: int
    defaults: Defaults


def add_source(parser: Parser) -> None:
    """Add SOURCE and the options that say what to forecast, and how far."""
    parser.add_argument(
        "source", metavar="SOURCE", help="weather, stocks, or a CSV or Parquet file"
    )
    parser.add_argument(
        "--target", metavar="C", help="the column to forecast (default: the only numeric one)"
    )
    parser.add_argument(
        "--past", metavar="C,…", type=names, help="columns observed but not known ahead"
    )
    parser.add_argument(
        "--future", metavar="C,…", type=names, default=[], help="columns known ahead"
    )
    add_reading(parser)
    _add_settings(parser)


def _add_settings(parser: Parser) -> None:
    """Add the options that replace what the presets of the models follow from."""
    parser.add_argument(
        "--horizon", metavar="H", type=count, help="steps to forecast (default: a season, else 5)"
    )
    parser.add_argument(
        "--season-length",
        metavar="M",
        type=count,
        help="rows in a season (default: by the frequency)",
    )
    parser.add_argument(
        "--lookback",
        metavar="L",
        type=count,
        help="rows that windows hold (default: some seasons)",
    )
    parser.add_argument(
        "--seed", metavar="S", type=int, default=0, help="random state of the networks (default: 0)"
    )


def add_reading(parser: Parser) -> None:
    """Add the options that say how SOURCE is read."""
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


def load(args: argparse.Namespace) -> Source:
    """Read SOURCE and choose its columns; say on stderr what was inferred."""
    from forecast.presets import default_horizon
    from forecast.tables.frequency import infer_frequency

    frame = read_source(args)
    defaults = _SHIPPED.get(args.source, Defaults())
    target = column(args.target or defaults.target, frame, args.source)
    # An empty --past takes back what is assumed of a shipped data set.
    wanted = defaults.past if args.past is None else args.past
    past = [column(name, frame, args.source) for name in wanted]
    future = [column(name, frame, args.source) for name in args.future]
    _check_once([target, *past, *future])

    frequency = infer_frequency(frame.index)
    season = args.season_length or frequency.season_length
    # What nobody has said is told, so that a wrong guess is seen.
    rows = f"{_extent(frame)}; {frequency.describe()}, season length {season}"
    tell(args, f"{args.source}: {rows}; {_parts(target, past, future)}")
    return Source(
        X=frame[[*past, *future]],
        y=frame[target],
        past=past,
        season_length=season,
        # Said, else usual for the data set, else by the season.
        horizon=args.horizon or defaults.horizon or default_horizon(season),
        defaults=defaults,
    )


def read_source(args: argparse.Namespace) -> pd.DataFrame:
    """Read SOURCE as the options of `add_reading` say."""
    from forecast.tables.datasets import load_stocks, load_weather
    from forecast.tables.reading.reader import read

    if args.source == "weather":
        frame = load_weather(fill=True)
    elif args.source == "stocks":
        frame = load_stocks(None)
    else:
        frame = read(args.source, args.time, args.series, time_zone=args.time_zone, freq=args.freq)
    if not args.fill:
        return frame
    # The last value of a series is none of the next one's.
    return frame.groupby(level=0).ffill() if frame.index.nlevels > 1 else frame.ffill()


def column(name: str | None, frame: pd.DataFrame, source: str) -> str:
    """Return the name of a column if it is there; without a name, that of the only one."""
    from forecast.validation import nearest

    columns = list(frame.columns)
    # No column is guessed at where there is a choice.
    if name is None and len(columns) == 1:
        return str(columns[0])
    if name is None:
        raise InputError(
            f"{source} has several numeric columns: name the one to forecast with --target; "
            f"{nearest('', columns)}."
        )
    if name not in columns:
        raise InputError(f"{source} has no numeric column {name!r}; {nearest(name, columns)}.")
    return name


def _check_once(chosen: list[str]) -> None:
    """Refuse a column that is chosen twice."""
    twice = sorted(name for name in chosen if chosen.count(name) > 1)
    if twice:
        raise InputError(
            f"the column {twice[0]!r} has two parts to play: "
            "name it once among --target, --past, --future."
        )


def _extent(frame: pd.DataFrame) -> str:
    """Say how many series and rows there are, from when to when."""
    times = frame.index.get_level_values(-1)
    extent = f"{len(frame)} rows from {times.min()} to {times.max()}"
    if frame.index.nlevels > 1:
        extent = f"{len(frame.index.unique(0))} series, {extent}"
    return extent


def _parts(target: str, past: list[str], future: list[str]) -> str:
    """Say which part each column plays."""
    parts = [f"target {target}"]
    if past:
        parts.append(f"past {' '.join(past)}")
    if future:
        parts.append(f"future {' '.join(future)}")
    return ", ".join(parts)
