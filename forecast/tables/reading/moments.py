"""The moments of the rows: dates in words or digits, and their time zone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.reading.cells import RawColumn, RawTable
from forecast.tables.reading.dates import read_dates
from forecast.tables.reading.digits import digits_of, read_digits
from forecast.tables.reading.options import Options
from forecast.tables.reading.year_parts import read_units, unit_of
from forecast.tables.reading.zones import in_zone


def row_moments(
    table: RawTable, column: RawColumn | None, codes: np.ndarray, options: Options
) -> tuple[pd.Index, list[str]]:
    """Turn the time column into an index.

    Parameters
    ----------
    table : RawTable
    column : RawColumn or None
        The time column, or several that were joined.
    codes : array of shape (n_rows,)
        The series of each row.
    options : Options

    Returns
    -------
    Index of length n_rows
        Without a time column the numbers of the rows of each series, from 0.
    list of str
        What there is to note.
    """
    zone = options.time_zone
    if column is None and zone is None:
        numbers = pd.Series(codes).groupby(codes).cumcount()
        numbered = pd.Index(numbers, name="timestamp")
        return numbered, ["no column of times: rows are numbered"]
    if column is None:
        raise InputError(
            f"{table.file} has no time column for the time zone {zone!r}.",
            Remedy("Name it with {}.", {"time": None}),
        )
    remedy = "Give the row its time, or remove it."
    column.refuse(column.cells.isna(), "is empty", remedy)
    moments, notes = _read_moments(column, codes, options, column.name == table.time)
    # Whatever they were, timestamps can be brought to a time zone.
    if zone is not None:
        moments, changes = in_zone(column, moments, codes, zone, options.how is not None)
        notes = notes + changes
    return moments.rename("timestamp"), notes


def _read_moments(
    column: RawColumn, codes: np.ndarray, options: Options, is_index: bool
) -> tuple[pd.Index, list[str]]:
    """Read the cells by their kind."""
    cells = column.cells
    # Parquet holds periods and timestamps as such, and days as dates.
    if isinstance(cells.dtype, pd.PeriodDtype):
        return pd.Index(cells), []
    if pd.api.types.is_datetime64_any_dtype(cells):
        return pd.DatetimeIndex(cells), []
    # In CSV they are numbers or texts.
    unit = unit_of(column.name, cells)
    if unit is not None:
        return read_units(column, unit)
    digits = digits_of(cells)
    if digits is None:
        _refuse_mixture(column)
        return read_dates(column, codes, options.date_order, options.time_zone)
    found = read_digits(column, digits)
    # Whole numbers that are the index of a Parquet file are meant to be some.
    if found.kind == "year" and is_index:
        return pd.Index(cells), []
    return found.moments, found.notes


def _refuse_mixture(column: RawColumn) -> None:
    """Refuse the first cell that is no number below one that is."""
    first = column.cells.iloc[:1]
    if digits_of(first) is not None:
        numbers = pd.to_numeric(column.cells, errors="coerce")
        what = f"is no number like {str(first.iloc[0])!r} above"
        column.refuse(numbers.isna(), what, "Correct or remove it.")
