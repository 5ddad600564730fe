"""Stepwise search for the orders of a seasonal ARIMA process (Hyndman & Khandakar 2008)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from forecast.forecasters.estimates import Estimate
from forecast.forecasters.sarima import Orders
from forecast.forecasters.sum_of_squares import estimate

# Where the search begins, (p, q, P, Q): section 3.2, step 1.
_FIRST = (
    (2, 2, 1, 1),
    (0, 0, 0, 0),
    (1, 0, 1, 0),
    (0, 1, 0, 1),
)
# Steps of (p, q, P, Q), in the order in which they are tried: section 3.2, step 2.
_MOVES = (
    (0, 0, -1, 0),
    (0, 0, 0, -1),
    (0, 0, 1, 0),
    (0, 0, 0, 1),
    (0, 0, -1, -1),
    (0, 0, -1, 1),
    (0, 0, 1, -1),
    (0, 0, 1, 1),
    (-1, 0, 0, 0),
    (0, -1, 0, 0),
    (1, 0, 0, 0),
    (0, 1, 0, 0),
    (-1, -1, 0, 0),
    (-1, 1, 0, 0),
    (1, -1, 0, 0),
    (1, 1, 0, 0),
)
# The trends tried after no, one, and more differences: a constant, a drift, and none.
_TRENDS = (("c", "n"), ("t", "n"), ("n",))
# How much lower the AICc of a better model is: no step is taken for a rounding error.
_LOWER = 1e-6
# One-step errors beside those that regressors and coefficients take up.
_FEWEST_ERRORS = 3


def stepwise_search(
    y: np.ndarray,
    design: Callable[[str], np.ndarray],
    differences: tuple[int, int],
    season_length: int,
    largest: tuple[int, int, int, int],
) -> tuple[Estimate, int]:
    """Step from order to neighbouring order while AICc falls [1]_.

    AICc compares likelihoods of the same rows: those that all models have one-step errors for, but
    at least half.

    Parameters
    ----------
    y : array of shape (n_rows,), without NaN
    design : callable
        Returns the regressors for a trend, (n_rows, regressors).
    differences : (d, D)
    season_length : int
    largest : (p, q, P, Q)
        The largest orders tried.

    Returns
    -------
    best : Estimate
    tried : int
        The number of models.

    References
    ----------
    .. [1] Hyndman & Khandakar (2008), Automatic time series forecasting: the forecast package for
       R, Journal of Statistical Software 27(3), section 3.2.
    """
    models = _Models(y, design, differences, season_length, largest)
    better: Estimate | None = models.best_of_the_first()
    while better is not None:
        best = better
        better = models.better_neighbour(best)
    # Until here AICc counted the rows that all models share; in the end it counts all rows.
    regressors = models.designs[best.orders.trend]
    best = estimate(y, regressors, best.orders, best.start(best.orders))
    return best, len(models.fitted)


class _Models:
    """The models fitted so far, and their neighbours."""

    def __init__(
        self,
        y: np.ndarray,
        design: Callable[[str], np.ndarray],
        differences: tuple[int, int],
        season_length: int,
        largest: tuple[int, int, int, int],
    ):
        self.y = y
        self.differences = differences
        self.trends = _TRENDS[min(sum(differences), 2)]
        # Every model of a trend has the same regressors: they are made once.
        self.designs = {trend: design(trend) for trend in self.trends}
        # Without a season there are no seasonal coefficients.
        p, q, P, Q = largest
        if season_length > 1:
            self.season_length = season_length
            self.largest = p, q, P, Q
        else:
            self.season_length = 0
            self.largest = p, q, 0, 0
        self.counted = self._rows_with_errors()
        # By their sizes (p, q, P, Q) and their trend.
        self.fitted: dict[tuple[tuple[int, ...], str], Estimate] = {}

    def _rows_with_errors(self) -> int:
        """Return how many rows have one-step errors in every model, but at least half of them."""
        d, D = self.differences
        p, q, P, Q = self.largest
        m = self.season_length
        n_differences = len(self.y) - d - D * m
        lags = max(p + P * m, q + Q * m)
        return max(n_differences - lags, n_differences // 2)

    def fit(
        self,
        sizes: tuple[int, ...],
        trend: str,
        near: Estimate | None = None,
    ) -> Estimate | None:
        """Fit a model once; None where its orders are too large or the rows too few.

        Parameters
        ----------
        sizes : (p, q, P, Q)
        trend : str
        near : Estimate, optional
            A fitted neighbour, whose parameters the optimizer starts from.

        Returns
        -------
        Estimate or None
        """
        if not self._allows(sizes):
            return None
        # Steps lead back to models that were fitted before.
        key = sizes, trend
        if key in self.fitted:
            return self.fitted[key]
        d, D = self.differences
        p, q, P, Q = sizes
        orders = Orders((p, d, q), (P, D, Q, self.season_length), trend)
        regressors = self.designs[trend]
        # A model with coefficients needs more one-step errors than parameters.
        n_coefficients = sum(sizes) + regressors.shape[1]
        errors_left = len(self.y) - orders.reach - n_coefficients
        if sum(sizes) and errors_left < _FEWEST_ERRORS:
            return None
        # From near the minimum the optimizer takes few steps.
        start = None if near is None else near.start(orders)
        found = estimate(self.y, regressors, orders, start, self.counted)
        self.fitted[key] = found
        return found

    def _allows(self, sizes: tuple[int, ...]) -> bool:
        """Whether the orders are between 0 and the largest."""
        pairs = zip(sizes, self.largest, strict=True)
        return all(0 <= size <= limit for size, limit in pairs)

    def best_of_the_first(self) -> Estimate:
        """Fit the models that the search begins with; return the one of the lowest AICc."""
        found = []
        for first in _FIRST:
            allowed = np.minimum(first, self.largest).tolist()
            sizes = tuple(allowed)
            found.append(self.fit(sizes, self.trends[0]))
        # The null model without the constant or drift that the others have.
        null = (0, 0, 0, 0)
        found.append(self.fit(null, self.trends[-1]))
        models = [model for model in found if model is not None]
        return min(models, key=lambda model: model.aicc)

    def better_neighbour(self, best: Estimate) -> Estimate | None:
        """Return the first neighbour with a lower AICc, None if there is none."""
        for neighbour in self._neighbours(best):
            if neighbour.aicc < best.aicc - _LOWER:
                return neighbour
        return None

    def _neighbours(self, best: Estimate) -> Iterator[Estimate]:
        """Fit the models that differ by one step, one after the other."""
        sizes, trend = best.orders.sizes, best.orders.trend
        steps: list[tuple[tuple[int, ...], str]] = []
        for move in _MOVES:
            moved = np.add(sizes, move).tolist()
            steps.append((tuple(moved), trend))
        steps += [(sizes, other) for other in self.trends if other != trend]
        for neighbour, with_trend in steps:
            found = self.fit(neighbour, with_trend, best)
            if found is not None:
                yield found
