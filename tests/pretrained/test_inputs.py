"""What the network reads knows neither unit nor scale, nor the horizon."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import simulate_series
from forecast.pretrained.inputs import N_STATIC, N_STEP, network_inputs

SEASONS = (12, 24)


@pytest.fixture(scope="module")
def y():
    drawn = simulate_series(40, 100, SEASONS, random_state=3)
    return drawn[~np.isnan(drawn).any(axis=1)]


def test_shapes(y):
    inputs = network_inputs(y, SEASONS, 30)
    n = len(y)
    assert inputs.recent.shape == (n, 8, 16)
    assert inputs.static.shape == (n, N_STATIC)
    assert inputs.steps.shape == (n, 30, N_STEP)
    assert inputs.forecasts.shape == inputs.errors.shape == (n, 30, 8)
    for each in inputs:
        assert np.isfinite(each).all()
    assert inputs.steps.dtype == inputs.recent.dtype == inputs.static.dtype == np.float32


@pytest.mark.parametrize("factor", [2.0**-30, 2.0**30])
def test_a_unit_changes_level_and_scale_only(y, factor):
    inputs = network_inputs(y, SEASONS, 30)
    other = network_inputs(factor * y, SEASONS, 30)
    for name in ("recent", "static", "steps", "forecasts", "errors", "past"):
        assert_allclose(getattr(other, name), getattr(inputs, name), atol=1e-4, rtol=1e-4)
    assert_allclose(other.level, factor * inputs.level, rtol=1e-5)
    assert_allclose(other.scale, factor * inputs.scale, rtol=1e-5)


def test_the_horizon_does_not_change_what_is_read_of_the_series(y):
    short, long = (network_inputs(y, SEASONS, n_steps) for n_steps in (3, 100))
    assert_array_equal(short.static, long.static)
    assert_array_equal(short.past, long.past)
    assert_allclose(short.steps, long.steps[:, :3], atol=1e-6)


def test_few_rows_are_marked():
    inputs = network_inputs(np.arange(10.0)[None] ** 2, (1, 1), 5)
    is_known = inputs.recent[0, :, 8:].ravel()
    assert_array_equal(is_known, [0] * 54 + [1] * 10)


def test_a_value_far_off_is_pulled_in():
    y = 20 + np.random.default_rng(0).normal(size=(1, 100))
    y[0, -1] = 1e9
    inputs = network_inputs(y, (1, 1), 5)
    assert inputs.level[0] < 50
    assert inputs.scale[0] < 10


def test_rare_demand_is_no_extreme():
    y = np.zeros((1, 100))
    y[0, [20, 60]] = 5.0
    inputs = network_inputs(y, (1, 1), 5)
    # It stays as it is: five above the last value, in the scale of the series.
    assert_allclose(np.sinh(inputs.recent[0, 3, 0]) * inputs.scale, 5, rtol=1e-3)
    assert np.isfinite(inputs.steps).all()


def test_what_stands_still_has_no_scale():
    inputs = network_inputs(np.full((1, 30), 7.0), (1, 1), 5)
    assert inputs.level == 7
    assert inputs.scale == 0
