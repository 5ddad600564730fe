"""The rows that `predict` is asked for: which series, how many steps after its end."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator

from forecast.tables.intake import Usage, read_table, training_panel
from forecast.tables.question import read_question

DAYS = pd.date_range("2024-01-01", periods=4)
NOTHING_KNOWN = np.zeros(0, dtype=bool)


def asked(X, y, past=NOTHING_KNOWN):
    """Ask for rows after those of y."""
    memory = training_panel(read_table(BaseEstimator(), None, y))
    usage = Usage(memory.columns, past, reads_features=True, takes_gaps=False)
    return read_question(BaseEstimator(), X, memory, usage)


def two_series():
    index = pd.MultiIndex.from_tuples(
        [("b", day) for day in DAYS] + [("a", day) for day in DAYS[:3]]
    )
    return pd.Series(np.arange(7.0), index)


def test_a_number_of_steps_is_asked_of_every_series():
    question = asked(2, two_series())
    assert_array_equal(question.series, [0, 0, 1, 1])
    assert_array_equal(question.steps, [1, 2, 1, 2])
    assert list(question.moments) == [
        ("b", pd.Timestamp("2024-01-05")),
        ("b", pd.Timestamp("2024-01-06")),
        ("a", pd.Timestamp("2024-01-04")),
        ("a", pd.Timestamp("2024-01-05")),
    ]


def test_rows_are_counted_from_the_end_of_their_own_series():
    index = pd.MultiIndex.from_tuples([("a", DAYS[3]), ("b", DAYS[3] + pd.Timedelta(days=3))])
    question = asked(index, two_series())
    assert_array_equal(question.series, [1, 0])
    assert_array_equal(question.steps, [1, 3])


def test_rows_without_moments_follow_at_once():
    question = asked(pd.DataFrame(index=range(2)), pd.Series(np.arange(4.0), DAYS))
    assert_array_equal(question.steps, [1, 2])
    assert question.moments[0] == pd.Timestamp("2024-01-05")


def test_a_single_closed_day_is_no_step_and_rows_are_steps_on_a_trading_calendar():
    traded = pd.bdate_range("2024-01-01", periods=30).delete([9, 19])
    y = pd.Series(np.arange(28.0), traded)
    monday_missing = pd.bdate_range("2024-02-13", periods=3)  # the memory ends on Friday the 9th
    assert traded[-1] == pd.Timestamp("2024-02-09")
    assert_array_equal(asked(monday_missing, y).steps, [1, 2, 3])
    later = pd.DatetimeIndex(["2024-02-14", "2024-02-16"])  # two days are missing: a gap
    assert_array_equal(asked(later, y).steps, [3, 4])


def test_rows_in_the_training_part_are_refused_with_its_end():
    with pytest.raises(ValueError, match=r"2024-01-03 .* inside or before .* ends at 2024-01-04"):
        asked(DAYS[2:], pd.Series(np.arange(4.0), DAYS))


@pytest.mark.parametrize("steps", [0, -1, 1.5, True])
def test_numbers_of_steps_that_are_none_are_refused(steps):
    with pytest.raises((ValueError, TypeError), match="the number of steps to predict must be"):
        asked(steps, pd.Series(np.arange(4.0), DAYS))
