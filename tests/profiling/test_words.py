"""Words of a profile."""

import numpy as np
import pandas as pd
import pytest
from analyst_files import spare_parts, store_sales, visits

from forecast.profiling.profile import Profile
from forecast.profiling.words import moment_in_words, needs_attention, sections, summary


def attention(frame, target=None, **said):
    return list(needs_attention(Profile.from_frame(frame, target, **said)))


def test_what_is_planted_needs_attention():
    assert attention(visits().set_index("date"), "visits") == [
        "13 rows without any value in 3 places, the longest (9) from 2023-02-05 to 2023-02-13",
        "visits: 307 in 14 rows on end, from 2023-07-05 to 2023-07-18",
        "visits: 1 value far outside: 819 at 2022-10-28 (about 306 expected)",
    ]


def test_stores_that_open_and_close_need_attention():
    assert attention(store_sales().set_index(["store", "month"])) == [
        "begins late: Fulda (2022-03-01)",
        "ends early: Essen (2021-04-01)",
    ]


def test_faults_come_first():
    frame = store_sales().set_index(["store", "month"])
    assert attention(frame, faults=["It was refused."])[0] == "It was refused."


def test_columns_of_a_wide_table_begin_late_as_well():
    wide = store_sales().pivot(index="month", columns="store", values="sales")
    lines = attention(wide)
    assert lines[0] == "begins late: Fulda (2022-03-01)"
    assert "Essen (2021-04-01)" in lines[1]


def test_nothing_needs_attention():
    days = pd.date_range("2024-01-01", periods=50)
    y = np.random.default_rng(0).normal(size=50)
    profile = Profile.from_frame(pd.DataFrame({"y": y}, days))
    assert sections(profile)["needs attention"] == ["nothing"]


def test_demand_names_the_models_that_are_made_for_it():
    profile = Profile.from_frame(spare_parts().set_index(["part", "week"]))
    assert any("croston and tsb" in line for line in sections(profile)["demand"])


def test_the_summary_says_zone_frequency_and_season():
    hours = pd.date_range("2024-01-01", periods=3000, freq="h", tz="UTC")
    profile = Profile.from_frame(pd.Series(np.arange(3000.0), hours, name="y"))
    assert summary(profile) == (
        "3 000 rows from 2024-01-01 to 2024-05-04 23:00 (UTC); "
        "the rows come with frequency 'h', season length 24"
    )


def test_marks_and_notes_are_said():
    days = pd.date_range("2024-01-01", periods=50)
    frame = pd.DataFrame({"y": np.arange(50.0)}, days)
    marks = {"delimiter": ";", "decimal": ",", "time": "day"}
    profile = Profile.from_frame(frame, marks=marks, notes=["newest row first: sorted"])
    assert sections(profile)["read"] == [
        "delimiter semicolon, decimal comma, time day",
        "newest row first: sorted",
    ]


def test_of_many_columns_some_are_described():
    days = pd.date_range("2024-01-01", periods=20)
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 30)), days)
    frame.iloc[7, 1:] = np.nan
    said = sections(Profile.from_frame(frame))
    assert len(said["needs attention"]) <= 21
    assert said["other columns"] == ["18 more: the JSON form has all of them"]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (pd.Timestamp("2024-01-31"), "2024-01-31"),
        (pd.Timestamp("2024-01-31 14:30"), "2024-01-31 14:30"),
        (pd.Timestamp("2024-01-31 14:30:05"), "2024-01-31 14:30:05"),
        (17, "17"),
    ],
)
def test_moments_in_words(moment, words):
    assert moment_in_words(moment) == words
