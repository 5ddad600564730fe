"""The anchor of a network: what its windows and its answers are relative to.

Windows are relative to their last timestep, answers to naive forecasts. A network that answers
differences need not learn where the series lies. The naive forecasts are
those of one or several season lengths: a season of 1 repeats the last value, a season of 24 the
last day of hours.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.recurrent.architecture import Architecture
from forecast.recurrent.samples import subsample
from forecast.tables.windows import UnreadRows
from forecast.validation import Rule, integer

_LAST_VALUE: tuple[int, ...] = (1,)
_VALUES_COMPARED = 10**6  # at most, to choose the anchor
# Seasons take the last value's place where their error is less than this share of its own.
_CLEARLY_BETTER = 0.5
_TIE = 1.1  # times the least error: of such anchors, the mean of more naive forecasts is calmer


def _is_anchor(value: Any) -> bool:
    """Whether a value may be the argument `anchor` of a forecaster."""
    if value is None or isinstance(value, str):
        return value in (None, "auto")
    seasons = [value] if np.ndim(value) == 0 else list(value)
    return bool(seasons) and all(integer(1).holds(season) for season in seasons)


ANCHOR_RULE = Rule("'auto', None, a season length or a list of these", _is_anchor)


def anchored_windows(architecture: Architecture, windows: np.ndarray) -> np.ndarray:
    """Return windows (samples, timesteps, channels) relative to their last timestep."""
    if not architecture.anchor:
        return windows
    return windows - windows[:, -1:]


def seasonal_rows(architecture: Architecture) -> np.ndarray:
    """Return the timesteps that hold each season's naive forecasts: (seasons, outputs)."""
    steps = np.arange(architecture.outputs)
    rows = []
    for season in architecture.anchor:
        # The last season of the window, from its first timestep on, again and again.
        first = architecture.timesteps - season
        rows.append(first + steps % season)
    return np.array(rows)


def naive_forecasts(architecture: Architecture, windows: np.ndarray) -> np.ndarray:
    """Return what answers are relative to, the mean of the naive forecasts: (samples, outputs)."""
    if not architecture.anchor:
        return np.zeros((len(windows), architecture.answers), dtype=windows.dtype)
    rows = seasonal_rows(architecture)
    by_season = windows[:, rows, 0]  # (samples, seasons, outputs)
    return by_season.mean(axis=1)


def anchored_known(
    architecture: Architecture, windows: np.ndarray, ahead: np.ndarray | None
) -> np.ndarray | None:
    """Put beside what is known for each step how far this is from the window's end.

    Takes (samples, outputs, columns ahead); returns (samples, outputs, columns ahead + known
    channels), or None where nothing is known.
    """
    if ahead is None or not architecture.columns_ahead:
        return None
    # Only columns that the windows hold have a distance: the calendar, which follows, has none.
    channels = list(architecture.known_channels)
    features = ahead[:, :, : len(channels)]
    distances = features - windows[:, -1:, channels]
    return np.concatenate([ahead, distances], axis=2)


def naive_values(
    y: np.ndarray | UnreadRows, origins: np.ndarray, horizon: int, anchor: tuple[int, ...]
) -> np.ndarray:
    """Return the mean of the naive forecasts of y itself: (origins, horizon, targets)."""
    first = origins[:, None] + 1
    steps = np.arange(horizon)
    by_season = [y[first + steps % season - season] for season in anchor]
    return np.asarray(np.mean(by_season, axis=0))


def choose_anchor(
    y: np.ndarray | UnreadRows, origins: np.ndarray, horizon: int, seasons: list[int]
) -> tuple[int, ...]:
    """Choose the naive forecasts by their mean absolute error on the rows to learn from.

    The last value stays, unless seasons tell far more; then it is as many of them as do well.

    Parameters
    ----------
    y : array of shape (n_rows, n_targets), or UnreadRows
        In units that are alike for all series.
    origins : array of shape (n_origins,)
    horizon : int
    seasons : list of int
        The season lengths to try, the shortest first, together with those before them.
    """
    combinations = [tuple(seasons[:count]) for count in range(1, len(seasons) + 1)]
    candidates = [_LAST_VALUE, *combinations]
    few = origins[subsample(len(origins), _VALUES_COMPARED // horizon)]
    actual = y[few[:, None] + np.arange(1, horizon + 1)]  # (origins, horizon, targets)

    # The mean of the naive forecasts is compared, not each of them: it is what answers add to.
    errors = {}
    for candidate in candidates:
        naive = naive_values(y, few, horizon, candidate)
        errors[candidate] = float(np.abs(actual - naive).mean())

    # Of candidates that are nearly as good, the one with the most naive forecasts.
    least = min(errors.values())
    if least >= _CLEARLY_BETTER * errors[_LAST_VALUE]:
        return _LAST_VALUE
    as_good = [candidate for candidate in candidates if errors[candidate] <= _TIE * least]
    return as_good[-1]
