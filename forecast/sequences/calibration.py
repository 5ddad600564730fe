"""How sure scores of classes make one: a factor before the softmax, and a doubt behind it."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

_SHARPNESS = (-2.0, 4.0)  # logarithms of the scores' factor, from the least to the most


def doubt_after(n: int) -> float:
    """Return the probability that the next row is the first of its kind after n rows."""
    return 1 / (1 + n)


def probabilities(scores: np.ndarray, sharpness: float, doubt: float) -> np.ndarray:
    """Return the softmax of sharpened scores, none of which is 0 or 1.

    Parameters
    ----------
    scores : array of shape (rows, classes)
    sharpness : float
        What the scores are multiplied by.
    doubt : float
        The probability that the scores say nothing.

    Returns
    -------
    array of shape (rows, classes)

    Examples
    --------
    >>> import numpy as np
    >>> probabilities(np.log([[0.8, 0.2]]), sharpness=2, doubt=0).round(3)
    array([[0.941, 0.059]])
    """
    classes = scores.shape[1]
    sure = softmax(sharpness * scores, axis=1)
    return (1 - doubt) * sure + doubt / classes


def best_sharpness(
    scores: np.ndarray, labels: np.ndarray, weight: np.ndarray
) -> tuple[float, float]:
    """Return the factor of the scores that makes the least log loss, and this loss."""

    def loss(logarithm: float) -> float:
        """Return the mean log loss at a factor."""
        logs = log_softmax(np.exp(logarithm) * scores, axis=1)
        actual = logs[np.arange(len(labels)), labels]
        return float(-np.average(actual, weights=weight))

    found = minimize_scalar(loss, bounds=_SHARPNESS, method="bounded")
    return float(np.exp(found.x)), float(found.fun)
