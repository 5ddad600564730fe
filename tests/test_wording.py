"""Sentences say one and many."""

from forecast.wording import counted, some_of


def test_one_row_is_spoken_of_in_the_singular():
    assert [counted(n, "row") for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]


def test_of_many_names_the_first_are_said():
    assert some_of(["a", "b"]) == "a, b"
    assert some_of(range(7), most=5) == "0, 1, 2, 3, 4 and 2 more"
