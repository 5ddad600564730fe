"""A table in blocks of series: what it holds by one cheap look, and the rows of some series.

A folder of Parquet files and the result of a query are read so: no more of them is in memory than
was asked for. Their rows have no order of their own, so the series stand in the order of their
names; those of a single Parquet file in that of appearance, as they do where it is read at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Protocol

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.reading.addresses import is_database, is_folder, scheme_of, shown
from forecast.tables.reading.cells import RawTable, is_text, typed
from forecast.tables.reading.columns import series_columns, series_names, time_columns
from forecast.tables.reading.contents import as_path, status_of
from forecast.tables.reading.folders import Folder
from forecast.tables.reading.moments import row_moments
from forecast.tables.reading.options import Options
from forecast.tables.reading.parts import joined
from forecast.tables.reading.queries import open_query
from forecast.tables.reading.source import NO_SHEET, open_table
from forecast.tables.timeline import regularize
from forecast.wording import some_of

_N_HEAD = 1000  # rows by which the columns of times and series are found
_NO_QUERY = ("Leave out query.", "Leave out --query.")


class _Rows(Protocol):
    """Rows that need not be read all at once."""

    file: str

    def head(self, n_rows: int) -> RawTable:
        """Return the first rows, or a few more."""

    def rows(self, keys: Sequence[str] = (), only: Sequence[Any] = ()) -> RawTable:
        """Return all rows, or those of the series that these columns name so."""

    def n_rows(self) -> int:
        """Count the rows."""

    def counts(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the different rows of some columns, and as "count" how often each is there."""


class Survey(NamedTuple):
    """What a table holds that need not fit into memory.

    Parameters
    ----------
    series : Series of int
        The number of rows of each series, before `freq` and `how`, by its name, in the order in
        which `read` gives them.
        One of the name None where the table has no names of series.
    moments : Index
        The moments that some series has a row for, in order; with `freq` those of its grid from the
        first to the last of them.
    options : Options
        With what the table decides as a whole, so that each block of it is read like the whole:
        give them to `read_noting`, with the names in `only`.
    """

    series: pd.Series
    moments: pd.Index
    options: Options


def survey(address: str | Path, options: Options) -> Survey:
    """Say which series and moments a table holds, without reading it all at once.

    Parameters
    ----------
    address : str or Path
        A folder of Parquet files, one such file, or a database with ``options.query``.
    options : Options

    Raises
    ------
    ValueError
        If it is read at once only, as a CSV file is, or names series by anything but texts and
        whole numbers; or if it has local times in an hour that clocks repeat, which only the rows
        of a series in their order tell apart.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from tempfile import TemporaryDirectory
    >>> from forecast.tables.reading.reader import read_noting
    >>> day = pd.to_datetime(["2024-01-01", "2024-01-02"])
    >>> with TemporaryDirectory() as folder:
    ...     for store in (7, 8):
    ...         place = Path(folder, f"store={store}")
    ...         place.mkdir()
    ...         pd.DataFrame({"day": day, "sold": store}).to_parquet(place / "part-0.parquet")
    ...     found = survey(folder, Options(series=("store",)))
    ...     block = read_noting(folder, replace(found.options, only=(8,))).frame
    >>> found.series.to_dict()
    {7: 2, 8: 2}
    >>> block["sold"].tolist()
    [8.0, 8.0]
    """
    rows = _rows_at(address, options, at_once=False)
    if rows is None:
        if scheme_of(address) is None:
            status_of(as_path(address))  # what is not there is refused as such
        raise InputError(
            f"{shown(address)} is read at once, since it is no folder of Parquet files, no such "
            "file and no database. Write it as Parquet."
        )
    head = rows.head(_N_HEAD)
    options = _settled(rows, head, options)
    moments, order = _moments(rows, head, options)
    options = replace(options, date_order=options.date_order or order)
    return Survey(_series(rows, head, options.series), moments, options)


def raw_table(address: str | Path, options: Options) -> tuple[RawTable, Options]:
    """Return the cells of a table, or of the series that are asked for, wherever it is.

    The options come back with the columns that hold the times and the series, where the first rows
    have decided them.
    """
    rows = _rows_at(address, options, at_once=not options.only)
    if rows is None:
        table = open_table(address, options.sheet, options.max_bytes)
        return (_taken(table, options) if options.only else table), options
    if options.only:
        return _of_series(rows, options)
    table = rows.rows()
    is_first = np.arange(len(table.rows)) < _N_HEAD
    return table, _settled(rows, table.taken(is_first), options)


def _of_series(rows: _Rows, options: Options) -> tuple[RawTable, Options]:
    """Return the cells of the series that are asked for, and options that say their columns."""
    if not (options.time and options.series):
        options = _settled(rows, rows.head(_N_HEAD), options)
    if not options.series:
        _refuse_no_series(rows.file)
    table = rows.rows(options.series, options.only)
    if len(_taken(table, options).rows) < len(table.rows):
        raise InputError(
            f"{rows.file} takes names for the same that are not, such as 'a' and 'A'. Give the "
            "series names that differ in more than case and blanks."
        )
    return replace(table, file=f"{rows.file} (series {some_of(options.only)})"), options


def _taken(table: RawTable, options: Options) -> RawTable:
    """Return the rows of the series that are asked for; refuse a name that none has."""
    names, _ = series_names(table, series_columns(table, options.series))
    if names is None:
        _refuse_no_series(table.file)
    is_wanted = names.isin(options.only).to_numpy()
    found = set(names[is_wanted].unique())
    missing = [name for name in options.only if name not in found]
    if missing:
        raise InputError(
            f"{table.file}: there is no series {missing[0]!r}, or no longer. List the series anew."
        )
    return table.taken(is_wanted)


def rows_in_blocks(address: str | Path, options: Options) -> int | None:
    """Count the rows of a folder, a file of Parquet or a query; None of what is read at once."""
    rows = _rows_at(address, options, at_once=False)
    return None if rows is None else rows.n_rows()


def _refuse_no_series(file: str) -> NoReturn:
    """Refuse to take some series where none has a name."""
    raise InputError(f"{file} has no names of series.", Remedy("Give {}.", {"series": None}))


def _rows_at(address: str | Path, options: Options, at_once: bool) -> _Rows | None:
    """Return the rows of what is read in blocks; None for a file that is read at once."""
    if options.query is not None and not is_database(address):
        raise InputError(f"{shown(address)} is no database, and takes no query.", *_NO_QUERY)
    is_file = not (is_database(address) or is_folder(address))
    if options.sheet is not None and not is_file:
        raise InputError(f"{shown(address)} is no Excel workbook, and has no sheet.", *NO_SHEET)
    if is_database(address):
        return open_query(str(address), options.query, options.max_bytes)
    if not is_file or (not at_once and _is_parquet(address)):
        return Folder(str(address), options.max_bytes)
    return None


def _is_parquet(address: str | Path) -> bool:
    """Whether a file begins like one of Parquet."""
    if scheme_of(address) is not None:
        return str(address).lower().endswith(".parquet")
    # What is wrong with a path is said where it is opened.
    with suppress(OSError, ValueError):
        path = as_path(address)
        if path.is_file():
            with path.open("rb") as file:
                return file.read(4) == b"PAR1"
    return False


def _settled(rows: _Rows, head: RawTable, options: Options) -> Options:
    """Return options that say which columns hold the times and the series.

    By the first rows, so that each block finds the same ones.
    """
    if head.cells.empty:
        raise InputError(f"{rows.file} gives no row. At least 2 are needed.")
    series = _series_columns(rows, head, options.series)
    time = time_columns(head, options.time, series)
    if not time:
        raise InputError(
            f"{rows.file} has no column of times, and its rows have no order of their own.",
            Remedy("Name the column with {}.", {"time": None}),
        )
    return replace(options, series=tuple(map(str, series)), time=tuple(map(str, time)))


def _series_columns(rows: _Rows, head: RawTable, said: Sequence[str]) -> tuple[Any, ...]:
    """Find the columns that name the series."""
    found = series_columns(head, said)
    if found or "series" not in head.cells or not is_text(head.cells["series"]):
        return found
    # Names of digits may be followed by others.
    names = rows.counts(["series"])["series"]
    return ("series",) if is_text(typed(names)) else ()


def _series(rows: _Rows, head: RawTable, keys: Sequence[str]) -> pd.Series:
    """Count the rows of each series."""
    if not keys:
        total = int(rows.counts([head.cells.columns[0]])["count"].sum())
        return pd.Series([total], index=pd.Index([None], dtype=object))
    counts = rows.counts(keys)
    table = _distinct(head, counts[list(keys)])
    for key in keys:
        _check_names(table, key)
    names, codes = series_names(table, keys)
    assert names is not None  # there are columns of names
    in_order = np.argsort(codes, kind="stable")
    index = pd.Index(names.iloc[in_order].tolist())
    ordered = pd.Series(counts["count"].to_numpy()[in_order], index=index)
    return ordered.groupby(level=0, sort=False).sum()


def _check_names(table: RawTable, key: str) -> None:
    """Refuse names by which rows cannot be found again one by one."""
    column = table.column(key)
    cells = column.cells
    if pd.api.types.is_integer_dtype(cells):
        return
    is_other = [not (isinstance(cell, str) or pd.isna(cell)) for cell in cells]
    what = "is neither a text nor a whole number"
    column.refuse(is_other, what, "Name the series by texts or whole numbers.")
    is_padded = [isinstance(cell, str) and cell != cell.strip() for cell in cells]
    column.refuse(is_padded, "has blanks around it", "Take them away where the rows come from.")


def _distinct(head: RawTable, cells: pd.DataFrame) -> RawTable:
    """Return different cells of a table as one of their own, whose rows have no numbers."""
    return replace(head, cells=cells, rows=np.zeros(len(cells), dtype=int))


def _moments(rows: _Rows, head: RawTable, options: Options) -> tuple[pd.Index, str | None]:
    """Return the moments that there are, in order, and the order of dates where it is open."""
    names = list(options.time)
    cells = rows.counts(names)[names].sort_values(names, ignore_index=True)
    table = _distinct(head, cells)
    column, _ = joined(table, names)
    found = row_moments(table, column, np.zeros(len(cells), dtype=int), options)
    moments = found.times.unique().sort_values()
    if options.freq is not None:
        moments = regularize(pd.DataFrame(index=moments), options.freq, "count").index
    return moments, found.order
