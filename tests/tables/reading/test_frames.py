"""Frames whose columns have types become cells; what was their index is known."""

import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast.exceptions import InputError
from forecast.tables.reading.frames import table_of_frame

DAYS = pd.date_range("2024-01-01", periods=2, freq="D")


def test_an_index_of_moments_becomes_the_column_of_times():
    table = table_of_frame("sales", pd.DataFrame({"y": [1, 2]}, index=DAYS))
    assert (table.time, table.series) == ("timestamp", None)
    assert list(table.cells) == ["timestamp", "y"]
    assert_array_equal(table.rows, [1, 2])


def test_two_levels_become_the_columns_of_series_and_times():
    index = pd.MultiIndex.from_arrays([["A", "B"], DAYS], names=["shop", None])
    table = table_of_frame("sales", pd.DataFrame({"y": [1, 2]}, index=index))
    assert (table.series, table.time) == ("shop", "timestamp")


def test_an_index_that_only_numbers_the_rows_is_left_out():
    table = table_of_frame("sales", pd.DataFrame({7: [1, 2]}))
    assert (table.time, table.series) == (None, None)
    assert list(table.cells) == ["7"]


def test_three_levels_are_refused():
    index = pd.MultiIndex.from_arrays([["A"], ["B"], DAYS[:1]])
    with pytest.raises(InputError, match=r"^sales has an index of 3 levels; give it"):
        table_of_frame("sales", pd.DataFrame({"y": [1]}, index=index))
