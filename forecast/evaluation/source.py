"""The user's table as a backtest reads it, and its parts: runs of series.

Rows are counted series after series in the order of time, so that the rows ahead of an origin are
simply the next ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.evaluation.origins import numbered
from forecast.exceptions import InputError
from forecast.forecasters.base import Forecaster
from forecast.tables import intake
from forecast.tables.cells import as_pandas, floats_of
from forecast.tables.frequency import Frequency, infer_frequency, ordered_by_series
from forecast.tables.panel import Panel
from forecast.tables.rows import moments_of, runs_of
from forecast.tables.unobserved import observed_span

FEWEST_ROWS = 2  # of a series, from which any forecaster learns

_ROWS_OF_A_BLOCK = 4096  # about: enough that what a part costs by itself does not count

Cuts = list[tuple[int, int]]  # the first and the last training moment of each origin
Scales = dict[str, tuple[float, float] | None]


class Facts(NamedTuple):
    """What is known of the whole table beside its moments."""

    digest: str  # the same data give the same
    scales: Scales  # mean absolute and squared seasonal naive error of each label
    n_unobserved: int  # rows before the first and after the last value of their series


@dataclass(frozen=True)
class Source:
    """The user's table, whose rows are counted series after series, in the order of time."""

    X: Any  # as given; a frame has the moments as its index, and no column where X was missing
    y: pd.DataFrame
    flat: bool  # whether y had one axis
    index: pd.Index
    moments: pd.Index  # all moments of the table, ascending
    names: list[str]  # of the series; one empty name where there is but one
    n_unobserved: int  # rows before the first and after the last value of their series
    order: np.ndarray  # (n_rows,) the user's rows, series after series
    series: np.ndarray  # (n_rows,) the series of each row
    moment: np.ndarray  # (n_rows,) the number of each row's moment
    first: int = 0  # the number of its first series in the whole table
    of_whole: Frequency | None = None  # the frequency of the whole table

    @classmethod
    def of(cls, X: Any, y: Any) -> Source:
        """Read a user's table; its columns are read once a forecaster asks for the panel.

        Rows before the first and after the last value of a series are no part of its history.
        """
        X, y = as_pandas(X), as_pandas(y)
        values = intake.numbers_of(y)
        n = len(values)
        if X is not None:
            intake.check_same_length(X, values)
        # X and y get the same moments as their index, whichever of them had it.
        index = moments_of(X, y, n)
        if X is None:
            X = pd.DataFrame(index=index)
        elif isinstance(X, pd.DataFrame):
            X = X.set_axis(index, axis=0)
        targets = pd.DataFrame(values.reshape(n, -1), index=index)
        targets.columns = _target_names(y, targets.shape[1])
        is_history, _ = observed_span(~np.isnan(targets.to_numpy()), index)
        if not is_history.all():
            index = index[is_history]
            targets = targets[is_history]
            X = _rows_of(X, np.flatnonzero(is_history))
        # Moments are numbered for the whole table: all series are cut at the same moment.
        codes, moments = numbered(index)
        names, order, bounds = ordered_by_series(index)
        return cls(
            X=X,
            y=targets,
            flat=values.ndim == 1,
            index=index,
            moments=moments,
            names=["" if name is None else str(name) for name in names],
            n_unobserved=n - len(index),
            order=order,
            series=np.repeat(np.arange(len(names)), np.diff(bounds)),
            moment=codes[order],
        )

    @cached_property
    def frequency(self) -> Frequency:
        """The step from one moment to the next; an irregular table has none and is refused."""
        return self.of_whole or infer_frequency(self.index)

    @cached_property
    def panel(self) -> Panel:
        """The table as the forecasters of this package learn from it; read once for all."""
        y = self.y.iloc[:, 0] if self.flat else self.y
        return intake.training_panel(intake.read_table(Forecaster(), self.X, y), self.frequency)

    @cached_property
    def actual(self) -> np.ndarray:
        """The values of y, (n_rows, n_targets)."""
        return self.y.to_numpy()[self.order]

    @property
    def n_targets(self) -> int:
        """The number of columns of y."""
        return self.y.shape[1]

    @cached_property
    def blocks(self) -> list[tuple[int, int]]:
        """The runs of series, (first, last + 1), into which the table can be cut."""
        return runs_of(np.bincount(self.series, minlength=len(self.names)), _ROWS_OF_A_BLOCK)

    def runs(self) -> Iterator[Source]:
        """Yield the table itself, which is in memory."""
        yield self

    def block(self, number: int) -> Source:
        """Return the table of a run of series, which is cut at the moments of the whole table."""
        start, stop = self.blocks[number]
        if (start, stop) == (0, len(self.names)):
            return self
        rows = slice(*np.searchsorted(self.series, [start, stop]))
        # The user's rows keep their order.
        places = np.sort(self.order[rows])
        return replace(
            self,
            X=_rows_of(self.X, places),
            y=self.y.iloc[places],
            index=self.index[places],
            names=self.names[start:stop],
            order=np.searchsorted(places, self.order[rows]),
            series=self.series[rows] - start,
            moment=self.moment[rows],
            first=self.first + start,
            of_whole=self.frequency,
        )

    def training_lengths(self, first: int, cutoff: int) -> np.ndarray:
        """Return the number of rows of each series from one moment to another, (n_series,)."""
        is_training = (self.moment >= first) & (self.moment <= cutoff)
        return np.bincount(self.series[is_training], minlength=len(self.names))

    def fewest_rows(self, cuts: Cuts) -> int:
        """Return how many training rows make a beginning for the fit at the first of some origins.

        In a table of single rows these are all there is to learn from.
        """
        return int(min(FEWEST_ROWS, self.training_lengths(*cuts[0]).max()))

    def facts(self, cutoff: int, season: int) -> Facts:
        """Say what is known of the whole table, of its scales up to a moment."""
        return Facts(self.digest(), self.scales(cutoff, season), self.n_unobserved)

    def users_rows(self, rows: np.ndarray) -> tuple[Any, Any]:
        """Return X and y of some rows as the user gave them, in the given order."""
        places = self.order[rows]
        y = self.y.iloc[places]
        X = _rows_of(self.X, places)
        return X, y.iloc[:, 0] if self.flat else y

    def labels(self) -> list[str]:
        """Name what is forecast, series by series and target by target: (n_series · n_targets)."""
        targets = [str(name) for name in self.y.columns]
        if self.names == [""]:
            labels = targets
        elif len(targets) == 1:
            labels = self.names
        else:
            labels = [f"{name}/{target}" for name in self.names for target in targets]
        if len(set(labels)) < len(labels):
            twice = next(label for label in labels if labels.count(label) > 1)
            raise InputError(f"two series are both called {twice!r} as a text: name them apart.")
        return labels

    def scales(self, cutoff: int, season: int) -> Scales:
        """Return the mean absolute and squared seasonal naive error of each label up to the cutoff.

        None for a series that is constant there, or has no two values a season apart.
        """
        known = self.moment <= cutoff
        values = self.actual[known]
        series = self.series[known]
        # y[t] - y[t - season], where both rows are of one series; (n_rows - season, n_targets)
        change = values[season:] - values[:-season]
        change[series[season:] != series[:-season]] = np.nan
        means = pd.DataFrame({"absolute": np.abs(change).ravel(), "squared": change.ravel() ** 2})
        # Labels run over the series, and over the targets of each.
        n_targets = change.shape[1]
        label = series[season:, None] * n_targets + np.arange(n_targets)
        means = means.groupby(label.ravel()).mean()  # NaN is left out
        means = means.reindex(np.arange(len(self.names) * n_targets))
        found = zip(
            self.labels(), means["absolute"].tolist(), means["squared"].tolist(), strict=True
        )
        return {label: (a, s) if a > 0 and s > 0 else None for label, a, s in found}

    def digest(self) -> str:
        """Return a hash of the data: the same data give the same hash."""
        hashed = pd.util.hash_pandas_object(self.y).to_numpy()
        features = floats_of(self.X, "X")
        return hashlib.sha256(hashed.tobytes() + features.tobytes()).hexdigest()


def _rows_of(X: Any, places: np.ndarray) -> Any:
    """Return some rows of X as the user gave them."""
    return X.iloc[places] if hasattr(X, "iloc") else np.asarray(X)[places]


def _target_names(y: Any, n: int) -> list[Any]:
    """Name the targets as y does; without names they are y, or numbered."""
    if isinstance(y, pd.DataFrame):
        return list(y.columns)
    named = isinstance(y, pd.Series) and y.name is not None
    if named:
        return [y.name]
    return ["y"] if n == 1 else list(range(n))
