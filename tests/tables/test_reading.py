"""Files of one's own: what is understood, and what is refused with its row and column."""

import gzip
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast import load_stocks, load_weather, read
from forecast.tables.datasets import _file

DAYS = ["2013-01-01", "2013-01-02", "2013-01-03"]
INDEX = pd.date_range("2013-01-01", periods=3, freq="D", name="day")


def csv_of(times, values=(1, 2, 3), delimiter=",", header=("time", "y")):
    """Return the text of a table of two columns."""
    rows = [header, *zip(times, values, strict=True)]
    return "".join(f"{a}{delimiter}{b}\n" for a, b in rows)


@pytest.fixture
def file(tmp_path):
    """Return a function that writes text, bytes or a frame (as Parquet) and returns the path."""

    def write(content, name="my.csv"):
        path = tmp_path / name
        if isinstance(content, pd.DataFrame):
            content.to_parquet(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# --- what is understood


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_delimiters_are_found(file, delimiter):
    frame = read(file(csv_of(DAYS, delimiter=delimiter)))
    assert frame["y"].tolist() == [1.0, 2.0, 3.0]
    assert frame.index.equals(INDEX)
    assert frame.index.name == "timestamp"
    assert frame["y"].dtype == float


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (csv_of(DAYS, ("1,5", "-0,25", "3"), ";"), [1.5, -0.25, 3]),
        (csv_of(DAYS, ("1,5", "-0,25", "3"), "\t"), [1.5, -0.25, 3]),
        (csv_of(DAYS, ("1.5", "-0.25", "3"), ";"), [1.5, -0.25, 3]),
        (csv_of(DAYS, ("1", "", "NA")), [1, np.nan, np.nan]),
        (csv_of(DAYS, ("True", "", "False")), [1, np.nan, 0]),
        (csv_of(DAYS).replace("\n", "\r\n") + "\r\n", [1, 2, 3]),
        ("﻿" + csv_of(DAYS), [1, 2, 3]),
        (csv_of(DAYS).encode("utf-16"), [1, 2, 3]),
        (gzip.compress(csv_of(DAYS).encode(), mtime=0), [1, 2, 3]),
        ("y, time,\n1, 2013-01-01,\n2, 2013-01-02,\n3, 2013-01-03,\n", [1, 2, 3]),
        (",y\n2013-01-01,1\n2013-01-02,2\n2013-01-03,3\n", [1, 2, 3]),
        (",y,when\n0,1,2013-01-01\n1,2,2013-01-02\n2,3,2013-01-03\n", [1, 2, 3]),
    ],
)
def test_cells_are_understood(file, content, values):
    frame = read(file(content))
    assert_array_equal(frame["y"], values)
    assert list(frame) == ["y"]
    assert frame.index.equals(INDEX)


def test_header_in_the_encoding_of_windows_is_read(file):
    assert list(read(file(csv_of(DAYS, header=("time", "°C")).encode("cp1252")))) == ["°C"]


HOURS = pd.date_range("2013-01-31 13:00", periods=3, freq="h")
UTC = HOURS.tz_localize("UTC")
EPOCH = HOURS.tz_localize("UTC").as_unit("ns").asi8


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (HOURS.strftime("%Y-%m-%d %H:%M"), HOURS),
        (HOURS.strftime("%Y-%m-%dT%H:%M:%S"), HOURS),
        (HOURS.strftime("%Y/%m/%d %H:%M"), HOURS),
        (HOURS.strftime("%d.%m.%Y %H:%M"), HOURS),
        (HOURS.strftime("%d/%m/%Y %H:%M:%S"), HOURS),
        (HOURS.strftime("%m/%d/%Y %I:%M %p"), HOURS),
        (HOURS.strftime("%Y-%m-%dT%H:%MZ"), UTC),
        (HOURS.strftime("%Y-%m-%d %H:%M UTC"), UTC),
        (HOURS.strftime("%Y-%m-%d %H:%M:%S+01:00"), UTC - pd.Timedelta("1h")),
        (["2013-01-31 13:00+00:00", "2013-01-31 14:00+00", "2013-01-31 15:00Z"], UTC),
        (EPOCH // 10**9, UTC),
        (EPOCH / 10**9 + 0.5, UTC + pd.Timedelta("500ms")),
        (EPOCH // 10**6, UTC),
        (EPOCH // 10**3, UTC),
        (EPOCH, UTC),
        ([20130130, 20130131, 20130201], pd.date_range("2013-01-30", periods=3, freq="D")),
        (["2013-01", "2013-02", "2013-03"], pd.date_range("2013-01-01", periods=3, freq="MS")),
        ([2011, 2012, 2013], pd.Index([2011, 2012, 2013])),
    ],
)
def test_times_are_understood(file, times, expected):
    index = read(file(csv_of(times))).index
    assert index.name == "timestamp"
    assert list(index) == list(expected)
    assert str(getattr(index, "tz", None)) == str(getattr(expected, "tz", None))


@pytest.mark.parametrize(
    ("times", "zone", "first"),
    [
        (HOURS.strftime("%Y-%m-%d %H:%M"), "Europe/Berlin", "2013-01-31 13:00+01:00"),
        (HOURS.strftime("%Y-%m-%dT%H:%MZ"), "Europe/Berlin", "2013-01-31 14:00+01:00"),
        (EPOCH // 10**9, "Europe/Berlin", "2013-01-31 14:00+01:00"),
        (
            ["2013-03-31 01:00+01:00", "2013-03-31 03:00+02:00", "2013-03-31 04:00+02:00"],
            "UTC",
            "2013-03-31 00:00Z",
        ),
    ],
)
def test_time_zone_localizes_or_converts(file, times, zone, first):
    index = read(file(csv_of(times)), time_zone=zone).index
    assert str(index.tz) == zone
    assert index[0] == pd.Timestamp(first)
    assert (np.diff(index) == np.timedelta64(1, "h")).all()


@pytest.mark.parametrize(
    ("content", "time", "columns"),
    [
        ("id,Date Time,y\n7,2013-01-01,1\n8,2013-01-02,2\n", None, ["id", "y"]),
        ("date,timestamp,y\n7,2013-01-01,1\n8,2013-01-02,2\n", None, ["date", "y"]),
        ("time,date,y\n10:00,2013-01-01,1\n11:00,2013-01-02,2\n", None, ["y"]),
        ("id,when,y\n7,2013-01-01,1\n8,2013-01-02,2\n", None, ["id", "y"]),
        ("time,when,y\n7,2013-01-01,1\n8,2013-01-02,2\n", "when", ["time", "y"]),
    ],
)
def test_time_column_is_found(file, content, time, columns):
    frame = read(file(content), time=time)
    assert list(frame) == columns
    assert isinstance(frame.index, pd.DatetimeIndex) or list(frame.index) == [7, 8]


def test_rows_without_times_are_numbered(file):
    assert list(read(file("a,b\n5,1\n3,2\n")).index) == [0, 1]
    frame = read(file("shop,y\nN,1\nS,2\nN,3\nS,4\n"), series="shop")
    assert list(frame.index) == [("N", 0), ("N", 1), ("S", 0), ("S", 1)]


def test_long_form_keeps_the_series_apart(file):
    rows = "".join(f"{name},{day},{k}\n" for k, day in enumerate(DAYS) for name in ("007", "NA"))
    frame = read(file("shop,time,y\n" + rows), series="shop")
    assert frame.index.names == ["series", "timestamp"]
    assert [name for name, _ in frame.index] == ["007"] * 3 + ["NA"] * 3
    assert frame["y"].tolist() == [0, 1, 2, 0, 1, 2]
    frame = read(file("series,time,y\n" + rows.replace("007", "N").replace("NA", "S")))
    assert list(frame.index.get_level_values("series").unique()) == ["N", "S"]


def test_text_columns_are_left_out_and_logged(file, caplog):
    with caplog.at_level(logging.INFO, logger="forecast.tables.reading"):
        frame = read(file("time,y,sky\n2013-01-01,1,fair\n2013-01-02,2,7\n2013-01-03,3,rain\n"))
    assert list(frame) == ["y"]
    assert "left out the columns of text 'sky'" in caplog.text


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"y": [1, 2, 3], "sky": list("abc")}, index=INDEX),
        pd.DataFrame({"y": [1, 2, 3]}, index=INDEX.rename(None)),
        pd.DataFrame({"y": [1, 2, 3], "when": INDEX}),
        pd.DataFrame({"y": [1, 2, 3], "time": INDEX.date}),
        pd.DataFrame({"y": pd.array([1, 2, 3], dtype="Int64"), "time": INDEX.strftime("%Y-%m-%d")}),
        pd.DataFrame(
            {"y": [1, 2, 3], "lists": [[1], [2], [3]], "when": INDEX},
            index=pd.Index([*"abc"], name="n"),
        ),
    ],
)
def test_parquet_is_read(file, frame):
    result = read(file(frame, "my.parquet"))
    assert result.index.equals(INDEX)
    assert result.index.name == "timestamp"
    assert_array_equal(result["y"], [1.0, 2.0, 3.0])
    assert list(result) == ["y"]


def test_other_indices_of_parquet_are_kept(file):
    periods = pd.period_range("2013Q1", periods=3, freq="Q", name="quarter")
    assert list(read(file(pd.DataFrame({"y": [1, 2, 3]}, index=periods))).index) == list(periods)
    assert list(read(file(pd.DataFrame({"y": [1, 2, 3]}))).index) == [0, 1, 2]
    zoned = INDEX.tz_localize("America/New_York")
    assert (
        str(read(file(pd.DataFrame({"y": [1, 2, 3]}, index=zoned))).index.tz) == "America/New_York"
    )


@pytest.mark.parametrize("load", [load_weather, load_stocks])
@pytest.mark.parametrize("name", ["my.csv", "my.parquet"])
def test_written_tables_are_read_back(tmp_path, load, name):
    frame = load(None).iloc[:, :2].groupby("series").head(300)
    (frame.to_csv if name.endswith("csv") else frame.to_parquet)(tmp_path / name)
    pd.testing.assert_frame_equal(read(tmp_path / name), frame, check_freq=False)


def test_freq_mends_what_is_refused(file):
    path = file(csv_of(["2013-01-04", "2013-01-01", "2013-01-02", "2013-01-02"], (4, 1, 2, 3)))
    assert_array_equal(read(path, freq="D")["y"], [1, 2.5, np.nan, 4])
    raw = read(_file("weather.csv.gz"), series="origin", freq="h")
    assert_array_equal(raw.loc["LGA", "temp"], load_weather("LGA")["temp"])


def test_trading_days_are_no_holes():
    raw = read(_file("stocks.csv.gz"), series="Ticker")
    assert len(raw) == 12154
    assert list(raw) == ["Open", "High", "Low", "Close", "Volume", "Adj Close"]


# --- what is refused


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", r"my\.csv is empty"),
        ("\n  \n", r"my\.csv is empty"),
        ("\ufeff", r"my\.csv is empty"),
        ("\n\n".encode("utf-16"), r"my\.csv is empty"),
        ("time,y\n", "has column names, but no row below"),
        (b"\x89PNG\r\n\x1a\n\0\0", "neither a CSV nor a Parquet file: it holds binary data"),
        (bytes(range(256)), "neither a CSV nor a Parquet file: it holds binary data"),
        (b"PAR1 and no more", "is no readable Parquet file"),
        (
            gzip.compress(csv_of(DAYS).encode(), mtime=0)[:-9],
            "cannot be unpacked: .* Get a whole copy",
        ),
        (
            "time,y\n2013-01-01,1\n\n2013-01-02,2,7\n",
            "row 4 has 3 fields, but the header has 2 .*'2013-01-02'",
        ),
        ("time,y\n2013-01-01,1\n2013-01-02\n", "row 3 has 1 fields, but the header has 2"),
        ('time,y\n2013-01-01,1\n2013-01-02,"2\n', "row 3 cannot be read as CSV"),
        ("2013-01-01,1\n2013-01-02,2\n", "row 1 holds data .* Add a header row"),
        ("time,y,y\n2013-01-01,1,2\n", "row 1 has two columns called 'y'"),
        (csv_of(DAYS, "abc"), "has no numeric column: 'y' holds text like 'a'"),
        (
            csv_of(DAYS, ('"1,200"', '"1,300"', '"2"')),
            "has no numeric column: 'y' holds text like '1,200'",
        ),
        ("time\n2013-01-01\n2013-01-02\n", r"has no numeric column\. Give it one"),
    ],
)
def test_what_is_no_table_is_refused(file, content, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        read(file(content))
    assert "my.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (csv_of(DAYS, (1, "abc", 3)), "row 3, column 'y': 'abc' is no number"),
        (csv_of(DAYS, (1, "2,5", "1.500,5"), ";"), r"row 4, column 'y': '1\.500,5' is no number"),
        (
            'time,note,y\n2013-01-01,"a\nb",1\n\n2013-01-02,c,x\n',
            "row 5, column 'y': 'x' is no number",
        ),
        (csv_of(DAYS, (1, "-inf", 3)), "row 3, column 'y': '-inf' is not finite"),
        (csv_of(["2013-01-01", "", "2013-01-03"]), "row 3, column 'time': the cell is empty"),
        (
            csv_of(["2013-01-01", "2013-01-32", "2013-02-01"]),
            "row 3, column 'time': '2013-01-32' is no time",
        ),
        (csv_of(["morning", "noon", "night"]), "row 2, column 'time': 'morning' is no time"),
        (csv_of([20130131, 20130132, 20130201]), "row 3, column 'time': '20130132' is no date"),
        (
            csv_of([0.0, 0.1, 0.2]),
            r"row 3, column 'time': '0\.1' is neither a time nor a whole number",
        ),
        (csv_of([1, 2, 1356998400]), "row 4, column 'time': '1356998400' is of another size"),
        (
            csv_of(["1/1/2013", "2/1/2013", "3/1/2013"]),
            "row 3, .*'2/1/2013' may begin with the day or the mo",
        ),
        (
            csv_of(["30/1/2013", "31/1/2013", "32/1/2013"]),
            "row 4, .*'32/1/2013' is no time like those above",
        ),
        (
            csv_of(["2013-01-01 00:00Z", "2013-01-01 01:00", "2013-01-01 02:00Z"]),
            "row 3, column 'time': '2013-01-01 01:00' has no offset from UTC, unlike the first",
        ),
        (
            csv_of(["2013-01-01 00:00", "2013-01-01 01:00", "2013-01-01 02:00Z"]),
            "row 4, column 'time': '2013-01-01 02:00Z' has an offset from UTC, unlike the first",
        ),
        (
            csv_of(["2013-03-31 01:00+01:00", "2013-03-31 03:00+02:00", "2013-03-31 04:00+02:00"]),
            r"row 3, .*'2013-03-31 03:00\+02:00' has another offset .* time_zone='UTC'",
        ),
    ],
)
def test_unusable_cells_are_named(file, content, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv, {sentence}"):
        read(file(content))


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (
            DAYS[::-1],
            "2013-01-02 00:00:00 comes after 2013-01-03 .* With freq= .--freq., read does so",
        ),
        ([DAYS[0], DAYS[1], DAYS[1]], "2013-01-02 00:00:00 stands twice"),
        ([*DAYS, *(f"2013-01-{day:02}" for day in (4, 5, 7, 8, 9))], "2013-01-06 .*missing"),
        (
            ["2013-10-27 01:00", "2013-10-27 02:00", "2013-10-27 02:00"],
            "2013-10-27 02:00:00 stands twice.*clocks went back",
        ),
        ([1, 2, 4], "after 2 comes 4, but the rows come every 1"),
    ],
)
def test_irregular_rows_are_refused(file, times, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv: {sentence}"):
        read(file(csv_of(times, range(len(times)))))


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (
            ["2013-10-27 01:00", "2013-10-27 02:00", "2013-10-27 03:00"],
            "row 3, .*'2013-10-27 02:00' happened twice in Europe/Berlin: .* drop that hour",
        ),
        (
            ["2013-03-31 01:00", "2013-03-31 02:00", "2013-03-31 03:00"],
            "row 3, .*'2013-03-31 02:00' never happened in Europe/Berlin: .* shift that hour",
        ),
    ],
)
def test_hours_of_the_clock_change_are_refused(file, hours, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(file(csv_of(hours)), time_zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        (csv_of(DAYS), {"time": "tiem"}, r"has no column 'tiem' \(time=\); did you mean 'time'"),
        (
            csv_of(DAYS),
            {"series": "shop"},
            r"has no column 'shop' \(series=\); there are: 'time', 'y'",
        ),
        (
            csv_of(DAYS),
            {"time": "time", "series": "time"},
            "cannot hold both the times and the series",
        ),
        (
            "shop,time,y\nN,2013-01-01,1\n,2013-01-01,2\n",
            {"series": "shop"},
            "row 3, column 'shop': '' names no",
        ),
        (
            "shop,time,y\nN,2013-01-01,1\nS,2013-01-01,2\n",
            {},
            "tells several series apart, give series= .--series. 'shop'",
        ),
        (
            csv_of(DAYS),
            {"time_zone": "Europe/Berln"},
            "is no IANA time zone; did you mean 'Europe/Berlin'",
        ),
        (
            csv_of([1, 2, 3]),
            {"time_zone": "UTC"},
            "column 'time': time_zone='UTC' needs timestamps",
        ),
        ("y\n1\n2\n", {"time_zone": "UTC"}, "has no time column for time_zone='UTC'"),
        (csv_of(DAYS), {"freq": "daily"}, "my.csv: freq 'daily' is no pandas frequency"),
    ],
)
def test_wrong_arguments_are_refused(file, content, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(file(content), **arguments)


def test_holes_of_one_series_are_refused_with_its_name():
    with pytest.raises(
        ValueError, match=r"weather\.csv\.gz: series 'EWR': 2013-01-01 17:00:00\+00:00 is missing"
    ):
        read(_file("weather.csv.gz"), series="origin")


def test_parquet_names_its_row_and_levels(file):
    with pytest.raises(ValueError, match=r"my\.parquet, row 2, column 'y': 'inf' is not finite"):
        read(file(pd.DataFrame({"y": [1, np.inf, 3]}, index=INDEX), "my.parquet"))
    levels = pd.MultiIndex.from_product([[1], [2], INDEX])
    with pytest.raises(ValueError, match="has an index of 3 levels"):
        read(file(pd.DataFrame({"y": [1, 2, 3]}, index=levels), "my.parquet"))


def test_paths_that_are_no_file_are_refused(file):
    path = file(csv_of(DAYS))
    with pytest.raises(
        FileNotFoundError, match=r"there is no file .*mi\.csv; did you mean 'my\.csv'"
    ):
        read(path.with_name("mi.csv"))
    with pytest.raises(FileNotFoundError, match=r"there is no file .*y\.csv\.$"):
        read(path.parent / "nowhere" / "y.csv")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read(path.parent)


def test_file_that_cannot_be_opened_is_named(file, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    path = file(csv_of(DAYS))
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PermissionError, match=r"my\.csv cannot be read: Permission denied\."):
        read(path)
