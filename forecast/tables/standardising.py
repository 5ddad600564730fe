"""Standardising: each column of each series in units of its own deviation.

So one model serves series and columns of any unit. A column that is constant has no unit: its scale
is 0, its standardised values are 0, and what is restored is the constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from forecast.tables.panel import Panel
from forecast.tables.windows import Slices

_LAST_BITS = 8 * np.finfo(np.float64).eps
_BLOCK = 2**20  # rows of a column that are read at once

Columns: TypeAlias = Sequence[np.ndarray] | np.ndarray  # n_columns arrays of shape (n_rows,)


class Scaling(NamedTuple):
    """What the columns of each series are standardised by.

    Parameters
    ----------
    mean, scale : arrays of shape (n_series, n_columns)
        Of a constant the scale is 0.
    """

    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def learn(cls, columns: Columns, parts: Sequence[np.ndarray]) -> Scaling:
        """Measure columns (n_rows,) over the rows of each series."""
        # One column after the other needs little memory.
        measured = [[_measured(column, part) for column in columns] for part in parts]
        shape = (len(parts), len(columns))
        mean = np.array([[mean for mean, _ in row] for row in measured])
        deviation = np.array([[deviation for _, deviation in row] for row in measured])
        return cls(mean.reshape(shape), without_rounding(deviation.reshape(shape), mean))

    def of_columns(self, numbers: np.ndarray | slice) -> Scaling:
        """Return the scaling of the columns with these numbers."""
        return Scaling(self.mean[:, numbers], self.scale[:, numbers])

    def standardised(
        self, columns: Columns, series: np.ndarray, kind: type = np.float64
    ) -> np.ndarray:
        """Return columns (n_rows,) of rows of these series in units of their scale.

        Parameters
        ----------
        columns : Columns
        series : array of shape (n_rows,)
        kind : type of number, default=float64

        Returns
        -------
        array of shape (n_rows, n_columns)
        """
        divisor = _divisor(self.scale)
        table: np.ndarray = np.empty((len(series), len(columns)), dtype=kind)
        for c, column in enumerate(columns):
            centred = column - self.mean[series, c]
            table[:, c] = centred / divisor[series, c]
        return table

    def restored(self, answer: np.ndarray, series: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Return standardised forecasts in the unit of each series and target.

        Parameters
        ----------
        answer : array of shape (n_origins, steps, n_targets, n_levels)
        series : array of shape (n_origins,)
        last : array of shape (n_origins, n_targets)
            The last observed values: what was constant stays as it was last seen.

        Returns
        -------
        array of the shape of `answer`
        """
        targets = last.shape[1]
        mean = self.mean[series, :targets]
        scale = self.scale[series, :targets]
        centre = np.where(scale > 0, mean, last)
        # (n_origins, 1, n_targets, 1)
        return answer * scale[:, None, :, None] + centre[:, None, :, None]

    def relative(self, errors: np.ndarray, series: np.ndarray) -> np.ndarray:
        """Return errors (n_origins, steps, n_targets) in units of the scale of their series.

        NaN where the series is constant: its errors tell nothing about others.
        """
        scale = self.scale[series, : errors.shape[2]]
        unit = np.where(scale > 0, scale, np.nan)
        return np.asarray(errors / unit[:, None])


def learned_rows(
    panel: Panel, origins: np.ndarray, lookback: int, horizon: int
) -> list[np.ndarray]:
    """Return the rows of each series that are learned from: windows of origins, and targets.

    Of a series that begins so late that none of these origins is its own, all rows: nothing is held
    out from them.
    """
    # In time, not in rows: the last origin of one series may come later than that of another.
    last = panel.times[origins + horizon].max()
    is_learned = panel.times <= last
    parts = []
    for rows in panel.series():
        part = rows.start + np.flatnonzero(is_learned[rows])
        if len(part) < lookback + horizon:
            part = np.arange(rows.start, rows.stop)
        parts.append(part)
    return parts


def of_changes(scaling: Scaling, columns: Columns, parts: Sequence[np.ndarray]) -> Scaling:
    """Return the unit of errors of the first columns: the root mean square of their changes.

    Errors of forecasts are as large as changes from row to row, whether a series comes back to its
    mean or goes away from it. A deviation from the mean grows with the time that a walk has had.
    """
    means = scaling.mean[:, : len(columns)]
    sizes = [[_size_of_changes(column[part[-_BLOCK:]]) for column in columns] for part in parts]
    # What is constant has no unit here either.
    size = np.where(scaling.scale[:, : len(columns)] > 0, sizes, 0.0)
    return Scaling(means, size)


def _size_of_changes(values: np.ndarray) -> float:
    """Return the root mean square of the changes from row to row."""
    return float(np.sqrt(np.mean(np.diff(values) ** 2)))


def mean_and_deviation(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each column of values (n_rows, …), NaN left out.

    In two passes: the rounding of a mean grows with the rows, and is no deviation [1]_.

    References
    ----------
    .. [1] Chan, Golub & LeVeque (1983), The American Statistician 37(3), 242-247.
    """
    first = np.nanmean(values, axis=0)
    centred = values - first
    second = np.nanmean(centred, axis=0)
    return first + second, np.nanstd(centred, axis=0)


def _measured(column: np.ndarray, rows: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation of some rows of a column, which is read in blocks."""
    if len(rows) <= _BLOCK:
        mean, deviation = mean_and_deviation(column[rows])
        return float(mean), float(deviation)
    blocks = [rows[first : first + _BLOCK] for first in range(0, len(rows), _BLOCK)]
    count = sum(int(np.sum(~np.isnan(column[block]))) for block in blocks)
    # As `mean_and_deviation`, with sums over blocks.
    first_mean = sum(float(np.nansum(column[block])) for block in blocks) / count
    second = sum(float(np.nansum(column[block] - first_mean)) for block in blocks) / count
    centre = first_mean + second
    squares = sum(float(np.nansum((column[block] - centre) ** 2)) for block in blocks)
    return centre, float(np.sqrt(squares / count))


def is_rounding(deviation: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Whether a deviation is that of a constant of this size, whose last bits alone may differ."""
    return deviation <= _LAST_BITS * np.abs(size)


def without_rounding(deviation: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Replace the deviation of a constant by 0."""
    return np.where(is_rounding(deviation, mean), 0.0, deviation)


def _divisor(scale: np.ndarray) -> np.ndarray:
    """Return what values are divided by: a constant becomes 0."""
    return np.where(scale > 0, scale, np.inf)


def covered_mean_and_deviation(windows: Slices) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and deviation of each channel over all windows: (channels,) each.

    A row counts as often as windows hold it, and is read once.
    """
    # One window more where one starts, one less where one ends: the sum so far counts the windows.
    bins = len(windows.rows) + 1
    begun = np.bincount(windows.starts, minlength=bins)
    ended = np.bincount(windows.starts + windows.length, minlength=bins)
    counts = np.cumsum(begun - ended)[:-1]
    # Rows in no window are not read: they may hold anything.
    covered = counts > 0
    weights = counts[covered]
    means = []
    deviations = []
    # One column after the other needs little memory.
    for column in windows.rows.T:
        values = column[covered].astype(np.float64)
        # In two passes, as in `mean_and_deviation`.
        first = np.average(values, weights=weights)
        centred = values - first
        second = np.average(centred, weights=weights)
        variance = np.average((centred - second) ** 2, weights=weights)
        means.append(first + second)
        deviations.append(np.sqrt(variance))
    return np.array(means), np.array(deviations)


def standardised_columns(
    rows: np.ndarray, mean: np.ndarray, scale: np.ndarray, kind: type
) -> np.ndarray:
    """Return rows (n_rows, columns) in units of each column's scale, as numbers of this kind."""
    divisor = _divisor(scale)
    scaled: np.ndarray = np.empty(rows.shape, dtype=kind)
    for c, column in enumerate(rows.T):
        centred = column - mean[c]
        scaled[:, c] = centred / divisor[c]
    return scaled
