"""Which seasons a series has: candidates by the calendar and by autocorrelation, each tested.

A candidate of m rows is a season where the series, without what changes more slowly than the
candidate, resembles itself m rows later: by more than chance allows, and more than half a season
earlier or later.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.ndimage import uniform_filter1d

from forecast.forecasters.autocorrelation import autocorrelations, bartlett_errors
from forecast.forecasters.seasonality import SEASONS

# The cycles of people, in days.
_CYCLES = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "year": 365.25}
_TOLERANCE = 0.02  # a year has 52.18 weeks: 52 is near enough
_LONGEST = 1500  # rows in a season that is looked for: a day of minutes is one
_LIMIT = 1.645  # of a normal deviate that is above it in 5 % of all cases, as in `has_season`
_OPEN_LIMIT = 3.3  # the same in 0.05 %, where the lag is the best of many
_OPEN_LEAST = 0.3  # autocorrelation of a season that no calendar knows
_SHORTEST_OPEN = 3  # rows in such a season
_ONE_PEAK = 1.2  # times the lag of a peak up to which others belong to it
_AS_HIGH = 0.8  # share of the highest peak that the first one of a season has
_AGAINST = 2.0  # standard errors by which a season of seasons stands out from its neighbours


class Candidate(NamedTuple):
    """A length that a season may have."""

    rows: int
    name: str  # of the cycle, such as "week"; "" where only the autocorrelation tells it


def calendar_candidates(moments: pd.Index) -> list[Candidate]:
    """Return the cycles of the calendar as rows, the shortest first.

    Parameters
    ----------
    moments : Index of length n_rows
        Of one series, in order. Integers have no calendar.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=1200, freq="D")
    >>> calendar_candidates(days)
    [Candidate(rows=7, name='week'), Candidate(rows=365, name='year')]
    """
    step = _days_of_step(moments)
    if not step:
        return []
    found = []
    for name, days in _CYCLES.items():
        rows = round(days / step)
        fits = abs(days / step - rows) <= _TOLERANCE * rows
        if rows > 1 and fits and _is_held(rows, len(moments)):
            found.append(Candidate(rows, name))
    return found


def find_seasons(y: np.ndarray, candidates: list[Candidate]) -> list[Candidate]:
    """Return which candidates are seasons of a series, and another that its autocorrelation shows.

    Parameters
    ----------
    y : array of shape (n_rows,)
        Without NaN.
    candidates : list of Candidate
        The shortest first.

    Returns
    -------
    list of Candidate
        The shortest first.
    """
    found: list[Candidate] = []
    rest = y
    for candidate in candidates:
        if not _is_held(candidate.rows, len(y)):
            continue
        unit = found[-1].rows if found else 0
        if _resembles(_without_trend(rest, candidate.rows), candidate.rows, unit, _LIMIT):
            found.append(candidate)
            # A week of hours is looked for in what the day leaves.
            rest = rest - _means_by_place(rest, candidate.rows)
    open_season = _by_autocorrelation(rest, [each.rows for each in candidates])
    if open_season:
        found.append(Candidate(open_season, ""))
    return sorted(found)


def _days_of_step(moments: pd.Index) -> float:
    """Return the mean distance of neighbouring moments in days, 0 where there is none."""
    if isinstance(moments, pd.PeriodIndex):
        moments = moments.to_timestamp()
    if not isinstance(moments, pd.DatetimeIndex) or len(moments) < 2:
        return 0.0
    return (moments[-1] - moments[0]) / pd.Timedelta(days=1) / (len(moments) - 1)


def _is_held(rows: int, n_rows: int) -> bool:
    """Whether a series holds enough seasons of so many rows to tell, and they are not too long."""
    return rows <= _LONGEST and n_rows >= SEASONS * rows


def _resembles(x: np.ndarray, rows: int, unit: int, limit: float) -> bool:
    """Whether a series without trend resembles itself so many rows later.

    `unit` is the length of a shorter season that was taken out, 0 for none. What is left of it
    shows at its multiples: a longer season has to stand out from these.
    """
    aside = unit or rows / 2
    neighbours = [round(rows - aside), round(rows + aside)]
    if neighbours[1] >= len(x):
        neighbours = neighbours[:1]
    correlations = autocorrelations(x, max(rows, *neighbours))
    margin = _AGAINST / np.sqrt(len(x)) if unit else 0.0
    if correlations[rows] <= correlations[neighbours].max() + margin:
        return False
    # How far chance takes it depends on what is not the season: its own autocorrelation is large at
    # all lags. Half of them are enough: what is longer has been taken out as trend.
    of_rest = autocorrelations(x - _means_by_place(x, rows), rows // 2 + 1)
    error = bartlett_errors(of_rest, len(x))[-1]
    return bool(correlations[rows] > limit * error)


def _by_autocorrelation(rest: np.ndarray, known: list[int]) -> int:
    """Return the lag of the first high peak of the autocorrelation if it is a season, else 0.

    `rest` is what the seasons of the calendar have left.
    """
    longest = min(_LONGEST, len(rest) // SEASONS)
    if longest < _SHORTEST_OPEN:
        return 0
    x = _without_trend(rest, longest)
    r = autocorrelations(x, longest + 1)
    inner = np.arange(_SHORTEST_OPEN, longest + 1)
    is_peak = (r[inner] > r[inner - 1]) & (r[inner] >= r[inner + 1])
    peaks = inner[is_peak & (r[inner] > _OPEN_LEAST)]
    # The calendar's own cycles have been tried, and what is a multiple of one shows it again.
    new = [int(lag) for lag in peaks if all(_apart(lag, rows) for rows in known)]
    if not new:
        return 0
    # Multiples of a season have peaks as high as its own.
    highest = max(r[new])
    first = next(lag for lag in new if r[lag] >= _AS_HIGH * highest)
    # Noise may have parted its peak in several.
    first = max((lag for lag in new if lag <= _ONE_PEAK * first), key=lambda lag: r[lag])
    is_season = _resembles(_without_trend(rest, first), first, 0, _OPEN_LIMIT)
    return first if is_season else 0


def _apart(lag: int, rows: int) -> bool:
    """Whether a lag is neither near a multiple of a cycle nor a simple part of it."""
    ratio = lag / rows
    near = max(1, round(ratio))
    is_multiple = abs(ratio - near) <= max(_TOLERANCE * near, 1 / rows)
    is_part = abs(rows / lag - round(rows / lag)) <= _TOLERANCE
    return not (is_multiple or is_part)


def _without_trend(y: np.ndarray, rows: int) -> np.ndarray:
    """Subtract the centred mean of so many rows; half a season is lost at either end.

    The window is odd and no longer than the season: so the filter makes no autocorrelation at its
    lag where there was none.
    """
    window = rows if rows % 2 else rows - 1
    half = window // 2
    return (y - uniform_filter1d(y, window))[half : len(y) - half]


def _means_by_place(y: np.ndarray, rows: int) -> np.ndarray:
    """Return the mean of each place in a season, row by row, (n_rows,)."""
    places = np.arange(len(y)) % rows
    sums = np.bincount(places, weights=y)
    means = sums / np.bincount(places)
    return np.asarray(means[places])
