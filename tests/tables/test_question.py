"""The rows that `predict` is asked for: which series, how many steps after its end."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, TimeSeriesSplit

from forecast import NaiveForecaster, WindowForecaster
from forecast.exceptions import InputError, RowsTakenAsFollowing
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


def test_two_rows_for_one_moment_are_refused_by_name():
    scenarios = DAYS[:2] + pd.Timedelta(days=4)
    twice = scenarios.append(scenarios)
    with pytest.raises(ValueError, match=r"row 2 to predict is 2024-01-05.*, as row 0 is"):
        asked(twice, pd.Series(np.arange(4.0), DAYS))
    index = pd.MultiIndex.from_product([["b"], twice])
    with pytest.raises(ValueError, match=r"row 2 to predict is \('b', Timestamp.*, as row 0 is"):
        asked(index, two_series())
    with pytest.raises(ValueError, match="row 1 to predict is 4, as row 0 is"):
        asked(pd.Index([4, 4]), np.arange(4.0))
    # Each scenario by itself, as the sentence says.
    assert_array_equal(asked(twice[:2], pd.Series(np.arange(4.0), DAYS)).steps, [1, 2])


def test_a_scenario_is_forecast_by_itself():
    X = pd.DataFrame({"price": np.arange(6.0)}, pd.date_range("2024-01-01", periods=6))
    model = WindowForecaster(lookback=1, horizon=1).fit(X[:4], [1.0, 3.0, 2.0, 5.0])
    both = pd.concat([X[4:], X[4:] + 1])
    with pytest.raises(ValueError, match="Predict each scenario by itself"):
        model.predict(both)
    dear = model.predict(both[2:])
    assert_array_equal(dear, model.predict(X[4:] + 1))
    assert (dear != model.predict(both[:2])).all()


def test_the_rows_asked_for_stand_behind_the_memory_of_their_series():
    index = pd.MultiIndex.from_product([["a", "b"], DAYS])
    y = pd.Series(np.arange(8.0), index)
    X = pd.DataFrame({"x": np.arange(8.0)}, index)
    estimator = BaseEstimator()
    memory = training_panel(read_table(estimator, X, y))
    usage = Usage(memory.columns, np.zeros(1, dtype=bool), reads_features=True, takes_gaps=False)
    days = pd.date_range(DAYS[-1], periods=4)[1:]
    rows = pd.DataFrame(
        {"x": [30.0, 10.0]}, pd.MultiIndex.from_tuples([("b", days[2]), ("b", days[0])])
    )
    panel, origins, place = read_question(estimator, rows, memory, usage).behind(memory)
    # The four rows of b, and three that follow: the second is not asked for.
    assert_array_equal(panel.y[:4, 0], [4, 5, 6, 7])
    assert_array_equal(panel.X[:, 0], [4, 5, 6, 7, 10, np.nan, 30])
    assert_array_equal(origins, [3])
    assert_array_equal(place, [0, 0])


# Rows that are counted from 0

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(30, 2))
TARGET = FEATURES[:, 0] + np.sin(np.arange(30.0))


def learned(n=20, framed=False):
    X = pd.DataFrame(FEATURES, columns=["a", "b"]) if framed else FEATURES
    model = WindowForecaster(Ridge(), lookback=2, horizon=1).fit(X[:n], TARGET[:n])
    return model, X


@pytest.mark.parametrize("framed", [True, False])
def test_a_table_that_begins_with_the_training_rows_asks_for_the_others(framed):
    model, X = learned(framed=framed)
    expected = model.predict(X[20:])
    assert_array_equal(model.predict(X), expected)
    frame = model.forecast(X, coverage=0.5)
    assert_array_equal(frame.index, np.arange(20, 30))
    assert_array_equal(frame["forecast"], expected)
    model.update(X[20:25], TARGET[20:25])
    assert_array_equal(model.predict(X), model.predict(X[25:]))


@pytest.mark.parametrize("framed", [True, False])
def test_rows_that_do_not_say_what_they_are_are_taken_for_those_that_follow_with_a_warning(framed):
    model, X = learned(framed=framed)
    with pytest.warns(RowsTakenAsFollowing, match="the 30 rows to predict are more than, and do"):
        answer = model.predict(X + 1)
    assert answer.shape == (30,)
    by_index = pd.DataFrame(FEATURES + 1, pd.RangeIndex(20, 50), columns=["a", "b"])
    expected = learned(framed=True)[0].predict(by_index)  # as the warning says
    assert_allclose(answer, expected)
    with pytest.warns(RowsTakenAsFollowing, match="the 20 rows to predict repeat the 20 training"):
        assert model.predict(X[:20]).shape == (20,)
    # Fewer rows are what is asked for every day.
    assert model.predict(X[:3] + 1).shape == (3,)


TREND = np.column_stack([FEATURES[:, 0], np.arange(30.0)])


@pytest.mark.parametrize("splitter", [KFold(5), KFold(5, shuffle=True, random_state=0)])
def test_of_rows_between_the_training_rows_a_trend_tells(splitter):
    for train, test in splitter.split(TREND):
        model = WindowForecaster(Ridge(), 2, 1).fit(TREND[train], TARGET[train])
        last, first = TREND[train[-1], 1], TREND[test[0], 1]
        if 0 < first < last:
            sentence = f"rises over the 24 training rows to {last:g}, but .* begin at {first:g}:"
            with pytest.warns(RowsTakenAsFollowing, match=sentence):
                answer = model.predict(TREND[test])
            # As it says, they are taken for those that follow.
            rows = pd.DataFrame(TREND[test], pd.RangeIndex(24, 30))
            framed = WindowForecaster(Ridge(), 2, 1)
            framed.fit(pd.DataFrame(TREND[train]), TARGET[train])
            assert_array_equal(answer, framed.predict(rows))


def test_rows_that_follow_are_not_doubted():
    times = pd.date_range("2024-01-01", periods=120, freq="h")
    hours, days = times.hour, times.day_of_year
    X = np.column_stack([hours, days, np.arange(120), np.sin(hours), -np.arange(120)])
    y = np.arange(120.0) % 7
    for train, test in TimeSeriesSplit(5).split(X):
        WindowForecaster(Ridge(), 2, 1).fit(X[train], y[train]).predict(X[test])
    # A day of hours begins anew, and so do the hours after any other beginning.
    for start in (0, 1, 3):
        model = WindowForecaster(Ridge(), 2, 1).fit(X[start:24, :1], y[start:24])
        model.predict(X[24:30, :1])
    # The rows that were observed count as well.
    model = WindowForecaster(Ridge(), 2, 1).fit(X[:30], y[:30]).update(X[30:60], y[30:60])
    model.predict(X[60:65])
    with pytest.warns(RowsTakenAsFollowing, match="over the 60 training rows to 59, but"):
        model.predict(X[40:45])


def test_rows_without_columns_are_told_by_their_number():
    model = NaiveForecaster(drift=True).fit(np.arange(5.0))
    assert_array_equal(model.predict(pd.DataFrame(index=range(8))), [5, 6, 7])
    assert_array_equal(model.predict(pd.DataFrame(index=range(2))), [5, 6])


def test_row_0_of_a_frame_is_no_row_that_follows_a_part_of_it():
    _, X = learned(framed=True)
    model = WindowForecaster(Ridge(), lookback=2, horizon=1).fit(X[10:], TARGET[10:])
    with pytest.raises(ValueError, match="row 0 lies inside or before the training part"):
        model.predict(X[:10])
    with pytest.raises(ValueError, match="rows to observe must begin at 30; these begin at 0"):
        model.update(X[:10], TARGET[:10])


def test_a_row_too_far_ahead_is_refused_before_anything_is_made():
    y = pd.Series(np.arange(4.0), pd.date_range("2024-01-01", periods=4, freq="s"))
    far = pd.DataFrame(index=pd.DatetimeIndex(["2034-01-01"]))
    sentence = "315619197 steps after the training part, which ends at 2024-01-01 00:00:03: no more"
    for X in (far, 315_619_197):
        with pytest.raises(InputError, match=sentence):
            asked(X, y)
    assert asked(1000, y).steps[-1] == 1000
