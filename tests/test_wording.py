"""Sentences say one and many; numbers are written as people do."""

import pandas as pd
import pytest

from forecast.wording import counted, decimals_of, number, some_of


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
