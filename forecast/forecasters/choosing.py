"""What a validation part may decide: on a short one, the best of several is the best by chance."""

from __future__ import annotations

import numpy as np

_NEAR = 1.05  # times the least error is as good
_FAR_BETTER = 0.95  # times the error of a naive forecast is worth to depart from it


def nearly_best(errors: np.ndarray) -> np.ndarray:
    """Return which of these errors are as good as the least one: a mask."""
    return errors <= _NEAR * errors.min()


def departs(error: float, naive_error: float) -> bool:
    """Return whether a forecast is so much better than a naive one that this need not be chance.

    Nothing beats the last value of a random walk, but on a short validation part something does.
    """
    return bool(error <= _FAR_BETTER * naive_error)
