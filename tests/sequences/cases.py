"""Small sequences that several tests of this room learn from."""

import numpy as np


def waves(n=24, timesteps=20, seed=0):
    """Return sines of two frequencies at random phases, (n, timesteps, 1), and their names."""
    rng = np.random.default_rng(seed)
    time = np.arange(timesteps)
    y = np.array(["slow", "fast"] * (n // 2))
    period = np.where(y == "slow", 6.0, 3.0)
    phase = rng.uniform(0, 6, n)
    return np.sin(time / period[:, None] + phase[:, None])[:, :, None], y


def objects(items):
    """Return an object array of one axis, whose items are lists or texts."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array
