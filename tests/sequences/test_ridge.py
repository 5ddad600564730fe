"""The ridge in closed form against ridges that are fitted anew without each group."""

import numpy as np
import pytest
from naive import ridge_scores
from numpy.testing import assert_allclose
from scipy.special import softmax

from forecast.sequences import ridge

RNG = np.random.default_rng(0)
WIDE = RNG.normal(size=(12, 30)) * RNG.uniform(0.1, 1, 30) + 0.3
TALL = RNG.normal(size=(40, 5)) * RNG.uniform(0.1, 1, 5) + 0.3


def labels_for(n, classes=3):
    return np.arange(n) % classes


def unlike(n):
    return RNG.uniform(0.5, 2, n)


@pytest.mark.parametrize("features", [WIDE, TALL], ids=["wide", "tall"])
@pytest.mark.parametrize("weighted", [False, True])
def test_scores_are_those_of_a_ridge_with_a_free_intercept(features, weighted):
    n = len(features)
    labels = labels_for(n)
    weight = unlike(n) if weighted else np.ones(n)
    model, _ = ridge.fit(features, labels, 3, weight)
    expected = ridge_scores(features, labels, 3, weight, model.penalty, features)
    assert_allclose(features @ model.kernel + model.intercept, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("features", [WIDE, TALL], ids=["wide", "tall"])
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_held_out_probabilities_are_those_of_ridges_without_the_group(features, size, weighted):
    n = len(features)
    labels = labels_for(n)
    weight = unlike(n) if weighted else np.ones(n)
    groups = np.arange(n) // size
    model, held_out = ridge.fit(features, labels, 3, weight, groups)
    for group in range(n // size):
        out = groups == group
        scores = ridge_scores(features, labels, 3, weight, model.penalty, features[out], ~out)
        sure = softmax(model.sharpness * scores, axis=1)
        expected = (1 - model.doubt) * sure + model.doubt / 3
        assert_allclose(held_out[out], expected, rtol=1e-5, atol=1e-8)


def test_groups_of_unequal_size_are_held_out_too():
    labels = labels_for(12)
    groups = np.array([0, 0, 0, 1, 2, 2, 3, 3, 3, 3, 4, 5])
    model, held_out = ridge.fit(WIDE, labels, 3, np.ones(12), groups)
    out = groups == 3
    scores = ridge_scores(WIDE, labels, 3, np.ones(12), model.penalty, WIDE[out], ~out)
    sure = softmax(model.sharpness * scores, axis=1)
    assert_allclose(held_out[out], (1 - model.doubt) * sure + model.doubt / 3, rtol=1e-5)


def test_equal_rows_do_not_hide_the_free_constant():
    # Many directions of eigenvalue 0, among which the constant is one.
    features = np.repeat(WIDE[:4], 3, axis=0)
    labels = np.repeat([0, 1, 0, 1], 3)
    model, held_out = ridge.fit(features, labels, 2, np.ones(12))
    keep = np.arange(12) != 5
    scores = ridge_scores(features, labels, 2, np.ones(12), model.penalty, features[5:6], keep)
    sure = softmax(model.sharpness * scores, axis=1)
    assert_allclose(held_out[5:6], (1 - model.doubt) * sure + model.doubt / 2, rtol=1e-5)


def test_noise_is_answered_with_the_share_of_each_class():
    rng = np.random.default_rng(1)
    labels = np.array([0] * 45 + [1] * 15)
    model, held_out = ridge.fit(rng.normal(size=(60, 200)), labels, 2, np.ones(60))
    assert_allclose(
        model.probabilities(rng.normal(size=(50, 200))).mean(axis=0), [0.75, 0.25], atol=0.1
    )
    loss = -np.log(held_out[np.arange(60), labels]).mean()
    assert loss < 1.1 * -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))


def test_constant_features_say_nothing():
    constant = np.full((12, 1), 5.0)
    one, _ = ridge.fit(np.hstack([WIDE, constant]), labels_for(12), 3, np.ones(12))
    assert_allclose(one.kernel[-1], 0)
    moved = np.hstack([WIDE, constant + 100])
    assert_allclose(one.probabilities(moved), one.probabilities(np.hstack([WIDE, constant])))


def test_a_row_twice_counts_as_one_of_weight_two():
    weight = np.ones(12)
    weight[3] = 2
    twice = np.r_[np.arange(12), 3]
    model, _ = ridge.fit(WIDE, labels_for(12), 3, weight)
    scores = WIDE @ model.kernel + model.intercept
    # The penalty is in units of the mean weight, which is that of 13 rows in 12.
    penalty = model.penalty * 13 / 12
    expected = ridge_scores(WIDE[twice], labels_for(12)[twice], 3, np.ones(13), penalty, WIDE)
    assert_allclose(scores, expected, rtol=1e-6, atol=1e-8)


def test_no_probability_is_zero_or_one():
    model, held_out = ridge.fit(
        np.repeat([[0.0], [1.0]], 20, axis=0), np.repeat([0, 1], 20), 2, np.ones(40)
    )
    least = 1 / 41 / 2
    for probabilities in (held_out, model.probabilities(np.array([[-1e9], [1e9]]))):
        assert probabilities.min() >= least
        assert_allclose(probabilities.sum(axis=1), 1)
