"""Accuracy of the classifier of sequences and its CPU seconds, beside the nearest neighbour.

The nearest neighbour is that by dynamic time warping, the yardstick of time-series classification:
the label of the training sequence that is nearest when both may be stretched. Sets are simulated:
classes differ in how their frequency moves, in the order of two events, in a shape somewhere in
noise (sequences of unequal length), in which of two channels leads, or in their frequency (one of
ten samples is of the other class). With --folder, public sets are tried as well: a file
NAME_TRAIN.ts.gz and a file NAME_TEST.ts.gz each, in the format of timeseriesclassification.com.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from printing import need_files, table, use_threads

from forecast.cli.arguments import count

Part = tuple[np.ndarray, np.ndarray]  # X (samples, timesteps, channels) and y (samples,)
COLUMNS = (
    "set",
    "samples",
    "timesteps",
    "classes",
    "accuracy",
    "least",
    "fit CPU s",
    "predict CPU s",
    "1-NN DTW",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Classify all sets, print the table."""
    args = _arguments(argv)
    use_threads(1)
    rows = [_row(name, learned, asked, args) for name, learned, asked in _sets(args)]
    print(f"mean and least accuracy of {args.seeds} seeds")
    print(table(COLUMNS, rows))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=count, default=60, help="to learn from (default: 60)")
    parser.add_argument("--seeds", type=count, default=5, help="default: 5")
    parser.add_argument("--folder", type=Path, help="of public sets")
    parser.add_argument("--skip-neighbour", action="store_true", help="leave 1-NN DTW out")
    args = parser.parse_args(argv)
    if args.folder:
        need_files(parser, [args.folder])
    return args


def _row(name: str, learned: Part, asked: Part, args: argparse.Namespace) -> list[str]:
    """Return the line of one set."""
    from forecast import LSTMClassifier

    scores = []
    fit = predict = 0.0
    for seed in range(args.seeds):
        begin = time.process_time()
        model = LSTMClassifier(random_state=seed).fit(*learned)
        fitted = time.process_time()
        scores.append(model.score(*asked))
        fit += (fitted - begin) / args.seeds
        predict += (time.process_time() - fitted) / args.seeds
    neighbour = "" if args.skip_neighbour else f"{_neighbours_score(learned, asked):.4f}"
    samples, timesteps = learned[0].shape[:2]
    sizes = [str(samples), str(timesteps), str(len(np.unique(learned[1])))]
    accuracy = [f"{np.mean(scores):.4f}", f"{np.min(scores):.4f}"]
    return [name, *sizes, *accuracy, f"{fit:.1f}", f"{predict:.1f}", neighbour]


# --- the nearest neighbour


def _neighbours_score(learned: Part, asked: Part) -> float:
    """Return the accuracy of the nearest neighbour by warping."""
    answers = [learned[1][warped_distances(x, learned[0]).argmin()] for x in asked[0]]
    return float(np.mean(np.array(answers) == asked[1]))


def warped_distances(x: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the distance of one sequence to each of others under dynamic time warping [1]_.

    The least sum of squares over all ways to walk through both sequences together, by one or both
    of their timesteps. All cells of an antidiagonal are computed at once.

    Parameters
    ----------
    x : array of shape (timesteps, channels)
        NaN behind its end, as in the others.
    others : array of shape (samples, timesteps, channels)

    References
    ----------
    .. [1] Sakoe & Chiba (1978), IEEE Transactions on Acoustics, Speech and Signal Processing 26(1).
    """
    x = x[~np.isnan(x[:, 0])]
    lengths = (~np.isnan(others[:, :, 0])).sum(axis=1)
    differences = x[None, :, None] - np.nan_to_num(others)[:, None]
    squares = (differences**2).sum(axis=3)  # (samples, timesteps of x, timesteps)
    samples, own, longest = squares.shape
    distances = np.empty(samples)
    # Cell (i, j) of a diagonal i + j = d stands at i; before the first cells lies (0, 0).
    before = np.full((samples, own + 1), np.inf)
    before[:, 0] = 0
    last = np.full((samples, own + 1), np.inf)
    for diagonal in range(2, own + longest + 1):
        i = np.arange(max(1, diagonal - longest), min(own, diagonal - 1) + 1)
        now = np.full((samples, own + 1), np.inf)
        nearest = np.minimum(np.minimum(last[:, i - 1], last[:, i]), before[:, i - 1])
        now[:, i] = squares[:, i - 1, diagonal - i - 1] + nearest
        at_end = lengths == diagonal - own
        distances[at_end] = now[at_end, own]
        before, last = last, now
    return distances


# --- sets


def _sets(args: argparse.Namespace) -> Iterator[tuple[str, Part, Part]]:
    """Yield names, and the parts to learn from and to ask of each set."""
    for name, simulate in SIMULATED.items():
        rng = np.random.default_rng(0)
        yield name, simulate(rng, args.samples), simulate(rng, 3 * args.samples)
    if not args.folder:
        return
    for path in sorted(args.folder.glob("*_TRAIN.ts.gz")):
        name = path.name.removesuffix("_TRAIN.ts.gz")
        yield name, read(path), read(path.with_name(f"{name}_TEST.ts.gz"))


def read(path: Path) -> Part:
    """Read a set in the format of timeseriesclassification.com."""
    lines = gzip.decompress(path.read_bytes()).decode(errors="replace").splitlines()
    begin = [line.strip().lower() for line in lines].index("@data") + 1
    sequences = []
    labels = []
    for line in filter(str.strip, lines[begin:]):
        *channels, label = line.strip().split(":")
        numbers = [channel.replace("?", "nan").split(",") for channel in channels]
        sequences.append(np.array(numbers, dtype=float).T)
        labels.append(label)
    longest = max(map(len, sequences))
    X = np.full((len(sequences), longest, sequences[0].shape[1]), np.nan)
    for row, sequence in zip(X, sequences, strict=True):
        row[: len(sequence)] = sequence
    return X, np.array(labels)


def _chirps(rng: np.random.Generator, n: int) -> Part:
    """Simulate waves whose frequency falls, stays or rises."""
    y = np.arange(n) % 3
    time_in = np.arange(120) / 120
    begin = rng.uniform(5, 9, (n, 1))
    slope = 4.0 * (y[:, None] - 1)
    turns = begin * time_in + slope * time_in**2 / 2 + rng.uniform(0, 1, (n, 1))
    return (np.sin(2 * np.pi * turns) + rng.normal(0, 0.4, turns.shape))[:, :, None], y


def _order(rng: np.random.Generator, n: int) -> Part:
    """Simulate noise with a peak and a trough, either of which comes first."""
    y = np.arange(n) % 2
    first = rng.integers(15, 60, n)
    second = first + rng.integers(25, 70, n)
    peak, trough = np.where(y, (first, second), (second, first))
    steps = np.arange(150)
    high, low = (np.exp(-(((steps - at[:, None]) / 5) ** 2) / 2) for at in (peak, trough))
    return (2 * high - 2 * low + rng.normal(0, 0.5, high.shape))[:, :, None], y


def _shapes(rng: np.random.Generator, n: int) -> Part:
    """Simulate noise of unequal length with a triangle, a rising or a falling ramp somewhere."""
    y = np.arange(n) % 3
    lengths = rng.integers(90, 201, n)
    steps = np.arange(200)
    place = rng.uniform(20, lengths - 20)
    u = (steps - place[:, None]) / 8
    forms = np.stack([1 - np.abs(u), (1 + u) / 1.5, (1 - u) / 1.5])
    X = 2 * forms[y, np.arange(n)] * (np.abs(u) < 1) + rng.normal(0, 0.4, u.shape)
    return np.where(steps < lengths[:, None], X, np.nan)[:, :, None], y


def _leads(rng: np.random.Generator, n: int) -> Part:
    """Simulate two channels, either of which leads the other by three timesteps."""
    y = np.arange(n) % 2
    noise = rng.normal(size=(n, 110))
    smooth = sum(noise[:, k : 106 + k] for k in range(5)) / np.sqrt(5)
    channels = np.stack([smooth[:, 3:103], smooth[:, :100]], axis=2)
    channels = np.where(y[:, None, None], channels, channels[:, :, ::-1])
    return channels + rng.normal(0, 0.3, channels.shape), y


def _rare(rng: np.random.Generator, n: int) -> Part:
    """Simulate noisy waves, of which one in ten has another period."""
    y = (np.arange(n) % 10 == 0).astype(int)
    turns = np.arange(60) / (8.0 - y[:, None]) + rng.uniform(0, 1, (n, 1))
    return (np.sin(2 * np.pi * turns) + rng.normal(0, 0.4, turns.shape))[:, :, None], y


SIMULATED: dict[str, Callable[[np.random.Generator, int], Part]] = {
    "chirps": _chirps,
    "order": _order,
    "shapes": _shapes,
    "leads": _leads,
    "rare": _rare,
}

if __name__ == "__main__":
    main()
