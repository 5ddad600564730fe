"""Forecasters that learn one process for each series and target: ARIMA, exponential smoothing.

A process is described by its state after some rows, and forecasts from states. So all of them
answer in one way: the states after the origins in one pass over the rows, then all horizons at
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from threadpoolctl import ThreadpoolController

from forecast.forecasters.base import Forecaster
from forecast.forecasters.grouping import places_of_equal
from forecast.forecasters.intervals import normal_quantiles
from forecast.forecasters.seasonality import season_length_of
from forecast.tables.panel import Panel
from forecast.tables.standardising import is_rounding, mean_and_deviation


class Rows(NamedTuple):
    """One target of one series."""

    y: np.ndarray  # (rows,) in units of its deviation
    ticks: np.ndarray  # (rows,) row numbers, counted from the first training row
    X: np.ndarray  # (rows, features)

    def design(self, trend: str) -> np.ndarray:
        """Return the columns of a regression: those of the trend, then those of X."""
        columns = {
            "c": np.ones(len(self.ticks)),
            "t": self.ticks / 1000.0,
        }
        of_trend = [column for name, column in columns.items() if name in trend]
        return np.column_stack([*of_trend, self.X])

    def part(self, start: int, stop: int) -> Rows:
        """Return some of the rows."""
        rows = slice(start, stop)
        return Rows(self.y[rows], self.ticks[rows], self.X[rows])

    def filled(self) -> Rows:
        """Draw straight lines through the gaps in y."""
        return self._replace(y=filled(self.y))


def filled(y: np.ndarray) -> np.ndarray:
    """Draw straight lines through the gaps in y, (rows,)."""
    return pd.Series(y).interpolate(limit_direction="both").to_numpy()


def deviations(parts: list[np.ndarray]) -> np.ndarray:
    """Return the standard deviation of each column of each part (rows, columns).

    A constant has none, but for rounding: it is measured by its own size, and zeros by 1. The
    result has the shape (parts, columns).
    """
    measured = [mean_and_deviation(part) for part in parts]
    mean = np.array([mean for mean, _ in measured])
    deviation = np.array([deviation for _, deviation in measured])
    size = np.where(mean == 0, 1.0, np.abs(mean))
    return np.where(is_rounding(deviation, mean), size, deviation)


def noise(
    ahead: np.ndarray,
    n_paths: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw standard normal numbers for the rows `ahead`, (origins, paths, horizon)."""
    return rng.standard_normal((len(ahead), n_paths, ahead.shape[1]))


def one_thread() -> Any:
    """Let linear algebra run in one thread: for matrices as small as here more are slower."""
    return _libraries().limit(limits=1, user_api="blas")


@cache
def _libraries() -> ThreadpoolController:
    """Find the libraries of linear algebra, once: SciPy has another one than NumPy."""
    import scipy.linalg  # noqa: F401

    return ThreadpoolController()


class Process(Protocol):
    """What has been learned of one target of one series."""

    @property
    def reach(self) -> int:
        """The rows that a table without a known state needs before it forecasts, less one."""

    def states(
        self,
        rows: Rows,
        begin: np.ndarray | None,
        counts: np.ndarray,
    ) -> np.ndarray:
        """Return the states after so many rows (0: before the first), (counts, numbers).

        The pass goes on from the state `begin`; without one it finds its own start.
        """

    def forecast(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        with_variance: bool,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance (origins, horizon) of the rows `ahead` of states.

        Without `with_variance` the variance may be 0.
        """

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths (origins, paths, horizon) with normal one-step errors."""


class _Origins(NamedTuple):
    """The origins in one series, with what the process of one of its targets needs to answer."""

    places: np.ndarray  # (own,) which of all origins they are
    number: int  # of the series in the training part
    target: int
    process: Process
    states: np.ndarray  # (own, numbers)
    rows: Rows
    ahead: np.ndarray  # (own, horizon) the rows to forecast


class ProcessForecaster(Forecaster):
    """Base of the forecasters with one process for each series and target.

    A subclass learns in `_estimate`, and says in `_process` what answers. Where it models a
    function of y, it says which in `_modelled` and `_restored`.
    """

    _is_local = True

    def _estimate(self, parts: list[Rows], panel: Panel) -> None:
        """Learn one process from each part: series by series, and its targets in turn."""
        raise NotImplementedError

    def _process(self, series: int, target: int) -> Process:
        """Return the learned process of one target of one series."""
        raise NotImplementedError

    def _modelled(self, y: np.ndarray, series: int) -> np.ndarray:
        """Return what is modelled of y (rows, targets) of a learned series."""
        return y

    def _restored(
        self,
        values: np.ndarray,
        series: int,
        target: int,
    ) -> np.ndarray:
        """Return values of y from values of what is modelled: the inverse, for one target."""
        return values

    def _learn(self, panel: Panel) -> None:
        self.start_ = panel.times[panel.bounds[:-1]]
        modelled = []
        for s, rows in enumerate(panel.series()):
            modelled.append(self._modelled(panel.y[rows], s))
        self.scale_ = deviations(modelled)
        parts: list[Rows] = []
        for s in range(panel.n_series):
            parts += self._rows(panel, s, s)
        self._estimate(parts, panel)
        self._observe(panel)

    def _observe(self, panel: Panel) -> None:
        """Remember the state at the end of each series."""
        states = []
        ticks = []
        for series, s in enumerate(panel.numbers):
            parts = self._rows(panel, series, s)
            count = np.array([len(parts[0].y)])
            states.append(
                [
                    self._states(panel, series, s, target, rows, count)[0]
                    for target, rows in enumerate(parts)
                ]
            )
            ticks.append(parts[0].ticks[-1])
        self.state_ = states
        self.ticks_ = np.array(ticks)

    def _season_length(self, panel: Panel) -> int:
        """Return the argument `season_length`, or what the frequency suggests."""
        return season_length_of(panel.frequency, getattr(self, "season_length", None))

    def _by_target(self, found: Sequence[Any]) -> list[list[Any]]:
        """Group what was found for each part: lists (series) of lists (targets)."""
        n = self._n_targets
        return [list(found[first : first + n]) for first in range(0, len(found), n)]

    def _rows(
        self,
        panel: Panel,
        series: int,
        s: int,
    ) -> list[Rows]:
        """Return the rows of a series of a table, for each target.

        `series` counts in the table, `s` in the training part.
        """
        rows = slice(panel.bounds[series], panel.bounds[series + 1])
        ticks = self._tick(panel, series, s) + np.arange(rows.stop - rows.start)
        X = panel.X[rows][:, ~self._past]
        modelled = self._modelled(panel.y[rows], s)
        scaled = modelled / self.scale_[s]  # (rows, targets)
        return [Rows(y, ticks, X) for y in scaled.T]

    def _tick(
        self,
        panel: Panel,
        series: int,
        s: int,
    ) -> int:
        """Return the number of a series' first row, counted from its first training row."""
        if panel.continues:
            return int(self.ticks_[s])
        first = panel.bounds[series]
        if panel.times[first] == self.start_[s]:
            return 0
        begin = panel.times[first : first + 1]
        steps = panel.frequency.steps(self.start_[s], begin)
        return int(steps[0])

    def _states(
        self,
        panel: Panel,
        series: int,
        s: int,
        target: int,
        rows: Rows,
        counts: np.ndarray,
    ) -> np.ndarray:
        """Return the states of one target after so many rows of a series of a table."""
        process = self._process(s, target)
        last = counts.max()
        if panel.continues:
            # The remembered state is the one after the first row.
            begin = self.state_[s][target]
            return process.states(rows.part(1, last), begin, counts - 1)
        return process.states(rows.part(0, last), None, counts)

    def _answer(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        quantiles: np.ndarray,
    ) -> np.ndarray:
        # NaN stays where an origin has too few rows before it.
        shape = (len(origins), horizon, panel.y.shape[1], 1 + len(quantiles))
        answer = np.full(shape, np.nan)
        with_variance = len(quantiles) > 0
        for own in self._by_process(panel, origins, horizon):
            mean, variance = own.process.forecast(own.states, own.rows, own.ahead, with_variance)
            # In the unit of the process: (own, horizon, 1 + quantiles).
            values = normal_quantiles(mean, np.sqrt(variance), quantiles)
            # Back to the unit of y, then to y itself.
            scaled = self.scale_[own.number, own.target] * values
            restored = self._restored(scaled, own.number, own.target)
            answer[own.places, :, own.target] = restored
        return answer

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        # NaN stays where an origin has too few rows before it.
        shape = (len(origins), n_paths, horizon, panel.y.shape[1])
        paths = np.full(shape, np.nan)
        for own in self._by_process(panel, origins, horizon):
            # The paths of one target from the origins in one series, (own, n_paths, horizon).
            drawn = own.process.paths(own.states, own.rows, own.ahead, n_paths, rng)
            # Back to the unit of y, then to y itself.
            scaled = self.scale_[own.number, own.target] * drawn
            restored = self._restored(scaled, own.number, own.target)
            paths[own.places, :, :, own.target] = restored
        return paths

    def _by_process(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
    ) -> Iterator[_Origins]:
        """Yield the origins that the process of each series and target has to answer."""
        codes = panel.codes[origins]
        position = panel.position[origins]
        steps = np.arange(1, horizon + 1)
        for places in places_of_equal(codes):
            series = codes[places[0]]
            number = panel.numbers[series]
            # The targets of one series have processes of their own.
            for target, rows in enumerate(self._rows(panel, series, number)):
                process = self._process(number, target)
                # A table that begins elsewhere must have enough rows to find a state.
                known = panel.continues | (position[places] >= process.reach)
                own = places[known]
                if not len(own):
                    continue
                # The states after the origins, and the rows that follow these.
                counts = position[own] + 1
                states = self._states(panel, series, number, target, rows, counts)
                ahead = position[own][:, None] + steps
                yield _Origins(own, number, target, process, states, rows, ahead)
