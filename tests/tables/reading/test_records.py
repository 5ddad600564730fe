"""Records keep their lines; columns of text are stripped, and empty cells missing."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast.tables.reading.records import Columns, Records, clean_lines


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n3,4\n", [1, 2, 3]),
        ("a,b\r\n\r\n3,4", [1, 2, 3]),
        # The second cell takes two lines.
        ('a,b\n1,"x\ny"\n3,4\n', [1, 2, 4]),
    ],
)
@pytest.mark.parametrize("above", [0, 5])
@pytest.mark.parametrize("size", [1, 2, 10])
def test_records_know_their_lines(text, rows, above, size):
    records = Records("my.csv", text, ",", above + 1)
    found = []
    while taken := records.take(size)[0]:
        found += taken
    assert found == [row + above for row in rows]


def test_a_record_that_cannot_be_read_is_refused_with_its_line():
    records = Records("my.csv", 'a,b\n1,"2\n3,4\n', ",", 1)
    with pytest.raises(ValueError, match=r"my\.csv, row 2 cannot be read as CSV: "):
        records.take(10)


def test_lines_of_blanks_are_empty():
    assert list(clean_lines("a\n  \n b \n", ",")) == ["a\n", "\n", " b \n"]
    assert list(clean_lines(" a  b \n \t\n", " ")) == ["a  b\n", "\n"]


def test_tabs_that_delimit_are_no_blanks():
    assert list(clean_lines("a\tb\n\t\n", "\t")) == ["a\tb\n", "\t\n"]


def test_columns_are_stripped_and_empty_cells_are_missing():
    columns = Columns(2)
    columns.append([2, 4], [[" a ", ""], ["b", "1"]])
    columns.append([7], [["", "\u00a02"]])
    assert_array_equal(columns.rows(), [2, 4, 7])
    first, second = columns.texts()
    assert first.fillna("-").tolist() == ["a", "b", "-"]
    assert second.fillna("-").tolist() == ["-", "1", "2"]


def test_a_table_without_rows_has_columns():
    columns = Columns(1)
    assert len(columns.texts()[0]) == 0
    assert columns.rows().dtype == np.dtype(int)


LINES = [f"{n}, x{n % 7} ,{'' if n % 3 else n}" for n in range(30_000)]


def columns_of(text, delimiter=","):
    """Read three columns as the command does, and those that Arrow took."""
    records = Records("my.csv", text, delimiter, 1)
    columns = Columns(3)
    columns.append(*records.take(10))
    rows, taken = records.take_columns(3)
    if rows:
        columns.append_columns(rows, taken)
    while len((last := records.take(1000))[0]):
        columns.append(*last)
    return columns, len(rows)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns_are_the_same_at_once_and_row_by_row(end):
    columns, n_taken = columns_of(end.join(LINES))
    assert n_taken > 29_000
    assert_array_equal(columns.rows(), np.arange(1, 30_001))
    # One quoted cell, and all rows are read one by one.
    slow, n_taken = columns_of(end.join([*LINES[:-1], LINES[-1].replace("29999", '"29999"')]))
    assert n_taken == 0
    for fast, one_by_one in zip(columns.texts(), slow.texts(), strict=True):
        assert fast.fillna("-").tolist() == one_by_one.fillna("-").tolist()


@pytest.mark.parametrize("line", ["", "1,2", "1,2,3,4"])
def test_nothing_is_taken_at_once_where_a_line_differs(line):
    records = Records("my.csv", "\n".join([*LINES[:500], line, *LINES]), ",", 1)
    assert records.take_columns(3) == ([], [])
    rows, taken = records.take(len(LINES) + 501)
    assert rows == list(range(1, len(LINES) + 502))
    assert taken[499:502] == [
        ["499", "x2 ", ""],
        line.split(",") if line else [],
        ["0", "x0 ", "0"],
    ]
