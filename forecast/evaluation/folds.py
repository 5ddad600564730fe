"""A table cut in time: what each fit of a backtest may learn from, and what it is asked for.

The cut is made once, on the rows: they are counted series after series in the order of time, so
that the rows ahead of an origin are simply the next ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.evaluation.origins import RollingOrigin, numbered
from forecast.exceptions import InputError
from forecast.forecasters.base import Forecaster
from forecast.tables import intake
from forecast.tables.cells import as_pandas, floats_of
from forecast.tables.frequency import Frequency, infer_frequency, ordered_by_series
from forecast.tables.panel import Panel
from forecast.tables.rows import moments_of
from forecast.tables.unobserved import observed_span

FEWEST_ROWS = 2  # of a series, from which any forecaster learns


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
        return infer_frequency(self.index)

    @cached_property
    def panel(self) -> Panel:
        """The table as the forecasters of this package learn from it; read once for all."""
        y = self.y.iloc[:, 0] if self.flat else self.y
        return intake.training_panel(intake.read_table(Forecaster(), self.X, y), self.frequency)

    @cached_property
    def actual(self) -> np.ndarray:
        """The values of y, (n_rows, n_targets)."""
        return self.y.to_numpy()[self.order]

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

    def scales(self, cutoff: int, season: int) -> dict[str, tuple[float, float] | None]:
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
    def of(cls, source: Source, cuts: list[tuple[int, int]], cv: RollingOrigin) -> Fold:
        """Cut for the fit at the first of some origins; each is (first, last) training moment."""
        first, cutoff = cuts[0]
        last_origin = cuts[-1][1]
        reach = cv.gap + cv.horizon
        moment = source.moment
        training = np.flatnonzero((moment >= first) & (moment <= cutoff))
        # Nothing is known of a series that begins after the fit, and no change within one that has
        # just begun: it is not forecast, but for a table in which all are such.
        rows = np.bincount(source.series[training], minlength=len(source.names))
        begun = rows >= min(FEWEST_ROWS, rows.max())
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
