"""History and future in one table, parted where the values of y begin and end."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal, assert_series_equal

from forecast import NaiveForecaster, WindowForecaster, part_at_last_value

DAYS = pd.date_range("2024-01-01", periods=6)
PRICES = pd.DataFrame({"price": np.arange(6.0)}, DAYS)
SALES = pd.Series([np.nan, 2.0, np.nan, 4.0, np.nan, np.nan], DAYS, name="sales")


def test_rows_before_the_first_value_have_not_begun_and_rows_after_the_last_are_ahead():
    X, y, ahead = part_at_last_value(PRICES, SALES)
    assert_frame_equal(X, PRICES[1:4])
    assert_series_equal(y, SALES[1:4])  # the gap between two values stays
    assert_frame_equal(ahead, PRICES[4:])


def test_each_series_ends_by_itself():
    index = pd.MultiIndex.from_product([["b", "a"], DAYS[:3]], names=["shop", "day"])
    y = pd.Series([1.0, np.nan, np.nan, np.nan, 2.0, np.nan], index)
    X = pd.DataFrame({"price": np.arange(6.0)}, index)
    order = [4, 0, 5, 2, 3, 1]  # rows may come in any order
    parts = part_at_last_value(X.iloc[order], y.iloc[order])
    assert_array_equal(parts.y, [2.0, 1.0])
    assert_array_equal(parts.ahead["price"], [5, 2, 1])
    assert list(parts.ahead.index) == [index[5], index[2], index[1]]


def test_a_series_without_a_value_stays_to_be_refused():
    index = pd.MultiIndex.from_product([["full", "empty"], DAYS[:2]])
    y = pd.Series([1.0, 2.0, np.nan, np.nan], index)
    assert_series_equal(part_at_last_value(None, y).y, y)


def test_a_row_is_observed_where_one_target_is():
    y = pd.DataFrame({"one": [np.nan, 1, np.nan, np.nan], "two": [np.nan, np.nan, 2, np.nan]})
    parts = part_at_last_value(None, y)
    assert_frame_equal(parts.y, y[1:3])
    assert parts.ahead.index.tolist() == [3]


def test_arrays_get_the_numbers_of_their_rows():
    X, y, ahead = part_at_last_value(np.arange(8.0).reshape(4, 2), [np.nan, 1.0, 2.0, np.nan])
    assert_array_equal(X, [[2, 3], [4, 5]])
    assert y.index.tolist() == [1, 2]
    assert_array_equal(ahead, [[6, 7]])
    assert ahead.index.tolist() == [3]


def test_a_row_without_a_moment_stays_to_be_refused():
    days = DAYS[:3].insert(1, pd.NaT)
    y = pd.Series([np.nan, np.nan, 1.0, 2.0], days)
    with pytest.raises(ValueError, match="row 0 has no timestamp"):
        NaiveForecaster().fit(part_at_last_value(None, y).y)


def test_what_is_ahead_can_be_forecast():
    y = SALES.fillna({DAYS[2]: 3.0})
    X, y, ahead = part_at_last_value(PRICES, y)
    model = WindowForecaster(lookback=1, horizon=1).fit(X, y)
    expected = WindowForecaster(lookback=1, horizon=1).fit(PRICES[1:4], y).predict(PRICES[4:])
    assert_array_equal(model.predict(ahead), expected)
    _, y, ahead = part_at_last_value(None, SALES)
    assert NaiveForecaster().fit(y.ffill()).forecast(ahead).index.equals(DAYS[4:])


def test_tables_of_two_lengths_are_refused():
    with pytest.raises(ValueError, match="X has 5 rows and y has 6"):
        part_at_last_value(PRICES[:5], SALES)
