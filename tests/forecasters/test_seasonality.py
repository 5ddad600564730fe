"""Seasonal adjustment, against statsmodels column by column."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

from forecast.forecasters.seasonality import (
    classical_indices,
    has_season,
    season_length_of,
    season_of,
    seasonal_indices,
)
from forecast.tables.frequency import Frequency


def columns(m, rows, n=60, seed=0):
    """Return series without, with weak and with strong seasons, around 0 and around 30."""
    rng = np.random.default_rng(seed)
    wave = np.sin(2 * np.pi * np.arange(rows) / m)
    walk = rng.normal(size=(rows, n)).cumsum(axis=0) * rng.uniform(0, 0.5, n)
    season = wave[:, None] * rng.uniform(0, 2, n)
    return walk + season + rng.normal(size=(rows, n)) + rng.choice([0, 30], n)


@pytest.mark.parametrize(("m", "rows"), [(2, 30), (3, 20), (7, 61), (12, 50)])
def test_indices_of_many_columns_are_those_of_statsmodels_one_by_one(m, rows):
    y = columns(m, rows)
    indices, multiplies = seasonal_indices(y, m)
    assert indices.shape == (m, y.shape[1])
    seasonal = has_season(y, m)
    assert 0 < seasonal.sum() < len(seasonal)
    for column in range(y.shape[1]):
        r = acf(y[:, column], nlags=m)[1:]
        limit = 1.645 * np.sqrt((1 + 2 * np.sum(r[:-1] ** 2)) / rows)
        assert seasonal[column] == (abs(r[-1]) > limit)
        if not seasonal[column]:
            assert not indices[:, column].any()
            assert not multiplies[column]
            continue
        assert multiplies[column] == (y[:, column].min() > 0)
        model = "multiplicative" if multiplies[column] else "additive"
        expected = seasonal_decompose(y[:, column], model, period=m).seasonal[:m]
        assert_allclose(indices[:, column], expected, rtol=1e-9, atol=1e-12)


def test_a_pattern_is_its_own_season():
    pattern = np.array([3.0, -2.0, 1.0, -2.0])
    y = np.tile(pattern, 4)[:, None]
    assert_allclose(classical_indices(y, 4, multiply=False)[:, 0], pattern, atol=1e-12)
    factors = np.array([0.5, 1.0, 1.5])
    y = 8 * np.tile(factors, 5)[:14, None]
    assert_allclose(classical_indices(y, 3, multiply=True)[:, 0], factors, rtol=1e-12)


def test_less_than_three_seasons_a_constant_and_a_season_of_one_row_are_none():
    y = np.tile([1.0, 2.0, 3.0, 4.0], 3)[:, None]
    assert has_season(y, 4).all()
    assert not has_season(y[:11], 4).any()
    assert not has_season(np.full((12, 1), 5.0), 4).any()
    assert not has_season(y, 1).any()
    indices, multiplies = seasonal_indices(y[:11], 4)
    assert_array_equal(indices, [[0.0]])
    assert_array_equal(multiplies, [False])


def test_factor_and_term_take_a_season_out_and_put_it_back():
    indices = np.array([[2.0, 3.0], [0.5, -3.0]])
    factor, term = season_of(indices, np.array([True, False]))
    assert_array_equal(factor, [[2.0, 1.0], [0.5, 1.0]])
    assert_array_equal(term, [[0.0, 3.0], [0.0, -3.0]])


def test_a_season_that_is_given_wins_over_that_of_the_frequency():
    assert season_length_of(Frequency("D"), None) == 7
    assert season_length_of(Frequency("D"), 3) == 3
