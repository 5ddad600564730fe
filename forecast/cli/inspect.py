"""``forecast inspect``: say what a table is like, and what is wrong with it."""

from __future__ import annotations

import argparse
import io
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from forecast.cli.arguments import Address
from forecast.cli.columns import column
from forecast.cli.common import (
    Parser,
    add_command,
    check_free,
    check_table,
    listed,
    tell,
    write_table,
)
from forecast.cli.reading import add_reading, read_source
from forecast.exceptions import InputError, Remedy

if TYPE_CHECKING:
    import pandas as pd

    from forecast.profiling.profile import Profile
    from forecast.tables.reading.reader import Reading

_STDIN = "-"


class _Look(NamedTuple):
    """A table that was read, whatever had to be said for that."""

    reading: Reading
    faults: list[str]  # why it was refused before
    options: dict[str, Any]  # by which it is read; `fill` where rows are missing
    is_filled: bool  # whether the user has asked for that


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "say what a table is like, what is wrong with it, and repair it"
    parser = add_command(commands, "inspect", about, parents)
    parser.add_argument(
        "source",
        metavar="SOURCE",
        type=Address,
        help="weather, stocks, a file of CSV, Excel, Parquet or JSON records, or - for "
        "standard input",
    )
    parser.add_argument(
        "--target",
        metavar="C",
        help="the column to forecast, which alone is looked at closely (default: the first twelve)",
    )
    add_reading(parser)
    parser.add_argument(
        "--format",
        choices=("words", "json"),
        default="words",
        help="of the profile on stdout (default: words)",
    )
    parser.add_argument(
        "-o",
        "--out",
        metavar="PNG",
        type=Path,
        help="the picture to write (PNG, SVG or PDF): the series, its parts, its autocorrelation",
    )
    parser.add_argument(
        "--repair",
        metavar="OUT",
        type=Path,
        help="write the regular table, its gaps filled, as .csv or .parquet",
    )
    parser.add_argument("--force", action="store_true", help="replace files that exist")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Read SOURCE, say what it is like, draw it and write it anew."""
    from forecast.profiling.profile import Profile
    from forecast.tables.timeline import fill_gaps

    check_free(args.out, args.force)
    check_table(args.repair, args.force)
    look = _read_on(args)
    reading = look.reading
    target = None if args.target is None else column(args.target, reading, args.source)
    # Where --fill says so, the table is looked at as other commands see it.
    frame, filled = fill_gaps(reading.frame, target) if look.is_filled else (reading.frame, [])
    profile = Profile.from_frame(
        frame, target, notes=[*reading.notes, *filled], marks=reading.marks, faults=look.faults
    )
    _print(profile, args)
    if args.out is not None:
        _draw(frame, profile, args)
    if args.repair is not None:
        _repair(frame, profile, args)
    elif look.options:
        flags = Remedy("{}", look.options).at_command_line()
        tell(args, f"other commands read it with {flags}; --repair FILE writes it regular")


def _read_on(args: argparse.Namespace) -> _Look:
    """Read SOURCE, with the options that its refusals name where only one answer is possible."""
    from forecast.profiling.remedies import options_from

    _keep_input(args)
    by_user = dict(vars(args))
    refusals: list[tuple[InputError, dict[str, Any]]] = []
    said: dict[str, Any] = {}
    while True:
        try:
            reading = _read(args)
        except InputError as error:
            options = options_from(error, by_user)
            if options is None or _holds(said, options):
                raise _with_what_was_said(error, said) from None
            refusals.append((error, options))
            said |= options
            # Holes are to be seen: they are filled when the table is written.
            given = {name: value for name, value in options.items() if name != "fill"}
            vars(args).update(given)
        else:
            # A later refusal may have had a better answer.
            kept = [each for each in refusals if _holds(said, each[1])]
            faults = [fault for each in kept for fault in _told(*each)]
            return _Look(reading, faults, said, args.fill)


def _holds(said: dict[str, Any], options: dict[str, Any]) -> bool:
    """Whether all of these options are among those that were said."""
    return all(said.get(name) == value for name, value in options.items())


def _with_what_was_said(error: InputError, said: dict[str, Any]) -> InputError:
    """Return a refusal that says the flags by which SOURCE has been read up to it."""
    if not said:
        return error
    fault, remedy, flags = error.args
    so_far = Remedy("{}", said).at_command_line()
    return InputError(f"{fault} That is so with {so_far}, which it needs as well.", remedy, flags)


def _told(error: InputError, options: dict[str, Any]) -> list[str]:
    """Say why SOURCE was refused, and how it was read instead; nothing of mere holes."""
    from forecast.profiling.remedies import only_opens_rows

    fault, remedy, flags = error.args
    offered = flags or remedy
    is_only = len(offered.options) == 1
    if is_only and only_opens_rows(options):
        return []
    said = fault if is_only else error.at_command_line()
    return [f"{said} It was read with {Remedy('{}', options).at_command_line()}."]


def _keep_input(args: argparse.Namespace) -> None:
    """Keep what standard input holds, which is read again after a refusal."""
    if args.source == _STDIN:
        kept = io.BytesIO(sys.stdin.buffer.read())
        sys.stdin = io.TextIOWrapper(kept)


def _read(args: argparse.Namespace) -> Reading:
    """Read SOURCE from its beginning."""
    if args.source == _STDIN:
        sys.stdin.buffer.seek(0)
    return read_source(args)


def _print(profile: Profile, args: argparse.Namespace) -> None:
    """Print a profile to stdout."""
    if args.format == "json":
        import json

        text = json.dumps(profile.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
    else:
        text = str(profile)
    sys.stdout.write(f"{text}\n")


def _draw(frame: pd.DataFrame, profile: Profile, args: argparse.Namespace) -> None:
    """Draw the target, or the first column."""
    from forecast.figures.axes import save_figure
    from forecast.figures.profiles import ProfileDisplay

    display: Any = ProfileDisplay.from_frame(frame, profile.target or str(frame.columns[0]))
    save_figure(display.figure_, args.out)
    tell(args, f"written to {args.out}")


def _repair(frame: pd.DataFrame, profile: Profile, args: argparse.Namespace) -> None:
    """Write the regular table, its gaps filled, and say how it is read."""
    from forecast.tables.timeline import fill_gaps

    if args.how == "sum":
        # What is missing among sums is nothing.
        args.fill = True
        frame = _read(args).frame
    filled, notes = fill_gaps(frame, profile.target)
    write_table(_as_columns(filled, args.repair), args.repair, args)
    # A table that is written is one that is read: whatever it takes is said.
    command = ["forecast", "backtest", str(args.repair), *_flags_of(args.repair)]
    is_csv = args.repair.suffix.lower() == ".csv"
    if is_csv and profile.time_zone.partition("/")[1]:
        command += ["--time-zone", profile.time_zone]
    if len(filled.columns) > 1:
        command += ["--target", profile.likely_target or "COLUMN"]
    tell(args, "\n".join([*listed(notes), f"  read it with: {shlex.join(command)}"]))


def _as_columns(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return a table with its index as columns, in a form that is read without a question."""
    import pandas as pd

    moments = frame.index.get_level_values(-1)
    if not isinstance(moments, pd.DatetimeIndex):
        # Rows that were numbered are numbered again.
        return frame.reset_index(drop=moments.name is None)
    if moments.tz is not None and path.suffix.lower() == ".csv":
        # CSV has offsets, which clocks change, and no zones. Local days are dates.
        is_date = bool((moments == moments.normalize()).all())
        moments = moments.tz_localize(None) if is_date else moments.tz_convert("UTC")
    table = frame.reset_index()
    table[table.columns[frame.index.nlevels - 1]] = moments
    return table


def _flags_of(path: Path) -> list[str]:
    """Return the flags by which a written table is read: none, but for names that are numbers."""
    from forecast.profiling.remedies import options_from
    from forecast.tables.reading.options import Options
    from forecast.tables.reading.reader import read_noting

    try:
        read_noting(path, Options())
    except InputError as error:
        options = options_from(error, {})
        if options is None:
            raise
        return Remedy("{}", options).at_command_line().split()
    return []
