import pytest

from forecast.sequences.edits import edit_distance


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "abc", 0),
        ("abc", "ab", 1),
        ("ac", "abc", 1),
        ("abc", "axc", 1),
        ("abcd", "bcde", 2),
        ("intention", "execution", 5),
        ([(60, 1), 3], [3, (60, 1)], 2),
    ],
)
def test_the_edit_distance_is_the_number_of_edits(one, other, expected):
    assert edit_distance(one, other) == expected
    assert edit_distance(other, one) == expected
