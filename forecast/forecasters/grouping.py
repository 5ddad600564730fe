"""Equal values and where they stand."""

from __future__ import annotations

import numpy as np


def places_of_equal(values: np.ndarray) -> list[np.ndarray]:
    """Return the places of each distinct value, ascending; one sort finds all of them.

    Examples
    --------
    >>> places_of_equal(np.array([7, 3, 7, 3, 3]))
    [array([1, 3, 4]), array([0, 2])]
    """
    if not len(values):
        return []
    order = np.argsort(values, kind="stable")
    changes = np.flatnonzero(np.diff(values[order])) + 1
    return np.split(order, changes)
