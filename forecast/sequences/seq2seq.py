"""Sequences to sequences of another length: translation, summary, calculation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from forecast.exceptions import InputError
from forecast.recurrent.architecture import Weights
from forecast.recurrent.schedule import Schedule
from forecast.sequences import decoding
from forecast.sequences.edits import edit_distance
from forecast.sequences.intake import Sequences, turned
from forecast.sequences.seq2seq_network import Decoder, Encoder, EncoderDecoder, Translator
from forecast.sequences.sides import Side
from forecast.sequences.vocabulary import BEGIN, END, PAD, Vocabulary
from forecast.validation import (
    Rule,
    check,
    check_parameters,
    flag,
    fraction,
    integer,
    number,
    one_of,
    optional,
)

__all__ = ["SequenceToSequence"]

_TOGETHER = 256  # samples that are read at once
_HELD_OUT = 1000  # samples that are enough to judge by
_MARGIN = 2  # how many times longer than any target an answer may become


class SequenceToSequence(BaseEstimator):
    """Learn to turn sequences into others, of other lengths: an encoder, a decoder, attention.

    The encoder reads a sequence forwards and backwards. The decoder writes one token after the
    other, and looks at each step where it will in what was read (additive attention [1]_). In
    training it reads the right tokens before each step, in `predict` those that it has written.

    Parameters
    ----------
    source_tokenizer, target_tokenizer : function or "words", optional
        Turns a sequence of X or of y into the list of its tokens, as in `Vocabulary`.
    min_count : int, default=1
        Tokens that are rarer than this in `fit` are unknown.
    last_first : bool, default=False
        Whether an answer is written from its last token to its first, as sums are done by hand:
        what decides on a token then stands before it. `predict` returns it in its usual order.
    units, layers : int, default=128, 1
        The size of each recurrent layer, and how many stand on one another, in the encoder (half
        of the units in each direction) and in the decoder.
    cell : {"lstm", "gru"}, default="lstm"
    epochs : int, default=20
    batch_size : int, default=32
    learning_rate : float, default=0.004
        Of Adam at the beginning; it falls to 0 along a cosine.
    dropout : float from 0 to below 1, default=0.0
        The share of what the head reads that is left out at random in training.
    decay : float, default=0.0
        The share of each weight that a step of rate 1 takes away.
    patience : int, optional
        How many epochs in a row may bring no better loss on what is held out: one more stops the
        training, and the best weights are kept. None holds nothing out.
    validation_fraction : float, default=0.1
        The share of the samples, at most 1000 of them, that is held out where there is a patience.
    width : int, default=1
        How many answers `predict` follows at each step; 1 takes the likeliest token.
    random_state : int, RandomState or None

    Attributes
    ----------
    source_vocabulary_, target_vocabulary_ : Vocabulary or None
        Of tokens; None where that side is of numbers.
    source_, target_ : Side
        How X and y are read.
    translator_ : Translator
        The network and its weights.
    longest_ : int
        How many tokens or timesteps an answer has at most: twice those of the longest target.
    history_ : list of dict
        The loss (and validation loss) of each epoch: nats per token, or squared error in units of
        the deviation.

    References
    ----------
    .. [1] Bahdanau, Cho & Bengio (2015), Neural machine translation by jointly learning to align
       and translate, ICLR, arXiv 1409.0473.

    Examples
    --------
    >>> words = ["ab", "ba", "aab", "abb", "bab", "bba"] * 20
    >>> backwards = [word[::-1] for word in words]
    >>> model = SequenceToSequence(units=16, epochs=20, learning_rate=0.03, random_state=0)
    >>> model.fit(words, backwards).predict(["abb", "ba"]).tolist()
    ['bba', 'ab']
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "last_first": flag(),
        "units": integer(1),
        "layers": integer(1),
        "cell": one_of("lstm", "gru"),
        "epochs": integer(1),
        "batch_size": integer(1),
        "learning_rate": number(0),
        "dropout": fraction(),
        "decay": number(0, closed=True),
        "patience": optional(integer(0)),
        "validation_fraction": number(0, 1),
        "width": integer(1),
    }

    def __init__(
        self,
        source_tokenizer: Any = None,
        target_tokenizer: Any = None,
        min_count: int = 1,
        last_first: bool = False,
        units: int = 128,
        layers: int = 1,
        cell: str = "lstm",
        epochs: int = 20,
        batch_size: int = 32,
        learning_rate: float = 0.004,
        dropout: float = 0.0,
        decay: float = 0.0,
        patience: int | None = None,
        validation_fraction: float = 0.1,
        width: int = 1,
        random_state: Any = None,
    ):
        self.source_tokenizer = source_tokenizer
        self.target_tokenizer = target_tokenizer
        self.min_count = min_count
        self.last_first = last_first
        self.units = units
        self.layers = layers
        self.cell = cell
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.dropout = dropout
        self.decay = decay
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.width = width
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> SequenceToSequence:
        """Learn from pairs of sequences.

        Parameters
        ----------
        X : list or array of sequences of tokens, or array of shape (samples, timesteps, features)
            Of numbers, shorter sequences are filled with NaN.
        y : as X
            The sequence that belongs to each of X. Of tokens it may be empty.

        Returns
        -------
        SequenceToSequence
            The estimator itself.

        Raises
        ------
        ValueError
            If X and y are not equally many, a sequence is empty, or NaN stands inside one.
        """
        check_parameters(self, self._rules)
        source_words = Vocabulary(self.source_tokenizer, self.min_count)
        target_words = Vocabulary(self.target_tokenizer, self.min_count, begin_end=True)
        _check_given(y)
        self.source_, source = Side.learn(X, "X", source_words)
        self.target_, target = Side.learn(y, "y", target_words, self.last_first)
        _check_pairs(source, target)
        self.source_vocabulary_ = self.source_.vocabulary
        self.target_vocabulary_ = self.target_.vocabulary
        marks = 0 if self.target_vocabulary_ is None else 1
        self.longest_ = _MARGIN * int(target.lengths.max() - marks)
        self._learn(source, target)
        return self

    def _learn(self, source: Sequences, target: Sequences) -> None:
        """Train the network; what is held out ends the training where there is a patience."""
        from forecast.sequences.seq2seq_training import train_translator

        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        network = self._network()
        validate = None
        if self.patience is not None:
            learned, held_out = _parted(len(source), self.validation_fraction, seed)
            judged = source.keep(held_out), target.keep(held_out)
            source, target = source.keep(learned), target.keep(learned)

            def validate(members: list[Weights]) -> float:
                return float(Translator(network, members[0]).losses(*judged).mean())

        weights, self.history_ = train_translator(
            network, source, target, Schedule.of(self), seed, self.dropout, validate
        )
        self.translator_ = Translator(network, weights)

    def _network(self) -> EncoderDecoder:
        """Return the sizes of the network for what both sides hold."""
        # Both directions together have the decoder's size.
        encoder = Encoder(self.cell, -(-self.units // 2), self.layers, self.source_.size)
        size = self.target_.size
        # A decoder of numbers also says which timestep is the last.
        outputs = size + 1 if self.target_vocabulary_ is None else size
        decoder = Decoder(self.cell, self.units, self.layers, size, outputs, encoder.width)
        return EncoderDecoder(encoder, decoder)

    # --- answers

    def predict(self, X: Any) -> np.ndarray:
        """Return the sequence that belongs to each of X.

        Parameters
        ----------
        X : list or array of sequences, as in `fit`
            Tokens that `fit` has not seen are read as unknown; sequences may be longer than any
            before.

        Returns
        -------
        array of shape (samples,), of objects, or of shape (samples, timesteps, features)
            Texts where y was texts of characters or words, else lists of tokens; of numbers, NaN
            behind the end.
        """
        check_is_fitted(self)
        source = self.source_.read(X)
        if self.target_vocabulary_ is None:
            return self._numbers(source)
        return self._decoded(self._codes(source))

    def _codes(self, source: Sequences) -> np.ndarray:
        """Return the tokens that are written, (samples, steps), filled with the end."""
        written = np.full((len(source), self.longest_), END)
        for rows, part in _chunks(source):
            step, state, log_p = self.translator_.begin(part)
            tokens, _ = decoding.beam(step, state, log_p, END, self.longest_, self.width)
            written[rows, : tokens.shape[2]] = tokens[:, 0]
        return written

    def _decoded(self, codes: np.ndarray) -> np.ndarray:
        """Return the sequences behind rows of codes, as an array of objects."""
        vocabulary: Any = self.target_vocabulary_
        if self.target_.last_first:
            lengths = np.count_nonzero(codes != END, axis=1)
            codes = turned(codes, lengths)
        return _objects(vocabulary.inverse_transform(codes))

    def _numbers(self, source: Sequences) -> np.ndarray:
        """Return the numbers that are written, NaN behind the end of each sequence."""
        shape = (len(source), self.longest_, self.target_.size)
        written = np.full(shape, np.nan)
        for rows, part in _chunks(source):
            values, lengths = self.translator_.numbers(part, self.longest_)
            steps = values.shape[1]
            values = self.target_.restored(values)
            if self.target_.last_first:
                values = turned(values, lengths)
            inside = np.arange(steps) < lengths[:, None]
            written[rows, :steps] = np.where(inside[:, :, None], values, np.nan)
        used = ~np.isnan(written).all(axis=(0, 2))
        return written[:, : np.count_nonzero(used)]

    def beam(self, X: Any, width: int = 5) -> tuple[np.ndarray, np.ndarray]:
        """Return the likeliest sequences that a beam search finds.

        Parameters
        ----------
        X : list or array of sequences
        width : int, default=5
            How many are followed at each step.

        Returns
        -------
        sequences : array of shape (samples, width), of objects
            The likeliest first; None where there are fewer.
        log_p : array of shape (samples, width)
            The natural logarithm of the probability of each.
        """
        self._check_tokens("beam")
        check(integer(1), width, "width")
        source = self.source_.read(X)
        sequences = np.full((len(source), width), None, dtype=object)
        found = np.empty((len(source), width))
        for rows, part in _chunks(source):
            step, state, log_p = self.translator_.begin(part)
            tokens, found[rows] = decoding.beam(step, state, log_p, END, self.longest_, width)
            runs = tokens.reshape(len(tokens) * width, -1)
            sequences[rows] = self._decoded(runs).reshape(-1, width)
        sequences[found == -np.inf] = None
        return sequences, found

    def attention(self, X: Any, y: Any = None) -> pd.DataFrame:
        """Return where the decoder looks while it writes, for `AttentionDisplay`.

        Parameters
        ----------
        X : list or array of sequences
        y : list or array of sequences, optional
            What is written; by default what `predict` answers.

        Returns
        -------
        DataFrame
            A row for each pair of places of a sample, in the order of writing: ``sample``,
            ``target_place``, ``target`` (the token, or the place of numbers), ``source_place``,
            ``source`` and ``weight``. The weights of a target's place sum to 1.
        """
        check_is_fitted(self)
        source = self.source_.read(X)
        target = self._written(source) if y is None else self.target_.read(y)
        _check_pairs(source, target)
        tables: list[pd.DataFrame] = []
        for rows, part in _chunks(source):
            theirs = target.keep(rows)
            before = theirs.values[:, :-1]
            if self.target_vocabulary_ is None:
                nothing = np.zeros_like(theirs.values[:, :1])
                before = np.concatenate([nothing, before], axis=1)
            weights = self.translator_.attention(part, before)
            tables += self._attention_tables(rows.start, part, theirs, weights)
        return pd.concat(tables, ignore_index=True)

    def _written(self, source: Sequences) -> Sequences:
        """Return what `predict` answers as sequences such as those of y."""
        if self.target_vocabulary_ is None:
            return self.target_.read(self._numbers(source))
        codes = self._codes(source)
        n = len(codes)
        lengths = np.count_nonzero(codes != END, axis=1) + 2
        values = np.column_stack([np.full(n, BEGIN), codes, np.full(n, END)])
        values[np.arange(values.shape[1]) >= lengths[:, None]] = PAD
        return Sequences(values, lengths, np.zeros_like(lengths), values.shape[1])

    def _attention_tables(
        self, first: int, source: Sequences, target: Sequences, weights: np.ndarray
    ) -> Iterator[pd.DataFrame]:
        """Yield the table of each sample."""
        for sample, (steps, places) in enumerate(zip(target.lengths, source.lengths, strict=True)):
            written = target.values[sample, :steps]
            if self.target_vocabulary_ is not None:
                written = written[1:]  # the beginning is given
            targets = _names(self.target_vocabulary_, written)
            sources = _names(self.source_vocabulary_, source.values[sample, :places])
            yield pd.DataFrame(
                {
                    "sample": first + sample,
                    "target_place": np.repeat(np.arange(len(targets)), places),
                    "target": pd.Series(np.repeat(targets, places), dtype=object),
                    "source_place": np.tile(np.arange(places), len(targets)),
                    "source": pd.Series(np.tile(sources, len(targets)), dtype=object),
                    "weight": weights[sample, : len(targets), :places].ravel(),
                }
            )

    # --- scores

    def score(self, X: Any, y: Any) -> float:
        """Return the share of sequences that are answered exactly.

        Parameters
        ----------
        X, y : lists or arrays of sequences

        Returns
        -------
        float
            From 0 to 1. For numbers, the share of the variance that is explained (R²), where a
            timestep that is not written counts as the mean that `fit` has seen.
        """
        check_is_fitted(self)
        _check_given(y)
        source, target = self.source_.read(X), self.target_.read(y)
        _check_pairs(source, target)
        if self.target_vocabulary_ is None:
            return self._explained(source, target)
        pairs = zip(self._codes(source), target.values, strict=True)
        return float(np.mean([_tokens(one) == _tokens(other) for one, other in pairs]))

    def _explained(self, source: Sequences, target: Sequences) -> float:
        """Return R² at the timesteps of the targets."""
        target = self.target_.turned(target)  # as `_numbers` returns them
        live = target.live()
        actual = self.target_.restored(target.values)
        answer = np.tile(self.target_.mean, (*actual.shape[:2], 1))
        written = self._numbers(source)[:, : actual.shape[1]]
        answer[:, : written.shape[1]] = np.where(
            np.isnan(written), answer[:, : written.shape[1]], written
        )
        actual, answer = actual[live], answer[live]
        return float(1 - ((actual - answer) ** 2).sum() / ((actual - actual.mean(0)) ** 2).sum())

    def edit_distance(self, X: Any, y: Any) -> float:
        """Return how many tokens of an answer are to be inserted, left out or replaced, on average.

        Parameters
        ----------
        X, y : lists or arrays of sequences

        Returns
        -------
        float
            0 where each is answered exactly (Levenshtein 1966).
        """
        self._check_tokens("edit_distance")
        _check_given(y)
        source, target = self.source_.read(X), self.target_.read(y)
        _check_pairs(source, target)
        pairs = zip(self._codes(source), target.values, strict=True)
        return float(np.mean([edit_distance(_tokens(one), _tokens(other)) for one, other in pairs]))

    def _check_tokens(self, method: str) -> None:
        """Refuse a method that is of tokens where y was numbers."""
        check_is_fitted(self)
        if self.target_vocabulary_ is None:
            raise InputError(f"{method} is of tokens, and y was numbers. Call predict or score.")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        return tags


def _check_given(y: Any) -> None:
    """Refuse to learn, or to judge, without y."""
    if y is None:
        raise InputError("SequenceToSequence requires y to be passed, but the target y is None.")


def _check_pairs(source: Sequences, target: Sequences) -> None:
    """Refuse X and y of different lengths."""
    if len(source) != len(target):
        raise InputError(
            f"X has {len(source)} sequences, y {len(target)}. Pass one of y for each of X."
        )


def _parted(n: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the samples to learn from and those to hold out, both in their order."""
    if n < 2:
        raise InputError("patience holds samples out, and there is only one. Pass patience=None.")
    held_out = int(np.clip(round(share * n), 1, min(_HELD_OUT, n - 1)))
    order = np.random.default_rng(seed).permutation(n)
    return np.sort(order[held_out:]), np.sort(order[:held_out])


def _chunks(source: Sequences) -> Iterator[tuple[slice, Sequences]]:
    """Yield some sequences after the other, and which they are."""
    for first in range(0, len(source), _TOGETHER):
        rows = slice(first, min(first + _TOGETHER, len(source)))
        yield rows, source.keep(rows)


def _tokens(codes: np.ndarray) -> list[int]:
    """Return the tokens of a row without its beginning, its end and what fills it."""
    return [code for code in codes.tolist() if code not in (PAD, BEGIN, END)]


def _names(vocabulary: Vocabulary | None, values: np.ndarray) -> np.ndarray:
    """Return the tokens of codes, or the places of numbers, as objects."""
    if vocabulary is None:
        return np.arange(len(values)).astype(object)
    return _objects([vocabulary.tokens_[code] for code in values])


def _objects(items: list[Any]) -> np.ndarray:
    """Return items, which may be lists, as an array of one axis."""
    array = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):
        array[place] = item
    return array
