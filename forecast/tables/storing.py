"""A table written into a database or a Parquet file: all of its rows, or none.

What was there before stays as it was until the last row is written, whatever stops the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from forecast.exceptions import InputError
from forecast.files import check_place, write_beside
from forecast.tables.databases import (
    duckdb_connection,
    file_of,
    is_duckdb,
    library,
    refused,
    sql_connection,
)
from forecast.tables.reading.addresses import is_database, scheme_of, shown

if TYPE_CHECKING:
    import duckdb
    import sqlalchemy

Mode = Literal["new", "append", "replace"]

_ENDING = ".parquet"
_REFUSES = ("does not take the rows", "Choose another table, or ask who may write into it.")
_EXISTS = (
    "Choose another one, or give mode='append' or mode='replace'.",
    "Choose another one, or add to it with --append, or replace its rows with --force.",
)


def check_store(address: str, table: str | None, mode: Mode) -> None:
    """Refuse, before the work, a place where `store` could not write.

    Parameters
    ----------
    address, table, mode
        As in `store`.
    """
    _check_address(address, table)
    if not is_database(address):
        _check_new(Path(address).exists(), address, mode)
        return
    is_file = scheme_of(address) in ("sqlite", "duckdb")
    if is_file and not Path(file_of(address)).exists():
        return  # the database is made with its table
    with _opened(address, str(table), writes=False) as place:
        _check_new(place.exists(), place.said, mode)


def store(rows: pd.DataFrame, address: str, table: str | None = None, mode: Mode = "new") -> None:
    """Write a table without its index, in one transaction.

    Parameters
    ----------
    rows : DataFrame
    address : str
        Of a database, as `read` takes it, or the path of a .parquet file.
    table : str, optional
        Of a database, the table, "schema.table" where it stands in a schema. It is made where it is
        missing. One that is there has all columns of `rows`, and may have more.
    mode : {"new", "append", "replace"}, default="new"
        What becomes of a table that is there: it is refused, gets further rows, or its rows are
        replaced.

    Raises
    ------
    ValueError
        If the place is there already and `mode` is "new", has other columns, or cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from forecast import read
    >>> day = pd.date_range("2024-01-01", periods=2, freq="D")
    >>> with TemporaryDirectory() as folder:
    ...     address = f"sqlite:///{folder}/shop.db"
    ...     store(pd.DataFrame({"day": day, "forecast": [1.0, 2.0]}), address, "forecasts")
    ...     read(address, query="select * from forecasts")["forecast"].tolist()
    [1.0, 2.0]
    """
    _check_address(address, table)
    rows = rows.copy(deep=False)
    for name in rows:
        if isinstance(rows[name].dtype, pd.PeriodDtype):
            rows[name] = rows[name].dt.to_timestamp()
    if is_database(address):
        _write_table(rows, address, str(table), mode)
    else:
        _write_file(rows, Path(address), mode)


def _check_address(address: str, table: str | None) -> None:
    """Refuse what names no place where a table can be written."""
    if not is_database(address):
        _check_file(address, table)
        return
    if not table:
        raise InputError(
            f"{shown(address)} is a database: into which table is not said.",
            "Give table='forecasts'.",
            "Give --table forecasts.",
        )
    if scheme_of(address) in ("sqlite", "duckdb"):
        check_place(Path(file_of(address)))


def _check_file(address: str, table: str | None) -> None:
    """Refuse what is no place for a Parquet file."""
    if scheme_of(address) is not None or not address.lower().endswith(_ENDING):
        raise InputError(
            f"cannot write to {shown(address)}: it is neither a database, such as "
            f"sqlite:///shop.db, nor a file whose name ends in {_ENDING}. Name one of them."
        )
    if table:
        raise InputError(
            f"{address} is a file, and has no table {table!r}.",
            "Leave out table.",
            "Leave out --table.",
        )
    check_place(Path(address))


def _check_new(exists: bool, said: str, mode: Mode) -> None:
    """Refuse a place that is there where it is to be new."""
    if exists and mode == "new":
        raise InputError(f"{said} exists.", *_EXISTS)


def _write_file(rows: pd.DataFrame, path: Path, mode: Mode) -> None:
    """Write a Parquet file, below the rows that it has where they are kept."""
    _check_new(path.exists(), str(path), mode)
    if mode == "append" and path.exists():
        before = pd.read_parquet(path)
        _check_columns(str(path), rows, list(before.columns))
        rows = pd.concat([before, rows], ignore_index=True)
    write_beside(path, lambda beside: rows.to_parquet(beside, index=False))


def _check_columns(said: str, rows: pd.DataFrame, columns: list[str]) -> None:
    """Refuse rows with a column that their place does not have."""
    missing = [name for name in rows.columns if name not in columns]
    if missing:
        listed = ", ".join(map(repr, columns))
        raise InputError(
            f"{said} has no column {missing[0]!r}, but {listed}. Write into another one, or leave "
            "out what it has no place for."
        )


# --- a table of a database


def _write_table(rows: pd.DataFrame, address: str, table: str, mode: Mode) -> None:
    """Write rows into a table of a database, in one transaction."""
    with _opened(address, table, writes=True) as place:
        exists = place.exists()
        _check_new(exists, place.said, mode)
        if exists:
            _check_columns(place.said, rows, place.columns())
        else:
            place.create(rows)
        if exists and mode == "replace":
            place.clear()
        place.insert(rows)
        place.commit()


@contextmanager
def _opened(address: str, table: str, *, writes: bool) -> Iterator[_SQLTable | _DuckDBTable]:
    """Open a table in a transaction; what is not committed has not been."""
    schema, _, name = table.rpartition(".")
    said = f"the table {table} of {shown(address)}"
    if is_duckdb(address):
        with duckdb_connection(address, writes=writes) as duck, refused(address, *_REFUSES):
            yield _DuckDBTable(duck, said, schema, name)
        return
    with sql_connection(address, writes=writes) as connection, refused(address, *_REFUSES):
        if writes and connection.dialect.name == "sqlite":
            # The driver would begin only after a table was made.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield _SQLTable(library(address), connection, said, schema, name)


class _SQLTable:
    """A table of a database that SQLAlchemy knows."""

    def __init__(
        self, sql: Any, connection: sqlalchemy.Connection, said: str, schema: str, name: str
    ):
        self.said = said
        self._sql = sql
        self._connection = connection
        self._schema = schema or None
        self._name = name

    def exists(self) -> bool:
        inspector = self._sql.inspect(self._connection)
        return bool(inspector.has_table(self._name, schema=self._schema))

    def columns(self) -> list[str]:
        inspector = self._sql.inspect(self._connection)
        found = inspector.get_columns(self._name, schema=self._schema)
        return [str(column["name"]) for column in found]

    def create(self, rows: pd.DataFrame) -> None:
        self._table(rows).create(self._connection)

    def clear(self) -> None:
        table = self._sql.table(self._name, schema=self._schema)
        self._connection.execute(self._sql.delete(table))

    def insert(self, rows: pd.DataFrame) -> None:
        table = self._table(rows)
        values = {str(name): self._values(rows[name]) for name in rows}
        records = [
            dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)
        ]
        if records:
            self._connection.execute(self._sql.insert(table), records)

    def commit(self) -> None:
        self._connection.commit()

    def _table(self, rows: pd.DataFrame) -> sqlalchemy.Table:
        """Return the table as it would be made for these rows."""
        columns = [self._sql.Column(name, self._type(rows[name])) for name in rows]
        return self._sql.Table(self._name, self._sql.MetaData(), *columns, schema=self._schema)

    def _type(self, column: pd.Series) -> Any:
        """Return the type that holds a column."""
        if pd.api.types.is_float_dtype(column):
            return self._sql.Double()
        if pd.api.types.is_integer_dtype(column):
            return self._sql.BigInteger()
        if pd.api.types.is_datetime64_any_dtype(column) and not self._is_written_out(column):
            return self._sql.DateTime(timezone=column.dt.tz is not None)
        return self._sql.Text()

    def _values(self, column: pd.Series) -> list[Any]:
        """Return a column as values that drivers know, None where it has none."""
        if self._is_written_out(column):
            return [moment.isoformat(sep=" ") for moment in column]
        if pd.api.types.is_datetime64_any_dtype(column):
            return [moment.to_pydatetime(warn=False) for moment in column]
        return [None if pd.isna(value) else value for value in column.tolist()]

    def _is_written_out(self, column: pd.Series) -> bool:
        """Whether moments are texts: SQLite would lose their offset from UTC."""
        is_sqlite = self._connection.dialect.name == "sqlite"
        return is_sqlite and isinstance(column.dtype, pd.DatetimeTZDtype)


class _DuckDBTable:
    """A table of DuckDB, which takes columns as they are."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, said: str, schema: str, name: str):
        self.said = said
        self._duck = duck
        self._schema = schema or "main"
        self._name = name
        self._quoted = ".".join(f'"{part}"' for part in (self._schema, name))
        duck.begin()

    def exists(self) -> bool:
        return bool(self.columns())

    def columns(self) -> list[str]:
        found = self._duck.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position",
            [self._schema, self._name],
        )
        return [name for (name,) in found.fetchall()]

    def create(self, rows: pd.DataFrame) -> None:
        self._register(rows)
        self._duck.execute(f"CREATE TABLE {self._quoted} AS SELECT * FROM seqcast_rows LIMIT 0")

    def clear(self) -> None:
        self._duck.execute(f"DELETE FROM {self._quoted}")

    def insert(self, rows: pd.DataFrame) -> None:
        self._register(rows)
        self._duck.execute(f"INSERT INTO {self._quoted} BY NAME SELECT * FROM seqcast_rows")

    def commit(self) -> None:
        self._duck.commit()

    def _register(self, rows: pd.DataFrame) -> None:
        """Let DuckDB see the rows."""
        import pyarrow as pa

        self._duck.register("seqcast_rows", pa.Table.from_pandas(rows, preserve_index=False))
