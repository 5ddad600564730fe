"""The table in the form that every forecaster learns from: series after series, time ascending."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.tables.frequency import Frequency, infer_frequency, ordered_by_series


@dataclass(frozen=True)
class Columns:
    """What the columns of a table are called.

    Parameters
    ----------
    features : tuple
        The names of the columns of X, or their positions.
    targets : tuple
        The names of the columns of y, or their positions.
    named : bool
        Whether the features have names.
    flat : bool
        Whether y had one axis: answers then have none for the targets.
    """

    features: tuple[Hashable, ...] = ()
    targets: tuple[Hashable, ...] = (0,)
    named: bool = False
    flat: bool = True

    @property
    def feature_names(self) -> list[Hashable] | None:
        """The names of the features, None where they have positions only."""
        return list(self.features) if self.named else None

    @property
    def are_texts(self) -> bool:
        """Whether the features have names, all of them texts: those that scikit-learn knows."""
        return self.named and all(isinstance(name, str) for name in self.features)

    def described(self) -> tuple[list[str], list[str]]:
        """Name the features and the targets as a sentence to the user does."""
        targets = ["y"] if self.flat else [f"y[{name!r}]" for name in self.targets]
        return [f"X[{name!r}]" for name in self.features], targets


class Split(NamedTuple):
    """Origins parted in time: those to learn from first, and those to measure errors by."""

    earlier: np.ndarray
    latest: np.ndarray
    is_held_out: bool  # False where nothing was left for one of both: then each has all origins


@dataclass(frozen=True)
class Panel:
    """A table of series, one after the other, with the moments of its rows.

    Parameters
    ----------
    names : tuple of length n_training_series
        The names of the series of the training table; ``(None,)`` for a single one without a name.
    numbers : array of shape (n_series,)
        The number that each series has in the training table: its name is ``names[number]``.
    bounds : array of shape (n_series + 1,)
        Series s has the rows ``bounds[s] … bounds[s + 1] - 1``.
    times : Index of length n_rows
    X : array of shape (n_rows, n_features)
    y : array of shape (n_rows, n_targets)
        NaN where nothing was observed (yet).
    frequency : Frequency
    columns : Columns
    continues : bool, default=False
        Whether each series begins with the first row that a forecaster remembers, so that a
        remembered state fits.
    """

    names: tuple[Hashable, ...]
    numbers: np.ndarray
    bounds: np.ndarray
    times: pd.Index
    X: np.ndarray
    y: np.ndarray
    frequency: Frequency
    columns: Columns = field(default_factory=Columns)
    continues: bool = False

    @classmethod
    def of(
        cls,
        index: pd.Index,
        X: np.ndarray,
        y: np.ndarray,
        frequency: Frequency | None = None,
        columns: Columns | None = None,
    ) -> tuple[Panel, np.ndarray]:
        """Order a training table into a panel; also return the panel's row of each given row."""
        frequency = frequency or infer_frequency(index)
        columns = columns or Columns()
        # A single series without a name is in order already.
        if not isinstance(index, pd.MultiIndex):
            bounds = np.array([0, len(index)])
            number = np.zeros(1, dtype=np.intp)
            panel = cls((None,), number, bounds, index, X, y, frequency, columns)
            return panel, np.arange(len(index))
        # Several are sorted by series; that keeps the time in order within each.
        names, order, bounds = ordered_by_series(index)
        times = index.get_level_values(1)[order]
        numbers = np.arange(len(names))
        panel = cls(tuple(names), numbers, bounds, times, X[order], y[order], frequency, columns)
        # Where each given row has gone.
        return panel, _inverse(order)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def n_series(self) -> int:
        """The number of series in this table."""
        return len(self.numbers)

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
        """The series of each row, counted in this table, shape (n_rows,)."""
        return np.repeat(np.arange(self.n_series), self.lengths)

    @property
    def position(self) -> np.ndarray:
        """The number of each row within its series, shape (n_rows,)."""
        return np.arange(len(self)) - np.repeat(self.bounds[:-1], self.lengths)

    def series(self) -> list[slice]:
        """Return the rows of each series."""
        return [slice(a, b) for a, b in zip(self.bounds[:-1], self.bounds[1:], strict=True)]

    @property
    def is_mapped(self) -> bool:
        """Whether the table is mapped from a file: it may be larger than memory."""
        return isinstance(self.X, np.memmap) or isinstance(self.y, np.memmap)

    def series_of(self, rows: Any) -> Any:
        """Return the series of some rows, counted in this table: without a look at the others."""
        return np.searchsorted(self.bounds, rows, side="right") - 1

    def training_series(self, rows: slice | np.ndarray = slice(None)) -> np.ndarray:
        """Return the number in the training table of the series of some rows, (n_rows,)."""
        if isinstance(rows, slice):
            return self.numbers[self.codes[rows]]
        return self.numbers[self.series_of(rows)]

    def up_to(self, origins: np.ndarray) -> np.ndarray:
        """Return which rows lie no later than the last of some origins in their series, (n_rows,).

        No row of a series without an origin does.
        """
        codes = self.codes
        last = np.full(self.n_series, -1)
        np.maximum.at(last, codes[origins], origins)
        return np.asarray(np.arange(len(self)) <= last[codes])

    def name_of(self, series: int) -> Hashable:
        """Return the name of one series of this table."""
        return self.names[self.numbers[series]]

    def described(self, series: int) -> str:
        """Name one series of this table in a sentence."""
        name = self.name_of(series)
        return "the series" if name is None else f"series {name!r}"

    def take(self, rows: np.ndarray) -> Panel:
        """Return the panel of these rows (ascending) of the same series."""
        bounds = np.searchsorted(rows, self.bounds)
        return replace(self, bounds=bounds, times=self.times[rows], X=self.X[rows], y=self.y[rows])

    def tail(self, n: int) -> Panel:
        """Return the last `n` rows of each series."""
        first = np.maximum(self.last + 1 - n, self.bounds[:-1])
        return self.take(_counted_from(first, self.bounds[1:] - first))

    def select(self, series: np.ndarray) -> Panel:
        """Return the panel of these series, in this order."""
        # Not `lengths`, which looks at all series: one may be selected after the other.
        lengths = self.bounds[series + 1] - self.bounds[series]
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        rows = _counted_from(self.bounds[:-1][series], lengths)
        return replace(
            self,
            numbers=self.numbers[series],
            bounds=bounds,
            times=self.times[rows],
            X=self.X[rows],
            y=self.y[rows],
        )

    def as_training(self) -> Panel:
        """Return the series that have rows as a training table: they are numbered from 0."""
        begun = self.select(np.flatnonzero(self.lengths > 0))
        names = tuple(self.names[number] for number in begun.numbers)
        return replace(begun, names=names, numbers=np.arange(len(names)), continues=False)

    def append(self, other: Panel) -> Panel:
        """Put the rows of `other`, a panel of some of the same series, behind their rows here."""
        # Where each series of the other panel stands in this one.
        place = np.zeros(len(self.names), dtype=np.intp)
        place[self.numbers] = np.arange(self.n_series)
        theirs = place[other.numbers]
        lengths = self.lengths.copy()
        lengths[theirs] += other.lengths
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        # Where each row goes: our rows first, then theirs behind those of the same series.
        ours = np.repeat(bounds[:-1], self.lengths) + self.position
        behind = (bounds[:-1] + self.lengths)[theirs]
        added = np.repeat(behind, other.lengths) + other.position
        order = _inverse(np.concatenate([ours, added]))
        # Both tables behind each other, then every row to its place.
        return replace(
            self,
            bounds=bounds,
            times=self.times.append(other.times)[order],
            X=np.concatenate([self.X, other.X])[order],
            y=np.concatenate([self.y, other.y])[order],
        )

    def extend(self, n: int) -> Panel:
        """Put `n` future rows without values behind each series."""
        rows = n * self.n_series
        future = replace(
            self,
            bounds=n * np.arange(self.n_series + 1),
            times=self.frequency.after_each(self.times[self.last], n),
            X=np.full((rows, self.X.shape[1]), np.nan),
            y=np.full((rows, self.y.shape[1]), np.nan),
        )
        return self.append(future)

    def channels(self, rows: slice | np.ndarray = slice(None)) -> np.ndarray:
        """Return the targets, then the features, of some rows: (n_rows, n_targets + n_features)."""
        return np.concatenate([self.y[rows], self.X[rows]], axis=1)

    def origins(self, lookback: int, horizon: int) -> np.ndarray:
        """Return the rows that end `lookback` rows of history and begin `horizon` rows of future.

        The history includes the row itself; both lie in the row's own series.
        """
        counts = np.maximum(self.lengths - lookback - horizon + 1, 0)
        return _counted_from(self.bounds[:-1] + lookback - 1, counts)

    def split(self, origins: np.ndarray, horizon: int, fraction: float) -> Split:
        """Part origins in time: earlier ones, and the latest `fraction`, to hold errors out.

        The targets of the earlier origins end before the latest begin. The latest are ten moments
        at least, or a third of few: one error alone would be an interval without width. A series
        that has no earlier origin has no latest one either: nothing has been learned of it. Where
        nothing is left for one of the parts, both are all origins.
        """
        # All series are parted at the same moment.
        times = self.times[origins]
        moments = times.unique().sort_values()
        # How many moments the earlier part has: by the fraction, but ten (or a third) stay.
        by_fraction = int(np.ceil(len(moments) * (1 - fraction)))
        kept = min(by_fraction, len(moments) - min(10, len(moments) // 3))
        cut = moments[min(len(moments) - 1, kept)]
        # Purged: an earlier origin whose targets reach beyond the cut is in neither part.
        earlier = origins[self.times[origins + horizon] <= cut]
        latest = origins[times >= cut]
        has_earlier = np.zeros(self.n_series, dtype=bool)
        has_earlier[self.series_of(earlier)] = True
        latest = latest[has_earlier[self.series_of(latest)]]
        if not fraction or not len(earlier) or not len(latest):
            return Split(origins, origins, is_held_out=False)
        return Split(earlier, latest, is_held_out=True)

    def index(self, rows: np.ndarray) -> pd.Index:
        """Return the moments of rows, or (series, moment) where series have names."""
        if self.names == (None,):
            return self.times[rows]
        names = pd.Index(self.names)[self.numbers[self.codes[rows]]]
        return pd.MultiIndex.from_arrays([names, self.times[rows]], names=["series", "timestamp"])

    def name(self, row: int) -> str:
        """Name one row in a sentence."""
        series = int(self.series_of(row))
        name = self.name_of(series)
        return f"{self.times[row]}" + ("" if name is None else f" of series {name!r}")


def _counted_from(first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return so many rows from each first one on, one behind the other."""
    begin = np.cumsum(counts) - counts
    rows = np.repeat(first - begin, counts)
    rows += np.arange(len(rows))
    return rows


def _inverse(order: np.ndarray) -> np.ndarray:
    """Return the inverse of a permutation."""
    inverse = np.empty(len(order), dtype=np.intp)
    inverse[order] = np.arange(len(order))
    return inverse
