"""A regular table, series after series, as arrays that are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecast.tables.cells import floats_of
from forecast.tables.frequency import Frequency, infer_frequency, ordered_by_series


@dataclass(frozen=True)
class SeriesTable:
    """A table whose rows come one series after the other.

    Parameters
    ----------
    names : Index of length n_series
        None for a table without series.
    bounds : array of shape (n_series + 1,)
        Series s has the rows ``bounds[s]`` to ``bounds[s + 1] - 1``.
    moments : Index of length n_rows
    columns : list of str
    values : array of shape (n_rows, n_columns)
    frequency : Frequency
    """

    names: pd.Index
    bounds: np.ndarray
    moments: pd.Index
    columns: list[str]
    values: np.ndarray
    frequency: Frequency

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> SeriesTable:
        """Take a frame apart; its index must be regular."""
        frequency = infer_frequency(frame.index)
        names, order, bounds = ordered_by_series(frame.index)
        ordered = frame.iloc[order]
        return cls(
            names=names,
            bounds=bounds,
            moments=ordered.index.get_level_values(-1),
            columns=[str(name) for name in frame.columns],
            values=floats_of(ordered, "frame"),
            frequency=frequency,
        )

    @property
    def n_series(self) -> int:
        """How many series there are."""
        return len(self.names)

    def rows_of(self, series: int) -> slice:
        """Return the rows of one series."""
        return slice(self.bounds[series], self.bounds[series + 1])

    def spans(self, is_value: np.ndarray) -> np.ndarray:
        """Return the first row of each series with a value and the row after its last one.

        Parameters
        ----------
        is_value : array of shape (n_rows,)

        Returns
        -------
        array of shape (n_series, 2)
            Two equal numbers where a series has no value.
        """
        rows = np.flatnonzero(is_value)
        # Both ends of each series among the rows that have a value.
        ends = np.searchsorted(rows, self.bounds)
        has_value = ends[1:] > ends[:-1]
        spans = np.repeat(self.bounds[:-1, None], 2, axis=1)
        spans[has_value, 0] = rows[ends[:-1][has_value]]
        spans[has_value, 1] = rows[ends[1:][has_value] - 1] + 1
        return spans

    def within(self, spans: np.ndarray) -> np.ndarray:
        """Return which rows lie in the spans of their series, shape (n_rows,)."""
        changes = np.zeros(len(self.moments) + 1, dtype=int)
        np.add.at(changes, spans[:, 0], 1)
        np.add.at(changes, spans[:, 1], -1)
        return np.cumsum(changes[:-1]) > 0


def plain_moment(moment: Any) -> str | int:
    """Return a moment as JSON writes it: timestamps in ISO form, integers as they are.

    Examples
    --------
    >>> plain_moment(pd.Timestamp("2024-01-31 14:00")), plain_moment(np.int64(3))
    ('2024-01-31T14:00:00', 3)
    """
    if isinstance(moment, pd.Timestamp):
        return moment.isoformat()
    return int(moment) if isinstance(moment, (int, np.integer)) else str(moment)
