"""Simple exponential smoothing with drift, of many series at once.

The level l of a series y follows [1]_::

    l[0] = y[0]
    l[t] = (1 - alpha) * (l[t - 1] + drift) + alpha * y[t]

and ``l[t - 1] + drift`` is the forecast of y[t]. All functions take matrices (rows, columns) of
which a column is a series; alpha and drift have the shape (columns,).

References
----------
.. [1] Hyndman & Billah (2003), Unmasking the Theta method, Int. J. Forecasting 19(2), 287-290.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

# The weights at which the search for the best one begins: close to each other near 0, where the
# sum of squares of a long series changes within little.
_GRID = np.concatenate(
    [
        [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.025],
        np.linspace(0.05, 0.95, 19),
        [0.9999],
    ]
)
_GOLDEN = (np.sqrt(5) - 1) / 2  # the share of an interval that a golden section keeps
_SECTIONS = 25  # of a tenth at most: alpha is known to 1e-6
_WITHOUT_ERRORS = 0.1  # the weight where no weight has smaller errors than another


def levels(
    y: np.ndarray,
    alpha: np.ndarray,
    drift: np.ndarray,
) -> np.ndarray:
    """Return the level after each row, (rows, columns)."""
    rows, columns = y.shape
    decay = 1 - alpha
    level = alpha * y + decay * drift
    level[0] = y[0]
    # Now l[t] = level[t] + decay * l[t - 1]. The shorter loop is the fast one: over the rows where
    # there are many columns, over the columns where there are few and long ones.
    if rows <= columns:
        for t in range(1, rows):
            level[t] += decay * level[t - 1]
        return level
    for column in range(columns):
        denominator = [1.0, -decay[column]]
        level[:, column] = lfilter([1.0], denominator, level[:, column])
    return level


def one_step_errors(
    y: np.ndarray,
    alpha: np.ndarray,
    drift: np.ndarray,
) -> np.ndarray:
    """Return the errors of the forecasts of all rows but the first, (rows - 1, columns)."""
    level = levels(y, alpha, drift)
    return y[1:] - level[:-1] - drift


def least_squares_alpha(y: np.ndarray) -> np.ndarray:
    """Return the alpha of each column that has the smallest one-step errors without drift.

    The sum of their squares may have several minima: a grid finds the lowest, golden sections [1]_
    narrow it down.

    References
    ----------
    .. [1] Press, Teukolsky, Vetterling & Flannery (2007), Numerical Recipes, 3rd ed., section 10.2.
    """
    # Around the first value: so a constant has no error at all, not even one of rounding.
    y = y - y[0]
    # The loss of each column at each weight of the grid, (weights, columns).
    columns = y.shape[1]
    on_grid = np.array([_sum_of_squares(y, np.full(columns, alpha)) for alpha in _GRID])
    lowest = on_grid.min(axis=0)
    # The minimum lies between the neighbours of the lowest.
    place = on_grid.argmin(axis=0)
    below = _GRID[np.maximum(place - 1, 0)]
    above = _GRID[np.minimum(place + 1, len(_GRID) - 1)]
    alpha = _golden_section(y, below, above)
    # The minimum may be an end of the grid, which sections only come near to.
    is_lower = _sum_of_squares(y, alpha) < lowest
    alpha = np.where(is_lower, alpha, _GRID[place])
    is_flat = lowest == on_grid.max(axis=0)
    return np.where(is_flat, _WITHOUT_ERRORS, alpha)


def _golden_section(
    y: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> np.ndarray:
    """Return where between two weights the sum of squares of each column is smallest."""
    # Two inner points, mirrored around the middle.
    part = _GOLDEN * (high - low)
    left = high - part
    right = low + part
    loss_left = _sum_of_squares(y, left)
    loss_right = _sum_of_squares(y, right)
    for _ in range(_SECTIONS):
        # The minimum is not beyond the worse one of the two inner points: this becomes an end.
        falls = loss_left > loss_right
        low = np.where(falls, left, low)
        high = np.where(falls, high, right)
        # The better one is an inner point of the smaller interval too; the other one is new.
        part = _GOLDEN * (high - low)
        mirrored = np.where(falls, low + part, high - part)
        loss = _sum_of_squares(y, mirrored)
        left, right = np.where(falls, [right, mirrored], [mirrored, left])
        loss_left, loss_right = np.where(falls, [loss_right, loss], [loss, loss_left])
    return np.where(loss_left < loss_right, left, right)


def _sum_of_squares(y: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the sum of the squared one-step errors without drift, (columns,)."""
    errors = one_step_errors(y, alpha, np.zeros_like(alpha))
    return np.einsum("rc,rc->c", errors, errors)
