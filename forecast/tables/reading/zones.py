"""Time zones: local times become moments, also where clocks change."""

from __future__ import annotations

from datetime import timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.reading.cells import RawColumn
from forecast.validation import nearest
from forecast.wording import quoted

_LEAVE_OUT = Remedy("Leave {} out.", {"time_zone": None})
_EXAMPLES = "examples are 'UTC', 'Europe/Berlin' and 'Asia/Tokyo'"
_CHANGE = pd.Timedelta(hours=1)  # by which clocks go back, or less


def in_zone(
    column: RawColumn, moments: pd.Index, codes: np.ndarray, zone: str, merges: bool = False
) -> tuple[pd.DatetimeIndex, list[str]]:
    """Localize times without an offset, convert others; refuse hours that have no single meaning.

    Parameters
    ----------
    column : RawColumn
        For the sentences.
    moments : Index of length n_rows
    codes : array of shape (n_rows,)
        The series of each row.
    zone : str
        The IANA name.
    merges : bool, default=False
        Whether rows of one moment are merged later; else they are refused later.

    Returns
    -------
    DatetimeIndex of length n_rows
    list of str
        What there is to note.
    """
    if not isinstance(moments, pd.DatetimeIndex):
        place = f"{column.file}, column {str(column.name)!r}"
        raise InputError(
            f"{place}: the time zone {zone!r} needs timestamps, not moments like {moments[0]}.",
            _LEAVE_OUT,
        )
    tz = _find_zone(zone)
    # Times with an offset are moments already.
    if moments.tz is not None:
        return moments.tz_convert(tz), []

    _refuse_spring(column, moments, tz)
    return _localized(column, moments, codes, tz, merges)


def _localized(
    column: RawColumn, moments: pd.DatetimeIndex, codes: np.ndarray, tz: ZoneInfo, merges: bool
) -> tuple[pd.DatetimeIndex, list[str]]:
    """Localize times that all happened, once or twice."""
    is_open = np.asarray(moments.tz_localize(tz, ambiguous="NaT").isna())
    if not is_open.any():
        return moments.tz_localize(tz), []

    # Where clocks go back, it happens twice: which one it is shows in the order of the rows.
    is_summer = np.zeros(len(moments), dtype=bool)
    for code in np.unique(codes[is_open]):
        rows = np.flatnonzero(codes == code)
        # Rows of other hours that stand twice are a fault of its own, which is refused later.
        if not merges and moments[rows[~is_open[rows]]].has_duplicates:
            continue
        summer = _summer_times(moments[rows], is_open[rows])
        if summer is None:
            _refuse_autumn(column, moments, tz, is_open & (codes == code))
        is_summer[rows] = summer
    notes = ["hours that clocks repeat told apart by their order"]
    return moments.tz_localize(tz, ambiguous=is_summer), notes


def _refuse_spring(column: RawColumn, moments: pd.DatetimeIndex, tz: ZoneInfo) -> None:
    """Refuse times without an offset that never happened, as clocks went forward."""
    is_first = np.ones(len(moments), dtype=bool)
    never = np.asarray(moments.tz_localize(tz, ambiguous=is_first, nonexistent="NaT").isna())
    what = f"never happened in {tz}: clocks went forward"
    column.refuse(never, what, _standard_time(moments, tz, never))


def _refuse_autumn(
    column: RawColumn, moments: pd.DatetimeIndex, tz: ZoneInfo, wrong: np.ndarray
) -> None:
    """Refuse times without an offset that happened twice, as clocks went back."""
    what = f"happened twice in {tz}, and the rows do not tell which it is"
    column.refuse(wrong, what, _standard_time(moments, tz, wrong))


def _summer_times(moments: pd.DatetimeIndex, is_open: np.ndarray) -> np.ndarray | None:
    """Return which rows of one series are before the clocks go back; None where it is open."""
    # The newest row may come first.
    n_back = (np.diff(moments) < pd.Timedelta(0)).sum()
    is_reversed = 2 * n_back > len(moments) - 1
    if is_reversed:
        moments, is_open = moments[::-1], is_open[::-1]
    # Only a change of clocks may set the rows back.
    steps = np.diff(moments)
    is_back = steps <= pd.Timedelta(0)
    is_change = is_open[1:] & is_open[:-1] & (steps >= -_CHANGE)
    if not is_change[is_back].all():
        return None

    # Within each night, the rows before the step back are the first of the two.
    is_summer = np.zeros(len(moments), dtype=bool)
    is_after_open = np.concatenate([[False], is_open[:-1]])
    starts = np.flatnonzero(is_open & ~is_after_open)
    for start in starts:
        n_open = int(np.argmin(np.append(is_open[start:], False)))
        backs = np.flatnonzero(is_back[start : start + n_open - 1])
        if len(backs) != 1:
            return None
        is_summer[start : start + backs[0] + 1] = True
    return is_summer[::-1] if is_reversed else is_summer


def _standard_time(moments: pd.DatetimeIndex, tz: ZoneInfo, wrong: np.ndarray) -> Remedy:
    """Return the remedy for times that were noted without a change of clocks."""
    # Clocks that never change have the offset that the zone has outside of summer.
    moment = moments[int(np.argmax(wrong))].to_pydatetime().replace(tzinfo=tz)
    winter = (moment.utcoffset() or timedelta()) - (moment.dst() or timedelta())
    hours, rest = divmod(winter, timedelta(hours=1))
    if rest:
        return _LEAVE_OUT
    # POSIX counts west of Greenwich.
    fixed = "UTC" if hours == 0 else f"Etc/GMT{-hours:+d}"
    return Remedy("If clocks never change in these times, give {}.", {"time_zone": fixed})


def _find_zone(name: str) -> ZoneInfo:
    """Return a time zone; refuse one that is unknown, and offer those that are called like it."""
    known = available_timezones()
    if name not in known:
        like = get_close_matches(name, known, n=3)
        offer = nearest(name, like) if like else _EXAMPLES
        raise InputError(f"{quoted(name)} is no IANA time zone; {offer}.")
    return ZoneInfo(name)
