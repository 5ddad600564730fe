"""Columns are compared by names of any type, and never by their place alone."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.linear_model import Ridge

from forecast import WindowForecaster
from forecast.tables.features import column_names, read_columns
from forecast.tables.panel import Columns

DAYS = pd.date_range("2024-01-01", periods=12)
RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(12, 3))
Y = pd.Series(RNG.normal(size=12), DAYS)
NAMES = {
    "integers": [2, 1, 0],
    "tuples": [("a", 1), ("a", 2), ("b", 1)],
    "mixed": ["a", 1, ("b", 2)],
    "decimals": [0.5, 1.5, 2.5],
    "texts": ["c", "a", "b"],
}


def frame(names):
    return pd.DataFrame(VALUES, DAYS, columns=pd.Index(names, tupleize_cols=False))


def model(past=()):
    return WindowForecaster(Ridge(), lookback=2, horizon=1, past_features=list(past))


@pytest.mark.parametrize("kind", NAMES)
def test_columns_in_another_order_are_refused_and_the_remedy_heals(kind):
    X = frame(NAMES[kind])
    fitted = model().fit(X[:9], Y[:9])
    expected = model().fit(VALUES[:9], Y[:9]).predict(VALUES[9:])
    assert_array_equal(fitted.predict(X[9:]), expected)
    turned = X[9:].iloc[:, ::-1]
    with pytest.raises(ValueError, match=r"order|the columns of X are") as caught:
        fitted.predict(turned)
    if kind != "texts":
        assert f"Use X[{NAMES[kind]!r}]" in str(caught.value)
    assert_array_equal(fitted.predict(turned[NAMES[kind]]), expected)


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("verb", ["predict", "update", "hindcast"])
def test_another_column_is_refused_everywhere(kind, verb):
    X = frame(NAMES[kind])
    fitted = model().fit(X[:9], Y[:9])
    other = X.set_axis([*NAMES[kind][:2], "other"], axis=1)
    calls = {
        "predict": lambda: fitted.predict(other[9:]),
        "update": lambda: fitted.update(other[9:], Y[9:]),
        "hindcast": lambda: fitted.hindcast(other, Y, [5], 1),
    }
    with pytest.raises(ValueError, match="other"):
        calls[verb]()


@pytest.mark.parametrize("kind", NAMES)
def test_past_features_are_the_columns_of_that_name(kind):
    X = frame(NAMES[kind])
    for place, name in enumerate(NAMES[kind]):
        spoilt = X.copy()
        spoilt.iloc[9:, place] = np.nan
        fitted = model([name]).fit(X[:9], Y[:9])
        by_place = model([place]).fit(VALUES[:9], Y[:9])
        assert_array_equal(fitted.predict(spoilt[9:]), by_place.predict(VALUES[9:]))


def test_positions_are_none_where_a_name_is_a_number():
    with pytest.raises(ValueError, match="past_features names 5, which X does not have"):
        model([5]).fit(frame([7, 8, 9])[:9], Y[:9])
    with pytest.raises(ValueError, match="past_features names 2, which X does not have"):
        model([2]).fit(frame(["a", "b", 1])[:9], Y[:9])
    assert_array_equal(model([1]).fit(frame(["a", "b", "c"])[:9], Y[:9])._past, [0, 1, 0])


def test_frames_and_arrays_do_not_mix():
    X = frame([2, 1, 0])
    with pytest.raises(ValueError, match=r"fit saw 2, 1, 0\. Give a frame with these columns"):
        model().fit(X[:9], Y[:9]).predict(VALUES[9:])
    with pytest.raises(ValueError, match="the columns 2, 1, 0, but fit saw 3 columns without"):
        model().fit(VALUES[:9], Y[:9]).predict(X[9:])
    with pytest.raises(ValueError, match="the columns 2, 1, 0, but fit saw no column"):
        model().fit(Y[:9]).predict(X[9:])
    # A frame that was made of an array has no names.
    numbered = pd.DataFrame(VALUES, DAYS)
    expected = model().fit(VALUES[:9], Y[:9]).predict(VALUES[9:])
    assert_array_equal(model().fit(numbered[:9], Y[:9]).predict(VALUES[9:]), expected)


def test_a_name_stands_once():
    with pytest.raises(ValueError, match="X has two columns called 'a'"):
        column_names(frame(["a", "b", "a"]))
    assert column_names(frame(["a", 1, None])) == ("a", 1, None)
    assert column_names(VALUES) is None


def test_scikit_learn_sees_texts_only():
    estimator = BaseEstimator()
    read_columns(estimator, frame(NAMES["texts"]), None)
    assert_array_equal(estimator.feature_names_in_, NAMES["texts"])
    read_columns(estimator, frame(NAMES["mixed"]), None)
    assert not hasattr(estimator, "feature_names_in_")
    assert estimator.n_features_in_ == 3
    fitted = model().fit(frame(NAMES["mixed"])[:9], Y[:9])
    assert not hasattr(fitted, "feature_names_in_")
    assert fitted.n_features_in_ == 3


def test_missing_columns_are_named():
    trained = Columns((1, 2, 3), named=True)
    sentence = "Missing are 2: give all of them, in this order"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        read_columns(BaseEstimator(), frame([3, 1, 4]), trained)
