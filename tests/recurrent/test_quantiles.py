"""Quantiles between those that a network learns."""

import numpy as np
from numpy.testing import assert_allclose
from scipy.stats import norm

from forecast.recurrent.quantiles import LEARNED_LEVELS, interpolated_quantiles, median_of


def test_learned_quantiles_are_answered_as_they_are():
    levels = np.sort(np.random.default_rng(0).normal(size=(3, 2, 9)))
    assert_allclose(interpolated_quantiles(levels, np.array(LEARNED_LEVELS)), levels)
    assert_allclose(median_of(levels), levels[..., 4])


def test_all_quantiles_of_a_normal_distribution_are_exact():
    quantiles = np.array([0.001, 0.01, 0.07, 0.5, 0.6, 0.99, 0.9999])
    levels = 3 + 2 * norm.ppf(LEARNED_LEVELS)
    answer = interpolated_quantiles(levels[None], quantiles)
    assert_allclose(answer[0], 3 + 2 * norm.ppf(quantiles))
