"""The two shipped data sets: New York's weather and five stocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, InputTypeError
from forecast.validation import nearest

__all__ = ["load_stocks", "load_weather"]

# The columns of the tables; what each holds stands in the docstrings.
_WEATHER = (
    "temp",
    "dewp",
    "humid",
    "wind_dir",
    "wind_speed",
    "wind_gust",
    "precip",
    "pressure",
    "visib",
)
_STOCKS = (
    "open",
    "high",
    "low",
    "close",
    "volume",
    "adjusted_close",
    "log_return",
    "log_range",
    "variance",
)

# What was recorded wrongly: the station, the hour, the columns.
_WEATHER_ERRORS = (
    ("EWR", "2013-02-12 08:00Z", ["wind_speed"]),  # 1048 mph
    ("JFK", "2013-05-09 02:00Z", ["temp", "dewp", "humid"]),  # 13 °F in May, 57 °F the hours around
)


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
    stations = {str(name): rows[list(_WEATHER)] for name, rows in raw.groupby("origin")}

    # What was recorded wrongly is missing.
    for name, hour, columns in _WEATHER_ERRORS:
        stations[name].loc[pd.Timestamp(hour), columns] = np.nan

    # Hours without a record become rows of NaN.
    hourly = {}
    for name, rows in stations.items():
        values = rows.astype(float).resample("h").asfreq()
        # Forward alone: a gap never gets a value that was not known yet.
        hourly[name] = values.ffill() if fill else values
    return _select(hourly, station, "station")


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
    >>> crash = load_stocks("IBM").loc["2008-10-10"]
    >>> crash[["close", "log_return", "log_range"]].round(4).to_dict()
    {'close': 87.75, 'log_return': -0.0141, 'log_range': 0.0931}
    >>> load_stocks(["FB", "GOOG"]).groupby("series").size().to_dict()
    {'FB': 195, 'GOOG': 2147}
    """
    raw = pd.read_csv(_file("stocks.csv.gz"))
    raw.index = pd.to_datetime(raw["Date"]).rename("timestamp")
    raw = raw.rename(columns={"Adj Close": "adjusted_close"}).rename(columns=str.lower)

    # r[t] = log p[t] - log p[t - 1], within each stock.
    log_price = np.log(raw["adjusted_close"])
    raw["log_return"] = log_price.groupby(raw["ticker"]).diff()

    # Parkinson's estimator of the variance from the range of a day.
    raw["log_range"] = np.log(raw["high"] / raw["low"])
    raw["variance"] = raw["log_range"] ** 2 / (4 * np.log(2))

    # The first day of a stock has no day before it, and so no return.
    stocks = {}
    for name, rows in raw.groupby("ticker"):
        stocks[str(name)] = rows[list(_STOCKS)].astype(float).iloc[1:]
    return _select(stocks, ticker, "ticker")


def _select(parts: dict[str, pd.DataFrame], wanted: Any, what: str) -> pd.DataFrame:
    """Return one series as it is, several under a MultiIndex (series, timestamp).

    Parameters
    ----------
    parts : dict of DataFrame
        The table of each series.
    wanted : str, list of str or None
        One series, several, or all.
    what : str
        What sentences call a series.
    """
    if isinstance(wanted, str):
        _check_names([wanted], parts, what)
        return parts[wanted]
    if wanted is not None and not isinstance(wanted, (list, tuple)):
        raise InputTypeError(f"{what} must be a name, a list of names or None; got {wanted!r}.")
    names = list(parts) if wanted is None else list(wanted)
    _check_names(names, parts, what)
    tables = {name: parts[name] for name in names}
    return pd.concat(tables, names=["series", "timestamp"])


def _check_names(names: list[str], known: dict[str, pd.DataFrame], what: str) -> None:
    """Refuse names of series that are unknown, stand twice, or are none at all."""
    if not names:
        raise InputError(f"{what} is an empty list; name at least one of {', '.join(known)}.")
    for position, name in enumerate(names):
        if name not in known:
            raise InputError(f"there is no {what} {name!r}; {nearest(name, known)}.")
        if name in names[:position]:
            raise InputError(f"{what} names {name!r} twice. Name each once.")


def _file(name: str) -> Path:
    """Find a shipped file: inside the installed package, else in a checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "_data", package.parent / "datasets"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"the data file {name} is missing from the installation. Reinstall seqcast."
    )


_LOADERS: dict[str, Callable[..., pd.DataFrame]] = {
    "weather": load_weather,
    "stocks": load_stocks,
}


class DataSet(NamedTuple):
    """An entry of the catalogue.

    Parameters
    ----------
    name : str
    description : str
        The heading of the card.
    rows : int
        The number of rows of all series together.
    loader : callable
        ``loader(None)`` returns all series.
    """

    name: str
    description: str
    rows: int
    loader: Callable[..., pd.DataFrame]

    def card(self) -> str:
        """Return the whole card."""
        return _card(self.name)


def _card(name: str) -> str:
    """Read the text that describes a data set."""
    return _file(f"{name}.md").read_text(encoding="utf-8")


def catalogue() -> list[DataSet]:
    """List the shipped data sets; the heading of each card is the description."""
    entries = []
    for name, loader in _LOADERS.items():
        heading = _card(name).partition("\n")[0]
        entries.append(DataSet(name, heading.lstrip("# "), len(loader(None)), loader))
    return entries
