"""Figures of gates and gradients by their artists: what is drawn, where; and what is refused."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from forecast import GateDisplay, GradientFlowDisplay

NAMES = {
    "lstm": ("input", "forget", "candidate", "output", "cell", "hidden"),
    "gru": ("update", "reset", "candidate", "hidden"),
    "simple": ("hidden",),
}


def gates_of(cell="lstm", units=3, times=(-4, -2, 0), layers=1, samples=1):
    """Return a table of gates whose values tell sample, layer, unit and timestep; unit u keeps 0.1 + 0.2 u."""
    rows = [
        {
            "sample": s,
            "timestep": t,
            "layer": k,
            "unit": u,
            "gate": name,
            "value": 0.1 + 0.2 * u + 0.01 * k - 0.001 * s,
        }
        for s in range(samples)
        for t in times
        for k in range(layers)
        for u in range(units)
        for name in NAMES[cell]
    ]
    return pd.DataFrame(rows)


def flow_of(shrink, layer=0, steps=4):
    return pd.DataFrame(
        {"layer": layer, "timesteps_back": range(steps), "norm": 2 * shrink ** np.arange(steps)}
    )


def panels(display):
    return {axis.get_title(loc="left"): axis for axis in np.ravel(display.ax_)}


@pytest.mark.parametrize("cell", NAMES)
def test_every_gate_has_a_panel(cell):
    display = GateDisplay(gates_of(cell)).plot()
    assert set(panels(display)) == set(NAMES[cell])
    assert isinstance(display.figure_, Figure)


def test_the_unit_that_keeps_most_is_at_the_top():
    display = GateDisplay(gates_of()).plot()
    drawn = panels(display)["forget"].get_images()[0].get_array()
    assert_allclose(drawn[:, 0], [0.5, 0.3, 0.1])
    labels = panels(display)["input"].get_yticklabels()  # the first of a row has those of all
    assert [text.get_text() for text in labels] == ["2", "1", "0"]


def test_gates_go_from_0_to_1_and_states_are_centred_at_0():
    shown = panels(GateDisplay(gates_of()).plot())
    assert shown["input"].get_images()[0].get_clim() == (0, 1)
    low, high = shown["cell"].get_images()[0].get_clim()
    assert (low, high) == (-0.5, 0.5)


def test_a_cell_that_counts_upwards_does_not_pale_the_others():
    frame = gates_of()
    frame.loc[(frame["gate"] == "cell") & (frame["unit"] == 2), "value"] = 50.0
    (image,) = panels(GateDisplay(frame).plot())["cell"].get_images()
    assert image.get_clim() == (-3, 3)
    assert image.colorbar.extend == "both"


def test_the_columns_stand_at_their_timesteps():
    axis = panels(GateDisplay(gates_of(times=(-4, -2, 0))).plot())["hidden"]
    assert axis.get_images()[0].get_extent()[:2] == [-5, 1]
    assert_array_equal(axis.get_xticks(), [-4, -2, 0])


def test_window_layer_and_gates_are_chosen():
    frame = gates_of(layers=2, samples=3)
    display = GateDisplay(frame).plot(window=-1, layer=0, gates=["cell", "forget"])
    assert list(panels(display)) == ["cell", "forget"]
    assert_allclose(display.ax_[0].get_images()[0].get_array()[-1, 0], 0.1 - 0.002)
    assert "sample 2, layer 0" in display.figure_.get_suptitle()


@pytest.mark.parametrize(
    "origins",
    [
        pd.date_range("2024-10-27", periods=2, freq="h", tz="Europe/Berlin"),
        pd.period_range("2001-01", periods=2, freq="M"),
        pd.RangeIndex(7, 9),
    ],
)
def test_windows_of_a_series_without_a_name_are_told_apart(origins):
    frame = gates_of(samples=2)
    sample = frame.pop("sample")
    frame.insert(0, "series", np.full(len(frame), None))
    frame.insert(1, "origin", origins[sample])
    for window, origin in enumerate(origins):
        display = GateDisplay(frame).plot(window=window)
        assert display.figure_.get_suptitle() == f"origin {origin}, layer 0; units sorted by forget"
        assert_allclose(
            panels(display)["forget"].get_images()[0].get_array()[-1, 0], 0.1 - 0.001 * window
        )


def test_axes_of_the_caller_are_used():
    figure = Figure()
    given = figure.subplots(1, 2)
    display = GateDisplay(gates_of()).plot(given, gates=["input", "forget"])
    assert display.figure_ is figure
    assert_array_equal(display.ax_, given)


def test_a_flow_is_a_line_on_a_logarithmic_axis():
    display = GradientFlowDisplay(flow_of(0.5)).plot()
    (line,) = display.ax_.get_lines()
    assert display.ax_.get_yscale() == "log"
    assert_allclose(line.get_ydata(), [2, 1, 0.5, 0.25])
    assert display.ax_.get_legend() is None


def test_flows_of_layers_and_models_are_told_apart():
    two = pd.concat([flow_of(0.5), flow_of(0.9, layer=1)])
    display = GradientFlowDisplay({"lstm": two, "simple": two}).plot(relative=True)
    labels = [line.get_label() for line in display.ax_.get_lines()]
    assert labels == ["lstm, layer 0", "lstm, layer 1", "simple, layer 0", "simple, layer 1"]
    assert all(line.get_ydata()[0] == 1 for line in display.ax_.get_lines())


def test_a_norm_that_is_no_more_is_not_drawn():
    display = GradientFlowDisplay(flow_of(0.5).assign(norm=[1.0, 0.1, 0.0, 0.0])).plot()
    assert_array_equal(display.ax_.get_lines()[0].get_ydata(), [1, 0.1, np.nan, np.nan])


class Estimator:
    """Something with gates and a gradient flow that says what it was asked for."""

    def gates(self, **asked):
        self.asked = asked
        return gates_of()

    def gradient_flow(self, *asked):
        self.asked = asked
        return flow_of(0.5)


def test_estimators_are_asked_for_what_they_need():
    estimator = Estimator()
    GateDisplay.from_estimator(estimator, layer=0)
    assert estimator.asked == {}
    GateDisplay.from_estimator(estimator, "X", origins=[1])
    assert estimator.asked == {"X": "X", "origins": [1]}
    GradientFlowDisplay.from_estimator(estimator, "X", "y")
    assert estimator.asked == ("X", "y")
    display = GradientFlowDisplay.from_estimator(
        {"a": estimator, "b": estimator}, "X", "y", origins=[2]
    )
    assert estimator.asked == ("X", "y", [2])
    assert len(display.ax_.get_lines()) == 2


@pytest.mark.parametrize(
    ("plot", "sentence"),
    [
        (lambda: GateDisplay(gates_of().drop(columns="unit")).plot(), "unit"),
        (
            lambda: GateDisplay(gates_of().drop(columns="sample")).plot(),
            "neither a column 'sample' nor 'origin'",
        ),
        (lambda: GateDisplay(gates_of().iloc[:0]).plot(), "no row"),
        (
            lambda: GateDisplay(gates_of()).plot(window=1),
            "window=1 is not in the table, which has 1",
        ),
        (lambda: GateDisplay(gates_of()).plot(layer=3), "layer=3"),
        (lambda: GateDisplay(gates_of()).plot(gates=["forgt"]), "did you mean 'forget'"),
        (lambda: GateDisplay(gates_of()).plot(gates=[]), "gates names no panel"),
        (
            lambda: GateDisplay(gates_of()).plot(Figure().subplots()),
            "ax holds 1 axes, but 6 panels",
        ),
        (lambda: GradientFlowDisplay(flow_of(0.5).drop(columns="norm")).plot(), "norm"),
        (lambda: GradientFlowDisplay({"a": flow_of(0.5).iloc[:0]}).plot(), "flow 'a' has no row"),
    ],
)
def test_what_cannot_be_drawn_is_refused(plot, sentence):
    with pytest.raises(ValueError, match=sentence):
        plot()


@pytest.mark.parametrize(
    "plot",
    [
        lambda: GateDisplay("gates").plot(),
        lambda: GateDisplay(gates_of()).plot(window=0.5),
        lambda: GradientFlowDisplay(flow_of(0.5)).plot(relative=1),
    ],
)
def test_what_is_of_another_kind_is_refused(plot):
    with pytest.raises((TypeError, ValueError)):
        plot()
