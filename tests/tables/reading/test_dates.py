"""Dates in words: one form for a column, its order and offsets said or shown by the rows."""

import numpy as np
import pandas as pd
import pytest

from forecast.exceptions import InputError
from forecast.tables.reading.cells import RawColumn
from forecast.tables.reading.dates import read_dates
from forecast.tables.reading.options import Options


def read(cells, order=None, zone=None, codes=None):
    cells = pd.Series(cells)
    column = RawColumn("my.csv", "day", cells, np.arange(2, len(cells) + 2))
    codes = np.zeros(len(cells), dtype=int) if codes is None else np.array(codes)
    options = Options(date_order=order, time_zone=zone)
    return read_dates(column, codes, options)[:2]


MONTHS = pd.date_range("1990-01-01", periods=15, freq="MS")


@pytest.mark.parametrize(("form", "first"), [("%d/%m/%Y", "day"), ("%m/%d/%Y", "month")])
@pytest.mark.parametrize("step", [1, -1])
def test_the_regular_order_counts(form, first, step):
    moments, notes = read(MONTHS[::step].strftime(form))
    assert list(moments) == list(MONTHS[::step])
    assert notes == [f"dates begin with the {first}"]


def test_a_day_above_12_tells_the_order_of_all():
    moments, _ = read(["1/2/2013", "1/31/2013", "3/2/2013"])
    assert list(moments) == [*pd.to_datetime(["2013-01-02", "2013-01-31", "2013-03-02"])]


def test_points_stand_in_dates_that_begin_with_the_day():
    moments, _ = read(["1.2.2013", "1.3.2013"])
    assert list(moments) == [*pd.to_datetime(["2013-02-01", "2013-03-01"])]
    moments, _ = read(["1.2.2013", "1.3.2013"], order="mdy")
    assert list(moments) == [*pd.to_datetime(["2013-01-02", "2013-01-03"])]


def test_an_open_order_is_refused_with_both_readings():
    with pytest.raises(
        InputError, match=r"row 3, .*'2/1/2013' may be 2013-01-02 or 2013-02-01"
    ) as error:
        read(["1/1/2013", "2/1/2013", "3/1/2013"])
    assert str(error.value).endswith("Give date_order='dmy' or date_order='mdy'.")
    flags = error.value.at_command_line()
    assert flags.endswith("Give --date-order dmy or --date-order mdy.")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("dmy", ["2003-02-01", "2003-03-01"]),
        ("mdy", ["2003-01-02", "2003-01-03"]),
        ("ymd", ["2001-02-03", "2001-03-03"]),
    ],
)
def test_an_order_that_is_said_counts(order, expected):
    moments, notes = read(["01-02-03", "01-03-03"], order=order)
    assert list(moments) == [*pd.to_datetime(expected)]
    assert "years of two digits lie between 1969 and 2068" in notes


def test_an_order_does_not_count_where_the_form_says_it():
    moments, _ = read(["2013-01-02", "2013-01-03"], order="dmy")
    assert list(moments) == [*pd.to_datetime(["2013-01-02", "2013-01-03"])]
    with pytest.raises(ValueError, match=r"row 2, .*'1/2/2013' does not have the order 'ymd'"):
        read(["1/2/2013", "1/3/2013"], order="ymd")


def test_the_order_is_that_of_the_first_series():
    texts = [*MONTHS.strftime("%d/%m/%Y"), "01/02/1990"]
    moments, _ = read(texts, codes=[0] * 15 + [1])
    assert moments[-1] == pd.Timestamp("1990-02-01")


def test_where_the_orders_agree_there_is_nothing_to_ask():
    assert list(read(["1/1/2013", "2/2/2013"])[0]) == [
        *pd.to_datetime(["2013-01-01", "2013-02-02"])
    ]


def test_intervals_are_their_beginnings():
    texts = ["28.11.2010 00:00 - 28.11.2010 00:15", "28.11.2010 00:15 - 28.11.2010 00:30"]
    moments, notes = read(texts)
    assert list(moments) == list(pd.date_range("2010-11-28", periods=2, freq="15min"))
    assert notes == ["the beginnings of the intervals in 'day'", "dates begin with the day"]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (["2013-01-01", "2013-01-32"], "row 3, column 'day': '2013-01-32' is no time"),
        (["morning", "noon"], "row 2, .*'morning' is no time"),
        (["2013-01-01", "1.2.2013"], "row 3, .*'1.2.2013' is no time like those above"),
        (["2013Q1", "2013-04"], "row 3, .*'2013-04' is no time like those above"),
        (["30/1/2013", "31/1/2013", "32/1/2013"], "row 4, .*'32/1/2013' is no time like"),
        (["1/1/2013 2:00 PM", "1/1/2013 15:00"], "row 3, .*'1/1/2013 15:00' is no time like"),
        (["2013-01-01 - 2013-01-07", "2013-01-08"], "row 3, .*'2013-01-08' is no interval like"),
        (["2013-01-01 00:00Z", "2013-01-01 01:00"], "row 3, .* has no offset from UTC, unlike"),
        (["2013-01-01 00:00", "2013-01-01 01:00Z"], "row 3, .* has an offset from UTC, unlike"),
        (
            ["2013-03-31 01:00+01:00", "2013-03-31 03:00+02:00"],
            r"row 3, .*'2013-03-31 03:00\+02:00' has another offset .* time_zone='UTC'",
        ),
    ],
)
def test_the_first_cell_that_does_not_fit_is_named(cells, sentence):
    with pytest.raises(ValueError, match=rf"my\.csv, {sentence}"):
        read(cells)


def test_several_offsets_are_brought_to_a_zone():
    moments, _ = read(["2013-03-31 01:00+01:00", "2013-03-31 03:00+02:00"], zone="UTC")
    assert list(moments) == list(pd.date_range("2013-03-31 00:00Z", periods=2, freq="h"))


def test_days_and_midnights_may_stand_without_a_clock_time():
    # R leaves 00:00:00 out.
    moments, _ = read(["2013-01-01 23:00:00", "2013-01-02", "2013-01-02 01:00:00"])
    assert list(moments) == list(pd.date_range("2013-01-01 23:00", periods=3, freq="h"))


WRITTEN = {"ymd": "%y/%m/%d", "dmy": "%d/%m/%y", "mdy": "%m/%d/%y"}


@pytest.mark.parametrize("order", WRITTEN)
@pytest.mark.parametrize(
    "moments",
    [
        pd.date_range("2018-01-01", periods=24, freq="MS"),
        pd.date_range("2018-01-01", periods=24, freq="MS").delete([5, 9]),
        pd.date_range("2018-01-01", periods=31, freq="D"),
        pd.date_range("2018-01-01", periods=90, freq="B"),
        pd.date_range("2018-01-01", periods=60, freq="D")[::-1],
        pd.date_range("2018-01-01", periods=60, freq="D").delete([3, 4, 30]),
        pd.date_range("1990-03-31", periods=40, freq="QE"),
    ],
)
def test_only_the_order_in_which_they_were_written_is_regular(moments, order):
    assert list(read(moments.strftime(WRITTEN[order]))[0]) == list(moments)


def test_twelve_firsts_of_months_may_be_days_or_years_too():
    months = pd.date_range("2018-01-01", periods=12, freq="MS")
    with pytest.raises(ValueError, match="may be 2001-01-18 or 2018-01-01"):
        read(months.strftime("%d/%m/%y"))


def test_years_on_another_day_than_the_first_or_last_are_none():
    # 18/01/01, 18/01/02, … are days of January 2018.
    years = pd.date_range("2001-01-18", periods=9, freq=pd.DateOffset(years=1))
    days = pd.date_range("2018-01-01", periods=9, freq="D")
    assert list(read(years.strftime("%d/%m/%y"))[0]) == list(days)
    # 31/12/01, 31/12/02, … may be ends of years.
    with pytest.raises(ValueError, match="may be 2031-12-01 or 2001-12-31"):
        read(pd.date_range("2001-12-31", periods=9, freq="YE").strftime("%d/%m/%y"))


DAYS = ["30.01.2024", "31.01.2024", "01.02.2024"]


def remedy_of(cells):
    with pytest.raises(InputError) as refused:
        read(cells)
    return refused.value.args[1]


def test_the_remedy_shows_a_time_as_the_file_writes_it():
    remedy = remedy_of([*DAYS, "32.02.2024"])
    assert remedy == "Write it like '30.01.2024', or remove the row."
    moments, _ = read([*DAYS, "02.02.2024"])
    assert list(moments) == [*pd.date_range("2024-01-30", periods=4)]


@pytest.mark.parametrize("place", [0, 2, 3])
@pytest.mark.parametrize("words", ["Kontostand", "Subtotal", "day"])
def test_of_words_among_times_the_row_is_to_be_removed(words, place):
    cells = [*DAYS[:place], words, *DAYS[place:]]
    assert remedy_of(cells) == "Remove the row, or give it a time like '30.01.2024'."
    assert list(read(DAYS)[0]) == [*pd.date_range("2024-01-30", periods=3)]


def test_where_no_cell_is_a_time_the_remedy_is_an_iso_date():
    for cells in (["FY90", "FY91"], ["1998/99", "1999/00", "2000/01"]):
        assert remedy_of(cells) == "Write all times like 2013-01-31 14:00."
