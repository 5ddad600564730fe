"""Whether series come back to a mean: the t of Dickey and Fuller, against that of statsmodels."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.signal import lfilter
from statsmodels.api import OLS

from forecast.forecasters.unit_root import come_back, dickey_fuller


@pytest.mark.parametrize(("n", "n_lags"), [(60, 3), (150, 4), (2000, 8)])
@pytest.mark.parametrize("root", [0.0, 0.9, 1.0])
def test_the_statistic_is_that_of_statsmodels(n, n_lags, root):
    y = 100 + lfilter([1.0], [1.0, -root], np.random.default_rng(0).normal(size=n))
    changes, inputs = [], []
    for t in range(n_lags + 1, n):
        changes.append(y[t] - y[t - 1])
        inputs.append([y[t - 1], 1.0, *(y[t - k] - y[t - k - 1] for k in range(1, n_lags + 1))])
    expected = OLS(changes, inputs).fit().tvalues[0]
    assert_allclose(dickey_fuller(y), expected, rtol=1e-6)


@pytest.mark.parametrize("y", [np.full(50, 3.0), np.arange(50.0), np.arange(6.0) ** 2])
def test_nothing_is_said_of_lines_and_of_few_rows(y):
    assert dickey_fuller(y) == 0.0
    assert not come_back([y])


def test_one_random_walk_in_a_hundred_comes_back_by_chance():
    rng = np.random.default_rng(1)
    walks = np.cumsum(rng.normal(size=(1000, 300)), axis=1)
    assert 0.003 < np.mean([come_back([walk]) for walk in walks]) < 0.02
    noises = lfilter([1.0], [1.0, -0.8], rng.normal(size=(200, 300)))
    assert np.mean([come_back([noise]) for noise in noises]) > 0.95


def test_of_several_series_the_mean_counts():
    rng = np.random.default_rng(2)
    noises, walks = rng.normal(size=(40, 100)), np.cumsum(rng.normal(size=(40, 100)), axis=1)
    assert come_back(list(noises))
    assert not come_back(list(walks))
    # Not all of so many are asked, but some of all.
    assert come_back([*noises, *noises, *noises])
    assert not come_back([*walks, *walks, noises[0]])
