"""Automatic ARIMA and exponential smoothing, here and elsewhere: seconds, AICc by one referee,
MASE.

On JFK's hourly temperature (learned once, forecast from daily origins) and, where their files are
given, on series of M4 Hourly. Every library learns in a process of its own, with its defaults;
importing is not counted. statsforecast and pmdarima run in the interpreter that `--other` names,
which needs nothing of this package; who is not installed there is left out.

AICc is that of statsmodels' exact likelihood of the orders and coefficients found, with the best
variance; of y, also where its logarithm is modelled. The table holds the mean difference to the
first model over the series that both difference alike (so many: "alike"); others have no common
scale. Exponential smoothing has none here.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from printing import count, machine, need_files, table, use_threads

HERE = str(Path(__file__).parent)
SEASON = 24
OURS = ("AutoARIMAForecaster", "ETSForecaster", "ThetaForecaster")
THEIRS = ("statsforecast", "statsforecast, approximation", "pmdarima")
COLUMNS = ("model", "series", "fit s", "forecasts s", "MASE", "AICc", "alike", "orders")


class Task(NamedTuple):
    """A series, how many rows of it are to learn from, and what to forecast."""

    values: list[float]
    rows: int
    origins: list[int]
    horizon: int
    season: int = SEASON


class Process(NamedTuple):
    """What a library found: (p, d, q), (P, D, Q, m), and the mean and coefficients of the differenced series."""

    order: tuple[int, int, int]
    seasonal_order: tuple[int, int, int, int]
    mean: float
    coefficients: list[float]  # AR, MA, seasonal AR, seasonal MA, with statsmodels' signs
    log: bool = False  # of the logarithm

    @property
    def differences(self) -> tuple[int, int]:
        """How often rows and seasons are differenced."""
        return self.order[1], self.seasonal_order[1]

    @property
    def name(self) -> str:
        """The usual notation without the season's length."""
        parts = (",".join(map(str, part)) for part in (self.order, self.seasonal_order[:3]))
        return "".join(f"({part})" for part in parts) + " of log" * self.log


class Result(NamedTuple):
    """What a model needed for a series, and how good it was."""

    fit: float  # seconds
    forecasts: float  # seconds
    mase: float
    process: Process | None
    aicc: float


Fitted = tuple[
    Callable[[Task], Any], Process | None
]  # what forecasts (origins, horizon), and what was found


def main(argv: Sequence[str] | None = None) -> None:
    """Measure every model on every set of series, print the tables."""
    args = _arguments(argv)
    use_threads(args.threads)
    theirs = [name for name in THEIRS if _installed(args.other, name)]
    print(machine(args.threads))
    for name in sorted({each.split(",")[0] for each in set(THEIRS) - set(theirs)}):
        print(f"{name} is not installed in {args.other}")
    sets = {"JFK": [_weather(args)]}
    if args.m4:
        sets["M4 Hourly"] = _m4(*args.m4, args.series)
    for title, tasks in sets.items():
        _measure(title, tasks, theirs, args)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--m4", type=Path, nargs=2, metavar=("TRAIN", "TEST"), help="the files of M4 Hourly"
    )
    parser.add_argument(
        "--other", default=sys.executable, help="Python with statsforecast and pmdarima"
    )
    parser.add_argument(
        "--limit", type=count, default=300, help="seconds for a series (default: 300)"
    )
    parser.add_argument("--series", type=count, default=100, help="of M4 (default: 100)")
    parser.add_argument(
        "--few", type=count, default=5, help="of these for the other libraries (default: 5)"
    )
    parser.add_argument(
        "--rows", type=count, default=1440, help="hours of JFK to learn from (default: 1440)"
    )
    parser.add_argument("--days", type=count, default=28, help="of JFK to forecast (default: 28)")
    parser.add_argument("--threads", type=count, default=1, help="default: 1")
    args = parser.parse_args(argv)
    need_files(parser, args.m4 or ())
    return args


def _installed(python: str, name: str) -> bool:
    return not subprocess.run(
        [python, "-c", f"import {name.split(',')[0]}"], capture_output=True, check=False
    ).returncode


def _weather(args: argparse.Namespace) -> Task:
    from forecast import load_weather

    values = load_weather("JFK", fill=True)["temp"].tolist()[-args.rows - 24 * args.days :]
    return Task(values, args.rows, [args.rows - 1 + 24 * day for day in range(args.days)], 24)


def _m4(train: Path, test: Path, series: int) -> list[Task]:
    import pandas as pd

    read = [pd.read_csv(path, index_col=0) for path in (train, test)]
    parts = [[row.dropna().tolist() for _, row in frame.iterrows()] for frame in read]
    tasks = [
        Task(past + future, len(past), [len(past) - 1], len(future))
        for past, future in zip(*parts, strict=True)
    ]
    return _spread(tasks, series)


def _spread(items: list[Any], number: int) -> list[Any]:
    """Take so many items at equal distances."""
    return items[:: max(1, len(items) // number)][:number]


def _measure(title: str, tasks: list[Task], theirs: list[str], args: argparse.Namespace) -> None:
    """Print a table in which all models answer for a few series, and one of our own for all of them."""
    few = _spread(tasks, args.few)
    ours = {name: _results(sys.executable, name, tasks, args.limit) for name in OURS}
    results = {name: _spread(found, args.few) for name, found in ours.items()}
    results |= {name: _results(args.other, name, few, args.limit) for name in theirs}
    for found in (results, ours) if len(tasks) > len(few) else (results,):
        first = next(iter(found.values()))
        print(f"\n{title}: {len(first)} series; at most {args.limit} s for each")
        print(table(COLUMNS, [_row(name, each, first) for name, each in found.items()]))


def _row(name: str, results: list[Result | None], first: list[Result | None]) -> tuple[str, ...]:
    """Describe one model beside the first one."""
    done = [each for each in results if each]
    cells = [name, f"{len(done)} of {len(results)}"]
    if not done:
        return (*cells, *["-"] * (len(COLUMNS) - 2))
    pairs = [
        (a, b) for a, b in zip(results, first, strict=True) if a and b and a.process and b.process
    ]
    above = [a.aicc - b.aicc for a, b in pairs if a.process.differences == b.process.differences]
    fit, forecasts, error = (_mean([each[part] for each in done]) for part in range(3))
    orders = done[0].process.name if len(results) == 1 and done[0].process else ""
    cells += [
        f"{fit:.2f}",
        f"{forecasts:.4f}",
        f"{error:.4f}",
        f"{_mean(above):.1f}" if above else "-",
    ]
    return (*cells, str(len(above)), orders)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _results(python: str, name: str, tasks: list[Task], limit: int) -> list[Result | None]:
    """Let one model answer in a process of its own, and in a new one after a series that took too long."""
    code = f"import sys; sys.path.insert(0, {HERE!r}); from statistical_speed import case; case(*sys.argv[1:])"
    results: list[Result | None] = []
    while len(results) < len(tasks):
        left = tasks[len(results) :]
        command = [python, "-W", "ignore", "-c", code, name, str(limit)]
        asked = json.dumps([task._asdict() for task in left])
        done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=False)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        results += [_judged(task, *answer) for task, answer in zip(left, answers, strict=False)]
        if done.returncode == -signal.SIGALRM:
            results.append(None)
        else:
            done.check_returncode()
    return results


def case(name: str, limit: str) -> None:
    """Answer the tasks on standard input, a line each; the alarm ends the process where a series takes too long."""
    fit = {"statsforecast": _statsforecast, "pmdarima": _pmdarima}.get(name.split(",")[0], _ours)
    pattern = [float((3 * k) % 7 + k % 4) for k in range(40)]
    fit(name, Task(pattern, 40, [39], 4, 4))  # imports, and warms up
    for task in (Task(**fields) for fields in json.load(sys.stdin)):
        signal.alarm(int(limit))
        started = time.perf_counter()
        forecast, process = fit(name, task)
        fitted = time.perf_counter()
        forecasts = forecast(task)
        seconds = (fitted - started, time.perf_counter() - fitted)
        signal.alarm(0)
        print(
            json.dumps((*seconds, [[float(value) for value in row] for row in forecasts], process)),
            flush=True,
        )


def _ours(name: str, task: Task) -> Fitted:
    import forecast

    model = getattr(forecast, name)(task.season).fit(task.values[: task.rows])
    process = None
    if hasattr(model, "orders_"):
        orders, terms = model.orders_[0][0], model.summary().set_index("term")["value"]
        mean = terms.get("c", 0.0) + _difference(orders, terms.get("t", 0.0) / 1000)
        log = model.floor_[0, 0] > 0
        process = Process(
            orders.order, orders.seasonal_order, mean, terms[orders.terms].tolist(), bool(log)
        )
    return (lambda asked: model.hindcast(None, asked.values, asked.origins, asked.horizon)), process


def _statsforecast(name: str, task: Task) -> Fitted:
    import numpy as np
    from statsforecast.models import AutoARIMA

    values = np.array(task.values)
    model = AutoARIMA(season_length=task.season, approximation="approximation" in name).fit(
        values[: task.rows]
    )
    p, q, P, Q, m, d, D = map(int, model.model_["arma"])
    found = {key: float(value) for key, value in model.model_["coef"].items()}
    kinds = {"ar": p, "ma": q, "sar": P, "sma": Q}
    coefficients = [
        found[f"{kind}{lag}"] for kind, size in kinds.items() for lag in range(1, size + 1)
    ]
    process = Process((p, d, q), (P, D, Q, m), 0.0, coefficients)
    process = process._replace(
        mean=found.get("intercept", 0.0) + _difference(process, found.get("drift", 0.0))
    )
    return (
        lambda asked: [model.forward(values[: o + 1], asked.horizon)["mean"] for o in asked.origins]
    ), process


def _pmdarima(_: str, task: Task) -> Fitted:
    import numpy as np
    from pmdarima import auto_arima

    values = np.array(task.values)
    model = auto_arima(values[: task.rows], m=task.season)
    result = model.arima_res_
    found = dict(zip(result.param_names, map(float, result.params), strict=True))
    level = 1 - sum(found[n] for n in found if n.startswith("ar.L"))
    level *= 1 - sum(found[n] for n in found if n.startswith("ar.S"))
    coefficients = [value for key, value in found.items() if key not in ("intercept", "sigma2")]
    process = Process(
        model.order, model.seasonal_order, found.get("intercept", 0.0) / level, coefficients
    )
    return (
        lambda asked: [result.apply(values[: o + 1]).forecast(asked.horizon) for o in asked.origins]
    ), process


def _difference(process: Any, slope: float) -> float:
    """Return what one difference leaves of a line: once a row, or once a season."""
    return slope if process.order[1] else slope * process.seasonal_order[3]


def _judged(
    task: Task, fit: float, forecasts: float, answer: list[list[float]], found: Any
) -> Result:
    from forecast import mase

    actual = [task.values[origin + 1 : origin + 1 + task.horizon] for origin in task.origins]
    error = mase(actual, answer, task.values[: task.rows], season_length=task.season)
    process = Process(*found) if found else None
    return Result(fit, forecasts, error, process, _aicc(task, process) if process else float("nan"))


def _aicc(task: Task, process: Process) -> float:
    """Let the referee judge: AICc of the exact likelihood of the differenced series."""
    import numpy as np
    from statsmodels.tsa.statespace.sarimax import SARIMAX
    from statsmodels.tsa.statespace.tools import diff

    (p, d, q), (P, D, Q, m), mean, coefficients, log = process
    y = np.array(task.values[: task.rows])
    w = np.asarray(diff(np.log(y) if log else y, d, D, max(m, 1))) - mean
    model = SARIMAX(
        w, order=(p, 0, q), seasonal_order=(P, 0, Q, m if P + Q else 0), concentrate_scale=True
    )
    n, k = len(w), len(coefficients) + (mean != 0) + 1
    likelihood = model.loglike(coefficients) - (np.log(y[-n:]).sum() if log else 0.0)
    return float(-2 * likelihood + 2 * k + 2 * k * (k + 1) / (n - k - 1))


if __name__ == "__main__":
    main()
