"""The quantiles that a network with quantile loss learns, and any others between them."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

LEARNED_LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)


def median_of(levels: np.ndarray) -> np.ndarray:
    """Return the middle one of values (…, levels); it is the point forecast."""
    middle = levels.shape[-1] // 2
    return levels[..., middle]


def interpolated_quantiles(learned: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Read quantiles from values (…, learned levels): (…, quantiles).

    They lie on straight lines over the normal scores of the levels, which go on beyond the outer
    levels: of a normal distribution all quantiles are exact.
    """
    scores = norm.ppf(LEARNED_LEVELS)
    wanted = norm.ppf(quantiles)
    # The learned levels on both sides; beyond the outer ones, the two nearest.
    right = np.searchsorted(scores, wanted)
    right = np.clip(right, 1, len(scores) - 1)
    left = right - 1
    # Linear between them, in normal scores.
    distance = scores[right] - scores[left]
    share = (wanted - scores[left]) / distance
    # From the left one on, so that between equal ones there is nothing to round.
    return learned[..., left] + share * (learned[..., right] - learned[..., left])
