"""HAR: volatility by a regression on its own averages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.linear_model import LinearRegression

from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import (
    add_errors,
    error_quantiles,
    forecast_errors,
    learn_holding_out,
)
from forecast.tables.panel import Panel
from forecast.tables.standardising import Scaling, learned_rows
from forecast.validation import Rule, fraction, integer, integers

__all__ = ["HARForecaster"]


class _Regression(NamedTuple):
    """What was learned: what standardises y, and coefficients (targets, horizon, 1 + spans)."""

    scaling: Scaling
    coef: np.ndarray


class HARForecaster(Forecaster):
    """Forecast volatility by a regression on its averages over a day, a week and a month [1]_.

    One regression for each step ahead, over all series together, each without its mean and in units
    of its deviation::

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
        The constant, in units of `scale_`, then the weight of each average.
    mean_, scale_ : arrays of shape (n_series, n_targets)
        Mean and standard deviation of y in the training part, 0 for a constant.
    errors_ : array of shape (201, horizon, n_targets)
        Quantiles of the held-out errors of all series, in units of `scale_`.
    floor_ : array of shape (n_series, n_targets)
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
    _learned = ("mean_",)

    def __init__(
        self,
        spans: Sequence[int] = (1, 5, 22),
        horizon: int = 1,
        validation_fraction: float = 0.2,
    ):
        self.spans = spans
        self.horizon = horizon
        self.validation_fraction = validation_fraction

    def _needs(self) -> tuple[int, dict[str, object]]:
        # Two rows for each average, and one: the lines are then not just drawn through the points.
        origins = 2 * len(self.spans) + 1
        rows = max(self.spans) + self.horizon + origins
        return rows, {"spans": tuple(self.spans), "horizon": self.horizon}

    def _memory(self) -> int:
        return max(self.spans)

    def _direct_horizon(self, horizon: int) -> int:
        return min(horizon, self.horizon)

    def _learn(self, panel: Panel) -> None:
        origins = panel.origins(max(self.spans), self.horizon)
        self.floor_ = np.array([panel.y[rows].min(axis=0) for rows in panel.series()])
        split = panel.split(origins, self.horizon, self.validation_fraction)
        fitted, errors = learn_holding_out(panel, origins, split, self._regress, self._errors)
        self.coef_ = fitted.coef
        self.mean_, self.scale_ = fitted.scaling
        # All series tell how large errors are, each in its own unit.
        relative = fitted.scaling.relative(errors, panel.codes[split.latest])
        self.errors_ = error_quantiles(relative)

    def _errors(self, panel: Panel, origins: np.ndarray, fitted: _Regression) -> np.ndarray:
        """Return the errors of a regression at origins, (origins, horizon, targets)."""
        return forecast_errors(panel, origins, self._points(panel, origins, fitted))

    def _regress(self, panel: Panel, origins: np.ndarray) -> _Regression:
        """Learn from some origins what standardises y, and the coefficients."""
        parts = learned_rows(panel, origins, max(self.spans), self.horizon)
        scaling = Scaling.learn(panel.y.T, parts)
        standardised = _standardised(panel, scaling)
        ahead = np.arange(1, self.horizon + 1)
        targets = standardised.y[origins[:, None] + ahead]  # (origins, horizon, targets)
        coefficients = []
        for k, averages in enumerate(self._averages(standardised, origins)):
            regression = LinearRegression().fit(averages, targets[..., k])
            weights = np.column_stack([regression.intercept_, regression.coef_])
            coefficients.append(weights)
        return _Regression(scaling, np.array(coefficients))

    def _averages(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the averages over the last rows, (targets, origins, spans)."""
        past = np.arange(1 - max(self.spans), 1)
        windows = panel.y[origins[:, None] + past]  # (origins, rows, targets)
        averages = [windows[:, -span:].mean(axis=1) for span in self.spans]
        return np.stack(averages, axis=-1).swapaxes(0, 1)

    def _points(self, panel: Panel, origins: np.ndarray, fitted: _Regression) -> np.ndarray:
        """Return the forecasts of a regression, (origins, steps, targets)."""
        averages = self._averages(_standardised(panel, fitted.scaling), origins)
        before = ((0, 0), (0, 0), (1, 0))
        inputs = np.pad(averages, before, constant_values=1.0)  # (targets, origins, 1 + spans)
        weights = fitted.coef.swapaxes(1, 2)  # (targets, 1 + spans, steps)
        points = np.moveaxis(inputs @ weights, 0, -1)[..., None]  # (origins, steps, targets, 1)
        # Back to the unit of each series.
        series = panel.training_series(origins)
        restored = fitted.scaling.restored(points, series, panel.y[origins])
        return np.maximum(restored, self._floors(panel, origins))[..., 0]

    def _answers(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        quantiles: np.ndarray,
    ) -> np.ndarray:
        # Steps after `horizon` continue from forecasts, with errors that may fall below the floor.
        answers = super()._answers(panel, origins, horizon, quantiles)
        return np.maximum(answers, self._floors(panel, origins))

    def _floors(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return what no answer from origins may fall below, (origins, 1, targets, 1)."""
        numbers = panel.training_series(origins)
        return self.floor_[numbers][:, None, :, None]

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
        scaling = Scaling(self.mean_, self.scale_)
        fitted = _Regression(scaling, self.coef_[:, :horizon])
        points = self._points(panel, answered, fitted)
        # The errors of all series, in the unit of each.
        unit = self.scale_[panel.training_series(answered)]
        found = add_errors(points, self.errors_, quantiles, unit)
        answer[long_enough] = np.maximum(found, self._floors(panel, answered))
        return answer


def _standardised(panel: Panel, scaling: Scaling) -> Panel:
    """Return a panel whose series are without their means, in units of their deviations."""
    return replace(panel, y=scaling.standardised(panel.y.T, panel.training_series()))
