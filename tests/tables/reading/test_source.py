"""What a file holds decides how it is read, not its name."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csv_files import DAYS, INDEX, csv_of
from numpy.testing import assert_array_equal

from forecast import read
from forecast.exceptions import InputError
from forecast.tables.reading.source import open_table

ZIPPED = gzip.compress(csv_of(DAYS).encode(), mtime=0)


def test_the_content_decides_not_the_name(file):
    frame = pd.DataFrame({"y": [1, 2, 3]}, index=INDEX)
    for path in (file(ZIPPED, "my.csv"), file(frame, "my.txt"), file(csv_of(DAYS), "my.parquet")):
        assert read(path)["y"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"y": [1, 2, 3], "sky": list("abc")}, index=INDEX),
        pd.DataFrame({"y": [1, 2, 3]}, index=INDEX.rename(None)),
        pd.DataFrame({"y": [1, 2, 3], "date": list("abc")}, index=pd.Index(DAYS, name="day")),
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
    zoned = INDEX.tz_localize("America/New_York")
    years = pd.Index([2011, 2012, 2013], name="year")
    counted = pd.RangeIndex(3)
    for index in (periods, zoned, years, counted):
        result = read(file(pd.DataFrame({"y": [1, 2, 3]}, index=index))).index
        assert list(result) == list(index)
        assert str(getattr(result, "tz", None)) == str(getattr(index, "tz", None))


@pytest.mark.parametrize("names", [("series", "timestamp"), (None, None), ("shop", "day")])
def test_two_levels_of_parquet_are_series_and_moments(file, names):
    index = pd.MultiIndex.from_product([["N", "S"], INDEX], names=names)
    frame = pd.DataFrame({"y": np.arange(6.0)}, index)
    pd.testing.assert_frame_equal(
        read(file(frame)),
        frame.rename_axis(["series", "timestamp"]),
        check_freq=False,
    )


def test_parquet_has_rows_but_no_lines(file):
    with pytest.raises(ValueError, match=r"my\.parquet, row 2, column 'y': 'inf' is not finite"):
        read(file(pd.DataFrame({"y": [1, np.inf, 3]}, index=INDEX), "my.parquet"))


def test_three_levels_of_parquet_are_refused(file):
    levels = pd.MultiIndex.from_product([[1], [2], INDEX])
    with pytest.raises(ValueError, match=r"has an index of 3 levels; give it \(series, timestamp"):
        read(file(pd.DataFrame({"y": [1, 2, 3]}, index=levels)))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("time,y\n", "has column names, but no row below"),
        (b"PAR1 and no more", r"is no readable Parquet file: .*\. Get a whole copy"),
        (ZIPPED[:-9], "cannot be unpacked: .* Get a whole copy"),
    ],
)
def test_files_that_are_not_whole_are_refused(file, content, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        read(file(content))
    assert "my.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04 xl/workbook.xml", "no readable Excel workbook: .* Get a whole copy of it"),
        (b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "OpenDocument"),
        (b"PK\x03\x04 sales.csv", "a ZIP archive, whatever its name. Unpack it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an Excel workbook"),
        (b"\xfd7zXZ\x00\x00", "packed with xz"),
        (b"\n<!DOCTYPE html>\n<html>", "a web page"),
        (b"\xef\xbb\xbf[[1, 2]]", "JSON without names"),
    ],
)
@pytest.mark.parametrize("name", ["my.csv", "my.parquet"])
def test_files_of_other_programs_are_named(file, content, kind, name):
    with pytest.raises(ValueError, match=rf"{name} is .*{kind}"):
        read(file(content, name))


def test_names_in_angle_brackets_are_no_web_page(file):
    content = "<DATE>,<CLOSE>\n2013-01-01,1\n2013-01-02,2\n"
    assert open_table(file(content)).cells["<CLOSE>"].tolist() == ["1", "2"]


def test_cells_of_csv_stay_texts_and_those_of_parquet_keep_their_types(file):
    table = open_table(file("time,y\n2013-01-01, 007 \n2013-01-02,\n"))
    assert table.cells["y"].fillna("-").tolist() == ["007", "-"]
    assert table.delimiter == ","
    table = open_table(file(pd.DataFrame({"y": [1, 2]}, index=INDEX[:2])))
    assert table.cells["y"].dtype == int
    assert table.delimiter == ""


def test_a_presumed_encoding_is_noted(file):
    table = open_table(file("Tag,°C\n2013-01-01,1\n2013-01-02,2\n".encode("cp1252")))
    assert table.notes == ("read as Windows-1252, since it is no UTF-8",)


def test_paths_that_are_no_file_are_refused(file):
    path = file(csv_of(DAYS))
    with pytest.raises(
        FileNotFoundError, match=r"there is no file .*mi\.csv; did you mean 'my\.csv'"
    ):
        read(path.with_name("mi.csv"))
    with pytest.raises(FileNotFoundError, match=r"there is no file .*y\.csv\.$"):
        read(path.parent / "nowhere" / "y.csv")
    with pytest.raises(InputError, match=r"is a folder without a Parquet file but my\.csv"):
        read(path.parent)


def test_a_file_that_cannot_be_opened_is_named(file, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    path = file(csv_of(DAYS))
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PermissionError, match=r"my\.csv cannot be read: Permission denied\."):
        read(path)


TEXT = "time,Wärme\n2013-01-01,1\n2013-01-02,2\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_is_told_with_its_mark_and_without(file, encoding):
    table = open_table(file(TEXT.encode(encoding)))
    assert list(table.cells) == ["time", "Wärme"]
    assert table.notes == ()


def test_what_is_no_unicode_is_windows_1252_and_said(file):
    table = open_table(file(TEXT.encode("cp1252")))
    assert list(table.cells) == ["time", "Wärme"]
    assert table.notes == ("read as Windows-1252, since it is no UTF-8",)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"time,y\n\x00\x01,2\n", "holds binary data"),
        # 0x81 is no letter of Windows-1252.
        (b"time,\x81\n1,2\n", "is neither in UTF-8 nor in Windows-1252. Save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_refused(file, raw, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv .*{sentence}"):
        open_table(file(raw))


def test_many_rows_of_parquet_in_few_bytes_have_a_budget(file):
    path = file(pd.DataFrame({"y": np.zeros(500_000)}))
    assert path.stat().st_size < 10**5
    with pytest.raises(
        ValueError, match=r"more than 1 MB \(4 MB\). Give max_bytes=4000000 to read"
    ):
        read(path, max_bytes=10**6)
    assert len(read(path, max_bytes=4 * 10**6)) == 500_000
