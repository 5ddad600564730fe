"""A panel by the clock on the wall, on which a day has 24 hours even when clocks change.

Rows come in equal steps of elapsed time, but what people do follows the clock. Where a time zone
has summer time, learners therefore see another panel, in which an hour of the day is always as many
rows behind the same hour of the day before:

- The hour that comes twice in autumn is one row. Its y is that of the second time; its X is that of
  the first, so that no forecast of the first hour reads what is known for the second.
- The hour that is left out in spring is a row on the straight line between its neighbours. No
  forecast begins there, so that none reads the later neighbour too early.

UTC, zones without summer time, steps that are no part of a clock change (six hours, days), steps
below a minute (whose season is the minute), periods and integers stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.offsets import Tick

from forecast.tables.grid import grid_of
from forecast.tables.panel import Panel

_SHORTEST = pd.Timedelta("1min")  # step: seconds repeat by the minute, whatever the hour


@dataclass(frozen=True)
class WallClock:
    """A panel by the wall clock, and where the rows of the given panel stand in it.

    Parameters
    ----------
    given : Panel
        The rows in equal steps of elapsed time; each series has at least one.
    panel : Panel
        The rows by the clock; their moments have no time zone.
    place : array of shape (n_given,)
        The row by the clock at the time of each given row. It may lie behind the last one: an hour
        that comes twice is a row once it has come for the second time.
    origin : array of shape (n_given,)
        The last row by the clock that is known at each given row; -1 where there is none.
    """

    given: Panel
    panel: Panel
    place: np.ndarray
    origin: np.ndarray

    @classmethod
    def of(cls, given: Panel) -> WallClock:
        """Bring a panel to the wall clock; where no clock changes, it stays as it is."""
        clock = _clock_of(given)
        rows = np.arange(len(given))
        if clock is None:
            return cls(given, given, rows, rows)
        # Rows are counted from the first of their series. A table may begin within the hour that
        # comes twice: then the second time begins before it.
        codes = given.codes
        ticks = clock.ticks(given.times)
        position = ticks - ticks[given.bounds[codes]]
        is_kept = (position >= 0) & ~clock.comes_again(given.times, ticks)
        # A series ends with the last row that is kept.
        lengths = np.zeros(given.n_series, dtype=np.intp)
        np.maximum.at(lengths, codes[is_kept], position[is_kept] + 1)
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        place = bounds[codes] + position
        X, y = _by_clock(given, place, is_kept, bounds)
        times = clock.times_from(given.times[given.bounds[:-1]], lengths)
        panel = replace(given, bounds=bounds, times=times, X=X, y=y)
        # What is known at a row that comes again is what was known before its hour.
        last_kept = np.maximum.accumulate(np.where(is_kept, rows, -1))
        in_series = last_kept >= given.bounds[codes]
        return cls(given, panel, place, np.where(in_series, place[last_kept], -1))

    def steps(self, origins: np.ndarray, horizon: int) -> np.ndarray:
        """Return how many rows by the clock the given rows after origins are away from them.

        The shape is (n_origins, horizon).
        """
        ahead = origins[:, None] + np.arange(1, horizon + 1)
        return self.place[ahead] - self.origin[origins][:, None]

    def tail(self, n: int) -> Panel:
        """Return the last given rows, of which the last `n` rows by the clock can be made again."""
        if self.panel is self.given:  # no clock changes
            return self.given.tail(n)
        # The first of these, or the one before it from which the line between neighbours begins.
        first = np.maximum(self.panel.bounds[1:] - n, self.panel.bounds[:-1])
        is_kept = (self.place == self.origin) & (self.origin >= 0)
        kept_places = self.place[is_kept]
        before = np.searchsorted(kept_places, first, side="right") - 1
        first = kept_places[before]
        # The first given row at this time of the clock, and all that follow it.
        codes = self.given.codes
        rows = np.arange(len(self.given))
        is_late = self.place >= first[codes]
        begin = self.given.bounds[1:].copy()
        np.minimum.at(begin, codes[is_late], rows[is_late])
        return self.given.take(np.flatnonzero(rows >= begin[codes]))


def spare_rows(panel: Panel) -> int:
    """Return how many rows the wall clock can gain or lose over a panel's rows; 0 where none."""
    clock = _clock_of(panel)
    return 0 if clock is None else clock.spare


@dataclass(frozen=True)
class _Clock:
    """The clock of a time zone; its ticks are the rows.

    Parameters
    ----------
    step : int
        Nanoseconds from one tick to the next.
    ahead : int
        Nanoseconds by which the clock is ahead of UTC at the beginning of 1970.
    set_back : tuple of int
        By how many ticks it can be set back at once.
    spare : int
        The ticks between the times when it is ahead most and least.
    """

    step: int
    ahead: int
    set_back: tuple[int, ...]
    spare: int

    def ticks(self, times: Any) -> np.ndarray:
        """Count the ticks of the clock up to each moment; the same number twice in autumn."""
        shift = _rounded(_offsets(times) - self.ahead, self.step)
        return (_nanoseconds(times) + self.ahead) // self.step + shift

    def comes_again(self, times: Any, ticks: np.ndarray) -> np.ndarray:
        """Whether the clock shows the same time, so many ticks, once more after each moment."""
        again = np.zeros(len(times), dtype=bool)
        for rows in self.set_back:
            later = times + pd.Timedelta(rows * self.step, "ns")
            again |= self.ticks(later) == ticks
        return again

    def times_from(self, starts: Any, lengths: np.ndarray) -> pd.DatetimeIndex:
        """Return what the clock shows in so many rows from each start on."""
        # The ticks of a series need not be full hours.
        phase = (_nanoseconds(starts) + self.ahead) % self.step
        first = self.ticks(starts) * self.step + phase
        begin = np.cumsum(lengths) - lengths
        position = np.arange(lengths.sum()) - np.repeat(begin, lengths)
        shown = np.repeat(first, lengths) + position * self.step
        return pd.DatetimeIndex(shown.view("datetime64[ns]")).as_unit(starts.unit)


@lru_cache
def _clock(dtype: pd.DatetimeTZDtype, step: int) -> _Clock | None:
    """Return the clock of moments; None if it does not change, or mostly by parts of a step."""
    weeks = pd.date_range("1970-01-01", "2038-01-01", freq="7D", tz="UTC")
    offsets = _offsets(weeks.tz_convert(dtype.tz))
    changes = np.diff(offsets)
    changes = changes[changes != 0]
    in_steps = changes % step == 0
    if in_steps.sum() <= len(changes) / 2:
        return None
    ticks = _rounded(offsets - offsets[0], step)
    jumps = np.unique(np.diff(ticks))
    set_back = tuple(-jumps[jumps < 0])
    return _Clock(step, int(offsets[0]), set_back, int(np.ptp(ticks)))


def _clock_of(panel: Panel) -> _Clock | None:
    """Return the clock by which the rows of a panel have to be ordered; None if they are."""
    times = panel.times
    if not isinstance(times, pd.DatetimeIndex) or times.tz is None:
        return None
    offset = grid_of(panel.frequency.alias).offset
    if not isinstance(offset, Tick):
        return None
    step = pd.Timedelta(offset)
    return _clock(times.dtype, step.value) if step >= _SHORTEST else None


def _nanoseconds(times: Any) -> np.ndarray:
    """Return the nanoseconds since 1970 began in UTC."""
    return times.as_unit("ns").asi8


def _offsets(times: Any) -> np.ndarray:
    """Return by how many nanoseconds the clock is ahead of UTC."""
    return _nanoseconds(times.tz_localize(None)) - _nanoseconds(times)


def _rounded(nanoseconds: np.ndarray, step: int) -> np.ndarray:
    """Return the nearest number of steps, half a step being none."""
    halves = (2 * np.abs(nanoseconds) + step - 1) // (2 * step)
    return np.sign(nanoseconds) * halves


def _by_clock(
    given: Panel, place: np.ndarray, is_kept: np.ndarray, bounds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return X and y by the clock, of rows that go to these places."""
    y = _placed(given.y, place, is_kept, bounds[-1])
    X = _placed(given.X, place, is_kept, bounds[-1])
    # Where an hour comes twice, X of the first time counts as far as it is known.
    codes = given.codes
    is_inside = (place >= bounds[codes]) & (place < bounds[codes + 1])
    first = np.flatnonzero(is_inside & ~is_kept)
    of_second = X[place[first]]
    of_first = given.X[first]
    X[place[first]] = np.where(np.isnan(of_first), of_second, of_first)
    # The rows of an hour that was left out.
    is_opened = np.ones(len(y), dtype=bool)
    is_opened[place[is_kept]] = False
    _join(y, is_opened)
    _join(X, is_opened)
    return X, y


def _placed(values: np.ndarray, place: np.ndarray, is_kept: np.ndarray, n: int) -> np.ndarray:
    """Put the kept rows to their places among `n` rows of NaN."""
    placed = np.full((n, values.shape[1]), np.nan)
    placed[place[is_kept]] = values[is_kept]
    return placed


def _join(values: np.ndarray, is_opened: np.ndarray) -> None:
    """Draw straight lines over the opened rows, from the row before to the row behind."""
    opened = np.flatnonzero(is_opened)
    there = np.flatnonzero(~is_opened)
    behind = np.searchsorted(there, opened)
    left = there[behind - 1]
    right = there[behind]
    share = (opened - left) / (right - left)
    values[opened] = values[left] + share[:, None] * (values[right] - values[left])
