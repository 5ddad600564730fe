"""Dates in the forms of statistics offices, exchanges and people."""

import pandas as pd
import pytest

from forecast.tables.reading.date_forms import (
    begin_of,
    begins_of,
    clock_of,
    forms_of,
    looks_like_date,
    plain_text,
    plain_texts,
)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2013-01-31", True),
        (" 2013/1/31 14:00 ", True),
        ("2013-01", True),
        ("31.1.2013", True),
        ("1/31/2013 2:00 PM", True),
        ("Jan-90", True),
        ("1990 Q1", True),
        ("1/31-2013", False),
        ("2013", False),
        (20130131, False),
        ("14:00", False),
        ("1.2", False),
        ("12-34", False),
        ("2013-01 14:00", False),
        ("A 2013", False),
    ],
)
def test_dates_are_told_by_their_form(cell, expected):
    assert looks_like_date(cell) is expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("2013-01-31 14:00", "14:00"), ("31 Jan 2013, 2 PM", "2 PM"), ("2013-01-31", ""), ("x", None)],
)
def test_a_clock_time_after_a_date_is_seen(cell, expected):
    assert clock_of(cell) == expected


# What stands in the cell, and the same in ISO order.
FORMS = {
    "2013-1-31": "2013-01-31",
    "2013/01/31 14:00": "2013-01-31T14:00",
    "2013.01.31": "2013-01-31",
    "2013 01 31": "2013-01-31",
    "20130131T1405": "2013-01-31T1405",
    "20130131 140500": "2013-01-31T140500",
    "31-Jan-2013": "2013-01-31",
    "31JAN2013": "2013-01-31",
    "31. Januar 2013": "2013-01-31",
    "31 janv. 13 14:00": "2013-01-31T14:00",
    "Jan 31, 2013": "2013-01-31",
    "January 3rd, 2013, 2 PM": "2013-01-03T2 PM",
    "Thu, 31 Jan 2013": "2013-01-31",
    "2013-Jan-31": "2013-01-31",
    "2013-01": "2013-01-01",
    "01/2013": "2013-01-01",
    "2013M02": "2013-02-01",
    "2013-M2": "2013-02-01",
    "2013 M12": "2013-12-01",
    "Feb-13": "2013-02-01",
    "Feb '13": "2013-02-01",
    "Mrz 69": "1969-03-01",
    "diciembre 68": "2068-12-01",
    "2013 Feb": "2013-02-01",
    "2013Q2": "2013-04-01",
    "2013-q2": "2013-04-01",
    "2013:Q4": "2013-10-01",
    "Q3 2013": "2013-07-01",
    "3Q13": "2013-07-01",
    "2013-T1": "2013-01-01",
    "2013-S2": "2013-07-01",
    "2013H1": "2013-01-01",
    "2015-W53": "2015-12-28",
    "2018W01": "2018-01-01",
    "2018-W01-3": "2018-01-03",
    "W01 2019": "2018-12-31",
    "2013-01-31 14:00 UTC": "2013-01-31T14:00Z",
    "2013-01-31 14:00 (GMT)": "2013-01-31T14:00Z",
    "2013-01-31T14:00 Z": "2013-01-31T14:00Z",
    "1990 März": "1990-03-01",
}


@pytest.mark.parametrize(("cell", "iso"), FORMS.items())
def test_forms_are_written_in_iso_order(cell, iso):
    texts = plain_texts(pd.Series([cell]))
    assert plain_text(cell) == texts.iloc[0]
    (form,) = forms_of(texts.iloc[0])
    assert form.to_iso(texts).tolist() == [iso]


@pytest.mark.parametrize(
    ("cell", "readings"),
    [
        ("1/2/2003", {"dmy": "2003-02-01", "mdy": "2003-01-02"}),
        ("01.02.2003", {"dmy": "2003-02-01", "mdy": "2003-01-02"}),
        ("1-2-03", {"dmy": "2003-02-01", "mdy": "2003-01-02"}),
        ("01-02-03", {"ymd": "2001-02-03", "dmy": "2003-02-01", "mdy": "2003-01-02"}),
    ],
)
def test_an_open_order_has_several_forms(cell, readings):
    assert {form.order: form.to_iso(pd.Series([cell]))[0] for form in forms_of(cell)} == readings


@pytest.mark.parametrize("cell", ["2013-W54", "2014-W53", "2013Q5", "13 2013", "2013-1-31 noon"])
def test_what_is_no_date_is_not_written(cell):
    for form in forms_of(cell):
        assert form.to_iso(pd.Series([cell])).tolist() == [""]


def test_cells_of_another_form_are_not_written():
    (form,) = forms_of("2013Q1")
    assert form.to_iso(pd.Series(["2013Q1", "2013-01", "Q2 2013"])).tolist() == [
        "2013-01-01",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("cell", "begin"),
    [
        ("28.11.2010 00:00 - 28.11.2010 00:15", "28.11.2010 00:00"),
        ("28.11.2010 00:00 - 28.11.2010 00:15 (UTC)", "28.11.2010 00:00Z"),
        ("28.11.2010 00:00 - 00:15", "28.11.2010 00:00"),
        ("2018-01-01 \u2013 2018-01-07", "2018-01-01"),
        ("2018-01-01T00:00Z/2018-01-01T01:00Z", "2018-01-01T00:00Z"),
        ("2018-01-01T00:00:00/PT1H", "2018-01-01T00:00:00"),
        ("2018-01-01/2018-01-07", "2018-01-01"),
    ],
)
def test_of_an_interval_the_beginning_counts(cell, begin):
    assert begin_of(cell) == begin
    assert begins_of(pd.Series([cell, cell]))[1] == begin


@pytest.mark.parametrize(
    "cell",
    [
        "28.11.2010 - 00:15",
        "2018-01-01",
        "1 - 2",
        "31/12/2018",
        "28.11.2010 00:00 - 28.11.2010 00:15;44",
        "28.11.2010 - 29.11.2010;44",
    ],
)
def test_other_cells_are_no_intervals(cell):
    assert begin_of(cell) is None
    assert begins_of(pd.Series([cell])) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Mo, 01.01.2024", "01.01.2024"),
        ("Do. 4.1.2024 14:00", "4.1.2024 14:00"),
        ("Sonnabend, 06.01.2024", "06.01.2024"),
        ("mercredi 3 janvier 2024", "3 @01 2024"),
        ("jeu. 04/01/2024", "04/01/2024"),
        ("Miércoles, 3 enero 2024", "3 @01 2024"),
        ("sáb 06-01-2024", "06-01-2024"),
        ("mar. 05/03/2024", "05/03/2024"),
        ("mar 5 mars 2024", "5 @03 2024"),
        ("Mar 5, 2024", "@03 5, 2024"),
        ("mar 2024", "@03 2024"),
    ],
)
def test_names_of_weekdays_stand_before_a_date_in_four_languages(cell, expected):
    assert plain_text(cell) == expected
    assert list(plain_texts(pd.Series([cell]))) == [expected]
    assert looks_like_date(cell)
