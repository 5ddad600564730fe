"""The choice between a series and its logarithm: Box and Cox's comparison of likelihoods."""

from __future__ import annotations

import numpy as np

from forecast.forecasters.process import filled
from forecast.forecasters.sarima import Orders
from forecast.forecasters.sum_of_squares import estimate

# The largest over the smallest value, from which a logarithm is worth considering.
_SPAN = 10
# Rows that the models compared need beside those that they look back on.
_FEWEST_ERRORS = 10


def log_floor(y: np.ndarray, season_length: int) -> float:
    """Return the smallest value where the logarithm is to be modelled, NaN where y itself is.

    The logarithm is considered where all values are above 0 and span an order of magnitude: the log
    rule [1]_. It is chosen where one model of medium size has the lower AICc for it, both as
    likelihoods of y [2]_.

    Parameters
    ----------
    y : array of shape (n_rows,)
        Straight lines are drawn through NaN.
    season_length : int
        1 for no season.

    Returns
    -------
    float

    References
    ----------
    .. [1] Weisberg (2005), Applied Linear Regression, 3rd ed., section 7.1.
    .. [2] Box & Cox (1964), An analysis of transformations, Journal of the Royal Statistical
       Society B 26(2), 211-252.
    """
    lowest = float(np.nanmin(y))
    y = filled(y)
    # A model of medium size: what is left of most series after it looks like noise.
    if season_length > 1:
        orders = Orders((2, 0, 2), (1, 1, 1, season_length), "n")
    else:
        orders = Orders((2, 1, 2), (0, 0, 0, 0), "n")
    spans_enough = 0 < _SPAN * lowest < y.max()
    if not spans_enough or len(y) < orders.reach + _FEWEST_ERRORS:
        return np.nan
    no_regressors = np.empty((len(y), 0))
    of_y = estimate(y, no_regressors, orders)
    of_log = estimate(np.log(y), no_regressors, orders)
    # The density of y is that of log y, divided by y: the Jacobian of the transformation. It counts
    # for the rows that differences leave, as AICc does.
    lost = len(orders.difference_polynomial) - 1
    log_jacobian = np.log(y[lost:]).sum()
    aicc_of_log = of_log.aicc + 2 * log_jacobian
    return lowest if aicc_of_log < of_y.aicc else np.nan
