"""Polynomials of the backshift operator B, where ``B x[t] = x[t - 1]``, as filters over rows.

A seasonal ARIMA process has four of them, two of which are polynomials of ``B^lag`` with the
season's length as `lag`. Filters run along the first axis of arrays (rows,) or (rows, columns).
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter


def seasonal_polynomial(coefficients: np.ndarray, season_length: int) -> np.ndarray:
    """Write out 1 - Σ coefficient[i] · B^(i · season), (n_coefficients · season + 1,)."""
    polynomial = np.zeros(len(coefficients) * season_length + 1)
    polynomial[0] = 1.0
    if len(coefficients):
        polynomial[season_length::season_length] = -coefficients
    return polynomial


def lagged(x: np.ndarray, count: int, lag: int) -> np.ndarray:
    """Return x (rows,) 1 · lag … count · lag rows ago, (rows - count · lag, count)."""
    n = len(x) - count * lag
    columns = np.empty((n, count))
    for column in range(count):
        start = (count - 1 - column) * lag
        stop = start + n
        columns[:, column] = x[start:stop]
    return columns


def multiply(x: np.ndarray, coefficients: np.ndarray, lag: int) -> np.ndarray:
    """Apply 1 - Σ coefficient[i] · B^(i · lag); the first rows, which lags lack, are left out."""
    count = len(coefficients)
    if not count:
        return x
    n = len(x) - count * lag
    past = np.zeros_like(x[:n])
    for i, coefficient in enumerate(coefficients, 1):
        start = (count - i) * lag
        stop = start + n
        past += coefficient * x[start:stop]
    first = count * lag
    return x[first:] - past


def divide(x: np.ndarray, coefficients: np.ndarray, lag: int) -> np.ndarray:
    """Divide by 1 + Σ coefficient[i] · B^(i · lag), with zeros before the first row."""
    if not len(coefficients):
        return x
    polynomial = np.append(1.0, coefficients)
    if lag == 1:
        return lfilter([1.0], polynomial, x, axis=0)
    # Each position in the season is a short series of its own, (seasons, lag · columns): the work
    # does not grow with the length of the season.
    n = len(x)
    seasons = -(-n // lag)
    padded = np.zeros((seasons * lag, *x.shape[1:]))
    padded[:n] = x
    by_season = padded.reshape(seasons, -1)
    divided = lfilter([1.0], polynomial, by_season, axis=0)
    return divided.reshape(padded.shape)[:n]
