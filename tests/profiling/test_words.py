"""Words of a profile."""

import numpy as np
import pandas as pd
from analyst_files import spare_parts

from forecast.profiling.profile import Profile
from forecast.profiling.words import sections, summary


def test_nothing_needs_attention():
    days = pd.date_range("2024-01-01", periods=50)
    y = np.random.default_rng(0).normal(size=50)
    profile = Profile.from_frame(pd.DataFrame({"y": y}, days))
    assert dict(sections(profile))["needs attention"] == ["nothing"]


def test_demand_names_the_models_that_are_made_for_it():
    profile = Profile.from_frame(spare_parts().set_index(["part", "week"]))
    assert any("croston and tsb" in line for line in dict(sections(profile))["demand"])


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
    assert dict(sections(profile))["read"] == [
        "delimiter semicolon, decimal comma, time day",
        "newest row first: sorted",
    ]


def test_of_many_columns_some_are_described():
    days = pd.date_range("2024-01-01", periods=20)
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 30)), days)
    frame.iloc[7, 1:] = np.nan
    said = dict(sections(Profile.from_frame(frame)))
    assert len(said["needs attention"]) <= 21
    assert said["other columns"] == ["18 more: the JSON form has all of them"]


def test_columns_may_be_called_like_a_section():
    days = pd.date_range("2024-01-01", periods=20)
    y = np.random.default_rng(0).normal(size=(20, 2))
    frame = pd.DataFrame(y, days, columns=["read", "needs attention"])
    headings = [heading for heading, _ in sections(Profile.from_frame(frame, notes=["a note"]))]
    assert headings[1:] == ["needs attention", "read", "read", "needs attention"]
