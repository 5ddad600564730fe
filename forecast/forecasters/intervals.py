"""Held-out errors: learn from the earlier part, measure errors on the latest, read quantiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from scipy.stats import norm

from forecast.exceptions import InputError
from forecast.tables.panel import Panel, Split

NO_QUANTILES = np.empty(0)
_GRID = np.linspace(0, 1, 201)  # the levels at which the quantiles of errors are kept
_QUARTER = 0.25  # intervals from here outwards hold the point forecast

Fitted = TypeVar("Fitted")


def learn_holding_out(
    panel: Panel,
    origins: np.ndarray,
    split: Split,
    learn: Callable[[Panel, np.ndarray], Fitted],
    errors_of: Callable[[Panel, np.ndarray, Fitted], np.ndarray],
    relearn: Callable[[Panel, np.ndarray, Fitted], Fitted] | None = None,
) -> tuple[Fitted, np.ndarray]:
    """Learn from all origins; the errors come from origins that a first fit had not seen.

    Errors on the rows that a model has learned from are too small. So it learns from the earlier
    origins, its errors at the latest ones are held out, and only then it learns from all.

    Parameters
    ----------
    panel : Panel
    origins : array of shape (n_origins,)
        All origins to learn from, in the end.
    split : Split
        The earlier origins and the latest ones, as `Panel.split` returns them.
    learn : function (panel, origins) -> fitted
    errors_of : function (panel, origins, fitted) -> array of shape (n_origins, horizon, …)
        The errors, actual - forecast, in the unit in which they are kept.
    relearn : function (panel, origins, fitted) -> fitted, optional
        How to go on from the first fit to all origins; by default `learn` begins anew.

    Returns
    -------
    fitted
        What was learned from all origins.
    errors : array of shape (n_latest, horizon, …)
        The errors of the first fit at the latest origins.
    """
    first = learn(panel, split.earlier)
    errors = errors_of(panel, split.latest, first)
    if relearn is not None:
        return relearn(panel, origins, first), errors
    # Where nothing could be held out, the first fit has seen all origins.
    if not split.is_held_out:
        return first, errors
    return learn(panel, origins), errors


def forecast_errors(panel: Panel, origins: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return actual - forecast for forecasts (n_origins, horizon, n_targets) from these origins."""
    ahead = np.arange(1, point.shape[1] + 1)
    actual = panel.y[origins[:, None] + ahead]
    return np.asarray(actual - point)


def error_quantiles(errors: np.ndarray) -> np.ndarray:
    """Summarise errors by a grid of their quantiles.

    Parameters
    ----------
    errors : array of shape (n_samples, horizon, …)
        NaN where there is none. Where there is none at all, the quantiles are zero.

    Returns
    -------
    array of shape (201, horizon, …)
        A grid is as small for a million errors as for a thousand: it is what a model keeps.
    """
    columns = errors.reshape(len(errors), -1)
    grid = np.zeros((len(_GRID), columns.shape[1]))
    for c, column in enumerate(columns.T):
        known = column[~np.isnan(column)]
        if len(known):
            grid[:, c] = np.quantile(known, _GRID)
    return grid.reshape(len(_GRID), *errors.shape[1:])


def errors_at(grid: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Read quantiles from a grid (201, horizon, n_targets): (horizon, n_targets, n_quantiles)."""
    # Each step and target has a distribution of its own: one column of the grid.
    columns = grid.reshape(len(grid), -1).T
    errors = [np.interp(quantiles, _GRID, column) for column in columns]
    shape = (*grid.shape[1:], len(quantiles))
    return np.reshape(errors, shape)


def add_errors(
    point: np.ndarray, grid: np.ndarray, quantiles: np.ndarray, unit: np.ndarray | None = None
) -> np.ndarray:
    """Put the quantiles of forecast + error behind the forecasts themselves.

    Parameters
    ----------
    point : array of shape (n_origins, steps, n_targets)
        Not more steps than the grid has.
    grid : array of shape (201, horizon, n_targets)
        As `error_quantiles` returns it.
    quantiles : array of shape (n_quantiles,)
    unit : array of shape (n_origins, n_targets), optional
        What the errors are in units of; by default they are in the unit of the forecasts.

    Returns
    -------
    array of shape (n_origins, steps, n_targets, 1 + n_quantiles)
        The forecast and its quantiles.
    """
    errors = errors_at(grid, quantiles)[: point.shape[1]]
    if unit is not None:
        errors = unit[:, None, :, None] * errors
    answer = np.empty((*point.shape, 1 + len(quantiles)))
    answer[..., 0] = point
    np.add(point[..., None], errors, out=answer[..., 1:])
    return around_point(answer, quantiles)


def around_point(answer: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Extend intervals of half of the actuals or more to the point forecast, in place.

    Where nearly all errors have one sign, their quantiles lie on one side of the point forecast:
    the interval would deny the forecast that it stands beside. A quantile of up to 1/4 is then the
    forecast itself, and so is one from 3/4 on. Intervals only become wider by this, and quantiles
    stay in order; those between are as the errors say.

    Parameters
    ----------
    answer : array of shape (…, 1 + n_quantiles)
        The point forecast, then its quantiles.
    quantiles : array of shape (n_quantiles,)
        Ascending.
    """
    point = answer[..., :1]
    n_lower = np.searchsorted(quantiles, _QUARTER, side="right")
    n_upper = len(quantiles) - np.searchsorted(quantiles, 1 - _QUARTER)
    lower = answer[..., 1 : 1 + n_lower]
    upper = answer[..., answer.shape[-1] - n_upper :]
    np.minimum(lower, point, out=lower)
    np.maximum(upper, point, out=upper)
    return answer


def normal_quantiles(point: np.ndarray, deviation: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Put the quantiles of normal errors behind the forecasts: (…, 1 + n_quantiles)."""
    # The point forecast is the median, at the score 0.
    scores = np.concatenate([[0.0], norm.ppf(quantiles)])
    return point[..., None] + deviation[..., None] * scores


def rearranged(values: np.ndarray) -> np.ndarray:
    """Sort quantiles along the last axis, so that they do not cross.

    Sorting estimated quantiles brings them nearer to the true ones, in every norm (Chernozhukov,
    Fernández-Val & Galichon (2010), Quantile and probability curves without crossing, Econometrica
    78(3), 1093-1125).
    """
    return np.sort(values, axis=-1)


def check_quantiles(quantiles: Sequence[float]) -> np.ndarray:
    """Return quantiles as an array; refuse what is not ascending or not between 0 and 1."""
    values = np.atleast_1d(np.asarray(quantiles, dtype=np.float64))
    inside = (values > 0) & (values < 1)
    ascending = np.diff(values) > 0
    if values.ndim != 1 or not inside.all() or not ascending.all():
        raise InputError(
            f"quantiles must be ascending numbers between 0 and 1; got {values.tolist()}."
        )
    return values
