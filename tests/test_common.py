"""Every promise of the forecasters' contract (forecast/forecaster.py), for every forecaster.

A case is a forecaster and the columns of X that it gets: "seen" is observed like y, "known" is
known ahead. The windowed forecasters learn two steps and are asked for three: what holds, holds
beyond the trained horizon too.
"""

import pickle
import re
from copy import deepcopy
from dataclasses import fields
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal, assert_series_equal
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR
from sklearn.utils.estimator_checks import check_estimator

from forecast import (
    ARIMAForecaster,
    AutoARIMAForecaster,
    ConformalForecaster,
    EnsembleForecaster,
    ETSForecaster,
    Forecaster,
    GARCHForecaster,
    HARForecaster,
    LSTMForecaster,
    LSTMRegressor,
    Naive2Forecaster,
    NaiveForecaster,
    SlidingWindow,
    ThetaForecaster,
    WindowForecaster,
)
from forecast.tables.panel import Panel

ROWS = 32  # of training
HORIZON = 3  # of forecasts; the windowed forecasters learn 2
NETWORK = {"units": 3, "epochs": 2, "random_state": 0}
WINDOW = {"lookback": 4, "horizon": 2}

ROW_ORDER_IS_TIME = {
    "check_methods_sample_order_invariance": "row order is time",
    "check_methods_subset_invariance": "row order is time",
}


def pipeline():
    return make_pipeline(StandardScaler(), SlidingWindow(4), LSTMRegressor(**NETWORK))


class Case(NamedTuple):
    forecaster: Forecaster
    columns: list[str]
    grid: dict  # of parameters to search


CASES = {
    "NaiveForecaster-seasonal": Case(
        NaiveForecaster(season_length=3), [], {"season_length": [1, 3]}
    ),
    "NaiveForecaster-drift": Case(NaiveForecaster(drift=True), ["known"], {"drift": [False, True]}),
    "ARIMAForecaster": Case(ARIMAForecaster((1, 0, 0)), [], {"trend": ["n", "c"]}),
    "ARIMAForecaster-seasonal": Case(
        ARIMAForecaster((1, 0, 0), (0, 1, 0, 3)), ["known"], {"order": [(1, 0, 0), (0, 0, 1)]}
    ),
    "ARIMAForecaster-css": Case(
        ARIMAForecaster((1, 0, 1), (0, 1, 0, 3), method="css"),
        ["known"],
        {"method": ["css", "exact"]},
    ),
    "AutoARIMAForecaster": Case(
        AutoARIMAForecaster(3, max_order=(1, 1, 1)),
        ["known"],
        {"max_seasonal_order": [(0, 0, 0), (1, 1, 1)]},
    ),
    "ETSForecaster": Case(ETSForecaster(3), [], {"form": [None, "AAdA"]}),
    "ETSForecaster-multiplicative": Case(
        ETSForecaster(3, form="MAdM"), [], {"form": ["MNM", "MAM"]}
    ),
    "ThetaForecaster": Case(ThetaForecaster(3), [], {"theta": [1.0, 2.0]}),
    "Naive2Forecaster": Case(Naive2Forecaster(3), [], {"season_length": [1, 3]}),
    "WindowForecaster-Ridge": Case(WindowForecaster(Ridge(), **WINDOW), [], {"lookback": [3, 4]}),
    "WindowForecaster-Ridge-columns": Case(
        WindowForecaster(Ridge(), **WINDOW, past_features=["seen"]),
        ["seen", "known"],
        {"regressor__alpha": [0.1, 1.0]},
    ),
    "WindowForecaster-SVR": Case(
        WindowForecaster(SVR(), **WINDOW), ["known"], {"regressor": [SVR(C=0.5), Ridge()]}
    ),
    "WindowForecaster-LSTMRegressor": Case(
        WindowForecaster(LSTMRegressor(**NETWORK), **WINDOW),
        [],
        {"regressor__cell": ["gru", "simple"]},
    ),
    "WindowForecaster-LSTMRegressor-column": Case(
        WindowForecaster(LSTMRegressor(**NETWORK), **WINDOW, past_features=["seen"]),
        ["seen"],
        {"regressor__units": [2, 3]},
    ),
    "WindowForecaster-pipeline": Case(
        WindowForecaster(pipeline(), **WINDOW), [], {"regressor__lstmregressor__units": [2, 3]}
    ),
    "WindowForecaster-pipeline-column": Case(
        WindowForecaster(pipeline(), **WINDOW, past_features=["seen"]),
        ["seen"],
        {"regressor__lstmregressor__loss": ["mse", "mae"]},
    ),
    "HARForecaster": Case(HARForecaster((4,), 2), [], {"spans": [(4,), (1, 2)]}),
    "GARCHForecaster": Case(GARCHForecaster(), ["seen"], {"returns": [0, -1]}),
    "EnsembleForecaster": Case(
        EnsembleForecaster(
            [NaiveForecaster(3), ARIMAForecaster((1, 0, 0)), ETSForecaster(1, "ANN")]
        ),
        ["known"],
        {"combine": ["mean", "median"]},
    ),
    "ConformalForecaster-adaptive": Case(
        ConformalForecaster(
            WindowForecaster(Ridge(), **WINDOW, past_features=["seen"]), 12, "adaptive", 0.6, 0.2
        ),
        ["seen", "known"],
        {"forecaster__lookback": [3, 4]},
    ),
    "LSTMForecaster-lstm": Case(LSTMForecaster(**WINDOW, **NETWORK), [], {"patch": [1, 2]}),
    "LSTMForecaster-gru": Case(
        LSTMForecaster(**WINDOW, **NETWORK, cell="gru", patience=1),
        ["known"],
        {"cell": ["gru", "simple"]},
    ),
    "LSTMForecaster-columns": Case(
        LSTMForecaster(**WINDOW, **NETWORK, past_features=["seen"]),
        ["seen", "known"],
        {"units": [2, 3]},
    ),
    "LSTMForecaster-options": Case(
        LSTMForecaster(
            **WINDOW,
            **NETWORK,
            past_features=["seen"],
            anchor=[1, 3],
            bidirectional=True,
            ensemble=2,
            layers=2,
            loss="quantile",
        ),
        ["seen", "known"],
        {"anchor": [None, 3]},
    ),
}
ANY_SIGN = [
    name for name in CASES if name not in ("ETSForecaster-multiplicative", "GARCHForecaster")
]  # the others take y of both signs
PROCESSES = [
    name
    for name in CASES
    if not name.startswith(("Window", "LSTM", "Ensemble", "Conformal", "HAR", "GARCH"))
]
WITHOUT_COLUMNS = [name for name, case in CASES.items() if not case.columns]
WITH_COLUMNS = [name for name, case in CASES.items() if case.columns]
WINDOWED = [name for name in CASES if name.startswith(("Window", "LSTM", "HAR"))]
RECURSIVE_AND_KNOWN = [
    name for name in [*WINDOWED, "ConformalForecaster-adaptive"] if "known" in CASES[name].columns
]
NOT_READING = "NaiveForecaster-drift"  # takes columns of X and ignores them


def hours(n):
    return pd.date_range("2024-03-01", periods=n, freq="h", tz="UTC")


def table(columns, n=ROWS + 12, index=None, seed=0):
    """Return X and y: an autocorrelated, seasonal series that follows both columns."""
    rng = np.random.default_rng(seed)
    index = hours(n) if index is None else index
    X = pd.DataFrame(
        {"seen": rng.normal(3, 2, len(index)), "known": rng.normal(-1, 1, len(index))}, index
    )
    walk = np.cumsum(rng.normal(0, 0.5, len(index)))
    season = 2 * np.sin(2 * np.pi * np.arange(len(index)) / 3)
    y = pd.Series(
        30 + walk - 0.8 * walk.mean() + season + X["known"] + 0.3 * X["seen"], index, name="temp"
    )
    return X[columns], y


TAKE_GAPS = ["ARIMAForecaster", "ARIMAForecaster-seasonal"]


def panel(columns, lengths=(30, 24, 27), future=4):
    """Return X and y of three series, hour by hour, and which rows belong to the training part."""
    parts = [table(columns, n + future, seed=s) for s, n in enumerate(lengths)]
    keys = ["a", "b", "c"]
    X = pd.concat([X for X, _ in parts], keys=keys, names=["series", "timestamp"])
    y = pd.concat([y for _, y in parts], keys=keys, names=["series", "timestamp"])
    train = np.concatenate([np.arange(n + future) < n for n in lengths])
    order = np.argsort(X.index.get_level_values(1), kind="stable")
    return X.iloc[order], y.iloc[order], train[order]


@cache
def fitted(name):
    X, y = table(CASES[name].columns)
    return clone(CASES[name].forecaster).fit(X[:ROWS], y[:ROWS])


@cache
def fitted_panel(name):
    X, y, train = panel(CASES[name].columns)
    return clone(CASES[name].forecaster).fit(X[train], y[train])


@pytest.fixture(params=CASES, scope="module")
def name(request):
    return request.param


@pytest.fixture
def model(name):
    return deepcopy(fitted(name))


@pytest.fixture
def X(name):
    return table(CASES[name].columns)[0]


@pytest.fixture
def y(name):
    return table(CASES[name].columns)[1]


def fresh(name):
    return clone(CASES[name].forecaster)


def near(actual, desired):
    """Assert equality up to the rounding of a network, which may follow the batch's shape."""
    assert_allclose(actual, desired, rtol=1e-6, atol=1e-6)


# Causal


def overwritten(X, y, origin, horizon, value):
    X, y = X.copy(), y.copy()
    y.iloc[origin + 1 :] = value
    if "seen" in X:
        X.iloc[origin + 1 :, X.columns.get_loc("seen")] = value
    if "known" in X:
        X.iloc[origin + horizon + 1 :, X.columns.get_loc("known")] = value
    return X, y


@pytest.mark.parametrize("value", [777.0, np.nan])
@pytest.mark.parametrize("origin", [20, ROWS + 2])
def test_hindcast_does_not_read_what_follows_the_origin(model, X, y, origin, value):
    before = model.hindcast(X, y, [origin], HORIZON, quantiles=[0.1, 0.7])
    after = model.hindcast(
        *overwritten(X, y, origin, HORIZON, value), [origin], HORIZON, quantiles=[0.1, 0.7]
    )
    assert np.isfinite(before).all()
    near(after, before)


@pytest.mark.parametrize(
    "name", [n for n in CASES if n != "GARCHForecaster"]
)  # it finds no clusters in this noise
def test_hindcast_of_an_earlier_origin_does_not_read_what_a_later_one_does(model, X, y):
    origins = [34, 20, 27]
    before = model.hindcast(X, y, origins, HORIZON)
    after = model.hindcast(*overwritten(X, y, 20, HORIZON, 777.0), origins, HORIZON)
    near(after[1], before[1])
    assert (np.abs(after[[0, 2]] - before[[0, 2]]) > 1e-3).any(axis=1).all()  # these do read it


def test_every_origin_is_answered_as_if_it_were_alone(model, X, y):
    origins = np.arange(8, 40)
    together = model.hindcast(X, y, origins, HORIZON)
    near(np.concatenate([model.hindcast(X, y, [origin], HORIZON) for origin in origins]), together)
    near(model.hindcast(X, y, origins[::-1], HORIZON), together[::-1])
    near(model.hindcast(X, y, [20, 20], HORIZON), together[[12, 12]])


@pytest.mark.parametrize(
    "name", [n for n in WITH_COLUMNS if n not in (NOT_READING, "GARCHForecaster")]
)
def test_columns_are_read_where_they_may_be(model, X, y):
    before = model.hindcast(X, y, [20], HORIZON)
    if "known" in X:
        changed = X.copy()
        changed.iloc[21, changed.columns.get_loc("known")] += 3.0
        assert abs(model.hindcast(changed, y, [20], HORIZON)[0, 0] - before[0, 0]) > 1e-4
    if "seen" in X:
        changed = X.copy()
        changed.iloc[20, changed.columns.get_loc("seen")] += 3.0
        assert abs(model.hindcast(changed, y, [20], HORIZON)[0, 0] - before[0, 0]) > 1e-4


# One truth


@pytest.mark.parametrize("stride", [1, 3, 9])
def test_hindcast_equals_updating_and_predicting(model, X, y, stride):
    origins = range(ROWS - 1 + stride, ROWS + 9, stride)
    retrospective = model.hindcast(X, y, list(origins), HORIZON, quantiles=[0.2, 0.9])
    for origin, expected in zip(origins, retrospective, strict=True):
        rows = slice(origin - stride + 1, origin + 1)
        assert model.update(X[rows], y[rows]) is model
        future = X[origin + 1 : origin + 1 + HORIZON]
        near(model.predict(future), expected[:, 0])
        near(model.predict_quantiles(future, [0.2, 0.9]), expected[:, 1:])


def test_hindcast_from_the_last_training_row_is_predict(model, X, y):
    answer = model.hindcast(X, y, [ROWS - 1], HORIZON)
    near(answer, model.predict(X[ROWS : ROWS + HORIZON])[None])


@pytest.mark.parametrize(
    "name", [n for n in CASES if "known" not in CASES[n].columns or n == NOT_READING]
)
def test_hindcast_reaches_beyond_the_table(model, X, y):
    answer = model.hindcast(X[:ROWS], y[:ROWS], [-1], HORIZON)
    near(answer, model.predict(HORIZON)[None])


@pytest.mark.parametrize("name", WINDOWED)
def test_hindcast_takes_a_table_that_begins_later(model, X, y):
    near(model.hindcast(X[10:], y[10:], [12, 20], HORIZON), model.hindcast(X, y, [22, 30], HORIZON))


def test_origins_are_positions_or_moments(model, X, y):
    by_position = model.hindcast(X, y, [20, -8], HORIZON)
    for origins in (
        X.index[[20, -8]],
        list(X.index[[20, -8]]),
        np.array([20, -8]),
        pd.Index([20, -8]),
    ):
        assert_array_equal(model.hindcast(X, y, origins, HORIZON), by_position)


@pytest.mark.parametrize(
    "name", [n for n in CASES if n != "EnsembleForecaster"]
)  # each member continues its own
def test_a_forecast_continues_its_own_forecasts(model, X):
    # Longer forecasts are those of one that has observed its shorter ones; what is seen stays as it
    # was.
    future = X[ROWS : ROWS + 6].copy()
    whole = model.predict(future)
    if "seen" in future:
        future["seen"] = X["seen"].iloc[ROWS - 1]
    near(model.predict(future), whole)  # which future values stand there does not matter
    first = pd.Series(model.predict(future[:2]), future.index[:2])
    near(np.concatenate([first, model.update(future[:2], first).predict(future[2:])]), whole)


def test_predicting_more_steps_does_not_change_the_first(model, X):
    long = model.predict(X[ROWS : ROWS + 7])
    assert long.shape == (7,)
    assert np.isfinite(long).all()
    for n in (1, 2, 5):
        near(model.predict(X[ROWS : ROWS + n]), long[:n])


@pytest.mark.parametrize("name", PROCESSES)
def test_paths_have_the_quantiles_that_are_forecast(model, X):
    future, levels = X[ROWS : ROWS + 7], [0.1, 0.5, 0.9]
    paths = model.simulate(future, n_paths=20_000, random_state=0)
    assert paths.shape == (20_000, 7)
    expected = model.predict_quantiles(future, levels)
    drawn = np.quantile(paths, levels, axis=0).T
    width = expected[:, 2:] - expected[:, :1]
    assert_allclose(drawn / width, expected / width, atol=0.03)
    assert_array_equal(
        model.simulate(future, 5, random_state=3), model.simulate(future, 5, random_state=3)
    )
    assert (
        model.simulate(future, 5, random_state=3) != model.simulate(future, 5, random_state=4)
    ).all()


@pytest.mark.parametrize(
    "name", [n for n in CASES if n.startswith(("Window", "LSTM", "Ensemble", "HAR"))]
)
def test_without_a_process_paths_are_refused(model, X):
    with pytest.raises(
        ValueError, match=r"has no process to draw paths from: wrap it, ConformalForecaster\("
    ):
        model.simulate(X[ROWS : ROWS + 3])


# Pure, seeded, copied


def plain(value):
    """Return a value as bytes; an index without what pandas has cached in it."""
    if isinstance(value, list) and value and isinstance(value[0], Forecaster):
        return [state(each) for each in value]
    if isinstance(value, Panel):
        return [plain(getattr(value, field.name)) for field in fields(value)]
    return pickle.dumps(value.tolist() if isinstance(value, (pd.Index, np.ndarray)) else value)


def state(model):
    return {key: plain(value) for key, value in vars(model).items()}


def test_inputs_stay_as_they_were(name, X, y):
    copies = X.copy(), y.copy()
    model = fresh(name).fit(X[:ROWS], y[:ROWS])
    model.predict(X[ROWS:])
    model.forecast(X[ROWS:], coverage=0.8)
    model.hindcast(X, y, [20, 30], HORIZON)
    model.update(X[ROWS:], y[ROWS:])
    assert_frame_equal(X, copies[0])
    assert_series_equal(y, copies[1])


def test_arrays_may_be_read_only(name, X, y):
    rows, values = X.to_numpy(copy=True), y.to_numpy(copy=True)
    rows.setflags(write=False)
    values.setflags(write=False)
    model = fresh(name)
    if "seen" in X:
        model.set_params(
            **{key: [0] for key in model.get_params() if key.endswith("past_features")}
        )
    X, future = (rows[:ROWS], rows[ROWS:]) if rows.shape[1] else (None, 12)
    answer = model.fit(X, values[:ROWS]).predict(future)
    assert np.isfinite(answer).all()
    if X is not None:
        near(model.hindcast(rows, values, [ROWS - 1], HORIZON)[0], answer[:HORIZON])


def test_forecasting_changes_nothing_and_repeats_itself(model, X, y):
    before, future = state(model), X[ROWS : ROWS + 5]

    def answers():
        return [
            model.predict(future),
            model.predict_quantiles(future, [0.3, 0.6]),
            model.predict_interval(future, 0.7),
            model.forecast(future, 0.7).to_numpy(),
            model.hindcast(X, y, [20, 30], HORIZON, [0.3]),
        ]

    first = answers()
    assert state(model) == before
    for one, two in zip(first, answers(), strict=True):
        assert_array_equal(one, two)


def test_answers_are_not_views_of_the_memory(model, X):
    future = X[ROWS : ROWS + 3]
    first = model.predict(future)
    kept = first.copy()
    first[:] = -1.0
    assert_array_equal(model.predict(future), kept)


def test_update_keeps_what_was_learned(model, X, y):
    before = state(model)
    model.update(X[ROWS : ROWS + 4], y[ROWS : ROWS + 4])
    moved = {key for key, value in state(model).items() if value != before[key]}
    assert "memory_" in moved
    assert moved <= {"memory_", "state_", "ticks_", "members_", "records_"}


def test_update_does_not_change_a_copy(model, X, y):
    copy = deepcopy(model)
    expected = copy.predict(X[ROWS : ROWS + 3])
    shallow = pickle.loads(pickle.dumps(model))
    model.update(X[ROWS : ROWS + 4], y[ROWS : ROWS + 4])
    assert_array_equal(copy.predict(X[ROWS : ROWS + 3]), expected)
    assert_array_equal(shallow.predict(X[ROWS : ROWS + 3]), expected)


def test_memory_is_no_longer_than_needed(name, model):
    longest = 4 if name in WINDOWED else 4 + 12 if name.startswith("Conformal") else 3
    assert len(model.memory_) <= longest


def test_same_seed_gives_same_forecasts(name, model, X, y):
    again = fresh(name).fit(X[:ROWS], y[:ROWS])
    assert_array_equal(again.predict(X[ROWS:]), model.predict(X[ROWS:]))


@pytest.mark.parametrize("name", [n for n in CASES if n.startswith("LSTM")])
def test_another_seed_gives_other_forecasts(name, X, y):
    one, other = (
        fresh(name).set_params(random_state=r, linear=False).fit(X[:ROWS], y[:ROWS]) for r in (0, 1)
    )
    assert (np.abs(other.predict(X[ROWS:]) - one.predict(X[ROWS:])) > 1e-4).all()


@pytest.mark.parametrize(
    "name", [n for n in CASES if n != "WindowForecaster-SVR"]
)  # libsvm draws its own seed
def test_global_random_state_is_neither_read_nor_moved(name, model, X, y):
    np.random.seed(7)  # noqa: NPY002 - the generator that nobody here should touch
    before = pickle.dumps(np.random.get_state())  # noqa: NPY002
    again = fresh(name).fit(X[:ROWS], y[:ROWS])
    assert pickle.dumps(np.random.get_state()) == before  # noqa: NPY002
    assert_array_equal(again.predict(X[ROWS:]), model.predict(X[ROWS:]))


def test_clone_keeps_every_parameter(name, model):
    copy = clone(model)
    assert repr(copy.get_params()) == repr(CASES[name].forecaster.get_params())
    assert not hasattr(copy, "memory_")
    changed = {key: values[0] for key, values in CASES[name].grid.items()}
    kept = clone(copy.set_params(**changed)).get_params()
    assert {key: repr(kept[key]) for key in changed} == {
        key: repr(value) for key, value in changed.items()
    }


def test_pickle_keeps_forecasts(model, X, y):
    copy = pickle.loads(pickle.dumps(model))
    assert_array_equal(copy.predict(X[ROWS:]), model.predict(X[ROWS:]))
    near(copy.hindcast(X, y, [20], 3, [0.4]), model.hindcast(X, y, [20], 3, [0.4]))
    rows = slice(ROWS, ROWS + 4)
    near(
        copy.update(X[rows], y[rows]).predict(X[ROWS + 4 :]),
        model.update(X[rows], y[rows]).predict(X[ROWS + 4 :]),
    )


def test_fit_forgets(name, model, X, y):
    other, their = table(
        CASES[name].columns, 60, index=pd.date_range("2019", periods=60, freq="D"), seed=9
    )
    again = fresh(name).fit(other[:50], their[:50]).update(other[50:], their[50:])
    again.fit(X[:ROWS], y[:ROWS])
    assert state(again) == state(model)
    assert_array_equal(again.predict(X[ROWS:]), model.predict(X[ROWS:]))


@pytest.mark.parametrize("name", ANY_SIGN)
def test_fit_forgets_series_and_targets(name, model, X, y):
    again = (
        deepcopy(fitted_panel(name))
        .fit(X[:ROWS], np.column_stack([y, -y])[:ROWS])
        .fit(X[:ROWS], y[:ROWS])
    )
    assert_array_equal(again.predict(X[ROWS:]), model.predict(X[ROWS:]))
    assert again.series_ == (None,)


@pytest.mark.parametrize(
    "name", ["NaiveForecaster-drift", "ARIMAForecaster-seasonal", "WindowForecaster-SVR"]
)
def test_fit_forgets_the_columns(name, model, y):
    alone = model.fit(y[:ROWS])
    assert alone.n_features_in_ == 0
    assert not hasattr(alone, "feature_names_in_")
    assert_array_equal(alone.predict(3), fresh(name).fit(y[:ROWS]).predict(3))


# Shape


def test_predict_answers_one_value_for_each_row(model, X):
    for n in (1, 2, 5):
        answer = model.predict(X[ROWS : ROWS + n])
        assert answer.shape == (n,)
        assert answer.dtype == np.float64
        assert np.isfinite(answer).all()
    assert model.predict_quantiles(X[ROWS:]).shape == (12, 3)
    assert model.predict_quantiles(X[ROWS:], [0.5]).shape == (12, 1)
    assert model.predict_interval(X[ROWS:]).shape == (12, 2)


def test_hindcast_is_nan_exactly_where_history_is_short(name, model, X, y):
    origins, steps = np.arange(12)[:, None], np.arange(1, 5)
    if name == "NaiveForecaster-seasonal":
        short = origins + steps - 3 * np.ceil(steps / 3) < 0
    elif name in (
        "NaiveForecaster-drift",
        "ThetaForecaster",
        "Naive2Forecaster",
        "GARCHForecaster",
    ):
        short = origins < 0
    elif name.startswith(("ETSForecaster", "Ensemble")):
        short = origins < 7  # a line through eight rows
    elif name == "ARIMAForecaster":
        short = origins < 1  # one lag
    elif name in ("ARIMAForecaster-seasonal", "ARIMAForecaster-css"):
        short = origins < 4  # one lag of seasonal differences
    elif name == "AutoARIMAForecaster":
        short = origins < model.orders_[0][0].reach
    else:
        short = origins < 3  # lookback is 4
    answer = model.hindcast(X, y, origins[:, 0], 4, quantiles=[0.2, 0.5])
    assert answer.shape == (12, 4, 3)
    assert_array_equal(
        np.isnan(answer), np.broadcast_to(short, (12, 4))[..., None].repeat(3, axis=2)
    )


def test_several_targets(name, X, y):
    both = pd.DataFrame({"north": y, "south": 50 - y**2 / 30})
    model = fresh(name).fit(X[:ROWS], both[:ROWS])
    assert model.predict(X[ROWS:]).shape == (12, 2)
    assert model.predict_quantiles(X[ROWS:], [0.2, 0.5, 0.8]).shape == (12, 2, 3)
    assert model.predict_interval(X[ROWS:]).shape == (12, 2, 2)
    answer = model.hindcast(X, both, [20, ROWS + 1], HORIZON)
    assert answer.shape == (2, HORIZON, 2)
    assert model.hindcast(X, both, [20], HORIZON, [0.4]).shape == (1, HORIZON, 2, 2)
    model.update(X[ROWS : ROWS + 2], both[ROWS : ROWS + 2])
    near(model.predict(X[ROWS + 2 : ROWS + 5]), answer[1])
    frame = model.forecast(X[ROWS + 2 : ROWS + 5], 0.8)
    assert list(frame.columns) == [
        (t, c) for t in ("north", "south") for c in ("forecast", "lower", "upper")
    ]
    near(frame[("south", "forecast")], answer[1, :, 1])


@pytest.mark.parametrize("name", [n for n in CASES if n.startswith(("Naive", "ARIMA"))])
def test_targets_with_models_of_their_own_do_not_see_each_other(name, model, X, y):
    both = np.column_stack([50 - y**2 / 30, y])
    answer = fresh(name).fit(X[:ROWS], both[:ROWS]).predict(X[ROWS : ROWS + 3])
    near(answer[:, 1], model.predict(X[ROWS : ROWS + 3]))


def test_a_single_target_in_a_column_keeps_its_axis(name, model, X, y):
    column = fresh(name).fit(X[:ROWS], y[:ROWS].to_frame())
    near(column.predict(X[ROWS:]), model.predict(X[ROWS:])[:, None])
    near(column.hindcast(X, y.to_frame(), [20], 3), model.hindcast(X, y, [20], 3)[..., None])
    assert list(column.forecast(X[ROWS:]).columns) == [("temp", "forecast")]


# Intervals and tables


def test_quantiles_never_cross_and_intervals_are_nested(model, X):
    quantiles = model.predict_quantiles(X[ROWS:], [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert (quantiles[:, -1] > quantiles[:, 0]).all()
    wide, narrow = model.predict_interval(X[ROWS:], 0.9), model.predict_interval(X[ROWS:], 0.5)
    assert (wide[:, 0] <= narrow[:, 0]).all()
    assert (narrow[:, 0] <= narrow[:, 1]).all()
    assert (narrow[:, 1] <= wide[:, 1]).all()
    near(model.predict_interval(X[ROWS:], 0.8), model.predict_quantiles(X[ROWS:], [0.1, 0.9]))


@pytest.mark.parametrize("quantiles", [[0.0, 0.5], [0.5, 1.0], [0.9, 0.1], [0.5, 0.5], [np.nan]])
def test_quantiles_that_are_none_are_refused(model, X, quantiles):
    with pytest.raises(
        ValueError, match="quantiles must be ascending numbers between 0 and 1; got"
    ):
        model.predict_quantiles(X[ROWS:], quantiles)


@pytest.mark.parametrize("coverage", [0, 1, 1.5, -0.2, np.nan])
def test_coverage_that_is_none_is_refused(model, X, coverage):
    with pytest.raises(
        ValueError, match=f"coverage must be a number above 0 and below 1; got {coverage!r}"
    ):
        model.forecast(X[ROWS:], coverage=coverage)


def test_forecast_is_a_table_of_predict_and_predict_interval(model, X):
    future = X[ROWS : ROWS + 4]
    alone, whole = model.forecast(future), model.forecast(future, coverage=0.8)
    assert list(alone.columns) == ["forecast"]
    assert list(whole.columns) == ["forecast", "lower", "upper"]
    assert whole.index.equals(future.index)
    assert_array_equal(alone["forecast"], model.predict(future))
    assert_array_equal(whole["forecast"], model.predict(future))
    assert_array_equal(whole[["lower", "upper"]], model.predict_interval(future, 0.8))


# Moments


def weekdays_without(holidays, n):
    days = pd.bdate_range("2024-01-02", periods=n + len(holidays))
    return days.drop(days[holidays])


INDEXES = {
    "days": pd.date_range("2024-02-20", periods=ROWS + 5, freq="D"),
    "days without freq": pd.DatetimeIndex(pd.date_range("2024-02-20", periods=ROWS + 5).to_numpy()),
    "hours over a change of clocks": pd.date_range(
        "2024-03-30 00:00", periods=ROWS + 5, freq="h", tz="Europe/Berlin"
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


@pytest.mark.parametrize("kind", INDEXES)
def test_the_kind_of_moments_does_not_change_the_forecast(name, model, kind):
    index = INDEXES[kind]
    X, y = table(CASES[name].columns, index=index)
    # The same numbers, hour by hour, as the reference.
    plain = X.set_axis(hours(len(index)), axis=0)
    reference = fresh(name).fit(plain[:ROWS], y[:ROWS].set_axis(plain.index[:ROWS]))
    expected = reference.predict(plain[ROWS:])
    model = fresh(name).fit(X[:ROWS], y[:ROWS])
    near(model.predict(X[ROWS:]), expected)
    assert model.forecast(X[ROWS:]).index.equals(index[ROWS:])
    near(
        model.hindcast(X, y, [20, 25], 3),
        reference.hindcast(plain, y.set_axis(plain.index), [20, 25], 3),
    )
    model.update(X[ROWS : ROWS + 2], y[ROWS : ROWS + 2])
    near(
        model.predict(X[ROWS + 2 :]),
        reference.update(
            plain[ROWS : ROWS + 2], y[ROWS : ROWS + 2].set_axis(plain.index[ROWS : ROWS + 2])
        ).predict(plain[ROWS + 2 :]),
    )


@pytest.mark.parametrize("kind", INDEXES)
@pytest.mark.parametrize(
    "name", ["NaiveForecaster-seasonal", "ARIMAForecaster", "LSTMForecaster-lstm"]
)
def test_steps_asked_by_number_get_the_moments_that_follow(name, kind):
    index = INDEXES[kind]
    _, y = table([], index=index)
    model = fresh(name).fit(y[:ROWS])
    frame = model.forecast(5, coverage=0.5)
    assert frame.index.equals(index[ROWS:])
    assert_array_equal(frame["forecast"], model.predict(5))


@pytest.mark.parametrize("name", WITHOUT_COLUMNS)
def test_the_horizon_is_a_number_an_index_or_a_frame(model, X):
    expected = model.predict(4)
    future = X.index[ROWS : ROWS + 4]
    for asked in (np.int64(4), future, X.loc[future], pd.DataFrame(index=future)):
        assert_array_equal(model.predict(asked), expected)
    assert_array_equal(model.predict(future[::-1]), expected[::-1])


@pytest.mark.parametrize("name", WITH_COLUMNS)
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


@pytest.mark.parametrize("name", [n for n in WITH_COLUMNS if CASES[n].columns == ["seen"]])
def test_columns_that_are_only_seen_need_no_future_rows(model, X):
    expected = model.predict(X[ROWS : ROWS + 4])
    near(model.predict(4), expected)
    near(model.predict(X.index[ROWS : ROWS + 4]), expected)
    near(model.predict(pd.DataFrame(index=X.index[ROWS : ROWS + 4])), expected)


@pytest.mark.parametrize("name", [n for n in WITH_COLUMNS if "seen" in CASES[n].columns])
def test_columns_that_are_only_seen_may_be_nan_in_rows_to_predict(model, X):
    future = X[ROWS : ROWS + 4]
    near(model.predict(future.assign(seen=np.nan)), model.predict(future))


@pytest.mark.parametrize("name", WITHOUT_COLUMNS)
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


@pytest.mark.parametrize("name", [n for n in CASES if n not in RECURSIVE_AND_KNOWN])
def test_rows_may_begin_beyond_the_trained_horizon(model, X):
    near(model.predict(X[ROWS + 5 : ROWS + 8]), model.predict(X[ROWS : ROWS + 8])[5:])
    near(model.predict(X.iloc[[ROWS + 6, ROWS + 1]]), model.predict(X[ROWS : ROWS + 8])[[6, 1]])


@pytest.mark.parametrize("name", RECURSIVE_AND_KNOWN)
def test_rows_beyond_the_trained_horizon_need_the_columns_between(model, X):
    begin, end = X.index[ROWS + 5], X.index[ROWS - 1]
    sentence = f"the forecast for {begin} needs the features of all rows since {end}"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        model.predict(X[ROWS + 5 : ROWS + 8])


# Many series


@pytest.mark.parametrize("name", CASES)
def test_rows_of_series_are_answered_in_the_order_asked(name):
    model, (X, _, train) = fitted_panel(name), panel(CASES[name].columns)
    future = X[~train]
    answer = model.predict(future)
    assert answer.shape == (12,)
    order = np.random.default_rng(3).permutation(len(future))
    near(model.predict(future.iloc[order]), answer[order])
    frame = model.forecast(future.iloc[order], 0.5)
    assert frame.index.equals(future.iloc[order].index)
    near(frame["forecast"], answer[order])
    some = future.index.get_level_values(0) == "b"
    near(model.predict(future[some]), answer[some])


@pytest.mark.parametrize("name", [n for n in CASES if "known" not in CASES[n].columns])
def test_steps_asked_by_number_are_answered_for_every_series(name):
    model, (X, _, train) = fitted_panel(name), panel(CASES[name].columns)
    future = X[~train].sort_index()
    frame = model.forecast(4)
    assert frame.index.equals(future.index)
    assert frame.index.names == ["series", "timestamp"]
    near(frame["forecast"], model.predict(future))


def test_order_of_the_training_rows_of_series_does_not_matter(name):
    X, y, train = panel(CASES[name].columns)
    grouped = X[train].sort_index()
    model = fresh(name).fit(grouped, y[train].loc[grouped.index])
    assert model.series_ == ("a", "b", "c")
    near(model.predict(X[~train]), fitted_panel(name).predict(X[~train]))


def test_series_hindcast_equals_updating_and_predicting(name):
    model, (X, y, train) = deepcopy(fitted_panel(name)), panel(CASES[name].columns)
    later = ~train & np.isin(X.index.get_level_values(0), ["a", "c"])
    origins = []
    for key in ("c", "a"):
        rows = np.flatnonzero(later & (X.index.get_level_values(0) == key))
        origins.append(rows[0])
    observed = X.index[origins]
    answer = model.hindcast(X, y, origins, 2, quantiles=[0.3])
    near(model.hindcast(X, y, observed, 2, quantiles=[0.3]), answer)
    near(model.hindcast(X, y, list(observed), 2, quantiles=[0.3]), answer)
    model.update(X.iloc[sorted(origins)], y.iloc[sorted(origins)])
    for moment, expected in zip(observed, answer, strict=True):
        asked = X.loc[[moment[0]]].loc[
            (slice(None), slice(moment[1] + pd.Timedelta("1h"), None)), :
        ][:2]
        near(model.predict(asked), expected[:, 0])
        near(model.predict_quantiles(asked, [0.3]), expected[:, 1:])
    b = X[~train].loc[["b"]]  # not updated: answers as before
    near(model.predict(b), fitted_panel(name).predict(b))


@pytest.mark.parametrize("name", [n for n in CASES if n.startswith(("Naive", "ARIMA"))])
def test_series_with_models_of_their_own_do_not_see_each_other(name):
    model, (X, y, train) = fitted_panel(name), panel(CASES[name].columns)
    for key in "abc":
        mine = X.index.get_level_values(0) == key
        alone = fresh(name).fit(X[train & mine].droplevel(0), y[train & mine].droplevel(0))
        near(model.predict(X[~train & mine]), alone.predict(X[~train & mine].droplevel(0)))


def test_series_causal(name):
    model, (X, y, _) = fitted_panel(name), panel(CASES[name].columns)
    origin = int(np.flatnonzero(X.index.get_level_values(0) == "b")[15])
    other = (X.index.get_level_values(0) != "b") | (np.arange(len(X)) > origin)
    changed = y.where(~other, 777.0)
    near(model.hindcast(X, changed, [origin], 3), model.hindcast(X, y, [origin], 3))


def test_unknown_series_is_refused_by_name(name):
    model, (X, _, train) = fitted_panel(name), panel(CASES[name].columns)
    future = X[~train].rename(index={"b": "bb"}, level=0)
    with pytest.raises(
        ValueError, match="series 'bb' was not in the training part; did you mean 'b'"
    ):
        model.predict(future)


def test_series_and_no_series_do_not_mix(name, model, X, y):
    rows, _, train = panel(CASES[name].columns)
    with pytest.raises(ValueError, match="fit saw one series without a name; X has a MultiIndex"):
        model.predict(rows[~train])
    with pytest.raises(
        ValueError, match=r"fit saw the series \['a', 'b', 'c'\]: X needs a MultiIndex"
    ):
        fitted_panel(name).predict(X[ROWS:])
    with pytest.raises(
        ValueError, match=r"fit saw the series \['a', 'b', 'c'\]: X needs a MultiIndex"
    ):
        fitted_panel(name).hindcast(X, y, [20], 3)


# Refusals


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("NaiveForecaster-seasonal", 4),
        ("NaiveForecaster-drift", 2),
        ("ARIMAForecaster-seasonal", 6),
        *[(name, 9 if name == "HARForecaster" else 6) for name in WINDOWED],
    ],
)
def test_short_history_is_refused_with_both_lengths(name, needed):
    X, y = table([] if name == NOT_READING else CASES[name].columns, index=pd.RangeIndex(1, 41))
    with pytest.raises(
        ValueError, match=rf"the series has {needed - 1} rows?; .* at least {needed}\b"
    ):
        fresh(name).fit(X[: needed - 1], y[: needed - 1])
    fresh(name).fit(X[:needed], y[:needed])


@pytest.mark.parametrize(
    "name", [n for n in CASES if n != NOT_READING]
)  # this one needs but two rows
def test_short_series_is_refused_by_name(name):
    X, y, train = panel(CASES[name].columns)
    short = (X.index.get_level_values(0) == "b") & (X.index.get_level_values(1) >= hours(3)[2])
    with pytest.raises(ValueError, match=r"series 'b' has 2 rows; .* at least ([3456789]|20|22)\b"):
        fresh(name).fit(X[train & ~short], y[train & ~short])


def duplicate(rows):
    return rows.iloc[[*range(11), 10, *range(11, ROWS)]]


def unsorted(rows):
    return rows.iloc[[*range(10), 11, 10, *range(12, ROWS)]]


def hole(rows):
    return rows.iloc[[*range(10), *range(11, ROWS)]]


WRONG_ORDERS = {
    duplicate: r"2024-03-01 10:00:00\+00:00 stands twice\. .*regularize",
    unsorted: r"2024-03-01 10:00:00\+00:00 comes after 2024-03-01 11:00:00\+00:00: .*sort_index",
    hole: r"2024-03-01 10:00:00\+00:00 is missing \(1 rows? (is|are)\) .*regularize",
}


@pytest.mark.parametrize("spoil", WRONG_ORDERS)
def test_moments_in_wrong_order_are_refused_by_name(name, model, X, y, spoil):
    with pytest.raises(ValueError, match=WRONG_ORDERS[spoil]):
        fresh(name).fit(spoil(X[:ROWS]), spoil(y[:ROWS]))
    with pytest.raises(ValueError, match=WRONG_ORDERS[spoil]):
        model.hindcast(spoil(X[:ROWS]), spoil(y[:ROWS]), [20], 3)


@pytest.mark.parametrize("spoil", WRONG_ORDERS)
def test_moments_in_wrong_order_are_refused_in_update(name, X, y, spoil):
    earlier = hours(ROWS) - pd.Timedelta(hours=ROWS)
    model = fresh(name).fit(X[:ROWS].set_axis(earlier), y[:ROWS].set_axis(earlier))
    with pytest.raises(ValueError, match=WRONG_ORDERS[spoil]):
        model.update(spoil(X[:ROWS]), spoil(y[:ROWS]))


@pytest.mark.parametrize("spoil", WRONG_ORDERS)
def test_moments_in_wrong_order_are_refused_with_their_series(name, spoil):
    X, y = table(CASES[name].columns)
    X = pd.concat({"a": X[:ROWS], "b": spoil(X[:ROWS])})
    y = pd.concat({"a": y[:ROWS], "b": spoil(y[:ROWS])})
    with pytest.raises(ValueError, match="series 'b': " + WRONG_ORDERS[spoil]):
        fresh(name).fit(X, y)


@pytest.mark.parametrize("name", [n for n in CASES if n not in TAKE_GAPS])
def test_nan_in_y_is_refused_with_its_moment_and_a_remedy(name, model, X, y):
    y.iloc[[7, 9]] = np.nan
    sentence = (
        r"y.* contains NaN at row 2024-03-01 07:00:00\+00:00 \(2 of 32 rows are affected\)\. "
        ".*ffill.*ARIMAForecaster"
    )
    with pytest.raises(ValueError, match=sentence):
        fresh(name).fit(X[:ROWS], y[:ROWS])
    with pytest.raises(ValueError, match=sentence):
        model.hindcast(X[:ROWS], y[:ROWS], [20], 3)


@pytest.mark.parametrize("name", TAKE_GAPS)
def test_nan_in_y_is_a_missing_observation(name, X, y):
    y.iloc[[7, 9, ROWS + 1]] = np.nan
    model = fresh(name).fit(X[:ROWS], y[:ROWS])
    answer = model.hindcast(X, y, [20, ROWS + 2], 3)
    assert np.isfinite(answer).all()
    rows = slice(ROWS, ROWS + 3)
    near(model.update(X[rows], y[rows]).predict(X[ROWS + 3 : ROWS + 6]), answer[1])


def test_inf_in_y_is_refused_with_its_moment(name, model, X, y):
    y.iloc[9] = -np.inf
    sentence = (
        r"y.* contains inf at row 2024-03-01 09:00:00\+00:00 \(1 of 32 rows (is|are) affected\)"
    )
    with pytest.raises(ValueError, match=sentence):
        fresh(name).fit(X[:ROWS], y[:ROWS])
    with pytest.raises(ValueError, match=sentence):
        model.hindcast(X[:ROWS], y[:ROWS], [20], 3)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", [n for n in WITH_COLUMNS if n != NOT_READING])
def test_gaps_in_columns_are_refused_with_their_moment_and_name(name, model, X, y, value):
    for column in X:
        spoilt = X.copy()
        spoilt.iloc[9, spoilt.columns.get_loc(column)] = value
        kind = "NaN" if np.isnan(value) else "inf"
        sentence = rf"X\['{column}'\] contains {kind} at row 2024-03-01 09:00:00\+00:00 \(1 of"
        with pytest.raises(ValueError, match=sentence):
            fresh(name).fit(spoilt[:ROWS], y[:ROWS])
        with pytest.raises(ValueError, match=sentence):
            model.hindcast(spoilt, y, [20], 3)


@pytest.mark.parametrize(
    "name", [n for n in WITH_COLUMNS if "known" in CASES[n].columns and n != NOT_READING]
)
def test_future_rows_without_known_columns_are_refused(model, X, y):
    spoilt = X.copy()
    spoilt.iloc[ROWS + 1, spoilt.columns.get_loc("known")] = np.nan
    at = r"2024-03-02 09:00:00\+00:00"
    with pytest.raises(ValueError, match=rf"X\['known'\] contains NaN at row {at}.*past_features"):
        model.predict(spoilt[ROWS:])
    with pytest.raises(ValueError, match=rf"X\['known'\] contains NaN at row {at}"):
        model.hindcast(spoilt, y, [ROWS], 3)
    with pytest.raises(
        ValueError, match="4 steps were asked for by number, but the features known must be known"
    ):
        model.predict(4)
    with pytest.raises(
        ValueError, match="the forecasts reach 3 rows beyond the table, but the features known"
    ):
        model.hindcast(X[:ROWS], y[:ROWS], [ROWS - 1], 3)
    with pytest.raises(ValueError, match=f"X has no features; fit saw {X.shape[1]}"):
        model.predict(X.index[ROWS:])


@pytest.mark.parametrize("name", WITH_COLUMNS)
def test_other_columns_than_in_fit_are_refused(model, X):
    future = X[ROWS:]
    with pytest.raises(ValueError, match="Feature names unseen at fit time:\n- extra"):
        model.predict(future.assign(extra=1.0))
    with pytest.raises(ValueError, match="Feature names unseen at fit time:\n- other"):
        model.predict(future.rename(columns={future.columns[0]: "other"}))
    if future.shape[1] == 2:
        with pytest.raises(
            ValueError, match="Feature names must be in the same order as they were in fit"
        ):
            model.predict(future[future.columns[::-1]])
        with pytest.raises(ValueError, match="yet now missing:\n- seen"):
            model.predict(future[["known"]])


def test_rows_of_the_training_part_are_refused_by_name(model, X):
    for begin in (0, ROWS - 3, ROWS - 1):
        sentence = (
            f"row {X.index[begin]} lies inside or before the training part, "
            f"which ends at {X.index[ROWS - 1]}: ask for rows from {X.index[ROWS]} on"
        )
        with pytest.raises(ValueError, match=re.escape(sentence)):
            model.predict(X[begin:])


def test_rows_off_the_grid_are_refused_by_name(model, X):
    shifted = X[ROWS : ROWS + 3].set_axis(X.index[ROWS : ROWS + 3] + pd.Timedelta("20min"))
    with pytest.raises(
        ValueError, match=r"2024-03-02 08:20:00.* lies between two steps: .*frequency 'h'"
    ):
        model.predict(shifted)


def test_rows_of_another_kind_are_refused(model, X):
    future = X[ROWS : ROWS + 3]
    with pytest.raises(ValueError, match=r"time zone UTC, these None: .*tz_localize"):
        model.predict(future.set_axis(future.index.tz_localize(None)))
    with pytest.raises(
        ValueError,
        match=r"the training rows are moments like .* these like .*32.*: give the same kind",
    ):
        model.predict(future.set_axis([32, 33, 34]))


def test_rows_in_another_time_zone_are_refused(model, X):
    future = X[ROWS : ROWS + 3]
    moved = future.set_axis(future.index.tz_convert("Asia/Tokyo"))
    with pytest.raises(
        ValueError, match=r"time zone UTC, these Asia/Tokyo: bring them to one .*tz_convert"
    ):
        model.predict(moved)


def test_rows_to_observe_must_follow_at_once(model, X, y):
    for begin in (ROWS - 1, ROWS + 1):
        sentence = f"must begin at {X.index[ROWS]}; these begin at {X.index[begin]}"
        with pytest.raises(ValueError, match=re.escape(sentence)):
            model.update(X[begin:], y[begin:])


@pytest.mark.parametrize("horizon", [0, -1, 2.5, "3", None, True])
def test_horizons_that_are_none_are_refused(model, X, y, horizon):
    with pytest.raises(
        (ValueError, TypeError),
        match=f"horizon must be a whole number of at least 1; got {horizon!r}",
    ):
        model.hindcast(X, y, [20], horizon)


@pytest.mark.parametrize("horizon", [0, -1, 2.5, True])
@pytest.mark.parametrize("name", WITHOUT_COLUMNS)
def test_numbers_of_steps_that_are_none_are_refused(model, horizon):
    with pytest.raises(
        (ValueError, TypeError), match=f"steps to predict must be a whole number.* got {horizon!r}"
    ):
        model.predict(horizon)


def test_origins_that_are_not_in_the_table_are_refused(model, X, y):
    with pytest.raises(
        ValueError, match="origin 44 is not in the table of 44 rows, which goes from 2024-03-01"
    ):
        model.hindcast(X, y, [20, 44], 3)
    with pytest.raises(ValueError, match=r"origin 2024-05-01 .* is not in the table of 44 rows"):
        model.hindcast(X, y, [pd.Timestamp("2024-05-01", tz="UTC")], 3)
    with pytest.raises(ValueError, match="origins is empty: name at least one row"):
        model.hindcast(X, y, [], 3)


def test_lengths_and_targets_that_differ_are_refused(name, model, X, y):
    if X.shape[1]:
        with pytest.raises(
            ValueError, match="X has 31 rows and y has 32; both need one row per moment"
        ):
            fresh(name).fit(X[: ROWS - 1].to_numpy(), y[:ROWS].to_numpy())
    moved = y[:ROWS].set_axis(y.index[1 : ROWS + 1])
    with pytest.raises(
        ValueError, match=r"row 0 is 2024-03-01 00:00.* in X and 2024-03-01 01:00.* in y"
    ):
        fresh(name).fit(X[:ROWS], moved)
    with pytest.raises(ValueError, match="y has 2 targets; fit saw 1"):
        model.update(X[ROWS:], np.column_stack([y, y])[ROWS:])
    with pytest.raises(
        ValueError, match=r"y must have shape \(rows,\) or \(rows, targets\); got \(32, 1, 1\)"
    ):
        fresh(name).fit(X[:ROWS], y.to_numpy()[:ROWS, None, None])


def test_strings_among_the_numbers_are_refused_with_value_and_row(name, X, y):
    mixed = y.astype(object)
    mixed.iloc[4] = "n/a"
    with pytest.raises(ValueError, match="y holds 'n/a' in row 4, which is no number"):
        fresh(name).fit(X[:ROWS], mixed[:ROWS])


def test_a_series_with_no_value_is_refused(name, X, y):
    with pytest.raises(ValueError, match=r"no value at all|contains NaN at row .*32 of 32 rows"):
        fresh(name).fit(X[:ROWS], y[:ROWS] * np.nan)


def test_a_constant_series_is_forecast_as_constant(name, X, y):
    constant = y * 0 + 12.5
    model = fresh(name).fit(X[:ROWS], constant[:ROWS])
    answer = model.predict(X[ROWS : ROWS + 3])
    assert np.isfinite(model.predict_interval(X[ROWS : ROWS + 3])).all()
    if name.startswith(("Naive", "ARIMA")) or "Ridge" in name:
        assert_allclose(answer, 12.5, rtol=1e-4)
    assert np.isfinite(answer).all()


def test_no_rows_are_refused(name, X, y):
    with pytest.raises(ValueError, match=r"no row|0 sample\(s\)"):
        fresh(name).fit(X[:0], y[:0])


# scikit-learn


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [n for n in ANY_SIGN if "seen" not in CASES[n].columns]
)  # the checks have no such column
def test_check_estimator(name):
    model = fresh(name)
    sizes = [key for key in model.get_params() if key.endswith("batch_size")]
    model.set_params(**dict.fromkeys(sizes, 1000))  # one batch an epoch: the checks make many fits
    results = check_estimator(model, expected_failed_checks=ROW_ORDER_IS_TIME, on_skip=None)
    assert {r["check_name"] for r in results if r["status"] == "xfail"} <= set(ROW_ORDER_IS_TIME)


@pytest.mark.parametrize("gap", [0, 1])
def test_cross_validation_cuts_by_time(name, X, y, gap):
    splitter = TimeSeriesSplit(2, test_size=2 - gap, gap=gap)
    scores = cross_val_score(
        fresh(name), X, y, cv=splitter, scoring="neg_mean_absolute_error", error_score="raise"
    )
    by_hand = [
        -mean_absolute_error(
            y.iloc[test], fresh(name).fit(X.iloc[train], y.iloc[train]).predict(X.iloc[test])
        )
        for train, test in splitter.split(X)
    ]
    near(scores, by_hand)


def test_grid_search(name, X, y):
    search = GridSearchCV(
        fresh(name),
        CASES[name].grid,
        cv=TimeSeriesSplit(2, test_size=2),
        scoring="neg_mean_squared_error",
        error_score="raise",
    ).fit(X[:ROWS], y[:ROWS])
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    best = fresh(name).set_params(**search.best_params_).fit(X[:ROWS], y[:ROWS])
    near(search.predict(X[ROWS : ROWS + 3]), best.predict(X[ROWS : ROWS + 3]))


def test_transformed_target(name, X, y):
    wrapped = TransformedTargetRegressor(fresh(name), func=np.log, inverse_func=np.exp)
    by_hand = fresh(name).fit(X[:ROWS], np.log(y[:ROWS]))
    answer = wrapped.fit(X[:ROWS], y[:ROWS]).predict(X[ROWS : ROWS + 3])
    assert answer.shape == (3,)
    near(answer, np.exp(by_hand.predict(X[ROWS : ROWS + 3])))
    both = pd.DataFrame({"one": y, "two": y**2})
    assert wrapped.fit(X[:ROWS], both[:ROWS]).predict(X[ROWS:]).shape == (12, 2)


def test_voting(name, model, X, y):
    naive = NaiveForecaster()
    vote = VotingRegressor([("naive", naive), ("one", fresh(name))], weights=[1, 3]).fit(
        X[:ROWS], y[:ROWS]
    )
    future = X[ROWS : ROWS + 3]
    near(
        vote.predict(future),
        (naive.fit(y[:ROWS]).predict(future.index) + 3 * model.predict(future)) / 4,
    )


@pytest.mark.parametrize("name", WITH_COLUMNS)
def test_pipeline(name, X, y):
    scaled = make_pipeline(StandardScaler(), fresh(name)).set_output(transform="pandas")
    answer = scaled.fit(X[:ROWS], y[:ROWS]).predict(X[ROWS : ROWS + 3])
    scaler = StandardScaler().set_output(transform="pandas").fit(X[:ROWS])
    by_hand = fresh(name).fit(scaler.transform(X[:ROWS]), y[:ROWS])
    near(answer, by_hand.predict(scaler.transform(X[ROWS : ROWS + 3])))
    with pytest.raises(ValueError, match="lies inside or before the training part"):
        scaled.predict(X[ROWS - 1 :])


def test_score_is_that_of_the_rows_that_follow(model, X, y):
    future = slice(ROWS, ROWS + 5)
    residual = ((y[future] - model.predict(X[future])) ** 2).sum()
    total = ((y[future] - y[future].mean()) ** 2).sum()
    near(model.score(X[future], y[future]), 1 - residual / total)


def test_unfitted_forecasters_say_so(name, X, y):
    from sklearn.exceptions import NotFittedError

    for call in (
        lambda f: f.predict(3),
        lambda f: f.forecast(X),
        lambda f: f.update(X, y),
        lambda f: f.hindcast(X, y, [20], 3),
    ):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            call(fresh(name))
