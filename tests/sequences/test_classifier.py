"""The classifier of sequences, as scikit-learn wants it."""

import hashlib
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sequences.cases import objects, waves
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import accuracy_score, classification_report
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    StratifiedKFold,
    cross_val_score,
    train_test_split,
)
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from forecast import LSTMClassifier, SlidingWindow, load, save
from forecast.exceptions import InputError
from forecast.sequences import classifier_learning, reservoir

N = np.nan
TIMESTEPS = "a second axis is timesteps, of which a sequence has any number"
CANNOT_HOLD = {
    "check_n_features_in": TIMESTEPS,
    "check_n_features_in_after_fitting": TIMESTEPS,
    "check_classifiers_train": TIMESTEPS + ": the test after this one does the rest",
    "check_estimators_pickle": "it scatters NaN, which is allowed at the ends of a sequence alone",
    "check_sample_weight_equivalence_on_dense_data": (
        "where a row stands twice, the one tells what the other one is when that is left out"
    ),
}


@pytest.fixture(autouse=True)
def few_units(monkeypatch):
    monkeypatch.setattr(reservoir, "_MOST_UNITS", 48)
    monkeypatch.setattr(reservoir, "_LEAST_UNITS", 16)


def words(n=30, seed=0):
    """Return texts of a and b, and whether the last letter is an a."""
    rng = np.random.default_rng(seed)
    texts = ["".join(rng.choice(["a", "b"], rng.integers(2, 7))) for _ in range(n)]
    return objects(texts), np.array([text[-1] == "a" for text in texts])


def test_check_estimator():
    model = LSTMClassifier(random_state=0)
    check_estimator(model, expected_failed_checks=CANNOT_HOLD, on_skip=None)


@pytest.mark.parametrize("classes", [2, 3])
def test_blobs_are_told_apart(classes):
    # What check_classifiers_train asks beside the number of features.
    rng = np.random.default_rng(0)
    y = np.arange(90) % classes
    X = rng.normal(size=(90, 2)) + 5 * np.eye(3)[y][:, :2]
    model = LSTMClassifier(random_state=0).fit(X, y)
    probabilities = model.predict_proba(X)
    assert probabilities.shape == (90, classes)
    assert_allclose(probabilities.sum(axis=1), 1)
    assert_array_equal(model.predict(X), model.classes_[probabilities.argmax(axis=1)])
    assert accuracy_score(y, model.predict(X)) > 0.95
    with pytest.raises(ValueError, match="y has 89 labels, X 90 sequences"):
        model.fit(X, y[:-1])


def test_frequencies_are_told_apart_whatever_their_phase():
    X, y = waves(40)
    model = LSTMClassifier(random_state=0).fit(X[:20], y[:20])
    assert model.score(X[20:], y[20:]) == 1
    assert model.classes_.tolist() == ["fast", "slow"]
    assert model.n_features_in_ == 1
    assert model.held_out_loss_ < 0.3 < np.log(2)


def test_padding_before_and_behind_says_nothing():
    X, y = waves()
    model = LSTMClassifier(random_state=0).fit(X, y)
    short = X[:, :12]
    padded = np.pad(short, ((0, 0), (3, 5), (0, 0)), constant_values=N)
    assert_allclose(model.predict_proba(padded), model.predict_proba(short), rtol=1e-9)
    unequal = X.copy()
    unequal[::2, 15:] = N
    moved = np.concatenate([np.full_like(X[:, :4], N), unequal], axis=1)
    one = LSTMClassifier(random_state=0).fit(unequal, y)
    two = LSTMClassifier(random_state=0).fit(moved, y)
    assert_allclose(two.predict_proba(X), one.predict_proba(X), rtol=1e-9)


def test_two_axes_mean_one_feature():
    X, y = waves()
    expected = LSTMClassifier(random_state=0).fit(X, y).predict_proba(X)
    flat = LSTMClassifier(random_state=0).fit(pd.DataFrame(X[:, :, 0]), y)
    assert_array_equal(flat.predict_proba(X[:, :, 0]), expected)


def test_sequences_longer_than_those_of_fit_are_answered():
    X, y = waves(40, 60)
    model = LSTMClassifier(random_state=0).fit(X[:20, :25], y[:20])
    assert model.score(X[20:], y[20:]) > 0.9


# Labels and weights


def test_sequences_without_a_label_are_skipped():
    X, y = waves()
    some = y.astype(object)
    some[::5] = None
    kept = some != None  # noqa: E711
    model = LSTMClassifier(random_state=0).fit(X, some)
    expected = LSTMClassifier(random_state=0).fit(X[kept], y[kept])
    assert_array_equal(model.predict_proba(X), expected.predict_proba(X))
    assert model.score(X, some) == accuracy_score(y[kept], expected.predict(X[kept]))


def test_a_weight_of_zero_leaves_a_sequence_out():
    X, y = waves()
    y = np.where(np.arange(len(y)) == 3, "unheard", y)
    weight = np.where(y == "unheard", 0.0, np.linspace(1, 2, len(y)))
    kept = weight > 0
    model = LSTMClassifier(random_state=0).fit(X, y, sample_weight=weight)
    expected = LSTMClassifier(random_state=0).fit(X[kept], y[kept], sample_weight=weight[kept])
    assert model.classes_.tolist() == ["fast", "slow"]
    assert_array_equal(model.predict_proba(X), expected.predict_proba(X))


def test_weights_count():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 5, 1)), np.arange(60) % 2  # nothing to tell apart
    model = LSTMClassifier(random_state=0).fit(X, y, sample_weight=np.where(y, 3.0, 1.0))
    assert_allclose(
        model.predict_proba(rng.normal(size=(60, 5, 1))).mean(0), [0.25, 0.75], atol=0.1
    )


def test_classes_weigh_as_their_samples_do():
    X, y = waves(30)
    y = np.where(np.arange(30) < 24, "most", "few")
    balanced = LSTMClassifier("balanced", random_state=0).fit(X, y)
    named = LSTMClassifier({"most": 30 / 48, "few": 30 / 12}, random_state=0).fit(X, y)
    each = np.where(y == "most", 30 / 48, 30 / 12)
    weighted = LSTMClassifier(random_state=0).fit(X, y, sample_weight=each)
    for other in (named, weighted):
        assert_allclose(other.predict_proba(X), balanced.predict_proba(X), rtol=1e-6)


def test_two_samples_are_enough():
    X, y = waves(2)
    assert LSTMClassifier(random_state=0).fit(X, y).score(X, y) == 1


def test_probabilities_are_calibrated_where_classes_overlap():
    rng = np.random.default_rng(0)
    y = np.arange(600) % 2
    X = rng.normal(size=(600, 8, 1)) + 0.3 * y[:, None, None]
    model = LSTMClassifier(random_state=0).fit(X[:300], y[:300])
    probabilities = model.predict_proba(X[300:])[:, 1]
    sure = (probabilities > 0.65) | (probabilities < 0.35)
    right = (probabilities > 0.5) == y[300:]
    claimed = np.maximum(probabilities, 1 - probabilities)
    assert sure.sum() > 50
    assert_allclose(right[sure].mean(), claimed[sure].mean(), atol=0.12)


# Tokens


def test_tokens_are_read_in_order():
    texts, last_is_a = words(60)
    model = LSTMClassifier(epochs=0, random_state=0).fit(texts[:40], last_is_a[:40])
    assert model.score(texts[40:], last_is_a[40:]) == 1
    assert model.vocabulary_.tokens_[2:] in (("a", "b"), ("b", "a"))


def test_texts_in_any_container_are_alike():
    texts, y = words()
    expected = LSTMClassifier(epochs=0, random_state=0).fit(texts, y).predict_proba(texts)
    for other in (texts.tolist(), pd.Series(texts), objects([list(text) for text in texts])):
        model = LSTMClassifier(epochs=0, random_state=0).fit(other, y)
        assert_array_equal(model.predict_proba(other), expected)


def test_unseen_tokens_say_nothing():
    texts, y = words()
    model = LSTMClassifier(epochs=0, random_state=0).fit(texts, y)
    answers = model.predict_proba(["?b", "!b", "äb"])
    assert_array_equal(answers, answers[[0, 0, 0]])


def test_words_are_tokens_with_a_tokenizer():
    y = np.array(["good", "bad"] * 10)
    texts = [f"a {word} film" for word in y]
    model = LSTMClassifier(None, "words", min_count=2, epochs=0, random_state=0).fit(texts, y)
    assert model.vocabulary_.tokens_[2:] == ("a", "film", "good", "bad")
    assert model.predict(["a good film", "a bad film"]).tolist() == ["good", "bad"]


# Labels of timesteps


def tagging(n=30, timesteps=12):
    """Return noise of unequal length, and whether the value before is above 0 at each timestep."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, timesteps, 1))
    y = np.roll(X[:, :, 0], 1, axis=1) > 0
    y = np.where(y, "above", "below").astype(object)
    y[:, 0] = None
    for place in range(0, n, 3):
        X[place, -4:] = N
        y[place, -4:] = None
    return X, y


def test_each_timestep_is_answered_by_what_comes_before_and_after():
    X, y = tagging()
    model = LSTMClassifier(random_state=0).fit(X[:20], y[:20])
    assert model.score(X[20:], y[20:]) > 0.9
    later = np.roll(y, -2, axis=1)  # the value after
    later[:, -6:] = None
    later[:, 0] = None
    model = LSTMClassifier(random_state=0).fit(X[:20], later[:20])
    assert model.score(X[20:], later[20:]) > 0.9


def test_answers_stand_where_X_has_timesteps():
    X, y = tagging()
    model = LSTMClassifier(random_state=0).fit(X, y)
    probabilities = model.predict_proba(X)
    padding = np.isnan(X[:, :, 0])
    assert probabilities.shape == (30, 12, 2)
    assert_array_equal(np.isnan(probabilities).any(axis=2), padding)
    assert_array_equal(model.predict(X) == None, padding)  # noqa: E711
    numbers = np.where(y == "above", 1.0, np.where(y == "below", 0.0, N))
    answers = LSTMClassifier(random_state=0).fit(X, numbers).predict(X)
    assert_array_equal(np.isnan(answers), padding)
    assert model.predict(X[1:2]).dtype.kind == "U"


def test_tokens_are_tagged():
    texts, _ = words()
    labels = [["vowel" if c == "a" else "other" for c in text] for text in texts]
    model = LSTMClassifier(epochs=0, random_state=0).fit(texts, labels)
    assert model.score(texts, labels) == 1
    assert model.predict(["ab", "b"]).tolist() == [["vowel", "other"], ["other", None]]


def test_weights_of_sequences_are_those_of_their_timesteps():
    X, y = tagging(12)
    weight = np.arange(12) % 3
    kept = weight > 0
    model = LSTMClassifier(random_state=0).fit(X, y, sample_weight=weight)
    expected = LSTMClassifier(random_state=0).fit(X[kept], y[kept], sample_weight=weight[kept])
    assert_array_equal(model.predict_proba(X), expected.predict_proba(X))
    right = (model.predict(X) == y).astype(float)
    known = y != None  # noqa: E711
    weights = np.broadcast_to(weight[:, None], y.shape)
    expected = np.average(right[known], weights=weights[known])
    assert_allclose(model.score(X, y, sample_weight=weight), expected)


# The network


NETWORK = {
    "epochs": 20,
    "units": 6,
    "bidirectional": False,
    "batch_size": 10,
    "learning_rate": 0.02,
    "random_state": 0,
}


def test_a_network_can_only_help_on_what_is_held_out():
    X, y = waves(30)
    alone = LSTMClassifier(random_state=0).fit(X, y)
    model = LSTMClassifier(**NETWORK).fit(X, y)
    assert 0 <= model.share_ <= 1
    assert model.held_out_loss_ <= alone.held_out_loss_
    assert model.history_[-1]["loss"] < 0.3 < model.history_[0]["loss"]
    # The network alone.
    model.share_ = 1.0
    assert model.score(X, y) > 0.9
    model.share_ = 0.0
    assert_array_equal(model.predict_proba(X), alone.predict_proba(X))
    assert (alone.share_, alone.history_, alone.weights_) == (0.0, [], [])


def test_a_network_learns_timesteps_and_weights():
    X, y = tagging()
    weight = np.arange(30) % 3 > 0
    model = LSTMClassifier(**NETWORK).fit(X, y, sample_weight=weight)
    only = LSTMClassifier(**NETWORK).fit(X[weight], y[weight])
    assert_array_equal(model.predict_proba(X), only.predict_proba(X))
    model.share_ = 1.0
    assert model.score(X, y) > 0.8
    assert_array_equal(np.isnan(model.predict_proba(X)[:, :, 0]), np.isnan(X[:, :, 0]))


def test_tokens_are_learned_by_a_network_of_its_own_accord(monkeypatch):
    monkeypatch.setattr(classifier_learning, "_BATCHES", 80)
    texts, last_is_a = words(60)
    model = LSTMClassifier(pooling="last", **{**NETWORK, "epochs": None})
    model.fit(texts, last_is_a)
    assert len(model.history_) == 13  # of six batches
    model.share_ = 1.0
    assert model.score(texts, last_is_a) == 1
    answers = model.predict_proba(["?b", "!b"])
    assert_array_equal(answers[0], answers[1])


# Refusals


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"class_weight": "even"}, 'class_weight of LSTMClassifier must be None, "balanced" or'),
        ({"class_weight": {"slow": -1}}, "class_weight of LSTMClassifier must be None"),
        ({"min_count": 0}, "min_count of LSTMClassifier must be a whole number of at least 1"),
        ({"epochs": -1}, "epochs of LSTMClassifier must be None or a whole number of at least 0"),
        ({"pooling": "sum"}, "pooling of LSTMClassifier must be one of 'mean', 'max', 'last'"),
        ({"dropout": 1.0}, "dropout of LSTMClassifier must be a number from 0 to below 1"),
    ],
)
def test_parameters_are_checked_in_fit(change, fault):
    X, y = waves(4)
    with pytest.raises((ValueError, TypeError), match=fault):
        LSTMClassifier(**change).fit(X, y)


def test_one_class_is_refused():
    X, y = waves(4)
    for labels in (["slow"] * 4, ["slow", None, "slow", None]):
        with pytest.raises(InputError, match="y holds one class only, 'slow': pass samples of two"):
            LSTMClassifier().fit(X, labels)
    with pytest.raises(InputError, match="y holds one class only, 'fast'"):
        LSTMClassifier().fit(X, y, sample_weight=y == "fast")
    with pytest.raises(InputError, match="y holds no class that weighs something"):
        LSTMClassifier({"slow": 0, "fast": 0}).fit(X, y)


def test_questions_of_another_kind_than_fit_saw_are_refused():
    X, y = waves(8)
    texts, is_a = words(8)
    numbers = LSTMClassifier(random_state=0).fit(X, y)
    tokens = LSTMClassifier(epochs=0, random_state=0).fit(texts, is_a)
    with pytest.raises(InputError, match="X holds sequences of tokens; fit saw numbers"):
        numbers.predict(texts)
    with pytest.raises(InputError, match="X holds numbers; fit saw sequences of tokens"):
        tokens.predict(np.array([[1, 2], [3, 4]]))
    with pytest.raises(InputError, match="X has 2 features; fit saw 1"):
        numbers.predict(np.dstack([X, X]))
    with pytest.raises(
        InputError, match="y has a label for each timestep; fit saw one for each seq"
    ):
        numbers.score(X, np.repeat(y[:, None], 20, axis=1))
    with pytest.raises(InputError, match="y holds no label to compare with"):
        numbers.score(X, [None] * 8)


# scikit-learn


@pytest.mark.parametrize("X", [waves(30)[0], words(30)[0]], ids=["numbers", "texts"])
def test_folds_searches_and_splits_take_sequences(X):
    y = waves(30)[1] if X.ndim == 3 else words(30)[1]
    model = LSTMClassifier(epochs=0, random_state=0)
    assert cross_val_score(model, X, y, cv=KFold(3), error_score="raise").mean() > 0.8
    search = GridSearchCV(model, {"class_weight": [None, "balanced"]}, cv=StratifiedKFold(3))
    assert search.fit(X, y).best_score_ > 0.8
    train, test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
    calibrated = CalibratedClassifierCV(model, cv=3).fit(train, y_train)
    assert calibrated.predict_proba(test).shape == (len(test), 2)
    assert "accuracy" in classification_report(y_test, calibrated.predict(test))


def test_windows_of_a_table_are_short_sequences_at_its_beginning():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(120, 1))
    rises = np.r_[False, table[1:, 0] > table[:-1, 0]]
    model = make_pipeline(SlidingWindow(5), LSTMClassifier(random_state=0))
    model.fit(table[:80], rises[:80])
    assert model.score(table, rises) > 0.9
    assert model.predict(table).shape == (120,)
    search = GridSearchCV(model, {"slidingwindow__lookback": [2, 4]}, cv=3, scoring="accuracy")
    assert search.fit(table, rises).best_score_ > 0.85


# Files and processes


@pytest.mark.parametrize("X", [waves(10)[0], words(10)[0]], ids=["numbers", "texts"])
def test_a_file_and_a_pickle_answer_alike(tmp_path, X):
    y = np.arange(10) % 2
    model = LSTMClassifier(epochs=0, random_state=0).fit(X, y)
    expected = model.predict_proba(X)
    assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), expected)
    again = load(save(model, tmp_path / "model.seqcast"))
    assert_array_equal(again.predict_proba(X), expected)
    assert_array_equal(again.predict(X), model.predict(X))
    assert clone(again).get_params() == model.get_params()


def test_a_file_and_a_pickle_hold_the_network(tmp_path):
    X, y = waves(12, 5)
    model = LSTMClassifier(**{**NETWORK, "cell": "simple", "epochs": 1, "ensemble": 2}).fit(X, y)
    model.share_ = 0.5
    expected = model.predict_proba(X)
    assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), expected)
    path = save(model, tmp_path / "model.seqcast")
    assert_array_equal(load(path).predict_proba(X), expected)
    np.save(tmp_path / "X.npy", X)
    command = [sys.executable, "-c", READER, str(path), str(tmp_path / "X.npy")]
    seen = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert seen == [hashlib.sha256(expected.tobytes()).hexdigest(), "False"]


READER = """
import sys, hashlib
import numpy as np
from forecast import load
answers = load(sys.argv[1]).predict_proba(np.load(sys.argv[2]))
print(hashlib.sha256(answers.tobytes()).hexdigest(), "tensorflow" in sys.modules)
"""
