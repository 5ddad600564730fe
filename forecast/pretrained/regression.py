"""What columns of X add to a series, by generalised least squares."""

from __future__ import annotations

import numpy as np

from forecast.pretrained.autoregression import Autoregression

_ROUNDS = 2
_PENALTY = 1.0  # of a column of deviation 1: a row's worth


def effects(y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the effect of one more unit of each column, (n_features,).

    Parameters
    ----------
    y : array of shape (n_rows,), finite
    X : array of shape (n_rows, n_features), finite

    Notes
    -----
    What the columns leave of y is taken for an autoregression, and the regression is done again on
    what the past does not foretell [1]_: so a series that wanders does not seem to follow a column
    that wanders, too. A ridge penalty of a single row keeps columns that say the same in bounds.

    References
    ----------
    .. [1] Cochrane and Orcutt (1949), Journal of the American Statistical Association 44(245),
       32-61.
    """
    deviation = X.std(axis=0)
    moves = deviation > 1e-12 * np.abs(X).max(axis=0, initial=0)
    unit = np.where(moves, deviation, 1.0)
    columns = np.where(moves, (X - X.mean(axis=0)) / unit, 0.0)
    size = y.std() + np.finfo(float).tiny
    series = (y - y.mean()) / size
    coefficients = np.zeros(X.shape[1])
    table = np.column_stack([series, columns])
    for _ in range(_ROUNDS):
        left = series - columns @ coefficients
        new = _unforetold(table, left)
        inner = new[:, 1:].T @ new[:, 1:] + _PENALTY * np.eye(X.shape[1])
        coefficients = np.linalg.solve(inner, new[:, 1:].T @ new[:, 0])
    return coefficients * size / unit


def _unforetold(table: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Take from each column (n_rows, n_columns) what the past of `left` foretells of it."""
    coefficients = Autoregression(left[None].astype(float)).coefficients[:, 0]
    n_lags = len(coefficients)
    new = table[n_lags:].copy()
    for lag, coefficient in enumerate(coefficients, 1):
        new -= coefficient * table[n_lags - lag : len(table) - lag]
    return new - new.mean(axis=0)
