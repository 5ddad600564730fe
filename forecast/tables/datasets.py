"""The two shipped data sets: New York's weather and five stocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.validation import nearest

__all__ = ["load_stocks", "load_weather"]

_WEATHER = [
    "temp",
    "dewp",
    "humid",
    "wind_dir",
    "wind_speed",
    "wind_gust",
    "precip",
    "pressure",
    "visib",
]
_WEATHER_ERRORS = [
    ("EWR", "2013-02-12 08:00Z", ["wind_speed"]),  # 1048 mph
    ("JFK", "2013-05-09 02:00Z", ["temp", "dewp", "humid"]),  # 13 °F in May, 57 °F the hours around
]
_STOCKS = [
    "open",
    "high",
    "low",
    "close",
    "volume",
    "adjusted_close",
    "log_return",
    "log_range",
    "variance",
]


def load_weather(station: str | Sequence[str] | None = "JFK", fill: bool = False) -> pd.DataFrame:
    """Hourly weather at the three airports of New York, 2013.

    Columns and units: temp and dewp (°F), humid (%), wind_dir (°), wind_speed and wind_gust (mph),
    precip (inch), pressure (hPa), visib (mile). Missing hours are rows of NaN, and so are four
    values that were recorded wrongly. The card ``datasets/weather.md`` has the source, the licence
    (CC0) and all repairs.

    Parameters
    ----------
    station : {"EWR", "JFK", "LGA"}, list of these, or None, default="JFK"
        One station, or several in one table. None means all three.
    fill : bool, default=False
        Whether each NaN gets the last value before it in its column and station, never a later one.
        A gap at the beginning stays: in wind_gust alone, the first 15 hours of EWR and JFK. (Most
        gusts are missing because there was none: a gust carried forward says how strong the last
        one was.)

    Returns
    -------
    DataFrame
        8730 rows for each station, without holes: the index "timestamp" (UTC) for one station,
        (series, timestamp) for a list or None. All columns are float.

    Raises
    ------
    ValueError
        If a station is unknown or named twice.

    Examples
    --------
    >>> load_weather("JFK").loc["2013-07-04 18:00+00:00", ["temp", "humid", "pressure"]].to_dict()
    {'temp': 80.96, 'humid': 74.15, 'pressure': 1023.5}
    >>> load_weather(None)["temp"].groupby("series").mean().round(1).to_dict()
    {'EWR': 55.5, 'JFK': 54.5, 'LGA': 55.8}
    """
    raw = pd.read_csv(_file("weather.csv.gz"))
    raw.index = pd.to_datetime(raw["time_hour"], utc=True).rename("timestamp")
    stations = {str(name): rows[_WEATHER].astype(float) for name, rows in raw.groupby("origin")}
    for name, moment, columns in _WEATHER_ERRORS:
        stations[name].loc[pd.Timestamp(moment), columns] = np.nan
    hourly = {name: rows.resample("h").asfreq() for name, rows in stations.items()}
    return _select(
        {name: rows.ffill() if fill else rows for name, rows in hourly.items()}, station, "station"
    )


def load_stocks(ticker: str | Sequence[str] | None = "AAPL") -> pd.DataFrame:
    """Daily prices of five technology stocks on trading days, 2000 to 2013.

    Columns: open, high, low, close (USD, with jumps at splits), volume (shares), adjusted_close
    (USD, without jumps), log_return (of adjusted_close over the trading day before), log_range
    (logarithm of high over low, a proxy of volatility that, unlike returns, can be forecast) and
    variance (of a day, from its range, log_range² / (4 log 2) [1]_). Each stock's first trading day
    has no return and is left out. The card ``datasets/stocks.md`` has the source and the licence
    (public domain).

    Parameters
    ----------
    ticker : {"AAPL", "FB", "GOOG", "IBM", "MSFT"}, list of these, or None, default="AAPL"
        One stock, or several in one table. None means all five.

    Returns
    -------
    DataFrame
        One row for each trading day, without NaN: the index "timestamp" (no time zone) for one
        stock, (series, timestamp) for a list or None. All columns are float.

    Raises
    ------
    ValueError
        If a ticker is unknown or named twice.

    References
    ----------
    .. [1] Parkinson (1980), The extreme value method for estimating the variance of the rate of
       return, J. Business 53(1), 61-65.

    Examples
    --------
    >>> load_stocks("IBM").loc["2008-10-10", ["close", "log_return", "log_range"]].round(4).to_dict()
    {'close': 87.75, 'log_return': -0.0141, 'log_range': 0.0931}
    >>> load_stocks(["FB", "GOOG"]).groupby("series").size().to_dict()
    {'FB': 195, 'GOOG': 2147}
    """
    raw = pd.read_csv(_file("stocks.csv.gz"))
    raw.index = pd.to_datetime(raw["Date"]).rename("timestamp")
    raw = raw.rename(columns={"Adj Close": "adjusted_close"}).rename(columns=str.lower)
    raw["log_return"] = np.log(raw["adjusted_close"]).groupby(raw["ticker"]).diff()
    raw["log_range"] = np.log(raw["high"] / raw["low"])
    raw["variance"] = raw["log_range"] ** 2 / (4 * np.log(2))
    return _select(
        {str(name): rows[_STOCKS].astype(float).iloc[1:] for name, rows in raw.groupby("ticker")},
        ticker,
        "ticker",
    )


def _select(parts: dict[str, pd.DataFrame], wanted: Any, what: str) -> pd.DataFrame:
    """Return one series as it is, several one after the other under a MultiIndex (series, timestamp)."""
    if wanted is not None and not isinstance(wanted, (str, list, tuple)):
        raise TypeError(f"{what} must be a name, a list of names or None; got {wanted!r}.")
    names = [wanted] if isinstance(wanted, str) else list(parts) if wanted is None else list(wanted)
    for position, name in enumerate(names):
        if name not in parts:
            raise ValueError(f"there is no {what} {name!r}; {nearest(name, parts)}.")
        if name in names[:position]:
            raise ValueError(f"{what} names {name!r} twice. Name each once.")
    if not names:
        raise ValueError(f"{what} is an empty list; name at least one of {', '.join(parts)}.")
    if isinstance(wanted, str):
        return parts[wanted]
    return pd.concat({name: parts[name] for name in names}, names=["series", "timestamp"])


def _file(name: str) -> Path:
    """Find a shipped file: inside the installed package, else in a checkout."""
    here = Path(__file__).parents[1]
    for folder in (here / "_data", here.parent / "datasets"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"the data file {name} is missing from the installation. Reinstall seqcast."
    )


class DataSet(NamedTuple):
    """An entry of the catalogue; `loader(None)` returns all its series."""

    name: str
    description: str
    rows: int
    loader: Callable[..., pd.DataFrame]

    def card(self) -> str:
        """Return the whole card."""
        return _file(f"{self.name}.md").read_text(encoding="utf-8")


def catalogue() -> list[DataSet]:
    """List the shipped data sets; the heading of each card is the description."""
    loaders: dict[str, Callable[..., pd.DataFrame]] = {
        "weather": load_weather,
        "stocks": load_stocks,
    }
    entries = []
    for name, loader in loaders.items():
        heading = _file(f"{name}.md").read_text(encoding="utf-8").partition("\n")[0]
        entries.append(DataSet(name, heading.lstrip("# "), len(loader(None)), loader))
    return entries
