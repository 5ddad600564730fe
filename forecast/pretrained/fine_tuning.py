"""The network goes on learning, from the rows of a table."""

from __future__ import annotations

import numpy as np

from forecast.pretrained.histories import gathered
from forecast.pretrained.inputs import Inputs, network_inputs
from forecast.pretrained.learning import Learner
from forecast.pretrained.learning_batch import Batch, joined, learning_batch, taken
from forecast.pretrained.network import Weights
from forecast.tables.panel import Panel

_MOST_SAMPLES = 4096
_BATCH = 64


def read_samples(
    panel: Panel,
    values: np.ndarray,
    origins: np.ndarray,
    seasons: tuple[int, int],
    horizon: int,
    rng: np.random.Generator,
) -> Batch:
    """Read the histories of origins, some of them if there are many, and what came after them.

    Parameters
    ----------
    panel : Panel
    values : array of shape (n_rows, n_targets)
        What is forecast.
    origins : array of shape (n_origins,)
    seasons : pair of int
    horizon : int
    rng : Generator
    """
    if len(origins) > _MOST_SAMPLES:
        origins = np.sort(rng.choice(origins, _MOST_SAMPLES, replace=False))
    steps = np.arange(horizon)
    parts = []
    for target in range(values.shape[1]):
        for histories in gathered(panel, values[:, target], origins, seasons):
            rows = origins[histories.places, None] + 1 + steps
            future = values[rows, target]
            inputs = network_inputs(histories.y, histories.seasons, horizon)
            # Nothing is learned from a series that stood still.
            moving = inputs.scale > 0
            inputs = Inputs(*(each[moving] for each in inputs))
            is_log = histories.is_log[moving]
            parts.append(learning_batch(inputs, future[moving], is_log, steps))
    # Where values are missing, no origin may have enough before it.
    return joined(parts) if parts else {}


def fine_tuned(
    weights: Weights,
    samples: Batch,
    held_out: Batch,
    epochs: int,
    rate: float,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Return weights that do better on what is held out, or those that were given.

    Parameters
    ----------
    weights : dict of arrays
    samples, held_out : dict of arrays
        Of `read_samples`: what is learned from, and what the epoch is chosen by.
    epochs : int
    rate : float
        At first; it falls to 0 along half a cosine.
    rng : Generator
    """
    best = dict(weights)
    size, n_held_out = (len(batch.get("target", ())) for batch in (samples, held_out))
    if not size or not n_held_out:
        return best
    learner = Learner({name: value.astype(np.float32) for name, value in weights.items()})
    lowest = learner.loss(held_out)
    n_batches = -(-size // _BATCH)
    for epoch in range(epochs):
        # All batches are of one size, for which the step is compiled: some samples come twice.
        order = np.resize(rng.permutation(size), (n_batches, _BATCH))
        for number, places in enumerate(order):
            done = (epoch + number / n_batches) / epochs
            learner.step(taken(samples, places), rate * (1 + np.cos(np.pi * done)) / 2)
        loss = learner.loss(held_out)
        if loss < lowest:
            best, lowest = learner.weights(), loss
    return best
