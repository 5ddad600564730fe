"""The step from one row to the next: how it is inferred, counted, continued, and refused.

A regular frequency is required, with one exception: in a trading calendar (weekdays, holidays
missing) one row is one step, and the rows to come are the next weekdays. The module is long because
every refusal of an irregular index stands here.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.grid import (
    declared_alias,
    grid_of,
    has_days,
    inferred_alias,
    is_off_grid,
    season_of_grid,
)
from forecast.tables.irregular import OR_SPLIT, refuse_irregular, refuse_twice
from forecast.wording import quoted

_CLOSED_DAYS = 10  # longest closure of a trading calendar, in weekdays
_CLOSED_SHARE = 0.1  # share of weekdays without trading


@dataclass(frozen=True)
class Frequency:
    """The step from one row to the next.

    Parameters
    ----------
    alias : str
        The alias of `grid_of` ("h", "D", "MS", …), "B" for weekdays; "" for integers.
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
        """The rows in the season that people expect first: 24 for hours, 12 for months, else 1."""
        # Stock prices have no season of weekdays, whether holidays are missing or not.
        if self.alias in ("", "B"):
            return 1
        return season_of_grid(self.alias, self.periods)

    @property
    def seasons(self) -> tuple[int, ...]:
        """The rows in each season that people expect, the shortest first; none where it is 1."""
        season = self.season_length
        if season == 1:
            return ()
        has_weeks = has_days(self.alias, self.periods)
        return (season, 7 * season) if has_weeks else (season,)

    def after(self, moment: Any, n: int) -> pd.Index:
        """Return the `n` moments that follow `moment`."""
        if not self.alias:
            return pd.Index(moment + self.step * np.arange(1, n + 1))
        if self.periods:
            return pd.period_range(moment, periods=n + 1, freq=self.alias)[1:]
        return grid_of(self.alias).after(moment, n)

    def after_each(self, moments: pd.Index, n: int) -> pd.Index:
        """Return the `n` moments that follow each of `moments`, one block behind the other."""
        # Series mostly end together: each different end is continued once.
        codes, ends = pd.factorize(moments)
        blocks = [self.after(end, n) for end in ends]
        rows = n * codes[:, None] + np.arange(n)
        return blocks[0].append(blocks[1:])[rows.ravel()]

    def steps(self, starts: Any, moments: pd.Index) -> np.ndarray:
        """Count the steps from a start, or from each of as many, to each of `moments`.

        A moment that lies between two steps is refused.
        """
        begins = starts if isinstance(starts, pd.Index) else pd.Index([starts])
        ordinals, unit = self._ordinals(begins.append(moments))
        first = ordinals[: len(begins)]
        steps, rest = np.divmod(ordinals[len(begins) :] - first, unit)
        wrong = (rest != 0) | is_off_grid(ordinals[len(begins) :]) | is_off_grid(first)
        if wrong.any():
            row = int(np.argmax(wrong))
            merge = Remedy(
                "Merge them with {}, or {}, ….", {"freq": self.alias, "how": "mean"}, {"how": "sum"}
            )
            raise InputError(
                f"{moments[row]} lies between two steps: from {begins[row % len(begins)]} on, "
                f"{self.describe()}.",
                "Ask for moments on this grid.",
                merge if self.alias else "",
            )
        return steps

    def irregular(self, times: pd.Index, bounds: np.ndarray) -> np.ndarray:
        """Return which series of a table may have rows that do not follow one another.

        Parameters
        ----------
        times : Index of length n_rows
        bounds : array of shape (n_series + 1,)
            As in `Panel`.
        """
        ordinals, unit = self._ordinals(times)
        gaps = np.diff(ordinals)
        longest = _CLOSED_DAYS + 1 if self.trading else unit
        fits = (gaps >= unit) & (gaps <= longest)
        # Between the last row of a series and the first of the next one anything goes.
        inner = bounds[(bounds > 0) & (bounds < len(times))]
        fits[inner - 1] = True
        wrong = is_off_grid(ordinals) | times.isna()
        wrong[1:] |= ~fits
        return np.unique(np.searchsorted(bounds, np.flatnonzero(wrong), side="right") - 1)

    def check(self, index: pd.Index, like: Any) -> None:
        """Refuse moments of another kind than `like`, and rows of a series that leave this step."""
        self.check_kind(index, like)
        _check_order(index)
        steps = np.diff(self.steps(index[0], index))
        closed = self.trading and steps.min(initial=1) > 0
        if (steps == 1).all() or (closed and steps.max() <= _CLOSED_DAYS + 1):
            return
        infer_frequency(index)  # names the hole; a frequency of its own is refused below
        raise InputError(
            f"in the training rows {self.describe()}, but after {index[0]} comes {index[1]}.",
            f"Bring these to it with forecast.regularize(frame, {self.alias!r}, how='mean').",
            Remedy("Bring these to it with {}.", {"freq": self.alias, "how": "mean"}),
        )

    def check_kind(self, index: pd.Index, like: Any) -> None:
        """Refuse moments that cannot be compared with `like`: other kinds, another time zone."""
        kind = pd.PeriodIndex if self.periods else pd.DatetimeIndex
        same = isinstance(index, kind) if self.alias else pd.api.types.is_integer_dtype(index.dtype)
        if not same:
            raise InputError(
                f"the training rows are moments like {like}, these like {index[0]}: "
                "give the same kind."
            )
        if isinstance(index, pd.DatetimeIndex) and str(index.tz) != str(like.tzinfo):
            raise InputError(
                f"the training rows have the time zone {like.tzinfo}, these {index.tz}.",
                "Bring them to one with index.tz_localize or index.tz_convert.",
                f"Read these with --time-zone {like.tzinfo}."
                if like.tzinfo
                else f"Fit anew, with --time-zone {index.tz}.",
            )

    def describe(self) -> str:
        """Say the frequency in words."""
        if self.trading:
            return "the rows are trading days (weekdays, holidays missing)"
        if not self.alias:
            return f"the rows come every {self.step}"
        return f"the rows come with frequency {self.alias!r}"

    def _ordinals(self, times: Any) -> tuple[np.ndarray, int]:
        """Return numbers of the moments, and by how much those of neighbouring rows differ."""
        if not self.alias:
            return times.to_numpy(dtype=np.int64), self.step
        # Periods and weekdays are numbered by a calendar without holes.
        if self.periods:
            return times.asi8, getattr(times.freq, "n", 1)
        if self.trading:
            days = times.tz_localize(None).to_numpy().astype("datetime64[D]")
            return np.busday_count(np.datetime64("1970-01-01"), days.astype("datetime64[D]")), 1
        return grid_of(self.alias).places(times)


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
    # Timestamps tell their frequency by their distances, or by a calendar.
    if isinstance(index, pd.DatetimeIndex):
        _check_order(index)
        return Frequency(_datetime_alias(index))
    # Periods carry theirs; none may be missing.
    if isinstance(index, pd.PeriodIndex):
        step = getattr(index.freq, "n", 1)
        _check_order(index)
        _check_holes(index, step, repr(index.freqstr))
        return Frequency(index.freqstr, periods=True)
    # Integers have the distance that most neighbours have.
    if pd.api.types.is_integer_dtype(index.dtype):
        _check_order(index)
        step = _usual_gap(np.diff(integers_of(index)))
        _check_holes(index, step, str(step))
        return Frequency("", step)
    if not len(index):
        raise InputError("the table has no row.")
    raise InputError(
        f"the index must hold timestamps, periods or integers; got {index.dtype}, first value "
        f"{index[0]!r}. Turn it into timestamps with pandas.to_datetime."
    )


def ordered_by_series(index: pd.Index) -> tuple[pd.Index, np.ndarray, np.ndarray]:
    """Order the rows of a table by series, in order of appearance.

    A table without series has one, named None.

    Returns
    -------
    names : Index of length n_series
    order : array of shape (n_rows,)
        The rows of the first series, then those of the next.
    bounds : array of shape (n_series + 1,)
        Series s has the rows ``order[bounds[s] : bounds[s + 1]]``.

    Raises
    ------
    ValueError
        If a row has no series.
    """
    codes, names = numbered_series(index)
    order = np.argsort(codes, kind="stable")
    lengths = np.bincount(codes, minlength=len(names))
    return names, order, np.concatenate([[0], np.cumsum(lengths)])


def numbered_series(index: pd.Index) -> tuple[np.ndarray, pd.Index]:
    """Return the number of each row's series, in order of appearance, and the names."""
    if not isinstance(index, pd.MultiIndex):
        return np.zeros(len(index), dtype=np.intp), pd.Index([None], dtype=object)
    # A MultiIndex has numbered them already, in the order of their names.
    own_codes = np.asarray(index.codes[0])
    # A missing name has no number; or its own, in a table that was put together by pandas.concat.
    is_missing = (own_codes < 0) | index.levels[0].isna()[own_codes]
    if is_missing.any():
        row = int(np.argmax(is_missing))
        raise InputError(f"row {row} has no name of its series. Name it, or drop the row.")
    codes, appearing = pd.factorize(own_codes)
    return codes, index.levels[0][appearing]


def _infer_of_series(index: pd.MultiIndex) -> Frequency:
    """Infer the frequency from one series, then look at each series that does not follow it."""
    if index.nlevels != 2:
        raise InputError(
            f"a MultiIndex must have the levels (series, timestamp); got {index.nlevels} levels."
        )
    if not len(index):
        raise InputError("the table has no row.")
    names, order, bounds = ordered_by_series(index)
    times = index.get_level_values(1)[order]
    # Two rows do not tell months from days: the first longer series does.
    telling = int(np.argmax(np.diff(bounds) > 2))
    frequency = _infer_of_one(names[telling], times[bounds[telling] : bounds[telling + 1]])
    # A series that leaves it has a fault of its own, another frequency, or another phase.
    for series in frequency.irregular(times, bounds):
        own_times = times[bounds[series] : bounds[series + 1]]
        if len(own_times) <= 2:
            _check_one(frequency, names[series], own_times)
            continue
        # Only now its own frequency is inferred, which takes long for very many series.
        own = _infer_of_one(names[series], own_times)
        if own != frequency:
            first, second = (each.alias or each.step for each in (frequency, own))
            raise InputError(
                f"series {names[telling]!r} has frequency {first!r} and series {names[series]!r} "
                f"{second!r}; one table has one frequency.",
                f"Bring them to one with forecast.regularize(frame, {first!r}, how='mean').",
                Remedy("Bring them to one with {}.", {"freq": str(first), "how": "mean"}),
            )
    return frequency


def _infer_of_one(name: Hashable, times: pd.Index) -> Frequency:
    try:
        return infer_frequency(times)
    except InputError as error:
        raise error.within(f"series {quoted(name)}") from None


def _check_one(frequency: Frequency, name: Hashable, times: pd.Index) -> None:
    try:
        frequency.check(times, times[0])
    except InputError as error:
        raise error.within(f"series {quoted(name)}") from None


def integers_of(index: Any) -> np.ndarray:
    """Return moments as integers."""
    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        return np.asarray(index.asi8)
    return index.to_numpy(dtype=np.int64)


def _usual_gap(gaps: np.ndarray) -> int:
    """Return the distance that most neighbouring integers have; the least one of huge ones."""
    if not gaps.size:
        return 1
    return int(np.bincount(gaps).argmax() if gaps.max() < 10**6 else gaps.min())


def _check_order(index: pd.Index) -> None:
    """Refuse an index that is empty, has holes, or does not rise from row to row."""
    if len(index) == 0:
        raise InputError("the table has no row.")
    if index.hasnans:
        raise InputError(
            f"row {int(np.argmax(index.isna()))} has no timestamp. Drop it or give it one."
        )
    gaps = np.diff(integers_of(index))
    if (gaps > 0).all():
        return
    row = int(np.argmax(gaps <= 0)) + 1
    if gaps[row - 1] < 0:
        raise InputError(
            f"{index[row]} comes after {index[row - 1]}: the rows are not sorted.",
            "Use frame.sort_index().",
            "Sort them in the file.",
        )
    refuse_twice(index, row)


def _check_holes(index: pd.Index, step: int, name: str) -> None:
    """Refuse integers or periods of which some are missing."""
    gaps = np.diff(integers_of(index))
    if (gaps != step).any():
        row = int(np.argmax(gaps != step))
        raise InputError(
            f"after {index[row]} comes {index[row + 1]}, but the rows come every {name}.",
            f"Add the missing rows with frame.reindex{OR_SPLIT}.",
            "Add the missing rows to the file.",
        )


def _datetime_alias(index: pd.DatetimeIndex) -> str:
    """Return the pandas alias of ordered timestamps, or refuse them as irregular."""
    declared = declared_alias(index)
    if declared is not None:
        return declared
    if len(index) < 2:
        raise InputError(f"1 row ({index[0]}) does not tell the frequency; at least 2 are needed.")
    inferred = inferred_alias(index)
    if inferred is not None:
        return inferred
    if not _is_trading_calendar(index):
        refuse_irregular(index)
    return "B"


def _is_trading_calendar(index: pd.DatetimeIndex) -> bool:
    """Whether timestamps are weekdays at one time of day, of which but a few are missing."""
    naive = index.tz_localize(None)
    if (naive.day_of_week > 4).any() or len(set(naive.time)) > 1:
        return False
    days = naive.to_numpy().astype("datetime64[D]")
    closed = np.busday_count(days[:-1], days[1:]) - 1
    weekdays = len(days) + closed.sum()
    return bool(closed.max() <= _CLOSED_DAYS and closed.sum() <= _CLOSED_SHARE * weekdays)
