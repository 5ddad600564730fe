"""The network over windows, for training: the TensorFlow twin of `cells.forward`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.recurrent.anchor import seasonal_rows
from forecast.recurrent.architecture import Architecture, Weights, initial_weights
from forecast.recurrent.backend import tf
from forecast.recurrent.dropout import Draws
from forecast.recurrent.heads import LinearHead, QuantileHead
from forecast.recurrent.layers import encode
from forecast.recurrent.losses import LOSSES
from forecast.recurrent.objective import Objective
from forecast.recurrent.samples import Samples
from forecast.recurrent.schedule import Schedule
from forecast.recurrent.training import History, Validation, train

Tensors = dict[str, Any]  # the weights of a network, by the names of `Architecture.shapes`


@dataclass(frozen=True)
class WindowNetwork(Objective):
    """Answer windows: the objective of `LSTMRegressor` and `LSTMForecaster`.

    Its parts are those of `Samples.parts`.

    Parameters
    ----------
    architecture : Architecture
    loss : {"mae", "mse", "huber", "quantile"}
    dropout : float
        The share of the encoder's units that is hidden from the head.
    """

    architecture: Architecture
    loss: str
    dropout: float

    @property
    def members(self) -> int:
        """How many networks learn at once."""
        return self.architecture.members

    @property
    def steps(self) -> int:
        """The number of steps of the recurrence."""
        return self.architecture.steps

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of a network's weights by name."""
        return self.architecture.shapes

    def initial_weights(self, rng: np.random.Generator) -> Weights:
        """Draw the weights that a network begins with."""
        return initial_weights(self.architecture, rng)

    def losses(
        self, weights: Tensors, parts: list[Any], state: tuple[Any, ...], draws: Draws
    ) -> tuple[Any, tuple[Any, ...]]:
        """Return the loss of each window; parameters as in `Objective.losses`."""
        a = self.architecture
        # Targets, what is known ahead and series come before the windows' parts, if there are any.
        remaining = iter(parts)
        actual = next(remaining)  # (samples, answers, 1)
        ahead = next(remaining) if a.columns_ahead else None
        series = next(remaining)[:, 0, 0] if a.embedding else None
        windows = tf.concat(list(remaining), axis=2)

        # The network answers relative to the naive forecasts.
        relative = actual - naive_forecasts(a, windows)
        states = windows.shape[0] * (a.steps if a.aligned else 1)
        mask = draws.mask((states, a.state_size), self.dropout)
        answer = answers(a, weights, windows, ahead, series, mask)
        losses = LOSSES[self.loss](answer, relative, a.quantiles)
        # The mean over steps and levels.
        return tf.reduce_mean(losses, axis=[1, 2]), state


def answers(
    architecture: Architecture,
    weights: Tensors,
    windows: Any,
    ahead: Any = None,
    series: Any = None,
    mask: Any = 1.0,
) -> Any:
    """Answer windows relative to the anchor: (samples, answers, levels).

    The mask (states, state size), or 1, is multiplied with what the encoder hands to the head.
    """
    a = architecture
    state = _encode(a, weights, windows) * mask
    if a.embedding:
        vectors = tf.one_hot(series, a.series) @ weights["series_vectors"]
        state = tf.concat([state, vectors], axis=1)
    known = _anchored_known(a, windows, ahead)
    head = a.head
    answer = _HEADS[type(head)](head, weights, state, known)
    return tf.reshape(answer, (windows.shape[0], a.answers, a.levels))


def _encode(architecture: Architecture, weights: Tensors, windows: Any) -> Any:
    """Return what the head reads, (states, state size), as `cells.head_state`."""
    a = architecture
    x = windows - windows[:, -1:] if a.anchor else windows
    x = tf.reshape(x, (windows.shape[0], a.steps, a.patch * a.channels))
    x = tf.transpose(x, (1, 0, 2))  # time first
    hidden, last = encode(a, weights, x)
    if a.aligned:
        # Time first, as the layers have it, becomes sample first.
        return tf.reshape(tf.transpose(hidden, (1, 0, 2)), (-1, a.state_size))
    return last


def naive_forecasts(architecture: Architecture, windows: Any) -> Any:
    """Return what answers are relative to, (samples, outputs, 1), as `anchor.naive_forecasts`."""
    if not architecture.anchor:
        return 0.0
    target = windows[:, :, 0]
    rows = seasonal_rows(architecture)
    by_season = tf.gather(target, rows, axis=1)  # (samples, seasons, outputs)
    return tf.reduce_mean(by_season, axis=1)[:, :, None]


def _anchored_known(architecture: Architecture, windows: Any, ahead: Any) -> Any:
    """Return what the head reads of each step, as `anchor.anchored_known`."""
    a = architecture
    if not a.columns_ahead:
        return None
    channels = np.array(a.known_channels, np.int32)
    features = ahead[:, :, : len(channels)]
    last = tf.gather(windows[:, -1:], channels, axis=2)
    distances = features - last
    return tf.concat([ahead, distances], axis=2)


def _linear_answer(head: LinearHead, weights: Tensors, state: Any, known: Any) -> Any:
    """Answer states, as `LinearHead.forward`."""
    rows = state @ weights["head_kernel"] + weights["head_bias"]
    answer = tf.reshape(rows, (-1, head.outputs, head.levels))
    if known is None:
        return answer
    from_state = state @ weights["head_state_kernel"]
    from_known = known @ weights["head_known_kernel"]
    bias = weights["head_hidden_bias"]
    hidden = tf.tanh(from_state[:, None] + from_known + bias)
    return answer + hidden @ weights["head_hidden_kernel"]


def _quantile_answer(head: LinearHead, weights: Tensors, state: Any, known: Any) -> Any:
    """Answer states, as `QuantileHead.forward`."""
    return non_crossing(_linear_answer(head, weights, state, known))


# The twins of the heads' equations, by their class.
_HEADS: dict[type[LinearHead], Callable[..., Any]] = {
    LinearHead: _linear_answer,
    QuantileHead: _quantile_answer,
}


def non_crossing(values: Any) -> Any:
    """Turn free numbers (…, levels) into ascending ones, as `heads.non_crossing`."""
    middle = values.shape[-1] // 2
    median = values[..., middle : middle + 1]
    distances = tf.nn.softplus(values)
    lower = distances[..., :middle]
    upper = distances[..., middle + 1 :]
    below = median - tf.cumsum(lower, axis=-1, reverse=True)
    above = median + tf.cumsum(upper, axis=-1)
    return tf.concat([below, median, above], axis=-1)


def train_windows(
    architecture: Architecture,
    samples: Samples,
    loss: str,
    dropout: float,
    schedule: Schedule,
    seed: int,
    validate: Validation | None = None,
    places: np.ndarray | None = None,
) -> tuple[list[Weights], History, bool]:
    """Learn to answer windows; the other parameters and the returned values are those of `train`.

    Parameters
    ----------
    architecture : Architecture
    samples : Samples
    loss, dropout
        As in `WindowNetwork`.
    """
    network = WindowNetwork(architecture, loss, dropout)
    return train(network, samples.parts(), schedule, seed, validate, places, samples.weights)
