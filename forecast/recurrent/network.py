"""The Keras twin of `cells.forward`: the same networks as differentiable layers, for training."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from forecast.recurrent.cells import Architecture, Member


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what TensorFlow's libraries write to stderr while they load from the user."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
with _silence():
    import keras
    import tensorflow as tf
if keras.backend.backend() != "tensorflow":
    raise ValueError(
        f"Keras runs on {keras.backend.backend()}, fit needs TensorFlow: set KERAS_BACKEND=tensorflow."
    )
# TensorFlow warns of what is meant here: a function of its own for each architecture.
logging.getLogger("tensorflow").addFilter(lambda record: "retracing" not in record.getMessage())

_LAYERS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "simple": keras.layers.SimpleRNN}
_UNROLLED = 8  # steps up to which the recurrence is laid out flat: faster to run, but slower to compile for each step


class Network:
    """One member: Keras' recurrent layers and the decoder, called on tensors.

    Parameters
    ----------
    architecture : Architecture
    """

    def __init__(self, architecture: Architecture):
        self.architecture = a = architecture
        self.recurrent = [[self._layer(i, d) for d in range(a.directions)] for i in range(a.layers)]
        shapes = a.shapes[a.encoder :]
        self.decoder = [
            keras.Variable(np.zeros(s, np.float32), name=f"decoder{i}")
            for i, s in enumerate(shapes)
        ]
        layers = [layer for ways in self.recurrent for layer in ways]
        self.variables = [v for layer in layers for v in layer.trainable_variables] + self.decoder

    def _layer(self, i: int, direction: int) -> Any:
        a = self.architecture
        options: dict[str, Any] = {} if a.cell == "simple" else {"use_cudnn": False}
        layer = _LAYERS[a.cell](
            a.units,
            return_sequences=i < a.layers - 1,
            go_backwards=direction == 1,
            unroll=a.steps <= _UNROLLED,
            **options,
        )
        layer.build((None, a.steps, a.patch * a.channels if i == 0 else a.state))
        return layer

    def set_weights(self, member: Member) -> None:
        """Take weights of the shapes of ``architecture.shapes``."""
        for variable, value in zip(self.variables, member, strict=True):
            variable.assign(value)

    def weights(self) -> Member:
        """Return the weights as arrays."""
        return [v.value.numpy() for v in self.variables]

    def __call__(self, windows: Any, ahead: Any, series: Any, keep: Any) -> Any:
        """Answer (samples, outputs, levels) relative to the anchor; `keep` masks what the encoder hands on."""
        a = self.architecture
        x = windows - windows[:, -1:] if a.anchor else windows
        x = tf.reshape(x, (-1, a.steps, a.patch * a.channels))
        for i, ways in enumerate(self.recurrent):
            found = [layer(x, training=True) for layer in ways]
            if (
                i < a.layers - 1
            ):  # a sequence that was read backwards comes out in the order of reading
                found = [tf.reverse(y, [1]) if d else y for d, y in enumerate(found)]
            x = tf.concat(found, axis=-1) if a.bidirectional else found[0]
        state = x * keep
        W, b, *others = self.decoder
        if a.embedding:
            state = tf.concat([state, tf.one_hot(series, a.series) @ others[-1]], axis=1)
        answer = tf.reshape(state @ W + b, (-1, a.outputs, a.levels))
        if a.ahead:
            We, Wk, bk, Wo = others[:4]
            anchored = ahead[:, :, : len(a.known)] - tf.gather(
                windows[:, -1:], np.array(a.known, np.int32), axis=2
            )
            answer += (
                tf.tanh((state @ We)[:, None] + tf.concat([ahead, anchored], axis=2) @ Wk + bk) @ Wo
            )
        return _non_crossing(answer) if a.quantiles else answer


def naive(architecture: Architecture, windows: Any) -> Any:
    """Return what answers are relative to, (samples, outputs)."""
    if not architecture.anchor:
        return 0.0
    return tf.reduce_mean(tf.gather(windows[:, :, 0], architecture.naive_rows, axis=1), axis=1)


def _non_crossing(values: Any) -> Any:
    """Turn free numbers (…, levels) into ascending ones, as `cells.non_crossing`."""
    middle = values.shape[-1] // 2
    center, apart = values[..., middle : middle + 1], tf.nn.softplus(values)
    below = center - tf.cumsum(apart[..., :middle], axis=-1, reverse=True)
    return tf.concat(
        [below, center, center + tf.cumsum(apart[..., middle + 1 :], axis=-1)], axis=-1
    )
