"""The network beside the closed form: what is held out of it, and its share."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sequences.cases import objects, waves
from sequences.networks import drawn

from forecast import LSTMClassifier
from forecast.exceptions import InputError
from forecast.sequences import classifier_training
from forecast.sequences.classifier_learning import Rows, epochs_for, learn_network
from forecast.sequences.intake import sequences_of_numbers
from forecast.sequences.reservoir import UnitInputs


def rows_of(X, labels):
    """Return sequences with a label each, and their measures."""
    sequences = sequences_of_numbers(X)
    samples = np.arange(len(X))
    every = np.ones(len(X), bool)
    rows = Rows(sequences, samples, every, np.asarray(labels), np.ones(len(X)), samples)
    return UnitInputs.learn(sequences, 0), rows


@pytest.fixture
def trained(monkeypatch):
    """Train nothing: return what would have been learned from, one set of places each."""
    calls = []

    def draw(network, *_, places):
        calls.append(places)
        return drawn(network, seed=len(calls)), [{"loss": 1.0}], len(calls) != draw.interrupted

    draw.interrupted = None
    monkeypatch.setattr(classifier_training, "train_network", draw)
    return SimpleNamespace(calls=calls, function=draw)


def learned(rival, epochs=2):
    """Learn beside a closed form whose probabilities of the first class are given."""
    X, y = waves(12)
    inputs, rows = rows_of(X, y == "slow")
    rows = rows._replace(labels=rows.labels.astype(int))
    model = LSTMClassifier(units=2, epochs=epochs)
    both = np.stack([rival, 1 - rival], axis=1)
    return (
        learn_network(model, epochs, inputs, rows, both, of_timesteps=False, seed=0),
        inputs,
        rows,
    )


def test_each_sequence_is_asked_by_a_network_that_has_not_seen_it(trained):
    result, inputs, rows = learned(np.full(12, 0.5))
    *folds, last = trained.calls
    assert len(folds) == 3
    assert_array_equal(last, np.arange(12))
    assert result.weights[0].keys() == drawn(result.network)[0].keys()
    # What would have come out of the folds, one by one.
    expected = np.empty((12, 2))
    for number, places in enumerate(folds, 1):
        asked = np.setdiff1d(np.arange(12), places)
        assert_array_equal(np.bincount(rows.labels[asked]), [2, 2])
        members = drawn(result.network, seed=number)
        scores = result.network.scores(members, inputs, rows.sequences)[asked]
        odds = np.exp(result.sharpness * scores)
        expected[asked] = odds / odds.sum(axis=1, keepdims=True)
    doubted = (1 - 1 / 13) * expected + 1 / 26
    assert_allclose(result.held_out, result.share * doubted + (1 - result.share) * 0.5)


@pytest.mark.usefixtures("trained")
def test_a_closed_form_that_knows_everything_leaves_no_share():
    _, y = waves(12)
    result, _, _ = learned(np.where(y == "slow", 0.001, 0.999))
    assert result.share == 0


def test_one_fold_is_enough_where_it_holds_many_sequences(trained, monkeypatch):
    monkeypatch.setattr("forecast.sequences.classifier_learning._ENOUGH", 4)
    rival = np.linspace(0.2, 0.8, 12)
    result, _, _ = learned(rival)
    assert [len(places) for places in trained.calls] == [8, 12]
    unasked = trained.calls[0]
    assert_allclose(result.held_out[unasked, 0], rival[unasked])


def test_an_interrupted_fold_is_kept(trained):
    trained.function.interrupted = 2
    result, _, _ = learned(np.full(12, 0.5))
    assert len(trained.calls) == 2
    expected = drawn(result.network, seed=2)[0]["head_bias"]
    assert_array_equal(result.weights[0]["head_bias"], expected)


@pytest.mark.parametrize(
    ("samples", "tokens", "epochs", "expected"),
    [
        (64, False, None, 0),
        (64, True, None, 200),  # 400 batches of 32
        (40 * 32 + 1, True, None, 10),
        (5, True, None, 0),  # the rarer class has two samples
        (64, True, 7, 7),
        (64, False, 7, 7),
        (4, True, 0, 0),
    ],
)
def test_tokens_are_read_by_a_network_unless_epochs_say_otherwise(
    samples, tokens, epochs, expected
):
    _, rows = rows_of(np.zeros((samples, 2)), np.arange(samples) % 2)
    model = LSTMClassifier(epochs=epochs)
    model.classes_ = np.array(["a", "b"])
    model.vocabulary_ = "some" if tokens else None
    assert epochs_for(model, rows, of_timesteps=False) == expected


def test_too_few_samples_for_the_folds_are_refused():
    X, y = waves(12)
    y[3:] = "slow"  # one "fast" is left
    model = LSTMClassifier(epochs=1, units=2, random_state=0)
    fault = "class 'fast' has 1 of 12 samples: what the network is worth is seen on 3 folds"
    with pytest.raises(InputError, match=fault):
        model.fit(X, y)
    with pytest.raises(InputError, match="sequences with labels is 2: what the network is worth"):
        model.fit(objects(["ab", "ba"]), [[0, 1], [1, 0]])
    # The remedy.
    assert model.set_params(epochs=0).fit(X, y).history_ == []
