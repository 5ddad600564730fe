"""How models look: by colour, and by marker or dash, so that they tell apart in grey as well."""

import itertools

import numpy as np
import pytest
from artists import lines
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast.figures.styles import (
    COLORS,
    MARKERS,
    draw_line,
    marked_points,
    model_styles,
)

# What eyes without one kind of cone see of linear red, green and blue: Machado, Oliveira &
# Fernandes (2009), IEEE Trans. Visualization and Computer Graphics 15(6), severity 1.
SEEN = {
    "all": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(color, seen):
    """Return a colour in the space CIELAB, in which distances are those that people see."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    r, g, b = np.clip(np.array(seen) @ linear, 0, 1)
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eyes", SEEN)
def test_no_two_colours_are_nearer_than_those_of_okabe_and_ito(eyes):
    def nearest(colors):
        points = [lab(color, SEEN[eyes]) for color in colors]
        return min(np.linalg.norm(a - b) for a, b in itertools.combinations(points, 2))

    assert_allclose(nearest(COLORS), nearest(COLORS[:6]))
    assert nearest(COLORS) > 16


@pytest.mark.parametrize("n_models", [8, 12, 24])
def test_models_differ_by_colour_and_dash_and_without_colours_by_marker_and_dash(n_models):
    styles = model_styles(range(n_models)).values()
    assert len({(style["color"], style["linestyle"]) for style in styles}) == n_models
    assert len({(style["marker"], style["linestyle"]) for style in styles}) == n_models
    assert len({style["color"] for style in styles}) == 8
    assert len({style["marker"] for style in styles}) == min(n_models, 12)


def test_lstm_and_naive_of_the_demo_share_nothing():
    names = ["naive", "seasonal", "arima", "autoarima", "ets", "theta", "lstm", "ridge"]
    styles = model_styles(names)
    for key in ("color", "marker"):
        assert len({style[key] for style in styles.values()}) == len(names)


def test_each_of_few_points_is_marked_and_about_eight_of_many():
    assert marked_points(12, "h") == (0, 1)
    for n_points in (24, 96, 1000):
        for marker in MARKERS:
            first, every = marked_points(n_points, marker)
            assert 0 <= first < every
            assert 5 <= len(range(first, n_points, every)) <= 8


def test_markers_of_different_models_stand_on_different_points():
    firsts = [marked_points(1000, marker)[0] for marker in MARKERS]
    assert len(set(firsts)) == len(MARKERS)
    # Also where there is little room, those of models that follow each other do.
    few = [marked_points(24, marker)[0] for marker in MARKERS]
    assert all(a != b for a, b in itertools.pairwise(few))


def test_a_line_goes_through_its_points():
    axis = Figure().subplots()
    y = np.sin(np.arange(50.0))
    styles = model_styles(["a", "b"])
    draw_line(axis, np.arange(50), y, "b", styles["b"])
    line = lines(axis)["b"]
    assert_allclose(line.get_ydata(), y)
    assert (line.get_color(), line.get_marker()) == (COLORS[1], MARKERS[1])
    assert line.get_markevery() == marked_points(50, MARKERS[1])
