"""The result of a query as a table, read in blocks of rows; of some series the database finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa

from forecast.exceptions import InputError, Remedy
from forecast.tables.databases import duckdb_connection, is_duckdb, library, refused, sql_connection
from forecast.tables.reading.addresses import shown
from forecast.tables.reading.arrow_columns import array_of_values, one_table
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.contents import MAX_BYTES, blocks_within

if TYPE_CHECKING:
    import sqlalchemy

_N_ROWS = 50_000  # that come over at a time
_REFUSES = ("refuses the query", "Correct it.")


def open_query(address: str, query: str | None, max_bytes: int = MAX_BYTES) -> Query:
    """Return what a query gives.

    Raises
    ------
    ValueError
        If there is no query.
    """
    if query is None or not query.strip():
        raise InputError(
            f"{shown(address)} is a database: there is no query that says which rows to read.",
            Remedy("Give {}.", {"query": "select * from sales"}),
        )
    bare = query.strip().rstrip(";")
    kind = DuckDBQuery if is_duckdb(address) else SQLQuery
    return kind(address, bare, max_bytes)


class Query:
    """What a query gives; subclasses know how a database is asked.

    Parameters
    ----------
    address : str
        Of the database.
    query : str
        In its SQL.
    max_bytes : int
        What of it may be read at once.
    """

    def __init__(self, address: str, query: str, max_bytes: int = MAX_BYTES):
        self.file = shown(address)
        self._address = address
        self._query = query
        self._max_bytes = max_bytes

    def head(self, n_rows: int) -> RawTable:
        """Return the first rows, or a few more."""
        first: list[pa.Table] = []
        with self._opened(self._whole()) as blocks:
            for block in blocks:
                first.append(block)
                if sum(map(len, first)) >= n_rows:
                    break
        return self._table(first)

    def rows(self, keys: Sequence[str] = (), only: Sequence[Any] = ()) -> RawTable:
        """Return all rows, or those of the series that these columns name so."""
        # Numbers as Python has them: drivers know no other ones.
        names = [name.item() if isinstance(name, np.generic) else name for name in only]
        wanted = self._some(keys, names) if names else self._whole()
        with self._opened(wanted) as blocks:
            return self._table(blocks)

    def n_rows(self) -> int:
        """Let the database count the rows."""
        try:
            with self._opened(self._number()) as blocks:
                return int(self._joined(blocks).column(0)[0].as_py())
        except InputError:
            self.head(1)  # what is wrong with the query itself is said of it alone
            raise

    def counts(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the different rows of some columns, and as "count" how often each is there."""
        with self._opened(self._counted(columns)) as blocks:
            return self._joined(blocks).to_pandas().set_axis([*columns, "count"], axis=1)

    def _whole(self) -> Any:
        """Return the statement that gives all rows."""
        raise NotImplementedError

    def _some(self, keys: Sequence[str], only: Sequence[Any]) -> Any:
        """Return the statement that gives the rows of the series that these columns name so."""
        raise NotImplementedError

    def _number(self) -> Any:
        """Return the statement that gives the number of all rows."""
        raise NotImplementedError

    def _counted(self, columns: Sequence[str]) -> Any:
        """Return the statement that gives the different rows of columns, and their numbers."""
        raise NotImplementedError

    def _opened(self, statement: Any) -> AbstractContextManager[Iterator[pa.Table]]:
        """Open what a statement gives, in blocks as they come over, the first one without rows."""
        raise NotImplementedError

    def _table(self, blocks: Iterable[pa.Table]) -> RawTable:
        """Return the cells of rows that came over."""
        table = self._joined(blocks)
        self._check_columns(table.column_names)
        # The columns of Arrow are given up one after the other: the table is not there twice.
        cells = table.to_pandas(split_blocks=True, self_destruct=True)
        # The rows of a database have no numbers, and no order that lasts.
        numbers = np.zeros(len(cells), dtype=int)
        return RawTable(self.file, cells, numbers, is_unordered=True)

    def _joined(self, blocks: Iterable[pa.Table]) -> pa.Table:
        """Put blocks together, as far as the budget allows."""
        return one_table(blocks_within(self.file, blocks, self._max_bytes))

    def _check_columns(self, names: Sequence[str]) -> None:
        """Refuse two columns of one name."""
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(
                f"{self.file}: the query gives two columns the name {twice!r}. Name one of them "
                "otherwise, with AS."
            )

    def _refuse_no_rows(self) -> NoReturn:
        """Refuse a statement that is no query."""
        raise InputError(f"{self.file}: the query gives no rows. Write one that selects.")


class SQLQuery(Query):
    """What a query gives, by SQLAlchemy."""

    def __init__(self, address: str, query: str, max_bytes: int = MAX_BYTES):
        super().__init__(address, query, max_bytes)
        self._sql = library(address)

    def _whole(self) -> sqlalchemy.TextClause:
        # To SQLAlchemy a colon would begin a parameter; a comment may end the query.
        return self._sql.text(self._query.replace(":", r"\:") + "\n")

    def _some(self, keys: Sequence[str], only: Sequence[Any]) -> sqlalchemy.Select[Any]:
        rows = self._inner(keys)
        name: sqlalchemy.ColumnElement[Any] = rows.c[keys[0]]
        # Of several columns the texts are joined, as `series_names` does.
        for key in keys[1:]:
            text = self._sql.cast(rows.c[key], self._sql.String)
            name = self._sql.cast(name, self._sql.String) + ", " + text
        return self._sql.select(self._sql.text("*")).select_from(rows).where(name.in_(only))

    def _number(self) -> sqlalchemy.Select[Any]:
        return self._sql.select(self._sql.func.count()).select_from(self._inner(()))

    def _counted(self, columns: Sequence[str]) -> sqlalchemy.Select[Any]:
        rows = self._inner(columns)
        names = [rows.c[name] for name in columns]
        return self._sql.select(*names, self._sql.func.count()).group_by(*names)

    def _inner(self, columns: Sequence[str]) -> sqlalchemy.Subquery:
        """Return the query as a part of another one, which names some of its columns."""
        return self._whole().columns(*map(self._sql.column, columns)).subquery("source_rows")

    @contextmanager
    def _opened(self, statement: sqlalchemy.Executable) -> Iterator[Iterator[pa.Table]]:
        with sql_connection(self._address) as connection:
            streamed = connection.execution_options(stream_results=True, max_row_buffer=_N_ROWS)
            with refused(self._address, *_REFUSES):
                result = streamed.execute(statement)
            with closing(result):
                if not result.returns_rows:
                    self._refuse_no_rows()
                yield self._fetched(result)

    def _fetched(self, result: sqlalchemy.CursorResult[Any]) -> Iterator[pa.Table]:
        """Yield a result in blocks."""
        names = list(map(str, result.keys()))
        yield pa.Table.from_arrays([pa.nulls(0)] * len(names), names)
        with refused(self._address, *_REFUSES):
            while rows := result.fetchmany(_N_ROWS):
                columns = zip(*rows, strict=True)
                yield pa.Table.from_arrays(list(map(array_of_values, columns)), names)


class DuckDBQuery(Query):
    """What a query gives, by DuckDB itself: a statement is a text and its parameters."""

    def _whole(self) -> tuple[str, dict[str, Any]]:
        return self._query, {}

    def _some(self, keys: Sequence[str], only: Sequence[Any]) -> tuple[str, dict[str, Any]]:
        names = list(map(_quoted, keys))
        name = names[0]
        if len(names) > 1:
            name = " || ', ' || ".join(f"CAST({each} AS VARCHAR)" for each in names)
        wanted = f"SELECT * FROM ({self._query}\n) WHERE {name} IN (SELECT unnest($only))"
        return wanted, {"only": only}

    def _number(self) -> tuple[str, dict[str, Any]]:
        return f"SELECT count(*) FROM ({self._query}\n)", {}

    def _counted(self, columns: Sequence[str]) -> tuple[str, dict[str, Any]]:
        names = ", ".join(map(_quoted, columns))
        return f"SELECT {names}, count(*) FROM ({self._query}\n) GROUP BY ALL", {}

    @contextmanager
    def _opened(self, statement: tuple[str, dict[str, Any]]) -> Iterator[Iterator[pa.Table]]:
        text, parameters = statement
        with duckdb_connection(self._address) as connection:
            with refused(self._address, *_REFUSES):
                relation = connection.sql(text, params=parameters or None)
            if relation is None:
                self._refuse_no_rows()
            with refused(self._address, *_REFUSES):
                reader = relation.to_arrow_reader(_N_ROWS)
            yield self._fetched(reader)

    def _fetched(self, reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
        """Yield a result in blocks."""
        yield reader.schema.empty_table()
        with refused(self._address, *_REFUSES):
            for batch in reader:
                yield pa.Table.from_batches([batch])


def _quoted(name: str) -> str:
    """Write the name of a column so that it may hold any sign."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
