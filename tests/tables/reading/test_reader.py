"""A table that has been read is sorted, unique and regular: mended with freq, else refused."""

import numpy as np
import pandas as pd
import pytest
from csv_files import DAYS, INDEX, csv_of
from numpy.testing import assert_array_equal

from forecast import load_stocks, load_weather, read
from forecast.exceptions import InputError
from forecast.tables.reading.options import Options
from forecast.tables.reading.reader import read_noting

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


def test_freq_and_how_mend_what_is_refused(file):
    path = file(csv_of(["2013-01-04", "2013-01-01", "2013-01-02", "2013-01-02"], (4, 1, 2, 3)))
    assert_array_equal(read(path, freq="D", how="mean")["y"], [1, 2.5, np.nan, 4])
    with pytest.raises(ValueError, match="rows 4 and 5: 2013-01-02 00:00:00 stands twice"):
        read(path, freq="D")


def test_freq_merges_no_rows_of_one_step(file):
    path = file(csv_of(["2013-01-01 00:00", "2013-01-01 12:00", "2013-01-02 00:00"]))
    with pytest.raises(InputError, match="3 rows fall into 2 steps of frequency 'D'") as error:
        read(path, freq="D")
    assert "--how mean" in error.value.args[1].at_command_line()


def test_freq_mends_each_series_from_its_first_row_to_its_last(file):
    rows = "N,2013-01-02,1\nS,2013-01-01,2\nN,2013-01-04,3\nS,2013-01-02,4\n"
    frame = read(file("shop,time,y\n" + rows), series="shop", freq="D")
    assert_array_equal(frame.loc["N", "y"], [1, np.nan, 3])
    assert_array_equal(frame.loc["S", "y"], [2, 4])


def test_a_freq_that_is_none_is_refused_with_the_file(file):
    with pytest.raises(ValueError, match=r"my\.csv: freq 'daily' is no frequency"):
        read(file(csv_of(DAYS)), freq="daily")


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        ([*DAYS, *(f"2013-01-{day:02}" for day in (4, 5, 7, 8, 9))], "2013-01-06 .*missing"),
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


def notes_of(path, **said):
    """Return what is noted of a file, without the number of its rows."""
    first, *notes = read_noting(path, Options(**said)).notes
    assert first.startswith("read ")
    return notes


@pytest.mark.parametrize(
    ("content", "said", "notes"),
    [
        ("a,b\n5,1\n3,2\n", {}, ["no column of times: rows are numbered"]),
        (csv_of(DAYS[::-1]), {}, ["newest row first: sorted"]),
        (csv_of([DAYS[1], DAYS[2], DAYS[0]]), {}, ["rows out of order: sorted"]),
        (csv_of(DAYS[::2], (1, 2)), {"freq": "D"}, ["opened 1 missing row"]),
        (csv_of(DAYS, (1, "", 2)), {"fill": True}, ["filled 1 cell with the value before"]),
        (csv_of([*DAYS, DAYS[2]], range(4)), {"how": "sum"}, ["merged 4 rows into 3 (sum)"]),
        (csv_of([1356998400, 1356998401], (1, 2)), {}, ["'time' holds seconds since 1970"]),
        (csv_of([1, 2, 3]), {}, ["'time' holds whole numbers, no dates"]),
        (csv_of(["31/1/2013", "1/2/2013"], (1, 2)), {}, ["dates begin with the day"]),
        (
            "date,hour,y\n2013-01-01,23,1\n2013-01-01,24,2\n",
            {},
            [
                "moments from date and hour",
                "'hour' runs to 24: each moment is the end of its hour",
                "24:00 is the midnight after",
            ],
        ),
    ],
)
def test_what_was_done_is_noted(file, content, said, notes):
    assert notes_of(file(content), **said) == notes


def test_notes_of_the_cells_are_among_them(file):
    assert notes_of(file("time,y,city\n2013-01-01,1,Rome\n2013-01-02,2,Rome\n")) == [
        "left out 'city' (text like 'Rome')"
    ]


def test_what_was_done_is_logged(file, caplog):
    path = file(csv_of(DAYS[::-1]))
    with caplog.at_level("INFO", logger="forecast"):
        read(path)
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}: read 3 rows",
        f"{path}: newest row first: sorted",
    ]


def test_an_event_log_without_a_number_is_counted(file):
    path = file("when,what\n2013-01-01 08:00,x\n2013-01-01 09:00,y\n2013-01-03 08:00,x\n")
    frame = read(path, freq="D", how="count")
    assert_array_equal(frame["count"], [2, 0, 1])
    assert list(frame) == ["count"]


def test_series_may_be_named_by_several_columns(file):
    rows = [
        f"{day},{shop},{item},{shop * item}\n" for day in DAYS for shop in (1, 2) for item in (3, 4)
    ]
    frame = read(file("time,shop,item,y\n" + "".join(rows)), series=["shop", "item"])
    assert list(frame.index.unique(0)) == ["1, 3", "1, 4", "2, 3", "2, 4"]
    assert frame.loc["2, 3", "y"].tolist() == [6, 6, 6]


def test_the_signs_of_a_file_are_told(tmp_path):
    path = tmp_path / "shops.csv"
    path.write_text("shop;day;sold\nA;2024-01-01;1,5\nA;2024-01-02;2,25\n")
    assert read_noting(path, Options(series=("shop",))).marks == {
        "delimiter": ";",
        "decimal": ",",
        "time": "day",
        "series": "shop",
    }
    frame = read_noting(path, Options(series=("shop",))).frame
    frame.to_parquet(tmp_path / "shops.parquet")
    marks = read_noting(tmp_path / "shops.parquet", Options()).marks
    assert marks == {"time": "timestamp", "series": "series"}
