"""A close look at one column: trend, seasons and outliers of its series, of many the longest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from forecast.forecasters.seasonality import SEASONS
from forecast.profiling.decomposition import FEW, Decomposition, decompose, without_few_outliers
from forecast.profiling.demand import demand_of
from forecast.profiling.seasons import Candidate, calendar_candidates, find_seasons
from forecast.profiling.series_table import SeriesTable, plain_moment

_MOST_SERIES = 50
_MOST_ROWS = 20_000  # of a series: the latest
_FEWEST_ROWS = 8
_FEWEST_OF_TAILS = 3  # outliers that a series may have, be it as short as it will
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

    @property
    def has_tails(self) -> bool:
        """Whether there are so many outliers that they belong to the series."""
        return len(self.outliers) > max(FEW * self.values, _FEWEST_OF_TAILS)


class _Series(NamedTuple):
    """One series, and what it is like."""

    name: Any
    y: np.ndarray  # (n_rows,), from its first value to its last
    moments: Any
    seasons: list[Candidate]

    def holds(self, season: Candidate) -> bool:
        """Whether there are two seasons of these, without which none is taken out."""
        return len(self.y) >= 2 * season.rows


class _Part(NamedTuple):
    """What one series is like."""

    trend: float
    seasons: list[tuple[Candidate, float]]  # with their strengths
    outliers: list[tuple[float, Outlier]]  # how far out each is


def look_closely(table: SeriesTable, column: int) -> CloseLook:
    """Look closely at one column of a table."""
    each = list(_chosen_series(table, column))
    # A season that most series have is one of the short ones as well.
    usual = _usual_seasons(each)
    parts = [_look_at_series(series, usual) for series in each]
    outliers = [far_out for part in parts for far_out in part.outliers]
    outliers.sort(key=lambda far_out: -far_out[0])
    return CloseLook(
        looked_at=len(each),
        values=sum(int(np.sum(~np.isnan(series.y))) for series in each),
        trend=float(np.median([part.trend for part in parts])) if parts else None,
        seasons=_common_seasons(parts),
        outliers=[outlier for _, outlier in outliers],
    )


def seasons_of(y: np.ndarray, moments: Any) -> list[Candidate]:
    """Return the seasons of a series, as `find_seasons` does, with those of the calendar tried.

    Parameters
    ----------
    y : array of shape (n_rows,)
        From its first value to its last; NaN where a value is missing between.
    moments : Index of length n_rows
    """
    return find_seasons(without_few_outliers(y), calendar_candidates(moments))


def decompose_by(y: np.ndarray, seasons: list[Candidate]) -> Decomposition:
    """Part a series by those of its seasons that are not faint."""
    parts = decompose(y, [season.rows for season in seasons])
    kept = [season.rows for season in seasons if parts.seasonal_strength(season.rows) >= _FAINT]
    return parts if len(kept) == len(seasons) else decompose(y, kept)


def outlying_rows(parts: Decomposition) -> np.ndarray:
    """Return which rows of a series are outliers, shape (n_rows,).

    The sizes of rare demand are none, whatever they are, and neither is one of two values.
    """
    demand = demand_of(parts.observed)
    is_rare = demand is not None and demand.is_rare
    n_values = len(np.unique(parts.observed[~np.isnan(parts.observed)]))
    if is_rare or n_values <= 2:
        return np.zeros(len(parts.observed), dtype=bool)
    return parts.is_out


def _chosen_series(table: SeriesTable, column: int) -> Iterator[_Series]:
    """Yield the series that are looked at: those that are not constant, of many the longest."""
    spans = table.spans(~np.isnan(table.values[:, column]))
    lengths = spans[:, 1] - spans[:, 0]
    longest = np.argsort(-lengths, kind="stable")[:_MOST_SERIES]
    for series in map(int, longest):
        first = max(spans[series, 0], spans[series, 1] - _MOST_ROWS)
        rows = slice(first, spans[series, 1])
        y = table.values[rows, column]
        if np.sum(~np.isnan(y)) >= _FEWEST_ROWS and np.nanmax(y) > np.nanmin(y):
            moments = table.moments[rows]
            yield _Series(table.names[series], y, moments, seasons_of(y, moments))


def _usual_seasons(each: list[_Series]) -> list[Candidate]:
    """Return the seasons that most of the series have that are long enough to tell."""
    counts = Counter(season for series in each for season in series.seasons)
    return [
        season
        for season, count in counts.items()
        if 2 * count > sum(len(series.y) >= SEASONS * season.rows for series in each)
    ]


def _look_at_series(series: _Series, usual: list[Candidate]) -> _Part:
    """Look at one series."""
    named = {season.name or season.rows for season in series.seasons}
    others = [season for season in usual if (season.name or season.rows) not in named]
    seasons = sorted([*series.seasons, *filter(series.holds, others)])
    parts = decompose_by(series.y, seasons)
    return _Part(
        trend=parts.trend_strength(),
        seasons=[
            (season, parts.seasonal_strength(season.rows))
            for season in seasons
            if season.rows in parts.seasons
        ],
        # A season that a series is too short for looks like outliers.
        outliers=_outliers_of(series, parts) if all(map(series.holds, usual)) else [],
    )


def _outliers_of(series: _Series, parts: Decomposition) -> list[tuple[float, Outlier]]:
    """Return the outliers of a series, and how many usual remainders each is out."""
    remainder = parts.remainder
    rows = np.flatnonzero(outlying_rows(parts))
    usual = np.nanmedian(np.abs(remainder))
    return [
        (
            float(abs(remainder[row]) / usual) if usual else np.inf,
            Outlier(
                series.name, series.moments[row], float(series.y[row]), float(parts.expected[row])
            ),
        )
        for row in map(int, rows)
    ]


def _common_seasons(parts: list[_Part]) -> list[Season]:
    """Return the seasons that several series have, or the only one."""
    # A year of trading days has some more rows in one series than in another.
    found: dict[Any, list[tuple[int, float]]] = {}
    for part in parts:
        for season, strength in part.seasons:
            found.setdefault(season.name or season.rows, []).append((season.rows, strength))
    seasons = []
    for key, each in found.items():
        if len(each) <= _COMMON * len(parts):
            continue
        rows, strength = np.median(each, axis=0)
        name = key if isinstance(key, str) else ""
        seasons.append(Season(int(rows), name, float(strength), len(each)))
    return sorted(seasons)
