"""Forecasts beyond the steps that a forecaster answers at once: they become its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from forecast.forecasters.intervals import forecast_errors
from forecast.tables.panel import Panel
from forecast.tables.standardising import Scaling

N_PATHS = 64  # a power of 4: see `_spreads`
LEVELS = (np.arange(N_PATHS) + 0.5) / N_PATHS  # of the quantiles that paths are drawn from
_LEVELS_POOLED = 8  # of each path
_ORIGINS = 4096  # from which forecasts are made to learn what they foretell, at most
_HARDLY_CHANCE = -2.86  # the 5 % point of the Dickey-Fuller t with a constant

Answer = Callable[[Panel, np.ndarray], np.ndarray]  # forecasts (n_origins, horizon, n_targets)


def with_forecasts(
    panel: Panel,
    origins: np.ndarray,
    forecast: np.ndarray,
    memory: int,
    further_steps: int,
    past: np.ndarray,
) -> tuple[Panel, np.ndarray]:
    """Make each origin a series of its own, whose history ends with its forecasts.

    Parameters
    ----------
    panel : Panel
    origins : array of shape (n_origins,)
        Rows of the panel.
    forecast : array of shape (n_origins, steps, n_targets)
        All that has been forecast; it stands in the place of y after each origin.
    memory : int
        The rows that the next forecast looks back on.
    further_steps : int
        The rows behind the forecasts that are answered next. No others are copied, so that the work
        for a step does not depend on how many there are.
    past : array of shape (n_features,)
        Which features are not known ahead: they stay as they were last seen.

    Returns
    -------
    panel : Panel of n_origins series with memory + further_steps rows each
    origins : array of shape (n_origins,)
        The rows of the last forecasts.
    """
    steps = forecast.shape[1]
    offsets = np.arange(steps - memory + 1, steps + further_steps + 1)
    onward = _series_around(panel, origins, offsets)
    # Views of (n_origins, n_offsets, columns): what is written into them stands in the panel.
    shape = len(origins), len(offsets)
    X = onward.X.reshape(*shape, panel.X.shape[1])
    y = onward.y.reshape(*shape, panel.y.shape[1])
    # After the origin, past features stay as last seen, and y is what has been forecast.
    ahead = offsets > 0
    last_seen = panel.X[origins][:, None]
    X[:, ahead] = np.where(past, last_seen, X[:, ahead])
    y[:, ahead] = np.nan
    answered = ahead & (offsets <= steps)
    y[:, answered] = forecast[:, offsets[answered] - 1]
    return onward, onward.bounds[:-1] + memory - 1


def _series_around(panel: Panel, origins: np.ndarray, offsets: np.ndarray) -> Panel:
    """Copy the rows at some offsets from each origin: each origin becomes a series.

    Where the series of the origin has no such row, X and y are NaN.
    """
    rows = origins[:, None] + offsets  # (n_origins, n_offsets)
    codes = panel.series_of(origins)
    first = panel.bounds[codes][:, None]
    last = panel.last[codes][:, None]
    outside = (rows < first) | (rows > last)
    # Any row stands in for one that is not there; its values are not taken.
    rows = np.clip(rows, 0, len(panel) - 1).ravel()
    X = panel.X[rows]
    y = panel.y[rows]
    X[outside.ravel()] = np.nan
    y[outside.ravel()] = np.nan
    return replace(
        panel,
        numbers=panel.numbers[codes],
        bounds=len(offsets) * np.arange(len(origins) + 1),
        times=panel.times[rows],
        X=X,
        y=y,
        continues=False,
    )


class Trajectories(NamedTuple):
    """How errors go together within a forecast, and what of them the forecast foretells.

    The quantiles of each step do not say whether a forecast that was too low at one step was so at
    the next. Trajectories do: each is all errors of one forecast, and its ranks among the others,
    step by step, order the quantiles of these steps (the Schaake shuffle [1]_).

    A forecaster that follows its last value too far is too high after high values: its errors hold
    the noise of that value. A path has this noise already, in the values that it ends with. So what
    a forecast foretells of its own error (by the regression of Mincer and Zarnowitz [2]_) is taken
    off, and only the rest of the error is drawn. It must be more than a random walk seems to
    foretell by chance (the t of Dickey and Fuller), with overlapping errors counted as in [3]_.

    Parameters
    ----------
    ranks : array of int, of shape (N_PATHS, horizon, n_targets)
        Trajectories from those of low errors to those of high ones. At each step and target every
        rank from 0 to N_PATHS - 1 occurs once.
    centre : array of shape (horizon, n_targets)
        The mean of the forecasts, in the unit of the errors.
    slope : array of shape (horizon, n_targets)
        The mean error for each unit of a forecast above the centre, from -1 to 0.
    rest : array of shape (horizon, n_targets)
        The deviation of what is not foretold, as a share of that of the errors.

    References
    ----------
    .. [1] Clark et al. (2004), J. Hydrometeorology 5(1), 243-262.
    .. [2] Mincer & Zarnowitz (1969), The Evaluation of Economic Forecasts, NBER.
    .. [3] Hodrick (1992), Review of Financial Studies 5(3), 357-386.
    """

    ranks: np.ndarray
    centre: np.ndarray
    slope: np.ndarray
    rest: np.ndarray

    @classmethod
    def learn(cls, errors: np.ndarray, past: PastForecasts) -> Trajectories:
        """Learn from errors of many forecasts.

        Parameters
        ----------
        errors : array of shape (n_origins, horizon, n_targets)
            Held-out errors in units that are alike for all of them; NaN where there is none.
        past : PastForecasts
            Forecasts of all that was learned from, and their errors in the same units.
        """
        ranks = cls.together(*errors.shape[1:]).ranks
        complete = ~np.isnan(errors).any(axis=(1, 2))
        if complete.any():
            # As many as there are paths, spread evenly over all of them.
            known = errors[complete]
            order = np.argsort(known.mean(axis=(1, 2)), kind="stable")
            places = (np.arange(N_PATHS) * len(order)) // N_PATHS
            ranks = _ranks(known[order[places]])
        return cls(ranks, *past.regression())

    @classmethod
    def together(cls, steps: int, targets: int) -> Trajectories:
        """Return errors that persist through a forecast, for where nothing was learned."""
        ranks = np.arange(N_PATHS)[:, None, None]
        shape = steps, targets
        everywhere = np.broadcast_to(ranks, (N_PATHS, *shape))
        return cls(everywhere, np.zeros(shape), np.zeros(shape), np.ones(shape))

    def corrected(self, answer: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Take off what forecasts foretell of their errors.

        Parameters
        ----------
        answer : array of shape (n_rows, steps, n_targets, 1 + N_PATHS)
            Forecasts and their quantiles.
        mean, scale : arrays of shape (n_rows, n_targets)
            The unit of the errors: a forecast is `scale` times what is learned here, and `mean`.

        Returns
        -------
        array of the shape of `answer`
        """
        steps = answer.shape[1]
        if not self.slope[:steps].any():
            return answer
        point = answer[..., :1]
        centre = mean[:, None] + scale[:, None] * self.centre[:steps]
        foretold = self.slope[:steps, :, None] * (point - centre[..., None])
        # The middle of the errors stays, and the rest of them is spread around it.
        quantiles = answer[..., 1:]
        middle = np.median(quantiles, axis=-1, keepdims=True)
        spread = self.rest[:steps, :, None] * (quantiles - middle)
        return np.concatenate([point + foretold, middle + foretold + spread], axis=-1)


class PastForecasts(NamedTuple):
    """Forecasts and their errors, from many origins, in units that are alike for all series.

    Parameters
    ----------
    forecasts, errors : arrays of shape (n_origins, horizon, n_targets)
        NaN where there is none.
    origins : array of shape (n_origins,)
        Rows of a panel, ascending.
    series : array of shape (n_origins,)
    """

    forecasts: np.ndarray
    errors: np.ndarray
    origins: np.ndarray
    series: np.ndarray

    @classmethod
    def of(
        cls, panel: Panel, origins: np.ndarray, answer: Answer, scaling: Scaling
    ) -> PastForecasts:
        """Forecast from some of the origins, evenly spread, by the function that answers."""
        most = min(len(origins), _ORIGINS)
        some = origins[(np.arange(most) * len(origins)) // most]
        point = answer(panel, some)
        errors = forecast_errors(panel, some, point)
        series = panel.training_series(some)
        mean = scaling.mean[series, None, : point.shape[2]]
        forecasts = scaling.relative(point - mean, series)
        return cls(forecasts, scaling.relative(errors, series), some, series)

    def regression(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Regress errors on the forecasts: centre, slope and rest, (horizon, n_targets) each.

        Forecasts may as well have been learned from: one that follows too far even there surely
        does. Regularised ones follow too little there, which tells nothing, and is left.
        """
        found = np.zeros((3, *self.errors.shape[1:]))
        for step, target in np.ndindex(found.shape[1:]):
            forecasts = self.forecasts[:, step, target]
            errors = self.errors[:, step, target]
            known = ~np.isnan(errors)
            blocks = self._blocks(1 + step)
            line = _line(forecasts[known], errors[known], blocks[known])
            found[:, step, target] = line
        centre, slope, rest = found
        return centre, slope, rest

    def _blocks(self, length: int) -> np.ndarray:
        """Return which block of so many rows of a series each origin is in, (n_origins,)."""
        block = self.origins // length
        # Where a series ends within a block, another block begins.
        begins = (np.diff(block) > 0) | (np.diff(self.series) != 0)
        return np.concatenate([[0], np.cumsum(begins)])


def _line(
    forecasts: np.ndarray, errors: np.ndarray, blocks: np.ndarray
) -> tuple[float, float, float]:
    """Return the mean forecast, the slope of errors on it, and the share of what is left.

    All arrays are of shape (n_origins,).
    """
    if not len(errors):
        return 0.0, 0.0, 1.0
    centre = float(forecasts.mean())
    x = forecasts - centre
    e = errors - errors.mean()
    together = x @ e
    # If errors are no news, those of overlapping forecasts hold the same noise: as if all errors of
    # a block were one, independent of those of other blocks. So regressors are summed (Hodrick).
    by_block = np.bincount(blocks, weights=x)
    deviation = np.sqrt(e @ e / len(e) * (by_block @ by_block))
    # By this t, a random walk is not taken for a stationary series.
    if together >= _HARDLY_CHANCE * deviation:
        return centre, 0.0, 1.0
    # At -1 a forecast says nothing beyond the mean.
    slope = max(-1.0, float(together / (x @ x)))
    left = e - slope * x
    return centre, slope, float(np.sqrt(left @ left / (e @ e)))


def following(answer: np.ndarray, stage: int) -> np.ndarray:
    """Choose a trajectory for each path, each of them once from each origin.

    Paths are put in order, and a sequence of low discrepancy is laid over them: so errors of
    different stages are independent, and paths of all levels have errors of all levels
    (array-RQMC [1]_).

    Parameters
    ----------
    answer : array of shape (n_origins * N_PATHS, steps, n_targets, 1 + N_PATHS)
        What each path says of the next steps.
    stage : int
        How many times paths have been continued.

    Returns
    -------
    array of int, of shape (n_origins, N_PATHS)

    References
    ----------
    .. [1] L'Ecuyer, Lécot & Tuffin (2008), A Randomized Quasi-Monte Carlo Simulation Method for
       Markov Chains, Operations Research 56(4), 958-975.
    """
    level = answer[..., 0].mean(axis=1)
    by_path = level.reshape(-1, N_PATHS, level.shape[1])
    # Targets count alike.
    deviation = by_path.std(axis=1, keepdims=True)
    unit = np.where(deviation > 0, deviation, np.inf)
    place = (by_path / unit).mean(axis=-1)
    order = _SPREADS[stage % len(_SPREADS)]
    return order[_ranks(place, axis=1)]


def drawn(answer: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    """Draw the next values of each path from their quantiles.

    Parameters
    ----------
    answer : array of shape (n_rows, steps, n_targets, 1 + N_PATHS)
        The quantiles at `LEVELS`, behind the point forecast; a row for each path.
    ranks : array of shape (n_rows, horizon, n_targets)
        Which quantile each path gets.

    Returns
    -------
    array of shape (n_rows, steps, n_targets)
    """
    place = 1 + ranks[:, : answer.shape[1], :, None]
    return np.take_along_axis(answer, place, axis=-1)[..., 0]


def pooled(answer: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Return quantiles of what all paths from an origin say of the next steps.

    Each path has a distribution of its own, given by its quantiles; pooled, they are the
    distribution from the origin.

    Parameters
    ----------
    answer : array of shape (n_origins * N_PATHS, steps, n_targets, 1 + N_PATHS)
        The quantiles at `LEVELS`, behind the point forecast.
    quantiles : array of shape (n_quantiles,)

    Returns
    -------
    array of shape (n_origins, steps, n_targets, n_quantiles)
    """
    _, steps, targets, _ = answer.shape
    by_path = answer[..., 1:].reshape(-1, N_PATHS, steps, targets, N_PATHS)
    some = np.take_along_axis(by_path, _POOLED[None, :, None, None], axis=-1)
    # (n_origins, steps, n_targets, values of all paths)
    values = np.moveaxis(some, 1, 3).reshape(-1, steps, targets, _POOLED.size)
    found = np.quantile(values, quantiles, axis=-1)
    return np.moveaxis(found, 0, -1)


def _ranks(values: np.ndarray, axis: int = 0) -> np.ndarray:
    """Return the ranks of values along an axis, from 0."""
    order = np.argsort(values, axis=axis, kind="stable")
    return np.argsort(order, axis=axis)


def _spreads() -> np.ndarray:
    """Return orders of the trajectories that are uncorrelated with the paths': (20, N_PATHS).

    Numbers with their binary digits reversed are the van der Corput sequence. Each digit that is
    moved adds as much to the correlation with the numbers themselves as any other, so that it is
    zero where half of the digits are flipped: there are 20 ways to choose half of six digits.
    """
    digits = np.arange(N_PATHS.bit_length() - 1)
    bits = (np.arange(N_PATHS)[:, None] >> digits) & 1
    flipped = [np.isin(digits, half) for half in combinations(digits, len(digits) // 2)]
    # Each is followed by its opposite, which flips the other half.
    opposites = np.stack([flipped, flipped[::-1]], axis=1)[: len(flipped) // 2]
    masks = opposites.reshape(-1, 1, len(digits))
    return np.asarray((bits ^ masks) @ (1 << digits[::-1]))


def _pooled_levels() -> np.ndarray:
    """Return which quantiles stand for the distribution of each path, (N_PATHS, 8).

    Eight levels, evenly spread; those of the next path are one higher, so that all occur alike.
    """
    spread = N_PATHS // _LEVELS_POOLED
    first = np.arange(N_PATHS) % spread
    return first[:, None] + spread * np.arange(_LEVELS_POOLED)


_SPREADS = _spreads()
_POOLED = _pooled_levels()
