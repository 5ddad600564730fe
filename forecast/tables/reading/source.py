"""The bytes of a file: what it holds decides how it is read, not its name."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.addresses import read_bytes, scheme_of, shown
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.dialect import parse_csv
from forecast.tables.reading.frames import table_of_frame
from forecast.tables.reading.json_records import parse_records
from forecast.tables.reading.workbook import parse_workbook
from forecast.validation import nearest

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
_STDIN = "-"

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

# Of the files that a wrong name may have meant.
_SUFFIXES = {".csv", ".json", ".jsonl", ".parquet", ".tsv", ".txt", ".xlsx"}


def open_table(address: str | Path, sheet: str | None = None) -> RawTable:
    """Read the cells of a file of CSV, Excel, Parquet or JSON records, packed with gzip or not.

    The path "-" stands for standard input; `sheet` names that of a workbook.
    """
    file, raw = _content(address)
    # What the bytes begin with says what they are.
    if raw.startswith(b"\x1f\x8b"):
        raw = _unzip(file, raw)
    is_workbook = raw.startswith(_ZIP) and b"xl/" in raw
    if sheet is not None and not is_workbook:
        raise InputError(f"{file} is no Excel workbook, and has no sheet {sheet!r}.", *NO_SHEET)
    if raw.startswith(b"PAR1"):
        table = _parse_parquet(file, raw)
    elif is_workbook:
        table = parse_workbook(file, raw, sheet)
    else:
        _refuse_others(file, raw)
        text, notes = _decode(file, raw)
        is_records = _RECORDS.match(_beginning(raw))
        table = parse_records(file, text) if is_records else parse_csv(file, text)
        table = replace(table, notes=(*notes, *table.notes))
    if table.cells.empty:
        raise InputError(
            f"{file} has column names, but no row below them. Give it at least 2 rows."
        )
    return table


def _content(address: str | Path) -> tuple[str, bytes]:
    """Return what sentences call a file, and what it holds."""
    if str(address) == _STDIN:
        return "standard input", sys.stdin.buffer.read()
    if scheme_of(address) is not None:
        return shown(address), read_bytes(str(address))
    path = Path(address).expanduser()
    return str(path), _read_bytes(path)


def _read_bytes(path: Path) -> bytes:
    """Read a file; say of each path that is none what it is."""
    if not path.exists():
        _refuse_missing(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise type(error)(f"{path} cannot be read: {error.strerror}.") from None


def _refuse_missing(path: Path) -> NoReturn:
    """Refuse the name of a file that is not there, and offer the tables beside it."""
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    names = sorted(other.name for other in beside if _SUFFIXES & set(other.suffixes))
    offer = f"; {nearest(path.name, names)}." if names else "."
    raise FileNotFoundError(f"there is no file {path}{offer}")


def _unzip(file: str, raw: bytes) -> bytes:
    """Unpack gzip."""
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{file} cannot be unpacked: {error}. Get a whole copy of it.") from None


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


def _parse_parquet(file: str, raw: bytes) -> RawTable:
    """Read the cells of a Parquet file."""
    try:
        frame = pd.read_parquet(io.BytesIO(raw))
    except (ValueError, OSError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise InputError(
            f"{file} is no readable Parquet file: {reason}. Get a whole copy of it."
        ) from None
    return table_of_frame(file, frame)
