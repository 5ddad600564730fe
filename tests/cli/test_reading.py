"""How SOURCE is read: what the options mean to the reader."""

import argparse

import pytest
from shop import sales

from forecast.cli import reading
from forecast.cli.common import Parser
from forecast.exceptions import InputError
from forecast.tables.reading.options import Options
from forecast.tables.reading.reader import Reading


def parsed(*arguments):
    parser = Parser()
    parser.add_argument("source")
    reading.add_reading(parser)
    return parser.parse_args(["a.csv", *arguments])


def test_each_option_reaches_the_reader(monkeypatch):
    given = []
    monkeypatch.setattr(
        "forecast.tables.reading.reader.read_noting",
        lambda *each: (given.append(each), Reading(sales(), []))[1],
    )
    reading.read_source(parsed())
    flags = "--time date,hour --series store,item --time-zone UTC --date-order dmy --how sum"
    flags += " --max-bytes 2GB"
    cells = ("--freq", "h", "--decimal", ",", "--thousands", " ", "--missing=-9999,?")
    reading.read_source(parsed(*flags.split(), *cells))
    options = Options(
        time=("date", "hour"),
        series=("store", "item"),
        time_zone="UTC",
        freq="h",
        how="sum",
        decimal=",",
        thousands=" ",
        missing=("-9999", "?"),
        max_bytes=2 * 10**9,
        date_order="dmy",
    )
    assert given == [("a.csv", Options()), ("a.csv", options)]


def test_no_marker_at_all_is_another_thing_than_the_usual_ones(monkeypatch):
    given = []
    monkeypatch.setattr(
        "forecast.tables.reading.reader.read_noting",
        lambda _, options: (given.append(options), Reading(sales(), []))[1],
    )
    reading.read_source(parsed("--missing", ""))
    assert given[0].missing == ()


def test_the_number_of_rows_is_said_where_it_is_another_one_than_before(monkeypatch):
    notes = ["read 60 rows", "merged 60 rows into 30 (sum)"]
    for n_rows, told in ((60, notes[1:]), (30, notes)):
        monkeypatch.setattr(
            "forecast.tables.reading.reader.read_noting",
            lambda *_, n_rows=n_rows: Reading(sales(n_rows), notes),
        )
        assert reading.read_source(parsed()).notes == told


def test_unread_options_are_named_as_they_were_written():
    with pytest.raises(InputError, match=r"^--time-zone, --fill would have no effect: none\.$"):
        reading.check_unread(parsed("--time-zone", "UTC", "--fill"), "none")
    reading.check_unread(parsed(), "none")


def test_the_shipped_weather_says_that_it_is_filled():
    args = argparse.Namespace(**{**vars(parsed()), "source": "weather"})
    frame, notes = reading.read_source(args)[:2]
    assert frame["temp"].notna().all()
    assert notes == ["filled missing hours with the value before"]
