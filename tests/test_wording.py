"""Sentences say one and many; numbers are written as people do."""

import pandas as pd
import pytest

from forecast.wording import counted, decimals_of, number, quoted, reason_of, some_of, some_phrases


def test_one_row_is_spoken_of_in_the_singular():
    assert [counted(n, "row") for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]


def test_of_many_names_the_first_are_said():
    assert some_of(["a", "b"]) == "a, b"
    assert some_of(range(7), most=5) == "0, 1, 2, 3, 4 and 2 more"


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([3.1284, 11.9391], ["3.128", "11.939"]),
        ([7064.2, 850.126, 912.3], ["7 064", "850", "912"]),
        ([1234567.8, 45.678, 23.4], ["1 234 567.8", "45.7", "23.4"]),
        ([0.0123, 0.00456], ["0.01230", "0.00456"]),
        ([0.0, 0.0], ["0.000", "0.000"]),
        ([-1500.5, 2000.25], ["-1 500", "2 000"]),
    ],
)
def test_numbers_of_a_column_have_one_notation(values, written):
    values = pd.Series(values)
    assert [number(value, decimals_of(values)) for value in values] == written


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(1e100, 0, "1e+100"), (-2.5e15, 0, "-2.5e+15"), (9e14, 0, "900 000 000 000 000")],
)
def test_numbers_of_more_digits_than_there_are_have_an_exponent(value, decimals, written):
    assert number(value, decimals) == written


def test_tiny_numbers_have_an_exponent():
    assert number(2e-300, decimals_of(pd.Series([2e-300]))) == "2e-300"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("price", "'price'"),
        (3, "3"),
        ("9" * 400, f"'{'9' * 39}…'"),
        ("\0" * 50, "'" + r"\x00" * 9 + r"\x0…" + "'"),
        (10**400, f"1{'0' * 39}…"),
    ],
)
def test_of_a_long_value_the_beginning_is_said(value, written):
    assert quoted(value) == written


def test_of_many_phrases_the_first_are_said():
    assert some_phrases(["a is text", "b too"]) == "a is text; b too"
    assert some_phrases(["a", "b", "c", "d"], most=2) == "a; b; and 2 more"
    assert some_of(["x" * 100]) == "x" * 40 + "…"


def test_of_the_reasons_of_others_the_first_line_is_said():
    assert reason_of(ValueError("Not a file.\nAt byte 3.")) == "Not a file"
    assert reason_of(ValueError("x" * 500)) == "x" * 160 + "…"
