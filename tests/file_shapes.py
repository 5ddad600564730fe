"""One small file of each shape in which people have their series, with numbers of our own.

Each shape is written from moments and numbers that are drawn here, so that the frame that reading
has to return is known without any parsing. `said` is what its owner says to `read`, if anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Shape:
    """A file, and how it is read."""

    text: str
    frame: pd.DataFrame
    said: dict = field(default_factory=dict)
    encoding: str = "utf-8"


SHAPES: dict[str, Callable[[], Shape]] = {}  # by the name of the file


def _shape(file):
    """Register the function that writes a file."""

    def register(write):
        SHAPES[file] = write
        return write

    return register


def _numbers(n, low, high, places, seed=0):
    """Draw numbers with so many places."""
    units = np.random.default_rng([seed, n, places]).integers(low, high, size=n)
    return [float(f"{unit}e-{places}") for unit in units]


def _lines(*columns, delimiter=","):
    """Join texts of columns to lines."""
    return [delimiter.join(cells) for cells in zip(*columns, strict=True)]


def _texts(numbers, places, missing=""):
    """Write numbers with so many places and a point."""
    return [missing if np.isnan(number) else f"{number:.{places}f}" for number in numbers]


def _german(numbers, places):
    """Write numbers like 1.234,5."""
    texts = [f"{number:,.{places}f}" for number in numbers]
    return [text.translate(str.maketrans(".,", ",.")) for text in texts]


def _file(*parts, end="\n"):
    """Join lines, given singly or as lists, to a text."""
    lines = []
    for part in parts:
        lines += [part] if isinstance(part, str) else part
    return end.join(lines) + end


def _without(numbers, *rows):
    """Return numbers of which some rows are missing."""
    return [np.nan if row in rows else number for row, number in enumerate(numbers)]


# --- the web and its statistics


@_shape("trends.csv")
def google_trends():
    """Two lines above the header, and a name with a colon."""
    weeks = pd.date_range("2023-01-01", periods=52, freq="W-SUN")
    interest = _numbers(52, 5, 100, 0)
    rows = _lines(weeks.strftime("%Y-%m-%d"), _texts(interest, 0))
    text = _file("Category: All categories", "", "Week,forecast: (Worldwide)", rows)
    return Shape(text, pd.DataFrame({"forecast: (Worldwide)": interest}, index=weeks))


@_shape("events.csv")
def event_log():
    """One row for each event: they are counted by the hour."""
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2024-03-01")
    seconds = np.sort(rng.choice(48 * 3600, size=400, replace=False))
    moments = start + pd.to_timedelta(seconds, unit="s")
    actions = rng.choice(["login", "order", "logout"], size=400)
    rows = _lines(moments.strftime("%Y-%m-%d %H:%M:%S"), actions)
    count = np.bincount(seconds // 3600).astype(float)
    hours = pd.date_range(start, periods=len(count), freq="h")
    frame = pd.DataFrame({"count": count}, index=hours)
    return Shape(_file("timestamp,action", rows), frame, {"freq": "h", "how": "count"})


# --- weather


@_shape("open-meteo.csv")
def open_meteo():
    """A table of one row about the place stands above the table."""
    hours = pd.date_range("2024-05-01", periods=60, freq="h")
    columns = {
        "temperature_2m (°C)": _numbers(60, -50, 250, 1),
        "relative_humidity_2m (%)": _numbers(60, 30, 100, 0),
    }
    head = "latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation"
    place = "48.40,9.98,478.0,0,GMT,GMT"
    header = ",".join(["time", *columns])
    texts = [_texts(n, places) for n, places in zip(columns.values(), (1, 0), strict=True)]
    rows = _lines(hours.strftime("%Y-%m-%dT%H:%M"), *texts)
    return Shape(_file(head, place, "", header, rows), pd.DataFrame(columns, index=hours))


@_shape("asos.csv")
def asos():
    """Airports at 51 minutes past the hour; M is missing."""
    hours = pd.date_range("2024-01-01 00:51", periods=48, freq="h")
    tmpf = _without(_numbers(48, 200, 600, 2), 3, 4, 20)
    rows = _lines(
        ["ULM"] * 48, hours.strftime("%Y-%m-%d %H:%M"), _texts(tmpf, 2, missing="M"), ["FEW"] * 48
    )
    head = ["#DEBUG: Format Typ    -> comma", "#DEBUG: Time Zone     -> Etc/UTC"]
    text = _file(head, "station,valid,tmpf,skyc1", rows)
    return Shape(text, pd.DataFrame({"tmpf": tmpf}, index=hours))


@_shape("jena.csv")
def jena_climate():
    """Units in the names, the day first, every ten minutes."""
    moments = pd.date_range("2009-01-01 00:10", periods=60, freq="10min")
    columns = {
        "p (mbar)": _numbers(60, 98000, 102000, 2),
        "T (degC)": _numbers(60, -900, 900, 2, seed=1),
        "wd (deg)": _numbers(60, 0, 36000, 2, seed=2),
    }
    texts = [_texts(numbers, 2) for numbers in columns.values()]
    rows = _lines(moments.strftime("%d.%m.%Y %H:%M:%S"), *texts)
    header = ",".join(["Date Time", *(f'"{name}"' for name in columns)])
    return Shape(_file(header, rows), pd.DataFrame(columns, index=moments))


@_shape("dwd.txt")
def dwd():
    """Cells padded with blanks, YYYYMMDDHH, −999 for missing, a last column of eor."""
    hours = pd.date_range("2024-01-01", periods=48, freq="h")
    columns = {
        "STATIONS_ID": [3987.0] * 48,
        "QN_9": [3.0] * 48,
        "TT_TU": _without(_numbers(48, -80, 120, 1), 5, 6, 7, 8),
    }
    temperature = _texts(columns["TT_TU"], 1, missing="-999")
    rows = _lines(
        ["       3987"] * 48,
        hours.strftime("%Y%m%d%H"),
        ["    3"] * 48,
        [f"{text:>6}" for text in temperature],
        ["eor"] * 48,
        delimiter=";",
    )
    text = _file("STATIONS_ID;MESS_DATUM;QN_9;TT_TU;eor", rows, end="\r\n")
    return Shape(text, pd.DataFrame(columns, index=hours), {"missing": ("-999",)})


# --- energy


@_shape("entsoe.csv")
def entsoe():
    """Intervals in local time, in the night in which the clocks go back."""
    utc = pd.date_range("2024-10-26 22:00", periods=96, freq="15min", tz="UTC")
    local = utc.tz_convert("Europe/Berlin")
    ends = (utc + pd.Timedelta(minutes=15)).tz_convert("Europe/Berlin")
    load = _without(_numbers(96, 30000, 60000, 0), 90)
    name = "Actual Total Load [MW] - BZN|DE-LU"
    spans = [f'"{a:%d.%m.%Y %H:%M} - {b:%d.%m.%Y %H:%M}"' for a, b in zip(local, ends, strict=True)]
    rows = _lines(spans, [f'"{text}"' for text in _texts(load, 0, missing="n/e")])
    text = _file(f'"Time (CET/CEST)","{name}"', rows)
    return Shape(text, pd.DataFrame({name: load}, index=local), {"time_zone": "Europe/Berlin"})


@_shape("smard.csv")
def smard():
    """Two columns of times, of which the first says when a row begins; 1.234,5."""
    moments = pd.date_range("2024-06-01", periods=96, freq="15min")
    ends = moments + pd.Timedelta(minutes=15)
    load = _numbers(96, 800000, 2000000, 2)
    name = "Netzlast [MWh] Originalauflösungen"
    pattern = "%d.%m.%Y %H:%M"
    rows = _lines(
        moments.strftime(pattern), ends.strftime(pattern), _german(load, 2), delimiter=";"
    )
    text = _file(f"Datum von;Datum bis;{name}", rows)
    return Shape(text, pd.DataFrame({name: load}, index=moments), encoding="utf-8-sig")


@_shape("household.txt")
def uci_household_power():
    """A column of dates, one of times, three places, and ? for missing."""
    moments = pd.date_range("2006-12-16 17:24", periods=60, freq="min")
    columns = {
        "Global_active_power": _without(_numbers(60, 200, 6000, 3), 10, 11),
        "Voltage": _without(_numbers(60, 230000, 245000, 3), 10, 11),
        "Sub_metering_3": _without(_numbers(60, 0, 18, 0), 10, 11),
    }
    texts = [_texts(numbers, 3, missing="?") for numbers in columns.values()]
    rows = _lines(moments.strftime("%d/%m/%Y"), moments.strftime("%H:%M:%S"), *texts, delimiter=";")
    header = ";".join(["Date", "Time", *columns])
    return Shape(_file(header, rows), pd.DataFrame(columns, index=moments))


@_shape("air-quality.csv")
def uci_air_quality():
    """Decimal commas, 18.00.00, −200 for missing, and two delimiters too many."""
    moments = pd.date_range("2004-03-10 18:00", periods=48, freq="h")
    columns = {
        "CO(GT)": _without(_numbers(48, 5, 60, 1), 9, 10, 11, 30),
        "PT08.S1(CO)": _numbers(48, 900, 1800, 0),
    }
    rows = _lines(
        moments.strftime("%d/%m/%Y"),
        moments.strftime("%H.%M.%S"),
        [text.replace(".", ",") for text in _texts(columns["CO(GT)"], 1, missing="-200")],
        _texts(columns["PT08.S1(CO)"], 0),
        delimiter=";",
    )
    header = ";".join(["Date", "Time", *columns]) + ";;"
    text = _file(header, [f"{row};;" for row in rows], [";;;;;"] * 3, end="\r\n")
    return Shape(text, pd.DataFrame(columns, index=moments), {"missing": ("-200",)})


@_shape("opsd.csv")
def opsd():
    """Each moment twice: in UTC and in local time."""
    utc = pd.date_range("2018-01-01", periods=48, freq="h", tz="UTC")
    local = utc.tz_convert("Europe/Berlin").strftime("%Y-%m-%dT%H:%M:%S%z")
    name = "DE_load_actual_entsoe_transparency"
    load = _without(_numbers(48, 30000, 70000, 0), 0)
    rows = _lines(utc.strftime("%Y-%m-%dT%H:%M:%SZ"), local, _texts(load, 0))
    text = _file(f"utc_timestamp,cet_cest_timestamp,{name}", rows)
    return Shape(text, pd.DataFrame({name: load}, index=utc))


# --- exchanges


def _prices(n, names, places=2):
    """Draw prices."""
    return {name: _numbers(n, 15000, 16000, places, seed) for seed, name in enumerate(names)}


@_shape("yahoo.csv")
def yahoo():
    """Trading days, and a row of null."""
    days = pd.bdate_range("2024-01-02", periods=50)
    columns = _prices(50, ["Open", "High", "Low", "Close", "Adj Close"])
    columns["Volume"] = _numbers(50, 10**6, 10**8, 0)
    columns = {name: _without(numbers, 20) for name, numbers in columns.items()}
    places = [2] * 5 + [0]
    pairs = zip(columns.values(), places, strict=True)
    texts = [_texts(numbers, n, missing="null") for numbers, n in pairs]
    rows = _lines(days.strftime("%Y-%m-%d"), *texts)
    header = ",".join(["Date", *columns])
    return Shape(_file(header, rows), pd.DataFrame(columns, index=days))


@_shape("yfinance.csv")
def yfinance():
    """A header of three lines."""
    days = pd.bdate_range("2024-01-02", periods=50)
    columns = _prices(50, ["Close", "High", "Low", "Open"])
    rows = _lines(days.strftime("%Y-%m-%d"), *[_texts(numbers, 2) for numbers in columns.values()])
    head = ["Price,Close,High,Low,Open", "Ticker,SPY,SPY,SPY,SPY", "Date,,,,"]
    return Shape(_file(head, rows), pd.DataFrame(columns, index=days))


@_shape("stooq.txt")
def stooq():
    """Names in angle brackets, the date and the time as numbers."""
    hours = pd.DatetimeIndex(
        [day + pd.Timedelta(hours=hour) for day in pd.date_range("2024-01-02", periods=3)
         for hour in range(24)]
    )  # fmt: skip
    columns = _prices(72, ["<OPEN>", "<CLOSE>"])
    columns["<VOL>"] = _numbers(72, 10**4, 10**5, 0)
    rows = _lines(
        ["BTC.V"] * 72,
        ["60"] * 72,
        hours.strftime("%Y%m%d"),
        hours.strftime("%H%M%S"),
        _texts(columns["<OPEN>"], 2),
        _texts(columns["<CLOSE>"], 2),
        _texts(columns["<VOL>"], 0),
    )
    header = "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<CLOSE>,<VOL>"
    frame = pd.DataFrame({"<PER>": 60.0, **columns}, index=hours)
    return Shape(_file(header, rows, end="\r\n"), frame)


@_shape("nasdaq.csv")
def nasdaq():
    """Dollars, the month first, the newest day first."""
    days = pd.bdate_range("2024-01-02", periods=50)
    columns = {"Close/Last": _prices(50, ["x"])["x"], "Volume": _numbers(50, 10**6, 10**8, 0)}
    rows = _lines(
        days.strftime("%m/%d/%Y"),
        [f"${text}" for text in _texts(columns["Close/Last"], 2)],
        _texts(columns["Volume"], 0),
    )
    text = _file("Date,Close/Last,Volume", rows[::-1])
    return Shape(text, pd.DataFrame(columns, index=days))


@_shape("crypto.csv")
def crypto_data_download():
    """An address above the header, the newest hour first, and the moment a second time."""
    hours = pd.date_range("2024-01-01", periods=48, freq="h")
    unix = [float(second) for second in (hours - pd.Timestamp(0)) // pd.Timedelta(seconds=1)]
    columns = {"unix": unix, "close": _prices(48, ["x"])["x"]}
    columns["Volume BTC"] = _numbers(48, 10**6, 10**8, 8)
    rows = _lines(
        _texts(unix, 0),
        hours.strftime("%Y-%m-%d %H:%M:%S"),
        ["BTC/USD"] * 48,
        _texts(columns["close"], 2),
        _texts(columns["Volume BTC"], 8),
    )
    head = ["https://www.CryptoDataDownload.com", "unix,date,symbol,close,Volume BTC"]
    return Shape(_file(head, rows[::-1]), pd.DataFrame(columns, index=hours))


# --- statistics offices and banks


@_shape("fred.csv")
def fred():
    """Weekdays, with a point on those that are missing."""
    days = pd.bdate_range("2024-01-01", periods=50)
    rate = _without(_numbers(50, 380, 440, 2), 0, 10)
    rows = _lines(days.strftime("%Y-%m-%d"), _texts(rate, 2, missing="."))
    text = _file("observation_date,DGS10", rows)
    return Shape(text, pd.DataFrame({"DGS10": rate}, index=days))


@_shape("eurostat.csv")
def eurostat():
    """Months like 1990M01, countries below one another, a colon for missing."""
    months = pd.date_range("1990-01-01", periods=24, freq="MS")
    values = {
        "Germany": _without(_numbers(24, 900, 1100, 1), 0, 1),
        "France": _numbers(24, 900, 1100, 1, seed=1),
    }
    rows = []
    for month in range(24):
        for country, numbers in values.items():
            cell = _texts(numbers, 1, missing=":")[month]
            rows.append(f'"{months[month]:%YM%m}","{country}","{cell}"')
    series = [pd.DataFrame({"Value": numbers}, index=months) for numbers in values.values()]
    frame = pd.concat(series, keys=list(values), names=["series", "timestamp"])
    return Shape(_file('"TIME","GEO","Value"', rows), frame, {"series": "GEO"})


@_shape("ecb.csv")
def ecb():
    """The last day of each month, and the month a second time."""
    months = pd.date_range("2019-01-31", periods=36, freq="ME")
    name = "HICP - Overall index (ICP.M.U2.N.000000.4.ANR)"
    values = _numbers(36, 10, 90, 1)
    rows = _lines(
        [f'"{day:%Y-%m-%d}"' for day in months],
        [f'"{day:%Y%b}"' for day in months],
        [f'"{text}"' for text in _texts(values, 1)],
    )
    text = _file(f'"DATE","TIME PERIOD","{name}"', rows)
    return Shape(text, pd.DataFrame({name: values}, index=months))


# --- spreadsheets


@_shape("excel-german.csv")
def excel_german():
    """Semicolons, 1.234,5 and the encoding of Windows."""
    days = pd.date_range("2024-01-01", periods=40, freq="D")
    sales = _numbers(40, 1000, 90000, 1)
    rows = _lines(days.strftime("%d.%m.%Y"), _german(sales, 1), delimiter=";")
    text = _file("Datum;Umsätze", rows, end="\r\n")
    return Shape(text, pd.DataFrame({"Umsätze": sales}, index=days), encoding="cp1252")


@_shape("libreoffice.csv")
def libreoffice():
    """American: the month first, two digits of the year, groups in quotes."""
    days = pd.date_range("2024-01-20", periods=40, freq="D")
    sales = _numbers(40, 50000, 900000, 2)
    texts = [f'"{number:,.2f}"' if number >= 1000 else f"{number:.2f}" for number in sales]
    rows = _lines(days.strftime("%m/%d/%y"), texts)
    return Shape(_file("Date,Sales", rows), pd.DataFrame({"Sales": sales}, index=days))


@_shape("excel-months.csv")
def excel_months():
    """Months as Excel shows them: Jan-90."""
    months = pd.date_range("1990-01-01", periods=36, freq="MS")
    sales = _numbers(36, 100, 900, 0)
    rows = _lines(months.strftime("%b-%y"), _texts(sales, 0))
    return Shape(_file("Month,Sales", rows), pd.DataFrame({"Sales": sales}, index=months))


# --- competitions


@_shape("store-sales.csv")
def kaggle_store_sales():
    """Each store and item has its series; both are numbers."""
    days = pd.date_range("2013-01-01", periods=20, freq="D")
    rows, series = [], {}
    for item in (1, 2):
        for store in (1, 2, 3):
            sales = _numbers(20, 5, 60, 0, seed=10 * store + item)
            lines = [[str(store)] * 20, [str(item)] * 20, _texts(sales, 0)]
            rows += _lines(days.strftime("%Y-%m-%d"), *lines)
            series[f"{store}, {item}"] = pd.DataFrame({"sales": sales}, index=days)
    frame = pd.concat(series, names=["series", "timestamp"])
    return Shape(_file("date,store,item,sales", rows), frame, {"series": ("store", "item")})


@_shape("bike-sharing.csv")
def kaggle_bike_sharing():
    """Hours, with columns that are known ahead."""
    hours = pd.date_range("2011-01-01", periods=60, freq="h")
    columns = {
        "season": [1.0] * 60,
        "temp": _numbers(60, 0, 4000, 2),
        "count": _numbers(60, 1, 900, 0),
    }
    rows = _lines(
        hours.strftime("%Y-%m-%d %H:%M:%S"),
        _texts(columns["season"], 0),
        _texts(columns["temp"], 2),
        _texts(columns["count"], 0),
    )
    text = _file("datetime,season,temp,count", rows)
    return Shape(text, pd.DataFrame(columns, index=hours))


@_shape("bike-hours.csv")
def uci_bike_sharing():
    """A column of dates, and one of the hour, among others of whole numbers."""
    hours = pd.date_range("2011-01-01", periods=60, freq="h")
    columns = {
        "instant": [float(row) for row in range(1, 61)],
        "weekday": [float((moment.weekday() + 1) % 7) for moment in hours],
        "cnt": _numbers(60, 1, 900, 0),
    }
    rows = _lines(
        _texts(columns["instant"], 0),
        hours.strftime("%Y-%m-%d"),
        [str(moment.hour) for moment in hours],
        _texts(columns["weekday"], 0),
        _texts(columns["cnt"], 0),
    )
    text = _file("instant,dteday,hr,weekday,cnt", rows)
    return Shape(text, pd.DataFrame(columns, index=hours))
