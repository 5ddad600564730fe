"""Forecasters that learn one process for each series and target, such as ARIMA and exponential
smoothing.

A process is described by its state after some rows, and forecasts from states. So all of them
answer in one way: the states after the origins in one pass over the rows, then all horizons at
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from forecast.forecasters.base import Forecaster
from forecast.tables.panel import Panel
from forecast.validation import positive

SEASONS = 3  # that a series must hold to have a season


class Rows(NamedTuple):
    """One target of one series."""

    y: np.ndarray  # in units of its deviation
    ticks: np.ndarray  # row numbers, counted from the first training row
    X: np.ndarray

    def design(self, trend: str) -> np.ndarray:
        """Return the columns of a regression: those of the trend, then those of X."""
        columns = {"c": np.ones(len(self.ticks)), "t": self.ticks / 1000.0}
        return np.column_stack([*(columns[c] for c in trend if c != "n"), self.X])

    def part(self, start: int, stop: int) -> Rows:
        """Return some of the rows."""
        return Rows(self.y[start:stop], self.ticks[start:stop], self.X[start:stop])

    def filled(self) -> Rows:
        """Draw straight lines through the gaps in y."""
        return self._replace(y=filled(self.y))


def filled(y: np.ndarray) -> np.ndarray:
    """Draw straight lines through the gaps in y, (rows,)."""
    return pd.Series(y).interpolate(limit_direction="both").to_numpy()


def deviations(parts: list[np.ndarray]) -> np.ndarray:
    """Return the standard deviation of each column of each part (rows, columns), 1 where it is 0: (parts, columns)."""
    return np.array([positive(np.nanstd(z, axis=0), np.nanmean(z, axis=0)) for z in parts])


def noise(ahead: np.ndarray, n_paths: int, rng: np.random.Generator) -> np.ndarray:
    """Draw standard normal numbers for the rows `ahead`, (origins, paths, horizon)."""
    return rng.standard_normal((len(ahead), n_paths, ahead.shape[1]))


def one_thread() -> Any:
    """Let linear algebra run in one thread: its matrices are so small here that threads only wait for each other."""
    return threadpool_limits(1, "blas")


class Process(Protocol):
    """What has been learned of one target of one series."""

    @property
    def reach(self) -> int:
        """The rows that a table without a known state needs before it forecasts, less one."""

    def states(self, rows: Rows, begin: np.ndarray | None, counts: np.ndarray) -> np.ndarray:
        """Return the states after so many rows (0: before the first), (counts, numbers).

        The pass goes on from the state `begin`; without one it finds its own start.
        """

    def forecast(
        self, states: np.ndarray, rows: Rows, ahead: np.ndarray, wide: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance (origins, horizon) of the rows `ahead` of states; without `wide` no variance."""

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths (origins, paths, horizon) with normal one-step errors."""


class _Question(NamedTuple):
    """What the process of one target of one series is asked."""

    mine: np.ndarray  # which of the origins are its own
    s: int
    k: int
    process: Process
    states: np.ndarray
    rows: Rows
    ahead: np.ndarray  # (origins, horizon): the rows to forecast


class ProcessForecaster(Forecaster):
    """Base of the forecasters with one process for each series and target.

    A subclass learns in `_estimate`, and says in `_process` what answers. Where it models a
    function of y, it says which in `_modelled` and `_restored`.
    """

    def _estimate(self, parts: list[Rows], panel: Panel) -> None:
        """Learn one process from each part: series by series, and its targets in turn."""
        raise NotImplementedError

    def _process(self, series: int, target: int) -> Process:
        """Return the learned process of one target of one series."""
        raise NotImplementedError

    def _modelled(self, y: np.ndarray, series: int) -> np.ndarray:
        """Return what is modelled of y (rows, targets) of a learned series."""
        return y

    def _restored(self, values: np.ndarray, series: int, target: int) -> np.ndarray:
        """Return values of y from values of what is modelled: the inverse, for one target."""
        return values

    def _learn(self, panel: Panel) -> None:
        self.start_ = [panel.times[rows.start] for rows in panel.series()]
        self.scale_ = deviations(
            [self._modelled(panel.y[rows], s) for s, rows in enumerate(panel.series())]
        )
        self._estimate(
            [part for s in range(panel.n_series) for part in self._rows(panel, s, s)], panel
        )
        self._observe(panel)

    def _season_length(self, panel: Panel) -> int:
        """Return the argument `season_length`, or what the frequency suggests."""
        given = getattr(self, "season_length", None)
        return panel.frequency.season_length if given is None else int(given)

    def _by_target(self, found: Sequence[Any]) -> list[list[Any]]:
        """Group what was found for each part: lists (series) of lists (targets)."""
        return [list(found[k : k + self._n_targets]) for k in range(0, len(found), self._n_targets)]

    def _rows(self, panel: Panel, series: int, s: int) -> list[Rows]:
        """Return the rows of one series of a table, for each target; s is its number in the training part."""
        rows = slice(panel.bounds[series], panel.bounds[series + 1])
        ticks = self._tick(panel, series, s) + np.arange(rows.stop - rows.start)
        X = panel.X[rows][:, ~self._past]
        return [Rows(y, ticks, X) for y in (self._modelled(panel.y[rows], s) / self.scale_[s]).T]

    def _tick(self, panel: Panel, series: int, s: int) -> int:
        """Return the number of a table's first row, counted from the first training row of its series."""
        if panel.continues:
            return int(self.ticks_[s])
        return int(
            panel.frequency.steps(self.start_[s], panel.times[panel.bounds[series : series + 1]])[0]
        )

    def _observe(self, panel: Panel) -> None:
        """Remember the state at the end of each series."""
        ends, ticks = [], []
        for series, (length, s) in enumerate(zip(panel.lengths, panel.numbers, strict=True)):
            parts, count = self._rows(panel, series, s), np.array([length])
            ends.append(
                [self._states(panel, series, s, k, rows, count)[0] for k, rows in enumerate(parts)]
            )
            ticks.append(self._tick(panel, series, s) + length - 1)
        self.ticks_, self.state_ = np.array(ticks), ends

    def _states(
        self, panel: Panel, series: int, s: int, target: int, rows: Rows, counts: np.ndarray
    ) -> np.ndarray:
        """Return the states of one target after so many rows of a series of a table."""
        continued = panel.continues
        begin = self.state_[s][target] if continued else None  # after the first row
        return self._process(s, target).states(
            rows.part(continued, counts.max()), begin, counts - continued
        )

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        answer = np.full((len(origins), horizon, panel.y.shape[1], 1 + len(quantiles)), np.nan)
        scores = np.concatenate([[0.0], norm.ppf(quantiles)])
        for mine, s, k, process, states, rows, ahead in self._questions(panel, origins, horizon):
            mean, variance = process.forecast(states, rows, ahead, len(quantiles) > 0)
            found = self.scale_[s, k] * (mean[..., None] + np.sqrt(variance)[..., None] * scores)
            answer[mine, :, k] = self._restored(found, s, k)
        return answer

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        paths = np.full((len(origins), n_paths, horizon, panel.y.shape[1]), np.nan)
        for mine, s, k, process, states, rows, ahead in self._questions(panel, origins, horizon):
            found = self.scale_[s, k] * process.paths(states, rows, ahead, n_paths, rng)
            paths[mine, :, :, k] = self._restored(found, s, k)
        return paths

    def _questions(self, panel: Panel, origins: np.ndarray, horizon: int) -> Iterator[_Question]:
        """Yield for each series s and target k which origins are its own, and what its process needs to answer them."""
        codes, position, numbers = (
            panel.codes[origins],
            panel.position[origins],
            panel.numbers,
        )
        for series in np.unique(codes):
            s, own = numbers[series], codes == series
            continued = panel.continues
            for k, rows in enumerate(self._rows(panel, series, s)):
                process = self._process(s, k)
                mine = np.flatnonzero(own & (continued | (position >= process.reach)))
                if len(mine):
                    states = self._states(panel, series, s, k, rows, position[mine] + 1)
                    ahead = position[mine][:, None] + np.arange(1, horizon + 1)
                    yield _Question(mine, s, k, process, states, rows, ahead)
