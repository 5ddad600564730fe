"""Row after row: a forecast from rows that are trusted, three answers, and a new trusted row.

The forecaster must not learn from an anomaly: after an alarm, the rows that it is about give way to
what was expected of them, and the next row is forecast from there. So the end of an anomaly is no
second one. An error is compared with calibration errors of forecasts from as far: after three rows
that were replaced, with those of four steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from forecast.anomaly.calibration import Calibration
from forecast.anomaly.questions import QUESTIONS, level_scores
from forecast.forecasters.intervals import NO_QUANTILES
from forecast.tables.panel import Panel

_LARGEST_BLOCK = 64  # origins that are forecast from at once while there is no alarm


class Watch(NamedTuple):
    """What has to be known of the last rows of a series to go on.

    Parameters
    ----------
    actual : array of shape (horizon, n_targets)
        The last values as they were observed, also where others are trusted.
    season_errors : array of shape (horizon, n_targets)
        Of forecasts made `horizon` rows before.
    run : array of shape (n_targets,)
        The score of the run that the last row belongs to.
    since : int
        How many rows after the last trusted one the next row comes.
    streak : int
        For how many rows there has been an alarm without a break.
    """

    actual: np.ndarray
    season_errors: np.ndarray
    run: np.ndarray
    since: int
    streak: int


class Judged(NamedTuple):
    """What was found of rows.

    Parameters
    ----------
    p : array of shape (n_rows, questions, n_targets)
        The p-value of each question.
    expected : array of shape (n_rows, n_targets)
        The forecast, with what features explain.
    """

    p: np.ndarray
    expected: np.ndarray


def forecasts_from(forecaster: Any, panel: Panel, origins: np.ndarray, horizon: int) -> np.ndarray:
    """Forecast from rows of a panel, (n_origins, horizon, n_targets).

    Features behind the end of the table are taken as last seen: no row is judged by them.
    """
    longer = panel.extend(horizon)
    last_seen = np.repeat(panel.X[panel.last], horizon, axis=0)
    ends = longer.bounds[1:, None] - horizon + np.arange(horizon)
    longer.X[ends.ravel()] = last_seen
    moved = origins + horizon * panel.codes[origins]
    return np.asarray(forecaster._hindcast(longer, moved, horizon, NO_QUANTILES)[..., 0])


def by_row(forecasts: np.ndarray) -> np.ndarray:
    """Turn forecasts from consecutive origins into those of each row; NaN before the first."""
    answer = np.full_like(forecasts, np.nan)
    for step in range(1, forecasts.shape[1] + 1):
        answer[step:, step - 1] = forecasts[:-step, step - 1]
    return answer


@dataclass
class Walk:
    """A walk over the rows of one series.

    Parameters
    ----------
    forecaster : Forecaster
    panel : Panel
        Of one series; y holds what is trusted, and from `start` on the values to judge.
    actual : array of shape (n_rows, n_targets)
        As observed.
    season_errors : array of shape (n_rows, n_targets)
        Of forecasts made a season before; NaN from `start` on.
    calibration : Calibration
    alpha : float
    patience : int
        The rows after which a level that stays is the new one.
    """

    forecaster: Any
    panel: Panel
    actual: np.ndarray
    season_errors: np.ndarray
    calibration: Calibration
    alpha: float
    patience: int

    def __post_init__(self) -> None:
        self.trusted = self.panel.y.copy()
        self.horizon = self.calibration.sizes.shape[0]
        n, n_targets = self.trusted.shape
        self.forecasts = np.full((n, self.horizon, n_targets), np.nan)
        self.explained = self.calibration.explanation.explained(self.panel.X)
        # The scores of the rows that have been judged.
        self.sizes = np.full_like(self.trusted, np.nan)
        self.levels = np.full_like(self.trusted, np.nan)
        self.block = _LARGEST_BLOCK

    def calibrate(self, forecasts: np.ndarray, runs: np.ndarray, start: int, watch: Watch) -> Watch:
        """Calibrate by the scores of the rows from `start` on, as they are judged.

        What the rows that calibrate have of anomalies counts once: the way back from a spike, or
        its echo a season later, is no score.

        Parameters
        ----------
        forecasts : array of shape (n_rows, horizon, n_targets)
            From all rows.
        runs : array of shape (n_rows, n_targets)
            The scores of runs, which are those of the rows as they are.
        start : int
        watch : Watch
            As of the row before.
        """
        self.forecasts = forecasts.copy()
        plain = np.abs(self.actual[:, None] - by_row(forecasts) - self.explained)
        # Each row is among the scores itself, and an anomaly there is two of them: the way to it,
        # and the way back.
        n, n_targets = self.actual[start:].shape
        ordinary = self.alpha
        self.alpha = 2 * ordinary + len(QUESTIONS) * n_targets / (n + 1)
        _, watch = self.judge(start, len(self.trusted), watch)
        self.alpha = ordinary
        sizes = np.abs(self.actual[:, None] - by_row(self.forecasts) - self.explained)
        # Forecasts from a row that was replaced are none of so many steps.
        replaced = (self.trusted != self.actual).any(axis=1)
        least = np.fmin(plain, self.sizes[:, None])
        for step in range(1, self.horizon + 1):
            rows = step + np.flatnonzero(replaced[:-step])
            sizes[rows, step - 1] = least[rows, step - 1]
        scores = sizes[start:], self.levels[start:], runs[start:]
        self.calibration = self.calibration.of_scores(*scores)
        return watch

    def judge(self, start: int, known: int, watch: Watch) -> tuple[Judged, Watch]:
        """Judge all rows from `start` on; forecasts begin at the row `known`."""
        n, n_targets = self.trusted.shape
        p = np.ones((n - start, len(QUESTIONS), n_targets))
        expected = np.full((n - start, n_targets), np.nan)
        self.run, self.since, self.streak = watch.run, watch.since, watch.streak
        # The last row that up-to-date forecasts have been made from.
        self.valid = known - 1
        for row in range(start, n):
            if self.valid < row - 1:
                self._forecast_up_to(row)
            expected[row - start] = self._expected(row, min(self.since, self.horizon))
            p[row - start] = self._answers(row)
            self._trust(row, p[row - start])
        last = slice(-self.horizon, None)
        watch = Watch(
            self.actual[last], self.season_errors[last], self.run, self.since, self.streak
        )
        return Judged(p, expected), watch

    def _forecast_up_to(self, row: int) -> None:
        """Make the forecasts from trusted rows, up to the one before `row` and some more."""
        first = self.valid + 1
        end = min(row - 1 + self.block, len(self.trusted))
        # What is missing is replaced before anything is forecast from there.
        missing = np.isnan(self.trusted[row:end]).any(axis=1)
        if missing.any() and not self.forecaster._takes_gaps:
            end = row + int(missing.argmax())
        part = self.panel.take(np.arange(end))
        part = replace(part, y=self.trusted[:end])
        origins = np.arange(first, end)
        self.forecasts[origins] = forecasts_from(self.forecaster, part, origins, self.horizon)
        self.valid = end - 1
        # While all is well, more rows at once.
        self.block = min(_LARGEST_BLOCK, 2 * self.block)

    def _expected(self, row: int, step: int) -> np.ndarray:
        """Return what a row was expected to be, so many steps before."""
        if row < step:
            return np.full(self.trusted.shape[1], np.nan)
        return self.forecasts[row - step, step - 1] + self.explained[row, step - 1]

    def _answers(self, row: int) -> np.ndarray:
        """Ask the three questions: p-values (questions, n_targets)."""
        value = self.actual[row]
        step = min(self.since, self.horizon)
        sizes = np.abs(value - self._expected(row, step))
        # The level over the season that ends here.
        self.season_errors[row] = value - self._expected(row, self.horizon)
        season = self.season_errors[max(0, row - self.horizon + 1) : row + 1]
        levels = level_scores(season, self.horizon)[-1]
        # The run of equal values, weighted as the calibration's.
        typical = self.calibration.typical
        units = np.where(typical > 0, typical, 1.0)
        error = np.nan_to_num(np.abs(value - self._expected(row, 1)))
        repeats = value == self.actual[row - 1] if row else np.zeros(len(value), bool)
        self.run = np.where(repeats, self.run + 1 + error / units, 0.0)
        self.sizes[row] = sizes
        self.levels[row] = levels
        return self.calibration.p_values(step, sizes, levels, self.run)

    def _trust(self, row: int, p: np.ndarray) -> None:
        """Trust a row, or what was expected in the place of the rows that an alarm is about."""
        step = min(self.since, self.horizon)
        if combined(p) > self.alpha:
            self.streak = 0
            self.since = 1
            if np.isnan(self.actual[row]).any():
                self._replace(row, step)
            return
        self.streak += 1
        self.block = 1
        question = int(p.min(axis=1).argmin())
        if self.streak > self.patience:
            self._accept(row)
        elif question == 0:
            self._replace(row, step)
        elif question == 2:
            self._take_back(row)
        else:
            # A level that has moved slowly has been trusted long ago.
            self.since = 1

    def _replace(self, row: int, step: int) -> None:
        """Put what was expected in the place of a row."""
        expected = self._expected(row, step)
        if not np.isfinite(expected).all():
            return
        # What has raised its alarm already is no part of the level.
        if np.isnan(self.season_errors[row]).any():
            self.season_errors[row] = expected - self._expected(row, self.horizon)
        else:
            self.season_errors[row] += expected - self.trusted[row]
        self.trusted[row] = expected
        self.valid = min(self.valid, row - 1)
        self.since = step + 1

    def _take_back(self, row: int) -> None:
        """Put what was expected in the place of a run, as far as forecasts before it are known."""
        first = row
        while first > max(1, row - self.horizon + 1):
            if not (self.actual[first - 1] == self.actual[row]).any():
                break
            first -= 1
        for each in range(first, row + 1):
            self._replace(each, each - first + 1)
        self.valid = min(self.valid, first - 1)

    def _accept(self, row: int) -> None:
        """Take a level that has stayed for the new one."""
        first = max(0, row - self.horizon + 1)
        observed = self.actual[first : row + 1]
        known = ~np.isnan(observed)
        self.trusted[first : row + 1][known] = observed[known]
        # What came before is no measure of the new level.
        self.season_errors[: row + 1] = np.nan
        self.valid = min(self.valid, first - 1)
        self.since = 1
        self.streak = 0


def combined(p: np.ndarray) -> np.ndarray:
    """Return the p-values of rows from those of their questions, (…, questions, n_targets).

    Bonferroni's: the smallest, times their number.
    """
    count = p.shape[-1] * p.shape[-2]
    return np.asarray(np.minimum(1.0, count * p.min(axis=(-2, -1))))
