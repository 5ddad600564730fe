import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from forecast.sequences.attention import Memory, attend


def memory_of(lengths, units=3, width=4):
    rng = np.random.default_rng(0)
    n, places = len(lengths), max(lengths)
    live = np.arange(places) < np.array(lengths)[:, None]
    return Memory(rng.normal(size=(n, places, units)), rng.normal(size=(n, places, width)), live)


def test_attention_is_the_softmax_of_the_scores_of_the_equations():
    memory = memory_of([3, 1, 4])
    rng = np.random.default_rng(1)
    query, vector = rng.normal(size=(3, 3)), rng.normal(size=3)
    context, weights = attend(memory, query, vector)
    for n, length in enumerate([3, 1, 4]):
        scores = [vector @ np.tanh(memory.keys[n, s] + query[n]) for s in range(length)]
        expected = np.exp(scores) / np.exp(scores).sum()
        assert_allclose(weights[n, :length], expected)
        assert_array_equal(weights[n, length:], 0)
        assert_allclose(context[n], expected @ memory.values[n, :length])


def test_what_is_behind_the_end_does_not_matter():
    memory = memory_of([2, 4])
    query, vector = np.ones((2, 3)), np.ones(3)
    context, _ = attend(memory, query, vector)
    memory.keys[0, 2:] = 1e9
    memory.values[0, 2:] = -1e9
    assert_array_equal(attend(memory, query, vector)[0], context)


def test_a_memory_may_be_looked_at_several_times():
    memory = memory_of([2, 4])
    twice = memory.of(np.array([1, 0, 1]))
    assert_array_equal(twice.keys, memory.keys[[1, 0, 1]])
    assert_array_equal(twice.live, memory.live[[1, 0, 1]])
    assert memory.of(np.array([0, 1])) is memory
