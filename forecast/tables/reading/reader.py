"""A CSV or Parquet file as a checked frame.

Every refusal on the way says the file, and where it can the column, the row and the value.
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.frequency import infer_frequency
from forecast.tables.reading.columns import series_column, series_names, time_column
from forecast.tables.reading.moments import row_moments
from forecast.tables.reading.numbers import numeric_columns
from forecast.tables.reading.source import open_table
from forecast.tables.timeline import regularize

__all__ = ["read"]

_log = logging.getLogger(__name__)


def read(
    path: str | Path,
    time: str | None = None,
    series: str | None = None,
    time_zone: str | None = None,
    freq: str | None = None,
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
    # What is in the file, and which columns say when and of which series a row is.
    table = open_table(Path(path).expanduser())
    key = series_column(table, series)
    clock = time_column(table, time, key)
    source = clock or "the row number"
    _log.info("%s: times from %s, series from %s", table.file, source, key or "no column")

    # The other columns are numbers, or text that is left out.
    values, left_out, notes = numeric_columns(table, {clock, key})
    texts = list(map(str, left_out))
    for note in (*table.notes, *notes):
        _log.info("%s: %s", table.file, note)
    moments = row_moments(table, clock, time_zone)

    # Wide form has the moments as its index, long form the series and the moments.
    if key is None:
        frame = values if moments is None else values.set_index(moments)
        return _regular(frame, table.file, freq, texts)
    frame = _long_form(values, moments, series_names(table, key))
    return _regular(frame, table.file, freq, [])


def _long_form(values: pd.DataFrame, moments: pd.Index | None, names: pd.Series) -> pd.DataFrame:
    """Index rows by (series, timestamp), one series after the other in order of appearance."""
    codes, _ = pd.factorize(names)
    if moments is None:
        moments = pd.Index(names.groupby(codes).cumcount())
    levels = [pd.Index(names.tolist()), moments]
    index = pd.MultiIndex.from_arrays(levels, names=["series", "timestamp"])
    order = np.argsort(codes, kind="stable")  # within a series the rows keep their order
    return values.set_index(index).iloc[order]


def _regular(frame: pd.DataFrame, file: str, freq: str | None, texts: list[str]) -> pd.DataFrame:
    """Refuse rows that are not sorted, unique and regular, or mend them with `freq`.

    Columns of `texts` may tell apart the series that make the moments stand twice.
    """
    try:
        if freq is not None:
            frame = pd.DataFrame(regularize(frame, freq))
        infer_frequency(frame.index)
    except ValueError as error:
        # Where the sentence advises regularize(frame, …), reading can do it at once.
        hint = ""
        has_timestamps = isinstance(frame.index.get_level_values(-1), pd.DatetimeIndex)
        if freq is None and has_timestamps and "frame" in str(error):
            hint = " With freq= (--freq), read does so itself."
        if texts and not frame.index.is_unique:
            hint += (
                f" If {texts[0]!r} tells several series apart, "
                f"give series= (--series) {texts[0]!r}."
            )
        raise InputError(f"{file}: {error}{hint}") from None
    return frame
