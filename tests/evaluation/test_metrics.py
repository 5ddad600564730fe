"""Scores of points against loops, against scikit-learn, and by their algebra."""

import math

import naive
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from forecast import bias, mae, mase, qlike, rmse, rmsse, seasonal_scale, smape

POINT = [mae, rmse, bias, smape]  # (actual, forecast)
SCALED = [mase, rmsse]  # (actual, forecast, train, season_length)
ERRORS = [mae, rmse, smape]  # zero if and only if equal

numbers = st.integers(-1000, 1000).map(lambda k: k / 8)
tables = arrays(float, (3, 4), elements=numbers)
factors = st.sampled_from([0.125, 0.3, 3.0, 40.0])


def name_of(function):
    return function.__name__


@pytest.fixture(params=[0.0, 0.2], ids=["complete", "fifth missing"])
def sample(request):
    """Return actual (5, 6), forecast (5, 6) and train (40,), some of them NaN."""
    rng = np.random.default_rng(7)
    actual = 3 + rng.normal(size=(5, 6))
    parts = [actual, actual + rng.normal(size=(5, 6)), rng.normal(size=40).cumsum()]
    for part in parts:
        part[rng.random(part.shape) < request.param] = np.nan
    return parts


@pytest.mark.parametrize("score", POINT, ids=name_of)
def test_point_scores_agree_with_loops(score, sample):
    actual, forecast, _ = sample
    expected = getattr(naive, score.__name__)(actual, forecast)
    assert math.isfinite(expected)
    assert_allclose(score(actual, forecast), expected, rtol=1e-12)


@pytest.mark.parametrize("season_length", [1, 7])
@pytest.mark.parametrize("score", SCALED, ids=name_of)
def test_scaled_scores_agree_with_loops(score, season_length, sample):
    actual, forecast, train = sample
    expected = getattr(naive, score.__name__)(actual, forecast, train, season_length)
    assert math.isfinite(expected)
    assert_allclose(score(actual, forecast, train, season_length), expected, rtol=1e-12)
    scale = naive.seasonal_scale(train.tolist(), season_length)
    assert_allclose(seasonal_scale(train, season_length), scale, rtol=1e-12)


def test_qlike_agrees_with_the_loop(sample):
    actual, forecast, _ = sample
    variances = np.exp(actual), np.exp(forecast)
    assert_allclose(qlike(*variances), naive.qlike(*variances), rtol=1e-12)


@given(tables, tables)
def test_scores_agree_with_scikit_learn(actual, forecast):
    pairs = actual.ravel(), forecast.ravel()
    assert_allclose(mae(actual, forecast), mean_absolute_error(*pairs), rtol=1e-12)
    assert_allclose(rmse(actual, forecast), root_mean_squared_error(*pairs), rtol=1e-12)


@given(tables, tables)
def test_scores_are_zero_only_for_perfect_forecasts(actual, forecast):
    train = actual.ravel()
    assume((actual != forecast).any())
    assume(np.ptp(train) > 0)
    for score in ERRORS:
        assert score(actual, forecast) > 0
        assert_allclose(score(actual, actual), 0, atol=0)
    for score in SCALED:
        assert score(actual, forecast, train) > 0
        assert_allclose(score(actual, actual, train), 0, atol=0)


@given(tables, tables, factors)
def test_scores_follow_the_unit_of_the_series(actual, forecast, c):
    close = {"rtol": 1e-9, "atol": 1e-9}
    train = np.linspace(0, 1, 9) ** 2
    for score in (mae, rmse, bias):
        assert_allclose(score(c * actual, c * forecast), c * score(actual, forecast), **close)
    assert_allclose(smape(c * actual, c * forecast), smape(actual, forecast), **close)
    for score in SCALED:
        in_other_unit = score(c * actual, c * forecast, c * train, 2)
        assert_allclose(in_other_unit, score(actual, forecast, train, 2), **close)
    variances = np.exp(actual / 99), np.exp(forecast / 99)
    assert_allclose(qlike(c * variances[0], c * variances[1]), qlike(*variances), **close)


@given(tables, tables)
def test_scores_do_not_tell_who_forecasts_whom(actual, forecast):
    for score in ERRORS:
        assert_allclose(score(actual, forecast), score(forecast, actual), rtol=1e-12)
    assert_allclose(bias(actual, forecast), -bias(forecast, actual), rtol=1e-12)


@given(tables, tables)
def test_order_between_scores(actual, forecast):
    rounding = 1 + 1e-12
    assert abs(bias(actual, forecast)) <= mae(actual, forecast) * rounding
    assert mae(actual, forecast) <= rmse(actual, forecast) * rounding
    assert 0 <= smape(actual, forecast) <= 200 * rounding


def test_bias_is_positive_where_forecasts_are_too_low():
    assert bias([5.0, 5.0], [4.0, 3.0]) == 1.5


def test_smape_counts_two_zeros_as_perfect():
    assert_allclose(smape([0.0, 1.0], [0.0, 3.0]), 50)
    assert_allclose(smape([0.0], [0.001]), 200)


def test_seasonal_naive_forecast_scores_one_in_its_own_sample():
    y = np.array([1.0, 5.0, 2.0, 7.0, 1.5, 9.0])
    for score in SCALED:
        assert_allclose(score(y[2:], y[:-2], y, season_length=2), 1, rtol=1e-12)


@pytest.mark.parametrize("shift", [-0.5, 0.5])
def test_qlike_ranks_by_the_true_variance_though_the_actual_is_a_proxy(shift):
    returns = np.random.default_rng(0).normal(size=20_000)
    true, wrong = np.ones(20_000), np.full(20_000, (1 + shift) ** 2)
    assert qlike(returns**2, wrong) > qlike(returns**2, true)


@pytest.mark.parametrize("actual", [[], [np.nan, np.nan], [np.nan, 1.0]])
def test_nothing_to_score_is_nan(actual):
    forecast = [2.0, np.nan][: len(actual)]
    scores = [score(actual, forecast) for score in [*POINT, qlike]]
    scores += [score(actual, forecast, [1.0, 2.0]) for score in SCALED]
    assert_allclose(scores, np.nan)


def test_infinite_forecast_is_infinitely_wrong():
    actual, forecast = [1.0, 2.0], [1.5, np.inf]
    assert mae(actual, forecast) == rmse(actual, forecast) == math.inf
    assert bias(actual, forecast) == -math.inf
    assert math.isnan(bias(actual, [-np.inf, np.inf]))
    assert_allclose(smape(actual, forecast), (40 + 200) / 2)
    assert qlike(actual, forecast) == math.inf


@pytest.mark.parametrize(
    ("score", "arguments", "words"),
    [
        (mae, ([1.0, 2.0], [1.0]), r"\(2,\) and forecast has shape \(1,\)"),
        (smape, (np.ones((2, 3)), np.ones(6)), r"\(2, 3\) and forecast has shape \(6,\)"),
        (rmse, ([1.0, np.inf], [1.0, 1.0]), r"actual is infinite at position \(1,\)"),
        (qlike, ([1.0, 0.0], [1.0, 1.0]), r"actual is not positive at position \(1,\)"),
        (qlike, ([1.0, 1.0], [-1.0, 1.0]), r"forecast is not positive at position \(0,\)"),
        (seasonal_scale, ([1.0, 2.0], 2), r"train has 2 rows; season_length=2 needs at least 3"),
        (seasonal_scale, ([4.0, 4.0, 4.0],), r"constant.*scale is 0"),
        (seasonal_scale, ([1.0, 2.0, 1.0, 2.0], 2), r"repeats itself every 2 rows"),
        (seasonal_scale, ([1.0, np.nan, 2.0],), r"no two values 1 rows apart"),
        (seasonal_scale, ([1.0, np.inf],), r"train is infinite at position \(1,\)"),
        (seasonal_scale, (np.ones((3, 1)),), r"must have shape \(n_timesteps,\); got \(3, 1\)"),
        (mase, ([1.0], [2.0], [3.0]), r"train has 1 rows"),
        (rmsse, ([1.0], [2.0], [3.0, 3.0]), r"scaled errors are undefined"),
        (mase, ([1.0], [2.0], [3.0, 4.0], 0), r"season_length must be a whole"),
        (mase, ([1.0], [2.0], [3.0, 4.0], 1.5), r"got 1\.5"),
    ],
)
def test_refusals_name_what_is_wrong(score, arguments, words):
    with pytest.raises(ValueError, match=words):
        score(*arguments)
