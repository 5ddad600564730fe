"""The trainer: one function for a whole epoch, which gathers samples from tables by index.

The function is traced to a graph, in a second; where the work is large it
is also compiled as a whole (XLA), in two seconds more. Trainers are kept by objective, and tables
are padded to few sizes, so that the refits of a backtest and the folds of a grid search trace and
compile once.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import numpy as np

from forecast.recurrent.architecture import Weights
from forecast.recurrent.backend import keras, tf
from forecast.recurrent.dropout import Draws
from forecast.recurrent.objective import Objective
from forecast.recurrent.schedule import Schedule
from forecast.recurrent.sources import Loaded, Streamed, padded_length

_TRAINERS_KEPT = 16
_LARGEST_NORM = 1.0  # of the gradient of a network: longer ones are shortened


class Trainer:
    """The networks, their optimizer and the function of an epoch, for one fit after the other."""

    def __init__(self, objective: Objective, decay: float, compiled: bool):
        self.objective = objective
        self.lock = threading.Lock()  # fits in other threads wait for their turn
        # The weights of each network, by name.
        self.networks: list[dict[str, Any]] = []
        for _ in range(objective.members):
            network = {
                name: keras.Variable(np.zeros(shape, np.float32), name=name)
                for name, shape in objective.shapes.items()
            }
            self.networks.append(network)
        self.variables = [variable for network in self.networks for variable in network.values()]
        self.optimizer = keras.optimizers.Adam(weight_decay=decay or None)
        self.optimizer.build(self.variables)
        self.run = tf.function(self._run_epoch, jit_compile=compiled, autograph=False)

    def reset(self, members: list[Weights]) -> None:
        """Forget the last fit, and begin with these weights."""
        for variable in self.optimizer.variables:
            variable.assign(tf.zeros_like(variable.value))
        for network, weights in zip(self.networks, members, strict=True):
            for name, variable in network.items():
                variable.assign(weights[name])

    def weights(self) -> list[Weights]:
        """Return the weights of each network, as arrays."""
        return [
            {name: variable.value.numpy() for name, variable in network.items()}
            for network in self.networks
        ]

    def epoch(
        self,
        source: Loaded | Streamed,
        order: np.ndarray,
        among: int,
        schedule: Schedule,
        epoch: int,
        seed: int,
    ) -> float:
        """Go once through some of the samples, and return their mean loss.

        Parameters
        ----------
        source : Loaded or Streamed
        order : array of int
            The samples to learn from, in the order in which they come.
        among : int
            The number of all samples: shapes follow from it, not from the length of `order`.
        schedule : Schedule
        epoch, seed : int
            The number of the epoch, from 0, and the seed of the fit.
        """
        # Sizes are rounded up, so that samples of about the same number are compiled once.
        batch_size = min(schedule.batch_size, padded_length(among))
        batches = padded_length(-(-among // batch_size))
        # What changes from epoch to epoch goes in as tensors: a number would be compiled in.
        rate = schedule.learning_rate
        plan = tf.constant(np.array([rate, epoch, schedule.epochs], dtype=np.float32))
        seeds = tf.constant(np.array([seed, epoch], dtype=np.uint32))
        # The mean over the samples, by their weights.
        total_loss = total_weight = 0.0
        done = 0
        in_all = -(-len(order) // batch_size)
        for block in source.blocks(order, batch_size, batches):
            count = tf.constant(np.int32(block.n_samples))
            span = tf.constant(np.array([done, in_all], dtype=np.int32))
            places = tf.constant(block.order)
            loss, weight = self.run(*block.resident, places, count, span, plan, seeds)
            total_loss += float(loss)
            total_weight += float(weight)
            done += len(block.order)
        return total_loss / total_weight

    def _run_epoch(
        self,
        tables: list[Any],
        starts: list[Any],
        lengths: tuple[int, ...],
        weights: Any,
        order: Any,
        count: Any,
        span: Any,
        plan: Any,
        seeds: Any,
    ) -> Any:
        """Go through the samples of `order` (batches, batch size), of which `count` are real.

        They may be a block of an epoch: `span` is the number of batches before it, and in all.
        Returns the sum of the weighted losses, and that of the weights.
        """
        batch_size = order.shape[1]
        batches = (count + batch_size - 1) // batch_size
        before, in_all = tf.unstack(span)
        rate, epoch, epochs = tf.unstack(plan)

        def run_batch(k: Any, loss: Any, total_weight: Any, states: Any) -> Any:
            places = order[k]  # (batch size,)
            parts = _gathered(tables, starts, lengths, places)
            # Without weights every sample weighs 1; what fills the last batch counts nothing.
            weight = 1.0 if weights is None else tf.gather(weights, places)
            real = k * batch_size + tf.range(batch_size) < count
            weight = tf.where(real, weight, 0.0)
            # The rate falls from batch to batch.
            number = before + k
            learning_rate = _cosine(rate, epoch, number / in_all, epochs)
            self.optimizer.learning_rate.assign(learning_rate)
            batch_loss, states = self._update_weights(parts, weight, states, (seeds, number))
            return k + 1, loss + batch_loss, total_weight + tf.reduce_sum(weight), states

        # The batch's number, the two sums, and what each network carries from batch to batch.
        states = [self.objective.state(batch_size) for _ in self.networks]
        first = [tf.constant(0), tf.constant(0.0), tf.constant(0.0), states]
        _, loss, total_weight, _ = tf.while_loop(lambda k, *_: k < batches, run_batch, first)
        return loss, total_weight

    def _update_weights(
        self, parts: list[Any], weight: Any, states: list[Any], seeds: tuple[Any, Any]
    ) -> tuple[Any, list[Any]]:
        """Move every network once against its gradient, by Adam.

        Returns the batch's summed loss, the mean over the networks, and their states after it.
        """
        total = tf.constant(0.0)
        gradients: list[Any] = []
        states_after = []
        for member, (network, state) in enumerate(zip(self.networks, states, strict=True)):
            # Each batch of each epoch, and each network, has chances of its own.
            draws = Draws(*seeds, member)
            loss, gradient, state_after = self._differentiate(network, parts, weight, state, draws)
            total = total + loss
            gradients += gradient
            states_after.append(state_after)
        # One step for the weights of all networks.
        self.optimizer.apply(gradients, self.variables)
        return total / len(self.networks), states_after

    def _differentiate(
        self, network: dict[str, Any], parts: list[Any], weight: Any, state: Any, draws: Draws
    ) -> tuple[Any, list[Any], Any]:
        """Return a network's summed loss on a batch, the gradient of the mean, and its state."""
        weights = {name: tf.convert_to_tensor(value.value) for name, value in network.items()}
        with tf.GradientTape() as tape:
            tape.watch(list(weights.values()))
            losses, state_after = self.objective.losses(weights, parts, state, draws)
            loss = tf.reduce_sum(weight * losses)
            # A batch whose samples all weigh nothing has the gradient 0, not 0 / 0.
            mean_loss = loss / tf.maximum(tf.reduce_sum(weight), 1e-12)
        gradient = tape.gradient(mean_loss, list(weights.values()))
        # A long gradient is shortened, so that one batch does not throw the weights far off.
        clipped, _ = tf.clip_by_global_norm(gradient, _LARGEST_NORM)
        return loss, clipped, state_after


def _gathered(
    tables: list[Any], starts: list[Any], lengths: tuple[int, ...], places: Any
) -> list[Any]:
    """Gather the samples at these places, by the rows of the tables in which they lie.

    Each part is a tensor (batch size, length, columns).
    """
    parts = []
    for table, start, length in zip(tables, starts, lengths, strict=True):
        rows = tf.gather(start, places)[:, None] + tf.range(length)  # (batch size, length)
        parts.append(tf.gather(table, rows))
    return parts


@lru_cache(maxsize=_TRAINERS_KEPT)
def trainer_of(objective: Objective, decay: float, compiled: bool) -> Trainer:
    """Return the trainer of an objective, made once."""
    return Trainer(objective, decay, compiled)


def _cosine(rate: Any, epoch: Any, share: Any, epochs: Any) -> Any:
    """Return the learning rate, which falls to 0 along a cosine, after a share of this epoch."""
    angle = np.pi * (epoch + tf.cast(share, tf.float32)) / epochs
    return 0.5 * rate * (1 + tf.cos(angle))
