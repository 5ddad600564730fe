"""Recurrent layers with gradients by hand: those of Keras, and of automatic differentiation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from recurrent.cases import CELLS

from forecast.recurrent.backend import keras, tf
from forecast.recurrent.cells import layer
from forecast.recurrent.layers import run_layer, scan

BLOCKS = {"lstm": 4, "gru": 3, "simple": 1}
KERAS = {
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "simple": keras.layers.SimpleRNN,
}
SHORT, LONG = 5, 11  # laid out flat, and as a loop


def drawn(cell, steps, samples=3, inputs=4, units=5):
    """Return inputs, time first, and the weights of a layer."""
    rng = np.random.default_rng(0)
    columns = BLOCKS[cell] * units
    shapes = [(steps, samples, inputs), (inputs, columns), (units, columns)]
    bias = (2, columns) if cell == "gru" else (columns,)
    return [rng.normal(0, 0.5, shape).astype(np.float32) for shape in [*shapes, bias]]


def gradients_of(function, *values):
    """Differentiate half the sum of squares of a hidden sequence by everything that enters it."""
    tensors = [tf.constant(value) for value in values]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        hidden = function(*tensors)
        weights = tf.reshape(tf.range(tf.size(hidden), dtype=tf.float32), hidden.shape) / 50
        loss = tf.reduce_sum(weights * hidden**2)
    return np.asarray(hidden), [np.asarray(each) for each in tape.gradient(loss, tensors)]


@pytest.mark.parametrize("steps", [SHORT, LONG])
@pytest.mark.parametrize("cell", CELLS)
def test_values_and_gradients_are_those_of_keras(cell, steps):
    x, W, U, b = drawn(cell, steps)

    def of_keras(x, W, U, b):
        options = {} if cell == "simple" else {"use_cudnn": False}
        keras_layer = KERAS[cell](U.shape[0], return_sequences=True, **options)
        keras_layer.build((None, steps, x.shape[2]))
        with keras.StatelessScope(
            list(zip(keras_layer.trainable_variables, (W, U, b), strict=True))
        ):
            hidden = keras_layer(tf.transpose(x, (1, 0, 2)))
        return tf.transpose(hidden, (1, 0, 2))

    hidden, slopes = gradients_of(lambda *values: run_layer(cell, *values)[0], x, W, U, b)
    expected, expected_slopes = gradients_of(of_keras, x, W, U, b)
    assert_allclose(hidden, expected, atol=1e-6)
    for slope, other in zip(slopes, expected_slopes, strict=True):
        assert_allclose(slope, other, atol=1e-5)


@pytest.mark.parametrize("steps", [SHORT, LONG])
@pytest.mark.parametrize("cell", CELLS)
def test_what_has_ended_counts_no_more(cell, steps):
    x, W, U, b = drawn(cell, steps)
    lengths = np.array([steps, 2, 3])
    live = (np.arange(steps)[:, None] < lengths).astype(np.float32)[:, :, None]

    def last(x, W, U, b):
        return run_layer(cell, x, W, U, b, live)[1][0][None]

    hidden, slopes = gradients_of(last, x, W, U, b)

    def last_of_each(x, W, U, b):
        ends = []
        for number, length in enumerate(lengths):
            states, _ = run_layer(cell, x[:length, number : number + 1], W, U, b)
            ends.append(states[-1])
        return tf.concat(ends, axis=0)[None]

    expected, expected_slopes = gradients_of(last_of_each, x, W, U, b)
    assert_allclose(hidden, expected, atol=1e-6)
    for slope, other in zip(slopes, expected_slopes, strict=True):
        assert_allclose(slope, other, atol=1e-5)
    assert (slopes[0][2:, 1] == 0).all()


@pytest.mark.parametrize("cell", CELLS)
def test_first_states_continue_a_sequence(cell):
    x, W, U, b = drawn(cell, LONG)

    def in_two(x, W, U, b):
        early, states = run_layer(cell, x[:4], W, U, b)
        late, _ = run_layer(cell, x[4:], W, U, b, first=states)
        return tf.concat([early, late], axis=0)

    hidden, slopes = gradients_of(in_two, x, W, U, b)
    expected, expected_slopes = gradients_of(lambda *v: run_layer(cell, *v)[0], x, W, U, b)
    assert_allclose(hidden, expected, atol=1e-6)
    for slope, other in zip(slopes, expected_slopes, strict=True):
        assert_allclose(slope, other, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_the_equations_in_numpy_are_the_same(cell):
    x, W, U, b = drawn(cell, LONG)
    hidden = layer(cell, x.transpose(1, 0, 2), W, U, b)["hidden"]
    assert_allclose(run_layer(cell, x, W, U, b)[0], hidden.transpose(1, 0, 2), atol=1e-5)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("steps", [3, 12])
def test_a_scan_hands_on_its_states(steps, backwards):
    x = np.arange(steps, dtype=np.float32).reshape(steps, 1, 1)

    def step(states, value):
        total = states[0] + value
        return (total,), (total,)

    states, (outputs,) = scan(step, (tf.zeros((1, 1)),), [tf.constant(x)], [1], backwards)
    numbers = x[::-1] if backwards else x
    sums = np.cumsum(numbers)
    assert float(states[0][0, 0]) == sums[-1]
    assert_allclose(np.ravel(outputs), sums[::-1] if backwards else sums)
