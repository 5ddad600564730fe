"""Intermittent demand: Croston's method, and two that mend it."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.utils import Tags

from forecast.forecasters.base import Forecaster
from forecast.forecasters.demand import intervals, probabilities, sizes, waits
from forecast.forecasters.domain import refuse_first
from forecast.forecasters.grouping import places_of_equal
from forecast.forecasters.intervals import error_quantiles
from forecast.tables.panel import Panel
from forecast.validation import Rule, number, one_of, optional

__all__ = ["CrostonForecaster"]

# The weights that are tried; of equally good ones the earlier is taken.
_WEIGHTS = np.array([0.1, 0.05, 0.15, 0.2, 0.02, 0.3, 0.01])
_AS_GOOD = 1e-9  # of the squares of y: losses that differ by less are equal
_NOTHING = np.zeros(3)  # the state before the first row


class CrostonForecaster(Forecaster):
    """Forecast demand that is 0 in many rows: the size of a demand times how often it comes.

    Both are smoothed exponentially, apart from each other, and each series and each target has its
    own. All steps have the same forecast, which is a mean over rows with demand and without::

        croston   size / interval
        sba       size / interval · (1 - beta / 2)
        tsb       size · probability

    "sba" takes out most of the bias of "croston" [1]_, but forecasts too little where hardly any
    row is 0. Both stay as they are while no demand comes; "tsb" falls with every row without
    demand, as it must where a product goes out of use [2]_.

    Parameters
    ----------
    variant : {"sba", "croston", "tsb"}, default="sba"
    alpha, beta : float from 0 to 1, optional
        The weight of a new size, and of a new interval (of "tsb": of a row with demand or without).
        By default those out of a few from 0.01 to 0.3 whose squared one-step errors are smallest.

    Attributes
    ----------
    alpha_, beta_ : arrays of shape (n_series, n_targets)
    ratios_ : array of shape (n_series, n_targets, 201)
        Quantiles of a demand over the size that was forecast for it, in units of their mean.
    state_ : array of shape (n_series, n_targets, 3)
        After the last row: the size, the interval or the probability, and the rows since the last
        demand; `update` carries them on. Without any demand yet, the first two are 0, as is the
        forecast.

    Notes
    -----
    Quantiles and paths are those of a row's demand, never below 0: with the probability that the
    forecast implies there is a demand, independently of the other rows, and its size is the
    smoothed one times a ratio of the training part. So the median may be 0 where the forecast, a
    mean, is not. What the smoothed numbers themselves may be wrong by is not in the quantiles.

    A table for `hindcast` that begins elsewhere is smoothed from its own first demand. Columns of X
    are not read.

    References
    ----------
    .. [1] Syntetos & Boylan (2005), The accuracy of intermittent demand estimates, Int. J.
       Forecasting 21(2), 303-314.
    .. [2] Teunter, Syntetos & Babai (2011), Intermittent demand: linking forecasting to inventory
       obsolescence, European J. of Operational Research 214(3), 606-615.

    Examples
    --------
    >>> y = [0.0, 0.0, 6.0, 0.0, 0.0, 6.0, 0.0, 0.0]
    >>> CrostonForecaster("croston").fit(y).predict(2)
    array([2., 2.])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "variant": one_of("sba", "croston", "tsb"),
        "alpha": optional(number(0, 1, closed=True)),
        "beta": optional(number(0, 1, closed=True)),
    }
    _reads_features = False
    _is_local = True

    def __init__(self, variant: str = "sba", alpha: float | None = None, beta: float | None = None):
        self.variant = variant
        self.alpha = alpha
        self.beta = beta

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        return tags

    def _needs(self) -> tuple[int, dict[str, object]]:
        return 2, {}

    def _learn(self, panel: Panel) -> None:
        self._check_demand(panel, panel.last)
        shape = (panel.n_series, panel.y.shape[1])
        self.alpha_ = np.empty(shape)
        self.beta_ = np.empty(shape)
        ratios = []
        for series, rows in enumerate(panel.series()):
            for target, y in enumerate(panel.y[rows].T):
                alpha, beta = self._weights(y)
                self.alpha_[series, target] = alpha
                self.beta_[series, target] = beta
                ratios.append(_size_ratios(y, alpha))
        self.ratios_ = np.reshape(ratios, (*shape, -1))
        self.state_ = np.zeros((*shape, 3))
        self._observe(panel)

    def _weights(self, y: np.ndarray) -> tuple[float, float]:
        """Return the weights (alpha, beta) of one target of one series."""
        alphas = _WEIGHTS if self.alpha is None else np.array([self.alpha])
        betas = _WEIGHTS if self.beta is None else np.array([self.beta])
        # What is known before each row but the first, (rows - 1, weights).
        size = sizes(y, alphas, 0.0)[:-1]
        chance = self._chance(self._rates(y, betas, _NOTHING)[:-1], betas)
        # The squares (y - size · chance)² of all pairs of weights at once, but for the sum of y².
        actual = y[1:, None] * (size > 0)
        loss = (size**2).T @ chance**2 - 2 * (actual * size).T @ chance
        is_best = loss <= loss.min() + _AS_GOOD * np.sum(actual[:, 0] ** 2)
        place, other = np.argwhere(is_best)[0]
        return float(alphas[place]), float(betas[other])

    def _rates(self, y: np.ndarray, beta: np.ndarray, state: np.ndarray) -> np.ndarray:
        """Return the interval, or the probability, after each row, (rows, weights)."""
        _, before, waited = state
        smooth = probabilities if self.variant == "tsb" else intervals
        return smooth(y, beta, before, int(waited))

    def _chance(self, rate: np.ndarray, beta: np.ndarray | float) -> np.ndarray:
        """Return the probability of demand in a row, from the interval or the probability."""
        if self.variant == "tsb":
            return rate
        once = np.divide(1.0, rate, out=np.zeros_like(rate), where=rate > 0)
        return once * (1 - np.asarray(beta) / 2) if self.variant == "sba" else once

    def _observe(self, panel: Panel) -> None:
        self._check_demand(panel, panel.last)
        state = self.state_.copy()
        for series, s in enumerate(panel.numbers):
            for target in range(panel.y.shape[1]):
                state[s, target] = self._states(panel, series, target)[-1]
        self.state_ = state

    def _states(self, panel: Panel, series: int, target: int) -> np.ndarray:
        """Return the states after each row of one target of one series of a table, (rows, 3).

        `series` counts in the table, `s` in the training part.
        """
        s = panel.numbers[series]
        y = panel.y[panel.bounds[series] : panel.bounds[series + 1], target]
        # The remembered state is the one after the first row.
        begin = self.state_[s, target] if panel.continues else _NOTHING
        later = y[1:] if panel.continues else y
        alpha = self.alpha_[s, target]
        beta = self.beta_[s, target]
        size = sizes(later, np.array([alpha]), begin[0])
        rate = self._rates(later, np.array([beta]), begin)
        wait = waits(later, int(begin[2]))
        states = np.column_stack([size, rate, wait])
        return np.vstack([begin, states]) if panel.continues else states

    def _check_demand(self, panel: Panel, origins: np.ndarray) -> None:
        """Refuse what is no demand, up to the last origins."""
        is_read = panel.up_to(origins)
        refuse_first(
            panel,
            is_read[:, None] & (panel.y < 0),
            ", and demand is never below 0.",
            "Take goods that came back out of y, y.clip(lower=0), or take another forecaster.",
            "Take another model.",
        )

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        demand = self._demand(panel, origins)
        # What each row's demand is, (origins, targets, 1 + quantiles).
        point = demand.chance * demand.size
        levels = np.broadcast_to(quantiles, (*point.shape, len(quantiles)))
        answer = np.concatenate([point[..., None], demand.at(levels)], axis=-1)
        # All steps have the same.
        return np.repeat(answer[:, None], horizon, axis=1)

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        demand = self._demand(panel, origins)
        levels = rng.random((*demand.size.shape, n_paths * horizon))
        drawn = demand.at(levels).reshape(*demand.size.shape, n_paths, horizon)
        return np.moveaxis(drawn, 1, -1)  # (origins, paths, horizon, targets)

    def _demand(self, panel: Panel, origins: np.ndarray) -> _Demand:
        """Return the distribution of demand after origins."""
        self._check_demand(panel, origins)
        numbers = panel.training_series(origins)
        state = np.empty((len(origins), panel.y.shape[1], 3))
        codes = panel.codes[origins]
        position = panel.position[origins]
        for places in places_of_equal(codes):
            for target in range(panel.y.shape[1]):
                states = self._states(panel, codes[places[0]], target)
                state[places, target] = states[position[places]]
        chance = self._chance(state[..., 1], self.beta_[numbers])
        return _Demand(state[..., 0], chance, self.ratios_[numbers])


class _Demand(NamedTuple):
    """The distribution of the demand of a row, after each origin and for each target."""

    size: np.ndarray  # (origins, targets) the mean of a demand
    chance: np.ndarray  # (origins, targets) the probability of one
    ratios: np.ndarray  # (origins, targets, 201) quantiles of a demand in units of its mean

    def at(self, levels: np.ndarray) -> np.ndarray:
        """Return its quantiles at levels (origins, targets, n), of the same shape."""
        # There is no demand up to the level 1 - chance; above, the sizes share what is left.
        missing = (1 - levels) / np.maximum(self.chance, np.finfo(float).tiny)[..., None]
        share = np.maximum(1 - missing, 0)
        place = share * (self.ratios.shape[-1] - 1)
        # In a straight line from one of the quantiles to the next.
        below = np.floor(place).astype(int)
        above = np.ceil(place).astype(int)
        low = np.take_along_axis(self.ratios, below, axis=-1)
        high = np.take_along_axis(self.ratios, above, axis=-1)
        ratio = low + (place - below) * (high - low)
        return np.where(share > 0, self.size[..., None] * ratio, 0.0)


def _size_ratios(y: np.ndarray, alpha: float) -> np.ndarray:
    """Return the quantiles of demands over their forecasts, in units of their mean, (201,)."""
    before = sizes(y, np.array([alpha]), 0.0)[:-1, 0]
    known = (y[1:] > 0) & (before > 0)
    if not known.any():
        return np.ones(201)
    ratios = y[1:][known] / before[known]
    quantiles = error_quantiles(ratios[:, None])[:, 0]
    # The mean of a demand is its size, then.
    mean = np.mean((quantiles[1:] + quantiles[:-1]) / 2)
    return quantiles / mean
