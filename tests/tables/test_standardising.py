"""Standardising: moments of what is read, and columns in units of them."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from forecast.recurrent.standardising import (
    covered_mean_and_deviation,
    series_mean_and_deviation,
    standardised_columns,
    standardised_panel,
)
from forecast.tables.panel import Panel
from forecast.tables.windows import Slices


def test_a_row_counts_as_often_as_windows_hold_it():
    rows = np.random.default_rng(0).normal(3, 2, (20, 2))
    windows = Slices(rows, np.array([2, 3, 9, 9]), 4)
    mean, deviation = covered_mean_and_deviation(windows)
    copies = windows[:].reshape(-1, 2)
    assert_allclose(mean, copies.mean(axis=0))
    assert_allclose(deviation, copies.std(axis=0))


def two_series():
    """Return a panel of a series of ten rows and one that begins seven rows later."""
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_tuples([("a", t) for t in range(10)] + [("b", t) for t in (7, 8, 9)])
    return Panel.of(index, rng.normal(size=(13, 1)), rng.normal(5, 3, (13, 2)))[0]


def test_a_series_is_measured_up_to_the_last_origin():
    panel = two_series()
    mean, deviation = series_mean_and_deviation(panel, np.array([3, 6]), lookback=2)
    columns = panel.channels()
    assert_allclose(mean[0], columns[:7].mean(axis=0))
    assert_allclose(deviation[0], columns[:7].std(axis=0))


def test_a_series_that_begins_too_late_is_measured_as_a_whole():
    panel = two_series()
    mean, _ = series_mean_and_deviation(panel, np.array([3, 8]), lookback=3)
    assert_allclose(mean[1], panel.channels()[10:].mean(axis=0))  # two rows up to the last origin


def test_each_row_is_standardised_by_its_own_series():
    panel = two_series()
    mean, scale = np.arange(6.0).reshape(2, 3), np.arange(1.0, 7.0).reshape(2, 3)
    table = standardised_panel(panel, np.array([2, 0]), panel.codes, mean, scale)
    assert table.dtype == np.float32
    assert_allclose(table[:10, 0], (panel.X[:10, 0] - 2) / 3, rtol=1e-6)
    assert_allclose(table[10:, 1], (panel.y[10:, 0] - 3) / 4, rtol=1e-6)


def test_columns_are_standardised_one_by_one():
    rows = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    scaled = standardised_columns(rows, np.array([1.0, 2.0]), np.array([0.5, 4.0]), np.float64)
    assert scaled.dtype == np.float64
    assert_allclose(scaled, (rows - np.array([1.0, 2.0])) / np.array([0.5, 4.0]))
