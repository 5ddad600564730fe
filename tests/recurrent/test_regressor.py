"""Recurrent networks: the NumPy equations, Keras' twin, training, and the estimators made of them."""

import math
import pickle
import subprocess
import sys
from dataclasses import replace
from itertools import product

import naive
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import NotFittedError
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from forecast import LSTMForecaster, LSTMRegressor, NaiveForecaster, SlidingWindow, lead
from forecast.recurrent import training
from forecast.recurrent.cells import Architecture, forward, initial_weights, layer

CELLS = ("lstm", "gru", "simple")
ANCHORS = ((), (1,), (2, 5))
TINY = {"units": 3, "epochs": 2, "random_state": 0}


def wave(n=120, period=11.3, noise=0.1, seed=0):
    return np.sin(2 * np.pi * np.arange(n) / period) + noise * np.random.default_rng(seed).normal(
        size=n
    )


def windows_and_targets(n=60, lookback=4, horizon=2):
    """Return complete windows, each with its own memory, and their targets."""
    y = wave(n)
    whole = slice(lookback - 1, n - horizon)
    return SlidingWindow(lookback).fit_transform(y[:, None])[whole].copy(), lead(y, horizon)[
        whole
    ].copy()


# The equations


def random_weights(architecture, rng):
    return [rng.normal(0, 0.6, shape).astype(np.float32) for shape in architecture.shapes]


def answers_of_both(architecture, rng):
    """Return what Keras and NumPy answer with the same random weights, windows and columns known ahead."""
    from forecast.recurrent.network import Network, naive

    weights = random_weights(architecture, rng)
    network = Network(architecture)
    network.set_weights(weights)
    for kept, given in zip(network.weights(), weights, strict=True):
        assert_array_equal(kept, given)
    windows = rng.normal(1, 2, (7, architecture.timesteps, architecture.channels)).astype(
        np.float32
    )
    ahead = rng.normal(size=(7, architecture.outputs, architecture.ahead)).astype(np.float32)
    series = np.arange(7) % 3
    expected = np.asarray(network(windows, ahead, series, 1.0))
    if architecture.anchor:
        expected = expected + np.asarray(naive(architecture, windows))[:, :, None]
    return expected, forward(
        architecture, [weights], windows, ahead if architecture.ahead else None, series
    )


@pytest.mark.parametrize(
    "known", [(), (1,), (0, 2)], ids=["nothing known", "one known", "two known"]
)
@pytest.mark.parametrize(
    ("cell", "layers", "patch", "anchor"), list(product(CELLS, (1, 2), (1, 3), ANCHORS))
)
def test_the_equations_are_those_of_keras(cell, layers, patch, anchor, known):
    architecture = Architecture(cell, 4, layers, 6, 3, 2, patch, anchor, known)
    expected, answer = answers_of_both(architecture, np.random.default_rng(3))
    assert answer.shape == (7, 2, 1)
    assert_allclose(answer, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("further", [0, 2])
@pytest.mark.parametrize(("cell", "layers"), list(product(CELLS, (1, 3))))
@pytest.mark.parametrize(
    "extra",
    [
        {"bidirectional": True},
        {"series": 3, "embedding": 2},
        {"quantiles": (0.1, 0.5, 0.9)},
        {"channels": 1, "units": 7},
    ],
    ids=lambda extra: next(iter(extra)),
)
def test_the_further_equations_are_those_of_keras(cell, layers, further, extra):
    architecture = replace(
        Architecture(cell, 4, layers, 10, 3, 5, 2, (1,), further=further), **extra
    )
    expected, answer = answers_of_both(architecture, np.random.default_rng(3))
    assert_allclose(answer, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_long_recurrences_are_those_of_keras_too(cell, bidirectional):
    architecture = Architecture(
        cell, 4, 2, 50, 1, 2, bidirectional=bidirectional
    )  # more steps than are laid out flat
    expected, answer = answers_of_both(architecture, np.random.default_rng(3))
    assert_allclose(answer, expected, rtol=1e-5, atol=1e-5)


def test_members_are_averaged():
    rng = np.random.default_rng(3)
    architecture = Architecture("gru", 4, 1, 6, 2, 3, 2, (1,), members=2)
    members = [random_weights(architecture, rng) for _ in range(2)]
    windows = rng.normal(size=(5, 6, 2)).astype(np.float32)
    single = [forward(architecture, [member], windows) for member in members]
    assert_allclose(forward(architecture, members, windows), (single[0] + single[1]) / 2, atol=1e-6)


def test_answers_are_relative_to_the_naive_forecasts():
    rng = np.random.default_rng(0)
    architecture = Architecture("lstm", 4, 1, 6, 1, 7, 2, anchor=(3, 4))
    weights = [
        np.zeros_like(w) for w in initial_weights(architecture, rng)
    ]  # a network that says nothing
    y = rng.normal(size=6).astype(np.float32)
    expected = np.mean([naive.seasonal_naive(y, season, 7) for season in (3, 4)], axis=0)
    assert_allclose(
        forward(architecture, [weights], y[None, :, None])[0, :, 0], expected, rtol=1e-6
    )


def test_quantiles_never_cross():
    architecture = Architecture("lstm", 4, 1, 6, 1, 3, 2, quantiles=(0.1, 0.3, 0.5, 0.7, 0.9))
    rng = np.random.default_rng(0)
    weights = [10 * w for w in random_weights(architecture, rng)]
    answer = forward(architecture, [weights], rng.normal(size=(50, 6, 1)).astype(np.float32))
    assert (np.diff(answer, axis=2) >= 0).all()


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def by_hand(cell, sequence, w, u, b):
    """Run two equal units whose weights are all w (input), u (recurrent) and b (bias): one number per timestep."""
    h = c = 0.0
    states = []
    for x in sequence:
        z = w * x + u * 2 * h + b
        if cell == "simple":
            h = math.tanh(z)
        elif cell == "lstm":
            c = sigmoid(z) * c + sigmoid(z) * math.tanh(z)
            h = sigmoid(z) * math.tanh(c)
        else:
            into, back = w * x + b, u * 2 * h + b
            gate = sigmoid(into + back)
            h = gate * h + (1 - gate) * math.tanh(into + gate * back)
        states.append(h)
    return states


@pytest.mark.parametrize("cell", CELLS)
def test_constant_weights_give_the_numbers_of_the_textbook(cell):
    gates = {"lstm": 4, "gru": 3, "simple": 1}[cell] * 2
    W, U = np.full((1, gates), 0.7), np.full((2, gates), 0.3)
    b = np.full((2, gates) if cell == "gru" else gates, 0.2)
    sequence = [0.5, -1.2, 2.0]
    states = layer(cell, np.array(sequence)[None, :, None], W, U, b)["hidden"]
    expected = by_hand(cell, sequence, 0.7, 0.3, 0.2)
    assert_allclose(states, np.repeat(np.array(expected)[None, :, None], 2, axis=2), rtol=1e-12)
    decoder = [np.array([[1.5, -1.0], [0.5, 2.0]]), np.array([0.1, 0.3])]
    answer = forward(
        Architecture(cell, 2, 1, 3, 1, 2), [[W, U, b, *decoder]], np.array(sequence)[None, :, None]
    )
    assert_allclose(answer[:, :, 0], [[2.0 * expected[-1] + 0.1, expected[-1] + 0.3]], rtol=1e-12)


def test_anchored_networks_move_with_their_window():
    rng = np.random.default_rng(0)
    architecture = Architecture("lstm", 4, 1, 6, 2, 3, 2, anchor=(1,))
    weights = [initial_weights(architecture, rng)]
    windows = rng.normal(size=(5, 6, 2)).astype(np.float32)
    moved = forward(architecture, weights, windows + np.float32([10.0, -3.0]))
    assert_allclose(moved, forward(architecture, weights, windows) + 10.0, atol=1e-4)


@pytest.mark.parametrize("cell", CELLS)
def test_initial_weights_have_their_shapes_and_properties(cell):
    architecture = Architecture(cell, 8, 2, 6, 3, 4, 2, known=(1,))
    weights = initial_weights(architecture, np.random.default_rng(0))
    assert [w.shape for w in weights] == architecture.shapes
    assert {w.dtype for w in weights} == {np.dtype(np.float32)}
    recurrent = weights[1][:, :8]
    assert_allclose(recurrent @ recurrent.T, np.eye(8), atol=1e-5)
    if cell == "lstm":
        assert_array_equal(weights[2], np.repeat([0, 1, 0, 0], 8))  # forget gates open
    again = initial_weights(architecture, np.random.default_rng(0))
    for one, two in zip(weights, again, strict=True):
        assert_array_equal(one, two)


# Training


def test_a_compiled_fit_learns_what_a_plain_one_learns(monkeypatch):
    X, y = windows_and_targets()
    plain = LSTMRegressor(**TINY, batch_size=8, dropout=0.3).fit(X, y)
    monkeypatch.setattr(training, "_COMPILED_FROM", 0)
    compiled = LSTMRegressor(**TINY, batch_size=8, dropout=0.3).fit(X, y)
    for one, two in zip(compiled.weights_[0], plain.weights_[0], strict=True):
        assert_allclose(one, two, rtol=1e-3, atol=1e-4)
    assert_allclose(
        [e["loss"] for e in compiled.history_], [e["loss"] for e in plain.history_], rtol=1e-4
    )


@pytest.mark.parametrize("compiled", [False, True])
def test_a_second_fit_of_the_same_shape_compiles_nothing(monkeypatch, compiled):
    if compiled:
        monkeypatch.setattr(training, "_COMPILED_FROM", 0)
    X, y = windows_and_targets()
    first = LSTMRegressor(**TINY, batch_size=8).fit(X, y)
    before = training._trainer.cache_info()
    LSTMRegressor(**TINY, batch_size=8).set_params(random_state=4, learning_rate=0.1).fit(
        X[:-1], y[:-1] * 5
    )
    after = training._trainer.cache_info()
    assert (after.misses, after.currsize) == (before.misses, before.currsize)
    assert after.hits > before.hits
    trainer = training._trainer(first.architecture_, "mse", 0.0, compiled)
    assert trainer.run.experimental_get_tracing_count() == 1
    again = LSTMRegressor(**TINY, batch_size=8).fit(X, y)  # nothing of the fit in between is left
    for one, two in zip(again.weights_[0], first.weights_[0], strict=True):
        assert_array_equal(one, two)


def test_the_history_holds_the_mean_loss_of_each_epoch():
    X, y = windows_and_targets()
    model = LSTMRegressor(
        units=3, epochs=3, batch_size=1000, learning_rate=1e-12, random_state=0
    ).fit(X, y)
    error = (model.predict(X) - y) / model.target_scale_
    assert_allclose([epoch["loss"] for epoch in model.history_], [np.mean(error**2)] * 3, rtol=1e-4)
    model = model.set_params(loss="mae", batch_size=10).fit(X, y)
    error = (model.predict(X) - y) / model.target_scale_
    assert_allclose(model.history_[0]["loss"], np.mean(np.abs(error)), rtol=1e-4)


def test_a_loss_that_is_no_number_is_refused(monkeypatch):
    X, y = windows_and_targets()
    monkeypatch.setattr(training._Trainer, "epoch", lambda *_: float("nan"))
    with pytest.raises(
        ValueError, match=r"no longer a number in epoch 1: lower learning_rate=0\.003"
    ):
        LSTMRegressor(**TINY).fit(X, y)


def test_training_tells_its_losses_to_stderr_if_asked(capfd):
    X, y = windows_and_targets()
    LSTMRegressor(**TINY).fit(X, y)
    assert capfd.readouterr() == ("", "")
    LSTMRegressor(**TINY, verbose=True, patience=3).fit(X, y)
    told = capfd.readouterr()
    assert told.out == ""
    assert [line.split()[:2] for line in told.err.splitlines()] == [
        ["epoch", "1/2"],
        ["epoch", "2/2"],
    ]
    assert "validation_loss" in told.err


# LSTMRegressor

CANNOT_HOLD = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a row twice and a row of weight 2 fall into different minibatches"
    )
}


@pytest.mark.slow
def test_check_estimator():
    model = LSTMRegressor(
        cell="simple", units=8, epochs=15, learning_rate=0.1, batch_size=100, random_state=0
    )
    check_estimator(model, expected_failed_checks=CANNOT_HOLD, on_skip=None)


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_a_sine_is_learned_better_than_the_season_before_knows_it(cell):
    y = wave(300)
    train, horizon = 220, 4
    network = LSTMRegressor(units=8, cell=cell, epochs=12, learning_rate=0.03, random_state=0)
    model = make_pipeline(SlidingWindow(8), network).fit(y[:train, None], lead(y[:train], horizon))
    origins = np.arange(train, 300 - horizon)
    actual = lead(y, horizon)[origins]
    season_before = NaiveForecaster(12).fit(y[:train]).hindcast(None, y, origins, horizon)
    error = mean_absolute_error(actual, model.predict(y[:, None])[origins])
    assert error < 0.6 * mean_absolute_error(actual, season_before)


def test_shapes_follow_those_of_the_targets():
    X, y = windows_and_targets()
    assert LSTMRegressor(**TINY).fit(X, y).predict(X).shape == y.shape
    assert LSTMRegressor(**TINY).fit(X, y[:, 0]).predict(X).shape == (len(y),)
    assert LSTMRegressor(**TINY).fit(X, y[:, :1]).predict(X).shape == (len(y), 1)
    single = LSTMRegressor(**TINY).fit(X, y[:, 0])
    assert_array_equal(
        single.predict(X)[:, None], LSTMRegressor(**TINY).fit(X, y[:, :1]).predict(X)
    )
    assert_array_equal(
        LSTMRegressor(**TINY).fit(X[:, :, 0], y[:, 0]).predict(X[:, :, 0]), single.predict(X)
    )


def test_same_seed_same_weights():
    X, y = windows_and_targets()
    one, two = (LSTMRegressor(**TINY, dropout=0.3).fit(X, y) for _ in range(2))
    other = LSTMRegressor(**TINY, dropout=0.3).set_params(random_state=1).fit(X, y)
    for a, b, c in zip(one.weights_[0], two.weights_[0], other.weights_[0], strict=True):
        assert_array_equal(a, b)
        assert (a != c).any()
    assert one.history_ == two.history_
    generator = np.random.RandomState(0)
    drawn = [
        LSTMRegressor(units=3, epochs=1, random_state=generator).fit(X, y).predict(X)
        for _ in range(2)
    ]
    assert (drawn[0] != drawn[1]).all()


@pytest.mark.parametrize(
    "change",
    [
        {"units": 4},
        {"layers": 2},
        {"cell": "gru"},
        {"cell": "simple"},
        {"epochs": 3},
        {"batch_size": 7},
        {"learning_rate": 0.05},
        {"loss": "mae"},
        {"loss": "huber"},
        {"bidirectional": True},
        {"ensemble": 2},
        {"dropout": 0.4},
        {"random_state": 1},
    ],
    ids=str,
)
def test_every_parameter_is_used(change):
    X, y = windows_and_targets()
    base = LSTMRegressor(**TINY).fit(X, y)
    other = clone(base).set_params(**change).fit(X, y)
    assert len(other.weights_) == other.ensemble
    assert len(other.weights_[0]) == 3 * other.layers * (1 + other.bidirectional) + 2
    assert len(other.history_) == other.epochs
    assert (other.predict(X) != base.predict(X)).all()


def test_incomplete_windows_are_answered_with_nan():
    X, y = windows_and_targets()
    model = LSTMRegressor(**TINY).fit(X, y)
    spoilt = X.copy()
    spoilt[[3, 7], [0, 2]] = np.nan
    answer = model.predict(spoilt)
    assert_array_equal(np.isnan(answer).all(axis=1), np.isin(np.arange(len(X)), [3, 7]))
    whole = ~np.isnan(answer[:, 0])
    assert_allclose(answer[whole], model.predict(X)[whole], rtol=1e-6)
    assert np.isnan(model.predict(np.full_like(X[:2], np.nan))).all()


def test_incomplete_samples_are_skipped_in_fit():
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
    assert_allclose(model.predict(X), expected.predict(X), rtol=1e-5)


def test_windows_that_share_memory_teach_what_their_copies_teach():
    y = wave(80)
    tensor, targets = SlidingWindow(4).fit_transform(y[:, None]), lead(y, 2)
    shared = LSTMRegressor(**TINY).fit(tensor, targets).predict(tensor)
    copied = LSTMRegressor(**TINY).fit(tensor.copy(), targets).predict(tensor)
    assert_allclose(shared, copied, rtol=1e-5)


def test_the_unit_of_the_series_does_not_matter():
    X, y = windows_and_targets()
    plain = LSTMRegressor(**TINY).fit(X, y).predict(X)
    other = LSTMRegressor(**TINY).fit(1e4 * X - 7e4, 1e-3 * y + 5).predict(1e4 * X - 7e4)
    assert_allclose(other, 1e-3 * plain + 5, rtol=1e-5)


def test_score_is_that_of_the_complete_rows():
    y = wave(60)
    tensor, targets = SlidingWindow(4).fit_transform(y[:, None]), lead(y, 2)
    model = LSTMRegressor(**TINY).fit(tensor, targets)
    whole, weight = slice(3, 58), np.arange(60.0)
    answer = model.predict(tensor)
    assert_allclose(model.score(tensor, targets), r2_score(targets[whole], answer[whole]))
    assert_allclose(
        model.score(tensor, targets, weight),
        r2_score(targets[whole], answer[whole], sample_weight=weight[whole]),
    )
    with pytest.raises(ValueError, match="none of the 2 rows can be scored"):
        model.score(tensor[-2:], targets[-2:])


def test_samples_of_no_weight_have_no_influence():
    X, y = windows_and_targets()
    weight = np.ones(len(y))
    weight[[5, 30]] = 0.0
    answers = []
    for outlier in (1.0, 1e5):
        spoilt = y.copy()
        spoilt[[5, 30]] = outlier
        answers.append(LSTMRegressor(**TINY).fit(X, spoilt, sample_weight=weight).predict(X))
    assert_allclose(answers[1], answers[0], rtol=1e-5)


def test_weights_move_the_forecast_towards_heavy_samples():
    X = np.zeros((40, 2, 1))  # all windows alike: the best answer is the weighted mean
    y = np.where(np.arange(40) % 2, 1.0, 0.0)
    model = LSTMRegressor(units=2, epochs=40, learning_rate=0.1, batch_size=40, random_state=0)
    for share in (1.0, 9.0):
        weight = np.where(y == 1, share, 1.0)
        answer = model.fit(X, y, sample_weight=weight).predict(X[:1])
        assert_allclose(answer, np.average(y, weights=weight), atol=0.05)


def test_equal_weights_are_no_weights():
    X, y = windows_and_targets()
    expected = LSTMRegressor(**TINY).fit(X, y).predict(X)
    weighted = LSTMRegressor(**TINY).fit(X, y, sample_weight=np.full(len(y), 2.5)).predict(X)
    assert_allclose(weighted, expected, rtol=1e-4, atol=1e-5)


def test_patience_keeps_the_best_weights():
    X, y = windows_and_targets(90)
    model = LSTMRegressor(
        units=8, epochs=60, learning_rate=0.2, patience=2, validation_fraction=0.25, random_state=0
    ).fit(X, y)
    losses = [epoch["validation_loss"] for epoch in model.history_]
    assert len(losses) < 60
    assert (
        len(losses) == int(np.argmin(losses)) + 1 + 3
    )  # the best, then patience + 1 without a better one
    later = slice(math.ceil(len(X) * 0.75), None)
    error = (model.predict(X[later]) - y[later]) / model.target_scale_
    assert_allclose(np.mean(error**2), min(losses), rtol=1e-4)


def test_the_validation_part_and_what_reaches_into_it_are_not_learned_from():
    y = wave(60)
    lookback, horizon, share = 4, 3, 0.2
    used = np.arange(lookback - 1, 60 - horizon)
    begin = used[math.ceil(len(used) * (1 - share))]  # the first origin of the validation part
    model = LSTMRegressor(**TINY, patience=9, validation_fraction=share)

    def losses(series):
        tensor = SlidingWindow(lookback).fit_transform(series[:, None])
        return model.fit(tensor, lead(series, horizon)).history_

    before = losses(y)
    changed = y.copy()
    changed[begin + 1 :] += 40.0
    after = losses(changed)
    assert [epoch["loss"] for epoch in after] == [epoch["loss"] for epoch in before]
    assert after[0]["validation_loss"] != before[0]["validation_loss"]
    changed = y.copy()
    changed[begin] += 40.0  # the last value that the purged training part reads
    assert losses(changed)[0]["loss"] != before[0]["loss"]


def test_nothing_left_to_learn_from_is_refused():
    X, y = windows_and_targets(14, horizon=8)
    with pytest.raises(
        ValueError,
        match=r"3 complete samples leave none to learn from beside validation_fraction=0\.5",
    ):
        LSTMRegressor(**TINY, patience=1, validation_fraction=0.5).fit(X, y)


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
        ({"verbose": "yes"}, "verbose of LSTMRegressor must be True or False; got 'yes'"),
    ],
)
def test_wrong_parameters_are_refused(parameters, sentence):
    X, y = windows_and_targets()
    with pytest.raises(ValueError, match=sentence):
        LSTMRegressor(**{**TINY, **parameters}).fit(X, y)


def test_wrong_input_is_refused():
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
    with pytest.raises(ValueError, match="X has 3 features, but LSTMRegressor is expecting 4"):
        model.predict(X[:, 1:])
    with pytest.raises(ValueError, match=r"[Ii]nconsistent numbers of samples"):
        model.fit(X, y[1:])
    with pytest.raises(ValueError, match="requires y to be passed"):
        model.fit(X, None)
    with pytest.raises(ValueError, match=r"[Nn]egative"):
        model.fit(X, y, sample_weight=np.linspace(-1, 1, len(y)))


def test_grid_search_over_the_window_and_the_network():
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


def test_transformed_targets_pass_through():
    X, y = windows_and_targets()
    model = LSTMRegressor(**TINY)
    wrapped = TransformedTargetRegressor(
        model, func=np.exp, inverse_func=np.log, check_inverse=False
    )
    expected = np.log(clone(model).fit(X, np.exp(y)).predict(X))
    assert_allclose(wrapped.fit(X, y).predict(X), expected, rtol=1e-6)
    assert wrapped.fit(X, y[:, 0]).predict(X).shape == (len(X),)


# Without TensorFlow


def test_predicting_needs_no_tensorflow(tmp_path):
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


def test_architectures_are_values():
    one = Architecture("gru", 3, 1, 4, 1, 2)
    assert one == replace(one)
    assert hash(one) == hash(replace(one))
    assert one != replace(one, units=4)
