"""Back-propagation through time by hand, against central differences and TensorFlow."""

from dataclasses import replace

import naive
import numpy as np
import pytest
from numpy.testing import assert_allclose
from recurrent.cases import CELLS, SMALL, VARIATIONS, random_inputs, random_weights

from forecast.recurrent.architecture import layer_weights
from forecast.recurrent.cells import (
    GATES_AND_STATES,
    forward,
    gru_step,
    layer,
    lstm_step,
    simple_step,
)
from forecast.recurrent.gradients import backward, cross_entropy, gradients, squared_error


def case(architecture, seed=0):
    """Return weights, inputs and actual values of four samples, in double precision."""
    rng = np.random.default_rng(seed)
    weights = random_weights(architecture, rng, float)
    inputs = random_inputs(architecture, rng)
    return weights, inputs, rng.normal(size=(4, architecture.outputs))


@pytest.mark.parametrize("cell", CELLS)
def test_a_layer_is_differentiated_as_central_differences_do(cell):
    rng = np.random.default_rng(1)
    shapes = {"lstm": (12, (12,)), "gru": (9, (2, 9)), "simple": (3, (3,))}[cell]
    x, W, U = (
        rng.normal(size=(2, 5, 4)),
        rng.normal(size=(4, shapes[0])),
        rng.normal(size=(3, shapes[0])),
    )
    b, above = rng.normal(size=shapes[1]), rng.normal(size=(2, 5, 3))
    flow = backward(cell, x, W, U, b, above)

    def loss(values):
        return (layer(cell, *values)["hidden"] * above).sum()

    found = [flow.x, flow.W.sum(axis=0), flow.U.sum(axis=0), flow.b.sum(axis=0)]
    for hand, slope in zip(found, naive.slopes(loss, [x, W, U, b]), strict=True):
        assert_allclose(hand, slope, atol=1e-8)


@pytest.mark.parametrize("cell", CELLS)
def test_each_timestep_contributes_what_its_own_weights_would(cell):
    architecture = replace(SMALL, cell=cell)
    weights, (windows, _, _), actual = case(architecture)
    flow = gradients(architecture, weights, windows, actual)[2][0][0]
    x = windows.reshape(4, 3, 4)
    W, U, b = layer_weights(architecture, weights, 0)

    def loss(values):  # the timesteps run one by one, each with weights of its own
        inside = h = c = None
        for t, kernel in enumerate(values):
            inside = _one_step(cell, x[:, t], h, c, kernel, U, b)
            h, c = inside["hidden"], inside.get("cell")
        return squared_error(architecture.head.forward(weights, h, None), actual)[0]

    for t, slope in enumerate(naive.slopes(loss, [W.copy() for _ in range(3)])):
        assert_allclose(flow.W[t], slope, atol=1e-7)


def _one_step(cell, x, h, c, W, U, b):
    """Return what one timestep makes of the states before it."""
    h = np.zeros((len(x), len(U))) if h is None else h
    c = np.zeros_like(h) if c is None else c
    if cell == "gru":
        values = gru_step(x @ W + b[0], h, U, b[1])
    else:
        values = lstm_step(x @ W + b, h, c, U) if cell == "lstm" else simple_step(x @ W + b, h, U)
    return dict(zip(GATES_AND_STATES[cell], values, strict=True))


@pytest.mark.parametrize("change", VARIATIONS.values(), ids=VARIATIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_network_is_differentiated_as_central_differences_do(cell, change):
    architecture = replace(SMALL, cell=cell, **change)
    weights, inputs, actual = case(architecture)

    def loss(values):
        named = dict(zip(weights, values, strict=True))
        return squared_error(forward(architecture, [named], *inputs), actual)[0]

    windows, ahead, series = inputs
    value, by_weights, flows = gradients(architecture, weights, windows, actual, ahead, series)
    assert value == pytest.approx(loss(weights.values()))
    assert len(flows) == architecture.layers
    assert list(by_weights) == list(architecture.shapes)
    slopes = naive.slopes(loss, list(weights.values()))
    for name, slope in zip(weights, slopes, strict=True):
        assert_allclose(by_weights[name], slope, atol=1e-6, err_msg=name)


def test_softmax_cross_entropy_is_differentiated_as_central_differences_do():
    weights, (windows, _, _), _ = case(SMALL)
    labels = np.array([0, 2, 1, 2])

    def loss(values):
        named = dict(zip(weights, values, strict=True))
        scores = np.exp(forward(SMALL, [named], windows)[:, :, 0])
        return -np.log((scores / scores.sum(axis=1, keepdims=True))[np.arange(4), labels]).sum()

    value, by_weights, _ = gradients(SMALL, weights, windows, labels, loss=cross_entropy)
    assert value == pytest.approx(loss(weights.values()))
    slopes = naive.slopes(loss, list(weights.values()))
    for name, slope in zip(weights, slopes, strict=True):
        assert_allclose(by_weights[name], slope, atol=1e-6, err_msg=name)


def test_a_network_is_differentiated_as_tensorflow_does():
    from forecast.recurrent.backend import tf
    from forecast.recurrent.network import answers, naive_forecasts

    everything = VARIATIONS["bidirectional"] | VARIATIONS["known ahead"]
    everything |= VARIATIONS["quantiles"] | {"series": 2, "embedding": 3}
    architecture = replace(SMALL, **everything)
    weights, inputs, actual = case(architecture)
    variables = {name: tf.constant(values, tf.float32) for name, values in weights.items()}
    windows, ahead, series = inputs
    with tf.GradientTape() as tape:
        tape.watch(variables)
        x = tf.constant(windows, tf.float32)
        answer = answers(architecture, variables, x, tf.constant(ahead, tf.float32), series)
        expected = actual.astype(np.float32)[:, :, None] - naive_forecasts(architecture, x)
        loss = 0.5 * tf.reduce_sum(tf.square(answer - expected))
    value, by_weights, _ = gradients(architecture, weights, windows, actual, ahead, series)
    assert value == pytest.approx(float(loss), rel=1e-5)
    for name, taped in tape.gradient(loss, variables).items():
        found = tf.convert_to_tensor(taped).numpy()
        assert_allclose(by_weights[name], found, atol=1e-3, rtol=1e-4, err_msg=name)
