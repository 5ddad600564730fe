"""Pure, seeded, copied: inputs stay, answers repeat, copies and new fits are independent."""

import pickle
from copy import deepcopy
from dataclasses import fields

import numpy as np
import pandas as pd
from cases import (
    ANY_SIGN,
    CASES,
    HORIZON,
    NETWORKS,
    PRETRAINED,
    ROWS,
    WINDOWED,
    fitted_panel,
    for_cases,
    fresh,
    near,
    table,
)
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal, assert_series_equal
from sklearn.base import clone

from forecast import Forecaster
from forecast.tables.panel import Panel


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
    assert moved <= {"memory_", "recent_", "state_", "ticks_", "members_", "records_"}


def test_update_does_not_change_a_copy(model, X, y):
    copy = deepcopy(model)
    expected = copy.predict(X[ROWS : ROWS + 3])
    shallow = pickle.loads(pickle.dumps(model))
    model.update(X[ROWS : ROWS + 4], y[ROWS : ROWS + 4])
    assert_array_equal(copy.predict(X[ROWS : ROWS + 3]), expected)
    assert_array_equal(shallow.predict(X[ROWS : ROWS + 3]), expected)


def test_memory_is_no_longer_than_needed(name, model):
    longest = 4 if name in WINDOWED else 4 + 12 if name.startswith("Conformal") else 3
    if name in PRETRAINED:
        longest = 1024
    assert len(model.memory_) <= longest


def test_same_seed_gives_same_forecasts_and_leaves_the_global_generator(name, model, X, y):
    np.random.seed(7)  # noqa: NPY002 - the generator that nobody here should touch
    before = pickle.dumps(np.random.get_state())  # noqa: NPY002
    again = fresh(name).fit(X[:ROWS], y[:ROWS])
    if name != "WindowForecaster-SVR":  # libsvm draws its own seed
        assert pickle.dumps(np.random.get_state()) == before  # noqa: NPY002
    assert_array_equal(again.predict(X[ROWS:]), model.predict(X[ROWS:]))


@for_cases(NETWORKS)
def test_another_seed_gives_other_forecasts(name, X, y):
    one, other = (
        fresh(name).set_params(random_state=r, linear=False).fit(X[:ROWS], y[:ROWS]) for r in (0, 1)
    )
    one.stays_ = other.stays_ = False  # with the last value, which has no seed
    assert (np.abs(other.predict(X[ROWS:]) - one.predict(X[ROWS:])) > 1e-4).all()


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
    days = pd.date_range("2019", periods=len(X), freq="D")
    other, their = table(CASES[name].columns, index=days, seed=9)
    again = fresh(name).fit(other[:ROWS], their[:ROWS]).update(other[ROWS:], their[ROWS:])
    again.fit(X[:ROWS], y[:ROWS])
    assert state(again) == state(model)
    assert_array_equal(again.predict(X[ROWS:]), model.predict(X[ROWS:]))


@for_cases(ANY_SIGN)
def test_fit_forgets_series_and_targets(name, model, X, y):
    again = (
        deepcopy(fitted_panel(name))
        .fit(X[:ROWS], np.column_stack([y, -y])[:ROWS])
        .fit(X[:ROWS], y[:ROWS])
    )
    assert_array_equal(again.predict(X[ROWS:]), model.predict(X[ROWS:]))
    assert again.series_ == (None,)


@for_cases(["NaiveForecaster-drift", "ARIMAForecaster-seasonal", "WindowForecaster-SVR"])
def test_fit_forgets_the_columns(name, model, y):
    alone = model.fit(y[:ROWS])
    assert alone.n_features_in_ == 0
    assert not hasattr(alone, "feature_names_in_")
    assert_array_equal(alone.predict(3), fresh(name).fit(y[:ROWS]).predict(3))
