"""SOURCE, reduced to the columns and the rows that a command needs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from forecast.cli.arguments import count, names
from forecast.cli.common import Parser, tell
from forecast.cli.reading import add_reading, fill_history, read_source
from forecast.exceptions import InputError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.tables.reading.reader import Reading


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

    X: pd.DataFrame  # past columns, then future columns, up to the last value of y
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


def load(args: argparse.Namespace) -> Source:
    """Read SOURCE and choose its columns; say on stderr what was inferred and what was done."""
    from forecast.presets import default_horizon
    from forecast.tables.frequency import infer_frequency
    from forecast.tables.unobserved import part_at_last_value

    reading = read_source(args)
    defaults = _SHIPPED.get(args.source, Defaults())
    target = column(args.target or defaults.target, reading, args.source)
    # An empty --past takes back what is assumed of a shipped data set.
    wanted = defaults.past if args.past is None else args.past
    past = [column(name, reading, args.source) for name in wanted]
    future = [column(name, reading, args.source) for name in args.future]
    _check_once([target, *past, *future])

    # Rows before the first value have not begun, rows after the last one are to be forecast:
    # neither is a gap.
    frame, filled = chosen_columns(reading, [target, *past, *future], target, args)
    parts = part_at_last_value(frame[[*past, *future]], frame[target])
    _check_begun(parts.X, args.source)
    early = len(frame) - len(parts.y) - len(parts.ahead)
    frequency = infer_frequency(frame.index)
    season = args.season_length or frequency.season_length

    # What nobody has said is told, so that a wrong guess is seen.
    rows = f"{_extent(frame)}; {frequency.describe()}, season length {season}"
    lines = [f"{args.source}: {rows}; {_parts(target, past, future)}"]
    notes = [*reading.notes, *filled, *_of_rows_without_target(early, len(parts.ahead))]
    tell(args, "\n".join([*lines, *listed(notes)]))
    return Source(
        X=parts.X,
        y=parts.y,
        past=past,
        season_length=season,
        # Said, else usual for the data set, else by the season.
        horizon=args.horizon or defaults.horizon or default_horizon(season),
        defaults=defaults,
    )


def chosen_columns(
    reading: Reading, columns: list[str], target: str, args: argparse.Namespace
) -> tuple[pd.DataFrame, list[str]]:
    """Return the columns of a table, filled if --fill says so, and what was filled."""
    frame = reading.frame[columns]
    if not args.fill:
        return frame, []
    frame, n_filled = fill_history(frame, target)
    return frame, [f"filled {counted(n_filled, 'cell')} with the value before"] if n_filled else []


def _check_begun(X: pd.DataFrame, source: str) -> None:
    """Refuse a column that begins after the target does: there is no value to fill its gap with."""
    groups = X.groupby(level=0) if X.index.nlevels > 1 else X
    has_begun = groups.ffill().notna()
    for name in X.columns:
        if has_begun[name].all():
            continue
        first = X.index[int(has_begun[name].argmin())]
        raise InputError(
            f"{source} has no {name!r} at {_said(first)}, nor before, but a target: leave it out of "
            "--past and --future, or remove the rows without it from the beginning of the file."
        )


def _said(row: Any) -> str:
    """Name a row by its moment, and by its series where there are several."""
    return f"{row[1]} of series {row[0]!r}" if isinstance(row, tuple) else str(row)


def listed(notes: list[str]) -> list[str]:
    """Return a line for each thing that was done to a table."""
    return [f"  {note}" for note in notes]


def counted(n: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _of_rows_without_target(early: int, ahead: int) -> list[str]:
    """Say what becomes of rows before the first value of the target and after the last one."""
    notes = []
    if early:
        notes.append(f"left out {counted(early, 'row')} before the first value of the target")
    if ahead:
        notes.append(f"{counted(ahead, 'row')} without a target at the end: to be forecast")
    return notes


def column(name: str | None, reading: Reading, source: str) -> str:
    """Return the name of a column if it is there; without a name, that of the only one."""
    from forecast.validation import nearest

    columns = list(reading.frame.columns)
    left_out = [note for note in reading.notes if note.startswith("left out ")]
    # No column is guessed at where there is a choice, or was one before some were left out.
    if name is None and len(columns) == 1 and not left_out:
        return str(columns[0])
    if name is None:
        several = "several numeric columns" if len(columns) > 1 else "more than one column"
        why = "".join(f"; {note}" for note in left_out)
        raise InputError(
            f"{source} has {several}: name the one to forecast with --target; "
            f"{nearest('', columns)}{why}."
        )
    if name not in columns:
        why = "".join(f"; {note}" for note in left_out if repr(name) in note)
        raise InputError(f"{source} has no numeric column {name!r}; {nearest(name, columns)}{why}.")
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
