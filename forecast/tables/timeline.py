"""Make the index of a table regular: `regularize` merges duplicates and opens holes.

An index says which moment each row is: a DatetimeIndex (time zones welcome), a PeriodIndex or
integers, or a MultiIndex (series, timestamp) of these.
"""

from __future__ import annotations

import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.frequency import ordered_by_series

__all__ = ["regularize"]


def regularize(
    frame: pd.DataFrame | pd.Series, freq: str, how: str = "mean", fill: bool = False
) -> pd.DataFrame | pd.Series:
    """Bring a table to a regular frequency: merge duplicates, open holes as rows of NaN.

    Parameters
    ----------
    frame : DataFrame or Series of n rows
        With a DatetimeIndex or a MultiIndex (series, timestamp), in any order.
    freq : str
        A pandas frequency alias: "h", "D", "MS", …
    how : {"mean", "sum", "first", "last", "min", "max", "median"}, default="mean"
        What becomes of several rows in one step.
    fill : bool, default=False
        Whether holes get the last value before them (never a later one).

    Returns
    -------
    DataFrame or Series
        One row per step from the first to the last moment of each series.

    Raises
    ------
    ValueError
        If `how` or `freq` is unknown, or the index holds no timestamps.

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2013-01-01 02:00", "2013-01-01 00:00", "2013-01-01 00:00"])
    >>> regularize(pd.Series([5.0, 1.0, 3.0], index=times), "h")
    2013-01-01 00:00:00    2.0
    2013-01-01 01:00:00    NaN
    2013-01-01 02:00:00    5.0
    Freq: h, dtype: float64
    """
    hows = ("mean", "sum", "first", "last", "min", "max", "median")
    if how not in hows:
        raise InputError(f"how must be one of {', '.join(map(repr, hows))}; got {how!r}.")
    if isinstance(frame.index, pd.MultiIndex):
        names, order, bounds = ordered_by_series(frame.index)
        parts = {}
        for series, name in enumerate(names):
            rows = order[bounds[series] : bounds[series + 1]]
            parts[name] = regularize(frame.iloc[rows].droplevel(0), freq, how, fill)
        return pd.concat(parts, names=frame.index.names)
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise InputError(
            f"regularize needs timestamps in the index; got {frame.index.dtype}. "
            "Use pandas.to_datetime."
        )
    try:
        resampled = frame.sort_index(kind="stable").resample(freq)
    except ValueError:
        raise InputError(
            f"freq {freq!r} is no pandas frequency: use 'h', 'D', 'B', 'W', 'MS', …"
        ) from None
    regular = resampled.sum(min_count=1) if how == "sum" else getattr(resampled, how)()
    return regular.ffill() if fill else regular


def is_default(index: pd.Index) -> bool:
    """Whether an index only numbers the rows from 0: it then says nothing about moments."""
    return isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1
