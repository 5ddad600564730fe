"""The anchor: what windows and answers are relative to, and how it is chosen."""

from dataclasses import replace

import naive
import numpy as np
import pytest
from numpy.testing import assert_allclose
from recurrent.cases import SMALL, random_inputs

from forecast.recurrent.anchor import (
    ANCHOR_RULE,
    anchored_known,
    anchored_windows,
    choose_anchor,
    naive_forecasts,
)

ANCHORED = replace(SMALL, outputs=7, anchor=(3, 4), known_channels=(1,), calendar_columns=2)


def test_windows_are_relative_to_their_last_timestep():
    windows = random_inputs(ANCHORED, np.random.default_rng(0)).windows
    anchored = anchored_windows(ANCHORED, windows)
    for sample, timestep in np.ndindex(anchored.shape[:2]):
        expected = windows[sample, timestep] - windows[sample, -1]
        assert_allclose(anchored[sample, timestep], expected)
    assert_allclose(anchored_windows(SMALL, windows), windows)


def test_answers_are_relative_to_the_mean_of_the_naive_forecasts():
    windows = random_inputs(ANCHORED, np.random.default_rng(0)).windows
    for window, forecast in zip(windows, naive_forecasts(ANCHORED, windows), strict=True):
        single = [naive.seasonal_naive(window[:, 0], season, 7) for season in (3, 4)]
        assert_allclose(forecast, np.mean(single, axis=0))
    assert_allclose(naive_forecasts(SMALL, windows), np.zeros((4, 3)))


def test_the_distance_from_the_window_stands_beside_what_is_known():
    windows, ahead, _ = random_inputs(ANCHORED, np.random.default_rng(0))
    known = anchored_known(ANCHORED, windows, ahead)
    assert_allclose(known[..., :3], ahead)
    assert_allclose(known[2, 5, 3], ahead[2, 5, 0] - windows[2, -1, 1])
    assert anchored_known(SMALL, windows, None) is None


def chosen(y):
    y = np.asarray(y)[:, None]
    return choose_anchor(y, np.arange(167, len(y) - 24), 24, [24, 168])


def test_a_walk_is_anchored_at_its_last_value():
    assert chosen(np.cumsum(np.random.default_rng(0).normal(size=400))) == (1,)


def test_equal_days_are_anchored_at_the_day_and_the_week():
    noise = np.random.default_rng(0).normal(size=400) / 2
    assert chosen(10 * np.sin(2 * np.pi * np.arange(400) / 24) + noise) == (24, 168)


def test_equal_weeks_are_anchored_at_the_week_too():
    week = np.random.default_rng(0).normal(size=168)
    noise = np.random.default_rng(1).normal(size=672) / 9
    assert 168 in chosen(np.tile(week, 4) + noise)


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("auto", True),
        (None, True),
        (24, True),
        ([1, 24], True),
        ("week", False),
        (0, False),
        ([], False),
        ([24, 0.5], False),
    ],
)
def test_an_anchor_is_auto_none_or_season_lengths(value, holds):
    assert ANCHOR_RULE.holds(value) is holds
