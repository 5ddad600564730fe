"""Peak memory of windows and of a fit, in units of the series, and memory after many fits.

First table: the view of `SlidingWindow`, a fit of `LSTMRegressor` on it, a fit of `LSTMForecaster`
on the table (its float64), and the materialised windows of NumPy and Keras. Each case runs in a
process of its own; its memory is what that process needs at its peak beyond what it uses after the
imports and, for a fit, after an equally long one of the same network on few rows, so the series
itself counts and the compiler does not. What does not fit into half of the free memory is measured
on fewer rows, and says so.

Second table (``--fits``): memory in use after so many fits of the same shape, and after a fifth as
many of ever changing shapes, each of which is traced anew: it should stay flat. Linux; elsewhere
the peak so far stands for the memory in use.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from printing import table, use_threads

from forecast.cli.arguments import count

MIB = 2**20
UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
SPARE = 0.5  # the share of the free memory that a copy may take
COLUMNS = ("case", "rows", "series MiB", "peak MiB", "peak / series")
CASES = {
    "view": "SlidingWindow",
    "regressor": "LSTMRegressor.fit on its view",
    "forecaster": "LSTMForecaster.fit",
    "copy": "windows copied by NumPy",
    "keras": "windows of keras.utils as an array",
}
COPIES = ("copy", "keras")
HERE = str(Path(__file__).parent)
CASE = f"import sys; sys.path.insert(0, {HERE!r}); import memory; memory.case(*sys.argv[1:])"
# The limits of a container and what it uses, in the second and the first version of cgroups.
GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure every case and print the tables."""
    args = _arguments(argv)
    use_threads(args.threads)
    if args.fits:
        _print_memory_after_fits(args)
    else:
        _print_peaks(args)


def _print_memory_after_fits(args: argparse.Namespace) -> None:
    """Print the second table."""
    print("memory in use after so many fits of LSTMRegressor in one process")
    rows = [*_repeated("same", args.fits), *_repeated("changing", max(1, args.fits // 5))]
    print(table(("shapes", "fits", "MiB"), rows))


def _print_peaks(args: argparse.Namespace) -> None:
    """Print the first table."""
    # Copies are made of no more rows than fit into memory, but of one window at least.
    fitting = fitting_rows(args.lookback, args.features, _free_memory())
    fitting = min(args.rows, max(args.lookback, fitting))
    rows = []
    for kind, name in CASES.items():
        n = fitting if kind in COPIES else args.rows
        bytes_of_a_number = 8 if kind == "forecaster" else 4
        series = n * args.features * bytes_of_a_number
        peak = _measure(kind, n, args.lookback, args.features)["peak"]
        cells = f"{series / MIB:.1f}", f"{peak / MIB:.1f}", f"{peak / series:.2f}"
        rows.append((name, f"{n:_}", *cells))
    print(f"lookback {args.lookback}, {args.features} features")
    print(table(COLUMNS, rows))
    if fitting < args.rows:
        print(
            f"The copies of {args.rows:_} rows would not fit into memory: "
            f"measured at {fitting:_} rows."
        )


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", type=count, default=1_000_000, help="of the series (default: 1000000)"
    )
    parser.add_argument(
        "--lookback", type=count, default=168, help="rows in a window (default: 168)"
    )
    parser.add_argument(
        "--features", type=count, default=8, help="columns of the series (default: 8)"
    )
    parser.add_argument(
        "--fits", type=count, help="print the second table, of so many fits, instead"
    )
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    args = parser.parse_args(argv)
    if args.rows < args.lookback:
        parser.error(
            f"--rows {args.rows} is less than --lookback {args.lookback}: no window is complete"
        )
    return args


def fitting_rows(lookback: int, features: int, free: int) -> int:
    """Return how many rows have windows whose copy fits into a share of the free memory (bytes)."""
    return int(SPARE * free / (4 * lookback * features))


def _free_memory() -> int:
    """Return the free memory in bytes; 2 GiB where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            entries = dict(line.split(":", 1) for line in lines)
        free = int(entries["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError):
        return 2 * 2**30
    return min(free, *_group_limits())


def _group_limits() -> list[int]:
    """Return what a container leaves free, where it has a limit."""
    found = [sys.maxsize]
    for limit, usage in GROUPS:
        try:
            with open(limit, encoding="ascii") as a, open(usage, encoding="ascii") as b:
                found.append(max(0, int(a.read()) - int(b.read())))
        except (OSError, ValueError):  # no such group, or its limit is "max"
            continue
    return found


def _measure(function: str, *arguments: object) -> dict:
    """Run a case in a process of its own and return what it prints."""
    command = [sys.executable, "-c", CASE, function, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def case(name: str, *arguments: str) -> None:
    """Run one case in this process; print what it measures as JSON."""
    if name in ("same", "changing"):
        found = {"used": _many(name, int(arguments[0]))}
    else:
        found = {"peak": _peak(name, *map(int, arguments))}
    print(json.dumps(found))


def _peak(name: str, rows: int, lookback: int, columns: int) -> int:
    """Return by how much the peak of this process grows with one case."""
    # First as many steps on few rows: all that is imported and compiled on first use.
    few = min(rows, 40_000)
    _run(name, few, lookback, columns, epochs=rows // few)
    gc.collect()
    before = _memory("VmRSS")
    _forget_peak()
    _run(name, rows, lookback, columns)
    return max(0, _memory("VmHWM") - before)


def _run(name: str, rows: int, lookback: int, columns: int, epochs: int = 1) -> None:
    """Make the windows of one case, or fit on them."""
    import numpy as np

    kind = np.float64 if name == "forecaster" else np.float32
    series = np.random.default_rng(0).standard_normal((rows, columns)).astype(kind)
    if name in COPIES:
        _copy(name, series, lookback)
    else:
        _fit(name, series, lookback, epochs)


def _fit(name: str, series: Any, lookback: int, epochs: int) -> None:
    """Make the view, or fit an estimator of this package; its target is the first column."""
    from forecast import LSTMForecaster, LSTMRegressor, SlidingWindow

    network = {"units": 16, "epochs": epochs, "batch_size": 1024, "random_state": 0}
    if name == "forecaster":
        past = range(series.shape[1] - 1)
        model = LSTMForecaster(lookback, 24, past_features=past, **network)
        model.fit(series[:, 1:], series[:, 0])
        return
    windows = SlidingWindow(lookback).fit_transform(series)
    if name == "regressor":
        LSTMRegressor(**network).fit(windows, series[:, 0])


def _copy(name: str, series: Any, lookback: int) -> None:
    """Write all windows out, as it is usually done: (samples, timesteps, features)."""
    import numpy as np

    if name == "copy":
        view = np.lib.stride_tricks.sliding_window_view(series, lookback, axis=0)
        view.transpose(0, 2, 1).copy()
        return
    import keras

    batches = keras.utils.timeseries_dataset_from_array(series, None, lookback, batch_size=4096)
    np.concatenate([batch.numpy() for batch in batches])


def _repeated(kind: str, number: int) -> list[tuple[str, ...]]:
    """Return the rows of so many fits of one kind."""
    used = _measure(kind, number)["used"]
    return [(kind, fits, f"{value / MIB:.0f}") for fits, value in used.items()]


def _many(kind: str, fits: int) -> dict[int, int]:
    """Fit again and again; return the memory in use after some of the fits."""
    import numpy as np

    from forecast import LSTMRegressor, SlidingWindow, lead

    # After the first one, and after each fifth of them.
    measured = {1} | {max(1, fits * fifth // 5) for fifth in range(1, 6)}
    y = np.sin(np.arange(400.0))
    used = {}
    for fit in range(1, fits + 1):
        lookback = 8 if kind == "same" else 4 + fit % 40
        X = SlidingWindow(lookback).fit_transform(y[:, None])
        LSTMRegressor(units=8, epochs=3, batch_size=16, random_state=fit).fit(X, lead(y, 4))
        if fit in measured:
            gc.collect()
            used[fit] = _memory("VmRSS")
    return used


def _forget_peak() -> None:
    """Let the peak begin anew, where the system can."""
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        pass


def _memory(entry: str) -> int:
    """Return the memory of this process in bytes: VmRSS in use now, VmHWM at its peak.

    Where the system does not tell them apart (macOS), both are the peak so far.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            entries = dict(line.split(":", 1) for line in lines)
        return int(entries[entry].split()[0]) * 1024
    except (OSError, KeyError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


if __name__ == "__main__":
    main()
