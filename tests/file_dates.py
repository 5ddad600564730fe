"""The forms in which programs write moments, each made of the parts of a date and not by parsing.

A form turns the moment of a row, and of the row that follows, into the cells of its time columns.
"""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

HOURS = ("h", "15min")
DAYS = ("D", "B")


class Form(NamedTuple):
    """How moments are written.

    `names` holds one header for each time column, or several for one column, of which one is
    drawn; `order` says in which order a date of numbers is to be read, where that can be open.
    """

    cells: Callable[[pd.Timestamp, pd.Timestamp], tuple[str, ...]]
    freqs: tuple[str, ...]
    names: tuple[str, ...] = ("date", "Date", "DATE", "Datum", "day", "ds", "timestamp", "when")
    columns: int = 1
    order: str | None = None
    zone: str | None = None


CLOCK = ("timestamp", "time", "datetime", "Date/Time", "date", "valid", "ds", "when")
MONTH = ("month", "Month", "date", "period", "DATE", "TIME_PERIOD")
NUMBER = ("date", "DATE", "<DATE>", "timestamp", "time")


def _strftime(pattern):
    """Write a moment by a pattern of strftime."""
    return lambda moment, _: (moment.strftime(pattern),)


def _without_zeros(moment, _):
    """Write 1.2.18."""
    return (f"{moment.day}.{moment.month}.{moment:%y}",)


def _half_days(moment, _):
    """Write 1/31/2013 2:00 PM."""
    hour = (moment.hour + 11) % 12 + 1
    day = f"{moment.month}/{moment.day}/{moment.year}"
    return (f"{day} {hour}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}",)


def _interval(moment, after):
    """Write where a row begins and ends."""
    return (f"{moment:%d.%m.%Y %H:%M} - {after:%d.%m.%Y %H:%M}",)


def _fraction(moment, _):
    """Write milliseconds."""
    return (f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03}",)


def _epoch(unit):
    """Write how many units have passed since 1970."""
    return lambda moment, _: (str((moment - pd.Timestamp(0)) // pd.Timedelta(1, unit)),)


def _quarter(pattern):
    """Write a quarter."""
    return lambda moment, _: (pattern.format(moment.year, (moment.month + 2) // 3),)


def _week(moment, _):
    """Write the week of ISO 8601, which begins on a Monday."""
    year, week, _ = moment.isocalendar()
    return (f"{year}-W{week:02}",)


FORMS = {
    "2018-01-31": Form(_strftime("%Y-%m-%d"), ("D", "B", "W-MON", "MS")),
    "2018-01-31 14:00": Form(_strftime("%Y-%m-%d %H:%M"), HOURS, CLOCK),
    "2018-01-31 14:00:00": Form(_strftime("%Y-%m-%d %H:%M:%S"), (*HOURS, "D"), CLOCK),
    "2018-01-31T14:00Z": Form(_strftime("%Y-%m-%dT%H:%M:%SZ"), HOURS, CLOCK, zone="UTC"),
    "2018/01/31": Form(_strftime("%Y/%m/%d"), DAYS),
    "2018.01.31": Form(_strftime("%Y.%m.%d"), DAYS),
    "31.01.2018 14:00": Form(_strftime("%d.%m.%Y %H:%M"), HOURS, CLOCK, order="dmy"),
    "31.01.2018 14:00:00": Form(_strftime("%d.%m.%Y %H:%M:%S"), HOURS, CLOCK, order="dmy"),
    "31.01.2018": Form(_strftime("%d.%m.%Y"), (*DAYS, "MS"), order="dmy"),
    "31.1.18": Form(_without_zeros, (*DAYS, "MS"), order="dmy"),
    "01/31/2018": Form(_strftime("%m/%d/%Y"), (*DAYS, "MS"), order="mdy"),
    "31/01/2018": Form(_strftime("%d/%m/%Y"), (*DAYS, "MS"), order="dmy"),
    "31-Jan-2018": Form(_strftime("%d-%b-%Y"), DAYS),
    "Jan 31, 2018": Form(_strftime("%b %d, %Y"), DAYS),
    "1/31/2018 2:00 PM": Form(_half_days, HOURS, CLOCK, order="mdy"),
    "31.01.2018 14:00 - 31.01.2018 15:00": Form(_interval, HOURS, ("MTU", "time"), order="dmy"),
    "2018-01-31 14:00:00.500": Form(_fraction, ("500ms", "s"), CLOCK),
    "Jan-18": Form(_strftime("%b-%y"), ("MS",), MONTH),
    "Jan 2018": Form(_strftime("%b %Y"), ("MS",), MONTH),
    "2018 Jan": Form(_strftime("%Y %b"), ("MS",), MONTH),
    "2018M01": Form(_strftime("%YM%m"), ("MS",), MONTH),
    "2018-01": Form(_strftime("%Y-%m"), ("MS",), MONTH),
    "2018Q1": Form(_quarter("{}Q{}"), ("QS",), ("quarter", "date", "TIME_PERIOD")),
    "Q1 2018": Form(_quarter("Q{1} {0}"), ("QS",), ("quarter", "date", "Period")),
    "2018-W05": Form(_week, ("W-MON",), ("week", "date", "Week")),
    "2018": Form(_strftime("%Y"), ("YS",), ("year", "Year", "date")),
    "201801": Form(_strftime("%Y%m"), ("MS",), MONTH),
    "20180131": Form(_strftime("%Y%m%d"), DAYS, NUMBER),
    "2018013114": Form(_strftime("%Y%m%d%H"), ("h",), NUMBER),
    "201801311400": Form(_strftime("%Y%m%d%H%M"), HOURS, NUMBER),
    "20180131T1400": Form(_strftime("%Y%m%dT%H%M"), HOURS, NUMBER),
    "epoch s": Form(_epoch("s"), ("h", "D"), ("timestamp", "time", "unix"), zone="UTC"),
    "epoch ms": Form(_epoch("ms"), ("h", "D"), ("timestamp", "time", "unix"), zone="UTC"),
    "epoch us": Form(_epoch("us"), ("h",), ("timestamp", "time"), zone="UTC"),
    "date,time": Form(lambda t, _: (f"{t:%Y-%m-%d}", f"{t:%H:%M}"), HOURS, ("date", "time"), 2),
    "Date;Time": Form(
        lambda t, _: (f"{t:%d/%m/%Y}", f"{t:%H.%M.%S}"), HOURS, ("Date", "Time"), 2, order="dmy"
    ),
    "<DATE>,<TIME>": Form(
        lambda t, _: (f"{t:%Y%m%d}", f"{t:%H%M%S}"), HOURS, ("<DATE>", "<TIME>"), 2
    ),
    "date,hour": Form(lambda t, _: (f"{t:%Y-%m-%d}", str(t.hour)), ("h",), ("date", "hour"), 2),
    "year,month": Form(lambda t, _: (str(t.year), str(t.month)), ("MS",), ("year", "month"), 2),
    "year,month,day": Form(
        lambda t, _: (str(t.year), str(t.month), str(t.day)), DAYS, ("year", "month", "day"), 3
    ),
    "year,month,day,hour": Form(
        lambda t, _: (str(t.year), str(t.month), str(t.day), str(t.hour)),
        ("h",),
        ("year", "month", "day", "hour"),
        4,
    ),
}
