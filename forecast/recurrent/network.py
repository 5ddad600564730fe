"""The Keras twin of `cells.forward`: the same network as differentiable layers, for training."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from forecast.recurrent.cells import Architecture


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
with _silence():
    import keras
    import tensorflow as tf

_LAYERS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "simple": keras.layers.SimpleRNN}
_UNROLLED = 32  # steps up to which the recurrence is laid out flat


class Network:
    """Keras' recurrent layers and the decoder, called on tensors.

    Parameters
    ----------
    architecture : Architecture
    """

    def __init__(self, architecture: Architecture):
        self.architecture = a = architecture
        steps, width = a.timesteps // a.patch, a.patch * a.channels
        self.recurrent = []
        for i in range(a.layers):
            options: dict[str, Any] = {} if a.cell == "simple" else {"use_cudnn": False}
            cell = _LAYERS[a.cell](a.units, return_sequences=i < a.layers - 1, unroll=steps <= _UNROLLED, **options)
            cell.build((None, steps, width if i == 0 else a.units))
            self.recurrent.append(cell)
        shapes = a.shapes[3 * a.layers :]
        self.decoder = [keras.Variable(np.zeros(s, np.float32), name=f"decoder{i}") for i, s in enumerate(shapes)]
        self.variables = [v for cell in self.recurrent for v in cell.trainable_variables] + self.decoder

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Take weights of the shapes of ``architecture.shapes``."""
        for variable, value in zip(self.variables, weights, strict=True):
            variable.assign(value)

    def weights(self) -> list[np.ndarray]:
        """Return the weights as arrays."""
        return [v.value.numpy() for v in self.variables]

    def __call__(self, windows: Any, known: Any, keep: Any) -> Any:
        """Answer (samples, outputs) for windows (samples, timesteps, channels); `keep` masks the encoder's units."""
        a, last = self.architecture, windows[:, -1:]
        x = windows - last if a.anchored else windows
        x = tf.reshape(x, (-1, a.timesteps // a.patch, a.patch * a.channels))
        for cell in self.recurrent:
            x = cell(x, training=True)
        x = x * keep
        W, b, *decoder = self.decoder
        outputs = x @ W + b
        if a.known:
            We, Wk, bk, Wo = decoder
            ahead = tf.concat([known, known - tf.gather(last, a.known, axis=2)], axis=2)
            outputs = outputs + tf.squeeze(tf.tanh((x @ We)[:, None] + ahead @ Wk + bk) @ Wo, axis=2)
        return outputs + last[:, :, 0] if a.anchored else outputs
