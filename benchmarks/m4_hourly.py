"""The 414 hourly series of the M4 competition: networks for all of them, and models for each.

The score is OWA beside Naive2.

OWA is the mean of sMAPE and MASE, each relative to that of Naive2 (Makridakis, Spiliotis &
Assimakopoulos, 2020, International Journal of Forecasting 36(1)). The series have no dates; they
get made-up hours that end together, so that the season of the frequency decides on patches and
anchor as it does elsewhere.

The files: Hourly-train.csv and Hourly-test.csv of the competition (may be gzipped).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from printing import machine, need_files, table, use_threads

from forecast.cli.arguments import count

SEASON = 24
COLUMNS = ("model", "sMAPE", "MASE", "OWA", "fit s")
Values = dict[str, Any]  # one array for each series, by its name


def main(argv: Sequence[str] | None = None) -> None:
    """Forecast all series, print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    train = _read(args.train, args.series)
    actual = _read(args.test, args.series)
    rows = []
    reference: tuple[float, float] | None = None
    for name, forecasts, seconds in _forecasts(train, args):
        smape, mase = _scores(train, actual, forecasts)
        # Naive2 comes first.
        if reference is None:
            reference = smape, mase
        owa = (smape / reference[0] + mase / reference[1]) / 2
        fit = f"{seconds:.0f}" if seconds else ""
        rows.append((name, f"{smape:.3f}", f"{mase:.4f}", f"{owa:.4f}", fit))
    print(f"{machine(args.threads)}; {len(train)} series, horizon {args.horizon}")
    print(table(COLUMNS, rows))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--series", type=count, help="so many of the series (default: all)")
    parser.add_argument("--horizon", type=count, default=48, help="default: 48")
    parser.add_argument("--lookback", type=count, default=336, help="default: 336")
    parser.add_argument("--units", type=count, default=128, help="default: 128")
    parser.add_argument("--epochs", type=count, default=6, help="default: 6")
    parser.add_argument("--ensemble", type=count, default=1, help="default: 1")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    args = parser.parse_args(argv)
    need_files(parser, (args.train, args.test))
    return args


def _read(path: Path, series: int | None) -> Values:
    """Return the values of each series by name."""
    import pandas as pd

    frame = pd.read_csv(path, index_col=0, nrows=series)
    return {str(name): row.dropna().to_numpy(dtype=float) for name, row in frame.iterrows()}


def _forecasts(train: Values, args: argparse.Namespace) -> Iterator[tuple[str, Values, float]]:
    """Yield the name of each model, its forecasts, and the seconds of its fit; Naive2 first."""
    from forecast import (
        AutoARIMAForecaster,
        ETSForecaster,
        Naive2Forecaster,
        NaiveForecaster,
        PretrainedForecaster,
        ThetaForecaster,
    )

    y = _dated(train)
    naive = {"Naive2": Naive2Forecaster(SEASON), "seasonal naive": NaiveForecaster(SEASON)}
    for name, model in naive.items():
        _fit(model, y)
        yield name, _by_series(model, args.horizon), 0.0

    pretrained = PretrainedForecaster()
    pretrained_seconds = _fit(pretrained, y)
    of_pretrained = _by_series(pretrained, args.horizon)
    yield "PretrainedForecaster", of_pretrained, pretrained_seconds

    # The network, whose linear part counts by the share that it found, alone, and not at all.
    network = _network(args)
    network_seconds = _fit(network, y)
    found = network.linear_share_
    shares = {
        f"LSTMForecaster, linear share {found:.2f}": found,
        "  its linear part alone": 1.0,
        "  its network alone": 0.0,
    }
    for name, share in shares.items():
        network.linear_share_ = share
        of_network = _by_series(network, args.horizon)
        yield name, of_network, network_seconds

    local = {
        "ThetaForecaster": ThetaForecaster(SEASON),
        "ETSForecaster": ETSForecaster(SEASON, n_jobs=args.threads),
        "AutoARIMAForecaster": AutoARIMAForecaster(SEASON, n_jobs=args.threads),
    }
    for name, model in local.items():
        seconds = _fit(model, y)
        forecasts = _by_series(model, args.horizon)
        yield name, forecasts, seconds

    # What came last: AutoARIMA, and the network without its linear part.
    both = _mean(forecasts, of_network)
    yield "mean of it and the network", both, network_seconds + seconds
    both = _mean(forecasts, of_pretrained)
    yield "mean of it and PretrainedForecaster", both, pretrained_seconds + seconds


def _mean(one: Values, other: Values) -> Values:
    """Return the mean of two forecasts of each series."""
    return {name: (values + other[name]) / 2 for name, values in one.items()}


def _dated(train: Values) -> Any:
    """Return all series in one, with made-up hours that end together."""
    import pandas as pd

    end = pd.Timestamp("2020-01-01")
    dated = {}
    for name, values in train.items():
        hours = pd.date_range(end=end, periods=len(values), freq="h")
        dated[name] = pd.Series(values, hours)
    return pd.concat(dated, names=["series", "timestamp"])


def _network(args: argparse.Namespace) -> Any:
    """Return the recurrent forecaster."""
    from forecast import LSTMForecaster

    return LSTMForecaster(
        args.lookback,
        args.horizon,
        units=args.units,
        epochs=args.epochs,
        batch_size=256,
        learning_rate=0.003,
        ensemble=args.ensemble,
        random_state=args.seed,
    )


def _fit(model: Any, y: Any) -> float:
    """Fit a model; return the seconds."""
    started = time.perf_counter()
    model.fit(y)
    return time.perf_counter() - started


def _by_series(model: Any, horizon: int) -> Values:
    """Return the forecasts of a model by the name of the series."""
    forecasts = model.forecast(horizon)["forecast"]
    return {key: part.to_numpy() for key, part in forecasts.groupby(level=0)}


def _scores(train: Values, actual: Values, forecasts: Values) -> tuple[float, float]:
    """Return the means over the series of sMAPE (%) and MASE."""
    from forecast import mase, smape

    smapes = []
    mases = []
    for name, values in forecasts.items():
        smapes.append(smape(actual[name], values))
        mases.append(mase(actual[name], values, train[name], season_length=SEASON))
    return sum(smapes) / len(smapes), sum(mases) / len(mases)


if __name__ == "__main__":
    main()
