"""A forecasts table in a file, which need not fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from forecast.exceptions import InputError
from forecast.files import write_beside

_ROWS_OF_A_PIECE = 2**17  # at least, but of the last one


class StoredForecasts:
    """A forecasts table in a Parquet file.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OSError, ValueError
        If there is no such file.
    """

    def __init__(self, path: Path):
        from pyarrow import parquet

        self.path = path
        schema = parquet.read_schema(path)
        self.head: pd.DataFrame = schema.empty_table().to_pandas()  # its columns, and no row

    def pieces(self, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield the rows, some at a time, with all of their columns or with some."""
        from pyarrow import parquet

        with _reading(self.path), parquet.ParquetFile(self.path) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, columns).to_pandas()

    def read(self) -> pd.DataFrame:
        """Return all rows."""
        with _reading(self.path):
            return pd.read_parquet(self.path)


def store(frames: Iterable[pd.DataFrame], path: Path) -> StoredForecasts:
    """Write a table that comes piece by piece, and return it as a file.

    Models and series are categories, each piece with those that it has.
    """
    write_beside(path, lambda file: _write(frames, file))
    return StoredForecasts(path)


def _write(frames: Iterable[pd.DataFrame], path: Path) -> None:
    """Write pieces."""
    import pyarrow
    from pyarrow import parquet

    with ExitStack() as stack:
        writer = None
        for frame in frames:
            table = pyarrow.Table.from_pandas(frame, preserve_index=False)
            if writer is None:
                schema = _schema(table)
                writer = parquet.ParquetWriter(path, schema, use_dictionary=repeated(schema))
                stack.enter_context(writer)
            writer.write_table(table.cast(schema))


def repeated(schema: Any) -> list[str]:
    """Return the columns whose values come again and again: all but measured numbers."""
    import pyarrow

    return [field.name for field in schema if not pyarrow.types.is_floating(field.type)]


def joined(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Join frames to pieces of about as many rows as one should have."""
    waiting: list[pd.DataFrame] = []
    for frame in frames:
        waiting.append(frame)
        if sum(map(len, waiting)) >= _ROWS_OF_A_PIECE:
            yield pd.concat(waiting, ignore_index=True)
            waiting = []
    if waiting:
        yield pd.concat(waiting, ignore_index=True)


def _schema(table: Any) -> Any:
    """Return the schema of all pieces: the first has fewer names than others may have."""
    import pyarrow

    schema = table.schema
    for number, field in enumerate(schema):
        if pyarrow.types.is_dictionary(field.type):
            names = pyarrow.dictionary(pyarrow.int32(), field.type.value_type)
            schema = schema.set(number, field.with_type(names))
    return schema


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Say in one sentence that a file cannot be read."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise InputError(f"{path} cannot be read: {reason}. Make the run anew.") from None
