"""Records of JSON: a list of them, or one in each line."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawTable

_AS_CSV = "Write it as CSV"
_BLANKS = "\ufeff \t\r\n"


def parse_records(file: str, text: str) -> RawTable:
    """Read the cells of records ``{"name": value, …}``, whose columns keep their types.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    text : str

    Returns
    -------
    RawTable
        Names that a record does not have are missing values. Rows are counted from 1.

    Raises
    ------
    ValueError
        If the text is no JSON, a record is none, has a name twice, or holds a list or a record.
    """
    records = _records(file, text)
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise InputError(
                f"{file}, record {number} is no record, but {record!r:.30}. {_AS_CSV}."
            )
        nested = [name for name, value in record.items() if isinstance(value, (dict, list))]
        if nested:
            raise InputError(
                f"{file}, record {number}: {nested[0]!r} holds more than one value. {_AS_CSV}, "
                "with a column for each."
            )
    cells = pd.DataFrame.from_records(records)
    return RawTable(file, cells, np.arange(1, len(cells) + 1))


def _records(file: str, text: str) -> list[Any]:
    """Return the records of a list, or of lines."""

    def refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if len(record) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(f"{file} has a record with two values of {twice!r}. {_AS_CSV}.")
        return record

    decoder = json.JSONDecoder(object_pairs_hook=refuse_twice)
    if text.lstrip(_BLANKS).startswith("["):
        return list(_decoded(file, decoder, text.strip(_BLANKS), 1))
    lines = [line.strip(_BLANKS) for line in text.split("\n")]
    return [_decoded(file, decoder, line, number) for number, line in enumerate(lines, 1) if line]


def _decoded(file: str, decoder: json.JSONDecoder, text: str, line: int) -> Any:
    """Return what a text of JSON holds, or refuse it by its line."""
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{file}, line {line + error.lineno - 1} is no JSON ({error.msg}): there is to be a "
            "record in each line, or a list of records. Correct it, or write the table as CSV."
        ) from None
