"""A wide table, with a column for each of several series, as a long one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from forecast.exceptions import InputError


def stack_columns(frame: pd.DataFrame, columns: Sequence[str], name: str) -> pd.DataFrame:
    """Turn columns into series below one another; the others belong to each of them.

    Parameters
    ----------
    frame : DataFrame
        Its index are moments, or (series, moment).
    columns : sequence of str
        Each becomes a series of its name; of a table with series, one of "series/column".
    name : str
        What the column of their values is called.

    Returns
    -------
    DataFrame
        Its index is (series, moment), its columns are `name` and the others.

    Raises
    ------
    ValueError
        If another column has that name.
    """
    others = frame.columns.drop(list(columns))
    if name in others:
        raise InputError(
            f"a column is called {name!r}, as several targets together are: rename it, or forecast "
            "one target."
        )
    blocks = {}
    for column in columns:
        block = frame[[column, *others]].rename(columns={column: name})
        # The index of a single table says its moments alone.
        is_long = frame.index.nlevels > 1
        groups = block.groupby(level=0, sort=False) if is_long else [("", block)]
        for series, rows in groups:
            label = f"{series}/{column}" if is_long else column
            blocks[label] = rows.droplevel(0) if is_long else rows
    return pd.concat(blocks, names=["series", frame.index.names[-1]])
