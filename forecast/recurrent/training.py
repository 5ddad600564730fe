"""Training: one function for a whole epoch, in which windows are gathered from the resident series by index.

No window is ever stored. Where the work is large the function is compiled as a whole (XLA); a small fit runs it as it
stands, since compiling takes seconds. Compiled functions are kept by architecture, and tables are padded to few sizes,
so that the refits of a backtest and the folds of a grid search compile once.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from forecast.recurrent.cells import Architecture, initial_weights
from forecast.recurrent.network import Network, keras, tf
from forecast.windows import Slices

_log = logging.getLogger(__name__)
_COMPILED_FROM = 80  # batches in a fit from which compiling pays
_LOSSES = {"mae": tf.abs, "mse": tf.square}


@dataclass(frozen=True)
class Samples:
    """What a network learns from: slices of resident rows.

    Parameters
    ----------
    windows : Slices of `timesteps` rows with the window's channels
    targets : Slices of `outputs` rows with one channel
    known : Slices of `outputs` rows with the channels known ahead, or None
    weights : array of shape (samples,), optional
    """

    windows: Slices
    targets: Slices
    known: Slices | None = None
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.windows)


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn; the names are the estimators' own arguments."""

    loss: str
    dropout: float
    epochs: int
    batch_size: int
    learning_rate: float
    patience: int | None
    verbose: bool


def train(
    architecture: Architecture,
    samples: Samples,
    schedule: Schedule,
    seed: int,
    validate: Callable[[list[np.ndarray]], float] | None = None,
) -> tuple[list[np.ndarray], list[dict[str, float]]]:
    """Learn the weights of a network.

    Parameters
    ----------
    architecture : Architecture
    samples : Samples
    schedule : Schedule
    seed : int
    validate : callable, optional
        Returns the loss of given weights on the validation part; with a patience, the best weights are kept.

    Returns
    -------
    weights : list of arrays
    history : list of dict
        Per epoch: ``loss`` and, with a validation part, ``validation_loss``.

    Raises
    ------
    ValueError
        If the loss is no longer a number.
    """
    rng = np.random.default_rng(seed)
    weights = initial_weights(architecture, rng)
    batches = -(-len(samples) // schedule.batch_size)
    trainer = _trainer(architecture, schedule.loss, schedule.dropout, batches * schedule.epochs >= _COMPILED_FROM)
    trainer.reset(weights)
    tables = trainer.resident(samples)
    best, waited, history = np.inf, 0, []
    for epoch in range(schedule.epochs):
        rate = schedule.learning_rate * 0.5 * (1 + np.cos(np.pi * epoch / schedule.epochs))
        order = rng.permutation(len(samples))
        loss = trainer.epoch(tables, samples, order, schedule.batch_size, rate, (seed, epoch))
        if not np.isfinite(loss):
            raise ValueError(
                f"the loss is no longer a number in epoch {epoch + 1}: lower learning_rate={schedule.learning_rate}."
            )
        record = {"loss": loss}
        if validate is None:
            weights = trainer.network.weights()
        else:
            candidate = trainer.network.weights()
            record["validation_loss"] = validate(candidate)
            waited = 0 if record["validation_loss"] < best else waited + 1
            if waited == 0 or schedule.patience is None:
                best, weights = min(best, record["validation_loss"]), candidate
        history.append(record)
        _tell(epoch, record, schedule)
        if schedule.patience is not None and waited > schedule.patience:
            break
    return weights, history


def _tell(epoch: int, record: dict[str, float], schedule: Schedule) -> None:
    line = f"epoch {epoch + 1}/{schedule.epochs} " + " ".join(f"{k} {v:.4g}" for k, v in record.items())
    _log.debug(line)
    if schedule.verbose:
        sys.stderr.write(line + "\n")


class _Trainer:
    """A network, its optimizer and the function of an epoch, to be used by one fit after the other."""

    def __init__(self, architecture: Architecture, loss: str, dropout: float, compiled: bool):
        self.network = Network(architecture)
        self.loss, self.dropout = _LOSSES[loss], dropout
        self.optimizer = keras.optimizers.Adam()
        self.optimizer.build(self.network.variables)
        self.compiled = compiled
        self.run: Callable[..., Any] = tf.function(self._run, jit_compile=True) if compiled else self._run

    def reset(self, weights: list[np.ndarray]) -> None:
        """Forget the last fit."""
        for variable in self.optimizer.variables:
            variable.assign(tf.zeros_like(variable.value))
        self.network.set_weights(weights)

    def resident(self, samples: Samples) -> list[Any]:
        """Load the tables once, padded to one of few sizes where the function is compiled."""
        slices = [samples.windows, samples.targets, samples.known or samples.targets]
        return [tf.constant(_padded(s.rows, _bucket(len(s.rows))) if self.compiled else s.rows) for s in slices]

    def epoch(
        self,
        tables: list[Any],
        samples: Samples,
        order: np.ndarray,
        batch_size: int,
        rate: float,
        seed: tuple[int, int],
    ) -> float:
        """Go once through the samples in this order; return the mean loss."""
        batches = -(-len(order) // batch_size)
        rows = 1 << (batches - 1).bit_length() if self.compiled else batches
        weights = np.ones(len(order)) if samples.weights is None else samples.weights[order]
        known = samples.known or samples.targets
        runs = [s.starts[order].astype(np.int32) for s in (samples.windows, samples.targets, known)]
        starts = [_batched(run, rows, batch_size, run[0]) for run in runs]
        weights = _batched(
            weights.astype(np.float32), rows, batch_size, 0.0
        )  # what fills the last batch counts nothing
        self.optimizer.learning_rate.assign(rate)
        total = self.run(*tables, *starts, weights, tf.constant(batches), tf.constant(seed, tf.int32))
        return float(total) / float(weights.sum())

    def _run(self, windows, targets, known, window_at, target_at, known_at, weights, batches, seed):  # type: ignore[no-untyped-def]
        a, variables = self.network.architecture, self.network.variables

        def gather(table, starts, length):  # type: ignore[no-untyped-def]
            return tf.gather(table, starts[:, None] + tf.range(length))

        def step(k, total):  # type: ignore[no-untyped-def]
            x = gather(windows, window_at[k], a.timesteps)
            y = gather(targets, target_at[k], a.outputs)[:, :, 0]
            ahead = gather(known, known_at[k], a.outputs) if a.known else None
            with tf.GradientTape() as tape:
                error = self.loss(self.network(x, ahead, self._keep(tf.shape(x)[0], seed, k)) - y)
                loss = tf.reduce_sum(weights[k] * tf.reduce_mean(error, axis=1))
                mean = loss / tf.maximum(tf.reduce_sum(weights[k]), 1e-12)
            gradients, _ = tf.clip_by_global_norm(tape.gradient(mean, [v.value for v in variables]), 1.0)
            self.optimizer.apply(gradients, variables)
            return k + 1, total + loss

        return tf.while_loop(lambda k, _: k < batches, step, [tf.constant(0), tf.constant(0.0)])[1]

    def _keep(self, samples: Any, seed: Any, k: Any) -> Any:
        """Draw which units of the encoder are kept: (samples, units), scaled to mean 1."""
        if not self.dropout:
            return 1.0
        draws = tf.random.stateless_uniform(
            (samples, self.network.architecture.units), seed + tf.stack([k, 0]), alg="philox"
        )
        return tf.cast(draws >= self.dropout, tf.float32) / (1 - self.dropout)


@lru_cache(maxsize=32)
def _trainer(architecture: Architecture, loss: str, dropout: float, compiled: bool) -> _Trainer:
    return _Trainer(architecture, loss, dropout, compiled)


def _bucket(n: int) -> int:
    """Round up to three significant binary digits: at most a quarter more."""
    step = 1 << max(0, n.bit_length() - 3)
    return -(-n // step) * step


def _padded(values: np.ndarray, n: int) -> np.ndarray:
    padded = np.zeros((n, *values.shape[1:]), dtype=values.dtype)
    padded[: len(values)] = values
    return padded


def _batched(values: np.ndarray, batches: int, batch_size: int, fill: Any) -> np.ndarray:
    filled = np.full(batches * batch_size, fill, dtype=values.dtype)
    filled[: len(values)] = values
    return filled.reshape(batches, batch_size)
