"""Estimates of a seasonal ARIMA process: their parameters, Akaike's criterion, starting values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.forecasters.sarima import Coefficients, Orders

# First unconstrained AR, MA, seasonal AR and seasonal MA parameters: far from cancelling out.
_START = (0.1, -0.1, 0.1, -0.1)
# Starts from a neighbour are clipped here: beyond, tanh is flat, and nothing moves any more.
_LARGEST_START = 2.0


@dataclass(frozen=True)
class Estimate:
    """What is learned of a process.

    Parameters
    ----------
    orders : Orders
    params : array of shape (regressors + p + q + P + Q + 1,)
        Coefficients of the regressors, then AR, MA, seasonal AR, seasonal MA and the variance:
        statsmodels' order.
    aicc : float
        Akaike's criterion with the correction for short series.
    counted : int
        The observations of which the likelihood in `aicc` is.
    unconstrained : array of shape (p + q + P + Q,)
        Where the optimizer stopped; neighbouring orders start from there.
    converged : bool, default=True
        False where the optimizer gave up before the likelihood stopped rising.
    """

    orders: Orders
    params: np.ndarray
    aicc: float
    counted: int
    unconstrained: np.ndarray
    converged: bool = True

    def start(self, orders: Orders) -> np.ndarray:
        """Return unconstrained parameters for neighbouring orders; new ones begin near 0."""
        parts = Coefficients.of(self.unconstrained, self.orders)
        starts = []
        for part, size, new in zip(parts, orders.sizes, _START, strict=True):
            added = np.full(size, new)
            starts.append(np.append(part, added)[:size])
        return np.concatenate(starts).clip(-_LARGEST_START, _LARGEST_START)


def first_start(orders: Orders) -> np.ndarray:
    """Return unconstrained parameters where nothing is known yet, (p + q + P + Q,)."""
    return np.repeat(_START, orders.sizes)


def corrected_aic(deviance: float, n: int, k: int) -> float:
    """Return Akaike's criterion with the correction for short series, AICc.

    Hurvich & Tsai (1989), Biometrika 76(2), 297-307.

    Parameters
    ----------
    deviance : float
        -2 times the logarithm of the likelihood.
    n, k : int
        How many observations and parameters it has.

    Returns
    -------
    float
    """
    correction = 2 * k * (k + 1) / max(n - k - 1, 1)
    return float(deviance + 2 * k + correction)
