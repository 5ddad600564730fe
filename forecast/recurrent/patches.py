"""Patches: a recurrence over segments of a window, not over its single timesteps.

Lin et al. (2023), SegRNN, arXiv 2308.11200: fewer steps are faster to run and easier to learn.
"""

from __future__ import annotations

import numpy as np

from forecast.recurrent.anchor import anchored_windows
from forecast.recurrent.architecture import Architecture

_FEWEST = 3  # patches of a season's length


def choose_patch(lookback: int, season_length: int) -> int:
    """Choose the length of a patch, a divisor of `lookback`.

    A season, where it makes three patches or more; else the divisor nearest to the square root, so
    that there are about as many patches as rows in each.
    """
    divisors = [length for length in range(1, lookback + 1) if lookback % length == 0]
    makes_patches = season_length in divisors and lookback // season_length >= _FEWEST
    if season_length > 1 and makes_patches:
        return season_length
    return min(divisors, key=lambda length: abs(length - lookback**0.5))


def cut_patches(architecture: Architecture, windows: np.ndarray) -> np.ndarray:
    """Turn windows (samples, timesteps, channels) into what the first layer reads.

    Returns an array of shape (samples, steps, patch * channels): anchored windows, the timesteps of
    a patch beside one another.
    """
    a = architecture
    anchored = anchored_windows(a, windows)
    return anchored.reshape(len(windows), a.steps, a.patch * a.channels)
