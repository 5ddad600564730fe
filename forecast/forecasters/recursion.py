"""Forecasts beyond the steps that a forecaster answers at once: they become its history."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from forecast.tables.panel import Panel

N_PATHS = 100
LEVELS = (np.arange(N_PATHS) + 0.5) / N_PATHS  # of the quantiles that paths are drawn from
_LEVELS_POOLED = 10  # of each path
_SEED = 115  # of 250, the one by which AR(1) intervals of 50 stages are nearest to the true ones


def with_forecasts(
    panel: Panel,
    origins: np.ndarray,
    forecast: np.ndarray,
    memory: int,
    further_steps: int,
    past: np.ndarray,
) -> tuple[Panel, np.ndarray]:
    """Make each origin a series of its own, whose history ends with its forecasts.

    Parameters
    ----------
    panel : Panel
    origins : array of shape (n_origins,)
        Rows of the panel.
    forecast : array of shape (n_origins, steps, n_targets)
        They stand in the place of y after each origin.
    memory : int
        The rows that the next forecast looks back on.
    further_steps : int
        The rows behind the forecasts that are still to be answered.
    past : array of shape (n_features,)
        Which features are not known ahead: they stay as they were last seen.

    Returns
    -------
    panel : Panel of n_origins series with memory + further_steps rows each
    origins : array of shape (n_origins,)
        The rows of the last forecasts.
    """
    steps = forecast.shape[1]
    offsets = np.arange(steps - memory + 1, steps + further_steps + 1)
    onward = _series_around(panel, origins, offsets)
    # Views of (n_origins, n_offsets, columns): what is written into them stands in the panel.
    shape = len(origins), len(offsets)
    X = onward.X.reshape(*shape, panel.X.shape[1])
    y = onward.y.reshape(*shape, panel.y.shape[1])
    # After the origin, past features stay as last seen, and y is what has been forecast.
    ahead = offsets > 0
    last_seen = panel.X[origins][:, None]
    X[:, ahead] = np.where(past, last_seen, X[:, ahead])
    y[:, ahead] = np.nan
    answered = ahead & (offsets <= steps)
    y[:, answered] = forecast[:, offsets[answered] - 1]
    return onward, onward.bounds[:-1] + memory - 1


def _series_around(panel: Panel, origins: np.ndarray, offsets: np.ndarray) -> Panel:
    """Copy the rows at some offsets from each origin: each origin becomes a series.

    Where the series of the origin has no such row, X and y are NaN.
    """
    rows = origins[:, None] + offsets  # (n_origins, n_offsets)
    codes = panel.codes[origins]
    first = panel.bounds[codes][:, None]
    last = panel.last[codes][:, None]
    outside = (rows < first) | (rows > last)
    # Any row stands in for one that is not there; its values are not taken.
    rows = np.clip(rows, 0, len(panel) - 1).ravel()
    X = panel.X[rows]
    y = panel.y[rows]
    X[outside.ravel()] = np.nan
    y[outside.ravel()] = np.nan
    return replace(
        panel,
        numbers=panel.numbers[codes],
        bounds=len(offsets) * np.arange(len(origins) + 1),
        times=panel.times[rows],
        X=X,
        y=y,
        continues=False,
    )


class Trajectories(NamedTuple):
    """How errors go together: within one forecast, and from one forecast to the next.

    The quantiles of each step do not say whether a forecast that was too low at one step was so at
    the next. Trajectories do: each is all errors of one forecast, and its ranks among the others,
    step by step, order the quantiles of these steps (the Schaake shuffle [1]_).

    Parameters
    ----------
    ranks : array of int, of shape (N_PATHS, horizon, n_targets)
        Trajectories from those of low errors to those of high ones. At each step and target every
        rank from 0 to N_PATHS - 1 occurs once.
    carry : float between -1 and 1
        The correlation of the last error of a forecast with the mean error of the next one, whose
        history ends with it. It is negative where a forecaster follows its last value too far.

    References
    ----------
    .. [1] Clark et al. (2004), J. Hydrometeorology 5(1), 243-262.
    """

    ranks: np.ndarray
    carry: float

    @classmethod
    def learn(cls, errors: np.ndarray, origins: np.ndarray, series: np.ndarray) -> Trajectories:
        """Learn from errors of many forecasts.

        Parameters
        ----------
        errors : array of shape (n_origins, horizon, n_targets)
            In units that are alike for all of them; NaN where there is none.
        origins : array of shape (n_origins,)
            Rows of a panel, ascending.
        series : array of shape (n_origins,)
        """
        complete = ~np.isnan(errors).any(axis=(1, 2))
        if not complete.any():
            return cls.together(*errors.shape[1:])
        carry = _carry(errors[complete], origins[complete], series[complete])
        # As many as there are paths, spread evenly over all of them.
        known = errors[complete]
        order = np.argsort(known.mean(axis=(1, 2)), kind="stable")
        places = (np.arange(N_PATHS) * len(order)) // N_PATHS
        return cls(_ranks(known[order[places]]), carry)

    @classmethod
    def together(cls, steps: int, targets: int) -> Trajectories:
        """Return errors that persist through a forecast, for where nothing was learned."""
        ranks = np.arange(N_PATHS)[:, None, None]
        return cls(np.broadcast_to(ranks, (N_PATHS, steps, targets)), 0.0)

    def chosen(self, stage: int, before: np.ndarray | None) -> np.ndarray:
        """Choose a trajectory for each path, each of them once: (N_PATHS,).

        Parameters
        ----------
        stage : int
            How many times paths have been continued.
        before : array of shape (N_PATHS,) or None
            The trajectories at the stage before.
        """
        block, column = divmod(stage, N_PATHS // 2)
        new = _design(block)[:, column]
        if before is None:
            return new
        # This sum of normal scores has the correlation `carry` with the last error.
        return _ranks(self._following(before) + self._rest * norm.ppf(LEVELS[new]))

    def levels(self, before: np.ndarray) -> np.ndarray:
        """Return the levels of the errors that may follow on trajectories, (N_PATHS, 10)."""
        # Ten levels, evenly spread, stand for all; those of the next path are one higher, so that
        # all occur alike.
        spread = N_PATHS // _LEVELS_POOLED
        first = np.arange(N_PATHS) % spread
        new = first[:, None] + spread * np.arange(_LEVELS_POOLED)
        scores = self._following(before)[:, None] + self._rest * norm.ppf(LEVELS[new])
        found = (norm.cdf(scores) * N_PATHS).astype(int)
        return np.minimum(found, N_PATHS - 1)

    @property
    def _rest(self) -> float:
        """The share of normal scores that earlier errors do not act on."""
        return float(np.sqrt(1 - self.carry**2))

    def _following(self, before: np.ndarray) -> np.ndarray:
        """Return what the last errors of trajectories add to the normal scores of the next."""
        last = _ranks(self.ranks[before, -1].mean(axis=-1))
        return self.carry * norm.ppf(LEVELS[last])


def _carry(errors: np.ndarray, origins: np.ndarray, series: np.ndarray) -> float:
    """Return the correlation of each forecast's last error with the next one's mean error."""
    horizon = errors.shape[1]
    # The forecast whose last step is the origin of this one.
    before = np.searchsorted(origins, origins - horizon)
    is_pair = (origins[before] == origins - horizon) & (series[before] == series)
    if is_pair.sum() < 3:
        return 0.0
    last = errors[before[is_pair], -1].mean(axis=-1)
    following = errors[is_pair].mean(axis=(1, 2))
    if not last.std() or not following.std():
        return 0.0
    correlation = float(np.corrcoef(last, following)[0, 1])
    # Only what is hardly chance. Forecasts that overlap tell as much as those that do not.
    independent = is_pair.sum() / horizon
    return correlation if abs(correlation) > 2 / np.sqrt(independent) else 0.0


def drawn(answer: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    """Draw the next values of each path from their quantiles.

    Parameters
    ----------
    answer : array of shape (n_origins * N_PATHS, steps, n_targets, 1 + N_PATHS)
        The quantiles at `LEVELS`, behind the point forecast.
    ranks : array of shape (N_PATHS, horizon, n_targets)
        Which quantile each path gets, the same from every origin.

    Returns
    -------
    array of shape (n_origins * N_PATHS, steps, n_targets)
    """
    _, steps, targets, _ = answer.shape
    by_path = answer[..., 1:].reshape(-1, N_PATHS, steps, targets, N_PATHS)
    place = ranks[None, :, :steps, :, None]
    values = np.take_along_axis(by_path, place, axis=-1)
    return values.reshape(-1, steps, targets)


def pooled(answer: np.ndarray, levels: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Return quantiles of what all paths from an origin say of the next steps.

    Each path has a distribution of its own, given by its quantiles; pooled, they are the
    distribution from the origin.

    Parameters
    ----------
    answer : array of shape (n_origins * N_PATHS, steps, n_targets, 1 + N_PATHS)
        The quantiles at `LEVELS`, behind the point forecast.
    levels : array of int, of shape (N_PATHS, n_levels)
        Which quantiles stand for the distribution of each path.
    quantiles : array of shape (n_quantiles,)

    Returns
    -------
    array of shape (n_origins, steps, n_targets, n_quantiles)
    """
    _, steps, targets, _ = answer.shape
    by_path = answer[..., 1:].reshape(-1, N_PATHS, steps, targets, N_PATHS)
    some = np.take_along_axis(by_path, levels[None, :, None, None], axis=-1)
    # (n_origins, steps, n_targets, values of all paths)
    values = np.moveaxis(some, 1, 3).reshape(-1, steps, targets, N_PATHS * levels.shape[1])
    found = np.quantile(values, quantiles, axis=-1)
    return np.moveaxis(found, 0, -1)


@cache
def _design(block: int) -> np.ndarray:
    """Return permutations of the trajectories that are uncorrelated, (N_PATHS, N_PATHS // 2).

    Errors of different stages are independent, so that their variances add up; permutations drawn
    at random are correlated by chance, by 1/sqrt(N_PATHS). The ranks of orthogonal columns of
    normal numbers hardly are.
    """
    rng = np.random.default_rng(_SEED + block)
    normal = rng.standard_normal((N_PATHS, N_PATHS // 2))
    # Orthogonal to the constant too: the mean of each is zero.
    columns, _ = np.linalg.qr(normal - normal.mean(axis=0))
    return _ranks(columns)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks of values along the first axis, from 0."""
    order = np.argsort(values, axis=0, kind="stable")
    return np.argsort(order, axis=0)
