"""A CSV or Parquet file as a checked frame.

Every refusal on the way says the file, and where it can the column, the row and the value; what was
done to the rows is noted.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from forecast.tables.reading.columns import series_columns, series_names, time_columns
from forecast.tables.reading.duplicates import refuse_duplicates
from forecast.tables.reading.moments import row_moments
from forecast.tables.reading.numbers import numeric_columns
from forecast.tables.reading.options import Options
from forecast.tables.reading.parts import joined
from forecast.tables.reading.rows import counted, in_order, regular
from forecast.tables.reading.source import open_table

__all__ = ["read"]

_log = logging.getLogger(__name__)


class Reading(NamedTuple):
    """A table that was read, and what was done to it."""

    frame: pd.DataFrame
    notes: list[str]  # short phrases, such as "opened 3 missing rows"


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
) -> pd.DataFrame:
    r"""Read a table of one or several series from a CSV or Parquet file, and check it.

    CSV may be delimited by comma, semicolon, tab or pipe (decimal commas are understood unless the
    comma delimits) and packed with gzip. Wide form has a time column and numeric columns; long form
    has a column with the names of the series, too. Numbers become float, True and False 1 and 0,
    empty cells (and NA, null, NaN, …) NaN. Columns of text are left out (the log says so at level
    INFO); where at least half of the cells are numbers, a string among them is refused.

    Times are ISO dates (2013-01-31 14:00), dates like 31.1.2013 or 1/31/2013 whose order the file
    makes clear, or epoch seconds (from 1973 on), milliseconds, … by their size. Epochs and times
    with an offset or Z become UTC. Smaller whole numbers stay numbers, but 20130131 is a date.

    Parameters
    ----------
    path : str or Path
        The file. What it holds decides, not its name.
    time : str or None, default=None
        The time column. None takes the named index of a Parquet file, else the column called
        timestamp, datetime, ds, time or date (first in this order; case, spaces and underscores do
        not count), else the first column that begins with a date, else none: rows are then numbered
        from 0.
    series : str or None, default=None
        The column with the names of the series. None takes a text column called "series", if there
        is one.
    time_zone : str or None, default=None
        The IANA zone ("Europe/Berlin") of times without an offset; times with one are converted to
        it.
    freq : str or None, default=None
        A pandas alias ("h", "D", …): bring the rows to this frequency with `regularize` (means of
        duplicates, NaN in holes) instead of refusing irregular ones.

    Returns
    -------
    DataFrame
        Numeric columns (float) under the index "timestamp", or (series, timestamp) in long form.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be opened.
    ValueError
        If the file is no table, a column is unknown or none numeric, a cell cannot be used, or the
        rows are not sorted, unique and regular: with the file and the column, row and value.

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
    options = Options(
        time=_listed(time),
        series=_listed(series),
        time_zone=time_zone,
        freq=freq,
        how=how,
        fill=fill,
        decimal=decimal,
        thousands=thousands,
        missing=None if missing is None else _listed(missing),
        date_order=date_order,
    )
    frame, notes = read_noting(path, options)
    for note in notes:
        _log.info("%s: %s", path, note)
    return frame


def read_noting(path: str | Path, options: Options) -> Reading:
    """Read a table as `read` does, and say what was done to it.

    Parameters
    ----------
    path : str or Path
    options : Options
    """
    table = open_table(Path(path).expanduser())
    notes = [f"read {counted(len(table.rows), 'row')}", *table.notes]

    # Which rows belong to which series, and to which moment.
    keys = series_columns(table, options.series)
    names = series_names(table, keys) if keys else None
    codes = np.zeros(len(table.rows), dtype=int) if names is None else pd.factorize(names)[0]
    clocks = time_columns(table, options.time, keys)
    column, found = joined(table, clocks) if clocks else (None, [])
    notes += found
    moments, found = row_moments(table, column, codes, options)
    notes += found
    if moments is None:
        moments = _numbered(codes)
    used = {*keys, *clocks}
    if options.how is None:
        refuse_duplicates(table, codes, moments, used)

    # The other columns are numbers, or left out; to count rows takes none.
    values, _, found = numeric_columns(table, used, options)
    notes += found

    frame, found = in_order(values, names, codes, moments)
    notes += found
    frame, found = regular(table.file, frame, options)
    return Reading(frame, notes + found)


def _listed(names: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return one name, several or none as a tuple."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def _numbered(codes: np.ndarray) -> pd.Index:
    """Return numbers of the rows of each series, from 0."""
    numbers = pd.Series(codes).groupby(codes).cumcount()
    return pd.Index(numbers, name="timestamp")
