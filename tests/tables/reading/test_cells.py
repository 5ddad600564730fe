"""Cells know where they stand in the file: a refusal says it."""

import numpy as np
import pandas as pd
import pytest

from forecast.tables.reading.cells import RawColumn, RawTable, is_text, typed

# The header is line 1 of the file, and line 3 is blank.
ROWS = np.array([2, 4, 5])


def column(cells):
    return RawColumn("my.csv", "y", pd.Series(cells), ROWS)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([1.5, 2.5, 3.5], "'2.5'"),
        (["a", "b", "c"], "'b'"),
        ([1.0, np.nan, 3.0], "the cell"),
        (["a", None, "c"], "the cell"),
        ([[1], [2], [3]], r"'\[2\]'"),
    ],
)
def test_the_first_wrong_cell_is_named_with_its_place_and_value(cells, said):
    with pytest.raises(
        ValueError, match=rf"^my\.csv, row 4, column 'y': {said} is odd\. Mend it\.$"
    ):
        column(cells).refuse([False, True, True], "is odd", "Mend it.")


def test_where_no_cell_is_wrong_none_is_refused():
    column([1, 2, 3]).refuse(pd.Series([False] * 3), "is odd", "Mend it.")


def test_a_column_of_a_table_keeps_its_file_and_rows():
    table = RawTable("my.csv", pd.DataFrame({"x": [1, 2, 3], 7: [4, 5, 6]}), ROWS)
    with pytest.raises(ValueError, match=r"my\.csv, row 5, column '7': '6' is odd"):
        table.column(7).refuse([False, False, True], "is odd", "Mend it.")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1, 2], False),
        ([1.5, np.nan], False),
        ([True, False], False),
        (pd.array([1, None], dtype="Int64"), False),
        (["1", "2"], True),
        ([1, "2"], True),
        (pd.date_range("2013-01-01", periods=2), True),
        ([[1], [2]], True),
    ],
)
def test_text_is_whatever_is_no_column_of_numbers(cells, expected):
    assert is_text(pd.Series(cells)) is expected


def test_plain_numbers_in_texts_are_numbers():
    assert typed(pd.Series(["1", "20130131"], dtype="str")).tolist() == [1, 20130131]
    assert typed(pd.Series(["1.5", "-2e3"], dtype="str")).tolist() == [1.5, -2000]
    for cells in (["1", "x"], ["1,5", "2"], [None, None]):
        texts = pd.Series(cells, dtype="str")
        assert typed(texts) is texts
