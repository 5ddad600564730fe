"""The cells of a file, before anything is known about them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.wording import quoted


@dataclass(frozen=True)
class RawColumn:
    """The cells of one column, and where each of them stands in the file.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    name : label of the column
    cells : Series of length n_rows
    rows : array of shape (n_rows,)
        The number of each row in the file, as an editor counts them; 0 where they have none.
    """

    file: str
    name: Hashable
    cells: pd.Series
    rows: np.ndarray

    def refuse(self, wrong: Any, what: str, remedy: str | Remedy) -> None:
        """Refuse the first cell where `wrong`, shape (n_rows,), is True, if there is one.

        `remedy` is that of `InputError`.
        """
        wrong = np.asarray(wrong, dtype=bool)
        if not wrong.any():
            return
        # The value as it stands in the file, at the place where an editor finds it.
        row = int(np.argmax(wrong))
        value = self.cells.iloc[row]
        said = "the cell" if self.cells.isna().iloc[row] else quoted(str(value))
        number = f", row {self.rows[row]}" if self.rows[row] else ""
        place = f"{self.file}{number}, column {quoted(str(self.name))}"
        raise InputError(f"{place}: {said} {what}.", remedy)


@dataclass(frozen=True)
class RawTable:
    """The cells of a file.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    cells : DataFrame of shape (n_rows, n_columns)
        Of CSV the texts as they stand, without blanks around them and NaN where a cell is empty:
        what they mean is decided by the whole column. The columns of Parquet keep their types.
    rows : array of shape (n_rows,)
        The number of each row in the file, as an editor counts them; 0 where they have none.
    delimiter : str, default=""
        Of CSV; "" for Parquet and for a table of one column.
    is_quoted : bool, default=False
        Whether all cells stand in quotes, where the delimiter says nothing of them.
    time, series : label of a column or None, default=None
        The columns that were the index of a Parquet file.
    notes : tuple of str, default=()
        What was passed over, such as "2 lines above the header".
    is_unordered : bool, default=False
        Whether the rows come from several files or a database, so that their order says nothing.
    """

    file: str
    cells: pd.DataFrame
    rows: np.ndarray
    delimiter: str = ""
    is_quoted: bool = False
    time: Hashable = None
    series: Hashable = None
    notes: tuple[str, ...] = ()
    is_unordered: bool = False

    def column(self, name: Hashable) -> RawColumn:
        """Return one column."""
        return RawColumn(self.file, name, self.cells[name], self.rows)

    def taken(self, wanted: np.ndarray) -> RawTable:
        """Return the rows where `wanted`, shape (n_rows,), is True."""
        cells = self.cells[wanted].reset_index(drop=True)
        return replace(self, cells=cells, rows=self.rows[wanted])


def typed(cells: pd.Series) -> pd.Series:
    """Return a column of plain numbers in texts (1, -2.5, 3e6) as numbers, any other as it is."""
    is_text_only = pd.api.types.infer_dtype(cells, skipna=True) == "string"
    if not is_text_only or cells.isna().all():
        return cells
    try:
        return pd.to_numeric(cells)
    except ValueError:
        return cells


def is_text(cells: pd.Series) -> bool:
    """Whether a column holds anything but numbers: texts, dates, lists."""
    return not pd.api.types.is_numeric_dtype(cells)
