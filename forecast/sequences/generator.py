"""Sequences that go on: text, music, purchases or pen strokes, continued from what is before."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from forecast.exceptions import InputError
from forecast.sequences import decoding
from forecast.sequences.coding import begun, complete, listed
from forecast.sequences.condition import Condition
from forecast.sequences.next_token_learning import learn_next_token
from forecast.sequences.strokes import points_of, prefix_of
from forecast.sequences.vocabulary import END, UNKNOWN, Vocabulary
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

__all__ = ["SequenceGenerator"]

_DRAWING: dict[str, Rule] = {
    "n": integer(1),
    "temperature": number(0, closed=True),
    "top_k": optional(integer(1)),
    "top_p": optional(
        Rule("a number above 0 and at most 1", lambda p: p == 1 or number(0, 1).holds(p))
    ),
    "width": integer(1),
    "longest": integer(1),
}


class SequenceGenerator(BaseEstimator):
    """Learn which token follows, and write, continue, score or recommend.

    Parameters
    ----------
    tokenizer : function or "words", optional
        Turns a sequence into the list of its tokens, as in `Vocabulary`.
    min_count : int, default=1
        Tokens that are rarer than this in `fit` are unknown.
    order : int, default=6
        The longest n-grams that are counted: the next token is told from order − 1 before it. 0
        leaves everything to the network.
    units, layers : int, default=128, 1
        The size of each recurrent layer, and how many stand on one another.
    cell : {"lstm", "gru", "simple"}, default="lstm"
    embedding : int, default=0
        The length of the vectors that stand for tokens, the same ones where they are read and where
        they are told: for many tokens, such as words or items. 0 for none.
    epochs : int, default=10
        0 leaves everything to the n-grams.
    batch_size : int, default=64
    timesteps : int, default=64
        Through how many tokens errors are propagated back at most. Longer sequences are cut there;
        the states go on.
    learning_rate : float, default=0.003
        Of Adam at the beginning; it falls to 0 along a cosine.
    dropout : float from 0 to below 1, default=0.0
        The share of the last layer's units that is left out at random in training.
    decay : float, default=0.0
        The share of each weight that a step of rate 1 takes away.
    patience : int, optional
        How many epochs in a row may bring no better loss on what is held out: one more stops the
        training, and the best weights are kept.
    validation_fraction : float, default=0.1
        The share of the tokens, at most 100 000 of them, that is held out of the training to choose
        the share of the network, and when to stop.
    output : {"categorical", "mixture"}, default="categorical"
        What comes next: a token, or a move of a pen, told by a mixture of normal distributions
        [2]_. Then a sequence is an array (points, 3) of offsets to the right and upwards and of
        pen up (1 on the way to another stroke, else 0), and the first five arguments,
        `embedding` and `timesteps` mean nothing.
    components : int, default=20
        How many normal distributions are mixed.
    random_state : int, RandomState or None

    Attributes
    ----------
    vocabulary_ : Vocabulary
        Columns of probabilities stand in the order of its ``tokens_``. Of tokens only.
    model_ : NextTokenModel or PenModel
        Of tokens both parts; `share` is that of the network in the probabilities, from 0 to 1.
    condition_ : Condition
        The scale or the labels of the condition.
    history_ : list of dict
        The network's loss (and validation loss) of each epoch, in nats per token or point.

    Notes
    -----
    Methods that take a `prefix` or a `history` take one sequence, or a list of them: then the
    answer has a row for each.

    References
    ----------
    .. [1] Chen & Goodman (1999), Computer Speech and Language 13(4), 359-394.
    .. [2] Graves (2013), Generating sequences with recurrent neural networks, arXiv 1308.0850.

    Examples
    --------
    >>> texts = ["the cat chased the mouse", "the cat chased the dog", "the dog slept"]
    >>> generator = SequenceGenerator(tokenizer="words", order=3, epochs=0).fit(texts)
    >>> p = generator.predict_proba("the cat")
    >>> generator.vocabulary_.tokens_[p.argmax()]
    'chased'
    >>> generator.beam("the cat", width=1)[0]
    ['the cat chased the dog']
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "order": integer(0),
        "units": integer(1),
        "layers": integer(1),
        "cell": one_of("lstm", "gru", "simple"),
        "embedding": integer(0),
        "epochs": integer(0),
        "batch_size": integer(1),
        "timesteps": integer(1),
        "learning_rate": number(0),
        "dropout": fraction(),
        "decay": number(0, closed=True),
        "patience": optional(integer(0)),
        "validation_fraction": number(0, 1),
        "output": one_of("categorical", "mixture"),
        "components": integer(1),
    }

    def __init__(
        self,
        tokenizer: Any = None,
        min_count: int = 1,
        order: int = 6,
        units: int = 128,
        layers: int = 1,
        cell: str = "lstm",
        embedding: int = 0,
        epochs: int = 10,
        batch_size: int = 64,
        timesteps: int = 64,
        learning_rate: float = 0.003,
        dropout: float = 0.0,
        decay: float = 0.0,
        patience: int | None = None,
        validation_fraction: float = 0.1,
        output: str = "categorical",
        components: int = 20,
        random_state: Any = None,
    ):
        self.tokenizer = tokenizer
        self.min_count = min_count
        self.order = order
        self.units = units
        self.layers = layers
        self.cell = cell
        self.embedding = embedding
        self.epochs = epochs
        self.batch_size = batch_size
        self.timesteps = timesteps
        self.learning_rate = learning_rate
        self.dropout = dropout
        self.decay = decay
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.output = output
        self.components = components
        self.random_state = random_state

    def fit(self, sequences: Any, condition: Any = None) -> SequenceGenerator:
        """Learn from sequences.

        Parameters
        ----------
        sequences : list or array of sequences
            Each is a text, or a list, tuple or array of tokens; for a mixture, an array
            (points, 3).
        condition : array of shape (n_sequences, n_features) or (n_sequences,), optional
            What is known of each sequence beforehand: numbers, or one text as its label.

        Returns
        -------
        SequenceGenerator
            The estimator itself.

        Raises
        ------
        ValueError
            If there is no sequence, or one of them is empty.
        """
        check_parameters(self, self._rules)
        if self.output == "mixture":
            return self._fit_strokes(sequences, condition)
        if self.order == 0 and self.epochs == 0:
            raise InputError("order=0 and epochs=0 leave nothing to learn by. Raise one of them.")
        self.vocabulary_ = Vocabulary(self.tokenizer, self.min_count, begin_end=True)
        self.vocabulary_.fit(sequences)
        codes, lengths = complete(self.vocabulary_, sequences)
        if condition is not None and self.epochs == 0:
            raise InputError("n-grams read no condition: pass epochs=1 or more, or no condition.")
        known = self._learn_condition(condition, len(lengths))
        n_tokens = len(self.vocabulary_.tokens_)
        self.model_, self.history_ = learn_next_token(self, codes, lengths, known, n_tokens)
        return self

    def _fit_strokes(self, sequences: Any, condition: Any) -> SequenceGenerator:
        """Learn how a pen moves."""
        from forecast.sequences.pen_training import learn_pen

        if self.epochs == 0:
            raise InputError("epochs=0 leaves output='mixture' nothing to learn by. Raise it.")
        points, lengths = points_of(sequences)
        known = self._learn_condition(condition, len(lengths))
        self.model_, self.history_ = learn_pen(self, points, lengths, known)
        return self

    def _learn_condition(self, condition: Any, n: int) -> np.ndarray:
        """Learn the scale or the labels of the conditions; return those of n sequences."""
        self.condition_ = Condition.learn(condition, n)
        return self.condition_.rows(condition, n)

    # --- probabilities

    def predict_proba(self, prefix: Any, condition: Any = None) -> np.ndarray:
        """Return the probabilities of the next token.

        Parameters
        ----------
        prefix : sequence or list of sequences
            What stands before; may be empty.
        condition : array of shape (n_features,) or (n_sequences, n_features), optional

        Returns
        -------
        array of shape (n_tokens,) or (n_sequences, n_tokens)
            A column for each of ``vocabulary_.tokens_``: also for the unknown token and the end.
        """
        self._check_tokens("predict_proba")
        prefixes, is_one = listed(self.vocabulary_, prefix)
        known = self.condition_.rows(condition, len(prefixes))
        log_p, _ = self.model_.read(*begun(self.vocabulary_, prefixes), known)
        p = np.exp(log_p)
        return p[0] if is_one else p

    def score(self, sequences: Any, condition: Any = None) -> float:
        """Return minus the bits per token: the mean binary logarithm of the probabilities.

        Parameters
        ----------
        sequences : list or array of sequences
            Their ends are tokens too. Unseen tokens count as one: the unknown token.
        condition : array of shape (n_sequences, n_features), optional

        Returns
        -------
        float
            At most 0 for tokens; higher is better. For pen strokes, by the densities of points.
        """
        check_is_fitted(self)
        if self.output == "mixture":
            points, lengths = points_of(sequences)
            known = self.condition_.rows(condition, len(lengths))
            log_density = self.model_.log_densities(points, lengths, known)
            return float(log_density.mean() / np.log(2))
        codes, lengths = complete(self.vocabulary_, sequences)
        known = self.condition_.rows(condition, len(lengths))
        log_p = self.model_.log_probabilities(codes, lengths, known)
        return float(log_p.sum() / np.log(2) / (lengths - 1).sum())

    def perplexity(self, sequences: Any, condition: Any = None) -> float:
        """Return among how many equally likely tokens the next one would be as hard to tell.

        Parameters
        ----------
        sequences : list or array of sequences
        condition : array of shape (n_sequences, n_features), optional

        Returns
        -------
        float
            Two to the power of the bits per token; at least 1.
        """
        self._check_tokens("perplexity")
        return float(2 ** -self.score(sequences, condition))

    # --- sequences

    def sample(
        self,
        n: int = 1,
        prefix: Any = None,
        condition: Any = None,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        longest: int = 200,
        random_state: Any = None,
    ) -> list[Any]:
        """Draw sequences at random.

        Parameters
        ----------
        n : int, default=1
            How many.
        prefix : sequence, optional
            What each begins with.
        condition : array of shape (n_features,) or (n, n_features), optional
        temperature : float, default=1.0
            Below 1, what is likely is drawn still more often; at 0, only the likeliest.
        top_k : int, optional
            Draw among this many tokens, the likeliest ones.
        top_p : float, optional
            Draw among the likeliest tokens that together have at least this probability.
        longest : int, default=200
            How many tokens or points are drawn at most.
        random_state : int, RandomState or None
            None means that of the constructor.

        Returns
        -------
        list of n sequences
            With their prefix: texts where `fit` saw texts, else lists of tokens; for a mixture,
            arrays (points, 3).
        """
        check_is_fitted(self)
        asked = {"n": n, "temperature": temperature, "top_k": top_k, "top_p": top_p}
        _check_drawing(**asked, longest=longest)
        rng = self._generator(random_state)
        known = self.condition_.rows(condition, n)
        if self.output == "mixture":
            if top_k is not None or top_p is not None:
                raise InputError("top_k and top_p are of tokens. Pass a lower temperature instead.")
            return self.model_.sample(prefix_of(prefix), known, temperature, longest, rng)
        codes, lengths = begun(self.vocabulary_, [prefix] * n)
        log_p, state = self.model_.read(codes, lengths, known)
        log_p = _writable(log_p)
        tokens = decoding.sample(
            self._step, state, log_p, END, longest, rng, temperature, top_k, top_p
        )
        return self._joined(codes.reshape(n, -1), tokens)

    def beam(
        self, prefix: Any = None, condition: Any = None, width: int = 5, longest: int = 200
    ) -> tuple[list[Any], np.ndarray]:
        """Return the likeliest sequences that a beam search finds.

        Parameters
        ----------
        prefix : sequence, optional
            What they begin with.
        condition : array of shape (n_features,), optional
        width : int, default=5
            How many sequences are followed at each step; 1 takes the likeliest token.
        longest : int, default=200
            How many tokens are added at most.

        Returns
        -------
        sequences : list of at most `width` sequences
            The likeliest first.
        log_p : array of shape (sequences,)
            The natural logarithm of the probability of each after its prefix.
        """
        self._check_tokens("beam")
        _check_drawing(width=width, longest=longest)
        codes, lengths = begun(self.vocabulary_, [prefix])
        log_p, state = self.model_.read(codes, lengths, self.condition_.rows(condition, 1))
        tokens, found = decoding.beam(self._step, state, _writable(log_p), END, longest, width)
        possible = found[0] > -np.inf
        prefixes = np.tile(codes, (width, 1))
        return self._joined(prefixes[possible], tokens[0, possible]), found[0, possible]

    def recommend(
        self, history: Any, n: int = 10, exclude_seen: bool = False, condition: Any = None
    ) -> np.ndarray:
        """Return the items that are likeliest to come next.

        Parameters
        ----------
        history : sequence or list of sequences
            The items so far; may be empty.
        n : int, default=10
            How many.
        exclude_seen : bool, default=False
            Whether the items of the history itself are left out.
        condition : array of shape (n_features,) or (n_sequences, n_features), optional

        Returns
        -------
        array of shape (n,) or (n_sequences, n), of objects
            The likeliest first.
        """
        self._check_tokens("recommend")
        _check_drawing(n=n)
        check(flag(), exclude_seen, "exclude_seen")
        histories, is_one = listed(self.vocabulary_, history)
        codes, lengths = begun(self.vocabulary_, histories)
        known = self.condition_.rows(condition, len(histories))
        log_p = _writable(self.model_.read(codes, lengths, known)[0])
        log_p[:, END] = -np.inf
        if exclude_seen:
            log_p[np.repeat(np.arange(len(lengths)), lengths), codes] = -np.inf

        left = np.count_nonzero(log_p > -np.inf, axis=1).min()
        if left < n:
            raise InputError(f"n={n} items are asked for, but only {left} are left. Lower n.")
        best = np.argsort(-log_p, axis=1, kind="stable")[:, :n]
        items = _objects(self.vocabulary_.tokens_)[best]
        return items[0] if is_one else items

    # --- helpers

    def _check_tokens(self, method: str) -> None:
        """Refuse a method that is of tokens where strokes were learned."""
        check_is_fitted(self)
        if self.output == "mixture":
            raise InputError(
                f"{method} is of tokens, and output='mixture' has none. Call sample or score."
            )

    def _joined(self, begun: np.ndarray, tokens: np.ndarray) -> list[Any]:
        """Return the sequences of prefixes and what follows them."""
        return self.vocabulary_.inverse_transform(np.hstack([begun, tokens]))

    def _step(self, state: decoding.State, tokens: np.ndarray) -> tuple[np.ndarray, decoding.State]:
        """Read one more token of each sequence: what `decoding` asks of a model."""
        log_p, state = self.model_.step(state, tokens)
        return _writable(log_p), state

    def _generator(self, random_state: Any) -> np.random.Generator:
        """Return the source of random numbers that a `random_state` means."""
        chosen = self.random_state if random_state is None else random_state
        return np.random.default_rng(check_random_state(chosen).randint(2**31 - 1))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


def _check_drawing(**arguments: Any) -> None:
    """Refuse the first argument that breaks its rule."""
    for name, value in arguments.items():
        check(_DRAWING[name], value, name)


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
