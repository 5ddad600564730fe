"""The architecture: names and shapes of weights, and how they begin."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recurrent.cases import CELLS, NETWORK, SMALL

from forecast.recurrent.architecture import Architecture, initial_weights, layer_weights
from forecast.recurrent.heads import LinearHead, QuantileHead


def test_architectures_are_values():
    copy = replace(NETWORK)
    assert copy == NETWORK
    assert hash(copy) == hash(NETWORK)
    assert replace(NETWORK, units=4) != NETWORK


def test_weights_are_named_layer_after_layer_then_the_head_then_the_series():
    architecture = replace(
        SMALL, layers=2, bidirectional=True, calendar_columns=1, series=5, embedding=3
    )
    assert architecture.shapes == {
        "lstm_0_kernel": (4, 8),
        "lstm_0_recurrent_kernel": (2, 8),
        "lstm_0_bias": (8,),
        "lstm_0_backward_kernel": (4, 8),
        "lstm_0_backward_recurrent_kernel": (2, 8),
        "lstm_0_backward_bias": (8,),
        "lstm_1_kernel": (4, 8),
        "lstm_1_recurrent_kernel": (2, 8),
        "lstm_1_bias": (8,),
        "lstm_1_backward_kernel": (4, 8),
        "lstm_1_backward_recurrent_kernel": (2, 8),
        "lstm_1_backward_bias": (8,),
        "head_kernel": (7, 3),
        "head_bias": (3,),
        "head_state_kernel": (7, 2),
        "head_known_kernel": (1, 2),
        "head_hidden_bias": (2,),
        "head_hidden_kernel": (2, 1),
        "series_vectors": (5, 3),
    }
    assert list(architecture.shapes)[-7:-5] == ["head_kernel", "head_bias"]


def test_a_gru_has_two_biases():
    assert replace(SMALL, cell="gru").shapes["gru_0_bias"] == (2, 6)


def test_quantiles_ask_for_a_head_of_their_own():
    assert type(NETWORK.head) is LinearHead
    head = replace(NETWORK, quantiles=(0.1, 0.5, 0.9)).head
    assert type(head) is QuantileHead
    assert head.shapes["head_kernel"] == (3, 6)


def test_known_channels_are_read_with_their_distance_from_the_window():
    architecture = replace(SMALL, known_channels=(1,), calendar_columns=2)
    assert architecture.columns_ahead == 3
    assert architecture.shapes["head_known_kernel"] == (4, 2)


@pytest.mark.parametrize("cell", CELLS)
def test_initial_weights_have_their_shapes_and_properties(cell):
    architecture = Architecture(cell, 8, 2, 6, 3, 4, 2, known_channels=(1,))
    weights = initial_weights(architecture, np.random.default_rng(0))
    assert {name: values.shape for name, values in weights.items()} == architecture.shapes
    assert {values.dtype for values in weights.values()} == {np.dtype(np.float32)}
    for layer in range(2):
        _, recurrent_kernel, bias = layer_weights(architecture, weights, layer)
        for block in np.split(recurrent_kernel, recurrent_kernel.shape[1] // 8, axis=1):
            assert_allclose(block @ block.T, np.eye(8), atol=1e-5)
        # The forget gates of an LSTM begin open.
        open_gates = np.repeat([0, 1, 0, 0], 8) if cell == "lstm" else np.zeros_like(bias)
        assert_array_equal(bias, open_gates)
    assert np.abs(weights["head_kernel"]).max() <= np.sqrt(6 / (8 + 4))
    assert_array_equal(weights["head_bias"], 0)


def test_initial_weights_are_drawn_in_the_order_of_their_names():
    architecture = replace(SMALL, cell="simple")
    weights = initial_weights(architecture, np.random.default_rng(4))
    rng = np.random.default_rng(4)
    assert_allclose(weights["simple_0_kernel"], rng.uniform(-1, 1, (4, 2)), rtol=1e-6)
    rng.standard_normal((2, 2))
    bound = np.sqrt(6 / 5)
    assert_allclose(weights["head_kernel"], rng.uniform(-bound, bound, (2, 3)), rtol=1e-6)


def test_all_series_begin_alike():
    architecture = replace(SMALL, series=4, embedding=2)
    weights = initial_weights(architecture, np.random.default_rng(0))
    assert_array_equal(weights["series_vectors"], np.zeros((4, 2)))
