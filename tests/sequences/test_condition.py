import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.exceptions import InputError
from forecast.sequences.condition import Condition

ROWS = np.array([[1.0, 10.0], [3.0, 10.0], [5.0, 40.0]])


def test_numbers_are_read_in_units_of_their_deviation():
    rows = Condition.learn(ROWS, 3).rows(ROWS, 3)
    assert_allclose(rows, (ROWS - ROWS.mean(axis=0)) / ROWS.std(axis=0))


def test_one_row_serves_for_all_sequences():
    condition = Condition.learn(ROWS, 3)
    for one in (ROWS[1], ROWS[1:2], ROWS[1].tolist()):
        assert_array_equal(condition.rows(one, 4), np.repeat(condition.rows(ROWS, 3)[1:2], 4, 0))


@pytest.mark.parametrize("form", [[2.0, 4.0, 9.0], [[2.0], [4.0], [9.0]]])
def test_one_feature_is_a_column_or_a_list(form):
    condition = Condition.learn(form, 3)
    assert condition.features == 1
    assert_array_equal(condition.rows([2.0, 4.0, 9.0], 3), condition.rows(form, 3))
    assert_array_equal(condition.rows(4.0, 2), np.repeat(condition.rows(form, 3)[1:2], 2, 0))


def test_texts_are_labels_with_a_column_each():
    condition = Condition.learn(["b", "a", "b"], 3)
    assert condition.labels == ("a", "b")
    assert_array_equal(condition.rows(["a", "b"], 2), [[1, 0], [0, 1]])
    assert_array_equal(condition.rows("b", 2), [[0, 1], [0, 1]])


def test_without_a_condition_there_is_no_column():
    assert Condition.learn(None, 3).rows(None, 5).shape == (5, 0)


def test_a_constant_feature_is_0():
    rows = Condition.learn([[7.0], [7.0]], 2).rows([[7.0], [8.0]], 2)
    assert_array_equal(rows, [[0.0], [0.0]])


@pytest.mark.parametrize(
    ("learned", "asked", "fault"),
    [
        (ROWS, None, "fitted with a condition: pass one"),
        (None, ROWS, "fitted without a condition: pass none"),
        (ROWS, ROWS[:, :1], r"condition has the shape \(3, 1\); fit saw 2 features"),
        (ROWS, [1.0, 2.0, 3.0], r"condition has the shape \(1, 3\); fit saw 2 features"),
        (ROWS, ROWS[:2], "condition has 2 rows for 3 sequences"),
        (ROWS, ROWS * np.nan, "condition contains NaN or inf in row 0"),
        (ROWS, [["a", "b"]], "condition holds what is no number"),
        (["one", "two", "two"], "tow", "condition 'tow' was not seen in fit; did you mean 'two'"),
        (["a", "b", "b"], ["a", "b"], "condition has 2 rows for 3 sequences"),
    ],
)
def test_another_condition_than_that_of_fit_is_refused(learned, asked, fault):
    with pytest.raises(InputError, match=fault):
        Condition.learn(learned, 3).rows(asked, 3)


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (ROWS[None], "it must be"),
        (ROWS[:2], "condition has 2 rows for 3 sequences"),
        ([1.0, np.inf, 2.0], "NaN or inf in row 1"),
    ],
)
def test_wrong_conditions_are_refused_in_fit(condition, fault):
    with pytest.raises(InputError, match=fault):
        Condition.learn(condition, 3)
