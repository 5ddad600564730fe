"""Values of a database as columns of Arrow, block by block, and the blocks as one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def array_of_values(values: Sequence[Any]) -> pa.Array:
    """Return the values of a column as an array of one type; texts where they have several."""
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError, TypeError):
        texts = [None if value is None else str(value) for value in values]
        return pa.array(texts, pa.string())


def plain(table: pa.Table) -> pa.Table:
    """Return a table with floats instead of decimals, names instead of categories, times in UTC.

    What a session is set to, such as its time zone, is no part of the data.
    """
    for position, field in enumerate(table.schema):
        kind = _plain_type(field.type)
        if kind != field.type:
            column = _cast(table.column(position), kind)
            table = table.set_column(position, field.name, column)
    return table


def one_table(blocks: Iterable[pa.Table]) -> pa.Table:
    """Put blocks together; a column has the type that holds the values of all of them."""
    tables = [plain(block) for block in blocks]
    names = tables[0].column_names
    kinds = [
        _common_type({table.schema.field(position).type for table in tables})
        for position in range(len(names))
    ]
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    return pa.concat_tables([table.cast(schema) for table in tables])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that a column has in all databases."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_decimal(kind):
        return pa.float64() if kind.scale > 0 else pa.int64()
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return pa.timestamp(kind.unit, "UTC")
    return kind


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """Return a column as another type; whole numbers beyond 64 bits as floats."""
    try:
        return pc.cast(column, kind)
    except pa.ArrowInvalid:
        return pc.cast(column, pa.float64())


def _common_type(kinds: set[pa.DataType]) -> pa.DataType:
    """Return the type that holds what several do; that of texts where no other does."""
    schemas = [pa.schema([("column", kind)]) for kind in kinds]
    try:
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except pa.ArrowTypeError:
        return pa.string()
