"""Small networks over sequences of unequal length, which several tests of this room run."""

import numpy as np

from forecast.recurrent.architecture import Architecture, initial_weights
from forecast.sequences.classifier_network import SequenceNetwork
from forecast.sequences.intake import Sequences, sequences_of_numbers
from forecast.sequences.reservoir import UnitInputs

LENGTHS = (4, 9, 1, 7)  # some are shorter than others, none comes in order


def network(cell="lstm", pooling="mean", tokens=False, channels=4, **others):
    """Return two bidirectional layers of three units over nine timesteps, twice, three classes."""
    sizes = {"layers": 2, "timesteps": 9, "outputs": 3, "bidirectional": True, "members": 2}
    architecture = Architecture(cell, units=3, channels=channels, **{**sizes, **others})
    return SequenceNetwork(architecture, tokens, pooling)


def drawn(form, seed=0):
    """Draw the weights of all members, biases too."""
    rng = np.random.default_rng(seed)
    members = [initial_weights(form.architecture, rng) for _ in range(form.architecture.members)]
    for weights in members:
        for name, values in weights.items():
            weights[name] = values + rng.normal(0, 0.3, values.shape).astype(np.float32)
    return members


def numbers(seed=0):
    """Return sequences of two features, and their measures."""
    X = np.random.default_rng(seed).normal(size=(len(LENGTHS), 9, 2))
    X[np.arange(9) >= np.array(LENGTHS)[:, None]] = np.nan
    sequences = sequences_of_numbers(X)
    return UnitInputs.learn(sequences, 0), sequences


def tokens(seed=0):
    """Return sequences of the codes of three tokens, and their measures."""
    lengths = np.array(LENGTHS)
    codes = np.random.default_rng(seed).integers(2, 5, (len(lengths), 9))
    codes[np.arange(9) >= lengths[:, None]] = 0
    sequences = Sequences(codes.astype(np.int32), lengths, np.zeros_like(lengths), 9)
    return UnitInputs.learn(sequences, 5), sequences
