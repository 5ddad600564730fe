"""The network in TensorFlow says what it says in NumPy, and learns."""

import numpy as np
import pytest
from naive import pinball
from numpy.testing import assert_allclose, assert_array_equal

from forecast import simulate_series
from forecast.pretrained.inputs import network_inputs
from forecast.pretrained.learning import Learner, initial_weights
from forecast.pretrained.learning_batch import FAR, learning_batch
from forecast.pretrained.network import SHAPES, network_answers, shipped_weights
from forecast.recurrent.quantiles import LEARNED_LEVELS

STEPS = np.arange(0, 20, 4)


@pytest.fixture(scope="module")
def drawn():
    y = simulate_series(80, 90, 12, random_state=5)
    y = y[~np.isnan(y).any(axis=1)]
    y = y[np.ptp(y[:, :70], axis=1) > 0]
    return network_inputs(y[:, :70], (12, 12), 20), y[:, 70:]


@pytest.fixture(scope="module")
def learner():
    return Learner({name: value.astype(np.float32) for name, value in shipped_weights().items()})


def test_the_loss_is_that_of_the_answers_in_numpy(drawn, learner):
    inputs, future = drawn
    batch = learning_batch(inputs, future, np.zeros(len(future), dtype=bool), STEPS)
    answers = network_answers(shipped_weights(), inputs)[:, STEPS]
    relative = (answers - inputs.level[:, None, None]) / inputs.scale[:, None, None]
    centre, unit = batch["centre"][..., None], batch["unit"][..., None]
    bent = FAR * np.arcsinh((relative - centre) / unit)
    losses = pinball(batch["target"], bent, LEARNED_LEVELS)
    assert_allclose(learner.loss(batch), losses, rtol=1e-4)


def test_steps_follow_the_gradient_and_a_state_goes_on(drawn):
    inputs, future = drawn
    batch = learning_batch(inputs, future, np.zeros(len(future), dtype=bool), STEPS)
    learner = Learner(initial_weights(0))
    before = learner.loss(batch)
    for _ in range(5):
        learner.step(batch, 0.003)
    assert learner.loss(batch) < before
    state = learner.state()
    again = Learner(initial_weights(1))
    again.restore(state)
    for each in (learner, again):
        each.step(batch, 0.003)
    for name, value in learner.weights().items():
        assert_array_equal(again.weights()[name], value)


def test_initial_weights_follow_a_seed():
    one, same, other = (initial_weights(seed) for seed in (0, 0, 1))
    assert {name: value.shape for name, value in one.items()} == SHAPES
    for name in SHAPES:
        assert_array_equal(one[name], same[name])
    assert (one["kernel_0"] != other["kernel_0"]).all()
    block = one["recurrent_0"][:, : len(one["recurrent_0"])].astype(float)
    assert_allclose(block @ block.T, np.eye(len(block)), atol=1e-5)
