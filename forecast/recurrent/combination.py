"""Combination: the mean of forecasts that do nearly as well as the best.

On a short validation part the best of several is the best by chance; an average of all that come
near it is calmer. Bates & Granger (1969), The Combination of Forecasts, Operational Research
Quarterly 20(4), 451-468.
"""

from __future__ import annotations

import numpy as np

from forecast.forecasters.choosing import nearly_best
from forecast.recurrent.quantiles import median_of

_SHARES = np.linspace(0, 1, 21)  # of the linear part that are tried


def linear_share(actual: np.ndarray, network: np.ndarray, linear: np.ndarray) -> float:
    """Return the linear part's share, from 0 to 1, by forecasts that neither part has learned from.

    It is the mean of all shares that do well. Where the parts are alike all do, which makes half.

    Parameters
    ----------
    actual, network, linear : arrays of shape (samples, horizon)
    """
    # The error of network + share (linear - network), for every share.
    error = actual - network
    difference = linear - network
    errors = []
    for share in _SHARES:
        absolute = np.abs(error - share * difference)
        errors.append(absolute.mean())
    good = nearly_best(np.array(errors))
    return float(_SHARES[good].mean())


def combined(network: np.ndarray, linear: np.ndarray | None, share: float) -> np.ndarray:
    """Return the weighted mean of both parts: (samples, horizon, levels).

    The linear part (samples, horizon), if there is one, moves all levels of the network by what it
    moves their median.
    """
    if linear is None:
        return network
    difference = linear - median_of(network)
    return network + (share * difference)[..., None]
