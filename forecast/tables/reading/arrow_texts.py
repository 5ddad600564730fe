"""Columns of texts, looked at all at once by Arrow: as fast as reading them.

Patterns are those of RE2: like Python's, but without looking around and back.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def matches(texts: pd.Series, pattern: str) -> np.ndarray:
    """Return which texts match a pattern as a whole, shape (n_rows,)."""
    found = pc.match_substring_regex(_array(texts), f"^(?:{pattern})$")
    return found.fill_null(False).to_numpy(zero_copy_only=False)


def contain(texts: pd.Series, pattern: str) -> np.ndarray:
    """Return which texts contain a pattern, shape (n_rows,)."""
    found = pc.match_substring_regex(_array(texts), pattern)
    return found.fill_null(False).to_numpy(zero_copy_only=False)


def replaced(texts: pd.Series, pattern: str, replacement: str) -> pd.Series:
    """Return texts with a pattern replaced, by its first group where it says so."""
    array = pc.replace_substring_regex(_array(texts), pattern, replacement)
    return pd.Series(array.to_pandas().to_numpy(object), index=texts.index)


def groups(texts: pd.Series, pattern: str) -> dict[str, pa.Array]:
    """Return the named groups of texts that match a pattern as a whole.

    A group that takes no part is "", and those of a text that does not match are null.
    """
    found = pc.extract_regex(_array(texts), f"^(?:{pattern})$")
    names = [field.name for field in found.type]
    return {name: pc.struct_field(found, name) for name in names}


def series(array: pa.Array, index: pd.Index) -> pd.Series:
    """Return an array as texts, "" where it is null."""
    return pd.Series(array.fill_null("").to_numpy(zero_copy_only=False), index=index)


def _array(texts: pd.Series) -> pa.Array:
    """Return a column as one array of Arrow."""
    array = pa.array(texts, type=pa.string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
