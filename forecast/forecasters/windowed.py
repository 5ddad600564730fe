"""Any scikit-learn regressor as a direct multi-step forecaster."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, ClassVar, NamedTuple

import numpy as np
from sklearn.base import clone, is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from forecast.exceptions import InputError, InputTypeError
from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import (
    add_errors,
    error_quantiles,
    forecast_errors,
    learn_holding_out,
)
from forecast.forecasters.recursion import error_ranks
from forecast.tables.panel import Panel
from forecast.tables.standardising import Scaling, learned_rows
from forecast.tables.windows import SlidingWindow
from forecast.validation import Rule, fraction, integer

__all__ = ["WindowForecaster"]

_POSITIVE_LOSSES = ("poisson", "gamma")  # of regressors whose targets must be positive


class _Regression(NamedTuple):
    """What was learned: a transformer of single rows, or None, and regressors of windows."""

    transformer: Any
    regressors: list[Any]
    scaling: Scaling  # of the targets and then the features
    window_scaling: Scaling  # of the columns that windows are cut from
    target_scaling: Scaling  # of what the regressors answer


class WindowForecaster(Forecaster):
    """Forecast by a regression from the last rows on the next ones.

    The regressor learns from the windows of all series together: the `lookback` last values of y
    and of every column of X are its inputs, the next `horizon` values of y its targets (the direct
    strategy [1]_). A regressor for tensors, such as ``LSTMRegressor``, gets windows (samples,
    timesteps, features); every other one gets flat rows. Where columns of X are known ahead, each
    step has a regressor of its own, which also sees X at this step; a tensor has further channels
    for them, shifted so that its last timestep holds them at the step.

    Parameters
    ----------
    regressor : scikit-learn regressor or pipeline, default=None
        Cloned, never changed. None stands for ``Ridge()``. A pipeline that holds a `SlidingWindow`
        (a level-1 pipeline) makes its own windows: it gets the table of y and X, and `lookback`
        must be its window's.
    lookback : int, default=24
    horizon : int, default=1
        Steps learned at once. Longer forecasts continue from the forecasts themselves, with past
        features as last seen.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead.
    validation_fraction : float, default=0.2
        The latest part of the training windows. A clone that has not seen it says how large errors
        are; their quantiles, step by step, make the intervals. The regressor itself learns from all
        windows.

    Attributes
    ----------
    regressors_ : list of regressors
        One, or one for each step.
    transformer_ : transformer or None
        The steps of a level-1 pipeline that come before its window.
    errors_ : array of shape (201, horizon, n_targets)
        Quantiles of the held-out errors, in units of y.

    References
    ----------
    .. [1] Ben Taieb et al. (2012), Expert Systems with Applications 39(8), 7067-7083.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> y = [0.0, 1.0, 0.0, -1.0] * 10
    >>> WindowForecaster(LinearRegression(), lookback=4, horizon=2).fit(y).predict(4).round(6) + 0.0
    array([ 0.,  1.,  0., -1.])
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "lookback": integer(1),
        "horizon": integer(1),
        "validation_fraction": fraction(),
    }

    _learned = ("scaling_", "window_scaling_", "target_scaling_", "error_ranks_")

    def __init__(
        self,
        regressor: Any = None,
        lookback: int = 24,
        horizon: int = 1,
        past_features: Sequence[Any] = (),
        validation_fraction: float = 0.2,
    ):
        self.regressor = regressor
        self.lookback = lookback
        self.horizon = horizon
        self.past_features = past_features
        self.validation_fraction = validation_fraction

    def _needs(self) -> tuple[int, str]:
        return self.lookback + self.horizon, f"lookback={self.lookback} and horizon={self.horizon}"

    def _memory(self) -> int:
        return self.lookback

    def _direct_horizon(self, horizon: int) -> int:
        return min(horizon, self.horizon)

    def _learn(self, panel: Panel) -> None:
        origins = panel.origins(self.lookback, self.horizon)
        split = panel.split(origins, self.horizon, self.validation_fraction)
        fitted, errors = learn_holding_out(panel, origins, split, self._regress, self._errors)
        self.transformer_ = fitted.transformer
        self.regressors_ = fitted.regressors
        self.scaling_ = fitted.scaling
        self.window_scaling_ = fitted.window_scaling
        self.target_scaling_ = fitted.target_scaling
        # All series tell how large errors are, each in its own unit.
        relative = fitted.scaling.relative(errors, panel.codes[split.latest])
        self.errors_ = error_quantiles(relative)
        self.error_ranks_ = error_ranks(relative)

    def _error_ranks(self, steps: int) -> np.ndarray:
        return self.error_ranks_[:, :steps]

    def _regress(self, panel: Panel, origins: np.ndarray) -> _Regression:
        """Fit the steps before the window, then a regressor for each group of steps ahead."""
        transformer, regressor = self._parts()
        # Nothing sees rows after the last target: those that are held out stay so.
        parts = learned_rows(panel, origins, self.lookback, self.horizon)
        rows = np.concatenate(parts)
        if transformer is not None:
            transformer = clone(transformer).fit(panel.channels(rows))
        table = _transformed(transformer, panel, rows)
        scaling = Scaling.learn([*panel.y.T, *panel.X.T], parts)
        fitted = _Regression(
            transformer,
            regressors=[],
            scaling=scaling,
            window_scaling=Scaling.learn(table.T, parts),
            target_scaling=_target_scaling(regressor, scaling),
        )
        # All steps share the windows; each group has targets, and maybe features, of its own.
        windows = self._windows(fitted, panel, origins)
        targets = self._targets(fitted, panel, origins)
        for steps, columns in self._groups(regressor):
            inputs = self._inputs(fitted, windows, panel, origins, steps)
            outputs = targets[:, steps][:, :, columns].reshape(len(origins), -1)
            # One output has no axis of its own, but some regressors demand it.
            if outputs.shape[1] == 1 and get_tags(regressor).target_tags.single_output:
                outputs = outputs[:, 0]
            fitted.regressors.append(clone(regressor).fit(inputs, outputs))
        return fitted

    def _parts(self) -> tuple[Any, Any]:
        """Return the transformer before the window, or None, and the regressor behind it."""
        transformer = None
        regressor = Ridge() if self.regressor is None else self.regressor
        if isinstance(regressor, Pipeline):
            transformer, regressor = _parted_at_window(regressor, self.lookback)
        if not _is_regressor(regressor):
            raise InputTypeError(
                f"regressor must be a scikit-learn regressor, such as Ridge(); got {regressor!r}."
            )
        return transformer, regressor

    def _groups(self, regressor: Any) -> list[tuple[np.ndarray, np.ndarray]]:
        """Part what is to be answered: the steps ahead and the targets of each regressor."""
        steps = np.arange(self.horizon)
        targets = np.arange(self._n_targets)
        each_step = np.split(steps, self.horizon)
        if not _takes_several_outputs(regressor):
            each_target = np.split(targets, self._n_targets)
            return list(product(each_step, each_target))
        if self._past.all():
            return [(steps, targets)]
        # X is known ahead: each step has a regressor that sees X at this step.
        return [(step, targets) for step in each_step]

    def _windows(self, fitted: _Regression, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the windows before origins, standardised.

        (n_origins, lookback, channels) if the regressor takes tensors, else (n_origins, lookback *
        channels).
        """
        rows = origins[:, None] + np.arange(1 - self.lookback, 1)
        # Only what a window reads is transformed, and each row once.
        is_read = np.zeros(len(panel), dtype=bool)
        is_read[rows] = True
        read = np.flatnonzero(is_read)
        table = _transformed(fitted.transformer, panel, read)
        series = panel.training_series(read)
        table[read] = fitted.window_scaling.standardised(table[read].T, series)
        windows = table[rows]
        if _takes_tensors(self.regressor):
            return windows
        return windows.reshape(len(origins), -1)

    def _targets(self, fitted: _Regression, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return what the regressors learn to answer, (n_origins, horizon, n_targets)."""
        series = panel.training_series()
        table = fitted.target_scaling.standardised(panel.y.T, series)
        ahead = np.arange(1, self.horizon + 1)
        return table[origins[:, None] + ahead]

    def _inputs(
        self,
        fitted: _Regression,
        windows: np.ndarray,
        panel: Panel,
        origins: np.ndarray,
        steps: np.ndarray,
    ) -> np.ndarray:
        """Return what a regressor sees: windows and, where X is known ahead, X at its step."""
        if self._past.all():
            return windows
        known = np.flatnonzero(~self._past)
        scaling = fitted.scaling.of_columns(panel.y.shape[1] + known)
        table = scaling.standardised(panel.X[:, known].T, panel.training_series())
        rows = origins + 1 + steps[0]
        if windows.ndim == 3:
            # A tensor has X at all of its timesteps, shifted so that the last one is the step.
            rows = rows[:, None] + np.arange(1 - self.lookback, 1)
        return np.concatenate([windows, table[rows]], axis=-1)

    def _point(
        self, panel: Panel, origins: np.ndarray, horizon: int, fitted: _Regression
    ) -> np.ndarray:
        """Forecast from windows of full length, (n_origins, horizon, n_targets)."""
        windows = self._windows(fitted, panel, origins)
        answer = np.empty((len(origins), self.horizon, self._n_targets))
        groups = self._groups(self._parts()[1])
        for (steps, targets), regressor in zip(groups, fitted.regressors, strict=True):
            # Later groups are not asked for.
            if steps[0] >= horizon:
                break
            inputs = self._inputs(fitted, windows, panel, origins, steps)
            outputs = _predicted(regressor, inputs, len(steps) * len(targets))
            by_step = outputs.reshape(len(origins), len(steps), len(targets))
            answer[:, steps[:, None], targets] = by_step
        # One regressor for all steps has answered them all.
        asked = answer[:, :horizon, :, None]
        series = panel.training_series(origins)
        return fitted.target_scaling.restored(asked, series, panel.y[origins])[..., 0]

    def _errors(self, panel: Panel, origins: np.ndarray, fitted: _Regression) -> np.ndarray:
        """Return the errors of a regression at origins, (n_origins, horizon, n_targets)."""
        point = self._point(panel, origins, self.horizon, fitted)
        return forecast_errors(panel, origins, point)

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        targets = panel.y.shape[1]
        point = np.full((len(origins), horizon, targets), np.nan)
        # Where a series begins less than a window before the origin, NaN stays.
        complete = panel.position[origins] >= self.lookback - 1
        if complete.any():
            fitted = _Regression(
                self.transformer_,
                self.regressors_,
                self.scaling_,
                self.window_scaling_,
                self.target_scaling_,
            )
            point[complete] = self._point(panel, origins[complete], horizon, fitted)
        unit = self.scaling_.scale[panel.training_series(origins), :targets]
        return add_errors(point, self.errors_, quantiles, unit)


def _parted_at_window(pipeline: Pipeline, lookback: int) -> tuple[Any, Any]:
    """Part a pipeline at its `SlidingWindow`: the steps before it, or None, and those behind."""
    steps = list(pipeline.named_steps.values())
    windows = [place for place, step in enumerate(steps) if isinstance(step, SlidingWindow)]
    if not windows:
        return None, pipeline
    place = windows[0]
    own = steps[place].lookback
    if own != lookback:
        raise InputError(
            f"lookback={lookback}, but the pipeline has SlidingWindow({own}): give the same."
        )
    before = pipeline[:place] if place else None
    behind = pipeline[place + 1 :]
    return before, behind[0] if len(behind) == 1 else behind


def _is_regressor(regressor: Any) -> bool:
    """Whether something learns and predicts, or will predict once it has learned."""
    if isinstance(regressor, type) or not hasattr(regressor, "fit"):
        return False
    # Some, such as StackingRegressor, have the method only then.
    return hasattr(regressor, "predict") or is_regressor(regressor)


def _transformed(transformer: Any, panel: Panel, rows: np.ndarray) -> np.ndarray:
    """Return what windows are cut from: (rows of the panel, columns), NaN in other rows."""
    found = panel.channels(rows)
    if transformer is not None:
        found = np.asarray(transformer.transform(found))
    table = np.full((len(panel), found.shape[1]), np.nan)
    table[rows] = found
    return table


def _target_scaling(regressor: Any, scaling: Scaling) -> Scaling:
    """Return what targets are standardised by, which is nothing where they have to be positive."""
    if not _needs_own_unit(regressor):
        return scaling
    return Scaling(np.zeros_like(scaling.mean), np.ones_like(scaling.scale))


def _needs_own_unit(regressor: Any) -> bool:
    """Whether a regressor takes targets as they are: all positive, or to be transformed by it."""
    # The regressors inside of one, and its loss, are among its parameters.
    for part in [regressor, *regressor.get_params().values()]:
        if isinstance(part, TransformedTargetRegressor):
            return True
        if isinstance(part, str) and part in _POSITIVE_LOSSES:
            return True
        is_regressor = hasattr(part, "fit") and hasattr(part, "predict")
        if is_regressor and get_tags(part).target_tags.positive_only:
            return True
    return False


def _takes_several_outputs(regressor: Any) -> bool:
    """Whether a regressor answers several outputs at once."""
    if isinstance(regressor, Pipeline):
        return _takes_several_outputs(regressor[-1])
    if isinstance(regressor, TransformedTargetRegressor):
        # It says so of itself, but it is the one inside that learns.
        inner = regressor.regressor
        return inner is None or _takes_several_outputs(inner)
    return bool(get_tags(regressor).target_tags.multi_output)


def _predicted(regressor: Any, inputs: np.ndarray, n_outputs: int) -> np.ndarray:
    """Predict from complete inputs, (n_inputs, n_outputs); NaN where an input is missing."""
    outputs = np.full((len(inputs), n_outputs), np.nan)
    complete = np.isfinite(inputs).reshape(len(inputs), -1).all(axis=1)
    if complete.any():
        found = regressor.predict(inputs[complete])
        outputs[complete] = np.reshape(found, (-1, n_outputs))
    return outputs


def _takes_tensors(regressor: Any) -> bool:
    """Whether a regressor is made for (samples, timesteps, features)."""
    if regressor is None:
        return False
    if isinstance(regressor, Pipeline):
        steps = regressor.named_steps.values()
        has_window = any(isinstance(step, SlidingWindow) for step in steps)
        return has_window or _takes_tensors(regressor[0])
    # Wrappers such as TransformedTargetRegressor and MultiOutputRegressor pass X on.
    wrapped = getattr(regressor, "regressor", None) or getattr(regressor, "estimator", None)
    if wrapped is not None:
        return _takes_tensors(wrapped)
    return bool(get_tags(regressor).input_tags.three_d_array)
