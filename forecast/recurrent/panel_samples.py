"""From a panel to samples: windows of each target and the features, and what is known ahead.

A sample is an origin and a target. Samples stand target after target: first the first target at all
origins, then the second. What they read is in memory as single numbers, in units of each column's
deviation; where a panel is mapped from a file, its rows become such numbers when they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from forecast.recurrent.architecture import Architecture
from forecast.recurrent.samples import Samples
from forecast.tables.calendar import calendar_features
from forecast.tables.panel import Panel
from forecast.tables.standardising import Scaling
from forecast.tables.windows import Slices, UnreadRows

Rows: TypeAlias = slice | np.ndarray


def panel_samples(
    architecture: Architecture,
    panel: Panel,
    origins: np.ndarray,
    scaling: Scaling,
    calendar: Sequence[str],
) -> Samples:
    """Return what a network reads for these origins.

    Parameters
    ----------
    architecture : Architecture
        Its timesteps are the lookback, its outputs the horizon, its channels a target and then the
        features.
    panel : Panel
    origins : array of shape (n_origins,)
        Rows of the panel with a whole window before them.
    scaling : Scaling
    calendar : sequence of str
        The parts of the calendar that are known ahead.

    Returns
    -------
    Samples, n_targets * n_origins of them
    """
    a = architecture
    targets = panel.y.shape[1]
    features = panel.X.shape[1]
    # Starts are kept as TensorFlow will read them.
    first = (origins - a.timesteps + 1).astype(np.int32)
    # The features, and what is known ahead, are the same for all targets.
    shared = np.tile(first, targets)
    samples = _target_samples(a, panel, first, scaling)
    if features:
        read = _columns_of(panel, targets + np.arange(features), scaling)
        beside = Slices(_table(panel, features, read), shared, a.timesteps)
        samples = replace(samples, windows=(*samples.windows, beside))
    if a.columns_ahead:
        table = _known_ahead(a, panel, scaling, calendar)
        ahead = Slices(table, shared + a.timesteps, a.outputs)
        samples = replace(samples, ahead=ahead)
    # Where series have vectors, each sample names its own.
    if a.embedding:
        series = panel.training_series(origins)
        samples = replace(samples, series=np.tile(series, targets))
    return samples


def _target_samples(
    architecture: Architecture, panel: Panel, first: np.ndarray, scaling: Scaling
) -> Samples:
    """Return windows and future values of each target, from these first rows on."""
    a = architecture
    targets = panel.y.shape[1]
    # Each target's rows stand after those of the target before, in one column.
    offsets = len(panel) * np.arange(targets, dtype=np.int32)
    starts = (offsets[:, None] + first).ravel()
    column = _stacked_targets(panel, scaling)
    windows = Slices(column, starts, a.timesteps)
    return Samples((windows,), Slices(column, starts + a.timesteps, a.outputs))


def _stacked_targets(panel: Panel, scaling: Scaling) -> np.ndarray | UnreadRows:
    """Return the targets below one another, (n_targets * n_rows, 1)."""
    n_rows, targets = panel.y.shape
    read = _columns_of(panel, np.arange(targets), scaling)
    if not panel.is_mapped:
        return read(slice(None)).T.reshape(-1, 1)

    def read_stacked(rows: np.ndarray) -> np.ndarray:
        target, row = np.divmod(rows, n_rows)
        return read(row)[np.arange(len(row)), target][:, None]

    return UnreadRows((targets * n_rows, 1), read_stacked)


def _known_ahead(
    architecture: Architecture, panel: Panel, scaling: Scaling, calendar: Sequence[str]
) -> np.ndarray | UnreadRows:
    """Return what is known of each row ahead: features, then the calendar.

    The shape is (n_rows + horizon, columns). The steps beyond the panel are NaN: they are gathered,
    but not asked for.
    """
    a = architecture
    targets = panel.y.shape[1]
    # Channel 1 of a window is the first feature, which is the column after the targets.
    features = targets - 1 + np.array(a.known_channels, dtype=np.intp)
    read_features = _columns_of(panel, features, scaling)

    def read(rows: Rows) -> np.ndarray:
        columns = [read_features(rows)]
        if calendar:
            columns.append(calendar_features(panel.times[rows], calendar))
        return np.concatenate(columns, axis=1)

    beyond = np.full((a.outputs, a.columns_ahead), np.nan, dtype=np.float32)
    if not panel.is_mapped:
        return np.concatenate([read(slice(None)), beyond])

    def read_or_beyond(rows: np.ndarray) -> np.ndarray:
        found = read(np.minimum(rows, len(panel) - 1))
        found[rows >= len(panel)] = np.nan
        return found

    return UnreadRows((len(panel) + a.outputs, a.columns_ahead), read_or_beyond)


def _columns_of(
    panel: Panel, numbers: np.ndarray, scaling: Scaling
) -> Callable[[Rows], np.ndarray]:
    """Return a function that reads columns of a panel (targets, then features) in some rows.

    Its answers, (n_rows, n_columns), are single numbers in units of the columns' deviation.
    """
    every = [*panel.y.T, *panel.X.T]
    columns = [every[number] for number in numbers]
    own_scaling = scaling.of_columns(numbers)

    def read(rows: Rows) -> np.ndarray:
        values = [column[rows] for column in columns]
        return own_scaling.standardised(values, panel.training_series(rows), np.float32)

    return read


def _table(panel: Panel, width: int, read: Callable[[Rows], np.ndarray]) -> np.ndarray | UnreadRows:
    """Return a table of so many columns: as it is read, or unread where the panel is mapped."""
    if panel.is_mapped:
        return UnreadRows((len(panel), width), read)
    return read(slice(None))


def samples_by_target(samples: Samples, targets: int) -> list[Samples]:
    """Part samples by their targets."""
    each = len(samples) // targets
    firsts = range(0, len(samples), each)
    return [samples.keep(slice(first, first + each)) for first in firsts]


def sample_places(origins: np.ndarray, chosen: np.ndarray, targets: int) -> np.ndarray:
    """Return the places of some of the origins among the samples of all."""
    is_chosen = np.tile(np.isin(origins, chosen), targets)
    return np.flatnonzero(is_chosen)
