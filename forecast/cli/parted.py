"""SOURCE that is too large to be read at once: some series of it say how it is backtested."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from forecast.cli.common import tell
from forecast.cli.reading import SHIPPED, address_of
from forecast.exceptions import InputError
from forecast.wording import counted

if TYPE_CHECKING:
    from forecast.tables.reading.stored_table import StoredTable

_ROWS_AT_ONCE = 5_000_000  # that are read as one table
_SAMPLE = 200  # series that choose columns and settings


def stored_table(args: argparse.Namespace) -> StoredTable | None:
    """Return SOURCE as a table that is read in parts; None if it is read at once."""
    from forecast.tables.reading.blocks import comes_in_blocks
    from forecast.tables.reading.stored_table import StoredTable

    address = address_of(args)
    if args.source in (*SHIPPED, "-") or not comes_in_blocks(address):
        return None
    # Several targets are stacked as so many series, which takes the whole table.
    targets = args.target or [None]
    if len(targets) > 1:
        return None
    table = StoredTable(
        address,
        targets[0],
        [*(args.past or ()), *(args.future or ())],
        args.time,
        args.series,
        args.time_zone,
        args.freq,
        args.how,
        bool(args.fill),
        args.query,
    )
    is_large = table.counts.sum() > _ROWS_AT_ONCE
    return table if is_large and None not in table.counts.index else None


def of_sample(table: StoredTable, args: argparse.Namespace) -> argparse.Namespace:
    """Return the arguments that read some series of a table as they are in the whole of it."""
    if args.code is not None:
        raise InputError("--code writes of a table that is read at once: leave it out.")
    names = tuple(table.counts.index[:_SAMPLE])
    n_rows, n_series = int(table.counts.sum()), len(table.counts)
    tell(
        args,
        f"{args.source} has {counted(n_rows, 'row')} of {n_series} series, which are "
        f"read some at a time; the first {len(names)} say what columns and settings there are",
    )
    said = {name: getattr(table.options, name) for name in ("time", "series", "date_order")}
    return argparse.Namespace(**{**vars(args), **said, "only": names})
