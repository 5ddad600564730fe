"""Decimal and thousands marks are decided by the column, the other columns and the delimiter."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast.tables.reading.cells import RawTable
from forecast.tables.reading.marks import decimal_signs, to_floats
from forecast.tables.reading.options import Options


def signs_of(columns, delimiter=";", is_quoted=False, **said):
    cells = pd.DataFrame(columns, dtype="str")
    rows = np.arange(2, len(cells) + 2)
    table = RawTable("my.csv", cells, rows, delimiter, is_quoted=is_quoted)
    return decimal_signs(table, dict(cells.items()), Options(**said))


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        ("1.5", "."),
        ("0.123", "."),
        (".125", "."),
        ("1234.567", "."),
        ("1.2345", "."),
        ("5.", "."),
        ("1.234e5", "."),
        ("1,234.567", "."),
        ("1 234.567", "."),
        ("1'234.567", "."),
        ("1,234,567", "."),
        ("12,34,567", "."),
        ("-1,5", ","),
        ("0,123", ","),
        ("1.234,567", ","),
        ("1.234.567", ","),
        ("1 234,567", ","),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", ""])
def test_one_cell_decides_its_column_and_the_others(cell, decimal, delimiter):
    signs = signs_of({"y": ["1.234", cell], "z": ["998", "1,234"]}, delimiter)
    assert signs == {"y": decimal, "z": decimal}


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("cells", [["998", "1.002"], ["1.234", "2.345"]])
def test_where_both_readings_are_possible_both_are_said(cells, delimiter):
    sentence = r"my\.csv, row \d, column 'y': '(1\.\d*)' may be \1 or 1 \d*\."
    with pytest.raises(ValueError, match=sentence) as refusal:
        signs_of({"y": cells}, delimiter)
    assert "Give decimal='.' for the first, decimal=',' for the second" in str(refusal.value)
    flags = refusal.value.at_command_line()
    assert "--decimal . for the first, --decimal , for the second" in flags


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", ""])
def test_a_comma_is_open_in_every_file(delimiter):
    with pytest.raises(ValueError, match=r"'1,002' may be 1\.002 or 1 002"):
        signs_of({"y": ["998", "1,002"]}, delimiter)


@pytest.mark.parametrize("delimiter", [",", " ", ""])
def test_three_decimals_are_read_where_thousands_are_not_parted(delimiter):
    assert signs_of({"y": ["285.125", "28650"]}, delimiter) == {"y": "."}
    # Quotes leave the delimiter without a meaning.
    with pytest.raises(ValueError, match=r"'285\.125' may be"):
        signs_of({"y": ["285.125", "28650"]}, delimiter, is_quoted=True)


@pytest.mark.parametrize("delimiter", [",", " ", "", ";", "\t", "|"])
def test_three_decimals_are_open_where_either_sign_may_be_written(delimiter):
    with pytest.raises(ValueError, match=r"'3\.930' may be 3\.930 or 3 930|'9\.167' may be"):
        signs_of({"y": ["9.167", "3.930"]}, delimiter)


@pytest.mark.parametrize(
    ("said", "decimal"),
    [
        ({"decimal": "."}, "."),
        ({"decimal": ","}, ","),
        ({"thousands": "."}, ","),
        ({"thousands": ","}, "."),
        ({"thousands": ""}, "."),
        ({"thousands": " "}, "."),
    ],
)
def test_what_is_said_decides(said, decimal):
    assert signs_of({"y": ["998", "1.002"]}, **said) == {"y": decimal}


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands", "value"),
    [
        ("10.062,87", ",", None, 10062.87),
        ("10 062,9", ",", None, 10062.9),
        ("2,032.22", ".", None, 2032.22),
        ("1'234.5", ".", None, 1234.5),
        ("12,34,567.5", ".", None, 1234567.5),
        ("-1.234", ",", None, -1234),
        ("+1,5E+3", ",", None, 1500),
        (".5", ".", None, 0.5),
        ("5.", ".", None, 5),
        ("inf", ".", None, np.inf),
        ("0.1", ".", None, 0.1),
        # Marks that are not in their places.
        ("1.5", ",", None, np.nan),
        ("1,23", ".", None, np.nan),
        ("1.234.56", ",", None, np.nan),
        ("1.2.3", ".", None, np.nan),
        ("1,234", ".", "", np.nan),
        ("1 234", ".", ",", np.nan),
    ],
)
def test_figures_become_floats(cell, decimal, thousands, value):
    figures = pd.Series([None, cell], dtype="str")
    assert_array_equal(to_floats(figures, decimal, thousands), [np.nan, value])


def test_floats_are_exact():
    values = np.random.default_rng(0).normal(size=200) * 10.0 ** np.arange(-100, 100)
    figures = pd.Series([repr(value) for value in values.tolist()], dtype="str")
    assert_array_equal(to_floats(figures, ".", None), values)
