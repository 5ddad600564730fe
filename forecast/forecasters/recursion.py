"""Forecasts beyond the steps that a forecaster answers at once: they become its history."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecast.forecasters.intervals import rearranged
from forecast.tables.panel import Panel


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


def widened(answer: np.ndarray, spread_before: np.ndarray | float) -> np.ndarray:
    """Add the variance of earlier errors to quantiles, on either side of the point forecast.

    Parameters
    ----------
    answer : array of shape (n_origins, steps, n_targets, 1 + n_quantiles)
        The point forecast, then its quantiles; these are replaced.
    spread_before : array of shape (n_origins, 1, n_targets, n_quantiles), or 0.0
        The distance of the quantiles from the point at the end of the steps before.

    Returns
    -------
    array like `spread_before`
        The distance at the end of these steps.
    """
    point = answer[..., :1]
    own = answer[..., 1:] - point
    # Variances add up; a square with a sign keeps the sides of the point apart.
    signed_squares = own * np.abs(own) + spread_before * np.abs(spread_before)
    spread = np.sign(signed_squares) * np.sqrt(np.abs(signed_squares))
    spread = rearranged(spread)
    answer[..., 1:] = point + spread
    return spread[:, -1:]
