"""What Arrow finds in a column is what `re` finds in each cell."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast.tables.reading.arrow_texts import contain, groups, matches, replaced, series

CELLS = ["2013-01", "x2013-01", "", None, "2013", "März 2013"]
TEXTS = [cell or "" for cell in CELLS]


@pytest.mark.parametrize("dtype", [object, "string"])
@pytest.mark.parametrize("pattern", [r"\d{4}-\d{2}", r"a|\d+", r".*\d"])
def test_cells_match_as_python_says(pattern, dtype):
    column = pd.Series(CELLS, dtype=dtype)
    whole = [cell is not None and re.fullmatch(pattern, cell) is not None for cell in CELLS]
    within = [cell is not None and re.search(pattern, cell) is not None for cell in CELLS]
    assert_array_equal(matches(column, pattern), whole)
    assert_array_equal(contain(column, pattern), within)


def test_groups_are_empty_where_they_take_no_part():
    column = pd.Series(CELLS, index=np.arange(6) + 10)
    found = groups(column, r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?")
    assert series(found["year"], column.index).tolist() == ["2013", "", "", "", "2013", ""]
    assert series(found["month"], column.index).tolist() == ["01", "", "", "", "", ""]
    assert found["year"].null_count == 4


def test_what_a_pattern_finds_is_replaced():
    column = pd.Series(TEXTS, index=np.arange(6) + 10)
    expected = [re.sub(r"(\d)-", r"\1/", text) for text in TEXTS]
    found = replaced(column, r"(\d)-", r"\1/")
    assert found.tolist() == expected
    assert list(found.index) == list(column.index)
