"""The records of a CSV file, and the line of each; of a long plain file columns at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.csv

from forecast.exceptions import InputError
from forecast.tables.reading.delimiter import split_records

Record = tuple[int, list[str]]  # the number of a line in the file, and its fields

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
        self._above = row - 1  # lines that the reader has not seen
        self._start = row

    def take(self, n_records: int | None = None) -> list[Record]:
        """Return the next records with their lines, fewer at the end of the file; None for all."""
        taken = []
        try:
            for fields in islice(self._reader, n_records):
                taken.append((self._start, fields))
                # A quoted cell may hold line breaks.
                self._start = self._above + self._reader.line_num + 1
        except csv.Error as error:
            raise InputError(
                f"{self._file}, row {self._start} cannot be read as CSV: {error}. Correct it."
            ) from None
        return taken

    def take_columns(self, n_columns: int) -> tuple[range, list[pa.ChunkedArray]]:
        """Return the columns of a long and plain rest, but for its last lines, at once by Arrow.

        Where a line is not as wide as the others, or the rest is short, nothing is taken.
        """
        nothing: tuple[range, list[pa.ChunkedArray]] = (range(0), [])
        if not isinstance(self._lines, io.StringIO) or n_columns < 2:
            return nothing
        start = self._lines.tell()
        rest = self._lines.read()
        text = rest.rsplit("\n", _N_LEFT)[0] + "\n"
        self._lines.seek(start)
        if len(rest) < _N_LONG or _OTHER_LINES.search(text) or self._has_odd_quotes(text):
            return nothing

        # Each line is a row, or the lines are not as plain as they seemed.
        columns = _parse_columns(text, self._delimiter, n_columns)
        n_rows = text.count("\n")
        if not columns or len(columns[0]) != n_rows:
            return nothing
        self._lines.seek(start + len(text))
        rows = range(self._start, self._start + n_rows)
        self._above += n_rows
        self._start += n_rows
        return rows, columns

    def _has_odd_quotes(self, text: str) -> bool:
        """Whether a quote stands inside of a cell, or one is left open at the end."""
        if '"' not in text:
            return False
        sign = re.escape(self._delimiter)
        inside = re.compile(rf'(?<!{sign})(?<!^)"(?!{sign})(?!\r?$)', re.MULTILINE)
        return text.count('"') % 2 == 1 or inside.search(text) is not None


def _parse_columns(text: str, delimiter: str, n_columns: int) -> list[pa.ChunkedArray]:
    """Return the columns of a plain text, none where its lines differ in width."""
    names = [str(column) for column in range(n_columns)]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=pa.csv.ReadOptions(column_names=names),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter,
                # Quoted cells that hold line breaks show in the number of rows.
                newlines_in_values='"' in text,
                ignore_empty_lines=False,
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
