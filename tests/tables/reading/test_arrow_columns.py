"""Values of databases have one type in each column, whatever their blocks hold."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from forecast.tables.reading.arrow_columns import array_of_values, one_table, plain


def table(values):
    return pa.table({"x": array_of_values(values)})


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([[1, 2], [None, None], [2.5]], [1.0, 2.0, None, None, 2.5]),
        ([[None], [None]], [None, None]),
        ([[1, "n/a"], [2.5]], ["1", "n/a", "2.5"]),
        ([[1], ["a"]], ["1", "a"]),
        ([[Decimal("1.50")], [Decimal("2")]], [1.5, 2.0]),
        ([[Decimal(7)], [8]], [7, 8]),
        ([[Decimal(10) ** 30]], [1e30]),
        ([["a"], [None]], ["a", None]),
        ([[2**70]], [str(2**70)]),
        ([[dt.date(2024, 1, 2)]], [dt.date(2024, 1, 2)]),
    ],
)
def test_blocks_become_one_table(blocks, expected):
    assert one_table([table(block) for block in blocks])["x"].to_pylist() == expected


def test_times_are_in_utc_whatever_the_session_says():
    zone = dt.timezone(dt.timedelta(hours=2))
    times = pa.array([dt.datetime(2024, 1, 1, 2, tzinfo=zone)], pa.timestamp("us", "Europe/Kyiv"))
    found = plain(pa.table({"x": times}))["x"]
    assert found.type == pa.timestamp("us", "UTC")
    assert found.to_pylist() == [dt.datetime(2024, 1, 1, tzinfo=dt.UTC)]


def test_categories_are_their_names():
    categories = pa.array(["a", "b", "a"]).dictionary_encode()
    assert plain(pa.table({"x": categories}))["x"].to_pylist() == ["a", "b", "a"]
