"""Any scikit-learn regressor as a direct multi-step forecaster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, ClassVar, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from forecast.forecasters.anchored_ridge import fit_anchored_ridges
from forecast.forecasters.intervals import (
    NO_QUANTILES,
    add_errors,
    error_quantiles,
    forecast_errors,
    learn_holding_out,
)
from forecast.forecasters.logarithms import LogarithmForecaster
from forecast.forecasters.recursion import PastForecasts, Trajectories
from forecast.forecasters.regressors import (
    check_regressor,
    needs_own_unit,
    parted_at_window,
    predicted,
    takes_several_outputs,
    takes_tensors,
)
from forecast.forecasters.unit_root import come_back
from forecast.tables.panel import Panel
from forecast.tables.standardising import Scaling, learned_rows, of_changes
from forecast.validation import Rule, flag, fraction, integer

__all__ = ["WindowForecaster"]


class _Regression(NamedTuple):
    """What was learned: a transformer of single rows, or None, and regressors of windows."""

    transformer: Any
    regressors: list[Any]
    scaling: Scaling  # of the targets and then the features
    window_scaling: Scaling  # of the columns that windows are cut from
    target_scaling: Scaling  # of what the regressors answer


class WindowForecaster(LogarithmForecaster):
    """Forecast by a regression from the last rows on the next ones.

    The regressor learns from the windows of all series together: the `lookback` last values of y
    and of every column of X are its inputs, the next `horizon` values of y its targets (the direct
    strategy [1]_). A regressor for tensors, such as ``LSTMRegressor``, gets windows (samples,
    timesteps, features); every other one gets flat rows. Where columns of X are known ahead, each
    step has a regressor of its own, which also sees X at this step; a tensor has further channels
    for them, shifted so that its last timestep holds them at the step.

    Each column of each series, y too, is standardised by its mean and deviation, so that neither
    units nor the scale of a series act on the forecasts.

    Parameters
    ----------
    regressor : scikit-learn regressor or pipeline, default=None
        Cloned, never changed. By default a ridge regression on windows relative to their last row:
        all its coefficients at zero forecast the last value, and it is the mean over all penalties
        that do nearly as well as the best on blocks of windows left out. Where the test of Dickey
        and Fuller says that y comes back to a mean, it reads its last value, too. One that answers
        a single output is learned for each step and target. A pipeline that holds a `SlidingWindow`
        (a level-1 pipeline) makes its own windows: the steps before it get the table of y and X in
        the user's units, and `lookback` must be its window's. A `TransformedTargetRegressor`, and a
        regressor whose targets must be positive, such as ``PoissonRegressor()``, gets y as it is.
    lookback : int, default=24
    horizon : int, default=1
        Steps learned at once. Longer forecasts continue from the forecasts themselves, with past
        features as last seen; their intervals come from sample paths, whose errors are drawn from
        the held-out ones.
    past_features : sequence of column names or positions, default=()
        Columns of X that are not known ahead.
    validation_fraction : float, default=0.2
        The latest part of the training windows. A clone that has not seen it says how large errors
        are; their quantiles, step by step, make the intervals. (Where windows are too few to hold
        any out, they are the errors of those learned from, and too small.) The regressor itself
        learns from all windows.
    log : bool, default=True
        Whether to learn the logarithm of a series where its values are all above 0 and it makes
        their changes more even: all rows to learn from decide, held-out ones too. What gets y in
        the user's units, or as it is, gets no logarithm.

    Attributes
    ----------
    regressors_ : list of regressors
        One; or one for each step, where columns of X are known ahead; or one for each step and
        target, where the regressor answers a single output. Those of the default are linear
        regressions on the standardised windows.
    floor_ : array of shape (n_series, n_targets)
        Where the logarithm is learned the smallest value, as which later ones of 0 or below count;
        NaN where y itself is.
    transformer_ : transformer or None
        The steps of a level-1 pipeline that come before its window.
    scaling_ : Scaling, a named tuple of two arrays of shape (n_series, n_targets + n_features)
        The mean and the deviation of each column in each series; the deviation of a constant is 0,
        and its forecast is what it was last.
    window_scaling_, target_scaling_ : Scaling
        By what the columns of the windows and what the regressors answer are standardised. They
        differ from `scaling_` for level-1 pipelines, and where y is taken as it is.
    error_scaling_ : Scaling, a named tuple of two arrays of shape (n_series, n_targets)
        The mean of each target, and the root mean square of its changes from row to row.
    errors_ : array of shape (201, horizon, n_targets)
        Quantiles of the held-out errors of all series, each in units of its changes.
    trajectories_ : Trajectories, a named tuple
        How the errors of one forecast go together from step to step: the ranks of whole
        trajectories of held-out errors, (64, horizon, n_targets); and what of its errors a forecast
        foretells.

    Notes
    -----
    Held-out errors may nearly all have one sign, and their quantiles then lie on one side of the
    forecast. An interval that should hold half of the actuals or more is extended to its forecast.

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
        "log": flag(),
    }

    _learned = ("scaling_", "window_scaling_", "target_scaling_", "trajectories_")

    def __init__(
        self,
        regressor: Any = None,
        lookback: int = 24,
        horizon: int = 1,
        past_features: Sequence[Any] = (),
        validation_fraction: float = 0.2,
        log: bool = True,
    ):
        self.regressor = regressor
        self.lookback = lookback
        self.horizon = horizon
        self.past_features = past_features
        self.validation_fraction = validation_fraction
        self.log = log

    def _needs(self) -> tuple[int, dict[str, object]]:
        rows = self.lookback + self.horizon
        return rows, {"lookback": self.lookback, "horizon": self.horizon}

    def _memory(self) -> int:
        return self.lookback

    def _direct_horizon(self, horizon: int) -> int:
        return min(horizon, self.horizon)

    @property
    def _takes_logarithms(self) -> bool:
        # What makes its own windows, or has its own unit, gets y as it is.
        transformer, regressor = self._parts()
        return self.log and transformer is None and not needs_own_unit(regressor)

    def _learn_modelled(self, panel: Panel) -> None:
        origins = panel.origins(self.lookback, self.horizon)
        split = panel.split(origins, self.horizon, self.validation_fraction)
        fitted, errors = learn_holding_out(panel, origins, split, self._regress, self._errors)
        self.transformer_ = fitted.transformer
        self.regressors_ = fitted.regressors
        self.scaling_ = fitted.scaling
        self.window_scaling_ = fitted.window_scaling
        self.target_scaling_ = fitted.target_scaling
        # All series tell how large errors are, each in its own unit.
        parts = learned_rows(panel, origins, self.lookback, self.horizon)
        self.error_scaling_ = of_changes(fitted.scaling, panel.y.T, parts)
        relative = self.error_scaling_.relative(errors, panel.codes[split.latest])
        self.errors_ = error_quantiles(relative)
        past = PastForecasts.of(panel, origins, self._direct, self.error_scaling_)
        self.trajectories_ = Trajectories.learn(relative, past)

    def _trajectories(self, steps: int) -> Trajectories:
        return self.trajectories_

    def _direct(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the point forecasts of all steps learned at once."""
        return self._answer(panel, origins, self.horizon, NO_QUANTILES)[..., 0]

    def _unit(self, panel: Panel, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        series = panel.training_series(origins)
        mean, scale = self._error_scaling
        return mean[series], scale[series]

    @property
    def _error_scaling(self) -> Scaling:
        # In files of earlier versions errors are in units of deviations.
        deviations = self.scaling_.of_columns(slice(self._n_targets))
        return getattr(self, "error_scaling_", deviations)

    def _regress(self, panel: Panel, origins: np.ndarray) -> _Regression:
        """Fit the steps before the window, then a regressor for each group of steps ahead."""
        transformer, regressor = self._parts()
        # No scaling and no regression sees rows after the last target.
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
        if self.regressor is None:
            fitted.regressors.extend(self._anchored_ridges(fitted, panel, origins, parts))
        else:
            fitted.regressors.extend(self._learned_steps(regressor, fitted, panel, origins))
        return fitted

    def _anchored_ridges(
        self, fitted: _Regression, panel: Panel, origins: np.ndarray, parts: list[np.ndarray]
    ) -> list[LinearRegression]:
        """Fit the default regression of each group of steps ahead."""
        windows = self._windows(fitted, panel, origins)
        known = self._known(fitted, panel)
        targets = self._targets(fitted, panel, origins)
        steps = (
            (known[origins + 1 + group[0]], targets[:, group].reshape(len(origins), -1))
            for group, _ in self._groups(LinearRegression())
        )
        return fit_anchored_ridges(
            # A flat window goes back into its rows.
            windows.reshape(len(origins), self.lookback, -1),
            steps,
            n_targets=self._n_targets,
            known_channels=(self._n_targets + np.flatnonzero(~self._past)).tolist(),
            horizon=self.horizon,
            with_level=np.array([come_back([y[rows] for rows in parts]) for y in panel.y.T]),
        )

    def _learned_steps(
        self, regressor: Any, fitted: _Regression, panel: Panel, origins: np.ndarray
    ) -> Iterator[Any]:
        """Yield the regressor of each group of steps ahead, fitted."""
        # All steps share the windows; each group has targets, and maybe features, of its own.
        windows = self._windows(fitted, panel, origins)
        known = self._known(fitted, panel)
        targets = self._targets(fitted, panel, origins)
        groups = self._groups(regressor)
        for steps, columns in groups:
            inputs = self._inputs(windows, known, origins, steps)
            outputs = targets[:, steps][:, :, columns].reshape(len(origins), -1)
            # One output has no axis of its own, but some regressors demand it.
            if outputs.shape[1] == 1 and get_tags(regressor).target_tags.single_output:
                outputs = outputs[:, 0]
            yield clone(regressor).fit(inputs, outputs)

    def _parts(self) -> tuple[Any, Any]:
        """Return the transformer before the window, or None, and the regressor behind it."""
        transformer = None
        regressor = LinearRegression() if self.regressor is None else self.regressor
        if isinstance(regressor, Pipeline):
            transformer, regressor = parted_at_window(regressor, self.lookback)
        check_regressor(regressor)
        return transformer, regressor

    def _groups(self, regressor: Any) -> list[tuple[np.ndarray, np.ndarray]]:
        """Part what is to be answered: the steps ahead and the targets of each regressor."""
        steps = np.arange(self.horizon)
        targets = np.arange(self._n_targets)
        each_step = np.split(steps, self.horizon)
        if not takes_several_outputs(regressor):
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
        if takes_tensors(self.regressor):
            return windows
        return windows.reshape(len(origins), -1)

    def _targets(self, fitted: _Regression, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return what the regressors learn to answer, (n_origins, horizon, n_targets)."""
        series = panel.training_series()
        table = fitted.target_scaling.standardised(panel.y.T, series)
        ahead = np.arange(1, self.horizon + 1)
        return table[origins[:, None] + ahead]

    def _known(self, fitted: _Regression, panel: Panel) -> np.ndarray:
        """Return the features that are known ahead, standardised: (n_rows, columns)."""
        known = np.flatnonzero(~self._past)
        scaling = fitted.scaling.of_columns(panel.y.shape[1] + known)
        return scaling.standardised(panel.X[:, known].T, panel.training_series())

    def _inputs(
        self, windows: np.ndarray, known: np.ndarray, origins: np.ndarray, steps: np.ndarray
    ) -> np.ndarray:
        """Return what a regressor sees: windows and, where X is known ahead, X at its step."""
        if self._past.all():
            return windows
        rows = origins + 1 + steps[0]
        if windows.ndim == 3:
            # A tensor has X at all of its timesteps, shifted so that the last one is the step.
            rows = rows[:, None] + np.arange(1 - self.lookback, 1)
        return np.concatenate([windows, known[rows]], axis=-1)

    def _point(
        self, panel: Panel, origins: np.ndarray, horizon: int, fitted: _Regression
    ) -> np.ndarray:
        """Forecast from windows of full length, (n_origins, horizon, n_targets)."""
        windows = self._windows(fitted, panel, origins)
        known = self._known(fitted, panel)
        answer = np.empty((len(origins), self.horizon, self._n_targets))
        groups = self._groups(self._parts()[1])
        for (steps, targets), regressor in zip(groups, fitted.regressors, strict=True):
            # Later groups are not asked for.
            if steps[0] >= horizon:
                break
            inputs = self._inputs(windows, known, origins, steps)
            outputs = predicted(regressor, inputs, len(steps) * len(targets))
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
        _, unit = self._unit(panel, origins)
        return add_errors(point, self.errors_, quantiles, unit)


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
    if not needs_own_unit(regressor):
        return scaling
    return Scaling(np.zeros_like(scaling.mean), np.ones_like(scaling.scale))
