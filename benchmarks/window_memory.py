"""Peak memory of sliding windows: the view of `SlidingWindow` against a materialised copy.

Prints a table. Each case runs in a process of its own, and its memory is what that process needs at its peak beyond
what it uses after the imports, so the series itself counts. Linux and macOS.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Sequence

MIB = 2**20
UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
SPARE = 0.5  # the share of the free memory that a copy may take
COLUMNS = ("case", "rows", "series MiB", "peak MiB", "peak / series")


def main(argv: Sequence[str] | None = None) -> None:
    """Measure both cases and print the table."""
    args = _arguments(argv)
    fitting = min(args.rows, max(args.lookback, fitting_rows(args.lookback, args.features, _free_memory())))
    cases = [("view", "SlidingWindow", args.rows), ("copy", "materialised copy", fitting)]
    rows = []
    for kind, name, n in cases:
        series = n * args.features * 4
        peak = _measure(kind, n, args.lookback, args.features)
        rows.append((name, f"{n:_}", f"{series / MIB:.1f}", f"{peak / MIB:.1f}", f"{peak / series:.2f}"))
    print(f"windows of a float32 series, lookback {args.lookback}, {args.features} features")
    print(_table(rows))
    if fitting < args.rows:
        print(f"The copy of {args.rows:_} rows would not fit into memory: measured at {fitting:_} rows.")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=_count, default=1_000_000, help="of the series (default: 1000000)")
    parser.add_argument("--lookback", type=_count, default=168, help="rows in a window (default: 168)")
    parser.add_argument("--features", type=_count, default=8, help="columns of the series (default: 8)")
    args = parser.parse_args(argv)
    if args.rows < args.lookback:
        parser.error(f"--rows {args.rows} is less than --lookback {args.lookback}: no window is complete")
    return args


def _count(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return value


def _table(rows: list[tuple[str, ...]]) -> str:
    """Align the name to the left and numbers to the right."""
    widths = [max(map(len, column)) for column in zip(COLUMNS, *rows, strict=True)]
    lines = []
    for row in (COLUMNS, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells))
    return "\n".join(lines)


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
    for limit, usage in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            with open(limit, encoding="ascii") as a, open(usage, encoding="ascii") as b:
                found.append(max(0, int(a.read()) - int(b.read())))
        except (OSError, ValueError):  # no such group, or its limit is "max"
            continue
    return found


def _measure(kind: str, rows: int, lookback: int, features: int) -> int:
    """Return the peak of a case in bytes, measured in a process of its own."""
    code = f"import sys; sys.path.insert(0, {sys.path[0]!r}); import window_memory; window_memory.case(*sys.argv[1:])"
    command = [sys.executable, "-c", code, kind, str(rows), str(lookback), str(features)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return int(json.loads(done.stdout)["peak"])


def case(name: str, rows: str, lookback: str, features: str) -> None:
    """Make the windows of one case; print by how much the peak of this process has grown."""
    import numpy as np
    from numpy.lib.stride_tricks import sliding_window_view

    from forecast import SlidingWindow

    n, length, columns = int(rows), int(lookback), int(features)
    SlidingWindow(length).fit_transform(np.zeros((2, columns), dtype=np.float32))  # all that is imported on first use
    before = _memory("VmRSS")
    series = np.random.default_rng(0).standard_normal((n, columns), dtype=np.float32)
    if name == "view":
        windows = SlidingWindow(length).fit_transform(series)
    else:
        windows = sliding_window_view(series, length, axis=0).transpose(0, 2, 1).copy()
    assert windows.shape[1:] == (length, columns)
    print(json.dumps({"peak": max(0, _memory("VmHWM") - before)}))


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
