"""Memory and seconds of `LSTMForecaster.fit` on a table in files, beside the same table in memory.

Each table has so many series of 2000 hours and `--features` columns; an epoch draws `--samples`
windows. Each fit runs in a process of its own. Its memory is the most that the process holds for
itself beyond what it held after a fit of the same network on two series: pages of the files, which
the system takes back whenever it needs them, do not count. Linux.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from printing import machine, table, use_threads

from forecast.cli.arguments import count

MIB = 2**20
HERE = str(Path(__file__).parent)
CASE = f"import sys; sys.path.insert(0, {HERE!r}); import mapped; mapped.case(*sys.argv[1:])"
COLUMNS = ("table", "series", "rows", "table MiB", "fit s", "memory MiB", "memory / table")
ROWS = 2000  # of a series


def main(argv: Sequence[str] | None = None) -> None:
    """Measure every number of series in files and in memory, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", default="125,250,500", help="default: 125,250,500")
    parser.add_argument("--features", type=count, default=30, help="default: 30")
    parser.add_argument("--samples", type=count, default=20_000, help="default: 20000")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    args = parser.parse_args(argv)
    rows = []
    for kind in ("files", "memory"):
        for series in (count(text) for text in args.series.split(",")):
            found = _measure(kind, series, args.features, args.samples, args.threads)
            n = series * ROWS
            size = 8 * n * (args.features + 1)
            cells = f"{size / MIB:.0f}", f"{found['seconds']:.1f}", f"{found['memory'] / MIB:.0f}"
            rows.append((kind, str(series), str(n), *cells, f"{found['memory'] / size:.2f}"))
    print(machine(args.threads))
    print(table(COLUMNS, rows))


def _measure(*settings: Any) -> dict[str, float]:
    """Run one case in a process of its own."""
    command = [sys.executable, "-c", CASE, *map(str, settings)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def case(kind: str, series: str, features: str, samples: str, threads: str) -> None:
    """Print what one fit takes; the arguments are those of the process."""
    use_threads(int(threads))
    from dataclasses import replace

    import numpy as np

    from forecast import LSTMForecaster, map_table

    model = LSTMForecaster(
        24,
        12,
        units=32,
        epochs=2,
        past_features=[f"x{k}" for k in range(int(features))],
        samples_per_epoch=int(samples),
        random_state=0,
    )
    with tempfile.TemporaryDirectory() as folder:
        few = map_table(_blocks(2, int(features)), f"{folder}/few")
        many = map_table(_blocks(int(series), int(features)), f"{folder}/many")
        model.fit(few)
        before = _held()
        if kind == "memory":
            many = replace(many, X=np.array(many.X), y=np.array(many.y))
        started = time.perf_counter()
        with _Watch() as watch:
            model.fit(many)
        seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "memory": watch.most - before}))


def _blocks(series: int, features: int) -> Iterator[tuple[Any, Any]]:
    """Yield made-up series, one by one."""
    import numpy as np
    import pandas as pd

    hours = pd.date_range("2024", periods=ROWS, freq="h")
    columns = [f"x{k}" for k in range(features)]
    season = 3 * np.sin(np.arange(ROWS) * np.pi / 12)
    for number in range(series):
        rng = np.random.default_rng(number)
        X = pd.DataFrame(rng.normal(size=(ROWS, features)), hours, columns)
        y = 10 + season + X["x0"] + rng.normal(0, 0.3, ROWS)
        yield pd.concat({number: X}), pd.concat({number: y})


def _held() -> int:
    """Return the memory that this process holds for itself, in bytes."""
    with open("/proc/self/status", encoding="ascii") as lines:
        entries = dict(line.split(":", 1) for line in lines)
    return 1024 * int(entries["RssAnon"].split()[0])


class _Watch:
    """Look at the memory a hundred times a second, and keep the most that was held."""

    def __enter__(self) -> _Watch:
        self.most = _held()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            self.most = max(self.most, _held())

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


if __name__ == "__main__":
    main()
