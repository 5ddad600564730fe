import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax
from sequences.token_cases import FORMS, TOKENS, network_of, sequences


@pytest.mark.parametrize(("cell", "layers"), [("lstm", 1), ("gru", 2), ("simple", 1)])
@pytest.mark.parametrize("embedding", [0, 4])
def test_probabilities_are_those_of_keras(cell, layers, embedding):
    network, weights = network_of(cell, layers, embedding, 0)
    codes, lengths, condition = sequences(0, [8])
    kinds = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "simple": keras.layers.SimpleRNN}
    inputs = keras.Input((None, embedding or TOKENS))
    hidden = inputs
    for number in range(layers):
        layer = kinds[cell](5, return_sequences=True)
        hidden = layer(hidden)
        names = ("kernel", "recurrent_kernel", "bias")
        layer.set_weights([weights[f"{cell}_{number}_{name}"] for name in names])
    read = weights["vectors"][codes] if embedding else np.eye(TOKENS)[codes]
    states = np.array(keras.Model(inputs, hidden)(read[None]))[0]

    logits = states @ weights["head_kernel"]
    if embedding:
        logits = logits @ weights["vectors"].T
    logits = logits + weights["head_bias"]
    logits[:, [0, 2]] = -np.inf
    expected = log_softmax(logits, axis=1)[np.arange(7), codes[1:]]
    answer = network.log_probabilities(weights, codes, lengths, condition)
    assert_allclose(answer, [0.0, *expected], rtol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_whole_sequences_are_read_as_token_by_token(form):
    network, weights = network_of(*form)
    weights = {name: values.astype(np.float64) for name, values in weights.items()}
    codes, lengths, condition = sequences(network.features)
    told = network.log_probabilities(weights, codes, lengths, condition)
    last = network.read(weights, codes, lengths, condition)
    starts = np.cumsum(lengths) - lengths
    for row, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        states = network.start(1, np.float64)
        own = condition[row : row + 1]
        for place in range(start, start + length):
            expected = network.log_p(weights, states)[0, codes[place]] if place > start else 0.0
            assert_allclose(told[place], expected, rtol=1e-12)
            states = network.advance(weights, states, codes[[place]], own)
        for whole, alone in zip(last, states, strict=True):
            assert_allclose(whole[row], alone[0], rtol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_what_never_follows_has_no_probability(form):
    network, weights = network_of(*form)
    codes, lengths, condition = sequences(network.features)
    p = np.exp(network.log_p(weights, network.read(weights, codes, lengths, condition)))
    assert_array_equal(p[:, [0, 2]], 0)
    assert_allclose(p.sum(axis=1), 1, rtol=1e-5)


def test_the_condition_is_read():
    network, weights = network_of("lstm", 1, 0, 2)
    codes, lengths, condition = sequences(2)
    one = network.log_probabilities(weights, codes, lengths, condition)
    other = network.log_probabilities(weights, codes, lengths, condition + 1)
    assert (np.abs(one - other)[one != 0] > 1e-4).all()


def test_first_weights_follow_from_the_seed_and_vectors_are_not_alike():
    network, _ = network_of("gru", 2, 4, 2)
    one, other = (network.initial_weights(np.random.default_rng(3)) for _ in range(2))
    assert list(one) == list(network.shapes)
    for name, shape in network.shapes.items():
        assert one[name].shape == shape
        assert_array_equal(one[name], other[name])
    assert np.unique(one["vectors"]).size == TOKENS * 4
