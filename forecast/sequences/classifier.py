"""Classification of sequences, or of each of their timesteps, as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from forecast.exceptions import InputError
from forecast.forecasters.process import one_thread
from forecast.recurrent.architecture import Weights
from forecast.sequences import ridge
from forecast.sequences.calibration import probabilities
from forecast.sequences.classifier_learning import Rows, epochs_for, learn_network
from forecast.sequences.classifier_network import POOLINGS, SequenceNetwork
from forecast.sequences.intake import (
    UNLABELLED,
    Sequences,
    encoded,
    holds_tokens,
    label_array,
    labels_of,
    sequences_of_numbers,
    sequences_of_tokens,
)
from forecast.sequences.reservoir import Reservoir
from forecast.sequences.shares import mixed
from forecast.sequences.vocabulary import Vocabulary
from forecast.validation import (
    Rule,
    check_parameters,
    flag,
    fraction,
    integer,
    number,
    one_of,
    optional,
)

__all__ = ["LSTMClassifier"]

_STRETCH = 100  # timesteps of one sequence that are left out together


class LSTMClassifier(ClassifierMixin, BaseEstimator):
    """Classification of sequences of numbers or of tokens, or of each of their timesteps.

    Two parts give probabilities. One is a ridge on random recurrent features [1]_, in closed form:
    numbers and their first differences drive leaky tanh units with random weights, which read
    forwards and backwards; of each unit the last state, mean, deviation, maximum, minimum and the
    share of time above three levels are features of the sequence, and the states themselves those
    of a timestep. The ridge's penalty, and the temperature of the softmax, have the least
    leave-one-out log loss. The other is a trained recurrent network, where `epochs` is above 0.
    The answer is their mean, with the share of the network that has the least log loss on what
    neither has seen: it may be 0 or 1.

    Parameters
    ----------
    class_weight : dict, "balanced" or None, default=None
        How much the samples of each class count; balanced: all classes alike.
    tokenizer : function or "words", optional
        Turns a text into its tokens, as in `Vocabulary`; each character is one by default.
    min_count : int, default=1
        Tokens that are rarer than this are taken for unknown ones.
    epochs : int, optional
        How often the network goes through the sequences; with 0 there is none, and TensorFlow is
        not needed. By default 0 where X holds numbers: on five sets of them the network earned no
        share, at twenty times the CPU time. Where X holds tokens, as many as make 400 batches, 10
        at least (0 if a class has fewer than three samples): texts with negations, .57 right by the
        closed form alone, were .95 right with a network.
    units : int, default=64
        The size of each recurrent layer of the network, in each direction.
    layers : int, default=1
        How many recurrent layers stand on one another.
    cell : {"lstm", "gru", "simple"}, default="lstm"
    bidirectional : bool, default=True
        Whether each layer also reads the sequence backwards, with weights of its own.
    pooling : {"mean", "max", "last"}, default="mean"
        What of the hidden states of all timesteps becomes the answer for a sequence.
    dropout : float from 0 to below 1, default=0.3
        The share of the last layer's units that is left out at random in training.
    batch_size : int, default=32
    learning_rate : float, default=0.005
        Of Adam at the beginning; it falls to 0 along a cosine.
    ensemble : int, default=1
        How many networks, which begin with other weights, are learned at once; their probabilities
        are averaged.
    random_state : int, RandomState or None

    Attributes
    ----------
    classes_ : array of shape (classes,)
        The labels, sorted.
    n_features_in_ : int
        The number of features of a timestep, where X holds numbers.
    vocabulary_ : Vocabulary or None
        The tokens, where X holds some.
    reservoir_ : Reservoir
        The random units.
    ridge_ : RidgeScores
        The scores of the classes by the features.
    network_ : SequenceNetwork or None
        The sizes of the network.
    weights_ : list of dicts of arrays
        The weights of each member of the ensemble by name, in Keras' layout.
    history_ : list of dict
        The network's loss in each epoch, in nats.
    sharpness_ : float
        What the logarithms of the network's probabilities are multiplied by: below 1 where it is
        too sure of what it has not seen.
    share_ : float
        Of the network in the probabilities; the rest is the closed form's.
    held_out_loss_ : float
        The mean log loss, in nats, of what is answered to samples that are left out.

    Notes
    -----
    X is an array of numbers (samples, timesteps, features), or (samples, timesteps) for one
    feature: timesteps of NaN before and behind a sequence are no part of it, so that sequences may
    have any length, in `predict` too. Or X holds sequences of tokens: a list or array of texts, or
    an object array of lists. Whole numbers in an array are numbers; as tokens they are in lists
    inside an object array. Tokens that `fit` has not seen say nothing.

    The closed form takes seconds: beyond 2048 sequences, or some 200 000 timesteps, there are fewer
    units. The network is learned up to four times: from all but one of three folds of the
    sequences each, until 500 sequences have been held out, and then from all. Numbers are read in
    patches where a sequence has more than 96 timesteps.

    References
    ----------
    .. [1] Jaeger & Haas (2004), Science 304(5667), 78-80.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> time = np.arange(40)
    >>> slow, fast = (np.sin(time / p + rng.uniform(0, 9, (20, 1))) for p in (5, 3))
    >>> X, y = np.concatenate([slow, fast]), np.repeat(["slow", "fast"], 20)
    >>> model = LSTMClassifier(random_state=0).fit(X[::2], y[::2])
    >>> model.score(X[1::2], y[1::2])
    1.0

    Each timestep of a text has a label here, None where it is not known:

    >>> texts = ["aab", "ba", "abba"] * 5
    >>> labels = [["low", "low", "high"], ["high", "low"], ["low", "high", None, "low"]] * 5
    >>> model = LSTMClassifier(epochs=0, random_state=0).fit(texts, labels)
    >>> model.predict(["ab"])
    array([['low', 'high']], dtype='<U4')
    """

    _rules: ClassVar[dict[str, Rule]] = {
        "class_weight": Rule(
            'None, "balanced" or a dict of a number of at least 0 for each class',
            lambda value: value in (None, "balanced") or _is_weighting(value),
        ),
        "min_count": integer(1),
        "epochs": optional(integer(0)),
        "units": integer(1),
        "layers": integer(1),
        "cell": one_of("lstm", "gru", "simple"),
        "bidirectional": flag(),
        "pooling": one_of(*POOLINGS),
        "dropout": fraction(),
        "batch_size": integer(1),
        "learning_rate": number(0),
        "ensemble": integer(1),
    }

    def __init__(
        self,
        class_weight: Mapping[Any, float] | str | None = None,
        tokenizer: Callable[[Any], Any] | str | None = None,
        min_count: int = 1,
        epochs: int | None = None,
        units: int = 64,
        layers: int = 1,
        cell: str = "lstm",
        bidirectional: bool = True,
        pooling: str = "mean",
        dropout: float = 0.3,
        batch_size: int = 32,
        learning_rate: float = 0.005,
        ensemble: int = 1,
        random_state: Any = None,
    ):
        self.class_weight = class_weight
        self.tokenizer = tokenizer
        self.min_count = min_count
        self.epochs = epochs
        self.units = units
        self.layers = layers
        self.cell = cell
        self.bidirectional = bidirectional
        self.pooling = pooling
        self.dropout = dropout
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.ensemble = ensemble
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LSTMClassifier:
        """Learn from the sequences, or timesteps, that have a label.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features) or (samples, timesteps), or of sequences
        y : array of shape (samples,) or (samples, timesteps), or list of a list for each sequence
            Texts or numbers; None or NaN where a label is not known.
        sample_weight : array of shape (samples,), optional

        Returns
        -------
        LSTMClassifier
            The estimator itself.

        Raises
        ------
        ValueError
            If a sequence is empty or has NaN inside, or fewer than two classes are labelled; with
            `epochs`, if a class has fewer than three samples.
        """
        check_parameters(self, self._rules)
        sequences = self._learned_sequences(X)
        rows = self._rows(sequences, y, sample_weight)
        epochs = epochs_for(self, rows, self._tags_timesteps)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        vocabulary = 0 if self.vocabulary_ is None else len(self.vocabulary_.tokens_)
        with one_thread():
            self.reservoir_ = Reservoir.learn(rows.sequences, vocabulary, seed)
            features = self._features(rows.sequences, np.float32)[rows.used]
            self.ridge_, held_out = ridge.fit(
                features, rows.labels, len(self.classes_), rows.weight, rows.groups
            )
        held_out = self._learn_network(epochs, rows, held_out, seed)
        actual = held_out[np.arange(len(rows.labels)), rows.labels]
        with np.errstate(divide="ignore"):
            self.held_out_loss_ = float(-np.average(np.log(actual), weights=rows.weight))
        return self

    def _learn_network(
        self, epochs: int, rows: Rows, held_out: np.ndarray, seed: int
    ) -> np.ndarray:
        """Learn the network and its share, if it is wanted; return what is held out of both."""
        self.share_ = 0.0
        self.sharpness_ = 1.0
        self.network_: SequenceNetwork | None = None
        self.weights_: list[Weights] = []
        self.history_: list[dict[str, float]] = []
        if not epochs:
            return held_out
        inputs = self.reservoir_.inputs
        learned = learn_network(self, epochs, inputs, rows, held_out, self._tags_timesteps, seed)
        self.network_ = learned.network
        self.weights_ = learned.weights
        self.history_ = learned.history
        self.share_ = learned.share
        self.sharpness_ = learned.sharpness
        return learned.held_out

    def _learned_sequences(self, X: Any) -> Sequences:
        """Return X as sequences; learn its tokens, or count its features."""
        self.vocabulary_ = None
        if holds_tokens(X):
            tokens = sequences_of_tokens(X)
            self.vocabulary_ = Vocabulary(self.tokenizer, self.min_count).fit(tokens)
            return encoded(tokens, self.vocabulary_)
        sequences = sequences_of_numbers(X)
        self.n_features_in_ = sequences.values.shape[2]
        return sequences

    def _rows(self, sequences: Sequences, y: Any, sample_weight: Any) -> Rows:
        """Return the rows to learn from, and keep their classes."""
        labels = labels_of(y, sequences)
        self._tags_timesteps = labels.numbers.ndim == 2
        numbers = self._in_rows(labels.numbers, sequences)
        sample = self._in_rows(np.arange(len(sequences)), sequences)
        weight = _check_sample_weight(sample_weight, labels.numbers, ensure_non_negative=True)
        weight = weight[sample]

        # Classes of no weight are none.
        known = numbers != UNLABELLED
        of_class = compute_sample_weight(self.class_weight, labels.classes[numbers[known]])
        weight[known] *= of_class
        used = known & (weight > 0)
        present, places = np.unique(numbers[used], return_inverse=True)
        if len(present) < 2:
            raise InputError(_too_few(labels.classes[present]))
        self.classes_ = labels.classes[present]

        # Sequences without such rows are not read at all.
        read, groups = np.unique(sample[used], return_inverse=True)
        part = sequences.keep(read)
        if self._tags_timesteps:
            # What is near in time is alike: a stretch is left out as a whole.
            _, step = np.nonzero(sequences.live())
            stretch = step[used] // _STRETCH
            groups = groups * (1 + stretch.max()) + stretch
        return Rows(
            sequences=part,
            samples=self._in_rows(np.arange(len(part)), part),
            used=used[np.isin(sample, read)],
            labels=places,
            weight=weight[used],
            groups=groups,
        )

    def _in_rows(self, values: np.ndarray, sequences: Sequences) -> np.ndarray:
        """Return values of samples, or of the timesteps of X, for each row to classify."""
        if not self._tags_timesteps:
            return values
        sample, step = sequences.places()
        return values[sample, step] if values.ndim == 2 else values[sample]

    def _features(self, sequences: Sequences, kind: type) -> np.ndarray:
        """Return the features of each row to classify."""
        read = self.reservoir_.at_timesteps if self._tags_timesteps else self.reservoir_.pooled
        return read(sequences, kind)

    def _read(self, X: Any) -> Sequences:
        """Return X as sequences such as those of `fit`, or refuse it."""
        check_is_fitted(self)
        if holds_tokens(X) != (self.vocabulary_ is not None):
            raise InputError(
                "X holds sequences of tokens; fit saw numbers. Pass an array of numbers."
                if self.vocabulary_ is None
                else "X holds numbers; fit saw sequences of tokens. Pass an object array of lists."
            )
        if self.vocabulary_ is not None:
            return encoded(sequences_of_tokens(X), self.vocabulary_)
        sequences = sequences_of_numbers(X)
        n_features = sequences.values.shape[2]
        if n_features != self.n_features_in_:
            raise InputError(f"X has {n_features} features; fit saw {self.n_features_in_}.")
        return sequences

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features) or (samples, timesteps), or of sequences

        Returns
        -------
        array of shape (samples, classes) or (samples, timesteps, classes)
            As many timesteps as X has; NaN where a sequence has none.
        """
        sequences = self._read(X)
        with one_thread():
            answers = self._answers(sequences)
        if not self._tags_timesteps:
            return answers
        shape = (len(sequences), sequences.timesteps, len(self.classes_))
        probabilities = np.full(shape, np.nan)
        probabilities[sequences.places()] = answers
        return probabilities

    def _answers(self, sequences: Sequences) -> np.ndarray:
        """Return the probabilities of each row: (rows, classes)."""
        closed_form = self.ridge_.probabilities(self._features(sequences, np.float64))
        if self.network_ is None or not self.share_:
            return closed_form
        inputs = self.reservoir_.inputs
        scores = self.network_.scores(self.weights_, inputs, sequences)
        network = probabilities(scores, self.sharpness_, self.ridge_.doubt)
        return mixed(network, closed_form, self.share_)

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features) or (samples, timesteps), or of sequences

        Returns
        -------
        array of shape (samples,) or (samples, timesteps)
            Where a sequence has no timestep, NaN among numbers and None among texts.
        """
        probabilities = self.predict_proba(X)
        answer = self.classes_[probabilities.argmax(axis=-1)]
        missing = np.isnan(probabilities[..., 0])
        if missing.any():
            # Whole numbers have no NaN, texts no None.
            is_number = answer.dtype.kind in "iuf"
            answer = answer.astype(np.float64 if is_number else object)
            answer[missing] = np.nan if is_number else None
        return answer

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the share of right answers among the sequences, or timesteps, with a label.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features) or (samples, timesteps), or of sequences
        y : array of shape (samples,) or (samples, timesteps), or list of a list for each sequence
        sample_weight : array of shape (samples,), optional

        Returns
        -------
        float
        """
        sequences = self._read(X)
        y = label_array(y, sequences)
        if (y.ndim == 2) != self._tags_timesteps:
            one, other = (
                ("timestep", "sequence") if self._tags_timesteps else ("sequence", "timestep")
            )
            raise InputError(f"y has a label for each {other}; fit saw one for each {one}.")
        known = ~pd.isna(y)
        if not known.any():
            raise InputError("y holds no label to compare with. Pass some labels.")
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight)
        right = self.predict(X)[known] == y[known]
        return float(np.average(right, weights=weight[np.nonzero(known)[0]]))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        return tags


def _is_weighting(value: Any) -> bool:
    """Whether a value gives a number of at least 0 for each class."""
    if not isinstance(value, Mapping):
        return False
    return all(isinstance(weight, Real) and float(weight) >= 0 for weight in value.values())


def _too_few(classes: np.ndarray) -> str:
    """Say that there are not two classes to tell apart."""
    what = (
        f"one class only, {classes.tolist()[0]!r}"
        if len(classes)
        else "no class that weighs something"
    )
    return f"y holds {what}: pass samples of two classes or more."
