"""Past errors while rows bring new ones: levels and local scales that move with each row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from forecast.forecasters.ordered_windows import OrderedWindows
from forecast.forecasters.past_errors import (
    LEVELS,
    PastErrors,
    in_units,
    interpolated,
    moved_scale,
    places_of_levels,
)


class MovingErrors:
    """What is known of the errors of each series, on its way through new rows.

    The errors of all rows are measured and put in order before the first one is observed, so that a
    row takes no longer where there are more of them. What is known at a row follows from the rows
    up to it alone.

    Parameters
    ----------
    past : PastErrors
        What is known before the first new row; it stays as it is.
    new : array of shape (n_rows, horizon, n_targets)
        The errors of all forecasts for each new row, series after series. NaN without an actual, or
        where a forecast had too little history.
    most : array of shape (n_series,)
        The number of new rows of each series.
    rate : float
        By which levels move.
    local : int or None
        The rows that the local scale is an average over.
    """

    def __init__(
        self, past: PastErrors, new: np.ndarray, most: np.ndarray, rate: float, local: int | None
    ):
        self.past = past
        self.counts = past.counts
        self.rate = rate
        self.is_adaptive = past.levels.size > 0
        self.levels = past.levels.copy()
        # The quantiles issued at the last origins: a new row takes the place of the oldest.
        self.issued = past.issued.copy()
        self.done = np.zeros(len(most), dtype=np.intp)
        self._new = new
        self._begin = np.cumsum(most) - most
        horizon = past.errors.shape[1]
        # Those at the last origins, then those at the new rows, series after series.
        self._scales = _scales(past, new, most, local)
        self._first_scale = self._begin + horizon * np.arange(len(most))
        is_complete = ~np.isnan(new).any(axis=(1, 2))
        # Without levels nothing is replaced.
        self._is_complete = is_complete & self.is_adaptive
        self._windows = self._errors_in_order(most, local)

    def _errors_in_order(self, most: np.ndarray, local: int | None) -> OrderedWindows:
        """Return the errors of each series, the oldest first, in windows of the old ones."""
        past = self.past
        _, horizon, n_targets, n_errors = past.errors.shape
        series = np.repeat(np.arange(len(most)), most)
        # An error is measured by the scale at its own origin, so many rows ago.
        steps = np.arange(horizon)
        row = np.arange(len(series)) + horizon * (1 + series)
        scales = self._scales[row[:, None] - 1 - steps, steps]
        new = in_units(self._new, scales, local)[self._is_complete]
        # Behind the old errors of their series, (n_series, n_errors, horizon, n_targets).
        n_new = np.bincount(series[self._is_complete], minlength=len(most))
        width = max(n_errors, int((past.counts + n_new).max()))
        values = np.full((len(most), width, horizon, n_targets), np.nan)
        values[:, :n_errors] = np.moveaxis(past.errors, -1, 1)
        begin = np.cumsum(n_new) - n_new
        own = series[self._is_complete]
        values[own, past.counts[own] + np.arange(len(own)) - begin[own]] = new
        table = values.reshape(len(values), -1, horizon * n_targets)
        return OrderedWindows(np.ascontiguousarray(table.swapaxes(1, 2)), past.counts)

    def observe(self, series: np.ndarray) -> None:
        """Move some series on by their next row."""
        row = self._begin[series] + self.done[series]
        if self.is_adaptive:
            # What has become known acts on the quantiles that this row issues as an origin.
            self._move_levels(series, self._new[row])
            self._windows.move(series[self._is_complete[row]])
        self.done[series] += 1
        if self.is_adaptive:
            units = self._read(series, self.levels[series])
            slot = (self.done[series] - 1) % self.issued.shape[1]
            self.issued[series, slot] = self.scale(series)[..., None] * units

    def _move_levels(self, series: np.ndarray, new: np.ndarray) -> None:
        """Move levels by ``rate * (q - below)``, where `below` is 1 if the error lay below."""
        # The forecast of this row at step h was issued h origins ago.
        steps = np.arange(new.shape[1])
        slots = (self.done[series][:, None] - 1 - steps) % len(steps)
        issued = self.issued[series[:, None], slots, steps]
        # (n_moved, horizon, n_targets, n_levels)
        below = new[..., None] <= issued
        levels = self.levels[series]
        moved = levels + self.rate * (LEVELS - below)
        moved = np.clip(moved, 0, 1)
        # An actual that is missing moves nothing.
        missing = np.isnan(new)[..., None]
        self.levels[series] = np.where(missing, levels, moved)

    def scale(self, series: np.ndarray) -> np.ndarray:
        """Return the local scale at the last row of some series, (n, horizon, n_targets)."""
        horizon = self._scales.shape[1]
        latest = self._first_scale[series] + horizon + self.done[series] - 1
        return np.asarray(self._scales[latest])

    def errors_of(self, series: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """Return past errors by their numbers (n, n_drawn), as `PastErrors.errors_of`."""
        errors = self._windows.numbers(series, numbers)
        return errors.reshape(*numbers.shape, *self._scales.shape[1:])

    def adaptive_quantiles(self, series: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
        """Return quantiles of the next errors, read at the levels that stand for them.

        They are in units of the local scale, (n_asked, horizon, n_targets, n_quantiles).
        """
        # Moved levels may cross. The levels 0 and 1 have not moved.
        tracked = np.sort(self.levels[series], axis=-1)
        zero = np.zeros((*tracked.shape[:-1], 1))
        levels = np.concatenate([zero, tracked, zero + 1], axis=-1)
        # Between two of LEVELS the level of a quantile is interpolated.
        nominal = np.array([0, *LEVELS, 1])
        left = np.searchsorted(nominal, quantiles, side="right") - 1
        share = (quantiles - nominal[left]) / (nominal[left + 1] - nominal[left])
        asked = interpolated(levels[..., left], levels[..., left + 1], share)
        return self._read(series, asked)

    def _read(self, series: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Read the errors of some series at levels (n, horizon, n_targets, k), as `read`."""
        below, above, share = places_of_levels(self.counts[series], levels)
        # Both ends of the straight lines at once.
        k = np.concatenate([below, above], axis=-1)
        by_column = k.reshape(len(k), -1, k.shape[-1])
        ends = self._windows.smallest(series, by_column).reshape(k.shape)
        low, high = np.split(ends, 2, axis=-1)
        return interpolated(low, high, share)

    def settled(self) -> PastErrors:
        """Return what is known after the rows that have been observed."""
        series = np.arange(len(self.done))
        shape = self._scales.shape[1:]
        # The oldest of the last origins first.
        last = self.done[:, None] + np.arange(shape[0])
        return PastErrors(
            errors=self._windows.current().reshape(len(series), *shape, -1),
            counts=self.counts,
            levels=self.levels,
            issued=self.issued[series[:, None], last % shape[0]],
            scales=self._scales[self._first_scale[:, None] + last],
            floors=self.past.floors,
        )


def moving_series(most: np.ndarray) -> Iterator[np.ndarray]:
    """Yield, for the 1st, 2nd, … new row, the series that have so many of them.

    Parameters
    ----------
    most : array of shape (n_series,)
        The number of rows of each series.
    """
    longest_first = np.argsort(-most, kind="stable")
    rows = np.arange(most.max(initial=0))
    counts = len(most) - np.searchsorted(np.sort(most), rows, side="right")
    for count in counts:
        yield longest_first[:count]


def _scales(past: PastErrors, new: np.ndarray, most: np.ndarray, local: int | None) -> np.ndarray:
    """Return the local scales at the last origins, then at each new row, series after series.

    The shape is (n_series * horizon + n_rows, horizon, n_targets).
    """
    _, horizon, n_targets, _ = past.errors.shape
    lengths = horizon + most
    first = np.cumsum(lengths) - lengths
    scales = np.ones((lengths.sum(), horizon, n_targets))
    scales[first[:, None] + np.arange(horizon)] = past.scales
    if local is None:
        return scales
    floors = np.zeros(past.scales[:, 0].shape) if past.floors is None else past.floors
    begin = np.cumsum(most) - most
    for done, moving in enumerate(moving_series(most)):
        latest = first[moving] + horizon - 1 + done
        rows = begin[moving] + done
        scales[latest + 1] = moved_scale(scales[latest], new[rows], local, floors[moving])
    return scales
