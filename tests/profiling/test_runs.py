"""Runs against itertools.groupby; which are suspicious against simulation."""

from itertools import groupby

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast.profiling.runs import runs_of, suspicious_runs


def test_runs_are_groups_of_equal_neighbours():
    y = np.random.default_rng(0).integers(0, 3, 200).astype(float)
    groups = [(value, len(list(each))) for value, each in groupby(y)]
    runs = runs_of(y)
    assert_array_equal(runs.values, [value for value, _ in groups])
    assert_array_equal(runs.lengths, [length for _, length in groups])
    assert_array_equal(y[runs.starts], runs.values)


def test_missing_values_end_a_run_and_are_none():
    runs = runs_of(np.array([1.0, np.nan, np.nan, 1.0, 1.0]))
    assert_array_equal(runs.starts, [0, 3])
    assert_array_equal(runs.lengths, [1, 2])


@pytest.mark.parametrize("rows", [6, 40])
def test_a_stuck_sensor_is_found(rows):
    y = np.random.default_rng(0).normal(size=500)
    y[200 : 200 + rows] = y[200]
    found = suspicious_runs(y)
    assert (found.starts.tolist(), found.lengths.tolist()) == ([200], [rows])


def test_the_longest_stretch_comes_first():
    y = np.random.default_rng(0).normal(size=500)
    y[10:20] = 0.5
    y[300:330] = 0.7
    assert suspicious_runs(y).lengths.tolist() == [30, 10]


def counts(rng):
    return rng.poisson(1.0, 1000).astype(float)


def nights(rng):
    day = np.clip(np.sin(2 * np.pi * np.arange(1000) / 24), 0, None)
    return (day * rng.uniform(0.5, 1, 1000)).round(3)


def rare(rng):
    return rng.integers(1, 9, 1000) * (rng.random(1000) < 0.1)


def slow(rng):
    return rng.normal(0, 0.3, 1000).cumsum().round()


@pytest.mark.parametrize("simulate", [counts, nights, rare, slow])
def test_ties_that_a_series_has_anyway_are_not_suspicious(simulate):
    rng = np.random.default_rng(0)
    found = [len(suspicious_runs(simulate(rng).astype(float)).starts) for _ in range(40)]
    assert sum(found) <= 1


def test_among_counts_a_stretch_is_found_that_ties_do_not_explain():
    y = counts(np.random.default_rng(0))
    y[100:130] = 2
    assert suspicious_runs(y).lengths.max() >= 30
