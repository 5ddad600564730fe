"""The heads of a network: what turns the encoder's state, and what is known ahead, into the answer.

A head is an object that knows the names and shapes of its weights (`shapes`), its equation
(`forward`) and the gradient of its equation (`backward`). Its TensorFlow twin is found by its class
in `network.py`. A further head is a class with these three, chosen by `Architecture.head`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit as sigmoid

HeadWeights = dict[str, np.ndarray]


@dataclass(frozen=True)
class LinearHead:
    """Answer one value for each step, linear in the state.

    With the state s and the columns k known for a step ahead, the answer of this step is::

        y = s W + b + tanh(s W_s + k W_k + b_h) W_o

    where W and b differ from step to step, and the hidden layer, which is there only where
    something is known ahead, is the same for all steps.

    Parameters
    ----------
    state_size : int
        The length of the state, with the series' vector.
    outputs : int
        The number of steps.
    levels : int, default=1
        The number of values for each step.
    columns_ahead : int, default=0
        The number of columns known for each step.
    hidden_units : int, default=0
        The size of the hidden layer that reads these.
    """

    state_size: int
    outputs: int
    levels: int = 1
    columns_ahead: int = 0
    hidden_units: int = 0

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the head's weights by name, in their order."""
        values = self.outputs * self.levels
        shapes: dict[str, tuple[int, ...]] = {
            "head_kernel": (self.state_size, values),
            "head_bias": (values,),
        }
        if self.columns_ahead:
            shapes["head_state_kernel"] = (self.state_size, self.hidden_units)
            shapes["head_known_kernel"] = (self.columns_ahead, self.hidden_units)
            shapes["head_hidden_bias"] = (self.hidden_units,)
            shapes["head_hidden_kernel"] = (self.hidden_units, self.levels)
        return shapes

    def forward(
        self, weights: HeadWeights, state: np.ndarray, known: np.ndarray | None
    ) -> np.ndarray:
        """Answer states.

        Parameters
        ----------
        weights : dict of arrays
            Those of the whole network; the head reads those of its `shapes`.
        state : array of shape (samples, state_size)
        known : array of shape (samples, outputs, columns_ahead) or None

        Returns
        -------
        array of shape (samples, outputs, levels)
        """
        rows = state @ weights["head_kernel"] + weights["head_bias"]
        answer = rows.reshape(len(state), self.outputs, self.levels)
        if known is None:
            return answer
        hidden = self._hidden(weights, state, known)
        return answer + hidden @ weights["head_hidden_kernel"]

    def _hidden(self, weights: HeadWeights, state: np.ndarray, known: np.ndarray) -> np.ndarray:
        """Return the hidden layer at each step: (samples, outputs, hidden units)."""
        # The state is the same at every step: (samples, 1, hidden units).
        from_state = state @ weights["head_state_kernel"]
        from_known = known @ weights["head_known_kernel"]
        bias = weights["head_hidden_bias"]
        return np.tanh(from_state[:, None] + from_known + bias)

    def backward(
        self,
        weights: HeadWeights,
        state: np.ndarray,
        known: np.ndarray | None,
        gradient: np.ndarray,
    ) -> tuple[HeadWeights, np.ndarray]:
        """Take the gradient of a loss by the answer back to the weights and to the state.

        Parameters
        ----------
        weights, state, known
            As in `forward`.
        gradient : array of shape (samples, outputs, levels)
            Of the loss by the answer.

        Returns
        -------
        by_weights : dict of arrays
            With the names and shapes of `shapes`.
        by_state : array of shape (samples, state_size)
        """
        # The answer of all steps is one row of s W + b, (samples, outputs * levels).
        rows = gradient.reshape(len(gradient), -1)
        by_weights = {}
        by_weights["head_kernel"] = state.T @ rows
        by_weights["head_bias"] = rows.sum(axis=0)
        by_state = rows @ weights["head_kernel"].T
        if known is None:
            return by_weights, by_state

        # The derivative of tanh(z) is 1 - tanh(z)²: (samples, outputs, hidden units).
        hidden = self._hidden(weights, state, known)
        slope = 1 - hidden**2
        by_hidden = (gradient @ weights["head_hidden_kernel"].T) * slope
        # The same state enters at every step, so its gradient is the sum over the steps.
        over_steps = by_hidden.sum(axis=1)
        by_weights["head_state_kernel"] = state.T @ over_steps
        by_weights["head_known_kernel"] = np.einsum("sok,sou->ku", known, by_hidden)
        by_weights["head_hidden_bias"] = over_steps.sum(axis=0)
        by_weights["head_hidden_kernel"] = np.einsum("sou,sol->ul", hidden, gradient)
        from_hidden = over_steps @ weights["head_state_kernel"].T
        return by_weights, by_state + from_hidden


@dataclass(frozen=True)
class QuantileHead(LinearHead):
    """Answer quantiles for each step that cannot cross: the linear head made ascending."""

    def forward(
        self, weights: HeadWeights, state: np.ndarray, known: np.ndarray | None
    ) -> np.ndarray:
        """Answer states with ascending levels; parameters as in `LinearHead.forward`."""
        return non_crossing(super().forward(weights, state, known))

    def backward(
        self,
        weights: HeadWeights,
        state: np.ndarray,
        known: np.ndarray | None,
        gradient: np.ndarray,
    ) -> tuple[HeadWeights, np.ndarray]:
        """Take the gradient by the levels back; parameters as in `LinearHead.backward`."""
        free = super().forward(weights, state, known)
        by_free = non_crossing_gradient(free, gradient)
        return super().backward(weights, state, known, by_free)


def non_crossing(values: np.ndarray) -> np.ndarray:
    """Turn free numbers (…, levels) into ascending ones.

    The middle one stays. The others become its distances from level to level, made positive by
    softplus(v) = log(1 + exp(v)) and summed from the middle outwards.
    """
    middle = values.shape[-1] // 2
    median = values[..., middle : middle + 1]
    # Softplus, written so that exp does not overflow, and that NaN stays NaN.
    rest = np.log1p(np.exp(-np.abs(values)))
    distances = np.maximum(values, 0) + rest
    # Below the median, distances are summed from the middle down.
    lower = distances[..., :middle]
    upper = distances[..., middle + 1 :]
    downwards = np.cumsum(lower[..., ::-1], axis=-1)
    upwards = np.cumsum(upper, axis=-1)
    below = median - downwards[..., ::-1]
    above = median + upwards
    # (…, levels), ascending
    return np.concatenate([below, median, above], axis=-1)


def non_crossing_gradient(values: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Take the gradient by the ascending levels back to the free numbers of `non_crossing`."""
    middle = values.shape[-1] // 2
    # The derivative of softplus is the sigmoid.
    slope = sigmoid(values)
    # A distance moves its own level and all levels that lie further out.
    from_below = np.cumsum(gradient[..., :middle], axis=-1)
    from_above = np.cumsum(gradient[..., :middle:-1], axis=-1)
    by_lower = -from_below * slope[..., :middle]
    by_upper = from_above[..., ::-1] * slope[..., middle + 1 :]
    # The median carries all levels.
    by_median = gradient.sum(axis=-1, keepdims=True)
    return np.concatenate([by_lower, by_median, by_upper], axis=-1)
