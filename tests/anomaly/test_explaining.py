"""What features explain of errors: a known law is found, and noise explains nothing."""

import numpy as np
from numpy.testing import assert_allclose

from forecast.anomaly.explaining import learn_explanation


def table(n=400, seed=0):
    """Return features, and errors of two steps that follow their changes."""
    rng = np.random.default_rng(seed)
    X = np.cumsum(rng.normal(size=(n, 2)), axis=0)
    errors = np.full((n, 2, 1), np.nan)
    errors[1:, 0, 0] = 3 * (X[1:, 0] - X[:-1, 0])
    errors[2:, 1, 0] = X[2:, 1] - X[:-2, 1] + 0.5
    return X, errors


def test_changes_of_features_explain_the_errors_that_follow_them():
    X, errors = table()
    explained = learn_explanation(X[:300], errors[:300]).explained(X)
    left = errors[300:] - explained[300:]
    assert (left.std(axis=0) < 0.1 * errors[300:].std(axis=0)).all()
    assert np.isnan(explained[:1, 0]).all()
    assert np.isnan(explained[:2, 1]).all()


def test_features_of_no_use_explain_next_to_nothing():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(500, 3))
    errors = rng.normal(size=(500, 1, 1))
    explained = learn_explanation(X, errors).explained(X)[1:]
    assert explained.std() < 0.2


def test_without_features_errors_stay_as_they_are():
    errors = np.ones((20, 2, 1))
    explained = learn_explanation(np.empty((20, 0)), errors).explained(np.empty((5, 0)))
    assert_allclose(explained, np.zeros((5, 2, 1)))


def test_a_constant_feature_and_few_rows_explain_nothing():
    errors = np.arange(12.0).reshape(6, 2, 1)
    explained = learn_explanation(np.full((6, 2), 7.0), errors).explained(np.full((6, 2), 7.0))
    assert_allclose(explained[2:], np.zeros((4, 2, 1)))
