"""The season of many series at once: a value for each position, as far as it can be trusted."""

from __future__ import annotations

import numpy as np

_GAINS = (0.0, 0.1, 0.25, 0.5)  # how much of a profile the next cycle replaces, at least


def season_profile(y: np.ndarray, season: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what the position in the season adds.

    Parameters
    ----------
    y : array of shape (n_series, n_rows)
    season : int
        With 1, or less than two cycles of rows, there is none.

    Returns
    -------
    profile : array of shape (n_series, season)
        Of the rows that follow the last one; its mean is 0.
    trust : array of shape (n_series,)
        How much of each cycle the profile of those before foretells, from 0 to 1: the profile has
        been multiplied by it.

    Notes
    -----
    From each cycle a line is taken off that joins its mean with those of its neighbours. A profile
    is the mean of the cycles so far or forgets them at one of three rates: the one that has best
    foretold the next cycle. The regression of cycles on such forecasts says how far to trust it.
    """
    n_series, n_rows = y.shape
    n_cycles = n_rows // season
    if season == 1 or n_cycles < 2:
        return np.zeros((n_series, season), dtype=y.dtype), np.zeros(n_series, dtype=y.dtype)
    cycles = _level_cycles(y[:, n_rows - n_cycles * season :].reshape(n_series, n_cycles, season))
    profiles = np.empty((len(_GAINS), n_series, season), dtype=y.dtype)
    errors = np.empty((len(_GAINS), n_series))
    trusts = np.empty((len(_GAINS), n_series), dtype=y.dtype)
    for number, gain in enumerate(_GAINS):
        profiles[number], errors[number], trusts[number] = _smoothed(cycles, gain)
    best = errors.argmin(axis=0)
    each = np.arange(n_series)
    trust = trusts[best, each]
    return profiles[best, each] * trust[:, None], trust


def rows_of(profile: np.ndarray, n_rows: int) -> np.ndarray:
    """Lay a profile over the rows of its series, of which the last ends a season."""
    return profile[:, np.arange(-n_rows, 0) % profile.shape[1]]


def _smoothed(cycles: np.ndarray, gain: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the profile after all cycles, its squared errors before each, and its trust."""
    n_series, n_cycles, _ = cycles.shape
    profile = cycles[:, 0]
    common = np.zeros(n_series)
    power = np.zeros(n_series)
    errors = np.zeros(n_series)
    for number in range(1, n_cycles):
        cycle = cycles[:, number]
        common += np.einsum("sp,sp->s", cycle, profile)
        power += np.einsum("sp,sp->s", profile, profile)
        difference = cycle - profile
        errors += np.einsum("sp,sp->s", difference, difference)
        profile = profile + max(gain, 1 / (number + 1)) * difference
    return profile, errors, np.clip(common / (power + 1e-30), 0, 1)


def _level_cycles(cycles: np.ndarray) -> np.ndarray:
    """Take from each cycle the lines to the means of its neighbours, so that its mean is 0."""
    season = cycles.shape[2]
    means = cycles.mean(axis=2)
    slopes = np.diff(means, axis=1)
    to_left = np.concatenate([slopes[:, :1], slopes], axis=1)[:, :, None]
    to_right = np.concatenate([slopes, slopes[:, -1:]], axis=1)[:, :, None]
    place = ((np.arange(season) + 0.5) / season - 0.5).astype(cycles.dtype)
    level = cycles - np.minimum(place, 0) * to_left - np.maximum(place, 0) * to_right
    return level - level.mean(axis=2, keepdims=True)
