"""The naive forecast: the value of one season ago, with drift if wanted."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import NO_QUANTILES, normal_quantiles
from forecast.tables.panel import Panel
from forecast.validation import Rule, flag, integer

__all__ = ["NaiveForecaster"]


class NaiveForecaster(Forecaster):
    """Forecast the last value of the same place in the season.

    It is the yardstick of every other forecaster. With ``season_length=1`` this is the random walk
    [1]_::

        forecast[o + h] = y[o + h - k * season_length] + k * season_length * drift
        k = ceil(h / season_length)

    where the drift of a row is the mean step of the training part, ``(y[-1] - y[0]) / (n - 1)``,
    for a season the mean change from one season to the next; it stays as learned under `update`.

    Parameters
    ----------
    season_length : int, default=1
        The number of rows in a season: 24 for the day of an hourly series.
    drift : bool, default=False
        Whether forecasts continue the mean slope of the training part.

    Attributes
    ----------
    drift_ : array of shape (n_series, n_targets)
        Mean change per row; 0 without drift.
    seasons_ : array of shape (n_series,)
        How many seasons of changes, each from one season to the next, the training part has.
    sigma_ : array of shape (n_series, n_targets)
        Standard deviation of the one-season errors in the training part, in the unit of y.

    Notes
    -----
    The intervals are those of independent normal errors with standard deviation
    ``sigma * sqrt(k)``, with drift ``sigma * sqrt(k * (1 + k / seasons_))``. Columns of X are
    not read.

    References
    ----------
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., sections
       5.2 and 5.5.

    Examples
    --------
    >>> NaiveForecaster(season_length=3).fit([1.0, 2.0, 3.0, 4.0]).predict(4)
    array([2., 3., 4., 2.])
    >>> NaiveForecaster(drift=True).fit([1.0, 2.0, 4.0]).predict(2)
    array([5.5, 7. ])
    """

    _rules: ClassVar[dict[str, Rule]] = {"season_length": integer(1), "drift": flag()}
    _reads_features = False
    _is_local = True

    def __init__(self, season_length: int = 1, drift: bool = False):
        self.season_length = season_length
        self.drift = drift

    def _needs(self) -> tuple[int, dict[str, object]]:
        return self.season_length + 1, {"season_length": self.season_length}

    def _memory(self) -> int:
        return self.season_length

    def _learn(self, panel: Panel) -> None:
        m = self.season_length
        # The changes over one season, of all series one behind the other, (n_changes, targets).
        rows = np.flatnonzero(panel.position >= m)
        changes = panel.y[rows] - panel.y[rows - m]
        # How many each series has, and where they begin.
        counts = panel.lengths - m
        begins = np.cumsum(counts) - counts
        self.seasons_ = counts / m
        # The mean and the deviation from it, series by series.
        mean = np.add.reduceat(changes, begins, axis=0) / counts[:, None]
        self.drift_ = mean / m * self.drift
        errors = changes - m * np.repeat(self.drift_, counts, axis=0)
        variance = np.add.reduceat(errors**2, begins, axis=0) / counts[:, None]
        self.sigma_ = np.sqrt(variance)

    def _answer(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        quantiles: np.ndarray,
    ) -> np.ndarray:
        m = self.season_length
        steps = np.arange(1, horizon + 1)
        seasons_back = -(-steps // m)  # (horizon,)
        series = panel.codes[origins]
        numbers = panel.numbers[series]
        # The same place in the last season, (origins, horizon); NaN before the first row.
        rows = origins[:, None] + steps - m * seasons_back
        before = rows < panel.bounds[series][:, None]
        last_season = panel.y[np.maximum(rows, 0)]  # (origins, horizon, targets)
        last_season[before] = np.nan
        drift = self.drift_[numbers][:, None]  # (origins, 1, targets)
        point = last_season + (m * seasons_back)[:, None] * drift
        # Errors add up from season to season; with drift, that of the drift grows with them.
        growth = np.ones((len(origins), horizon))
        if self.drift:
            growth += seasons_back / self.seasons_[numbers][:, None]
        sigma = self.sigma_[numbers][:, None]
        deviation = np.sqrt(seasons_back * growth)[..., None] * sigma
        return normal_quantiles(point, deviation, quantiles)

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        m = self.season_length
        numbers = panel.training_series(origins)
        point = self._answer(panel, origins, horizon, NO_QUANTILES)[..., 0]
        n_origins, _, n_targets = point.shape
        # Each place in the season has a random walk of its own, from season to season.
        seasons = -(-horizon // m)
        errors = rng.standard_normal((n_origins, n_paths, seasons, m, n_targets))
        walk = errors.cumsum(axis=2)
        if self.drift:
            # The drift is a mean over the seasons learned from, and has the error of one.
            error = rng.standard_normal((n_origins, n_paths, 1, m, n_targets))
            seasons_ahead = np.arange(1, seasons + 1)[:, None, None]
            learned_from = self.seasons_[numbers][:, None, None, None, None]
            walk += error * seasons_ahead / np.sqrt(learned_from)
        # Row after row: (origins, paths, horizon, targets).
        walk = walk.reshape(n_origins, n_paths, seasons * m, n_targets)
        sigma = self.sigma_[numbers][:, None, None]
        return point[:, None] + sigma * walk[:, :, :horizon]
