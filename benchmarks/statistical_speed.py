"""Automatic ARIMA and exponential smoothing, here and elsewhere: seconds, MASE, AICc.

On JFK's hourly temperature (learned once, forecast from daily origins) and, where their files are
given, on series of M4 Hourly. Every library learns in a process of its own, with its defaults;
importing is not counted. statsforecast and pmdarima run in the interpreter that `--other` names,
which needs nothing of this package; who is not installed there is left out.

AICc has one referee: it is that of statsmodels' exact likelihood of the orders and coefficients
found, with the best variance; of y, also where its logarithm is modelled. The table holds the mean
difference to the first model over the series that both difference alike (so many: "alike"); others
have no common scale. Exponential smoothing has none here.
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

from printing import machine, need_files, table, use_threads

from forecast.cli.arguments import count

HERE = str(Path(__file__).parent)
CASE = (
    f"import sys; sys.path.insert(0, {HERE!r}); "
    "from statistical_speed import case; case(*sys.argv[1:])"
)
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
    """The process that a library found."""

    order: tuple[int, int, int]  # p, d, q
    seasonal_order: tuple[int, int, int, int]  # P, D, Q, m
    mean: float  # of the differenced series
    coefficients: list[float]  # AR, MA, seasonal AR, seasonal MA, with statsmodels' signs
    log: bool = False  # of the logarithm

    @property
    def differences(self) -> tuple[int, int]:
        """How often rows and seasons are differenced."""
        return self.order[1], self.seasonal_order[1]

    @property
    def name(self) -> str:
        """The usual notation without the season's length."""
        order = ",".join(map(str, self.order))
        seasonal_order = ",".join(map(str, self.seasonal_order[:3]))
        suffix = " of log" if self.log else ""
        return f"({order})({seasonal_order}){suffix}"


class Result(NamedTuple):
    """What a model needed for a series, and how good it was."""

    fit: float  # seconds
    forecasts: float  # seconds
    mase: float
    process: Process | None
    aicc: float


# A function that answers (origins, horizon) with forecasts, and the process that was found.
Fitted = tuple[Callable[[Task], Any], Process | None]


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
    """Say whether an interpreter has the library of a model."""
    command = [python, "-c", f"import {name.split(',')[0]}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _weather(args: argparse.Namespace) -> Task:
    """Return the temperatures of JFK: so many hours to learn from, and days to forecast."""
    from forecast import load_weather

    hours = args.rows + 24 * args.days
    values = load_weather("JFK", fill=True)["temp"].tolist()[-hours:]
    origins = [args.rows - 1 + 24 * day for day in range(args.days)]
    return Task(values, args.rows, origins, 24)


def _m4(train: Path, test: Path, series: int) -> list[Task]:
    """Return so many series of M4, each with one origin: its last row to learn from."""
    tasks = []
    for past, future in zip(_rows(train), _rows(test), strict=True):
        tasks.append(Task(past + future, len(past), [len(past) - 1], len(future)))
    return _spread(tasks, series)


def _rows(path: Path) -> list[list[float]]:
    """Return the values of each series in a file of M4, which has one in each row."""
    import pandas as pd

    frame = pd.read_csv(path, index_col=0)
    return [row.dropna().tolist() for _, row in frame.iterrows()]


def _spread(items: list[Any], number: int) -> list[Any]:
    """Take so many items at equal distances."""
    return items[:: max(1, len(items) // number)][:number]


def _measure(title: str, tasks: list[Task], theirs: list[str], args: argparse.Namespace) -> None:
    """Print a table of all models on a few series, and one of our own on all series."""
    few = _spread(tasks, args.few)
    ours = {name: _results(sys.executable, name, tasks, args.limit) for name in OURS}
    on_few = {name: _spread(results, args.few) for name, results in ours.items()}
    for name in theirs:
        on_few[name] = _results(args.other, name, few, args.limit)
    _print_table(title, on_few, args.limit)
    if len(tasks) > len(few):
        _print_table(title, ours, args.limit)


def _print_table(title: str, results: dict[str, list[Result | None]], limit: int) -> None:
    """Print the results of some models on the same series."""
    first = next(iter(results.values()))
    print(f"\n{title}: {len(first)} series; at most {limit} s for each")
    print(table(COLUMNS, [_row(name, each, first) for name, each in results.items()]))


def _row(name: str, results: list[Result | None], first: list[Result | None]) -> tuple[str, ...]:
    """Describe one model beside the first one."""
    done = [each for each in results if each]
    cells = [name, f"{len(done)} of {len(results)}"]
    if not done:
        return (*cells, *["-"] * (len(COLUMNS) - 2))
    cells.append(f"{_mean([each.fit for each in done]):.2f}")
    cells.append(f"{_mean([each.forecasts for each in done]):.4f}")
    cells.append(f"{_mean([each.mase for each in done]):.4f}")
    above = _above(results, first)
    cells.append(f"{_mean(above):.1f}" if above else "-")
    cells.append(str(len(above)))
    # Orders differ from series to series: they are told where there is one series only.
    process = done[0].process
    cells.append(process.name if process and len(results) == 1 else "")
    return tuple(cells)


def _above(results: list[Result | None], first: list[Result | None]) -> list[float]:
    """Return by how much AICc lies above that of the first model, where both compare."""
    found = []
    for own, other in zip(results, first, strict=True):
        if not (own and other and own.process and other.process):
            continue
        if own.process.differences == other.process.differences:
            found.append(own.aicc - other.aicc)
    return found


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _results(python: str, name: str, tasks: list[Task], limit: int) -> list[Result | None]:
    """Let one model answer in a process of its own; None stands for a series that took too long."""
    command = [python, "-W", "ignore", "-c", CASE, name, str(limit)]
    results: list[Result | None] = []
    while len(results) < len(tasks):
        left = tasks[len(results) :]
        asked = json.dumps([task._asdict() for task in left])
        done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=False)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        results += [_judged(task, *answer) for task, answer in zip(left, answers, strict=False)]
        # The alarm ended the process: a new one goes on with the series after this one.
        if done.returncode == -signal.SIGALRM:
            results.append(None)
        else:
            done.check_returncode()
    return results


def case(name: str, limit: str) -> None:
    """Answer the tasks on standard input, with one line of JSON for each.

    The alarm ends the process where a series takes too long.
    """
    fit = {"statsforecast": _statsforecast, "pmdarima": _pmdarima}.get(name.split(",")[0], _ours)
    # A short series first: it imports, and warms up.
    pattern = [float((3 * k) % 7 + k % 4) for k in range(40)]
    fit(name, Task(pattern, 40, [39], 4, 4))
    for fields in json.load(sys.stdin):
        task = Task(**fields)
        signal.alarm(int(limit))
        started = time.perf_counter()
        forecast, process = fit(name, task)
        fitted = time.perf_counter()
        forecasts = forecast(task)
        answered = time.perf_counter()
        signal.alarm(0)
        numbers = [[float(value) for value in row] for row in forecasts]
        answer = fitted - started, answered - fitted, numbers, process
        print(json.dumps(answer), flush=True)


def _ours(name: str, task: Task) -> Fitted:
    """Fit a forecaster of this package."""
    import forecast

    model = getattr(forecast, name)(task.season).fit(task.values[: task.rows])
    process = _our_process(model) if hasattr(model, "orders_") else None

    def answer(asked: Task) -> Any:
        return model.hindcast(None, asked.values, asked.origins, asked.horizon)

    return answer, process


def _our_process(model: Any) -> Process:
    """Return the process of an ARIMA forecaster, with its line as a mean of the differences."""
    orders = model.orders_[0][0]
    terms = model.summary().set_index("term")["value"]
    slope = terms.get("t", 0.0) / 1000  # "t" counts thousands of rows
    mean = terms.get("c", 0.0) + _difference(orders, slope)
    coefficients = terms[orders.terms].tolist()
    log = bool(model.floor_[0, 0] > 0)
    return Process(orders.order, orders.seasonal_order, mean, coefficients, log)


def _statsforecast(name: str, task: Task) -> Fitted:
    """Fit AutoARIMA of statsforecast."""
    import numpy as np
    from statsforecast.models import AutoARIMA

    values = np.array(task.values)
    model = AutoARIMA(season_length=task.season, approximation="approximation" in name)
    model.fit(values[: task.rows])

    # Its names of the coefficients: ar1, ar2, ..., ma1, ..., sar1, ..., sma1, ...
    p, q, P, Q, m, d, D = map(int, model.model_["arma"])
    found = {key: float(value) for key, value in model.model_["coef"].items()}
    coefficients = []
    for kind, number in {"ar": p, "ma": q, "sar": P, "sma": Q}.items():
        coefficients += [found[f"{kind}{lag}"] for lag in range(1, number + 1)]
    process = Process((p, d, q), (P, D, Q, m), 0.0, coefficients)
    drift = _difference(process, found.get("drift", 0.0))
    process = process._replace(mean=found.get("intercept", 0.0) + drift)

    def answer(asked: Task) -> Any:
        known = [values[: origin + 1] for origin in asked.origins]
        return [model.forward(rows, asked.horizon)["mean"] for rows in known]

    return answer, process


def _pmdarima(_: str, task: Task) -> Fitted:
    """Fit auto_arima of pmdarima."""
    import numpy as np
    from pmdarima import auto_arima

    values = np.array(task.values)
    model = auto_arima(values[: task.rows], m=task.season)
    result = model.arima_res_
    found = dict(zip(result.param_names, map(float, result.params), strict=True))

    # Its intercept is the mean times both AR polynomials at 1.
    ar = sum(value for key, value in found.items() if key.startswith("ar.L"))
    seasonal_ar = sum(value for key, value in found.items() if key.startswith("ar.S"))
    mean = found.get("intercept", 0.0) / ((1 - ar) * (1 - seasonal_ar))
    coefficients = [value for key, value in found.items() if key not in ("intercept", "sigma2")]
    process = Process(model.order, model.seasonal_order, mean, coefficients)

    def answer(asked: Task) -> Any:
        known = [values[: origin + 1] for origin in asked.origins]
        return [result.apply(rows).forecast(asked.horizon) for rows in known]

    return answer, process


def _difference(process: Any, slope: float) -> float:
    """Return what one difference leaves of a line: once a row, or once a season."""
    return slope if process.order[1] else slope * process.seasonal_order[3]


def _judged(
    task: Task, fit: float, forecasts: float, answer: list[list[float]], found: Any
) -> Result:
    """Return the result of what a process has printed for a task."""
    from forecast import mase

    actual = [task.values[origin + 1 : origin + 1 + task.horizon] for origin in task.origins]
    error = mase(actual, answer, task.values[: task.rows], season_length=task.season)
    if not found:
        return Result(fit, forecasts, error, None, float("nan"))
    process = Process(*found)
    return Result(fit, forecasts, error, process, _aicc(task, process))


def _aicc(task: Task, process: Process) -> float:
    """Let the referee judge: AICc of the exact likelihood of the differenced series."""
    import numpy as np
    from statsmodels.tsa.statespace.sarimax import SARIMAX
    from statsmodels.tsa.statespace.tools import diff

    p, d, q = process.order
    P, D, Q, m = process.seasonal_order
    y = np.array(task.values[: task.rows])
    modelled = np.log(y) if process.log else y
    w = np.asarray(diff(modelled, d, D, max(m, 1))) - process.mean
    season = m if P + Q else 0
    model = SARIMAX(w, order=(p, 0, q), seasonal_order=(P, 0, Q, season), concentrate_scale=True)
    likelihood = model.loglike(process.coefficients)
    n = len(w)
    # The density of y is that of log y, divided by y.
    if process.log:
        likelihood -= np.log(y[-n:]).sum()
    # Estimated are the coefficients, the mean where there is one, and the variance.
    k = len(process.coefficients) + (process.mean != 0) + 1
    return float(-2 * likelihood + 2 * k + 2 * k * (k + 1) / (n - k - 1))


if __name__ == "__main__":
    main()
