"""What is seen inside a network: gates, and how far back its error reaches."""

import naive
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recurrent.cases import random_inputs, random_weights, untrained

from forecast import LSTMForecaster, LSTMRegressor, SlidingWindow, lead
from forecast.recurrent.architecture import Architecture, layer_weights
from forecast.recurrent.cells import layer
from forecast.recurrent.gradients import squared_error
from forecast.recurrent.inspection import flow_frame


@pytest.fixture(scope="module")
def fitted():
    """Return a forecaster of two series with one past feature, and the tables it was fitted to."""
    t = np.arange(90)
    times = pd.date_range("2024-01-01", periods=90, freq="h")
    y = pd.concat({name: pd.Series(np.sin(t / k), times) for name, k in (("a", 3.0), ("b", 4.0))})
    X = pd.DataFrame({"wind": np.cos(np.tile(t, 2) / 5.0)}, y.index)
    model = LSTMForecaster(
        12, 3, patch=4, units=5, layers=2, past_features=["wind"], epochs=2, random_state=0
    )
    with pytest.MonkeyPatch.context() as patch:
        untrained(patch)
        return model.fit(X, y), X, y


def test_gates_are_a_tidy_frame(fitted):
    model, X, y = fitted
    frame = model.gates(X, y)
    assert list(frame) == ["series", "origin", "timestep", "layer", "unit", "gate", "value"]
    assert len(frame) == 2 * 3 * 2 * 5 * 6
    assert set(frame["gate"]) == {"input", "forget", "output", "candidate", "cell", "hidden"}
    assert sorted(frame["timestep"].unique()) == [-8, -4, 0]
    assert set(frame["series"]) == {"a", "b"}
    assert (frame["origin"] == pd.Timestamp("2024-01-04 17:00")).all()
    gates = frame[frame["gate"].isin(["input", "forget", "output"])]
    assert gates["value"].between(0, 1).all()


def test_gates_satisfy_the_equations(fitted):
    model, X, y = fitted
    frame = model.gates(X, y, [("a", "2024-01-02 05:00"), ("b", "2024-01-03 07:00")])
    index = ["series", "layer", "unit", "timestep"]
    wide = frame.pivot_table("value", index, "gate").reset_index().sort_values(index)
    assert_allclose(wide["hidden"], wide["output"] * np.tanh(wide["cell"]), atol=1e-6)
    before = wide.groupby(["series", "layer", "unit"])["cell"].shift(fill_value=0.0)
    assert_allclose(
        wide["cell"], wide["forget"] * before + wide["input"] * wide["candidate"], atol=1e-6
    )


def test_gates_of_the_memory_are_those_of_its_table(fitted):
    model, X, y = fitted
    pd.testing.assert_frame_equal(model.gates(), model.gates(X, y), check_exact=False, atol=1e-6)


def test_several_targets_are_told_apart(monkeypatch):
    untrained(monkeypatch)
    y = pd.DataFrame({"p": np.sin(np.arange(40.0)), "q": np.cos(np.arange(40.0))})
    model = LSTMForecaster(
        8, 2, units=2, epochs=1, cell="gru", bidirectional=True, random_state=0
    ).fit(y)
    frame = model.gates(y, origins=[20, 30])
    assert list(frame)[:4] == ["series", "origin", "target", "timestep"]
    assert set(frame["target"]) == {"p", "q"}
    assert set(frame["origin"]) == {20, 30}
    assert set(frame["unit"]) == {0, 1, 2, 3}
    assert set(frame["gate"]) == {"update", "reset", "candidate", "hidden"}


def test_gates_of_the_regressor_are_those_of_its_complete_windows(monkeypatch):
    untrained(monkeypatch)
    y = np.sin(np.arange(40.0))
    X = SlidingWindow(4).fit_transform(y[:, None])
    model = LSTMRegressor(units=2, epochs=1, cell="simple", random_state=0).fit(X, lead(y, 2))
    frame = model.gates(X)
    assert list(frame) == ["sample", "timestep", "layer", "unit", "gate", "value"]
    assert_array_equal(frame["sample"].unique(), np.arange(3, 40))
    assert sorted(frame["timestep"].unique()) == [-3, -2, -1, 0]
    flow = model.gradient_flow(X, lead(y, 2))
    assert list(flow) == ["layer", "timesteps_back", "norm"]
    assert_array_equal(flow["timesteps_back"], [0, 1, 2, 3])
    assert (flow["norm"] > 0).all()


def test_the_gradient_flows_back_patch_by_patch(fitted):
    model, X, y = fitted
    flow = model.gradient_flow(X, y)
    assert_array_equal(flow["layer"], [0, 0, 0, 1, 1, 1])
    assert_array_equal(flow["timesteps_back"], [0, 4, 8] * 2)
    assert (flow["norm"] > 0).all()


def test_the_norm_is_that_of_central_differences():
    """A network of one layer, restarted from a hidden state that is moved."""
    architecture = Architecture("simple", 3, 1, 5, 1, 2)
    rng = np.random.default_rng(0)
    weights = random_weights(architecture, rng, float)
    windows = random_inputs(architecture, rng, samples=1).windows
    actual = rng.normal(size=(1, 2))
    flow = flow_frame(architecture, weights, windows, actual)
    W, U, b = layer_weights(architecture, weights, 0)
    states = layer("simple", windows, W, U, b)["hidden"]

    def loss(values, t):
        h = values[0]
        for k in range(t + 1, 5):
            h = np.tanh(windows[:, k] @ W + b + h @ U)
        return squared_error(architecture.head.forward(weights, h, None), actual)[0]

    for t in range(5):
        slope = naive.slopes(lambda values, t=t: loss(values, t), [states[:, t].copy()])[0]
        assert flow["norm"][flow["timesteps_back"] == 4 - t].item() == pytest.approx(
            np.linalg.norm(slope), rel=1e-6
        )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda m, *_: m.gates(origins=[3]), "origins are rows of a table"),
        (
            lambda m, X, y: m.gates(X, y, [("a", "2024-01-01 05:00")]),
            "less than lookback=12 rows of history",
        ),
        (lambda m, X, y: m.gates(X, y, [("c", "2024-01-02")]), "c"),
        (
            lambda m, X, y: m.gradient_flow(X, y, [("a", "2024-01-04 17:00")]),
            "horizon=3 rows after",
        ),
    ],
)
def test_what_cannot_be_looked_into_is_refused(fitted, call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(*fitted)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (lambda X, y: (X, y[:-1]), "inconsistent numbers of samples"),
        (lambda X, y: (X, y[:, :1]), r"y has the shape \(30, 1\); fit saw \(n, 2\)"),
        (lambda X, y: (X[:3], y[:3]), "none of the 3 samples is complete"),
    ],
)
def test_a_flow_needs_complete_samples(monkeypatch, rows, sentence):
    untrained(monkeypatch)
    y = np.sin(np.arange(30.0))
    X, targets = SlidingWindow(4).fit_transform(y[:, None]), lead(y, 2)
    model = LSTMRegressor(units=2, epochs=1, random_state=0).fit(X, targets)
    with pytest.raises(ValueError, match=sentence):
        model.gradient_flow(*rows(X, targets))


def test_windows_are_looked_into_by_the_clock(monkeypatch):
    untrained(monkeypatch)
    index = pd.date_range("2024-10-25", periods=60, freq="h", tz="Europe/Berlin")
    y = pd.Series(np.sin(np.arange(60.0)), index)
    settings = {"lookback": 4, "horizon": 2, "units": 2, "epochs": 1, "random_state": 0}
    model = LSTMForecaster(**settings).fit(y)
    # The second 02:00 is a row by the clock, the first is not.
    twins = [50, 51]
    assert [str(index[row]) for row in twins] == [
        "2024-10-27 02:00:00+02:00",
        "2024-10-27 02:00:00+01:00",
    ]
    by_clock = y.drop(index[50]).tz_localize(None)
    same = LSTMForecaster(**settings).fit(by_clock)
    for row, place in ((49, 49), (50, 49), (51, 50), (55, 54)):
        frame = model.gates(y, origins=[row])
        expected = same.gates(by_clock, origins=[place])
        assert (frame["origin"] == index[row]).all()
        assert_allclose(frame["value"], expected["value"], atol=1e-6)
    assert_allclose(model.gradient_flow(y)["norm"], same.gradient_flow(by_clock)["norm"], atol=1e-6)
    assert (model.gates()["origin"] == index[-1]).all()
    with pytest.raises(ValueError, match=r"origin 2024-10-27 02:00:00\+02:00 has less than"):
        model.gates(y[50:], origins=[0])
