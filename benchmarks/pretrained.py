"""What a network that has seen simulated series alone is worth, beside models that are fitted.

Day-ahead temperatures of three airports, prices of five stocks a week ahead, and simulated series
of a seed that no weights were learned from. MAE is relative to the last value; columns in percent
say how many actual values lie in the intervals. Then: how long it takes to forecast many series.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from typing import Any

from printing import machine, table, use_threads

from forecast.cli.arguments import count

QUANTILES = (0.05, 0.1, 0.9, 0.95)
COLUMNS = ("set", "model", "MAE / naive", "MASE", "at 80 %", "at 90 %", "s")
MANY = 48  # steps, of many series
SEED = 2**20  # of simulated series


def main(argv: Sequence[str] | None = None) -> None:
    """Backtest each set, then forecast many series; print both tables."""
    args = _arguments(argv)
    use_threads(args.threads)
    chosen = {"naive", *args.models.split(",")}
    rows = []
    for name, y, season, origins in _sets(args):
        rows += _rows(name, y, season, origins, chosen)
    print(machine(args.threads))
    print(table(COLUMNS, rows))
    seconds = _many(args.many)
    print(f"{args.many} series of 500 rows, {MANY} steps of each: {seconds:.1f} s")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    models = "seasonal,theta,ets,autoarima,pretrained,mean"
    parser.add_argument("--models", default=models, help=f"default: {models}")
    parser.add_argument("--origins", type=count, default=90, help="of real series (default: 90)")
    parser.add_argument("--simulated", type=count, default=200, help="series (default: 200)")
    parser.add_argument("--many", type=count, default=10_000, help="default: 10000")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    return parser.parse_args(argv)


def _sets(args: argparse.Namespace) -> Iterator[tuple[str, Any, int, Any]]:
    """Yield name, series, season and origins of each set."""
    import numpy as np
    import pandas as pd

    from forecast import RollingOrigin, load_stocks, load_weather, simulate_series

    hours = RollingOrigin(24, args.origins, 24)
    yield "temperatures", load_weather(None, fill=True)["temp"], 24, hours
    days = RollingOrigin(5, args.origins, 5)
    yield "stocks", load_stocks(None)["adjusted_close"], 1, days
    for season, n_rows, horizon in ((1, 60, 6), (12, 120, 18), (24, 500, 48)):
        drawn = simulate_series(
            args.simulated, n_rows + horizon, season if season > 1 else (), SEED
        )
        whole = drawn[~np.isnan(drawn).any(axis=1) & (np.ptp(drawn[:, :n_rows], axis=1) > 0)]
        index = pd.MultiIndex.from_product([range(len(whole)), range(n_rows + horizon)])
        y = pd.Series(whole.ravel(), index)
        yield f"simulated, season {season}", y, season, RollingOrigin(horizon, 1)


def _rows(
    name: str, y: Any, season: int, origins: Any, chosen: set[str]
) -> Iterator[tuple[str, ...]]:
    """Yield a row for each model, by a backtest in which nothing is learned anew."""
    from forecast import backtest

    models = {model: forecaster for model, forecaster in _models(season).items() if model in chosen}
    result = backtest(models, y, cv=origins, quantiles=QUANTILES, season_length=season)
    scores = result.scores()
    seconds = result.settings["seconds"]
    for model in models:
        part = result.forecasts[result.forecasts["model"] == model]
        ratio = scores.loc[model, "mae"] / scores.loc["naive", "mae"]
        cells = (
            f"{ratio:.3f}",
            f"{scores.loc[model, 'mase']:.3f}",
            _inside(part, "q0.1", "q0.9"),
            _inside(part, "q0.05", "q0.95"),
            f"{seconds[model]:.1f}",
        )
        yield name, model, *cells


def _models(season: int) -> dict[str, Any]:
    """Return the models, by their names."""
    from forecast import (
        AutoARIMAForecaster,
        EnsembleForecaster,
        ETSForecaster,
        NaiveForecaster,
        PretrainedForecaster,
        ThetaForecaster,
    )

    pretrained = PretrainedForecaster([season, 7 * season] if season == 24 else season)
    return {
        "naive": NaiveForecaster(),
        "seasonal": NaiveForecaster(season),
        "theta": ThetaForecaster(season),
        "ets": ETSForecaster(season),
        "autoarima": AutoARIMAForecaster(season),
        "pretrained": pretrained,
        "mean": EnsembleForecaster([AutoARIMAForecaster(season), pretrained]),
    }


def _inside(forecasts: Any, lower: str, upper: str) -> str:
    """Return how many percent of the actual values lie between two quantiles."""
    inside = forecasts["actual"].between(forecasts[lower], forecasts[upper])
    return f"{100 * inside.mean():.1f}"


def _many(n_series: int) -> float:
    """Return the seconds in which many series are read, forecast, and given their quantiles."""
    import numpy as np
    import pandas as pd

    from forecast import PretrainedForecaster, simulate_series

    drawn = simulate_series(n_series, 500, (24, 168), random_state=SEED)
    index = pd.MultiIndex.from_product([range(n_series), range(500)])
    y = pd.Series(
        np.where(np.isnan(drawn), np.nanmean(drawn, axis=1)[:, None], drawn).ravel(), index
    )
    started = time.perf_counter()
    PretrainedForecaster([24, 168]).fit(y).predict_quantiles(MANY, QUANTILES)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
