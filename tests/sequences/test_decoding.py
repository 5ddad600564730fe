from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.sequences.decoding import beam, drawn, sample, sharpened

P = np.array([[0.1, 0.4, 0.2, 0.3]])


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, [0.1, 0.4, 0.2, 0.3]),
        ({"temperature": 0.5}, np.array([1, 16, 4, 9]) / 30),
        ({"temperature": 0.0}, [0, 1, 0, 0]),
        ({"temperature": 1e-310}, [0, 1, 0, 0]),
        ({"top_k": 2}, [0, 4 / 7, 0, 3 / 7]),
        ({"top_k": 9}, [0.1, 0.4, 0.2, 0.3]),
        ({"top_p": 0.4}, [0, 1, 0, 0]),
        ({"top_p": 0.41}, [0, 4 / 7, 0, 3 / 7]),
        ({"top_p": 1.0}, [0.1, 0.4, 0.2, 0.3]),
        ({"temperature": 0.5, "top_k": 3, "top_p": 0.9}, np.array([0, 16, 4, 9]) / 29),
        ({"temperature": 0.5, "top_p": 0.83}, np.array([0, 16, 0, 9]) / 25),
    ],
)
def test_sharpened_probabilities_by_hand(rules, expected):
    assert_allclose(sharpened(np.log(P), **rules)[0], expected, atol=1e-15)


def test_of_equally_likely_tokens_the_first_are_kept():
    assert_allclose(sharpened(np.log(np.full((1, 4), 0.25)), top_k=2)[0], [0.5, 0.5, 0, 0])


def test_impossible_tokens_are_never_drawn():
    with np.errstate(divide="ignore"):
        log_p = np.log([[0.0, 0.5, 0.0, 0.5]])
    rng = np.random.default_rng(0)
    assert set(drawn(sharpened(np.repeat(log_p, 500, axis=0), 2.0), rng)) == {1, 3}


def test_frequencies_of_what_is_drawn_are_the_probabilities():
    n = 40_000
    chosen = drawn(np.repeat(P, n, axis=0), np.random.default_rng(0))
    # Four standard errors of a frequency.
    errors = 4 * np.sqrt(P[0] * (1 - P[0]) / n)
    assert (np.abs(np.bincount(chosen) / n - P[0]) < errors).all()


def chain(seed=0, tokens=4):
    """Return a Markov chain as a step: its state is the last token."""
    log_p = np.log(np.random.default_rng(seed).dirichlet(np.ones(tokens), size=tokens))

    def step(state, tokens):
        assert state[0].shape == tokens.shape
        return log_p[tokens], (tokens,)

    return log_p, step


def all_runs(log_p, start, end, longest):
    """Return the logarithm of the probability of each run up to its end or the longest."""
    found = {}
    for run in product(range(len(log_p)), repeat=longest):
        ended = [*run, end].index(end)
        run = run[: ended + 1]
        found[run] = sum(log_p[a, b] for a, b in zip((start, *run), run, strict=False))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_a_wide_beam_finds_the_likeliest_runs(seed):
    log_p, step = chain(seed)
    starts = np.array([1, 2, 3])
    tokens, scores = beam(step, (starts,), log_p[starts], end=0, longest=4, width=64)
    for row, start in enumerate(starts):
        expected = all_runs(log_p, start, 0, 4)
        assert_allclose(scores[row, :10], sorted(expected.values())[: -10 - 1 : -1], rtol=1e-12)
        # Runs that pass the same places in another order are equally likely.
        runs = [tuple(run[: [*run, 0].index(0) + 1]) for run in tokens[row].tolist()]
        assert len(set(runs[:10])) == 10
        assert_allclose(scores[row, :10], [expected[run] for run in runs[:10]], rtol=1e-12)


def test_a_beam_of_width_1_takes_the_likeliest_token_at_each_step():
    log_p, step = chain(3)
    starts = np.arange(1, 4)
    tokens, scores = beam(step, (starts,), log_p[starts], end=0, longest=5, width=1)
    for row, last in enumerate(starts):
        total, expected = 0.0, []
        while last != 0 and len(expected) < tokens.shape[2]:
            total += log_p[last].max()
            last = int(log_p[last].argmax())
            expected.append(last)
        assert_array_equal(tokens[row, 0, : len(expected)], expected)
        assert_allclose(scores[row, 0], total)


def test_a_beam_wider_than_there_are_runs_says_so():
    log_p, step = chain(0, tokens=2)
    tokens, scores = beam(step, (np.array([1]),), log_p[[1]], end=0, longest=1, width=3)
    assert_array_equal(np.isinf(scores[0]), [False, False, True])
    assert_array_equal(np.sort(tokens[0, :2, 0]), [0, 1])


def test_samples_end_where_the_end_is_drawn():
    log_p, step = chain(1)
    starts = np.full(200, 2)
    tokens = sample(step, (starts,), log_p[starts], 0, 6, np.random.default_rng(0))
    assert tokens.shape == (200, 6)
    for run in tokens:
        assert (run[np.argmax(run == 0) :] == 0).all() or (run != 0).all()


def test_samples_follow_the_chain():
    log_p, step = chain(2)
    starts = np.full(20_000, 3)
    tokens = sample(step, (starts,), log_p[starts], 0, 2, np.random.default_rng(0))
    p = np.exp(log_p)
    expected = np.outer(p[3], np.ones(4)) * p
    expected[0] = [p[3, 0], 0, 0, 0]  # after the end follows the end
    found = np.bincount(4 * tokens[:, 0] + tokens[:, 1], minlength=16) / 20_000
    assert_allclose(found, expected.ravel(), atol=0.012)


def test_a_temperature_of_0_is_greedy_search():
    log_p, step = chain(5)
    starts = np.arange(1, 4)
    rng = np.random.default_rng(0)
    drawn_ones = sample(step, (starts,), log_p[starts], 0, 5, rng, temperature=0.0)
    greedy, _ = beam(step, (starts,), log_p[starts], 0, 5, width=1)
    assert_array_equal(drawn_ones, greedy[:, 0])


def test_samples_that_all_end_are_no_longer_than_their_longest():
    log_p = np.log(np.array([[0.98, 0.01, 0.01]]))
    with np.errstate(divide="ignore"):
        ending = np.log(np.array([1.0, 0.0, 0.0]))
    tokens = sample(
        lambda state, tokens: (np.tile(ending, (len(tokens), 1)), state),
        (np.zeros(3),),
        np.repeat(log_p[:, ::-1], 3, axis=0),
        end=0,
        longest=50,
        rng=np.random.default_rng(0),
        temperature=0.0,
    )
    assert_array_equal(tokens, [[2], [2], [2]])
