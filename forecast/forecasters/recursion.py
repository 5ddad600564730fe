"""Forecasts beyond the steps that a forecaster answers at once: they become its history."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

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


def error_ranks(errors: np.ndarray) -> np.ndarray:
    """Learn how errors of one forecast go together: the ranks of whole trajectories of errors.

    The quantiles of each step do not say whether a forecast that was too low at one step was so at
    the next. Trajectories do: each is all errors of one forecast, and its ranks among the others,
    step by step, order the quantiles of these steps (the Schaake shuffle [1]_).

    Parameters
    ----------
    errors : array of shape (n_origins, horizon, n_targets)
        In units that are alike for all of them; NaN where there is none.

    Returns
    -------
    array of int, of shape (N_PATHS, horizon, n_targets)
        Trajectories from those of low errors to those of high ones. At each step and target every
        rank from 0 to N_PATHS - 1 occurs once.

    References
    ----------
    .. [1] Clark et al. (2004), J. Hydrometeorology 5(1), 243-262.
    """
    complete = errors[~np.isnan(errors).any(axis=(1, 2))]
    if not len(complete):
        complete = np.zeros((1, *errors.shape[1:]))
    # As many as there are paths, spread evenly over all of them.
    order = np.argsort(complete.mean(axis=(1, 2)), kind="stable")
    places = (np.arange(N_PATHS) * len(order)) // N_PATHS
    chosen = complete[order[places]]
    return _ranks(chosen)


def together(steps: int, targets: int) -> np.ndarray:
    """Return the ranks of errors that persist, where nothing was learned: the same at each step."""
    ranks = np.arange(N_PATHS)[:, None, None]
    return np.broadcast_to(ranks, (N_PATHS, steps, targets))


def drawn(answer: np.ndarray, ranks: np.ndarray, stage: int) -> np.ndarray:
    """Draw values of the next steps from their quantiles, one for each path.

    Parameters
    ----------
    answer : array of shape (n_origins * n_histories, steps, n_targets, 1 + N_PATHS)
        The quantiles at `LEVELS`, behind the point forecast. From each origin there are as many
        histories as paths, or one.
    ranks : array of shape (N_PATHS, horizon, n_targets)
        As `error_ranks` returns them.
    stage : int
        How many times paths have been continued: each time they get other trajectories.

    Returns
    -------
    array of shape (n_origins * N_PATHS, steps, n_targets)
    """
    _, steps, targets, _ = answer.shape
    # A trajectory for each path: (N_PATHS, steps, n_targets)
    chosen = ranks[_trajectories(stage), :steps]
    histories = 1 if stage == 0 else N_PATHS
    quantiles = answer[..., 1:].reshape(-1, histories, steps, targets, N_PATHS)
    shape = (len(quantiles), N_PATHS, steps, targets, 1)
    place = np.broadcast_to(chosen[None, ..., None], shape)
    # One history alone serves all paths.
    quantiles = np.broadcast_to(quantiles, (*shape[:-1], N_PATHS))
    values = np.take_along_axis(quantiles, place, axis=-1)
    return values.reshape(-1, steps, targets)


def pooled(answer: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Return quantiles of what all paths from an origin say of the next steps.

    Each path has a distribution of its own, given by its quantiles; pooled, they are the
    distribution from the origin.

    Parameters
    ----------
    answer : array of shape (n_origins * N_PATHS, steps, n_targets, 1 + N_PATHS)
        The quantiles at `LEVELS`, behind the point forecast.
    quantiles : array of shape (n_quantiles,)

    Returns
    -------
    array of shape (n_origins, steps, n_targets, n_quantiles)
    """
    _, steps, targets, _ = answer.shape
    by_path = answer[..., 1:].reshape(-1, N_PATHS, steps, targets, N_PATHS)
    # Ten levels, evenly spread, stand for the distribution of a path; those of the next path are
    # one higher, so that all levels occur alike.
    spread = N_PATHS // _LEVELS_POOLED
    first = np.arange(N_PATHS) % spread
    levels = first[:, None] + spread * np.arange(_LEVELS_POOLED)
    some = np.take_along_axis(by_path, levels[None, :, None, None], axis=-1)
    # (n_origins, steps, n_targets, values of all paths)
    values = np.moveaxis(some, 1, 3).reshape(-1, steps, targets, N_PATHS * _LEVELS_POOLED)
    found = np.quantile(values, quantiles, axis=-1)
    return np.moveaxis(found, 0, -1)


def _trajectories(stage: int) -> np.ndarray:
    """Return which trajectory each path gets when it is continued for the stage-th time."""
    block, column = divmod(stage, N_PATHS // 2)
    return _design(block)[:, column]


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
