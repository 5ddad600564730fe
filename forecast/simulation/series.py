"""Series as people have them, drawn from known processes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecast.simulation import patterns
from forecast.simulation.arima import autoregression, moving_average, stable_coefficients, sums
from forecast.simulation.patterns import normal, some
from forecast.validation import check, integer

__all__ = ["simulate_series"]

_TOGETHER = 2048  # series: a row of them is long enough for NumPy, and all fit into a few megabytes
_WARM_UP = 50  # rows in which a process forgets where it began


def simulate_series(
    n_series: int,
    n_rows: int,
    season_lengths: int | Sequence[int] = (),
    random_state: int | np.random.Generator | None = None,
) -> np.ndarray:
    """Draw series of all kinds that people forecast, each from a process of its own.

    Parameters
    ----------
    n_series : int
    n_rows : int
        Of each series.
    season_lengths : int or sequence of int, default=()
        The rows of the seasons that series may have; each has all, some or none of them.
    random_state : int, Generator or None, default=None
        The same whole number draws the same series.

    Returns
    -------
    array of shape (n_series, n_rows)
        In any unit: values lie between about 1e-4 and 1e6. NaN where a value is missing, which it
        is not in the last row of a series, and not in its first one.

    Notes
    -----
    A series is a seasonal ARIMA process whose coefficients come from the whole stationary and
    invertible region, by way of their partial autocorrelations; its innovations have light or heavy
    tails and come calm or in clusters. Over it lie trends that flatten out or turn, seasons that
    grow and fade, jumps of level, outliers and holidays. A third is the exponential function of
    such a sum, so that seasons multiply; some are counts, some mostly zero.

    References
    ----------
    Oreshkin et al. (2026), "Zero-shot forecasting by simulation alone", ICLR, for seasonal ARIMA as
    the teacher.

    Examples
    --------
    >>> y = simulate_series(3, 48, season_lengths=12, random_state=0)
    >>> y.shape
    (3, 48)
    """
    check(integer(1), n_series, "n_series")
    check(integer(2), n_rows, "n_rows")
    lengths = [season_lengths] if isinstance(season_lengths, int) else list(season_lengths)
    for length in lengths:
        check(integer(2), length, "each of season_lengths")
    rng = np.random.default_rng(random_state)
    blocks = [
        _block(rng, n_rows, min(_TOGETHER, n_series - first), lengths)
        for first in range(0, n_series, _TOGETHER)
    ]
    return np.concatenate(blocks)


def _block(
    rng: np.random.Generator, n_rows: int, n_series: int, lengths: Sequence[int]
) -> np.ndarray:
    """Draw some series, (n_series, n_rows)."""
    season = int(rng.choice(lengths)) if lengths else 1
    y = _process(rng, n_rows, n_series, season)
    # All that lies over a process is measured in the deviation of its changes.
    for length in lengths:
        size = rng.lognormal(0.5, 1.0, n_series) * some(rng, n_series, 0.7)
        y += size.astype(np.float32) * patterns.season(rng, n_rows, n_series, length)
    for pattern, share in _PATTERNS:
        chosen = np.flatnonzero(some(rng, n_series, share))
        y[:, chosen] += pattern(rng, n_rows, len(chosen))
    y = _in_forms(rng, y)
    return _with_holes(rng, y).T.astype(float)


_PATTERNS = (
    (patterns.trend, 0.6),
    (patterns.shifts, 0.2),
    (patterns.outliers, 0.2),
    (patterns.holidays, 0.1),
)


# --- the process


def _process(rng: np.random.Generator, n_rows: int, n_series: int, season: int) -> np.ndarray:
    """Draw seasonal ARIMA processes whose changes have unit deviation, (n_rows, n_series)."""
    warm_up = _WARM_UP + season
    x = _innovations(rng, warm_up + n_rows, n_series)
    # MA and AR, each with fewer or more lags: Φ(B) φ(B) Δ^d Δs^D y = Θ(B) θ(B) e.
    x = moving_average(x, -_coefficients(rng, n_series, (0.5, 0.2)))
    x = autoregression(x, _coefficients(rng, n_series, (0.8, 0.4, 0.2)))
    if season > 1:
        x = moving_average(x, -_coefficients(rng, n_series, (0.4,)), season)
        x = autoregression(x, _coefficients(rng, n_series, (0.4,)), season)
    x = x[warm_up:]
    # Some are sums of their past; of few so is the change, in small steps.
    x = autoregression(x, _some_ones(rng, n_series, 0.55))
    if season > 1:
        x = autoregression(x, _some_ones(rng, n_series, 0.15), season)
    drifting = np.flatnonzero(some(rng, n_series, 0.1))
    x[:, drifting] += 0.02 * sums(sums(normal(rng, n_rows, len(drifting))))
    x /= np.sqrt(np.mean(np.square(x[1:] - x[:-1]), axis=0)) + 1e-6
    # Measured with an error of its own, or not.
    noisy = np.flatnonzero(some(rng, n_series, 0.3))
    size = rng.lognormal(-0.5, 1.0, len(noisy)).astype(np.float32)
    x[:, noisy] += size * normal(rng, n_rows, len(noisy))
    return x


def _some_ones(rng: np.random.Generator, n_series: int, share: float) -> np.ndarray:
    """Return the coefficient 1 for some series and 0 for the others, (1, n_series)."""
    return some(rng, n_series, share)[None].astype(np.float32)


def _coefficients(rng: np.random.Generator, n_series: int, shares: Sequence[float]) -> np.ndarray:
    """Draw coefficients of the stable region: of each lag only some series have one."""
    partial = rng.uniform(-1.0, 1.0, (len(shares), n_series))
    # Neighbours are alike more often than not.
    partial[0] = np.where(some(rng, n_series, 0.6), np.abs(partial[0]), partial[0])
    has_lag = np.array([some(rng, n_series, share) for share in shares])
    return stable_coefficients(0.98 * partial * has_lag).astype(np.float32)


def _innovations(rng: np.random.Generator, n_rows: int, n_series: int) -> np.ndarray:
    """Draw noise: with light tails or heavy ones, evenly or in clusters."""
    e = normal(rng, n_rows, n_series)
    # Student's t: a normal number over a root of a mean of squares.
    heavy = np.flatnonzero(some(rng, n_series, 0.3))
    half = rng.choice([1.5, 2.5, 4.0], len(heavy)).astype(np.float32)
    squares = rng.standard_gamma(half, (n_rows, len(heavy)), dtype=np.float32) / half
    e[:, heavy] /= np.sqrt(squares)
    # The logarithm of the scale goes back to its mean within some twenty rows.
    calm = np.flatnonzero(some(rng, n_series, 0.2))
    persistence = np.full((1, len(calm)), 0.95, dtype=np.float32)
    e[:, calm] *= np.exp(autoregression(0.3 * normal(rng, n_rows, len(calm)), persistence))
    return e


# --- the form


def _in_forms(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
    """Turn sums into what is measured: as they are, exponential, counts, rare demand."""
    n_series = y.shape[1]
    form = rng.random(n_series)
    y += _level(rng, y) * (form >= 0.45)
    # Of a third the sum is the logarithm, of a tenth that of the mean of counts.
    multiplied = np.flatnonzero(form < 0.45)
    y[:, multiplied] = _growth(rng, y[:, multiplied])
    counts = np.flatnonzero(form < 0.1)
    y *= (10.0 ** rng.uniform(-3.0, 4.0, n_series)).astype(np.float32)
    y[:, counts] = _counts(rng, y[:, counts])
    return y


def _level(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
    """Return what is added to a sum: nothing, or so much that it is positive."""
    n_series = y.shape[1]
    above = -y.min(axis=0) + np.ptp(y, axis=0) * rng.lognormal(0.0, 1.5, n_series)
    return np.where(some(rng, n_series, 0.7), above, 0.0).astype(np.float32)


def _growth(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
    """Return the exponential function of sums, of any width."""
    width = rng.lognormal(-1.0, 0.7, y.shape[1]) / (y.std(axis=0) + 1e-6)
    centred = (y - y.mean(axis=0)) * width.astype(np.float32)
    return np.exp(np.clip(centred, -8, 8))


def _counts(rng: np.random.Generator, growth: np.ndarray) -> np.ndarray:
    """Draw counts whose mean grows and falls; of half of them some rows only have one."""
    n_series = growth.shape[1]
    mean = growth / growth.mean(axis=0) * rng.lognormal(1.0, 1.5, n_series)
    share = np.where(some(rng, n_series, 0.5), rng.uniform(0.05, 0.5, n_series), 1.0)
    return rng.poisson(np.clip(mean, 0, 1e6)) * (rng.random(mean.shape) < share)


def _with_holes(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
    """Leave out single values of some series, and a run of rows of others; never the ends."""
    n_rows, n_series = y.shape
    inner = y[1:-1]
    chosen = np.flatnonzero(some(rng, n_series, 0.1))
    is_hole = rng.random((len(inner), len(chosen))) < rng.uniform(0, 0.2, len(chosen))
    inner[:, chosen] = np.where(is_hole, np.nan, inner[:, chosen])
    for number in np.flatnonzero(some(rng, n_series, 0.1)):
        begin = rng.integers(n_rows)
        inner[begin : begin + rng.integers(1, max(2, n_rows // 10)), number] = np.nan
    return y
