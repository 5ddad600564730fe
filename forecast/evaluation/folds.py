"""A table cut in time: what each fit of a backtest may learn from, and what it is asked for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.evaluation.origins import RollingOrigin
from forecast.evaluation.source import FEWEST_ROWS, Cuts, Source


class Fold(NamedTuple):
    """One fit, and the origins that it answers; rows are those of the source."""

    training: np.ndarray  # (n_training_rows,)
    known: np.ndarray  # the rows that forecasts may read, of the series that have begun
    origins: np.ndarray  # (n_origins,)
    ahead: np.ndarray  # (n_origins, reach): the rows that follow each origin
    exists: np.ndarray  # (n_origins, reach): whether there are such rows
    last_origin: int  # the number of its moment
    n_moments: int  # of the origins
    gap: int

    @classmethod
    def of(cls, source: Source, cuts: Cuts, cv: RollingOrigin, fewest: int = FEWEST_ROWS) -> Fold:
        """Cut for the fit at the first of some origins.

        A series with fewer training rows has not begun: nothing is known of it, or no change.
        """
        first, cutoff = cuts[0]
        last_origin = cuts[-1][1]
        reach = cv.gap + cv.horizon
        moment = source.moment
        training = np.flatnonzero((moment >= first) & (moment <= cutoff))
        begun = source.training_lengths(first, cutoff) >= fewest
        training = training[begun[source.series[training]]]
        has_begun = begun[source.series]
        known = np.flatnonzero(has_begun & (moment <= last_origin + reach))
        # Every series that has begun is forecast from its row at the moment of each origin.
        is_origin = np.zeros(len(source.moments), dtype=bool)
        is_origin[[origin for _, origin in cuts]] = True
        origins = np.flatnonzero(has_begun & is_origin[moment])
        # The rows ahead are the next ones, as long as the series and the known rows go on.
        ahead = origins[:, None] + np.arange(1, reach + 1)  # (n_origins, reach)
        rows = np.minimum(ahead, len(moment) - 1)
        same_series = source.series[rows] == source.series[origins][:, None]
        exists = (ahead < len(moment)) & same_series & (moment[rows] <= last_origin + reach)
        return cls(training, known, origins, rows, exists, last_origin, len(cuts), cv.gap)

    @property
    def scored(self) -> tuple[np.ndarray, ...]:
        """The place of each forecast: which origin and which step, the gap left out."""
        asked = self.exists & (np.arange(self.exists.shape[1]) >= self.gap)
        return np.nonzero(asked)
