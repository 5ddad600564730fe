"""Autocorrelation of a series, and how far chance takes it."""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft


def autocorrelations(y: np.ndarray, n_lags: int) -> np.ndarray:
    """Return the autocorrelations at the lags 0 … n_lags.

    They are the usual estimates: sums of products over the sum of squares, whatever the lag.

    Parameters
    ----------
    y : array of shape (n_rows,)
        Without NaN.
    n_lags : int
        Below `n_rows`.

    Returns
    -------
    array of shape (n_lags + 1,)
        0 beyond lag 0 where the series is constant.

    Examples
    --------
    >>> autocorrelations(np.array([1.0, -1.0, 1.0, -1.0]), 2).tolist()
    [1.0, -0.75, 0.5]
    """
    centred = y - y.mean()
    # The spectrum is the transform of the autocovariances; zeros keep the ends apart.
    length = next_fast_len(len(y) + n_lags, real=True)
    spectrum = np.abs(rfft(centred, length)) ** 2
    products = irfft(spectrum, length)[: n_lags + 1]
    squares = centred @ centred
    if squares <= np.finfo(float).eps * (y @ y):
        return np.eye(1, n_lags + 1)[0]
    return products / squares


def bartlett_errors(correlations: np.ndarray, n_rows: int) -> np.ndarray:
    """Return the standard error of each autocorrelation if all later ones were none.

    Bartlett's formula [1]_: at lag k, ``sqrt((1 + 2 · Σ r[j]² for j < k) / n)``.

    Parameters
    ----------
    correlations : array of shape (n_lags + 1,)
        As `autocorrelations` returns them, from lag 0 on.
    n_rows : int

    Returns
    -------
    array of shape (n_lags + 1,)
        0 at lag 0, which is 1 by definition.

    References
    ----------
    .. [1] Box, Jenkins, Reinsel & Ljung (2016), Time Series Analysis, 5th ed., section 2.1.6.
    """
    earlier = np.cumsum(correlations[1:-1] ** 2)
    sums = np.concatenate([[0.0], earlier])[: max(len(correlations) - 1, 0)]
    errors = np.sqrt((1 + 2 * sums) / n_rows)
    return np.concatenate([[0.0], errors])
