"""What a network weighs: forecasts of eight simple rules, in closed form, and their past errors.

Arrays of forecasts are (n_steps, n_series, n_origins), those of series (n_series, n_rows).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.pretrained.autoregression import Autoregression
from forecast.pretrained.profiles import rows_of, season_profile

N_CANDIDATES = 8
STEPS_TRIED = 48  # at least, and by as many the rules are compared: whatever the horizon
_ALPHAS = np.array([0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.0], dtype=np.float32)
_FEWEST_LATE = 128  # rows
_N_ORIGINS = 16  # in the past of each series, at which the rules are tried


class Candidates(NamedTuple):
    """Forecasts of each rule from the last row, and how far off they were in the past.

    Parameters
    ----------
    forecasts : array of shape (n_series, n_steps, N_CANDIDATES)
        Of `STEPS_TRIED` steps at least.
    errors : array of the same shape
        The mean absolute error at each step, from rows in the later half of the series; where none
        is so far before the end, that of the last step which has one.
    adjusted : array of shape (n_series, n_rows)
        The series without its seasons.
    profiles : tuple of two arrays of shape (n_series, season)
    trusts : tuple of two arrays of shape (n_series,)
        Of `season_profile`, for each season.
    """

    forecasts: np.ndarray
    errors: np.ndarray
    adjusted: np.ndarray
    profiles: tuple[np.ndarray, np.ndarray]
    trusts: tuple[np.ndarray, np.ndarray]


def candidates(y: np.ndarray, seasons: tuple[int, int], n_steps: int) -> Candidates:
    """Forecast with each rule.

    Parameters
    ----------
    y : array of shape (n_series, n_rows), finite
    seasons : pair of int
        The shorter first. A season of one row is none; where there is only one, both are the same.
    n_steps : int
    """
    n_rows = y.shape[1]
    n_steps = max(n_steps, STEPS_TRIED)
    rules = _Rules(y, seasons)
    (forecasts,) = rules.ahead(np.array([n_rows - 1]), n_steps).transpose(2, 1, 0, 3)
    # The rules are tried from rows in the later half, as far as there are values after them.
    furthest = n_rows // 2
    nearest = max(1, min(STEPS_TRIED, furthest) // 2)
    origins = n_rows - 1 - np.linspace(furthest, nearest, _N_ORIGINS).astype(int)
    errors = _past_errors(y, rules.ahead(origins, min(n_steps, furthest)), origins)
    # Beyond, errors are those of the last step that has one.
    steps = np.minimum(np.arange(n_steps), errors.shape[1] - 1)
    return Candidates(forecasts, errors[:, steps], rules.adjusted, rules.profiles, rules.trusts)


class _Rules:
    """The rules with what they have learned of some series."""

    def __init__(self, y: np.ndarray, seasons: tuple[int, int]) -> None:
        short, long = seasons
        n_rows = y.shape[1]
        self.y = y
        self.seasons = seasons
        first, trust = season_profile(y, short)
        adjusted = y - rows_of(first, n_rows)
        second, trust2 = season_profile(adjusted, long if long > short else 1)
        self.adjusted = adjusted - rows_of(second, n_rows)
        self.profiles = first, second
        self.trusts = trust, trust2

        self.around_mean = _around_mean(self.adjusted, n_rows)
        # Of few rows the latest ones are all of them.
        n_latest = max(_FEWEST_LATE, n_rows // 3)
        has_earlier = n_latest < n_rows
        self.lately = _around_mean(self.adjusted, n_latest) if has_earlier else self.around_mean
        self.of_changes = Autoregression(np.diff(self.adjusted, axis=1))
        self.theta = _Theta(self.adjusted)
        self.by_season = _season_changes(y, short)
        self.by_long = _season_changes(y, long) if long > short else self.by_season

    def ahead(self, origins: np.ndarray, n_steps: int) -> np.ndarray:
        """Forecast from some rows: (n_steps, n_series, n_origins, N_CANDIDATES)."""
        short, long = self.seasons
        n_rows = self.y.shape[1]
        ahead = origins[:, None] + np.arange(1, n_steps + 1) - n_rows
        first, second = (_at(profile, ahead) for profile in self.profiles)
        season = first + second
        last = np.broadcast_to(self.adjusted[:, origins], season.shape)
        around_mean = self.around_mean.ahead(origins, n_steps)
        lately = around_mean
        if self.lately is not self.around_mean:
            lately = self.lately.ahead(origins - n_rows + self.lately.x.shape[1], n_steps)
        by_season = _seasonally_integrated(self.y, self.by_season, short, origins, n_steps)
        by_long = by_season
        if self.by_long is not self.by_season:
            by_long = _seasonally_integrated(self.y, self.by_long, long, origins, n_steps)
        rules = (
            last + season,
            around_mean + season,
            lately + season,
            last + np.cumsum(self.of_changes.ahead(origins - 1, n_steps), axis=0) + season,
            self.theta.ahead(origins, n_steps) + season,
            _seasonal_naive(self.y, short, origins, n_steps),
            by_season,
            by_long,
        )
        return np.stack(rules, axis=-1)


def _at(profile: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return a profile at rows (n_origins, n_steps) from the end: as forecasts are."""
    return profile[:, rows % profile.shape[1]].transpose(2, 0, 1)


def _around_mean(x: np.ndarray, n_latest: int) -> Autoregression:
    """Learn what the latest rows say of their way back to their mean."""
    latest = x[:, -n_latest:]
    return Autoregression(latest, latest.mean(axis=1, keepdims=True))


def _season_changes(y: np.ndarray, season: int) -> Autoregression:
    """Learn how the changes from season to season follow one another."""
    return Autoregression(y[:, season:] - y[:, :-season])


class _Theta:
    """The Theta method: the smoothed level, and half the slope of the line.

    Assimakopoulos and Nikolopoulos (2000), International Journal of Forecasting 16(4), 521-530;
    the smoothing is the one of a few that has foretold the next row best.
    """

    def __init__(self, x: np.ndarray) -> None:
        n_series, n_rows = x.shape
        levels = np.empty((n_rows, len(_ALPHAS), n_series), dtype=x.dtype)
        level = np.repeat(x[None, :, 0], len(_ALPHAS), axis=0)
        errors = np.zeros_like(level)
        levels[0] = level
        for row in range(1, n_rows):
            difference = x[:, row] - level
            errors += difference**2
            level = level + _ALPHAS[:, None] * difference
            levels[row] = level
        best = errors.argmin(axis=0)
        self.smoothed = levels[:, best, np.arange(n_series)].T
        self.alpha = _ALPHAS[best][:, None]
        centred = np.arange(n_rows, dtype=x.dtype) - (n_rows - 1) / 2
        self.slope = (x @ centred / (centred @ centred))[:, None] / 2

    def ahead(self, origins: np.ndarray, n_steps: int) -> np.ndarray:
        """Forecast from some rows of each series: (n_steps, n_series, n_origins)."""
        smoothed = self.smoothed[:, origins]
        # The level lags behind the line, and more so the longer it has been smoothed.
        delay = (1 - (1 - self.alpha) ** (origins + 1)) / self.alpha - 1
        steps = np.arange(1, n_steps + 1, dtype=smoothed.dtype)[:, None, None]
        return smoothed + self.slope * (steps + delay.astype(smoothed.dtype))


def _seasonal_naive(y: np.ndarray, season: int, origins: np.ndarray, n_steps: int) -> np.ndarray:
    """Repeat the last season before each origin."""
    steps = np.arange(n_steps)[:, None] % season
    rows = np.maximum(origins - season + 1 + steps, 0)
    return y[:, rows].transpose(1, 0, 2)


def _seasonally_integrated(
    y: np.ndarray, changes: Autoregression, season: int, origins: np.ndarray, n_steps: int
) -> np.ndarray:
    """Forecast the changes from season to season, and add them up."""
    path = changes.ahead(origins - season, n_steps)
    for first in range(season, n_steps, season):
        later = path[first : first + season]
        later += path[first - season : first - season + len(later)]
    return path + _seasonal_naive(y, season, origins, n_steps)


def _past_errors(y: np.ndarray, paths: np.ndarray, origins: np.ndarray) -> np.ndarray:
    """Return mean absolute errors, (n_series, n_steps, N_CANDIDATES)."""
    n_rows = y.shape[1]
    n_steps, n_series, _, n_rules = paths.shape
    total = np.zeros((n_steps, n_series, n_rules), dtype=y.dtype)
    count = np.zeros(n_steps, dtype=y.dtype)
    for number, origin in enumerate(origins):
        known = min(n_steps, n_rows - 1 - origin)  # steps up to the last row
        actual = y[:, origin + 1 : origin + 1 + known].T[:, :, None]
        total[:known] += np.abs(actual - paths[:known, :, number])
        count[:known] += 1
    return (total / count[:, None, None]).transpose(1, 0, 2)
