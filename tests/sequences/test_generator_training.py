import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from sequences.token_cases import FORMS, TOKENS, network_of, sequences

from forecast.recurrent.dropout import Draws
from forecast.recurrent.schedule import Schedule
from forecast.sequences.generator_training import NextToken, material, train_tokens
from forecast.sequences.held_out import Pieces


def losses(network, weights, cut, batch, state):
    """Return the losses of a batch of samples and the states after it."""
    objective = NextToken(network, cut.length, cut.carried, 0.0, np.zeros(TOKENS, np.float32))
    tensors = {name: tf.constant(values) for name, values in weights.items()}
    parts = [tf.constant(part[batch]) for part in cut.parts]
    draws = Draws(tf.constant([0, 0], tf.uint32), tf.constant(0), 0)
    answer, after = objective.losses(tensors, parts, state, draws)
    return answer.numpy(), after


@pytest.mark.parametrize("form", FORMS)
def test_the_loss_of_a_short_sequence_is_its_mean_log_probability(form):
    network, weights = network_of(*form)
    codes, lengths, condition = sequences(network.features)
    cut = material(codes, lengths, condition, timesteps=8, batch_size=5)
    assert not cut.carried
    log_p = network.log_probabilities(weights, codes, lengths, condition)
    sums = np.add.reduceat(log_p, np.cumsum(lengths) - lengths)
    answer, _ = losses(network, weights, cut, slice(None), ())
    assert_allclose(answer, -sums / (lengths - 1), rtol=2e-5)
    assert_array_equal(cut.weights, lengths - 1)


@pytest.mark.parametrize("form", FORMS)
def test_a_stream_goes_on_where_the_batch_before_has_ended(form):
    network, weights = network_of(*form)
    codes, lengths, condition = sequences(network.features, [40])
    cut = material(codes, lengths, condition, timesteps=7, batch_size=1)
    assert cut.carried
    objective = NextToken(network, 7, True, 0.0, np.zeros(TOKENS, np.float32))
    state, total = objective.state(1), 0.0
    for batch in range(len(cut.weights)):
        answer, state = losses(network, weights, cut, slice(batch, batch + 1), state)
        total += answer[0] * cut.weights[batch]
    log_p = network.log_probabilities(weights, codes, lengths, condition)
    assert_allclose(total, -log_p.sum(), rtol=2e-5)


def test_streams_hold_every_token_that_is_to_be_told_once():
    codes, lengths, condition = sequences(0, [300, 50, 7, 200, 90, 400])
    cut = material(codes, lengths, condition, timesteps=9, batch_size=4)
    following = cut.parts[0][:][:, 1:, 0]
    told = following[(following != 0) & (following != 2)]
    assert_array_equal(np.sort(told), np.sort(codes[codes != 2]))
    assert cut.weights.sum() == len(told)
    # Sample k · streams + s is the k-th piece of stream s.
    pieces = following.reshape(-1, cut.batch_size, 9).transpose(1, 0, 2).ravel()
    assert_array_equal(pieces[: len(codes) - 1], codes[1:])


def test_streams_carry_the_condition_of_each_place():
    codes, lengths, condition = sequences(2, [30, 20])
    cut = material(codes, lengths, condition, timesteps=9, batch_size=2)
    places = cut.parts[1].starts[:, None] + np.arange(9)
    expected = np.repeat(condition, lengths, axis=0)[places.clip(max=49)]
    expected[places > 49] = 0
    assert_allclose(cut.parts[1][:], expected, rtol=1e-6)


def test_training_learns_what_follows():
    codes = np.tile([2, 4, 5, 6, 3], 40).astype(np.int32)
    lengths = np.full(40, 5)
    learned = Pieces(codes, lengths, np.arange(40), np.tile([False, True, True, True, True], 40))
    network, _ = network_of("gru", 1, 0, 0)
    schedule = Schedule(epochs=30, batch_size=8, learning_rate=0.03, patience=None)
    weights, history = train_tokens(network, learned, np.zeros((40, 0)), schedule, 0, 8, 0.0)
    assert history[-1]["loss"] < 0.1 < history[0]["loss"]
    log_p = network.log_probabilities(weights, codes[:5], lengths[:1], np.zeros((1, 0)))
    assert (log_p > -0.2).all()
