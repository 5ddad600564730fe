"""SOURCE that is too large to be read at once: some series of it say how it is backtested."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from forecast.cli.common import tell
from forecast.cli.reading import READING, SHIPPED, address_of, options_said
from forecast.wording import counted

if TYPE_CHECKING:
    from forecast.tables.reading.stored_table import StoredTable

_ROWS_AT_ONCE = 5_000_000  # that are read as one table
_SAMPLE = 200  # series that choose columns and settings


def stored_table(args: argparse.Namespace) -> StoredTable | None:
    """Return SOURCE as a table that is read in parts; None if it is read at once."""
    from forecast.tables.reading.blocks import rows_in_blocks
    from forecast.tables.reading.stored_table import StoredTable

    # Several targets are stacked as so many series, which takes the whole table.
    if args.source in (*SHIPPED, "-") or len(args.target or ()) > 1:
        return None
    # To count is cheap: no other table is looked at before it is read.
    n_rows = rows_in_blocks(address_of(args), options_said(args))
    if n_rows is None or n_rows <= _ROWS_AT_ONCE:
        return None
    table = StoredTable(address_of(args), **said_of_table(args))
    return None if None in table.counts.index else table


def said_of_table(args: argparse.Namespace) -> dict[str, Any]:
    """Return what was said of a table that is read in parts, as arguments of `StoredTable`."""
    # A workbook, which alone has sheets, is read at once.
    said = {name: getattr(args, name) for name in READING if name != "sheet"}
    said["target"] = args.target[0] if args.target else None
    said["features"] = [*(args.past or ()), *(args.future or ())]
    return {name: value for name, value in said.items() if value}


def of_sample(table: StoredTable, args: argparse.Namespace) -> argparse.Namespace:
    """Return the arguments that read some series of a table as they are in the whole of it."""
    names = tuple(table.counts.index[:_SAMPLE])
    n_rows, n_series = int(table.counts.sum()), len(table.counts)
    tell(
        args,
        f"{args.source} has {counted(n_rows, 'row')} of {n_series} series, which are "
        f"read some at a time; the first {len(names)} say what columns and settings there are",
    )
    said = {name: getattr(table.options, name) for name in ("time", "series", "date_order")}
    return argparse.Namespace(**{**vars(args), **said, "only": names})
