"""Held-out errors and the quantiles they make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NO_QUANTILES = np.empty(0)
_GRID = np.linspace(0, 1, 201)


def error_quantiles(errors: np.ndarray) -> np.ndarray:
    """Summarise held-out errors (samples, horizon) by a grid of their quantiles, (201, horizon)."""
    return np.quantile(errors, _GRID, axis=0)


def add_errors(point: np.ndarray, grid: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Put the quantiles of `point` + error behind the point forecasts (…, horizon): (…, horizon, 1 + quantiles)."""
    errors = np.array([np.interp(quantiles, _GRID, column) for column in grid.T]).reshape(
        grid.shape[1], -1
    )
    return np.concatenate([point[..., None], point[..., None] + errors[: point.shape[-1]]], axis=-1)


def check_quantiles(quantiles: Sequence[float]) -> np.ndarray:
    """Return quantiles as an array; refuse what is not ascending or not between 0 and 1."""
    values = np.atleast_1d(np.asarray(quantiles, dtype=np.float64))
    if values.ndim != 1 or not ((values > 0) & (values < 1)).all() or (np.diff(values) <= 0).any():
        raise ValueError(
            f"quantiles must be ascending numbers between 0 and 1; got {values.tolist()}."
        )
    return values
