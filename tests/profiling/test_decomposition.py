"""Parts of series whose parts are known, and their strengths by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from statsmodels.tsa.seasonal import MSTL

from forecast.profiling.decomposition import decompose, interpolated, strength

T = np.arange(960)
DAY = 10 * np.sin(2 * np.pi * T / 24)
WEEK = 6.0 * (T // 24 % 7 >= 5)
TREND = 0.02 * T


def noise(seed=0):
    return np.random.default_rng(seed).normal(size=len(T))


def test_strengths_by_hand():
    part = np.array([3.0, -3.0, 3.0, -3.0])
    remainder = np.array([1.0, 1.0, -1.0, -1.0])
    assert_allclose(strength(part, remainder), 1 - 1 / 10)
    assert_allclose(strength(np.zeros(4), remainder), 0)
    # What cancels the remainder explains nothing.
    assert strength(-remainder / 2, remainder) == 0
    # Of three values: variances 8/9 of the remainder, 56/9 of 4, -2, 2.
    assert_allclose(strength(part, np.append(remainder[:3], np.nan)), 1 - 8 / 56)


def test_a_series_without_spread_has_no_strength():
    assert strength(np.zeros(5), np.zeros(5)) == 0


def test_the_parts_are_those_of_the_simulation():
    parts = decompose(DAY + TREND + noise(), [24])
    assert np.sqrt(np.mean((parts.seasons[24] - DAY) ** 2)) < 0.5
    assert np.sqrt(np.mean((parts.trend - TREND) ** 2)) < 0.5
    expected = np.var(DAY) / (np.var(DAY) + 1)
    assert_allclose(parts.seasonal_strength(24), expected, atol=0.02)
    assert_allclose(parts.observed, parts.expected + parts.remainder)


def test_two_seasons_are_those_of_mstl():
    y = DAY + WEEK + noise()
    parts = decompose(y, [24, 168])
    oracle = MSTL(y, periods=(24, 168)).fit()
    for place, rows in enumerate([24, 168]):
        difference = parts.seasons[rows] - oracle.seasonal[:, place]
        assert np.sqrt(np.mean(difference**2)) < 0.5


def test_an_outlier_pulls_no_part_along():
    y = DAY + noise()
    without = decompose(y, [24])
    y[500] += 300
    parts = decompose(y, [24])
    assert np.abs(parts.expected - without.expected).max() < 2
    assert parts.remainder[500] > 290


def test_missing_values_stay_missing_and_are_expected():
    y = DAY + noise()
    y[100:130] = np.nan
    parts = decompose(y, [24])
    assert np.isnan(parts.remainder).sum() == 30
    assert np.abs(parts.expected[100:130] - DAY[100:130]).max() < 4


def test_without_a_season_the_trend_is_a_running_mean():
    rng = np.random.default_rng(0)
    y = np.arange(60.0) + rng.normal(size=60)
    means = [y[row - 3 : row + 4].mean() for row in range(10, 50)]
    assert_allclose(decompose(y, []).trend[10:50], means)
    spiked = y.copy()
    spiked[30] = 500
    parts = decompose(spiked, [])
    assert np.flatnonzero(parts.is_out).tolist() == [30]
    assert_allclose(parts.trend[10:50], means, atol=1)


@pytest.mark.parametrize("power", [1, 2])
def test_what_only_rises_has_no_outliers(power):
    assert not decompose(np.arange(80.0) ** power, []).is_out.any()


def test_peaks_of_a_smooth_curve_are_no_outliers():
    assert not decompose(100 * np.sin(np.arange(22) / 2), []).is_out.any()


def test_lines_stand_in_for_missing_values():
    assert_allclose(interpolated(np.array([1.0, np.nan, np.nan, 4.0])), [1, 2, 3, 4])


@pytest.mark.parametrize("seasons", [[], [24]])
def test_the_series_stays_as_it_was(seasons):
    y = DAY + noise()
    before = y.copy()
    decompose(y, seasons)
    assert_allclose(y, before)
