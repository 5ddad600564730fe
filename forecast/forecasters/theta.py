"""Theta, and Naive2, which is Theta with neither slope nor smoothing."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from forecast.forecasters.adjusted_smoothing import learn, store, stored
from forecast.forecasters.base import Forecaster
from forecast.forecasters.seasonality import season_length_of
from forecast.forecasters.simple_smoothing import least_squares_alpha
from forecast.tables.panel import Panel
from forecast.validation import Rule, integer, number, optional

__all__ = ["Naive2Forecaster", "ThetaForecaster"]

_FEWEST_ROWS = 3  # a slope and its errors


class ThetaForecaster(Forecaster):
    """The Theta method: simple exponential smoothing with half of the linear trend as drift.

    The mean of two "theta lines", the straight line and the series with its curvature doubled [1]_,
    is the same as simple exponential smoothing with drift [2]_. Each series and each target has its
    own. A season is taken out first, and multiplied (where all is positive, else added) to the
    forecasts again.

    Parameters
    ----------
    season_length : int, optional
        Rows in a season; 1 for none. By default what the frequency suggests. A season counts if the
        autocorrelation at its lag is beyond the 90 % limit in a series of three seasons or more.
    theta : float of at least 1, default=2.0
        The drift is the trend times ``1 - 1 / theta``; 1 is simple exponential smoothing.

    Attributes
    ----------
    drift_, alpha_, sigma_ : arrays of shape (n_series, n_targets)
        The drift per row, the weight of a new value, the standard deviation of the one-step errors;
        of the series without season, in the unit of y.
    indices_ : array of shape (n_series, n_targets, season_length or 1)
        The seasonal indices from the first training row on, 0 for a series without season.
    multiplies_ : array of shape (n_series, n_targets)
        Whether the indices are multiplied with the series without season, not added to it.
    state_ : array of shape (n_series, n_targets)
        The level after the last row; `update` carries it on.
    start_, ticks_ : Index of length n_series, array of shape (n_series,)
        The first training row of each series, and the number of its last remembered row, counted
        from there.

    Notes
    -----
    A table for `hindcast` that begins elsewhere takes its first value for the first level. The
    indices stay as learned, so a season that changes over the year, as that of a day does, is
    better left to `ETSForecaster`. The intervals are normal. Columns of X are not read.

    References
    ----------
    .. [1] Assimakopoulos & Nikolopoulos (2000), Int. J. Forecasting 16(4), 521-530.
    .. [2] Hyndman & Billah (2003), Int. J. Forecasting 19(2), 287-290.

    Examples
    --------
    >>> ThetaForecaster().fit([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).predict(2).round(2)
    array([6.5, 7. ])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "season_length": optional(integer(1)),
        "theta": number(1, closed=True),
    }
    _reads_features = False
    _is_local = True

    def __init__(self, season_length: int | None = None, theta: float = 2.0):
        self.season_length = season_length
        self.theta = theta

    def _needs(self) -> tuple[int, dict[str, object]]:
        return _FEWEST_ROWS, {}

    def _learn(self, panel: Panel) -> None:
        season_length = season_length_of(panel.frequency, self.season_length)
        store(self, learn(panel, season_length, self._drift_and_alpha))

    def _drift_and_alpha(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # The straight line has this weight in the forecast; the other theta line goes on level.
        drift = (1 - 1 / self.theta) * linear_trend(y)
        alpha = least_squares_alpha(y)
        return drift, alpha

    def _observe(self, panel: Panel) -> None:
        store(self, stored(self).after(panel))

    def _answer(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        quantiles: np.ndarray,
    ) -> np.ndarray:
        return stored(self).forecast(panel, origins, horizon, quantiles)

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        return stored(self).paths(panel, origins, horizon, n_paths, rng)


class Naive2Forecaster(Forecaster):
    """The last value without its season, times the season: Naive2 of the M competitions [1]_.

    What OWA of the M4 competition is relative to; without a season it is the last value. Each
    series and each target has its own seasonal indices.

    Parameters
    ----------
    season_length : int, optional
        As in `ThetaForecaster`.

    Attributes
    ----------
    drift_, alpha_, sigma_, indices_, multiplies_, state_, start_, ticks_
        As in `ThetaForecaster`; the drift is 0, alpha 1.

    References
    ----------
    .. [1] Makridakis, Spiliotis & Assimakopoulos (2020), Int. J. Forecasting 36(1), 54-74.

    Examples
    --------
    >>> y = [10.0, 20.0, 30.0] * 4
    >>> Naive2Forecaster(season_length=3).fit(y).predict(3).round(6)
    array([10., 20., 30.])
    """

    _rules: ClassVar[dict[str, Rule]] = {"season_length": optional(integer(1))}
    _reads_features = False
    _is_local = True

    def __init__(self, season_length: int | None = None):
        self.season_length = season_length

    def _needs(self) -> tuple[int, dict[str, object]]:
        return _FEWEST_ROWS, {}

    def _learn(self, panel: Panel) -> None:
        season_length = season_length_of(panel.frequency, self.season_length)
        store(self, learn(panel, season_length, _last_value))

    def _observe(self, panel: Panel) -> None:
        store(self, stored(self).after(panel))

    def _answer(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        quantiles: np.ndarray,
    ) -> np.ndarray:
        return stored(self).forecast(panel, origins, horizon, quantiles)

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        return stored(self).paths(panel, origins, horizon, n_paths, rng)


def linear_trend(y: np.ndarray) -> np.ndarray:
    """Return the slope of the least-squares line through each column, (columns,)."""
    time = np.arange(len(y)) - (len(y) - 1) / 2  # its mean is 0
    return time @ (y - y.mean(axis=0)) / (time @ time)


def _last_value(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return drift and alpha with which the level of each column is its last value."""
    columns = y.shape[1]
    return np.zeros(columns), np.ones(columns)
