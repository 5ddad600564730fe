"""What columns add is told apart from what a series does by itself."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from statsmodels.regression.linear_model import GLSAR

from forecast.pretrained.regression import effects


@pytest.fixture(scope="module")
def columns():
    return np.random.default_rng(0).normal([3, -5], [2.0, 0.1], size=(400, 2))


def test_effects_on_a_random_walk_are_found(columns):
    walk = np.cumsum(np.random.default_rng(1).normal(size=400))
    y = walk + columns @ [1.5, -40.0]
    assert_allclose(effects(y, columns), [1.5, -40.0], rtol=0.05)


def test_they_are_those_of_generalised_least_squares(columns):
    noise = np.random.default_rng(2).normal(size=400)
    errors = np.zeros(400)
    for t in range(1, 400):
        errors[t] = 0.7 * errors[t - 1] + noise[t]
    y = 5 + errors + columns @ [0.5, 3.0]
    design = np.column_stack([np.ones(400), columns])
    model = GLSAR(y, design, 1)
    expected = model.iterative_fit(5).params[1:]
    assert_allclose(effects(y, columns), expected, atol=0.05 * np.abs(expected).max())


def test_a_column_that_wanders_does_not_explain_a_series_that_wanders():
    rng = np.random.default_rng(3)
    found = []
    for _ in range(30):
        y, x = np.cumsum(rng.normal(size=(2, 200)), axis=1)
        found.append(effects(y, x[:, None])[0])
    assert np.std(found) < 0.12  # of least squares alone it is about 0.6


def test_units_do_not_matter(columns):
    y = columns @ [1.0, 2.0] + np.random.default_rng(4).normal(size=400)
    unit = np.array([1e9, 1e-9])
    assert_allclose(effects(1e6 * y, columns * unit), 1e6 * effects(y, columns) / unit, rtol=1e-6)


def test_columns_that_say_nothing_have_no_effect(columns):
    y = np.random.default_rng(5).normal(size=400)
    still = np.column_stack([np.full(400, 7.0), columns[:, 0], columns[:, 0]])
    found = effects(y + 2 * columns[:, 0], still)
    assert found[0] == 0
    assert_allclose(found[1:], 1, atol=0.1)  # twins share
