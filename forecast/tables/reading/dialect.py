"""The rows of a CSV file: what its delimiter, header and footer leave."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from forecast.exceptions import InputError
from forecast.tables.reading.body import Record
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.delimiter import find_delimiter
from forecast.tables.reading.header import Header, find_header, said_lines
from forecast.tables.reading.kinds import is_moment, is_value, is_words
from forecast.tables.reading.records import N_BLOCK, Columns, Records, clean_lines

_N_BEGINNING = 200  # records from which the header is told
_N_CHARACTERS = 10_000  # from which quotes are
_MAX_FOOTER = 20  # lines
_DIRECTIVE = re.compile(r"\s*\"?sep=(.)\"?[ \t]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
_ROW_NUMBERS = re.compile(r"Unnamed: \d+")  # as pandas calls its own when it reads them back
_TOTAL = re.compile(
    r"(grand |sub)?(total|sum|summe|gesamt|average|mean|mittel|durchschnitt|moyenne|media)",
    re.IGNORECASE,
)


def parse_csv(file: str, text: str) -> RawTable:
    """Read the cells of a CSV file as the texts that stand in it.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    text : str

    Raises
    ------
    InputError
        If the file has no header, a row does not fit it, or two columns are called alike.
    """
    # Excel writes the delimiter into a first line of its own: sep=;
    directive = _DIRECTIVE.match(text)
    above = 1 if directive else 0
    text = text[directive.end() :] if directive else text
    delimiter = directive[1] if directive else find_delimiter(clean_lines(text, ""))
    records = Records(file, text, delimiter, above + 1)

    # The first records show the header, the others have to fit it.
    rows, fields = records.take(_N_BEGINNING)
    header = find_header(file, list(zip(rows, fields, strict=True)))
    table = _Table(file, header, delimiter)
    is_quoted = _is_quoted(text, delimiter)
    table.add(rows[header.first :], fields[header.first :])
    table.add_columns(*records.take_columns(len(header.names)))
    while fields:
        rows, fields = records.take(N_BLOCK)
        table.add(rows, fields)
    return replace(table.finish(), is_quoted=is_quoted)


def _is_quoted(text: str, delimiter: str) -> bool:
    """Whether the cells of most of the first lines stand in quotes."""
    lines = [line.strip().rstrip(delimiter) for line in text[:_N_CHARACTERS].splitlines()]
    filled = [line for line in lines if line]
    parted = f'"{delimiter}"'
    quoted = [line for line in filled if line.count(parted) == line.count(delimiter)]
    return 2 * sum(line.startswith('"') for line in quoted) > len(filled)


class _Table:
    """The rows below a header, which are given some at a time."""

    def __init__(self, file: str, header: Header, delimiter: str):
        self._file = file
        self._header = header
        self._delimiter = delimiter
        self._width = len(header.names)
        self._columns = Columns(self._width)
        self._last: tuple[list[int], list[list[str]]] = ([], [])
        self._comments: list[Record] = []

    def add(self, rows: list[int], records: list[list[str]]) -> None:
        """Add records; the last ones are kept, since they may turn out to be a footer."""
        if set(map(len, records)) != {self._width}:
            rows, records = self._without_blanks(rows, records)
        rows = self._last[0] + rows
        records = self._last[1] + records
        n_packed = max(len(rows) - _MAX_FOOTER, 0)
        self._pack(rows[:n_packed], records[:n_packed])
        self._last = (rows[n_packed:], records[n_packed:])

    def add_columns(self, rows: list[int], columns: list[pa.ChunkedArray]) -> None:
        """Add columns below which further records follow."""
        if rows:
            self._pack(*self._last)
            self._last = ([], [])
            self._columns.append_columns(rows, columns)

    def finish(self) -> RawTable:
        """Return the table without its footer."""
        rows, records = self._last
        footer: list[Record] = []
        while records and self._is_footer(records[-1]):
            footer.insert(0, (rows.pop(), records.pop()))
        self._pack(rows, records)
        names = _column_names(self._file, self._header)
        cells = pd.DataFrame(dict(zip(names, self._columns.texts(), strict=True)))

        # What was passed over is said.
        filled = [record for record in footer if any(map(str.strip, record[1]))]
        notes = [*self._header.notes, *said_lines(self._comments, "of comments")]
        notes += said_lines(filled, "below the last row")
        cells, left_out = _without_row_numbers(cells, self._header)
        delimiter = self._delimiter
        table_rows = self._columns.rows()
        return RawTable(self._file, cells, table_rows, delimiter, notes=(*notes, *left_out))

    def _without_blanks(
        self, rows: list[int], records: list[list[str]]
    ) -> tuple[list[int], list[list[str]]]:
        """Leave out blank lines, comments, and delimiters at the end of rows."""
        kept_rows = []
        kept = []
        for row, record in zip(rows, records, strict=True):
            if len(record) != self._width and record and record[0][:1] in ("#", "%"):
                self._comments.append((row, record))
            elif record:
                kept_rows.append(row)
                is_longer = not any(map(str.strip, record[self._width :]))
                kept.append(record[: self._width] if is_longer else record)
        return kept_rows, kept

    def _pack(self, rows: list[int], records: list[list[str]]) -> None:
        """Take records as rows; refuse those of another width."""
        if records and set(map(len, records)) != {self._width}:
            for row, record in zip(rows, records, strict=True):
                if len(record) != self._width:
                    self._refuse_width(row, record)
        self._columns.append(rows, records)

    def _refuse_width(self, row: int, record: list[str]) -> None:
        """Refuse a row with more or fewer fields than the header has names."""
        remedy = "Give it one field for each name."
        if len(record) > self._width:
            remedy = f"Put a cell that holds the delimiter {self._delimiter!r} in quotes."
        noun = "field" if len(record) == 1 else "fields"
        raise InputError(
            f"{self._file}, row {row} has {len(record)} {noun}, but the header in row "
            f"{self._header.row} has {self._width} names; the row begins with {record[0]!r}. "
            f"{remedy}"
        )

    def _is_footer(self, record: list[str]) -> bool:
        """Whether a record at the end is empty, a total or a remark: words, where moments stand."""
        if not any(map(str.strip, record)):
            return True
        if len(record) != self._width:
            return is_words(record[0]) and not any(map(is_moment, record))
        # Where numbers begin the rows, a total begins with its name, and a remark has no value.
        if 0 in self._header.values and is_words(record[0]) and self._width > 1:
            return bool(_TOTAL.match(record[0])) or not any(map(is_value, record))
        return any(is_words(record[column]) for column in self._header.moments)


def _column_names(file: str, header: Header) -> list[str]:
    """Return the names of the columns; refuse those that stand twice."""
    names = [name or f"column {position}" for position, name in enumerate(header.names, 1)]
    for position, name in enumerate(names):
        if name in names[:position]:
            raise InputError(
                f"{file}, row {header.row} has two columns called {name!r}. Rename one of them."
            )
    return names


def _without_row_numbers(cells: pd.DataFrame, header: Header) -> tuple[pd.DataFrame, list[str]]:
    """Leave out columns without a name that are empty, or hold the row numbers of pandas and R."""
    blank = []
    notes = []
    for name, given in zip(cells.columns, header.names, strict=True):
        if given and not _ROW_NUMBERS.fullmatch(given):
            continue
        if not given and cells[name].isna().all():
            blank.append(name)
        elif _counts_rows(cells[name]):
            blank.append(name)
            notes.append(f"left out {name!r} (it numbers the rows)")
    return cells.drop(columns=blank), notes


def _counts_rows(cells: pd.Series) -> bool:
    """Whether a column holds 0, 1, 2, … or 1, 2, 3, …."""
    if len(cells) == 0 or cells.iloc[0] not in ("0", "1"):
        return False
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return bool((np.diff(numbers) == 1).all())
