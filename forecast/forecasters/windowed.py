"""Any scikit-learn regressor as a direct multi-step forecaster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import add_errors, error_quantiles
from forecast.tables.panel import Panel
from forecast.tables.windows import SlidingWindow
from forecast.validation import Rule, fraction, integer

__all__ = ["WindowForecaster"]


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
        earlier, latest = panel.split(origins, self.horizon, self.validation_fraction)
        trial = self._regress(panel, earlier)
        self.errors_ = error_quantiles(
            self._targets(panel, latest) - self._run(*trial, panel, latest, self.horizon)
        )
        self.transformer_, self.regressors_ = self._regress(panel, origins)

    def _regress(self, panel: Panel, origins: np.ndarray) -> tuple[Any, list[Any]]:
        """Fit the steps before the window on the rows that the origins read, then a clone for each group of steps."""
        transformer, regressor = self._parts()
        if transformer is not None:
            seen = panel.times <= panel.times[origins].max()
            transformer = clone(transformer).fit(panel.channels(seen))
        targets = self._targets(panel, origins)  # (samples, horizon, targets)
        windows, fitted = self._windows(transformer, panel, origins), []
        for steps in self._groups():
            y = targets[:, steps].reshape(len(origins), -1)
            inputs = self._inputs(windows, panel, origins, steps)
            single = y.shape[1] == 1 and not isinstance(regressor, MultiOutputRegressor)
            fitted.append(clone(regressor).fit(inputs, y[:, 0] if single else y))
        return transformer, fitted

    def _parts(self) -> tuple[Any, Any]:
        """Take a level-1 pipeline apart at its window; let every regressor answer many outputs."""
        transformer, regressor = None, Ridge() if self.regressor is None else self.regressor
        if isinstance(regressor, Pipeline):
            windows = [
                i for i, (_, step) in enumerate(regressor.steps) if isinstance(step, SlidingWindow)
            ]
            if windows:
                i, own = windows[0], regressor.steps[windows[0]][1].lookback
                if own != self.lookback:
                    raise ValueError(
                        f"lookback={self.lookback}, but the pipeline has SlidingWindow({own}): give the same."
                    )
                transformer, regressor = (regressor[:i] if i else None), regressor[i + 1 :]
                regressor = regressor[0] if len(regressor) == 1 else regressor
        if not hasattr(regressor, "fit") or not hasattr(regressor, "predict"):
            raise TypeError(f"regressor must be a scikit-learn regressor; got {regressor!r}.")
        if not get_tags(regressor).target_tags.multi_output:
            regressor = MultiOutputRegressor(regressor)
        return transformer, regressor

    def _groups(self) -> list[np.ndarray]:
        """Part the steps into those that one regressor answers."""
        steps = np.arange(self.horizon)
        return [steps] if self._past.all() else [steps[i : i + 1] for i in steps]

    def _targets(self, panel: Panel, origins: np.ndarray) -> np.ndarray:
        return panel.y[origins[:, None] + np.arange(1, self.horizon + 1)]

    def _windows(self, transformer: Any, panel: Panel, origins: np.ndarray) -> np.ndarray:
        """Return the windows, flat unless the regressor takes tensors; nothing after an origin is even transformed."""
        rows = origins[:, None] + np.arange(1 - self.lookback, 1)
        read, place = np.unique(rows, return_inverse=True)
        table = panel.channels(read)
        table = table if transformer is None else np.asarray(transformer.transform(table))
        windows = table[place.reshape(rows.shape)]  # (samples, timesteps, channels)
        return windows if _takes_tensors(self.regressor) else windows.reshape(len(origins), -1)

    def _inputs(
        self, windows: np.ndarray, panel: Panel, origins: np.ndarray, steps: np.ndarray
    ) -> np.ndarray:
        """Return what a regressor sees: the windows and, where X is known ahead, X at its step."""
        if self._past.all():
            return windows
        moments = origins + 1 + steps[0]
        if windows.ndim == 3:
            moments = moments[:, None] + np.arange(1 - self.lookback, 1)
        return np.concatenate([windows, panel.X[moments][..., ~self._past]], axis=-1)

    def _run(
        self,
        transformer: Any,
        regressors: list[Any],
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
    ) -> np.ndarray:
        """Forecast from windows of full length: (origins, horizon, targets)."""
        targets, parts = panel.y.shape[1], []
        windows = self._windows(transformer, panel, origins)
        for steps, regressor in zip(self._groups(), regressors, strict=True):
            if steps[0] < horizon:
                inputs = self._inputs(windows, panel, origins, steps)
                whole = np.isfinite(inputs).reshape(len(inputs), -1).all(axis=1)
                answer = np.full((len(origins), len(steps) * targets), np.nan)
                if whole.any():
                    answer[whole] = np.reshape(
                        regressor.predict(inputs[whole]), (-1, len(steps) * targets)
                    )
                parts.append(answer.reshape(len(origins), len(steps), targets))
        return np.concatenate(parts, axis=1)[:, :horizon]

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        long = panel.position[origins] >= self.lookback - 1
        point = np.full((len(origins), horizon, panel.y.shape[1]), np.nan)
        if long.any():
            point[long] = self._run(
                self.transformer_, self.regressors_, panel, origins[long], horizon
            )
        answers = [
            add_errors(point[..., k], self.errors_[..., k], quantiles)
            for k in range(point.shape[2])
        ]
        return np.stack(answers, axis=2)


def _takes_tensors(regressor: Any) -> bool:
    """Whether a regressor, what it wraps, or the window in its pipeline is made for (samples, timesteps, features)."""
    if isinstance(regressor, Pipeline):
        return any(
            isinstance(step, SlidingWindow) for _, step in regressor.steps
        ) or _takes_tensors(regressor[0])
    wrapped = getattr(regressor, "regressor", None) or getattr(regressor, "estimator", None)
    if wrapped is not None:
        return _takes_tensors(wrapped)
    return regressor is not None and bool(get_tags(regressor).input_tags.three_d_array)
