"""Rows are sorted, merged, opened and filled as asked for, and each of it is noted."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast.exceptions import InputError
from forecast.tables.reading.options import Options
from forecast.tables.reading.rows import in_order, regular

DAYS = pd.date_range("2013-01-01", periods=6, freq="D")


def table(values, index=DAYS):
    return pd.DataFrame({"y": np.asarray(values, dtype=float)}, index=index[: len(values)])


def sorted_rows(rows, names=None):
    """Sort rows of DAYS whose values are their numbers in the file."""
    codes = np.zeros(len(rows), dtype=int) if names is None else pd.factorize(pd.Series(names))[0]
    values = pd.DataFrame({"y": np.arange(len(rows))})
    series = None if names is None else pd.Series(names)
    frame, notes = in_order(values, series, codes, DAYS[rows].rename("timestamp"))
    return frame, notes


def test_rows_in_order_keep_it():
    frame, notes = sorted_rows([0, 1, 1, 2])
    assert frame["y"].tolist() == [0, 1, 2, 3]
    assert notes == []


@pytest.mark.parametrize(
    ("rows", "expected", "note"),
    [
        ([3, 2, 1], [2, 1, 0], "newest row first: sorted"),
        ([3, 2, 2, 1], [3, 2, 1, 0], "newest row first: sorted"),
        ([3, 1, 2, 2], [1, 2, 3, 0], "rows out of order: sorted"),
    ],
)
def test_other_rows_are_sorted(rows, expected, note):
    frame, notes = sorted_rows(rows)
    assert frame["y"].tolist() == expected
    assert frame.index.is_monotonic_increasing
    assert notes == [note]


def test_series_stand_one_after_the_other_in_order_of_appearance():
    frame, notes = sorted_rows([0, 0, 1, 1], ["S", "N", "S", "N"])
    assert list(frame.index) == [("S", DAYS[0]), ("S", DAYS[1]), ("N", DAYS[0]), ("N", DAYS[1])]
    assert frame["y"].tolist() == [0, 2, 1, 3]
    assert notes == []
    frame, notes = sorted_rows([1, 1, 0, 0], ["S", "N", "S", "N"])
    assert frame["y"].tolist() == [2, 0, 3, 1]
    assert notes == ["newest row first: sorted"]


def test_one_missing_row_is_one_refusal_with_one_command_that_heals_it():
    hours = pd.date_range("2013-01-01", periods=8760, freq="h")
    frame = pd.DataFrame({"y": np.arange(8760.0)}, index=hours).drop(hours[4000])
    with pytest.raises(InputError, match=r"my\.csv: .* is missing \(1 row is\)") as error:
        regular("my.csv", frame, Options())
    assert str(error.value).endswith("Mend it with freq='h', fill=True.")
    assert error.value.at_command_line().endswith("Mend it with --freq h --fill.")
    filled, notes = regular("my.csv", frame, Options(freq="h", fill=True))
    assert_array_equal(filled["y"], np.where(np.arange(8760) == 4000, 3999, np.arange(8760)))
    assert notes == ["opened 1 missing row", "filled 1 cell with the value before"]


def test_without_fill_holes_are_rows_of_nan():
    frame, notes = regular("my.csv", table([0, 1, 2, 3, 4]).drop(DAYS[1:3]), Options(freq="D"))
    assert_array_equal(frame["y"], [0, np.nan, np.nan, 3, 4])
    assert notes == ["opened 2 missing rows"]


@pytest.mark.parametrize(
    ("how", "expected"),
    [("mean", [1.5, 3, 5]), ("sum", [3, 3, 15]), ("last", [2, 3, 6]), ("count", [2, 1, 3])],
)
@pytest.mark.parametrize("freq", [None, "D"])
def test_rows_are_merged_as_asked_for(how, expected, freq):
    frame = table([1, 2, 3, 4, 5, 6], DAYS[[0, 0, 1, 2, 2, 2]])
    merged, notes = regular("my.csv", frame, Options(freq=freq, how=how))
    assert_array_equal(merged["count" if how == "count" else "y"], expected)
    assert notes == [f"merged 6 rows into 3 ({how})"]


def test_rows_of_several_series_are_merged_apart():
    index = pd.MultiIndex.from_tuples(
        [("N", DAYS[0]), ("N", DAYS[0]), ("N", DAYS[1]), ("S", DAYS[0]), ("S", DAYS[1])],
        names=["series", "timestamp"],
    )
    frame = pd.DataFrame({"y": [1.0, 2.0, 4.0, 8.0, 16.0]}, index=index)
    merged, notes = regular("my.csv", frame, Options(how="sum"))
    assert_array_equal(merged["y"], [3, 4, 8, 16])
    assert merged.index.names == ["series", "timestamp"]
    assert notes == ["merged 5 rows into 4 (sum)"]


def test_an_event_log_is_counted():
    events = pd.to_datetime(["2013-01-01 08:00", "2013-01-01 09:30", "2013-01-03 10:00"])
    frame, notes = regular("my.csv", pd.DataFrame(index=events), Options(freq="D", how="count"))
    assert_array_equal(frame["count"], [2, 0, 1])
    assert notes == ["merged 3 rows into 2 (count)", "opened 1 missing row"]


def test_only_gaps_are_filled():
    index = pd.MultiIndex.from_product([["N", "S"], DAYS[:5]], names=["series", "timestamp"])
    nan = np.nan
    frame = pd.DataFrame(
        {"y": [nan, 1, nan, 3, nan, nan, nan, 7, 8, 9], "z": [1.0] * 4 + [nan] + [2.0] * 5}, index
    )
    filled, notes = regular("my.csv", frame, Options(fill=True))
    assert_array_equal(filled["y"], [nan, 1, 1, 3, nan, nan, nan, 7, 8, 9])
    assert_array_equal(filled["z"], frame["z"])
    assert notes == [
        "filled 1 cell with the value before",
        "left 5 cells empty before the first or after the last value",
    ]
