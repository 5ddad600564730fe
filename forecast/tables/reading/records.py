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
import pyarrow.csv

from forecast.exceptions import InputError
from forecast.tables.reading.delimiter import split_records

N_BLOCK = 50_000  # records that are packed together
_N_LONG = 100_000  # characters that are worth a parser of their own
_N_LEFT = 100  # lines at the end of them, among which the footer is
_OTHER_LINES = re.compile(r"\n\r?\n|\r[^\n]")  # those that are empty, or end in another way
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
        self._delimiter = delimiter
        self._lines = clean_lines(text, delimiter)
        self._reader = split_records(self._lines, delimiter)
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

    def take_columns(self, n_columns: int) -> tuple[list[int], list[pa.ChunkedArray]]:
        """Return the columns of a long and plain rest, but for its last lines, at once by Arrow.

        Where a line is not as wide as the others, or the rest is short, nothing is taken.
        """
        if not self._is_line or not isinstance(self._lines, io.StringIO) or n_columns < 2:
            return [], []
        start = self._lines.tell()
        rest = self._lines.read()
        text = rest.rsplit("\n", _N_LEFT)[0] + "\n"
        self._lines.seek(start)
        if len(rest) < _N_LONG or _OTHER_LINES.search(text):
            return [], []

        # Each line is a row, or the lines are not as plain as they seemed.
        columns = _parse_columns(text, self._delimiter, n_columns)
        n_rows = text.count("\n")
        if not columns or len(columns[0]) != n_rows:
            return [], []
        self._lines.seek(start + len(text))
        rows = list(range(self._start, self._start + n_rows))
        self._start += n_rows
        return rows, columns

    def _take_one_by_one(self, n_records: int) -> tuple[list[int], list[list[str]]]:
        """Return the next records; a quoted cell may hold line breaks."""
        rows = []
        records = []
        for record in islice(self._reader, n_records):
            rows.append(self._start)
            records.append(record)
            self._start = self._above + self._reader.line_num + 1
        return rows, records


def _parse_columns(text: str, delimiter: str, n_columns: int) -> list[pa.ChunkedArray]:
    """Return the columns of a text without quotes, none where its lines differ in width."""
    names = [str(column) for column in range(n_columns)]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=pa.csv.ReadOptions(column_names=names),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter, quote_char=False, ignore_empty_lines=False
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return []
    return table.columns


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

    def append_columns(self, rows: list[int], columns: list[pa.ChunkedArray]) -> None:
        """Add columns of the same length, and their lines."""
        for parts, column in zip(self._parts, columns, strict=True):
            parts.extend(column.chunks)
        self._rows.append(np.array(rows, dtype=int))

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
