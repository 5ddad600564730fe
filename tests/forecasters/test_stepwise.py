"""The stepwise search: what it should find, and where it ends."""

import numpy as np
from numpy.testing import assert_allclose
from scipy.signal import lfilter

from forecast.forecasters import stepwise
from forecast.forecasters.sarima import Orders
from forecast.forecasters.stepwise import stepwise_search
from forecast.forecasters.sum_of_squares import estimate


def no_regressors(n):
    return lambda _: np.empty((n, 0))


def test_the_search_finds_simple_processes():
    n = 2000
    e = np.random.default_rng(1).normal(size=n)
    walk = 10 + np.cumsum(e)
    found, _ = stepwise_search(walk, no_regressors(n), (1, 0), 1, (3, 3, 0, 0))
    assert found.orders.order == (0, 1, 0)
    ar = lfilter([1.0], [1.0, -0.8], e)
    design = {"c": np.ones((n, 1)), "n": np.empty((n, 0))}
    found, tried = stepwise_search(ar, design.get, (0, 0), 1, (3, 3, 0, 0))
    assert found.orders == Orders((1, 0, 0), (0, 0, 0, 0), found.orders.trend)
    assert_allclose(found.params[-2], 0.8, atol=0.05)
    assert 5 <= tried <= 20


def test_the_search_ends_where_no_neighbour_is_better():
    n = 160
    rng = np.random.default_rng(3)
    y = np.cumsum(rng.normal(size=n)) + 3 * np.sin(np.arange(n) * np.pi / 2)
    X = rng.normal(size=(n, 1))
    best, _ = stepwise_search(y, lambda _: X, (1, 0), 4, (2, 2, 1, 1))
    for move in stepwise._MOVES:
        p, q, P, Q = np.add(best.orders.sizes, move).tolist()
        if min(p, q, P, Q) >= 0 and max(p, q) <= 2 and max(P, Q) <= 1:
            orders = Orders((p, 1, q), (P, 0, Q, 4), best.orders.trend)
            assert estimate(y, X, orders).aicc > best.aicc - 0.05


def test_the_search_stays_within_the_largest_orders():
    y = lfilter([1.0], [1.0, -0.5, -0.3], np.random.default_rng(0).normal(size=200))
    best, tried = stepwise_search(y, no_regressors(200), (0, 0), 4, (1, 0, 0, 0))
    assert best.orders.sizes == (1, 0, 0, 0)
    assert tried <= 4  # with and without the lag, with and without a constant


def test_wild_first_rows_do_not_favour_models_that_leave_them_out():
    y = np.random.default_rng(0).normal(size=300)
    y[:4] *= 30
    best, _ = stepwise_search(y, no_regressors(300), (0, 0), 4, (2, 2, 1, 1))
    assert best.orders.sizes[2] == 0
