"""A sheet of an Excel workbook (.xlsx): numbers and dates are what they are in the workbook."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, MissingPackageError, Remedy
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.contents import BYTES_OF_CELL, check_size
from forecast.validation import nearest
from forecast.wording import counted, quoted, reason_of

_Row = tuple[Any, ...]


def parse_workbook(file: str, raw: bytes, sheet: str | None, max_bytes: int) -> RawTable:
    """Read the cells of the sheet of that name, or of the only one that is not empty.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    raw : bytes
    sheet : str or None
    max_bytes : int
        Of what is packed in the workbook, and of its cells: one cell may stand far from the others.

    Returns
    -------
    RawTable
        Its columns have the types of their cells; a column of several types holds texts. The rows
        have their numbers in the sheet.

    Raises
    ------
    ValueError
        If the workbook cannot be read, has no such sheet or several to choose from, or the sheet
        has no row of column names.
    ImportError
        If openpyxl is not installed.
    """
    sheets = _sheets(file, raw, max_bytes)
    rows = sheets[_chosen(file, sheets, sheet)]
    header, rows_above = _header(file, rows)
    names = _names(file, header, rows)
    below = {number: row for number, row in rows.items() if number > header and _is_filled(row)}
    table = pd.DataFrame(
        {name: [row[place] for row in below.values()] for name, place in names.items()},
        dtype=object,
    )
    # Without a cell a name says nothing of its column, and what is typed as text stays text.
    cells = table.apply(_typed)
    notes = [f"{counted(rows_above, 'line')} above the header"] if rows_above else []
    return RawTable(file, cells, np.array(list(below), dtype=int), notes=tuple(notes))


def _sheets(file: str, raw: bytes, max_bytes: int) -> dict[str, dict[int, _Row]]:
    """Return the rows of each sheet that has any, by their numbers."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise MissingPackageError(
            f"{file} is an Excel workbook, and to read it takes the package openpyxl: install it "
            "with pip install 'seqcast[excel]', or export the sheet as CSV."
        ) from None
    try:
        with ZipFile(io.BytesIO(raw)) as archive:
            check_size(file, sum(member.file_size for member in archive.infolist()), max_bytes)
        workbook = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        found = {sheet.title: _rows(file, sheet, max_bytes) for sheet in workbook.worksheets}
    except InputError:
        raise
    except Exception as error:  # whatever a damaged archive makes openpyxl say
        raise InputError(
            f"{file} is no readable Excel workbook: {reason_of(error)}. Get a whole copy of it."
        ) from None
    return {name: rows for name, rows in found.items() if any(map(_is_filled, rows.values()))}


def _rows(file: str, sheet: Any, max_bytes: int) -> dict[int, _Row]:
    """Return the rows of a sheet by their numbers, each as wide as the widest."""
    rows: dict[int, _Row] = {}
    n_bytes = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        rows[number] = row
        n_bytes += BYTES_OF_CELL * len(row)
        check_size(file, n_bytes, max_bytes)
    return rows


def _chosen(file: str, sheets: dict[str, Any], sheet: str | None) -> str:
    """Return the name of the sheet to read."""
    if not sheets:
        raise InputError(f"{file} is empty. Give it a row of column names and rows below.")
    if sheet is None and len(sheets) > 1:
        names = ", ".join(map(repr, sheets))
        first = next(iter(sheets))
        raise InputError(
            f"{file} has several sheets: {names}.", Remedy("Name one: {}.", {"sheet": first})
        )
    if sheet is not None and sheet not in sheets:
        raise InputError(f"{file} has no sheet {quoted(sheet)}; {nearest(sheet, sheets)}.")
    return next(iter(sheets)) if sheet is None else sheet


def _header(file: str, rows: dict[int, _Row]) -> tuple[int, int]:
    """Return the number of the row of column names, and how many filled rows stand above it.

    Titles have fewer cells than the table below them: the header is the first row in which more
    cells are texts than half of the cells of a typical row.
    """
    filled = {number: row for number, row in rows.items() if _is_filled(row)}
    n_cells = int(np.median([len(_places(row)) for row in filled.values()]))
    for above, (number, row) in enumerate(filled.items()):
        if 2 * sum(isinstance(cell, str) for cell in row) > n_cells:
            return number, above
    raise InputError(
        f"{file} has no row of column names. Write them above the first row of the sheet."
    )


def _names(file: str, header: int, rows: dict[int, _Row]) -> dict[str, int]:
    """Return the places of the columns by their names; an empty column needs none."""
    titles = rows[header]
    names: dict[str, int] = {}
    for place in range(max(map(len, rows.values()))):
        title = titles[place] if place < len(titles) else None
        below = (row[place] for number, row in rows.items() if number > header and place < len(row))
        if title is None and not any(cell is not None for cell in below):
            continue
        name = "" if title is None else str(title).strip()
        where = f"{file}, row {header}, column {place + 1}"
        if not name:
            raise InputError(f"{where}: the column has no name. Write one, or remove the column.")
        if name in names:
            raise InputError(
                f"{where}: {quoted(name)} is the name of another column. Change one of both."
            )
        names[name] = place
    return names


def _typed(cells: pd.Series) -> pd.Series:
    """Return a column as numbers or moments if all its cells are, else as texts."""
    known = cells.dropna()
    if all(isinstance(cell, str) for cell in known):
        return cells.map(str.strip, na_action="ignore")
    inferred = cells.infer_objects()
    return cells.map(str, na_action="ignore") if inferred.dtype == object else inferred


def _is_filled(row: _Row) -> bool:
    """Whether a row has a cell."""
    return bool(_places(row))


def _places(row: _Row) -> list[int]:
    """Return the places of the cells that are not empty."""
    return [place for place, cell in enumerate(row) if cell is not None]
