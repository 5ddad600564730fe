"""Autoregressions of many series at once, by Burg's recursion: always stationary, never fitted."""

from __future__ import annotations

import numpy as np

_MOST_LAGS = 28  # a day of hours and a few more
_NUMBERS = 2**15  # at once


class Autoregression:
    """What each of many series says of its next row, of its order by Akaike's criterion.

    Parameters
    ----------
    x : array of shape (n_series, n_rows)

    Attributes
    ----------
    mean : array of shape (n_series, 1)
    coefficients : array of shape (n_lags, n_series)
        Of x[t] = Σ coefficient[k] · x[t - 1 - k] + e[t], around the mean.

    References
    ----------
    Burg (1967), "Maximum entropy spectral analysis", 37th meeting of the SEG; Hurvich and Tsai
    (1989), Biometrika 76(2), 297-307, for the criterion in small samples.
    """

    def __init__(self, x: np.ndarray, mean: np.ndarray | float = 0.0) -> None:
        self.mean = mean
        self.x = x - mean
        self.coefficients = _burg(self.x)

    def ahead(self, origins: np.ndarray, n_steps: int) -> np.ndarray:
        """Forecast from some rows of each series: (n_steps, n_series, n_origins)."""
        n_series = len(self.x)
        n_lags = len(self.coefficients)
        # Time first: each step is a product with whole arrays.
        path = np.zeros((n_lags + n_steps, n_series, len(origins)), dtype=self.x.dtype)
        for lag in range(n_lags):
            rows = origins - lag
            path[n_lags - 1 - lag] = np.where(rows >= 0, self.x[:, np.maximum(rows, 0)], 0)
        for step in range(n_lags, n_lags + n_steps):
            before = path[step - n_lags : step][::-1]
            np.einsum("ks,kso->so", self.coefficients, before, out=path[step])
        return path[n_lags:] + self.mean


def _burg(x: np.ndarray) -> np.ndarray:
    """Return the coefficients of each series, (n_lags, n_series), 0 beyond its order."""
    n_series, n_rows = x.shape
    n_lags = max(1, min(_MOST_LAGS, n_rows // 4))
    # As many series at once as stay in the processor's cache.
    size = max(1, _NUMBERS // n_rows)
    blocks = [_burg_block(x[first : first + size], n_lags) for first in range(0, n_series, size)]
    coefficients = np.concatenate(blocks, axis=1)
    used = np.flatnonzero(coefficients.any(axis=1))
    return coefficients[: used[-1] + 1 if len(used) else 1]


def _burg_block(x: np.ndarray, n_lags: int) -> np.ndarray:
    """Return the coefficients of some series, (n_lags, n_series)."""
    n_series, n_rows = x.shape
    tiny = np.finfo(np.float32).tiny
    power = np.einsum("st,st->s", x, x)
    error = power / n_rows + tiny
    current = np.zeros((n_lags, n_series), dtype=x.dtype)
    best = current.copy()
    lowest = n_rows * np.log(error)
    forward, backward = x[:, 1:].copy(), x[:, :-1].copy()
    for lag in range(n_lags):
        # The partial autocorrelation that leaves least of the errors of both directions.
        common = np.einsum("st,st->s", forward, backward)
        power = np.einsum("st,st->s", forward, forward)
        power += np.einsum("st,st->s", backward, backward)
        partial = 2 * common / (power + tiny)
        # Levinson's step to the next order.
        before = current[:lag].copy()
        current[:lag] = before - partial * before[::-1]
        current[lag] = partial
        # Rounding may leave a partial autocorrelation just beyond 1.
        error = error * np.maximum(1 - partial**2, 0) + tiny
        order = lag + 2  # with the mean
        criterion = n_rows * np.log(error) + 2 * order * n_rows / max(1, n_rows - order - 1)
        is_better = criterion < lowest
        lowest = np.where(is_better, criterion, lowest)
        best[:, is_better] = current[:, is_better]
        # Each direction loses what the other foretells of it.
        foretold = partial[:, None] * forward
        forward -= partial[:, None] * backward
        backward -= foretold
        forward, backward = forward[:, 1:], backward[:, :-1]
    return best
