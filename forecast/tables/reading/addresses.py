"""Addresses of files, folders and databases: what they name, and how sentences call them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from forecast.exceptions import InputError, MissingPackageError
from forecast.tables.reading.contents import as_path, within
from forecast.wording import reason_of

# Databases by the beginnings of their addresses, as SQLAlchemy knows them.
_DATABASES = (
    *("sqlite", "duckdb", "postgresql", "postgres", "mysql", "mariadb", "mssql", "oracle"),
    *("redshift", "snowflake", "bigquery", "trino", "clickhouse", "databricks", "cockroachdb"),
)
_SCHEME = re.compile(r"([a-z][a-z0-9]+)(\+\w+)?://", re.IGNORECASE)

# A password may hold any sign, so the last @ ends it; what follows a ? may hold keys as well.
_PASSWORD = re.compile(r"(?<=://)([^:/@]*):.*@")
_PARAMETERS = re.compile(r"((?:--[a-z]+=)?\w+(?:\+\w+)?://[^?]*)\?.*")
_LEFT_OUT = ":***@"


def scheme_of(address: str | Path) -> str | None:
    """Return what an address begins with, such as "s3" or "sqlite"; None for a path."""
    found = _SCHEME.match(address) if isinstance(address, str) else None
    return found.group(1).lower() if found else None


def is_database(address: str | Path) -> bool:
    """Whether an address is one of a database, or names a driver: exa+websocket://…."""
    found = _SCHEME.match(str(address))
    return found is not None and (found.group(1).lower() in _DATABASES or bool(found.group(2)))


def shown(address: str | Path) -> str:
    """Return an address as sentences, runs and scripts may hold it: without passwords and keys.

    Examples
    --------
    >>> shown("postgresql://me:secret@shop.example/sales?sslmode=require")
    'postgresql://me:***@shop.example/sales?…'
    >>> shown("sales.csv")
    'sales.csv'
    """
    text = _PASSWORD.sub(rf"\1{_LEFT_OUT}", str(address))
    found = _PARAMETERS.fullmatch(text)
    return f"{found.group(1)}?…" if found else text


def check_whole(address: str) -> None:
    """Refuse an address as `shown` gives it, which lacks what it needs to be opened."""
    if _LEFT_OUT in address or address.endswith("?…"):
        raise InputError(
            f"{address} is an address whose password or keys were left out where it was kept. "
            "Give it whole, or keep the password where the database looks for it (~/.pgpass)."
        )


# --- file systems


def file_system(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it.

    Raises
    ------
    ImportError
        If fsspec, or the package of this kind of address, is not installed.
    ValueError
        If no package knows it.
    """
    check_whole(address)
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise MissingPackageError(
            f"to read {shown(address)} takes the package fsspec.",
            'Install it with pip install "seqcast[remote]".',
        ) from None
    with described(address):
        try:
            return url_to_fs(address)
        except ImportError as error:
            reason = str(error).rstrip(".")
            raise MissingPackageError(
                f"{shown(address)} takes a package that is not installed: {reason}."
            ) from None


@contextmanager
def described(address: str) -> Iterator[None]:
    """Turn what goes wrong at an address into one sentence without its password."""
    try:
        yield
    except (InputError, MissingPackageError):
        raise
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {shown(address)}.") from None
    except Exception as error:  # each kind of address has errors of its own
        raise InputError(
            f"{shown(address)} cannot be read: {shown_reason(error, address)}. "
            "Correct the address, or say who may read it."
        ) from None


def shown_reason(error: Exception, address: str) -> str:
    """Return what a library says of a fault, without the password of the address."""
    reason = reason_of(error)
    # A library may quote the address, or a part of it.
    found = re.search(r"://[^:/@]*:(.+)@", address)
    secrets = {found.group(1), unquote(found.group(1))} if found else set()
    for secret in secrets:
        reason = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", reason)
    return shown(reason)


def read_bytes(address: str, max_bytes: int) -> bytes:
    """Return the content of the file at an address, or refuse one of more bytes."""
    system, path = file_system(address)
    with described(address), system.open(path, "rb") as file:
        return within(shown(address), file, max_bytes)


def is_folder(address: str | Path) -> bool:
    """Whether a folder is at a path or an address."""
    if scheme_of(address) is None:
        # What is wrong with a path is said where it is opened.
        with suppress(OSError, ValueError):
            return as_path(address).is_dir()
        return False
    # A web page may list others, but it is a file.
    if scheme_of(address) in ("http", "https"):
        return False
    system, path = file_system(str(address))
    with described(str(address)):
        return bool(system.isdir(path))
