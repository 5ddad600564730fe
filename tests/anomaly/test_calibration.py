"""Calibration of one series, against scores that are made in plain sight."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from forecast.anomaly.calibration import calibrated

H = 3


def series(n=30, seed=0):
    """Return values, and the forecasts of each row by the value so many rows before."""
    y = np.random.default_rng(seed).normal(size=(n, 1)).round(1)
    forecasts = np.full((n, H, 1), np.nan)
    for step in range(1, H + 1):
        forecasts[step:, step - 1] = y[:-step]
    return y, forecasts


def test_scores_are_those_of_the_rows_that_were_not_learned_from():
    y, forecasts = series()
    calibration, season_errors, runs = calibrated(y, np.empty((30, 0)), forecasts, 12)
    later = y[12:, 0]
    for step in range(1, H + 1):
        errors = np.abs(later - y[12 - step : 30 - step, 0])
        assert_allclose(calibration.sizes[step - 1, 0], np.sort(errors))
    assert_allclose(season_errors[H:], y[H:] - y[:-H])
    means = [abs(season_errors[row - 2 : row + 1, 0].mean()) for row in range(12, 30)]
    sides = [np.sign(season_errors[row - 2 : row + 1, 0].mean()) for row in range(12, 30)]
    own = np.array(sides) * season_errors[12:, 0]
    assert_allclose(calibration.levels[0], np.sort(np.clip(own, 0, means)))
    # A value that repeats has no error here: runs count rows.
    assert_array_equal(calibration.runs[0], np.sort(runs[12:, 0]))


def test_rows_that_calibrate_change_nothing_of_what_was_learned_before_them():
    y, forecasts = series()
    X = np.random.default_rng(1).normal(size=(30, 1))
    before = calibrated(y, X, forecasts, 20)[0].explanation
    X[20:] += 100
    y[20:] -= 50
    after = calibrated(y, X, forecasts, 20)[0].explanation
    for one, other in zip(before, after, strict=True):
        assert_array_equal(one, other)


def test_the_row_of_a_score_beyond_all_has_the_smallest_p_value():
    y, forecasts = series()
    calibration, _, _ = calibrated(y, np.empty((30, 0)), forecasts, 11)
    far = np.array([99.0])
    assert_allclose(calibration.p_values(2, far, far, far), np.full((3, 1), 1 / 20))
    nothing = np.array([0.0])
    assert_allclose(calibration.p_values(2, nothing, nothing, nothing), np.ones((3, 1)))
