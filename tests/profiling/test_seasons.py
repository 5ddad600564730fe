"""Seasons that are there are found, and hardly any that are not."""

import numpy as np
import pandas as pd
import pytest

from forecast.profiling.seasons import Candidate, calendar_candidates, find_seasons

HOURS = pd.date_range("2024-01-01", periods=2400, freq="h")
DAYS = pd.date_range("2024-01-01", periods=1200, freq="D")


def rows_of(seasons):
    return [season.rows for season in seasons]


@pytest.mark.parametrize(
    ("freq", "expected"),
    [
        ("15min", {"hour": 4, "day": 96, "week": 672}),
        ("30min", {"hour": 2, "day": 48, "week": 336}),
        ("h", {"day": 24, "week": 168}),
        ("D", {"week": 7, "year": 365}),
        ("B", {"week": 5, "year": 261}),
        ("W", {"year": 52}),
        ("MS", {"year": 12}),
        ("QS", {"year": 4}),
        ("YS", {}),
        ("3D", {"year": 122}),
    ],
)
def test_candidates_are_the_cycles_of_the_calendar(freq, expected):
    moments = pd.date_range("2001-01-01", periods=2100, freq=freq, unit="s")
    found = {season.name: season.rows for season in calendar_candidates(moments)}
    assert found == expected


def test_periods_have_a_calendar_and_integers_none():
    months = pd.period_range("2001-01", periods=60, freq="M")
    assert calendar_candidates(months) == [Candidate(12, "year")]
    assert calendar_candidates(pd.RangeIndex(60)) == []


def test_a_candidate_needs_three_seasons():
    assert rows_of(calendar_candidates(DAYS[:1094])) == [7]
    assert rows_of(calendar_candidates(DAYS[:1095])) == [7, 365]


def test_a_day_and_a_week_of_hours_are_told_apart():
    rng = np.random.default_rng(0)
    t = np.arange(len(HOURS))
    day = 3 * np.sin(2 * np.pi * t / 24) + np.cos(2 * np.pi * t / 12)
    weekend = -2.0 * (t // 24 % 7 >= 5)
    noise = rng.normal(size=len(t))
    candidates = calendar_candidates(HOURS)
    assert rows_of(find_seasons(day + noise, candidates)) == [24]
    assert rows_of(find_seasons(day + weekend + noise, candidates)) == [24, 168]


def test_a_season_that_changes_slowly_is_found_under_a_trend():
    rng = np.random.default_rng(0)
    t = np.arange(len(HOURS))
    day = (1 + 0.5 * np.sin(t / 700)) * np.sin(2 * np.pi * t / 24)
    y = day + 0.1 * rng.normal(size=len(t)).cumsum()
    assert rows_of(find_seasons(y, calendar_candidates(HOURS))) == [24]


def test_the_year_of_days_is_found():
    rng = np.random.default_rng(0)
    y = 2 * np.sin(2 * np.pi * np.arange(1200) / 365.25) + rng.normal(size=1200)
    assert find_seasons(y, calendar_candidates(DAYS)) == [Candidate(365, "year")]


@pytest.mark.parametrize("rows", [11, 16])
def test_a_season_that_no_calendar_knows_is_found_by_its_autocorrelation(rows):
    rng = np.random.default_rng(0)
    y = np.sin(2 * np.pi * np.arange(600) / rows) + 0.5 * rng.normal(size=600)
    assert find_seasons(y, []) == [Candidate(rows, "")]


@pytest.mark.parametrize("integrated", [False, True])
def test_noise_and_random_walks_have_a_season_in_about_a_twentieth(integrated):
    rng = np.random.default_rng(0)
    n_found = 0
    for _ in range(60):
        y = rng.normal(size=400)
        y = y.cumsum() if integrated else y
        n_found += len(find_seasons(y, [Candidate(7, "week"), Candidate(12, "year")]))
    assert n_found <= 0.1 * 120
