"""Files of estimators: what comes back is what was saved, and nothing else is let in or out."""

import inspect
import json
import os
import re
import subprocess
import sys
import zipfile
from copy import deepcopy
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fixtures import make_fixtures
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal, assert_index_equal
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PowerTransformer, StandardScaler

import forecast
from forecast import (
    ARIMAForecaster,
    AutoARIMAForecaster,
    ConformalForecaster,
    CrostonForecaster,
    EnsembleForecaster,
    ETSForecaster,
    GARCHForecaster,
    HARForecaster,
    LSTMForecaster,
    LSTMRegressor,
    Naive2Forecaster,
    NaiveForecaster,
    SlidingWindow,
    ThetaForecaster,
    TransformedTargetForecaster,
    WindowForecaster,
    load,
    save,
)
from forecast.exceptions import InputError

pytestmark = pytest.mark.usefixtures("networks_by_descent")

ROWS = 30
WINDOW = {"lookback": 4, "horizon": 2}
NETWORK = {"units": 3, "epochs": 1, "random_state": 0}
COLUMNS = {"past_features": ["seen"]}

# Each with the columns of X that it gets: none, or one seen and one known ahead.
FORECASTERS = {
    "naive": (NaiveForecaster(season_length=3), False),
    "drift": (NaiveForecaster(drift=True), True),
    "arima": (ARIMAForecaster((1, 1, 1), trend="t"), False),
    "arima-conditional": (ARIMAForecaster((1, 1, 1), method="css"), False),
    "autoarima": (AutoARIMAForecaster(3, max_order=(1, 1, 1), **COLUMNS), True),
    "arima-seasonal": (ARIMAForecaster([1, 0, 0], (0, 1, 0, 3), **COLUMNS), True),
    "ets": (ETSForecaster(3), False),
    "theta": (ThetaForecaster(3), False),
    "croston": (CrostonForecaster("tsb"), False),
    "naive2": (Naive2Forecaster(3), False),
    "ensemble": (EnsembleForecaster([NaiveForecaster(3), ARIMAForecaster(**COLUMNS)]), True),
    "conformal": (
        ConformalForecaster(WindowForecaster(**WINDOW, **COLUMNS), 5, "adaptive", local=9),
        True,
    ),
    "transformed": (
        TransformedTargetForecaster(WindowForecaster(**WINDOW, **COLUMNS), "box-cox", 0, 100),
        True,
    ),
    "transformer": (TransformedTargetForecaster(ThetaForecaster(3), PowerTransformer()), False),
    "har": (HARForecaster((1, 3), 2), False),
    "garch": (GARCHForecaster(), True),
    "window": (WindowForecaster(**WINDOW), False),
    "window-ridge": (WindowForecaster(Ridge(0.3), **WINDOW, **COLUMNS), True),
    "window-linear": (WindowForecaster(LinearRegression(), **WINDOW), False),
    "window-lasso": (WindowForecaster(Lasso(0.05), **WINDOW, **COLUMNS), True),
    "window-elastic": (WindowForecaster(MultiOutputRegressor(ElasticNet(0.05)), **WINDOW), False),
    "window-pipeline": (
        WindowForecaster(make_pipeline(StandardScaler(), Ridge()), **WINDOW),
        False,
    ),
    "window-tensors": (
        WindowForecaster(
            make_pipeline(StandardScaler(), SlidingWindow(4), LSTMRegressor(**NETWORK)), **WINDOW
        ),
        False,
    ),
    "lstm": (LSTMForecaster(**WINDOW, **NETWORK, **COLUMNS), True),
    "gru": (LSTMForecaster(**WINDOW, **NETWORK, cell="gru", layers=2, patience=1), False),
}
INDICES = {
    "zone": pd.date_range(
        "2024-03-29 20:00", periods=44, freq="h", tz="Europe/Berlin"
    ),  # clocks go forward
    "offset": pd.date_range("2024-03-30", periods=44, freq="D", tz="-03:30"),
    "seconds": pd.date_range("2024-03-30", periods=44, freq="15min", unit="s"),
    "nanoseconds": pd.date_range("2024-03-30", periods=44, freq="100ns", unit="ns"),
    "months": pd.date_range("2020-01-31", periods=44, freq="ME"),
    "periods": pd.period_range("2020-01", periods=44, freq="M"),
    "integers": pd.RangeIndex(100, 100 + 44 * 5, 5),
    "numbers": pd.RangeIndex(44),
    "trading": pd.bdate_range("2024-03-20", periods=46).drop(
        pd.to_datetime(["2024-03-29", "2024-05-01"])
    ),
}


def table(columns, index=None, seed=0):
    """Return X and y of 44 rows."""
    rng = np.random.default_rng(seed)
    index = INDICES["zone"] if index is None else index
    n = len(index)
    seen = rng.normal(3, 2, n)
    known = rng.normal(-1, 1, n)
    season = 2 * np.sin(2 * np.pi * np.arange(n) / 3)
    walk = np.cumsum(rng.normal(0, 0.5, n))
    y = pd.Series(30 + walk + season + known + 0.3 * seen, index, name="temp")
    X = pd.DataFrame({"seen": seen, "known": known}, index)
    return (X if columns else X[[]]), y


def panel(columns, names=("JFK", "LGA")):
    """Return X and y of two series, and which of their rows are learned from."""
    levels = {"keys": names, "names": ["series", "timestamp"]}
    first_X, first_y = table(columns, seed=0)
    second_X, second_y = table(columns, seed=1)
    X = pd.concat([first_X, second_X], **levels)
    y = pd.concat([first_y, second_y], **levels)
    return X, y, np.tile(np.arange(44) < ROWS, 2)


@cache
def fitted(name):
    model, columns = FORECASTERS[name]
    X, y = table(columns)
    return clone(model).fit(X[:ROWS], y[:ROWS])


def twin(model, folder):
    """Return what comes back from a file."""
    return load(save(model, folder / "model.seqcast"))


def assert_same(loaded, model, X, y, future, horizon=3):
    """Assert that two forecasters answer alike, whatever they are asked."""
    assert type(loaded) is type(model)
    assert set(vars(loaded)) == set(vars(model))
    assert repr(loaded) == repr(model)
    assert_array_equal(loaded.predict(future), model.predict(future))
    got, expected = (each.predict_quantiles(future, (0.2, 0.7)) for each in (loaded, model))
    assert_array_equal(got, expected)
    got, expected = (each.forecast(future, coverage=0.8) for each in (loaded, model))
    assert_frame_equal(got, expected)
    asked = (X, y, [20, 25], horizon, (0.3,))
    assert_array_equal(loaded.hindcast(*asked), model.hindcast(*asked))


# Round trips


@pytest.mark.parametrize("name", FORECASTERS)
def test_a_fitted_forecaster_comes_back(name, tmp_path):
    model = deepcopy(fitted(name))
    X, y = table(FORECASTERS[name][1])
    loaded = twin(model, tmp_path)
    assert_same(loaded, model, X, y, X[ROWS : ROWS + 5])
    more = slice(ROWS, ROWS + 4)
    model.update(X[more], y[more])
    loaded.update(X[more], y[more])
    assert_same(loaded, model, X, y, X[ROWS + 4 : ROWS + 9])
    assert_same(
        twin(model, tmp_path), model, X, y, X[ROWS + 4 : ROWS + 9]
    )  # saved after the update


@pytest.mark.parametrize("name", FORECASTERS)
def test_an_unfitted_forecaster_comes_back(name, tmp_path):
    model = FORECASTERS[name][0]
    loaded = twin(model, tmp_path)
    assert repr(loaded) == repr(clone(loaded)) == repr(model)
    assert vars(loaded).keys() == vars(model).keys()
    assert repr(loaded.get_params()) == repr(model.get_params())
    with pytest.raises(NotFittedError):
        loaded.predict(1)


def test_an_unfitted_forecaster_learns_after_it_has_come_back(tmp_path):
    model, _ = FORECASTERS["window-pipeline"]
    X, y = table(False)
    answer = twin(model, tmp_path).fit(X[:ROWS], y[:ROWS]).predict(X[ROWS:])
    assert_array_equal(answer, fitted("window-pipeline").predict(X[ROWS:]))


def public_estimators():
    """Return the classes of all public estimators that can be made."""
    public = [getattr(forecast, name) for name in forecast.__all__]
    classes = [value for value in public if inspect.isclass(value)]
    return [cls for cls in classes if issubclass(cls, BaseEstimator)]


@pytest.mark.parametrize("cls", public_estimators(), ids=lambda cls: cls.__name__)
def test_every_public_estimator_can_be_saved(cls, tmp_path):
    estimator = cls()
    loaded = twin(estimator, tmp_path)
    assert type(loaded) is cls
    assert repr(loaded) == repr(estimator)


@pytest.mark.parametrize("index", INDICES)
def test_moments_of_every_kind_come_back(index, tmp_path):
    model = clone(FORECASTERS["naive"][0])
    X, y = table(False, INDICES[index])
    model.fit(X[:ROWS], y[:ROWS])
    loaded = twin(model, tmp_path)
    assert_same(loaded, model, X, y, X[ROWS:])
    assert_frame_equal(loaded.forecast(3), model.forecast(3))
    more = slice(ROWS, ROWS + 4)
    model.update(X[more], y[more])
    loaded.update(X[more], y[more])
    assert_same(loaded, model, X, y, X[ROWS + 4 :])


@pytest.mark.parametrize(
    "index",
    [
        pd.Index(["JFK", "LGA"]),
        pd.Index(["JFK", None, 3, pd.Timestamp("2024-01-01")], dtype=object),
        pd.Index([3, 1, 2]),
        pd.Index([], dtype=object),
    ],
    ids=["texts", "objects", "integers", "empty"],
)
def test_names_of_every_kind_come_back(index, tmp_path):
    model = SlidingWindow()
    model.extra_ = index
    assert_index_equal(twin(model, tmp_path).extra_, index)


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("naive", ("JFK", "LGA")),
        ("naive", (7, 12)),
        ("naive", tuple(pd.to_datetime(["2024-01-01", "2025-01-01"]))),
        ("arima-seasonal", ("JFK", "LGA")),
        ("window-ridge", ("JFK", "LGA")),
        ("lstm", ("JFK", "LGA")),
    ],
)
def test_many_series_come_back_with_their_names(name, names, tmp_path):
    model, columns = FORECASTERS[name]
    X, y, train = panel(columns, names)
    model = clone(model).fit(X[train], y[train])
    loaded = twin(model, tmp_path)
    assert loaded.series_ == model.series_ == names
    assert_same(loaded, model, X, y, X[~train])
    row = np.tile(np.arange(44), len(names))
    more = (row >= ROWS) & (row < ROWS + 4)
    model.update(X[more], y[more])
    loaded.update(X[more], y[more])
    assert_same(loaded, model, X, y, X[row >= ROWS + 4])


@pytest.mark.parametrize("name", ["arima", "window", "lstm"])
def test_several_targets_come_back_with_their_names(name, tmp_path):
    model, columns = FORECASTERS[name]
    X, y = table(columns)
    both = pd.DataFrame({("air", "temp"): y, ("sea", "temp"): -2 * y})
    model = clone(model).fit(X[:ROWS], both[:ROWS])
    loaded = twin(model, tmp_path)
    assert loaded.target_names_ == model.target_names_
    assert_same(loaded, model, X, both, X[ROWS:])


@pytest.mark.parametrize("name", ["naive", "arima", "window"])
def test_forecasters_of_plain_arrays_come_back(name, tmp_path):
    _, y = table(False)
    model = clone(FORECASTERS[name][0]).fit(y[:ROWS].to_numpy())
    assert_same(twin(model, tmp_path), model, None, y.to_numpy(), 5)


def test_names_of_columns_are_still_checked(tmp_path):
    X, _ = table(True)
    loaded = twin(fitted("window-ridge"), tmp_path)
    assert_array_equal(loaded.feature_names_in_, ["seen", "known"])
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(X[ROWS:].rename(columns={"known": "knwon"}))


def test_gaps_come_back_as_gaps(tmp_path):
    _, y = table(False)
    y.iloc[[3, ROWS - 1]] = np.nan
    model = ARIMAForecaster().fit(y[:ROWS])
    assert np.isnan(model.memory_.y).any()
    assert_same(twin(model, tmp_path), model, None, y, 4)


def test_files_keep_values_for_charts_and_stay_small(tmp_path):
    y = np.random.default_rng(0).normal(size=100_000)
    model = NaiveForecaster().fit(y)
    loaded = twin(model, tmp_path)
    assert_array_equal(loaded.recent_.y[:, 0], y[-100:])
    assert save(model, tmp_path / "m").stat().st_size < 5000


WINDOWS = np.random.default_rng(0).normal(2, 3, (40, 5, 2)).astype(np.float32)


def test_a_regressor_of_tensors_comes_back(tmp_path):
    model = LSTMRegressor(**NETWORK).fit(WINDOWS, WINDOWS[:, -1])
    loaded = twin(model, tmp_path)
    assert set(vars(loaded)) == set(vars(model))
    assert_array_equal(loaded.predict(WINDOWS), model.predict(WINDOWS))


def test_a_pipeline_comes_back(tmp_path):
    X, _ = table(True)
    pipeline = make_pipeline(StandardScaler(), SlidingWindow(4)).fit(X)
    loaded = twin(pipeline, tmp_path)
    assert_array_equal(loaded.transform(X), pipeline.transform(X))
    assert_array_equal(loaded.get_feature_names_out(), pipeline.get_feature_names_out())


def test_windows_come_back(tmp_path):
    X, _ = table(True)
    window = SlidingWindow(3).fit(X)
    loaded = twin(window, tmp_path)
    assert repr(loaded) == repr(window)
    assert set(vars(loaded)) == set(vars(window))
    assert_array_equal(loaded.transform(X), window.transform(X))


def test_a_path_may_be_text_and_is_returned(tmp_path):
    path = tmp_path / "naive"
    assert save(NaiveForecaster(), str(path)) == path
    assert path.is_file()
    assert load(str(path)).get_params() == NaiveForecaster().get_params()


def test_predicting_with_a_loaded_network_needs_no_tensorflow(tmp_path):
    names = ["lstm", "gru", "window-tensors"]
    X, _ = table(True)
    expected = []
    for name in names:
        save(fitted(name), tmp_path / name)
        rows = X[ROWS:] if FORECASTERS[name][1] else X[ROWS:][[]]
        expected.append(fitted(name).predict(rows).tolist())
    X[ROWS:].to_parquet(tmp_path / "future.parquet")
    program = f"""
import json, sys
import pandas as pd
from forecast import load
X, answers = pd.read_parquet("future.parquet"), []
for name in {names}:
    model = load(name)
    rows = X[list(getattr(model, "feature_names_in_", []))]
    answers.append(model.predict(rows).tolist())
    model.predict_quantiles(rows)
    model.update(rows, pd.Series(1.0, rows.index))
heavy = sorted({{"tensorflow", "keras", "matplotlib", "statsmodels"}} & set(sys.modules))
print(json.dumps([answers, heavy]))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    answers, heavy = json.loads(ran.stdout)
    assert heavy == []
    for answer, values in zip(answers, expected, strict=True):
        assert_allclose(answer, values, rtol=1e-6)


def environment():
    root = str(Path(__file__).parents[2])
    return os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}


# Writing


def fails(error):
    def write(*_, **__):
        raise error

    return write


@pytest.mark.parametrize(
    "place",
    [(np, "savez_compressed"), (zipfile.ZipFile, "writestr"), (os, "replace")],
    ids=lambda p: p[1],
)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_when_writing_fails_the_old_file_survives(path, monkeypatch, place, error):
    before = path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(*place, fails(error))
        with pytest.raises((ValueError, KeyboardInterrupt)) as failure:
            save(NaiveForecaster(), path)
    if isinstance(error, OSError):
        assert f"cannot write {path}: No space left on device" in str(failure.value)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file" / "model", tmp_path / "missing" / "model", tmp_path):
        with pytest.raises(ValueError, match=f"cannot write {re.escape(str(path))}: "):
            save(NaiveForecaster(), path)
    assert [p.name for p in tmp_path.parent.iterdir() if ".part" in p.name] == []
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


def test_a_file_is_replaced(path):
    save(NaiveForecaster(), path)
    assert type(load(path)) is NaiveForecaster


# Files of earlier versions


@pytest.mark.parametrize("name", make_fixtures.MODELS)
def test_a_file_of_the_first_schema_is_read(name):
    folder = make_fixtures.FOLDER
    expected = json.loads((folder / "answers.json").read_text(encoding="utf-8"))[name]
    model = load(folder / f"{name}.seqcast")
    assert repr(model) == repr(make_fixtures.MODELS[name])
    got = make_fixtures.answers(name, model)
    assert set(got) == set(expected)
    for question, answer in expected.items():
        assert_allclose(got[question], answer, rtol=1e-6, err_msg=question)


def test_a_file_whose_trajectories_have_another_form_is_refused():
    path = make_fixtures.FOLDER / "earlier" / "trajectories.seqcast"
    with pytest.raises(InputError, match=r"a Trajectories of an earlier version.*save it anew"):
        load(path)


@pytest.mark.parametrize("name", ["window", "conformal", "lstm"])
def test_a_file_that_lacks_what_is_learned_today_is_refused(name):
    path = make_fixtures.FOLDER / "earlier" / f"{name}.seqcast"
    held = "LSTMForecaster" if name == "lstm" else "WindowForecaster"
    sentence = f"{name}.seqcast holds a {held} of an earlier version.*Fit it and save it anew"
    with pytest.raises(InputError, match=sentence):
        load(path)
