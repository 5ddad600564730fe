"""Rows and moments: the index of a table, its frequency, the rows that come next, the series in it.

The index of a table says which moment each row is. It is a DatetimeIndex (time zones welcome), a
PeriodIndex or integers, or a MultiIndex (series, timestamp) of these. A regular frequency is
required, with one exception: in a trading calendar (weekdays, holidays missing) one row is one
step, and the rows to come are the next weekdays.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

__all__ = ["regularize"]

_SEASONS = {
    "s": 60,
    "min": 1440,
    "h": 24,
    "D": 7,
    "W": 52,
    "MS": 12,
    "ME": 12,
    "M": 12,
    "QS": 4,
    "QE": 4,
    "Q": 4,
}
_CLOSED_DAYS = 10  # longest closure of a trading calendar, in weekdays
_CLOSED_SHARE = 0.1  # share of weekdays without trading


@dataclass(frozen=True)
class Frequency:
    """The step from one row to the next.

    Parameters
    ----------
    alias : str
        The pandas alias ("h", "D", "MS", …), "B" for weekdays; "" for integers.
    step : int, default=1
        The distance of neighbouring integers.
    periods : bool, default=False
        Whether the moments are periods.
    """

    alias: str
    step: int = 1
    periods: bool = False

    @property
    def trading(self) -> bool:
        """Whether rows are the trading days of a calendar with unknown holidays."""
        return self.alias == "B" and not self.periods

    @property
    def season_length(self) -> int:
        """The rows in the season that people expect first: 24 for hours, 7 for days, 12 for months, else 1."""
        if not self.alias or self.trading:
            return 1
        unit = self.alias.lstrip("0123456789")
        multiple = int(self.alias[: len(self.alias) - len(unit)] or 1)
        rows, rest = divmod(_SEASONS.get(unit.split("-")[0], 1), multiple)
        return rows if rows and not rest else 1

    @property
    def seasons(self) -> tuple[int, ...]:
        """The rows in each season that people expect, the shortest first: day and week for hours; none for 1."""
        season, unit = self.season_length, self.alias.lstrip("0123456789")
        return () if season == 1 else (season, 7 * season) if unit in ("h", "min") else (season,)

    def after(self, moment: Any, n: int) -> pd.Index:
        """Return the `n` moments that follow `moment`."""
        if not self.alias:
            return pd.Index(moment + self.step * np.arange(1, n + 1))
        if self.periods:
            return pd.period_range(moment, periods=n + 1, freq=self.alias)[1:]
        return pd.date_range(moment, periods=n + 1, freq=self.alias)[1:]

    def steps(self, start: Any, moments: pd.Index) -> np.ndarray:
        """Count the steps from `start` to each of `moments`; refuse those that lie between two steps."""
        if self.trading:
            days = pd.DatetimeIndex(moments).tz_localize(None).to_numpy().astype("datetime64[D]")
            first = np.datetime64(pd.Timestamp(start).tz_localize(None), "D")
            return np.busday_count(first, days)
        if not self.alias:
            steps, rest = np.divmod(np.asarray(moments, dtype=np.int64) - int(start), self.step)
            wrong = rest != 0
        else:
            ends = (start, moments.max()) if start <= moments.max() else (moments.min(), start)
            ranged = pd.period_range if self.periods else pd.date_range
            grid = ranged(min(ends[0], moments.min()), ends[1], freq=self.alias)
            steps = grid.get_indexer(moments) - grid.get_indexer(pd.Index([start]))[0]
            wrong = (grid.get_indexer(moments) < 0) | (grid.get_indexer(pd.Index([start]))[0] < 0)
        if wrong.any():
            raise ValueError(
                f"{moments[int(np.argmax(wrong))]} lies between two steps: from {start} on, {self.describe()}. "
                "Ask for moments on this grid."
            )
        return steps

    def check(self, index: pd.Index, like: Any) -> None:
        """Refuse moments of another kind than `like`, or rows that do not follow one another with this frequency."""
        self.check_kind(index, like)
        values = index.to_numpy(dtype=np.int64) if not self.alias else _ordinals(index)
        _check_order(index, values)
        steps = np.diff(self.steps(index[0], index))
        if (steps != 1).any() and not (
            self.trading and steps.min() > 0 and steps.max() <= _CLOSED_DAYS + 1
        ):
            infer_frequency(index)  # names the hole; a frequency of its own is refused below
            raise ValueError(
                f"in the training rows {self.describe()}, but after {index[0]} comes {index[1]}."
            )

    def check_kind(self, index: pd.Index, like: Any) -> None:
        """Refuse moments that cannot be compared with `like`: numbers for timestamps, another time zone."""
        kind = pd.PeriodIndex if self.periods else pd.DatetimeIndex
        same = isinstance(index, kind) if self.alias else pd.api.types.is_integer_dtype(index.dtype)
        if not same:
            raise ValueError(
                f"the training rows are moments like {like}, these like {index[0]}: give the same kind."
            )
        if isinstance(index, pd.DatetimeIndex) and str(index.tz) != str(like.tzinfo):
            raise ValueError(
                f"the training rows have the time zone {like.tzinfo}, these {index.tz}: bring them to one "
                "with index.tz_localize or index.tz_convert."
            )

    def describe(self) -> str:
        """Say the frequency in words."""
        if self.trading:
            return "the rows are trading days (weekdays, holidays missing)"
        return (
            f"the rows come every {self.step}"
            if not self.alias
            else f"the rows come with frequency {self.alias!r}"
        )


def _ordinals(index: Any) -> np.ndarray:
    """Return timestamps or periods as integers."""
    return np.asarray(index.asi8)


def infer_frequency(index: pd.Index) -> Frequency:
    """Return the frequency of a time index; refuse what is not sorted, unique and regular.

    Parameters
    ----------
    index : pandas.Index of length n
        Timestamps, periods or integers; a MultiIndex (series, timestamp) must have one frequency in
        all series.

    Raises
    ------
    ValueError
        With the first offending moment and the call that mends it.
    """
    if isinstance(index, pd.MultiIndex):
        return _infer_of_series(index)
    if isinstance(index, pd.DatetimeIndex):
        _check_order(index, index.asi8)
        return Frequency(_datetime_alias(index))
    if isinstance(index, pd.PeriodIndex):
        step = getattr(index.freq, "n", 1)
        _check_order(index, index.asi8)
        _check_holes(index, index.asi8, step, repr(index.freqstr))
        return Frequency(index.freqstr, periods=True)
    if pd.api.types.is_integer_dtype(index.dtype):
        values = index.to_numpy(dtype=np.int64)
        _check_order(index, values)
        gaps = np.diff(values)
        step = (
            int(np.bincount(gaps).argmax() if gaps.size and gaps.max() < 10**6 else gaps.min())
            if gaps.size
            else 1
        )
        _check_holes(index, values, step, str(step))
        return Frequency("", step)
    raise ValueError(
        f"the index must hold timestamps, periods or integers; got {index.dtype}, first value {index[0]!r}. "
        "Turn it into timestamps with pandas.to_datetime."
        if len(index)
        else "the table has no row."
    )


def _infer_of_series(index: pd.MultiIndex) -> Frequency:
    if index.nlevels != 2:
        raise ValueError(
            f"a MultiIndex must have the levels (series, timestamp); got {index.nlevels} levels."
        )
    found: dict[Frequency, Hashable] = {}
    parts = [(key, index.get_level_values(1)[rows]) for key, rows in series_rows(index)]
    telling = [
        part for part in parts if len(part[1]) > 2
    ] or parts  # two rows do not tell months from days
    for key, times in [
        *telling,
        *(part for part in parts if len(part[1]) <= 2 and telling is not parts),
    ]:
        try:
            if found and len(times) <= 2:
                next(iter(found)).check(times, telling[0][1][0])
            else:
                found.setdefault(infer_frequency(times), key)
        except ValueError as error:
            raise ValueError(f"series {key!r}: {error}") from None
    if len(found) > 1:
        (a, key_a), (b, key_b) = list(found.items())[:2]
        raise ValueError(
            f"series {key_a!r} has frequency {a.alias or a.step!r} and series {key_b!r} {b.alias or b.step!r}; "
            "one table has one frequency: bring them to one with forecast.regularize(frame, freq)."
        )
    return next(iter(found))


def series_rows(index: pd.MultiIndex) -> list[tuple[Hashable, np.ndarray]]:
    """List the series in order of appearance with the positions of their rows."""
    codes, keys = pd.factorize(index.get_level_values(0))
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(1, len(keys)))
    return list(zip(keys, np.split(order, bounds), strict=True))


def _check_order(index: pd.Index, values: np.ndarray) -> None:
    if len(index) == 0:
        raise ValueError("the table has no row.")
    if index.hasnans:
        raise ValueError(
            f"row {int(np.argmax(index.isna()))} has no timestamp. Drop it or give it one."
        )
    gaps = np.diff(values)
    if (gaps <= 0).any():
        row = int(np.argmax(gaps <= 0)) + 1
        if gaps[row - 1] == 0:
            merge = "Merge its rows with forecast.regularize(frame, freq, how='mean') "
            merge += "(if clocks went back in this hour, give the times in UTC)."
            drop = "Keep one of its rows with frame[~frame.index.duplicated()]."
            raise ValueError(
                f"{index[row]} stands twice. {merge if isinstance(index, pd.DatetimeIndex) else drop}"
            )
        raise ValueError(
            f"{index[row]} comes after {index[row - 1]}: the rows are not sorted. Use frame.sort_index()."
        )


def _check_holes(index: pd.Index, values: np.ndarray, step: int, name: str) -> None:
    gaps = np.diff(values)
    if (gaps != step).any():
        row = int(np.argmax(gaps != step))
        raise ValueError(
            f"after {index[row]} comes {index[row + 1]}, but the rows come every {name}. "
            "Add the missing rows with frame.reindex."
        )


def _datetime_alias(index: pd.DatetimeIndex) -> str:
    if index.freqstr is not None:
        return "B" if index.freqstr == "C" else index.freqstr
    if len(index) < 2:
        raise ValueError(f"1 row ({index[0]}) does not tell the frequency; at least 2 are needed.")
    alias = _inferred(index) if len(index) > 2 else None
    if alias is None:
        gaps = np.diff(index.asi8)
        if (gaps == gaps[0]).all():
            alias = _alias(index[1] - index[0])
        elif _is_trading_calendar(index):
            alias = "B"
        else:
            _refuse_irregular(index)
    return str(alias)


def _rows(n: int, one: str, many: str) -> str:
    return f"1 row {one}" if n == 1 else f"{n} rows {many}"


def _alias(step: pd.Timedelta) -> str:
    """Name a step in pandas' way; a day is a day, not 24 hours."""
    days, rest = divmod(step, pd.Timedelta(days=1))
    if not rest:
        return "D" if days == 1 else f"{days}D"
    return str(getattr(to_offset(step), "freqstr", step))


def _inferred(index: pd.DatetimeIndex) -> str | None:
    """Return pandas' guess as text; some versions announce that they will return an offset."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pd.infer_freq(index)
    return getattr(found, "freqstr", found)


def _is_trading_calendar(index: pd.DatetimeIndex) -> bool:
    naive = index.tz_localize(None)
    if (naive.day_of_week > 4).any() or len(set(naive.time)) > 1:
        return False
    days = naive.to_numpy().astype("datetime64[D]")
    closed = np.busday_count(days[:-1], days[1:]) - 1
    return bool(
        closed.max() <= _CLOSED_DAYS and closed.sum() <= _CLOSED_SHARE * (len(days) + closed.sum())
    )


def _refuse_irregular(index: pd.DatetimeIndex) -> None:
    """Name the first moment that breaks the frequency that most rows follow."""
    alias = next(
        (a for i in range(min(len(index) - 4, 50)) if (a := _inferred(index[i : i + 5]))),
        _alias(pd.Series(np.diff(index)).mode()[0]),
    )
    if alias == "D" and (index.day_of_week < 5).all():
        alias = "B"
    offset = to_offset(alias)
    start = index[0] if offset.is_on_offset(index[0]) else offset.rollforward(index[0])
    grid = pd.date_range(start, index[-1], freq=alias)
    missing, extra = grid.difference(index), index.difference(grid)
    mend = f"Mend it with forecast.regularize(frame, freq={alias!r})."
    if len(extra) and (not len(missing) or extra[0] < missing[0] or len(extra) > len(index) // 2):
        raise ValueError(
            f"{extra[0]} lies off the grid of frequency {alias!r} ({_rows(len(extra), 'does', 'do')}). {mend}"
        )
    holes = _rows(len(missing), "is", "are")
    raise ValueError(
        f"{missing[0]} is missing ({holes}) although the rows come with frequency {alias!r}. {mend}"
    )


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
        raise ValueError(f"how must be one of {', '.join(map(repr, hows))}; got {how!r}.")
    if isinstance(frame.index, pd.MultiIndex):
        parts = {
            key: regularize(frame.iloc[rows].droplevel(0), freq, how, fill)
            for key, rows in series_rows(frame.index)
        }
        return pd.concat(parts, names=frame.index.names)
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise ValueError(
            f"regularize needs timestamps in the index; got {frame.index.dtype}. Use pandas.to_datetime."
        )
    try:
        resampled = frame.sort_index(kind="stable").resample(freq)
    except ValueError:
        raise ValueError(
            f"freq {freq!r} is no pandas frequency: use 'h', 'D', 'B', 'W', 'MS', …"
        ) from None
    regular = resampled.sum(min_count=1) if how == "sum" else getattr(resampled, how)()
    return regular.ffill() if fill else regular


def is_default(index: pd.Index) -> bool:
    """Whether an index only numbers the rows from 0: it then says nothing about moments."""
    return isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1
