"""Seconds from a saved forecaster to its forecasts, with and without TensorFlow loaded.

A network (LSTM, 64 units, 7 patches of 24 hours, 24 steps) is fitted on made-up hours and saved.
Then a fresh process, with or without TensorFlow, loads the file and forecasts once (with all that
is imported on first use), forecasts again many times, and answers 10 000 origins of a table in one
call.
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
from pathlib import Path

from printing import machine, table, use_threads

from forecast.cli.arguments import count

HERE = str(Path(__file__).parent)
CASE = f"import sys; sys.path.insert(0, {HERE!r}); from latency import case; case(*sys.argv[1:])"
FORECASTS = 20  # whose mean counts
LOOKBACK = 168
HORIZON = 24
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
    """Fit a network and save it; return its file."""
    from forecast import LSTMForecaster, save

    model = LSTMForecaster(LOOKBACK, HORIZON, units=args.units, epochs=args.epochs, random_state=0)
    return save(model.fit(hours(2000)), path)


def hours(n: int):  # type: ignore[no-untyped-def]
    """Return made-up hourly values with a daily season."""
    import numpy as np
    import pandas as pd

    season = 9 * np.sin(np.arange(n) * np.pi / 12)
    noise = np.random.default_rng(0).normal(size=n)
    return pd.Series(50 + season + noise, pd.date_range("2024", periods=n, freq="h"))


def _row(name: str, file: Path, args: argparse.Namespace) -> tuple[str, ...]:
    """Return the medians over several processes of one kind."""
    command = [sys.executable, "-c", CASE, name, str(file), str(args.origins)]
    runs = []
    for _ in range(args.rounds):
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        runs.append(json.loads(done.stdout))

    def median(part: str) -> float:
        return statistics.median(run[part] for run in runs)

    return (
        f"{name} TensorFlow",
        f"{median('import'):.2f}",
        f"{median('load'):.3f}",
        f"{1000 * median('first'):.1f}",
        f"{1000 * median('again'):.1f}",
        f"{median('origins'):.2f}",
        "loaded" if runs[0]["loaded"] else "not loaded",
    )


def case(name: str, file: str, origins: str) -> None:
    """Measure one process and print its seconds as JSON."""
    started = time.perf_counter()
    if name == "with":
        import tensorflow  # noqa: F401
    from forecast import load

    imported = time.perf_counter()
    model = load(file)
    loaded = time.perf_counter()
    # The first forecast imports and computes what is used once.
    model.predict(HORIZON)
    first = time.perf_counter()
    for _ in range(FORECASTS):
        model.predict(HORIZON)
    again = time.perf_counter()
    # The first origin is the first row that has a whole window.
    y = hours(LOOKBACK + int(origins))
    rows = range(LOOKBACK - 1, LOOKBACK - 1 + int(origins))
    asked = time.perf_counter()
    model.hindcast(None, y, rows, HORIZON)
    answered = time.perf_counter()
    found = {
        "import": imported - started,
        "load": loaded - imported,
        "first": first - loaded,
        "again": (again - first) / FORECASTS,
        "origins": answered - asked,
        "loaded": "tensorflow" in sys.modules,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
