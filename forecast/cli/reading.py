"""How SOURCE is read: the options that say so, and the table with what was done to it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from forecast.cli.arguments import names, size
from forecast.cli.common import Parser
from forecast.exceptions import InputError
from forecast.wording import counted

if TYPE_CHECKING:
    from forecast.tables.reading.options import Options
    from forecast.tables.reading.reader import Reading

SHIPPED = ("weather", "stocks")
_HOWS = ("mean", "sum", "count", "first", "last", "min", "max", "median")
_DATE_ORDERS = ("dmy", "mdy", "ymd")

# What is said of a file, and means nothing for a shipped data set or without a SOURCE.
_FLAGS = (
    "time",
    "series",
    "time_zone",
    "date_order",
    "decimal",
    "thousands",
    "missing",
    "freq",
    "how",
    "sheet",
    "query",
    "max_bytes",
)

READING = (*_FLAGS, "fill")

# Of a saved forecaster's later rows: what was said of the file that it was fitted with holds. Of
# the marks in cells only what the file leaves open is as it was there, since a form may change.
_REMEMBERED = ("time", "series", "time_zone", "missing", "freq", "how", "fill", "sheet")
_USUAL = {"usual_decimal": "decimal", "usual_order": "date_order"}


def add_reading(parser: Parser) -> None:
    """Add the options that say how SOURCE is read."""
    group = parser.add_argument_group("how SOURCE is read (where its own signs are not to decide)")
    _add_columns(group)
    _add_cells(group)
    _add_rows(group)


def _add_columns(group: argparse._ArgumentGroup) -> None:
    """Add the options that say where the rows are, and which columns tell times and series."""
    group.add_argument(
        "--time", metavar="C,…", type=names, help="the columns that hold the moments together"
    )
    group.add_argument(
        "--series", metavar="C,…", type=names, help="the columns that tell the series apart"
    )
    group.add_argument("--sheet", metavar="S", help="the sheet of an Excel workbook")
    group.add_argument(
        "--query", metavar="SQL", help="what to read from a database, such as 'select * from sales'"
    )
    group.add_argument(
        "--max-bytes",
        metavar="B",
        type=size,
        help="what a file may hold, unpacked, such as 2GB (default: 500MB)",
    )


def _add_cells(group: argparse._ArgumentGroup) -> None:
    """Add the options that say what stands in a cell."""
    group.add_argument(
        "--time-zone",
        metavar="Z",
        help="where times without a zone were noted, such as Europe/Berlin",
    )
    group.add_argument(
        "--date-order", choices=_DATE_ORDERS, help="the order of day, month and year in dates"
    )
    group.add_argument("--decimal", metavar="S", help="the decimal sign: . or ,")
    group.add_argument(
        "--thousands", metavar="S", help="the sign between groups of three digits; '' for none"
    )
    group.add_argument(
        "--missing",
        metavar="M,…",
        type=names,
        help="the cells that stand for a missing value beside empty ones, such as -9999,?",
    )


def _add_rows(group: argparse._ArgumentGroup) -> None:
    """Add the options that say what becomes of irregular rows and of gaps."""
    group.add_argument(
        "--freq", metavar="F", help="open missing rows at this frequency, such as h or D"
    )
    group.add_argument(
        "--how", choices=_HOWS, help="what becomes of several rows in one step of --freq"
    )
    group.add_argument(
        "--fill",
        action=argparse.BooleanOptionalAction,
        help="fill gaps with the value before, sums with 0, up to the last value of the target",
    )


def check_unread(args: argparse.Namespace, why: str) -> None:
    """Refuse options of `add_reading` where nothing is read."""
    given = [name for name in _FLAGS if getattr(args, name) is not None]
    if args.fill:
        given.append("fill")
    if given:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise InputError(f"{flags} would have no effect: {why}.")


def remember_reading(forecaster: Any, marks: Mapping[str, str], args: argparse.Namespace) -> None:
    """Keep in a forecaster how the file that it is fitted with is read."""
    forecaster.reading_ = said_of_source(marks, args)


def said_of_source(marks: Mapping[str, str], args: argparse.Namespace) -> dict[str, Any]:
    """Return how a file is read: as the options say, and as it has decided its own marks.

    `marks` are the latter, as `Reading` has them.
    """
    said = {name: getattr(args, name) for name in _REMEMBERED}
    decided = {usual: marks[mark] for usual, mark in _USUAL.items() if mark in marks}
    return {name: value for name, value in said.items() if value is not None} | decided


def read_as_before(args: argparse.Namespace, remembered: Mapping[str, Any]) -> argparse.Namespace:
    """Return the arguments with what was said of an earlier file where they say nothing."""
    if args.source in SHIPPED:
        return args
    # A sum is no mean, an hour no day: a forecaster would take one for the other.
    for name in ("freq", "how"):
        given, before = getattr(args, name), remembered.get(name)
        if None not in (given, before) and given != before:
            raise InputError(
                f"--{name} {given} cannot be right: the rows before were read with --{name} "
                f"{before}. Leave it out, or fit anew with it."
            )
    given = {name: value for name, value in vars(args).items() if value is not None}
    return argparse.Namespace(**{**vars(args), **remembered, **given, "follows": True})


def read_source(args: argparse.Namespace) -> Reading:
    """Read SOURCE as the options of `add_reading` say; gaps are filled later."""
    from forecast.tables.reading.reader import read_noting

    if args.source in SHIPPED:
        return _read_shipped(args)
    try:
        reading = read_noting(address_of(args), options_said(args))
    except FileNotFoundError as error:
        # The typing error may have been one in the name of a shipped data set.
        meant = get_close_matches(args.source, SHIPPED, n=1)
        if not meant:
            raise
        listed = " and ".join(SHIPPED)
        raise InputError(
            f"{error} The shipped data sets are {listed}: did you mean {meant[0]!r}?"
        ) from None
    # How many rows were read is a matter of course where they are all there.
    matter_of_course = f"read {counted(len(reading.frame), 'row')}"
    notes = [note for note in reading.notes if note != matter_of_course]
    return reading._replace(notes=notes)


def address_of(args: argparse.Namespace) -> str:
    """Return SOURCE with what may not be shown of it, such as a password."""
    return str(getattr(args.source, "whole", args.source))


def options_said(args: argparse.Namespace) -> Options:
    """Gather what is said of a file."""
    from forecast.tables.reading.contents import MAX_BYTES
    from forecast.tables.reading.options import options_of

    return options_of(
        args.time,
        args.series,
        args.missing,
        time_zone=args.time_zone,
        freq=args.freq,
        how=args.how,
        fill=bool(args.fill)
        and args.how == "sum",  # holes among sums are nothing: no value to know
        decimal=args.decimal,
        thousands=args.thousands,
        date_order=args.date_order,
        sheet=args.sheet,
        query=args.query,
        only=getattr(args, "only", ()),
        max_bytes=args.max_bytes or MAX_BYTES,
        **{name: getattr(args, name, None) for name in _USUAL},
        follows=getattr(args, "follows", False),
    )


def _read_shipped(args: argparse.Namespace) -> Reading:
    """Load a shipped data set, of which nothing has to be said."""
    from forecast.tables.datasets import load_stocks, load_weather
    from forecast.tables.reading.reader import Reading

    given = argparse.Namespace(**{**vars(args), "fill": False})
    remedy = f"leave it out, or give the file that forecast datasets {args.source} --export writes"
    check_unread(given, f"{args.source} is a shipped data set; {remedy}")
    if args.source == "stocks":
        return Reading(load_stocks(None), [])
    return Reading(load_weather(fill=True), ["filled missing hours with the value before"])
