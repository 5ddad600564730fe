"""Constant stretches: runs of one value that are much longer than ties explain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_CHANCE = 0.001  # that a series has such a run, up to which it is suspicious
_SHORTEST = 4  # rows of a run that is suspicious
_LONGER = 2  # times as long as the longest run that is not suspicious
_PRIOR = 2  # values whose ties are taken to be as common as those of any value


class Runs(NamedTuple):
    """Runs of equal values, each of them as (start, length, value)."""

    starts: np.ndarray  # (n_runs,) the first row of each
    lengths: np.ndarray  # (n_runs,) in rows
    values: np.ndarray  # (n_runs,)

    def chosen(self, places: np.ndarray) -> Runs:
        """Return some of them, by their places or as a mask."""
        return Runs(self.starts[places], self.lengths[places], self.values[places])


def runs_of(y: np.ndarray) -> Runs:
    """Return the runs of equal values of a series, also those of one row; NaN ends a run."""
    is_start = np.ones(len(y), dtype=bool)
    is_start[1:] = y[1:] != y[:-1]
    starts = np.flatnonzero(is_start)
    lengths = np.diff(np.append(starts, len(y)))
    runs = Runs(starts, lengths, y[starts])
    return runs.chosen(~np.isnan(runs.values))


def suspicious_runs(y: np.ndarray) -> Runs:
    """Return the runs that look like a stuck sensor or a filled hole, the longest first.

    If a value follows itself with probability p, a run of L rows begins somewhere among n values
    with a probability of at most ``n · (1 − p) · p^(L − 1)`` (Boole's inequality over the geometric
    lengths of runs [1]_). p is that of the value, or of any value if that is larger, without the
    run. A run is suspicious where this is below 0.001, and where it is twice as long as all those
    of which this is not true: zeros of a night follow each other, but not for a week.

    Parameters
    ----------
    y : array of shape (n_rows,)
        NaN where a value is missing.

    References
    ----------
    .. [1] Schilling (1990), The longest run of heads, College Mathematics J. 21(3), 196-207.

    Examples
    --------
    >>> y = np.random.default_rng(0).normal(size=100)
    >>> y[40:50] = y[40]
    >>> suspicious_runs(y).lengths.tolist()
    [10]
    """
    runs = runs_of(y)
    if runs.lengths.max(initial=0) < _SHORTEST:
        return runs.chosen(np.zeros(len(runs.starts), dtype=bool))
    is_unlikely = (_chances(runs) < _CHANCE) & (runs.lengths >= _SHORTEST)
    ordinary = runs.lengths[~is_unlikely].max(initial=1)
    places = np.flatnonzero(is_unlikely & (runs.lengths >= _LONGER * ordinary))
    longest_first = np.argsort(-runs.lengths[places], kind="stable")
    return runs.chosen(places[longest_first])


def _chances(runs: Runs) -> np.ndarray:
    """Return the probability, at most, of a run of its length in a series like this, (n_runs,)."""
    n_values = runs.lengths.sum()
    # Values outside of each run, and how many of them equal the one before them.
    others = n_values - runs.lengths
    ties = others - (len(runs.starts) - 1)
    any_value = (ties + 1) / (others + _PRIOR)
    # The same of the value of the run alone; what is rare is taken to be like any value.
    _, codes = np.unique(runs.values, return_inverse=True)
    own_rows = np.bincount(codes, weights=runs.lengths)[codes] - runs.lengths
    own_ties = own_rows - (np.bincount(codes)[codes] - 1)
    own = (own_ties + _PRIOR * any_value) / (own_rows + _PRIOR)
    repeats = np.maximum(own, any_value)
    return np.asarray(n_values * (1 - repeats) * repeats ** (runs.lengths - 1))
