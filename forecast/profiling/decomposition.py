"""A series in parts: trend, seasons and remainder, and how strong each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.ndimage import uniform_filter1d
from statsmodels.tsa.seasonal import STL

from forecast.profiling.outliers import outlying

FEW = 0.005  # share of values up to which those far out are outliers; others are heavy tails
_ROUNDS = 2  # in which several seasons are estimated in turn, as MSTL does
_WINDOW = 7  # seasons over which a season may change; the next longer season has 4 more
_JUMPS = 8  # Loess is evaluated about so many times in a season, and interpolated between
_ITERATIONS = 2  # of trend and season in turn
_NARROWEST, _WIDEST = 7, 101  # rows of the running mean, where there is no season
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
    is_out : array of shape (n_rows,)
        Which values are outliers: by the remainder, and by that of a decomposition by medians.
    """

    observed: np.ndarray
    trend: np.ndarray
    seasons: dict[int, np.ndarray]
    is_out: np.ndarray

    @property
    def expected(self) -> np.ndarray:
        """Trend and seasons together, shape (n_rows,)."""
        return _expected(self.trend, self.seasons)

    @property
    def remainder(self) -> np.ndarray:
        """What they leave, shape (n_rows,), NaN where a value is missing."""
        return self.observed - self.expected

    def seasonal_strength(self, rows: int) -> float:
        """Return the strength of the season of so many rows, from 0 to 1."""
        return strength(self.seasons[rows], self._ordinary_remainder())

    def trend_strength(self) -> float:
        """Return the strength of the trend, from 0 to 1."""
        return strength(self.trend, self._ordinary_remainder())

    def _ordinary_remainder(self) -> np.ndarray:
        """Return the remainder without outliers, one of which may be larger than all the rest."""
        return np.where(self.is_out, np.nan, self.remainder)


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
        Rows in each season, the shortest first. Without any, the trend is a running mean.

    References
    ----------
    .. [1] Cleveland, Cleveland, McRae & Terpenning (1990), J. of Official Statistics 6(1), 3-73.
    .. [2] Bandara, Hyndman & Bergmeir (2021), MSTL: a seasonal-trend decomposition algorithm for
       time series with multiple seasonal patterns, arXiv:2107.13462.
    """
    trend, by_place = _by_medians(y, seasons)
    rough = _expected(trend, by_place)
    may_be_out = outlying(y - rough)
    filled = np.where(np.isnan(y), rough, y)
    trend, parts = _by_means(filled, seasons)
    # Medians follow whatever rises or falls and miss every peak, means are wrong beside an outlier:
    # both have to say.
    is_out = may_be_out & outlying(y - _expected(trend, parts))
    if is_out.any():
        trend, parts = _by_means(np.where(is_out, rough, filled), seasons)
    return Decomposition(y, trend, parts, may_be_out & outlying(y - _expected(trend, parts)))


def without_few_outliers(y: np.ndarray) -> np.ndarray:
    """Return a series whose missing values are filled, and whose few outliers are its medians.

    Of many that are far out, as one of each week may be, none is an outlier.
    """
    trend = _running_median(y, _half_width(len(y)))
    is_out = outlying(y - trend)
    stands_in = np.isnan(y)
    if is_out.mean() <= FEW:
        stands_in |= is_out
    return np.where(stands_in, trend, y)


def interpolated(y: np.ndarray) -> np.ndarray:
    """Return a series whose missing values lie on straight lines between their neighbours."""
    is_missing = np.isnan(y)
    if not is_missing.any():
        return y
    rows = np.arange(len(y))
    filled = y.copy()
    filled[is_missing] = np.interp(rows[is_missing], rows[~is_missing], y[~is_missing])
    return filled


_Parts = tuple[np.ndarray, dict[int, np.ndarray]]  # the trend and the seasons


def _expected(trend: np.ndarray, seasons: dict[int, np.ndarray]) -> np.ndarray:
    """Return trend and seasons together."""
    return trend + sum(seasons.values(), np.zeros(len(trend)))


def _by_means(y: np.ndarray, seasons: Sequence[int]) -> _Parts:
    """Part a series without missing values by STL, its seasons in turn, or by a running mean."""
    if not seasons:
        width = 2 * _half_width(len(y)) + 1
        return uniform_filter1d(y, width, mode="mirror"), {}
    parts = {rows: np.zeros(len(y)) for rows in seasons}
    rounds = _ROUNDS if len(seasons) > 1 else 1
    for _ in range(rounds):
        for place, rows in enumerate(seasons):
            others = sum((parts[other] for other in seasons if other != rows), np.zeros(len(y)))
            fitted = _stl(y - others, rows, _WINDOW + 4 * (place + 1))
            parts[rows] = fitted.seasonal
    # The trend is that of the last fit, from which all seasons have been taken.
    return fitted.trend, parts


def _by_medians(y: np.ndarray, seasons: Sequence[int]) -> _Parts:
    """Part a series by medians: over neighbouring rows, then over the rows of each place."""
    half = max(seasons) // 2 if seasons else _half_width(len(y))
    trend = _running_median(y, half)
    parts = {}
    rest = y - trend
    for rows in seasons:
        parts[rows] = _medians_by_place(rest, rows)
        rest = rest - parts[rows]
    return trend, parts


def _half_width(n_rows: int) -> int:
    """Return how far the running median reaches where there is no season."""
    return min(max(n_rows // _SHARE, _NARROWEST), _WIDEST) // 2


def _running_median(y: np.ndarray, half: int) -> np.ndarray:
    """Return the median of each value and its neighbours on both sides, as far as there are some.

    Beyond the ends the series is mirrored, so that a season counts in full.
    """
    mirrored = pd.Series(np.pad(y, half, mode="reflect"))
    medians = mirrored.rolling(2 * half + 1, center=True, min_periods=1).median()
    return interpolated(medians.to_numpy()[half : half + len(y)])


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
