"""Held-out errors, and the quantiles that are read from them."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.forecasters.intervals import (
    add_errors,
    around_point,
    check_quantiles,
    error_quantiles,
    errors_at,
    forecast_errors,
    learn_holding_out,
    rearranged,
)
from forecast.tables.panel import Panel, Split


def panel(y):
    y = np.asarray(y, dtype=float)
    return Panel.of(pd.RangeIndex(len(y)), np.empty((len(y), 0)), y[:, None])[0]


def mean_of(table, origins):
    return table.y[origins].mean()


def errors_of_mean(table, origins, mean):
    return forecast_errors(table, origins, np.full((len(origins), 2, 1), mean))


def test_errors_come_from_a_fit_that_has_not_seen_them_and_the_last_fit_sees_all():
    table = panel(np.arange(10.0) ** 2)
    origins = np.arange(8)
    split = Split(origins[:4], origins[6:], is_held_out=True)
    fitted, errors = learn_holding_out(table, origins, split, mean_of, errors_of_mean)
    assert fitted == (table.y[:8].mean())
    seen = table.y[:4].mean()
    assert_allclose(errors[..., 0], [[49 - seen, 64 - seen], [64 - seen, 81 - seen]])


def test_what_can_hold_nothing_out_is_learned_once():
    table, calls = panel(np.arange(6.0)), []
    origins = np.arange(4)

    def learn(table, rows):
        calls.append(rows)
        return mean_of(table, rows)

    split = Split(origins, origins, is_held_out=False)
    fitted, errors = learn_holding_out(table, origins, split, learn, errors_of_mean)
    assert len(calls) == 1
    assert fitted == 1.5
    assert errors.shape == (4, 2, 1)


def test_a_fit_may_go_on_from_the_first_one():
    table = panel(np.arange(6.0))
    origins = np.arange(4)
    split = Split(origins[:2], origins[2:], is_held_out=True)
    fitted, _ = learn_holding_out(
        table, origins, split, mean_of, errors_of_mean, lambda _, rows, first: (first, len(rows))
    )
    assert fitted == (0.5, 4)


def test_quantiles_of_errors_are_read_for_each_step_and_target():
    errors = np.random.default_rng(0).normal(size=(401, 3, 2))  # 401 = 2 · 200 + 1: grid points
    grid = error_quantiles(errors)
    levels = np.array([0.05, 0.5, 0.9])
    assert_allclose(errors_at(grid, levels), np.moveaxis(np.quantile(errors, levels, 0), 0, -1))
    point = np.random.default_rng(1).normal(size=(4, 2, 2))  # a step less than the grid
    answer = add_errors(point, grid, levels)
    assert_array_equal(answer[..., 0], point)
    expected = point[..., None] + np.moveaxis(np.quantile(errors, levels, 0), 0, -1)[:2]
    assert_allclose(answer[..., 1:], expected)


def test_errors_may_be_in_units_of_each_origin_and_target():
    grid = error_quantiles(np.random.default_rng(0).normal(size=(401, 3, 2)))
    levels = np.array([0.1, 0.8])
    point, unit = np.zeros((4, 3, 2)), np.arange(1.0, 9.0).reshape(4, 2)
    answer = add_errors(point, grid, levels, unit)[..., 1:]
    expected = unit[:, None, :, None] * errors_at(grid, levels)
    assert_allclose(answer, expected)


def test_what_has_no_error_is_left_out_of_the_quantiles():
    errors = np.array([1.0, np.nan, 3.0, 2.0, np.nan]).reshape(5, 1, 1)
    grid = error_quantiles(np.concatenate([errors, np.full((5, 1, 1), np.nan)], axis=2))
    assert_allclose(grid[[0, 100, 200], 0, 0], [1.0, 2.0, 3.0])
    assert_array_equal(grid[:, 0, 1], 0.0)  # no error at all


def test_an_interval_of_half_of_the_actuals_holds_the_point_forecast():
    levels = np.array([0.05, 0.25, 0.26, 0.5, 0.74, 0.75, 0.95])
    above = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])  # all errors are positive
    assert_array_equal(around_point(above.copy(), levels), [0, 0, 0, 3, 4, 5, 6, 7])
    assert_array_equal(
        around_point(-above[[0, 7, 6, 5, 4, 3, 2, 1]], levels)[1:], [-7, -6, -5, -4, -3, 0, 0]
    )
    around = np.array([4.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    assert_array_equal(around_point(around.copy(), levels), around)


def test_rearranged_quantiles_do_not_cross():
    crossing = np.array([[1.0, 3.0, 2.0], [0.5, 0.6, 0.7]])
    assert_array_equal(rearranged(crossing), [[1.0, 2.0, 3.0], [0.5, 0.6, 0.7]])


@pytest.mark.parametrize("quantiles", [[0.5, 0.1], [0.1, 0.1], [0.0], [1.0], [np.nan], [[0.5]]])
def test_what_is_no_list_of_quantiles_is_refused(quantiles):
    with pytest.raises(ValueError, match="quantiles must be ascending numbers between 0 and 1"):
        check_quantiles(quantiles)
