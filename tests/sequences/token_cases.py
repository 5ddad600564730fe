"""Networks over tokens with weights drawn at random, and sequences for them."""

import numpy as np

from forecast.sequences.generator_network import TokenNetwork

TOKENS = 9
FORMS = [
    ("lstm", 1, 0, 0),
    ("gru", 1, 0, 2),
    ("simple", 1, 0, 0),
    ("lstm", 2, 4, 2),
    ("gru", 2, 4, 0),
]


def network_of(cell, layers, embedding, features):
    """Return a small network and weights of which none is 0."""
    network = TokenNetwork(cell, 5, layers, TOKENS, embedding, features)
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in network.shapes.items()
    }
    return network, weights


def sequences(features, lengths=(4, 7, 3, 7, 9)):
    """Return enclosed sequences in one row, their lengths, and their conditions."""
    rng = np.random.default_rng(1)
    each = [np.r_[2, rng.integers(4, TOKENS, length - 2), 3] for length in lengths]
    condition = rng.normal(size=(len(lengths), features))
    return np.concatenate(each).astype(np.int32), np.array(lengths), condition
