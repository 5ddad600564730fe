"""The network in NumPy: what its weights mean, and that no answer crosses another."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit

from forecast import simulate_series
from forecast.pretrained.candidates import N_CANDIDATES
from forecast.pretrained.inputs import network_inputs
from forecast.pretrained.network import SHAPES, network_answers, shipped_weights
from forecast.recurrent.cells import layer
from forecast.recurrent.quantiles import LEARNED_LEVELS


@pytest.fixture(scope="module")
def inputs():
    y = simulate_series(30, 80, 7, random_state=1)
    return network_inputs(y[~np.isnan(y).any(axis=1)], (7, 7), 20)


def test_the_shipped_weights_are_small_and_whole():
    weights = shipped_weights()
    assert {name: value.shape for name, value in weights.items()} == SHAPES
    assert {value.dtype for value in weights.values()} == {np.dtype(np.float16)}
    assert all(np.isfinite(value).all() for value in weights.values())
    assert sum(value.nbytes for value in weights.values()) < 1.5e6


def test_quantiles_never_cross(inputs):
    rng = np.random.default_rng(0)
    wild = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    for weights in (shipped_weights(), wild):
        answer = network_answers(weights, inputs)
        assert answer.shape == (*inputs.forecasts.shape[:2], len(LEARNED_LEVELS))
        assert np.isfinite(answer).all()
        assert (np.diff(answer, axis=2) >= 0).all()


def test_without_weights_rules_that_erred_less_count_more(inputs):
    zeros = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    equal = network_answers(zeros, inputs)[..., 4]
    mean = inputs.forecasts.mean(axis=2) * inputs.scale[:, None] + inputs.level[:, None]
    assert_allclose(equal, mean, rtol=1e-4, atol=1e-4 * np.abs(mean).max())
    zeros["error_power"] = np.full(N_CANDIDATES, 500.0)
    best = network_answers(zeros, inputs)[..., 4]
    number = inputs.past.argmin(axis=1)
    chosen = inputs.forecasts[np.arange(len(number)), :, number]
    second = np.sort(inputs.past, axis=1)[:, 1] - inputs.past.min(axis=1) > 0.05
    expected = chosen * inputs.scale[:, None] + inputs.level[:, None]
    assert_allclose(best[second], expected[second], rtol=1e-4)


def test_the_answer_is_that_of_the_equations_in_float64(inputs):
    w = {name: value.astype(float) for name, value in shipped_weights().items()}
    answer = network_answers(shipped_weights(), inputs)
    for series in range(0, len(answer), 7):
        static = inputs.static[series].astype(float)
        x = np.array([[*patch, *static] for patch in inputs.recent[series].astype(float)])[None]
        for number in range(2):
            x = layer(
                "gru", x, w[f"kernel_{number}"], w[f"recurrent_{number}"], w[f"bias_{number}"]
            )["hidden"]
        read = np.concatenate([x[0, -1], static]) @ w["series_kernel"] + w["series_bias"]
        for step in range(0, 20, 6):
            a = inputs.steps[series, step].astype(float) @ w["step_kernel"] + read
            a = a * expit(a)
            a = a @ w["hidden_kernel"] + w["hidden_bias"]
            a = a * expit(a)
            a = a @ w["answer_kernel"] + w["answer_bias"]
            logits = a[:8] - w["error_power"] * inputs.past[series]
            share = np.exp(logits) / np.exp(logits).sum()
            error = float(share @ inputs.errors[series, step])
            middle = float(share @ inputs.forecasts[series, step]) + a[8] * error
            gaps = np.log1p(np.exp(a[9:])) * error
            relative = [middle - sum(gaps[k:4]) for k in range(4)]
            relative += [middle, *(middle + sum(gaps[4 : 5 + k]) for k in range(4))]
            expected = inputs.level[series] + inputs.scale[series] * np.array(relative)
            room = 1e-3 * inputs.scale[series] * (1 + np.abs(relative).max())
            assert_allclose(answer[series, step], expected, atol=room)


def test_what_stands_still_goes_on_so():
    still = network_inputs(np.full((2, 30), -4.0), (1, 1), 6)
    assert_array_equal(network_answers(shipped_weights(), still), -4.0)
