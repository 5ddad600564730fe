"""Which rows a user's table has: of which series, at which moments, or behind which other rows.

An index tells, even one that numbers the rows, as a splitter of scikit-learn leaves it in the parts
of a frame: parts that overlap, leave a hole or are shuffled are refused. Rows of an array follow at
once. That they come from the middle of a table, or from a shuffled one, nobody can tell; that they
are the training rows themselves is told by their digest.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.panel import Panel
from forecast.tables.timeline import is_default
from forecast.validation import nearest


def moments_of(X: Any, y: Any, n: int) -> pd.Index:
    """Return the index of X, else of y, else the row numbers."""
    # An index that only numbers the rows says nothing about moments.
    frames = [table for table in (X, y) if isinstance(table, (pd.DataFrame, pd.Series))]
    given = [frame.index for frame in frames if not is_default(frame.index)]
    if not given:
        return pd.RangeIndex(n)
    # Where X and y both say which moments they hold, they have to agree.
    if len(given) == 2 and len(given[0]) == len(given[1]) and not given[0].equals(given[1]):
        pairs = enumerate(zip(*given, strict=True))
        row = next(i for i, (of_X, of_y) in pairs if of_X != of_y)
        raise InputError(
            f"row {row} is {given[0][row]} in X and {given[1][row]} in y: both need the same index."
        )
    _check_levels(given[0])
    return given[0]


def check_series(index: pd.Index, names: tuple[Hashable, ...]) -> None:
    """Refuse a table of several series where fit saw one without a name, and the reverse."""
    single = names == (None,)
    if isinstance(index, pd.MultiIndex) != single:
        return
    if single:
        raise InputError(
            "fit saw one series without a name, but these rows name theirs.",
            "Pass one series without its name, as X.loc[name] is.",
            "Give a table of one series.",
        )
    raise InputError(
        f"fit saw the series {list(names)[:5]}, but these rows name none.",
        "Name its series, for instance with pandas.concat({name: X}).",
        "Name the column of the series with --series.",
    )


def series_numbers(wanted: Iterable[Hashable], names: tuple[Hashable, ...]) -> np.ndarray:
    """Return the number of each wanted series among the training series; refuse unknown ones."""
    wanted = list(wanted)
    known = {name: number for number, name in enumerate(names)}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise InputError(
            f"series {unknown[0]!r} was not in the training part; "
            f"{nearest(str(unknown[0]), known)}."
        )
    return np.array([known[name] for name in wanted], dtype=np.intp)


def following_moments(
    index: pd.Index, tables: Iterable[Any], memory: Panel, digest: int | None
) -> pd.Index:
    """Name rows without moments of their own: they follow the memory at once.

    Parameters
    ----------
    index : Index of length n_rows
    tables : iterable of tables
        Those that the rows come from, as the user gave them.
    memory : Panel
    digest : int or None
        As `digest` returns it for the rows so far.
    """
    if not is_default(index) or memory.names != (None,):
        return index
    # Where the training rows are numbered, but not from 0, as a part that a splitter cut out of
    # a frame, row 0 of a frame is row 0.
    is_part = not memory.frequency.alias and digest is None
    if is_part and any(isinstance(table, (pd.DataFrame, pd.Series)) for table in tables):
        return index
    return memory.frequency.after(memory.times[-1], len(index))


def digest(times: pd.Index, X: np.ndarray, earlier: int | None = None) -> int | None:
    """Return a number that tells rows that are counted from 0 from any others.

    Parameters
    ----------
    times : Index of length n_rows
        Of a training table, or of the rows that follow it.
    X : array of shape (n_rows, n_features)
    earlier : int, optional
        The digest of the rows before.

    Returns
    -------
    int or None
        The digest of all rows so far; None where the training table does not count its rows from 0.
    """
    if earlier is None and not is_default(times):
        return None
    # The sum of the rows' hashes, which may be continued without the rows; a row's number is in
    # its hash, so that the order of the rows counts.
    numbered = pd.DataFrame(np.column_stack([times, X]))
    hashes = pd.util.hash_pandas_object(numbered, index=False).to_numpy()
    return ((earlier or 0) + int(hashes.sum())) % 2**64


def rising(X: np.ndarray, earlier: np.ndarray | None = None) -> np.ndarray:
    """Return the first and the last value of each column that rises from row to row.

    Parameters
    ----------
    X : array of shape (n_rows, n_features)
    earlier : array of shape (2, n_features), optional
        What was returned for the rows before.

    Returns
    -------
    array of shape (2, n_features)
        NaN for the other columns.
    """
    rows = X if earlier is None else np.vstack([earlier, X])
    rises = (np.diff(rows, axis=0) > 0).all(axis=0)
    return np.where(rises, rows[[0, -1]], np.nan)


def origin_rows(origins: Any, index: pd.Index) -> np.ndarray:
    """Return the rows of origins that are given as positions or as moments."""
    # Any sequence becomes an index, so that moments of all kinds are compared in one way.
    if not isinstance(origins, pd.Index):
        listed = origins if isinstance(origins, (list, tuple, np.ndarray)) else list(origins)
        origins = pd.Index(listed)
    if len(origins) == 0:
        raise InputError("origins is empty: name at least one row.")
    # Integers are positions, even where moments are integers; negative ones count from the end.
    if pd.api.types.is_integer_dtype(origins.dtype):
        rows = origins.to_numpy(dtype=np.intp)
        wrong = (rows < -len(index)) | (rows >= len(index))
        rows = rows % len(index)
    else:
        rows = index.get_indexer(origins)
        wrong = rows < 0
    if wrong.any():
        raise InputError(
            f"origin {origins[int(np.argmax(wrong))]} is not in the table of {len(index)} rows, "
            f"which goes from {index[0]} to {index[-1]}."
        )
    return rows


def _check_levels(index: pd.Index) -> None:
    """Refuse levels in the wrong order, and decimal numbers as moments."""
    moments = index
    if isinstance(index, pd.MultiIndex) and index.nlevels == 2:
        series, moments = index.levels
        if _is_time(series) and not _is_time(moments):
            raise InputError(
                f"the levels of the index are (timestamp, series), as in {index[0]}, and have to "
                "be (series, timestamp). Use frame.swaplevel()."
            )
    if pd.api.types.is_float_dtype(moments.dtype):
        raise InputError(
            f"the index holds decimal numbers such as {moments[0]}, which are no moments. Give "
            "dates, or number the rows with frame.reset_index(drop=True)."
        )


def _is_time(level: pd.Index) -> bool:
    """Whether a level of an index holds moments for certain."""
    return isinstance(level, (pd.DatetimeIndex, pd.PeriodIndex))


def runs_of(n_rows: np.ndarray, size: int) -> list[tuple[int, int]]:
    """Cut series of so many rows each into runs of about `size`, (first, last + 1) of each."""
    # A run ends with the series that fills it.
    number = (np.cumsum(n_rows) - n_rows) // size  # (n_series,)
    starts = np.flatnonzero(np.diff(number, prepend=-1)).tolist()
    return list(zip(starts, [*starts[1:], len(n_rows)], strict=True))
