"""The trainer: one function for a whole epoch, which gathers windows from tables by index.

No window is ever stored. The function is traced to a graph, in a second; where the work is large it
is also compiled as a whole (XLA), in two seconds more. Trainers are kept by architecture, and
tables are padded to few sizes, so that the refits of a backtest and the folds of a grid search
trace and compile once.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from forecast.recurrent.architecture import Architecture, Weights
from forecast.recurrent.dropout import dropout_mask
from forecast.recurrent.losses import LOSSES
from forecast.recurrent.network import Network, keras, naive_forecasts, tf
from forecast.recurrent.samples import Samples
from forecast.recurrent.schedule import Schedule

_TRAINERS_KEPT = 16
_LARGEST_NORM = 1.0  # of the gradient of a network: longer ones are shortened


class Resident(NamedTuple):
    """What the samples are gathered from, loaded once for a fit.

    Tables and starts are those of `Samples.slices`: the targets, what is known ahead if anything
    is, and the windows' parts.
    """

    tables: list[Any]
    starts: list[Any]
    series: Any
    weights: Any


class Trainer:
    """The networks, their optimizer and the function of an epoch, for one fit after the other."""

    def __init__(self, architecture: Architecture, loss: str, dropout: float, compiled: bool):
        self.architecture = architecture
        self.lock = threading.Lock()  # fits in other threads wait for their turn
        self.networks = [Network(architecture) for _ in range(architecture.members)]
        self.variables: list[Any] = []
        for network in self.networks:
            self.variables += network.variables.values()
        self.loss = LOSSES[loss]
        self.dropout = dropout
        self.optimizer = keras.optimizers.Adam()
        self.optimizer.build(self.variables)
        self.run = tf.function(self._run_epoch, jit_compile=compiled, autograph=False)

    def reset(self, members: list[Weights]) -> None:
        """Forget the last fit, and begin with these weights."""
        for variable in self.optimizer.variables:
            variable.assign(tf.zeros_like(variable.value))
        for network, weights in zip(self.networks, members, strict=True):
            network.set_weights(weights)

    def weights(self) -> list[Weights]:
        """Return the weights of each network."""
        return [network.weights() for network in self.networks]

    def resident(self, samples: Samples) -> Resident:
        """Load tables, starts, series and weights, each table once."""
        slices = samples.slices()
        tables: dict[int, Any] = {}
        for part in slices:
            if id(part.rows) not in tables:
                tables[id(part.rows)] = _load(part.rows, np.float32)
        return Resident(
            tables=[tables[id(part.rows)] for part in slices],
            starts=[_load(part.starts, np.int32) for part in slices],
            series=None if samples.series is None else _load(samples.series, np.int32),
            weights=None if samples.weights is None else _load(samples.weights, np.float32),
        )

    def epoch(
        self,
        resident: Resident,
        order: np.ndarray,
        among: int,
        schedule: Schedule,
        epoch: int,
        seed: int,
    ) -> float:
        """Go once through some of the samples, and return their mean loss.

        Parameters
        ----------
        resident : Resident
        order : array of int
            The samples to learn from, in the order in which they come.
        among : int
            The number of all samples: shapes follow from it, not from the length of `order`.
        schedule : Schedule
        epoch, seed : int
            The number of the epoch, from 0, and the seed of the fit.
        """
        batch_size = min(schedule.batch_size, _padded_length(among))
        batches = _padded_length(-(-among // batch_size))
        padded = _padded(order, batches * batch_size, np.int32).reshape(batches, batch_size)
        plan = np.array([schedule.learning_rate, epoch, schedule.epochs], dtype=np.float32)
        seeds = np.array([seed, epoch], dtype=np.uint32)
        arguments = [padded, np.int32(len(order)), plan, seeds]
        loss, weight = self.run(*resident, *map(tf.constant, arguments))
        return float(loss) / float(weight)

    def _run_epoch(
        self,
        tables: list[Any],
        starts: list[Any],
        series: Any,
        weights: Any,
        order: Any,
        count: Any,
        plan: Any,
        seeds: Any,
    ) -> Any:
        """Go through the samples of `order` (batches, batch size), of which `count` are real.

        Returns the sum of the weighted losses, and that of the weights.
        """
        batch_size = tf.shape(order)[1]
        batches = (count + batch_size - 1) // batch_size
        rate, epoch, epochs = tf.unstack(plan)

        def run_batch(k: Any, loss: Any, total_weight: Any) -> Any:
            places = order[k]  # (batch size,)
            windows, actual, ahead = self._gather(tables, starts, places)
            # What fills the last batch counts nothing.
            real = k * batch_size + tf.range(batch_size) < count
            weight = tf.where(real, 1.0 if weights is None else tf.gather(weights, places), 0.0)
            numbers = None if series is None else tf.gather(series, places)
            self.optimizer.learning_rate.assign(_cosine(rate, epoch, k / batches, epochs))
            mask_seed = (seeds, k)
            batch_loss = self._update_weights(windows, actual, ahead, numbers, weight, mask_seed)
            return k + 1, loss + batch_loss, total_weight + tf.reduce_sum(weight)

        first = [tf.constant(0), tf.constant(0.0), tf.constant(0.0)]
        _, loss, total_weight = tf.while_loop(lambda k, *_: k < batches, run_batch, first)
        return loss, total_weight

    def _gather(self, tables: list[Any], starts: list[Any], places: Any) -> tuple[Any, Any, Any]:
        """Gather windows, targets and what is known ahead of the samples at these places."""
        a = self.architecture
        before = 2 if a.columns_ahead else 1  # tables of steps ahead, which come before the windows
        lengths = [a.outputs] * before + [a.timesteps] * (len(tables) - before)
        parts = []
        for table, start, length in zip(tables, starts, lengths, strict=True):
            rows = tf.gather(start, places)[:, None] + tf.range(length)  # (batch size, length)
            parts.append(tf.gather(table, rows))
        windows = tf.concat(parts[before:], axis=2)
        actual = parts[0][:, :, 0]
        ahead = parts[1] if a.columns_ahead else None
        return windows, actual, ahead

    def _update_weights(
        self,
        windows: Any,
        actual: Any,
        ahead: Any,
        series: Any,
        weight: Any,
        mask_seed: tuple[Any, Any],
    ) -> Any:
        """Move every network once against its gradient, by Adam.

        Returns the batch's summed loss, the mean over the networks.
        """
        a = self.architecture
        # The network answers relative to the naive forecasts: (batch size, outputs, 1).
        relative = (actual - naive_forecasts(a, windows))[:, :, None]
        losses = []
        gradients = []
        for member, network in enumerate(self.networks):
            variables = [variable.value for variable in network.variables.values()]
            shape = (tf.shape(windows)[0], a.state_size)
            mask = dropout_mask(shape, self.dropout, *mask_seed, member)
            with tf.GradientTape() as tape:
                answer = network(windows, ahead, series, mask)
                each = tf.reduce_mean(self.loss(answer, relative, a.quantiles), axis=[1, 2])
                loss = tf.reduce_sum(weight * each)
                # A batch whose samples all weigh nothing has the gradient 0, not 0 / 0.
                mean_loss = loss / tf.maximum(tf.reduce_sum(weight), 1e-12)
            clipped, _ = tf.clip_by_global_norm(tape.gradient(mean_loss, variables), _LARGEST_NORM)
            gradients += clipped
            losses.append(loss)
        self.optimizer.apply(gradients, self.variables)
        return tf.add_n(losses) / a.members


@lru_cache(maxsize=_TRAINERS_KEPT)
def trainer_of(architecture: Architecture, loss: str, dropout: float, compiled: bool) -> Trainer:
    """Return the trainer of an architecture, made once."""
    return Trainer(architecture, loss, dropout, compiled)


def _cosine(rate: Any, epoch: Any, share: Any, epochs: Any) -> Any:
    """Return the learning rate, which falls to 0 along a cosine, after a share of this epoch."""
    angle = np.pi * (epoch + tf.cast(share, tf.float32)) / epochs
    return 0.5 * rate * (1 + tf.cos(angle))


def _padded_length(n: int) -> int:
    """Round up to three significant binary digits: at most a quarter more."""
    step = 1 << max(0, n.bit_length() - 3)
    return -(-n // step) * step


def _padded(values: np.ndarray, n: int, kind: type) -> np.ndarray:
    """Return the values with zeros behind them, n in all."""
    padded = np.zeros((n, *values.shape[1:]), dtype=kind)
    padded[: len(values)] = values
    return padded


def _load(values: np.ndarray, kind: type) -> Any:
    """Hand values to TensorFlow, padded to one of few sizes."""
    return tf.constant(_padded(values, _padded_length(len(values)), kind))
