"""Back-propagation through time by hand, against central differences and TensorFlow; and what is seen inside."""

from dataclasses import replace

import naive
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import LSTMForecaster, LSTMRegressor, SlidingWindow, lead
from forecast.recurrent.cells import INSIDE, Architecture, forward, layer
from forecast.recurrent.gradients import backward, cross_entropy, gradients, squared_error

CELLS = ("lstm", "gru", "simple")
SMALL = Architecture("lstm", 2, 1, 6, 2, 3, 2)
VARIATIONS = {
    "plain": {},
    "stacked": {"layers": 2},
    "anchored": {"anchor": (2, 3)},
    "known ahead": {"known": (1,), "further": 2, "anchor": (1,)},
    "bidirectional": {"layers": 2, "bidirectional": True},
    "embedding": {"series": 2, "embedding": 3, "further": 1},
    "quantiles": {"quantiles": (0.1, 0.25, 0.5, 0.75, 0.9)},
    "single steps": {"patch": 1, "units": 3},
}


def case(architecture, samples=4, seed=0):
    """Return a member, windows, actual values, what is known ahead and series, in double precision."""
    rng = np.random.default_rng(seed)
    a = architecture
    member = [rng.normal(0, 0.6, shape) for shape in a.shapes]
    windows, actual = (
        rng.normal(size=(samples, a.timesteps, a.channels)),
        rng.normal(size=(samples, a.outputs)),
    )
    ahead = rng.normal(size=(samples, a.outputs, a.ahead)) if a.ahead else None
    return member, windows, actual, ahead, np.arange(samples) % 2


@pytest.mark.parametrize("cell", CELLS)
def test_a_layer_is_differentiated_as_central_differences_do(cell):
    rng = np.random.default_rng(1)
    shapes = {"lstm": (12, (12,)), "gru": (9, (2, 9)), "simple": (3, (3,))}[cell]
    x, W, U = (
        rng.normal(size=(2, 5, 4)),
        rng.normal(size=(4, shapes[0])),
        rng.normal(size=(3, shapes[0])),
    )
    b, above = rng.normal(size=shapes[1]), rng.normal(size=(2, 5, 3))
    flow = backward(cell, x, W, U, b, above)

    def loss(values):
        return (layer(cell, *values)["hidden"] * above).sum()

    found = [flow.x, flow.W.sum(axis=0), flow.U.sum(axis=0), flow.b.sum(axis=0)]
    for hand, slope in zip(found, naive.slopes(loss, [x, W, U, b]), strict=True):
        assert_allclose(hand, slope, atol=1e-8)


@pytest.mark.parametrize("cell", CELLS)
def test_each_timestep_contributes_what_its_own_weights_would(cell):
    architecture = replace(SMALL, cell=cell)
    member, windows, actual, *_ = case(architecture)
    flow = gradients(architecture, member, windows, actual)[2][0][0]
    x, (W, U, b) = windows.reshape(4, 3, 4), member[:3]

    def loss(values):  # the timesteps run one by one, each with weights of its own
        inside = h = c = None
        for t, kernel in enumerate(values):
            inside = _one_step(cell, x[:, t], h, c, kernel, U, b)
            h, c = inside["hidden"], inside.get("cell")
        return squared_error((h @ member[3] + member[4]).reshape(4, 3, 1), actual)[0]

    for t, slope in enumerate(naive.slopes(loss, [W.copy() for _ in range(3)])):
        assert_allclose(flow.W[t], slope, atol=1e-7)


def _one_step(cell, x, h, c, W, U, b):
    """Return what one timestep makes of the states before it."""
    from forecast.recurrent.cells import gru_step, lstm_step, simple_step

    h = np.zeros((len(x), len(U))) if h is None else h
    c = np.zeros_like(h) if c is None else c
    if cell == "gru":
        values = gru_step(x @ W + b[0], h, U, b[1])
    else:
        values = lstm_step(x @ W + b, h, c, U) if cell == "lstm" else simple_step(x @ W + b, h, U)
    return dict(zip(INSIDE[cell], values, strict=True))


@pytest.mark.parametrize("change", VARIATIONS.values(), ids=VARIATIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_network_is_differentiated_as_central_differences_do(cell, change):
    architecture = replace(SMALL, cell=cell, **change)
    member, windows, actual, ahead, series = case(architecture)

    def loss(values):
        return squared_error(forward(architecture, [values], windows, ahead, series), actual)[0]

    value, found, flows = gradients(architecture, member, windows, actual, ahead, series)
    assert value == pytest.approx(loss(member))
    assert len(flows) == architecture.layers
    for hand, slope in zip(found, naive.slopes(loss, member), strict=True):
        assert_allclose(hand, slope, atol=1e-7)


@pytest.mark.parametrize("cell", CELLS)
def test_softmax_cross_entropy_is_differentiated_as_central_differences_do(cell):
    architecture = replace(SMALL, cell=cell)
    member, windows, *_ = case(architecture)
    labels = np.array([0, 2, 1, 2])

    def loss(values):
        scores = np.exp(forward(architecture, [values], windows)[:, :, 0])
        return -np.log((scores / scores.sum(axis=1, keepdims=True))[np.arange(4), labels]).sum()

    value, found, _ = gradients(architecture, member, windows, labels, loss=cross_entropy)
    assert value == pytest.approx(loss(member))
    for hand, slope in zip(found, naive.slopes(loss, member), strict=True):
        assert_allclose(hand, slope, atol=1e-7)


@pytest.mark.parametrize("change", VARIATIONS.values(), ids=VARIATIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_network_is_differentiated_as_tensorflow_does(cell, change):
    from forecast.recurrent.network import Network, naive, tf

    architecture = replace(SMALL, cell=cell, **change)
    member, windows, actual, ahead, series = case(architecture)
    network = Network(architecture)
    network.set_weights([w.astype(np.float32) for w in member])
    variables = [v.value for v in network.variables]
    with tf.GradientTape() as tape:
        x = tf.constant(windows, tf.float32)
        answer = network(x, None if ahead is None else tf.constant(ahead, tf.float32), series, 1.0)
        expected = tf.constant(actual, tf.float32) - naive(architecture, x)
        loss = 0.5 * tf.reduce_sum(tf.square(answer - expected[:, :, None]))
    value, found, _ = gradients(architecture, member, windows, actual, ahead, series)
    assert value == pytest.approx(float(loss), rel=1e-5)
    for hand, taped in zip(found, tape.gradient(loss, variables), strict=True):
        assert_allclose(hand, tf.convert_to_tensor(taped).numpy(), atol=1e-4, rtol=1e-4)


# What is seen inside


@pytest.fixture(scope="module")
def fitted():
    """Return a forecaster of two series with one past feature, and the tables it has learned from."""
    t = np.arange(90)
    times = pd.date_range("2024-01-01", periods=90, freq="h")
    y = pd.concat({name: pd.Series(np.sin(t / k), times) for name, k in (("a", 3.0), ("b", 4.0))})
    X = pd.DataFrame({"wind": np.cos(np.tile(t, 2) / 5.0)}, y.index)
    model = LSTMForecaster(
        12, 3, patch=4, units=5, layers=2, past_features=["wind"], epochs=2, random_state=0
    )
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


def test_several_targets_are_told_apart():
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


def test_gates_of_the_regressor_are_those_of_its_complete_windows():
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
    member, windows, actual, *_ = case(architecture, samples=1)
    from forecast.recurrent.gradients import flow_frame

    flow = flow_frame(architecture, member, windows, actual)
    states = layer("simple", windows, *member[:3])["hidden"]

    def loss(values, t):
        h = values[0]
        for k in range(t + 1, 5):
            h = np.tanh(windows[:, k] @ member[0] + member[2] + h @ member[1])
        return squared_error((h @ member[3] + member[4])[:, :, None], actual)[0]

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
        (lambda X, y: (X, y[:, :1]), "y has 1 outputs; fit saw 2"),
        (lambda X, y: (X[:3], y[:3]), "none of the 3 samples is complete"),
    ],
)
def test_a_flow_needs_complete_samples(rows, sentence):
    y = np.sin(np.arange(30.0))
    X, targets = SlidingWindow(4).fit_transform(y[:, None]), lead(y, 2)
    model = LSTMRegressor(units=2, epochs=1, random_state=0).fit(X, targets)
    with pytest.raises(ValueError, match=sentence):
        model.gradient_flow(*rows(X, targets))
