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


class _Batch(NamedTuple):
    """The samples of a batch: windows (batch size, timesteps, channels), targets and the rest."""

    windows: Any
    actual: Any
    ahead: Any
    series: Any
    weight: Any


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
        # Targets and windows are often slices of one table.
        tables: dict[int, Any] = {}
        for part in slices:
            if id(part.rows) not in tables:
                tables[id(part.rows)] = _load(part.rows, np.float32)
        return Resident(
            tables=[tables[id(part.rows)] for part in slices],
            starts=[_load(part.starts, np.int32) for part in slices],
            series=_load(samples.series, np.int32),
            weights=_load(samples.weights, np.float32),
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
        # Sizes are rounded up, so that samples of about the same number are compiled once.
        batch_size = min(schedule.batch_size, _padded_length(among))
        batches = _padded_length(-(-among // batch_size))
        padded = _padded(order, batches * batch_size, np.int32)
        padded = padded.reshape(batches, batch_size)
        # What changes from epoch to epoch goes in as tensors: a number would be compiled in.
        count = tf.constant(np.int32(len(order)))
        rate = schedule.learning_rate
        plan = tf.constant(np.array([rate, epoch, schedule.epochs], dtype=np.float32))
        seeds = tf.constant(np.array([seed, epoch], dtype=np.uint32))
        # The mean over the samples, by their weights.
        loss, weight = self.run(*resident, tf.constant(padded), count, plan, seeds)
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
            batch = self._gather(Resident(tables, starts, series, weights), places)
            # What fills the last batch counts nothing.
            real = k * batch_size + tf.range(batch_size) < count
            weight = tf.where(real, batch.weight, 0.0)
            # The rate falls from batch to batch.
            learning_rate = _cosine(rate, epoch, k / batches, epochs)
            self.optimizer.learning_rate.assign(learning_rate)
            # Each batch of each epoch leaves out other units.
            batch_loss = self._update_weights(batch._replace(weight=weight), (seeds, k))
            return k + 1, loss + batch_loss, total_weight + tf.reduce_sum(weight)

        # The batch's number, and the two sums.
        first = [tf.constant(0), tf.constant(0.0), tf.constant(0.0)]
        _, loss, total_weight = tf.while_loop(lambda k, *_: k < batches, run_batch, first)
        return loss, total_weight

    def _gather(self, resident: Resident, places: Any) -> _Batch:
        """Gather the samples at these places, by the rows of the tables in which they lie."""
        a = self.architecture
        # The targets, and what is known ahead if anything is, come before the windows' parts.
        before = 2 if a.columns_ahead else 1
        parts = []
        for number, table in enumerate(resident.tables):
            length = a.outputs if number < before else a.timesteps
            start = tf.gather(resident.starts[number], places)
            rows = start[:, None] + tf.range(length)  # (batch size, length)
            parts.append(tf.gather(table, rows))
        # Without weights every sample weighs 1.
        weights = resident.weights
        return _Batch(
            windows=tf.concat(parts[before:], axis=2),
            actual=parts[0][:, :, 0],
            ahead=parts[1] if a.columns_ahead else None,
            series=None if resident.series is None else tf.gather(resident.series, places),
            weight=1.0 if weights is None else tf.gather(weights, places),
        )

    def _update_weights(self, batch: _Batch, mask_seed: tuple[Any, Any]) -> Any:
        """Move every network once against its gradient, by Adam.

        Returns the batch's summed loss, the mean over the networks.
        """
        a = self.architecture
        # The networks answer relative to the naive forecasts: (batch size, outputs, 1).
        relative = batch.actual - naive_forecasts(a, batch.windows)
        relative = relative[:, :, None]
        losses: list[Any] = []
        gradients: list[Any] = []
        for member, network in enumerate(self.networks):
            shape = (tf.shape(batch.windows)[0], a.state_size)
            # Each network leaves out units of its own.
            mask = dropout_mask(shape, self.dropout, *mask_seed, member)
            loss, gradient = self._differentiate(network, batch, relative, mask)
            losses.append(loss)
            gradients += gradient
        # One step for the weights of all networks.
        self.optimizer.apply(gradients, self.variables)
        return tf.add_n(losses) / a.members

    def _differentiate(
        self, network: Network, batch: _Batch, relative: Any, mask: Any
    ) -> tuple[Any, list[Any]]:
        """Return a network's summed loss on a batch, and the mean's gradient by its weights."""
        variables = [variable.value for variable in network.variables.values()]
        with tf.GradientTape() as tape:
            answer = network(batch.windows, batch.ahead, batch.series, mask)
            losses = self.loss(answer, relative, self.architecture.quantiles)
            # The mean over steps and levels, the weighted sum over samples.
            each = tf.reduce_mean(losses, axis=[1, 2])
            loss = tf.reduce_sum(batch.weight * each)
            # A batch whose samples all weigh nothing has the gradient 0, not 0 / 0.
            weight = tf.maximum(tf.reduce_sum(batch.weight), 1e-12)
            mean_loss = loss / weight
        # A long gradient is shortened, so that one batch does not throw the weights far off.
        gradient = tape.gradient(mean_loss, variables)
        clipped, _ = tf.clip_by_global_norm(gradient, _LARGEST_NORM)
        return loss, clipped


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


def _load(values: np.ndarray | None, kind: type) -> Any:
    """Hand values to TensorFlow, padded to one of few sizes; None stays None."""
    if values is None:
        return None
    length = _padded_length(len(values))
    return tf.constant(_padded(values, length, kind))
