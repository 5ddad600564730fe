"""Mean squared error on ETTh1 at the long horizons of the literature, with the same settings.

The protocol: the first 8640 rows to learn from, the next 2880 to choose by, the next 2880 to test;
all seven columns, as z-scores of the training part; every window of the test part counts. Settings
that the data decide (the linear part's penalties and share, the anchor) are chosen on the
validation part. Then the parameters are learned again from both parts, or, with ``--parts train``,
nothing after row 8640 is ever seen, and the last tenth of these rows decides.

The file: ETTh1.csv of ETDataset (Zhou et al., 2021, arXiv 2012.07436).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from printing import machine, need_files, table, use_threads

from forecast.cli.arguments import count

TRAIN, VALIDATION, TEST = 8640, 2880, 2880
COLUMNS = (
    "horizon",
    "fit s",
    "forecaster",
    "its network alone",
    "its linear part alone",
    "linear share",
)


class Score(NamedTuple):
    """What the forecaster needed at one horizon, and how good it was."""

    horizon: int
    seconds: float  # of the fit
    errors: list[float]  # of the forecaster, its network alone, its linear part alone
    share: float  # of the linear part


def main(argv: Sequence[str] | None = None) -> None:
    """Fit and score at every horizon, print the table and the means."""
    args = _arguments(argv)
    use_threads(args.threads)
    parts = (TRAIN // args.shrink, VALIDATION // args.shrink, TEST // args.shrink)
    values = _read(args.file, parts)
    print(f"{machine(args.threads)}; lookback {args.lookback}, learned from {args.parts} rows")
    horizons = map(int, args.horizons.split(","))
    scores = [_score(horizon, values, parts, args) for horizon in horizons]
    print(table(COLUMNS, [*map(_cells, scores), _summary(scores)]))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="ETTh1.csv")
    parser.add_argument("--horizons", default="96,192,336,720", help="default: 96,192,336,720")
    parser.add_argument(
        "--parts", choices=("both", "train"), default="both", help="to learn from (default: both)"
    )
    parser.add_argument("--lookback", type=count, default=720, help="default: 720")
    parser.add_argument("--units", type=count, default=64, help="default: 64")
    parser.add_argument("--epochs", type=count, default=3, help="default: 3")
    parser.add_argument("--ensemble", type=count, default=1, help="default: 1")
    parser.add_argument(
        "--shrink", type=count, default=1, help="divide the lengths of all parts, to try it out"
    )
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    args = parser.parse_args(argv)
    need_files(parser, [args.file])
    return args


def _read(path: Path, parts: tuple[int, int, int]) -> Any:
    """Return the rows of all parts as z-scores of the training part."""
    import pandas as pd

    frame = pd.read_csv(path, parse_dates=["date"]).set_index("date")
    train = frame[: parts[0]]
    return ((frame - train.mean()) / train.std(ddof=0))[: sum(parts)]


def _score(
    horizon: int, values: Any, parts: tuple[int, int, int], args: argparse.Namespace
) -> Score:
    """Fit at one horizon, and forecast from every row of the test part that has its actuals."""
    import numpy as np

    train, validation, _ = parts
    learned = train + validation if args.parts == "both" else train
    model = _model(horizon, parts, args)
    started = time.perf_counter()
    model.fit(None, values[:learned])
    seconds = time.perf_counter() - started

    # The first window of the test part ends one row before it.
    test = values[train + validation - args.lookback :]
    origins = np.arange(args.lookback - 1, len(test) - horizon)
    ahead = np.lib.stride_tricks.sliding_window_view(test.to_numpy(), horizon, axis=0)
    actual = ahead[origins + 1]  # (origins, columns, horizon)

    # A share of 0 leaves the network alone, a share of 1 the linear part.
    share = model.linear_share_
    errors = []
    for linear_share in (share, 0.0, 1.0):
        model.linear_share_ = linear_share
        answer = model.hindcast(None, test, origins, horizon)  # (origins, horizon, columns)
        errors.append(float(np.square(actual - answer.transpose(0, 2, 1)).mean()))
    return Score(horizon, seconds, errors, share)


def _model(horizon: int, parts: tuple[int, int, int], args: argparse.Namespace) -> Any:
    """Return the forecaster; what is not set here, the data decide."""
    from forecast import LSTMForecaster

    train, validation, _ = parts
    return LSTMForecaster(
        args.lookback,
        horizon,
        patch=24,
        cell="gru",
        units=args.units,
        epochs=args.epochs,
        batch_size=256,
        learning_rate=0.002,
        dropout=0.3,
        ensemble=args.ensemble,
        validation_fraction=validation / (train + validation) if args.parts == "both" else 0.1,
        random_state=args.seed,
    )


def _cells(score: Score) -> tuple[str, ...]:
    """Return the row of one horizon."""
    errors = [f"{error:.4f}" for error in score.errors]
    return str(score.horizon), f"{score.seconds:.0f}", *errors, f"{score.share:.2f}"


def _summary(scores: list[Score]) -> tuple[str, ...]:
    """Return the last row: the sum of the seconds, and the means of the errors."""
    seconds = sum(score.seconds for score in scores)
    by_part = zip(*(score.errors for score in scores), strict=True)
    means = [f"{sum(errors) / len(scores):.4f}" for errors in by_part]
    return "all", f"{seconds:.0f}", *means, ""


if __name__ == "__main__":
    main()
