"""The delimiter of a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import Any

from forecast.tables.reading.kinds import is_missing, is_value, is_words

# Among delimiters that fit alike the first is taken. Blanks stand in many texts, and every file
# is a table of one column: these two have to fit better than the others.
_TRUST = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 1.0, " ": 0.9, "": 0.8}
_TRUST_WITHOUT_NAMES = 0.7
_N_LINES = 100
_N_CHARACTERS = 50_000


def split_records(lines: Iterable[str], delimiter: str) -> Any:
    """Return a reader of the records of a text, each a list of fields.

    Parameters
    ----------
    lines : iterable of str
    delimiter : str
        A sign, " " for runs of blanks, "" for a table of one column.
    """
    return csv.reader(lines, delimiter=delimiter or "\x1f", skipinitialspace=True, strict=True)


def find_delimiter(lines: Iterable[str]) -> str:
    """Choose the delimiter that makes the most regular table of known cells.

    As in [1]_, a delimiter is the better the more rows are equally wide, and the more cells look
    like something: `2013-01-01;1` looks like nothing.

    References
    ----------
    .. [1] van den Burg, Nazábal & Sutton (2019), Wrangling messy CSV files by detecting row and
       type patterns, Data Mining and Knowledge Discovery 33, 1799-1820.
    """
    beginning = _beginning(lines)
    best = ","
    best_rank = (0.0, 0)
    for delimiter, trust in _TRUST.items():
        records = _split_beginning(beginning, delimiter)
        regularity, width = _regularity(records)
        rank = (round(trust * regularity, 6), width)
        if rank > best_rank and (width > 1 or not delimiter):
            best_rank = rank
            best = delimiter
    return best


def _beginning(lines: Iterable[str]) -> list[str]:
    """Return the first lines that are neither blank nor comments."""
    beginning: list[str] = []
    n_characters = 0
    for line in islice(lines, _N_LINES):
        n_characters += len(line)
        if n_characters > _N_CHARACTERS and len(beginning) > 1:
            break
        if line.strip() and line[0] not in "#%":
            beginning.append(line)
    return beginning


def _split_beginning(lines: list[str], delimiter: str) -> list[list[str]]:
    """Split the first lines, up to one that cannot be split."""
    if delimiter == " ":
        lines = [line.strip() for line in lines]
    records = []
    with suppress(csv.Error):
        for record in split_records(lines, delimiter):
            records.append(record)  # noqa: PERF402 - those before an error count
    return records


def _regularity(records: list[list[str]]) -> tuple[float, int]:
    """Return how regular a table is, from 0 to 1, and how many columns it has."""
    widths = [len(record) for record in records]
    if not widths:
        return 0.0, 0
    width = max(widths, key=lambda width: (widths.count(width), width))

    # Lines above the header and below the last row are as wide as they like.
    first = widths.index(width)
    last = len(widths) - widths[::-1].index(width)
    table = [record for record in records[first:last] if len(record) == width]
    share_of_rows = len(table) / (last - first)

    # Cells that look like something.
    cells = [cell for record in table for cell in record]
    known = [cell for cell in cells if _is_known(cell)]
    share_of_cells = len(known) / len(cells)

    trust = 1.0 if _has_names(table) else _TRUST_WITHOUT_NAMES
    return trust * share_of_rows * share_of_cells, width


def _has_names(table: list[list[str]]) -> bool:
    """Whether the first row has words above a column of values."""
    for cells in zip(*table, strict=True):
        below = [cell for cell in cells[1:] if not is_missing(cell)]
        n_values = sum(map(is_value, below))
        if is_words(cells[0]) and 2 * n_values > len(below):
            return True
    return False


def _is_known(cell: str) -> bool:
    """Whether a cell is a value, is missing, or is words without a delimiter in them."""
    if is_missing(cell) or is_value(cell):
        return True
    # 2013-01-01 95 is two values.
    parts = cell.split()
    if len(parts) > 1 and all(map(is_value, parts)):
        return False
    return not any(sign in cell for sign in ",;\t|")
