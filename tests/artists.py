"""Tables to draw, and what a figure shows, read from its artists."""

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection

INDEXES = {
    "dates": pd.date_range("2024-03-01", periods=60, freq="h"),
    "zone": pd.date_range("2024-10-26", periods=60, freq="h", tz="Europe/Berlin"),
    "periods": pd.period_range("2001-01", periods=60, freq="M"),
    "integers": pd.RangeIndex(10, 70),
}
DATES = INDEXES["dates"]


def forecast_of(index=DATES, level=10.0, interval=True):
    """Return the forecast of the last 6 rows, 0.5 above the actual values, and all of these."""
    y = pd.Series(level + np.sin(np.arange(len(index))), index=index)
    forecast = pd.DataFrame({"forecast": y.iloc[-6:] + 0.5})
    if interval:
        forecast["lower"] = forecast["forecast"] - 1
        forecast["upper"] = forecast["forecast"] + 2
    return forecast, y


def forecasts_of(n_series, index=DATES):
    """Return the same for several series."""
    forecasts = {}
    actuals = {}
    for i in range(n_series):
        forecasts[f"s{i}"], actuals[f"s{i}"] = forecast_of(index, level=i)
    return pd.concat(forecasts), pd.concat(actuals)


def table_of(
    models=("a", "b"),
    series=("s",),
    origins=5,
    horizon=4,
    step=None,
    quantiles=(),
    index=DATES,
):
    """Return a forecasts table in which the error of model k at step h is (k + 1) · h.

    The first origin is the ninth moment; others follow after `step` moments each.
    """
    step = horizon if step is None else step
    rows = []
    for k, model in enumerate(models):
        for name in series:
            for origin in range(8, 8 + origins * step, step):
                for h in range(1, horizon + 1):
                    actual = np.cos(origin + h)
                    forecast = actual - (k + 1) * h
                    row = {
                        "model": model,
                        "series": name,
                        "origin": index[origin],
                        "step": h,
                        "timestamp": index[origin + h],
                        "actual": actual,
                        "forecast": forecast,
                    }
                    for q in quantiles:
                        row[f"q{q}"] = forecast + 4 * (q - 0.5)
                    rows.append(row)
    return pd.DataFrame(rows)


def spread_of(quantiles=(0.05, 0.25, 0.5, 0.75, 0.95), **settings):
    """Return a forecasts table whose actuals lie anywhere within the quantiles and beyond them."""
    table = table_of(quantiles=quantiles, **settings)
    table["actual"] = table["forecast"] + np.random.default_rng(2).normal(size=len(table))
    return table


def lines(axis):
    """Return label -> line."""
    return {line.get_label(): line for line in axis.get_lines()}


def areas(axis):
    """Return label -> area, such as an interval."""
    return {area.get_label(): area for area in axis.collections if isinstance(area, PolyCollection)}


def legend(axis):
    """Return the labels in the legend."""
    return [text.get_text() for text in axis.get_legend().get_texts()]


def title(axis):
    """Return the title of a panel."""
    return axis.get_title(loc="left")
