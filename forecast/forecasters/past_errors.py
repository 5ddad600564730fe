"""Past forecast errors of many series: their quantiles, local scales and adaptive levels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.forecasters.intervals import rearranged
from forecast.validation import positive

# The levels that the adaptive method keeps track of; between them it draws straight lines.
LEVELS = np.array([0.01, 0.025, 0.05, *np.arange(0.1, 0.95, 0.1), 0.95, 0.975, 0.99])


class PastErrors(NamedTuple):
    """What is known of the forecast errors of each series at some row.

    Parameters
    ----------
    errors : array of shape (n_series, horizon, n_targets, n_errors)
        In units of the local scale, the oldest first; NaN behind those of a series with fewer.
    counts : array of shape (n_series,)
        The number of errors of each series.
    levels : array of shape (n_series, horizon, n_targets, n_levels)
        The level at which the errors are read in place of each of `LEVELS`. There are no levels
        where the method is not adaptive.
    issued : array of shape (n_series, horizon, horizon, n_targets, n_levels)
        The quantiles of the errors as they were issued at the last `horizon` origins (axis 1, the
        latest last), in the unit of y.
    scales : array of shape (n_series, horizon, horizon, n_targets)
        The local scale at the last `horizon` origins, in the unit of y; 1 where there is none.
    """

    errors: np.ndarray
    counts: np.ndarray
    levels: np.ndarray
    issued: np.ndarray
    scales: np.ndarray

    def select(self, series: np.ndarray) -> PastErrors:
        """Return a copy of what is known of some series."""
        return PastErrors(*(values[series] for values in self))

    @classmethod
    def of(
        cls, errors: np.ndarray, counts: np.ndarray, local: int | None, adaptive: bool
    ) -> PastErrors:
        """Collect the errors from consecutive origins of each series.

        Parameters
        ----------
        errors : array of shape (n_origins, horizon, n_targets)
            Series after series. NaN where there is no actual (yet).
        counts : array of shape (n_series,)
            The number of origins of each series.
        local : int or None
            The rows that the local scale is an average over.
        adaptive : bool
            Whether levels are kept track of.
        """
        horizon = errors.shape[1]
        n_series = len(counts)
        complete = ~np.isnan(errors).any(axis=(1, 2))
        series = np.repeat(np.arange(n_series), counts)
        n_complete = np.bincount(series[complete], minlength=n_series)
        scales = np.ones_like(errors)
        if local is not None:
            first = padded(errors[complete], n_complete)[:, :local]
            start = np.nanmean(np.abs(first), axis=1)
            scales = local_scales(errors, counts, start, local)
        scaled = padded((errors / scales)[complete], n_complete)
        scaled = np.ascontiguousarray(np.moveaxis(scaled, 1, -1))
        # What was issued at the last origins, for rows that are still to come.
        last = np.cumsum(counts)[:, None] - horizon + np.arange(horizon)
        levels = np.tile(LEVELS if adaptive else LEVELS[:0], (*scaled.shape[:3], 1))
        issued = scales[last][..., None] * read(scaled, n_complete, levels)[:, None]
        return cls(scaled, n_complete, levels, issued, scales[last])

    def observe(self, series: np.ndarray, new: np.ndarray, rate: float, local: int | None) -> None:
        """Move some series on by one row, in place.

        Parameters
        ----------
        series : array of shape (n_moved,)
        new : array of shape (n_moved, horizon, n_targets)
            The errors of all forecasts for this row. NaN without an actual, or where a forecast
            had too little history.
        rate : float
            By which levels move.
        local : int or None
            The rows that the local scale is an average over.
        """
        scale = self.scales[series, -1]
        if local is not None:
            scale = moved_scale(scale, new, local)
        issued = self.issued[series, -1]
        if self.levels.size:
            self._move_levels(series, new, rate)
            self._replace_oldest(series, new)
            levels = self.levels[series]
            issued = scale[..., None] * read(self.errors[series], self.counts[series], levels)
        # The row becomes the latest origin, the oldest one is forgotten.
        self.issued[series] = np.concatenate([self.issued[series, 1:], issued[:, None]], axis=1)
        self.scales[series] = np.concatenate([self.scales[series, 1:], scale[:, None]], axis=1)

    def _move_levels(self, series: np.ndarray, new: np.ndarray, rate: float) -> None:
        """Move levels by ``rate * (level - below)``, where `below` is 1 if the error lay below."""
        steps = np.arange(new.shape[1])
        # The forecast of this row at step h was issued h origins ago.
        issued = self.issued[series[:, None], -1 - steps, steps]  # (n_moved, horizon, targets, k)
        below = new[..., None] <= issued
        levels = self.levels[series]
        moved = np.clip(levels + rate * (LEVELS - below), 0, 1)
        self.levels[series] = np.where(np.isnan(new)[..., None], levels, moved)

    def _replace_oldest(self, series: np.ndarray, new: np.ndarray) -> None:
        """Put the errors of a row in the place of the oldest, where all of its steps have one."""
        steps = np.arange(new.shape[1])
        scaled = new / self.scales[series[:, None], -1 - steps, steps]
        complete = ~np.isnan(new).any(axis=(1, 2))
        series = series[complete]
        self.errors[series, ..., :-1] = self.errors[series, ..., 1:]
        self.errors[series, ..., self.counts[series] - 1] = scaled[complete]

    def split_quantiles(self, series: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
        """Return the quantiles of the next errors of some series, in units of the local scale.

        Of n errors in order, it is the one of rank floor((n + 1) q) for a quantile q below the
        median, and ceil((n + 1) q) for one above.

        Parameters
        ----------
        series : array of shape (n_asked,)
        quantiles : array of shape (n_quantiles,)

        Returns
        -------
        array of shape (n_asked, horizon, n_targets, n_quantiles)

        Raises
        ------
        ValueError
            If a series has so few errors that there is no such rank.
        """
        counts = self.counts[series, None]
        ranks = np.round((counts + 1) * quantiles, 9)  # 20 · 0.95 is 19, whatever its rounding
        ranks = np.where(quantiles < 0.5, np.floor(ranks), np.ceil(ranks)).astype(int)
        wrong = (ranks < 1) | (ranks > counts)
        if wrong.any():
            first, place = np.argwhere(wrong)[0]
            q = quantiles[place]
            needed = int(np.ceil(np.round(1 / min(q, 1 - q) - 1, 6)))
            raise ValueError(
                f"the quantile {q:g} needs the errors of {needed} past forecasts; "
                f"there are {counts[first, 0]}: pass more history, raise calibration, "
                "or ask for less coverage."
            )
        ordered = np.sort(self.errors[series], axis=-1)  # NaN goes to the end
        return np.take_along_axis(ordered, ranks[:, None, None] - 1, axis=-1)

    def adaptive_quantiles(self, series: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
        """Return the same as `split_quantiles`, read at the levels that stand for the quantiles."""
        # The levels 0 and 1 stay where they are; between two of LEVELS levels are interpolated.
        nominal = np.array([0, *LEVELS, 1])
        tracked = rearranged(self.levels[series])
        zero = np.zeros((*tracked.shape[:-1], 1))
        levels = np.concatenate([zero, tracked, zero + 1], axis=-1)
        left = np.searchsorted(nominal, quantiles, side="right") - 1
        share = (quantiles - nominal[left]) / (nominal[left + 1] - nominal[left])
        levels = interpolated(levels[..., left], levels[..., left + 1], share)
        return read(self.errors[series], self.counts[series], levels)


def read(errors: np.ndarray, counts: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Read errors (…, n_errors) at levels (…, k), in a straight line between two of them.

    The error of rank r stands at the level r / (n + 1); beyond the outer ones they are the answer.
    """
    if not levels.size:
        return levels
    ordered = np.sort(errors, axis=-1)  # NaN goes to the end
    n = counts[:, None, None, None]
    place = np.clip(levels * (n + 1) - 1, 0, n - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, n - 1)
    low = np.take_along_axis(ordered, below, axis=-1)
    high = np.take_along_axis(ordered, above, axis=-1)
    return interpolated(low, high, place - below)


def interpolated(low: np.ndarray, high: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Go a share of the way from `low` to `high`; never beyond it by rounding."""
    return np.minimum(low + share * (high - low), high)


def padded(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Part rows (n, …) that stand series after series: (n_series, most rows, …), NaN behind."""
    series = np.repeat(np.arange(len(counts)), counts)
    position = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
    table = np.full((len(counts), counts.max(), *values.shape[1:]), np.nan)
    table[series, position] = values
    return table


def errors_of_rows(errors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the errors of all forecasts for some rows, (n_rows, horizon, n_targets).

    Parameters
    ----------
    errors : array of shape (n_origins, horizon, n_targets)
        From consecutive origins.
    rows : array of shape (n_rows,)
        Counted as the origins are; `horizon` of these must lie before each.
    """
    steps = np.arange(errors.shape[1])
    return np.asarray(errors[rows[:, None] - 1 - steps, steps])


def local_scales(
    errors: np.ndarray, counts: np.ndarray, start: np.ndarray, local: int
) -> np.ndarray:
    """Return the local scale at each origin, (n_origins, horizon, n_targets).

    Parameters
    ----------
    errors : array of shape (n_origins, horizon, n_targets)
        Series after series.
    counts : array of shape (n_series,)
        The number of origins of each series.
    start : array of shape (n_series, horizon, n_targets)
        The scale at the first `horizon` origins, whose errors are not yet complete.
    local : int
    """
    begin = np.cumsum(counts) - counts
    scales = np.repeat(start, counts, axis=0)
    for position in range(errors.shape[1], counts.max()):
        rows = begin[counts > position] + position
        scales[rows] = moved_scale(scales[rows - 1], errors_of_rows(errors, rows), local)
    return scales


def moved_scale(scale: np.ndarray, new: np.ndarray, local: int) -> np.ndarray:
    """Return the exponentially weighted mean absolute error after new errors.

    ``scale + (|error| - scale) / local``; an error that is NaN leaves it, and 0 becomes 1.
    """
    moved = scale + (np.abs(new) - scale) / local
    moved = np.where(np.isnan(new), scale, moved)
    return positive(moved, np.zeros_like(moved))
