"""The equations in NumPy, against the textbook's, one number after the other."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recurrent.cases import CELLS, SMALL, random_inputs, random_weights

from forecast.recurrent.architecture import Architecture, initial_weights
from forecast.recurrent.cells import GATES_AND_STATES, encode, forward, layer


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def by_hand(cell, sequence, w, u, b):
    """Run two equal units whose weights are all w (input), u (recurrent) and b (bias)."""
    h = c = 0.0
    states = []
    for x in sequence:
        z = w * x + u * 2 * h + b
        if cell == "simple":
            h = math.tanh(z)
        elif cell == "lstm":
            c = sigmoid(z) * c + sigmoid(z) * math.tanh(z)
            h = sigmoid(z) * math.tanh(c)
        else:
            into, back = w * x + b, u * 2 * h + b
            gate = sigmoid(into + back)
            h = gate * h + (1 - gate) * math.tanh(into + gate * back)
        states.append(h)
    return states


@pytest.mark.parametrize("cell", CELLS)
def test_constant_weights_give_the_numbers_of_the_textbook(cell):
    columns = {"lstm": 4, "gru": 3, "simple": 1}[cell] * 2
    W, U = np.full((1, columns), 0.7), np.full((2, columns), 0.3)
    b = np.full((2, columns) if cell == "gru" else columns, 0.2)
    sequence = [0.5, -1.2, 2.0]
    windows = np.array(sequence)[None, :, None]
    states = layer(cell, windows, W, U, b)["hidden"]
    expected = by_hand(cell, sequence, 0.7, 0.3, 0.2)
    assert_allclose(states, np.repeat(np.array(expected)[None, :, None], 2, axis=2), rtol=1e-12)

    weights = {f"{cell}_0_kernel": W, f"{cell}_0_recurrent_kernel": U, f"{cell}_0_bias": b}
    weights["head_kernel"] = np.array([[1.5, -1.0], [0.5, 2.0]])
    weights["head_bias"] = np.array([0.1, 0.3])
    answer = forward(Architecture(cell, 2, 1, 3, 1, 2), [weights], windows)
    assert_allclose(answer[:, :, 0], [[2.0 * expected[-1] + 0.1, expected[-1] + 0.3]], rtol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_the_blocks_of_a_kernel_are_the_gates_in_their_order(cell):
    names = GATES_AND_STATES[cell]
    blocks = {"lstm": 4, "gru": 3, "simple": 1}[cell]
    x = np.ones((1, 1, 1))
    for block in range(blocks):
        W = np.zeros((1, blocks))
        W[0, block] = 0.5
        bias = np.zeros((2, blocks) if cell == "gru" else blocks)
        trace = layer(cell, x, W, np.zeros((1, blocks)), bias, names)
        squash = math.tanh if names[block] in ("candidate", "hidden") else sigmoid
        assert trace[names[block]].item() == pytest.approx(squash(0.5))


def test_a_layer_reads_backwards_what_the_next_gets_in_the_order_of_time():
    architecture = replace(SMALL, layers=2, bidirectional=True)
    rng = np.random.default_rng(0)
    weights = random_weights(architecture, rng)
    windows = random_inputs(architecture, rng).windows
    (forwards, backwards), _ = encode(architecture, weights, windows)
    names = [f"lstm_0_backward_{name}" for name in ("kernel", "recurrent_kernel", "bias")]
    mirrored = windows.reshape(4, 3, 4)[:, ::-1]
    alone = layer("lstm", mirrored, *(weights[name] for name in names))
    assert_allclose(backwards["hidden"], alone["hidden"])

    stacked = np.concatenate([forwards["hidden"], backwards["hidden"][:, ::-1]], axis=2)
    names = [f"lstm_1_{name}" for name in ("kernel", "recurrent_kernel", "bias")]
    above = layer("lstm", stacked, *(weights[name] for name in names))
    assert_allclose(encode(architecture, weights, windows)[1][0]["hidden"], above["hidden"])


def test_members_are_averaged():
    rng = np.random.default_rng(3)
    architecture = replace(SMALL, cell="gru", anchor=(1,), members=2)
    members = [random_weights(architecture, rng) for _ in range(2)]
    windows = random_inputs(architecture, rng).windows
    single = [forward(architecture, [member], windows) for member in members]
    assert_allclose(forward(architecture, members, windows), (single[0] + single[1]) / 2)


def test_anchored_networks_move_with_their_window():
    rng = np.random.default_rng(0)
    architecture = replace(SMALL, anchor=(1,))
    weights = [initial_weights(architecture, rng)]
    windows = random_inputs(architecture, rng).windows
    moved = forward(architecture, weights, windows + np.array([10.0, -3.0]))
    assert_allclose(moved, forward(architecture, weights, windows) + 10.0)


def test_each_series_has_its_own_vector():
    rng = np.random.default_rng(0)
    architecture = replace(SMALL, series=3, embedding=2)
    weights = random_weights(architecture, rng)
    windows = np.repeat(random_inputs(architecture, rng, samples=1).windows, 3, axis=0)
    answer = forward(architecture, [weights], windows, series=np.array([0, 1, 1]))
    assert_array_equal(answer[1], answer[2])
    assert (answer[0] != answer[1]).all()
