"""Seconds of processor time of what must not cost more than its input has become larger.

Each task is done on an input of `--size` times its usual size / 4, then on twice and four times as
much. The ratio is that of the seconds of one size and the one before: 2 is linear growth, 4 would
be quadratic. The best of `--rounds` counts.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

from printing import machine, table, use_threads

from forecast.cli.arguments import count

DOUBLINGS = 3
COLUMNS = ("task", "rows or steps", "seconds", "ratio")
Task = Callable[[], Any]


def main(argv: Sequence[str] | None = None) -> None:
    """Measure every task on every size, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=float, default=1.0, help="default: 1")
    parser.add_argument("--rounds", type=count, default=3, help="default: 3")
    parser.add_argument("--threads", type=count, default=1, help="default: 1")
    args = parser.parse_args(argv)
    use_threads(args.threads)
    rows = []
    for name, (usual, prepare) in TASKS.items():
        before = None
        for doubling in range(DOUBLINGS):
            size = max(1, int(args.size * usual / 4)) * 2**doubling
            seconds = _seconds(prepare(size), args.rounds)
            ratio = "" if before is None else f"{seconds / before:.2f}"
            rows.append((name, str(size), f"{seconds:.3f}", ratio))
            before = seconds
    print(machine(args.threads))
    print(table(COLUMNS, rows))


def _seconds(task: Task, rounds: int) -> float:
    """Return the least seconds of processor time that a task takes."""
    found = []
    for _ in range(rounds):
        started = time.process_time()
        task()
        found.append(time.process_time() - started)
    return min(found)


def hours(n: int) -> Any:
    """Return made-up hourly values with a daily season and noise that lasts."""
    import numpy as np
    import pandas as pd
    from scipy.signal import lfilter

    noise = lfilter([1.0, 0.3], [1.0, -0.7], np.random.default_rng(0).normal(size=n))
    season = 3 * np.sin(np.arange(n) * np.pi / 12)
    return pd.Series(50 + season + noise, pd.date_range("2024", periods=n, freq="h"))


def ljung_box(rows: int) -> Task:
    """Test whether so many errors are uncorrelated, as every fit of ARIMA does."""
    from forecast.forecasters.arima_results import _ljung_box
    from forecast.forecasters.sarima import Orders

    errors = hours(rows).to_numpy()
    return lambda: _ljung_box(errors, Orders((1, 0, 1), (0, 1, 1, 24), "n"))


def css_fit(rows: int) -> Task:
    """Fit a seasonal ARIMA process by its conditional sum of squares."""
    from forecast import ARIMAForecaster

    y = hours(rows)
    return lambda: ARIMAForecaster((1, 0, 1), (0, 1, 1, 24), method="css").fit(y)


def adaptive_intervals(rows: int) -> Task:
    """Forecast intervals from each of so many rows, with half as many errors in the window."""
    import numpy as np

    from forecast import ConformalForecaster, NaiveForecaster

    begin = rows + 60
    y = hours(begin + rows + 2)
    model = ConformalForecaster(NaiveForecaster(), 2, "adaptive", calibration=0.5)
    model.fit(y[:begin])
    origins = np.arange(begin, begin + rows)
    return lambda: model.hindcast(None, y, origins, 2, quantiles=(0.1, 0.9))


def adaptive_horizon(steps: int) -> Task:
    """Forecast intervals of so many steps from a hundred rows."""
    import numpy as np

    from forecast import ConformalForecaster, NaiveForecaster

    begin = 3 * steps + 60
    y = hours(begin + 100 + steps)
    model = ConformalForecaster(NaiveForecaster(), steps, "adaptive", calibration=0.5)
    model.fit(y[:begin])
    origins = np.arange(begin, begin + 100)
    return lambda: model.hindcast(None, y, origins, steps, quantiles=(0.1, 0.9))


def recursive_steps(steps: int) -> Task:
    """Forecast so many steps, 24 at a time."""
    from forecast import WindowForecaster

    model = WindowForecaster(lookback=48, horizon=24).fit(hours(1000))
    return lambda: model.predict(steps)


def recursive_intervals(steps: int) -> Task:
    """Forecast intervals of so many steps, 24 at a time, by paths."""
    from forecast import WindowForecaster

    model = WindowForecaster(lookback=48, horizon=24).fit(hours(1000))
    return lambda: model.predict_interval(steps)


# What is measured, with its usual size.
TASKS: dict[str, tuple[int, Callable[[int], Task]]] = {
    "Ljung-Box": (1_000_000, ljung_box),
    "ARIMA by CSS, fit": (250_000, css_fit),
    "adaptive intervals, rows": (16_000, adaptive_intervals),
    "adaptive intervals, steps": (96, adaptive_horizon),
    "recursive steps": (32_000, recursive_steps),
    "recursive intervals": (8_000, recursive_intervals),
}


if __name__ == "__main__":
    main()
