"""The share of one of two predictive distributions in their mixture.

It is chosen by log loss on what neither has learned from. The loss of a mixture is convex in the
share [1]_, so the best one is found exactly, and is 0 or 1 where the other part only harms.

References
----------
.. [1] Hall & Mitchell (2007), Combining density forecasts, International Journal of Forecasting
   23(1), 1-13.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

_LEAST = 1e-12  # a probability of 0 would make the slope infinite


def best_share(one: np.ndarray, other: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Return the share of the first part, from 0 to 1, that has the least log loss.

    Parameters
    ----------
    one, other : arrays of shape (n,)
        The probability that each part gave to what came, without having learned from it.
    weight : array of shape (n,), optional

    Returns
    -------
    float
        Half where both parts are alike.

    Examples
    --------
    >>> import numpy as np
    >>> best_share(np.array([0.9, 0.2]), np.array([0.2, 0.9]))
    0.5
    >>> best_share(np.array([0.9, 0.8]), np.array([0.6, 0.7]))
    1.0
    """
    one = np.maximum(one, _LEAST)
    other = np.maximum(other, _LEAST)
    difference = one - other

    def slope(share: float) -> float:
        """Return the derivative of the mean log probability, which falls with the share."""
        return float(np.average(difference / (other + share * difference), weights=weight))

    if not difference.any():
        return 0.5
    if slope(0.0) <= 0:
        return 0.0
    if slope(1.0) >= 0:
        return 1.0
    return float(brentq(slope, 0.0, 1.0))


def mixed(one: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """Return the mixture of probabilities, the first with this share."""
    return share * one + (1 - share) * other
