"""Numeric columns become float; columns of text are left out, wrong cells are refused."""

import logging

import numpy as np
import pandas as pd
import pytest
from csv_files import DAYS, csv_of
from numpy.testing import assert_array_equal

from forecast import read
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.numbers import numeric_columns


def table(delimiter=",", **columns):
    cells = pd.DataFrame(columns)
    return RawTable("my.csv", cells, np.arange(2, len(cells) + 2), delimiter)


@pytest.mark.parametrize(
    ("cells", "delimiter", "expected"),
    [
        ([1, 2, 3], ",", [1, 2, 3]),
        ([True, False, True], ",", [1, 0, 1]),
        ([True, None, False], ",", [1, np.nan, 0]),
        ([None, None, None], ",", [np.nan] * 3),
        (["1.5", None, "-2e3"], ",", [1.5, np.nan, -2000]),
        (["1,5", "-0,25", "3"], ";", [1.5, -0.25, 3]),
        (pd.array([1, None, 3], dtype="Int64"), ",", [1, np.nan, 3]),
    ],
)
def test_cells_become_floats(cells, delimiter, expected):
    values, left_out, _ = numeric_columns(table(delimiter, y=cells), set())
    assert values["y"].dtype == float
    assert_array_equal(values["y"], expected)
    assert left_out == {}


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "b", "c"],  # most of them no number
        [[1], [2], [3]],
        [np.array([1, 2]), np.array([3]), np.array([4])],  # as Parquet returns lists
        pd.date_range("2013-01-01", periods=3),
        pd.to_timedelta([1, 2, 3], unit="h"),
        pd.period_range("2013", periods=3, freq="Y"),
        pd.Categorical(["1", "2", "3"]),
    ],
)
def test_what_is_no_column_of_numbers_is_left_out(cells):
    values, left_out, _ = numeric_columns(table(y=[1, 2, 3], other=cells), set())
    assert list(values) == ["y"]
    assert list(left_out) == ["other"]


def test_the_columns_of_times_and_series_are_neither():
    values, left_out, _ = numeric_columns(
        table(time=[1, 2], shop=["N", "S"], y=[3, 4]), {"time", "shop"}
    )
    assert list(values) == ["y"]
    assert left_out == {}


def test_text_columns_are_left_out_and_logged(file, caplog):
    with caplog.at_level(logging.INFO, logger="forecast.tables.reading"):
        frame = read(file("time,y,sky\n2013-01-01,1,fair\n2013-01-02,2,7\n2013-01-03,3,rain\n"))
    assert list(frame) == ["y"]
    assert "left out 'sky' (text like 'fair')" in caplog.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (csv_of(DAYS, "abc"), ": 'y' holds text like 'a'"),
        ("time,y,z\n1,a,b\n2,a,b\n", ": 'y' holds text like 'a'; 'z' holds text like 'b'"),
        ("time\n2013-01-01\n2013-01-02\n", ""),
    ],
)
def test_a_table_without_numbers_is_refused(file, content, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv has no numeric column{sentence}\. Give it one"):
        read(file(content))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (csv_of(DAYS, (1, "abc", 3)), "row 3, column 'y': 'abc' is no number"),
        # A decimal comma, and a decimal point.
        (csv_of(DAYS, (1, "2,5", "1.5"), ";"), r"row 3, column 'y': '2,5' is no number with '\.'"),
        (csv_of(DAYS, (1, "-inf", 3)), "row 3, column 'y': '-inf' is not finite"),
    ],
)
def test_cells_that_are_no_numbers_are_named(file, content, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv, {sentence}"):
        read(file(content))
