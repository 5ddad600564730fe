"""How lines look: a colour, a marker and a dash for each model, the same in all its figures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes

# The palette of Okabe & Ito (2008), which colour-blind people can tell apart as well, with indigo
# and wine of Tol (2021), which lie no nearer to it than its own colours to each other. Left out are
# black, the colour of actual values, and yellow, too pale for a line on white.
COLORS: tuple[str, ...] = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
    "#332288",
    "#882255",
)
LINE_STYLES: tuple[str, ...] = ("-", "--", ":", "-.")
# One for each of twelve models: where there is no colour, they tell lines apart.
MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "X", "P", "<", "*", ">", "p", "h")
MAX_MARKS = 8  # on a line of many points, about: many lines cross each other

Styles = dict[str, dict[str, Any]]  # model -> arguments of Axes.plot


def model_styles(models: Iterable[str]) -> Styles:
    """Give each model a colour and a marker, and a new dash each time the colours begin again.

    Given all models of a run in their order, a model looks the same in all of its figures.
    """
    return {model: look(position) for position, model in enumerate(models)}


def look(position: int) -> dict[str, Any]:
    """Return how the line at a place among others looks, counted from 0."""
    color_round, color = divmod(position, len(COLORS))
    return {
        "color": COLORS[color],
        "marker": MARKERS[position % len(MARKERS)],
        "linestyle": LINE_STYLES[color_round % len(LINE_STYLES)],
        "linewidth": 1.3,
        "markersize": 5.5,
        "markeredgewidth": 0,
    }


def draw_line(axis: Axes, x: Any, y: Any, label: str, style: dict[str, Any]) -> None:
    """Draw a line with its markers on some of its points."""
    axis.plot(x, y, label=label, markevery=marked_points(len(x), style["marker"]), **style)


def marked_points(n_points: int, marker: str) -> tuple[int, int]:
    """Return the first point of a line that carries its marker, and after how many the next does.

    Few points all carry one. Of many, different markers stand on different ones: where lines lie on
    each other, none hides all markers of another.
    """
    if n_points <= len(MARKERS):
        return 0, 1
    every = math.ceil(n_points / MAX_MARKS)
    # By steps of five twelfths: models that follow each other are far from each other.
    place = 5 * MARKERS.index(marker) % len(MARKERS)
    return place * every // len(MARKERS), every
