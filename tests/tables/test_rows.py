"""Which moments rows are: their index tells, or their place."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast import NaiveForecaster, RollingOrigin, backtest
from forecast.tables.rows import digest, moments_of, origin_rows, rising, series_numbers

DAYS = pd.date_range("2024-01-01", periods=4)


def test_moments_come_from_x_else_from_y_else_from_the_rows():
    frame, series = pd.DataFrame(index=DAYS), pd.Series(np.zeros(4), DAYS)
    assert moments_of(frame, np.zeros(4), 4).equals(DAYS)
    assert moments_of(np.zeros((4, 1)), series, 4).equals(DAYS)
    assert moments_of(None, np.zeros(4), 4).equals(pd.RangeIndex(4))
    shifted = pd.Series(np.zeros(4), DAYS + pd.Timedelta(days=1))
    with pytest.raises(ValueError, match="row 0 is 2024-01-01 00:00:00 in X and 2024-01-02"):
        moments_of(frame, shifted, 4)


def test_origins_are_positions_or_moments():
    assert_array_equal(origin_rows([0, -1], DAYS), [0, 3])
    assert_array_equal(origin_rows([DAYS[2]], DAYS), [2])
    assert_array_equal(origin_rows([1], pd.RangeIndex(5, 9)), [1])  # never a moment
    with pytest.raises(ValueError, match="origin 4 is not in the table of 4 rows"):
        origin_rows([4], DAYS)
    with pytest.raises(ValueError, match="origins is empty"):
        origin_rows([], DAYS)


# Series and moments


def test_a_series_that_was_not_in_training_is_refused_with_the_nearest_name():
    with pytest.raises(ValueError, match=r"series 'lft' was not .*; did you mean 'left'\?"):
        series_numbers(["right", "lft"], ("left", "right"))
    assert_array_equal(series_numbers(["right"], ("left", "right")), [1])


Y = pd.Series([1.0, 2, 3, 4, 5, 6, 7, 8], pd.MultiIndex.from_product([["a", "b"], DAYS]))


def test_swapped_levels_are_refused_and_swaplevel_heals():
    swapped = Y.swaplevel()
    sentence = r"levels of the index are \(timestamp, series\).*Use frame\.swaplevel\(\)"
    with pytest.raises(ValueError, match=sentence):
        NaiveForecaster().fit(swapped)
    model = NaiveForecaster().fit(swapped.swaplevel())
    assert_array_equal(model.predict(1), [4, 8])
    for call in (model.predict, lambda index: moments_of(pd.DataFrame(index=index), None, 8)):
        with pytest.raises(ValueError, match=sentence):
            call(swapped.index)


NAMELESS = {
    "in the index": Y.index.set_levels(["a", "b"], level=0).set_codes([0] * 4 + [-1] * 4, level=0),
    "in the levels": pd.concat({"a": Y["a"], np.nan: Y["b"]}).index,
    "none": pd.concat({"a": Y["a"], None: Y["b"]}).index,
}


@pytest.mark.parametrize("kind", NAMELESS)
def test_a_series_without_a_name_is_refused_by_its_row_on_every_road(kind):
    y = Y.set_axis(NAMELESS[kind])
    X = pd.DataFrame(index=y.index)
    model = NaiveForecaster().fit(Y)
    later = pd.MultiIndex.from_arrays([y.index.get_level_values(0), [*DAYS + DAYS.freq * 4] * 2])
    roads = {
        "fit": lambda: NaiveForecaster().fit(y),
        "predict": lambda: model.predict(later),
        "update": lambda: model.update(y.set_axis(later)),
        "hindcast": lambda: model.hindcast(X, y, [1], 1),
        "backtest": lambda: backtest(NaiveForecaster(), y, cv=RollingOrigin(origins=1)),
        "split": lambda: list(RollingOrigin(origins=1).split(y)),
    }
    for road in roads.values():
        with pytest.raises(ValueError, match="row 4 has no name of its series"):
            road()
    kept = y[y.index.get_level_values(0).notna()]  # the row dropped, as the sentence says
    assert_array_equal(NaiveForecaster().fit(kept).predict(1), [4])


@pytest.mark.parametrize("index", [[0.5, 1.5, 2.5, 3.5], [2014.0, 2015.0, 2016.0, 2017.0]])
def test_decimal_numbers_are_no_moments(index):
    y = pd.Series([1.0, 2, 3, 4], index)
    sentence = r"decimal numbers such as .*, which are no moments.*reset_index\(drop=True\)"
    with pytest.raises(ValueError, match=sentence):
        NaiveForecaster(drift=True).fit(y)
    with pytest.raises(ValueError, match=sentence):
        NaiveForecaster(drift=True).fit([1.0, 2.0]).predict(pd.Index(index))
    model = NaiveForecaster(drift=True).fit(y.reset_index(drop=True))
    assert_array_equal(model.predict(2), [5, 6])


def test_a_digest_is_continued_and_knows_the_order_of_rows():
    X = np.random.default_rng(0).normal(size=(6, 2))
    rows = pd.RangeIndex(6)
    whole = digest(rows, X)
    assert digest(rows[4:], X[4:], digest(rows[:4], X[:4])) == whole
    assert digest(rows, X[::-1]) != whole
    assert digest(rows, X + 1e-9) != whole
    assert digest(rows[1:], X[1:]) is None
    assert digest(DAYS, X[:4]) is None
    assert digest(rows, X[:, :0]) == digest(rows, X[:, :0])


def test_columns_that_rise_are_followed_over_further_rows():
    X = np.array([[1.0, 3.0, 0.0], [2.0, 4.0, 0.0], [4.0, 5.0, 1.0], [5.0, 1.0, 2.0]])
    nan = np.nan
    assert_array_equal(rising(X[:1]), [[1, 3, 0], [1, 3, 0]])
    assert_array_equal(rising(X[:3]), [[1, 3, nan], [4, 5, nan]])
    assert_array_equal(rising(X), [[1, nan, nan], [5, nan, nan]])
    assert_array_equal(rising(X[2:], rising(X[:2])), rising(X))
    assert rising(X[:, :0]).shape == (2, 0)
