"""The rows of a CSV file: what its delimiter, header and footer leave."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.delimiter import find_delimiter
from forecast.tables.reading.header import Header, find_header, said_lines
from forecast.tables.reading.kinds import is_moment, is_value, is_words
from forecast.tables.reading.records import Record, Records, clean_lines
from forecast.wording import quoted

_N_BEGINNING = 200  # records from which the header is told
_N_CHARACTERS = 10_000  # from which quotes are
_MAX_FOOTER = 20  # lines
_DIRECTIVE = re.compile(r"\s*\"?sep=(.)\"?[ \t]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))+")
_FORMULA = re.compile(r'(^|[,;|\t])="', re.MULTILINE)
_QUOTED_FORMULA = re.compile(r'"=""([^"\r\n]*)"""')
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
    n_above = 1 if directive else 0
    text = text[directive.end() :] if directive else text
    # However many blank lines there are, the first records show the header.
    text, n_blank = _without_blanks_above(text)
    text = _without_formulas(text)
    delimiter = directive[1] if directive else find_delimiter(clean_lines(text, ""))
    records = Records(file, text, delimiter, n_above + n_blank + 1)

    # The first records show the header.
    beginning = records.take(_N_BEGINNING)
    header = find_header(file, beginning)
    width = len(header.names)
    middle_rows, middle = records.take_columns(width)

    # Around the middle of a long file each record is looked at: it may be no row.
    upper, comments = _without_blanks(beginning[header.first :], width)
    lower, more_comments = _without_blanks(records.take(), width)
    n_upper = len(upper)
    around, footer = _without_footer(upper + lower, header)
    _refuse_widths(file, around, header, delimiter)
    rows = [*_rows_of(around[:n_upper]), *middle_rows, *_rows_of(around[n_upper:])]
    parts = [_packed(around[:n_upper]), middle, _packed(around[n_upper:])]
    cells, left_out = _without_row_numbers(_joined(file, header, parts), header)

    # What was passed over is said.
    notes = [*header.notes, *said_lines(comments + more_comments, "of comments")]
    notes += [*said_lines(footer, "below the last row"), *left_out]
    is_quoted = _is_quoted(text, delimiter)
    return RawTable(
        file, cells, np.array(rows, dtype=int), delimiter, is_quoted, notes=tuple(notes)
    )


def _without_blanks_above(text: str) -> tuple[str, int]:
    """Return a text without the blank lines at its beginning, and how many there are."""
    blank = _BLANK_LINES.match(text)
    if blank is None:
        return text, 0
    return text[blank.end() :], len(_LINE_END.findall(blank[0]))


def _without_formulas(text: str) -> str:
    """Return a text with "12.5" in the place of ="12.5", which keeps Excel from reading it."""
    if '="' not in text:
        return text
    bare = _QUOTED_FORMULA.sub(r'"\1"', text)
    return _FORMULA.sub(r'\1"', bare)


def _is_quoted(text: str, delimiter: str) -> bool:
    """Whether the cells of most of the first lines stand in quotes."""
    lines = [line.strip().rstrip(delimiter) for line in text[:_N_CHARACTERS].splitlines()]
    filled = [line for line in lines if line]
    parted = f'"{delimiter}"'
    quoted = [line for line in filled if line.count(parted) == line.count(delimiter)]
    return 2 * sum(line.startswith('"') for line in quoted) > len(filled)


# --- the records that are rows


def _without_blanks(records: list[Record], width: int) -> tuple[list[Record], list[Record]]:
    """Leave out blank lines, comments, and delimiters at the end of rows.

    Return the rows and the comments.
    """
    rows = []
    comments = []
    for row, fields in records:
        if not fields:
            continue
        # A row may begin with # too.
        if len(fields) != width and fields[0].startswith(("#", "%")):
            comments.append((row, fields))
        else:
            has_more = any(map(str.strip, fields[width:]))
            rows.append((row, fields if has_more else fields[:width]))
    return rows, comments


def _without_footer(records: list[Record], header: Header) -> tuple[list[Record], list[Record]]:
    """Return the rows, and the lines below the last of them."""
    n_rows = len(records)
    last = max(n_rows - _MAX_FOOTER, 0)
    while n_rows > last and _is_footer(records[n_rows - 1][1], header):
        n_rows -= 1
    return records[:n_rows], records[n_rows:]


def _is_footer(fields: list[str], header: Header) -> bool:
    """Whether a record at the end is empty, a total or a remark: words, where moments stand."""
    width = len(header.names)
    if not any(map(str.strip, fields)):
        return True
    if len(fields) != width:
        return is_words(fields[0]) and not any(map(is_moment, fields))
    # Where numbers begin the rows, a total begins with its name, and a remark has no value.
    if 0 in header.body.values and is_words(fields[0]) and width > 1:
        return bool(_TOTAL.match(fields[0])) or not any(map(is_value, fields))
    return any(is_words(fields[column]) for column in header.body.moments)


def _refuse_widths(file: str, records: list[Record], header: Header, delimiter: str) -> None:
    """Refuse the first row with more or fewer fields than the header has names."""
    width = len(header.names)
    for row, fields in records:
        if len(fields) == width:
            continue
        remedy = "Give it one field for each name."
        if len(fields) > width:
            remedy = f"Put a cell that holds the delimiter {quoted(delimiter)} in quotes."
        noun = "field" if len(fields) == 1 else "fields"
        raise InputError(
            f"{file}, row {row} has {len(fields)} {noun}, but the header in row {header.row} "
            f"has {width} names; the row begins with {quoted(fields[0])}. {remedy}"
        )


# --- the columns


def _rows_of(records: list[Record]) -> list[int]:
    """Return the line of each record."""
    return [row for row, _ in records]


def _packed(records: list[Record]) -> list[pa.ChunkedArray]:
    """Return records as columns; none where there are none."""
    fields = [fields for _, fields in records]
    columns = zip(*fields, strict=True)
    return [pa.chunked_array([cells], type=pa.string()) for cells in columns]


def _joined(file: str, header: Header, parts: list[list[pa.ChunkedArray]]) -> pd.DataFrame:
    """Put the parts of each column together."""
    names = _column_names(file, header)
    columns = zip(*filter(None, parts), strict=True)
    texts = {name: _texts(column) for name, column in zip(names, columns, strict=False)}
    return pd.DataFrame(texts, columns=names)


def _texts(parts: tuple[pa.ChunkedArray, ...]) -> pd.Series:
    """Join the parts of a column, without blanks around texts and NaN where they are empty."""
    chunks = [chunk for part in parts for chunk in part.chunks]
    joined = pa.chunked_array(chunks, type=pa.string())
    texts = pc.utf8_trim_whitespace(joined)
    return pc.if_else(pc.equal(texts, ""), None, texts).to_pandas()


def _column_names(file: str, header: Header) -> list[str]:
    """Return the names of the columns; refuse those that stand twice."""
    names = [name or f"column {position}" for position, name in enumerate(header.names, 1)]
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise InputError(
            f"{file}, row {header.row} has two columns called {quoted(twice)}. Rename one of them."
        )
    return names


def _without_row_numbers(cells: pd.DataFrame, header: Header) -> tuple[pd.DataFrame, list[str]]:
    """Leave out columns without a name that are empty, or hold the row numbers of pandas and R."""
    blank = []
    notes = []
    for name, given in zip(cells.columns, header.names, strict=True):
        # A column with a name of its own is one of the user's.
        if given and not _ROW_NUMBERS.fullmatch(given):
            continue
        if not given and cells[name].isna().all():
            blank.append(name)
        elif _counts_rows(cells[name]):
            blank.append(name)
            notes.append(f"left out {quoted(name)} (it numbers the rows)")
    return cells.drop(columns=blank), notes


def _counts_rows(cells: pd.Series) -> bool:
    """Whether a column holds 0, 1, 2, … or 1, 2, 3, …."""
    if len(cells) == 0 or cells.iloc[0] not in ("0", "1"):
        return False
    steps = pd.to_numeric(cells, errors="coerce").diff()
    return bool((steps.iloc[1:] == 1).all())
