"""Training of the network over tokens: the TensorFlow twin of `generator_network`.

Short sequences are samples of their own. Where one is longer than the errors are propagated back,
all are written one after the other and cut into streams: a batch takes the next piece of each
stream, and goes on with the states of the batch before (Mikolov et al. 2010).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from forecast.recurrent.architecture import Weights, layer_weights
from forecast.recurrent.backend import tf
from forecast.recurrent.layers import project, run_projected
from forecast.recurrent.objective import NetworkObjective
from forecast.recurrent.schedule import Schedule, batch_size_for
from forecast.recurrent.training import History, Validation, train
from forecast.sequences.generator_network import TokenNetwork
from forecast.sequences.held_out import Pieces
from forecast.sequences.vocabulary import BEGIN, PAD
from forecast.tables.windows import Slices


@dataclass(frozen=True)
class NextToken(NetworkObjective):
    """Tell the next token: the objective of `SequenceGenerator`.

    Its parts are tokens (samples, steps + 1, 1) and, where there is one, the condition of each.

    Parameters
    ----------
    network : TokenNetwork
    length : int
        The number of steps of a sample.
    carried : bool
        Whether a sample goes on where that of the batch before has ended.
    dropout : float
        The share of the last layer's units that is hidden from the head.
    log_frequency : array of shape (tokens,)
        What the head's bias begins with.
    """

    network: TokenNetwork
    carried: bool
    dropout: float
    log_frequency: np.ndarray = field(compare=False, repr=False)

    def initial_weights(self, rng: np.random.Generator) -> Weights:
        """Draw the weights that a network begins with."""
        return super().initial_weights(rng) | {"head_bias": self.log_frequency}

    def state(self, samples: int) -> tuple[Any, ...]:
        """Return the states of all layers before the first batch."""
        if not self.carried:
            return ()
        n = self.network
        return (tf.zeros((samples, n.units)),) * (n.states * n.layers)

    def losses(
        self, weights: dict[str, Any], parts: list[Any], state: tuple[Any, ...], draws: Any
    ) -> tuple[Any, tuple[Any, ...]]:
        """Return the mean loss of the tokens of each sample, in nats, and the states after it."""
        tokens = tf.transpose(parts[0][:, :, 0])  # (steps + 1, samples)
        read, following = tokens[:-1], tokens[1:]
        condition = parts[1] if self.network.features else None
        live = None if self.carried else tf.cast(read != PAD, tf.float32)[:, :, None]
        hidden, state = self._hidden(weights, read, condition, live, state)
        hidden = hidden * draws.mask(tuple(hidden.shape), self.dropout)

        logits = self._logits(weights, tf.reshape(hidden, (-1, self.network.units)))
        labels = tf.reshape(following, (-1,))
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        judged = tf.cast((following != PAD) & (following != BEGIN), tf.float32)
        losses = judged * tf.reshape(losses, judged.shape)
        count = tf.maximum(tf.reduce_sum(judged, axis=0), 1.0)
        return tf.reduce_sum(losses, axis=0) / count, state

    def _hidden(
        self, weights: dict[str, Any], read: Any, condition: Any, live: Any, state: Any
    ) -> tuple[Any, tuple[Any, ...]]:
        """Run all layers: return the hidden states of the last, and the states after."""
        n = self.network
        after: list[Any] = []
        x = tf.gather(weights["vectors"], read) if n.embedding else read[:, :, None]
        for number in range(n.layers):
            kernel, recurrent_kernel, bias = layer_weights(n, weights, number)
            projected = project(n.cell, x, kernel, bias)
            if condition is not None and not number:
                known = condition @ weights["condition_kernel"]
                projected += tf.transpose(known, (1, 0, 2))
            own = n.states_of(state, number) or None
            x, last = run_projected(n.cell, projected, recurrent_kernel, bias, live, own)
            after += last
        return x, tuple(after) if self.carried else ()

    def _logits(self, weights: dict[str, Any], hidden: Any) -> Any:
        """Return the logarithms of the next token's odds, (rows, tokens)."""
        answer = hidden @ weights["head_kernel"]
        if self.network.embedding:
            answer = tf.matmul(answer, weights["vectors"], transpose_b=True)
        never = np.zeros(self.network.tokens, np.float32)
        never[[PAD, BEGIN]] = -1e9
        return answer + weights["head_bias"] + never


class Material(NamedTuple):
    """What a network over tokens learns from."""

    parts: list[Slices]
    weights: np.ndarray  # (samples,) the number of tokens to be told of each
    batch_size: int
    length: int
    carried: bool


def material(
    codes: np.ndarray,
    lengths: np.ndarray,
    condition: np.ndarray,
    timesteps: int,
    batch_size: int,
) -> Material:
    """Cut sequences into samples.

    Parameters
    ----------
    codes : array of shape (sum of lengths,)
        The tokens of all sequences in one row.
    lengths : array of shape (sequences,)
    condition : array of shape (sequences, features)
    timesteps : int
        Through how many timesteps errors are propagated back at most.
    batch_size : int

    Returns
    -------
    Material
    """
    longest = int(lengths.max()) - 1
    if longest <= timesteps:
        return _samples(codes, lengths, condition, longest, batch_size)
    return _streams(codes, lengths, condition, timesteps, batch_size)


def _samples(
    codes: np.ndarray,
    lengths: np.ndarray,
    condition: np.ndarray,
    longest: int,
    batch_size: int,
) -> Material:
    """Return each sequence as a sample, padded at its end."""
    n = len(lengths)
    rows = np.full((n, longest + 1), PAD, np.int32)
    rows[np.arange(longest + 1) < lengths[:, None]] = codes
    parts = [Slices.of(rows[:, :, None])]
    if condition.shape[1]:
        parts.append(Slices(condition.astype(np.float32), np.arange(n), 1))
    batch_size = batch_size_for(n, batch_size)
    return Material(parts, lengths - 1.0, batch_size, longest, carried=False)


def _streams(
    codes: np.ndarray,
    lengths: np.ndarray,
    condition: np.ndarray,
    timesteps: int,
    batch_size: int,
) -> Material:
    """Return the pieces of streams, in the order of batches: sample k · streams + s is of s."""
    n = len(codes) - 1
    streams = batch_size_for(n // timesteps, batch_size)
    batches = -(-n // (streams * timesteps))
    padded = np.full(streams * batches * timesteps + 1, PAD, np.int32)
    padded[: len(codes)] = codes
    stream_starts = batches * timesteps * np.arange(streams)
    starts = (timesteps * np.arange(batches)[:, None] + stream_starts).ravel()
    tokens = Slices(padded[:, None], starts, timesteps + 1)
    parts = [tokens]
    if condition.shape[1]:
        # Of each place; no condition belongs to the padding.
        known = np.zeros((len(padded), condition.shape[1]), np.float32)
        known[: len(codes)] = np.repeat(condition, lengths, axis=0)
        parts.append(Slices(known, starts, timesteps))
    following = tokens[:][:, 1:, 0]
    judged = np.count_nonzero((following != PAD) & (following != BEGIN), axis=1)
    return Material(parts, judged.astype(float), streams, timesteps, carried=True)


def train_tokens(
    network: TokenNetwork,
    learned: Pieces,
    condition: np.ndarray,
    schedule: Schedule,
    seed: int,
    timesteps: int,
    dropout: float,
    validate: Validation | None = None,
) -> tuple[Weights, History]:
    """Train a network over tokens.

    Parameters
    ----------
    network : TokenNetwork
    learned : Pieces
    condition : array of shape (pieces, features)
    schedule : Schedule
    seed : int
    timesteps : int
        Through how many timesteps errors are propagated back at most.
    dropout : float
    validate : callable, optional
        As for `train`.

    Returns
    -------
    weights : dict of arrays
    history : list of dict
    """
    cut = material(learned.codes, learned.lengths, condition, timesteps, schedule.batch_size)
    # A token that never came has come half a time.
    counts = np.bincount(learned.codes[learned.judged], minlength=network.tokens) + 0.5
    log_frequency = np.log(counts / counts.sum()).astype(np.float32)
    objective = NextToken(network, cut.length, cut.carried, dropout, log_frequency)
    schedule = replace(schedule, batch_size=cut.batch_size)
    members, history, _ = train(
        objective,
        cut.parts,
        schedule,
        seed,
        validate,
        sample_weight=cut.weights,
        in_order=cut.carried,
    )
    return members[0], history
