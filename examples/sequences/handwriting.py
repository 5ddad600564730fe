"""Handwriting: how a pen moves along the outlines of letters, learned from fonts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from showing import arguments, show

from forecast import LSTMClassifier, SequenceGenerator

LETTERS = "abcdefghijklmnopqrstuvwxyz"
FONTS = (
    ("DejaVu Sans", "normal"),
    ("DejaVu Sans", "italic"),
    ("DejaVu Serif", "normal"),
    ("DejaVu Sans Mono", "normal"),
    ("STIXGeneral", "normal"),
    ("STIXGeneral", "italic"),
    ("cmr10", "normal"),
    ("cmss10", "normal"),
    ("cmtt10", "normal"),
    ("cmmi10", "normal"),
)
STEP = 0.8


def outline(letter, font, style):
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), letter, size=10, prop=FontProperties(family=font, style=style))
    contours = []
    for polygon in path.to_polygons(closed_only=True):
        contour = _begun_at_top(polygon[:-1])
        along = np.r_[0, np.hypot(*np.diff(contour, axis=0).T).cumsum()]
        if along[-1] < STEP:
            continue
        n = max(6, round(along[-1] / STEP))
        places = np.linspace(0, along[-1], n + 1)
        contours.append(np.column_stack([np.interp(places, along, c) for c in contour.T]))
    return sorted(contours, key=lambda c: -_area(c))


def _area(c):
    x, y = c.T
    return abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def _begun_at_top(polygon):
    x, y = polygon.T
    signed = np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)
    if signed < 0:
        polygon = polygon[::-1]
    first = int(np.argmax(polygon @ [-0.3, 1]))
    polygon = np.roll(polygon, -first, axis=0)
    return np.vstack([polygon, polygon[:1]])


def strokes(contours, rng):
    """rows (dx, dy, pen up)"""
    warp = np.eye(2) + rng.normal(0, 0.06, (2, 2))
    points = [c @ warp + rng.normal(0, 0.03, c.shape) for c in contours]
    up = np.concatenate([np.arange(len(c)) == 0 for c in points])
    offsets = np.diff(np.vstack([[0, 0], *points]), axis=0)
    return np.column_stack([offsets, up])


def written(n, fonts, rng):
    base = [(letter, outline(letter, *font)) for font in fonts for letter in LETTERS]
    chosen = [base[k % len(base)] for k in range(n)]
    return [strokes(c, rng) for _, c in chosen], np.array([l for l, _ in chosen])


def padded(sequences):
    longest = max(map(len, sequences))
    X = np.full((len(sequences), longest, 5), np.nan)
    for row, points in zip(X, sequences, strict=True):
        row[: len(points), :3] = points
        row[: len(points), 3:] = points[:, :2].cumsum(axis=0)
    return X


def draw(rows, file):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(16, 0.9 * len(rows)))
    for k, row in enumerate(rows):
        ax = figure.add_axes([0, 1 - (k + 1) / len(rows), 1, 1 / len(rows)])
        for place, points in enumerate(row):
            x, y = points[:, :2].cumsum(axis=0).T
            for piece in np.split(np.arange(len(x)), np.flatnonzero(points[:, 2])):
                ax.plot(x[piece] + 10 * place, y[piece], "k-", lw=1)
        ax.set_aspect("equal")
        ax.set_xlim(-2, 262)
        ax.set_ylim(-4, 9)
        ax.axis("off")
    figure.savefig(file, dpi=80)
