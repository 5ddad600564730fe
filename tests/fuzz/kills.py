"""Kill a backtest again and again: --resume ends with the table of an undisturbed one.

    python tests/fuzz/kills.py --count 50 --seed 0

Each round starts ``forecast backtest`` with two processes over an older run, and after a while
drawn at random kills (SIGKILL) the parent, one of its workers or all of them. Until the run is
finished the older one must load whole, and from then on the new one, with every row once.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from forecast import Backtest
from forecast.run_folder import kept_of

FLAGS = "--models naive,seasonal,theta --horizon 3 --origins 6 --refit always --jobs 2"
WHO = ("parent", "worker", "all")


def write_table(path: Path) -> None:
    """Write sixty series, which make two blocks."""
    rng = np.random.default_rng(0)
    times = pd.date_range("2024-01-01", periods=100, freq="D", name="time")
    series = {f"s{k:02d}": rng.normal(size=100).cumsum() for k in range(60)}
    wide = pd.DataFrame(series, index=times)
    long = wide.melt(var_name="series", value_name="value", ignore_index=False)
    long.to_csv(path)


def start(folder: Path, *flags: str) -> subprocess.Popen[bytes]:
    """Start the command in a group of processes of its own."""
    command = [sys.executable, "-m", "forecast", "backtest", "table.csv", *FLAGS.split()]
    return subprocess.Popen(
        [*command, "--out", "run", "--quiet", *flags],
        cwd=folder,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(process: subprocess.Popen[bytes], who: str, rng: np.random.Generator) -> bool:
    """Kill some of the processes at once; return whether there was one to kill."""
    workers = children(process.pid)
    if who == "worker" and workers:
        os.kill(int(rng.choice(workers)), signal.SIGKILL)
    elif process.poll() is not None:
        return False
    elif who == "all":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
    return True


def are_gone(groups: list[int], seconds: float = 20) -> bool:
    """Whether no process of some groups is at work any more, at the latest after a while."""
    for _ in range(int(10 * seconds)):
        if not any(map(is_there, groups)):
            return True
        time.sleep(0.1)
    return False


def is_there(group: int) -> bool:
    """Whether a group has a process."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def children(pid: int) -> list[int]:
    """Return the processes that a process has started, of all that work for it."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def same(folder: Path, expected: pd.DataFrame) -> bool:
    """Whether the run in a folder holds a table, with every row once."""
    found = Backtest.load(folder / "run").forecasts
    return found.equals(expected)


def killed_runs(folder: Path, count: int, seed: int) -> Counter[str]:
    """Kill so many times; return how often what was seen."""
    rng = np.random.default_rng(seed)
    write_table(folder / "table.csv")
    started = time.monotonic()
    assert start(folder).wait() == 0
    # One that goes on takes less: its end is met often enough.
    seconds = 0.8 * (time.monotonic() - started)
    expected = Backtest.load(folder / "run").forecasts
    assert not expected.duplicated(["model", "series", "origin", "step"]).any()
    seen: Counter[str] = Counter()
    groups = []
    while seen["kills"] < count:
        flags = ["--force"]
        if kept_of(folder / "run"):
            flags.append("--resume")
            seen["went on"] += 1
        process = start(folder, *flags)
        groups.append(process.pid)
        who = str(rng.choice(WHO))
        time.sleep(rng.uniform(0, seconds))
        if kill(process, who, rng):
            seen["kills"] += 1
            seen[f"kills of {who}"] += 1
        else:
            seen["finished" if process.returncode == 0 else "ended by itself"] += 1
        seen["right" if same(folder, expected) else "WRONG"] += 1
    # What the last kill has left is finished.
    assert start(folder, "--force", "--resume").wait() == 0
    seen["right" if same(folder, expected) else "WRONG"] += 1
    assert not (folder / "run" / "unfinished").exists()
    # Workers whose parent was killed have ended by themselves.
    assert are_gone(groups)
    return seen


def main() -> None:
    """Print how often what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seen = killed_runs(Path(folder), args.count, args.seed)
    sys.stdout.write(f"{pd.Series(seen).to_string()}\n")
    raise SystemExit(1 if seen["WRONG"] else 0)


if __name__ == "__main__":
    main()
