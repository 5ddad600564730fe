"""Recursions over many series at once are the equations of each; what is stable stays so."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from statsmodels.tsa.arima_process import ArmaProcess
from statsmodels.tsa.stattools import pacf

from forecast.simulation.arima import (
    autoregression,
    moving_average,
    stable_coefficients,
    sums,
)

RNG = np.random.default_rng(0)


def by_equation(e, coefficients, lag, is_autoregression):
    """Compute a recursion value by value."""
    x = np.zeros_like(e)
    past = x if is_autoregression else e
    for t in range(len(e)):
        x[t] = e[t]
        for k, coefficient in enumerate(coefficients, 1):
            if t >= k * lag:
                x[t] += coefficient * past[t - k * lag]
    return x


@pytest.mark.parametrize("lag", [1, 4, 7])
@pytest.mark.parametrize("n_rows", [1, 3, 12, 30])
def test_recursions_are_their_equations(lag, n_rows):
    e = RNG.normal(size=(n_rows, 5))
    coefficients = RNG.uniform(-0.4, 0.4, size=(2, 5))
    coefficients[1] *= [0, 1, 1, 0, 1]
    for function, kind in ((moving_average, False), (autoregression, True)):
        found = function(e, coefficients, lag)
        expected = by_equation(e, coefficients, lag, kind)
        assert_allclose(found, expected, rtol=1e-12)


def test_sums_are_those_of_numpy():
    x = RNG.normal(size=(40, 3))
    assert_allclose(sums(x), np.cumsum(x, axis=0), rtol=1e-12)


def test_partial_autocorrelations_are_those_asked_for_and_any_make_a_stable_process():
    partial = RNG.uniform(-1, 1, size=(3, 200))
    coefficients = stable_coefficients(partial)
    for own in coefficients.T:
        assert ArmaProcess.from_coeffs(own).isstationary
    # The partial autocorrelations of the process itself, by its autocorrelations.
    process = ArmaProcess.from_coeffs(coefficients[:, 0])
    x = process.generate_sample(200_000, distrvs=np.random.default_rng(1).standard_normal)
    assert_allclose(pacf(x, 3)[1:], partial[:, 0], atol=0.02)


def test_nothing_is_changed_in_place():
    e = RNG.normal(size=(9, 2))
    before = e.copy()
    autoregression(e, np.ones((1, 2)), 2)
    moving_average(e, np.ones((1, 2)), 2)
    assert_allclose(e, before)
