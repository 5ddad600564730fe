"""A small shop: the tables that the tests of the command read, and the command in this process."""

import io
import os
import subprocess
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import pandas as pd

import forecast
from forecast import RollingOrigin, backtest, read
from forecast.cli.main import main

COMMANDS = (
    "inspect",
    "run",
    "backtest",
    "compare",
    "report",
    "fit",
    "predict",
    "monitor",
    "plot",
    "detect",
    "datasets",
    "doctor",
    "completion",
)
SMALL = ("--horizon", "3", "--origins", "4", "--lookback", "7")  # of any backtest here
FUTURE = "--target sales --future promo --horizon 3 --lookback 7"  # of a table that is `priced`
DAYS = 60


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def command(*arguments):
    """Call the command in this process; what it changes of the process is restored."""
    out, err = io.StringIO(), io.StringIO()
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        warnings.catch_warnings(),
        patch.dict(os.environ),
    ):
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as stop:
            code = stop.code
    return Ran(code, out.getvalue(), err.getvalue())


def python(*arguments, cwd):
    """Start a process as a user would: without what conftest sets."""
    hidden = ("TF_CPP_MIN_LOG_LEVEL", "PYTHONWARNINGS", "TF_ENABLE_ONEDNN_OPTS")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    paths = [str(Path(forecast.__file__).parents[1]), *sys.path[1:]]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def sales(n=DAYS, seed=0):
    """Return the first n of 80 days of sales, with a promotion and a temperature."""
    rng = np.random.default_rng(seed)
    day = pd.date_range("2024-01-01", periods=80, freq="D").rename("day")
    promo = rng.integers(0, 2, 80).astype(float)
    temp = rng.normal(15, 3, 80).round(2)
    week = 10 * np.sin(2 * np.pi * np.arange(80) / 7)
    values = 100 + week + 5 * promo + temp + np.cumsum(rng.normal(0, 1, 80))
    return pd.DataFrame({"sales": values.round(3), "temp": temp, "promo": promo}, day)[:n]


def priced(n_future=12):
    """Return 48 days of sales with a promotion that is known for the rows to forecast as well."""
    frame = sales(48 + n_future)[["sales", "promo"]]
    frame.loc[frame.index[48:], "sales"] = np.nan
    return frame


def write_tables(folder):
    """Write one series, the same with its features, and two series of unequal length."""
    sales()[["sales"]].to_csv(folder / "sales.csv")
    sales().to_csv(folder / "wide.csv")
    two = {"north": sales(seed=1), "south": sales(52, seed=2)}
    pd.concat(two, names=["shop", "day"]).to_csv(folder / "long.csv")


def write_run(models, source="sales.csv", folder="run", origins=4, **reading):
    """Leave a run in a folder as the command does, but without figures."""
    y = read(source, **reading)["sales"]
    return backtest(models, y, cv=RollingOrigin(3, origins)).save(folder)


def scores_of(text):
    """Read the scores that were printed as CSV."""
    return pd.read_csv(io.StringIO(text), index_col="model")


def forecasts_of(text):
    """Read the forecasts that were printed as CSV."""
    return pd.read_csv(io.StringIO(text), parse_dates=["timestamp"])


def contents(folder):
    """Return what every file in a folder holds, and when it was written."""
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def is_png(path):
    return Path(path).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def run_script(path="do.py"):
    """Run a script and return its names."""
    names = {"__name__": "__main__"}
    with redirect_stdout(io.StringIO()):
        exec(compile(Path(path).read_text(), path, "exec"), names)
    return names
