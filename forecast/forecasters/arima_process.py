"""A learned process: a regression whose errors follow a seasonal ARIMA process.

`ConditionalProcess` answers by the process's difference equation, with errors of zero before its
first row; `state_space.ExactProcess` answers by the Kalman filter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.forecasters.process import Rows, noise
from forecast.forecasters.sarima import DifferenceEquation


@dataclass(frozen=True)
class Regression:
    """A regression on a trend and the columns of X."""

    trend: str
    beta: np.ndarray

    def level(self, rows: Rows) -> np.ndarray:
        """Return what the regression says of each row, (rows,)."""
        return rows.design(self.trend) @ self.beta

    def errors(self, rows: Rows) -> np.ndarray:
        """Return what the regression leaves of y, (rows,)."""
        return rows.y - self.level(rows)


@dataclass(frozen=True)
class ConditionalProcess:
    """Answers by a difference equation; a state holds the last values and one-step errors.

    Parameters
    ----------
    regression : Regression
    equation : DifferenceEquation
        Of the regression's errors.
    reach : int
        The rows that differences and lags look back on.
    """

    regression: Regression
    equation: DifferenceEquation
    reach: int

    def states(self, rows: Rows, begin: np.ndarray | None, counts: np.ndarray) -> np.ndarray:
        """Return the states after so many rows, as `Process.states`."""
        return self.equation.states(self.regression.errors(rows), begin, counts)

    def forecast(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        with_variance: bool,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of the rows `ahead`, as `Process.forecast`."""
        horizon = ahead.shape[1]
        level = self.regression.level(rows)
        mean = self.equation.forecast(states, horizon) + level[ahead]
        variances = self.equation.variances(horizon) if with_variance else np.zeros(horizon)
        return mean, np.broadcast_to(variances, mean.shape)

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths (origins, paths, horizon), as `Process.paths`."""
        mean, _ = self.forecast(states, rows, ahead, with_variance=False)
        errors = self.equation.forecast_errors(noise(ahead, n_paths, rng))
        return mean[:, None] + errors
