"""What is drawn before a forecast: the values up to it, and the one that its lines begin at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from forecast.figures.axes import axis_positions

# Rows of history for each row of the forecast, unless the user says how many.
HISTORY_RATIO = 7


def kept_by(forecaster: Any) -> pd.Series | None:
    """Return the values that a forecaster of one target has kept, as far back as it can."""
    kept = [getattr(forecaster, name, None) for name in ("memory_", "recent_")]
    panels_kept = [panel for panel in kept if panel is not None]
    if not panels_kept or panels_kept[0].y.shape[1] > 1:
        return None
    longest = max(panels_kept, key=len)
    index = longest.index(np.arange(len(longest)))
    return pd.Series(longest.y[:, 0], index=index)


def values_before(
    history: pd.Series, forecast: pd.DataFrame, length: int | None = None
) -> pd.Series:
    """Return the last `length` observed values before the forecast, by default seven times it."""
    # The longer the forecast, the more history it takes to judge it.
    if length is None:
        length = HISTORY_RATIO * len(forecast)
    past = history[history.index < forecast.index[0]].sort_index()
    # Not iloc[-length:], which is everything where the length is 0.
    start = max(len(past) - length, 0)
    return past.iloc[start:]


def joint(past: pd.Series, forecast: pd.DataFrame) -> pd.Series | None:
    """Return the last value of the history, if it is known and the forecast follows at once."""
    if past.empty or np.isnan(past.iloc[-1]):
        return None
    before = axis_positions(past.index)
    ahead = axis_positions(forecast.index)
    # Months and weekends differ: at once is what is no farther than other rows are apart.
    timesteps = np.concatenate([np.diff(before), np.diff(ahead)])
    longest = timesteps.max(initial=0) or np.inf
    # Positions of dates are rounded to parts of a day: allow a thousandth.
    return past.iloc[-1:] if ahead[0] - before[-1] <= 1.001 * longest else None
