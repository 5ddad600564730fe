"""A close look at one column: trend, seasons and outliers of its series, of many the longest."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from forecast.profiling.decomposition import Decomposition, decompose, interpolated
from forecast.profiling.outliers import outlying
from forecast.profiling.seasons import calendar_candidates, find_seasons
from forecast.profiling.series_table import SeriesTable, plain_moment

_MOST_SERIES = 50
_MOST_ROWS = 20_000  # of a series: the latest
_FEWEST_ROWS = 8
_FAINT = 0.1  # strength below which a season is not worth a word
_COMMON = 0.1  # share of the series that have a season; chance makes about half of it


class Season(NamedTuple):
    """A season that was found."""

    rows: int
    name: str  # of the cycle, such as "week"; "" where no calendar knows it
    strength: float  # the median of the series that have it
    series: int  # how many have it


class Outlier(NamedTuple):
    """A value far outside the others."""

    series: Any
    moment: Any
    value: float
    expected: float  # trend and seasons

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "series": None if self.series is None else str(self.series),
            "timestamp": plain_moment(self.moment),
            "value": self.value,
            "expected": self.expected,
        }


class CloseLook(NamedTuple):
    """What the series of a column are like.

    Parameters
    ----------
    looked_at : int
        Series: all that are long enough, of many the longest.
    values : int
        Of these series, the latest 20 000 of each.
    trend : float or None
        The strength of the trend, the median of the series; None without a series.
    seasons : list of Season
        The shortest first.
    outliers : list of Outlier
        The farthest first, in units of the range that is usual in the series.
    """

    looked_at: int
    values: int
    trend: float | None
    seasons: list[Season]
    outliers: list[Outlier]


class _Part(NamedTuple):
    """What one series is like."""

    name: Any
    values: int
    trend: float
    seasons: dict[tuple[int, str], float]
    outliers: list[tuple[float, Outlier]]  # how far each is out, and the value


def look_closely(table: SeriesTable, column: int) -> CloseLook:
    """Look closely at one column of a table."""
    spans = table.spans(~np.isnan(table.values[:, column]))
    lengths = spans[:, 1] - spans[:, 0]
    long_first = np.argsort(-lengths, kind="stable")[:_MOST_SERIES]
    parts = []
    for series in map(int, long_first):
        first = max(spans[series, 0], spans[series, 1] - _MOST_ROWS)
        rows = slice(first, spans[series, 1])
        y = table.values[rows, column]
        if np.sum(~np.isnan(y)) >= _FEWEST_ROWS and np.nanmax(y) > np.nanmin(y):
            parts.append(_look_at_series(table, rows, y, table.names[series]))
    outliers = sorted((each for part in parts for each in part.outliers), key=lambda e: -e[0])
    return CloseLook(
        looked_at=len(parts),
        values=sum(part.values for part in parts),
        trend=float(np.median([part.trend for part in parts])) if parts else None,
        seasons=_common_seasons(parts),
        outliers=[outlier for _, outlier in outliers],
    )


def decomposed(y: np.ndarray, moments: Any) -> tuple[Decomposition, dict[int, str]]:
    """Part a series by the seasons that are found in it and are not faint.

    Parameters
    ----------
    y : array of shape (n_rows,)
        From its first value to its last; NaN where a value is missing between.
    moments : Index of length n_rows

    Returns
    -------
    Decomposition
    dict of str
        The names of its seasons.
    """
    found = find_seasons(interpolated(y), calendar_candidates(moments))
    parts = decompose(y, [season.rows for season in found])
    kept = [season for season in found if parts.seasonal_strength(season.rows) >= _FAINT]
    if len(kept) < len(found):
        parts = decompose(y, [season.rows for season in kept])
    return parts, {season.rows: season.name for season in kept}


def _look_at_series(table: SeriesTable, rows: slice, y: np.ndarray, name: Any) -> _Part:
    """Look at one series."""
    moments = table.moments[rows]
    parts, names = decomposed(y, moments)
    remainder = parts.remainder
    is_out = outlying(remainder)
    usual = np.nanquantile(np.abs(remainder), 0.5) if is_out.any() else 1.0
    outliers = []
    for row in np.flatnonzero(is_out):
        outlier = Outlier(name, moments[row], float(y[row]), float(parts.expected[row]))
        outliers.append((float(abs(remainder[row]) / usual), outlier))
    return _Part(
        name=name,
        values=int(np.sum(~np.isnan(y))),
        trend=parts.trend_strength(),
        seasons={
            (length, cycle): parts.seasonal_strength(length) for length, cycle in names.items()
        },
        outliers=outliers,
    )


def _common_seasons(parts: list[_Part]) -> list[Season]:
    """Return the seasons that several series have, or the only one."""
    # A year of trading days has some more rows in one series than in another.
    found: dict[Any, list[tuple[int, float]]] = {}
    for part in parts:
        for (rows, name), strength in part.seasons.items():
            found.setdefault(name or rows, []).append((rows, strength))
    seasons = []
    for key, each in found.items():
        if len(each) <= _COMMON * len(parts):
            continue
        rows = int(np.median([length for length, _ in each]))
        strength = float(np.median([strength for _, strength in each]))
        seasons.append(Season(rows, key if isinstance(key, str) else "", strength, len(each)))
    return sorted(seasons)
