"""The grid of moments that a frequency names, and the season that its length suggests.

A grid is a pandas alias ("h", "D", "W-WED", "BME"). pandas has none for months that are stamped on
one day: "MS+14D" is the 15th of each month, 14 days behind the grid "MS".
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset
from pandas.tseries.offsets import MonthEnd, Tick

from forecast.exceptions import InputError
from forecast.wording import quoted

# The cycles that people expect to see, in days; the shortest one above a step is its season.
_CYCLES = (1 / 1440, 1.0, 7.0, 365.25)
_TOLERANCE = 0.005  # a year has 52.18 weeks: 52 is near enough
_DAYS_OF_MONTH = 31
_N_STEPS = 48  # four years of months: one day in February among them
_LACKING = 100  # rows for each that is there, up to which a table may lack some
_OFF_GRID = np.iinfo(np.int64).min // 2  # the place of a moment between two steps


class Grid(NamedTuple):
    """Moments at the steps of an offset, some days behind them."""

    offset: Any
    days: int = 0

    @property
    def days_of_step(self) -> float:
        """The mean length of a step in days."""
        moments = self.after(pd.Timestamp("2000-01-31"), _N_STEPS + 1)
        return float((moments[-1] - moments[0]) / pd.Timedelta(days=_N_STEPS))

    def after(self, moment: Any, n: int) -> pd.DatetimeIndex:
        """Return the `n` moments that follow `moment`, which is on the grid."""
        start = self._before(moment)
        return self._behind(pd.date_range(start, periods=n + 1, freq=self.offset))[1:]

    def between(self, first: Any, last: Any) -> pd.DatetimeIndex:
        """Return the moments from `first` to `last`."""
        start = self._before(first)
        return self._behind(pd.date_range(start, self._before(last), freq=self.offset))

    def n_steps(self, first: Any, last: Any) -> float:
        """Return about how many steps there are from `first` to `last`, without making them."""
        return float((last - first) / pd.Timedelta(days=1) / self.days_of_step)

    def is_too_fine(self, index: pd.DatetimeIndex, most: int) -> bool:
        """Whether sorted rows lack many more than there are, and more than `most`."""
        return self.n_steps(index[0], index[-1]) > _LACKING * len(index) + most

    def places(self, times: pd.DatetimeIndex) -> tuple[np.ndarray, int]:
        """Return the place of each moment in the calendar, and how far a step goes in it.

        A moment between two steps has a place far below all others.
        """
        # Steps of a fixed length: hours, and days where no clock changes.
        is_days = self.offset.rule_code == "D"
        if is_days and times.tz is None:
            return times.as_unit("ns").asi8, pd.Timedelta(days=self.offset.n).value
        if isinstance(self.offset, Tick) and not is_days:
            return times.as_unit("ns").asi8, pd.Timedelta(self.offset).value
        # Months, weeks, local days: counted from the first moment to the last.
        every = self._replace(offset=self.offset.base)
        places = every.between(times.min(), times.max()).get_indexer(times).astype(np.int64)
        return np.where(places < 0, _OFF_GRID, places), self.offset.n

    def _before(self, moments: Any) -> Any:
        """Take the days away: days of the calendar, whatever clocks do."""
        return moments - pd.DateOffset(days=self.days) if self.days else moments

    def _behind(self, moments: Any) -> Any:
        """Add the days."""
        return moments + pd.DateOffset(days=self.days) if self.days else moments


def is_off_grid(places: np.ndarray) -> np.ndarray:
    """Whether moments of these places lie between two steps."""
    return places == _OFF_GRID


@cache
def grid_of(alias: str) -> Grid:
    """Return the grid that an alias names; refuse one that names none."""
    base, plus, days = alias.partition("+")
    try:
        offset = to_offset(base)
        grid = Grid(offset, int(days.removesuffix("D")) if plus else 0)
        is_grid = offset.n > 0 and grid.days in range(_DAYS_OF_MONTH)
        # The steps of an alias may leave the calendar.
        is_grid = is_grid and grid.days_of_step > 0
    except (ValueError, OverflowError):
        is_grid = False
    if not is_grid:
        raise InputError(
            f"freq {quoted(alias)} is no frequency: use 'h', 'D', 'B', 'W', 'MS', 'MS+14D' (the "
            "15th of each month), …"
        )
    return grid


# --- its season


def season_of_grid(alias: str, periods: bool) -> int:
    """Return the steps in the shortest cycle that is longer than one; 1 where they do not fit."""
    length = _days_of_step(alias, periods)
    longer = [cycle for cycle in _CYCLES if cycle > length * (1 + _TOLERANCE)]
    if not longer:
        return 1
    steps = longer[0] / length
    fits = abs(steps - round(steps)) <= _TOLERANCE * steps
    return round(steps) if fits else 1


def has_days(alias: str, periods: bool) -> bool:
    """Whether several steps make a day, so that weeks are a longer season."""
    minute, day = _CYCLES[:2]
    return minute * (1 - _TOLERANCE) < _days_of_step(alias, periods) < day * (1 - _TOLERANCE)


@cache
def _days_of_step(alias: str, periods: bool) -> float:
    """Return the mean length of a step in days."""
    if periods:
        first = pd.Period("2000-01-31", freq=alias)
        elapsed = (first + _N_STEPS).start_time - first.start_time
        return elapsed / pd.Timedelta(days=_N_STEPS)
    return grid_of(alias).days_of_step


# --- its name


def inferred_alias(index: pd.DatetimeIndex) -> str | None:
    """Return the alias of the grid on which ordered moments follow each other, if there is one."""
    if len(index) == 2:
        return _alias_of_two(index)
    alias = _guess(index) or _alias_of_fixed_days(index)
    if alias is not None:
        return alias
    # Two moments a month: the 15th, and the first or the last.
    gaps = np.diff(index.asi8)
    if len(gaps) and gaps.max() <= pd.Timedelta(days=17).as_unit(index.unit).value:
        for alias in ("SMS-15", "SME-15"):
            if grid_of(alias).between(index[0], index[-1]).equals(index):
                return alias
    return None


def alias_of_step(step: pd.Timedelta) -> str:
    """Name a step in pandas' way; a day is a day, not 24 hours."""
    days, rest = divmod(step, pd.Timedelta(days=1))
    if not rest:
        return "D" if days == 1 else f"{days}D"
    return str(getattr(to_offset(step), "freqstr", step))


def declared_alias(index: pd.DatetimeIndex) -> str | None:
    """Return the alias that an index carries, in the spelling of the inferred ones."""
    if index.freqstr is None or index.freqstr.startswith("<"):
        return None
    if not isinstance(index.freq, Tick):
        return "B" if index.freqstr == "C" else index.freqstr
    # Where clocks change, 24 hours are no day.
    step = pd.Timedelta(index.freq)
    whole_days = not step % pd.Timedelta(days=1)
    return index.freqstr if whole_days and index.tz is not None else alias_of_step(step)


def _alias_of_two(index: pd.DatetimeIndex) -> str:
    """Name the step between two moments: whole months where they have the same day, or none."""
    first, second = index
    months = 12 * (second.year - first.year) + second.month - first.month
    third = None
    if months and first.is_month_end and second.is_month_end:
        third = second + MonthEnd(months)
    elif months and first.day == second.day:
        third = second + pd.DateOffset(months=months)
    # Three moments are named by the same rule as many.
    alias = None if third is None else inferred_alias(pd.DatetimeIndex([first, second, third]))
    return alias or alias_of_step(second - first)


def _alias_of_fixed_days(index: pd.DatetimeIndex) -> str | None:
    """Name months, quarters or years that are all stamped on the same day of the month."""
    local = index.tz_localize(None)
    days = local.day[0] - 1
    if days >= 28 or (local.day != local.day[0]).any():
        return None
    # So many days earlier they are first days of months, which pandas knows.
    alias = _guess(local - pd.Timedelta(days=days))
    is_monthly = alias is not None and grid_of(alias).offset.rule_code[:2] in ("MS", "QS", "YS")
    return f"{alias}+{days}D" if is_monthly else None


def _guess(index: pd.DatetimeIndex) -> str | None:
    """Return pandas' guess as text; some versions announce that they will return an offset."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pd.infer_freq(index)
    return getattr(found, "freqstr", found)
