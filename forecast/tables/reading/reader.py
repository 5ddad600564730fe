"""A file of CSV, Excel, Parquet or JSON records as a checked frame.

Every refusal on the way says the file, and where it can the column, the row and the value; what was
done to the rows is noted.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from forecast.exceptions import InputError
from forecast.tables.reading.addresses import shown
from forecast.tables.reading.blocks import raw_table
from forecast.tables.reading.columns import series_columns, series_names, time_columns
from forecast.tables.reading.contents import MAX_BYTES, as_path, called
from forecast.tables.reading.duplicates import refuse_duplicates
from forecast.tables.reading.moments import row_moments
from forecast.tables.reading.numbers import numeric_columns
from forecast.tables.reading.options import Options, options_of
from forecast.tables.reading.parts import joined
from forecast.tables.reading.rows import in_order, regular
from forecast.wording import counted

__all__ = ["read"]

_log = logging.getLogger(__name__)


class Reading(NamedTuple):
    """A table that was read, and what was done to it."""

    frame: pd.DataFrame
    notes: list[str]  # short phrases, such as "opened 3 missing rows"
    doubtful: Sequence[str] = ()  # those on columns left out that may have been meant as numbers
    marks: Mapping[str, str] = {}  # the signs of the file, and what its columns of time are called


def read(
    path: str | Path,
    time: str | Sequence[str] | None = None,
    series: str | Sequence[str] | None = None,
    time_zone: str | None = None,
    freq: str | None = None,
    how: str | None = None,
    fill: bool = False,
    decimal: str | None = None,
    thousands: str | None = None,
    missing: str | Sequence[str] | None = None,
    date_order: str | None = None,
    sheet: str | None = None,
    query: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> pd.DataFrame:
    r"""Read a table of one or several series from files, a folder or a database; check it.

    A file holds CSV, an Excel workbook, Parquet or JSON records; a folder holds Parquet files, and
    what its folders are called (``store=7/part-0.parquet``) are columns; a database has its query.
    CSV may be delimited by comma, semicolon, tab, pipe or blanks, and packed with gzip. Wide form
    has a time column and numeric columns; long form has columns with the names of the series, too.
    Numbers become float, True and False 1 and 0, empty cells (and NA, null, NaN, …) NaN. Columns of
    text are left out. What a cell means is decided by its whole column; where that leaves two
    meanings, the file is refused with the argument that decides. All that is done to the rows is
    logged at level INFO.

    All times of a column have one form: ISO dates (2013-01-31 14:00), dates like 31.1.2013,
    1/31/2013 2:00 PM or 31-Jan-2013, months, quarters, weeks and years (2013M01, Jan-13, 2013Q1,
    2013-W05, 2013: timestamps of their first day), compact dates (20130131, 2013013114), intervals
    (the beginning counts), or time since 1970, whose unit shows in its size (from 1973 on). Names
    of months may be English, German, French or Spanish; of two digits of a year, 69 to 99 are 1969
    to 1999. Where day and month may change places, the order in which the rows are regular counts.
    24:00 is the midnight after. Times since 1970, and those with an offset or Z, become UTC; other
    whole numbers stay numbers.

    Rows in another order than that of time are sorted. Several rows of one moment are refused, with
    the columns that tell them apart where there are some.

    Parameters
    ----------
    path : str or Path
        The file or the folder, "-" for standard input; or an address: of a database
        ("postgresql://me@host/shop", "sqlite:///shop.db", "duckdb:///shop.duckdb"), or of files
        wherever fsspec reads them ("s3://…", "https://…"). What a file holds decides, not its name.
    time : str, sequence of str or None, default=None
        The time column, or those that together hold the time: a date and a clock time, or year,
        month, day, hour, …. None takes the named index of a Parquet file, else the column of dates
        that is called timestamp, datetime, ds, date, time, … (first in this order; case, blanks and
        signs do not count), else the first column of dates, with the clock times beside it; else
        columns called year, month, …; else none: rows are then numbered from 0.
    series : str, sequence of str or None, default=None
        The column with the names of the series, or those whose cells together name them: "A, 3".
        None takes a text column called "series", if there is one.
    time_zone : str or None, default=None
        The IANA zone ("Europe/Berlin") of times without an offset; times with one are converted to
        it. Hours that clocks repeat are told apart by their order.
    freq : str or None, default=None
        A pandas alias ("h", "D", …): bring the rows to this frequency with `regularize`, with rows
        of NaN in holes, instead of refusing irregular ones.
    how : {"mean", "sum", "first", "last", "min", "max", "median", "count"} or None, default=None
        What becomes of several rows of one moment, or of one step of `freq`. "count" counts them in
        one column "count" and needs no numeric column. None refuses them.
    fill : bool, default=False
        Whether gaps in each series and column get the last value before them. What comes before the
        first value, or after the last one, is no gap.
    decimal, thousands : str or None, default=None
        The marks of decimals and of groups of three digits, where the file leaves them open.
    missing : str, sequence of str or None, default=None
        The cells that stand for a missing value, beside empty ones. None takes the usual ones where
        all else is numeric; an empty sequence means that every cell means what it says.
    date_order : {"dmy", "mdy", "ymd"} or None, default=None
        The order of day, month and year in dates of numbers, where the file leaves it open.
    sheet : str or None, default=None
        Of an Excel workbook (.xlsx; needs the package openpyxl), the name of its sheet. None takes
        the only one that is not empty.
    query : str or None, default=None
        Of a database, the SQL that gives the rows. It changes nothing there.
    max_bytes : int, default=500_000_000
        The bytes that a file may hold, those that it may become once it is unpacked, and those of
        the rows of a folder or a query: a table takes some ten times as much memory.

    Returns
    -------
    DataFrame
        Numeric columns (float) under the index "timestamp", or (series, timestamp) in long form.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be opened.
    ImportError
        If the package that a workbook or an address takes is not installed.
    ValueError
        If the file is no table, a column is unknown or none numeric, a cell cannot be used or has
        two meanings, or the rows are not unique and regular: with the file and the column, row and
        value.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "sales.csv")
    ...     _ = path.write_text("shop;day;sold\nA;2024-01-01;1,5\nA;2024-01-02;\nA;2024-01-03;4\n")
    ...     read(path, series="shop").reset_index()
      series  timestamp  sold
    0      A 2024-01-01   1.5
    1      A 2024-01-02   NaN
    2      A 2024-01-03   4.0
    """
    options = options_of(
        time,
        series,
        missing,
        time_zone=time_zone,
        freq=freq,
        how=how,
        fill=fill,
        decimal=decimal,
        thousands=thousands,
        date_order=date_order,
        sheet=sheet,
        query=query,
        max_bytes=max_bytes,
    )
    reading = read_noting(path, options)
    for note in reading.notes:
        _log.info("%s: %s", shown(path), note)
    return reading.frame


def read_noting(path: str | Path, options: Options) -> Reading:
    """Read a table as `read` does, and say what was done to it.

    Parameters
    ----------
    path : str or Path
    options : Options
        Those of a `Survey` read some series as if they were a part of the whole.
    """
    try:
        return _read(path, options)
    except MemoryError:
        raise InputError(
            f"{called(as_path(path))} takes more memory than there is. Read a part of it."
        ) from None
    except (UnicodeDecodeError, pa.ArrowException):
        # The texts of a Parquet file are decoded when they are looked at.
        raise InputError(
            f"{called(as_path(path))} holds bytes that are no text. Get a whole copy of it."
        ) from None


def _read(path: str | Path, options: Options) -> Reading:
    """Read a table and say what was done to it."""
    table, options = raw_table(path, options)

    # Which rows belong to which series, and to which moment.
    keys = series_columns(table, options.series)
    names, codes = series_names(table, keys)
    clocks = time_columns(table, options.time, keys)
    column, notes_of_parts = joined(table, clocks)
    moments = row_moments(table, column, codes, options)
    if options.how is None:
        refuse_duplicates(table, codes, moments.times, clocks, keys)

    # The other columns are numbers, or left out; to count rows takes none.
    numbers = numeric_columns(table, {*keys, *clocks}, options)

    # The rows are brought into the order of time, and to one frequency.
    frame, notes_of_order = in_order(numbers.frame, names, codes, moments.times)
    frame, notes_of_rows = regular(table.file, frame, options)
    notes = [f"read {counted(len(table.rows), 'row')}", *table.notes]
    notes += notes_of_parts + moments.notes + numbers.notes + notes_of_order + notes_of_rows
    marks = {
        "delimiter": table.delimiter,
        "decimal": numbers.decimal,
        "date_order": moments.order,
        "time": ", ".join(map(str, clocks)),
        "series": ", ".join(map(str, keys)),
    }
    found = {name: mark for name, mark in marks.items() if mark}
    return Reading(frame, notes, numbers.doubtful, found)
