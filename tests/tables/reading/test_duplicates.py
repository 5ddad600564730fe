"""Rows of one moment are explained before anything is asked; the remedy that is offered heals."""

import shlex
from itertools import product

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import read
from forecast.exceptions import InputError

DAYS = [f"2013-01-{day:02}" for day in range(1, 21)]


def refusal_of(path, **said):
    """Return the refusal of a file."""
    with pytest.raises(InputError) as error:
        read(path, **said)
    return error.value


def follow(path, flags, **said):
    """Read a file with the flags that a sentence ends with."""
    words = iter(shlex.split(flags.rstrip(".").replace(", or", "").partition("--")[2]))
    name = next(words).replace("-", "_")
    value = next(words)
    names = value.split(",") if name in ("series", "time") else value
    return read(path, **said, **{name: names})


def table(keys, header):
    """Return a table with a row for each day and key, whose value is the number of the row."""
    rows = [",".join([day, *map(str, key)]) for day in DAYS for key in keys]
    lines = [f"{row},{number}\n" for number, row in enumerate(rows)]
    return header + "\n" + "".join(lines)


STORES = list(product([1, 2], [1, 2, 3]))


@pytest.mark.parametrize(
    ("header", "keys", "flags", "name"),
    [
        ("date,shop,y", [("N",), ("S",)], "--series shop", "S"),
        ("date,shop,y", [(1,), (2,)], "--series shop", "2"),
        ("date,store nbr,y", [(1,), (2,)], "--series 'store nbr'", "2"),
        ("date,store,item,y", STORES, "--series store,item", "2, 3"),
        ("date,n,shop,y", [(1, "N"), (2, "S")], "--series shop", "S"),
        ("date,a,b,c,y", list(product([1, 2], "XY", [5, 6])), "--series b,a,c", "Y, 2, 6"),
    ],
)
def test_columns_that_tell_series_apart_are_offered(file, header, keys, flags, name):
    path = file(table(keys, header))
    refusal = refusal_of(path)
    assert refusal.args[0].endswith(" the rows apart.")
    assert refusal.args[1].at_command_line() == f"If they are of several series, give {flags}."
    # The last key has the last row of each day.
    frame = follow(path, refusal.args[1].at_command_line())
    expected = [len(keys) * day + len(keys) - 1 for day in range(len(DAYS))]
    assert_allclose(frame.loc[name, "y"], expected)


def test_a_frequency_merges_nothing_that_a_column_tells_apart(file):
    path = file(table([("N",), ("S",)], "date,shop,y"))
    assert "--series shop" in refusal_of(path, freq="D").args[1].at_command_line()
    merged = read(path, freq="D", how="sum")["y"]
    assert_allclose(merged, [(2 * day) + (2 * day + 1) for day in range(len(DAYS))])


def test_the_place_and_the_number_of_rows_are_said(file):
    refusal = refusal_of(file("time,y\n2013-01-01,1\n2013-01-02,2\n2013-01-02,3\n2013-01-02,4\n"))
    assert "rows 3 and 4: 2013-01-02 00:00:00 stands 3 times" in refusal.args[0]
    assert "(4 rows have 2 different moments)" in refusal.args[0]


@pytest.mark.parametrize(("how", "expected"), [("mean", 2.5), ("sum", 5), ("last", 3)])
def test_rows_that_nothing_tells_apart_are_merged_where_it_is_said_how(file, how, expected):
    path = file("time,y\n2013-01-01,1\n2013-01-02,2\n2013-01-02,3\n2013-01-03,4\n")
    refusal = refusal_of(path)
    assert (
        refusal.args[1].at_command_line()
        == "Say what becomes of them, such as --how mean, --how sum or --how last."
    )
    assert_allclose(read(path, how=how)["y"], [1, expected, 4])


def test_rows_that_are_equal_are_one_row_written_twice(file):
    path = file("time,y,note\n2013-01-01,1,a\n2013-01-01,1,a\n2013-01-02,2,b\n2013-01-03,4,a\n")
    refusal = refusal_of(path)
    assert "all cells of these rows are equal" in refusal.args[0]
    assert_allclose(follow(path, refusal.args[1].at_command_line())["y"], [1, 2, 4])


def test_events_without_a_number_are_counted(file):
    path = file("time,what\n2013-01-01,x\n2013-01-02,y\n2013-01-02,y\n2013-01-03,x\n")
    refusal = refusal_of(path)
    assert (
        refusal.args[1].at_command_line() == "If they are one row written twice, give --how first."
    )
    path = file("time,what\n2013-01-01,x\n2013-01-02,y\n2013-01-02,x\n2013-01-02,x\n")
    refusal = refusal_of(path)
    assert refusal.args[1].at_command_line() == "To count the rows, give --freq D --how count."
    assert_allclose(read(path, freq="D", how="count")["count"], [1, 3])


def test_columns_of_values_tell_no_series_apart(file):
    # Each moment has two rows with different values, none of which comes again with each moment.
    rows = [f"{day},{2 * number},{number % 7}" for number, day in enumerate(DAYS)]
    rows += [f"{day},{2 * number + 1},{(number + 1) % 7}" for number, day in enumerate(DAYS)]
    refusal = refusal_of(file("date,y,z\n" + "\n".join(rows) + "\n"))
    assert "no column of names tells them apart" in refusal.args[0]


@pytest.mark.parametrize("days", [DAYS[:1], DAYS[:3]])
@pytest.mark.parametrize("form", ["%-H", "%H%M", "%H%M%S"])
def test_hours_beside_days_are_offered_as_times(file, days, form):
    hours = pd.date_range(days[0], periods=24 * len(days), freq="h")
    rows = [f"{hour:%Y-%m-%d},{hour.strftime(form)},{hour.hour}\n" for hour in hours]
    path = file("day,n,y\n" + "".join(rows))
    refusal = refusal_of(path)
    assert refusal.args[1].at_command_line() == "If it holds the hours, give --time day,n."
    frame = follow(path, refusal.args[1].at_command_line())
    assert list(frame.index) == list(hours)
    assert_allclose(frame["y"], hours.hour)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", "2018-10-27"),
        ("Europe/London", "2018-10-27"),
        ("America/New_York", "2018-11-03"),
    ],
)
def test_an_hour_that_clocks_repeated_is_told_by_its_place(file, zone, day):
    moments = pd.date_range(day, periods=60, freq="h", tz="UTC").tz_convert(zone)
    path = file("t,y\n" + "".join(f"{moment:%Y-%m-%d %H:%M},1\n" for moment in moments))
    refusal = refusal_of(path)
    assert refusal.args[1].at_command_line() == f"Name the place, such as --time-zone {zone}."
    assert list(follow(path, refusal.args[1].at_command_line()).index) == list(moments)


def test_whole_numbers_that_stand_twice_are_explained_too(file):
    rows = [f"{time},{shop},{time}\n" for time in range(1, 9) for shop in "NS"]
    assert (
        "--series shop"
        in refusal_of(file("time,shop,y\n" + "".join(rows))).args[1].at_command_line()
    )


@pytest.mark.parametrize("n_days", [2, 5])
def test_hours_of_several_series_are_offered_as_times_with_their_names(file, n_days):
    hours = pd.date_range("2022-01-23", periods=24 * n_days, freq="h")
    rows = [f"{hour:%Y-%m-%d},{hour.hour},{town},1\n" for hour in hours for town in ("A", "B")]
    path = file("day,n,town,y\n" + "".join(rows))
    meaning = "If they hold the hours and the names of series, give"
    assert refusal_of(path).args[1].at_command_line() == f"{meaning} --time day,n --series town."
    frame = read(path, time=["day", "n"], series="town")
    for town in ("A", "B"):
        assert list(frame.loc[town].index) == list(hours)
