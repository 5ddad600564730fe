"""How a pen draws each letter, learned from the outlines of ten fonts, and drawn anew.

An outline is a row of moves of a pen: to the right, upwards, and with the pen up or down. What
comes next is a mixture of normal distributions; the generator learns their shares, places and
widths (Graves 2013), and the letter is its condition. At a temperature of 0.2 it draws near the
middle of what is likely. A classifier that has learned from outlines of the fonts reads what is
drawn: it counts if it is read as the letter that was asked for. Beside the network stand counts of
moves, n-grams for each letter alone: they see the last moves, and not where the pen stands.
Outlines of the fonts, which the classifier has not learned either, say how well it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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
HEIGHT = 10.0  # of a font; all lengths are in this unit
STEP = 0.8  # of the pen
WARP = 0.06  # the deviation of width, height, slant and turn, as a share
TREMOR = 0.03  # the deviation of each point
GRID = 0.4  # moves that end in the same square of this size are one token to the n-grams
TEMPERATURE = 0.2
DRAWN = 8  # samples of each letter

SETTINGS = {
    "units": 128,
    "components": 10,
    "batch_size": 50,
    "learning_rate": 0.005,
    "epochs": 25,
}
QUICK = SETTINGS | {"units": 8, "components": 2, "batch_size": 5, "epochs": 1}


def main(argv: Sequence[str] | None = None) -> None:
    """Learn to write and to read, read what is written, and draw it."""
    args = arguments(__doc__, argv)
    letters, fonts, copies, settings = LETTERS, FONTS, 10, SETTINGS
    if args.quick:
        letters, fonts, copies, settings = "lo", FONTS[:3], 4, QUICK
    rng = np.random.default_rng(args.seed)
    paths, names = outlines(letters, fonts, copies, rng)
    mean = np.mean([len(path) for path in paths])
    print(f"learned: {len(paths)} outlines of {len(letters)} letters, {mean:.0f} moves each")
    print(f"the first moves of an {names[0]} (right, up, pen up):", paths[0][:4].round(1).tolist())

    writer = SequenceGenerator(output="mixture", **settings, random_state=args.seed)
    writer.fit(paths, condition=names)
    asked = np.repeat(list(letters), DRAWN)
    pages = {
        "n-grams": by_n_grams(paths, names, letters, args.seed),
        "network": writer.sample(
            len(asked), condition=asked, temperature=TEMPERATURE, random_state=args.seed
        ),
    }
    # The reader learns from outlines of its own, as does what it is tried with.
    seen, seen_names = outlines(letters, fonts, copies // 2, rng)
    reader = LSTMClassifier(random_state=args.seed).fit(padded(seen), seen_names)
    real, real_names = outlines(letters, fonts, 1, rng)

    draw({"fonts": real} | pages, letters, args.out / "handwriting.png")
    print(f"what is drawn is in {args.out / 'handwriting.png'}\n")
    read_right = {who: reader.score(padded(drawn), asked) for who, drawn in pages.items()}
    show("read right", read_right | {"outlines of fonts": reader.score(padded(real), real_names)})


# --- outlines


def outlines(
    letters: str, fonts: Sequence[tuple[str, str]], copies: int, rng: np.random.Generator
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return paths of the letters in all fonts, each warped in its own way, and their names."""
    pairs = [(letter, font) for font in fonts for letter in letters]
    contours = [outline(letter, *font) for letter, font in pairs]
    paths = [pen_path(each, rng) for _ in range(copies) for each in contours]
    return paths, np.array([letter for letter, _ in pairs] * copies)


def outline(letter: str, font: str, style: str) -> list[np.ndarray]:
    """Return the closed contours of a letter, (points, 2) each, at equal distances.

    All go the same way round from near their top left, the largest first: fonts differ in what says
    nothing of the letter.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), letter, size=HEIGHT, prop=FontProperties(family=font, style=style))
    polygons = [polygon[:-1] for polygon in path.to_polygons() if len(polygon) > 3]
    return [_walked(polygon) for polygon in sorted(polygons, key=_area)]


def _area(polygon: np.ndarray) -> float:
    """Return minus the area within a polygon."""
    return -abs(_signed_area(polygon))


def _signed_area(polygon: np.ndarray) -> float:
    """Return the area within a polygon, below 0 where it goes clockwise (the shoelace formula)."""
    x, y = polygon.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def _walked(polygon: np.ndarray) -> np.ndarray:
    """Go round a polygon once, counter-clockwise, in steps of equal length."""
    if _signed_area(polygon) < 0:
        polygon = polygon[::-1]
    begin = int(np.argmax(polygon @ [-0.3, 1]))
    corners = np.roll(polygon, -begin, axis=0)
    corners = np.vstack([corners, corners[:1]])
    sides = np.hypot(*np.diff(corners, axis=0).T)
    way = np.concatenate([[0], np.cumsum(sides)])
    stops = np.linspace(0, way[-1], max(6, round(way[-1] / STEP)) + 1)
    return np.column_stack([np.interp(stops, way, coordinate) for coordinate in corners.T])


def pen_path(contours: Sequence[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Return the moves (points, 3) along contours: right, up, and 1 where the pen is up."""
    warp = np.eye(2) + WARP * rng.standard_normal((2, 2))
    points = np.vstack(contours) @ warp
    points += TREMOR * rng.standard_normal(points.shape)
    is_up = np.concatenate([np.arange(len(contour)) == 0 for contour in contours])
    return np.column_stack([np.diff(points, axis=0, prepend=[[0, 0]]), is_up])


def padded(paths: Sequence[np.ndarray]) -> np.ndarray:
    """Return paths as samples for a classifier: moves, pen, and where the pen stands."""
    X = np.full((len(paths), max(map(len, paths)), 5), np.nan)
    for row, path in zip(X, paths, strict=True):
        row[: len(path)] = np.hstack([path, path[:, :2].cumsum(axis=0)])
    return X


# --- what stands beside the network, and the picture


def by_n_grams(
    paths: Sequence[np.ndarray], names: np.ndarray, letters: str, seed: int
) -> list[np.ndarray]:
    """Draw each letter by counts of moves on a grid, learned from its paths alone."""
    drawn = []
    for letter in letters:
        own = [path for path, name in zip(paths, names, strict=True) if name == letter]
        tokens = [list(map(tuple, (path / [GRID, GRID, 1]).round().astype(int))) for path in own]
        counts = SequenceGenerator(order=6, epochs=0).fit(tokens)
        samples = counts.sample(DRAWN, temperature=TEMPERATURE, random_state=seed)
        drawn += [np.array(sample) * [GRID, GRID, 1] for sample in samples]
    return drawn


def draw(pages: dict[str, Sequence[np.ndarray]], letters: str, file: Path) -> None:
    """Draw three rows of letters on each page: of the fonts, the letters stand in a row already."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 2.4 * len(pages)), layout="constrained")
    for axis, (name, paths) in zip(figure.subplots(len(pages)), pages.items(), strict=True):
        n = len(letters)
        for row in range(3):
            for column in range(n):
                place = row * n + column if name == "fonts" else column * DRAWN + row
                _draw_path(axis, paths[place], HEIGHT * column, -1.2 * HEIGHT * row)
        axis.set_title(name, loc="left")
        axis.set_xlim(-HEIGHT / 4, HEIGHT * n)  # n-grams get lost beyond
        axis.set_ylim(-3 * HEIGHT, HEIGHT)
        axis.set_aspect("equal")
        axis.set_axis_off()
    figure.savefig(file, dpi=100)


def _draw_path(axis: object, path: np.ndarray, right: float, up: float) -> None:
    """Draw a path with a line for each stretch on which the pen is down."""
    points = np.array([right, up]) + path[:, :2].cumsum(axis=0)
    for stretch in np.split(points, np.flatnonzero(path[:, 2])):
        axis.plot(*stretch.T, color="black", linewidth=1)


if __name__ == "__main__":
    main()
