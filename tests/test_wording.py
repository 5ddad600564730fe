"""Sentences say one and many."""

from forecast.wording import counted


def test_one_row_is_spoken_of_in_the_singular():
    assert [counted(n, "row") for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
