"""The generator with its network: conditions, files, seeds, Ctrl-C."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import SequenceGenerator, load, save
from forecast.exceptions import FitInterrupted, InputError
from forecast.recurrent.trainer import Trainer

# Nothing but the label says which letters come, and how many.
LABELS = np.array(["low", "high"] * 40)
TEXTS = ["aab" if label == "low" else "cccd" for label in LABELS]
SMALL = {"units": 8, "cell": "gru", "learning_rate": 0.05, "batch_size": 10, "random_state": 0}


def trained(**parameters):
    """Return a generator with a small network, not fitted."""
    return SequenceGenerator(**SMALL | parameters)


@pytest.fixture(scope="module")
def labelled():
    return trained(epochs=15, order=3).fit(TEXTS, LABELS)


def test_samples_follow_the_condition(labelled):
    assert labelled.sample(9, condition="low", random_state=1) == ["aab"] * 9
    drawn = labelled.sample(2, condition=["low", "high"], temperature=0)
    assert drawn == ["aab", "cccd"]
    assert labelled.beam(condition="high", width=1)[0] == ["cccd"]


def test_the_share_of_the_network_is_what_the_condition_is_worth(labelled):
    assert labelled.model_.share > 0.9
    bits = -labelled.score(["aab", "cccd"], ["low", "high"])
    assert bits < 0.1
    # Without its label the first letter of a text costs a bit, of nine tokens in two texts.
    assert -trained(epochs=0).fit(TEXTS).score(["aab", "cccd"]) > 0.2
    wrong = labelled.score(["aab", "cccd"], ["high", "low"])
    assert -wrong > 1


def test_the_probabilities_are_the_parts_by_their_share(labelled):
    model = labelled.model_
    codes, lengths = np.array([2], np.int32), np.array([1])
    known = labelled.condition_.rows("low", 1)
    counted = model.n_gram.distribution(model.n_gram.read(codes, lengths))[0]
    weights = {name: values.astype(float) for name, values in model.weights.items()}
    states = model.network.read(weights, codes, lengths, known)
    alone = np.exp(model.network.log_p(weights, states))[0]
    expected = model.share * alone + (1 - model.share) * counted
    assert_allclose(labelled.predict_proba("", "low"), expected, rtol=1e-12)


def test_an_answer_does_not_depend_on_those_beside_it(labelled):
    prefixes, conditions = ["", "aa", "ccc"], ["high", "low", "low"]
    together = labelled.predict_proba(prefixes, conditions)
    for row, prefix, condition in zip(together, prefixes, conditions, strict=True):
        assert_allclose(labelled.predict_proba(prefix, condition), row, rtol=1e-12)


def test_numbers_are_conditions_in_any_unit():
    rows = np.where(LABELS[:, None] == "low", [1e6, 1], [1e6 + 3, 1])
    generator = trained(epochs=15, order=3).fit(TEXTS, rows)
    assert generator.sample(2, condition=rows[:2], temperature=0) == ["aab", "cccd"]


def test_a_condition_is_asked_for_where_fit_had_one(labelled):
    with pytest.raises(InputError, match="was fitted with a condition"):
        labelled.predict_proba("a")
    with pytest.raises(InputError, match="'lo' was not seen in fit"):
        labelled.sample(condition="lo")
    with pytest.raises(InputError, match="n-grams read no condition"):
        trained(epochs=0).fit(TEXTS, LABELS)


def test_patience_stops_where_nothing_more_is_to_be_learned():
    by_chance = np.random.default_rng(0).permutation(LABELS)
    history = trained(epochs=40, patience=1, order=3).fit(TEXTS, by_chance).history_
    losses = [record["validation_loss"] for record in history]
    assert len(losses) < 40
    assert np.argmin(losses) == len(losses) - 3


# Files and processes

LOADED = """
import sys
import numpy as np
from forecast import load
generator = load("generator.seqcast")
np.save("p.npy", generator.predict_proba(["", "aa"], ["high", "low"]))
print(generator.sample(3, condition="high", random_state=0), generator.score(["ab"], "low"))
print({"tensorflow", "keras", "matplotlib"} & set(sys.modules))
"""


def test_a_loaded_generator_answers_alike_without_tensorflow(labelled, tmp_path):
    save(labelled, tmp_path / "generator.seqcast")
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    said, heavy = done.stdout.splitlines()
    assert heavy == "set()"
    samples = labelled.sample(3, condition="high", random_state=0)
    assert said.startswith(str(samples))
    expected = labelled.predict_proba(["", "aa"], ["high", "low"])
    assert_array_equal(np.load(tmp_path / "p.npy"), expected)


def test_a_pickle_and_a_file_answer_alike(labelled, tmp_path):
    loaded = load(save(labelled, tmp_path / "generator.seqcast"))
    pickled = pickle.loads(pickle.dumps(labelled))
    expected = labelled.predict_proba("a", "low")
    for other in (loaded, pickled):
        assert_array_equal(other.predict_proba("a", "low"), expected)
        assert other.history_ == labelled.history_


# Ctrl-C


def test_ctrl_c_keeps_what_was_learned(monkeypatch):
    epoch, count = Trainer.epoch, iter(range(1, 100))

    def pressed(*args):
        if next(count) == 3:
            raise KeyboardInterrupt
        return epoch(*args)

    monkeypatch.setattr(Trainer, "epoch", pressed)
    generator = trained(epochs=15, order=3)
    with pytest.warns(FitInterrupted, match="ends after 2 of 15 epochs"):
        generator.fit(TEXTS, LABELS)
    assert len(generator.history_) == 2
    assert_allclose(generator.predict_proba("a", "low").sum(), 1.0)
    assert 0 <= generator.model_.share <= 1
