"""What a network reads or writes: sequences of tokens, or of numbers by their deviation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from forecast.exceptions import InputError
from forecast.sequences.intake import (
    Sequences,
    encoded,
    holds_tokens,
    sequences_of_numbers,
    sequences_of_tokens,
    turned,
)
from forecast.sequences.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Side:
    """How the sequences of one side are read.

    Parameters
    ----------
    name : {"X", "y"}
        What sentences call them.
    vocabulary : Vocabulary or None
        None for numbers.
    mean, scale : arrays of shape (features,)
        Of numbers; of a constant the scale is 1.
    last_first : bool
        Whether sequences are turned round.
    """

    name: str
    vocabulary: Vocabulary | None
    mean: np.ndarray
    scale: np.ndarray
    last_first: bool = False

    @classmethod
    def learn(
        cls, values: Any, name: str, vocabulary: Vocabulary, last_first: bool = False
    ) -> tuple[Side, Sequences]:
        """Learn the tokens, or the scale of numbers; return them as sequences too."""
        nothing = np.zeros(0)
        if holds_tokens(values, name):
            vocabulary.fit(sequences_of_tokens(values))
            side = cls(name, vocabulary, nothing, nothing, last_first)
        else:
            numbers = sequences_of_numbers(values, name)
            inside = numbers.values[numbers.live()]
            deviation = inside.std(axis=0)
            scale = np.where(deviation > 0, deviation, 1.0)
            side = cls(name, None, inside.mean(axis=0), scale, last_first)
        return side, side.read(values)

    @property
    def size(self) -> int:
        """The number of tokens, or of features."""
        return len(self.mean) if self.vocabulary is None else len(self.vocabulary.tokens_)

    def read(self, values: Any) -> Sequences:
        """Return values as sequences such as those learned, or refuse them.

        Where the vocabulary has a beginning and an end, sequences may be empty beside them.
        """
        if holds_tokens(values, self.name) != (self.vocabulary is not None):
            raise InputError(
                f"{self.name} holds sequences of tokens; fit saw numbers. Pass an array of numbers."
                if self.vocabulary is None
                else f"{self.name} holds numbers; fit saw sequences of tokens. "
                "Pass texts, or an object array of lists."
            )
        if self.vocabulary is not None:
            return self.turned(encoded(sequences_of_tokens(values), self.vocabulary))
        numbers = sequences_of_numbers(values, self.name)
        n_features = numbers.values.shape[2]
        if n_features != len(self.mean):
            raise InputError(f"{self.name} has {n_features} features; fit saw {len(self.mean)}.")
        standardised = (numbers.values - self.mean) / self.scale
        return self.turned(replace(numbers, values=standardised * numbers.live()[:, :, None]))

    def turned(self, sequences: Sequences) -> Sequences:
        """Return sequences as a network reads or writes them; once more, as they were."""
        if not self.last_first:
            return sequences
        # The beginning and the end of tokens stay where they are.
        marked = self.vocabulary is not None and self.vocabulary.begin_end
        values = turned(sequences.values, sequences.lengths, marks=int(marked))
        return replace(sequences, values=values)

    def restored(self, values: np.ndarray) -> np.ndarray:
        """Return standardised numbers in their own unit."""
        return values * self.scale + self.mean
