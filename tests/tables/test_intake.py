"""A user's X and y become a panel once, and what cannot be learned from is refused by name."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator

from forecast.tables.intake import (
    Usage,
    check_gaps,
    check_some_value,
    further_panel,
    numbers_of,
    read_table,
    training_panel,
)
from forecast.tables.panel import Columns

DAYS = pd.date_range("2024-01-01", periods=4)


def long_table(order=("b", "a"), days=DAYS):
    """Return X and y of two series, whose rows stand day by day."""
    index = pd.MultiIndex.from_tuples([(name, day) for day in days for name in order])
    rows = np.arange(len(index), dtype=float)
    X = pd.DataFrame({"seen": rows, "known": -rows}, index)
    return X, pd.Series(10 * rows, index, name="temp")


def usage(past=(False, False), *, reads=True, gaps=False):
    return Usage(Columns(("seen", "known"), ("temp",), named=True), np.array(past), reads, gaps)


def test_a_training_table_is_ordered_by_series_with_its_columns_named():
    panel = training_panel(read_table(BaseEstimator(), *long_table()))
    assert panel.names == ("b", "a")
    assert_array_equal(panel.y[:, 0], [0, 20, 40, 60, 10, 30, 50, 70])
    assert panel.columns == Columns(("seen", "known"), ("temp",), named=True, flat=True)
    assert panel.columns.described() == (["X['seen']", "X['known']"], ["y"])


def test_columns_without_names_have_positions():
    table = read_table(BaseEstimator(), np.zeros((4, 1)), np.zeros((4, 2)))
    assert table.columns == Columns((0,), (0, 1), named=False, flat=False)
    assert table.columns.feature_names is None
    assert table.columns.described() == (["X[0]"], ["y[0]", "y[1]"])


def test_a_further_table_has_the_numbers_of_the_training_series():
    estimator = BaseEstimator()
    memory = training_panel(read_table(estimator, *long_table()))
    X, y = long_table(order=("a", "b"), days=DAYS + pd.Timedelta(days=4))
    panel, rows = further_panel(read_table(estimator, X, y, usage()), memory)
    assert_array_equal(panel.numbers, [1, 0])  # "a" comes first here, and was second in training
    assert [panel.name_of(0), panel.name_of(1)] == ["a", "b"]
    assert_array_equal(panel.y[rows, 0], y)


def test_missing_features_are_refused_only_where_they_have_to_be_known():
    estimator = BaseEstimator()
    X, y = long_table()
    read_table(estimator, X, y)
    with pytest.raises(ValueError, match="X has no features; fit saw 2: pass the same columns"):
        read_table(estimator, None, y, usage())
    assert np.isnan(read_table(estimator, None, y, usage(past=(True, True))).X).all()
    assert_array_equal(read_table(estimator, None, y, usage(reads=False)).X, np.zeros((8, 2)))


@pytest.mark.parametrize(
    ("column", "row", "horizon", "refused"),
    [
        ("temp", 1, 0, True),  # y up to the origin
        ("temp", 2, 1, False),  # y after it
        ("seen", 1, 0, True),  # a past feature up to the origin
        ("seen", 2, 1, False),  # and after it
        ("known", 2, 1, True),  # what is known ahead, up to the horizon
        ("known", 3, 1, False),  # and beyond
    ],
)
def test_gaps_matter_where_they_are_read(column, row, horizon, refused):
    X = pd.DataFrame({"seen": np.arange(4.0), "known": np.arange(4.0)}, DAYS)
    y = pd.Series(np.arange(4.0), DAYS, name="temp")
    if column == "temp":
        y.iloc[row] = np.nan
    else:
        X.loc[DAYS[row], column] = np.nan
    panel = training_panel(read_table(BaseEstimator(), X, y))
    origin = np.array([1])
    if not refused:
        check_gaps(panel, usage(past=(True, False)), origin, horizon)
        return
    with pytest.raises(ValueError, match=rf"contains NaN at row {DAYS[row]}"):
        check_gaps(panel, usage(past=(True, False)), origin, horizon)


def test_missing_observations_are_taken_and_inf_is_not():
    y = np.array([1.0, np.nan, 3.0, 4.0])
    panel = training_panel(read_table(BaseEstimator(), None, y))
    none = Usage(Columns(), np.zeros(0, dtype=bool), reads_features=True, takes_gaps=True)
    check_gaps(panel, none, panel.last)
    panel.y[2] = np.inf
    with pytest.raises(ValueError, match="y contains inf at row 2"):
        check_gaps(panel, none, panel.last)


def test_a_series_without_a_value_is_named():
    X, y = long_table()
    y[y.index.get_level_values(0) == "a"] = np.nan
    panel = training_panel(read_table(BaseEstimator(), X, y))
    with pytest.raises(ValueError, match="series 'a' has no value at all"):
        check_some_value(panel)


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        (None, "y is missing"),
        ([], "no row"),
        (np.zeros((2, 2, 2)), r"shape \(rows,\) or \(rows, targets\); got \(2, 2, 2\)"),
        ([1 + 2j], "Complex data not supported"),
        (["1", "two", "3"], "y holds 'two' in row 1, which is no number"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(y, sentence):
    with pytest.raises(ValueError, match=sentence):
        numbers_of(y)


@pytest.mark.parametrize("column", ["seen", "known", "temp"])
def test_huge_values_are_refused_whoever_reads_their_row(column):
    X, y = long_table()
    table = y.to_frame() if column == "temp" else X
    table.loc[table.index[-1], column] = -1e200
    y = table["temp"] if column == "temp" else y
    with pytest.raises(
        ValueError, match=r"-1e\+200 at row .*2024-01-04.*Divide the column by 1e200"
    ):
        read_table(BaseEstimator(), X, y)
