import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast.exceptions import InputError, InputTypeError
from forecast.sequences.strokes import points_of, prefix_of

ONE = [[1.0, 2.0, 0], [0.5, 0.0, 1]]
OTHER = [[3.0, 4.0, 1]]


def test_points_of_all_sequences_stand_in_one_table():
    points, lengths = points_of([ONE, np.array(OTHER)])
    assert_array_equal(points, ONE + OTHER)
    assert_array_equal(lengths, [2, 1])


def test_rows_of_nan_at_the_end_are_no_points():
    padded = np.full((2, 3, 3), np.nan)
    padded[0, :2], padded[1, :1] = ONE, OTHER
    points, lengths = points_of(padded)
    assert_array_equal(points, ONE + OTHER)
    assert_array_equal(lengths, [2, 1])


def test_no_prefix_has_no_points():
    assert prefix_of(None).shape == (0, 3)
    assert_array_equal(prefix_of(ONE), ONE)


@pytest.mark.parametrize(
    ("sequences", "fault"),
    [
        ([], "there is no sequence"),
        ([ONE, np.zeros((0, 3))], "sequence 1 holds no point"),
        ([ONE, [[1.0, 2.0]]], r"sequence 1 has the shape \(1, 2\)"),
        ([[[1, 2, 0], [np.nan, 2, 0], [1, 2, 0]]], "sequence 0 contains NaN or inf in point 1"),
        ([[[1, np.inf, 0]]], "contains NaN or inf in point 0"),
        ([ONE, [[1, 2, 0], [1, 2, 0.5]]], "pen up is 0.5 in point 1 of sequence 1"),
        ([["a"]], "sequence 0 holds what is no number"),
        (np.zeros((4, 3)), r"the strokes have the shape \(4, 3\)"),
        ("abc", "strokes are a list"),
        (3, "strokes are a list"),
    ],
)
def test_what_are_no_strokes_is_refused(sequences, fault):
    with pytest.raises((InputError, InputTypeError), match=fault):
        points_of(sequences)
