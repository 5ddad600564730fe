"""Sequences written token by token: drawn, searched for, or only their next token."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from forecast.exceptions import InputError
from forecast.sequences import decoding
from forecast.sequences.coding import begun
from forecast.sequences.next_token import NextTokenModel
from forecast.sequences.vocabulary import END, UNKNOWN, Vocabulary


class TokenWriter(NamedTuple):
    """A model of the next token, and the tokens that it knows."""

    vocabulary: Vocabulary
    model: NextTokenModel

    def sample(
        self,
        prefix: Any,
        known: np.ndarray,
        longest: int,
        rng: np.random.Generator,
        temperature: float,
        top_k: int | None,
        top_p: float | None,
    ) -> list[Any]:
        """Draw a sequence for each row of `known`.

        Parameters
        ----------
        prefix : sequence or None
            What each begins with.
        known : array of shape (sequences, features)
            The conditions.
        longest : int
            How many tokens are drawn at most.
        rng : Generator
        temperature, top_k, top_p
            As for `decoding.sharpened`.

        Returns
        -------
        list of sequences
            With their prefix.
        """
        codes, lengths = begun(self.vocabulary, [prefix] * len(known))
        log_p, state = self.model.read(codes, lengths, known)
        log_p = _writable(log_p)
        tokens = decoding.sample(
            self._step, state, log_p, END, longest, rng, temperature, top_k, top_p
        )
        return self._joined(codes.reshape(len(known), -1), tokens)

    def beam(
        self, prefix: Any, known: np.ndarray, longest: int, width: int
    ) -> tuple[list[Any], np.ndarray]:
        """Return the likeliest sequences after a prefix that a beam finds, and their log p."""
        codes, lengths = begun(self.vocabulary, [prefix])
        log_p, state = self.model.read(codes, lengths, known)
        tokens, found = decoding.beam(self._step, state, _writable(log_p), END, longest, width)
        possible = found[0] > -np.inf
        prefixes = np.tile(codes, (width, 1))
        return self._joined(prefixes[possible], tokens[0, possible]), found[0, possible]

    def likeliest(
        self, histories: list[Any], known: np.ndarray, n: int, exclude_seen: bool
    ) -> np.ndarray:
        """Return the n likeliest tokens after each history, (histories, n), the likeliest first."""
        codes, lengths = begun(self.vocabulary, histories)
        log_p = _writable(self.model.read(codes, lengths, known)[0])
        log_p[:, END] = -np.inf
        if exclude_seen:
            log_p[np.repeat(np.arange(len(lengths)), lengths), codes] = -np.inf

        left = np.count_nonzero(log_p > -np.inf, axis=1).min()
        if left < n:
            raise InputError(f"n={n} items are asked for, but only {left} are left. Lower n.")
        best = np.argsort(-log_p, axis=1, kind="stable")[:, :n]
        return _objects(self.vocabulary.tokens_)[best]

    def _step(self, state: decoding.State, tokens: np.ndarray) -> tuple[np.ndarray, decoding.State]:
        """Read one more token of each sequence: what `decoding` asks of a model."""
        log_p, state = self.model.step(state, tokens)
        return _writable(log_p), state

    def _joined(self, prefixes: np.ndarray, tokens: np.ndarray) -> list[Any]:
        """Return the sequences of prefixes and what follows them."""
        return self.vocabulary.inverse_transform(np.hstack([prefixes, tokens]))


def _writable(log_p: np.ndarray) -> np.ndarray:
    """Return log probabilities of the tokens that can be written: the unknown one cannot."""
    log_p = log_p.copy()
    log_p[:, UNKNOWN] = -np.inf
    return log_p


def _objects(tokens: tuple[Any, ...]) -> np.ndarray:
    """Return tokens, which may be tuples, as an array of one axis."""
    array = np.empty(len(tokens), dtype=object)
    array[:] = tokens
    return array
