"""Tests of whether a difference between two forecasts is more than chance."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import t as student

from forecast.validation import check, integer

__all__ = ["diebold_mariano"]


class Comparison(NamedTuple):
    """The result of a test: the mean loss difference, the statistic and the two-sided p-value."""

    difference: float
    statistic: float
    p_value: float


def diebold_mariano(loss: Any, reference: Any, overlap: int = 1) -> Comparison:
    """Test whether two forecasts have the same expected loss.

    The mean of the differences in units of its standard error, which allows for correlation between origins whose
    horizons overlap [1]_, with the correction for few origins and Student's distribution [2]_::

        statistic = mean(d) / sqrt(omega / n) * sqrt((n + 1 - 2h + h(h - 1) / n) / n),   d = loss - reference

    where ``omega`` is the sum of the autocovariances of d up to lag h - 1, with rectangular weights; where that sum
    is not positive, it is the variance alone.

    Parameters
    ----------
    loss, reference : array-like of shape (n_origins,)
        The loss of either forecast from each origin, such as its mean absolute error over the horizon.
    overlap : int, default=1
        h: how many neighbouring origins have steps in common; the horizon over the step from origin to origin, rounded
        up.

    Returns
    -------
    Comparison
        ``difference`` (negative: the first forecast is better), ``statistic``, ``p_value`` (two-sided); the last two
        are NaN where all differences are the same.

    Raises
    ------
    ValueError
        If the losses differ in shape, hold NaN, or are too few for the overlap.

    References
    ----------
    .. [1] Diebold & Mariano (1995), J. Business & Economic Statistics 13(3), 253-263.
    .. [2] Harvey, Leybourne & Newbold (1997), Int. J. Forecasting 13(2), 281-291.

    Examples
    --------
    >>> result = diebold_mariano([1.0, 2.0, 1.5, 1.0, 2.5], [2.0, 2.5, 1.5, 2.5, 3.0])
    >>> round(result.difference, 3), round(result.p_value, 3)
    (-0.7, 0.052)
    """
    check(integer(1), overlap, "overlap")
    first, second = np.asarray(loss, dtype=float), np.asarray(reference, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"both losses must have one shape (n_origins,); got {first.shape} and {second.shape}.")
    d = first - second
    if np.isnan(d).any():
        raise ValueError(f"the losses hold NaN at origin {int(np.argmax(np.isnan(d)))}. Leave this origin out of both.")
    if len(d) < 2 * overlap + 1:
        raise ValueError(f"{len(d)} origins are too few for overlap={overlap}: at least {2 * overlap + 1} are needed.")
    return _statistic(d, overlap)


def _statistic(d: np.ndarray, h: int) -> Comparison:
    n, mean = len(d), float(d.mean())
    e = d - mean
    covariances = [float(e[lag:] @ e[: n - lag]) / n for lag in range(h)]
    omega = covariances[0] + 2 * sum(covariances[1:])
    omega = omega if omega > 0 else covariances[0]
    if omega == 0:
        return Comparison(mean, np.nan, np.nan)
    statistic = mean / np.sqrt(omega / n) * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    return Comparison(mean, float(statistic), float(2 * student.sf(abs(statistic), n - 1)))
