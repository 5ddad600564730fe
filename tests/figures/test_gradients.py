"""The figure of the gradient flow by its artists; and what is refused."""

import numpy as np
import pandas as pd
import pytest
from artists import legend
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from forecast import GradientFlowDisplay


def flow_of(shrink, layer=0, steps=4):
    norms = 2 * shrink ** np.arange(steps)
    return pd.DataFrame({"layer": layer, "timesteps_back": range(steps), "norm": norms})


def looks(display):
    return [(line.get_color(), line.get_linestyle()) for line in display.ax_.get_lines()]


TWO_LAYERS = pd.concat([flow_of(0.5), flow_of(0.9, layer=1)])


def test_a_flow_is_a_line_on_a_logarithmic_axis():
    display = GradientFlowDisplay(flow_of(0.5).iloc[::-1]).plot()
    (line,) = display.ax_.get_lines()
    assert display.ax_.get_yscale() == "log"
    assert_allclose(line.get_ydata(), [2, 1, 0.5, 0.25])
    assert display.ax_.get_legend() is None


def test_the_layers_of_one_network_differ_by_colour():
    display = GradientFlowDisplay(TWO_LAYERS).plot()
    assert legend(display.ax_) == ["layer 0", "layer 1"]
    (first, first_style), (second, second_style) = looks(display)
    assert first != second
    assert first_style == second_style


def test_networks_differ_by_colour_and_their_layers_by_line_style():
    display = GradientFlowDisplay({"lstm": TWO_LAYERS, "simple": TWO_LAYERS}).plot(relative=True)
    labels = ["lstm, layer 0", "lstm, layer 1", "simple, layer 0", "simple, layer 1"]
    assert legend(display.ax_) == labels
    assert all(line.get_ydata()[0] == 1 for line in display.ax_.get_lines())
    colors, styles = zip(*looks(display), strict=True)
    assert colors[0] == colors[1] != colors[2] == colors[3]
    assert styles[0] == styles[2] != styles[1] == styles[3]
    markers = [line.get_marker() for line in display.ax_.get_lines()]
    assert markers[0] == markers[1] != markers[2] == markers[3]


def test_networks_need_not_have_the_same_layers():
    display = GradientFlowDisplay({"deep": TWO_LAYERS, "flat": flow_of(0.5)}).plot()
    assert legend(display.ax_) == ["deep, layer 0", "deep, layer 1", "flat, layer 0"]


def test_a_norm_that_is_no_more_is_not_drawn():
    display = GradientFlowDisplay(flow_of(0.5).assign(norm=[1.0, 0.1, 0.0, 0.0])).plot()
    assert_array_equal(display.ax_.get_lines()[0].get_ydata(), [1, 0.1, np.nan, np.nan])


class Estimator:
    """Something with a gradient flow that says what it was asked for."""

    def gradient_flow(self, *asked):
        self.asked = asked
        return flow_of(0.5)


def test_estimators_are_asked_for_what_they_need():
    estimator = Estimator()
    ax = Figure().subplots()
    display = GradientFlowDisplay.from_estimator(estimator, "X", "y", ax=ax)
    assert estimator.asked == ("X", "y")
    assert display.ax_ is ax
    both = {"a": estimator, "b": estimator}
    display = GradientFlowDisplay.from_estimator(both, "X", "y", origins=[2])
    assert estimator.asked == ("X", "y", [2])
    assert len(display.ax_.get_lines()) == 2


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (flow_of(0.5).drop(columns="norm"), r"flow lacks the columns \['norm'\]"),
        ({"a": flow_of(0.5).iloc[:0]}, "flow 'a' has no row"),
        ({}, "flow holds no network"),
    ],
)
def test_what_cannot_be_drawn_is_refused(flow, words):
    with pytest.raises(ValueError, match=words):
        GradientFlowDisplay(flow).plot()


def test_what_is_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="flow must be a DataFrame; got str"):
        GradientFlowDisplay("flow").plot()
    with pytest.raises(ValueError, match="relative must be True or False"):
        GradientFlowDisplay(flow_of(0.5)).plot(relative=1)
