"""What is planted in the cells of a column."""

import numpy as np
import pandas as pd
from analyst_files import STUCK, spare_parts, visits

from forecast.profiling.columns import profile_column
from forecast.profiling.demand import demand_of
from forecast.profiling.series_table import SeriesTable


def column_of(frame, place=0):
    return profile_column(SeriesTable.from_frame(frame), place, is_close=False)


def test_the_stuck_counter_is_found():
    days = visits().set_index("date").asfreq("D")
    (stretch,) = column_of(days).stretches
    assert (stretch.begin, stretch.rows) == (days.index[STUCK[0]], STUCK[1])
    assert stretch.value == days["visits"].iloc[STUCK[0]]


def test_empty_cells_are_counted_where_other_columns_have_values():
    days = pd.date_range("2024-01-01", periods=10)
    frame = pd.DataFrame({"a": np.arange(10.0), "b": np.arange(10.0)}, days)
    frame.iloc[0, 0] = np.nan  # has not begun
    frame.iloc[3, 0] = np.nan  # empty
    frame.iloc[5, :] = np.nan  # a hole of the table
    frame.iloc[9, 0] = np.nan  # has ended
    assert column_of(frame).missing == 1
    assert column_of(frame, 1).missing == 0


def test_range_and_ends():
    days = pd.date_range("2024-01-01", periods=5)
    column = column_of(pd.DataFrame({"a": [np.nan, 4.0, 1.0, 9.0, np.nan]}, days))
    assert (column.least, column.median, column.largest) == (1, 4, 9)
    assert (column.begin, column.end) == (days[1], days[3])


def test_a_column_without_values():
    days = pd.date_range("2024-01-01", periods=5)
    plain = column_of(pd.DataFrame({"a": [np.nan] * 5}, days)).to_dict()
    assert (plain["begin"], plain["least"], plain["missing"]) == (None, None, 0)


def test_constant_series_are_named():
    days = pd.date_range("2024-01-01", periods=30)
    flat = pd.Series(3.0, days)
    varied = pd.Series(np.random.default_rng(0).normal(size=30), days)
    column = column_of(pd.concat({"flat": flat, "varied": varied}).to_frame("y"))
    assert column.constant == ("flat",)
    assert column.stretches == ()


def test_demand_is_that_of_each_series():
    frame = spare_parts().set_index(["part", "week"])
    column = column_of(frame)
    each = [demand_of(part.to_numpy(float)) for _, part in frame["demand"].groupby(level=0)]
    assert column.kinds == {"intermittent": 3}
    assert column.demand.interval == np.median([demand.interval for demand in each])
    assert column.to_dict()["demand"]["kinds"] == {"intermittent": 3}
