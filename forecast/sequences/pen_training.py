"""Training of the network that writes: the TensorFlow twin of `pen` and of `mixture`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from forecast.recurrent.architecture import Weights, layer_weights
from forecast.recurrent.backend import tf
from forecast.recurrent.layers import run_layer
from forecast.recurrent.objective import NetworkObjective
from forecast.recurrent.schedule import Schedule, batch_size_for
from forecast.recurrent.training import History, train
from forecast.sequences.mixture import LARGEST_CORRELATION, LEAST_LOG_DEVIATION
from forecast.sequences.pen import READ, PenModel, PenNetwork, positions, reading
from forecast.tables.windows import Slices

# Columns of a timestep: what is read, the move, whether pen and sequence end, whether it is there.
_MOVE, _HAPPENED, _LIVE = slice(READ, READ + 2), slice(READ + 2, READ + 4), READ + 4


@dataclass(frozen=True)
class NextMove(NetworkObjective):
    """Tell the next move: the objective of `SequenceGenerator` with a mixture.

    Its parts are timesteps (samples, steps, READ + 5) and, where there is one, the condition of
    each sample.

    Parameters
    ----------
    network : PenNetwork
    length : int
        The number of steps of a sample.
    dropout : float
        The share of the last layer's units that is hidden from the head.
    """

    network: PenNetwork
    dropout: float

    def losses(
        self, weights: dict[str, Any], parts: list[Any], state: tuple[Any, ...], draws: Any
    ) -> tuple[Any, tuple[Any, ...]]:
        """Return the mean loss of the moves of each sample, in nats, and no state."""
        timesteps = tf.transpose(parts[0], (1, 0, 2))  # (steps, samples, columns)
        read = timesteps[:, :, :READ]
        if self.network.features:
            known = tf.transpose(parts[1], (1, 0, 2))
            read = tf.concat([read, tf.repeat(known, self.length, axis=0)], axis=2)
        live = timesteps[:, :, _LIVE]
        hidden = self._hidden(weights, read, live[:, :, None])
        hidden = hidden * draws.mask(tuple(hidden.shape), self.dropout)

        rows = tf.reshape(hidden, (-1, self.network.units))
        answers = rows @ weights["head_kernel"] + weights["head_bias"]
        moves = tf.reshape(timesteps[:, :, _MOVE], (-1, 2))
        happened = tf.reshape(timesteps[:, :, _HAPPENED], (-1, 2))
        losses = tf.reshape(-log_densities(answers, moves, happened), live.shape)
        count = tf.maximum(tf.reduce_sum(live, axis=0), 1.0)
        return tf.reduce_sum(live * losses, axis=0) / count, state

    def _hidden(self, weights: dict[str, Any], read: Any, live: Any) -> Any:
        """Run all layers: return the hidden states of the last, (steps, samples, units)."""
        x = read
        for number in range(self.network.layers):
            if number:
                x = tf.concat([x, read], axis=2)
            kernel, recurrent_kernel, bias = layer_weights(self.network, weights, number)
            x, _ = run_layer(self.network.cell, x, kernel, recurrent_kernel, bias, live)
        return x


def log_densities(answers: Any, moves: Any, happened: Any) -> Any:
    """Return the log densities of moves: the twin of `Mixture.log_densities`.

    Parameters
    ----------
    answers : tensor of shape (n, columns)
    moves, happened : tensors of shape (n, 2)

    Returns
    -------
    tensor of shape (n,)
    """
    log_odds = answers[:, -2:]
    blocks = tf.split(answers[:, :-2], 6, axis=1)
    shares, mean_x, mean_y, deviation_x, deviation_y, correlation = blocks
    deviation_x = tf.maximum(deviation_x, LEAST_LOG_DEVIATION)
    deviation_y = tf.maximum(deviation_y, LEAST_LOG_DEVIATION)
    r = LARGEST_CORRELATION * tf.tanh(correlation)
    rest = 1 - r**2

    a = (moves[:, :1] - mean_x) * tf.exp(-deviation_x)
    b = (moves[:, 1:] - mean_y) * tf.exp(-deviation_y)
    exponents = (a**2 + b**2 - 2 * r * a * b) / (2 * rest)
    log_norms = deviation_x + deviation_y + tf.math.log(rest) / 2 + np.log(2 * np.pi)
    log_shares = tf.nn.log_softmax(shares)
    log_density = tf.reduce_logsumexp(log_shares - exponents - log_norms, axis=1)

    surprise = tf.nn.sigmoid_cross_entropy_with_logits(happened, log_odds)
    return log_density - tf.reduce_sum(surprise, axis=1)


def learn_pen(
    generator: Any, points: np.ndarray, lengths: np.ndarray, known: np.ndarray
) -> tuple[PenModel, History]:
    """Train a network that writes, as the parameters of a generator say.

    Parameters
    ----------
    generator : SequenceGenerator
    points : array of shape (sum of lengths, 3)
    lengths : array of shape (sequences,)
    known : array of shape (sequences, features)
        The conditions.

    Returns
    -------
    model : PenModel
    history : list of dict
        The losses of the epochs; after offsets in units of their deviation.
    """
    seed = int(check_random_state(generator.random_state).randint(2**31 - 1))
    network = PenNetwork(
        cell=generator.cell,
        units=generator.units,
        layers=generator.layers,
        components=generator.components,
        features=known.shape[1],
    )
    scale = _deviation(points[:, :2])
    reach = _deviation(positions(points, lengths))
    timesteps = _timesteps(points, lengths, scale, reach)
    parts = [Slices.of(timesteps)]
    if network.features:
        parts.append(Slices(known.astype(np.float32), np.arange(len(lengths)), 1))

    # Some sequences are held out where a patience asks for them.
    held_out = _held_out(len(lengths), generator, seed)
    learned = np.flatnonzero(~held_out)

    def validate(members: list[Weights]) -> float:
        model = PenModel(network, members[0], scale, reach)
        rows = np.repeat(held_out, lengths)
        log_density = model.log_densities(points[rows], lengths[held_out], known[held_out])
        return -float(log_density.mean() + np.log(scale).sum())

    schedule = Schedule.of(generator)
    batch_size = batch_size_for(len(learned), schedule.batch_size)
    members, history, _ = train(
        NextMove(network, timesteps.shape[1], generator.dropout),
        parts,
        replace(schedule, batch_size=batch_size),
        seed,
        validate=validate if held_out.any() else None,
        places=learned,
        sample_weight=lengths.astype(np.float64),
    )
    return PenModel(network, members[0], scale, reach), history


def _held_out(n: int, generator: Any, seed: int) -> np.ndarray:
    """Return which of n sequences are held out: none without patience, and never all."""
    chosen = np.zeros(n, bool)
    if generator.patience is not None:
        count = int(np.clip(round(generator.validation_fraction * n), 1, n - 1))
        chosen[np.random.default_rng(seed).permutation(n)[:count]] = True
    return chosen


def _deviation(values: np.ndarray) -> np.ndarray:
    """Return the root mean square of each column; 1 for a column of zeros."""
    deviation = np.sqrt((values**2).mean(axis=0))
    return np.where(deviation > 0, deviation, 1.0)


def _timesteps(
    points: np.ndarray, lengths: np.ndarray, scale: np.ndarray, reach: np.ndarray
) -> np.ndarray:
    """Return what is read and what is told at each timestep, (sequences, longest, columns)."""
    ended = np.zeros(len(points))
    ended[np.cumsum(lengths) - 1] = 1
    read = reading(points, lengths, scale, reach)
    told = [points[:, :2] / scale, points[:, 2:], ended[:, None], np.ones((len(points), 1))]
    padded = np.zeros((len(lengths), lengths.max(), READ + 5), np.float32)
    padded[np.arange(lengths.max()) < lengths[:, None]] = np.hstack([read, *told])
    return padded
