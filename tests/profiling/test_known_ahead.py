"""Which columns look known ahead, and why."""

import numpy as np
import pandas as pd
import pytest
from analyst_files import visits

from forecast.profiling.known_ahead import ending_first, looks_known_ahead
from forecast.profiling.series_table import SeriesTable

HOURS = pd.date_range("2024-01-01", periods=24 * 28, freq="h")


def table(**columns):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"y": rng.normal(size=len(HOURS)), **columns}, HOURS)
    return SeriesTable.from_frame(frame)


def test_values_after_the_last_one_of_the_target():
    made = SeriesTable.from_frame(visits().set_index("date").asfreq("D"))
    reasons = looks_known_ahead(made, 0)
    assert reasons == {"promo": "has values in 14 rows after the last visits"}
    assert looks_known_ahead(made, 1) == {}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (HOURS.hour, "time of every day"),
        (1.0 * (HOURS.day_of_week > 4), "day of every week"),
    ],
)
def test_columns_that_follow_the_calendar(values, words):
    reasons = looks_known_ahead(table(x=np.asarray(values, dtype=float)), 0)
    assert words in reasons["x"]


def test_names_of_what_is_planned():
    rng = np.random.default_rng(1)
    x = rng.normal(size=len(HOURS))
    assert set(looks_known_ahead(table(is_holiday=x, Promotion=x, humidity=x), 0)) == {
        "is_holiday",
        "Promotion",
    }


def test_a_constant_follows_no_calendar():
    assert looks_known_ahead(table(x=np.ones(len(HOURS))), 0) == {}


def test_the_column_that_ends_first_may_be_the_target():
    made = SeriesTable.from_frame(visits().set_index("date").asfreq("D"))
    assert ending_first(made) == 0
    both = table(x=np.arange(len(HOURS), dtype=float))
    assert ending_first(both) is None
    sparse = np.full(len(HOURS), np.nan)
    sparse[[3, 50, 90]] = 1
    assert ending_first(table(x=sparse)) is None


def test_a_column_that_ended_long_ago_is_no_target():
    closed = np.where(np.arange(len(HOURS)) < 300, 1.0, np.nan)
    assert ending_first(table(x=closed)) is None


def test_a_single_column_has_no_others():
    assert ending_first(table()) is None
