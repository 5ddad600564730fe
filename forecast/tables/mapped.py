"""A table that lies in files: mapped into memory, of which only what is read is taken."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from forecast.exceptions import InputError
from forecast.tables.intake import read_table, training_panel
from forecast.tables.panel import Panel

__all__ = ["map_table"]


def map_table(blocks: Iterable[tuple[Any, Any]], folder: str | os.PathLike[str]) -> Panel:
    """Write a table of many series to files, block by block, for a forecaster to learn from.

    The table may be larger than memory: `LSTMForecaster` reads its windows batch by batch. Other
    forecasters take it too, but read it as a whole.

    Parameters
    ----------
    blocks : iterable of (X, y)
        As in `Forecaster.fit`, with all rows of some of the series; X is None where nothing but y
        is known. All blocks have the same columns and the same frequency.
    folder : path
        An empty one, or one that does not exist yet. Its files are mapped as long as the table is
        in use: 8 bytes for each number.

    Returns
    -------
    table
        For ``fit(table)``, in the place of X and y.

    Raises
    ------
    ValueError
        If the folder holds files, a series comes in two blocks, a block differs from the first in
        its columns or frequency, or there is none.

    Notes
    -----
    Beside the files, the moments of all rows are in memory, and while a forecaster learns about 60
    bytes for each row. Where the time zone has summer time, the table is read as a whole.

    Examples
    --------
    >>> import tempfile
    >>> from forecast import NaiveForecaster
    >>> blocks = ((None, pd.concat({name: pd.Series([1.0, 2.0, 3.0])})) for name in "ab")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     NaiveForecaster(drift=True).fit(map_table(blocks, folder)).predict(2)
    array([4., 5., 4., 5.])
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InputError(f"{folder} holds files: give an empty folder.")
    panels = (training_panel(read_table(BaseEstimator(), X, y)) for X, y in blocks)
    return map_panels(panels, folder)


def map_panels(blocks: Iterable[Panel], folder: Path) -> Panel:
    """Write a table to files in an empty folder, as `map_table` does, from blocks that are read."""
    written = _Written()
    with (folder / "X").open("wb") as of_X, (folder / "y").open("wb") as of_y:
        for block in blocks:
            written.add(block, of_X, of_y)
    return written.panel(folder)


class _Written:
    """What has been written of a table so far."""

    def __init__(self) -> None:
        self.first: Panel | None = None  # the first block, without its rows
        self.lengths: dict[Hashable, int] = {}
        self.times: list[pd.Index] = []

    def add(self, block: Panel, of_X: IO[bytes], of_y: IO[bytes]) -> None:
        """Write the rows of a block behind those before."""
        if self.first is None:
            self.first = block.take(np.empty(0, dtype=np.intp))
        self._check(block, self.first)
        self.lengths.update(zip(block.names, block.lengths.tolist(), strict=True))
        self.times.append(block.times)
        of_X.write(np.ascontiguousarray(block.X).data)
        of_y.write(np.ascontiguousarray(block.y).data)

    def _check(self, block: Panel, first: Panel) -> None:
        """Refuse a block that is no part of the same table."""
        for name in block.names:
            if name is None:
                raise InputError(
                    "the rows of a block name no series.",
                    "Name it, for instance with pandas.concat({name: y}).",
                )
            if name in self.lengths:
                raise InputError(
                    f"series {name!r} comes in two blocks: give all of its rows in one."
                )
        for what in ("columns", "frequency"):
            own, expected = getattr(block, what), getattr(first, what)
            if own != expected:
                raise InputError(
                    f"the block of series {block.names[0]!r} has the {what} {own}, "
                    f"the first one {expected}: both must be the same."
                )

    def panel(self, folder: Path) -> Panel:
        """Map the files that have been written."""
        if self.first is None:
            raise InputError("blocks is empty: give at least one.")
        times = self.times[0].append(self.times[1:])
        return Panel(
            names=tuple(self.lengths),
            numbers=np.arange(len(self.lengths)),
            bounds=np.cumsum([0, *self.lengths.values()]),
            times=times,
            X=_mapped(folder / "X", len(times), self.first.X.shape[1]),
            y=_mapped(folder / "y", len(times), self.first.y.shape[1]),
            frequency=self.first.frequency,
            columns=self.first.columns,
        )


def _mapped(path: Path, rows: int, columns: int) -> np.ndarray:
    """Map a file of floats, (rows, columns); one without columns has nothing to map."""
    if not columns:
        return np.empty((rows, 0))
    return np.memmap(path, dtype=np.float64, mode="r", shape=(rows, columns))
