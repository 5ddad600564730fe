"""Simple exponential smoothing of a whole panel without its seasons.

`AdjustedSmoothing` is what Theta and Naive2 hold: it learns from all series at once, and answers
for all of them. Behind it are matrices (rows, columns) of series of one length, of which a column
is one target of one series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.forecasters.base import Forecaster
from forecast.forecasters.grouping import places_of_equal
from forecast.forecasters.intervals import normal_quantiles
from forecast.forecasters.seasonality import SEASONS, season_of, seasonal_indices
from forecast.forecasters.simple_smoothing import levels, one_step_errors
from forecast.tables.panel import Panel

DriftAndAlpha = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]

_BLOCK = 2**18  # numbers in the matrix of a block of series: they stay in the processor's cache


@dataclass(frozen=True)
class AdjustedSmoothing:
    """Simple exponential smoothing with drift of series without their seasons.

    Parameters
    ----------
    drift, alpha, sigma : arrays of shape (n_series, n_targets)
        The drift per row, the weight of a new value and the standard deviation of the one-step
        errors, of the series without season.
    indices : array of shape (n_series, n_targets, season_length or 1)
        The seasonal indices from the first training row on; they stay as they were learned.
    multiplies : array of shape (n_series, n_targets)
        Whether the indices multiply.
    start : Index of length n_series
        The first training row of each series.
    state : array of shape (n_series, n_targets)
        The level after the last remembered row.
    ticks : array of shape (n_series,)
        The number of the last remembered row, counted from the first training row.
    """

    drift: np.ndarray
    alpha: np.ndarray
    sigma: np.ndarray
    indices: np.ndarray
    multiplies: np.ndarray
    start: pd.Index
    state: np.ndarray
    ticks: np.ndarray

    @classmethod
    def before(cls, panel: Panel, season_length: int) -> AdjustedSmoothing:
        """Return a smoothing of these series whose arrays are still to be filled."""
        shape = (panel.n_series, panel.y.shape[1])
        return cls(
            drift=np.empty(shape),
            alpha=np.empty(shape),
            sigma=np.empty(shape),
            indices=np.empty((*shape, season_length)),
            multiplies=np.empty(shape, dtype=bool),
            start=panel.times[panel.bounds[:-1]],
            state=np.empty(shape),
            ticks=np.zeros(panel.n_series, dtype=np.intp),
        )

    def after(self, panel: Panel) -> AdjustedSmoothing:
        """Return the same smoothing with the state after the last row of each series."""
        first_ticks = self._first_ticks(panel, panel.lengths)
        level = self._levels(panel, panel.lengths, first_ticks)
        last_ticks = first_ticks + panel.lengths - 1
        return replace(self, state=level[panel.last], ticks=last_ticks)

    def forecast(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        quantiles: np.ndarray,
    ) -> np.ndarray:
        """Forecast from rows of the panel: (origins, horizon, targets, 1 + quantiles)."""
        level, factor, term = self._at(panel, origins, horizon)
        # What has been learned of each origin's series, (origins, 1, targets).
        numbers = panel.training_series(origins)
        alpha = self.alpha[numbers][:, None]
        sigma = self.sigma[numbers][:, None]
        drift = self.drift[numbers][:, None]
        # The level of each step, (origins, horizon, targets).
        steps = np.arange(1, horizon + 1)[:, None]
        mean = level[:, None] + drift * steps
        # Each later error has left alpha of itself in the level: Hyndman et al. (2008), table 6.1.
        deviation = sigma * np.sqrt(1 + (steps - 1) * alpha**2)
        # With the season again.
        return normal_quantiles(factor * mean + term, factor * deviation, quantiles)

    def paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths from rows of the panel: (origins, paths, horizon, targets)."""
        level, factor, term = self._at(panel, origins, horizon)
        # Drawn target by target, then (origins, paths, horizon, targets).
        n_origins, n_targets = level.shape
        errors = rng.standard_normal((n_origins, n_targets, n_paths, horizon))
        errors = np.moveaxis(errors, 1, -1)
        # What has been learned of each origin's series, (origins, 1, 1, targets).
        numbers = panel.training_series(origins)
        alpha = self.alpha[numbers][:, None, None]
        sigma = self.sigma[numbers][:, None, None]
        drift = self.drift[numbers][:, None, None]
        # The level of each step holds alpha of all errors before it.
        before = errors.cumsum(axis=2) - errors
        walk = sigma * (errors + alpha * before)
        steps = np.arange(1, horizon + 1)[:, None]
        adjusted = level[:, None, None] + drift * steps + walk
        return factor[:, None] * adjusted + term[:, None]

    def _at(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what forecasts from origins are made of.

        Returns
        -------
        level : array of shape (origins, targets)
        factor, term : arrays of shape (origins, horizon, targets)
            The season of the rows to forecast, as `season_of` returns it.
        """
        series = panel.codes[origins]
        position = panel.position[origins]
        # Each series is smoothed up to its last origin, and no further.
        n_rows = np.zeros(panel.n_series, dtype=np.intp)
        np.maximum.at(n_rows, series, position + 1)
        first_ticks = self._first_ticks(panel, n_rows)
        level = self._levels(panel, n_rows, first_ticks)[origins]
        # The rows to forecast, (origins, horizon), and their seasons.
        ticks = first_ticks[series] + position
        ahead = ticks[:, None] + np.arange(1, horizon + 1)
        # The training numbers of the series say whose indices these are.
        numbers = panel.numbers[series]
        factor, term = self._season(numbers[:, None], ahead)
        return level, factor, term

    def _levels(
        self,
        panel: Panel,
        n_rows: np.ndarray,
        first_ticks: np.ndarray,
    ) -> np.ndarray:
        """Return the level after each of the first rows of each series, NaN after further ones.

        Parameters
        ----------
        panel : Panel
        n_rows : array of shape (n_series,)
            How many rows of each series are smoothed.
        first_ticks : array of shape (n_series,)
            As `_first_ticks` returns them.

        Returns
        -------
        array of shape (rows of the panel, n_targets)
        """
        level = np.full(panel.y.shape, np.nan)
        for series, rows in _equal_lengths(panel, n_rows):
            # The series without their seasons, (rows, series, targets).
            numbers = panel.numbers[series]
            ticks = first_ticks[series] + np.arange(len(rows))[:, None]
            factor, term = self._season(numbers, ticks)
            adjusted = (panel.y[rows] - term) / factor
            # The first level is the first value, unless it is remembered.
            if panel.continues:
                adjusted[0] = self.state[numbers]
            # Each target of each series is a column of its own.
            alpha = self.alpha[numbers].ravel()
            drift = self.drift[numbers].ravel()
            smoothed = levels(_as_columns(adjusted), alpha, drift)
            level[rows] = smoothed.reshape(adjusted.shape)
        return level

    def _season(self, numbers: np.ndarray, ticks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return factor and term of the season of rows by their numbers, (…, targets)."""
        season_length = self.indices.shape[2]
        indices = self.indices[numbers, :, ticks % season_length]
        return season_of(indices, self.multiplies[numbers])

    def _first_ticks(self, panel: Panel, n_rows: np.ndarray) -> np.ndarray:
        """Return the number of the first row of each series of a table, (n_series,).

        It is counted from the first training row of the same series; 0 where no row is wanted.
        """
        if panel.continues:
            return self.ticks[panel.numbers]
        ticks = np.zeros(panel.n_series, dtype=np.intp)
        wanted = np.flatnonzero(n_rows)
        begins = panel.times[panel.bounds[wanted]]
        start = self.start[panel.numbers[wanted]]
        # Days without trade are no rows: how many rows lie in between is not known.
        if panel.frequency.trading:
            self._check_seasons_begin(begins, panel.numbers[wanted])
        ticks[wanted] = panel.frequency.steps(start, begins)
        return ticks

    def _check_seasons_begin(self, begins: pd.Index, numbers: np.ndarray) -> None:
        """Refuse series with a season that begin elsewhere than their training part."""
        start = self.start[numbers]
        # A series has a season if the indices of one of its targets differ.
        differ = np.ptp(self.indices[numbers], axis=-1)
        seasonal = differ.any(axis=-1)
        elsewhere = seasonal & np.asarray(begins != start)
        if elsewhere.any():
            first = int(np.argmax(elsewhere))
            raise InputError(
                f"the table begins at {begins[first]}: on a trading calendar its place in the "
                "season is known only for one that begins with the training part, at "
                f"{start[first]}."
            )


class _LearnedColumns(NamedTuple):
    """What has been learned of a matrix (rows, columns) of series."""

    drift: np.ndarray  # (columns,), as are alpha, sigma and multiplies
    alpha: np.ndarray
    sigma: np.ndarray
    indices: np.ndarray  # (season_length or 1, columns)
    multiplies: np.ndarray


def learn(
    panel: Panel,
    season_length: int,
    drift_and_alpha: DriftAndAlpha,
) -> AdjustedSmoothing:
    """Learn the smoothing of each series and target.

    Parameters
    ----------
    panel : Panel
        The training part.
    season_length : int
    drift_and_alpha : function
        Returns drift and alpha, (columns,) each, of series without season, (rows, columns).
    """
    # One neutral index is enough where no series is long enough for a season.
    has_room = panel.lengths.max() >= SEASONS * season_length
    learned = AdjustedSmoothing.before(panel, season_length if has_room else 1)
    n_targets = panel.y.shape[1]
    for series, rows in _equal_lengths(panel, panel.lengths):
        found = _learn_columns(_as_columns(panel.y[rows]), season_length, drift_and_alpha)
        # Each series gets its targets back: columns are (series · targets).
        learned.drift[series] = found.drift.reshape(-1, n_targets)
        learned.alpha[series] = found.alpha.reshape(-1, n_targets)
        learned.sigma[series] = found.sigma.reshape(-1, n_targets)
        learned.multiplies[series] = found.multiplies.reshape(-1, n_targets)
        indices = found.indices.T  # (series · targets, season_length or 1)
        learned.indices[series] = indices.reshape(len(series), n_targets, -1)
    # The state is known when the smoothing has run through the panel.
    return learned.after(panel)


def _learn_columns(
    y: np.ndarray,
    season_length: int,
    drift_and_alpha: DriftAndAlpha,
) -> _LearnedColumns:
    """Learn from a matrix (rows, columns) of series."""
    indices, multiplies = seasonal_indices(y, season_length)
    index_of_row = indices[np.arange(len(y)) % len(indices)]
    factor, term = season_of(index_of_row, multiplies)
    adjusted = (y - term) / factor
    drift, alpha = drift_and_alpha(adjusted)
    # The first row has no error: its value is the first level.
    errors = one_step_errors(adjusted, alpha, drift)
    variance = np.sum(errors**2, axis=0) / len(y)
    return _LearnedColumns(drift, alpha, np.sqrt(variance), indices, multiplies)


def store(forecaster: Forecaster, smoothing: AdjustedSmoothing) -> None:
    """Keep what has been learned as attributes of a forecaster: drift is its `drift_`."""
    for field in fields(smoothing):
        setattr(forecaster, f"{field.name}_", getattr(smoothing, field.name))


def stored(forecaster: Forecaster) -> AdjustedSmoothing:
    """Return what `store` has kept."""
    kept = {
        field.name: getattr(forecaster, f"{field.name}_") for field in fields(AdjustedSmoothing)
    }
    return AdjustedSmoothing(**kept)


def _as_columns(values: np.ndarray) -> np.ndarray:
    """Return values (rows, series, targets) as a matrix with a column per series and target."""
    return values.reshape(len(values), -1)


def _equal_lengths(panel: Panel, n_rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield series of which equally many rows are wanted, in blocks, with their rows.

    Parameters
    ----------
    panel : Panel
    n_rows : array of shape (n_series,)
        How many of the first rows of each series are wanted.

    Yields
    ------
    series : array of shape (block,)
    rows : array of shape (n_rows, block)
    """
    for equal in places_of_equal(n_rows):
        length = int(n_rows[equal[0]])
        if not length:
            continue
        # So many series at a time that their matrix is a block.
        size = max(1, _BLOCK // (length * panel.y.shape[1]))
        for first in range(0, len(equal), size):
            series = equal[first : first + size]
            # The first row of each series, and those that follow it, (length, block).
            rows = panel.bounds[series] + np.arange(length)[:, None]
            yield series, rows
