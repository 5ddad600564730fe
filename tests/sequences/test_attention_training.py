"""The gradient by hand beside that of automatic differentiation."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from forecast.recurrent.layers import equations_of
from forecast.sequences.attention_training import Kernels, run_attending

UNITS, WIDTH, SAMPLES, PLACES = 3, 4, 2, 5
BLOCKS = {"lstm": 4, "gru": 3, "simple": 1}


def drawn(cell, steps):
    """Return inputs, keys, values, kernels and first states, one after the other."""
    rng = np.random.default_rng(0)
    columns = BLOCKS[cell] * UNITS
    shapes = [(steps, SAMPLES, columns), (SAMPLES, PLACES, UNITS), (SAMPLES, PLACES, WIDTH)]
    shapes += [(UNITS, columns), (columns,), (WIDTH, columns), (UNITS, UNITS), (UNITS,)]
    shapes += [(SAMPLES, UNITS)] * (2 if cell == "lstm" else 1)
    return [tf.constant(rng.normal(0, 0.7, shape), tf.float32) for shape in shapes]


LIVE = tf.constant([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], tf.float32)


def by_hand(cell, projected, keys, values, *rest):
    return run_attending(cell, projected, Kernels(*rest[:5]), keys, values, LIVE, rest[5:])


def by_loop(cell, projected, keys, values, *rest):
    """Run the layer as its equations stand."""
    kernels, states = Kernels(*rest[:5]), rest[5:]
    hidden, contexts = [], []
    for t in range(projected.shape[0]):
        squashed = tf.tanh(keys + tf.expand_dims(states[0] @ kernels.query, 1))
        scores = tf.einsum("nsu,u->ns", squashed, kernels.vector)
        raised = LIVE * tf.exp(scores)
        attention = raised / tf.reduce_sum(raised, axis=1, keepdims=True)
        context = tf.einsum("ns,nsw->nw", attention, values)
        read = projected[t] + context @ kernels.context
        recurrent = states[0] @ kernels.recurrent + kernels.hidden_bias
        states, _ = equations_of(cell).forth(read, recurrent, states)
        hidden.append(states[0])
        contexts.append(context)
    return tf.stack(hidden), tf.stack(contexts)


def answers_and_gradients(run, cell, tensors):
    """Return what a layer answers, and the gradients of a sum of it by all that goes in."""
    rng = np.random.default_rng(1)
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        answers = run(cell, *tensors)
        loss = 0.0
        for answer in answers:
            loss += tf.reduce_sum(answer * tf.constant(rng.normal(size=answer.shape), tf.float32))
    return [*answers, *tape.gradient(loss, tensors)]


# Up to 8 timesteps the loop is laid out flat.
@pytest.mark.parametrize(("cell", "steps"), [("lstm", 10), ("lstm", 3), ("gru", 10), ("simple", 4)])
def test_the_gradient_is_that_of_automatic_differentiation(cell, steps):
    tensors = drawn(cell, steps)
    found = answers_and_gradients(by_hand, cell, tensors)
    expected = answers_and_gradients(by_loop, cell, tensors)
    for one, other in zip(found, expected, strict=True):
        assert_allclose(one, other, rtol=2e-4, atol=2e-5)
