"""Conformal prediction: intervals of any forecaster from its errors on rows that it has not learned from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from forecast.composite import CompositeForecaster, check_forecaster
from forecast.naive import NaiveForecaster
from forecast.panel import Panel
from forecast.validation import Rule, integer, number, one_of, positive

__all__ = ["ConformalForecaster"]

_LEVELS = np.linspace(0.01, 0.99, 99)  # that the adaptive method keeps track of
_FEWEST = 5  # past forecasts to read errors from
_QUARTILES = np.array([0.25, 0.75])


class ConformalForecaster(CompositeForecaster):
    """Give any forecaster intervals that hold what they promise, whatever the distribution of its errors.

    The forecaster learns from the earlier rows. From every origin in the latest ones it forecasts `horizon` steps, and
    the errors of each step, with their signs and for each series apart, make the quantiles of that step. With n errors
    e in order, those of the interval are [1]_::

        lower = forecast + e[floor((n + 1) · (1 - coverage) / 2)]
        upper = forecast + e[ceil((n + 1) · (1 + coverage) / 2)]

    If the errors are exchangeable, the interval holds the actual with a probability of at least `coverage`. Errors of
    time series are so only roughly; the methods other than "split" are for what is left.

    Parameters
    ----------
    forecaster : forecaster, default=None
        Cloned, never changed. None stands for ``NaiveForecaster()``.
    horizon : int, default=1
        The steps that get intervals of their own; there are none beyond.
    method : {"split", "adaptive", "normalized"}, default="split"
        "split" as above. "adaptive" [2]_: after each row that `update` (or a table for `hindcast`) brings, the level
        of each quantile moves by `rate` towards the share of actuals it should have below it, and the error of this
        row replaces the oldest. "normalized" [3]_: errors are in units of the forecaster's own spread (between its
        quartiles) at the origin and step: its intervals keep their shape and get the right size.
    calibration : float between 0 and 1, default=0.2
        The latest part of the training rows, from which the errors come. The forecaster observes these rows but its
        parameters do not learn from them.
    rate : float between 0 and 1, default=0.01
        Of the adaptive method; after k rows a level has moved by k · rate at most.

    Attributes
    ----------
    members_ : list of one forecaster
        The fitted copy.
    errors_ : list (series) of arrays of shape (n_origins, horizon, n_targets)
        The latest errors, the oldest first; of the method "normalized" in units of the spread.
    levels_ : list (series) of arrays of shape (horizon, n_targets, 99)
        Which quantile of the errors stands for 0.01 … 0.99; as they are, but for the adaptive method.

    Notes
    -----
    `simulate` adds the errors of whole past forecasts, from one origin each, to the forecast: a bootstrap of blocks as
    long as the horizon, in which errors of neighbouring steps and of the targets stay together.

    References
    ----------
    .. [1] Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World; Lei et al. (2018), J. American
       Statistical Association 113(523), 1094-1111.
    .. [2] Gibbs & Candès (2021), Adaptive conformal inference under distribution shift, NeurIPS 34.
    .. [3] Lei et al. (2018), section 5.2.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.random.default_rng(0).normal(size=400)
    >>> model = ConformalForecaster(NaiveForecaster(), horizon=2).fit(y)
    >>> model.predict_interval(2, coverage=0.8).shape
    (2, 2)
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "horizon": integer(1),
        "method": one_of("split", "adaptive", "normalized"),
        "calibration": number(0, 1),
        "rate": number(0, 1),
    }

    def __init__(
        self,
        forecaster: Any = None,
        horizon: int = 1,
        method: str = "split",
        calibration: float = 0.2,
        rate: float = 0.01,
    ):
        self.forecaster = forecaster
        self.horizon = horizon
        self.method = method
        self.calibration = calibration
        self.rate = rate

    def _given(self) -> list[Any]:
        if self.forecaster is None:
            return [NaiveForecaster()]
        check_forecaster(self.forecaster, "forecaster")
        return [self.forecaster]

    def _needs(self) -> tuple[int, str]:
        rows, why = super()._needs()
        whole = max(np.ceil(rows / (1 - self.calibration)), rows + self.horizon + _FEWEST - 1)
        return int(whole), f"{why}, calibration={self.calibration} and horizon={self.horizon}"

    @property
    def _lag(self) -> int:
        return self.horizon  # forecasts from these rows still wait for actuals, or for features that are known ahead

    def _learn(self, panel: Panel) -> None:
        if hasattr(self, "memory_"):
            del self.memory_
        most = panel.lengths - self.horizon - _FEWEST + 1
        whole = np.minimum((panel.lengths * (1 - self.calibration)).astype(int), most)
        self.members_ = [self._member(self._given()[0], panel.take(_first(panel, whole)))]
        self.errors_, self.levels_ = [], []
        for s, first in enumerate(panel.bounds[:-1]):
            origins = np.arange(first + whole[s] - 1, panel.last[s] + 1 - self.horizon)
            errors = self._errors(panel, origins)
            self.errors_.append(errors)
            self.levels_.append(np.tile(_LEVELS, (*errors.shape[1:], 1)))
        super()._observe(panel.take(_after(panel, whole - self.members_[0].memory_.lengths)))

    def _errors(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the errors from origins whose actuals are known, (origins, horizon, targets)."""
        point, spread = self._points(panel, origins, self.horizon)
        return (panel.y[origins[:, None] + np.arange(1, self.horizon + 1)] - point) / spread

    def _points(self, panel: Panel, origins: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the forecasts, and the spread in whose units errors are: 1 unless they are normalised."""
        quartiles = _QUARTILES if self.method == "normalized" else np.empty(0)
        answer = self._answers_of(self.members_[0], panel, origins, horizon, quartiles)
        if self.method != "normalized":
            return answer[..., 0], np.ones(answer.shape[:-1])
        return answer[..., 0], positive(answer[..., 2] - answer[..., 1], answer[..., 0])

    def _observe(self, panel: Panel) -> None:
        if self.method == "adaptive":
            for s, last in enumerate(panel.last):
                self.errors_[s], self.levels_[s] = next(self._adapted(panel, s, np.array([last])))
        super()._observe(panel)

    def _adapted(self, panel: Panel, series: int, origins: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield errors and levels as they are at each origin (ascending) of one series of a table."""
        s, steps = self._numbers(panel.keys)[series], np.arange(self.horizon)
        errors, levels = self.errors_[s], self.levels_[s]
        own = panel.select(np.array([series]))
        origins = origins - panel.bounds[series]
        known = int(np.searchsorted(own.times, self.memory_.times[self.memory_.last[s]]))
        first = max(known + 1 - self.horizon, 0)  # the first origin with an actual that is new
        begun = np.arange(first, origins[-1])
        if len(begun):
            point = self._points(own.take(np.arange(origins[-1] + 1)).extend(self.horizon), begun, self.horizon)[0]
        at = first + self.horizon - 1
        for origin in origins:
            while at < origin:
                at += 1
                new = own.y[at] - point[at - first - 1 - steps, steps]  # (horizon, targets)
                if np.isnan(new).any():  # no actual, or too little history at the beginning of a table
                    continue
                below = new[..., None] <= _read(np.sort(errors, axis=0), levels)
                levels = np.clip(levels + self.rate * (_LEVELS - below), 0, 1)
                errors = np.concatenate([errors[1:], new[None]])
            yield errors, levels

    def _answer(self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray) -> np.ndarray:
        point, spread = self._points(panel, origins, horizon)
        answer = np.repeat(point[..., None], 1 + len(quantiles), axis=-1)
        if not len(quantiles):
            return answer
        self._check_calibrated(horizon)
        for mine, errors, levels in self._known(panel, origins):
            found = self._quantiles(errors[:, :horizon], levels[:horizon], quantiles)
            answer[mine, ..., 1:] += spread[mine][..., None] * found
        return answer

    def _known(self, panel: Panel, origins: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Yield which origins share errors and levels, and these."""
        codes = panel.codes[origins]
        for series in np.unique(codes):
            mine = np.flatnonzero(codes == series)
            if self.method != "adaptive" or not hasattr(self, "memory_"):
                s = self._numbers(panel.keys)[series]
                yield mine, self.errors_[s], self.levels_[s]
            else:
                asked = np.unique(origins[mine])
                for origin, known in zip(asked, self._adapted(panel, series, asked), strict=True):
                    yield mine[origins[mine] == origin], *known

    def _quantiles(self, errors: np.ndarray, levels: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
        """Return quantiles of the errors, (horizon, targets, quantiles)."""
        errors, n = np.sort(errors, axis=0), len(errors)
        if self.method == "adaptive":
            known, moved = np.array([0, *_LEVELS, 1]), np.sort(np.pad(levels, ((0, 0), (0, 0), (1, 1))), axis=-1)
            moved[..., -1], moved[..., 0] = 1.0, 0.0
            return _read(errors, np.apply_along_axis(lambda own: np.interp(quantiles, known, own), -1, moved))
        places = np.round((n + 1) * quantiles, 9)
        places = np.where(quantiles < 0.5, np.floor(places), np.ceil(places)).astype(int)
        wrong = (places < 1) | (places > n)
        if wrong.any():
            q = quantiles[np.argmax(wrong)]
            raise ValueError(
                f"the quantile {q:g} needs the errors of {int(np.ceil(max(q, 1 - q) / min(q, 1 - q)))} past forecasts; "
                f"there are {n}: pass more history, raise calibration, or ask for less coverage."
            )
        return np.moveaxis(errors[places - 1], 0, -1)

    def _check_calibrated(self, horizon: int) -> None:
        if horizon > self.horizon:
            raise ValueError(
                f"{horizon} steps were asked for, but errors are known for horizon={self.horizon}: fit with more."
            )

    def _paths(
        self, panel: Panel, origins: np.ndarray, horizon: int, n_paths: int, rng: np.random.Generator
    ) -> np.ndarray:
        self._check_calibrated(horizon)
        point, spread = self._points(panel, origins, horizon)
        paths = np.repeat(point[:, None], n_paths, axis=1)  # (origins, paths, horizon, targets)
        for mine, errors, _ in self._known(panel, origins):
            chosen = rng.integers(len(errors), size=(len(mine), n_paths))
            paths[mine] += spread[mine][:, None] * errors[chosen, :horizon]
        return paths


def _first(panel: Panel, counts: np.ndarray) -> np.ndarray:
    """Return the first so many rows of each series."""
    return np.flatnonzero(panel.position < counts[panel.codes])


def _after(panel: Panel, counts: np.ndarray) -> np.ndarray:
    """Return the rows of each series after its first so many."""
    return np.flatnonzero(panel.position >= counts[panel.codes])


def _read(errors: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Read ascending errors (n, horizon, targets) at levels (horizon, targets, k), in a straight line between two."""
    n = len(errors)
    place = np.clip(levels * (n + 1) - 1, 0, n - 1)
    below = np.floor(place).astype(int)
    above, part = np.minimum(below + 1, n - 1), place - below
    table = np.moveaxis(errors, 0, -1)
    low, high = (np.take_along_axis(table, rows, axis=-1) for rows in (below, above))
    return np.minimum(low + part * (high - low), high)  # not above it by rounding: quantiles do not cross
