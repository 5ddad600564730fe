"""How sure scores make one, against what follows by hand."""

import numpy as np
from numpy.testing import assert_allclose

from forecast.sequences.calibration import best_sharpness, doubt_after, probabilities

SCORES = np.log([[0.8, 0.2], [0.5, 0.5]])


def test_a_sharpness_of_two_squares_odds():
    assert_allclose(probabilities(SCORES, 2, 0), [[16 / 17, 1 / 17], [0.5, 0.5]])


def test_a_doubt_is_shared_by_all_classes():
    assert_allclose(probabilities(SCORES, 1, 0.1)[0], [0.9 * 0.8 + 0.05, 0.9 * 0.2 + 0.05])
    assert doubt_after(9) == 0.1


def test_the_best_sharpness_makes_claims_as_sure_as_they_are_right():
    # Claimed to be right in 90 of 100 cases, and right in 75.
    scores = np.tile(np.log([0.9, 0.1]), (4, 1))
    sharpness, loss = best_sharpness(scores, np.array([0, 0, 0, 1]), np.ones(4))
    assert_allclose(probabilities(scores, sharpness, 0)[0], [0.75, 0.25], rtol=1e-4)
    assert_allclose(loss, -0.75 * np.log(0.75) - 0.25 * np.log(0.25), rtol=1e-6)
    weighted, _ = best_sharpness(scores[2:], np.array([0, 1]), np.array([3.0, 1.0]))
    assert_allclose(weighted, sharpness, rtol=1e-4)
