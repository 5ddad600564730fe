"""The choice between a series and its logarithm, made here for all forecasters: by likelihood."""

from __future__ import annotations

import numpy as np

from forecast.forecasters.process import filled
from forecast.tables.panel import Panel

_LEAST_GAIN = 0.03  # of the mean change, in logarithms


def prefers_logarithm(y: np.ndarray, season_length: int) -> np.ndarray:
    """Say of each series whether its changes are more even after the logarithm.

    Parameters
    ----------
    y : array of shape (n_series, n_rows), finite
    season_length : int
        1 for no season.

    Returns
    -------
    array of bool, of shape (n_series,)
        False where a value is not above 0.

    Notes
    -----
    Changes are to the row before or to that of the last season, whichever are smaller. Under the
    double exponential distribution -n log(mean |change|) is their log-likelihood, but for a
    constant; that of logarithms has the Jacobian of the transformation, -Σ log y, beside it [1]_.
    It must win by more than Akaike's price of one parameter, and by 3 % of the mean change: of many
    rows the least unevenness is likely, but on simulated series forecasts of the logarithm are no
    better for it, and a logarithm of degrees has no meaning. The forecasts of ARIMA were as good by
    this rule as by the likelihoods of ARIMA models of both.

    References
    ----------
    .. [1] Box & Cox (1964), An analysis of transformations, Journal of the Royal Statistical
       Society B 26(2), 211-252.
    """
    n_rows = y.shape[1]
    positive = (y > 0).all(axis=1)
    plain = y[positive]
    logarithms = np.log(plain)
    lags = {1, season_length} if n_rows > season_length + 1 else {1}
    cost, cost_of_logarithms = (_cost(x, lags) for x in (plain, logarithms))
    gain = cost - cost_of_logarithms - logarithms.mean(axis=1)
    chosen = np.zeros(len(y), dtype=bool)
    chosen[positive] = (gain > max(1 / n_rows, _LEAST_GAIN)) & (np.ptp(plain, axis=1) > 0)
    return chosen


def _cost(x: np.ndarray, lags: set[int]) -> np.ndarray:
    """Return the logarithm of the mean change of each series, (n_series,)."""
    changes = [np.abs(x[:, lag:] - x[:, :-lag]).mean(axis=1) for lag in lags]
    return np.log(np.min(changes, axis=0) + np.finfo(float).tiny)


def log_floor(y: np.ndarray, season_length: int) -> float:
    """Return the smallest value where the logarithm is to be modelled, NaN where y itself is.

    Parameters
    ----------
    y : array of shape (n_rows,)
        Straight lines are drawn through NaN.
    season_length : int
        1 for no season.
    """
    (chosen,) = prefers_logarithm(filled(y)[None], season_length)
    return float(np.nanmin(y)) if chosen else np.nan


def logarithms(y: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Return the logarithms of y where there is a floor, and y where it is NaN.

    Later values may be 0 or below, of which there is no logarithm: they count as the floor. Others
    below it are what they are.
    """
    positive = np.where(y <= 0, floor, y)
    return np.log(positive, out=np.array(y, dtype=float), where=np.isfinite(floor))


def log_floors(panel: Panel, season_length: int) -> np.ndarray:
    """Return the floor of each series and target of a panel, (n_series, n_targets)."""
    return np.array(
        [[log_floor(y, season_length) for y in panel.y[rows].T] for rows in panel.series()]
    )
