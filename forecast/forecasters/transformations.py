"""Transformations of a target: increasing functions that are learned of one series.

All functions take arrays of any shape. NaN stays NaN, and what a function is not made for becomes
NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import boxcox, boxcox1p, inv_boxcox, inv_boxcox1p

# What the values have to be above.
LOWEST = {"log": 0.0, "log1p": -1.0, "box-cox": 0.0, "yeo-johnson": -np.inf}

# Of the size of a constant. Deviations up to here are lost in the rounding of a power of it: more
# than the last bits of the values themselves, as `is_rounding` has it.
_ROUNDING = 1e-12


class Transformation(Protocol):
    """What has been learned of one target of one series."""

    def forward(self, y: np.ndarray) -> np.ndarray:
        """Transform values of the target."""

    def backward(self, z: np.ndarray) -> np.ndarray:
        """Return the target from its transformed values."""


@dataclass(frozen=True)
class PowerTransformation:
    """A power, or the logarithm, of a target.

    Parameters
    ----------
    name : {"log", "log1p", "box-cox", "yeo-johnson"}
    power : float
        Box and Cox's, or Yeo and Johnson's, lambda; 0 for logarithms.
    unit : float
        What values are divided by first.
    """

    name: str
    power: float
    unit: float

    def forward(self, y: np.ndarray) -> np.ndarray:
        """Transform values of the target."""
        y = np.where(y > LOWEST[self.name], y, np.nan)
        if self.name == "log1p":
            return np.log1p(y)
        if self.name == "yeo-johnson":
            return _yeo_johnson(y / self.unit, self.power)
        return np.asarray(boxcox(y / self.unit, self.power))

    def backward(self, z: np.ndarray) -> np.ndarray:
        """Return the target from its transformed values; infinity where it is too large."""
        with np.errstate(over="ignore"):
            if self.name == "log1p":
                return np.expm1(z)
            if self.name == "yeo-johnson":
                return self.unit * _inverse_yeo_johnson(z, self.power)
            if self.power > 0:
                # Below, there is no power any more: the smallest is that of 0.
                z = np.maximum(z, -1 / self.power)
            return np.asarray(self.unit * inv_boxcox(z, self.power))


def learn_power(name: str, y: np.ndarray, season_length: int) -> PowerTransformation:
    """Learn a transformation of one target.

    Parameters
    ----------
    name : {"log", "log1p", "box-cox", "yeo-johnson"}
    y : array of shape (n_rows,)
        Above `LOWEST`; NaN is left out.
    season_length : int

    Returns
    -------
    PowerTransformation
    """
    if name == "log1p":
        return PowerTransformation(name, 0.0, 1.0)
    if name == "yeo-johnson":
        unit = _deviation(y)
        return PowerTransformation(name, yeo_johnson_power(y / unit), unit)
    # The geometric mean becomes 0, so that the unit of y does not matter.
    unit = float(np.exp(np.nanmean(np.log(y))))
    power = 0.0 if name == "log" else guerrero_power(y / unit, season_length)
    return PowerTransformation(name, power, unit)


def guerrero_power(y: np.ndarray, season_length: int) -> float:
    """Return the power from 0 to 1 that makes the deviation within seasons most alike [1]_.

    Powers below 0 are left out [2]_: they put a finite end to what is transformed, beyond which
    forecasts would be infinite.

    Parameters
    ----------
    y : array of shape (n_rows,)
        Above 0; NaN is left out.
    season_length : int
        Pairs of rows stand for seasons where there are none, or not two.

    Returns
    -------
    float
        1 where the deviation says nothing.

    References
    ----------
    .. [1] Guerrero (1993), Time-series analysis supported by power transformations, Journal of
       Forecasting 12(1), 37-48.
    .. [2] Bergmeir, Hyndman & Benítez (2016), Bagging exponential smoothing methods, Int. J.
       Forecasting 32(2), 303-312, section 2.1.
    """
    period = season_length if 1 < season_length <= len(y) // 2 else 2
    # Whole seasons, up to the last row.
    n_seasons = len(y) // period
    seasons = y[len(y) - n_seasons * period :].reshape(n_seasons, period)
    seasons = seasons[(~np.isnan(seasons)).sum(axis=1) > 1]
    if len(seasons) < 2:
        return 1.0
    mean = np.nanmean(seasons, axis=1)
    deviation = np.nanstd(seasons, axis=1, ddof=1)
    if not np.any(deviation > _ROUNDING * mean):
        return 1.0

    def variation(power: float) -> float:
        """Return how unlike the deviations of the transformed seasons are, about."""
        ratio = deviation / mean ** (1 - power)
        return float(ratio.std() / ratio.mean())

    return _minimum(variation, 1.0)


def yeo_johnson_power(y: np.ndarray) -> float:
    """Return the most likely power from 0 to 2 of a sample, NaN left out [1]_.

    With these powers every number is the image of one. 1 for a constant, which is left as it is.

    References
    ----------
    .. [1] Yeo & Johnson (2000), A new family of power transformations to improve normality or
       symmetry, Biometrika 87(4), 954-959.
    """
    y = y[~np.isnan(y)]
    if np.ptp(y) <= _ROUNDING * np.abs(y).max():
        return 1.0
    log_jacobian = np.mean(np.sign(y) * np.log1p(np.abs(y)))

    def minus_likelihood(power: float) -> float:
        """Return the negative logarithm of the normal likelihood of a row, but for a constant."""
        variance = np.var(_yeo_johnson(y, power))
        return float(np.log(variance) / 2 - (power - 1) * log_jacobian)

    return _minimum(minus_likelihood, 2.0)


def _minimum(loss: Any, highest: float) -> float:
    """Return where a loss is smallest, from 0 to `highest`."""
    found = minimize_scalar(loss, bounds=(0.0, highest), method="bounded", options={"xatol": 1e-6})
    # The ends themselves are only come near to.
    return min((0.0, highest, float(found.x)), key=loss)


def _yeo_johnson(y: np.ndarray, power: float) -> np.ndarray:
    """Return the transformation of Yeo and Johnson: Box and Cox's of 1 + |y|, with the sign of y.

    Negative values have the power ``2 - power``.
    """
    own_power = np.where(y < 0, 2 - power, power)
    return np.asarray(np.sign(y) * boxcox1p(np.abs(y), own_power))


def _inverse_yeo_johnson(z: np.ndarray, power: float) -> np.ndarray:
    """Return the inverse of `_yeo_johnson`."""
    own_power = np.where(z < 0, 2 - power, power)
    return np.asarray(np.sign(z) * inv_boxcox1p(np.abs(z), own_power))


def _deviation(y: np.ndarray) -> float:
    """Return the standard deviation; of a constant its size, and 1 where that is 0."""
    deviation = float(np.nanstd(y))
    size = float(np.nanmax(np.abs(y)))
    if deviation > _ROUNDING * size:
        return deviation
    return size or 1.0
