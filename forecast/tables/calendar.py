"""Calendar features: what is known of a moment ahead of time, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecast.validation import check, integer

__all__ = ["fourier_terms"]


def fourier_terms(index: pd.Index, period: Any, order: int = 1) -> pd.DataFrame:
    """Sine and cosine waves of a season, as columns of X that are known ahead.

    A second season for a forecaster that takes features, such as the week or the year of hourly
    values beside their day: ARIMA then has harmonic regression with ARIMA errors [1]_. The columns
    at moment t are ``sin(2 pi k t / period)`` and ``cos(2 pi k t / period)`` for k = 1 … order; t
    is counted from 1970-01-01 UTC, or from 0, so that rows to come continue the waves.

    Parameters
    ----------
    index : DatetimeIndex, PeriodIndex, integer Index, or MultiIndex (series, timestamp)
        The moments.
    period : str or Timedelta for timestamps, number for integers
        The length of the season, such as ``"7D"`` or ``"365.25D"``.
    order : int, default=1
        How many harmonics: the finest wave has a length of period / order.

    Returns
    -------
    DataFrame of shape (n_rows, 2 · order)
        Columns such as ``sin 7D 1``, ``cos 7D 1``.

    Raises
    ------
    ValueError
        If the period is not positive, or of another kind than the index.

    References
    ----------
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section
       12.1.

    Examples
    --------
    >>> hours = pd.date_range("2024-01-04", periods=3, freq="42h")
    >>> fourier_terms(hours, "7D").round(3) + 0.0
                         sin 7D 1  cos 7D 1
    2024-01-04 00:00:00       0.0       1.0
    2024-01-05 18:00:00       1.0       0.0
    2024-01-07 12:00:00       0.0      -1.0
    """
    check(integer(1), order, "order")
    if not isinstance(index, pd.Index):
        raise TypeError(
            f"index must be an Index of moments, such as y.index; got {type(index).__name__}."
        )
    times = index.get_level_values(-1)
    if isinstance(times, pd.PeriodIndex):
        times = times.to_timestamp()
    dated = isinstance(times, pd.DatetimeIndex)
    if not dated and not pd.api.types.is_integer_dtype(times.dtype):
        raise TypeError(f"index must hold timestamps, periods or integers; got {times.dtype}.")
    length = _length(period, dated)
    if not 0 < length < np.inf:
        kind = "a positive length of time such as '7D'" if dated else "a positive number of rows"
        raise ValueError(f"period must be {kind} for this index; got {period!r}.")
    if isinstance(times, pd.DatetimeIndex):
        utc = times.tz_localize("UTC") if times.tz is None else times
        times = (utc - pd.Timestamp(0, tz="UTC")) / pd.Timedelta("1s")
    angle = 2 * np.pi * np.asarray(times, dtype=float) / length
    waves = {"sin": np.sin, "cos": np.cos}
    columns = {
        f"{w} {period} {k}": wave(k * angle)
        for k in range(1, order + 1)
        for w, wave in waves.items()
    }
    return pd.DataFrame(columns, index=index)


def _length(period: Any, dated: bool) -> float:
    """Return a period in seconds, or in rows where moments are integers; NaN where it is of the other kind."""
    try:
        rows = float(period)
    except (TypeError, ValueError):
        rows = np.nan
    if not dated:
        return rows
    if not np.isnan(rows):
        return np.nan
    try:
        return pd.Timedelta(period) / pd.Timedelta("1s")
    except (TypeError, ValueError):
        return np.nan


def calendar_features(times: pd.Index, parts: Sequence[str]) -> np.ndarray:
    """Return sine and cosine of each part of the calendar, (n_rows, 2 * parts)."""
    if isinstance(times, pd.PeriodIndex):
        times = times.to_timestamp()
    if not isinstance(times, pd.DatetimeIndex):
        raise ValueError(
            f"calendar={list(parts)} needs timestamps, but the moments are numbers like {times[0]}."
        )
    hours = times.hour + times.minute / 60
    place = {
        "hour": hours / 24,
        "day_of_week": (times.day_of_week + hours / 24) / 7,
        "day_of_year": (times.day_of_year - 1 + hours / 24) / 365.25,
    }
    angles = 2 * np.pi * np.stack([place[part] for part in parts], axis=1)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)
