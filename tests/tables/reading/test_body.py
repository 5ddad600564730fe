"""The lower half of the first records shows what columns hold, and how wide the table is."""

import pytest

from forecast.tables.reading.body import filled, find_body, is_comment

ROWS = [["day", "a", "b", ""], ["2013-01-01", "1.5", "x", ""], ["2013-01-02", "?", "y", ""]]


def test_columns_are_told_by_most_of_their_cells():
    body = find_body(list(enumerate([["Title"], [], *ROWS, ["2013-01-03", "2", "z", ""]])))
    assert body.moments == (0,)
    assert body.values == (0, 1)
    assert body.width == 3
    assert body.is_named_by(ROWS[0])
    assert not body.is_named_by(ROWS[1])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["day", "a", "b"], True),
        (["day", "a", "b", ""], True),
        (["day", "a", "b", "c"], True),
        (["day", "a", "b", "", ""], True),
        (["day", "a"], False),
        (["day", "a", "b", "c", "d"], False),
        (["#day", "a", "b"], False),
        (["", "", ""], False),
        ([], False),
    ],
)
def test_a_header_is_as_wide_as_the_rows_but_for_delimiters_at_the_end(fields, expected):
    assert find_body(list(enumerate(ROWS))).is_as_wide(fields) is expected


def test_comments_begin_with_a_sign_and_are_no_value():
    assert is_comment(["# moved"])
    assert is_comment(["%y", "1"])
    assert not is_comment(["y"])


def test_empty_fields_at_the_end_are_not_filled():
    assert filled(["", " a ", "", " "]) == ["", "a"]
    assert filled(["", ""]) == []
