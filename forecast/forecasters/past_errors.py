"""Past forecast errors of many series: their quantiles, local scales and adaptive levels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.exceptions import InputError

# The levels that the adaptive method keeps track of; between them it draws straight lines.
LEVELS = np.array([0.01, 0.025, 0.05, *np.arange(0.1, 0.95, 0.1), 0.95, 0.975, 0.99])

# Of the mean absolute error: what the local scale does not fall below, for a few errors of zero do
# not promise that the next one is zero too.
_SMALLEST_SHARE = 0.1


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
    floors : array of shape (n_series, horizon, n_targets) or None
        What the local scale does not fall below, in the unit of y: a share of the mean absolute
        error. None where there is no local scale.
    """

    errors: np.ndarray
    counts: np.ndarray
    levels: np.ndarray
    issued: np.ndarray
    scales: np.ndarray
    floors: np.ndarray | None = None

    def select(self, series: np.ndarray) -> PastErrors:
        """Return a copy of what is known of some series."""
        return PastErrors(
            errors=self.errors[series],
            counts=self.counts[series],
            levels=self.levels[series],
            issued=self.issued[series],
            scales=self.scales[series],
            floors=None if self.floors is None else self.floors[series],
        )

    def rewind(self, series: np.ndarray, earlier: PastErrors) -> None:
        """Put in place, for some series, what was known of them earlier."""
        for values, before in zip(self, earlier, strict=True):
            if values is not None:
                values[series] = before

    def scale(self, series: np.ndarray) -> np.ndarray:
        """Return the local scale at the last row of some series, (n, horizon, n_targets)."""
        return np.asarray(self.scales[series, -1])

    def settled(self) -> PastErrors:
        """Return what is known: without new rows it does not move."""
        return self

    def errors_of(self, series: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """Return past errors by their numbers, from 0 for the oldest.

        Parameters
        ----------
        series : array of shape (n,)
        numbers : array of shape (n, n_drawn)

        Returns
        -------
        array of shape (n, n_drawn, horizon, n_targets)
        """
        return np.asarray(self.errors[series[:, None], ..., numbers])

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
        counts = self.counts[series]
        # Rounded before floor and ceil: 20 · 0.95 is 19, whatever its binary digits say.
        ranks = np.round((counts[:, None] + 1) * quantiles, 9)
        lower = quantiles < 0.5
        ranks = np.where(lower, np.floor(ranks), np.ceil(ranks))
        ranks = ranks.astype(int)  # (n_asked, n_quantiles)
        _check_ranks(ranks, counts, quantiles)
        # NaN, which fills up the shorter series, is sorted to the end.
        ordered = np.sort(self.errors[series], axis=-1)
        place = ranks[:, None, None] - 1
        return np.take_along_axis(ordered, place, axis=-1)


def collected_errors(
    errors: np.ndarray, counts: np.ndarray, local: int | None, adaptive: bool
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
    n_series = len(counts)
    horizon = errors.shape[1]
    complete = ~np.isnan(errors).any(axis=(1, 2))
    series = np.repeat(np.arange(n_series), counts)
    n_complete = np.bincount(series[complete], minlength=n_series)
    scales = np.ones_like(errors)
    floors = None
    if local is not None:
        sizes = np.abs(padded(errors[complete], n_complete))
        floors = _SMALLEST_SHARE * np.nanmean(sizes, axis=1)
        # The first scale is the mean absolute error over as many rows.
        start = np.maximum(np.nanmean(sizes[:, :local], axis=1), floors)
        scales = local_scales(errors, counts, start, local, floors)
    scaled = in_units(errors, scales, local)
    table = padded(scaled[complete], n_complete)
    # (n_series, horizon, n_targets, n_errors)
    table = np.ascontiguousarray(np.moveaxis(table, 1, -1))
    tracked = LEVELS if adaptive else LEVELS[:0]
    levels = np.tile(tracked, (*table.shape[:-1], 1))
    # What was issued at the last origins, for rows that are still to come.
    end = np.cumsum(counts)
    last = scales[end[:, None] - horizon + np.arange(horizon)]
    units = read(table, n_complete, levels)
    issued = units[:, None] * last[..., None]
    return PastErrors(table, n_complete, levels, issued, last, floors)


def in_units(errors: np.ndarray, scales: np.ndarray, local: int | None) -> np.ndarray:
    """Return errors in units of the local scale, or of 1 without one.

    Where the scale is 0, as all errors before were, an error is measured by the scale that it makes
    itself: it is plus or minus `local`.
    """
    own = np.abs(errors) / (local or 1)
    units = np.where(scales > 0, scales, own)
    # Errors of 0, and those that are missing, stay as they are.
    return np.divide(errors, units, out=errors.copy(), where=units > 0)


def read(errors: np.ndarray, counts: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Read errors (…, n_errors) at levels (…, k), in a straight line between two of them.

    The error of rank r stands at the level r / (n + 1); beyond the outer ones they are the answer.
    """
    if not levels.size:
        return levels
    # NaN, which fills up the shorter series, is sorted to the end.
    ordered = np.sort(errors, axis=-1)
    below, above, share = places_of_levels(counts, levels)
    low = np.take_along_axis(ordered, below, axis=-1)
    high = np.take_along_axis(ordered, above, axis=-1)
    return interpolated(low, high, share)


def places_of_levels(
    counts: np.ndarray, levels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return between which two of the ordered errors levels lie, and how far from the first.

    Parameters
    ----------
    counts : array of shape (n_series,)
    levels : array of shape (n_series, horizon, n_targets, k)

    Returns
    -------
    below, above : arrays of int, of the shape of `levels`
        From 0.
    share : array of the shape of `levels`
    """
    n = counts[:, None, None, None]
    # Places count from 0, and ranks from 1.
    place = levels * (n + 1) - 1
    place = np.clip(place, 0, n - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, n - 1)
    return below, above, place - below


def interpolated(low: np.ndarray, high: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Go a share of the way from `low` to `high`; never beyond it by rounding."""
    return np.minimum(low + share * (high - low), high)


def padded(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Part rows (n, …) that stand series after series: (n_series, most rows, …), NaN behind."""
    begin = np.cumsum(counts) - counts
    series = np.repeat(np.arange(len(counts)), counts)
    position = np.arange(len(values)) - begin[series]
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
    origins = rows[:, None] - 1 - steps
    return np.asarray(errors[origins, steps])


def local_scales(
    errors: np.ndarray,
    counts: np.ndarray,
    start: np.ndarray,
    local: int,
    floors: np.ndarray,
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
    floors : array of shape (n_series, horizon, n_targets)
    """
    horizon = errors.shape[1]
    begin = np.cumsum(counts) - counts
    scales = np.repeat(start, counts, axis=0)
    # Row after row, all series that have it at once.
    for position in range(horizon, counts.max()):
        goes_on = counts > position
        rows = begin[goes_on] + position
        new = errors_of_rows(errors, rows)
        scales[rows] = moved_scale(scales[rows - 1], new, local, floors[goes_on])
    return scales


def moved_scale(
    scale: np.ndarray,
    new: np.ndarray,
    local: int,
    floor: np.ndarray | float,
) -> np.ndarray:
    """Return the exponentially weighted mean absolute error after new errors.

    ``scale + (|error| - scale) / local``, but not below the floor; an error that is NaN leaves it.
    """
    moved = scale + (np.abs(new) - scale) / local
    return np.where(np.isnan(new), scale, np.maximum(moved, floor))


def errors_needed(quantile: float) -> int:
    """Return how many errors there must be for one of them to be their quantile."""
    # The smallest n with (n + 1) min(q, 1 - q) >= 1.
    return int(np.ceil(np.round(1 / min(quantile, 1 - quantile) - 1, 6)))


def _check_ranks(ranks: np.ndarray, counts: np.ndarray, quantiles: np.ndarray) -> None:
    """Refuse quantiles whose rank (n_series, n_quantiles) no error has."""
    wrong = (ranks < 1) | (ranks > counts[:, None])
    if not wrong.any():
        return
    series, place = np.argwhere(wrong)[0]
    q = quantiles[place]
    raise InputError(
        f"the quantile {q:g} needs the errors of {errors_needed(q)} past forecasts; there are "
        f"{counts[series]}: pass more history, raise calibration, or ask for less coverage."
    )
