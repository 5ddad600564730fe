"""The order of day, month and year, where the cells leave it open and the rows tell it."""

from __future__ import annotations

import numpy as np
import pandas as pd

_FILLED = 0.6  # share of the steps from the first row to the last that have a row: weekdays have 5/7
_DAYS_OF_YEAR = 360  # a longer step is one of years


def regular_orders(readings: dict[str, pd.DatetimeIndex]) -> list[str]:
    """Return the orders in which the moments of one series are regular.

    Parameters
    ----------
    readings : dict of DatetimeIndex
        By order, without NaT.
    """
    return [order for order, moments in readings.items() if _is_regular(moments)]


def _is_regular(moments: pd.DatetimeIndex) -> bool:
    """Whether most steps of the usual length have a row."""
    days = (moments.unique().sort_values() - moments.min()) / pd.Timedelta(days=1)
    gaps = np.diff(days)
    if not gaps.size:
        return False
    step = float(np.median(gaps))
    n_steps = days[-1] / step
    # Years that begin on another day than the first or the last of a year are no years.
    dates = moments.tz_localize(None)
    ends = dates.is_year_start | dates.is_year_end
    is_year = step < _DAYS_OF_YEAR or bool(ends.all())
    return is_year and len(gaps) >= _FILLED * n_steps
