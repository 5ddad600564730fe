"""The bytes of a file: what it holds decides how it is read, not its name."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawTable, is_text
from forecast.tables.reading.columns import begins_with_date
from forecast.tables.reading.dialect import parse_csv
from forecast.tables.reading.encoding import decode
from forecast.validation import nearest

# What other files begin with, and what becomes of them.
_EXPORT = "Export the sheet as CSV"
_UNPACK = "Unpack it"
_OTHERS = (
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", _EXPORT),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "packed with xz", _UNPACK),
    (b"(\xb5/\xfd", "packed with zstd", _UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"ARROW1", "a Feather file", "Write it as Parquet or CSV"),
    (b"\x89HDF", "an HDF5 file", "Write it as Parquet or CSV"),
    (b"SQLite format 3", "an SQLite database", "Export a table of it as CSV"),
    (b"%PDF", "a PDF document", "Get the table as CSV"),
    (b"<", "a web page or XML", "Get the table as CSV"),
    (b"{", "JSON", "Write it as CSV"),
    (b"[{", "JSON", "Write it as CSV"),
    (b"[[", "JSON", "Write it as CSV"),
)
# Parts of the archives that Excel and LibreOffice write.
_SHEETS = ((b"xl/", "an Excel workbook"), (b"opendocument.spreadsheet", "an OpenDocument sheet"))

_SUFFIXES = {".csv", ".parquet", ".tsv", ".txt"}  # of the files that a wrong name may have meant


def open_table(path: Path) -> RawTable:
    """Read the cells of a CSV or Parquet file, packed with gzip or not."""
    file = str(path)
    raw = _read_bytes(path)
    if raw.startswith(b"\x1f\x8b"):
        raw = _unzip(file, raw)
    if raw.startswith(b"PAR1"):
        table = _parse_parquet(file, raw)
    else:
        _refuse_others(file, raw)
        text, notes = decode(file, raw)
        table = parse_csv(file, text)
        table = replace(table, notes=(*notes, *table.notes))
    if table.cells.empty:
        raise InputError(
            f"{file} has column names, but no row below them. Give it at least 2 rows."
        )
    return table


def _read_bytes(path: Path) -> bytes:
    """Read a file; say of each path that is none what it is."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Name one file in it.")
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
    if raw.startswith(b"PK\x03\x04"):
        for part, kind in _SHEETS:
            if part in raw:
                raise InputError(f"{file} is {kind}, whatever its name. {_EXPORT}.")
    beginning = raw[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, kind, remedy in _OTHERS:
        # <DATE> is the header of some exchanges.
        is_header = signature == b"<" and re.match(rb"<[A-Z]+>", beginning)
        if beginning.startswith(signature) and not is_header:
            raise InputError(f"{file} is {kind}, whatever its name. {remedy}.")


def _parse_parquet(file: str, raw: bytes) -> RawTable:
    """Read the cells of a Parquet file; an index with a name or with moments becomes columns."""
    try:
        frame = pd.read_parquet(io.BytesIO(raw))
    except (ValueError, OSError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise InputError(
            f"{file} is no readable Parquet file: {reason}. Get a whole copy of it."
        ) from None

    # What the index says of times and series is kept, since its columns will look like any other.
    time = series = None
    if isinstance(frame.index, pd.MultiIndex):
        frame.index = _name_levels(file, frame.index)
        series, time = frame.index.names
    elif _holds_moments(frame.index):
        time = str(frame.index.name or "timestamp")
        frame.index.name = time

    # An index that only counts the rows has no name and is left out.
    is_unnamed = time is None and frame.index.name is None
    frame.columns = frame.columns.map(str)
    cells = frame.reset_index(drop=is_unnamed)

    # A Parquet file has no lines: its rows are counted from 1.
    rows = np.arange(1, len(frame) + 1)
    return RawTable(file, cells, rows, time=time, series=series)


def _name_levels(file: str, index: pd.MultiIndex) -> pd.MultiIndex:
    """Give the levels (series, timestamp) of a Parquet file their names where they have none."""
    if index.nlevels != 2:
        raise InputError(
            f"{file} has an index of {index.nlevels} levels; give it (series, timestamp)."
        )
    series, time = index.names
    return index.set_names([series or "series", time or "timestamp"])


def _holds_moments(index: pd.Index) -> bool:
    """Whether the index of a Parquet file holds moments, rather than names or nothing."""
    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        return True
    cells = index.to_series()
    return index.name is not None and (not is_text(cells) or begins_with_date(cells))
