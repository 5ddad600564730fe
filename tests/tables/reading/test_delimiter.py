"""The delimiter is the sign that makes the most regular table of known cells."""

import pytest

from forecast.tables.reading.delimiter import find_delimiter, split_records

DAYS = [f"2013-01-{day:02}" for day in range(1, 13)]


def lines(rows):
    return [f"{row}\n" for row in rows]


@pytest.mark.parametrize("delimiter", list(",;\t| "))
@pytest.mark.parametrize("header", [True, False])
def test_each_delimiter_is_found(delimiter, header):
    rows = [f"{day}{delimiter}{n}{delimiter}-{n}.5" for n, day in enumerate(DAYS)]
    names = [delimiter.join(["day", "load", "price"])] if header else []
    assert find_delimiter(lines(names + rows)) == delimiter


@pytest.mark.parametrize("delimiter", list(";\t| "))
def test_decimal_commas_do_not_delimit(delimiter):
    rows = [f"{day}{delimiter}{n},5{delimiter}{n},25" for n, day in enumerate(DAYS)]
    assert find_delimiter(lines(rows)) == delimiter
    assert find_delimiter(lines([delimiter.join("abc"), *rows])) == delimiter


@pytest.mark.parametrize("clock", [" 14:00", "T14:00", " 2:00 PM", " 14:00:00.5"])
@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_blanks_in_moments_do_not_delimit(clock, delimiter):
    rows = [f"{day}{clock}{delimiter}{n}" for n, day in enumerate(DAYS)]
    assert find_delimiter(lines([f"time{delimiter}y", *rows])) == delimiter
    assert find_delimiter(lines(rows)) == delimiter


@pytest.mark.parametrize(
    ("rows", "delimiter"),
    [
        (["y", "1,5", "2,5", "3,1"], ""),  # one column with decimal commas
        (["y", "1", "2"], ""),
        (["Category: All categories", "", "Week,python", "2020-01-05,80", "2020-01-12,81"], ","),
        (["a text; of words, and more", "day|y", "2013-01-01|1", "2013-01-02|2"], "|"),
        # In these lines commas make as many columns as semicolons.
        ([f"{day};{n},5" for n, day in enumerate(DAYS)], ";"),
        (["year  load  price", "2013  325,3  8,064", "2014  1,5  9,250"], " "),
    ],
)
def test_other_signs_do_not_mislead(rows, delimiter):
    assert find_delimiter(lines(rows)) == delimiter


def test_runs_of_blanks_part_once():
    assert list(split_records(["a   b c\n"], " ")) == [["a", "b", "c"]]


def test_one_column_is_not_parted():
    assert list(split_records(["a, b; c\n", '"x\n', 'y"\n'], "")) == [["a, b; c"], ["x\ny"]]
