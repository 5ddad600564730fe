"""Seconds and memory of forecasters on tables of very many series, and how they grow.

Each table has so many series of `--rows` days: a level of its own, a week, noise. For each number
of series and each forecaster, in a process of its own: fit on all rows, a forecast of `--horizon`
days with an interval, and a backtest (`--origins` origins, two quantiles) with its scores. The
exponent is that of the seconds of all three between one number of series and the next: 1 is linear
growth.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from printing import machine, table, use_threads

from forecast.cli.arguments import count

HERE = str(Path(__file__).parent)
MODELS = ("naive", "theta")
COLUMNS = (
    "forecaster",
    "series",
    "rows",
    "fit s",
    "forecast s",
    "backtest s",
    "all s",
    "peak GiB",
    "exponent",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure every forecaster on every number of series, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--series", default="1000,4000,16000,100000", help="default: 1000,4000,16000,100000"
    )
    parser.add_argument("--rows", type=count, default=60, help="days in a series (default: 60)")
    parser.add_argument("--horizon", type=count, default=6, help="default: 6")
    parser.add_argument("--origins", type=count, default=4, help="default: 4")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    args = parser.parse_args(argv)
    numbers = [count(text) for text in args.series.split(",")]
    print(machine(args.threads))
    rows = []
    for model in MODELS:
        before: tuple[int, float] | None = None
        for series in numbers:
            found = _measure(model, series, args)
            whole = found["fit"] + found["forecast"] + found["backtest"]
            growth = "" if before is None else f"{_exponent(before, (series, whole)):.2f}"
            before = (series, whole)
            seconds = [f"{found[name]:.2f}" for name in ("fit", "forecast", "backtest")]
            peak = f"{found['peak']:.2f}"
            rows.append(
                (
                    model,
                    str(series),
                    str(series * args.rows),
                    *seconds,
                    f"{whole:.2f}",
                    peak,
                    growth,
                )
            )
    print(table(COLUMNS, rows))


def _exponent(before: tuple[int, float], now: tuple[int, float]) -> float:
    """Return the power of the number of series by which the seconds have grown."""
    return math.log(now[1] / before[1]) / math.log(now[0] / before[0])


def _measure(model: str, series: int, args: argparse.Namespace) -> dict[str, float]:
    """Run one case in a process of its own."""
    code = f"import sys; sys.path.insert(0, {HERE!r}); import many_series; many_series.case()"
    settings = [model, series, args.rows, args.horizon, args.origins, args.threads]
    command = [sys.executable, "-c", code, *map(str, settings)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def case() -> None:
    """Measure one forecaster on one table; the arguments are those of the process."""
    model, *numbers = sys.argv[1:]
    series, rows, horizon, origins, threads = map(int, numbers)
    use_threads(threads)
    import numpy as np
    import pandas as pd

    from forecast import NaiveForecaster, RollingOrigin, ThetaForecaster, backtest

    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=rows)
    names = [f"s{number:06d}" for number in range(series)]
    index = pd.MultiIndex.from_product([names, days], names=["series", "timestamp"])
    level = rng.uniform(50, 150, (series, 1))
    week = 10 * rng.normal(size=(series, 7))[:, np.arange(rows) % 7]
    y = pd.Series((level + week + 5 * rng.normal(size=(series, rows))).ravel(), index, name="y")
    forecaster = {"naive": NaiveForecaster(), "theta": ThetaForecaster()}[model]

    # What is used once, such as imports and caches of pandas, is not counted.
    small = y.iloc[: 20 * rows]
    forecaster.fit(small).forecast(horizon, coverage=0.9)

    started = time.perf_counter()
    forecaster.fit(y)
    fitted = time.perf_counter()
    forecaster.forecast(horizon, coverage=0.9)
    forecast = time.perf_counter()
    cv = RollingOrigin(horizon, origins)
    backtest({model: forecaster}, y, cv=cv, quantiles=(0.05, 0.95)).scores()
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    seconds = {"fit": fitted - started, "forecast": forecast - fitted, "backtest": ended - forecast}
    print(json.dumps(seconds | {"peak": peak}))


if __name__ == "__main__":
    main()
