"""Training of sequence to sequence: the TensorFlow twin of `seq2seq_network`.

The decoder reads what is right before each step, not what it would have written (teacher forcing).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from forecast.recurrent.architecture import Weights, layer_weights
from forecast.recurrent.backend import tf
from forecast.recurrent.layers import encode, project, run_layer
from forecast.recurrent.objective import NetworkObjective
from forecast.recurrent.schedule import Schedule, batch_size_for
from forecast.recurrent.training import History, Validation, train
from forecast.sequences.attention_training import Kernels, run_attending
from forecast.sequences.intake import Sequences
from forecast.sequences.seq2seq_network import EncoderDecoder, part_of
from forecast.sequences.vocabulary import BEGIN, PAD
from forecast.tables.windows import Slices

Tensors = dict[str, Any]


@dataclass(frozen=True)
class Translation(NetworkObjective):
    """Tell the target from the source: the objective of `SequenceToSequence`.

    Its parts are sources (samples, places, columns), targets (samples, steps, columns), and the
    lengths of both (samples, 1, 2). Tokens of targets have their beginning and their end.

    Parameters
    ----------
    network : EncoderDecoder
    length : int
        The number of steps of a sample, about.
    dropout : float
        The share of what the head reads that is hidden from it.
    """

    network: EncoderDecoder
    dropout: float

    def losses(
        self, weights: Tensors, parts: list[Any], state: tuple[Any, ...], draws: Any
    ) -> tuple[Any, tuple[Any, ...]]:
        """Return the mean loss over the steps of each sample."""
        source, target, lengths = parts
        source, target = (tf.transpose(part, (1, 0, 2)) for part in (source, target))  # time first
        is_tokens = target.dtype == tf.int32
        if is_tokens:
            before, following = target[:-1], target[1:]
        else:
            # Nothing is before the first timestep.
            before = tf.concat([tf.zeros_like(target[:1]), target[:-1]], axis=0)
            following = target
        answer = self._answers(weights, source, lengths[:, 0, 0], before, draws)
        losses, live = (
            _token_losses(answer, following[:, :, 0])
            if is_tokens
            else _number_losses(answer, following, lengths[:, 0, 1])
        )
        count = tf.reduce_sum(live, axis=0)
        return tf.reduce_sum(live * losses, axis=0) / count, state

    def _answers(self, weights: Tensors, source: Any, lengths: Any, before: Any, draws: Any) -> Any:
        """Return what the decoder answers, (steps, samples, outputs)."""
        decoder = part_of(weights, "decoder")
        places = tf.range(source.shape[0])
        live = tf.cast(places[:, None] < lengths, tf.float32)  # (places, samples)
        encoder = part_of(weights, "encoder")
        values, last = encode(self.network.encoder, encoder, source, live[:, :, None])
        values = tf.transpose(values, (1, 0, 2))
        hidden, contexts = self._decoded(decoder, before, values, tf.transpose(live), last)

        both = tf.concat([hidden, contexts], axis=2)
        steps, samples, columns = both.shape
        readout = tf.tanh(tf.reshape(both, (-1, columns)) @ decoder["readout_kernel"])
        readout *= draws.mask(tuple(readout.shape), self.dropout)
        answer = readout @ decoder["head_kernel"] + decoder["head_bias"]
        return tf.reshape(answer, (steps, samples, self.network.decoder.outputs))

    def _decoded(
        self, weights: Tensors, before: Any, values: Any, live: Any, last: Any
    ) -> tuple[Any, Any]:
        """Return the hidden states of the decoder's last layer, and the contexts, time first."""
        d = self.network.decoder
        samples, places, width = values.shape
        keys = tf.reshape(values, (-1, width)) @ weights["key_kernel"]
        keys = tf.reshape(keys, (samples, places, d.units))
        first = tf.tanh(last @ weights["start_kernel"] + weights["start_bias"])
        # The hidden state of each layer, beside the cell state of an LSTM, which begins with 0.
        starts = [
            (hidden, tf.zeros_like(hidden))[: d.states]
            for hidden in tf.split(first, d.layers, axis=1)
        ]
        W, U, b = layer_weights(d, weights, 0)
        kernels = Kernels(
            recurrent=U,
            hidden_bias=b[1] if d.cell == "gru" else tf.zeros(U.shape[1]),
            context=weights["context_kernel"],
            query=weights["query_kernel"],
            vector=weights["score_kernel"][:, 0],
        )
        read = project(d.cell, before, W, b)
        hidden, contexts = run_attending(d.cell, read, kernels, keys, values, live, starts[0])
        for number in range(1, d.layers):
            kernels_above = layer_weights(d, weights, number)
            hidden, _ = run_layer(d.cell, hidden, *kernels_above, first=starts[number])
        return hidden, contexts


def _token_losses(answer: Any, following: Any) -> tuple[Any, Any]:
    """Return the cross-entropy of each token, in nats, and which are to be told."""
    never = np.zeros(answer.shape[2], np.float32)
    never[[PAD, BEGIN]] = -1e9
    # What is behind the end has any label.
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(following, answer + never)
    told = following != PAD
    return tf.where(told, losses, 0.0), tf.cast(told, tf.float32)


def _number_losses(answer: Any, following: Any, lengths: Any) -> tuple[Any, Any]:
    """Return squared error and cross-entropy of the end of each timestep, and which there are."""
    steps = tf.range(following.shape[0])[:, None]
    is_last = tf.cast(steps == lengths - 1, tf.float32)
    ends = tf.nn.sigmoid_cross_entropy_with_logits(is_last, answer[:, :, -1])
    squared = tf.reduce_mean((answer[:, :, :-1] - following) ** 2, axis=2)
    return squared + ends, tf.cast(steps < lengths, tf.float32)


def parts_of(source: Sequences, target: Sequences) -> list[Slices]:
    """Return what `Translation` reads of each sample."""
    lengths = np.stack([source.lengths, target.lengths], axis=1).astype(np.int32)
    return [_slices(source.values), _slices(target.values), _slices(lengths[:, None])]


def _slices(values: np.ndarray) -> Slices:
    """Return values (samples, steps[, columns]) as slices."""
    return Slices.of(np.ascontiguousarray(values.reshape(*values.shape[:2], -1)))


def train_translator(
    network: EncoderDecoder,
    source: Sequences,
    target: Sequences,
    schedule: Schedule,
    seed: int,
    dropout: float,
    validate: Validation | None = None,
) -> tuple[Weights, History]:
    """Train an encoder and a decoder.

    Parameters
    ----------
    network : EncoderDecoder
    source, target : Sequences
        Tokens of targets with their beginning and end.
    schedule : Schedule
    seed : int
    dropout : float
    validate : callable, optional
        As for `train`.

    Returns
    -------
    weights : dict of arrays
    history : list of dict
    """
    length = source.values.shape[1] + target.values.shape[1]
    objective = Translation(network, length, dropout)
    batch_size = batch_size_for(len(source), schedule.batch_size)
    schedule = replace(schedule, batch_size=batch_size)
    parts = parts_of(source, target)
    members, history, _ = train(objective, parts, schedule, seed, validate)
    return members[0], history
