"""What the subcommands share: the parser, stderr, tables and where they are written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from forecast.cli.arguments import path_of
from forecast.exceptions import InputError
from forecast.tables.reading.addresses import shown
from forecast.wording import decimals_of, number, quoted

if TYPE_CHECKING:
    import pandas as pd

_MOST_SIGNS = 200  # of what argparse says, which repeats what was typed
TABLES = (".csv", ".parquet")  # the endings of tables that are written


# The groups in which options stand in the help.
TO_FORECAST = "what to forecast"
SETTINGS = "the models and their settings"
ORIGINS = "from where to forecast, and when to learn"
WORKERS = "who does the work"
OUTPUT = "what is printed and written"


class Parser(argparse.ArgumentParser):
    """An argument parser that refuses in one sentence."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Whatever argument is a path: an empty one would be the folder that one is in.
        self.register("type", Path, path_of)

    def group(self, title: str) -> argparse._ArgumentGroup:
        """Return the group of options of this title; the first call makes it."""
        groups = {group.title: group for group in self._action_groups}
        return groups[title] if title in groups else self.add_argument_group(title)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and end with exit code 2."""
        short = message if len(message) <= _MOST_SIGNS else f"{message[:_MOST_SIGNS]}…"
        self.exit(2, f"{self.prog}: {short}. See '{self.prog} --help'.\n")

    def refuse_unknown(self, arguments: Sequence[str]) -> NoReturn:
        """Refuse arguments that this command does not know, and offer the option meant."""
        unknown = shown(arguments[0])
        message = f"it does not take {quoted(unknown)}"
        # A value may stand behind the name: --models=naive.
        name = unknown.partition("=")[0]
        close = get_close_matches(name, self._option_string_actions, n=1)
        if close and name.startswith("-"):
            message = f"{message}; did you mean {close[0]}?"
            self.exit(2, f"{self.prog}: {message} See '{self.prog} --help'.\n")
        self.error(message)


def add_command(
    commands: Any, name: str, about: str, parents: list[Parser], epilog: str | None = None
) -> Parser:
    """Add a subcommand; `about` says in lower case what it does, `epilog` is shown as it is."""
    parser: Parser = commands.add_parser(
        name,
        parents=parents,
        help=about,
        description=f"{about.capitalize()}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # What the command does not know is refused in its own name.
    parser.set_defaults(parser=parser)
    return parser


def add_format(parser: Parser, what: str) -> None:
    """Add the option that says how `what` is printed."""
    parser.group(OUTPUT).add_argument(
        "--format", choices=("table", "csv", "json"), default="table", help=f"of {what} on stdout"
    )


def add_picture(parser: Parser, *, required: bool = False) -> None:
    """Add the options that say where a picture is written."""
    parser.add_argument(
        "-o",
        "--out",
        metavar="PNG",
        type=Path,
        required=required,
        help="the picture to write (PNG, SVG or PDF)",
    )
    parser.add_argument("--force", action="store_true", help="replace the picture if it exists")


def tell(args: argparse.Namespace, text: str) -> None:
    """Write a line for people to stderr, unless they want quiet."""
    if not args.quiet:
        sys.stderr.write(f"{text}\n")


def listed(notes: list[str]) -> list[str]:
    """Return a line for each thing that was done to a table."""
    return [f"  {note}" for note in notes]


def check_free(path: Path | None, force: bool) -> None:
    """Refuse a place that cannot be written, and to replace a file without --force."""
    from forecast.files import check_place

    if path is None:
        return
    check_place(path)
    if path.exists() and not force:
        raise InputError(f"{path} exists. Choose another file, or replace it with --force.")


def check_table(path: Path | None, force: bool) -> None:
    """Refuse what `check_free` refuses, and a table in a form that is not written."""
    if path is not None and path.suffix.lower() not in TABLES:
        raise InputError(
            f"cannot write {path}: a table is written as .csv or .parquet, as its name ends. "
            f"Name it {path.with_suffix('.csv').name}."
        )
    check_free(path, force)


def print_table(table: pd.DataFrame, form: str) -> None:
    """Print a table without its index to stdout, in one of the forms of --format."""
    sys.stdout.write(table_text(table, form))


def table_text(table: pd.DataFrame, form: str) -> str:
    """Return a table without its index in one of the forms of --format."""
    if form == "csv":
        return str(table.to_csv(index=False))
    if form == "json":
        return str(table.to_json(orient="records", date_format="iso", indent=1)) + "\n"
    return f"{as_text(table)}\n"


def as_text(table: pd.DataFrame) -> str:
    """Return a table without its index for people: all its fractions in one notation."""
    fractions = table.select_dtypes("float")
    decimals = max((decimals_of(fractions[name]) for name in fractions), default=0)
    written: Any = {name: partial(number, decimals=decimals) for name in fractions}
    return str(table.to_string(index=False, formatters=written))


def write_table(table: pd.DataFrame, path: Path, args: argparse.Namespace) -> None:
    """Write a table without its index as CSV or Parquet, by its name, and say so."""
    from forecast.files import write_beside

    write = table.to_csv if path.suffix.lower() == ".csv" else table.to_parquet
    # Whoever reads the file meanwhile sees the old one or the whole new one.
    write_beside(path, lambda beside: write(beside, index=False))
    tell(args, f"written to {path}: {len(table)} rows")
