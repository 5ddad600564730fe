"""What the network reads of a series: without unit, scale, or the length of a season."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.pretrained.candidates import N_CANDIDATES, STEPS_TRIED, Candidates, candidates

N_RECENT = 64  # values that are read one after the other
PATCH = 8  # of them in one step of the recurrent layers
N_RECENT_COLUMNS = 2 * PATCH
N_STATIC = 32
N_STEP = 2 * N_CANDIDATES + 12
_N_BLOCKS = 6  # of older values, of which the means are read
_N_CYCLES = 3  # of each season: the values at the same position are read
_FENCES = 3.0  # times the range of nine tenths of the values: what lies further out is pulled in
_LATEST = 256  # rows, whose changes are the scale
_LEAST_SCALE = 1e-3  # of the mean distance from the last value
_FURTHEST = 1e6  # of the zero, in mean distances
_LEAST_ERROR = 0.05  # in scales; below it errors are alike


class Inputs(NamedTuple):
    """What is read of some series, and the unit in which the network answers.

    Parameters
    ----------
    recent : array of shape (n_series, N_RECENT // PATCH, N_RECENT_COLUMNS)
    static : array of shape (n_series, N_STATIC)
    steps : array of shape (n_series, n_steps, N_STEP)
    forecasts : array of shape (n_series, n_steps, N_CANDIDATES)
        Of the rules, in scales above the level.
    errors : array of shape (n_series, n_steps, N_CANDIDATES)
        Of the rules in the past, in scales.
    past : array of shape (n_series, N_CANDIDATES)
        The logarithms of their means over steps.
    level, scale : arrays of shape (n_series,)
    """

    recent: np.ndarray
    static: np.ndarray
    steps: np.ndarray
    forecasts: np.ndarray
    errors: np.ndarray
    past: np.ndarray
    level: np.ndarray
    scale: np.ndarray


def network_inputs(y: np.ndarray, seasons: tuple[int, int], n_steps: int) -> Inputs:
    """Read series of one length.

    Parameters
    ----------
    y : array of shape (n_series, n_rows), finite
    seasons : pair of int
        As in `candidates`.
    n_steps : int
        For which the network is asked.
    """
    y = _without_extremes(y)
    # Float32 suffices for distances from the last value, but not for values far from 0.
    last = y[:, -1]
    unit = np.abs(y - last[:, None]).mean(axis=1)
    divisor = np.where(unit > 0, unit, 1.0)
    near = ((y - last[:, None]) / divisor[:, None]).astype(np.float32)
    made = candidates(near, seasons, n_steps)

    # The scale is that of the latest changes that no season explains.
    adjusted = made.adjusted
    end = adjusted[:, -1:]
    latest = adjusted[:, -_LATEST:]
    spread = np.abs(latest - latest.mean(axis=1, keepdims=True)).mean(axis=1)
    scale = np.abs(np.diff(latest, axis=1)).mean(axis=1) + 0.1 * spread + _LEAST_SCALE

    # From here on all is in scales, relative to the last value without its season.
    relative = (adjusted - end) / scale[:, None]
    forecasts = (made.forecasts - end[:, :, None]) / scale[:, None, None]
    errors = made.errors / scale[:, None, None] + _LEAST_ERROR
    past = np.log(errors[:, :STEPS_TRIED].mean(axis=1))
    forecasts, errors = forecasts[:, :n_steps], errors[:, :n_steps]
    zero = np.clip(-last / divisor, -_FURTHEST, _FURTHEST).astype(np.float32)
    ends = [(each - end[:, 0]) / scale for each in (zero, near.min(axis=1), near.max(axis=1))]
    return Inputs(
        _recent(relative),
        _static(relative, made, past, ends, seasons, scale),
        _steps(relative, forecasts, errors, made.profiles, seasons, scale),
        forecasts,
        errors,
        past,
        last + unit * end[:, 0],
        unit * scale,
    )


def _without_extremes(y: np.ndarray) -> np.ndarray:
    """Pull values in that lie far outside all others."""
    low, high = np.quantile(y, (0.05, 0.95), axis=1, keepdims=True)
    reach = _FENCES * (high - low)
    # Where nine tenths of the values are one and the same, the others are no extremes.
    reach[reach == 0] = np.inf
    return np.clip(y, low - reach, high + reach)


def _recent(relative: np.ndarray) -> np.ndarray:
    """Return the last values, and which of them there are, in patches."""
    n_series, n_rows = relative.shape
    known = min(n_rows, N_RECENT)
    values = np.zeros((n_series, N_RECENT), dtype=np.float32)
    values[:, N_RECENT - known :] = np.arcsinh(relative[:, n_rows - known :])
    is_known = np.zeros_like(values)
    is_known[:, N_RECENT - known :] = 1
    patches = [each.reshape(n_series, -1, PATCH) for each in (values, is_known)]
    return np.concatenate(patches, axis=2)


def _static(
    relative: np.ndarray,
    made: Candidates,
    past: np.ndarray,
    ends: list[np.ndarray],
    seasons: tuple[int, int],
    scale: np.ndarray,
) -> np.ndarray:
    """Return what holds for all steps, (n_series, N_STATIC)."""
    n_series, n_rows = relative.shape
    sizes = [np.abs(profile).mean(axis=1) / scale for profile in made.profiles]
    blocks = _block_means(relative)
    changes = np.diff(relative, axis=1)
    columns = [
        *(np.full(n_series, np.log(season)) for season in seasons),
        np.full(n_series, np.log(n_rows)),
        np.full(n_series, min(n_rows / seasons[0], 20) / 5),
        *made.trusts,
        *np.arcsinh(sizes),
        *np.arcsinh(ends),
        np.arcsinh(relative.std(axis=1)),
        np.arcsinh(np.abs(changes).max(axis=1)) / 3,
        (np.abs(changes) < 1e-6).mean(axis=1),
        np.log(np.abs(changes[:, -8:]).mean(axis=1) + 0.05),
        np.log(np.abs(changes[:, -32:]).mean(axis=1) + 0.05),
        _correlation(changes, 1),
        _correlation(changes, seasons[0]),
        *past.T,
        *np.arcsinh(blocks),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _block_means(relative: np.ndarray) -> list[np.ndarray]:
    """Return the means of the values in blocks from the last one back; the oldest stands on."""
    n_rows = relative.shape[1]
    means = []
    for number in range(_N_BLOCKS):
        stop = max(1, n_rows - number * N_RECENT)
        means.append(relative[:, max(0, stop - N_RECENT) : stop].mean(axis=1))
    return means


def _correlation(x: np.ndarray, lag: int) -> np.ndarray:
    """Return the autocorrelation of each series at a lag; 0 where there are not enough rows."""
    if x.shape[1] < 2 * lag:
        return np.zeros(len(x), dtype=x.dtype)
    power = np.einsum("st,st->s", x, x) + 1e-9
    return np.einsum("st,st->s", x[:, lag:], x[:, :-lag]) / power


def _steps(
    relative: np.ndarray,
    forecasts: np.ndarray,
    errors: np.ndarray,
    profiles: tuple[np.ndarray, np.ndarray],
    seasons: tuple[int, int],
    scale: np.ndarray,
) -> np.ndarray:
    """Return what belongs to each step, (n_series, n_steps, N_STEP)."""
    n_series, n_rows = relative.shape
    n_steps = forecasts.shape[1]
    step = np.arange(n_steps)
    times = [np.log1p(step), *(np.minimum((step + 1) / season, 8) for season in seasons)]
    columns = [np.broadcast_to(each, (n_series, n_steps)) for each in times]
    of_season = [profile[:, step % profile.shape[1]] / scale[:, None] for profile in profiles]
    columns += [np.arcsinh(each) for each in of_season]
    # What was left of the values at the same position in the last cycles.
    for season in seasons:
        for cycle in range(1, _N_CYCLES + 1):
            rows = n_rows + step % season - season * cycle
            columns.append(np.arcsinh(relative[:, np.maximum(rows, 0)]))
    expected = forecasts - sum(of_season)[:, :, None]
    columns.append(np.log(errors.min(axis=2)))
    parts = [np.stack(columns, axis=2), np.arcsinh(expected), np.log(errors)]
    return np.concatenate(parts, axis=2).astype(np.float32)
