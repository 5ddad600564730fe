"""The naive forecast: the value of one season ago, with drift if wanted."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy.stats import norm

from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import NO_QUANTILES
from forecast.tables.panel import Panel
from forecast.validation import Rule, flag, integer

__all__ = ["NaiveForecaster"]


class NaiveForecaster(Forecaster):
    """Forecast the last value of the same place in the season: the yardstick of every other
    forecaster.

    With ``season_length=1`` this is the random walk [1]_::

        forecast[o + h] = y[o + h - k * season_length] + k * season_length * drift,   k = ceil(h /
        season_length)

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
    sigma_ : array of shape (n_series, n_targets)
        Standard deviation of the one-season errors in the training part, in the unit of y.

    Notes
    -----
    The intervals are those of independent normal errors with standard deviation
    ``sigma * sqrt(k)``, with drift ``sigma * sqrt(k * (1 + k / (seasons - 1)))``. Columns of X are
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

    def __init__(self, season_length: int = 1, drift: bool = False):
        self.season_length = season_length
        self.drift = drift

    def _needs(self) -> tuple[int, str]:
        return self.season_length + 1, f"season_length={self.season_length}"

    def _memory(self) -> int:
        return self.season_length

    def _learn(self, panel: Panel) -> None:
        m = self.season_length
        parts = [panel.y[rows] for rows in panel.series()]
        changes = [y[m:] - y[:-m] for y in parts]
        self.seasons_ = np.array([len(c) / m for c in changes])
        self.drift_ = np.array([c.mean(axis=0) / m * self.drift for c in changes])
        self.sigma_ = np.array(
            [
                np.sqrt(((c - m * d) ** 2).mean(axis=0))
                for c, d in zip(changes, self.drift_, strict=True)
            ]
        )

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        m, fitted = self.season_length, panel.numbers[panel.codes[origins]]
        point = self._answer(panel, origins, horizon, NO_QUANTILES)[
            ..., 0
        ]  # (origins, horizon, targets)
        seasons = -(-horizon // m)
        shape = len(origins), n_paths, seasons, m, point.shape[2]
        walk = rng.standard_normal(shape).cumsum(
            axis=2
        )  # each place in the season has a random walk of its own
        if self.drift:  # whose drift is known but roughly
            rough = (
                rng.standard_normal((*shape[:2], 1, *shape[3:]))
                * np.arange(1, seasons + 1)[:, None, None]
            )
            walk += rough / np.sqrt(self.seasons_[fitted])[:, None, None, None, None]
        walk = walk.reshape(*shape[:2], seasons * m, -1)[:, :, :horizon]
        return point[:, None] + self.sigma_[fitted][:, None, None] * walk

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        m, steps = self.season_length, np.arange(1, horizon + 1)
        back = -(-steps // m)  # seasons back, (horizon,)
        rows = origins[:, None] + steps - back * m
        codes = panel.codes[origins]
        fitted = panel.numbers[codes]
        short = rows < panel.bounds[codes][:, None]
        base = np.where(
            short[..., None], np.nan, panel.y[np.maximum(rows, 0)]
        )  # (origins, horizon, targets)
        point = base + (back * m)[:, None] * self.drift_[fitted][:, None]
        grown = back * (1 + self.drift * back / self.seasons_[fitted][:, None])
        spread = np.sqrt(grown)[..., None] * self.sigma_[fitted][:, None]
        return point[..., None] + spread[..., None] * np.concatenate([[0.0], norm.ppf(quantiles)])
