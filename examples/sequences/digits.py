"""Handwritten digits read row by row: sequences of eight rows of pixels to one of ten labels.

scikit-learn's digits are images of 8 × 8 pixels. A row is a timestep with eight features, so that
the classifier sees an image from top to bottom, as it comes out of a fax machine. One classifier is
learned for the first two rows, one for four, six and all eight: it shows how much of a digit has to
have come before one can tell it.

Beside it stand two that get all 64 pixels at once: the nearest image that was learned, and logistic
regression. The last quarter of the file is judged. A split by chance would be kinder by .02: the
file goes from writer to writer, and then images of one hand are in both parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from showing import arguments, show
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from forecast import LSTMClassifier

SIDE = 8
BRIGHTEST = 16
JUDGED = 450  # of 1797 images
SHADES = " .:*#"


def main(argv: Sequence[str] | None = None) -> None:
    """Learn to read, print what is read and the shares of digits that are right."""
    args = arguments(__doc__, argv)
    images, labels, asked, expected = parted(100 if args.quick else None)
    print(f"{len(images)} images to learn from, {len(asked)} to judge; the first of them:")
    print(written(asked[0]))

    accuracy = {}
    for rows in (4, SIDE) if args.quick else (2, 4, 6, SIDE):
        # (samples, timesteps, features): the first rows of an image, from top to bottom.
        reader = LSTMClassifier(random_state=args.seed).fit(images[:, :rows], labels)
        answer = reader.predict(asked[:, :rows])
        accuracy[f"read row by row, {rows} rows"] = float(np.mean(answer == expected))
        print(f"after {rows} rows: {opinion(reader, asked[0, :rows])}")

    draw_misread(asked, expected, answer, args.out / "digits.png")
    show("accuracy", accuracy | whole_images(images, labels, asked, expected))


def parted(n: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return images (samples, 8, 8) from 0 to 1 and labels: to learn from, and the last to judge.

    With a number n, there are only so many of each.
    """
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, SIDE, SIDE) / BRIGHTEST
    learned, judged = slice(0, -JUDGED), slice(-JUDGED, None)
    parts = images[learned], labels[learned], images[judged], labels[judged]
    return tuple(part[:n] for part in parts)


# --- those who see the whole image


def whole_images(
    images: np.ndarray, labels: np.ndarray, asked: np.ndarray, expected: np.ndarray
) -> dict[str, float]:
    """Return the accuracies of classifiers that get all pixels at once."""
    rivals = {
        "nearest whole image": KNeighborsClassifier(1),
        "logistic regression": LogisticRegression(max_iter=1000),
    }
    accuracy = {}
    for name, rival in rivals.items():
        rival.fit(images.reshape(len(images), -1), labels)
        accuracy[name] = float(rival.score(asked.reshape(len(asked), -1), expected))
    commonest = np.bincount(labels).argmax()
    return accuracy | {"the commonest digit": float(np.mean(expected == commonest))}


# --- what is shown


def written(image: np.ndarray) -> str:
    """Return an image as text, a line for each row."""
    shades = np.round(image * (len(SHADES) - 1)).astype(int)
    return "\n".join("".join(2 * SHADES[shade] for shade in row).rstrip() for row in shades)


def opinion(reader: LSTMClassifier, rows: np.ndarray) -> str:
    """Say which three digits are likeliest by the rows of one image."""
    p = reader.predict_proba(rows[None])[0]
    likeliest = np.argsort(p)[::-1][:3]
    return ", ".join(f"{reader.classes_[place]} ({p[place]:.2f})" for place in likeliest)


def draw_misread(
    asked: np.ndarray, expected: np.ndarray, answer: np.ndarray, path: Path, most: int = 16
) -> None:
    """Draw images that were read wrong, with what they are and what was read."""
    from matplotlib.figure import Figure

    from forecast.figures.axes import save_figure

    wrong = np.flatnonzero(answer != expected)[:most]
    figure = Figure(figsize=(7, 7), layout="constrained")
    figure.suptitle("read wrong", fontsize="medium")
    axes = figure.subplots(4, 4).ravel()
    for axis in axes:
        axis.axis("off")
    for axis, place in zip(axes, wrong, strict=False):
        axis.imshow(asked[place], cmap="gray_r")
        axis.set_title(f"{expected[place]}, read as {answer[place]}", fontsize="small")
    save_figure(figure, path)


if __name__ == "__main__":
    main()
