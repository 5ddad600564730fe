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
