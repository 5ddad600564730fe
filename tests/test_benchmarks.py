"""The benchmarks run on a tiny input and print their table; no test looks at the clock or at the memory."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(BENCHMARKS / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_window_memory_prints_its_table():
    done = _run("window_memory.py", "--rows", "400", "--lookback", "7", "--features", "3")
    assert done.returncode == 0, done.stderr
    title, header, ours, copy = done.stdout.splitlines()
    assert title == "windows of a float32 series, lookback 7, 3 features"
    assert header.split() == ["case", "rows", "series", "MiB", "peak", "MiB", "peak", "/", "series"]
    assert ours.split()[:2] == ["SlidingWindow", "400"]
    assert copy.split()[:3] == ["materialised", "copy", "400"]


def test_window_memory_measures_a_copy_that_does_not_fit_on_fewer_rows():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import window_memory
    finally:
        sys.path.remove(str(BENCHMARKS))
    rows = window_memory.fitting_rows(lookback=168, features=8, free=168 * 8 * 4 * 1000)
    assert rows == 500  # half of the free memory


def test_window_memory_refuses_fewer_rows_than_a_window_has():
    done = _run("window_memory.py", "--rows", "5", "--lookback", "7")
    assert done.returncode == 2
    assert "--rows 5 is less than --lookback 7" in done.stderr
