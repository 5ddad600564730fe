"""The recurrent network that classifies sequences or their timesteps, in NumPy.

Numbers and their differences are read in patches of several timesteps where sequences are long;
tokens are read as rows of the first kernel, as one-hot inputs would be. Each layer reads forwards
and, if bidirectional, from the end of each sequence backwards. Its hidden states are pooled over
time, or answered one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from forecast.recurrent.architecture import Architecture, Weights, in_double
from forecast.recurrent.cells import encode_sequences
from forecast.sequences.intake import Sequences
from forecast.sequences.reservoir import UnitInputs

POOLINGS = ("mean", "max", "last")

_STEPS = 48  # of the recurrence, about, where sequences are longer than this
_LEAST = 1e-12  # of a probability, whose logarithm is taken
_HELD = 2**22  # numbers of a layer in memory at once, about


@dataclass(frozen=True)
class SequenceNetwork:
    """The sizes of a network over sequences.

    Parameters
    ----------
    architecture : Architecture
        Its outputs are the classes; a patch of timesteps makes one step of the recurrence.
    tokens : bool
        Whether it reads the codes of tokens, not numbers.
    pooling : {"mean", "max", "last"} or None
        What becomes of the hidden states of all timesteps; None where each has an answer of its
        own. The last state is that after the whole sequence, of each direction.
    """

    architecture: Architecture
    tokens: bool
    pooling: str | None

    def read(
        self, inputs: UnitInputs, sequences: Sequences, kind: type
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what is read at each step, 0 behind the end, and the steps of each sequence.

        Parameters
        ----------
        inputs : UnitInputs
        sequences : Sequences
        kind : type of number

        Returns
        -------
        values : array of shape (samples, steps, columns)
        lengths : array of shape (samples,)
        """
        if self.tokens:
            return sequences.values[:, :, None], sequences.lengths
        patch = self.architecture.patch
        drive = inputs.read(sequences, kind) * sequences.live()[:, :, None]
        samples, longest, _ = drive.shape
        # The last patch is filled with zeros, the mean of what is read.
        filled = np.pad(drive, ((0, 0), (0, -longest % patch), (0, 0)))
        values = filled.reshape(samples, -(-longest // patch), -1)
        return values.astype(kind), -(-sequences.lengths // patch)

    def scores(
        self, members: list[Weights], inputs: UnitInputs, sequences: Sequences
    ) -> np.ndarray:
        """Return the logarithms of the mean probabilities of networks.

        Parameters
        ----------
        members : list of dicts of arrays
        inputs : UnitInputs
        sequences : Sequences

        Returns
        -------
        array of shape (sequences or their timesteps, classes)
        """
        # In single precision an answer would depend on the sequences beside it.
        values, lengths = self.read(inputs, sequences, np.float64)
        doubles = [in_double(weights) for weights in members]
        steps = 1 if self.pooling else values.shape[1]
        answers = np.zeros((len(values), steps, self.architecture.outputs))
        for places in self._parts(lengths):
            part = values[places, : lengths[places].max()]
            for weights in doubles:
                logits = self.logits(weights, part, lengths[places])
                answers[places, : logits.shape[1]] += softmax(logits, axis=2) / len(members)
        rows = answers[:, 0] if self.pooling else answers[sequences.live()]
        return np.log(np.maximum(rows, _LEAST))

    def _parts(self, lengths: np.ndarray) -> Iterator[np.ndarray]:
        """Yield the places of sequences of about the same length, as many as fit memory."""
        order = np.argsort(-lengths, kind="stable")
        a = self.architecture
        held = lengths.max(initial=1) * a.numbers_held // a.steps
        most = max(1, _HELD // held)
        for first in range(0, len(order), most):
            yield order[first : first + most]

    def logits(self, weights: Weights, values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return the logarithms of the classes' odds.

        Parameters
        ----------
        weights : dict of arrays
        values : array of shape (samples, steps, columns)
        lengths : array of shape (samples,)

        Returns
        -------
        array of shape (samples, 1 if pooled else steps, classes)
        """
        x = values[:, :, 0] if self.tokens else values
        hidden, last = encode_sequences(self.architecture, weights, x, lengths)
        live = (np.arange(hidden.shape[1]) < lengths[:, None])[:, :, None]
        if self.pooling == "last":
            hidden = last[:, None]
        elif self.pooling == "mean":
            hidden = (hidden * live).sum(axis=1, keepdims=True) / lengths[:, None, None]
        elif self.pooling == "max":
            # Hidden states lie between -1 and 1.
            hidden = np.where(live, hidden, -1).max(axis=1, keepdims=True)
        return hidden @ weights["head_kernel"] + weights["head_bias"]


def patch_for(longest: int) -> int:
    """Return how many timesteps make one step of the recurrence."""
    return max(1, longest // _STEPS)
