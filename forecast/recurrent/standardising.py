"""Standardising: columns in units of their deviation, so that one network serves all of them."""

from __future__ import annotations

import numpy as np

from forecast.tables.panel import Panel
from forecast.tables.windows import Slices


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
        mean = np.average(values, weights=weights)
        variance = np.average((values - mean) ** 2, weights=weights)
        means.append(mean)
        deviations.append(np.sqrt(variance))
    return np.array(means), np.array(deviations)


def standardised_columns(
    rows: np.ndarray, mean: np.ndarray, scale: np.ndarray, kind: type
) -> np.ndarray:
    """Return rows (n_rows, columns) in units of each column's scale, as numbers of this kind."""
    scaled: np.ndarray = np.empty(rows.shape, dtype=kind)
    for c, column in enumerate(rows.T):
        centred = column - mean[c]
        scaled[:, c] = centred / scale[c]
    return scaled


def series_mean_and_deviation(
    panel: Panel, origins: np.ndarray, lookback: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and deviation of each column of each series: (n_series, columns) each.

    The columns are the targets and then the features. They are measured over the rows that the
    origins read. A series that begins so late that these are less than a window is measured as a
    whole.
    """
    # In time, not in rows: the last origin of one series may come later than that of another.
    last = panel.times[origins].max()
    read = panel.times <= last
    columns = [*panel.y.T, *panel.X.T]
    means = []
    deviations = []
    for rows in panel.series():
        part = rows.start + np.flatnonzero(read[rows])
        if len(part) < lookback:
            part = np.arange(rows.start, rows.stop)
        # One column after the other needs little memory.
        means.append([column[part].mean() for column in columns])
        deviations.append([column[part].std() for column in columns])
    # (n_series, columns)
    return np.array(means), np.array(deviations)


def standardised_panel(
    panel: Panel, columns: np.ndarray, series: np.ndarray, mean: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Return columns of a panel in units of each series' own scale: (n_rows, columns), float32.

    Parameters
    ----------
    panel : Panel
    columns : array of int
        Numbers among the targets and then the features.
    series : array of shape (n_rows,)
        The number of each row's series.
    mean, scale : arrays of shape (n_series, n_targets + n_features)
    """
    targets = panel.y.shape[1]
    table = np.empty((len(panel), len(columns)), dtype=np.float32)
    for place, column in enumerate(columns):
        values = panel.y[:, column] if column < targets else panel.X[:, column - targets]
        centred = values - mean[series, column]
        table[:, place] = centred / scale[series, column]
    return table
