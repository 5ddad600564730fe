"""Intermittent demand: exponential smoothing of its sizes, and of how often it comes.

Demand is what is above 0; many rows have none. Its size z is smoothed where there is demand [1]_::

    z[t] = z[t - 1] + alpha * (y[t] - z[t - 1])

How often it comes is either the interval p from one demand to the next, smoothed where there is
demand, or the probability b of demand, smoothed at every row [2]_, where o[t] is 1 with demand and
0 without::

    p[t] = p[t - 1] + beta * (interval - p[t - 1])
    b[t] = b[t - 1] + beta * (o[t] - b[t - 1])

The first demand gives the first size, and the rows up to it the first interval; the first
probability is the inverse of that interval. Before it, sizes, intervals and probabilities are 0.

All functions take the weights of several smoothings at once, (weights,), and return what is known
after each row, (rows, weights).

References
----------
.. [1] Croston (1972), Forecasting and stock control for intermittent demands, Operational Research
   Quarterly 23(3), 289-303.
.. [2] Teunter, Syntetos & Babai (2011), Intermittent demand: linking forecasting to inventory
   obsolescence, European J. of Operational Research 214(3), 606-615.
"""

from __future__ import annotations

import numpy as np

from forecast.forecasters.simple_smoothing import levels


def sizes(y: np.ndarray, alpha: np.ndarray, before: float) -> np.ndarray:
    """Smooth the sizes of demand; `before` is the size before the first row, 0 for none."""
    return _smoothed_at_demands(y > 0, y[y > 0], alpha, before)


def intervals(y: np.ndarray, beta: np.ndarray, before: float, waited: int) -> np.ndarray:
    """Smooth the intervals between demands.

    Parameters
    ----------
    y : array of shape (n_rows,)
    beta : array of shape (weights,)
    before : float
        The interval before the first row, 0 for none.
    waited : int
        The rows without demand right before the first row.
    """
    at = np.flatnonzero(y > 0)
    lengths = np.diff(at, prepend=-1 - waited)
    return _smoothed_at_demands(y > 0, lengths, beta, before)


def probabilities(y: np.ndarray, beta: np.ndarray, before: float, waited: int) -> np.ndarray:
    """Smooth the occurrence of demand; the parameters are those of `intervals`."""
    is_demand = y > 0
    known = np.zeros((len(y), len(beta)))
    if before == 0:
        if not is_demand.any():
            return known
        # The first demand gives the first probability, from which the later rows go on.
        first = int(np.argmax(is_demand))
        before = 1 / (waited + first + 1)
        known[first] = before
        later = slice(first + 1, None)
    else:
        later = slice(0, None)
    known[later] = _smoothed(is_demand[later], beta, before)[1:]
    return known


def waits(y: np.ndarray, waited: int) -> np.ndarray:
    """Return the rows without demand up to each row, (n_rows,); 0 at a demand."""
    row = np.arange(len(y))
    last_demand = np.where(y > 0, row, -1 - waited)
    return np.asarray(row - np.maximum.accumulate(last_demand))


def _smoothed_at_demands(
    is_demand: np.ndarray, values: np.ndarray, weights: np.ndarray, before: float
) -> np.ndarray:
    """Smooth values that come with demands; in between they stay."""
    if before == 0 and not len(values):
        return np.zeros((len(is_demand), len(weights)))
    after = _smoothed(values, weights, before or values[0])
    if before == 0:
        after[0] = 0
    n_demands = np.cumsum(is_demand)
    return np.asarray(after[n_demands])


def _smoothed(values: np.ndarray, weights: np.ndarray, before: float) -> np.ndarray:
    """Return the level before the first value and after each, (1 + values, weights)."""
    sequence = np.append(before, values)
    columns = np.repeat(sequence[:, None], len(weights), axis=1)
    return levels(columns, weights, np.zeros(len(weights)))
