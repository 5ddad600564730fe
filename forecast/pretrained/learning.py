"""How the network learns, in TensorFlow: from inputs that are ready, by the pinball loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.pretrained.candidates import N_CANDIDATES
from forecast.pretrained.learning_batch import FAR, Batch
from forecast.pretrained.network import LEVEL_COLUMNS, SHAPES
from forecast.recurrent.backend import keras, tf
from forecast.recurrent.layers import run_layer
from forecast.recurrent.network import non_crossing
from forecast.recurrent.quantiles import LEARNED_LEVELS


def initial_weights(seed: int) -> dict[str, np.ndarray]:
    """Draw weights to begin with: each kernel by Glorot and Bengio, hidden ones orthogonal."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in SHAPES.items():
        value = np.zeros(shape)
        if name.startswith("recurrent"):
            units = shape[0]
            blocks = [np.linalg.qr(rng.normal(size=(units, units)))[0] for _ in range(3)]
            value = np.concatenate(blocks, axis=1)
        elif "bias" not in name:
            value = rng.normal(0, np.sqrt(2 / sum(shape)), shape)
        if name == "answer_kernel":
            value *= 0.1
        if name == "error_power":
            value = np.full(shape, 3.0)
        weights[name] = value.astype(np.float32)
    return weights


def pinball_loss(weights: dict[str, Any], batch: dict[str, Any]) -> Any:
    """Return the mean loss of a batch of `learning_batch`.

    Errors are measured in past ones and bent beyond three of them, value and quantile alike: so
    quantiles stay what they are, and no series outweighs the others.
    """
    quantiles = _quantiles(weights, batch)
    error = batch["target"][..., None] - _bent(quantiles, batch)
    levels = np.array(LEARNED_LEVELS, dtype=np.float32)
    loss = tf.reduce_mean(tf.maximum(error * levels, error * (levels - 1)), axis=2)
    known = batch["known"]
    return tf.reduce_sum(loss * known) / (tf.reduce_sum(known) + 1e-9)


def _bent(quantiles: Any, batch: dict[str, Any]) -> Any:
    distance = (quantiles - batch["centre"][..., None]) / batch["unit"][..., None]
    return FAR * tf.asinh(distance)


def _quantiles(w: dict[str, Any], batch: dict[str, Any]) -> Any:
    """Return what `network_answers` does, in scales above the level."""
    static = batch["static"]
    patches = tf.transpose(batch["recent"], (1, 0, 2))
    x = tf.concat([patches, tf.repeat(static[None], patches.shape[0], axis=0)], axis=2)
    for number in range(2):
        kernels = (w[f"kernel_{number}"], w[f"recurrent_{number}"], w[f"bias_{number}"])
        x, _ = run_layer("gru", x, *kernels)
    series = tf.concat([x[-1], static], axis=1) @ w["series_kernel"] + w["series_bias"]
    hidden = tf.nn.silu(batch["steps"] @ w["step_kernel"] + series[:, None])
    hidden = tf.nn.silu(hidden @ w["hidden_kernel"] + w["hidden_bias"])
    answer = hidden @ w["answer_kernel"] + w["answer_bias"]
    past = w["error_power"] * batch["past"]
    share = tf.nn.softmax(answer[..., :N_CANDIDATES] - past[:, None])
    error = tf.reduce_sum(share * batch["errors"], axis=-1, keepdims=True)
    forecast = tf.reduce_sum(share * batch["forecasts"], axis=-1, keepdims=True)
    return forecast + error * non_crossing(tf.gather(answer, LEVEL_COLUMNS, axis=-1))


class Learner:
    """Weights that follow the gradients of the loss, by Adam.

    Parameters
    ----------
    weights : dict of arrays
    """

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.variables = {name: tf.Variable(value) for name, value in weights.items()}
        self.optimizer = keras.optimizers.Adam(1e-3, clipnorm=1.0)
        self.optimizer.build(list(self.variables.values()))
        self._step = tf.function(self._learn, jit_compile=True)
        self._loss = tf.function(lambda batch: pinball_loss(self.variables, batch))

    def _learn(self, batch: dict[str, Any]) -> Any:
        variables = list(self.variables.values())
        with tf.GradientTape() as tape:
            loss = pinball_loss(self.variables, batch)
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def step(self, batch: Batch, rate: float) -> float:
        """Learn from one batch, and return its loss before."""
        self.optimizer.learning_rate.assign(rate)
        return float(self._step({name: tf.constant(value) for name, value in batch.items()}))

    def loss(self, batch: Batch) -> float:
        """Return the loss of a batch of any size."""
        return float(self._loss({name: tf.constant(value) for name, value in batch.items()}))

    def state(self) -> dict[str, np.ndarray]:
        """Return all that `restore` needs to go on from here."""
        inner = {f"optimizer_{n}": v.numpy() for n, v in enumerate(self.optimizer.variables)}
        return self.weights() | inner

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on from a state."""
        for name, variable in self.variables.items():
            variable.assign(state[name])
        for number, variable in enumerate(self.optimizer.variables):
            variable.assign(state[f"optimizer_{number}"])

    def weights(self) -> dict[str, np.ndarray]:
        """Return the weights as they are now."""
        return {name: variable.numpy() for name, variable in self.variables.items()}
