"""Additive attention in NumPy: where in what it has read a decoder looks at each step.

    score of place s = vector · tanh(keys[s] + query)
    weights = softmax of the scores
    context = sum over s of weights[s] · values[s]

The values are the encoder's hidden states, the keys their product with a kernel, and the query is
the product of the decoder's hidden state with another.

References
----------
.. [1] Bahdanau, Cho & Bengio (2015), Neural machine translation by jointly learning to align and
   translate, ICLR, arXiv 1409.0473.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Memory(NamedTuple):
    """What an encoder has read of some sequences.

    Parameters
    ----------
    keys : array of shape (samples, places, units)
    values : array of shape (samples, places, width)
    live : array of shape (samples, places), bool
        False behind the end of a sequence.
    """

    keys: np.ndarray
    values: np.ndarray
    live: np.ndarray

    def of(self, rows: np.ndarray) -> Memory:
        """Return that of some samples, perhaps of each several times."""
        if np.array_equiv(rows, np.arange(len(self.keys))):
            return self
        return Memory(self.keys[rows], self.values[rows], self.live[rows])


def attend(memory: Memory, query: np.ndarray, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Look at a memory.

    Parameters
    ----------
    memory : Memory
    query : array of shape (samples, units)
    vector : array of shape (units,)

    Returns
    -------
    context : array of shape (samples, width)
    weights : array of shape (samples, places)
        Of each sample they sum to 1; 0 behind its end.
    """
    scores = np.tanh(memory.keys + query[:, None]) @ vector
    scores = np.where(memory.live, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    context = (weights[:, None] @ memory.values)[:, 0]
    return context, weights
