"""Seasonal ARIMA processes by the thousand, all of them stationary and invertible by construction.

Arrays are (n_rows, n_series): one row of all series after the other, so that a recursion over time
is a few operations on whole rows.
"""

from __future__ import annotations

import numpy as np


def stable_coefficients(partial: np.ndarray) -> np.ndarray:
    """Return autoregressive coefficients whose process is stationary.

    Parameters
    ----------
    partial : array of shape (n_lags, n_series)
        Partial autocorrelations, each between -1 and 1: any of them will do.

    Returns
    -------
    array of shape (n_lags, n_series)
        Of x[t] = Σ coefficient[k] · x[t - 1 - k] + e[t].

    References
    ----------
    Barndorff-Nielsen and Schou (1973), "On the parametrization of autoregressive models by partial
    autocorrelations", Journal of Multivariate Analysis 3(4), 408-419; the recursion is Durbin's and
    Levinson's.

    Examples
    --------
    >>> stable_coefficients(np.array([[0.5], [0.2]])).ravel().tolist()
    [0.4, 0.2]
    """
    coefficients = np.zeros_like(partial)
    for lag, newest in enumerate(partial):
        before = coefficients[:lag].copy()
        coefficients[:lag] = before - newest * before[::-1]
        coefficients[lag] = newest
    return coefficients


def moving_average(e: np.ndarray, coefficients: np.ndarray, lag: int = 1) -> np.ndarray:
    """Return e[t] + Σ coefficient[k] · e[t - (1 + k) · lag]; before the first row all is zero.

    Parameters
    ----------
    e : array of shape (n_rows, n_series)
    coefficients : array of shape (n_lags, n_series)
    lag : int, default=1
        The length of a season, for its moving average.
    """
    x = e.copy()
    for k, coefficient in enumerate(coefficients, 1):
        x[k * lag :] += coefficient * e[: max(0, len(e) - k * lag)]
    return x


def autoregression(e: np.ndarray, coefficients: np.ndarray, lag: int = 1) -> np.ndarray:
    """Return x[t] = Σ coefficient[k] · x[t - (1 + k) · lag] + e[t]; before the first row x is zero.

    Parameters are those of `moving_average`. With the coefficient 1 it sums up: a random walk, or
    one for each position in the season.
    """
    x = e.copy()
    # As many rows at once as do not depend on one another: one, or those of a season.
    blocks = [x[start : start + lag] for start in range(0, len(x), lag)]
    used = [(k, each) for k, each in enumerate(coefficients, 1) if each.any()]
    for number, rows in enumerate(blocks):
        for back, coefficient in used:
            if back <= number:
                rows += coefficient * blocks[number - back][: len(rows)]
    return x


def sums(x: np.ndarray) -> np.ndarray:
    """Return the sums of each row and all rows before it; on arrays of rows as `cumsum` is slow."""
    return autoregression(x, np.ones((1, x.shape[1]), dtype=x.dtype))
