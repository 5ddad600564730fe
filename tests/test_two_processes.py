"""The same seed learns the same in two processes, to the last bit: each estimator with a network.

All of them learn in one further process, which imports TensorFlow once.
"""

import hashlib
import inspect
import subprocess
import sys

import numpy as np
import pytest

from forecast import LSTMClassifier, LSTMForecaster, SequenceGenerator, SequenceToSequence
from forecast.recurrent import training

pytestmark = pytest.mark.slow


def forecaster():
    """Return what a forecaster of a noisy wave has learned, and what it answers."""
    rng = np.random.default_rng(0)
    y = np.sin(np.arange(300) / 3) + rng.normal(size=300) / 9
    model = LSTMForecaster(24, 6, patch=12, units=8, epochs=2, random_state=3).fit(y)
    weights = [values for member in model.weights_ for values in member.values()]
    return [*weights, model.predict(9), model.errors_]


def compiled():
    """Return the same of a network whose epochs are compiled as a whole."""
    kept, training._COMPILED_FROM = training._COMPILED_FROM, 0
    try:
        return forecaster()
    finally:
        training._COMPILED_FROM = kept


def classifier():
    """Return what the closed form and the network of a classifier say, one after the other."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 6, 2)), np.arange(30) % 3
    model = LSTMClassifier(epochs=1, units=4, cell="simple", random_state=3).fit(X, y)
    answers = []
    for share in (0.0, 1.0):
        model.share_ = share
        answers.append(model.predict_proba(X))
    return answers


def generator():
    """Return what a generator of words with dropout says of the next word."""
    texts = ["the cat slept", "the dog slept", "a cat ate"] * 10
    sizes = {"units": 8, "embedding": 4, "epochs": 2, "dropout": 0.2}
    model = SequenceGenerator("words", random_state=3, **sizes).fit(texts)
    return [model.predict_proba(["", "the", "a cat"])]


def translator():
    """Return the attention of a network that turns texts round."""
    words = ["ab", "abc", "ba", "cab"] * 5
    model = SequenceToSequence(units=4, epochs=1, random_state=3).fit(
        words, [w[::-1] for w in words]
    )
    return [model.attention(words[:3])["weight"].to_numpy()]


ESTIMATORS = (forecaster, compiled, classifier, generator, translator)
LEARNED = {each.__name__: each for each in ESTIMATORS}


def digests():
    """Return a digest of the bits of what each of them has learned."""
    found = {}
    for name, learned in LEARNED.items():
        data = b"".join(np.ascontiguousarray(values).tobytes() for values in learned())
        found[name] = hashlib.sha256(data).hexdigest()
    return found


@pytest.fixture(scope="module")
def elsewhere():
    """Return the digests of another process, which says nothing but these."""
    command = [sys.executable, inspect.getsourcefile(digests)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return dict(line.split() for line in done.stdout.splitlines())


@pytest.fixture(scope="module")
def here():
    return digests()


@pytest.mark.parametrize("name", LEARNED)
def test_two_processes_learn_the_same_to_the_last_bit(name, here, elsewhere):
    assert here[name] == elsewhere[name]


if __name__ == "__main__":
    for name, digest in digests().items():
        sys.stdout.write(f"{name} {digest}\n")
