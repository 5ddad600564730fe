"""The moments of a run: as its files have them, and as its tables do."""

from __future__ import annotations

from typing import Any

import pandas as pd

from forecast.exceptions import InputError


def with_moments(forecast: pd.DataFrame, like: pd.Series) -> pd.DataFrame:
    """Return a forecast, in order, whose moments are of the kind of those of the backtest."""
    try:
        moments = _parsed(forecast["timestamp"], like)
    except ValueError as error:
        raise InputError(
            f"the moments of the forecast are not of the kind of those of the backtest: {error}."
        ) from None
    return forecast.assign(timestamp=moments).sort_values("timestamp", kind="stable")


def _parsed(texts: pd.Series, like: pd.Series) -> pd.Series:
    """Parse moments as what `like` holds: dates, with a zone or without, periods, or rows."""
    kind = like.dtype
    if isinstance(kind, pd.PeriodDtype):
        return pd.Series(pd.PeriodIndex(texts, freq=kind.freq))
    if isinstance(kind, pd.DatetimeTZDtype):
        return pd.to_datetime(texts, utc=True).dt.tz_convert(kind.tz)
    if pd.api.types.is_datetime64_dtype(kind):
        return pd.to_datetime(texts)
    return pd.to_numeric(texts)


def history_of(table: pd.DataFrame, by_series: bool) -> pd.Series:
    """Return the actual values of a forecasts table by moment, or by series and moment."""
    rows = table.drop_duplicates(["series", "timestamp"]).dropna(subset=["actual"])
    rows = rows.assign(series=rows["series"].astype(str)).sort_values(["series", "timestamp"])
    if by_series:
        return rows.set_index(["series", "timestamp"])["actual"]
    name = str(rows["series"].iloc[0]) if len(rows) else ""
    return rows.set_index("timestamp")["actual"].rename(name)


def moment(value: Any) -> str:
    """Write a moment without what it does not say: midnight, seconds of 0, and its zone."""
    if not isinstance(value, pd.Timestamp):
        return str(value)
    text = str(value.tz_localize(None))
    return (
        text.removesuffix(" 00:00:00") if text.endswith(" 00:00:00") else text.removesuffix(":00")
    )


def zone_of(moments: pd.Series) -> str | None:
    """Return the time zone of moments, "UTC" for those without, None for rows."""
    if isinstance(moments.dtype, pd.DatetimeTZDtype):
        return str(moments.dt.tz)
    is_dated = isinstance(moments.dtype, pd.PeriodDtype) or moments.dtype.kind == "M"
    return "UTC" if is_dated else None


def has_clock(moments: pd.Series) -> bool:
    """Whether moments are told apart by the time of day."""
    index = pd.Index(moments)
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    return isinstance(index, pd.DatetimeIndex) and not index.equals(index.normalize())
