"""Irregular moments are refused with what makes them regular."""

import re
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast import regularize
from forecast.tables.frequency import infer_frequency


def obeyed(frame, sentence):
    """Do what the sentence says: call the regularize(…) that stands in it."""
    call = re.search(r"forecast\.(regularize\(frame, [^)]*\))", sentence).group(1)
    return eval(call, {"regularize": regularize, "frame": frame})


def days(*dates):
    return pd.DatetimeIndex([pd.Timestamp(date) for date in dates])


ALL_DAYS = pd.date_range("2024-01-01", periods=30, freq="D")
MIDDLES = pd.DatetimeIndex([pd.Timestamp(2024, month, 15) for month in range(1, 13)])
FIRSTS = pd.date_range("2024-01-01", periods=12, freq="MS")
# The 15th, or the Friday before.
PAYDAYS = pd.DatetimeIndex([pd.offsets.BDay().rollback(day) for day in MIDDLES])
# The 30th, and the last of February.
ENDS = pd.DatetimeIndex(
    [pd.Timestamp(2024, 2, 29)] + [pd.Timestamp(2024, m, 30) for m in (3, 4, 5)]
)
MONDAYS = pd.date_range("2024-01-01", periods=12, freq="W-MON")
SUNDAYS = MONDAYS + pd.Timedelta(days=6)
LATE_MONDAY = MONDAYS.delete(5).insert(5, MONDAYS[5] + pd.Timedelta(days=1))
MORNINGS = ALL_DAYS + pd.to_timedelta(np.arange(30) % 7, unit="min") + pd.Timedelta(hours=8)
RECEIPTS = days("2024-01-01 09:05", "2024-01-01 17:48", "2024-01-02 10:11", "2024-01-02 10:14")

HEALED = {
    "a hole": (ALL_DAYS.delete(17), ALL_DAYS, [*range(17), 16, *range(17, 29)]),
    "a day twice": (ALL_DAYS.insert(3, ALL_DAYS[2]), ALL_DAYS, [0, 1, 2.5, *range(4, 31)]),
    "a hole in months on one day": (MIDDLES.delete(6), MIDDLES, [*range(6), 5, *range(6, 11)]),
    "paydays": (PAYDAYS, FIRSTS, range(12)),
    "30th of months": (ENDS, FIRSTS[1:5], range(4)),
    "a late week": (LATE_MONDAY, SUNDAYS, range(12)),
    "about 8 o'clock": (MORNINGS, ALL_DAYS, range(30)),
    "receipts": (RECEIPTS, ALL_DAYS[:2], [0 + 1, 2 + 3]),
}


@pytest.mark.parametrize("fault", HEALED)
def test_the_remedy_for_irregular_rows_heals_them(fault):
    index, healed, values = HEALED[fault]
    frame = pd.DataFrame({"temp": np.arange(float(len(index)))}, index=index)
    with pytest.raises(ValueError, match=r"is missing|stands twice|lies off the grid") as caught:
        infer_frequency(index)
    mended = obeyed(frame, str(caught.value))
    assert list(mended.index) == list(healed)
    assert_array_equal(mended["temp"], values)
    infer_frequency(mended.index)
    # The command says the same with flags.
    assert "--freq" in caught.value.at_command_line()


def test_rows_on_some_weekdays_are_offered_to_be_merged_and_not_moved_to_other_days():
    index = pd.date_range("2024-01-01", periods=60, freq="D")
    index = index[index.day_of_week.isin([0, 2, 4])]
    with pytest.raises(ValueError, match="as do 11 other rows") as caught:
        infer_frequency(index)
    assert "--freq W-SUN --how sum" in caught.value.at_command_line()


def test_an_hour_that_clocks_leave_out_is_no_hole():
    index = pd.date_range("2024-03-30", periods=60, freq="h").delete(26)
    with pytest.raises(ValueError, match="2024-03-31 02:00:00 is missing") as caught:
        infer_frequency(index)
    assert "If clocks went forward, name the place with --time-zone" in (
        caught.value.at_command_line()
    )
    # With its zone nothing is missing.
    infer_frequency(index.tz_localize("Europe/Berlin"))


@pytest.mark.parametrize("wrong", [40, 59, slice(40, None)])
def test_a_mistyped_year_is_refused_without_the_rows_between(wrong):
    seconds = pd.date_range("2020-01-01", periods=60, freq="s").to_series().reset_index(drop=True)
    seconds[wrong] = seconds[wrong] + pd.DateOffset(years=500)
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"1.58e\+10 of them are missing") as error:
        infer_frequency(pd.DatetimeIndex(seconds.sort_values()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "Correct the moment that is wrong, or drop its row." in str(error.value)
    assert peak < 5e6
