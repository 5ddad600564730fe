"""The walk over trusted rows, with a forecaster that repeats the last value."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from forecast import NaiveForecaster
from forecast.anomaly.calibration import calibrated
from forecast.anomaly.walk import Walk, Watch, by_row, combined, forecasts_from
from forecast.tables.panel import Panel

H = 4
ALPHA = 0.03


def noise(n=240, seed=1):
    return np.random.default_rng(seed).normal(size=(n, 1))


def panel_of(y):
    return Panel.of(pd.RangeIndex(len(y)), np.empty((len(y), 0)), y)[0]


def walked(y, start=200, patience=12):
    """Walk from `start` on with a naive forecaster that is calibrated on the rows before."""
    forecaster = NaiveForecaster().fit(y[:start, 0])
    panel = panel_of(y)
    history = panel_of(y[:start])
    forecasts = by_row(forecasts_from(forecaster, history, np.arange(start), H))
    calibration, errors, runs = calibrated(y[:start], history.X, forecasts, 50)
    season_errors = np.full_like(y, np.nan)
    season_errors[:start] = errors
    walk = Walk(forecaster, panel, y, season_errors, calibration, ALPHA, patience)
    watch = Watch(y[start - H : start], errors[-H:], runs[-1], 1, 0)
    judged, after = walk.judge(start, 0, watch)
    return walk, judged, after


def test_forecasts_stand_at_the_row_that_they_are_for():
    y = noise(10)
    forecaster = NaiveForecaster().fit(y[:, 0])
    forecasts = by_row(forecasts_from(forecaster, panel_of(y), np.arange(10), H))
    for row in range(10):
        for step in range(1, H + 1):
            expected = y[row - step] if row >= step else [np.nan]
            assert_allclose(forecasts[row, step - 1], expected)


def test_a_spike_gives_way_to_what_was_expected():
    y = noise()
    y[220] = 30.0
    walk, judged, _ = walked(y)
    p = combined(judged.p)
    assert p[20] <= ALPHA < p[21]
    assert_allclose(walk.trusted[220], y[219])
    # The next row is judged by the value before the spike, two rows back.
    assert_allclose(judged.expected[21], y[219])
    error = abs(y[221, 0] - y[219, 0])
    two_steps = np.abs(y[50:200, 0] - y[48:198, 0])
    assert_allclose(judged.p[21, 0, 0], (1 + (two_steps >= error).sum()) / 151)


def test_a_level_that_stays_is_the_new_one_after_a_while():
    y = noise()
    y[210:] += 50
    walk, judged, _ = walked(y)
    alarms = combined(judged.p) <= ALPHA
    assert alarms[10:22].all()
    assert_allclose(walk.trusted[210:219], np.full((9, 1), y[209, 0]))
    assert alarms[24:].mean() < 0.2
    assert_allclose(walk.trusted[-1], y[-1], atol=8)


def test_a_stuck_sensor_is_taken_back():
    y = noise()
    y[215:225] = y[214]
    _, judged, _ = walked(y)
    assert judged.p[20:25, 2, 0].max() < 0.02
    assert (combined(judged.p)[20:25] <= ALPHA).all()


def test_a_missing_value_is_judged_ordinary_and_replaced():
    y = noise()
    y[215] = np.nan
    walk, judged, _ = walked(y)
    assert combined(judged.p)[15] == 1
    assert_allclose(walk.trusted[215], y[214])
    assert np.isfinite(judged.expected[16])


def test_rows_are_judged_by_what_lies_before_them():
    y = noise()
    _, judged, _ = walked(y)
    other = y.copy()
    other[225:] = 100
    _, changed, _ = walked(other)
    assert_allclose(changed.p[:25], judged.p[:25])
    assert_allclose(changed.expected[:25], judged.expected[:25])


def test_the_p_values_of_questions_are_combined_by_bonferroni():
    p = np.array([[[0.01, 0.5], [0.2, 0.3], [1, 1]], [[0.9, 0.5], [0.6, 0.7], [1, 1]]])
    assert_allclose(combined(p), [0.06, 1])
