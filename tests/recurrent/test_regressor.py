"""The regressor: windows in, values out, as scikit-learn wants it."""

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recurrent.cases import TINY, fitted_regressor, untrained, wave, windows_and_targets
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import NotFittedError
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator, check_regressors_train

from forecast import LSTMForecaster, LSTMRegressor, NaiveForecaster, SlidingWindow, lead

TIMESTEPS = "a second axis is timesteps, so that such a table has one feature"
CANNOT_HOLD = {
    "check_n_features_in": TIMESTEPS,
    "check_n_features_in_after_fitting": TIMESTEPS,
    "check_sample_weight_equivalence_on_dense_data": (
        "a row twice and a row of weight 2 fall into different minibatches"
    ),
    "check_regressors_train": "nothing is learned there: see the test after it",
}
QUICK = {"cell": "simple", "units": 8, "epochs": 15, "learning_rate": 0.1, "batch_size": 100}


def test_check_estimator(monkeypatch):
    untrained(monkeypatch)
    model = LSTMRegressor(**QUICK, random_state=0)
    check_estimator(model, expected_failed_checks=CANNOT_HOLD, on_skip=None)


@pytest.mark.slow
def test_check_estimator_of_what_is_learned():
    model = LSTMRegressor(**QUICK, random_state=0)
    check_regressors_train("LSTMRegressor", model)


@pytest.mark.slow
def test_a_sine_is_learned_better_than_the_season_before_knows_it():
    y = wave(300)
    train, horizon = 220, 4
    network = LSTMRegressor(units=8, epochs=12, learning_rate=0.03, random_state=0)
    model = make_pipeline(SlidingWindow(8), network).fit(y[:train, None], lead(y[:train], horizon))
    origins = np.arange(train, 300 - horizon)
    actual = lead(y, horizon)[origins]
    season_before = NaiveForecaster(12).fit(y[:train]).hindcast(None, y, origins, horizon)
    error = mean_absolute_error(actual, model.predict(y[:, None])[origins])
    assert error < 0.6 * mean_absolute_error(actual, season_before)


def test_windows_of_one_row_make_a_feed_forward_network():
    y = wave(60)
    model = make_pipeline(SlidingWindow(1), LSTMRegressor(**TINY)).fit(y[:, None], 2 * y)
    network = model[-1]
    (weights,) = network.weights_
    # One product, four squashings, one product more: no state before, so nothing recurs.
    x = (y[:, None] - network.mean_) / network.scale_
    gates = x @ weights["lstm_0_kernel"] + weights["lstm_0_bias"]
    i, _, g, o = np.split(gates, 4, axis=1)
    hidden = np.tanh(np.tanh(g) / (1 + np.exp(-i))) / (1 + np.exp(-o))
    answer = (hidden @ weights["head_kernel"] + weights["head_bias"])[:, 0]
    expected = answer * network.target_scale_ + network.target_mean_
    assert_allclose(model.predict(y[:, None]), expected, rtol=1e-5)


# What is handed to the training


@pytest.mark.parametrize(
    "change",
    [
        {"units": 4},
        {"layers": 2},
        {"cell": "gru"},
        {"bidirectional": True},
        {"ensemble": 2},
        {"epochs": 3},
        {"batch_size": 7},
        {"learning_rate": 0.05},
        {"loss": "mae"},
        {"dropout": 0.4},
        {"patience": 1},
        {"random_state": 1},
    ],
    ids=str,
)
def test_every_parameter_is_used(monkeypatch, change):
    calls = untrained(monkeypatch)
    X, y = windows_and_targets()
    base = LSTMRegressor(**TINY).fit(X, y)
    clone(base).set_params(**change).fit(X, y)
    first, second = [call.settings for call in calls]
    assert first != second


def test_incomplete_samples_are_skipped_in_fit(monkeypatch):
    calls = untrained(monkeypatch)
    X, y = windows_and_targets()
    expected = LSTMRegressor(**TINY).fit(X, y)
    extra, targets = X[::4] * 50, y[::4] * 50
    no_window, no_target = extra.copy(), targets.copy()
    no_window[:, 1] = np.nan
    no_target[:, -1] = np.nan
    place = np.repeat(np.arange(0, len(X), 4), 2)
    more = np.insert(X, place, np.stack([no_window, extra], axis=1).reshape(-1, 4, 1), axis=0)
    more_targets = np.insert(
        y, place, np.stack([targets, no_target], axis=1).reshape(-1, 2), axis=0
    )
    model = LSTMRegressor(**TINY).fit(more, more_targets)
    assert_allclose(calls[1].learned.inputs()[0], calls[0].learned.inputs()[0], rtol=1e-5)
    assert_allclose(calls[1].learned.actual(), calls[0].learned.actual(), rtol=1e-5)
    assert_allclose(model.predict(X), expected.predict(X), rtol=1e-5)


def test_samples_of_no_weight_are_skipped_in_fit(monkeypatch):
    calls = untrained(monkeypatch)
    X, y = windows_and_targets()
    weight = np.ones(len(y))
    weight[[5, 30]] = 0.0
    LSTMRegressor(**TINY).fit(X, np.where(weight[:, None] > 0, y, 1e5), sample_weight=weight)
    LSTMRegressor(**TINY).fit(X[weight > 0], y[weight > 0])
    assert_allclose(calls[0].learned.inputs()[0], calls[1].learned.inputs()[0])
    assert_allclose(calls[0].learned.actual(), calls[1].learned.actual())


def test_windows_that_share_memory_teach_what_their_copies_teach(monkeypatch):
    calls = untrained(monkeypatch)
    y = wave(80)
    tensor, targets = SlidingWindow(4).fit_transform(y[:, None]), lead(y, 2)
    shared = LSTMRegressor(**TINY).fit(tensor, targets).predict(tensor)
    copied = LSTMRegressor(**TINY).fit(tensor.copy(), targets).predict(tensor)
    assert_allclose(shared, copied, rtol=1e-5)
    assert_allclose(calls[0].learned.inputs()[0], calls[1].learned.inputs()[0], rtol=1e-5)


def test_the_unit_of_the_series_does_not_matter(monkeypatch):
    calls = untrained(monkeypatch)
    X, y = windows_and_targets()
    plain = LSTMRegressor(**TINY).fit(X, y).predict(X)
    other = LSTMRegressor(**TINY).fit(1e4 * X - 7e4, 1e-3 * y + 5).predict(1e4 * X - 7e4)
    assert_allclose(other, 1e-3 * plain + 5, rtol=1e-5)
    one, two = [call.learned.inputs()[0] for call in calls]
    assert_allclose(two, one, rtol=1e-3, atol=1e-4)


def test_the_validation_part_and_what_reaches_into_it_are_not_learned_from(monkeypatch):
    calls = untrained(monkeypatch)
    y = wave(60)
    lookback, horizon, share = 4, 3, 0.2
    used = np.arange(lookback - 1, 60 - horizon)
    begin = used[math.ceil(len(used) * (1 - share))]  # the first origin of the validation part
    model = LSTMRegressor(**TINY, patience=9, validation_fraction=share)

    def learned(series):
        tensor = SlidingWindow(lookback).fit_transform(series[:, None])
        history = model.fit(tensor, lead(series, horizon)).history_
        return calls[-1].learned, history[0]["validation"]

    before, loss = learned(y)
    changed = y.copy()
    changed[begin + 1 :] += 40.0
    after, other_loss = learned(changed)
    assert_array_equal(after.inputs()[0], before.inputs()[0])
    assert_array_equal(after.actual(), before.actual())
    assert other_loss != loss
    changed = y.copy()
    changed[begin] += 40.0  # the last value that the purged training part reads
    assert (learned(changed)[0].actual() != before.actual()).any()


def test_nothing_left_to_learn_from_is_refused():
    X, y = windows_and_targets(14, horizon=8)
    sentence = r"3 complete samples leave none to learn from beside validation_fraction=0\.5"
    with pytest.raises(ValueError, match=sentence):
        LSTMRegressor(**TINY, patience=1, validation_fraction=0.5).fit(X, y)


# What comes back


def test_shapes_follow_those_of_the_targets(monkeypatch):
    untrained(monkeypatch)
    X, y = windows_and_targets()
    assert LSTMRegressor(**TINY).fit(X, y).predict(X).shape == y.shape
    single = LSTMRegressor(**TINY).fit(X, y[:, 0]).predict(X)
    assert single.shape == (len(y),)
    column = LSTMRegressor(**TINY).fit(X, y[:, :1]).predict(X)
    assert_array_equal(column, single[:, None])
    flat = X[:, :, 0]  # two axes mean one feature
    assert_array_equal(LSTMRegressor(**TINY).fit(flat, y[:, 0]).predict(flat), single)


def test_patience_stops_and_keeps_the_best_weights():
    X, y = windows_and_targets(90)
    model = LSTMRegressor(
        units=8, epochs=60, learning_rate=0.2, patience=2, validation_fraction=0.25, random_state=0
    ).fit(X, y)
    losses = [epoch["validation_loss"] for epoch in model.history_]
    assert len(losses) < 60
    # The best, then patience + 1 without a better one.
    assert len(losses) == int(np.argmin(losses)) + 1 + 3
    later = slice(math.ceil(len(X) * 0.75), None)
    error = (model.predict(X[later]) - y[later]) / model.target_scale_
    assert_allclose(np.mean(error**2), min(losses), rtol=1e-4)


def test_weights_move_the_forecast_towards_heavy_samples():
    X = np.zeros((40, 2, 1))  # all windows alike: the best answer is the weighted mean
    y = np.where(np.arange(40) % 2, 1.0, 0.0)
    model = LSTMRegressor(units=2, epochs=40, learning_rate=0.1, batch_size=40, random_state=0)
    weight = np.where(y == 1, 9.0, 1.0)
    answer = model.fit(X, y, sample_weight=weight).predict(X[:1])
    assert_allclose(answer, np.average(y, weights=weight), atol=0.05)


def test_a_generator_goes_on_from_fit_to_fit(monkeypatch):
    calls = untrained(monkeypatch)
    generator = np.random.RandomState(0)
    for _ in range(2):
        LSTMRegressor(units=3, epochs=1, random_state=generator).fit(*windows_and_targets())
    assert calls[0].seed != calls[1].seed


def test_incomplete_windows_are_answered_with_nan():
    model, X, _ = fitted_regressor()
    spoilt = X.copy()
    spoilt[[3, 7], [1, 2]] = np.nan
    answer = model.predict(spoilt)
    assert_array_equal(np.isnan(answer).all(axis=1), np.isin(np.arange(len(X)), [3, 7]))
    whole = ~np.isnan(answer[:, 0])
    assert_allclose(answer[whole], model.predict(X)[whole], rtol=1e-6)
    assert np.isnan(model.predict(np.full_like(X[:2], np.nan))).all()


def test_a_window_that_begins_late_is_read_as_if_its_first_row_had_stood_there():
    model, X, _ = fitted_regressor()
    late = X.copy()
    late[3, :2] = np.nan
    late[7, :3] = np.nan
    held = X.copy()
    held[3, :2] = X[3, 2]
    held[7, :3] = X[7, 3]
    assert_array_equal(model.predict(late), model.predict(held))
    # In the windows of a table the first row has stood there all along.
    table = wave(20)[:, None]
    before = np.concatenate([np.repeat(table[:1], 3, axis=0), table])
    expected = model.predict(SlidingWindow(4).fit_transform(before)[3:])
    assert_allclose(model.predict(SlidingWindow(4).fit_transform(table)), expected, rtol=1e-6)


def test_scorers_of_scikit_learn_find_a_number_in_each_row(monkeypatch):
    untrained(monkeypatch)
    y = wave(40)
    model = make_pipeline(SlidingWindow(4), LSTMRegressor(**TINY))
    scoring = "neg_mean_absolute_error"
    scores = cross_val_score(model, y[:-1, None], y[1:], cv=TimeSeriesSplit(2), scoring=scoring)
    assert np.isfinite(scores).all()
    wrapped = TransformedTargetRegressor(model, transformer=StandardScaler())
    assert np.isfinite(wrapped.fit(y[:-1, None], y[1:]).predict(y[:, None])).all()


def test_score_is_that_of_the_rows_without_nan():
    model, _, _ = fitted_regressor()
    y = wave(60)
    tensor, targets = SlidingWindow(4).fit_transform(y[:, None]), lead(y, 2)
    whole, weight = slice(0, 58), np.arange(60.0)
    answer = model.predict(tensor)
    assert_allclose(model.score(tensor, targets), r2_score(targets[whole], answer[whole]))
    assert_allclose(
        model.score(tensor, targets, weight),
        r2_score(targets[whole], answer[whole], sample_weight=weight[whole]),
    )
    with pytest.raises(ValueError, match="none of the 2 rows can be scored"):
        model.score(tensor[-2:], targets[-2:])


# Targets at each timestep


def running_sums(n=40, timesteps=5):
    """Return numbers, their running sums, and these with the numbers themselves beside them."""
    X = np.random.default_rng(0).normal(size=(n, timesteps, 1))
    return X, np.concatenate([X.cumsum(axis=1), X], axis=2)


def test_each_timestep_is_answered_where_it_has_targets():
    X, y = running_sums()
    model = LSTMRegressor(units=16, epochs=60, learning_rate=0.03, random_state=0)
    answer = model.fit(X, y).predict(X)
    assert answer.shape == y.shape
    assert r2_score(y.reshape(-1, 2), answer.reshape(-1, 2)) > 0.9
    assert model.score(X, y) == r2_score(y.reshape(40, -1), answer.reshape(40, -1))
    # What comes later has no influence on the answer to a timestep.
    changed = X.copy()
    changed[:, 3:] = 9.0
    assert_allclose(model.predict(changed)[:, :3], answer[:, :3], rtol=1e-6)
    assert (model.predict(changed)[:, 3:] != answer[:, 3:]).all()


def test_the_unit_of_an_output_is_that_of_all_timesteps(monkeypatch):
    untrained(monkeypatch)
    X, y = running_sums()
    model = LSTMRegressor(**TINY).fit(X, y)
    assert_allclose(model.target_mean_, np.tile(y.reshape(-1, 2).mean(axis=0), 5))
    assert_allclose(model.target_scale_, np.tile(y.reshape(-1, 2).std(axis=0), 5))


def test_targets_at_other_timesteps_are_refused(monkeypatch):
    untrained(monkeypatch)
    X, y = running_sums()
    with pytest.raises(ValueError, match="y has 4 timesteps, X 5: a target is needed at each"):
        LSTMRegressor(**TINY).fit(X, y[:, 1:])
    with pytest.raises(ValueError, match=r"got \(40, 5, 2, 1\)"):
        LSTMRegressor(**TINY).fit(X, y[..., None])


# Keras


# Keras saves by a call of numpy that numpy deprecates.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    "options",
    [{}, {"cell": "gru", "layers": 2, "bidirectional": True}, {"cell": "simple", "ensemble": 2}],
    ids=str,
)
def test_the_model_of_keras_answers_the_same(monkeypatch, options, tmp_path):
    untrained(monkeypatch)
    X, y = windows_and_targets()
    model = LSTMRegressor(**TINY, **options).fit(100 + 7 * X, 50 * y)
    expected = model.predict(100 + 7 * X)
    of_keras = model.to_keras()
    answer = of_keras.predict(100 + 7 * X, verbose=0)
    assert_allclose(answer, expected, rtol=1e-5, atol=1e-4)
    if "ensemble" not in options:
        of_keras.save(tmp_path / "model.keras")
        back = LSTMRegressor.from_keras(tmp_path / "model.keras")
        assert_allclose(back.predict(100 + 7 * X), answer, rtol=1e-5, atol=1e-4)
        assert back.get_params()["cell"] == model.cell


# Refusals


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"units": 0}, "units of LSTMRegressor must be a whole number of at least 1; got 0"),
        (
            {"layers": 1.0},
            r"layers of LSTMRegressor must be a whole number of at least 1; got 1\.0",
        ),
        (
            {"cell": "lstmm"},
            "cell of LSTMRegressor must be one of 'lstm', 'gru', 'simple'; got 'lstmm'",
        ),
        ({"epochs": 0}, "epochs of LSTMRegressor must be a whole number of at least 1; got 0"),
        (
            {"batch_size": -1},
            "batch_size of LSTMRegressor must be a whole number of at least 1; got -1",
        ),
        ({"learning_rate": 0}, "learning_rate of LSTMRegressor must be a number above 0; got 0"),
        (
            {"loss": "rmse"},
            "loss of LSTMRegressor must be one of 'mse', 'mae', 'huber'; got 'rmse'",
        ),
        ({"bidirectional": 1}, "bidirectional of LSTMRegressor must be True or False; got 1"),
        ({"ensemble": 0}, "ensemble of LSTMRegressor must be a whole number of at least 1; got 0"),
        (
            {"dropout": 1.0},
            r"dropout of LSTMRegressor must be a number from 0 to below 1; got 1\.0",
        ),
        (
            {"patience": -1},
            "patience of LSTMRegressor must be None or a whole number of at least 0; got -1",
        ),
        (
            {"validation_fraction": 1},
            "validation_fraction of LSTMRegressor must be a number from 0 to below 1",
        ),
    ],
)
def test_wrong_parameters_are_refused(parameters, sentence):
    X, y = windows_and_targets()
    with pytest.raises(ValueError, match=sentence):
        LSTMRegressor(**{**TINY, **parameters}).fit(X, y)


def test_wrong_input_is_refused(monkeypatch):
    untrained(monkeypatch)
    X, y = windows_and_targets()
    infinite = X.copy()
    infinite[3, 1] = np.inf
    model = LSTMRegressor(**TINY)
    with pytest.raises(ValueError, match="X contains inf"):
        model.fit(infinite, y)
    with pytest.raises(ValueError, match="y contains inf in row 3"):
        model.fit(X, np.where(np.arange(len(y))[:, None] == 3, np.inf, y))
    with pytest.raises(ValueError, match="none of the 55 samples is complete"):
        model.fit(X * np.nan, y)
    with pytest.raises(
        ValueError, match=r"X must have shape \(samples, timesteps, features\); got \(55, 4, 1, 1\)"
    ):
        model.fit(X[..., None], y)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        LSTMRegressor().predict(X)
    model.fit(X, y)
    with pytest.raises(ValueError, match="X contains inf"):
        model.predict(infinite)
    with pytest.raises(ValueError, match="X has 2 features; fit saw 1"):
        model.predict(np.concatenate([X, X], axis=2))
    with pytest.raises(ValueError, match="X has 3 timesteps; fit saw 4"):
        model.predict(X[:, 1:])
    with pytest.raises(ValueError, match=r"[Ii]nconsistent numbers of samples"):
        model.fit(X, y[1:])
    with pytest.raises(ValueError, match="requires y to be passed"):
        model.fit(X, None)
    with pytest.raises(ValueError, match=r"[Nn]egative"):
        model.fit(X, y, sample_weight=np.linspace(-1, 1, len(y)))


# Among scikit-learn's own


def test_grid_search_over_the_window_and_the_network(monkeypatch):
    untrained(monkeypatch)
    y = wave(80)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), SlidingWindow(), LSTMRegressor(**TINY)),
        {"slidingwindow__lookback": [2, 4], "lstmregressor__units": [2, 3]},
        cv=TimeSeriesSplit(2),
        error_score="raise",
    ).fit(y[:, None], lead(y, 2))
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.predict(y[:, None]).shape == (80, 2)
    assert np.isfinite(search.predict(y[:, None])[-1]).all()  # the forecast past the end


def test_transformed_targets_pass_through(monkeypatch):
    untrained(monkeypatch)
    X, y = windows_and_targets()
    model = LSTMRegressor(**TINY)
    wrapped = TransformedTargetRegressor(
        model, func=np.exp, inverse_func=np.log, check_inverse=False
    )
    expected = np.log(clone(model).fit(X, np.exp(y)).predict(X))
    assert_allclose(wrapped.fit(X, y).predict(X), expected, rtol=1e-6)
    assert wrapped.fit(X, y[:, 0]).predict(X).shape == (len(X),)


# Without TensorFlow


def test_predicting_needs_no_tensorflow(tmp_path, monkeypatch):
    untrained(monkeypatch)
    y = wave(40)
    regressor = make_pipeline(SlidingWindow(4), LSTMRegressor(**TINY)).fit(y[:, None], lead(y, 2))
    forecaster = LSTMForecaster(4, 2, **TINY).fit(y)
    expected = regressor.predict(y[:, None])[-1], forecaster.predict_interval(5)
    (tmp_path / "models.pickle").write_bytes(pickle.dumps((regressor, forecaster, y)))
    code = """
import pickle, sys
import numpy as np
regressor, forecaster, y = pickle.load(open(sys.argv[1], "rb"))
forecaster.hindcast(None, y, [10, 20], 3)
answers = regressor.predict(y[:, None])[-1], forecaster.predict_interval(5)
regressor.score(y[:, None], np.column_stack([y, y]))
forecaster.update(y[:3]).forecast(3, coverage=0.5)
pickle.dump(answers, open(sys.argv[2], "wb"))
loaded = {"tensorflow", "keras"} & set(sys.modules)
sys.exit(f"{loaded} loaded" if loaded else 0)
"""
    files = [str(tmp_path / "models.pickle"), str(tmp_path / "answers.pickle")]
    done = subprocess.run(
        [sys.executable, "-c", code, *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for answer, wanted in zip(
        pickle.loads((tmp_path / "answers.pickle").read_bytes()), expected, strict=True
    ):
        assert_allclose(answer, wanted, rtol=1e-5)
