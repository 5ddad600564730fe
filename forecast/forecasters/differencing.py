"""How often to difference a series: by the strength of its season, and by KPSS tests."""

from __future__ import annotations

import numpy as np
from statsmodels.tsa.seasonal import STL

# The strength from which a season is differenced: R's forecast::nsdiffs.
_STRONG = 0.64
_LIMIT = 0.463  # of the KPSS statistic, which it exceeds in 5 % of stationary series
# A series of fewer rows, or of a smaller range, is differenced no further.
_FEWEST = 8
_SMALLEST_RANGE = 1e-9


def choose_differences(
    y: np.ndarray,
    season_length: int,
    most: int,
    most_seasonal: int,
) -> tuple[int, int]:
    """Choose d and D: difference a season that is strong, then until the series is stationary.

    Parameters
    ----------
    y : array of shape (n_rows,), without NaN
    season_length : int
        1 for no season.
    most, most_seasonal : int
        The largest d and D; the season is differenced once at most.

    Returns
    -------
    d, D : int
    """
    D = 0
    if season_length > 1 and most_seasonal > 0:
        D = int(seasonal_strength(y, season_length) > _STRONG)
    if D:
        y = y[season_length:] - y[:-season_length]
    for d in range(most):
        if len(y) < _FEWEST or np.ptp(y) < _SMALLEST_RANGE or is_stationary(y):
            return d, D
        y = np.diff(y)
    return most, D


def seasonal_strength(y: np.ndarray, season_length: int) -> float:
    """Return the strength of the season, from 0 to 1.

    The share of the variation around the trend that it explains (Wang, Smith & Hyndman 2006, Data
    Mining and Knowledge Discovery 13(3), 335-364)::

        1 - var(remainder) / var(season + remainder)
    """
    # Loess of trend and low pass is evaluated a few times in a season, and interpolated between.
    jump = max(1, season_length // 8)
    decomposition = STL(y, season_length, seasonal_jump=1, trend_jump=jump, low_pass_jump=jump)
    parts = decomposition.fit()
    around_trend = np.var(parts.seasonal + parts.resid)
    if around_trend <= 1e-12:
        return 0.0
    return float(1 - np.var(parts.resid) / around_trend)


def is_stationary(y: np.ndarray) -> bool:
    """Whether the KPSS test takes a series (n_rows,) for stationary around a level, at 5 % [1]_.

    The sum of squares of the partial sums is compared with the long-run variance s²::

        eta = Σ S[t]² / n²,  S[t] = e[1] + … + e[t],  e = y - mean(y)

    References
    ----------
    .. [1] Kwiatkowski, Phillips, Schmidt & Shin (1992), J. Econometrics 54(1-3), 159-178: equation
       10 for s², table 1 for the limit.
    """
    n = len(y)
    errors = y - y.mean()
    eta = np.sum(np.cumsum(errors) ** 2) / n**2
    # Bartlett's weights of the lags that R's forecast::ndiffs takes for the long-run variance.
    lags = int(3 * np.sqrt(n) / 13)
    variance = errors @ errors / n
    for lag in range(1, lags + 1):
        weight = 1 - lag / (lags + 1)
        variance += 2 * weight * (errors[lag:] @ errors[:-lag]) / n
    # Not divided: a constant has no variance, and is stationary.
    return bool(eta <= _LIMIT * variance)
