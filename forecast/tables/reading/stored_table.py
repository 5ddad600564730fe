"""A table of many series that stays where it is: some series are read at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.addresses import shown
from forecast.tables.reading.blocks import survey
from forecast.tables.reading.contents import MAX_BYTES
from forecast.tables.reading.options import options_of
from forecast.tables.reading.reader import read_noting
from forecast.tables.rows import runs_of
from forecast.tables.timeline import fill_gaps
from forecast.validation import nearest
from forecast.wording import some_of

__all__ = ["StoredTable"]

_ROWS_OF_A_RUN = 2**16  # about: to open a table costs as much as to read so many rows of it


class StoredTable:
    """A table that need not fit into memory: in a folder of Parquet files, or a database.

    `backtest` takes it for X and y: it reads some series at a time, in each of its processes.

    Parameters
    ----------
    address : str or Path
        As `read` takes it: a folder of Parquet files, one such file, or a database.
    target : str, optional
        The column to forecast; by default the only numeric one.
    features : sequence of str, default=()
        The columns that are known for each moment: X.
    time, series, time_zone, freq, how : optional
        As in `read`.
    fill : bool, default=False
        Whether gaps get the value before them, up to the last value of the target.
    query, decimal, thousands, missing, date_order : optional
        As in `read`.
    max_bytes : int, default=500_000_000
        What may be read at once: some series, or a longer one alone.

    Attributes
    ----------
    counts : Series of int
        The number of rows of each series, by its name.
    moments : Index
        The moments that some series has a row for.

    Raises
    ------
    ValueError
        If the table is read at once only, as a CSV file is.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from forecast import NaiveForecaster, StoredTable, backtest
    >>> with TemporaryDirectory() as folder:
    ...     for shop in ("north", "south"):
    ...         days = pd.date_range("2024-01-01", periods=20)
    ...         table = pd.DataFrame({"series": shop, "day": days, "sold": range(20)})
    ...         table.to_parquet(Path(folder, f"{shop}.parquet"))
    ...     stored = StoredTable(folder, target="sold")
    ...     result = backtest(NaiveForecaster(), stored)
    >>> stored.counts.to_dict()
    {'north': 20, 'south': 20}
    >>> result.scores("series")["mae"].tolist()
    [1.0, 1.0]
    """

    def __init__(
        self,
        address: str | Path,
        target: str | None = None,
        features: Sequence[str] = (),
        time: str | Sequence[str] | None = None,
        series: str | Sequence[str] | None = None,
        time_zone: str | None = None,
        freq: str | None = None,
        how: str | None = None,
        fill: bool = False,
        query: str | None = None,
        decimal: str | None = None,
        thousands: str | None = None,
        missing: str | Sequence[str] | None = None,
        date_order: str | None = None,
        max_bytes: int = MAX_BYTES,
    ):
        self.address = address
        self.target = target
        self.features = list(features)
        self.fill = fill
        options = options_of(
            time,
            series,
            missing,
            time_zone=time_zone,
            freq=freq,
            how=how,
            decimal=decimal,
            thousands=thousands,
            date_order=date_order,
            query=query,
            max_bytes=max_bytes,
        )
        self.counts, self.moments, self.options = survey(address, options)

    def read(self, names: Sequence[Any]) -> tuple[pd.DataFrame | None, pd.Series]:
        """Read some series.

        Parameters
        ----------
        names : sequence
            Of series, as `counts` has them.

        Returns
        -------
        X : DataFrame or None
            The features; None where there are none.
        y : Series

        Raises
        ------
        ValueError
            If a series or a column is not there, or the table has no names of series.
        """
        if self.counts.index[0] is None:
            raise InputError(
                f"{shown(self.address)} has no names of series, and so no parts to be read in: use "
                "read."
            )
        frame = read_noting(self.address, replace(self.options, only=tuple(names))).frame
        target = self._target(list(frame.columns))
        columns = [target, *self.features]
        for name in columns:
            if name not in frame:
                raise InputError(
                    f"{shown(self.address)} has no numeric column {name!r}; "
                    f"{nearest(name, list(frame.columns))}."
                )
        if self.fill:
            frame, _ = fill_gaps(frame[columns], target)
        return frame[self.features] if self.features else None, frame[target]

    def runs(self) -> list[tuple[int, int]]:
        """Cut the table into the runs of series that are read at a time.

        Returns
        -------
        list of (first, last + 1)
            Places in `counts`.
        """
        return runs_of(self.counts.to_numpy(), _ROWS_OF_A_RUN)

    def part(self, start: int, stop: int) -> StoredTable:
        """Return a run of series as a table of its own, with all moments.

        Parameters
        ----------
        start, stop : int
            Places in `counts`, as `runs` gives them.

        Returns
        -------
        StoredTable
        """
        part = copy(self)
        # A slice would take the names of all series along to another process.
        part.counts = self.counts.take(range(start, stop))
        return part

    def blocks(self) -> Iterator[tuple[pd.DataFrame | None, pd.Series]]:
        """Read one run of series after the other, as `map_table` takes them.

        Yields
        ------
        X : DataFrame or None
        y : Series
        """
        for start, stop in self.runs():
            yield self.read(list(self.counts.index[start:stop]))

    def _target(self, columns: list[str]) -> str:
        """Return the name of the column to forecast."""
        if self.target is not None:
            return self.target
        if len(columns) > 1:
            raise InputError(
                f"{shown(self.address)} has several numeric columns, {some_of(columns)}: name the "
                "target."
            )
        return columns[0]
