"""Frames of Parquet and of databases, whose columns have types, as the cells of a table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawTable, is_text
from forecast.tables.reading.columns import begins_with_date


def table_of_frame(file: str, frame: pd.DataFrame) -> RawTable:
    """Return the cells of a frame; an index with a name or with moments becomes columns.

    Parameters
    ----------
    file : str
        Where it comes from, as sentences call it.
    frame : DataFrame
        Its index may be changed.
    """
    # What the index says of times and series is kept, since its columns will look like any other.
    time = series = None
    if isinstance(frame.index, pd.MultiIndex):
        frame.index = _name_levels(file, frame.index)
        series, time = frame.index.names
    elif _holds_moments(frame.index):
        time = str(frame.index.name or "timestamp")
        frame.index.name = time

    # An index that only counts the rows has no name and is left out.
    is_unnamed = time is None and frame.index.name is None
    frame.columns = frame.columns.map(str)
    cells = frame.reset_index(drop=is_unnamed)

    # A Parquet file has no lines: its rows are counted from 1.
    rows = np.arange(1, len(frame) + 1)
    return RawTable(file, cells, rows, time=time, series=series)


def _name_levels(file: str, index: pd.MultiIndex) -> pd.MultiIndex:
    """Give the levels (series, timestamp) of a Parquet file their names where they have none."""
    if index.nlevels != 2:
        raise InputError(
            f"{file} has an index of {index.nlevels} levels; give it (series, timestamp)."
        )
    series, time = index.names
    return index.set_names([series or "series", time or "timestamp"])


def _holds_moments(index: pd.Index) -> bool:
    """Whether the index of a Parquet file holds moments, rather than names or nothing."""
    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        return True
    cells = index.to_series()
    return index.name is not None and (not is_text(cells) or begins_with_date(cells))
