"""What a file holds decides how it is read, not its name."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csv_files import DAYS, INDEX, csv_of
from numpy.testing import assert_array_equal

from forecast import read

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


def test_a_file_that_cannot_be_opened_is_named(file, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    path = file(csv_of(DAYS))
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PermissionError, match=r"my\.csv cannot be read: Permission denied\."):
        read(path)
