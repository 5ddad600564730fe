import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sequences.token_cases import TOKENS, network_of, sequences

from forecast.sequences.kneser_ney import fit_kneser_ney
from forecast.sequences.next_token import NextTokenModel


@pytest.fixture(scope="module")
def models():
    """Return the mean of both parts, and each part alone."""
    network, weights = network_of("lstm", 1, 0, 2)
    codes, lengths, _ = sequences(2)
    lowest = np.ones(TOKENS)
    lowest[[0, 2]] = 0
    n_gram = fit_kneser_ney(codes, lengths, 3, lowest / lowest.sum())
    both = NextTokenModel(n_gram, network, weights, 0.3)
    return both, NextTokenModel(n_gram), NextTokenModel(None, network, weights, 1.0)


def test_probabilities_are_the_mean_by_the_shares(models):
    both, counted, network = (np.exp(each.log_probabilities(*sequences(2))) for each in models)
    assert_allclose(both, 0.7 * counted + 0.3 * network, rtol=1e-6)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_token_by_token_is_as_whole_sequences(models, which):
    model = models[which]
    codes, lengths, condition = sequences(2)
    told = model.log_probabilities(codes, lengths, condition)
    starts = np.cumsum(lengths) - lengths
    for row, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        log_p, state = model.read(codes[[start]], np.array([1]), condition[[row]])
        for place in range(start + 1, start + length):
            assert_allclose(told[place], log_p[0, codes[place]], rtol=1e-4)
            log_p, state = model.step(state, codes[[place]])


def test_an_answer_does_not_depend_on_those_beside_it(models):
    codes, lengths, condition = sequences(2)
    together, _ = models[0].read(codes, lengths, condition)
    starts = np.cumsum(lengths) - lengths
    for row, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        alone, _ = models[0].read(codes[start : start + length], lengths[[row]], condition[[row]])
        assert_allclose(alone[0], together[row], rtol=1e-12)


def test_what_never_follows_has_no_probability(models):
    for model in models:
        log_p, _ = model.read(*sequences(2))
        assert_array_equal(np.exp(log_p)[:, [0, 2]], 0.0)
