"""Moments that run across the columns are refused, and rows of them are read."""

import pandas as pd
import pytest

from forecast import read
from forecast.tables.reading.across import refuse_across

NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
YEARS = [2021, 2022, 2023]


@pytest.mark.parametrize("months", [NAMES, [*range(1, 13)]])
@pytest.mark.parametrize("decimals", ["", ".5"])
def test_years_across_are_refused_and_a_row_for_each_month_is_read(file, months, decimals):
    head = ",".join(map(str, ["Month", *YEARS]))
    rows = [f"{month},{n}{decimals},{n + 12},{n + 24}" for n, month in enumerate(months)]
    with pytest.raises(ValueError, match=r"called by moments \('2021', …\).* one row for each"):
        read(file("\n".join([head, *rows])))

    # As the remedy says: a row for each value, with year and month in one column.
    times = [f"{year}-{month:02}" for year in YEARS for month in range(1, 13)]
    mended = [f"{time},{n}" for n, time in enumerate(times)]
    frame = read(file("\n".join(["time,y", *mended])))
    assert list(frame.index) == list(pd.date_range("2021-01-01", periods=36, freq="MS"))
    assert frame["y"].tolist() == [*range(36)]


@pytest.mark.parametrize(
    "lines",
    [
        ["Year," + ",".join(NAMES), *(f"{year}" + ",1" * 12 for year in YEARS)],
        ["item,2024-01-01,2024-01-02,2024-01-03", "a,1,2,3", "b,4,5,6"],
        ["land,unit,2021Q1,2021Q2,2021Q3", "a,kg,1,2,3", "b,kg,4,5,6"],
    ],
)
def test_months_and_dates_across_are_refused(file, lines):
    with pytest.raises(ValueError, match="the columns are called by moments"):
        read(file("\n".join(lines)))


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["month", "2021"],
        ["hour", "north", "south", "2021", "2022"],
        ["2001", "2002", "2003"],
        ["id", "May", "May"],
        ["id", "x1", "x2"],
    ],
)
def test_other_names_are_names(names):
    assert refuse_across("my.csv", 1, names) is None


def test_a_table_with_a_column_of_moments_may_have_columns_called_by_years(file):
    frame = read(file("day,2012,2013\n2024-01-01,1,2\n2024-01-02,3,4\n2024-01-03,5,6\n"))
    assert list(frame) == ["2012", "2013"]
