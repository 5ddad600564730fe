"""The default regression of windows: against regressions that are fitted again for each block."""

import naive
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import NaiveForecaster, WindowForecaster
from forecast.forecasters import anchored_ridge
from forecast.forecasters.anchored_ridge import fit_anchored_ridges

LOOKBACK, HORIZON, WINDOWS = 4, 3, 18


def problem(n_targets, n_known, seed=0):
    """Return windows of random walks, and for each step what is known and what is asked for."""
    rng = np.random.default_rng(seed)
    rows = WINDOWS + 1 + LOOKBACK + HORIZON
    table = 5 + np.cumsum(rng.normal(size=(rows, n_targets + n_known)), axis=0)
    table[:, :n_targets] += 2 * table[:, n_targets:].sum(axis=1, keepdims=True)
    origins = LOOKBACK - 1 + np.arange(WINDOWS + 1)
    windows = table[origins[:, None] + np.arange(1 - LOOKBACK, 1)]
    ahead = [table[origins + k] for k in range(1, HORIZON + 1)]
    known = [rows[:, n_targets:] for rows in ahead]
    targets = [rows[:, :n_targets] for rows in ahead]
    if n_known:
        return windows, list(zip(known, targets, strict=True))
    return windows, [(known[0], np.hstack(targets))]


def answers(windows, steps, n_targets, horizon=HORIZON, levels=()):
    """Learn from all windows but the last, and answer that one."""
    channels = range(n_targets, windows.shape[2])
    learned = [(known[:-1], targets[:-1]) for known, targets in steps]
    fitted = fit_anchored_ridges(
        windows[:-1], learned, n_targets, channels, horizon, np.isin(range(n_targets), levels)
    )
    flat = windows[-1].ravel()
    found = [
        model.predict([[*flat, *known[-1]]])[0]
        for model, (known, _) in zip(fitted, steps, strict=True)
    ]
    return np.ravel(found)


@pytest.mark.parametrize("levels", [(), (0,), (-1,)])
@pytest.mark.parametrize("n_known", [0, 2])
@pytest.mark.parametrize("n_targets", [1, 2])
def test_they_are_those_that_are_fitted_again_for_each_block(n_targets, n_known, levels):
    windows, steps = problem(n_targets, n_known)
    blocks = [range(first, first + HORIZON) for first in range(0, WINDOWS, HORIZON)]
    channels = list(range(n_targets, n_targets + n_known))
    levels = [level % n_targets for level in levels]
    expected = naive.anchored_ridge(windows, steps, n_targets, channels, blocks, levels)
    found = answers(windows, steps, n_targets, levels=levels)
    assert_allclose(found, expected, rtol=1e-7)


def test_fewer_windows_than_inputs_are_learned_from_by_the_windows(monkeypatch):
    windows, steps = problem(2, 1)  # 12 inputs and a constant
    found = answers(windows[7:], [(known[7:], targets[7:]) for known, targets in steps], 2)
    monkeypatch.setattr(anchored_ridge, "_principal_axes", lambda x: np.linalg.eigh(x.T @ x))
    expected = answers(windows[7:], [(known[7:], targets[7:]) for known, targets in steps], 2)
    assert_allclose(found, expected, rtol=1e-7)


def test_one_step_ahead_each_window_is_left_out_by_itself():
    windows, steps = problem(1, 1)
    blocks = [[i] for i in range(WINDOWS)]
    expected = naive.anchored_ridge(windows, steps[:1], 1, [1], blocks)
    assert_allclose(answers(windows, steps[:1], 1, horizon=1), expected, rtol=1e-7)


def test_of_many_blocks_some_are_left_out_spread_over_all_windows(monkeypatch):
    assert anchored_ridge._blocks(7, 5, 3, [3]).tolist() == [[0, 1, 2], [4, 5, 6]]
    monkeypatch.setattr(anchored_ridge, "_FEWEST_BLOCKS", 1)
    for name, most in [("_MOST_LEFT_OUT", 3 * 2 * 10), ("_MOST_PRODUCTS", 3 * 2**2 * 6)]:
        with monkeypatch.context() as patched:
            patched.setattr(anchored_ridge, name, most)
            found = anchored_ridge._blocks(100, 10, 2, [1, 1])
        assert found.tolist() == [[0, 1], [49, 50], [98, 99]]
    # Two windows are two blocks, however far the horizon reaches.
    assert anchored_ridge._blocks(2, 10, 24, [24]).tolist() == [[0], [1]]


def test_a_level_is_no_part_of_what_is_learned():
    y = np.cumsum(np.random.default_rng(0).normal(size=60))
    model = WindowForecaster(lookback=6, horizon=4)
    one, other = model.fit(y).predict(6), model.fit(y + 1e4).predict(6)
    assert_allclose(other - 1e4, one, rtol=1e-6)
    # Nor is it among the coefficients: those of a window add up to 1.
    assert_allclose(model.regressors_[0].coef_.sum(axis=1), 1.0)


def test_of_a_trend_the_latest_slope_goes_on():
    """The mean level of the rows learned from, which a plain ridge draws towards, is far below."""
    y = np.arange(80.0) + np.random.default_rng(0).normal(scale=0.1, size=80)
    assert_allclose(
        WindowForecaster(lookback=6, horizon=3).fit(y).predict(3), [80, 81, 82], atol=0.3
    )


def test_what_comes_back_to_a_mean_is_expected_to():
    """Of white noise the last values say nothing; a window's mean has an error 1 + 1/6 times."""
    noise = 50 + np.random.default_rng(0).normal(size=2000)
    model = WindowForecaster(lookback=6, horizon=5).fit(noise[:1500])
    origins = np.arange(1500, 1995)
    actual = np.array([noise[o + 1 : o + 6] for o in origins])
    error = np.abs(actual - model.hindcast(None, noise, origins, 5)).mean()
    assert error < 1.02 * np.abs(actual - 50).mean()


def test_each_target_has_a_level_or_none():
    """Beside white noise, a walk is still taken for a walk."""
    rng = np.random.default_rng(3)
    noise, walk = rng.normal(size=(2, 400))
    both = np.column_stack([noise, np.cumsum(walk)])
    model = WindowForecaster(lookback=4, horizon=1).fit(both)
    kernel = model.regressors_[0].coef_.reshape(2, 4, 2)  # (targets, lookback, channels)
    sums = kernel.sum(axis=1)
    assert abs(sums[0, 0]) < 0.5  # noise comes back
    assert_allclose(sums[:, 1], [0, 1], atol=1e-9)  # the walk does not


def test_of_random_walks_it_nearly_stays_with_the_last_value():
    ridge, last = [], []
    for seed in range(50):
        y = np.cumsum(np.random.default_rng(seed).normal(size=600))
        train, test = y[:400], y
        origins = np.arange(400, 595)
        actual = np.array([y[o + 1 : o + 6] for o in origins])
        for errors, model in [
            (ridge, WindowForecaster(lookback=12, horizon=5)),
            (last, NaiveForecaster()),
        ]:
            point = model.fit(train).hindcast(None, test, origins, 5)
            errors.append(np.abs(actual - point).mean())
    assert np.mean(ridge) < 1.02 * np.mean(last)


def test_constants_and_single_rows_are_learned_from():
    constant = WindowForecaster(lookback=3, horizon=2).fit(np.full(30, 7.0))
    assert_array_equal(constant.predict(4), np.full(4, 7.0))
    # A window of one row is no more than its own level: what remains is a drift.
    drift = WindowForecaster(lookback=1, horizon=1).fit(np.arange(50.0)).predict(1)
    assert 49 < drift[0] <= 50
