"""Lines of a backtest: which origins one panel shows, and where its lines have gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.evaluation.results import quantile_columns
from forecast.figures.axes import axis_positions

# So many timesteps are in one panel unless the user says how many origins; and so many origins at
# least, however long the horizon is.
MAX_TIMESTEPS = 120
MIN_ORIGINS = 2


def last_origins(series: pd.DataFrame, n_origins: int | None) -> pd.DataFrame:
    """Return the rows of the last origins of one series whose forecasts do not overlap."""
    # Numbers in order of time stand for the origins.
    origins, _ = pd.factorize(series["origin"], sort=True)
    moments = _positions(series)
    groups = pd.Series(moments).groupby(origins)
    reach = groups.agg(["min", "max"])
    # From the last origin backwards, take each whose forecasts end before those taken begin.
    earliest = _earliest_moment(moments)
    taken: list[int] = []
    taken_from = np.inf
    for origin, first, last in reach[::-1].itertuples():
        too_few = len(taken) < (n_origins or MIN_ORIGINS)
        recent = n_origins is None and first >= earliest
        overlapping = last >= taken_from
        if overlapping or not (too_few or recent):
            continue
        taken.append(origin)
        taken_from = first
    return series[np.isin(origins, taken)]


def actual_line(series: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return axis positions and actual values of one series, NaN where no forecast reaches."""
    # All models have the same actual at a moment.
    series = series.drop_duplicates("timestamp")
    series = series.sort_values("timestamp")
    moments = _positions(series)
    actual = series["actual"].to_numpy(dtype=np.float64)
    # A gap is longer than the longest timestep between two steps of the same origin.
    timesteps = np.diff(moments)
    same_origin = np.diff(_origin_numbers(series)) == 0
    longest = np.inf
    if same_origin.any():
        longest = timesteps[same_origin].max()
    # Positions of dates are rounded to parts of a day: allow a thousandth.
    gaps = np.flatnonzero(timesteps > 1.001 * longest) + 1
    # NaN interrupts a line.
    moments = np.insert(moments, gaps, moments[gaps])
    actual = np.insert(actual, gaps, np.nan)
    return moments, actual


def forecast_lines(part: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts and quantiles of one model by axis position, NaN between origins."""
    # An origin's steps in a row, one origin after the other.
    part = part.sort_values(["origin", "step"])
    moments = _positions(part)
    columns = ["forecast", *quantile_columns(part).values()]
    values = part[columns].to_numpy(dtype=np.float64)  # (rows, columns)
    # Forecasts one step ahead follow each other as one line; others are lines of their origin.
    if part["step"].nunique() > 1:
        gaps = np.flatnonzero(np.diff(_origin_numbers(part))) + 1
        moments = np.insert(moments, gaps, moments[gaps])
        values = np.insert(values, gaps, np.nan, axis=0)
    return pd.DataFrame(values, index=moments, columns=columns)


def _positions(table: pd.DataFrame) -> np.ndarray:
    """Return where the moments of a forecasts table lie on an axis."""
    moments = pd.Index(table["timestamp"])
    return axis_positions(moments)


def _origin_numbers(table: pd.DataFrame) -> np.ndarray:
    """Return the numbers of the origins of a forecasts table, in the order of its rows."""
    numbers, _ = pd.factorize(table["origin"])
    return numbers


def _earliest_moment(moments: np.ndarray) -> float:
    """Return how far back a panel goes by default, in axis positions."""
    timesteps = np.diff(np.unique(moments))
    # A single moment has no timestep to measure.
    if timesteps.size == 0:
        return -np.inf
    length = MAX_TIMESTEPS * np.median(timesteps)
    return float(moments.max() - length)
