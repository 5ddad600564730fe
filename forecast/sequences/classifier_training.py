"""Training of the network over sequences: the TensorFlow twin of `classifier_network`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from forecast.recurrent.architecture import Weights, initial_weights, layer_weights
from forecast.recurrent.backend import tf
from forecast.recurrent.dropout import Draws
from forecast.recurrent.layers import encode
from forecast.recurrent.objective import Objective
from forecast.recurrent.schedule import Schedule
from forecast.recurrent.training import History, train
from forecast.sequences.classifier_network import SequenceNetwork
from forecast.sequences.vocabulary import PAD, UNKNOWN
from forecast.tables.windows import Slices

Tensors = dict[str, Any]  # the weights of a network, by the names of `Architecture.shapes`


@dataclass(frozen=True)
class ClassifierNetwork(Objective):
    """Tell the class of sequences or timesteps: the objective of `LSTMClassifier`.

    Its parts are values (samples, steps, columns), lengths (samples, 1, 1), labels and their shares
    of the sample's weight (samples, 1 or steps, 1).

    Parameters
    ----------
    network : SequenceNetwork
    dropout : float
        The share of the last layer's units that is hidden from the head.
    """

    network: SequenceNetwork
    dropout: float

    @property
    def members(self) -> int:
        """How many networks learn at once."""
        return self.network.architecture.members

    @property
    def steps(self) -> int:
        """The number of steps of the recurrence."""
        return self.network.architecture.steps

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of a network's weights by name."""
        return self.network.architecture.shapes

    def initial_weights(self, rng: np.random.Generator) -> Weights:
        """Draw the weights that a network begins with: tokens not seen say nothing."""
        a = self.network.architecture
        weights = initial_weights(a, rng)
        if self.network.tokens:
            for direction in range(a.directions):
                kernel, _, _ = layer_weights(a, weights, 0, direction)
                kernel[[PAD, UNKNOWN]] = 0
        return weights

    def losses(
        self, weights: Tensors, parts: list[Any], state: tuple[Any, ...], draws: Draws
    ) -> tuple[Any, tuple[Any, ...]]:
        """Return the cross-entropy of each sample; parameters as in `Objective.losses`."""
        values, lengths, labels, shares = parts
        logits = self.logits(weights, values, lengths[:, 0, 0], draws)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels[:, :, 0], logits)
        return tf.reduce_sum(shares[:, :, 0] * losses, axis=1), state

    def logits(self, weights: Tensors, values: Any, lengths: Any, draws: Draws | None) -> Any:
        """Return the logits of `SequenceNetwork.logits`; without draws nothing is left out."""
        steps = values.shape[1]
        live = tf.range(steps)[:, None] < lengths  # (steps, samples)
        live = tf.cast(live, tf.float32)[:, :, None]
        x = tf.transpose(values, (1, 0, 2))  # time first
        hidden, last = encode(self.network.architecture, weights, x, live)
        read = self._pooled(hidden, last, live)  # (1 or steps, samples, size)
        if draws is not None:
            read = read * draws.mask(tuple(read.shape), self.dropout)
        answer = tf.reshape(read, (-1, read.shape[2])) @ weights["head_kernel"]
        answer = answer + weights["head_bias"]
        return tf.transpose(tf.reshape(answer, (*read.shape[:2], -1)), (1, 0, 2))

    def _pooled(self, hidden: Any, last: Any, live: Any) -> Any:
        """Return what the head reads: (1 or steps, samples, size)."""
        pooling = self.network.pooling
        if pooling == "last":
            return last[None]
        if pooling == "mean":
            total = tf.reduce_sum(hidden * live, axis=0, keepdims=True)
            return total / tf.reduce_sum(live, axis=0, keepdims=True)
        if pooling == "max":
            # Hidden states lie between -1 and 1.
            return tf.reduce_max(live * (hidden + 1), axis=0, keepdims=True) - 1
        return hidden


class LabelledSamples(NamedTuple):
    """What is learned from.

    Parameters
    ----------
    values, lengths : arrays
        As `SequenceNetwork.read` returns them.
    labels, weight : arrays of shape (samples, 1) or (samples, steps)
        Places in the classes; the weight is 0 where there is no label.
    """

    values: np.ndarray
    lengths: np.ndarray
    labels: np.ndarray
    weight: np.ndarray


def train_network(
    network: SequenceNetwork,
    samples: LabelledSamples,
    dropout: float,
    schedule: Schedule,
    seed: int,
    places: np.ndarray | None = None,
) -> tuple[list[Weights], History, bool]:
    """Learn to classify; the last parameters and the returned values are those of `train`.

    Parameters
    ----------
    network : SequenceNetwork
    samples : LabelledSamples
    dropout : float
        As in `ClassifierNetwork`.
    """
    total = samples.weight.sum(axis=1, keepdims=True)
    shares = samples.weight / total
    parts = (
        Slices.of(samples.values),
        Slices.of(samples.lengths[:, None, None]),
        Slices.of(samples.labels[:, :, None]),
        Slices.of(shares[:, :, None]),
    )
    objective = ClassifierNetwork(network, dropout)
    return train(objective, parts, schedule, seed, places=places, sample_weight=total[:, 0])
