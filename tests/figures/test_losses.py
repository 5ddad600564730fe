"""The figure of losses by its artists; and what is refused."""

import numpy as np
import pytest
from artists import legend, lines
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast import LossDisplay

HISTORY = [{"loss": 2.0, "validation_loss": 3.0}, {"loss": 1.0, "validation_loss": 2.5}]


class Estimator:
    """Something that has been trained."""

    history_ = HISTORY


def test_losses_are_drawn_against_epochs():
    display = LossDisplay(HISTORY).plot()
    assert legend(display.ax_) == ["training", "validation"]
    assert_allclose(lines(display.ax_)["training"].get_xdata(), [1, 2])
    assert_allclose(lines(display.ax_)["training"].get_ydata(), [2, 1])
    assert_allclose(lines(display.ax_)["validation"].get_ydata(), [3, 2.5])
    assert display.ax_.get_xlabel() == "epoch"


def test_what_was_not_held_out_is_not_drawn():
    history = [{"loss": 1.0}, {"loss": 0.5}]
    assert legend(LossDisplay(history).plot().ax_) == ["training"]
    # An epoch may lack it.
    display = LossDisplay([{"loss": 1.0}, *HISTORY]).plot()
    assert_allclose(lines(display.ax_)["validation"].get_ydata(), [np.nan, 3, 2.5])


def test_estimators_are_told_apart_by_marker_as_well():
    drawn = LossDisplay({"a": HISTORY, "b": HISTORY}).plot().ax_.get_lines()
    markers = [line.get_marker() for line in drawn]
    assert markers[0] == markers[1] != markers[2] == markers[3]


def test_estimators_are_told_apart_by_colour():
    ax = Figure().subplots()
    display = LossDisplay.from_estimator({"a": Estimator(), "b": Estimator()}, ax=ax)
    assert display.ax_ is ax
    drawn = lines(ax)
    assert list(drawn) == ["a, training", "a, validation", "b, training", "b, validation"]
    colors = [line.get_color() for line in drawn.values()]
    assert colors[0] == colors[1] != colors[2] == colors[3]
    assert len(LossDisplay.from_estimator(Estimator()).ax_.get_lines()) == 2


@pytest.mark.parametrize(
    ("history", "error", "words"),
    [
        ([], ValueError, "history has no epoch"),
        ({}, ValueError, "history holds no network"),
        ({"a": [{}]}, ValueError, "history 'a' lacks the loss of epoch 1"),
        ("text", TypeError, "history must be a list of epochs; got str"),
    ],
)
def test_what_cannot_be_drawn_is_refused(history, error, words):
    with pytest.raises(error, match=words):
        LossDisplay(history).plot()


def test_what_was_not_trained_is_refused():
    with pytest.raises(TypeError, match="has no history_: pass a fitted network"):
        LossDisplay.from_estimator(3)
