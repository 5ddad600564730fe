"""The Keras twin of `cells.forward`: the same networks as differentiable layers, for training."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from forecast.exceptions import InputError
from forecast.recurrent.anchor import seasonal_rows
from forecast.recurrent.architecture import Architecture, Weights, layer_prefix
from forecast.recurrent.heads import LinearHead, QuantileHead


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what TensorFlow's libraries write to stderr while they load from the user."""
    stderr = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
with _silence():
    import keras
    import tensorflow as tf
if keras.backend.backend() != "tensorflow":
    raise InputError(
        f"Keras runs on {keras.backend.backend()}, fit needs TensorFlow: "
        "set KERAS_BACKEND=tensorflow."
    )
# TensorFlow warns of what is meant here: a function of its own for each architecture.
logging.getLogger("tensorflow").addFilter(lambda record: "retracing" not in record.getMessage())

_LAYERS = {
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "simple": keras.layers.SimpleRNN,
}
# Steps up to which the recurrence is laid out flat: faster to run, but slower to compile for each
# step.
_UNROLLED = 8


class Network:
    """One network: Keras' recurrent layers and the head, called on tensors.

    Parameters
    ----------
    architecture : Architecture

    Attributes
    ----------
    variables : dict of keras.Variable
        The weights by their names, in the order of ``architecture.shapes``.
    """

    def __init__(self, architecture: Architecture):
        self.architecture = architecture
        self.variables: dict[str, Any] = {}
        self.layers: list[list[Any]] = []
        for number in range(architecture.layers):
            directions = []
            for direction in range(architecture.directions):
                layer = self._layer(number, direction)
                self._name_weights(layer, number, direction)
                directions.append(layer)
            self.layers.append(directions)
        # Keras has made the weights of its layers; the others are those of the head and the series.
        for name, shape in architecture.shapes.items():
            if name not in self.variables:
                zeros = np.zeros(shape, np.float32)
                self.variables[name] = keras.Variable(zeros, name=name)

    def _layer(self, number: int, direction: int) -> Any:
        """Build one of Keras' layers, for what it will read."""
        a = self.architecture
        # The kernels of cuDNN are not compiled by XLA; the simple cell has none.
        options: dict[str, Any] = {}
        if a.cell != "simple":
            options["use_cudnn"] = False
        layer = _LAYERS[a.cell](
            a.units,
            return_sequences=number < a.layers - 1,
            go_backwards=direction == 1,
            unroll=a.steps <= _UNROLLED,
            **options,
        )
        inputs = a.patch * a.channels if number == 0 else a.state_size
        layer.build((None, a.steps, inputs))
        return layer

    def _name_weights(self, layer: Any, number: int, direction: int) -> None:
        """Enter the weights of one of Keras' layers under their names."""
        prefix = layer_prefix(self.architecture, number, direction)
        kernel, recurrent_kernel, bias = layer.trainable_variables
        self.variables[f"{prefix}_kernel"] = kernel
        self.variables[f"{prefix}_recurrent_kernel"] = recurrent_kernel
        self.variables[f"{prefix}_bias"] = bias

    def set_weights(self, weights: Weights) -> None:
        """Take weights with the names and shapes of ``architecture.shapes``."""
        for name, variable in self.variables.items():
            variable.assign(weights[name])

    def weights(self) -> Weights:
        """Return the weights as arrays."""
        return {name: variable.value.numpy() for name, variable in self.variables.items()}

    def __call__(self, windows: Any, ahead: Any, series: Any, dropout_mask: Any) -> Any:
        """Answer windows relative to the anchor: (samples, outputs, levels).

        The mask (samples, state size), or 1, is multiplied with what the encoder hands to the head.
        """
        a = self.architecture
        state = self._encode(windows) * dropout_mask
        if a.embedding:
            vectors = tf.one_hot(series, a.series) @ self.variables["series_vectors"]
            state = tf.concat([state, vectors], axis=1)
        known = _anchored_known(a, windows, ahead)
        head = a.head
        answer = _HEADS[type(head)]
        return answer(head, self.variables, state, known)

    def _encode(self, windows: Any) -> Any:
        """Return the last hidden states of the last layer, (samples, state size)."""
        a = self.architecture
        x = windows - windows[:, -1:] if a.anchor else windows
        x = tf.reshape(x, (-1, a.steps, a.patch * a.channels))
        for number, directions in enumerate(self.layers):
            hidden = [layer(x, training=True) for layer in directions]
            # A sequence that was read backwards comes out in the order of reading.
            if number < a.layers - 1 and a.bidirectional:
                hidden[1] = tf.reverse(hidden[1], [1])
            x = tf.concat(hidden, axis=-1) if a.bidirectional else hidden[0]
        return x


def naive_forecasts(architecture: Architecture, windows: Any) -> Any:
    """Return what answers are relative to, (samples, outputs), as `anchor.naive_forecasts`."""
    if not architecture.anchor:
        return 0.0
    target = windows[:, :, 0]
    rows = seasonal_rows(architecture)
    by_season = tf.gather(target, rows, axis=1)  # (samples, seasons, outputs)
    return tf.reduce_mean(by_season, axis=1)


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


def _linear_answer(head: LinearHead, weights: dict[str, Any], state: Any, known: Any) -> Any:
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


def _quantile_answer(head: LinearHead, weights: dict[str, Any], state: Any, known: Any) -> Any:
    """Answer states, as `QuantileHead.forward`."""
    return _non_crossing(_linear_answer(head, weights, state, known))


# The twins of the heads' equations, by their class.
_HEADS: dict[type[LinearHead], Callable[..., Any]] = {
    LinearHead: _linear_answer,
    QuantileHead: _quantile_answer,
}


def _non_crossing(values: Any) -> Any:
    """Turn free numbers (…, levels) into ascending ones, as `heads.non_crossing`."""
    middle = values.shape[-1] // 2
    median = values[..., middle : middle + 1]
    distances = tf.nn.softplus(values)
    lower = distances[..., :middle]
    upper = distances[..., middle + 1 :]
    below = median - tf.cumsum(lower, axis=-1, reverse=True)
    above = median + tf.cumsum(upper, axis=-1)
    return tf.concat([below, median, above], axis=-1)
