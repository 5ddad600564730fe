"""A series in parts: trend, seasons and remainder, and how strong each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import median_filter
from statsmodels.tsa.seasonal import STL

from forecast.profiling.outliers import outlying

_ROUNDS = 2  # in which several seasons are estimated in turn, as MSTL does
_WINDOW = 7  # seasons over which a season may change; the next longer season has 4 more
_JUMPS = 8  # Loess is evaluated about so many times in a season, and interpolated between
_ITERATIONS = 2  # of trend and season in turn
_NARROWEST, _WIDEST = 7, 101  # rows of the running median, where there is no season
_SHARE = 20  # of the rows: as wide as a twentieth of the series


@dataclass(frozen=True)
class Decomposition:
    """A series as the sum of its parts, each of shape (n_rows,).

    Parameters
    ----------
    observed : array of shape (n_rows,)
        The series, NaN where a value is missing.
    trend : array of shape (n_rows,)
    seasons : dict of arrays of shape (n_rows,)
        By the rows in a season.
    """

    observed: np.ndarray
    trend: np.ndarray
    seasons: dict[int, np.ndarray]

    @property
    def expected(self) -> np.ndarray:
        """Trend and seasons together, shape (n_rows,)."""
        return self.trend + sum(self.seasons.values(), np.zeros(len(self.trend)))

    @property
    def remainder(self) -> np.ndarray:
        """What they leave, shape (n_rows,), NaN where a value is missing."""
        return self.observed - self.expected

    def seasonal_strength(self, rows: int) -> float:
        """Return the strength of the season of so many rows, from 0 to 1."""
        return strength(self.seasons[rows], self.remainder)

    def trend_strength(self) -> float:
        """Return the strength of the trend, from 0 to 1."""
        return strength(self.trend, self.remainder)


def strength(part: np.ndarray, remainder: np.ndarray) -> float:
    """Return how strong a part is: the share of the variation of both that it explains [1]_.

    ``max(0, 1 − var(remainder) / var(part + remainder))``, over the rows that are not NaN.

    References
    ----------
    .. [1] Wang, Smith & Hyndman (2006), Data Mining and Knowledge Discovery 13(3), 335-364;
       Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section 4.3.

    Examples
    --------
    >>> strength(np.array([3.0, -3.0, 3.0, -3.0]), np.array([1.0, 1.0, -1.0, -1.0]))
    0.9
    """
    both = np.nanvar(part + remainder)
    if both <= np.finfo(float).tiny:
        return 0.0
    return max(0.0, float(1 - np.nanvar(remainder) / both))


def decompose(y: np.ndarray, seasons: Sequence[int]) -> Decomposition:
    """Part a series by STL [1]_; several seasons in turn, as MSTL does [2]_.

    Outliers must not pull the parts along. They are found first, and medians stand in for them, as
    they do for missing values. (The weights of robust STL do the same, but where seasons
    are few they give the parts to the rows that fit best, and ordinary rows look like outliers.)

    Parameters
    ----------
    y : array of shape (n_rows,)
        NaN where a value is missing, but not at either end.
    seasons : sequence of int
        Rows in each season, the shortest first. Without any, the trend is a running median.

    References
    ----------
    .. [1] Cleveland, Cleveland, McRae & Terpenning (1990), J. of Official Statistics 6(1), 3-73.
    .. [2] Bandara, Hyndman & Bergmeir (2021), MSTL: a seasonal-trend decomposition algorithm for
       time series with multiple seasonal patterns, arXiv:2107.13462.
    """
    rough = _by_medians(y, seasons)
    if not seasons:
        return rough
    filled = np.where(np.isnan(y), rough.expected, y)
    by_means = _by_loess(filled, seasons)
    # Medians are wrong where a trend is steep at an end, Loess beside an outlier: both have to say.
    is_out = outlying(rough.remainder) & outlying(y - by_means.expected)
    clean = np.where(is_out, rough.expected, filled)
    parts = _by_loess(clean, seasons) if is_out.any() else by_means
    return Decomposition(y, parts.trend, parts.seasons)


def interpolated(y: np.ndarray) -> np.ndarray:
    """Return a series whose missing values lie on straight lines between their neighbours."""
    is_missing = np.isnan(y)
    if not is_missing.any():
        return y
    rows = np.arange(len(y))
    filled = y.copy()
    filled[is_missing] = np.interp(rows[is_missing], rows[~is_missing], y[~is_missing])
    return filled


def _by_loess(y: np.ndarray, seasons: Sequence[int]) -> Decomposition:
    """Part a series without missing values by STL, its seasons in turn."""
    parts = {rows: np.zeros(len(y)) for rows in seasons}
    rounds = _ROUNDS if len(seasons) > 1 else 1
    for _ in range(rounds):
        for place, rows in enumerate(seasons):
            others = sum((parts[other] for other in seasons if other != rows), np.zeros(len(y)))
            fitted = _stl(y - others, rows, _WINDOW + 4 * (place + 1))
            parts[rows] = fitted.seasonal
    # The trend is that of the last fit, from which all seasons have been taken.
    return Decomposition(y, fitted.trend, parts)


def _by_medians(y: np.ndarray, seasons: Sequence[int]) -> Decomposition:
    """Part a series by medians: over neighbouring rows, then over the rows of each place."""
    width = max(seasons) if seasons else min(max(len(y) // _SHARE, _NARROWEST), _WIDEST)
    trend = np.asarray(median_filter(interpolated(y), width | 1, mode="mirror"))
    parts = {}
    rest = y - trend
    for rows in seasons:
        parts[rows] = _medians_by_place(rest, rows)
        rest = rest - parts[rows]
    return Decomposition(y, trend, parts)


def _medians_by_place(y: np.ndarray, rows: int) -> np.ndarray:
    """Return the median of each place in a season, row by row, shape (n_rows,)."""
    n_missing = -len(y) % rows
    by_season = np.append(y, np.full(n_missing, np.nan)).reshape(-1, rows)
    # A place without any value has none to tell.
    is_known = ~np.isnan(by_season).all(axis=0)
    medians = np.zeros(rows)
    medians[is_known] = np.nanmedian(by_season[:, is_known], axis=0)
    return np.tile(medians, len(by_season))[: len(y)]


def _stl(y: np.ndarray, rows: int, window: int) -> Any:
    """Fit STL of one season."""
    jump = max(1, rows // _JUMPS)
    model = STL(
        y,
        period=rows,
        seasonal=window,
        seasonal_jump=max(1, window // 5),
        trend_jump=jump,
        low_pass_jump=jump,
    )
    return model.fit(inner_iter=_ITERATIONS, outer_iter=0)
