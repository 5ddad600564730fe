"""The two shipped data sets: they are the registered files, repaired as their cards say."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.tables.datasets import _file, catalogue, load_stocks, load_weather

STATIONS = ["EWR", "JFK", "LGA"]
TICKERS = ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
WEATHER = [
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
STOCKS = [
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


def test_files_are_the_registered_ones():
    lines = [line.split() for line in _file("registry.txt").read_text().splitlines()]
    assert [name for name, _ in lines] == ["stocks.csv.gz", "weather.csv.gz"]
    for name, digest in lines:
        assert hashlib.sha256(_file(name).read_bytes()).hexdigest() == digest


def test_missing_data_file_says_what_to_do():
    with pytest.raises(FileNotFoundError, match=r"snow\.csv\.gz is missing.*Reinstall seqcast"):
        _file("snow.csv.gz")


def test_catalogue_lists_what_the_loaders_return():
    entries = {entry.name: entry for entry in catalogue()}
    assert list(entries) == ["weather", "stocks"]
    assert entries["weather"].rows == 26190
    assert entries["stocks"].rows == 12149
    assert entries["weather"].description.startswith("Hourly weather")


@pytest.mark.parametrize("station", STATIONS)
def test_weather_has_every_hour_and_numbers_only(station):
    frame = load_weather(station)
    assert frame.index.equals(
        pd.date_range("2013-01-01 06:00", "2013-12-30 23:00", freq="h", tz="UTC", name="timestamp")
    )
    assert set(frame.dtypes) == {np.dtype(float)}
    assert list(frame) == WEATHER


def test_weather_repairs_are_those_of_the_card():
    frame = load_weather(None)
    raw = pd.read_csv(_file("weather.csv.gz"))
    assert len(raw) == 26115
    empty = frame.isna().all(axis=1).groupby("series").sum()
    assert empty.to_dict() == {"EWR": 27, "JFK": 24, "LGA": 24}
    count = frame.drop(columns="wind_gust").count().sum()
    assert (
        raw[list(frame)].drop(columns="wind_gust").count().sum() - count == 4
    )  # 1048 mph, 13 °F in May
    assert np.isnan(frame.loc[("EWR", "2013-02-12 08:00+00:00"), "wind_speed"])
    assert frame.loc[("JFK", "2013-05-09 02:00+00:00"), ["temp", "dewp", "humid"]].isna().all()
    assert frame["wind_speed"].max() < 43
    missing = frame.isna().groupby("series").sum()
    assert missing["temp"].to_dict() == {"EWR": 28, "JFK": 25, "LGA": 24}
    assert missing["wind_dir"].to_dict() == {"EWR": 283, "JFK": 75, "LGA": 177}
    assert missing["wind_speed"].to_dict() == {"EWR": 29, "JFK": 27, "LGA": 24}
    assert missing["pressure"].to_dict() == {"EWR": 962, "JFK": 855, "LGA": 987}
    assert frame["wind_gust"].count() == 26115 - 20778


def test_weather_values_stand_at_their_utc_hour():
    raw = pd.read_csv(_file("weather.csv.gz")).query("origin == 'LGA'")
    frame = load_weather("LGA")
    assert_allclose(frame["temp"].sum(), raw["temp"].sum(), rtol=1e-12)
    row = raw.iloc[5000]
    assert frame.loc[pd.Timestamp(row["time_hour"]), "temp"] == row["temp"]
    local = frame.index.tz_convert("America/New_York")
    assert local[0].hour == raw.iloc[0]["hour"]


def test_several_stations_stand_one_after_the_other():
    frame = load_weather(["LGA", "EWR"])
    assert frame.index.names == ["series", "timestamp"]
    assert list(frame.index.get_level_values("series").unique()) == ["LGA", "EWR"]
    pd.testing.assert_frame_equal(frame.loc["EWR"], load_weather("EWR"), check_freq=False)
    assert list(load_weather(None).index.get_level_values(0).unique()) == STATIONS


def test_filling_carries_forward_and_never_reads_the_future():
    gaps, filled = load_weather(None), load_weather(None, fill=True)
    for station in STATIONS:
        for column in ("temp", "wind_gust", "pressure"):
            last = np.nan
            expected = [
                last := last if np.isnan(value) else value for value in gaps.loc[station, column]
            ]
            assert_array_equal(filled.loc[station, column], expected)
    leading = filled.isna().groupby("series").sum()
    assert leading["wind_gust"].to_dict() == {"EWR": 15, "JFK": 15, "LGA": 0}
    assert leading.drop(columns="wind_gust").to_numpy().sum() == 0


@pytest.mark.parametrize(
    ("ticker", "first", "rows"),
    [
        ("AAPL", "2000-03-02", 3269),
        ("FB", "2012-05-21", 195),
        ("GOOG", "2004-08-20", 2147),
        ("IBM", "2000-03-02", 3269),
        ("MSFT", "2000-03-02", 3269),
    ],
)
def test_stocks_have_trading_days_without_gaps(ticker, first, rows):
    frame = load_stocks(ticker)
    assert list(frame) == STOCKS
    assert (len(frame), frame.index[0], frame.index[-1]) == (
        rows,
        *map(pd.Timestamp, (first, "2013-03-01")),
    )
    assert (frame.index.tz, frame.index.name) == (None, "timestamp")
    assert frame.index.is_monotonic_increasing
    assert frame.index.day_of_week.max() == 4
    assert np.isfinite(frame).all(axis=None)
    assert set(frame.dtypes) == {np.dtype(float)}
    assert frame["log_range"].min() > 0
    growth = frame["adjusted_close"].iloc[-1] / frame["adjusted_close"].iloc[0]
    assert_allclose(frame["log_return"].iloc[1:].sum(), np.log(growth), rtol=1e-9)


def test_first_return_of_a_stock_comes_from_its_own_first_day():
    raw = pd.read_csv(_file("stocks.csv.gz")).query("Ticker == 'GOOG'")["Adj Close"].to_numpy()
    assert_allclose(load_stocks("GOOG")["log_return"].iloc[0], np.log(raw[1] / raw[0]), rtol=1e-12)
    assert list(load_stocks(None).index.get_level_values("series").unique()) == TICKERS


@pytest.mark.parametrize(
    ("load", "argument", "error", "sentence"),
    [
        (load_weather, "JFJ", ValueError, "there is no station 'JFJ'; did you mean 'JFK'"),
        (
            load_weather,
            ["JFK", "BOS"],
            ValueError,
            "no station 'BOS'; there are: 'EWR', 'JFK', 'LGA'",
        ),
        (load_weather, ["JFK", "JFK"], ValueError, "station names 'JFK' twice"),
        (
            load_weather,
            [],
            ValueError,
            "station is an empty list; name at least one of EWR, JFK, LGA",
        ),
        (load_weather, 3, TypeError, "station must be a name, a list of names or None; got 3"),
        (load_stocks, "APPL", ValueError, "there is no ticker 'APPL'; did you mean 'AAPL'"),
    ],
)
def test_unknown_series_are_refused(load, argument, error, sentence):
    with pytest.raises(error, match=sentence):
        load(argument)
