"""Numeric columns become float; columns of text are left out, wrong cells are refused."""

import logging
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from csv_files import DAYS, csv_of
from numpy.testing import assert_allclose, assert_array_equal

from forecast import read
from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.numbers import numeric_columns
from forecast.tables.reading.options import Options


def table(delimiter=",", **columns):
    cells = pd.DataFrame(columns)
    return RawTable("my.csv", cells, np.arange(2, len(cells) + 2), delimiter)


def columns_of(table, others=(), **said):
    return numeric_columns(table, {*others}, Options(**said))[:2]


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
    values, notes = columns_of(table(delimiter, y=cells))
    assert values["y"].dtype == float
    assert_array_equal(values["y"], expected)
    assert notes == []


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
    values, notes = columns_of(table(y=[1, 2, 3], other=cells))
    assert list(values) == ["y"]
    assert notes[0].startswith("left out 'other'")


def test_the_columns_of_times_and_series_are_neither():
    columns = {"time": [1, 2], "shop": ["N", "S"], "y": [3, 4]}
    values, notes = columns_of(table(**columns), ("time", "shop"))
    assert list(values) == ["y"]
    assert notes == []


def test_text_columns_are_left_out_and_logged(file, caplog):
    with caplog.at_level(logging.INFO, logger="forecast.tables.reading"):
        frame = read(file("time,y,sky\n2013-01-01,1,fair\n2013-01-02,2,7\n2013-01-03,3,rain\n"))
    assert list(frame) == ["y"]
    assert "left out 'sky' (text like 'fair' and '7')" in caplog.text


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


@pytest.mark.parametrize(
    ("cells", "delimiter", "expected", "note"),
    [
        (["$98.64", "$1,000.5", None], ",", [98.64, 1000.5, np.nan], "'y': stripped '$'"),
        (["12 %", "13,5 %", "?"], ";", [12, 13.5, np.nan], "'y': stripped '%'"),
        (["68.35M", "950K", "-"], ",", [68.35e6, 950e3, np.nan], "'y': 'M' is a million"),
        (["1.234,5 €", "-2 €", ""], ";", [1234.5, -2, np.nan], "'y': stripped '€'"),
        (["(1,234.5)", "6", None], ",", [-1234.5, 6, np.nan], "'y': parentheses are minus signs"),
        (["Yes", "no", None], ",", [1, 0, np.nan], "'y': yes is 1, no is 0"),
        (["true", "True", None], ",", [1, 1, np.nan], "'y': true is 1, false is 0"),
        (["1.5", ".", "?"], ",", [1.5, np.nan, np.nan], "'y': 1 '.' cell is missing"),
        (["?", "?", None], ",", [np.nan] * 3, "'y': 2 '?' cells are missing"),
    ],
)
def test_what_was_done_to_the_cells_is_noted(cells, delimiter, expected, note):
    values, notes = columns_of(table(delimiter, y=cells))
    assert_allclose(values["y"], expected, rtol=1e-15)
    assert notes[0] == note


def test_the_marks_of_one_column_decide_those_of_the_others():
    columns = {"y": ["1.234", "998"], "z": ["1,5", "2"]}
    values, _ = columns_of(table(";", **columns))
    assert_array_equal(values, [[1234, 1.5], [998, 2]])


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["A1", "A2", "A3"], "text like 'A1'"),
        (["A1", "A2", "3"], "text like 'A1'"),
        (["low", "high", "3"], "text like 'low' and '3'"),
        (["007", "012", "100"], "names of digits like '007'"),
        (["2018-01-05", "2018-01-06", None], "dates like '2018-01-05'"),
        (["31.12.2018", "1.1.2019", "1"], "dates like '31.12.2018'"),
        (["no", "no", "no"], "text like 'no'"),  # Norway
        (pd.date_range("2013-01-01", periods=3), "times like '2013-01-01 00:00:00'"),
    ],
)
def test_why_a_column_was_left_out_is_known_and_noted(cells, why):
    _, notes = columns_of(table(y=[1, 2, 3], other=cells))
    assert notes == [f"left out 'other' ({why})"]


# One word in many cells is a marker that we do not know, not a column of text.
@pytest.mark.parametrize("cells", [["1", "2", "abc"], ["1", "2", *["abc"] * 18]])
def test_a_word_among_numbers_is_refused_with_a_remedy_that_heals(cells):
    with pytest.raises(ValueError, match="row 4, column 'y': 'abc' is no number") as refusal:
        columns_of(table(y=cells))
    assert "missing=['abc']" in str(refusal.value)
    assert "--missing abc " in refusal.value.at_command_line()
    values, _ = columns_of(table(y=cells), missing=("abc",))
    assert_array_equal(values["y"], [1, 2, *[np.nan] * (len(cells) - 2)])


@pytest.mark.parametrize("dash", ["-", "$ -"])
def test_a_dash_among_amounts_may_be_zero(dash):
    cells = ["$5", "$6", dash]
    with pytest.raises(ValueError, match=r"row 4, column 'y': '.*-' may be zero or missing"):
        columns_of(table(y=cells))
    values, _ = columns_of(table(y=cells), missing=(dash,))
    assert_array_equal(values["y"], [5, 6, np.nan])


def test_numbers_that_seem_missing_are_refused_in_texts_and_in_parquet():
    for cells in (["1.5", "-999", "2", "3"], [1.5, -999, 2, 3]):
        with pytest.raises(ValueError, match="column 'y': 1 cell holds -999, far outside"):
            columns_of(table(y=cells))
        values, _ = columns_of(table(y=cells), missing=("-999",))
        assert_array_equal(values["y"], [1.5, np.nan, 2, 3])
        values, _ = columns_of(table(y=cells), missing=())
        assert_array_equal(values["y"], [1.5, -999, 2, 3])


def test_rows_can_be_counted_where_no_column_is_numeric():
    values, notes = columns_of(table(y=["a", "b"]), how="count")
    assert values.shape == (2, 0)
    assert notes == ["left out 'y' (text like 'a')"]


def test_decimals_of_parquet_are_numbers():
    values, _ = columns_of(table(y=[Decimal("1.5"), None]))
    assert_array_equal(values["y"], [1.5, np.nan])


def test_one_k_behind_every_number_is_refused_with_both_readings():
    sentence = "'293.1K' may be 293.1 thousand or 293.1 kelvin.* Write the numbers without 'K'"
    with pytest.raises(ValueError, match=sentence):
        columns_of(table(y=["293.1K", None, "294K"]))
    values, _ = columns_of(table(y=["293.1", None, "294"]))
    assert_array_equal(values["y"], [293.1, np.nan, 294])


@pytest.mark.parametrize(("option", "mark"), [("decimal", "."), ("thousands", ",")])
def test_marks_that_were_given_and_are_not_those_of_the_file_are_to_be_left_out(option, mark):
    cells = ["1.200,00", "2,50"]
    with pytest.raises(InputError) as refused:
        columns_of(table(y=cells), **{option: mark})
    assert str(refused.value).endswith(f" Leave out {option}=….")
    assert refused.value.at_command_line().endswith(f" Leave out --{option}.")
    values, _ = columns_of(table(y=cells))
    assert_array_equal(values["y"], [1200, 2.5])


def test_marks_that_fit_no_reading_of_the_column_are_to_be_mended():
    with pytest.raises(InputError, match="Write all numbers of the column alike"):
        columns_of(table(y=["1.200,00", "2,50", "2,345.5"]), decimal=",")


@pytest.mark.parametrize(
    ("cells", "rewritten"),
    [(["1_000", "2_500"], ["1000", "2500"]), (["1h 30m", "2h 15m"], ["1.5", "2.25"])],
)
def test_amounts_that_are_not_read_are_to_be_rewritten_rather_than_counted(cells, rewritten):
    with pytest.raises(InputError) as refused:
        columns_of(table(y=cells))
    assert refused.value.args[0].endswith("Write the numbers in 'y' like 1234.5.")
    assert refused.value.args[1:] == ("", "")
    values, _ = columns_of(table(y=rewritten))
    assert_array_equal(values["y"], np.array(rewritten, dtype=float))


@pytest.mark.parametrize("cells", [["Anna", "Ben"], ["007", "008"], ["2013-01-01", "2013-01-03"]])
def test_rows_with_names_and_dates_may_be_counted(cells):
    with pytest.raises(InputError, match="count its rows"):
        columns_of(table(y=cells))


@pytest.mark.parametrize("cell", ["1e200", "-1e308", "1.5e141"])
def test_numbers_whose_squares_overflow_are_refused_with_two_remedies(file, cell):
    path = file(csv_of(DAYS, [1, cell, 3]))
    with pytest.raises(ValueError, match=f"row 3, column 'y': '{cell}' is beyond") as error:
        read(path, missing=())
    unit = re.search(r"Divide the column by (\S+),", str(error.value))[1]
    divided = [value / float(unit) for value in (1, float(cell), 3)]
    assert_allclose(read(file(csv_of(DAYS, divided), "divided.csv"))["y"], divided)
    assert f"give missing=['{cell}'] where" in str(error.value)
    assert np.isnan(read(path, missing=cell)["y"].iloc[1])


def test_a_number_of_many_digits_is_not_finite(file):
    with pytest.raises(ValueError, match=r"'9{39}…' is not finite\. Correct it, or empty the cell"):
        read(file(csv_of(DAYS, [1, "9" * 400, 3])))
