"""The bytes of a file: what it holds decides how it is read, not its name."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
from pyarrow import parquet

from forecast.exceptions import InputError
from forecast.tables.reading.addresses import read_bytes, scheme_of, shown
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.contents import (
    BYTES_OF_CELL,
    MAX_BYTES,
    as_path,
    called,
    check_size,
    read_contents,
    unpacked,
)
from forecast.tables.reading.dialect import parse_csv
from forecast.tables.reading.frames import table_of_frame
from forecast.tables.reading.json_records import parse_records
from forecast.tables.reading.workbook import parse_workbook
from forecast.wording import quoted, reason_of

# What other files begin with, and what becomes of them.
_EXPORT = "Export the sheet as CSV"
_UNPACK = "Unpack it"
_ZIP = b"PK\x03\x04"  # so begin the workbooks of Excel since 2007 as well
NO_SHEET = ("Leave out sheet.", "Leave out --sheet.")
_OTHERS = (
    (_ZIP, "a ZIP archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of before 2007", "Save it as .xlsx"),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "packed with xz", _UNPACK),
    (b"(\xb5/\xfd", "packed with zstd", _UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"ARROW1", "a Feather file", "Write it as Parquet or CSV"),
    (b"\x89HDF", "an HDF5 file", "Write it as Parquet or CSV"),
    (b"SQLite format 3", "an SQLite database", "Export a table of it as CSV"),
    (b"%PDF", "a PDF document", "Get the table as CSV"),
    (b"<", "a web page or XML", "Get the table as CSV"),
    (b"[[", "JSON without names", "Write it as CSV"),
)
_RECORDS = re.compile(rb"\{|\[\s*\{")  # what JSON begins with: a record, or a list of them

# Encodings that their first bytes name. UTF-32 begins like UTF-16, so it comes first.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_N_BYTES = 1000  # from which UTF-16 without a mark is told


def open_table(
    address: str | Path, sheet: str | None = None, max_bytes: int = MAX_BYTES
) -> RawTable:
    """Read the cells of a file of CSV, Excel, Parquet or JSON records, packed with gzip or not.

    Parameters
    ----------
    path : str or Path
        "-" for standard input.
    sheet : str or None
        That of a workbook.
    max_bytes : int
        The bytes that the file may hold, and those that it may become once it is unpacked.
    """
    file, raw = _content(address, max_bytes)
    # What the bytes begin with says what they are.
    if raw.startswith(b"\x1f\x8b"):
        raw = unpacked(file, raw, max_bytes)
    is_workbook = raw.startswith(_ZIP) and b"xl/" in raw
    if sheet is not None and not is_workbook:
        raise InputError(
            f"{file} is no Excel workbook, and has no sheet {quoted(sheet)}.", *NO_SHEET
        )
    if raw.startswith(b"PAR1"):
        table = _parse_parquet(file, raw, max_bytes)
    elif is_workbook:
        table = parse_workbook(file, raw, sheet, max_bytes)
    else:
        _refuse_others(file, raw)
        text, notes = _decode(file, raw)
        is_records = _RECORDS.match(_beginning(raw))
        table = parse_records(file, text, max_bytes) if is_records else parse_csv(file, text)
        table = replace(table, notes=(*notes, *table.notes))
    if table.cells.empty:
        raise InputError(
            f"{file} has column names, but no row below them. Give it at least 2 rows."
        )
    return table


def _content(address: str | Path, max_bytes: int) -> tuple[str, bytes]:
    """Return what sentences call a file, and what it holds."""
    if scheme_of(address) is not None:
        return shown(address), read_bytes(str(address), max_bytes)
    path = as_path(address)
    return called(path), read_contents(path, max_bytes)


def _refuse_others(file: str, raw: bytes) -> None:
    """Refuse the files of other programs, whatever they are called."""
    if raw.startswith(_ZIP) and b"opendocument.spreadsheet" in raw:
        raise InputError(f"{file} is an OpenDocument sheet, whatever its name. {_EXPORT}.")
    beginning = _beginning(raw)
    for signature, kind, remedy in _OTHERS:
        # <DATE> is the header of some exchanges.
        is_header = signature == b"<" and re.match(rb"<[A-Z]+>", beginning)
        if beginning.startswith(signature) and not is_header:
            raise InputError(f"{file} is {kind}, whatever its name. {remedy}.")


def _beginning(raw: bytes) -> bytes:
    """Return what a file begins with, but marks and blanks."""
    return raw[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()


def _decode(file: str, raw: bytes) -> tuple[str, list[str]]:
    """Turn bytes into text, and say where the encoding was presumed."""
    for encoding in _candidates(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Nearly all bytes are letters to cp1252: control characters give binary data away.
        if _CONTROL_CHARACTER.search(text):
            continue
        if not text.strip():
            raise InputError(f"{file} is empty. Give it a row of column names and rows below.")
        notes = ["read as Windows-1252, since it is no UTF-8"] if encoding == "cp1252" else []
        return text, notes
    if _CONTROL_CHARACTER.search(raw.decode("latin-1")):
        raise InputError(
            f"{file} is neither a CSV nor a Parquet file: it holds binary data. Export it as CSV."
        )
    raise InputError(f"{file} is neither in UTF-8 nor in Windows-1252. Save it as UTF-8.")


def _candidates(raw: bytes) -> list[str]:
    """Return the encodings to be tried."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return [encoding]
    # Every second byte of Latin letters and digits is zero in UTF-16.
    beginning = raw[:_N_BYTES]
    many = len(beginning) // 3
    if beginning[1::2].count(0) > many:
        return ["utf-16-le"]
    if beginning[0::2].count(0) > many:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]


def _parse_parquet(file: str, raw: bytes, max_bytes: int) -> RawTable:
    """Read the cells of a Parquet file."""
    try:
        found = parquet.read_metadata(io.BytesIO(raw))
        check_size(file, found.num_rows * found.num_columns * BYTES_OF_CELL, max_bytes)
        frame = pd.read_parquet(io.BytesIO(raw))
    except InputError:
        raise
    except (ValueError, OSError, NotImplementedError) as error:
        raise InputError(
            f"{file} is no readable Parquet file: {reason_of(error)}. Get a whole copy of it."
        ) from None
    return table_of_frame(file, frame)
