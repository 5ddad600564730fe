"""What the subcommands share: the parser, the types of arguments, tables and files, stderr."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from forecast.exceptions import InputError

if TYPE_CHECKING:
    import pandas as pd


class Parser(argparse.ArgumentParser):
    """An argument parser that refuses in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and end with exit code 2."""
        self.exit(2, f"{self.prog}: {message}. See '{self.prog} --help'.\n")


def add_command(commands: Any, name: str, about: str, parents: list[Parser]) -> Parser:
    """Add a subcommand; `about` says in lower case what it does."""
    description = f"{about.capitalize()}."
    parser: Parser = commands.add_parser(name, parents=parents, help=about, description=description)
    return parser


def add_format(parser: Parser, what: str) -> None:
    """Add the option that says how `what` is printed."""
    parser.add_argument(
        "--format", choices=("table", "csv", "json"), default="table", help=f"of {what} on stdout"
    )


def names(text: str) -> list[str]:
    """Read a list such as a,b."""
    # Blanks around a name are a habit of writing, and so is a comma at the end.
    parts = [part.strip() for part in text.split(",")]
    return [part for part in parts if part]


def numbers(text: str) -> list[float]:
    """Read a list such as 0.05,0.95, in ascending order."""
    try:
        return sorted(float(part) for part in names(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of numbers such as 0.05,0.95"
        ) from None


def count(text: str) -> int:
    """Read a whole number of at least 1."""
    try:
        value = int(text)
    except ValueError:
        # What is no number is refused below like a number that is too small.
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return value


def tell(args: argparse.Namespace, text: str) -> None:
    """Write a line for people to stderr, unless they want quiet."""
    if not args.quiet:
        sys.stderr.write(f"{text}\n")


def check_free(path: Path | None, force: bool) -> None:
    """Refuse to replace a file that exists without --force."""
    if path is not None and path.exists() and not force:
        raise InputError(f"{path} exists: choose another file, or replace it with --force.")


def print_table(table: pd.DataFrame, form: str) -> None:
    """Print a table without its index to stdout, in one of the forms of --format."""
    if form == "csv":
        text = table.to_csv(index=False)
    elif form == "json":
        text = table.to_json(orient="records", date_format="iso", indent=1) + "\n"
    else:
        text = table.to_string(index=False) + "\n"
    sys.stdout.write(text)


def write_table(table: pd.DataFrame, path: Path, args: argparse.Namespace) -> None:
    """Write a table without its index to a CSV file, and say so."""
    from forecast.files import write_beside

    # Whoever reads the file meanwhile sees the old one or the whole new one.
    write_beside(path, lambda beside: table.to_csv(beside, index=False))
    tell(args, f"written to {path}: {len(table)} rows")
