"""Figures of gates by their artists: panels, order of the units, windows; and what is refused."""

import numpy as np
import pandas as pd
import pytest
from artists import title
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from forecast import GateDisplay

NAMES = {
    "lstm": ("input", "forget", "output", "candidate", "cell", "hidden"),
    "gru": ("update", "reset", "candidate", "hidden"),
    "simple": ("hidden",),
}


def gates_of(cell="lstm", units=3, times=(-4, -2, 0), layers=1, samples=1):
    """Return a table of gates whose values tell sample, layer and unit: u keeps 0.1 + 0.2 u."""
    index = pd.MultiIndex.from_product(
        [range(samples), times, range(layers), range(units), NAMES[cell]],
        names=["sample", "timestep", "layer", "unit", "gate"],
    )
    table = index.to_frame(index=False)
    values = 0.1 + 0.2 * table["unit"] + 0.01 * table["layer"] - 0.001 * table["sample"]
    return table.assign(value=values)


def panels(display):
    return {title(axis): axis for axis in np.ravel(display.ax_)}


def values_in(axis):
    """Return the values (units, timesteps) that a panel shows."""
    return axis.get_images()[0].get_array()


@pytest.fixture(scope="module")
def lstm():
    return GateDisplay(gates_of()).plot()


def test_every_gate_of_an_lstm_has_a_panel(lstm):
    assert list(panels(lstm)) == list(NAMES["lstm"])
    assert isinstance(lstm.figure_, Figure)


@pytest.mark.parametrize("cell", ["gru", "simple"])
def test_every_gate_of_other_cells_has_a_panel(cell):
    display = GateDisplay(gates_of(cell)).plot()
    assert list(panels(display)) == list(NAMES[cell])
    assert display.figure_.get_suptitle().endswith(f"units sorted by {NAMES[cell][0]}")


def test_the_unit_that_keeps_most_is_at_the_top(lstm):
    assert_allclose(values_in(panels(lstm)["forget"])[:, 0], [0.5, 0.3, 0.1])
    labels = panels(lstm)["input"].get_yticklabels()  # the first of a row has those of all
    assert [text.get_text() for text in labels] == ["2", "1", "0"]


def test_gates_go_from_0_to_1_and_states_are_centred_at_0(lstm):
    assert panels(lstm)["input"].get_images()[0].get_clim() == (0, 1)
    assert panels(lstm)["cell"].get_images()[0].get_clim() == (-0.5, 0.5)


def test_the_lowest_panels_name_the_timesteps(lstm):
    labels = [axis.get_xlabel() for axis in lstm.ax_]
    assert labels == ["", "", "", "timestep", "timestep", "timestep"]
    assert_array_equal(panels(lstm)["hidden"].get_xticks(), [-4, -2, 0])


def test_window_layer_and_gates_are_chosen():
    table = gates_of(layers=2, samples=3)
    display = GateDisplay(table).plot(window=-1, layer=0, gates=["cell", "forget"])
    assert list(panels(display)) == ["cell", "forget"]
    assert_allclose(values_in(display.ax_[0])[-1, 0], 0.1 - 0.002)
    assert display.figure_.get_suptitle() == "sample 2, layer 0; units sorted by forget"


def test_a_long_title_stays_inside_the_figure():
    table = gates_of("simple").rename(columns={"sample": "series"})
    origin = pd.Timestamp("2024-03-01 06:00", tz="America/New_York")
    table = table.assign(series="a series with a long name", origin=origin)
    display = GateDisplay(table).plot()
    display.figure_.draw_without_rendering()
    shown = display.figure_.texts[0].get_window_extent()
    assert shown.x0 >= 0
    assert shown.x1 <= display.figure_.bbox.width
    assert shown.y0 >= display.ax_.get_window_extent().y1


@pytest.mark.parametrize(
    "origins",
    [
        pd.date_range("2024-10-27", periods=2, freq="h", tz="Europe/Berlin"),
        pd.period_range("2001-01", periods=2, freq="M"),
        pd.RangeIndex(7, 9),
    ],
)
def test_windows_of_a_series_without_a_name_are_told_apart(origins):
    table = gates_of("simple", samples=2)
    sample = table.pop("sample")
    table.insert(0, "series", np.full(len(table), None))
    table.insert(1, "origin", origins[sample])
    display = GateDisplay(table).plot(window=1)
    assert display.figure_.get_suptitle() == f"origin {origins[1]}, layer 0; units sorted by hidden"
    assert_allclose(values_in(display.ax_)[-1, 0], 0.1 - 0.001)


def test_axes_of_the_caller_are_used():
    figure = Figure()
    given = figure.subplots(1, 2)
    display = GateDisplay(gates_of()).plot(given, gates=["input", "forget"])
    assert display.figure_ is figure
    assert figure.get_suptitle() == ""
    assert_array_equal(display.ax_, given)


GATES = gates_of()


class Estimator:
    """Something with gates that says what it was asked for."""

    def gates(self, **asked):
        self.asked = asked
        return gates_of("simple")


def test_estimators_are_asked_for_what_they_need():
    estimator = Estimator()
    GateDisplay.from_estimator(estimator, layer=0)
    assert estimator.asked == {}
    GateDisplay.from_estimator(estimator, "X", origins=[1])
    assert estimator.asked == {"X": "X", "origins": [1]}


@pytest.mark.parametrize(
    ("table", "arguments", "words"),
    [
        (GATES.drop(columns="unit"), {}, "unit"),
        (GATES.drop(columns="sample"), {}, "neither a column 'sample' nor 'origin'"),
        (GATES.iloc[:0], {}, "no row"),
        (GATES, {"window": 1}, "window=1 is not in the table, which has 1"),
        (GATES, {"layer": 3}, "layer=3"),
        (GATES, {"gates": ["forgt"]}, "did you mean 'forget'"),
        (GATES, {"gates": []}, "gates names no panel"),
        (GATES, {"ax": Figure().subplots()}, "ax holds 1 axes, but 6 panels"),
    ],
)
def test_what_cannot_be_drawn_is_refused(table, arguments, words):
    with pytest.raises(ValueError, match=words):
        GateDisplay(table).plot(**arguments)


def test_what_is_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="gates must be a DataFrame; got str"):
        GateDisplay("gates").plot()
    for window in (0.5, True):
        with pytest.raises(TypeError, match="window must be a whole number"):
            GateDisplay(gates_of()).plot(window=window)
