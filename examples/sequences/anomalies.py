"""Faults of a thermometer in New York: spikes, shifts, a stuck sensor and slow drifts, found.

The weather is real, the faults are put in: ten of each kind into the last third of a year. The
detector forecasts each hour from those before, with a simple naive forecast, and knows humidity and
pressure of the hour itself: a temperature that rises while they do not is odd, however slowly it
rises. Beside it stand the same detector without these features, and isolation forest on windows of
a day, with as many alarms in the weather before. An event is found if one of its hours raises an
alarm; what comes within 36 hours after an event is not taken for a false alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from showing import arguments, show
from sklearn.ensemble import IsolationForest

from forecast import (
    AnomalyDetector,
    AnomalyDisplay,
    NaiveForecaster,
    event_scores,
    load_weather,
)

LENGTHS = {"spike": 1, "shift": 24, "stuck": 12, "drift": 48}  # hours
SIZE = 5  # of spike and shift, in deviations of the hourly change; a drift ends at twice as many
AFTER = 36  # hours
FEATURES = ["dewp", "humid", "pressure", "wind_speed"]
DAY = 24


def main(argv: Sequence[str] | None = None) -> None:
    """Put faults into the weather, find them, print the scores and draw a part."""
    args = arguments(__doc__, argv)
    hours, each, alpha = (1000, 1, 0.02) if args.quick else (8730, 10, 0.003)
    weather = load_weather("JFK", fill=True).iloc[:hours]
    X, temperature = weather[FEATURES], weather["temp"].astype(float)
    start = int(0.65 * hours)
    y, faults = with_faults(temperature, start, each, np.random.default_rng(1000 + args.seed))
    print("faults, of which the first are")
    print(faults.head(4).to_string(index=False), "\n")

    # All learn from the rows before the first fault.
    detector = AnomalyDetector(NaiveForecaster(), alpha).fit(X[:start], y[:start])
    alone = AnomalyDetector(NaiveForecaster(), alpha).fit(y[:start])
    found = {
        "detector": detector.events(X[start:], y[start:]),
        "detector, temperature alone": alone.events(y[start:]),
        "isolation forest, temperature alone": isolation_forest(y, start, alpha),
    }
    print("events that the detector finds, of which the first are")
    print(found["detector"].head(4).to_string(index=False), "\n")

    moments = y.index[start:]
    rows = {who: scores(events, faults, moments) for who, events in found.items()}
    table = pd.DataFrame.from_dict(rows, orient="index")
    print(table[[*LENGTHS, "precision", "row recall", "row precision"]].round(2).to_string(), "\n")
    show("events found", table["recall"].to_dict(), 2)
    show("false events in 1000 h", table["false"].to_dict(), 1)
    judged = detector.judge(X[start:], y[start:])
    draw(judged, found["detector"], faults, args.out / "anomalies.png")


def with_faults(
    y: pd.Series, start: int, each: int, rng: np.random.Generator
) -> tuple[pd.Series, pd.DataFrame]:
    """Return a copy of a series with faults of each kind after a row, and the table of them."""
    values = y.to_numpy(copy=True)
    size = SIZE * np.diff(values).std()
    kinds = rng.permutation(np.repeat(list(LENGTHS), each))
    places = np.linspace(start + 100, len(y) - 150, len(kinds)).astype(int)
    places += rng.integers(-6, 7, len(kinds))
    faults = []
    for kind, first in zip(kinds, places, strict=True):
        last = first + LENGTHS[kind] - 1
        values[first : last + 1] = _faulty(kind, values[first : last + 1], size, rng)
        faults.append((y.index[first], y.index[last], kind))
    return pd.Series(values, y.index), pd.DataFrame(faults, columns=["start", "end", "kind"])


def _faulty(kind: str, values: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Return what the thermometer shows instead of some values."""
    if kind == "stuck":
        return np.full(len(values), values[0])
    rise = np.linspace(0, 2, len(values)) if kind == "drift" else 1.0
    return values + rng.choice([-1, 1]) * size * rise


def scores(events: pd.DataFrame, faults: pd.DataFrame, moments: pd.Index) -> dict[str, float]:
    """Return the share of faults found of each kind and of all, and of alarms that are right."""
    of_kind = {
        kind: event_scores(events, faults[faults["kind"] == kind], moments)["recall"]
        for kind in LENGTHS
    }
    of_all = event_scores(events, faults, moments, AFTER)
    return of_kind | {
        "recall": of_all["recall"],
        "precision": of_all["precision"],
        "row recall": of_all["point_recall"],
        "row precision": of_all["point_precision"],
        "false": 1000 * of_all["false_events"] / of_all["rows"],
    }


def isolation_forest(y: pd.Series, start: int, alpha: float) -> pd.DataFrame:
    """Return the runs of hours after a row whose last day isolation forest finds odd.

    The forest learns from the first half of the rows before; the second half gives the threshold.
    """
    days = np.lib.stride_tricks.sliding_window_view(y.to_numpy(), DAY)
    days = days - days.mean(axis=1, keepdims=True)  # row i is the day that ends at i + 23
    forest = IsolationForest(random_state=0).fit(days[: start // 2])
    scores = forest.score_samples(days)
    later = start - DAY + 1
    threshold = np.quantile(scores[start // 2 : later], alpha)
    return runs(y.index[start:], scores[later:] < threshold)


def runs(moments: pd.Index, is_alarm: np.ndarray) -> pd.DataFrame:
    """Return the first and the last moment of each run of alarms.

    >>> runs(pd.RangeIndex(5), np.array([True, False, True, True, False])).to_numpy().tolist()
    [[0, 0], [2, 3]]
    """
    changes = np.diff(is_alarm.astype(int), prepend=0, append=0)
    first, after = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    return pd.DataFrame({"start": moments[first], "end": moments[after - 1]})


def draw(judged: pd.DataFrame, events: pd.DataFrame, faults: pd.DataFrame, path: Path) -> None:
    """Draw the days around the first fault of each kind, and what has been found there."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 11), layout="constrained")
    firsts = faults.groupby("kind").first()
    for axis, kind in zip(figure.subplots(len(LENGTHS)), LENGTHS, strict=True):
        fault = firsts.loc[kind]
        rows = judged[fault["start"] - pd.Timedelta(days=1) : fault["end"] + pd.Timedelta(days=2)]
        is_near = (events["end"] >= rows.index[0]) & (events["start"] <= rows.index[-1])
        AnomalyDisplay(rows, events[is_near], target="temp", unit="°F").plot(axis)
        axis.set_title(f"{kind} from {fault['start']:%d %B %H:%M} to {fault['end']:%d %B %H:%M}")
    figure.savefig(path, dpi=100)


if __name__ == "__main__":
    main()
