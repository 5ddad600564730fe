"""The next token by an n-gram model and a network: the mean of their probabilities.

The weights of the mean, shares that sum to 1, are chosen on tokens that neither has learned. So a
network that has only learned by heart gets no share, and n-grams get none where only the network
sees what matters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from forecast.recurrent.architecture import Weights, in_double
from forecast.sequences.decoding import State
from forecast.sequences.generator_network import TokenNetwork
from forecast.sequences.kneser_ney import KneserNey


@dataclass(frozen=True, eq=False)
class NextTokenModel:
    """Next-token probabilities; at least one of both parts is there.

    Parameters
    ----------
    n_gram : KneserNey or None
    network : TokenNetwork or None
    weights : dict of arrays
        Of the network.
    share : float
        The share of the network, from 0 to 1.
    """

    n_gram: KneserNey | None
    network: TokenNetwork | None = None
    weights: Weights = field(default_factory=dict)
    share: float = 0.0

    @cached_property
    def _double(self) -> Weights:
        return in_double(self.weights)

    def read(
        self, codes: np.ndarray, lengths: np.ndarray, condition: np.ndarray
    ) -> tuple[np.ndarray, State]:
        """Read the beginnings of sequences.

        Parameters
        ----------
        codes : array of shape (sum of lengths,)
            The tokens of all sequences in one row, with that of their beginning.
        lengths : array of shape (sequences,)
        condition : array of shape (sequences, features)
            Without columns where nothing is known beforehand.

        Returns
        -------
        log_p : array of shape (sequences, tokens)
            The logarithms of the probabilities of the next token.
        state : tuple of arrays
            The contexts of the n-grams, the condition, and the states of the network.
        """
        contexts = np.zeros((len(lengths), 0))
        if self.n_gram is not None:
            contexts = self.n_gram.read(codes, lengths)
        states: State = ()
        if self.network is not None:
            states = self.network.read(self._double, codes, lengths, condition)
        state = (contexts, condition, *states)
        return self._log_p(state), state

    def step(self, state: State, tokens: np.ndarray) -> tuple[np.ndarray, State]:
        """Read one more token of each sequence: what `decoding` asks of a model."""
        contexts, condition, *states = state
        if self.n_gram is not None:
            contexts = self.n_gram.advance(contexts, tokens)
        if self.network is not None:
            before = tuple(states)
            states = [*self.network.advance(self._double, before, tokens, condition)]
        after = (contexts, condition, *states)
        return self._log_p(after), after

    def _log_p(self, state: State) -> np.ndarray:
        """Return the log probabilities of the next token, −inf for what never follows."""
        contexts, _, *states = state
        p: np.ndarray | float = 0.0
        if self.n_gram is not None:
            p = (1 - self.share) * self.n_gram.distribution(contexts)
        if self.network is not None:
            log_p = self.network.log_p(self._double, tuple(states))
            p = p + self.share * np.exp(log_p)
        with np.errstate(divide="ignore"):
            return np.log(p)

    def log_probabilities(
        self, codes: np.ndarray, lengths: np.ndarray, condition: np.ndarray
    ) -> np.ndarray:
        """Return the log probability of each token after those before it in its sequence.

        Parameters
        ----------
        codes, lengths, condition
            As for `read`.

        Returns
        -------
        array of shape (sum of lengths,)
            0 for the first token of each sequence.
        """
        p = np.zeros(len(codes))
        if self.n_gram is not None:
            p += (1 - self.share) * self.n_gram.probabilities(codes, lengths)
        if self.network is not None:
            known = condition.astype(np.float32)
            log_p = self.network.log_probabilities(self.weights, codes, lengths, known)
            p += self.share * np.exp(log_p)
        with np.errstate(divide="ignore"):
            return np.log(p)
