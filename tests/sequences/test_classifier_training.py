"""Training of the network over sequences: the twin of the one in NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax
from sequences.networks import LENGTHS, drawn, network, numbers, tokens

from forecast.recurrent.backend import tf
from forecast.recurrent.dropout import Draws
from forecast.recurrent.schedule import Schedule
from forecast.sequences.classifier_training import (
    ClassifierNetwork,
    LabelledSamples,
    train_network,
)

KEEP_ALL = Draws(tf.constant([0, 0], tf.uint32), tf.constant(0), 0)
SCHEDULE = Schedule(epochs=3, batch_size=2, learning_rate=0.01, patience=None)


def tensors(form, weights):
    """Return the logits of both twins for sequences of unequal length."""
    inputs, sequences = tokens() if form.tokens else numbers()
    values, lengths = form.read(inputs, sequences, np.float32)
    parts = tf.constant(values), tf.constant(lengths, tf.int32)
    trained = ClassifierNetwork(form, 0.0).logits(weights, *parts, None)
    return np.asarray(trained), form.logits(weights, values, lengths)


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple"])
@pytest.mark.parametrize("pooling", ["last", "mean", "max", None])
def test_logits_are_those_of_the_twin(cell, pooling):
    form = network(cell=cell, pooling=pooling)
    one, other = tensors(form, drawn(form)[0])
    live = np.arange(9) < np.array(LENGTHS)[:, None] if pooling is None else np.s_[:]
    assert_allclose(one[live], other[live], atol=1e-5)


def test_logits_of_tokens_are_those_of_the_twin():
    form = network(tokens=True, channels=5, bidirectional=False)
    one, other = tensors(form, drawn(form)[0])
    assert_allclose(one, other, atol=1e-5)


def test_the_loss_is_the_cross_entropy_by_the_shares_of_timesteps():
    form = network(pooling=None)
    weights = drawn(form)[0]
    inputs, sequences = numbers()
    values, lengths = form.read(inputs, sequences, np.float32)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, (4, 9)).astype(np.int32)
    shares = rng.uniform(size=(4, 9)) * sequences.live()
    parts = values, lengths[:, None, None].astype(np.int32), labels[..., None], shares[..., None]
    tensors = [tf.constant(np.float32(part) if part.dtype == float else part) for part in parts]
    losses, _ = ClassifierNetwork(form, 0.0).losses(weights, tensors, (), KEEP_ALL)
    logs = log_softmax(form.logits(weights, values, lengths), axis=2)
    entropy = -np.take_along_axis(logs, labels[:, :, None].astype(int), axis=2)[:, :, 0]
    assert_allclose(losses, (shares * entropy).sum(axis=1), rtol=1e-4)


def test_tokens_that_never_came_have_no_say_in_the_beginning():
    form = network(tokens=True, channels=5)
    weights = ClassifierNetwork(form, 0.0).initial_weights(np.random.default_rng(0))
    for direction in ("", "_backward"):
        kernel = weights[f"lstm_0{direction}_kernel"]
        assert not kernel[:2].any()
        assert kernel[2:].all()


@pytest.mark.parametrize("of_tokens", [False, True])
def test_some_places_teach_and_others_do_not(of_tokens):
    channels = 5 if of_tokens else 4
    sizes = {"layers": 1, "members": 1, "bidirectional": False}
    form = network("simple", tokens=of_tokens, channels=channels, **sizes)
    inputs, sequences = tokens() if of_tokens else numbers()
    values, lengths = form.read(inputs, sequences, np.float32)
    labels = np.array([[0], [1], [2], [0]])

    def learned(labels):
        samples = LabelledSamples(values, lengths, labels, np.ones((4, 1)))
        return train_network(form, samples, 0.3, SCHEDULE, 0, places=np.arange(3))

    members, history, complete = learned(labels)
    again, _, _ = learned(np.array([[0], [1], [2], [1]]))
    assert complete
    assert len(history) == 3
    for name, values_of in members[0].items():
        assert_array_equal(again[0][name], values_of)
    assert members[0]["head_bias"].all()
