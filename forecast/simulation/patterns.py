"""What is laid over a process: seasons, trends, breaks, outliers, holidays; (n_rows, n_series)."""

from __future__ import annotations

import numpy as np

from forecast.simulation.arima import autoregression, sums

_HARMONICS = 8  # of a season, at most
_SHORTEST_YEAR = 50  # rows between two holidays, at least


def some(rng: np.random.Generator, n_series: int, share: float) -> np.ndarray:
    """Choose each series with a probability, (n_series,)."""
    return rng.random(n_series) < share


def normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw standard normal numbers."""
    return rng.standard_normal(shape, dtype=np.float32)


def season(rng: np.random.Generator, n_rows: int, n_series: int, length: int) -> np.ndarray:
    """Return a pattern of unit deviation that comes again and slowly grows or fades.

    Half of the patterns are smooth, a few waves; the others have a value of its own for each
    position in the season, or two levels, as weekdays and weekends have.
    """
    levels = (rng.random((length, n_series)) < 0.3).astype(np.float32)
    free = np.where(some(rng, n_series, 0.3), levels, normal(rng, length, n_series))
    pattern = np.where(some(rng, n_series, 0.5), _smooth(rng, n_series, length), free)
    pattern -= pattern.mean(axis=0)
    pattern /= pattern.std(axis=0) + 1e-6
    # The logarithm of its size goes a step, of a twentieth more or less, from season to season.
    t = np.arange(n_rows) + rng.integers(length)
    steps = rng.lognormal(-3.0, 1.0, n_series) * normal(rng, n_rows // length + 2, n_series)
    size = np.exp(np.clip(sums(steps), -1.6, 1.6)).astype(np.float32)
    return pattern[t % length] * size[t // length]


def _smooth(rng: np.random.Generator, n_series: int, length: int) -> np.ndarray:
    """Return one season of a few waves, the shorter the smaller, (length, n_series)."""
    n_waves = max(1, min(length // 2, _HARMONICS))
    order = np.arange(1, n_waves + 1)
    decay = order[:, None] ** -rng.uniform(0.0, 2.0, n_series)
    angle = 2 * np.pi * np.outer(np.arange(length), order) / length
    cosines = normal(rng, n_waves, n_series) * decay
    sines = normal(rng, n_waves, n_series) * decay
    return (np.cos(angle) @ cosines + np.sin(angle) @ sines).astype(np.float32)


def trend(rng: np.random.Generator, n_rows: int, n_series: int) -> np.ndarray:
    """Return straight lines, of which some flatten out and some turn at a moment."""
    slope = normal(rng, n_series) * rng.lognormal(-4.0, 1.5, n_series).astype(np.float32)
    damping = np.where(some(rng, n_series, 0.3), rng.uniform(0.95, 0.999, n_series), 1.0)
    # The slope goes on as a part of itself; where it turns, the next one is added.
    changes = np.zeros((n_rows, n_series), dtype=np.float32)
    changes[0] = slope
    turning = np.flatnonzero(some(rng, n_series, 0.2))
    moments = rng.integers(1, n_rows, len(turning))
    changes[moments, turning] = slope[turning] * rng.normal(-1.0, 1.0, len(turning))
    return sums(autoregression(changes, damping[None].astype(np.float32)))


def shifts(rng: np.random.Generator, n_rows: int, n_series: int) -> np.ndarray:
    """Return levels that stand at 0 and jump at some moments: about one in 300 rows."""
    return sums(_single(rng, n_rows, n_series, 1 / 300, 3.0))


def outliers(rng: np.random.Generator, n_rows: int, n_series: int) -> np.ndarray:
    """Return zeros with a few single values far off: about one in 100 rows."""
    return _single(rng, n_rows, n_series, 1 / 100, 5.0)


def _single(
    rng: np.random.Generator, n_rows: int, n_series: int, share: float, size: float
) -> np.ndarray:
    """Return zeros with normal numbers of some deviation in a share of the places."""
    values = np.zeros((n_rows, n_series), dtype=np.float32)
    places = rng.integers(0, values.size, rng.poisson(share * values.size))
    values.ravel()[places] = size * normal(rng, len(places))
    return values


def holidays(rng: np.random.Generator, n_rows: int, n_series: int) -> np.ndarray:
    """Return what the same few days of each year do, a year being of any length."""
    year = int(rng.integers(_SHORTEST_YEAR, 400))
    is_day = rng.random(year) < 3 / year
    is_row = is_day[(np.arange(n_rows) + rng.integers(year)) % year]
    return is_row[:, None] * (3.0 * normal(rng, n_series))
