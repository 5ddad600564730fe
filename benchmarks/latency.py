"""Seconds from a saved forecaster to its forecasts, each in a fresh process: with and without
TensorFlow loaded.

A network (LSTM, 64 units, 7 patches of 24 hours, 24 steps) is fitted on made-up hours and saved.
Then a process loads the file and forecasts once (with all that is imported on first use), forecasts
again many times, and answers 10 000 origins of a table in one call.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from printing import count, machine, table, use_threads

HERE = str(Path(__file__).parent)
COLUMNS = (
    "process",
    "import s",
    "load s",
    "first forecast ms",
    "forecast ms",
    "origins s",
    "TensorFlow",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Fit and save a network, measure both processes, print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    with tempfile.TemporaryDirectory() as folder:
        file = _saved(Path(folder) / "lstm.seqcast", args)
        rows = [_row(name, file, args) for name in ("without", "with")]
    print(f"{machine(args.threads)}; {args.units} units, {args.origins} origins")
    print(table(COLUMNS, rows))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=count, default=64, help="default: 64")
    parser.add_argument("--origins", type=count, default=10_000, help="default: 10000")
    parser.add_argument("--epochs", type=count, default=2, help="of the fit (default: 2)")
    parser.add_argument(
        "--rounds", type=count, default=5, help="processes of each kind (default: 5)"
    )
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    return parser.parse_args(argv)


def _saved(path: Path, args: argparse.Namespace) -> Path:
    from forecast import LSTMForecaster, save

    model = LSTMForecaster(168, 24, units=args.units, epochs=args.epochs, random_state=0)
    return save(model.fit(hours(2000)), path)


def hours(n: int):  # type: ignore[no-untyped-def]
    """Return made-up hourly values with a daily season."""
    import numpy as np
    import pandas as pd

    values = 50 + 9 * np.sin(np.arange(n) * np.pi / 12) + np.random.default_rng(0).normal(size=n)
    return pd.Series(values, pd.date_range("2024", periods=n, freq="h"))


def _row(name: str, file: Path, args: argparse.Namespace) -> tuple[str, ...]:
    code = (
        f"import sys; sys.path.insert(0, {HERE!r}); from latency import case; case(*sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, name, str(file), str(args.origins)]
    runs = [
        json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        for _ in range(args.rounds)
    ]
    middle = {
        key: statistics.median(run[key] for run in runs) for key in runs[0] if key != "loaded"
    }
    return (
        f"{name} TensorFlow",
        f"{middle['import']:.2f}",
        f"{middle['load']:.3f}",
        f"{1000 * middle['first']:.1f}",
        f"{1000 * middle['again']:.1f}",
        f"{middle['origins']:.2f}",
        "loaded" if runs[0]["loaded"] else "not loaded",
    )


def case(name: str, file: str, origins: str) -> None:
    """Measure one process and print its seconds."""
    marks = [time.perf_counter()]
    if name == "with":
        import tensorflow  # noqa: F401
    from forecast import load

    marks.append(time.perf_counter())
    model = load(file)
    marks.append(time.perf_counter())
    model.predict(24)
    marks.append(time.perf_counter())
    for _ in range(20):
        model.predict(24)
    marks.append(time.perf_counter())
    y = hours(168 + int(origins))
    begin = time.perf_counter()
    model.hindcast(None, y, range(167, 167 + int(origins)), 24)
    taken = [b - a for a, b in pairwise(marks)]
    seconds = dict(zip(("import", "load", "first", "again"), taken, strict=True))
    seconds["again"] /= 20
    print(
        json.dumps(
            seconds
            | {"origins": time.perf_counter() - begin, "loaded": "tensorflow" in sys.modules}
        )
    )


if __name__ == "__main__":
    main()
