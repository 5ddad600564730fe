"""The forecasts of a seasonal ARIMA process by statsmodels' state space.

The state a[t] of the process follows ``a[t + 1] = T a[t] + R e[t]``, of which ``Z a[t]`` is
observed. The Kalman filter carries on the mean of the state and its covariance, row by row, and
steps over gaps (Durbin & Koopman 2012, Time Series Analysis by State Space Methods, 2nd ed.,
chapter 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from statsmodels.tsa.statespace.kalman_filter import (
    MEMORY_NO_FILTERED_COV,
    MEMORY_NO_GAIN,
    MEMORY_NO_SMOOTHING,
    MEMORY_NO_STD_FORECAST,
)
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.forecasters.arima_process import Regression
from forecast.forecasters.process import Rows, one_thread
from forecast.forecasters.sarima import Orders

_BLOCK = 512  # rows filtered at once: bounds the memory of state covariances
_NOT_KEPT = MEMORY_NO_GAIN | MEMORY_NO_SMOOTHING | MEMORY_NO_STD_FORECAST | MEMORY_NO_FILTERED_COV


@dataclass(frozen=True)
class ExactProcess:
    """Answers by the Kalman filter.

    A state holds the mean of the next row's state vector (k,), then its covariance (k, k).

    Parameters
    ----------
    regression : Regression
    orders : Orders
    params : array of shape (p + q + P + Q + 1,)
        Of the process that the regression's errors follow.
    """

    regression: Regression
    orders: Orders
    params: np.ndarray

    @property
    def reach(self) -> int:
        """The rows that differences and lags look back on."""
        return self.orders.reach

    def states(self, rows: Rows, begin: np.ndarray | None, counts: np.ndarray) -> np.ndarray:
        """Return the states after so many rows, as `Process.states`."""
        z = self.regression.errors(rows)
        if begin is None:
            mean, covariance = self._prior(z)
        else:
            means, covariances = _unpack(begin[None])
            mean, covariance = means[0], covariances[0]
        size = len(mean) + covariance.size
        states = np.empty((len(counts), size))
        # Even no rows at all have a state: the one before the first.
        for start in range(0, max(len(z), 1), _BLOCK):
            block = z[start : start + _BLOCK]
            means, covariances = self._filter(block, mean, covariance)
            # The states that were asked for and lie in this block.
            after = counts - start
            here = (after >= 0) & (after <= len(block))
            rows_here = after[here]
            states[here] = _pack(means[rows_here], covariances[rows_here])
            # The next block goes on from the last state of this one.
            mean, covariance = means[-1], covariances[-1]
        return states

    def forecast(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        with_variance: bool,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of the rows `ahead`, as `Process.forecast`."""
        space = self._space(np.zeros(1))
        Z, T, R = _matrices(space)
        # The state is carried on as in a gap: no observation corrects it.
        noise = R @ space["state_cov"] @ R.T
        means, covariances = _unpack(states)
        mean = np.empty(ahead.shape)
        variance = np.zeros(ahead.shape)
        for h in range(ahead.shape[1]):
            mean[:, h] = means @ Z
            # a = T a
            means = means @ T.T
            if with_variance:
                variance[:, h] = covariances @ Z @ Z
                # P = T P T' + R Q R'
                covariances = T @ covariances @ T.T + noise
        level = self.regression.level(rows)
        return mean + level[ahead], np.maximum(variance, 0.0)

    def paths(
        self,
        states: np.ndarray,
        rows: Rows,
        ahead: np.ndarray,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Draw paths (origins, paths, horizon), as `Process.paths`."""
        space = self._space(np.zeros(1))
        Z, T, R = _matrices(space)
        # Each path begins with a state of its own, and takes a one-step error e at each step.
        deviation = np.sqrt(space["state_cov"][0, 0])
        vectors = _draw_states(states, n_paths, rng)  # (origins, paths, k)
        origins, horizon = ahead.shape
        paths = np.empty((origins, n_paths, horizon))
        for h in range(horizon):
            paths[..., h] = vectors @ Z
            # a = T a + R e
            errors = deviation * rng.standard_normal((origins, n_paths, 1))
            vectors = vectors @ T.T + errors @ R.T
        level = self.regression.level(rows)
        return paths + level[ahead][:, None]

    def _filter(
        self,
        z: np.ndarray,
        mean: np.ndarray,
        covariance: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return means (1 + rows, k) and covariances (1 + rows, k, k) before and after each row."""
        if not len(z):
            return mean[None], covariance[None]
        space = self._space(z)
        space.initialize_known(mean, covariance)
        with one_thread():
            result = space.filter()
        # statsmodels puts the rows last.
        means = result.predicted_state.T
        covariances = result.predicted_state_cov.transpose(2, 0, 1)
        return means, covariances

    def _space(self, z: np.ndarray) -> Any:
        """Return statsmodels' state space of the process, over the regression's errors z."""
        model = SARIMAX(z, order=self.orders.order, seasonal_order=self.orders.seasonal_order)
        model.update(self.params)
        model.ssm.set_conserve_memory(_NOT_KEPT)
        return model.ssm

    def _prior(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and covariance of the first state: stationary where it is, else diffuse.

        A diffuse state is expected where a constant series at the height of z would have it: only
        how far z is from there depends on the prior, not how far it is from zero.
        """
        space = self._space(z[:1])
        mean, diffuse, stationary = space.initialization(model=space)
        observed = z[np.isfinite(z)]
        if len(self.orders.difference_polynomial) > 1 and len(observed):
            mean = observed[0] * _constant_state(space)
        return mean, diffuse + stationary


def _matrices(space: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return Z (k,), T (k, k) and R (k, 1) of a state space."""
    return space["design"][0], space["transition"], space["selection"]


def _constant_state(space: Any) -> np.ndarray:
    """Return the state (k,) of a series that is 1 for ever: ``T a = a`` and ``Z a = 1``."""
    Z, T, _ = _matrices(space)
    stays = T - np.eye(len(Z))
    equations = np.vstack([stays, Z])
    values = np.zeros(len(equations))
    values[-1] = 1.0
    return np.asarray(np.linalg.lstsq(equations, values, rcond=None)[0])


def _draw_states(states: np.ndarray, n_paths: int, rng: np.random.Generator) -> np.ndarray:
    """Draw state vectors (origins, paths, k): after gaps the states themselves are uncertain."""
    means, covariances = _unpack(states)
    # P = V diag(values) V', so V diag(sqrt(values)) turns standard normal numbers into N(0, P).
    values, vectors = np.linalg.eigh(covariances)
    deviations = np.sqrt(np.maximum(values, 0.0))
    roots = vectors * deviations[:, None]
    origins, k = means.shape
    noise = rng.standard_normal((origins, n_paths, k))
    return means[:, None] + noise @ roots.swapaxes(1, 2)


def _pack(means: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """Join means (origins, k) and covariances (origins, k, k) to states (origins, k + k²)."""
    origins, k = means.shape
    flat = covariances.reshape(origins, k * k)
    return np.column_stack([means, flat])


def _unpack(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split states (origins, k + k²) into means (origins, k) and covariances (origins, k, k)."""
    k = int(np.sqrt(states.shape[1] + 0.25))
    means = states[:, :k]
    covariances = states[:, k:].reshape(-1, k, k)
    return means, covariances
