"""A user's X and y become numbers and moments once, with every refusal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from forecast.tables.timeline import is_default


def numbers_of(y: Any) -> np.ndarray:
    """Return y as floats of one or two axes; name the first value that is no number."""
    if y is None:
        raise ValueError(
            "y is missing: fit(X, y) or fit(y) needs the values to learn from (requires y to be passed)."
        )
    raw = np.asarray(y)
    if not len(np.atleast_1d(raw)):
        raise ValueError("the table has no row.")
    if raw.ndim not in (1, 2):
        raise ValueError(f"y must have shape (rows,) or (rows, targets); got {raw.shape}.")
    if raw.dtype.kind == "c":
        raise ValueError("Complex data not supported: y must hold real numbers.")
    try:
        return raw.astype(np.float64)
    except (TypeError, ValueError):
        flat = raw.reshape(len(raw), -1)[:, 0]
        row = int(np.argmax(pd.to_numeric(pd.Series(flat), errors="coerce").isna()))
        raise ValueError(
            f"y holds {flat[row]!r} in row {row}, which is no number. Mend or drop this row."
        ) from None


def moments_of(X: Any, y: Any, n: int) -> pd.Index:
    """Return the index of X, else of y, else the row numbers."""
    given = [
        t.index
        for t in (X, y)
        if isinstance(t, (pd.DataFrame, pd.Series)) and not is_default(t.index)
    ]
    if not given:
        return pd.RangeIndex(n)
    if len(given) == 2 and len(given[0]) == len(given[1]) and not given[0].equals(given[1]):
        row = next(i for i, (a, b) in enumerate(zip(*given, strict=True)) if a != b)
        raise ValueError(
            f"row {row} is {given[0][row]} in X and {given[1][row]} in y: both need the same index."
        )
    return given[0]
