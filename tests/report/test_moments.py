"""The moments of a file become those of the backtest."""

import pandas as pd
import pytest

from forecast.exceptions import InputError
from forecast.report.moments import has_clock, history_of, moment, with_moments, zone_of

DAYS = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02"]))
KINDS = {
    "dates": DAYS,
    "zone": DAYS.dt.tz_localize("America/New_York"),
    "periods": pd.Series(pd.PeriodIndex(DAYS, freq="M")),
    "rows": pd.Series([3, 4]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_texts_become_moments_of_the_same_kind(kind):
    moments = KINDS[kind]
    written = pd.DataFrame({"timestamp": moments.astype(str), "forecast": 1.0})
    read = with_moments(written, moments)["timestamp"]
    assert read.tolist() == moments.tolist()
    assert read.dtype.kind == moments.dtype.kind


def test_rows_come_in_the_order_of_time():
    written = pd.DataFrame({"timestamp": ["2024-01-02", "2024-01-01"], "forecast": [2.0, 1.0]})
    assert with_moments(written, DAYS)["forecast"].tolist() == [1.0, 2.0]


def test_other_moments_are_refused():
    with pytest.raises(InputError, match="not of the kind"):
        with_moments(pd.DataFrame({"timestamp": ["soon"]}), DAYS)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (pd.Timestamp("2024-01-01"), "2024-01-01"),
        (pd.Timestamp("2024-01-01 06:30"), "2024-01-01 06:30"),
        (pd.Timestamp("2024-01-01 06:30:15"), "2024-01-01 06:30:15"),
        (pd.Timestamp("2024-01-01 06:00", tz="Europe/Berlin"), "2024-01-01 06:00"),
        (pd.Period("2024-01"), "2024-01"),
        (17, "17"),
    ],
)
def test_a_moment_is_written_without_what_it_does_not_say(value, text):
    assert moment(value) == text


def test_the_zone_and_the_clock():
    assert [zone_of(KINDS[kind]) for kind in KINDS] == ["UTC", "America/New_York", "UTC", None]
    assert not any(has_clock(moments) for moments in KINDS.values())
    assert has_clock(DAYS + pd.Timedelta("1h"))


def test_the_history_has_each_actual_once(result):
    history = history_of(result.forecasts, by_series=True)
    assert history.index.is_unique
    assert history.index.nlevels == 2
    assert len(history) == 6 * 10 * 7
    north = result.forecasts[result.forecasts["series"] == "north"]
    alone = history_of(north, by_series=False)
    assert alone.name == "north"
    assert alone.tolist() == history["north"].tolist()
