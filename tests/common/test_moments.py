"""Moments: which rows are forecast, whatever names them."""

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from cases import (
    CASES,
    REPRESENTATIVES,
    ROWS,
    WINDOWED,
    WITH_COLUMNS,
    WITHOUT_COLUMNS,
    fitted,
    for_cases,
    fresh,
    near,
    table,
)
from numpy.testing import assert_array_equal


def weekdays_without(holidays, n):
    days = pd.bdate_range("2024-01-02", periods=n + len(holidays))
    return days.drop(days[holidays])


INDEXES = {
    "days": pd.date_range("2024-02-20", periods=ROWS + 5, freq="D"),
    "days without freq": pd.DatetimeIndex(pd.date_range("2024-02-20", periods=ROWS + 5).to_numpy()),
    "hours in a time zone": pd.date_range(
        "2024-02-20", periods=ROWS + 5, freq="h", tz="Europe/Berlin"
    ),
    "six hours over a change of clocks": pd.date_range(
        "2024-03-29", periods=ROWS + 5, freq="6h", tz="Europe/Berlin"
    ),
    "days over a change of clocks": pd.date_range(
        "2024-03-10", periods=ROWS + 5, freq="D", tz="America/New_York"
    ),
    "month starts": pd.date_range("2020-02-01", periods=ROWS + 5, freq="MS"),
    "month ends": pd.date_range("2020-02-01", periods=ROWS + 5, freq="ME"),
    "periods": pd.period_range("2015Q2", periods=ROWS + 5, freq="Q"),
    "integers": pd.Index(np.arange(100, 100 + 7 * (ROWS + 5), 7)),
    "trading days": weekdays_without([3, 17], ROWS + 5),
    "weekdays": pd.bdate_range("2024-01-02", periods=ROWS + 5),
}


@cache
def hourly_answers(name):
    """Return what a case answers hour by hour: predict, hindcast, predict after an update."""
    X, y = table(CASES[name].columns, n=ROWS + 5)
    model = fresh(name).fit(X[:ROWS], y[:ROWS])
    predicted = model.predict(X[ROWS:])
    hindcast = model.hindcast(X, y, [20, 25], 3)
    observed = slice(ROWS, ROWS + 2)
    model.update(X[observed], y[observed])
    return predicted, hindcast, model.predict(X[ROWS + 2 :])


def check_against_hours(name, kind):
    """Assert that the same numbers get the same forecasts when other moments name the rows."""
    index = INDEXES[kind]
    X, y = table(CASES[name].columns, index=index)
    predicted, hindcast, updated = hourly_answers(name)
    model = fresh(name).fit(X[:ROWS], y[:ROWS])
    near(model.predict(X[ROWS:]), predicted)
    assert model.forecast(X[ROWS:]).index.equals(index[ROWS:])
    near(model.hindcast(X, y, [20, 25], 3), hindcast)
    observed = slice(ROWS, ROWS + 2)
    model.update(X[observed], y[observed])
    near(model.predict(X[ROWS + 2 :]), updated)


@pytest.mark.parametrize("kind", INDEXES)
@for_cases(REPRESENTATIVES)
def test_the_kind_of_moments_does_not_change_the_forecast(name, kind):
    check_against_hours(name, kind)


def test_moments_that_are_unevenly_apart_do_not_change_the_forecast(name):
    check_against_hours(name, "trading days")


@pytest.mark.parametrize("kind", INDEXES)
@for_cases(["NaiveForecaster-seasonal", "ARIMAForecaster", "LSTMForecaster-lstm"])
def test_steps_asked_by_number_get_the_moments_that_follow(name, kind):
    index = INDEXES[kind]
    _, y = table([], index=index)
    model = fresh(name).fit(y[:ROWS])
    frame = model.forecast(5, coverage=0.5)
    assert frame.index.equals(index[ROWS:])
    assert_array_equal(frame["forecast"], model.predict(5))


@for_cases(WITHOUT_COLUMNS)
def test_the_horizon_is_a_number_an_index_or_a_frame(model, X):
    expected = model.predict(4)
    future = X.index[ROWS : ROWS + 4]
    for asked in (np.int64(4), future, X.loc[future], pd.DataFrame(index=future)):
        assert_array_equal(model.predict(asked), expected)
    assert_array_equal(model.predict(future[::-1]), expected[::-1])


@for_cases(WITH_COLUMNS)
def test_rows_without_moments_follow_at_once(name, X, y):
    past = [i for i, c in enumerate(X) if c == "seen"]
    model = fresh(name)
    if past:
        model.set_params(
            **{key: past for key in model.get_params() if key.endswith("past_features")}
        )
    rows = X.to_numpy()
    model.fit(rows[:ROWS], y[:ROWS])  # the moments are those of y
    expected = fitted(name).predict(X[ROWS : ROWS + 4])
    near(model.predict(rows[ROWS : ROWS + 4]), expected)
    frame = model.forecast(rows[ROWS : ROWS + 4])
    assert frame.index.equals(y.index[ROWS : ROWS + 4])
    model.update(rows[ROWS : ROWS + 2], y.to_numpy()[ROWS : ROWS + 2])
    assert model.forecast(rows[ROWS + 2 : ROWS + 3]).index[0] == y.index[ROWS + 2]


@for_cases([n for n in WITH_COLUMNS if CASES[n].columns == ["seen"]])
def test_columns_that_are_only_seen_need_no_future_rows(model, X):
    expected = model.predict(X[ROWS : ROWS + 4])
    near(model.predict(4), expected)
    near(model.predict(X.index[ROWS : ROWS + 4]), expected)
    near(model.predict(pd.DataFrame(index=X.index[ROWS : ROWS + 4])), expected)


@for_cases([n for n in WITH_COLUMNS if "seen" in CASES[n].columns])
def test_columns_that_are_only_seen_may_be_nan_in_rows_to_predict(model, X):
    future = X[ROWS : ROWS + 4]
    near(model.predict(future.assign(seen=np.nan)), model.predict(future))


@for_cases(["NaiveForecaster-seasonal", "ARIMAForecaster", "LSTMForecaster-lstm"])
def test_the_series_alone_is_enough(name, model, y):
    expected = model.predict(3)
    empty = pd.DataFrame(index=y.index)
    for X in (None, empty[:ROWS]):
        assert_array_equal(fresh(name).fit(X, y[:ROWS]).predict(3), expected)
    alone = fresh(name).fit(y[:ROWS])
    assert_array_equal(alone.predict(3), expected)
    assert_array_equal(fresh(name).fit(list(y[:ROWS])).predict(3), expected)
    near(
        alone.update(y[ROWS : ROWS + 2]).predict(3),
        model.update(empty[ROWS : ROWS + 2], y[ROWS : ROWS + 2]).predict(3),
    )
    near(alone.hindcast(None, y, [20], 3), model.hindcast(empty, y, [20], 3))


def test_rows_may_begin_later(model, X):
    whole = model.predict(X[ROWS : ROWS + 2])
    near(model.predict(X[ROWS + 1 : ROWS + 2]), whole[1:])


# Each step needs the known columns of the steps before it, of which it is made.
RECURSIVE_AND_KNOWN = [
    name for name in [*WINDOWED, "ConformalForecaster-adaptive"] if "known" in CASES[name].columns
]


@for_cases([name for name in CASES if name not in RECURSIVE_AND_KNOWN])
def test_rows_may_begin_beyond_the_trained_horizon(model, X):
    near(model.predict(X[ROWS + 5 : ROWS + 8]), model.predict(X[ROWS : ROWS + 8])[5:])
    near(model.predict(X.iloc[[ROWS + 6, ROWS + 1]]), model.predict(X[ROWS : ROWS + 8])[[6, 1]])


@for_cases(RECURSIVE_AND_KNOWN)
def test_rows_beyond_the_trained_horizon_need_the_columns_between(model, X):
    begin, first = X.index[ROWS + 5], X.index[ROWS]
    sentence = f"the forecast for {begin} needs the features of all rows since {first}"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        model.predict(X[ROWS + 5 : ROWS + 8])
