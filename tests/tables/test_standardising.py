"""Standardising: moments of what is read, and columns in units of them."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.tables import standardising
from forecast.tables.panel import Panel
from forecast.tables.standardising import (
    Scaling,
    covered_mean_and_deviation,
    learned_rows,
    mean_and_deviation,
    of_changes,
    standardised_columns,
    without_rounding,
)
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


def rows_learned(panel, origins, lookback, horizon):
    return [part.tolist() for part in learned_rows(panel, np.array(origins), lookback, horizon)]


def test_windows_and_targets_of_the_origins_are_learned_from():
    panel = two_series()
    assert rows_learned(panel, [3, 6], lookback=2, horizon=1)[0] == list(range(8))
    # In time: the second series has its first row at the moment 7.
    assert rows_learned(panel, [3, 7], lookback=1, horizon=1)[1] == [10, 11]


def test_a_series_that_begins_too_late_is_measured_as_a_whole():
    panel = two_series()
    assert rows_learned(panel, [3, 6], lookback=2, horizon=1)[1] == [10, 11, 12]


def test_each_series_and_column_is_measured_by_itself():
    panel = two_series()
    columns = panel.channels()
    scaling = Scaling.learn(columns.T, [np.arange(7), np.array([10, 12])])
    assert_allclose(scaling.mean, [columns[:7].mean(axis=0), columns[[10, 12]].mean(axis=0)])
    assert_allclose(scaling.scale, [columns[:7].std(axis=0), columns[[10, 12]].std(axis=0)])


@pytest.mark.parametrize("value", [0.0, 1e9 / 3])
def test_long_series_are_measured_in_blocks(monkeypatch, value):
    column = value + np.random.default_rng(0).normal(size=50)
    column[[4, 17]] = np.nan
    constant = np.full(50, value)
    rows = [np.arange(3, 50)]
    whole = Scaling.learn([column, constant], rows)
    monkeypatch.setattr(standardising, "_BLOCK", 10)
    blocks = Scaling.learn([column, constant], rows)
    assert_allclose(blocks.mean, whole.mean, rtol=1e-12, atol=1e-15)
    assert_allclose(blocks.scale, whole.scale, rtol=1e-12)
    assert blocks.scale[0, 1] == 0


def test_each_row_is_standardised_by_its_own_series():
    panel = two_series()
    scaling = Scaling(np.arange(6.0).reshape(2, 3), np.arange(1.0, 7.0).reshape(2, 3))
    columns = [panel.X[:, 0], panel.y[:, 0]]
    table = scaling.of_columns(np.array([2, 0])).standardised(columns, panel.codes, np.float32)
    assert table.dtype == np.float32
    assert_allclose(table[:10, 0], (panel.X[:10, 0] - 2) / 3, rtol=1e-6)
    assert_allclose(table[10:, 1], (panel.y[10:, 0] - 3) / 4, rtol=1e-6)


def test_what_is_standardised_is_restored():
    panel = two_series()
    scaling = Scaling.learn(panel.y.T, [np.arange(10), np.arange(10, 13)])
    values = scaling.standardised(panel.y.T, panel.codes).reshape(13, 1, 2, 1)
    restored = scaling.restored(values, panel.codes, panel.y)
    assert_allclose(restored[:, 0, :, 0], panel.y)


@pytest.mark.parametrize("constant", [0.0, 0.1, 7e-6, 1e15])
def test_a_constant_has_no_unit_and_stays_what_it_was_last(constant):
    column = np.full(1000, constant)  # the deviation of 0.1 is 1e-17 by rounding
    scaling = Scaling.learn([column], [np.arange(1000)])
    series = np.zeros(3, dtype=int)
    assert_array_equal(scaling.scale, [[0.0]])
    assert_array_equal(scaling.standardised([np.array([0.0, 5.0, constant])], series), 0.0)
    last = np.array([[constant], [8.0], [-1.0]])
    restored = scaling.restored(np.full((3, 2, 1, 1), 3.0), series, last)
    assert_array_equal(restored[:, 1, :, 0], last)
    # Nor does it say how large the errors of other series are.
    assert np.isnan(scaling.relative(np.zeros((3, 2, 1)), series)).all()


def test_errors_are_in_units_of_their_series():
    scaling = Scaling(np.zeros((2, 3)), np.array([[2.0, 4.0, 9.0], [1.0, 8.0, 9.0]]))
    errors = np.full((2, 3, 2), 8.0)
    expected = [[[4.0, 2.0]] * 3, [[8.0, 1.0]] * 3]
    assert_array_equal(scaling.relative(errors, np.array([0, 1])), expected)


def test_the_size_of_changes_is_their_root_mean_square():
    columns = np.array([[1.0, 3.0, 2.0, 7.0, 7.0, 7.0], [0.0, 1.0, 0.0, 5.0, 6.0, 8.0]])
    parts = [np.arange(3), np.arange(3, 6)]
    scaling = Scaling.learn([*columns, np.arange(6.0)], parts)
    found = of_changes(scaling, columns, parts)
    assert_array_equal(found.mean, scaling.mean[:, :2])
    expected = [[np.sqrt((4 + 1) / 2), 1.0], [0.0, np.sqrt((1 + 4) / 2)]]
    assert_allclose(found.scale, expected)


def test_columns_are_standardised_one_by_one():
    rows = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    scaled = standardised_columns(rows, np.array([1.0, 2.0]), np.array([0.5, 4.0]), np.float64)
    assert scaled.dtype == np.float64
    assert_allclose(scaled, (rows - np.array([1.0, 2.0])) / np.array([0.5, 4.0]))


def test_a_deviation_of_rounding_is_zero():
    deviation = without_rounding(np.array([1e-17, 1e-13, 0.0]), np.array([0.1, -1.0, 0.0]))
    assert_array_equal(deviation, [0.0, 1e-13, 0.0])


@pytest.mark.parametrize("n", [10, 100_000])
def test_small_steps_on_a_large_level_are_no_rounding(n):
    """A step of 2⁻¹⁰ on 2³⁰ is exact: 1e-12 of it, and a million times the last bit."""
    steps = np.tile([0.0, 1.0], n // 2) * 2.0**-10
    scaling = Scaling.learn([2.0**30 + steps, np.full(n, 0.1)], [np.arange(n)])
    assert_allclose(scaling.scale, [[2.0**-11, 0.0]], rtol=1e-12)
    assert_allclose(scaling.mean, [[2.0**30 + 2.0**-11, 0.1]], rtol=1e-15)


def test_the_last_bits_of_a_constant_are_no_deviation():
    summed = np.array([0.3, 0.1 + 0.2] * 50)  # these differ in their last bit
    mean, deviation = mean_and_deviation(summed)
    assert deviation > 0
    assert_array_equal(without_rounding(deviation, mean), 0.0)


def test_mean_and_deviation_leave_gaps_out():
    values = np.array([[1.0, 5.0], [np.nan, 7.0], [3.0, 12.0]])
    mean, deviation = mean_and_deviation(values)
    assert_allclose(mean, [2.0, 8.0])
    assert_allclose(deviation, [1.0, np.sqrt(26 / 3)])
