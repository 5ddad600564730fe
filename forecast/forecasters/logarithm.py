"""Whether a series is better read as its logarithm: decided once, for all forecasters."""

from __future__ import annotations

import numpy as np


def prefers_logarithm(y: np.ndarray, season: int) -> np.ndarray:
    """Say of each series whether its changes are more even after the logarithm.

    Parameters
    ----------
    y : array of shape (n_series, n_rows), finite
    season : int

    Returns
    -------
    array of bool, of shape (n_series,)

    Notes
    -----
    Changes are to the row before, or to that of the last season, whichever are smaller; under the
    double exponential distribution, -n log(mean |change|) is their log-likelihood but for a
    constant. That of the logarithms has the Jacobian of the transformation, -Σ log y, beside it
    (Box and Cox 1964, Journal of the Royal Statistical Society B 26(2), 211-252). It must win by
    more than Akaike's price of one parameter.
    """
    n_series, n_rows = y.shape
    positive = (y > 0).all(axis=1)
    chosen = np.zeros(n_series, dtype=bool)
    lags = {1, season} if n_rows > season + 1 else {1}
    plain = y[positive]
    logs = np.log(plain)
    costs = [
        np.min([np.abs(x[:, lag:] - x[:, :-lag]).mean(axis=1) for lag in lags], axis=0)
        for x in (plain, logs)
    ]
    tiny = np.finfo(float).tiny
    cost, cost_of_logs = (np.log(each + tiny) for each in costs)
    gain = cost - cost_of_logs - logs.mean(axis=1)
    chosen[positive] = n_rows * gain > 1
    return chosen
