"""The order of day, month and year, where the cells leave it open and the rows tell it."""

from __future__ import annotations

import numpy as np
import pandas as pd

# The share of the steps from the first row to the last that have a row: weekdays have 5/7; most
# months are as long as the usual one, or shorter.
_FILLED = (0.6, 1.1)
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
    filled = len(gaps) / (days[-1] / step)
    # Years that begin on another day than the first or the last of a year are no years.
    is_start = (moments.month == 1) & (moments.day == 1)
    is_end = (moments.month == 12) & (moments.day == 31)
    may_be = step < _DAYS_OF_YEAR or bool((is_start | is_end).all())
    return may_be and _FILLED[0] <= filled <= _FILLED[1]
