"""Mean absolute error of day-ahead temperatures at JFK, in °F: networks beside simpler models.

Two periods with daily origins: the last 28 days, and the 90 days before them, by which all settings
here were chosen. Each model is fitted on what comes before a period and keeps its parameters
through it. "One variable" is the temperature of JFK; "all" adds dew point, humidity, pressure and
wind speed, and learns from the three stations together. The network and the linear part of the
forecaster are also scored apart.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from printing import machine, table, use_threads

from forecast.cli.arguments import count

LOOKBACK = 168
HORIZON = 24
FEATURES = ["dewp", "humid", "pressure", "wind_speed"]
CALENDAR = ("hour", "day_of_year")
COLUMNS = ("model", "90 days before", "fit s", "last 28 days", "fit s")
MODELS = (
    "naive,seasonal,ridge,ridge-all,theta,ets,ets-week,arima,css,autoarima,ensemble,"
    "tutorial,quick,one,all"
)
Answers = dict[str, Any]  # forecasts (origins, horizon) by name, and when the model was fitted
Model = Callable[..., Answers]  # of X and y to learn from, (X, y) to forecast in, and origins


def main(argv: Sequence[str] | None = None) -> None:
    """Fit and score every model in both periods, print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    models = _models(args)
    print(f"{machine(args.threads)}; lookback {LOOKBACK}, horizon {HORIZON}")
    scores: dict[str, list[str]] = {}
    # Each period: its days, and how many days before the end of the data it ends.
    for days, after in ((args.days_before, args.days), (args.days, 0)):
        period = _period(days, after, args.rows)
        for name in args.models.split(","):
            for label, error, seconds in _scores(models[name], period):
                cells = scores.setdefault(label, [])
                cells += [f"{error:.3f}", f"{seconds:.1f}"]
    print(table(COLUMNS, [(label, *cells) for label, cells in scores.items()]))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", default=MODELS, help=f"default: {MODELS}")
    parser.add_argument("--days", type=count, default=28, help="of the last period (default: 28)")
    parser.add_argument(
        "--days-before", type=count, default=90, help="of the period before it (default: 90)"
    )
    parser.add_argument(
        "--rows", type=count, default=10**6, help="latest hours to learn from (default: all)"
    )
    parser.add_argument("--epochs", type=count, help="of the networks (default: 5, tutorial 10)")
    parser.add_argument(
        "--ensemble", type=count, default=3, help="networks that are averaged (default: 3)"
    )
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    args = parser.parse_args(argv)
    unknown = set(args.models.split(",")) - set(MODELS.split(","))
    if unknown:
        parser.error(f"there is no model {sorted(unknown)[0]!r}; there are: {MODELS}")
    return args


def _models(args: argparse.Namespace) -> dict[str, Model]:
    """Return what each model learns, under which label, and from which columns."""
    from forecast import (
        ARIMAForecaster,
        AutoARIMAForecaster,
        EnsembleForecaster,
        ETSForecaster,
        LSTMForecaster,
        NaiveForecaster,
        ThetaForecaster,
        WindowForecaster,
    )

    windows = {"lookback": LOOKBACK, "horizon": HORIZON}
    ours = windows | {"calendar": CALENDAR, "ensemble": args.ensemble, "random_state": args.seed}
    ours["epochs"] = args.epochs or 5
    orders = (2, 0, 1), (1, 1, 1, 24)
    return {
        "naive": _one("last value", NaiveForecaster()),
        "seasonal": _one("day before", NaiveForecaster(24)),
        "ridge": _one("ridge, one variable", WindowForecaster(**windows)),
        "ridge-all": _all("ridge, all", WindowForecaster(**windows, past_features=FEATURES)),
        "theta": _one("Theta", ThetaForecaster(24)),
        "ets": _one("ETS", ETSForecaster(24)),
        "ets-week": _one("ETS, season of a week", ETSForecaster(168)),
        "arima": _one("ARIMA(2,0,1)(1,1,1,24)", ARIMAForecaster(*orders)),
        "css": _one("  by its conditional likelihood", ARIMAForecaster(*orders, method="css")),
        "autoarima": _one("AutoARIMA", AutoARIMAForecaster(24)),
        "ensemble": _one("mean of AutoARIMA, ETS and Theta", EnsembleForecaster()),
        "tutorial": lambda _, *rest: _tutorial(*rest, args),
        "quick": _one("one variable, one network, quick", LSTMForecaster(**ours | {"ensemble": 1})),
        "one": _one("LSTMForecaster, one variable", LSTMForecaster(**ours)),
        "all": _all("LSTMForecaster, all", LSTMForecaster(**ours, past_features=FEATURES)),
    }


def _one(label: str, model: Any) -> Model:
    """Learn from the temperature of JFK alone."""

    def answer(_: Any, y: Any, later: Any, origins: Any) -> Answers:
        model.fit(None, y.loc["JFK"])
        fitted = time.perf_counter()
        return {"fitted": fitted} | _by_part(label, model, None, later[1], origins)

    return answer


def _all(label: str, model: Any) -> Model:
    """Learn from all variables of all stations."""

    def answer(X: Any, y: Any, later: Any, origins: Any) -> Answers:
        import pandas as pd

        model.fit(X, y)
        fitted = time.perf_counter()
        tables = [pd.concat({"JFK": part}) for part in later]
        moments = pd.MultiIndex.from_product([["JFK"], origins])
        return {"fitted": fitted} | _by_part(label, model, *tables, moments)

    return answer


def _by_part(label: str, model: Any, X: Any, y: Any, origins: Any) -> Answers:
    """Forecast with a model; where it has a network and a linear part, also with each alone."""
    answers = {label: model.hindcast(X, y, origins, HORIZON)}
    if hasattr(model, "linear_share_"):
        for part, share in (("network", 0.0), ("linear part", 1.0)):
            model.linear_share_ = share
            name = f"  its {part} alone ({label.split()[-1]})"
            answers[name] = model.hindcast(X, y, origins, HORIZON)
    return answers


def _tutorial(y: Any, later: Any, origins: Any, args: argparse.Namespace) -> Answers:
    """Fit Keras' layers as tutorials do: hour by hour, mean squared error."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(args.seed)
    values = y.loc["JFK"].to_numpy()
    mean = values.mean()
    deviation = values.std()
    scaled = ((values - mean) / deviation).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(scaled, LOOKBACK + HORIZON)
    network = keras.Sequential(
        [keras.layers.Input((LOOKBACK, 1)), keras.layers.LSTM(64), keras.layers.Dense(HORIZON)]
    )
    network.compile("adam", "mse")
    inputs = windows[:, :LOOKBACK, None].copy()  # (samples, timesteps, 1)
    targets = windows[:, LOOKBACK:].copy()  # (samples, horizon)
    network.fit(inputs, targets, batch_size=128, epochs=args.epochs or 10, verbose=0)
    fitted = time.perf_counter()

    # The windows that end at the origins, on the same scale.
    past = later[1].to_numpy()
    ends = later[1].index.get_indexer(origins)
    asked = np.stack([past[end - LOOKBACK + 1 : end + 1] for end in ends])
    answer = network.predict(((asked - mean) / deviation)[:, :, None], verbose=0)
    return {"fitted": fitted, "Keras, as in tutorials": answer * deviation + mean}


class Period(NamedTuple):
    """What to learn from and what to forecast: (X, y) of all stations, then those of JFK."""

    learned: tuple[Any, Any]
    later: tuple[Any, Any]  # some rows before the first origin, and all rows after it
    origins: Any


def _period(days: int, after: int, rows: int) -> Period:
    """Return the period of so many days that ends `after` days before the end of the data."""
    import pandas as pd

    from forecast import load_weather

    data = load_weather(None, fill=True)
    X = data[FEATURES]
    y = data["temp"]
    times = y.index.get_level_values(1)
    end = times.max() - pd.Timedelta(days=after)
    cutoff = end - pd.Timedelta(days=days)
    # At most so many hours to learn from, and two windows of history before the first origin.
    learned = (times <= cutoff) & (times > cutoff - pd.Timedelta(hours=rows))
    later = (times <= end) & (times > cutoff - pd.Timedelta(hours=2 * LOOKBACK))
    origins = pd.date_range(cutoff, periods=days, freq="D")
    return Period((X[learned], y[learned]), (X[later].loc["JFK"], y[later].loc["JFK"]), origins)


def _scores(model: Model, period: Period) -> list[tuple[str, float, float]]:
    """Fit before a period and forecast in it; return label, MAE and seconds to fit."""
    import numpy as np

    started = time.perf_counter()
    answers = model(*period.learned, period.later, period.origins)
    seconds = answers.pop("fitted") - started
    values = period.later[1].to_numpy()
    places = period.later[1].index.get_indexer(period.origins)
    actual = np.stack([values[place + 1 : place + 1 + HORIZON] for place in places])
    scores = []
    for label, answer in answers.items():
        scores.append((label, float(np.abs(actual - answer).mean()), seconds))
    return scores


if __name__ == "__main__":
    main()
