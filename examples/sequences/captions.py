"""Pictures of shapes, described in words: a small red circle above a big blue square.

The pictures are drawn here, 20 by 20 pixels in colour, with noise. Principal components sum a
picture up in 100 numbers, which the generator reads at each word as its condition: they decide what
it writes, word after word. A sentence counts if every word of it is right. There are 1 176 of them,
and a fifth is never learned: only who knows what a sentence is made of can say those, and not who
repeats the sentence of the most similar picture. The commonest sentence stands beside both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from showing import arguments, show
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from forecast import SequenceGenerator

SIZE = 20  # pixels of a side
COLOURS = {"red": (1, 0, 0), "green": (0, 0.7, 0), "blue": (0, 0, 1), "yellow": (1, 0.9, 0)}
RADII = {"small": 2.6, "big": 4.2}  # pixels
SHAPES = ("circle", "square", "triangle")
PLACES = {"left of": ((10, 5), (10, 15)), "above": ((5, 10), (15, 10))}  # row, column
NOISE = 0.1

# Chosen by the pictures that are learned: from five sixths of them, the others were described.
SETTINGS = {
    "tokenizer": "words",
    "order": 0,  # n-grams cannot see
    "cell": "gru",
    "units": 128,
    "dropout": 0.2,
    "learning_rate": 0.005,
    "epochs": 20,
}
QUICK = SETTINGS | {"units": 16, "epochs": 2}


def main(argv: Sequence[str] | None = None) -> None:
    """Draw pictures, learn to describe them, print and draw what is said of new ones."""
    args = arguments(__doc__, argv)
    n, judged, settings = (300, 60, QUICK) if args.quick else (6000, 1000, SETTINGS)
    rng = np.random.default_rng(args.seed)
    pictures, sentences = learnable(*described(n, rng))
    new_pictures, truth = described(judged, rng)

    eye = PCA(100, random_state=0).fit(pictures)
    features, seen = eye.transform(pictures), eye.transform(new_pictures)
    writer = SequenceGenerator(**settings, random_state=args.seed)
    writer.fit(sentences, condition=features)
    nearest = NearestNeighbors(n_neighbors=1).fit(features)
    places = nearest.kneighbors(seen, return_distance=False)[:, 0]
    captions = {
        "commonest sentence": [Counter(sentences).most_common(1)[0][0]] * judged,
        "nearest picture": [sentences[place] for place in places],
        "network": writer.sample(judged, condition=seen, temperature=0),
    }
    for said, right in zip(captions["network"][:4], truth, strict=False):
        print(f"drawn  {right}\nsaid   {said}\n")
    show("sentences right", {who: share_right(said, truth) for who, said in captions.items()})
    unseen = np.array([is_unseen(sentence) for sentence in truth])
    print(f"\n{unseen.sum()} of {judged} are sentences that have never been learned:")
    rights = {who: share_right(said, truth, unseen) for who, said in captions.items()}
    show("of these right", rights)
    draw(new_pictures[:12], captions["network"], truth, args.out / "captions.png")


def described(n: int, rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """Draw n pictures (n, pixels) at random, and return what they show."""
    pictures, sentences = [], []
    for _ in range(n):
        words, picture = _one_shape(rng) if rng.random() < 1 / 3 else _two_shapes(rng)
        noise = NOISE * rng.standard_normal(picture.shape)
        pictures.append((picture + noise).ravel())
        sentences.append(words)
    return np.array(pictures), sentences


def is_unseen(sentence: str) -> bool:
    """Return whether a sentence is kept from all learning: one of five is, whatever the seed."""
    return crc32(sentence.encode()) % 5 == 0


def learnable(pictures: np.ndarray, sentences: list[str]) -> tuple[np.ndarray, list[str]]:
    """Leave out pictures whose sentence must not be learned."""
    places = [place for place, sentence in enumerate(sentences) if not is_unseen(sentence)]
    return pictures[places], [sentences[place] for place in places]


def _one_shape(rng: np.random.Generator) -> tuple[str, np.ndarray]:
    """Draw one shape near the middle."""
    words, shape, colour = _drawn((10, 10), rng)
    return words, _painted([(shape, colour)])


def _two_shapes(rng: np.random.Generator) -> tuple[str, np.ndarray]:
    """Draw one shape left of another, or above."""
    relation = str(rng.choice(list(PLACES)))
    (first, *one), (second, *other) = (_drawn(place, rng) for place in PLACES[relation])
    return f"{first} {relation} {second}", _painted([one, other])


def _drawn(place: tuple[int, int], rng: np.random.Generator) -> tuple[str, np.ndarray, tuple]:
    """Choose a shape near a place: return its words, its pixels and its colour."""
    size, colour, kind = (str(rng.choice(list(words))) for words in (RADII, COLOURS, SHAPES))
    centre = place + rng.uniform(-0.7, 0.7, 2)
    return f"a {size} {colour} {kind}", pixels(kind, centre, RADII[size]), COLOURS[colour]


def pixels(kind: str, centre: np.ndarray, radius: float) -> np.ndarray:
    """Return which pixels a shape covers, (SIZE, SIZE)."""
    rows, columns = np.indices((SIZE, SIZE))
    down, right = rows - centre[0], columns - centre[1]
    if kind == "circle":
        return down**2 + right**2 <= radius**2
    if kind == "square":
        return np.maximum(abs(down), abs(right)) <= radius
    return (abs(right) <= (down + radius) / 2) & (down <= radius)


def _painted(shapes: Sequence[Sequence]) -> np.ndarray:
    """Paint shapes on white, (SIZE, SIZE, 3)."""
    picture = np.ones((SIZE, SIZE, 3))
    for shape, colour in shapes:
        picture[shape] = colour
    return picture


def share_right(
    said: Sequence[str], truth: Sequence[str], among: np.ndarray | None = None
) -> float:
    """Return the share of sentences that are right in every word, among some of them or all."""
    is_right = np.array(said) == np.array(truth)
    return float(is_right.mean() if among is None else is_right[among].mean())


def draw(pictures: np.ndarray, said: Sequence[str], truth: Sequence[str], path: Path) -> None:
    """Draw twelve pictures with what is said of them, in red where it is wrong."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 7), layout="constrained")
    for axis, picture, caption, right in zip(
        figure.subplots(3, 4).flat, pictures, said, truth, strict=False
    ):
        axis.imshow(picture.reshape(SIZE, SIZE, 3).clip(0, 1))
        caption_lines = caption.replace(" above", "\nabove").replace(" left", "\nleft")
        axis.set_title(caption_lines, fontsize=9, color="black" if caption == right else "#D55E00")
        axis.set_axis_off()
    figure.savefig(path, dpi=100)


if __name__ == "__main__":
    main()
