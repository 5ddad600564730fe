"""The numeric columns of a table as float."""

from __future__ import annotations

import logging
from collections.abc import Hashable

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawColumn, RawTable, holds_texts, is_text, typed

_MISSING = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None"]

_log = logging.getLogger(__name__)


def numeric_columns(table: RawTable, others: set[Hashable]) -> tuple[pd.DataFrame, list[str]]:
    """Return the numeric columns as float, and the names of the text columns left out.

    Parameters
    ----------
    table : RawTable
    others : set of column labels
        The columns of the times and of the series, which are neither.
    """
    columns = {}
    texts = []
    decimal = _find_decimal(table, others)
    for name in table.cells.columns:
        if name in others:
            continue
        numbers = _to_numbers(table.column(name), decimal)
        if numbers is None:
            texts.append(str(name))
        else:
            columns[name] = numbers
    values = pd.DataFrame(columns)
    if values.empty:
        found = _describe_texts(table, texts)
        raise InputError(f"{table.file} has no numeric column{found}. Give it one to forecast.")
    if texts:
        listed = ", ".join(map(repr, texts))
        _log.info("%s: left out the columns of text %s", table.file, listed)
    return values, texts


def _find_decimal(table: RawTable, others: set[Hashable]) -> str:
    """Choose the comma where a cell looks like 1,5, unless the comma delimits."""
    if table.delimiter in ",":
        return "."
    for name in table.cells.columns.difference(list(others)):
        if table.cells[name].str.fullmatch(r"[+-]?\d+,\d+").any():
            return ","
    return "."


def _describe_texts(table: RawTable, texts: list[str]) -> str:
    """Say after a colon what stands in the columns of text, "" where there are none."""
    if not texts:
        return ""
    said = []
    for name in texts:
        first = table.cells[name].dropna().iloc[0]
        said.append(f"{name!r} holds text like {str(first)!r}")
    return f": {'; '.join(said)}"


def _to_numbers(column: RawColumn, decimal: str) -> np.ndarray | None:
    """Return a column as float, shape (n_rows,); None for text, dates and the like."""
    cells = typed(_without_markers(column.cells))
    # Numbers, and booleans as 1 and 0.
    if not is_text(cells):
        numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    # A column that is empty throughout may be filled in rows to come.
    elif cells.isna().all():
        return np.full(len(cells), np.nan)
    elif _is_typed(cells):
        return None
    else:
        numbers = _parse_numbers(cells, decimal)
        wrong = cells.notna().to_numpy() & np.isnan(numbers)
        # One typing error does not make a column of numbers a column of text: most cells decide.
        if 2 * wrong.sum() > cells.notna().sum():
            return None
        remedy = "Correct it, or empty the cell where the value is missing."
        column.refuse(wrong, "is no number", remedy)
    column.refuse(np.isinf(numbers), "is not finite", "Correct it, or empty the cell.")
    return numbers


def _without_markers(cells: pd.Series) -> pd.Series:
    """Return texts with NaN in place of the usual markers, and truth values as 1 and 0."""
    if not holds_texts(cells):
        return cells
    cells = cells.mask(cells.isin(_MISSING))
    if cells.dropna().isin(["True", "False"]).all():
        return cells.replace({"True": "1", "False": "0"})
    return cells


def _is_typed(cells: pd.Series) -> bool:
    """Whether a column holds times, spans of time, periods or categories: none of them a number."""
    is_time = cells.dtype.kind in "mM"
    return is_time or isinstance(cells.dtype, (pd.CategoricalDtype, pd.PeriodDtype))


def _parse_numbers(cells: pd.Series, decimal: str) -> np.ndarray:
    """Return texts as numbers, NaN where a cell is none; with decimal commas, 1.5 is none."""
    texts = cells.astype(object)
    if decimal == ",":
        has_point = texts.str.contains(".", regex=False, na=False)
        texts = texts.where(~has_point, "").str.replace(",", ".")
    try:
        return pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
    except TypeError:  # lists and other things that Parquet can hold
        return np.full(len(cells), np.nan)
