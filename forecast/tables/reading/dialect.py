"""The dialect of a CSV file: its encoding, delimiter, decimal sign, header and rows."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.moments import looks_like_date

_DELIMITERS = ",;\t|"
_MISSING = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None"]
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d*)?(e[+-]?\d+)?", re.IGNORECASE)

# The beginning of a file, from which its delimiter is guessed.
_N_CHARACTERS = 100_000
_N_RECORDS = 50


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


def parse_csv(file: str, text: str, series: str | None) -> RawTable:
    """Read the cells of a CSV file; `series` names the column whose cells stay text."""
    delimiter = _find_delimiter(text)
    header, rows = _scan_records(file, text, delimiter)
    decimal = _find_decimal(text, delimiter)

    # A series may be called 007 or NA: neither is a number or a missing cell.
    types = {} if series is None else {series: str}
    missing = {name: _MISSING for name in header if name != series}
    cells = pd.read_csv(
        io.StringIO(text, newline=""),
        sep=delimiter,
        names=header,
        header=0,
        index_col=False,
        decimal=decimal,
        skipinitialspace=True,
        dtype=types,
        keep_default_na=False,
        na_values=missing,
        low_memory=False,  # one type for each column
    )

    # Where pandas sees other blank rows than the scan, rows are counted as if there were none.
    if len(rows) != len(cells):
        rows = np.arange(2, len(cells) + 2)
    return RawTable(file, _drop_blank_columns(cells), rows, decimal)


def _records(text: str, delimiter: str, strict: bool = False) -> Any:
    """Return a reader of the records of a text, each a list of fields."""
    stream = io.StringIO(text, newline="")
    return csv.reader(stream, delimiter=delimiter, skipinitialspace=True, strict=strict)


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


def _find_decimal(text: str, delimiter: str) -> str:
    """Choose the comma where a whole cell looks like 1,5, unless the comma delimits."""
    if delimiter == ",":
        return "."
    edge = re.escape(delimiter)
    cell = rf'(?:^|{edge})[ "]*[+-]?\d+,\d+[ "]*(?:{edge}|$)'
    return "," if re.search(cell, text, re.MULTILINE) else "."


def _scan_records(file: str, text: str, delimiter: str) -> tuple[list[str], np.ndarray]:
    """Return the column names and the number of each row in the file; refuse ragged rows."""
    header: list[str] = []
    rows: list[int] = []
    start = 1
    records = _records(text, delimiter, strict=True)
    try:
        for record in records:
            # Blank lines are no rows, but an editor counts them.
            is_blank = not record or (len(record) == 1 and not record[0].strip())
            if not is_blank and not header:
                header = _column_names(file, record)
            # pandas would fill a short row with NaN, and cut a long one.
            elif not is_blank:
                _check_width(file, start, record, header, delimiter)
                rows.append(start)
            # A quoted cell may hold line breaks: one record can be several lines of the file.
            start = records.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"{file}, row {start} cannot be read as CSV: {error}. Correct or remove it."
        ) from None
    return header, np.array(rows, dtype=int)


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
    if not pd.api.types.is_integer_dtype(cells):
        return False
    rises_by_one = (np.diff(cells) == 1).all()
    return cells.iloc[0] in (0, 1) and bool(rises_by_one)
