"""The heads: their equation against loops, their gradient against central differences."""

import naive
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.recurrent.heads import (
    LinearHead,
    QuantileHead,
    non_crossing,
    non_crossing_gradient,
)

HEADS = {
    "linear": LinearHead(state_size=3, outputs=2),
    "known ahead": LinearHead(3, 2, columns_ahead=4, hidden_units=5),
    "quantiles": QuantileHead(3, 2, levels=5),
    "quantiles, known ahead": QuantileHead(3, 2, levels=3, columns_ahead=4, hidden_units=5),
}
ALL_HEADS = pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)


def case(head, seed=0):
    """Return weights, states and known columns of four samples."""
    rng = np.random.default_rng(seed)
    weights = {name: rng.normal(size=shape) for name, shape in head.shapes.items()}
    known = rng.normal(size=(4, head.outputs, head.columns_ahead)) if head.columns_ahead else None
    return weights, rng.normal(size=(4, head.state_size)), known


def test_the_answer_is_linear_in_the_state_and_in_a_hidden_layer_of_what_is_known():
    head = HEADS["known ahead"]
    weights, state, known = case(head)
    answer = head.forward(weights, state, known)
    for sample, step in np.ndindex(4, 2):
        s, k = state[sample], known[sample, step]
        hidden = np.tanh(
            s @ weights["head_state_kernel"]
            + k @ weights["head_known_kernel"]
            + weights["head_hidden_bias"]
        )
        expected = s @ weights["head_kernel"][:, step] + weights["head_bias"][step]
        expected = expected + hidden @ weights["head_hidden_kernel"]
        assert_allclose(answer[sample, step], expected)


@ALL_HEADS
def test_a_head_is_differentiated_as_central_differences_do(head):
    weights, state, known = case(head)
    toward = np.random.default_rng(1).normal(size=(4, head.outputs, head.levels))

    def loss(values):
        named = dict(zip(weights, values, strict=False))
        return (head.forward(named, values[-1], known) * toward).sum()

    by_weights, by_state = head.backward(weights, state, known, toward)
    assert list(by_weights) == list(head.shapes)
    slopes = naive.slopes(loss, [*weights.values(), state])
    for hand, slope in zip([*by_weights.values(), by_state], slopes, strict=True):
        assert_allclose(hand, slope, atol=1e-7)


def test_levels_are_the_median_and_positive_distances_from_it():
    values = np.array([0.3, -2.0, 1.5, 40.0, -0.7])
    levels = non_crossing(values)
    distance = [np.log1p(np.exp(v)) for v in values]
    assert levels[2] == 1.5
    assert_allclose(levels[1], 1.5 - distance[1])
    assert_allclose(levels[0], 1.5 - distance[1] - distance[0])
    assert_allclose(levels[3], 1.5 + distance[3])
    assert_allclose(levels[4], 1.5 + distance[3] + distance[4])


def test_quantiles_never_cross():
    values = 300 * np.random.default_rng(0).normal(size=(50, 3, 5))
    assert (np.diff(non_crossing(values), axis=2) >= 0).all()
    assert_array_equal(np.isnan(non_crossing(np.full(5, np.nan))), np.ones(5, dtype=bool))


def test_ascending_levels_are_differentiated_as_central_differences_do():
    rng = np.random.default_rng(0)
    values, toward = rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    slope = naive.slopes(lambda v: (non_crossing(v[0]) * toward).sum(), [values.copy()])[0]
    assert_allclose(non_crossing_gradient(values, toward), slope, atol=1e-7)
