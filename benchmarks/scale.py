"""Backtests of tables that do not fit into memory: seconds, memory, and what more workers would do.

For each number of series a folder of Parquet files is written, of `--rows` days each, and the
seasonal naive forecast is tried on it as a StoredTable from `--origins` origins, with two
quantiles, in a process of its own; then with two workers. Between one number of series and the next
the exponent of the seconds is 1 if they grow linearly. From the seconds of one and of two workers
follow those that all workers share and those that one process spends alone, and so the seconds of
many workers:

    shared = 2 · (seconds of one - seconds of two),   alone = seconds of one - shared

At last two workers are measured on ETS (AAA), on a table in memory, and what a part costs beside
the model's own work.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from printing import machine, table, use_threads

from forecast.cli.arguments import count

HERE = str(Path(__file__).parent)
COLUMNS = ("series", "forecasts", "workers", "seconds", "rows/s", "GiB", "GiB a worker", "exponent")
PER_FILE = 1000  # series
MANY = (2, 10, 100, 1000)  # workers


def main(argv: Sequence[str] | None = None) -> None:
    """Measure each number of series with one and two workers, print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", default="10000,100000", help="default: 10000,100000")
    parser.add_argument("--large", action="store_true", help="1,000,000 series as well")
    parser.add_argument("--rows", type=count, default=100, help="of a series (default: 100)")
    parser.add_argument("--horizon", type=count, default=10, help="default: 10")
    parser.add_argument("--origins", type=count, default=10, help="default: 10")
    parser.add_argument("--ets-series", type=count, default=1600, help="default: 1600")
    args = parser.parse_args(argv)
    numbers = [count(text) for text in args.series.split(",")] + [1_000_000] * args.large
    print(machine(1))
    seconds = _print_growth(numbers, args)
    print(_of_many_workers(seconds))
    print(_efficiency(args))


def _print_growth(numbers: list[int], args: argparse.Namespace) -> dict[int, float]:
    """Print what each number of series costs; return the seconds of each number of workers."""
    rows: list[tuple[Any, ...]] = []
    before: dict[int, tuple[int, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            place = Path(folder, str(number))
            _write(place, number, args.rows)
            for workers in (1, 2):
                found = _in_a_process("naive", place, workers, args)
                n_rows = number * args.rows
                exponent = float("nan")
                if workers in before:
                    fewer, less = before[workers]
                    exponent = math.log(found["seconds"] / less) / math.log(number / fewer)
                before[workers] = number, found["seconds"]
                rows.append(
                    (
                        f"{number:,}",
                        f"{found['forecasts']:,}",
                        str(workers),
                        f"{found['seconds']:.1f}",
                        f"{n_rows / found['seconds']:,.0f}",
                        f"{found['GiB']:.2f}",
                        f"{found['GiB of a worker']:.2f}",
                        f"{exponent:.2f}",
                    )
                )
    print(table(COLUMNS, rows))
    return {workers: seconds for workers, (_, seconds) in before.items()}


def _of_many_workers(seconds: dict[int, float]) -> str:
    """Return what more workers would do, by the seconds of one and two."""
    shared = 2 * (seconds[1] - seconds[2])
    alone = seconds[1] - shared
    rows = []
    for workers in MANY:
        total = alone + shared / workers
        bound = "the work of the parts" if shared / workers > alone else "what one process does"
        rows.append((str(workers), f"{total:.1f}", f"{seconds[1] / total:.1f}", bound))
    lead = f"alone {alone:.1f} s, shared {shared:.1f} s"
    return f"{lead}\n{table(('workers', 'seconds', 'times as fast', 'bound by'), rows)}"


def _efficiency(args: argparse.Namespace) -> str:
    """Return how much faster two workers are on ETS, and what a part costs beside the model."""
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder, "table"), args.ets_series, args.rows)
        one, two = (_in_a_process("ets", Path(folder, "table"), n, args) for n in (1, 2))
    beside = 1000 * (one["seconds"] - one["model"]) / one["parts"]
    rows = [
        ("ETS, one worker", f"{one['seconds']:.1f} s"),
        ("ETS, two workers", f"{two['seconds']:.1f} s"),
        ("efficiency of two workers", f"{one['seconds'] / two['seconds'] / 2:.0%}"),
        ("a part beside the model's work", f"{beside:.1f} ms of {one['parts']} parts"),
    ]
    return table(("what", "measured"), rows)


def _write(folder: Path, number: int, n_rows: int) -> None:
    """Write series of a level of their own, a week and noise, a file for each thousand."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=n_rows, name="day")
    week = 3 * np.sin(2 * np.pi * np.arange(n_rows) / 7)
    for first in range(0, number, PER_FILE):
        names = [f"s{k:07d}" for k in range(first, min(first + PER_FILE, number))]
        levels = rng.uniform(50, 150, size=(len(names), 1))
        values = levels + week + rng.normal(size=(len(names), n_rows))
        frame = pd.DataFrame({"series": np.repeat(names, n_rows), "day": np.tile(days, len(names))})
        frame["y"] = values.ravel()
        frame.to_parquet(folder / f"{first:07d}.parquet", index=False)


def _in_a_process(model: str, folder: Path, workers: int, args: argparse.Namespace) -> Any:
    """Measure a backtest where nothing has used memory before."""
    arguments = (model, str(folder), workers, args.horizon, args.origins)
    code = (
        f"import sys; sys.path.insert(0, {HERE!r}); from scale import measure; measure{arguments}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def measure(model: str, folder: str, workers: int, horizon: int, origins: int) -> None:
    """Print seconds, memory and parts of a backtest as JSON."""
    use_threads(1)
    from joblib.externals.loky import get_reusable_executor

    from forecast import ETSForecaster, NaiveForecaster, RollingOrigin, StoredTable, backtest, read

    models = {"naive": NaiveForecaster(7), "ets": ETSForecaster(7, "AAA")}
    n_parts = 0

    def counted(_: str, __: int, total: int) -> None:
        nonlocal n_parts
        n_parts = total

    with tempfile.TemporaryDirectory() as kept:
        # ETS takes long enough for a table in memory, whose parts are smaller.
        began = time.perf_counter()
        source = StoredTable(folder) if model == "naive" else read(folder)["y"]
        result = backtest(
            {model: models[model]},
            source,
            cv=RollingOrigin(horizon=horizon, origins=origins, step=1),
            quantiles=(0.1, 0.9),
            n_jobs=workers,
            progress=counted,
            keep=kept,
        )
        result.scores()
        seconds = time.perf_counter() - began
        n_forecasts = len(pd.read_parquet(Path(kept, "forecasts.parquet"), columns=["step"]))
    # Only the memory of processes that have ended is known.
    get_reusable_executor().shutdown(wait=True)
    kilobytes = [
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    found = {"seconds": seconds, "forecasts": n_forecasts, "parts": n_parts}
    found |= {"model": result.settings["seconds"][model], "GiB": kilobytes[0] / 2**20}
    print(json.dumps(found | {"GiB of a worker": kilobytes[1] / 2**20}))


if __name__ == "__main__":
    main()
