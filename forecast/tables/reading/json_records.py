"""Records of JSON: a list of them, or one in each line."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.contents import BYTES_OF_CELL, check_size
from forecast.wording import quoted

_AS_CSV = "Write it as CSV"
_BLANKS = "\ufeff \t\r\n"
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
_MOST_DIGITS = 19  # of whole numbers in 64 bits


def parse_records(file: str, text: str, max_bytes: int) -> RawTable:
    """Read the cells of records ``{"name": value, …}``, whose columns keep their types.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    text : str
    max_bytes : int
        Of all cells: each record may have names of its own.

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
                f"{file}, record {number}: {quoted(nested[0])} holds more than one value. "
                f"{_AS_CSV}, with a column for each."
            )
    names = set().union(*records)
    check_size(file, len(records) * len(names) * BYTES_OF_CELL, max_bytes)
    cells = pd.DataFrame.from_records(records)
    return RawTable(file, cells, np.arange(1, len(cells) + 1))


def _records(file: str, text: str) -> list[Any]:
    """Return the records of a list, or of lines."""

    def refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if len(record) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            twice = next(name for name in counts if counts[name] > 1)
            raise InputError(f"{file} has a record with two values of {quoted(twice)}. {_AS_CSV}.")
        return record

    decoder = json.JSONDecoder(object_pairs_hook=refuse_twice, parse_int=_integer)
    if text.lstrip(_BLANKS).startswith("["):
        return list(_decoded(file, decoder, text.strip(_BLANKS), 1))
    lines = [line.strip(_BLANKS) for line in text.split("\n")]
    return [_decoded(file, decoder, line, number) for number, line in enumerate(lines, 1) if line]


def _decoded(file: str, decoder: json.JSONDecoder, text: str, line: int) -> Any:
    """Return what a text of JSON holds, or refuse it by its line."""
    try:
        found = decoder.decode(text)
        # Half of a character is none, though JSON can write it.
        if _HALF_CHARACTER.search(text):
            json.dumps(found, ensure_ascii=False).encode()
        return found
    except json.JSONDecodeError as error:
        row, fault = line + error.lineno - 1, error.msg
    except UnicodeEncodeError:
        row, fault = line, "half a character"
    except RecursionError:
        row, fault = line, "lists in lists without end"
    raise InputError(
        f"{file}, line {row} is no JSON ({fault}): there is to be a record in each line, or a list "
        "of records. Correct it, or write the table as CSV."
    )


def _integer(digits: str) -> int | float:
    """Return a whole number; one that no array holds as a float, which may be infinite."""
    return int(digits) if len(digits.lstrip("-")) <= _MOST_DIGITS else float(digits)
