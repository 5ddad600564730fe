"""A table that has been read is sorted, unique and regular: mended with freq, else refused."""

import numpy as np
import pandas as pd
import pytest
from csv_files import DAYS, INDEX, csv_of
from numpy.testing import assert_array_equal

from forecast import load_stocks, load_weather, read

# The first day of two shops, then the second …
MONTH = pd.date_range("2013-01-01", periods=31, freq="D")
BY_DAY = "".join(f"{shop},{day:%Y-%m-%d},{day.day}\n" for day in MONTH for shop in "NS")


def test_wide_form_has_the_moments_as_its_index(file):
    frame = read(file("day,y,z\n" + "".join(f"{day},1,2\n" for day in DAYS)))
    expected = pd.DataFrame({"y": [1.0] * 3, "z": [2.0] * 3}, index=INDEX.rename("timestamp"))
    pd.testing.assert_frame_equal(frame, expected, check_freq=False)


def test_long_form_keeps_the_series_apart(file):
    frame = read(file("shop,time,y\n" + BY_DAY), series="shop")
    assert frame.index.names == ["series", "timestamp"]
    assert list(frame.index) == [(shop, day) for shop in "NS" for day in MONTH]
    assert_array_equal(frame["y"], [*range(1, 32), *range(1, 32)])


def test_rows_without_times_are_numbered(file):
    assert list(read(file("a,b\n5,1\n3,2\n")).index) == [0, 1]
    frame = read(file("shop,y\nN,1\nS,2\nN,3\nS,4\n"), series="shop")
    assert list(frame.index) == [("N", 0), ("N", 1), ("S", 0), ("S", 1)]
    assert frame["y"].tolist() == [1, 3, 2, 4]


# Hours in UTC, and trading days, whose holidays are no holes.
@pytest.mark.parametrize("load", [load_weather, load_stocks])
@pytest.mark.parametrize("name", ["my.csv", "my.parquet"])
def test_written_tables_are_read_back(tmp_path, load, name):
    frame = load(None).iloc[:, :2].groupby("series").head(300)
    (frame.to_csv if name.endswith("csv") else frame.to_parquet)(tmp_path / name)
    pd.testing.assert_frame_equal(read(tmp_path / name), frame, check_freq=False)


def test_freq_mends_what_is_refused(file):
    path = file(csv_of(["2013-01-04", "2013-01-01", "2013-01-02", "2013-01-02"], (4, 1, 2, 3)))
    assert_array_equal(read(path, freq="D")["y"], [1, 2.5, np.nan, 4])


def test_freq_mends_each_series_from_its_first_row_to_its_last(file):
    rows = "N,2013-01-02,1\nS,2013-01-01,2\nN,2013-01-04,3\nS,2013-01-02,4\n"
    frame = read(file("shop,time,y\n" + rows), series="shop", freq="D")
    assert_array_equal(frame.loc["N", "y"], [1, np.nan, 3])
    assert_array_equal(frame.loc["S", "y"], [2, 4])


def test_a_freq_that_is_none_is_refused_with_the_file(file):
    with pytest.raises(ValueError, match=r"my\.csv: freq 'daily' is no pandas frequency"):
        read(file(csv_of(DAYS)), freq="daily")


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (
            DAYS[::-1],
            r"2013-01-02 00:00:00 comes after 2013-01-03 .* With freq= \(--freq\), read does so",
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


def test_numbered_rows_get_no_advice_on_freq(file):
    with pytest.raises(ValueError, match="after 2 comes 4") as refusal:
        read(file(csv_of([1, 2, 4])))
    assert "freq" not in str(refusal.value)


def test_holes_of_one_series_are_refused_with_its_name(file):
    days = [f"2013-01-{day:02}" for day in range(1, 10)]
    rows = [f"{shop},{day},1\n" for shop in "NS" for day in days]
    rows.remove("S,2013-01-06,1\n")
    with pytest.raises(ValueError, match=r"my\.csv: series 'S': 2013-01-06 00:00:00 is missing"):
        read(file("shop,time,y\n" + "".join(rows)), series="shop")


def test_moments_that_stand_twice_beside_text_may_be_of_several_series(file):
    sentence = (
        r"stands twice.* If 'shop' tells several series apart, give series= .--series. 'shop'"
    )
    with pytest.raises(ValueError, match=sentence):
        read(file("shop,time,y\n" + BY_DAY))
