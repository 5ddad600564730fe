"""Anomalies injected into New York's temperatures, found by detectors over several forecasters.

The detector learns and calibrates on the first 65 % of the year. Into the rest go ten events of
each kind, at random places and in random order: a spike of one hour and a shift of a day, of five
deviations of the hourly change; a sensor that is stuck for twelve hours; a drift of two days up to
ten deviations. An event is found if one of its hours raises an alarm. An alarm within 36 hours
after an event is no false one; false alarms are counted as runs, for each 1 000 of the other hours,
and in the year as it is, without injections. Beside it isolation forest, on windows of a day
relative to their mean, with the threshold that as many hours of the calibration part exceed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from printing import machine, table, use_threads

from forecast.cli.arguments import count

LENGTHS = {"spike": 1, "shift": 24, "stuck": 12, "drift": 48}  # hours
SIZE = 5  # of spike and shift, in deviations of the hourly change; the drift ends at twice as many
NEAR = 36  # hours after an event that belong to it
FEATURES = ["dewp", "humid", "pressure", "wind_speed"]
COLUMNS = ("detector", "features", *LENGTHS, "false / 1000 h", "without", "precision", "recall")


def main(argv: Sequence[str] | None = None) -> None:
    """Inject, detect and print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    rows = []
    for name in args.models.split(","):
        rows += [_row(name, features, args) for features in (True, False)]
    rows.append(_row("isolation forest", False, args))
    print(machine(args.threads))
    print(f"stations {args.stations}, seeds {args.seeds}, alpha {args.alpha:g}, temperature")
    print(table(COLUMNS, rows))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stations", default="JFK,LGA,EWR", help="default: JFK,LGA,EWR")
    parser.add_argument("--seeds", default="0,1,2", help="of the injections (default: 0,1,2)")
    parser.add_argument("--models", default="naive,ridge", help="default: naive,ridge")
    parser.add_argument("--alpha", type=float, default=0.003, help="default: 0.003")
    parser.add_argument("--each", type=count, default=10, help="events of a kind (default: 10)")
    parser.add_argument("--hours", type=count, default=8730, help="of the year (default: all)")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    return parser.parse_args(argv)


def injected(y: Any, start: int, each: int, seed: int) -> tuple[Any, Any]:
    """Return a copy of a series with events from the row `start` on, and the table of them."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)
    values = y.to_numpy(dtype=float).copy()
    size = SIZE * np.diff(values).std()
    kinds = rng.permutation(np.repeat(list(LENGTHS), each))
    places = np.linspace(start + 100, len(y) - 150, len(kinds)).astype(int)
    events = []
    for kind, place in zip(kinds, places, strict=True):
        first = int(place + rng.integers(-6, 7))
        last = first + LENGTHS[kind] - 1
        span = slice(first, last + 1)
        sign = rng.choice([-1, 1])
        if kind == "stuck":
            values[span] = values[first]
        elif kind == "drift":
            values[span] += sign * np.linspace(0, 2 * size, LENGTHS[kind])
        else:
            values[span] += sign * size
        events.append((y.index[first], y.index[last], kind))
    truth = pd.DataFrame(events, columns=["start", "end", "kind"])
    return pd.Series(values, y.index, name=y.name), truth


def _row(name: str, features: bool, args: argparse.Namespace) -> tuple[str, ...]:
    """Return the row of one detector, over all stations and seeds."""
    import numpy as np

    from forecast import load_weather

    found: dict[str, list[bool]] = {kind: [] for kind in LENGTHS}
    false, without, shares = [], [], []
    for station in args.stations.split(","):
        weather = load_weather(station, fill=True).iloc[: args.hours]
        y = weather["temp"].astype(float)
        X = weather[FEATURES] if features else None
        start = int(0.65 * len(y))
        alarms = _detector(name, X, y, start, args.alpha)
        without.append(_false_rate(alarms(y), _near(None, y.index[start:])))
        for seed in map(int, args.seeds.split(",")):
            values, truth = injected(y, start, args.each, seed)
            is_alarm = alarms(values)
            near = _near(truth, y.index[start:])
            false.append(_false_rate(is_alarm, near))
            shares.append(_shares(is_alarm, truth, y.index[start:]))
            for event in truth.itertuples():
                rows = y.index[start:].slice_indexer(event.start, event.end)
                found[str(event.kind)].append(bool(is_alarm[rows].any()))
    means = [f"{np.mean(found[kind]):.2f}" for kind in LENGTHS]
    rates = [f"{np.mean(false):.1f}", f"{np.mean(without):.1f}"]
    precision, recall = np.mean(shares, axis=0)
    used = "4" if features else "none"
    return name, used, *means, *rates, f"{precision:.2f}", f"{recall:.2f}"


def _detector(name: str, X: Any, y: Any, start: int, alpha: float) -> Callable[[Any], Any]:
    """Return a function from values to the rows from `start` on with an alarm."""
    if name == "isolation forest":
        return _isolation_forest(y, start, alpha)
    from forecast import AnomalyDetector

    detector = AnomalyDetector(_forecaster(name, X), alpha)
    known = None if X is None else X[:start]
    detector.fit(known, y[:start])

    def alarms(values: Any) -> Any:
        """Judge the rows from `start` on."""
        later = None if X is None else X[start:]
        return detector.predict(later, values[start:]) < 0

    return alarms


def _forecaster(name: str, X: Any) -> Any:
    """Return a forecaster that reads the features up to its origin, if it can."""
    from forecast import LSTMForecaster, NaiveForecaster, WindowForecaster

    past = [] if X is None else FEATURES
    if name == "naive":
        return NaiveForecaster()
    if name == "seasonal":
        return NaiveForecaster(24)
    if name == "lstm":
        calendar = ["hour", "day_of_year"]
        return LSTMForecaster(168, 24, past_features=past, calendar=calendar, random_state=0)
    return WindowForecaster(lookback=24, horizon=1, past_features=past)


def _isolation_forest(y: Any, start: int, alpha: float) -> Callable[[Any], Any]:
    """Learn windows of the first half, take the threshold from the second half before `start`."""
    import numpy as np
    from sklearn.ensemble import IsolationForest

    def windows(values: Any) -> Any:
        """Return the day that ends with each row, relative to its mean."""
        days = np.lib.stride_tricks.sliding_window_view(values.to_numpy(dtype=float), 24)
        return days - days.mean(axis=1, keepdims=True)

    forest = IsolationForest(random_state=0).fit(windows(y[: start // 2]))
    calibration = np.sort(forest.score_samples(windows(y[start // 2 : start])))
    threshold = calibration[int(alpha * len(calibration))]

    def alarms(values: Any) -> Any:
        """Judge the rows from `start` on."""
        return forest.score_samples(windows(values[start - 23 :])) < threshold

    return alarms


def _near(truth: Any, moments: Any) -> Any:
    """Return which rows belong to an event, or come soon after one."""
    import numpy as np

    near = np.zeros(len(moments), dtype=bool)
    if truth is not None:
        for event in truth.itertuples():
            rows = moments.slice_indexer(event.start, event.end)
            near[rows.start : rows.stop + NEAR] = True
    return near


def _false_rate(is_alarm: Any, near: Any) -> float:
    """Return the runs of false alarms for each 1 000 hours."""
    import numpy as np

    false = is_alarm & ~near
    runs = np.sum(false & ~np.concatenate([[False], false[:-1]]))
    return float(1000 * runs / (~near).sum())


def _shares(is_alarm: Any, truth: Any, moments: Any) -> tuple[float, float]:
    """Return the share of alarms in events or soon after one, and of event hours with an alarm."""
    from forecast import event_scores

    marked = moments[is_alarm]
    alarms = truth.iloc[:0].reindex(range(len(marked))).assign(start=marked, end=marked)
    scores = event_scores(alarms, truth, moments, tolerance=NEAR)
    return scores["point_precision"], scores["point_recall"]


if __name__ == "__main__":
    main()
