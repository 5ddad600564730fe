"""Networks that write, with weights drawn at random, and strokes for them."""

import numpy as np

from forecast.sequences.pen import PenModel, PenNetwork

FORMS = [("lstm", 1, 0), ("gru", 2, 2), ("simple", 1, 2)]


def model_of(cell, layers, features):
    """Return a small model of which no weight is 0."""
    network = PenNetwork(cell, 5, layers, 3, features)
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in network.shapes.items()
    }
    return PenModel(network, weights, np.array([2.0, 0.5]), np.array([3.0, 4.0]))


def strokes(features=0, lengths=(4, 7, 1, 5)):
    """Return points in one table, their lengths, and the conditions of the sequences."""
    rng = np.random.default_rng(1)
    n = sum(lengths)
    points = np.column_stack([rng.normal(size=(n, 2)), rng.integers(0, 2, n)])
    return points, np.array(lengths), rng.normal(size=(len(lengths), features))
