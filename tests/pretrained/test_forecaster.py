"""The forecaster that has learned before: seasons, columns, gaps, long horizons, odd series."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import (
    NaiveForecaster,
    PretrainedForecaster,
    load,
    load_weather,
    save,
    simulate_series,
)

HOURS = pd.date_range("2024-01-01", periods=600, freq="h")


def weekly(n=600, seed=0):
    """Return hours of days and weeks, with a little noise."""
    t = np.arange(n)
    weekday = (t // 24 % 7 < 5) * 8.0
    day = 5 * np.sin(2 * np.pi * t / 24)
    return 50 + weekday + day + np.random.default_rng(seed).normal(0, 0.5, n)


def test_days_and_weeks_of_hours_are_both_foreseen():
    y = pd.Series(weekly(720), pd.date_range("2024-01-01", periods=720, freq="h"))
    model = PretrainedForecaster().fit(y[:600])
    assert model.seasons_ == (24, 168)
    error = np.abs(model.predict(120) - y[600:])
    assert error.mean() < 0.8  # the noise alone has .4
    days_only = PretrainedForecaster(24).fit(y[:600])
    assert np.abs(days_only.predict(120) - y[600:]).mean() > 2 * error.mean()


@pytest.mark.parametrize(
    ("given", "seasons"), [(None, (1, 1)), (12, (12, 12)), ([48, 12], (12, 48)), ((7,), (7, 7))]
)
def test_seasons_may_be_said(given, seasons):
    model = PretrainedForecaster(given).fit(np.arange(20.0) % 3)
    assert model.seasons_ == seasons


@pytest.mark.parametrize("given", [0, 1.5, "day", [], [1, 2, 3], [24, 0]])
def test_other_seasons_are_refused(given):
    with pytest.raises((ValueError, TypeError), match=r"season_lengths of Pretrained.*list of two"):
        PretrainedForecaster(given).fit(np.arange(20.0))


def test_nothing_is_learned_from_the_table():
    y = weekly()
    of_all = PretrainedForecaster(24).fit(y)
    of_few = PretrainedForecaster(24).fit(y[:30]).update(y[30:])
    assert_allclose(of_few.predict(24), of_all.predict(24))
    for name, value in of_all.weights_.items():
        assert_array_equal(of_few.weights_[name], value)


def test_the_future_is_not_looked_at():
    y = weekly()
    model = PretrainedForecaster(24).fit(y)
    before = model.hindcast(None, y, origins=[300, 400], horizon=24, quantiles=[0.1, 0.9])
    changed = y.copy()
    changed[401:] = 1e6
    assert_array_equal(
        model.hindcast(None, changed, origins=[300, 400], horizon=24, quantiles=[0.1, 0.9]), before
    )


def test_a_column_that_is_known_ahead_is_used():
    rng = np.random.default_rng(1)
    index = HOURS[:400]
    X = pd.DataFrame({"holiday": rng.random(400) < 0.1, "noise": rng.normal(size=400)}, index)
    X = X.astype(float)
    y = pd.Series(weekly()[:400] - 12 * X["holiday"], index)
    model = PretrainedForecaster().fit(X[:352], y[:352])
    assert_allclose(model.coef_[0, 0], [-12, 0], atol=0.5)
    with_column = np.abs(model.predict(X[352:]) - y[352:]).mean()
    without = np.abs(PretrainedForecaster().fit(y[:352]).predict(48) - y[352:]).mean()
    assert with_column < 0.75 * without


def test_past_features_are_not_read():
    y = pd.Series(weekly(), HOURS)
    X = pd.DataFrame({"seen": np.random.default_rng(2).normal(size=600)}, HOURS)
    model = PretrainedForecaster(past_features=["seen"]).fit(X[:500], y[:500])
    assert not model.coef_.any()
    expected = PretrainedForecaster().fit(y[:500]).predict(10)
    assert_array_equal(model.predict(X[500:510]), expected)


def test_gaps_are_taken_for_what_was_not_observed():
    y = pd.Series(weekly(), HOURS)
    holed = y.copy()
    holed.iloc[[30, 31, 200, 590, 598, 599]] = np.nan
    whole = PretrainedForecaster().fit(y).predict(24)
    assert_allclose(PretrainedForecaster().fit(holed).predict(24), whole, atol=1.0)


def test_beyond_the_steps_answered_at_once_forecasts_go_on():
    y = weekly()
    model = PretrainedForecaster([24, 168]).fit(y[:400])
    long = model.predict(220)
    assert_allclose(long[:192], model.predict(192), rtol=1e-6)
    truth = weekly(720, seed=9)[400:620]
    assert np.abs(long - truth)[192:].mean() < 2.0
    quantiles = model.predict_quantiles(200, [0.1, 0.9])
    assert (quantiles[:, 0] < quantiles[:, 1]).all()


def test_threads_share_the_series():
    lengths = np.repeat([40, 60], 300)
    moments = [(name, row) for name, length in enumerate(lengths) for row in range(length)]
    index = pd.MultiIndex.from_tuples(moments)
    y = pd.Series(np.random.default_rng(0).normal(size=len(index)), index)
    one, two = (PretrainedForecaster(n_jobs=n).fit(y).predict_quantiles(6) for n in (1, 2))
    assert_allclose(two, one, rtol=1e-5, atol=1e-6)  # the sums of one thread end differently


@pytest.mark.parametrize("n_rows", [8, 9, 17, 40])
def test_few_rows_are_enough(n_rows):
    y = 100 + 3.0 * np.arange(n_rows) + np.random.default_rng(3).normal(size=n_rows)
    model = PretrainedForecaster(12).fit(y)
    answer = model.predict_quantiles(12, [0.05, 0.5, 0.95])
    assert np.isfinite(answer).all()
    assert answer[-1, 1] > y[-1]
    assert (np.diff(answer, axis=1) >= 0).all()


def test_seven_rows_are_refused():
    with pytest.raises(ValueError, match=r"8"):
        PretrainedForecaster().fit(np.arange(7.0))


def test_an_outlier_in_the_last_row_does_not_run_away():
    y = 20 + np.random.default_rng(4).normal(size=200)
    y[-1] = 1e9
    assert PretrainedForecaster().fit(y).predict(24).max() < 100


def test_growth_stays_positive():
    y = np.exp(np.cumsum(np.random.default_rng(5).normal(0.02, 0.2, 200)))
    low = PretrainedForecaster().fit(y).predict_quantiles(48, [0.001, 0.025])
    assert (low > 0).all()


def test_on_random_walks_it_is_nearly_as_good_as_the_last_value():
    walks = np.cumsum(np.random.default_rng(6).normal(size=(400, 300)), axis=1)
    index = pd.MultiIndex.from_product([range(400), range(300)])
    y = pd.Series(walks.ravel(), index)
    is_known = index.get_level_values(1) < 280
    errors = {}
    for model in (NaiveForecaster(), PretrainedForecaster()):
        answer = model.fit(y[is_known]).predict(20)
        errors[type(model).__name__] = np.abs(answer.ravel() - y[~is_known]).mean()
    assert errors["PretrainedForecaster"] < 1.03 * errors["NaiveForecaster"]


def test_nine_tenths_of_simulated_values_lie_in_their_interval():
    drawn = simulate_series(600, 248, 24, random_state=999)  # a seed that nothing has learned from
    drawn = drawn[~np.isnan(drawn).any(axis=1)]
    index = pd.MultiIndex.from_product([range(len(drawn)), range(248)])
    y = pd.Series(drawn.ravel(), index)
    is_known = index.get_level_values(1) < 200
    model = PretrainedForecaster(24).fit(y[is_known])
    interval = model.predict_interval(48, 0.9)
    actual = y[~is_known].to_numpy()
    inside = (interval[:, 0] <= actual) & (actual <= interval[:, 1])
    assert 0.86 < inside.mean() < 0.94


def test_a_saved_model_says_the_same(tmp_path):
    y = pd.Series(weekly(), HOURS)
    model = PretrainedForecaster().fit(y)
    save(model, tmp_path / "model.seqcast")
    assert (tmp_path / "model.seqcast").stat().st_size < 1.5e6
    assert_array_equal(load(tmp_path / "model.seqcast").predict(30), model.predict(30))


def test_real_weather_is_foreseen_better_than_by_the_last_day():
    y = load_weather("JFK", fill=True)["temp"]
    model = PretrainedForecaster().fit(y[:4000])
    origins = np.arange(4000, 6400, 96)
    answer = model.hindcast(None, y, origins=origins, horizon=24)
    actual = y.to_numpy()[origins[:, None] + np.arange(1, 25)]
    last_day = y.to_numpy()[origins[:, None] + np.arange(1, 25) - 24]
    assert np.abs(answer - actual).mean() < 0.95 * np.abs(last_day - actual).mean()
