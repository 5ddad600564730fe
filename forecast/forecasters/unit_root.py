"""Whether series come back to a mean, or go where they like: the test of Dickey and Fuller."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_SURELY = -3.43  # the 1 % point of the t with a constant, in long series
_MOST_SERIES = 32  # that are asked


def come_back(series: Sequence[np.ndarray]) -> bool:
    """Return whether series, on average of some of them, surely have no unit root.

    Of random walks, one in a hundred does by chance.

    Parameters
    ----------
    series : sequence of arrays of shape (n_rows,), finite
    """
    some = np.linspace(0, len(series) - 1, min(len(series), _MOST_SERIES)).astype(int)
    statistics = [dickey_fuller(series[number]) for number in some]
    return float(np.mean(statistics)) < _SURELY


def dickey_fuller(y: np.ndarray) -> float:
    """Return the t of the last value in a regression of the change that follows it.

    Beside it are a constant and the last changes [1]_, as many as 4 (n / 100)^¼ [2]_.

    Parameters
    ----------
    y : array of shape (n_rows,), finite

    Returns
    -------
    float
        0 for too few rows, and where nothing is left to be explained.

    References
    ----------
    .. [1] Dickey & Fuller (1979), J. American Statistical Association 74(366), 427-431; Said &
       Dickey (1984), Biometrika 71(3), 599-607.
    .. [2] Schwert (1989), J. Business & Economic Statistics 7(2), 147-159.
    """
    n_lags = int(4 * (len(y) / 100) ** 0.25)
    changes = np.diff(y)
    n = len(changes) - n_lags
    if n < 2 * (n_lags + 2):
        return 0.0
    earlier = [changes[n_lags - lag : len(changes) - lag] for lag in range(1, n_lags + 1)]
    x = np.column_stack([y[n_lags:-1], np.ones(n), *earlier])
    coefficients, _, rank, _ = np.linalg.lstsq(x, changes[n_lags:], rcond=None)
    rest = changes[n_lags:] - x @ coefficients
    if rank < x.shape[1] or not rest.any():
        return 0.0
    variance = rest @ rest / (n - x.shape[1]) * np.linalg.inv(x.T @ x)[0, 0]
    return float(coefficients[0] / np.sqrt(variance))
