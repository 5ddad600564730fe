"""Encoders and decoders with weights drawn at random, and sequences for them."""

import numpy as np

from forecast.sequences.intake import Sequences
from forecast.sequences.seq2seq_network import Decoder, Encoder, EncoderDecoder

SOURCES, TARGETS, FEATURES = 7, 8, 3
# Cell, layers, whether the source is of tokens, whether the target is.
FORMS = [
    ("lstm", 1, True, True),
    ("gru", 2, True, True),
    ("lstm", 2, False, True),
    ("gru", 1, False, False),
    ("lstm", 1, True, False),
]


def network_of(cell, layers, from_tokens, to_tokens, units=4):
    """Return a small network and weights of which none is 0."""
    encoder = Encoder(cell, units, layers, SOURCES if from_tokens else FEATURES)
    inputs, outputs = (TARGETS, TARGETS) if to_tokens else (FEATURES, FEATURES + 1)
    network = EncoderDecoder(encoder, Decoder(cell, units, layers, inputs, outputs, 2 * units))
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in network.shapes.items()
    }
    return network, weights


def sources(tokens, lengths=(4, 7, 1, 7, 9)):
    """Return sources of these lengths."""
    rng = np.random.default_rng(1)
    shape = (len(lengths), max(lengths))
    values = rng.integers(2, SOURCES, shape) if tokens else rng.normal(size=(*shape, FEATURES))
    return _padded(values.astype(np.int32 if tokens else float), lengths)


def targets(tokens, lengths=(3, 2, 6, 11, 5)):
    """Return targets; tokens with their beginning (2) and end (3)."""
    rng = np.random.default_rng(2)
    shape = (len(lengths), max(lengths))
    if not tokens:
        return _padded(rng.normal(size=(*shape, FEATURES)), lengths)
    values = rng.integers(4, TARGETS, shape).astype(np.int32)
    values[:, 0] = 2
    values[np.arange(len(lengths)), np.array(lengths) - 1] = 3
    return _padded(values, lengths)


def _padded(values, lengths):
    lengths = np.array(lengths)
    behind = np.arange(values.shape[1]) >= lengths[:, None]
    values[behind] = 0
    return Sequences(values, lengths, np.zeros_like(lengths), values.shape[1])
