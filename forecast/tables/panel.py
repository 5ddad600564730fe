"""The table in the form that every forecaster learns from: one series after the other, time ascending in each."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from forecast.tables.timeline import Frequency, infer_frequency, series_rows


@dataclass(frozen=True)
class Panel:
    """A table of series, one after the other, with the moments of its rows.

    Parameters
    ----------
    keys : tuple of length n_series
        The names of the series; ``(None,)`` where there is only one without a name.
    bounds : array of shape (n_series + 1,)
        Series s has the rows ``bounds[s] … bounds[s + 1] - 1``.
    times : Index of length n_rows
    X : array of shape (n_rows, n_features)
    y : array of shape (n_rows, n_targets)
        NaN where nothing was observed (yet).
    frequency : Frequency
    """

    keys: tuple[Hashable, ...]
    bounds: np.ndarray
    times: pd.Index
    X: np.ndarray
    y: np.ndarray
    frequency: Frequency

    @classmethod
    def of(
        cls, index: pd.Index, X: np.ndarray, y: np.ndarray, frequency: Frequency | None = None
    ) -> tuple[Panel, np.ndarray]:
        """Order a table into a panel; also return for each given row its row in the panel."""
        if not isinstance(index, pd.MultiIndex):
            frequency = frequency or infer_frequency(index)
            return cls((None,), np.array([0, len(index)]), index, X, y, frequency), np.arange(
                len(index)
            )
        frequency = frequency or infer_frequency(index)
        keys, groups = zip(*series_rows(index), strict=True)
        order = np.concatenate(groups)
        rows = np.empty(len(order), dtype=np.intp)
        rows[order] = np.arange(len(order))
        bounds = np.cumsum([0, *map(len, groups)])
        return cls(
            tuple(keys), bounds, index.get_level_values(1)[order], X[order], y[order], frequency
        ), rows

    def __len__(self) -> int:
        return len(self.times)

    @property
    def lengths(self) -> np.ndarray:
        """The number of rows of each series, shape (n_series,)."""
        return np.diff(self.bounds)

    @property
    def last(self) -> np.ndarray:
        """The last row of each series, shape (n_series,)."""
        return self.bounds[1:] - 1

    @property
    def codes(self) -> np.ndarray:
        """The number of the series of each row, shape (n_rows,)."""
        return np.repeat(np.arange(len(self.keys)), self.lengths)

    @property
    def position(self) -> np.ndarray:
        """The number of each row within its series, shape (n_rows,)."""
        return np.arange(len(self)) - np.repeat(self.bounds[:-1], self.lengths)

    def series(self) -> list[slice]:
        """Return the rows of each series."""
        return [slice(a, b) for a, b in zip(self.bounds[:-1], self.bounds[1:], strict=True)]

    def take(self, rows: np.ndarray) -> Panel:
        """Return the panel of these rows (ascending) of the same series."""
        bounds = np.searchsorted(rows, self.bounds)
        return replace(self, bounds=bounds, times=self.times[rows], X=self.X[rows], y=self.y[rows])

    def tail(self, n: int) -> Panel:
        """Return the last `n` rows of each series."""
        return self.take(np.flatnonzero(self.position >= np.repeat(self.lengths, self.lengths) - n))

    def select(self, series: np.ndarray) -> Panel:
        """Return the panel of these series, in this order."""
        rows = np.concatenate([np.arange(self.bounds[s], self.bounds[s + 1]) for s in series])
        bounds = np.concatenate([[0], np.cumsum(self.lengths[series])])
        keys = tuple(self.keys[s] for s in series)
        return Panel(keys, bounds, self.times[rows], self.X[rows], self.y[rows], self.frequency)

    def append(self, other: Panel) -> Panel:
        """Put the rows of `other` behind the rows of the same series."""
        numbers, theirs = {key: s for s, key in enumerate(other.keys)}, other.series()
        parts = [
            (self, rows) if half == 0 else (other, theirs[numbers[key]])
            for rows, key in zip(self.series(), self.keys, strict=True)
            for half in range(1 + (key in numbers))
        ]
        lengths = other.lengths
        added = [lengths[numbers[key]] if key in numbers else 0 for key in self.keys]
        times = (
            parts[0][0].times[parts[0][1]].append([panel.times[rows] for panel, rows in parts[1:]])
        )
        return replace(
            self,
            bounds=np.concatenate([[0], np.cumsum(self.lengths + added)]),
            times=times,
            X=np.concatenate([panel.X[rows] for panel, rows in parts]),
            y=np.concatenate([panel.y[rows] for panel, rows in parts]),
        )

    def extend(self, n: int) -> Panel:
        """Put `n` future rows without values behind each series."""
        times = [self.frequency.after(self.times[row], n) for row in self.last]
        future = Panel(
            self.keys,
            n * np.arange(len(self.keys) + 1),
            times[0].append(times[1:]),
            np.full((n * len(self.keys), self.X.shape[1]), np.nan),
            np.full((n * len(self.keys), self.y.shape[1]), np.nan),
            self.frequency,
        )
        return self.append(future)

    def channels(self, rows: slice | np.ndarray = slice(None)) -> np.ndarray:
        """Return the targets and then the features of some rows, (n_rows, n_targets + n_features)."""
        return np.concatenate([self.y[rows], self.X[rows]], axis=1)

    def origins(self, lookback: int, horizon: int) -> np.ndarray:
        """Rows with `lookback` rows of history (themselves included) and `horizon` rows of future in their series."""
        left = np.repeat(self.lengths, self.lengths) - self.position - 1
        return np.flatnonzero((self.position >= lookback - 1) & (left >= horizon))

    def split(
        self, origins: np.ndarray, horizon: int, fraction: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Part origins into earlier ones and the latest `fraction` in time; the targets of the
        earlier end before.

        The latest are ten moments at least, or a third of few: one error alone would be an interval
        without width. Where nothing is left for one of the parts, both are all origins.
        """
        times = self.times[origins]
        moments = times.unique().sort_values()
        kept = min(
            int(np.ceil(len(moments) * (1 - fraction))), len(moments) - min(10, len(moments) // 3)
        )
        cut = moments[min(len(moments) - 1, kept)]
        earlier, latest = origins[self.times[origins + horizon] <= cut], origins[times >= cut]
        return (
            (earlier, latest) if fraction and len(earlier) and len(latest) else (origins, origins)
        )

    def index(self, rows: np.ndarray) -> pd.Index:
        """Name rows by their moments, or by (series, moment) where series have names."""
        if self.keys == (None,):
            return self.times[rows]
        keys = pd.Index(self.keys)[self.codes[rows]]
        return pd.MultiIndex.from_arrays([keys, self.times[rows]], names=["series", "timestamp"])

    def name(self, row: int) -> str:
        """Name one row in a sentence."""
        key = self.keys[int(np.searchsorted(self.bounds, row, side="right")) - 1]
        return f"{self.times[row]}" + ("" if key is None else f" of series {key!r}")
