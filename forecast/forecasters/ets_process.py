"""Exponential smoothing as a process: its states, and forecasts from them.

The equations are those of Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential
Smoothing: The State Space Approach, chapters 2 and 6, in the form in which statsmodels runs them.
A state holds level, slope and season, the oldest season first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.forecasters.ets_form import Form, smoothed_states
from forecast.forecasters.process import Rows, noise

FIRST_ROWS = 8  # that the first level and slope are drawn through


@dataclass(frozen=True)
class ETSProcess:
    """What has been learned of one target of one series.

    Parameters
    ----------
    form : Form
    season_length : int
    weights : array of shape (4,)
        alpha, beta, gamma and phi.
    variance : float
        Of the one-step errors; these are relative where the error is multiplicative.
    initial_state : array of shape (2,) or (2 + season_length,)
        The state before the first training row.
    """

    form: Form
    season_length: int
    weights: np.ndarray
    variance: float
    initial_state: np.ndarray

    @property
    def reach(self) -> int:
        """The rows that a table which begins elsewhere needs for a first state, less one."""
        return max(FIRST_ROWS, 2 * self.season_length * self.form.has_season) - 1

    def states(
        self,
        rows: Rows,
        begin: np.ndarray | None,
        counts: np.ndarray,
    ) -> np.ndarray:
        """Return the states after so many rows, (counts, numbers)."""
        if begin is None:
            begin = self._first_state(rows)
        if not len(rows.y):
            return np.repeat(begin[None], len(counts), axis=0)
        if self.form.season == "M" and rows.y.min() <= 0:
            return self._stepped(rows.y, begin)[counts]
        weights = self.weights[self.form.free_weights]
        smoothed = smoothed_states(rows.y, self.form, begin, weights)  # (rows, numbers)
        # Before the first row and after each one: level, slope, and the season of that row.
        level = np.append(begin[0], smoothed[:, 0])
        slope = np.zeros(len(level))
        if self.form.has_trend:
            slope = np.append(begin[1], smoothed[:, 1])
        season = np.concatenate([begin[2:], smoothed[:, -1]])
        # A state holds the seasons of the last rows, as many as there are in the first state.
        places = counts[:, None] + np.arange(len(begin) - 2)
        return np.column_stack([level[counts], slope[counts], season[places]])

    def _stepped(self, y: np.ndarray, begin: np.ndarray) -> np.ndarray:
        """Return the states before the first row and after each one, where y holds zeros.

        statsmodels refuses these with a multiplicative season, which can take them while the level
        stays above 0; from the row on where it does not, the states are NaN.

        Returns
        -------
        array of shape (rows + 1, numbers)
        """
        states = np.full((len(y) + 1, len(begin)), np.nan)
        states[0] = begin
        level, slope, *seasons = begin
        for row, value in enumerate(y, 1):
            expected = level + self.weights[3] * slope
            season = np.asarray(seasons.pop(0))
            error = value - self._with_season(expected, season)
            level, slope, new = self._learned_from(error, expected, slope, season, value)
            if not level > 0:
                break
            seasons.append(float(np.asarray(new)))
            states[row] = level, slope, *seasons
        return states

    def _first_state(self, rows: Rows) -> np.ndarray:
        """Return the state before the first row, a simple one where a table begins elsewhere."""
        if rows.ticks[0] == 0:
            return self.initial_state
        return initial_state(rows.y, self.form, self.season_length)

    def forecast(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        with_variance: bool,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance, (origins, horizon) each."""
        horizon = ahead.shape[1]
        # The level of each step, (origins, horizon).
        level = states[:, :1] + states[:, 1:2] * self._damped_steps(horizon)
        season = _season_ahead(states, horizon)
        mean = level * season if self.form.season == "M" else level + season
        if not with_variance:
            return mean, np.zeros(mean.shape)
        return mean, self._variances(level, season)

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths (origins, paths, horizon): each step has an error, and learns from it."""
        # One-step errors, (origins, paths, horizon); relative where the error is multiplicative.
        deviation = np.sqrt(self.variance)
        errors = deviation * noise(ahead, n_paths, rng)
        # All paths of an origin begin with its state: (origins, paths) for each number of it.
        level, slope, *seasons = np.repeat(states.T[:, :, None], n_paths, axis=2)
        paths = np.empty(errors.shape)
        for h in range(errors.shape[2]):
            season = seasons.pop(0) if seasons else None
            # What is expected of this step, and its error.
            level = level + self.weights[3] * slope
            mean = self._with_season(level, season)
            error = errors[..., h] * (mean if self.form.error == "M" else 1.0)
            y = mean + error
            paths[..., h] = y
            level, slope, season = self._learned_from(error, level, slope, season, y)
            if season is not None:
                seasons.append(season)
        return paths

    def _with_season(self, level: np.ndarray, season: np.ndarray | None) -> np.ndarray:
        """Return what is expected of y."""
        if season is None:
            return level
        return level * season if self.form.season == "M" else level + season

    def _learned_from(
        self,
        error: np.ndarray,
        level: np.ndarray,
        slope: np.ndarray,
        season: np.ndarray | None,
        y: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return level, slope and season after an error: Hyndman et al. (2008), table 2.2.

        `level` is the one expected before the error. A multiplicative season is learned as Holt and
        Winters do: from y over the new level.
        """
        alpha, beta, gamma, phi = self.weights
        if self.form.season == "M":
            # The error of y without its season.
            error = error / season
        # The error moves the level by alpha, the slope by beta of itself.
        new_level = level + alpha * error
        new_slope = phi * slope + beta * error
        if season is None:
            return new_level, new_slope, None
        # The season of this step, as it will be one season later.
        if self.form.season == "M":
            new_season = season + gamma / (1 - alpha) * (y / new_level - season)
        else:
            new_season = season + gamma * error
        return new_level, new_slope, new_season

    def _damped_steps(self, horizon: int) -> np.ndarray:
        """Return by how many slopes each step is above the level, (horizon,)."""
        phi = self.weights[3]
        return np.cumsum(phi ** np.arange(1, horizon + 1))

    def _variances(self, level: np.ndarray, season: np.ndarray) -> np.ndarray:
        """Return the variances of Hyndman et al. (2008), tables 6.1 to 6.3, (origins, horizon)."""
        alpha, beta, gamma, _ = self.weights
        horizon = level.shape[1]
        is_season_later = np.arange(1, horizon) % max(self.season_length, 1) == 0
        # What an error adds to the forecasts 1 … horizon - 1 steps later: c[j] of table 6.1.
        effect = alpha + beta * self._damped_steps(horizon - 1)
        if self.form.season == "A":
            effect = effect + gamma * is_season_later
        if self.form.error == "A":
            growth = np.cumsum(np.append(1.0, effect**2))
            return np.broadcast_to(self.variance * growth, level.shape)
        # With relative errors the second moment theta of the mean follows from the earlier ones.
        mean = level + season if self.form.season == "A" else level
        second_moment = mean**2
        for h in range(1, horizon):
            earlier = second_moment[:, :h] @ effect[:h][::-1] ** 2
            second_moment[:, h] += self.variance * earlier
        if self.form.season != "M":
            return (1 + self.variance) * second_moment - mean**2
        # Each time a season comes again, its own error has grown it.
        times = np.cumsum(np.append(0, is_season_later))
        growth = (1 + gamma**2 * self.variance) ** times
        return ((1 + self.variance) * growth * second_moment - mean**2) * season**2


def initial_state(
    y: np.ndarray,
    form: Form,
    season_length: int,
    seasons: int = 2,
) -> np.ndarray:
    """Return a simple state before the first row.

    Without season, level and slope are those of a line through the first rows. Otherwise the slope
    leads from the mean of the first season to that of the second one, and the indices are means
    over the first seasons, without the slope.
    """
    if not form.has_season:
        return _line_through_first_rows(y, form)
    # A row for each season, (seasons, season_length).
    seasons = min(seasons, len(y) // season_length)
    table = y[: seasons * season_length].reshape(seasons, season_length)
    means = table.mean(axis=1, keepdims=True)
    slope = float(means[1, 0] - means[0, 0]) / season_length
    # What the slope adds within a season, around its middle.
    rise = slope * (np.arange(season_length) - (season_length - 1) / 2)
    if form.season == "M":
        # A table of zeros has no ratios: they are NaN, and the state is none.
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = (table / means).mean(axis=0)
            indices = ratios / (1 + rise / means[:2].mean())
            indices = indices / indices.mean()
    else:
        indices = (table - means).mean(axis=0) - rise
    if not form.has_trend:
        return np.array([means[0, 0], 0.0, *indices])
    # The mean of two seasons is the level in their middle: back from there to the first row.
    level = means[:2].mean() - slope * (season_length + 0.5)
    return np.array([level, slope, *indices])


def _line_through_first_rows(y: np.ndarray, form: Form) -> np.ndarray:
    """Return level and slope, before the first row, of a line through the first rows."""
    first_rows = y[:FIRST_ROWS]
    time = np.arange(1, len(first_rows) + 1)
    slope, level = np.polyfit(time, first_rows, 1)
    return np.array([level, slope if form.has_trend else 0.0])


def _season_ahead(states: np.ndarray, horizon: int) -> np.ndarray:
    """Return the season of the steps ahead, (origins, horizon)."""
    seasons = states.shape[1] - 2
    if not seasons:
        return np.zeros((len(states), horizon))
    return states[:, 2 + np.arange(horizon) % seasons]
