"""Coverage of intervals on New York's temperatures: a forecaster's own, and conformal ones.

Day-ahead forecasts of the temperature alone, from an origin every `--step` hours at the end of
2013, through which nothing is learned anew. The training part ends in September: the errors of a
mild summer have to stand for a wild winter, which is what the adaptive method and the local scale
are for. Shares of actuals inside the interval in percent, in brackets the lowest and the highest of
the 24 steps; width in °F.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from printing import machine, table, use_threads

from forecast.cli.arguments import count

HORIZON = 24
SEASON = 24
QUANTILES = (0.05, 0.1, 0.9, 0.95)  # the ends of the intervals at 80 % and 90 %
COLUMNS = ("station", "forecaster", "intervals", "at 80 %", "width", "at 90 %", "width")


def main(argv: Sequence[str] | None = None) -> None:
    """Backtest every forecaster with each kind of interval, print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    rows = []
    for station in args.stations.split(","):
        rows += _rows(station, args)
    print(f"{machine(args.threads)}; {args.origins} origins, {args.step} hours apart")
    print(table(COLUMNS, rows))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stations", default="JFK,LGA,EWR", help="default: JFK,LGA,EWR")
    parser.add_argument("--origins", type=count, default=400, help="default: 400")
    parser.add_argument(
        "--step", type=count, default=6, help="hours from one origin to the next (default: 6)"
    )
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    return parser.parse_args(argv)


def _rows(station: str, args: argparse.Namespace) -> list[tuple[str, ...]]:
    """Return the rows of one station: one for each forecaster with each kind of interval."""
    from forecast import RollingOrigin, backtest, load_weather

    cv = RollingOrigin(HORIZON, args.origins, args.step)
    y = load_weather(station, fill=True)["temp"]
    forecasts = backtest(_models(), y, cv=cv, quantiles=QUANTILES).forecasts
    rows = []
    for name, part in forecasts.groupby("model", sort=False, observed=True):
        forecaster, kind = str(name).split("/")
        at_80 = _cells(part, "q0.1", "q0.9")
        at_90 = _cells(part, "q0.05", "q0.95")
        rows.append((station, forecaster, kind, *at_80, *at_90))
    return rows


def _models() -> dict[str, Any]:
    """Return each forecaster alone and in conformal ones, by "name/kind of interval"."""
    from forecast import AutoARIMAForecaster, ConformalForecaster, NaiveForecaster, WindowForecaster

    forecasters = {
        "ridge": WindowForecaster(lookback=168, horizon=HORIZON),
        "seasonal naive": NaiveForecaster(SEASON),
        "AutoARIMA": AutoARIMAForecaster(SEASON),
    }
    models: dict[str, Any] = {}
    for name, inner in forecasters.items():
        models[f"{name}/its own"] = inner
        models[f"{name}/split"] = ConformalForecaster(inner, HORIZON)
        models[f"{name}/adaptive"] = ConformalForecaster(inner, HORIZON, "adaptive")
        models[f"{name}/local scale"] = ConformalForecaster(inner, HORIZON, local=336)
        models[f"{name}/adaptive, local scale"] = ConformalForecaster(
            inner, HORIZON, "adaptive", local=336
        )
    return models


def _cells(part: Any, lower: str, upper: str) -> tuple[str, str]:
    """Return coverage in percent, with the least and the most of all steps, and the width."""
    above = part["actual"] >= part[lower]
    below = part["actual"] <= part[upper]
    inside = 100 * (above & below)
    by_step = inside.groupby(part["step"]).mean()
    width = (part[upper] - part[lower]).mean()
    return f"{inside.mean():.1f} [{by_step.min():.1f} {by_step.max():.1f}]", f"{width:.1f}"


if __name__ == "__main__":
    main()
