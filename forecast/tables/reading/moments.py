"""The moments of the rows: dates in words or digits, and their time zone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.reading.cells import RawColumn, RawTable
from forecast.tables.reading.dates import Moments, read_dates
from forecast.tables.reading.digits import digits_of, read_digits
from forecast.tables.reading.options import Options
from forecast.tables.reading.year_parts import read_units, unit_of
from forecast.tables.reading.zones import in_zone
from forecast.wording import quoted

_YEARS = (1, 9999)  # of calendars, as ISO 8601 writes them


def row_moments(
    table: RawTable, column: RawColumn | None, codes: np.ndarray, options: Options
) -> Moments:
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
    Moments of length n_rows
        Without a time column the numbers of the rows of each series, from 0.
    """
    zone = options.time_zone
    if column is None and zone is None:
        numbers = pd.Series(codes).groupby(codes).cumcount()
        numbered = pd.Index(numbers, name="timestamp")
        return Moments(numbered, ["no column of times: rows are numbered"])
    if column is None:
        raise InputError(
            f"{table.file} has no time column for the time zone {quoted(zone)}.",
            Remedy("Name it with {}.", {"time": None}),
        )
    remedy = "Give the row its time, or remove it."
    column.refuse(column.cells.isna(), "is empty", remedy)
    read = _read_moments(column, codes, options, column.name == table.time)
    # Whatever they were, timestamps can be brought to a time zone.
    if zone is not None:
        index, changes = in_zone(column, read.times, codes, zone, options.how is not None)
        read = Moments(index, read.notes + changes, read.order)
    return read._replace(times=read.times.rename("timestamp"))


def _read_moments(
    column: RawColumn, codes: np.ndarray, options: Options, is_index: bool
) -> Moments:
    """Read the cells by their kind."""
    cells = column.cells
    # Parquet holds periods and timestamps as such, and days as dates.
    if isinstance(cells.dtype, pd.PeriodDtype):
        return Moments(pd.Index(cells), [])
    if pd.api.types.is_datetime64_any_dtype(cells):
        years = cells.dt.year
        what = f"lies outside of the years {_YEARS[0]} to {_YEARS[1]}"
        column.refuse(~years.between(*_YEARS), what, "Correct it, or remove the row.")
        return Moments(pd.DatetimeIndex(cells), [])
    # In CSV they are numbers or texts.
    unit = unit_of(column.name, cells)
    if unit is not None:
        return Moments(*read_units(column, unit))
    digits = digits_of(cells)
    if digits is None:
        _refuse_mixture(column)
        return read_dates(column, codes, options)
    found = read_digits(column, digits)
    # Whole numbers that are the index of a Parquet file are meant to be some.
    if found.kind == "year" and is_index:
        return Moments(pd.Index(cells), [])
    return Moments(found.moments, found.notes)


def _refuse_mixture(column: RawColumn) -> None:
    """Refuse the first cell that is no number below one that is."""
    first = column.cells.iloc[:1]
    if digits_of(first) is not None:
        numbers = pd.to_numeric(column.cells, errors="coerce")
        what = f"is no number like {quoted(str(first.iloc[0]))} above"
        column.refuse(numbers.isna(), what, "Correct or remove it.")
