"""Calendar features: what is known of a moment ahead of time, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, InputTypeError
from forecast.validation import check, integer

__all__ = ["fourier_terms"]

_DAY = 86400.0  # seconds


def fourier_terms(index: pd.Index, period: Any, order: int = 1) -> pd.DataFrame:
    """Sine and cosine waves of a season, as columns of X that are known ahead.

    A second season for a forecaster that takes features, such as the week or the year of hourly
    values beside their day: ARIMA then has harmonic regression with ARIMA errors [1]_. The columns
    at moment t are ``sin(2 pi k t / period)`` and ``cos(2 pi k t / period)`` for k = 1 … order; t
    is counted from 1970-01-01 UTC, or from 0, so that rows to come continue the waves. Waves of
    whole days or equal parts of a day follow the clock of the time zone: where it is set forward,
    so is t. Any other, such as a tide, has its length in elapsed time.

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
        raise InputTypeError(
            f"index must be an Index of moments, such as y.index; got {type(index).__name__}."
        )
    # Of many series (series, timestamp), the moments are the last level.
    moments = _timestamps(index.get_level_values(-1))
    is_dated = isinstance(moments, pd.DatetimeIndex)
    if not is_dated and not pd.api.types.is_integer_dtype(moments.dtype):
        raise InputTypeError(
            f"index must hold timestamps, periods or integers; got {moments.dtype}."
        )

    # t and the period in the same unit: seconds for timestamps, rows for integers.
    length = _seconds(period) if is_dated else _rows(period)
    if not 0 < length < np.inf:
        kind = "a positive length of time such as '7D'" if is_dated else "a positive number of rows"
        raise InputError(f"period must be {kind} for this index; got {period!r}.")
    if is_dated:
        t = _seconds_since_1970(moments, by_clock=_are_parts(length, _DAY))
    else:
        t = np.asarray(moments, dtype=float)

    # The harmonics k = 1 … order of the wave with this period.
    angle = 2 * np.pi * t / length
    waves = {}
    for k in range(1, order + 1):
        waves[f"sin {period} {k}"] = np.sin(k * angle)
        waves[f"cos {period} {k}"] = np.cos(k * angle)
    return pd.DataFrame(waves, index=index)


def calendar_features(times: pd.Index, parts: Sequence[str]) -> np.ndarray:
    """Return sine and cosine of the place of each moment in the day, the week, the year.

    Parameters
    ----------
    times : DatetimeIndex or PeriodIndex of length n_rows
    parts : sequence of {"hour", "day_of_week", "day_of_year"}

    Returns
    -------
    array of shape (n_rows, 2 * len(parts)), float32
        The sines of all parts, then their cosines.
    """
    times = _timestamps(times)
    if not isinstance(times, pd.DatetimeIndex):
        raise InputError(
            f"calendar={list(parts)} needs timestamps, but the moments are numbers like {times[0]}."
        )
    # Each part is a share of its cycle, from 0 to below 1, by the clock of the time zone.
    day = (times.hour + times.minute / 60) / 24
    shares = {
        "hour": day,
        "day_of_week": (times.day_of_week + day) / 7,
        "day_of_year": (times.day_of_year - 1 + day) / 365.25,
    }

    # As points on a circle, the last hour of a day lies beside the first hour of the next.
    wanted = [shares[part] for part in parts]
    angles = 2 * np.pi * np.stack(wanted, axis=1)  # (n_rows, parts)
    waves = [np.sin(angles), np.cos(angles)]
    return np.concatenate(waves, axis=1).astype(np.float32)


def _timestamps(moments: pd.Index) -> pd.Index:
    """Return the beginnings of periods, other moments as they are."""
    return moments.to_timestamp() if isinstance(moments, pd.PeriodIndex) else moments


def _seconds_since_1970(moments: pd.Index, by_clock: bool) -> np.ndarray:
    """Count the seconds since 1970 began in UTC; a time without a zone is taken for UTC.

    By the clock, the changes of the clock since then are counted too.
    """
    assert isinstance(moments, pd.DatetimeIndex)
    begin = pd.Timestamp(0, tz="UTC").tz_convert(moments.tz)
    if moments.tz is not None and by_clock:
        moments = moments.tz_localize(None)
        begin = begin.tz_localize(None)
    elapsed = moments - begin
    return np.asarray(elapsed / pd.Timedelta("1s"), dtype=float)


def _are_parts(one: float, other: float) -> bool:
    """Whether one length is a multiple of the other."""
    return one % other == 0 or other % one == 0


def _rows(period: Any) -> float:
    """Return a period as a number of rows, NaN where it is none."""
    try:
        return float(period)
    except (TypeError, ValueError):
        return np.nan


def _seconds(period: Any) -> float:
    """Return a period in seconds, NaN where it is no length of time; "7" or 7 has no unit."""
    if not np.isnan(_rows(period)):
        return np.nan
    try:
        return pd.Timedelta(period) / pd.Timedelta("1s")
    except (TypeError, ValueError):
        return np.nan
