"""What the page draws: figures that need no program, and the data of those that one moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecast.evaluation.results import Backtest
from forecast.figures.backtests import BacktestDisplay
from forecast.figures.calibration import CalibrationDisplay
from forecast.figures.fans import CentralInterval
from forecast.figures.forecasts import ForecastDisplay
from forecast.figures.inline import inline_svg
from forecast.figures.styles import model_styles
from forecast.report.packing import from_forecast, from_forecasts, numbers_of, packed, scale

# So many numbers of forecasts are in a page at most: about two bytes each.
MOST_NUMBERS = 6_000_000
HISTORY_RATIO = 7  # moments before the forecast for each of its own, as in the figure
# On, off, on, off … pixels of the lines of models: they differ where colours are not seen.
DASHES: tuple[tuple[int, ...], ...] = ((), (8, 4), (2, 3), (9, 3, 2, 3), (14, 4), (4, 2), (5, 6))
DARK = 0x16, 0x1B, 0x22  # the page at night, as in page.css
LEAST_CONTRAST = 4.0  # of a line to the dark page


def figures(result: Backtest, shown: str) -> dict[str, str]:
    """Return the figures of a backtest as SVG, by their names."""
    target = result.settings.get("target")
    kinds = {
        "forecasts": "Actual values and forecasts from the last origins",
        "step": "Mean absolute error of each model at each step ahead",
        "origin": "Mean absolute error of each model from each origin",
    }
    drawn = {}
    for kind, label in kinds.items():
        display = BacktestDisplay(result.forecasts, target=target)
        interval = shown if kind == "forecasts" else None

        def draw(display: Any = display, kind: str = kind, interval: str | None = interval) -> Any:
            return display.plot(kind=kind, interval=interval)

        drawn[kind] = inline_svg(draw, kind, label)
    # Two quantiles alone say no more than the sentence above the figure.
    has_actuals = result.forecasts["actual"].notna().any()
    if len(result.quantiles) > 2 and has_actuals:
        label = "Shares of actual values inside intervals and below quantiles"
        drawn["calibration"] = inline_svg(
            lambda: CalibrationDisplay.from_backtest(result), "calibration", label
        )
    return drawn


def forecast_figure(
    forecast: pd.DataFrame, history: pd.Series, coverage: float | None, target: str | None
) -> str:
    """Return the figure of the forecast past the end, and of what was observed before."""
    keys = ["timestamp"] if history.index.nlevels == 1 else ["series", "timestamp"]
    table = forecast.set_index(keys)
    return inline_svg(
        lambda: ForecastDisplay.from_forecast(table, history, coverage=coverage, target=target),
        "forecast",
        "The forecast with its interval, after what was observed",
    )


def models(result: Backtest) -> list[dict[str, Any]]:
    """Return how the lines of the models look, by day and by night."""
    names = list(pd.unique(result.forecasts["model"]))
    styles = model_styles(names)
    looks = []
    for position, name in enumerate(names):
        color = str(styles[name]["color"])
        dash = list(DASHES[position % len(DASHES)])
        looks.append({"name": str(name), "light": color, "dark": _on_dark(color), "dash": dash})
    return looks


def backtest_data(
    result: Backtest,
    interval: CentralInterval | None,
    looks: list[dict[str, Any]],
    shown: str,
    checked: list[str],
) -> dict[str, Any]:
    """Return all series and forecasts of a backtest for the chart that shows one after the other.

    `shown` is the model whose interval is drawn, `checked` are those whose lines are, at first. Of
    more than `MOST_NUMBERS` numbers the last origins are taken, and `left_out` says so.
    """
    columns = ["forecast"]
    if interval is not None:
        columns += [interval.lower, interval.upper]
    table, left_out = _last_origins(result.forecasts, MOST_NUMBERS // len(columns))
    names = [look["name"] for look in looks]
    parts = table.groupby("series", sort=False, observed=True)
    return {
        "models": looks,
        "shown": shown,
        "checked": checked,
        "interval": None if interval is None else interval.percent,
        "left_out": left_out,
        "series": [packed(from_forecasts(part, names, columns)) for _, part in parts],
    }


def _last_origins(table: pd.DataFrame, most_rows: int) -> tuple[pd.DataFrame, str]:
    """Return the rows of the last origins, and in words how many there are of how many."""
    if len(table) <= most_rows:
        return table, ""
    origins = np.sort(table["origin"].unique())
    kept = max(1, most_rows * len(origins) // len(table))
    table = table[table["origin"] >= origins[-kept]]
    return table, f"The chart holds the last {kept} of {len(origins)} origins."


def forecast_data(
    forecast: pd.DataFrame, history: pd.Series, look: dict[str, Any], coverage: float | None
) -> dict[str, Any]:
    """Return the forecast past the end and what was observed before, for each series."""
    has_interval = {"lower", "upper"} <= set(forecast.columns)
    columns = ["forecast", "lower", "upper"] if has_interval else ["forecast"]
    if "series" in forecast:
        parts = dict(list(forecast.groupby("series", sort=False)))
        histories = dict(list(history.groupby(level="series")))
    else:
        parts, histories = {str(history.name): forecast}, {str(history.name): history}
    series = []
    for name, part in parts.items():
        # A series may be new: nothing of it was backtested.
        observed = histories.get(name, history.iloc[:0]).iloc[-HISTORY_RATIO * len(part) :]
        series.append(packed(from_forecast(str(name), part, observed, columns)))
    percent = "interval" if coverage is None else f"{100 * coverage:g} %"
    return {
        "models": [look],
        "shown": look["name"],
        "checked": [look["name"]],
        "interval": percent if has_interval else None,
        "left_out": "",
        "series": series,
    }


def error_data(errors: pd.DataFrame) -> dict[str, Any]:
    """Return mean absolute errors (steps or origins, models) for a chart of lines."""
    values = [_rounded(errors[name].to_numpy()) for name in errors.columns]
    _, unit = scale(errors.to_numpy(dtype=np.float64))
    return {"x": numbers_of(errors.index.to_series()).tolist(), "values": values, "unit": unit}


def _rounded(values: np.ndarray) -> list[float | None]:
    """Return numbers to five digits, as many as anybody sees, and None for what is none."""
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]


def _on_dark(color: str) -> str:
    """Return a colour mixed with as much white as it takes to be seen on the dark page."""
    rgb = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    for white in np.arange(0, 1, 0.05):
        mixed = [round(part + white * (255 - part)) for part in rgb]
        if (_luminance(mixed) + 0.05) / (_luminance(DARK) + 0.05) >= LEAST_CONTRAST:
            break
    return "#" + "".join(f"{part:02X}" for part in mixed)


def _luminance(rgb: Sequence[int]) -> float:
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    parts = np.array(rgb) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
