"""Conformal prediction: intervals of any forecaster from its errors on rows that it has not learned from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

import numpy as np

from forecast.forecasters.composite import CompositeForecaster, check_forecaster
from forecast.forecasters.intervals import NO_QUANTILES
from forecast.forecasters.naive import NaiveForecaster
from forecast.tables.panel import Panel
from forecast.validation import Rule, integer, number, one_of, optional, positive

__all__ = ["ConformalForecaster"]

_LEVELS = np.array(
    [0.01, 0.025, 0.05, *np.arange(0.1, 0.95, 0.1), 0.95, 0.975, 0.99]
)  # kept track of if adaptive
_FEWEST = 5  # past forecasts to read errors from


class _Record(NamedTuple):
    """What is known of the errors of one series after some row."""

    errors: np.ndarray  # (n, horizon, targets), the oldest first, in units of the scale
    levels: np.ndarray  # (horizon, targets, k): which quantiles of the errors stand for _LEVELS
    quantiles: (
        np.ndarray
    )  # (horizon, horizon, targets, k): of the errors, as they were said at the last origins
    scales: (
        np.ndarray
    )  # (horizon, horizon, targets): of the errors, as they were at the last origins


class ConformalForecaster(CompositeForecaster):
    """Give any forecaster intervals that hold what they promise if its errors are exchangeable,
    whatever their law.

    The forecaster learns from the earlier rows. From every origin in the latest ones it forecasts
    `horizon` steps, and the errors of each step, with their signs and for each series apart, make
    the quantiles of that step. With n errors e in order, those of the interval are [1]_::

        lower = forecast + e[floor((n + 1) · (1 - coverage) / 2)]
        upper = forecast + e[ceil((n + 1) · (1 + coverage) / 2)]

    Then the interval holds the actual with a probability of at least `coverage`. Errors of time
    series are exchangeable only roughly: two arguments, which work together, are for what is left.

    Parameters
    ----------
    forecaster : forecaster, default=None
        Cloned, never changed. None stands for ``NaiveForecaster()``.
    horizon : int, default=1
        The steps that get intervals of their own; there are none beyond.
    method : {"split", "adaptive"}, default="split"
        "split" as above. "adaptive" [2]_: with each row that `update` (or a table for `hindcast`)
        brings, it turns out which of the quantiles forecast for this row lay above the actual;
        their levels move by `rate` times what they should have said less what they did, and the
        errors of this row replace the oldest. So the share of actuals below a quantile comes to its
        level in the long run, as long as actuals lie where past errors reach: beyond their ends
        there is nothing to read, and a level is read at these.
    calibration : float between 0 and 1, default=0.2
        The latest part of the training rows, from which the errors come. The forecaster observes
        these rows but its parameters do not learn from them.
    rate : float between 0 and 1, default=0.005
        Of the adaptive method.
    local : int, optional
        If given, errors are in units of a local scale [3]_, the mean absolute error of their step
        in about so many rows before the origin (exponentially weighted): intervals are wide where
        errors have lately been large.

    Attributes
    ----------
    members_ : list of one forecaster
        The fitted copy.
    records_, learned_ : lists (series) of tuples of arrays
        The errors, (n, horizon, n_targets), and what the adaptive method and the local scale keep
        of the last origins: as `update` has moved them, and as they were learned, from which
        origins before the last observed row start.
    ends_ : list of moments
        The last training row of each series.

    Notes
    -----
    `simulate` adds the errors of whole past forecasts, from one origin each, to the forecast: a
    bootstrap of blocks as long as the horizon, in which errors of neighbouring steps and of the
    targets stay together.

    References
    ----------
    .. [1] Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World, section 4.1.
    .. [2] Gibbs & Candès (2021), Adaptive conformal inference under distribution shift, NeurIPS 34.
    .. [3] Lei et al. (2018), Distribution-free predictive inference for regression, J. American
       Statistical Association 113(523), 1094-1111, section 5.2.

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
        "method": one_of("split", "adaptive"),
        "calibration": number(0, 1),
        "rate": number(0, 1),
        "local": optional(integer(1)),
    }

    def __init__(
        self,
        forecaster: Any = None,
        horizon: int = 1,
        method: str = "split",
        calibration: float = 0.2,
        rate: float = 0.005,
        local: int | None = None,
    ):
        self.forecaster = forecaster
        self.horizon = horizon
        self.method = method
        self.calibration = calibration
        self.rate = rate
        self.local = local

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
        return (
            self.horizon
        )  # the last forecasts still wait for actuals: they are made again when these have come

    def _learn(self, panel: Panel) -> None:
        most = panel.lengths - self.horizon - _FEWEST + 1
        whole = np.minimum((panel.lengths * (1 - self.calibration)).astype(int), most)
        earlier = np.flatnonzero(panel.position < whole[panel.codes])
        self.members_ = [self._member(self._given()[0], panel.take(earlier))]
        self.learned_ = [self._record(panel, s, first - 1) for s, first in enumerate(whole)]
        self.records_, self.ends_ = list(self.learned_), [panel.times[row] for row in panel.last]
        begin = whole - self.members_[0].memory_.lengths
        position, end = panel.position, panel.lengths - self._lag
        seen = (position >= begin[panel.codes]) & (position < end[panel.codes])
        since = replace(panel.take(np.flatnonzero(seen)), continues=True)
        self.members_ = [self._moved_on(self.members_[0], since)]

    def _record(self, panel: Panel, series: int, first: int) -> _Record:
        """Summarise the errors from all origins of a series since its row `first`."""
        own = panel.select(np.array([series]))
        errors = self._errors(own, np.arange(first, len(own)))  # NaN where there is no actual yet
        whole = errors[~np.isnan(errors).any(axis=(1, 2))]
        if len(whole) < _FEWEST:
            raise ValueError(
                f"{panel.name(int(panel.last[series]))} ends the training part with {len(whole)} past forecasts that "
                f"have all their actuals; at least {_FEWEST} are needed: pass more history, or raise calibration."
            )
        scales = np.ones_like(errors)
        if self.local is not None:
            scales[: self.horizon] = np.abs(whole[: self.local]).mean(axis=0)
            for i in range(self.horizon, len(errors)):
                scales[i] = self._rescaled(scales[i - 1], _verified(errors, i))
        past = errors / scales
        past = past[~np.isnan(past).any(axis=(1, 2))]
        known = _LEVELS if self.method == "adaptive" else _LEVELS[:0]
        levels = np.tile(known, (*past.shape[1:], 1))
        said = _read(past, levels) * scales[-self.horizon :, ..., None]
        return _Record(past, levels, said, scales[-self.horizon :])

    def _errors(self, own: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the errors from origins of one series, (origins, horizon, targets); NaN beyond its end."""
        longer = own.extend(self.horizon)
        point = self._answers_of(self.members_[0], longer, origins, self.horizon, NO_QUANTILES)[
            ..., 0
        ]
        return np.asarray(longer.y[origins[:, None] + np.arange(1, self.horizon + 1)] - point)

    def _rescaled(self, scale: np.ndarray, new: np.ndarray) -> np.ndarray:
        """Return the local scale after the errors (horizon, targets) of one more row; NaN leaves it."""
        if self.local is None:
            return scale
        moved = np.where(np.isnan(new), scale, scale + (np.abs(new) - scale) / self.local)
        return positive(moved, np.zeros_like(moved))

    def _observe(self, panel: Panel) -> None:
        asked = [np.array([last]) for last in panel.last]
        records = [next(self._moved(panel, s, origins)) for s, origins in enumerate(asked)]
        super()._observe(panel)
        self.records_ = records

    def _moved(self, panel: Panel, series: int, origins: np.ndarray) -> Iterator[_Record]:
        """Yield what is known at origins (ascending) of one series of a table."""
        s = panel.numbers[series]
        if self.method != "adaptive" and self.local is None:  # nothing moves
            yield from [_Record(*self.records_[s])] * len(origins)
            return
        origins = origins - panel.bounds[series]
        own = panel.select(np.array([series])).take(np.arange(origins[-1] + 1))
        record, end = _Record(*self.records_[s]), self.memory_.times[self.memory_.last[s]]
        if own.times[origins[0]] < end:
            record, end = _Record(*self.learned_[s]), self.ends_[s]
        known = int(np.searchsorted(own.times, end))
        first = max(known + 1 - self.horizon, 0)  # the first origin with an actual that is new
        errors = (
            self._errors(own, np.arange(first, len(own))) if first < len(own) - 1 else np.empty(0)
        )
        at = self.horizon - 1
        for origin in origins:
            while at < min(origin - first, len(errors) - 1):
                at += 1
                record = self._next(record, _verified(errors, at))
            yield record

    def _next(self, record: _Record, new: np.ndarray) -> _Record:
        """Return what is known after one more row, whose errors from the last origins are `new`,
        (horizon, targets).

        They are NaN without an actual, or with too little history at the beginning of a table.
        """
        steps, errors, levels = np.arange(self.horizon), record.errors, record.levels
        scale = self._rescaled(record.scales[-1], new)
        if self.method == "adaptive":
            below = new[..., None] <= record.quantiles[-1 - steps, steps]
            moved = np.clip(levels + self.rate * (_LEVELS - below), 0, 1)
            levels = np.where(np.isnan(new)[..., None], levels, moved)
            if not np.isnan(new).any():
                errors = np.concatenate(
                    [errors[1:], (new / record.scales[-1 - steps, steps])[None]]
                )
        said = scale[..., None] * _read(errors, levels)
        return _Record(
            errors,
            levels,
            np.concatenate([record.quantiles[1:], said[None]]),
            np.concatenate([record.scales[1:], scale[None]]),
        )

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        point = self._answers_of(self.members_[0], panel, origins, horizon, NO_QUANTILES)
        answer = np.repeat(point, 1 + len(quantiles), axis=-1)
        for mine, record in self._records(panel, origins, horizon) if len(quantiles) else ():
            answer[mine, ..., 1:] += self._quantiles(record, quantiles)[:horizon]
        return answer

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        point = self._answers_of(self.members_[0], panel, origins, horizon, NO_QUANTILES)[..., 0]
        paths = np.repeat(point[:, None], n_paths, axis=1)  # (origins, paths, horizon, targets)
        for mine, record in self._records(panel, origins, horizon):
            chosen = rng.integers(len(record.errors), size=(len(mine), n_paths))
            paths[mine] += (record.scales[-1] * record.errors[chosen])[:, :, :horizon]
        return paths

    def _records(
        self, panel: Panel, origins: np.ndarray, horizon: int
    ) -> Iterator[tuple[np.ndarray, _Record]]:
        """Yield which origins share what is known of the errors, and this."""
        if horizon > self.horizon:
            raise ValueError(
                f"{horizon} steps were asked for, but errors are known for horizon={self.horizon}: fit with more."
            )
        codes = panel.codes[origins]
        for series in np.unique(codes):
            mine = np.flatnonzero(codes == series)
            asked = np.unique(origins[mine])
            for origin, record in zip(asked, self._moved(panel, series, asked), strict=True):
                yield mine[origins[mine] == origin], record

    def _quantiles(self, record: _Record, quantiles: np.ndarray) -> np.ndarray:
        """Return quantiles of the next errors, (horizon, targets, quantiles)."""
        scale = record.scales[-1][..., None]
        if self.method == "adaptive":
            levels = np.sort(record.levels, axis=-1)
            moved = [
                np.interp(quantiles, [0, *_LEVELS, 1], [0, *own, 1])
                for own in levels.reshape(-1, len(_LEVELS))
            ]
            return scale * _read(record.errors, np.reshape(moved, (*levels.shape[:-1], -1)))
        n = len(record.errors)
        places = np.round((n + 1) * quantiles, 9)
        places = np.where(quantiles < 0.5, np.floor(places), np.ceil(places)).astype(int)
        wrong = (places < 1) | (places > n)
        if wrong.any():
            q = quantiles[np.argmax(wrong)]
            needed = int(np.ceil(np.round(1 / min(q, 1 - q) - 1, 6)))
            raise ValueError(
                f"the quantile {q:g} needs the errors of {needed} past forecasts; "
                f"there are {n}: pass more history, raise calibration, or ask for less coverage."
            )
        return np.asarray(scale * np.moveaxis(np.sort(record.errors, axis=0)[places - 1], 0, -1))


def _verified(errors: np.ndarray, row: int) -> np.ndarray:
    """Return the errors of all steps whose actual is that of one row, (horizon, targets)."""
    steps = np.arange(errors.shape[1])
    return errors[row - 1 - steps, steps]


def _read(errors: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Read errors (n, horizon, targets) at levels (horizon, targets, k), in a straight line between two of them."""
    if not levels.size:
        return levels
    n, table = len(errors), np.moveaxis(np.sort(errors, axis=0), 0, -1)
    place = np.clip(levels * (n + 1) - 1, 0, n - 1)
    below = np.floor(place).astype(int)
    low, high = (
        np.take_along_axis(table, rows, axis=-1) for rows in (below, np.minimum(below + 1, n - 1))
    )
    return np.minimum(
        low + (place - below) * (high - low), high
    )  # not above it by rounding: quantiles do not cross
