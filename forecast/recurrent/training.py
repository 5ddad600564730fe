"""Training: one function for a whole epoch, in which windows are gathered from the resident series
by index.

No window is ever stored. The function is traced to a graph, in a second; where the work is large it
is also compiled as a whole (XLA), in two seconds more. Functions are kept by architecture, and
tables are padded to few sizes, so that the refits of a backtest and the folds of a grid search
trace and compile once.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from forecast.exceptions import FitInterrupted
from forecast.recurrent.cells import Architecture, Member, initial_weights
from forecast.recurrent.network import Network, keras, naive, tf
from forecast.recurrent.samples import Samples

_log = logging.getLogger(__name__)
_COMPILED_FROM = 6_000  # steps through batches, over all epochs, from which compiling pays: most fits train twice
_KEPT = 16  # functions


def _pinball(error: Any, levels: tuple[float, ...]) -> Any:
    return tf.maximum(error * levels, error * (np.array(levels, np.float32) - 1))


_LOSSES: dict[str, Callable[..., Any]] = {
    "mae": lambda error, _: tf.abs(error),
    "mse": lambda error, _: tf.square(error),
    "huber": lambda error, _: tf.where(
        tf.abs(error) < 1, 0.5 * tf.square(error), tf.abs(error) - 0.5
    ),
    "quantile": _pinball,
}


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
    validate: Callable[[list[Member]], float] | None = None,
    places: np.ndarray | None = None,
) -> tuple[list[Member], list[dict[str, float]], bool]:
    """Learn the weights of all members at once.

    Ctrl-C ends the training: what the last whole epoch (with a validation part, the best one) has
    learned is kept.

    Parameters
    ----------
    architecture : Architecture
    samples : Samples
    schedule : Schedule
    seed : int
    validate : callable, optional
        Returns the loss of given weights on the validation part; the best weights are kept.
    places : array of int, optional
        The samples to learn from, all by default. What was compiled for some of them serves for all
        of them.

    Returns
    -------
    members : list of lists of arrays
    history : list of dict
        Per epoch: ``loss`` and, with a validation part, ``validation_loss``.
    whole : bool
        Whether the training came to its end; False after Ctrl-C, of which `FitInterrupted` warns.

    Raises
    ------
    ValueError
        If the loss is no longer a number.
    """
    steps = -(-len(samples) // schedule.batch_size) * schedule.epochs * architecture.steps
    trainer = _trainer(architecture, schedule.loss, schedule.dropout, steps >= _COMPILED_FROM)
    places = np.arange(len(samples)) if places is None else places
    with trainer.lock:
        return _train(trainer, samples, schedule, seed, validate, places)


def _train(
    trainer: _Trainer,
    samples: Samples,
    schedule: Schedule,
    seed: int,
    validate: Callable[[list[Member]], float] | None,
    places: np.ndarray,
) -> tuple[list[Member], list[dict[str, float]], bool]:
    rng, architecture = np.random.default_rng(seed), trainer.architecture
    trainer.reset(
        [
            initial_weights(architecture, np.random.default_rng([seed, m]))
            for m in range(architecture.members)
        ]
    )
    resident = trainer.resident(samples)
    best, waited, kept = np.inf, 0, trainer.weights()
    history: list[dict[str, float]] = []
    try:
        for epoch in range(schedule.epochs):
            loss = trainer.epoch(
                resident, rng.permutation(places), len(samples), schedule, epoch, seed
            )
            if not np.isfinite(loss):
                raise ValueError(
                    f"the loss is no longer a number in epoch {epoch + 1}: lower "
                    f"learning_rate={schedule.learning_rate}."
                )
            candidate, record = trainer.weights(), {"loss": loss}
            if validate is not None:
                record["validation_loss"] = validate(candidate)
                waited = 0 if record["validation_loss"] < best else waited + 1
            if waited == 0:
                best, kept = record.get("validation_loss", best), candidate
            history.append(record)
            _tell(epoch, record, schedule)
            if schedule.patience is not None and waited > schedule.patience:
                break
    except KeyboardInterrupt:
        if not history:
            raise
        warnings.warn(
            f"Ctrl-C: the training ends after {len(history)} of {schedule.epochs} epochs; the best weights are kept.",
            FitInterrupted,
            stacklevel=3,
        )
        return kept, history, False
    return kept, history, True


def _tell(epoch: int, record: dict[str, float], schedule: Schedule) -> None:
    losses = " ".join(f"{name} {value:.4g}" for name, value in record.items())
    _log.info("epoch %d/%d %s", epoch + 1, schedule.epochs, losses)
    if schedule.verbose:
        sys.stderr.write(f"epoch {epoch + 1}/{schedule.epochs} {losses}\n")


class _Trainer:
    """The networks, their optimizer and the function of an epoch, to be used by one fit after the other."""

    def __init__(self, architecture: Architecture, loss: str, dropout: float, compiled: bool):
        self.architecture = architecture
        self.lock = threading.Lock()  # fits in other threads wait for their turn
        self.networks = [Network(architecture) for _ in range(architecture.members)]
        self.variables = [v for network in self.networks for v in network.variables]
        self.loss, self.dropout = _LOSSES[loss], dropout
        self.optimizer = keras.optimizers.Adam()
        self.optimizer.build(self.variables)
        self.run = tf.function(self._run, jit_compile=compiled, autograph=False)

    def reset(self, members: list[Member]) -> None:
        """Forget the last fit."""
        for variable in self.optimizer.variables:
            variable.assign(tf.zeros_like(variable.value))
        for network, member in zip(self.networks, members, strict=True):
            network.set_weights(member)

    def weights(self) -> list[Member]:
        """Return the members' weights."""
        return [network.weights() for network in self.networks]

    def resident(self, samples: Samples) -> Any:
        """Load tables, starts, series and weights once, padded to one of few sizes."""

        def load(values: np.ndarray | None, kind: type) -> Any:
            return (
                None if values is None else tf.constant(_padded(values, _bucket(len(values)), kind))
            )

        tables: dict[int, Any] = {}
        slices = [samples.targets, *([samples.ahead] if samples.ahead else []), *samples.windows]
        for part in slices:
            if id(part.rows) not in tables:
                tables[id(part.rows)] = load(part.rows, np.float32)
        starts = [load(part.starts, np.int32) for part in slices]
        return (
            [tables[id(part.rows)] for part in slices],
            starts,
            load(samples.series, np.int32),
            load(samples.weights, np.float32),
        )

    def epoch(
        self,
        resident: Any,
        order: np.ndarray,
        among: int,
        schedule: Schedule,
        epoch: int,
        seed: int,
    ) -> float:
        """Go once through some of so many samples in this order; return the mean loss."""
        size = min(schedule.batch_size, _bucket(among))
        rows = _bucket(-(-among // size))
        ordered = _padded(order, rows * size, np.int32).reshape(rows, size)
        plan = np.array([schedule.learning_rate, epoch, schedule.epochs], dtype=np.float32)
        seeds = np.array([seed, epoch], dtype=np.uint32)
        total, weight = self.run(
            *resident, *map(tf.constant, (ordered, np.int32(len(order)), plan, seeds))
        )
        return float(total) / float(weight)

    def _run(self, tables, starts, series, weights, order, count, plan, seeds):  # type: ignore[no-untyped-def]
        a, size, (rate, epoch, epochs) = self.architecture, tf.shape(order)[1], tf.unstack(plan)
        batches = (count + size - 1) // size
        ahead_at = int(
            a.ahead > 0
        )  # tables: targets, what is known ahead if anything is, then the windows' parts
        lengths = [a.outputs] * (1 + ahead_at) + [a.timesteps] * (len(tables) - 1 - ahead_at)

        def step(k, total, weighed):  # type: ignore[no-untyped-def]
            chosen = order[k]
            y, *read = [
                tf.gather(table, tf.gather(start, chosen)[:, None] + tf.range(length))
                for table, start, length in zip(tables, starts, lengths, strict=True)
            ]
            x = tf.concat(read[ahead_at:], axis=2)
            real = k * size + tf.range(size) < count  # what fills the last batch counts nothing
            weight = tf.where(real, 1.0 if weights is None else tf.gather(weights, chosen), 0.0)
            number = None if series is None else tf.gather(series, chosen)
            self.optimizer.learning_rate.assign(
                0.5
                * rate
                * (1 + tf.cos(np.pi * (epoch + tf.cast(k / batches, tf.float32)) / epochs))
            )
            loss = self._descend(x, y[:, :, 0], read[0], number, weight, seeds, k)
            return k + 1, total + loss, weighed + tf.reduce_sum(weight)

        start = [tf.constant(0), tf.constant(0.0), tf.constant(0.0)]
        return tf.while_loop(lambda k, *_: k < batches, step, start)[1:]

    def _descend(self, x, y, ahead, series, weight, seeds, k):  # type: ignore[no-untyped-def]
        """Move every member once against its gradient; return the batch's loss, the mean over the members."""
        a, sums, gradients = self.architecture, [], []
        y = (y - naive(a, x))[:, :, None]
        for m, network in enumerate(self.networks):
            variables = [v.value for v in network.variables]
            with tf.GradientTape() as tape:
                answer = network(x, ahead, series, self._keep(tf.shape(x)[0], seeds, k, m))
                error = tf.reduce_mean(self.loss(y - answer, a.quantiles), axis=[1, 2])
                loss = tf.reduce_sum(weight * error)
                mean = loss / tf.maximum(tf.reduce_sum(weight), 1e-12)
            gradients += tf.clip_by_global_norm(tape.gradient(mean, variables), 1.0)[0]
            sums.append(loss)
        self.optimizer.apply(gradients, self.variables)
        return tf.add_n(sums) / a.members

    def _keep(self, samples: Any, seeds: Any, k: Any, member: int) -> Any:
        """Draw which units of the encoder are kept: (samples, units), scaled to mean 1.

        By an integer hash of seed, epoch, batch, member and place, so that XLA and TensorFlow draw
        the same.
        """
        if not self.dropout:
            return 1.0
        units = self.architecture.state
        key = _mixed(_mixed(_mixed(seeds[0]) + seeds[1]) + tf.cast(k, tf.uint32)) + np.uint32(
            member
        )
        places = tf.cast(tf.range(samples * units), tf.uint32)
        draws = (
            tf.cast(tf.bitwise.right_shift(_mixed(places + _mixed(key)), np.uint32(8)), tf.float32)
            / 2**24
        )
        return tf.cast(tf.reshape(draws, (samples, units)) >= self.dropout, tf.float32) / (
            1 - self.dropout
        )


def _mixed(x: Any) -> Any:
    """Mix the bits of unsigned integers: the hash "lowbias32" by C. Wellons."""
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = tf.bitwise.bitwise_xor(x, tf.bitwise.right_shift(x, np.uint32(shift))) * np.uint32(
            factor
        )
    return tf.bitwise.bitwise_xor(x, tf.bitwise.right_shift(x, np.uint32(16)))


@lru_cache(maxsize=_KEPT)
def _trainer(architecture: Architecture, loss: str, dropout: float, compiled: bool) -> _Trainer:
    return _Trainer(architecture, loss, dropout, compiled)


def _bucket(n: int) -> int:
    """Round up to three significant binary digits: at most a quarter more."""
    step = 1 << max(0, n.bit_length() - 3)
    return -(-n // step) * step


def _padded(values: np.ndarray, n: int, kind: type) -> np.ndarray:
    padded = np.zeros((n, *values.shape[1:]), dtype=kind)
    padded[: len(values)] = values
    return padded
