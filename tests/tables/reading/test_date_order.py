"""The order of day and month shows in the rows: only one of them is regular."""

import pandas as pd
import pytest

from forecast.tables.reading.date_order import regular_orders

READ = {"ymd": "%y/%m/%d", "dmy": "%d/%m/%y", "mdy": "%m/%d/%y"}


def orders_of(moments, written):
    """Return the orders in which dates that were written in one order are regular."""
    texts = pd.DatetimeIndex(moments).strftime(READ[written])
    readings = {}
    for order, form in READ.items():
        read = pd.to_datetime(texts, format=form, errors="coerce")
        if read.notna().all():
            readings[order] = read
    return regular_orders(readings)


@pytest.mark.parametrize("order", READ)
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
    assert orders_of(moments, order) == [order]


def test_twelve_firsts_of_months_may_be_days_or_years_too():
    months = pd.date_range("2018-01-01", periods=12, freq="MS")
    assert orders_of(months, "dmy") == ["ymd", "dmy", "mdy"]


def test_years_on_another_day_than_the_first_or_last_are_none():
    years = pd.date_range("2001-01-18", periods=9, freq=pd.DateOffset(years=1))
    assert regular_orders({"dmy": years}) == []
    assert regular_orders({"dmy": pd.date_range("2001-12-31", periods=9, freq="YE")}) == ["dmy"]
