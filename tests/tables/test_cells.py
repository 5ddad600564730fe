"""Cells become floats, or are refused by column, row and value; the remedies heal."""

import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow
import pytest
from numpy.testing import assert_array_equal
from sklearn.compose import make_column_transformer
from sklearn.preprocessing import OneHotEncoder

from forecast import NaiveForecaster, WindowForecaster
from forecast.tables.cells import as_pandas, floats_of

DAYS = pd.date_range("2024-01-01", periods=3)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([True, False, True], [1, 0, 1]),
        (pd.array([1, None, 3], dtype="Int64"), [1, np.nan, 3]),
        (pd.array([0.5, None, 3], dtype="Float64"), [0.5, np.nan, 3]),
        (pd.array([True, None, False], dtype="boolean"), [1, np.nan, 0]),
        (pd.array([1, 2, None], dtype="int64[pyarrow]"), [1, 2, np.nan]),
        (pd.array([1, pd.NA, True], dtype=object), [1, np.nan, 1]),
        (pd.array([Decimal("1.5"), None, 2], dtype=object), [1.5, np.nan, 2]),
        (np.array([1, 2, 3], dtype=np.uint8), [1, 2, 3]),
    ],
    ids=str,
)
def test_numbers_of_every_kind_are_floats(values, expected):
    frame = pd.DataFrame({"a": values})
    assert_array_equal(floats_of(frame["a"], "y"), expected)
    assert_array_equal(floats_of(frame, "X")[:, 0], expected)
    assert floats_of(frame, "X").dtype == np.float64
    assert_array_equal(floats_of(frame.to_numpy(object), "X")[:, 0], expected)


WRONG = {
    "text": (["1", "sunny", "2"], "'sunny' in row 1", ValueError, "OneHotEncoder"),
    "texts of numbers": (["1", "2", "3"], "'1' in row 0", ValueError, "to_numeric"),
    "category": (pd.Categorical([2, 2, 3]), "2 in row 0", ValueError, "OneHotEncoder"),
    "date": (DAYS, "2024-01-01 00:00:00 in row 0", ValueError, "set_index('a')"),
    "python's date": ([None, date(2024, 1, 1), 3], "2024-01-01 in row 1", ValueError, "set_index"),
    "period": (DAYS.to_period(), "2024-01-01 in row 0", ValueError, "set_index"),
    "duration": (DAYS - DAYS[0], "0 days 00:00:00 in row 0", ValueError, "total_seconds"),
    "complex": ([1 + 2j, 0j, 0j], "(1+2j) in row 0", ValueError, "real numbers"),
    "list": ([[1], 2, 3], "[1] in row 0", TypeError, "numbers"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_number_is_refused_by_column_row_and_value(kind):
    values, place, error, remedy = WRONG[kind]
    frame = pd.DataFrame({"b": [1.0, 2.0, 3.0], "a": values})
    sentence = re.escape(f"X['a'] holds {place}, which is no number.")
    with pytest.raises(error, match=f"{sentence} .*{re.escape(remedy)}"):
        floats_of(frame, "X")
    with pytest.raises(error, match=re.escape(f"y holds {place}, which is no number.")):
        floats_of(frame["a"], "y")
    if kind not in ("category", "period"):
        array = frame["a"].to_numpy()
        with pytest.raises(error, match=r"X\[1\] holds .* in row"):
            floats_of(pd.DataFrame({0: 1.0, 1: array}).to_numpy(object), "X")


def test_rows_are_called_by_their_moments():
    with pytest.raises(ValueError, match="y holds 'two' in row 2024-01-02 00:00:00"):
        floats_of(pd.Series(["1", "two", "3"], DAYS), "y")


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="the rows of X have different lengths"):
        floats_of([[1.0], [1.0, 2.0]], "X")


# Remedies

WEEKS = pd.date_range("2024-01-01", periods=12)
Y = pd.Series([5.0, 1, 2, 6, 1, 3, 5, 2, 2, 7, 1, 3], WEEKS)
SKY = pd.Series(["sun", "rain", "fog"] * 4, WEEKS, name="sky")


def answer(X, y=Y):
    """Learn the first nine rows, and forecast the others."""
    return WindowForecaster(lookback=1, horizon=1).fit(X[:9], y[:9]).predict(X[9:])


def refusal_of(X, y=Y):
    with pytest.raises(ValueError, match="which is no number") as caught:
        answer(X, y)
    return str(caught.value)


def test_texts_are_encoded_or_left_out():
    X = pd.DataFrame({"sky": SKY, "price": np.arange(12.0)})
    assert "OneHotEncoder" in refusal_of(X)
    encoder = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["sky"]), remainder="passthrough"
    )
    encoded = encoder.set_output(transform="pandas").fit_transform(X)
    by_hand = pd.DataFrame(
        {name: (name == SKY).astype(float) for name in ("fog", "rain", "sun")} | {"p": X["price"]}
    )
    assert_array_equal(answer(encoded), answer(by_hand))
    assert "leave it out of X" in refusal_of(X)
    assert_array_equal(answer(X.drop(columns="sky")), answer(by_hand[["p"]]))


def test_texts_of_numbers_are_read():
    X = pd.DataFrame({"price": [f"{i}.5" for i in range(12)]}, WEEKS)
    assert "Read its texts with pandas.to_numeric(X['price'])" in refusal_of(X)
    read = X.assign(price=pd.to_numeric(X["price"]))
    assert_array_equal(answer(read), answer(pd.DataFrame({"price": np.arange(12) + 0.5}, WEEKS)))


def test_dates_become_the_index_or_numbers():
    X = pd.DataFrame({"price": np.arange(12.0), "day": WEEKS})
    y = Y.reset_index(drop=True)
    assert "Make it the index with X.set_index('day')" in refusal_of(X, y)
    healed = X.set_index("day")
    expected = answer(X[["price"]].set_axis(WEEKS))
    assert_array_equal(answer(healed, y), expected)
    X = X.set_axis(WEEKS)
    assert "Leave it out of X, or give numbers made of it, such as X['day'].dt.month" in refusal_of(
        X
    )
    assert_array_equal(answer(X.drop(columns="day")), expected)
    assert_array_equal(
        answer(X.assign(day=X["day"].dt.day)), answer(X.assign(day=np.arange(1, 13)))
    )


def test_dates_beside_the_targets_become_the_index():
    y = pd.DataFrame({"day": WEEKS, "sales": Y.to_numpy()})
    with pytest.raises(ValueError, match=re.escape("Make it the index with y.set_index('day')")):
        NaiveForecaster().fit(y)
    model = NaiveForecaster().fit(y.set_index("day"))
    assert_array_equal(model.predict(1), [[3.0]])
    assert model.forecast(1).index[0] == pd.Timestamp("2024-01-13")


def test_durations_become_seconds():
    X = pd.DataFrame({"age": WEEKS - WEEKS[0]}, WEEKS)
    assert "X['age'].dt.total_seconds()" in refusal_of(X)
    seconds = X.assign(age=X["age"].dt.total_seconds())
    assert_array_equal(answer(seconds), answer(X.assign(age=86400.0 * np.arange(12))))


# Other libraries


def test_a_table_without_an_index_is_refused_where_a_column_holds_its_moments():
    table = pyarrow.table({"day": WEEKS.to_pydatetime(), "price": np.arange(12.0)})
    with pytest.raises(ValueError, match=r"the column 'day' holds moments \(2024-01-01") as caught:
        WindowForecaster(lookback=1, horizon=1).fit(table, Y.to_numpy())
    assert "table.to_pandas().set_index('day')" in str(caught.value)
    healed = table.to_pandas().set_index("day")
    expected = answer(pd.DataFrame({"price": np.arange(12.0)}, WEEKS))
    assert_array_equal(answer(healed, Y.reset_index(drop=True)), expected)


def test_a_table_of_another_library_has_names_and_numbers():
    table = pyarrow.table({"price": np.arange(12.0), "day": pyarrow.array([1, None] * 6)})
    assert_array_equal(as_pandas(table)["price"], np.arange(12.0))
    assert_array_equal(floats_of(as_pandas(table), "X")[:2], [[0, 1], [1, np.nan]])
    column = SimpleNamespace(to_pandas=lambda: pd.Series([1.0, 2.0]))
    assert NaiveForecaster().fit(column).predict(1) == [2.0]


HUGE = [1.0, 1e200, 3.0]


@pytest.mark.parametrize(
    ("table", "place"),
    [
        (HUGE, "y is 1e+200 at row 1,"),
        (np.array([HUGE]).T, "y[0] is 1e+200 at row 1,"),
        (pd.Series(HUGE, DAYS), "y is 1e+200 at row 2024-01-02 00:00:00,"),
        (pd.DataFrame({"a": 1, "b": HUGE}), "y['b'] is 1e+200 at row 1,"),
        (pd.Series([1, -(10**200), 3], dtype=object), "y is -1e+200 at row 1,"),
    ],
)
def test_values_whose_squares_overflow_are_refused_with_a_unit_that_heals(table, place):
    with pytest.raises(ValueError, match=re.escape(place)) as error:
        floats_of(table, "y")
    unit = re.search(r"Divide the column by (\S+)\.$", str(error.value))[1]
    healed = floats_of(np.asarray(table, dtype=float) / float(unit), "y")
    assert np.abs(healed).max() == 1


def test_inf_and_what_lies_within_the_bounds_is_left_to_whoever_reads_it():
    assert_array_equal(
        floats_of([1e140, -1e140, np.inf, np.nan], "y"), [1e140, -1e140, np.inf, np.nan]
    )
