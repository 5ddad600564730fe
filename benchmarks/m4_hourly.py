"""The 414 hourly series of the M4 competition: one network for all, ARIMA for each, scored by OWA
beside naive ones.

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

from printing import count, machine, need_files, table, use_threads

SEASON = 24
COLUMNS = ("model", "sMAPE", "MASE", "OWA", "fit s")


def main(argv: Sequence[str] | None = None) -> None:
    """Forecast all series, print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    train, actual = _read(args.train, args.series), _read(args.test, args.series)
    reference: tuple[float, float] | None = None
    rows = []
    for name, forecasts, seconds in _forecasts(train, args):
        smape, mase = _scores(train, actual, forecasts)
        reference = reference or (smape, mase)
        owa = (smape / reference[0] + mase / reference[1]) / 2
        rows.append(
            (name, f"{smape:.3f}", f"{mase:.4f}", f"{owa:.4f}", f"{seconds:.0f}" if seconds else "")
        )
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


def _read(path: Path, series: int | None) -> dict[str, Any]:
    """Return the values of each series by name."""
    import pandas as pd

    frame = pd.read_csv(path, index_col=0, nrows=series)
    return {str(name): row.dropna().to_numpy(dtype=float) for name, row in frame.iterrows()}


def _forecasts(
    train: dict[str, Any], args: argparse.Namespace
) -> Iterator[tuple[str, dict[str, Any], float]]:
    """Yield each model's name, its forecasts by series, and the seconds of its fit; Naive2 first."""
    import pandas as pd

    from forecast import (
        AutoARIMAForecaster,
        ETSForecaster,
        LSTMForecaster,
        Naive2Forecaster,
        NaiveForecaster,
        ThetaForecaster,
    )

    def by_series(found: Any) -> dict[str, Any]:
        return {key: part.to_numpy() for key, part in found["forecast"].groupby(level=0)}

    end = pd.Timestamp("2020-01-01")
    y = pd.concat(
        {
            name: pd.Series(v, pd.date_range(end=end, periods=len(v), freq="h"))
            for name, v in train.items()
        }
    )
    y.index.names = ["series", "timestamp"]

    def fitted(model: Any) -> tuple[dict[str, Any], float]:
        started = time.perf_counter()
        model.fit(y)
        seconds = time.perf_counter() - started
        return by_series(model.forecast(args.horizon)), seconds

    for name, simple in (
        ("Naive2", Naive2Forecaster(SEASON)),
        ("seasonal naive", NaiveForecaster(SEASON)),
    ):
        yield name, fitted(simple)[0], 0.0
    model = LSTMForecaster(
        args.lookback,
        args.horizon,
        units=args.units,
        epochs=args.epochs,
        batch_size=256,
        learning_rate=0.003,
        ensemble=args.ensemble,
        random_state=args.seed,
    )
    started = time.perf_counter()
    model.fit(y)
    seconds, share = time.perf_counter() - started, model.linear_share_
    for name, model.linear_share_ in (
        (f"LSTMForecaster, linear share {share:.2f}", share),
        ("  its linear part alone", 1.0),
        ("  its network alone", 0.0),
    ):
        network = by_series(model.forecast(args.horizon))
        yield name, network, seconds
    for name, other in (
        ("ThetaForecaster", ThetaForecaster(SEASON)),
        ("ETSForecaster", ETSForecaster(SEASON, n_jobs=args.threads)),
        ("AutoARIMAForecaster", AutoARIMAForecaster(SEASON, n_jobs=args.threads)),
    ):
        forecasts, own = fitted(other)
        yield name, forecasts, own
    both = {name: (network[name] + values) / 2 for name, values in forecasts.items()}
    yield "mean of it and the network", both, seconds + own


def _scores(
    train: dict[str, Any], actual: dict[str, Any], forecasts: dict[str, Any]
) -> tuple[float, float]:
    """Return the means over the series of sMAPE (%) and MASE."""
    from forecast import mase, smape

    smapes = [smape(actual[name], values) for name, values in forecasts.items()]
    mases = [
        mase(actual[name], values, train[name], season_length=SEASON)
        for name, values in forecasts.items()
    ]
    return sum(smapes) / len(smapes), sum(mases) / len(mases)


if __name__ == "__main__":
    main()
