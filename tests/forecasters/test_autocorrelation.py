"""Autocorrelation against its definition, and its standard errors against simulation."""

import numpy as np
from numpy.testing import assert_allclose

from forecast.forecasters.autocorrelation import autocorrelations, bartlett_errors


def test_autocorrelations_are_sums_of_products():
    y = np.random.default_rng(0).normal(size=37).cumsum()
    centred = y - y.mean()
    expected = [np.sum(centred[lag:] * centred[: 37 - lag]) for lag in range(13)]
    assert_allclose(autocorrelations(y, 12), np.array(expected) / expected[0])


def test_a_constant_has_none():
    assert_allclose(autocorrelations(np.full(20, 0.1), 3), [1, 0, 0, 0])


def test_the_error_counts_the_earlier_lags():
    r = np.array([1.0, 0.5, 0.2, 0.1])
    expected = [0, 1 / 10, np.sqrt(1.5) / 10, np.sqrt(1.5 + 2 * 0.04) / 10]
    assert_allclose(bartlett_errors(r, 100), expected)


def test_white_noise_stays_within_two_errors():
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(50):
        r = autocorrelations(rng.normal(size=200), 10)
        inside.append(np.abs(r[1:]) < 1.96 * bartlett_errors(r, 200)[1:])
    assert 0.92 < np.mean(inside) < 0.99
