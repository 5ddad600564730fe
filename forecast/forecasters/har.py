"""HAR: volatility by a regression on its own averages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from sklearn.linear_model import LinearRegression

from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import (
    add_errors,
    error_quantiles,
    forecast_errors,
    learn_holding_out,
)
from forecast.forecasters.process import deviations
from forecast.tables.panel import Panel
from forecast.validation import Rule, fraction, integer, integers

__all__ = ["HARForecaster"]


class HARForecaster(Forecaster):
    """Forecast volatility by a regression on its averages over a day, a week and a month [1]_.

    One regression for each step ahead, over all series together::

        y[o + h] = b0 + b1 · mean(y[o]) + b2 · mean(y[o-4 … o]) + b3 · mean(y[o-21 … o])

    The averages stand for traders of different patience, and for a memory of volatility that fades
    slowly.

    Parameters
    ----------
    spans : sequence of int, default=(1, 5, 22)
        Rows that the averages are over.
    horizon : int, default=1
        Steps learned at once. Longer forecasts continue from the forecasts themselves.
    validation_fraction : float, default=0.2
        The latest part of the training rows; errors of a regression that has not seen it make the
        intervals.

    Attributes
    ----------
    coef_ : array of shape (n_targets, horizon, 1 + n_spans)
        The constant, then the weight of each average.
    scale_ : array of shape (n_series, n_targets)
        Standard deviation of y in the training part; a constant is measured by its size.
    errors_ : array of shape (201, horizon, n_targets)
        Quantiles of the held-out errors of all series, in units of `scale_`.
    floor_ : array of shape (n_targets,)
        The smallest training value: no forecast and no quantile is below it, for a variance is not
        negative. (In the spirit of the insanity filter of [2]_, which replaces what lies outside
        the training range by the mean.)

    Notes
    -----
    Columns of X are not read.

    References
    ----------
    .. [1] Corsi (2009), A simple approximate long-memory model of realized volatility, J. Financial
       Econometrics 7(2), 174-196.
    .. [2] Bollerslev, Patton & Quaedvlieg (2016), J. Econometrics 192(1), 1-18.

    Examples
    --------
    >>> from forecast import load_stocks
    >>> variance = load_stocks("IBM")["variance"]
    >>> model = HARForecaster(horizon=5).fit(variance)
    >>> bool(model.predict(5).min() > 0)
    True
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "spans": integers(1),
        "horizon": integer(1),
        "validation_fraction": fraction(),
    }
    _reads_features = False

    def __init__(
        self,
        spans: Sequence[int] = (1, 5, 22),
        horizon: int = 1,
        validation_fraction: float = 0.2,
    ):
        self.spans = spans
        self.horizon = horizon
        self.validation_fraction = validation_fraction

    def _needs(self) -> tuple[int, str]:
        # Two rows for each average, and one: the lines are then not just drawn through the points.
        origins = 2 * len(self.spans) + 1
        rows = max(self.spans) + self.horizon + origins
        return rows, f"spans={tuple(self.spans)} and horizon={self.horizon}"

    def _memory(self) -> int:
        return max(self.spans)

    def _direct_horizon(self, horizon: int) -> int:
        return min(horizon, self.horizon)

    def _learn(self, panel: Panel) -> None:
        origins = panel.origins(max(self.spans), self.horizon)
        self.floor_ = panel.y.min(axis=0)
        by_series = [panel.y[rows] for rows in panel.series()]
        self.scale_ = deviations(by_series)
        split = panel.split(origins, self.horizon, self.validation_fraction)
        self.coef_, errors = learn_holding_out(
            panel, origins, split, self._regress, self._scaled_errors
        )
        self.errors_ = error_quantiles(errors)

    def _scaled_errors(self, panel: Panel, origins: np.ndarray, coef: np.ndarray) -> np.ndarray:
        """Return errors (origins, horizon, targets) in units of each series' deviation."""
        errors = forecast_errors(panel, origins, self._points(panel, origins, coef))
        scale = self.scale_[panel.codes[origins]]  # (origins, targets)
        return errors / scale[:, None]

    def _regress(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the coefficients, (targets, horizon, 1 + spans)."""
        ahead = np.arange(1, self.horizon + 1)
        targets = panel.y[origins[:, None] + ahead]  # (origins, horizon, targets)
        coefficients = []
        for k, averages in enumerate(self._averages(panel, origins)):
            regression = LinearRegression().fit(averages, targets[..., k])
            weights = np.column_stack([regression.intercept_, regression.coef_])
            coefficients.append(weights)
        return np.array(coefficients)

    def _averages(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the averages over the last rows, (targets, origins, spans)."""
        past = np.arange(1 - max(self.spans), 1)
        windows = panel.y[origins[:, None] + past]  # (origins, rows, targets)
        averages = [windows[:, -span:].mean(axis=1) for span in self.spans]
        return np.stack(averages, axis=-1).swapaxes(0, 1)

    def _points(self, panel: Panel, origins: np.ndarray, coef: np.ndarray) -> np.ndarray:
        """Return what regressions (targets, horizon, …) forecast, but not below the floor."""
        averages = self._averages(panel, origins)
        before = ((0, 0), (0, 0), (1, 0))
        inputs = np.pad(averages, before, constant_values=1.0)  # (targets, origins, 1 + spans)
        weights = coef.swapaxes(1, 2)  # (targets, 1 + spans, horizon)
        points = np.moveaxis(inputs @ weights, 0, -1)  # (origins, horizon, targets)
        return np.maximum(points, self.floor_)

    def _answers(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        quantiles: np.ndarray,
    ) -> np.ndarray:
        # Steps after `horizon` continue from forecasts, with errors that may fall below the floor.
        answers = super()._answers(panel, origins, horizon, quantiles)
        return np.maximum(answers, self.floor_[:, None])

    def _answer(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        quantiles: np.ndarray,
    ) -> np.ndarray:
        shape = len(origins), horizon, self._n_targets, 1 + len(quantiles)
        answer = np.full(shape, np.nan)
        # An origin with too few rows before it keeps NaN.
        long_enough = panel.position[origins] >= max(self.spans) - 1
        answered = origins[long_enough]
        points = self._points(panel, answered, self.coef_[:, :horizon])
        # The errors of all series, in the unit of each.
        scale = self.scale_[panel.training_series(answered)]  # (origins, targets)
        scale = scale[:, None]
        answer[long_enough] = add_errors(points / scale, self.errors_, quantiles)
        answer[long_enough] *= scale[..., None]
        return answer
