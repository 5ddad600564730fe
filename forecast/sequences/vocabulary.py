"""Tokens as whole numbers: the vocabulary of sequences of characters, words, notes or items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import chain
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from forecast.exceptions import InputError, InputTypeError
from forecast.validation import Rule, check_parameters, flag, integer

__all__ = ["Vocabulary"]

PAD, UNKNOWN, BEGIN, END = range(4)  # the codes of the special tokens
_SPECIALS = ("<pad>", "<unknown>", "<begin>", "<end>")

_WRITTEN = 50  # characters of a value that a sentence shows at most

Token = Hashable
Tokens = Sequence[Token]


class Vocabulary(TransformerMixin, BaseEstimator):
    """Turn sequences of tokens into rows of whole numbers, and back.

    A token is anything hashable: a character, a word, an item, a note as a tuple. A text is a
    sequence of its characters unless there is a tokenizer. Tokens are told apart as Python does:
    1 and "1" differ, 1 and 1.0 do not.

    Parameters
    ----------
    tokenizer : function or "words", optional
        Turns a sequence, such as a text, into the list of its tokens. "words" parts a text at white
        space. Only an estimator without a function of one's own can be saved to a file.
    min_count : int, default=1
        Tokens that are rarer than this in `fit` are unknown.
    begin_end : bool, default=False
        Whether `transform` marks the beginning and the end of each sequence by a token.

    Attributes
    ----------
    tokens_ : tuple
        The token of each code: first ``"<pad>"`` (0), ``"<unknown>"`` (1) and, with `begin_end`,
        ``"<begin>"`` (2) and ``"<end>"`` (3), then those of `fit`, the most frequent first.
    counts_ : array of shape (tokens,)
        How often each was seen in `fit`.
    is_text_ : bool
        Whether all sequences of `fit` were texts; `inverse_transform` then returns texts.

    Examples
    --------
    >>> vocabulary = Vocabulary().fit(["banana", "bandana"])
    >>> vocabulary.tokens_
    ('<pad>', '<unknown>', 'a', 'n', 'b', 'd')
    >>> vocabulary.transform(["nab", "band!"])
    array([[3, 2, 4, 0, 0],
           [4, 2, 3, 5, 1]], dtype=int32)
    >>> vocabulary.inverse_transform([[3, 2, 4, 0, 0]])
    ['nab']
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "tokenizer": Rule(
            'None, "words" or a function that turns a sequence into a list of tokens',
            lambda value: value in (None, "words") or callable(value),
        ),
        "min_count": integer(1),
        "begin_end": flag(),
    }

    def __init__(
        self,
        tokenizer: Callable[[Any], Iterable[Token]] | str | None = None,
        min_count: int = 1,
        begin_end: bool = False,
    ):
        self.tokenizer = tokenizer
        self.min_count = min_count
        self.begin_end = begin_end

    def fit(self, sequences: Any, y: Any = None) -> Vocabulary:
        """Count the tokens and number them.

        Parameters
        ----------
        sequences : list or array of sequences
            Each is a text, a list, a tuple or an array of tokens; None and NaN at its end are no
            tokens.
        y : ignored

        Returns
        -------
        Vocabulary
            The transformer itself.

        Raises
        ------
        ValueError
            If there is no token, or a token is missing, unhashable or one of the special ones.
        """
        check_parameters(self, self._rules)
        sequences = _sequences(sequences)
        read = self._read(sequences)
        counts = _counted(read)
        special = next((token for token in _SPECIALS if token in counts), None)
        if special is not None:
            raise InputError(
                f"the token {special!r} is one of the vocabulary's own. Write it otherwise."
            )
        frequent = [(token, n) for token, n in counts.most_common() if n >= self.min_count]
        if not frequent:
            raise InputError(
                f"no token occurs {self.min_count} times or more. Pass a smaller min_count."
                if counts
                else "the sequences hold no token. Pass at least one that is not empty."
            )

        specials = _SPECIALS[: 4 if self.begin_end else 2]
        self.tokens_ = (*specials, *(_plain(token) for token, _ in frequent))
        self.counts_ = np.zeros(len(self.tokens_), np.int64)
        self.counts_[len(specials) :] = [n for _, n in frequent]
        self.counts_[UNKNOWN] = sum(counts.values()) - self.counts_.sum()
        self.is_text_ = all(isinstance(sequence, str) for sequence in sequences)
        return self

    def transform(self, sequences: Any) -> np.ndarray:
        """Return the codes of the tokens, a row for each sequence.

        Parameters
        ----------
        sequences : list or array of sequences

        Returns
        -------
        array of shape (n_sequences, longest), int32
            Shorter sequences are filled with 0 at the end; 1 stands for every unknown token.
        """
        codes, lengths = self.encode(sequences)
        rows = np.full((len(lengths), lengths.max(initial=0)), PAD, np.int32)
        rows[np.arange(rows.shape[1]) < lengths[:, None]] = codes
        return rows

    def encode(self, sequences: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the codes of all sequences in one row, and the length of each.

        Parameters
        ----------
        sequences : list or array of sequences

        Returns
        -------
        codes : array of shape (sum of the lengths,), int32
        lengths : array of shape (n_sequences,)
        """
        check_is_fitted(self)
        read = self._read(_sequences(sequences))
        places = self._places()
        try:
            codes = [places.get(token, UNKNOWN) for token in chain.from_iterable(read)]
        except TypeError:
            raise _unhashable(read) from None
        if UNKNOWN in codes:
            _check_present(read)
        flat = np.array(codes, np.int32)
        lengths = np.array([len(tokens) for tokens in read], np.intp)
        return _enclosed(flat, lengths) if self.begin_end else (flat, lengths)

    def inverse_transform(self, codes: Any) -> list[Any]:
        """Return the sequences behind rows of codes.

        Parameters
        ----------
        codes : array of shape (n_sequences, longest), or list of lists of codes
            Padding, beginning and end are left out.

        Returns
        -------
        list
            A text for each row where `fit` saw texts (of characters, or of words), else a list of
            tokens.
        """
        check_is_fitted(self)
        rows = [self._decoded(np.asarray(row), place) for place, row in enumerate(codes)]
        if not self.is_text_ or callable(self.tokenizer):
            return rows
        gap = " " if self.tokenizer == "words" else ""
        return [gap.join(map(str, row)) for row in rows]

    def _decoded(self, codes: np.ndarray, place: int) -> list[Token]:
        """Return the tokens of one row; refuse codes that none has."""
        wrong = (codes < 0) | (codes >= len(self.tokens_)) | (codes != np.floor(codes))
        if wrong.any():
            raise InputError(
                f"code {codes[wrong][0]} in row {place} is none of 0 to {len(self.tokens_) - 1}."
            )
        silent = (PAD, BEGIN, END) if self.begin_end else (PAD,)
        return [self.tokens_[code] for code in codes.astype(int).tolist() if code not in silent]

    def _places(self) -> dict[Token, int]:
        """Return the code of each token that `fit` has seen."""
        first = 4 if self.begin_end else 2
        return {token: first + place for place, token in enumerate(self.tokens_[first:])}

    def _read(self, sequences: Sequence[Any]) -> list[Tokens]:
        """Return the tokens of each sequence."""
        if self.tokenizer == "words":
            sequences = [_words(sequence, place) for place, sequence in enumerate(sequences)]
        elif callable(self.tokenizer):
            sequences = [list(self.tokenizer(sequence)) for sequence in sequences]
        return [_tokens(sequence, place) for place, sequence in enumerate(sequences)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


def _sequences(sequences: Any) -> Sequence[Any]:
    """Return several sequences as a list; refuse what is none, or only one."""
    if isinstance(sequences, (str, bytes)):
        raise InputTypeError(
            f"{_short(sequences)} is one text, not a list of sequences. Put it into a list."
        )
    if not isinstance(sequences, Iterable) or isinstance(sequences, (dict, set, frozenset)):
        raise InputTypeError(
            f"{_short(sequences)} is no list of sequences. Pass a list of texts or of lists."
        )
    return list(sequences.to_numpy() if isinstance(sequences, pd.DataFrame) else sequences)


def _short(value: Any) -> str:
    """Return how a sentence writes a value: on one line, cut where it is long."""
    line = " ".join(repr(value).split())
    return line if len(line) <= _WRITTEN else f"{line[:_WRITTEN]}…"


def _tokens(sequence: Any, place: int) -> Tokens:
    """Return the tokens of a sequence, without the missing ones at its end."""
    if isinstance(sequence, (str, bytes)):
        return sequence
    ordered = isinstance(sequence, Iterable) and not isinstance(sequence, (dict, set, frozenset))
    if not ordered or (isinstance(sequence, np.ndarray) and sequence.ndim != 1):
        raise InputTypeError(
            f"sequence {place} is {_short(sequence)}, not a text or a list of tokens. "
            "Pass a list of sequences."
        )
    tokens = sequence.tolist() if isinstance(sequence, np.ndarray) else list(sequence)
    while tokens and _is_missing(tokens[-1]):
        tokens.pop()
    return tokens


def _words(text: Any, place: int) -> list[str]:
    """Return the words of a text; refuse what is none."""
    if isinstance(text, str):
        return text.split()
    raise InputTypeError(
        f"sequence {place} is {_short(text)}, no text. "
        "Pass texts, or tokenizer=None for lists of tokens."
    )


def _is_missing(token: Any) -> bool:
    """Whether a token is None, NaN (which alone differs from itself) or missing to pandas."""
    is_nan = isinstance(token, (float, np.floating)) and token != token
    return is_nan or token is None or token is pd.NA or token is pd.NaT


def _counted(read: list[Tokens]) -> Counter[Token]:
    """Return how often each token occurs."""
    counts: Counter[Token] = Counter()
    try:
        for tokens in read:
            counts.update(tokens)
    except TypeError:
        raise _unhashable(read) from None
    if any(map(_is_missing, counts)):
        _check_present(read)
    return counts


def _check_present(read: list[Tokens]) -> None:
    """Refuse None or NaN before the end of a sequence."""
    for place, tokens in enumerate(read):
        if isinstance(tokens, (str, bytes)):
            continue
        for step, token in enumerate(tokens):
            if _is_missing(token):
                raise InputError(
                    f"token {step} of sequence {place} is {token}, and others follow it. "
                    "Only the end of a sequence may be missing: leave this token out."
                )


def _unhashable(read: list[Tokens]) -> InputTypeError:
    """Return the refusal of the first token that is not hashable."""
    for place, tokens in enumerate(read):
        for token in tokens:
            try:
                hash(token)
            except TypeError:
                return InputTypeError(
                    f"a token of sequence {place} is {_short(token)}, which is not hashable. "
                    "Pass it as a tuple."
                )
    raise AssertionError("all tokens are hashable")


def _plain(token: Token) -> Token:
    """Return a number or text of NumPy as that of Python."""
    return token.item() if isinstance(token, np.generic) else token


def _enclosed(codes: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put the codes of begin and end around each sequence."""
    ends = np.cumsum(lengths)
    # Pairs, since the end of one sequence stands before the beginning of the next.
    places = np.stack([ends - lengths, ends], axis=1).ravel()
    marks = np.tile(np.array([BEGIN, END], np.int32), len(lengths))
    return np.insert(codes, places, marks), lengths + 2
