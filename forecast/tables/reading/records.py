"""The records of a CSV file, packed as columns of text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecast.exceptions import InputError
from forecast.tables.reading.delimiter import split_records

N_BLOCK = 50_000  # records that are packed together
_BLANK_LINE = re.compile(r"^ +$", re.MULTILINE)


class Records:
    """The records of a text one after the other, and where each begins.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    text : str
    delimiter : str
        As in `split_records`.
    row : int
        The number of the first line in the file.
    """

    def __init__(self, file: str, text: str, delimiter: str, row: int):
        self._file = file
        self._reader = split_records(clean_lines(text, delimiter), delimiter)
        self._is_line = '"' not in text
        self._above = row - 1
        self._start = row

    def take(self, n_records: int) -> tuple[list[int], list[list[str]]]:
        """Return the next records with their lines, fewer at the end of the file."""
        try:
            # Without quotes every record is a line, and they can be taken together.
            if not self._is_line:
                return self._take_one_by_one(n_records)
            records = list(islice(self._reader, n_records))
            rows = list(range(self._start, self._start + len(records)))
            self._start += len(records)
            return rows, records
        except csv.Error as error:
            raise InputError(
                f"{self._file}, row {self._start} cannot be read as CSV: {error}. Correct it."
            ) from None

    def _take_one_by_one(self, n_records: int) -> tuple[list[int], list[list[str]]]:
        """Return the next records; a quoted cell may hold line breaks."""
        rows = []
        records = []
        for record in islice(self._reader, n_records):
            rows.append(self._start)
            records.append(record)
            self._start = self._above + self._reader.line_num + 1
        return rows, records


def clean_lines(text: str, delimiter: str) -> Iterator[str]:
    """Return the lines of a text; those of blanks are empty, and count as none."""
    lines = io.StringIO(text, newline="")
    if delimiter == " ":
        return (line.strip() + "\n" for line in lines)
    if not _BLANK_LINE.search(text):
        return lines
    return (line if line.strip(" \r\n") else "\n" for line in lines)


class Columns:
    """The columns of a table that is given some rows at a time.

    Parameters
    ----------
    n_columns : int
    """

    def __init__(self, n_columns: int):
        self._parts: list[list[pa.Array]] = [[] for _ in range(n_columns)]
        self._rows: list[np.ndarray] = []

    def append(self, rows: list[int], records: list[list[str]]) -> None:
        """Add records of the width of the table, and their lines."""
        if not records:
            return
        for parts, cells in zip(self._parts, zip(*records, strict=True), strict=True):
            parts.append(pa.array(cells, type=pa.string()))
        self._rows.append(np.array(rows, dtype=int))

    def rows(self) -> np.ndarray:
        """Return the line of each row."""
        return np.concatenate([np.empty(0, dtype=int), *self._rows])

    def texts(self) -> list[pd.Series]:
        """Return the columns, without blanks around the texts and NaN where they are empty."""
        return [_stripped(parts) for parts in self._parts]


def _stripped(parts: list[pa.Array]) -> pd.Series:
    """Join the parts of a column."""
    texts = pc.utf8_trim_whitespace(pa.chunked_array(parts, type=pa.string()))
    return pc.if_else(pc.equal(texts, ""), None, texts).to_pandas()
