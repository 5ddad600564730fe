"""What a file does not hold is refused by name, before the file is touched."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from forecast import NaiveForecaster, WindowForecaster, save

WINDOW = {"lookback": 4, "horizon": 2}


class MyRidge(Ridge):
    pass


class Pair(NamedTuple):
    first: int
    second: int


def impostor():
    """Return a regressor of a class of one's own that is called like one in the list."""
    return type("Ridge", (Ridge,), {"__module__": "mine"})()


@pytest.mark.parametrize(
    ("regressor", "words"),
    [
        (MyRidge(), r"estimator\.regressor.*test_encoding\.MyRidge"),
        (impostor(), r"estimator\.regressor.*mine\.Ridge"),
        (SVR(), r"estimator\.regressor.*SVR"),
        (RandomForestRegressor(), r"estimator\.regressor.*RandomForestRegressor"),
        (make_pipeline(StandardScaler(), SVR()), r"estimator\.regressor.*SVR"),
        (MultiOutputRegressor(SVR()), r"estimator\.regressor.*SVR"),
        (Ridge(random_state=np.random.RandomState(0)), r"estimator\.regressor.*RandomState"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_a_regressor_of_a_class_outside_the_list_is_refused_by_name(tmp_path, regressor, words):
    with pytest.raises(TypeError, match=words) as refusal:
        save(WindowForecaster(regressor, **WINDOW), tmp_path / "model.seqcast")
    assert "Ridge" in str(refusal.value)  # the list of those that can be saved
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "value", [SVR(), MyRidge(), NaiveForecaster, 3, None, {"a": 1}, np.zeros(3)]
)
def test_what_is_no_estimator_of_ours_is_refused(tmp_path, value):
    with pytest.raises(TypeError, match="cannot be saved"):
        save(value, tmp_path / "model.seqcast")
    assert list(tmp_path.iterdir()) == []


def test_a_subclass_of_ours_is_refused(tmp_path):
    class MyForecaster(NaiveForecaster):
        pass

    with pytest.raises(TypeError, match="MyForecaster"):
        save(MyForecaster(), tmp_path / "model.seqcast")


@pytest.mark.parametrize(
    "value",
    [
        lambda: 1,
        {1, 2},
        np.array([1 + 2j]),
        np.array(["2024"], "M8[D]"),
        np.datetime64("2024"),
        np.array([["a", None]], dtype=object),
        pd.Index([0.5]),
        pd.DatetimeIndex(["2024-01-01"], tz="dateutil/Europe/Berlin"),
        pd.MultiIndex.from_arrays([["a"], [1]]),
        Pair(1, 2),
        b"x",
    ],
)
def test_an_attribute_that_a_file_does_not_hold_is_refused_by_name(tmp_path, value):
    model = NaiveForecaster()
    model.extra_ = value
    with pytest.raises(TypeError, match=r"estimator\.extra_ is"):
        save(model, tmp_path / "model.seqcast")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["extra", "predict", "_answer"])
def test_an_attribute_that_loading_would_refuse_is_refused_in_saving(tmp_path, name):
    model = NaiveForecaster()
    setattr(model, name, 3)
    sentence = rf"estimator\.{name} is neither a parameter nor what fit learns"
    with pytest.raises(TypeError, match=sentence):
        save(model, tmp_path / "model.seqcast")
    assert list(tmp_path.iterdir()) == []
