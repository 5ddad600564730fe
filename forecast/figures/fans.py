"""Fan charts: the central intervals of a forecast, the widest first and palest [1]_.

.. [1] Britton, Fisher & Whitley (1998), Bank of England Quarterly Bulletin 38(1), 30-37.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from forecast.evaluation.results import quantile_columns, quantile_name

# The strength of colours, from 0 for white to 1: of the widest interval, and of the narrowest.
WIDEST_STRENGTH = 0.2
NARROWEST_STRENGTH = 0.6


class CentralInterval(NamedTuple):
    """An interval between two quantiles with equal shares beyond both, by its columns."""

    coverage: float
    lower: str
    upper: str

    @property
    def percent(self) -> str:
        """The coverage as it is written in legends."""
        return f"{100 * self.coverage:g} %"


def central_intervals(table: pd.DataFrame) -> list[CentralInterval]:
    """Pair each quantile below the median with its counterpart above it, the widest first."""
    # Rounded, since 1 - 0.05 need not be the floating-point number that 0.95 is read as.
    columns = {}
    for level, name in quantile_columns(table).items():
        columns[round(level, 6)] = name
    intervals = []
    for level, lower in columns.items():
        upper = columns.get(round(1 - level, 6))
        if level < 0.5 and upper is not None:
            coverage = 1 - 2 * level
            intervals.append(CentralInterval(coverage, lower, upper))
    return intervals


def add_interval(forecast: pd.DataFrame, interval: pd.DataFrame, coverage: float) -> None:
    """Add the ends of an interval to a table of forecasts, as quantiles."""
    # Beyond either end of a central interval lies half of the rest.
    level = (1 - coverage) / 2
    forecast[quantile_name(level)] = interval["lower"].to_numpy()
    forecast[quantile_name(1 - level)] = interval["upper"].to_numpy()


def draw_fan(
    axis: Axes,
    moments: np.ndarray,
    table: pd.DataFrame,
    color: str,
    model: str | None = None,
) -> None:
    """Draw the central intervals of a table, with the name of a model in the legend if given."""
    intervals = central_intervals(table)
    # Darker inside: a narrow interval covers the middle of those drawn before.
    strengths = np.linspace(WIDEST_STRENGTH, NARROWEST_STRENGTH, len(intervals))
    for interval, strength in zip(intervals, strengths, strict=True):
        label = f"{interval.percent} interval"
        if model is not None:
            label = f"{model}, {interval.percent}"
        lower = table[interval.lower].to_numpy()
        upper = table[interval.upper].to_numpy()
        draw_interval(axis, moments, lower, upper, color, label, strength)


def draw_interval(
    axis: Axes,
    moments: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    color: str,
    label: str,
    strength: float = WIDEST_STRENGTH,
) -> None:
    """Draw one interval as an area, or as a bar where there is a single moment."""
    # Pale and opaque, not transparent: inside a wider interval it looks as in the legend.
    pale = 1 - strength * (1 - np.array(to_rgb(color)))
    style: dict[str, Any] = {"color": pale, "label": label, "zorder": 1}
    if len(moments) == 1:
        axis.vlines(moments, lower, upper, linewidth=6, **style)
    else:
        axis.fill_between(moments, lower, upper, linewidth=0, **style)
