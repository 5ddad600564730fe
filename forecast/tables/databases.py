"""Connections to databases, for reading and for writing; what goes wrong is one sentence.

DuckDB is opened by its own package, which hands over columns instead of rows, all others by
SQLAlchemy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from forecast.exceptions import InputError, MissingPackageError, Refusal
from forecast.tables.reading.addresses import check_whole, scheme_of, shown, shown_reason

if TYPE_CHECKING:
    import duckdb
    import sqlalchemy

# The drivers that come with the extra, where an address names none.
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
_START = ("cannot be opened", "Correct the address, or start the database.")
_WRITE = "Write it like postgresql://USER@HOST/DATABASE."

# The extras by which their packages are installed.
_EXTRAS = {"sqlalchemy": "sql", "psycopg": "sql", "duckdb": "duckdb"}


def is_duckdb(address: str) -> bool:
    """Whether an address is one of DuckDB."""
    return scheme_of(address) == "duckdb"


def library(address: str) -> ModuleType:
    """Return SQLAlchemy, or refuse an address that takes it."""
    with refused(address, *_START):
        import sqlalchemy
    return sqlalchemy


@contextmanager
def duckdb_connection(address: str, *, writes: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Connect to a file of DuckDB, such as duckdb:///sales.duckdb."""
    file = file_of(address, writes=writes)
    with refused(address, *_START):
        import duckdb

        connection = duckdb.connect(file, read_only=not writes)
    with connection:
        yield connection


@contextmanager
def sql_connection(address: str, *, writes: bool = False) -> Iterator[sqlalchemy.Connection]:
    """Connect to a database by SQLAlchemy; what was changed is lost unless it is committed."""
    check_whole(address)
    is_file = scheme_of(address) == "sqlite"
    engine = _sqlite_engine(address, writes) if is_file else _engine(address)
    try:
        with refused(address, *_START):
            connection = engine.connect()
        with connection:
            if not writes:
                connection = connection.execution_options(postgresql_readonly=True)
            yield connection
    finally:
        engine.dispose()


@contextmanager
def refused(address: str, what: str, remedy: str) -> Iterator[None]:
    """Turn what a database or its driver refuses into one sentence without the password."""
    try:
        yield
    except Refusal:
        raise
    except ModuleNotFoundError as error:
        raise _missing(address, str(error.name)) from None
    except Exception as error:  # each driver has errors of its own
        # SQLAlchemy holds that of the driver, which alone says what the database has said.
        reason = shown_reason(getattr(error, "orig", None) or error, address)
        raise InputError(f"{shown(address)} {what}: {reason}.", remedy) from None


def _missing(address: str, package: str) -> MissingPackageError:
    """Return the refusal of an address whose package is not installed."""
    extra = _EXTRAS.get(package)
    install = f'"seqcast[{extra}]"' if extra else package
    return MissingPackageError(
        f"{shown(address)} takes the package {package}, which is not installed.",
        f"Install it with pip install {install}.",
    )


def _engine(address: str) -> sqlalchemy.Engine:
    """Return what SQLAlchemy connects to a server by."""
    scheme, _, rest = address.partition("://")
    with refused(address, "is no address of a database", _WRITE):
        url = f"{_DRIVERS.get(scheme.lower(), scheme)}://{rest}"
        return library(address).create_engine(url)


def _sqlite_engine(address: str, writes: bool) -> sqlalchemy.Engine:
    """Return what SQLAlchemy connects to a file of SQLite by, which reading does not change."""
    mode = "rwc" if writes else "ro"
    file = Path(file_of(address, writes=writes)).absolute().as_uri()

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"{file}?mode={mode}", uri=True)

    return library(address).create_engine("sqlite://", creator=connect)


def file_of(address: str, *, writes: bool = True) -> str:
    """Return the file of a database; refuse to read one that is not there, as it would be made."""
    file = address.partition(":///")[2].partition("?")[0]
    if not file:
        raise InputError(f"{shown(address)} names no file. Write {scheme_of(address)}:///FILE.")
    if not writes and not Path(file).exists():
        raise FileNotFoundError(f"there is no file {file}.")
    return file
