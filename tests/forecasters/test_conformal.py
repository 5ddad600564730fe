import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import Ridge

from forecast import (
    ARIMAForecaster,
    ConformalForecaster,
    EnsembleForecaster,
    ETSForecaster,
    GARCHForecaster,
    NaiveForecaster,
    WindowForecaster,
    coverage,
    load_weather,
)
from forecast.forecasters.past_errors import LEVELS

MEAN = WindowForecaster(DummyRegressor(), lookback=1, horizon=1, validation_fraction=0.0)


def noise(n, seed=0):
    return np.random.default_rng(seed).normal(size=n)


def shares(fitted, y, origins, horizon, level):
    """Return the share of actuals inside the intervals, by step."""
    ends = (1 - level) / 2, (1 + level) / 2
    answer = fitted.hindcast(None, y, origins, horizon, ends)
    actual = np.asarray(y)[origins[:, None] + np.arange(1, horizon + 1)]
    inside = (answer[..., 1] <= actual) & (actual <= answer[..., 2])
    return inside.mean(axis=0)


@pytest.mark.parametrize(("level", "rows"), [(0.9, 19), (0.8, 24), (0.5, 15)])
def test_exchangeable_errors_are_covered_as_promised(level, rows):
    """By at least the coverage, and by 2 / (n + 1) more at most (Lei et al. 2018, theorem 2.2)."""
    series, n = 800, rows + 30  # the first thirty learn the mean
    values = np.exp(np.random.default_rng(1).normal(size=(series, n + 1)))  # a skewed distribution
    index = pd.MultiIndex.from_product([range(series), range(n + 1)])
    y = pd.Series(values.ravel(), index)
    train = index.get_level_values(1) < n
    model = ConformalForecaster(MEAN, 1, calibration=(rows - 0.5) / n).fit(y[train])
    assert set(model.records_.counts) == {rows}
    ends = model.predict_interval(y[~train].index, level)
    share = coverage(y[~train], ends[:, 0], ends[:, 1])
    error = np.sqrt(level * (1 - level) / series)
    assert level - 3 * error <= share <= level + 2 / (rows + 1) + 3 * error


def test_quantiles_are_errors_in_order():
    y = noise(60)
    model = ConformalForecaster(MEAN, 2, calibration=0.5).fit(y)
    errors = np.sort(model.records_.errors[0, :, 0], axis=-1).T
    n, point = len(errors), model.predict(2)
    assert n == 60 - 30 - 2 + 1
    ends = model.predict_interval(2, 0.8)
    assert_allclose(ends[:, 0], point + errors[int(np.floor((n + 1) * 0.1)) - 1])
    assert_allclose(ends[:, 1], point + errors[int(np.ceil((n + 1) * 0.9)) - 1])
    # 20 · 0.95 is 19, whatever its rounding
    exact = ConformalForecaster(MEAN, 1, calibration=18.5 / 40).fit(y[:40])
    assert exact.records_.counts == [19]
    assert_allclose(
        exact.predict_interval(1, 0.9)[0] - exact.predict(1),
        np.sort(exact.records_.errors[0, 0, 0])[[0, -1]],
    )


def test_the_forecaster_learns_from_the_earlier_rows_and_observes_the_others():
    y = np.cumsum(noise(100))
    model = ConformalForecaster(ARIMAForecaster((1, 0, 0)), 3).fit(y)
    alone = ARIMAForecaster((1, 0, 0)).fit(y[:80])
    assert_array_equal(model.members_[0].params_[0][0], alone.params_[0][0])
    assert_allclose(model.predict(3), alone.update(y[80:]).predict(3), rtol=1e-9)


def test_a_second_fit_learns_from_all_rows_and_keeps_the_errors_of_the_first():
    y = np.cumsum(noise(100))
    inner = ARIMAForecaster((1, 0, 0))
    once = ConformalForecaster(inner, 3).fit(y)
    twice = ConformalForecaster(inner, 3, refit=True).fit(y)
    alone = inner.fit(y)
    assert_allclose(twice.predict(3), alone.predict(3), rtol=1e-9)
    assert np.abs(twice.predict(3) - once.predict(3)).min() > 1e-6
    for own, first in zip(twice.records_, once.records_, strict=True):
        assert_array_equal(own, first)
    widths = (np.diff(model.predict_interval(3, 0.8)) for model in (twice, once))
    assert_allclose(*widths)


@pytest.mark.parametrize(
    ("inner", "settings"),
    [
        (ETSForecaster(1, "ANN"), {"method": "adaptive"}),
        (NaiveForecaster(), {"local": 20}),
        (WindowForecaster(Ridge(), 4, 3), {"method": "adaptive", "local": 20}),
        (WindowForecaster(Ridge(), 4, 3), {"refit": True}),
        (ETSForecaster(1, "ANN"), {"method": "adaptive", "refit": True}),
    ],
)
def test_all_roads_come_to_the_same_record(inner, settings):
    y = noise(160) * np.linspace(1, 3, 160)
    whole = (
        ConformalForecaster(inner, 3, **settings)
        .fit(y[:100])
        .hindcast(None, y, [99, 130, 149], 3, [0.1, 0.9])
    )
    once, often = (ConformalForecaster(inner, 3, **settings).fit(y[:100]) for _ in range(2))
    assert_allclose(once.predict_quantiles(3, [0.1, 0.9]), whole[0, :, 1:], rtol=1e-9)
    once.update(y[100:150])
    for k in range(100, 150, 2):
        often.update(y[k : k + 2])
    for model in (once, often):
        assert_allclose(model.predict_quantiles(3, [0.1, 0.9]), whole[2, :, 1:], rtol=1e-9)


def adapted(errors, n, rate, levels):
    """Return the levels after errors (rows, horizon), one at a time; the first n calibrate."""
    horizon = errors.shape[1]
    level = np.tile(levels, (horizon, 1))
    past = [list(errors[: n - horizon + 1, h]) for h in range(horizon)]

    def said(h):
        ordered = np.sort(past[h])
        return np.interp(level[h] * (len(ordered) + 1), np.arange(1, len(ordered) + 1), ordered)

    issued = {n - k: [said(h) for h in range(horizon)] for k in range(horizon)}
    for row in range(n + 1, len(errors)):
        for h in range(horizon):
            new = errors[row - h - 1, h]
            level[h] = np.clip(level[h] + rate * (levels - (new <= issued[row - h - 1][h])), 0, 1)
            past[h] = [*past[h][1:], new]
        issued[row] = [said(h) for h in range(horizon)]
    return level


def test_levels_move_as_one_at_a_time():
    y = noise(140) * np.r_[np.ones(100), 3 * np.ones(40)]
    model = ConformalForecaster(NaiveForecaster(), 3, "adaptive", rate=0.05).fit(y[:100])
    first = 79
    errors = np.array([[y[min(o + h, 139)] - y[o] for h in (1, 2, 3)] for o in range(first, 140)])
    expected = adapted(errors, 99 - first, 0.05, LEVELS)
    assert_allclose(model.update(y[100:]).records_.levels[0, :, 0], expected, rtol=1e-9)


def test_adaptive_intervals_find_their_coverage_again():
    y = noise(2200) * np.r_[np.ones(800), 2.5 * np.ones(1400)]
    origins = np.arange(900, 2198)
    fixed = ConformalForecaster(MEAN, 2).fit(y[:901])
    moving = ConformalForecaster(MEAN, 2, "adaptive", rate=0.02).fit(y[:901])
    assert (shares(fixed, y, origins, 2, 0.8) < 0.7).all()
    assert_allclose(shares(moving, y, origins, 2, 0.8), 0.8, atol=0.03)


def test_a_local_scale_is_wide_where_errors_are_large():
    spread = 1.5 + np.sin(np.arange(3000) / 30)
    y = noise(3000) * spread
    rows = np.arange(2000, 2990)
    width = {}
    for local in (None, 10):
        model = ConformalForecaster(MEAN, 1, local=local).fit(y[:2000])
        answer = model.hindcast(None, y, rows, 1, [0.1, 0.9])[:, 0]
        width[local] = answer[:, 2] - answer[:, 1]
        inside = (answer[:, 1] <= y[rows + 1]) & (y[rows + 1] <= answer[:, 2])
        assert abs(inside.mean() - 0.8) < 0.05
    assert np.ptp(width[None]) == 0
    assert np.corrcoef(width[10], spread[rows])[0, 1] > 0.6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inner", "level"),
    [(WindowForecaster(lookback=48, horizon=24), 0.9), (NaiveForecaster(24), 0.8)],
)
def test_intervals_hold_on_the_weather(inner, level):
    """Overall within 2 points, at each step within 5, from summer into winter."""
    y = load_weather("JFK", fill=True)["temp"]
    origins = np.arange(len(y) - 25 - 399 * 6, len(y) - 24, 6)
    model = ConformalForecaster(inner, 24, "adaptive", local=336).fit(y[: origins[0] + 1])
    by_step = shares(model, y, origins, 24, level)
    assert abs(by_step.mean() - level) < 0.02
    assert_allclose(by_step, level, atol=0.05)


def test_series_and_targets_have_errors_of_their_own():
    index = pd.MultiIndex.from_product([["calm", "wild"], range(60)])
    y = pd.DataFrame(
        {"a": np.r_[noise(60), 10 * noise(60, 1)], "b": np.r_[5 * noise(60, 2), noise(60, 3)]},
        index,
    )
    model = ConformalForecaster(NaiveForecaster(), 1, calibration=0.5).fit(y)
    width = np.ptp(model.predict_interval(1, 0.8), axis=-1)  # (series, targets)
    assert width[1, 0] > 4 * width[0, 0]
    assert width[0, 1] > 2 * width[1, 1]
    alone = ConformalForecaster(NaiveForecaster(), 1, calibration=0.5).fit(y.loc["wild"])
    assert_allclose(np.ptp(alone.predict_interval(1, 0.8), axis=-1)[0], width[1])


@pytest.mark.parametrize("settings", [{}, {"method": "adaptive", "rate": 0.1, "local": 9}])
def test_series_of_unlike_lengths_together_are_as_each_alone(settings):
    lengths = {"a": 90, "b": 70, "c": 81}
    index = [(name, t) for name, n in lengths.items() for t in range(n)]
    y = pd.Series(noise(len(index)), pd.MultiIndex.from_tuples(index))
    left = y.groupby(level=0).cumcount(ascending=False).to_numpy()
    training, seen = left >= 20, left >= 10
    model = ConformalForecaster(NaiveForecaster(), 2, calibration=0.5, **settings)
    origins = np.flatnonzero(np.isin(left, [25, 20, 12, 5]))
    fitted = clone(model).fit(y[training])
    hindcast = fitted.hindcast(None, y, origins, 2, [0.2, 0.7]).reshape(3, 4, 2, 3)
    updated = fitted.update(y[training < seen]).predict_quantiles(2, [0.2, 0.7]).reshape(3, 2, 2)
    for k, name in enumerate(lengths):
        own = y[name]
        alone = clone(model).fit(own[training[y.index.get_loc(name)]])
        rows = len(own) - 1 - np.array([25, 20, 12, 5])
        assert_allclose(hindcast[k], alone.hindcast(None, own, rows, 2, [0.2, 0.7]), rtol=1e-9)
        alone.update(own[len(own) - 20 : len(own) - 10])
        assert_allclose(updated[k], alone.predict_quantiles(2, [0.2, 0.7]), rtol=1e-9)


def test_paths_keep_the_errors_of_an_origin_together():
    y = np.cumsum(noise(600))
    model = ConformalForecaster(NaiveForecaster(), 4).fit(y)
    paths = model.simulate(4, n_paths=2000, random_state=0)
    errors = model.records_.errors[0, :, 0].T
    drawn = paths - model.predict(4)
    assert {tuple(row) for row in drawn.round(8)} <= {tuple(row) for row in errors.round(8)}
    total = drawn.sum(axis=1)
    independent = np.sqrt((drawn.std(axis=0) ** 2).sum())
    assert total.std() > 1.5 * independent  # steps of a walk are not independent
    assert_allclose(total.std(), errors.sum(axis=1).std(), rtol=0.1)


def test_missing_actuals_are_no_errors():
    y = noise(300)
    y[200:240:2] = np.nan
    inner = ARIMAForecaster((0, 0, 0))
    whole = ConformalForecaster(inner, 2).fit(noise(300))
    for settings in ({}, {"method": "adaptive", "local": 50}):
        model = ConformalForecaster(inner, 2, **settings).fit(y)
        # The gaps lie before.
        assert model.records_.counts == whole.records_.counts == [300 - 240 - 1]
        later = np.append(noise(300), [np.nan, 0.3, np.nan, np.nan, 0.1])
        answer = model.hindcast(None, later, [299, 301, 304], 2, [0.1, 0.9])
        assert np.isfinite(answer).all()
        model.update(later[300:])
        assert_allclose(model.predict_quantiles(2, [0.1, 0.9]), answer[2, :, 1:], rtol=1e-9)
    y[245:290:2] = np.nan
    gappy = ConformalForecaster(inner, 2).fit(y)
    assert gappy.records_.counts[0] < 20
    assert np.isfinite(gappy.records_.errors).all()
    y[242:] = np.where(np.arange(58) % 2, np.nan, y[242:])
    with pytest.raises(
        ValueError,
        match=r"299 ends the training part with 2 past forecasts that have all their actuals",
    ):
        ConformalForecaster(inner, 2).fit(y)


def test_a_missing_actual_moves_no_level_and_keeps_the_order_of_what_was_said():
    y = noise(100)
    model = ConformalForecaster(ARIMAForecaster((0, 0, 0)), 3, "adaptive", rate=0.2, local=20).fit(
        y
    )
    before = model.records_
    after = model.update([np.nan]).records_
    assert_array_equal(after.levels, before.levels)
    assert_allclose(after.issued[0, :2], before.issued[0, 1:])
    assert_allclose(after.scales[0, :2], before.scales[0, 1:])


@pytest.mark.parametrize("settings", [{"method": "adaptive", "rate": 0.1}, {"local": 20}])
def test_what_update_has_seen_is_unknown_at_earlier_origins(settings):
    y = noise(600) * np.r_[np.ones(450), 5 * np.ones(150)]
    model = ConformalForecaster(NaiveForecaster(), 2, **settings).fit(y[:400])
    before = model.hindcast(None, y, [399, 440], 2, [0.1, 0.9])
    model.update(y[400:])
    assert_allclose(model.hindcast(None, y, [399, 440], 2, [0.1, 0.9]), before, rtol=1e-9)
    changed = np.where(np.arange(600) > 441, 100.0, y)
    assert_allclose(model.hindcast(None, changed, [399, 440], 2, [0.1, 0.9]), before, rtol=1e-9)


def test_rows_that_a_forecaster_refuses_leave_it_as_it_was():
    index = pd.MultiIndex.from_product([["a", "b"], range(60)])
    y = pd.Series(np.exp(np.r_[noise(60), noise(60, 1)]), index)
    model = ConformalForecaster(ETSForecaster(2, "MNM"), 2, "adaptive").fit(y)
    expected, errors = model.predict(2), model.records_.errors.copy()
    later = pd.MultiIndex.from_product([["a", "b"], range(60, 62)])
    with pytest.raises(ValueError, match="MNM needs positive values"):
        model.update(pd.Series([1.0, 2.0, -1e9, 1.0], later))
    assert_array_equal(model.predict(2), expected)
    assert_array_equal(model.records_.errors, errors)


def test_a_forecaster_that_reads_past_features_may_be_wrapped():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"gain": rng.normal(size=200)})
    y = pd.Series(rng.exponential(size=200))
    model = ConformalForecaster(GARCHForecaster("gain"), 3).fit(X, y)
    assert np.isfinite(model.predict_interval(3, 0.8)).all()


def test_refusals():
    y = noise(100)
    model = ConformalForecaster(NaiveForecaster(), 2).fit(y)
    assert np.isfinite(model.predict(5)).all()
    with pytest.raises(
        ValueError,
        match=r"5 steps were asked for, but errors are known for 2. Fit with a longer",
    ):
        model.predict_interval(5)
    with pytest.raises(
        ValueError,
        match=r"quantile 0\.01 needs the errors of 99 past forecasts; there are 19: pass more",
    ):
        model.predict_quantiles(1, [0.01, 0.5])
    with pytest.raises(ValueError, match=r"quantile 0\.99 needs the errors of 99 past forecasts"):
        model.predict_quantiles(1, [0.5, 0.99])
    with pytest.raises(
        TypeError,
        match=r"forecaster must be a forecaster, such as NaiveForecaster\(\); got Ridge\(\)",
    ):
        ConformalForecaster(Ridge()).fit(y)
    with pytest.raises(
        ValueError, match=r"calibration of ConformalForecaster must be a number above 0 and below 1"
    ):
        ConformalForecaster(calibration=1.0).fit(y)
    with pytest.raises(ValueError, match=r"the series has 7 rows; .*horizon=2 needs at least 8"):
        ConformalForecaster(horizon=2).fit(y[:7])


@pytest.mark.parametrize("method", ["split", "adaptive"])
@pytest.mark.parametrize("wrap", [lambda model: model, lambda model: EnsembleForecaster([model])])
def test_over_the_hour_that_is_left_out_all_steps_have_intervals(method, wrap):
    index = pd.date_range("2024-03-26", periods=24 * 8, freq="h", tz="Europe/Berlin")
    y = pd.Series(noise(len(index)), index)
    n = index.get_loc("2024-03-31 00:00")
    conformal = ConformalForecaster(NaiveForecaster(24), 24, method, calibration=0.5)
    model = wrap(conformal).fit(y[:n])
    ends = model.predict_interval(24, 0.5)
    # By the clock the last row is 25 steps ahead: its interval is as wide as that of 24 steps.
    point = model.predict(24)[:, None]
    assert_allclose((ends - point)[-1], (ends - point)[-2], rtol=1e-9)
    assert_allclose(point[:, 0], model.hindcast(None, y, [n - 1], 24)[0])
    with pytest.raises(ValueError, match="25 steps were asked for, but errors are known for"):
        model.predict_interval(25, 0.5)
    if model.__class__ is ConformalForecaster:
        assert model.simulate(24, 7, random_state=0).shape == (7, 24)
        with pytest.raises(ValueError, match="25 steps were asked for"):
            model.simulate(25, 7)


@pytest.mark.parametrize("method", ["split", "adaptive"])
def test_a_local_scale_of_intermittent_demand_is_finite_and_covers(method):
    # Two zeros in a row once made a scale of zero, and errors in units of it infinite.
    rng = np.random.default_rng(0)
    y = np.where(rng.random(600) < 0.3, rng.poisson(4, 600), 0.0)
    model = ConformalForecaster(ARIMAForecaster((0, 0, 0)), method=method, local=1).fit(y[:400])
    assert np.isfinite(model.records_.errors).all()
    answer = model.hindcast(None, y, np.arange(399, 599), 1, [0.05, 0.95])[:, 0]
    inside = (answer[:, 1] <= y[400:]) & (y[400:] <= answer[:, 2])
    assert 0.82 <= inside.mean() <= 0.98
