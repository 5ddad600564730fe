"""Forms of exponential smoothing, and what statsmodels makes of them, against the recursion."""

import naive
import numpy as np
import pytest
from fixtures.sales import sales
from numpy.testing import assert_allclose, assert_array_equal

from forecast.forecasters.ets_form import (
    FORMS,
    Form,
    log_likelihood,
    most_likely_weights,
    one_step_forecasts,
    smoothed_states,
)

FIRST = np.array([50.0, 0.6, 0.8, 1.1, 1.3, 0.8])


def test_a_name_is_read_and_says_which_weights_are_free():
    assert Form.of("MAdA") == ("M", "Ad", "A")
    assert_array_equal(Form.of("MAdA").free_weights, [True, True, True, True])
    assert_array_equal(Form.of("ANN").free_weights, [True, False, False, False])


def test_there_are_fifteen_forms_without_an_infinite_variance():
    assert len(set(FORMS)) == 15
    assert not [name for name in FORMS if name[0] == "A" and name[-1] == "M"]


@pytest.mark.parametrize("name", ["ANN", "MAdM"])
def test_one_step_forecasts_and_states_are_those_of_the_recursion(name):
    y = sales()
    form = Form.of(name)
    first = FIRST if form.has_season else FIRST[:2] * [1, 0]
    weights = np.where(form.free_weights, [0.4, 0.1, 0.2, 0.9], [0.0, 0.0, 0.0, 1.0])
    fitted, state = naive.smooth(y, name, first, *weights)
    free = weights[form.free_weights]
    assert_allclose(one_step_forecasts(y, form, first, free), fitted, rtol=1e-9)
    states = smoothed_states(y, form, first, free)
    assert len(states) == len(y)
    assert_allclose(states[-1, 0], state[0], rtol=1e-9)


def test_the_most_likely_weight_is_not_beaten_nearby():
    rng = np.random.default_rng(0)
    y = rng.normal(size=100).cumsum() + rng.normal(size=100)
    form = Form.of("ANN")
    first = np.array([y[0], 0.0])
    weights = most_likely_weights(y, form, first, None)
    best = log_likelihood(y, form, first, weights)
    for change in (-0.02, 0.02):
        assert log_likelihood(y, form, first, weights + change) < best


def test_the_likelihood_without_errors_is_infinite():
    y = np.full(10, 5.0)
    assert log_likelihood(y, Form.of("ANN"), np.array([5.0, 0.0]), np.array([0.3])) == np.inf
