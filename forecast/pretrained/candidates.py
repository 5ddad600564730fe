"""What a network weighs: forecasts of seven simple rules, in closed form, and their past errors.

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
    short, long = seasons
    profile, trust = season_profile(y, short)
    adjusted = y - rows_of(profile, n_rows)
    profile2, trust2 = season_profile(adjusted, long if long > short else 1)
    adjusted = adjusted - rows_of(profile2, n_rows)

    # The rules are tried from past origins, and asked from the last row.
    furthest = n_rows // 2
    nearest = max(1, min(STEPS_TRIED, furthest) // 2)
    back = np.linspace(furthest, nearest, _N_ORIGINS).astype(int)
    origins = np.append(n_rows - 1 - back, n_rows - 1)
    ahead = origins[:, None] + np.arange(1, n_steps + 1)  # (n_origins, n_steps)
    season = _at(profile, ahead - n_rows) + _at(profile2, ahead - n_rows)

    last = adjusted[:, origins]
    changes = np.diff(adjusted, axis=1)
    integrated = last + np.cumsum(Autoregression(changes).ahead(origins - 1, n_steps), axis=0)
    rules = [
        np.broadcast_to(last, integrated.shape) + season,
        _around_mean(adjusted, n_rows, origins, n_steps) + season,
        _around_mean(adjusted, max(_FEWEST_LATE, n_rows // 3), origins, n_steps) + season,
        integrated + season,
        _theta(adjusted, origins, n_steps) + season,
        _seasonal_naive(y, short, origins, n_steps),
        _seasonally_integrated(y, short, origins, n_steps),
        _seasonally_integrated(y, long, origins, n_steps),
    ]
    paths = np.stack(rules, axis=-1)  # (n_steps, n_series, n_origins, N_CANDIDATES)
    errors = _past_errors(y, paths[:, :, :-1], ahead[:-1])
    forecasts = np.ascontiguousarray(paths[:, :, -1].transpose(1, 0, 2))
    return Candidates(forecasts, errors, adjusted, (profile, profile2), (trust, trust2))


def _at(profile: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return a profile at rows (n_origins, n_steps) from the end: as forecasts are."""
    return profile[:, rows % profile.shape[1]].transpose(2, 0, 1)


def _around_mean(x: np.ndarray, n_latest: int, origins: np.ndarray, n_steps: int) -> np.ndarray:
    """Forecast by what the latest rows say of their way back to their mean."""
    latest = x[:, -n_latest:]
    left_out = x.shape[1] - latest.shape[1]
    mean = latest.mean(axis=1, keepdims=True)
    return Autoregression(latest, mean).ahead(origins - left_out, n_steps)


def _theta(x: np.ndarray, origins: np.ndarray, n_steps: int) -> np.ndarray:
    """Forecast by the Theta method: the smoothed level, and half the slope of the line.

    Assimakopoulos and Nikolopoulos (2000), International Journal of Forecasting 16(4), 521-530;
    the smoothing is the one of a few that has foretold the next row best.
    """
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
    smoothed = levels[origins][:, best, np.arange(n_series)].T
    # Half the slope of the regression line, after the delay of the smoothing is made up for.
    centred = np.arange(n_rows, dtype=x.dtype) - (n_rows - 1) / 2
    slope = (x @ centred / (centred @ centred))[:, None] / 2
    alpha = _ALPHAS[best][:, None]
    delay = ((1 - (1 - alpha) ** (origins + 1)) / alpha - 1).astype(x.dtype)
    steps = np.arange(1, n_steps + 1, dtype=x.dtype)[:, None, None]
    return smoothed + slope * (steps + delay)


def _seasonal_naive(y: np.ndarray, season: int, origins: np.ndarray, n_steps: int) -> np.ndarray:
    """Repeat the last season before each origin."""
    steps = np.arange(n_steps)[:, None] % season
    rows = np.maximum(origins - season + 1 + steps, 0)
    return y[:, rows].transpose(1, 0, 2)


def _seasonally_integrated(
    y: np.ndarray, season: int, origins: np.ndarray, n_steps: int
) -> np.ndarray:
    """Forecast the changes from season to season by an autoregression, and add them up."""
    if y.shape[1] < 2 * season:
        season = 1
    changes = y[:, season:] - y[:, :-season]
    path = Autoregression(changes).ahead(origins - season, n_steps)
    for first in range(season, n_steps, season):
        later = path[first : first + season]
        later += path[first - season : first - season + len(later)]
    return path + _seasonal_naive(y, season, origins, n_steps)


def _past_errors(y: np.ndarray, paths: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Return mean absolute errors, (n_series, n_steps, N_CANDIDATES)."""
    n_rows = y.shape[1]
    n_steps = len(paths)
    total = np.zeros((n_steps, len(y), paths.shape[-1]), dtype=y.dtype)
    count = np.zeros(n_steps, dtype=y.dtype)
    for number, rows in enumerate(ahead):
        known = int(np.searchsorted(rows, n_rows))  # steps up to the last row
        actual = y[:, rows[:known]].T[:, :, None]
        total[:known] += np.abs(actual - paths[:known, :, number])
        count[:known] += 1
    furthest = int(np.flatnonzero(count)[-1])
    errors = total / np.maximum(count, 1)[:, None, None]
    errors[furthest + 1 :] = errors[furthest]
    return errors.transpose(1, 0, 2)
