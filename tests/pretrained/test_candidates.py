"""The rules that the network weighs, each against a slow form of itself."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.pretrained.candidates import N_CANDIDATES, STEPS_TRIED, candidates

LAST, AROUND, LATELY, CHANGES, THETA, SEASON, BY_SEASON, BY_LONG = range(N_CANDIDATES)


def walks(n_series=5, n_rows=200, seed=0):
    return np.cumsum(np.random.default_rng(seed).normal(size=(n_series, n_rows)), axis=1)


def test_without_a_season_the_last_value_and_the_last_season_are_one():
    y = walks()
    made = candidates(y, (1, 1), 60)
    assert made.forecasts.shape == (5, 60, N_CANDIDATES)
    assert_allclose(made.forecasts[..., LAST], np.repeat(y[:, -1:], 60, axis=1))
    assert_allclose(made.forecasts[..., SEASON], made.forecasts[..., LAST])
    assert_allclose(made.forecasts[..., BY_SEASON], made.forecasts[..., CHANGES])
    assert_allclose(made.adjusted, y)


def test_the_last_season_comes_again():
    y = walks(n_rows=100)
    made = candidates(y, (7, 21), 50)
    for step in range(50):
        assert_allclose(made.forecasts[:, step, SEASON], y[:, 100 - 7 + step % 7])


def test_past_errors_are_those_from_earlier_rows():
    y = walks(n_rows=200)
    made = candidates(y, (7, 7), STEPS_TRIED)
    origins = 199 - np.linspace(100, 24, 16).astype(int)
    for step in range(1, STEPS_TRIED + 1):
        errors = [
            np.abs(y[:, o + step] - y[:, o - 6 + (step - 1) % 7])
            for o in origins
            if o + step <= 199
        ]
        assert_allclose(made.errors[:, step - 1, SEASON], np.mean(errors, axis=0))


def test_beyond_the_known_rows_errors_stay():
    made = candidates(walks(n_rows=20), (1, 1), 60)
    assert_allclose(made.errors[:, 10:], np.repeat(made.errors[:, 9:10], 50, axis=1))


def test_theta_is_smoothing_and_half_a_line():
    y = walks(n_series=3, n_rows=80) + 0.5 * np.arange(80)
    made = candidates(y, (1, 1), 10)
    for series, forecasts in zip(y, made.forecasts[..., THETA], strict=True):
        best = None
        for alpha in (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.0):
            level, loss = series[0], 0.0
            for value in series[1:]:
                loss += (value - level) ** 2
                level += alpha * (value - level)
            if best is None or loss < best[0]:
                best = loss, alpha, level
        _, alpha, level = best
        slope = np.polyfit(np.arange(80), series, 1)[0] / 2
        # The level lags behind a line by (1 - alpha) / alpha steps, in the long run.
        delay = (1 - (1 - alpha) ** 80) / alpha - 1
        assert_allclose(forecasts[:10], level + slope * (np.arange(1, 11) + delay), rtol=1e-5)


def test_changes_from_season_to_season_are_added_up():
    pattern = np.array([5.0, 1.0, -3.0, 2.0, 0.0, -5.0])
    t = np.arange(66)
    y = pattern[t % 6] + 2.0 * (t // 6)  # each season is two higher
    made = candidates(y[None], (6, 6), 18)
    ahead = np.arange(60, 84)
    expected = pattern[ahead % 6] + 2.0 * (ahead // 6)
    # An autoregression of changes that are all 2 nearly says so: Burg's leaves a little.
    assert_allclose(made.forecasts[0, :18, BY_SEASON], expected[6:], atol=0.7)


@pytest.mark.parametrize("seasons", [(1, 1), (4, 4), (4, 12)])
def test_a_longer_horizon_changes_nothing_before_it(seasons):
    y = walks(n_rows=90)
    short, long = (candidates(y, seasons, n_steps) for n_steps in (1, 150))
    assert_allclose(short.forecasts, long.forecasts[:, :STEPS_TRIED])
    assert_allclose(short.errors, long.errors[:, :STEPS_TRIED])


def test_series_do_not_act_on_one_another():
    y = walks()
    together = candidates(y, (7, 14), 20)
    alone = candidates(y[2:3], (7, 14), 20)
    assert_allclose(together.forecasts[2:3], alone.forecasts)
    assert_allclose(together.errors[2:3], alone.errors)
