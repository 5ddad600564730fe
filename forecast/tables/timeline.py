"""Make the index of a table regular: `regularize` merges duplicates and opens holes.

An index says which moment each row is: a DatetimeIndex (time zones welcome), a PeriodIndex or
integers, or a MultiIndex (series, timestamp) of these.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
import pandas as pd
from pandas.tseries.offsets import BusinessHour

from forecast.exceptions import InputError, Remedy
from forecast.tables.frequency import ordered_by_series
from forecast.tables.grid import grid_of
from forecast.wording import counted, quoted

__all__ = ["regularize"]

_OPENED = 1_000_000  # rows that any table may lack
_FULL = 0.9  # share of a step that rows at one distance fill where they come without a break
HOWS = ("mean", "sum", "first", "last", "min", "max", "median", "count")


def regularize(
    frame: pd.DataFrame | pd.Series, freq: str, how: str | None = None, fill: bool = False
) -> pd.DataFrame | pd.Series:
    """Bring a table to a regular frequency: open holes as rows of NaN, merge rows where asked to.

    Parameters
    ----------
    frame : DataFrame or Series of n rows
        With a DatetimeIndex or a MultiIndex (series, timestamp), in any order.
    freq : str
        A pandas frequency alias ("h", "D", "MS", …), or "MS+14D" for the 15th of each month.
    how : {"mean", "sum", "first", "last", "min", "max", "median", "count"} or None, default=None
        What becomes of several rows in one step. "count" counts the rows, 0 in a hole, in one
        column "count". None refuses them: whether they are parts of a sum, readings to average, or
        several series, no table says of itself.
    fill : bool, default=False
        Whether holes get the last value before them (never a later one); of sums, 0.

    Returns
    -------
    DataFrame or Series
        One row per step from the first to the last moment of each series. A step in which the table
        begins or ends, so that it lacks rows, has no value: the sum of half a day is none.

    Raises
    ------
    ValueError
        If `how` or `freq` is unknown, the index holds no timestamps, or several rows fall into one
        step and `how` is None.

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2013-01-01 02:00", "2013-01-01 00:00", "2013-01-01 00:00"])
    >>> regularize(pd.Series([5.0, 1.0, 3.0], index=times), "h", how="mean")
    2013-01-01 00:00:00    2.0
    2013-01-01 01:00:00    NaN
    2013-01-01 02:00:00    5.0
    Freq: h, dtype: float64
    """
    if how is not None and how not in HOWS:
        raise InputError(f"how must be one of {', '.join(map(repr, HOWS))}; got {quoted(how)}.")
    # Series for series: none is to fill another one's holes.
    if isinstance(frame.index, pd.MultiIndex):
        names, order, bounds = ordered_by_series(frame.index)
        parts = {}
        for series, name in enumerate(names):
            rows = order[bounds[series] : bounds[series + 1]]
            own = frame.iloc[rows].droplevel(0)
            try:
                parts[name] = regularize(own, freq, how, fill)
            except InputError as error:
                raise error.within(f"series {quoted(name)}") from None
        return pd.concat(parts, names=frame.index.names)
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise InputError(
            f"regularize needs timestamps in the index; got {frame.index.dtype}. "
            "Use pandas.to_datetime."
        )
    ordered = frame.sort_index(kind="stable")
    _check_steps(pd.DatetimeIndex(ordered.index), freq)
    regular = _resampled(ordered, freq, how)
    if fill:
        regular = regular.fillna(0.0) if how == "sum" else regular.ffill()
    is_cut = _is_cut(ordered.index, freq, regular.index)
    keeps = (~is_cut).reshape(-1, *[1] * (regular.ndim - 1))
    return regular.where(np.broadcast_to(keeps, regular.shape))


def _check_steps(index: pd.DatetimeIndex, freq: str) -> None:
    """Refuse sorted rows between which far more would be opened than there are."""
    grid = grid_of(freq)
    if not len(index) or not grid.is_too_fine(index, _OPENED):
        return
    n_steps = grid.n_steps(index[0], index[-1])
    raise InputError(
        f"from {index[0]} to {index[-1]} there are {n_steps:.3g} steps of frequency "
        f"{quoted(freq)}, but only {counted(len(index), 'row')}. Choose a longer step, or correct "
        "the first or the last moment."
    )


def _resampled(
    frame: pd.DataFrame | pd.Series, freq: str, how: str | None
) -> pd.DataFrame | pd.Series:
    """Merge the sorted rows of each step."""
    offset, days = grid_of(freq)
    # pandas knows the grid before the days that lie between it and the moments.
    if isinstance(offset, BusinessHour):
        raise InputError(
            f"frequency {quoted(freq)} has steps by day only. Choose another one, such as 'h'."
        )
    resampled = _shifted(frame, -days).resample(offset)
    counts = resampled.size()
    if how is None and counts.max() > 1:
        _refuse_merging(_shifted(counts, days), freq)
    return _shifted(aggregated(resampled, how or "first"), days)


def aggregated(groups: Any, how: str) -> Any:
    """Make one row of each group of rows, as `regularize` says of `how`."""
    if how == "count":
        return groups.size().rename("count").to_frame()
    # The sum of nothing is no value.
    return groups.sum(min_count=1) if how == "sum" else getattr(groups, how)()


def by_series(frame: pd.DataFrame) -> Any:
    """Return a table for `ffill`, `bfill` and `head`, which treat each series apart."""
    return frame.groupby(level=0, sort=False) if frame.index.nlevels > 1 else frame


def fill_gaps(frame: pd.DataFrame, until: str | None = None) -> tuple[pd.DataFrame, list[str]]:
    """Fill gaps with the value before them in their series and column, and say how many.

    Parameters
    ----------
    frame : DataFrame
    until : label of a column, optional
        Only rows up to its last value are filled. By default, each column ends for itself: what has
        not begun, or has ended, is no gap.
    """
    columns = by_series(frame)
    has_later = (columns if until is None else columns[until]).bfill().notna()
    filled = columns.ffill().where(has_later, frame)
    n_filled = int(frame.isna().sum().sum() - filled.isna().sum().sum())
    return filled, [f"filled {counted(n_filled, 'cell')} with the value before"] if n_filled else []


def _is_cut(index: Any, freq: str, steps: pd.Index) -> np.ndarray:
    """Whether a step at either end lacks rows because the table begins or ends in it, (n_steps,).

    That shows where rows at one distance fill the other steps: the row before the first, or after
    the last, would fall into the same step.
    """
    is_cut = np.zeros(len(steps), dtype=bool)
    distances = pd.Series(np.diff(index.unique()))
    if not len(distances):
        return is_cut
    usual = distances.mode()[0]
    # The rows in each step, if the table had these two rows.
    offset, days = grid_of(freq)
    longer = pd.DatetimeIndex([index[0] - usual, *index, index[-1] + usual])
    counts = _shifted(pd.Series(1, longer), -days).resample(offset).size()
    if len(counts) < 3:
        return is_cut
    length = np.median(np.diff(counts.index))
    inner = counts.iloc[1:-1].median()
    if inner > 1 and inner * usual >= _FULL * length:
        moments = _shifted(counts, days).index
        is_cut[0] = moments[0] == steps[0]
        is_cut[-1] |= moments[-1] == steps[-1]
    return is_cut


def _shifted(frame: Any, days: int) -> Any:
    """Move the moments of a table by days of the calendar."""
    return frame.set_axis(frame.index + pd.DateOffset(days=days)) if days else frame


def _refuse_merging(counts: pd.Series, freq: str) -> NoReturn:
    """Refuse several rows in one step where nobody has said what becomes of them."""
    full = counts[counts > 1]
    raise InputError(
        f"{counts.sum()} rows fall into {(counts > 0).sum()} steps of frequency {quoted(freq)}: "
        f"{full.index[0]} has {full.iloc[0]}.",
        "If a column tells them apart, index by (series, timestamp); else say what becomes of them "
        "with how='mean', 'sum', 'last', 'count', ….",
        Remedy(
            "If a column tells them apart, name it with {}; else say what becomes of them with {}, "
            "{}, ….",
            {"series": None},
            {"how": "mean"},
            {"how": "sum"},
        ),
    )


def is_default(index: pd.Index) -> bool:
    """Whether an index only numbers the rows from 0: it then says nothing about moments."""
    return isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1
