"""The rows that `predict` is asked for, which follow those that a forecaster remembers."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, RowsTakenAsFollowing
from forecast.tables.cells import as_pandas
from forecast.tables.frequency import numbered_series
from forecast.tables.intake import (
    Usage,
    check_known_ahead,
    read_features,
)
from forecast.tables.panel import Panel
from forecast.tables.rows import (
    check_series,
    digest,
    following_moments,
    moments_of,
    series_numbers,
)
from forecast.tables.timeline import is_default
from forecast.tables.wall_clock import spare_rows
from forecast.validation import check_finite, check_horizon

_N_RISING = 20  # rows over which no column rises by chance
_MOST_STEPS = 10**6  # of a forecast: each has a row in memory


class Question(NamedTuple):
    """The rows that `predict` is asked for."""

    series: np.ndarray  # (n_rows,) the series of the memory
    steps: np.ndarray  # (n_rows,) steps after the end of the memory
    X: np.ndarray  # (n_rows, n_features)
    moments: pd.Index

    def _has_all_before(self, row: int) -> bool:
        """Whether all rows between the memory and a row are asked for as well."""
        is_before = (self.series == self.series[row]) & (self.steps < self.steps[row])
        return bool(is_before.sum() == self.steps[row] - 1)

    def behind(self, memory: Panel) -> tuple[Panel, np.ndarray, np.ndarray]:
        """Put these rows behind the memory.

        Returns
        -------
        panel : Panel
            The memory of the series asked for, the rows that follow, and as many more as the clock
            may gain.
        origins : array of shape (n_series,)
            The last remembered row of each series.
        place : array of shape (n_rows,)
            The origin of each row asked for.
        """
        series, place = np.unique(self.series, return_inverse=True)
        further = int(self.steps.max()) + spare_rows(memory)
        panel = memory.select(series).extend(further)
        origins = panel.last - further
        panel.X[origins[place] + self.steps] = self.X
        return panel, origins, place

    def check_complete(self, answer: np.ndarray, memory: Panel, usage: Usage) -> None:
        """Refuse an answer (n_rows, …) of which a row is infinite, or lacks features on its way."""
        unknown = ~np.isfinite(answer).reshape(len(answer), -1).all(axis=1)
        if not unknown.any():
            return
        row = int(np.argmax(unknown))
        what = f"the forecast for {self.moments[row]}"
        lacks_rows = usage.needed_ahead.any() and not self._has_all_before(row)
        if lacks_rows and not np.isinf(answer[row]).any():
            end = memory.times[memory.last[self.series[row]]]
            first = memory.frequency.after(end, 1)[0]
            raise InputError(
                f"{what} needs the features of all rows since {first}.",
                "Pass these rows too; behind a gap, backtest(…, cv=RollingOrigin(gap=…)) does.",
                "Give a SOURCE that holds these rows too.",
            )
        # What overflows on its way may be infinite, or no number at all.
        raise InputError(
            f"{what} is too large for a number.",
            "Ask for fewer steps.",
            "Ask for a smaller --horizon.",
        )


def read_question(estimator: Any, X: Any, memory: Panel, usage: Usage) -> Question:
    """Find out which rows `predict` is asked for.

    Parameters
    ----------
    estimator : estimator
    X : DataFrame, array-like, Index or int
        As in `Forecaster.predict`.
    memory : Panel
        What the forecaster remembers; the rows follow it.
    usage : Usage
    """
    if isinstance(X, (int, float, np.number, bool)):
        return _steps_ahead(check_horizon(X, "the number of steps to predict"), memory, usage)
    features, index = _asked_rows(estimator, X, memory, usage)
    # Which series each row belongs to, and how many steps it is from its end.
    check_series(index, memory.names)
    series = series_of_rows(index, memory)
    _check_unique(index)
    steps = _steps_of_rows(index.get_level_values(-1), series, memory)
    # A past feature is never read here: it may be NaN.
    check_finite(
        np.where(usage.past, 0.0, features),
        list(index),
        memory.columns.described()[0],
        "It must be known for rows to predict: give it, or name it in past_features.",
        "It must be known for rows to predict: give it, or name it with --past when fitting.",
    )
    return Question(series, steps, features, index)


def _steps_ahead(horizon: int, memory: Panel, usage: Usage) -> Question:
    """Ask for so many steps of every series."""
    check_known_ahead(usage, f"{horizon} steps were asked for by number")
    _check_near(f"step {horizon}", horizon, memory.times[memory.last[0]])
    # The same steps for every series: the rows that follow its memory.
    longer = memory.extend(horizon)
    ends = np.repeat(memory.lengths, longer.lengths)
    rows = np.flatnonzero(longer.position >= ends)
    steps = np.tile(np.arange(1, horizon + 1), memory.n_series)
    return Question(longer.codes[rows], steps, longer.X[rows], longer.index(rows))


def _check_near(what: str, steps: int, end: Any) -> None:
    """Refuse a row so far ahead that its forecast would take all memory or time."""
    if steps > _MOST_STEPS:
        raise InputError(
            f"{what} is {steps} steps after the training part, which ends at {end}: "
            f"no more than {_MOST_STEPS} are forecast.",
            "Ask for nearer rows, or observe newer ones with update.",
            "Ask for nearer rows, or give newer ones in SOURCE.",
        )


def _asked_rows(estimator: Any, X: Any, memory: Panel, usage: Usage) -> tuple[np.ndarray, pd.Index]:
    """Return the features of the rows asked for, and which rows they are."""
    # An index asks for its moments: a table without columns.
    X = pd.DataFrame(index=X) if isinstance(X, pd.Index) else as_pandas(X)
    features = read_features(estimator, X, 0, usage)
    given = moments_of(X, None, len(features))
    n_repeated = 0
    # Rows that are counted from 0 may begin with the training rows, which are passed over.
    if is_default(given) and usage.digest is not None:
        n_repeated = _repeated(features, memory, usage.digest)
        _warn_of_rows_between(features, memory, usage)
    asked = features[n_repeated:]
    index = following_moments(given[: len(asked)], (X,), memory, usage.digest)
    return asked, index


def _repeated(features: np.ndarray, memory: Panel, seen: int) -> int:
    """Return how many rows, counted from 0, repeat the training rows; warn where that is open.

    Parameters
    ----------
    features : array of shape (n_rows, n_features)
    memory : Panel
    seen : int
        The digest of the rows so far.
    """
    n_seen = int(memory.times[-1]) + 1
    n_rows = len(features)
    if n_rows < n_seen:
        return 0
    is_repeated = digest(pd.RangeIndex(n_seen), features[:n_seen]) == seen
    if is_repeated and n_rows > n_seen:
        return n_seen
    if is_repeated or n_rows > n_seen:
        what = "repeat" if is_repeated else "are more than, and do not begin with,"
        warnings.warn(
            f"the {n_rows} rows to predict {what} the {n_seen} training rows: they are taken for "
            f"the rows that follow, from row {n_seen} on. Say which rows they are by their index.",
            RowsTakenAsFollowing,
            stacklevel=6,
        )
    return 0


def _warn_of_rows_between(features: np.ndarray, memory: Panel, usage: Usage) -> None:
    """Warn where a column that rose over the training rows falls back to go on between them.

    So do the rows that a splitter such as KFold takes out of the middle. What begins anew, as the
    hours of a day, falls back to where it began.
    """
    n_seen = int(memory.times[-1]) + 1
    if usage.rising is None or n_seen < _N_RISING or not 0 < len(features) < n_seen:
        return
    first, last = usage.rising
    is_between = (features[0] > first) & (features[0] <= last)
    goes_on = (np.diff(features, axis=0) > 0).all(axis=0)
    if not (is_between & goes_on).any():
        return
    column = int(np.argmax(is_between & goes_on))
    name = memory.columns.described()[0][column]
    warnings.warn(
        f"{name} rises over the {n_seen} training rows to {last[column]:g}, but the rows to "
        f"predict begin at {features[0, column]:g}: they are taken for the rows that follow. "
        "Say which rows they are by the index of a DataFrame.",
        RowsTakenAsFollowing,
        stacklevel=6,
    )


def _check_unique(index: pd.Index) -> None:
    """Refuse two rows for one moment."""
    is_repeated = index.duplicated()
    if not is_repeated.any():
        return
    row = int(np.argmax(is_repeated))
    first = int(np.argmax(index == index[row]))
    raise InputError(
        f"row {row} to predict is {index[row]}, as row {first} is: a moment has one row. "
        "Predict each scenario by itself."
    )


def series_of_rows(index: pd.Index, memory: Panel) -> np.ndarray:
    """Return the series of the memory that each row asked for belongs to."""
    codes, names = numbered_series(index)
    return series_numbers(names, memory.names)[codes]


def _steps_of_rows(times: pd.Index, series: np.ndarray, memory: Panel) -> np.ndarray:
    """Count the steps from the end of the memory to the rows asked for."""
    frequency = memory.frequency
    # From the last remembered row of its series to each row: (n_rows,)
    ends = memory.times[memory.last[series]]
    frequency.check_kind(times, ends[0])
    steps = frequency.steps(ends, times)
    if (steps < 1).any():
        row = int(np.argmax(steps < 1))
        ask = f"Ask for rows from {frequency.after(ends[row], 1)[0]} on"
        raise InputError(
            f"row {times[row]} lies inside or before the training part, which ends at {ends[row]}.",
            f"{ask}, or use hindcast.",
            f"{ask}.",
        )
    farthest = int(np.argmax(steps))
    _check_near(f"row {times[farthest]}", steps[farthest], ends[farthest])
    if not frequency.trading:
        return steps
    # One row is one step, whatever holidays lie between; a single closed day before it is none.
    for one in np.unique(series):
        rows = np.flatnonzero(series == one)
        if times[rows].is_monotonic_increasing:
            first = 1 if steps[rows[0]] == 2 else steps[rows[0]]
            steps[rows] = first + np.arange(len(rows))
    return steps
