"""Values far outside the others, once trend and seasons are taken away."""

from __future__ import annotations

import numpy as np

_REACH = 3.0  # interquartile ranges beyond the quartiles: Tukey's "far out"


def outlying(remainder: np.ndarray) -> np.ndarray:
    """Return which remainders lie far out, shape (n_rows,) [1]_ [2]_.

    Far out is what lies more than three interquartile ranges below the first quartile or above
    the third: of a normal distribution, one in half a million.

    Parameters
    ----------
    remainder : array of shape (n_rows,)
        NaN where a value is missing. Where more than half of them are equal there is no range,
        and nothing is far out.

    References
    ----------
    .. [1] Tukey (1977), Exploratory Data Analysis, section 2D.
    .. [2] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section
       13.9: the rule of R's forecast::tsoutliers.

    Examples
    --------
    >>> outlying(np.array([1.0, 2.0, 3.0, 4.0, 50.0])).tolist()
    [False, False, False, False, True]
    """
    if np.isnan(remainder).all():
        return np.zeros(len(remainder), dtype=bool)
    low, high = np.nanquantile(remainder, [0.25, 0.75])
    reach = _REACH * (high - low)
    # What is left of rounding is no spread.
    if reach <= 1e-9 * np.nanmax(np.abs(remainder)):
        return np.zeros(len(remainder), dtype=bool)
    return (remainder < low - reach) | (remainder > high + reach)
