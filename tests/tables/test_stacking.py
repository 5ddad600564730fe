import numpy as np
import pandas as pd
import pytest

from forecast.tables.stacking import stack_columns

DAYS = pd.date_range("2024-01-01", periods=3, name="day")
WIDE = pd.DataFrame({"a": [1.0, 2.0, 3.0], "price": [7.0, 8.0, 9.0], "b": [np.nan, 5.0, 6.0]}, DAYS)


def test_columns_become_series_and_the_others_belong_to_each():
    long = stack_columns(WIDE, ["a", "b"], "value")
    assert long.index.names == ["series", "day"]
    assert list(long.columns) == ["value", "price"]
    for name in ("a", "b"):
        expected = WIDE[[name, "price"]].rename(columns={name: "value"})
        pd.testing.assert_frame_equal(long.loc[name], expected)


def test_columns_of_series_are_named_after_both():
    table = pd.concat({"north": WIDE, "south": WIDE[1:] * 2}, names=["shop", "day"])
    long = stack_columns(table, ["b", "a"], "value")
    assert list(long.index.unique(0)) == ["north/b", "south/b", "north/a", "south/a"]
    assert long.loc["south/a", "value"].tolist() == [4.0, 6.0]
    assert long.loc["south/b", "price"].tolist() == [16.0, 18.0]


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(ValueError, match="a column is called 'price'"):
        stack_columns(WIDE, ["a", "b"], "price")
    assert len(stack_columns(WIDE.rename(columns={"price": "fee"}), ["a", "b"], "price")) == 6
