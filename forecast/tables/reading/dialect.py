"""The dialect of a CSV file: its encoding, delimiter, decimal sign, header and rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.date_forms import looks_like_date

_DELIMITERS = ",;\t|"
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d*)?(e[+-]?\d+)?", re.IGNORECASE)

# The beginning of a file, from which its delimiter is guessed.
_N_CHARACTERS = 100_000
_N_RECORDS = 50

_N_PART = 50_000  # rows that are packed together


def decode(file: str, raw: bytes) -> str:
    """Turn bytes into text; refuse those that are none, and those that say nothing."""
    has_utf16_mark = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    encodings = ["utf-16"] if has_utf16_mark else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Nearly all bytes are letters to cp1252: control characters give binary data away.
        if _CONTROL_CHARACTER.search(text):
            continue
        if not text.strip():
            raise InputError(f"{file} is empty. Give it a row of column names and rows below.")
        return text
    raise InputError(
        f"{file} is neither a CSV nor a Parquet file: it holds binary data. Export it as CSV."
    )


def parse_csv(file: str, text: str) -> RawTable:
    """Read the cells of a CSV file as the texts that stand in it."""
    delimiter = _find_delimiter(text)
    header, columns, rows = _scan_records(file, text, delimiter)
    cells = pd.DataFrame(dict(zip(header, columns, strict=True)))
    return RawTable(file, _drop_blank_columns(cells), rows, delimiter)


def _records(text: str, delimiter: str) -> Any:
    """Return a reader of the records of a text, each a list of fields."""
    stream = io.StringIO(text, newline="")
    return csv.reader(stream, delimiter=delimiter, skipinitialspace=True)


def _find_delimiter(text: str) -> str:
    """Choose the delimiter under which most of the first rows are as wide as the header."""
    beginning = text[:_N_CHARACTERS]
    delimiter = ","
    best = (0, 0)
    for candidate in _DELIMITERS:
        records = islice(_records(beginning, candidate), _N_RECORDS)
        widths = [len(record) for record in records if record]
        # Among those that fit as many rows, the one that makes more columns is better.
        rank = (widths.count(widths[0]), widths[0])
        if widths[0] > 1 and rank > best:
            best = rank
            delimiter = candidate
    return delimiter


def _scan_records(file: str, text: str, delimiter: str) -> tuple[list[str], list, np.ndarray]:
    """Return the names, the columns of text and the number of each row; refuse ragged rows."""
    header: list[str] = []
    rows: list[int] = []
    start = 1
    table = _Columns()
    lines = _Lines(text)
    records = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for record in records:
            # Blank lines are no rows, but an editor counts them.
            is_blank = not record or (len(record) == 1 and not lines.last.strip())
            if not is_blank and not header:
                header = _column_names(file, record)
            elif not is_blank:
                _check_width(file, start, record, header, delimiter)
                rows.append(start)
                table.append(record)
            # A quoted cell may hold line breaks: one record can be several lines of the file.
            start = records.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"{file}, row {start} cannot be read as CSV: {error}. Correct or remove it."
        ) from None
    return header, table.columns(len(header)), np.array(rows, dtype=int)


class _Lines:
    """The lines of a text, one by one, and the last one that was given."""

    def __init__(self, text: str):
        self._stream = io.StringIO(text, newline="")
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        for line in self._stream:
            self.last = line
            yield line


class _Columns:
    """The columns of a table that is given row by row; texts are kept as Arrow keeps them."""

    def __init__(self) -> None:
        self._records: list[list[str]] = []
        self._parts: list[list[pa.Array]] = []

    def append(self, record: list[str]) -> None:
        """Add a row."""
        self._records.append(record)
        if len(self._records) == _N_PART:
            self._pack()

    def columns(self, n_columns: int) -> list[pd.Series]:
        """Return the columns, without blanks around the texts and NaN where they are empty."""
        if self._records:
            self._pack()
        columns = []
        for position in range(n_columns):
            parts = [part[position] for part in self._parts]
            texts = pc.utf8_trim_whitespace(pa.chunked_array(parts, type=pa.string()))
            filled = pc.if_else(pc.equal(texts, ""), None, texts)
            columns.append(filled.to_pandas())
        return columns

    def _pack(self) -> None:
        """Turn the last rows, which take much room, into columns."""
        part = [pa.array(column, type=pa.string()) for column in zip(*self._records, strict=True)]
        self._parts.append(part)
        self._records = []


def _check_width(file: str, row: int, record: list[str], header: list[str], delimiter: str) -> None:
    """Refuse a row with more or fewer fields than the header."""
    if len(record) != len(header):
        raise InputError(
            f"{file}, row {row} has {len(record)} fields, but the header has {len(header)} "
            f"(delimiter {delimiter!r}); the row begins with {record[0]!r}. Correct or remove it."
        )


def _column_names(file: str, record: list[str]) -> list[str]:
    """Return the names of a header; refuse data in its place and names that stand twice."""
    names = [name.strip() or f"column {position}" for position, name in enumerate(record, 1)]
    if all(_NUMBER.fullmatch(name) or looks_like_date(name) for name in names):
        raise InputError(
            f"{file}, row 1 holds data ({names[0]!r}, …) where column names belong. "
            "Add a header row."
        )
    for position, name in enumerate(names):
        if name in names[:position]:
            raise InputError(f"{file}, row 1 has two columns called {name!r}. Rename one of them.")
    return names


def _drop_blank_columns(cells: pd.DataFrame) -> pd.DataFrame:
    """Leave out columns without a name that are empty, or hold the row numbers of pandas and R."""
    blank = []
    for position, name in enumerate(cells.columns, 1):
        if name != f"column {position}":
            continue
        if cells[name].isna().all() or _counts_rows(cells[name]):
            blank.append(name)
    return cells.drop(columns=blank)


def _counts_rows(cells: pd.Series) -> bool:
    """Whether a column holds 0, 1, 2, … or 1, 2, 3, …."""
    first = cells.iloc[0]
    if first not in ("0", "1"):
        return False
    counted = range(int(first), int(first) + len(cells))
    return cells.tolist() == list(map(str, counted))
