"""Seasonal adjustment: the test for a season, its indices, and series without them.

All functions take matrices (rows, columns): a column is one target of one series, and many columns
cost little more than one.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import correlate1d

from forecast.tables.frequency import Frequency

SEASONS = 3  # that a series must hold to have a season

_LIMIT = 1.645  # of a normal deviate that is beyond it, on either side, in 10 % of all cases


def season_length_of(frequency: Frequency, given: int | None) -> int:
    """Return the rows in a season that a user has given, or else those the frequency suggests."""
    return frequency.season_length if given is None else int(given)


def seasonal_indices(y: np.ndarray, season_length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the seasonal indices of each column and whether they multiply.

    The indices are those of the classical decomposition [1]_, as in the M4 competition [2]_: they
    multiply where all values are positive, else they are added.

    Parameters
    ----------
    y : array of shape (rows, columns)
    season_length : int
        Rows in a season.

    Returns
    -------
    indices : array of shape (season_length or 1, columns)
        From the first row on; 0 in columns without a season, and a single row of zeros where no
        column has one.
    multiplies : array of shape (columns,)

    References
    ----------
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section
       3.4.
    .. [2] Makridakis, Spiliotis & Assimakopoulos (2020), Int. J. Forecasting 36(1), 54-74.
    """
    columns = y.shape[1]
    seasonal = has_season(y, season_length)
    if not seasonal.any():
        return np.zeros((1, columns)), np.zeros(columns, dtype=bool)
    indices = np.zeros((season_length, columns))
    # Ratios to a trend have a meaning where all values are positive only.
    multiplies = seasonal & (y.min(axis=0) > 0)
    ratios = classical_indices(y[:, multiplies], season_length, multiply=True)
    indices[:, multiplies] = ratios
    # Elsewhere differences from the trend.
    adds = seasonal & ~multiplies
    differences = classical_indices(y[:, adds], season_length, multiply=False)
    indices[:, adds] = differences
    # Columns without a season keep zeros, which are added.
    return indices, multiplies


def has_season(y: np.ndarray, season_length: int) -> np.ndarray:
    """Return which columns have an autocorrelation at the season's lag beyond its 90 % limit.

    The limit is Bartlett's: the earlier lags may hold any autocorrelation. A season needs three
    seasons of rows.
    """
    rows, columns = y.shape
    # A constant has no autocorrelation: its sum of squares is 0.
    varies = np.ptp(y, axis=0) > 0
    if season_length < 2 or rows < SEASONS * season_length:
        return np.zeros(columns, dtype=bool)
    centred = y - y.mean(axis=0)
    squares = np.where(varies, _products(centred, centred), 1.0)
    # Autocorrelations at the lags 1 … season_length, (season_length, columns).
    correlations = np.empty((season_length, columns))
    for lag in range(1, season_length + 1):
        products = _products(centred[lag:], centred[:-lag])
        correlations[lag - 1] = products / squares
    # Bartlett's variance of the last one, if there is autocorrelation at the earlier lags only.
    earlier = np.sum(correlations[:-1] ** 2, axis=0)
    limit = _LIMIT * np.sqrt((1 + 2 * earlier) / rows)
    return varies & (np.abs(correlations[-1]) > limit)


def _products(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the sum of the products of two matrices in each column."""
    return np.einsum("rc,rc->c", one, other)


def classical_indices(
    y: np.ndarray,
    season_length: int,
    multiply: bool,
) -> np.ndarray:
    """Return the seasonal indices of the classical decomposition, (season_length, columns).

    They have the mean 1 where they multiply, else 0.
    """
    # The trend is a centred moving average over one season; an even one shares its two ends.
    half = season_length // 2
    weights = np.full(2 * half + 1, 1 / season_length)
    if season_length % 2 == 0:
        weights[[0, -1]] /= 2
    # It is known but for half a season at either end.
    inner = slice(half, len(y) - half)
    trend = correlate1d(y, weights, axis=0)[inner]
    detrended = y[inner] / trend if multiply else y[inner] - trend
    # The mean of each place in the season; the first place is that of the first row of y.
    places = (np.arange(season_length) - half) % season_length
    by_place = [detrended[place::season_length] for place in places]
    means = np.array([values.mean(axis=0) for values in by_place])
    # What all places have in common belongs to the trend.
    overall = means.mean(axis=0)
    return means / overall if multiply else means - overall


def season_of(indices: np.ndarray, multiplies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return factor and term of a season: ``y = factor * adjusted + term``."""
    factor = np.where(multiplies, indices, 1.0)
    term = np.where(multiplies, 0.0, indices)
    return factor, term
