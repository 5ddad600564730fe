"""The recurrent network over tokens, in NumPy: what follows after all that has been read.

Each token is read as a row of the first kernel (as a one-hot input would be) or, with an embedding,
as a vector that is learned; the same vectors answer. What is known of a sequence beforehand, its
condition, is read at each timestep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from forecast.recurrent.architecture import (
    GATE_BLOCKS,
    Stack,
    Weights,
    layer_shapes,
    layer_weights,
)
from forecast.recurrent.cells import States, cell_step, project
from forecast.sequences.vocabulary import BEGIN, PAD

_FIRST_LENGTH = 0.1  # the deviation of the tokens' vectors in the beginning


@dataclass(frozen=True)
class TokenNetwork(Stack):
    """The sizes of a network over tokens.

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    units, layers : int
    tokens : int
        How many there are.
    embedding : int
        The length of the tokens' vectors; 0 for none.
    features : int
        The number of columns of the condition; 0 for none.
    """

    tokens: int
    embedding: int = 0
    features: int = 0

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights by name, in their order."""
        shapes: dict[str, tuple[int, ...]] = {}
        for number in range(self.layers):
            inputs = self.units if number else self.embedding or self.tokens
            shapes |= layer_shapes(self, inputs, number)
        if self.features:
            columns = GATE_BLOCKS[self.cell] * self.units
            shapes["condition_kernel"] = (self.features, columns)
        if self.embedding:
            shapes["vectors"] = (self.tokens, self.embedding)
        shapes["head_kernel"] = (self.units, self.embedding or self.tokens)
        shapes["head_bias"] = (self.tokens,)
        return shapes

    def initial_weights(self, rng: np.random.Generator) -> Weights:
        """Draw the weights that a network begins with: the tokens' vectors are short."""
        weights = super().initial_weights(rng)
        if self.embedding:
            vectors = _FIRST_LENGTH * rng.standard_normal(self.shapes["vectors"])
            weights["vectors"] = vectors.astype(np.float32)
        return weights

    # --- one timestep

    def start(self, n: int, kind: type) -> States:
        """Return the states of n sequences before their first token."""
        return tuple(np.zeros((n, self.units), kind) for _ in range(self.states * self.layers))

    def advance(
        self,
        weights: Weights,
        states: States,
        tokens: np.ndarray,
        condition: np.ndarray,
    ) -> States:
        """Read one more token of each sequence.

        Parameters
        ----------
        weights : dict of arrays
        states : tuple of arrays of shape (sequences, units)
        tokens : array of shape (sequences,)
        condition : array of shape (sequences, features)

        Returns
        -------
        tuple of arrays of shape (sequences, units)
        """
        x = weights["vectors"][tokens] if self.embedding else tokens
        after: list[np.ndarray] = []
        for number in range(self.layers):
            W, U, b = layer_weights(self, weights, number)
            projected = project(self.cell, x, W, b)
            if self.features and not number:
                projected = projected + condition @ weights["condition_kernel"]
            own = self.states_of(states, number)
            after += cell_step(self.cell, projected, own, U, b)
            # The next layer reads the hidden states of this one.
            x = after[-self.states]
        return tuple(after)

    def log_p(self, weights: Weights, states: States) -> np.ndarray:
        """Return the log probabilities of the next token, (sequences, tokens)."""
        hidden = states[-self.states]
        answer = hidden @ weights["head_kernel"]
        if self.embedding:
            answer = answer @ weights["vectors"].T
        answer = answer + weights["head_bias"]
        answer[:, [PAD, BEGIN]] = -np.inf  # they never follow
        answer -= answer.max(axis=1, keepdims=True)
        answer -= np.log(np.exp(answer).sum(axis=1, keepdims=True))
        return answer

    # --- whole sequences

    def read(
        self,
        weights: Weights,
        codes: np.ndarray,
        lengths: np.ndarray,
        condition: np.ndarray,
    ) -> States:
        """Return the states after whole sequences, given in one row and by their lengths."""
        last = self.start(len(lengths), weights["head_bias"].dtype.type)
        for rows, _, states in self._run(weights, codes, lengths, condition):
            for whole, part in zip(last, states, strict=True):
                whole[rows] = part
        return last

    def log_probabilities(
        self,
        weights: Weights,
        codes: np.ndarray,
        lengths: np.ndarray,
        condition: np.ndarray,
    ) -> np.ndarray:
        """Return the log probability of each token after those before it in its sequence.

        Parameters
        ----------
        weights : dict of arrays
        codes : array of shape (sum of lengths,)
        lengths : array of shape (sequences,)
        condition : array of shape (sequences, features)

        Returns
        -------
        array of shape (sum of lengths,)
            0 for the first token of each sequence.
        """
        answer = np.zeros(len(codes))
        ends = np.cumsum(lengths)
        for rows, places, states in self._run(weights, codes, lengths, condition):
            # The last token of a sequence has none after it. The longest come first.
            going = np.count_nonzero(places + 1 < ends[rows])
            following = places[:going] + 1
            log_p = self.log_p(weights, tuple(state[:going] for state in states))
            answer[following] = log_p[np.arange(going), codes[following]]
        return answer

    def _run(
        self,
        weights: Weights,
        codes: np.ndarray,
        lengths: np.ndarray,
        condition: np.ndarray,
    ) -> Iterator[tuple[np.ndarray, np.ndarray, States]]:
        """Read timestep after timestep: yield the sequences that go on, the places, the states."""
        # The longest first: those that go on are always the first ones.
        order = np.argsort(-lengths, kind="stable")
        starts = (np.cumsum(lengths) - lengths)[order]
        condition = condition[order]
        states = self.start(len(lengths), weights["head_bias"].dtype.type)
        falling = -lengths[order]
        for step in range(lengths.max(initial=0)):
            going = np.searchsorted(falling, -step)
            places = starts[:going] + step
            before = tuple(state[:going] for state in states)
            states = self.advance(weights, before, codes[places], condition[:going])
            yield order[:going], places, states
