"""Weeks and quarters that are written like months."""

import datetime

import numpy as np
import pandas as pd
import pytest

from forecast import read
from forecast.tables.reading.cells import RawColumn
from forecast.tables.reading.year_parts import read_units, unit_of

QUARTERS = [(year, number) for year in (2010, 2011) for number in (1, 2, 3, 4)]


def weeks(first, n_weeks, form):
    """Write weeks as the calendar of Python counts them, and return their Mondays."""
    mondays = pd.date_range(first, periods=n_weeks, freq="W-MON")
    written = [form.format(*day.isocalendar()[:2]) for day in mondays]
    return written, mondays


def column(name, cells):
    cells = pd.Series(cells)
    return RawColumn("my.csv", name, cells, np.arange(2, len(cells) + 2))


@pytest.mark.parametrize("name", ["week", "Woche", "KW", "Semana", "year_week", "Kalenderwoche"])
@pytest.mark.parametrize("form", ["{}-{:02}", "{}{:02}", "{}/{}", "{1}/{0}"])
@pytest.mark.parametrize("n_weeks", [10, 60])
def test_a_column_called_week_holds_weeks(file, name, form, n_weeks):
    written, mondays = weeks("2024-01-01", n_weeks, form)
    rows = [f"{cell};{number}" for number, cell in enumerate(written)]
    frame = read(file("\n".join([f"{name};y", *rows])))
    assert list(frame.index) == list(mondays)
    assert frame["y"].tolist() == [*range(n_weeks)]


@pytest.mark.parametrize("name", ["quarter", "Quartal", "trimestre", "YearQuarter"])
@pytest.mark.parametrize("form", ["{}/{}", "{}-{}", "{}{:02}", "{}{}", "{1}-{0}"])
def test_a_column_called_quarter_holds_quarters(file, name, form):
    rows = [f"{form.format(*each)};{number}" for number, each in enumerate(QUARTERS)]
    frame = read(file("\n".join([f"{name};y", *rows])))
    assert list(frame.index) == [datetime.datetime(y, 3 * q - 2, 1) for y, q in QUARTERS]


def test_months_with_which_quarters_begin_stay_months():
    assert unit_of("quarter", pd.Series(["2010-01", "2010-04", "2010-07", "2010-10"])) is None


@pytest.mark.parametrize("name", ["period", "year", "w"])
@pytest.mark.parametrize("step", [1, -1])
def test_numbers_that_go_on_with_1_after_52_are_weeks(file, name, step):
    written, mondays = weeks("2018-12-31", 61, "{}{:02}")
    rows = [f"{cell},{number}" for number, cell in enumerate(written)][::step]
    frame = read(file("\n".join([f"{name},y", *rows])))
    assert list(frame.index) == list(mondays)
    assert frame["y"].tolist() == [*range(61)]


MONTHS = [f"{year}-{month:02}" for year in (2012, 2013) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("month", MONTHS),
        ("date", MONTHS),
        ("date", [*MONTHS, "2013-13"]),
        ("date", [*MONTHS, "2013-52"]),
        ("date", [*MONTHS, "2013-99"]),
        ("id", [201901, 201902, 201903]),
        ("kW", [19012, 19017, 20001]),
        ("week", ["2013-01-07", "2013-01-14"]),
        ("week", [1, 2, 3]),
        ("week", []),
    ],
)
def test_other_cells_are_no_weeks(name, cells):
    assert unit_of(name, pd.Series(cells, dtype=object)) is None


@pytest.mark.parametrize(
    ("name", "cells", "what"),
    [
        ("week", ["2024-52", "2024-53"], "week"),
        ("week", ["202452", "202460"], "week"),
        ("quarter", ["2024-3", "2024-4", "2024-5"], "quarter"),
    ],
)
def test_a_number_that_its_year_does_not_have_is_refused(name, cells, what):
    found = column(name, cells)
    assert unit_of(name, found.cells) == what
    with pytest.raises(ValueError, match=f"'{cells[-1]}' is no {what} of its year. Correct it"):
        read_units(found, what)
    moments, notes = read_units(column(name, cells[:-1]), what)
    assert moments.notna().all()
    assert notes == [f"'{name}' holds the {what}s of years"]


def test_weeks_of_parquet_are_numbers(file):
    frame = pd.DataFrame({"week": [202451, 202452, 202501], "y": [1.0, 2.0, 3.0]})
    found = read(file(frame, "my.parquet"))
    assert list(found.index) == list(pd.date_range("2024-12-16", periods=3, freq="W-MON"))
