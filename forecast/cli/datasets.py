"""``forecast datasets``: list, describe or export the shipped data sets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from forecast.cli.common import Parser, add_command, check_table, write_table
from forecast.exceptions import InputError


def add_parser(commands: Any, parents: list[Parser]) -> None:
    """Add the subcommand."""
    about = "list, describe or export the shipped data sets"
    parser = add_command(commands, "datasets", about, parents)
    parser.add_argument("name", metavar="NAME", nargs="?", help="a data set to describe")
    parser.add_argument(
        "--export", metavar="F", type=Path, help="write it to a .csv or .parquet file"
    )
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print the list of the data sets or the card of one, or export one."""
    from forecast.tables.datasets import catalogue

    known = {entry.name: entry for entry in catalogue()}
    if args.name is None and args.export is None:
        for entry in known.values():
            sys.stdout.write(f"{entry.name:8s} {entry.rows:6d} rows  {entry.description}\n")
        return
    entry = known[_checked_name(args, known)]
    if args.export is None:
        sys.stdout.write(entry.card())
        return
    check_table(args.export, args.force)
    # Loaders take names of series; None stands for all of them.
    write_table(entry.loader(None).reset_index(), args.export, args)


def _checked_name(args: argparse.Namespace, known: Collection[str]) -> str:
    """Return the name of a data set; refuse a missing or unknown one."""
    from forecast.validation import nearest

    if args.name is None:
        raise InputError(
            f"--export {args.export} needs the NAME of a data set; {nearest('', known)}."
        )
    if args.name not in known:
        raise InputError(f"there is no data set {args.name!r}; {nearest(args.name, known)}.")
    return str(args.name)
