"""Burg's recursion against loops, and against processes that are known."""

import numpy as np
from naive import burg_coefficients
from numpy.testing import assert_allclose
from scipy.signal import lfilter

from forecast.pretrained.autoregression import Autoregression


def series(*coefficients, n_rows=300, n_series=4, seed=0):
    """Return autoregressive processes."""
    e = np.random.default_rng(seed).normal(size=(n_series, n_rows))
    return lfilter([1.0], [1.0, *(-c for c in coefficients)], e, axis=1)


def test_coefficients_are_those_of_the_recursion_at_the_chosen_order():
    x = series(1.2, -0.5, 0.0, 0.2)
    learned = Autoregression(x)
    for number, one in enumerate(x):
        found = learned.coefficients[:, number]
        order = int(np.flatnonzero(found)[-1]) + 1
        assert order >= 2
        assert_allclose(found[:order], burg_coefficients(one, order), rtol=1e-8, atol=1e-8)
        assert not found[order:].any()


def test_the_order_is_that_of_the_lowest_criterion():
    x = series(0.7, n_series=1)[:, :60]
    n_rows, criteria = 60, [60 * np.log(np.mean(x**2))]
    for order in range(1, 16):
        coefficients = burg_coefficients(x[0], order)
        partials = [burg_coefficients(x[0], lag)[-1] for lag in range(1, order + 1)]
        assert len(coefficients) == order
        error = np.mean(x**2) * np.prod([1 - p**2 for p in partials])
        parameters = order + 1
        criteria.append(
            n_rows * np.log(error) + 2 * parameters * n_rows / (n_rows - parameters - 1)
        )
    learned = Autoregression(x).coefficients[:, 0]
    assert np.count_nonzero(learned) == int(np.argmin(criteria))


def test_forecasts_go_on_by_the_equation_around_the_mean():
    x = 50 + series(0.6, 0.3, n_series=3)
    mean = x.mean(axis=1, keepdims=True)
    learned = Autoregression(x, mean)
    origins = np.array([100, 299])
    paths = learned.ahead(origins, 5)
    assert paths.shape == (5, 3, 2)
    for number in range(3):
        for place, origin in enumerate(origins):
            known = list(x[number, : origin + 1] - mean[number])
            for step in range(5):
                terms = zip(learned.coefficients[:, number], known[::-1], strict=False)
                known.append(sum(c * value for c, value in terms))
                assert_allclose(paths[step, number, place], known[-1] + mean[number, 0])


def test_forecasts_never_explode():
    walks = np.cumsum(np.random.default_rng(0).normal(size=(50, 40)), axis=1)
    paths = Autoregression(walks).ahead(np.array([39]), 1000)
    assert np.abs(paths).max() < 20 * np.abs(walks).max()


def test_a_series_is_learned_from_alone():
    x = series(0.8, n_series=200)
    assert_allclose(
        Autoregression(x).ahead(np.array([299]), 3)[:, 150, 0],
        Autoregression(x[150:151]).ahead(np.array([299]), 3)[:, 0, 0],
    )


def test_zeros_are_forecast_as_zeros():
    assert not Autoregression(np.zeros((2, 20), dtype=np.float32)).ahead(np.array([19]), 4).any()


def test_a_wave_without_noise_is_foreseen():
    t = np.arange(240)
    waves = np.stack([np.sin(t * 2 * np.pi / period) for period in (7, 12, 31)])
    learned = Autoregression(waves)
    path = learned.ahead(np.array([239]), 24)[:, :, 0]
    expected = [np.sin((240 + np.arange(24)) * 2 * np.pi / period) for period in (7, 12, 31)]
    assert_allclose(path.T, expected, atol=1e-5)
