import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal


@pytest.fixture(scope="module")
def recommendation(example):
    return example("recommendation")


def test_the_hit_rates_are_printed(recommendation, lines):
    printed = lines(recommendation)
    assert printed[-5].split() == ["hit", "rate@10"]
    rates = {line[:21].strip(): float(line.split()[-1]) for line in printed[-4:]}
    assert list(rates) == ["popularity", "Markov chain, order 2", "network", "optimum"]
    assert all(0 < rate <= 1 for rate in rates.values())
    assert rates["optimum"] > rates["popularity"]


def test_customers_buy_by_the_shelves_of_the_last_two_items(recommendation):
    rng = np.random.default_rng(0)
    shop = recommendation.open_shop(20, rng)
    purchases = shop.purchases(8000, rng)
    lengths = [len(items) for items in purchases]
    assert (min(lengths), max(lengths)) == (10, 30)

    # The frequencies after two shelves, counted, against the probabilities of the simulation.
    first, second = shop.shelf[0], shop.shelf[1]
    counts = np.zeros(20)
    for items in purchases:
        for before, last, item in zip(items, items[1:], items[2:], strict=False):
            counts[item] += shop.shelf[before] == first and shop.shelf[last] == second
    expected = 0.7 * shop.habits[first, second] + 0.3 * shop.popularity
    assert_allclose(counts / counts.sum(), expected, atol=4 / np.sqrt(counts.sum()))


def test_the_item_that_is_asked_for_has_not_been_learned(recommendation):
    histories, following = recommendation.without_last([[1, 2, 3], [4, 5]])
    assert histories == [[1, 2], [4]]
    assert_array_equal(following, [3, 5])


def test_the_markov_chain_by_hand(recommendation):
    histories = [[0, 1, 2], [0, 1, 2], [2, 0, 1]]
    (_, _, p) = recommendation.after_two(histories, 3, prior=1.0)
    shares = np.array([3, 3, 3]) / 9
    after_1 = (np.array([0, 0, 2]) + 2 * shares) / 4
    assert_allclose(p, (np.array([0, 0, 2]) + after_1) / 3)


def test_hits_by_hand(recommendation):
    recommended = np.array([[1, 2], [3, 4], [5, 6], [7, 8]])
    assert recommendation.hit_rate(recommended, np.array([2, 9, 5, 9])) == 0.5
