"""Combination: the mean of forecasts that do nearly as well as the best.

On a short validation part the best of several is the best by chance; an average of all that come
near it is calmer. Bates & Granger (1969), The Combination of Forecasts, Operational Research
Quarterly 20(4), 451-468.
"""

from __future__ import annotations

import numpy as np

from forecast.recurrent.quantiles import median_of

_NEAR = 1.05  # times the least error is as good
_FAR_BETTER = 0.95  # times the error of a naive forecast is worth to depart from it
_SHARES = np.linspace(0, 1, 21)  # of the linear part that are tried


def nearly_best(errors: np.ndarray) -> np.ndarray:
    """Return which of these errors are as good as the least one: a mask."""
    least = errors.min()
    return errors <= _NEAR * least


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


def departs(actual: np.ndarray, forecast: np.ndarray, naive: np.ndarray) -> bool:
    """Return whether a forecast is so much better than a naive one that this need not be chance.

    Nothing beats the last value of a random walk, but on a short validation part something does.

    Parameters
    ----------
    actual, forecast, naive : arrays of shape (samples, horizon)
    """
    error = np.abs(actual - forecast).mean()
    return bool(error <= _FAR_BETTER * np.abs(actual - naive).mean())


def combined(network: np.ndarray, linear: np.ndarray | None, share: float) -> np.ndarray:
    """Return the weighted mean of both parts: (samples, horizon, levels).

    The linear part (samples, horizon), if there is one, moves all levels of the network by what it
    moves their median.
    """
    if linear is None:
        return network
    difference = linear - median_of(network)
    return network + (share * difference)[..., None]
