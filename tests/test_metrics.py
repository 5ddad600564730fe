"""Scores against loops, against scikit-learn, and by their algebra."""

import math

import naive
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, root_mean_squared_error

from forecast import metrics

POINT = [metrics.mae, metrics.rmse, metrics.bias, metrics.smape]  # (actual, forecast)
SCALED = [metrics.mase, metrics.rmsse]  # (actual, forecast, train, season_length)
ERRORS = [metrics.mae, metrics.rmse, metrics.smape]  # zero if and only if equal
QUANTILES = [0.1, 0.4, 0.9]

numbers = st.integers(-1000, 1000).map(lambda k: k / 8)
tables = arrays(float, (3, 4), elements=numbers)
factors = st.sampled_from([0.125, 0.3, 3.0, 40.0])


def name_of(function):
    return function.__name__


@pytest.fixture(params=[0.0, 0.2], ids=["complete", "fifth missing"])
def sample(request):
    """Return actual (5, 6), forecast (5, 6), quantile forecasts (5, 6, 3), train (40,), some of them NaN."""
    rng = np.random.default_rng(7)
    actual = 3 + rng.normal(size=(5, 6))
    quantile_forecasts = np.sort(actual[..., None] + rng.normal(size=(5, 6, 3)), axis=-1)
    parts = [actual, actual + rng.normal(size=(5, 6)), quantile_forecasts, rng.normal(size=40).cumsum()]
    for part in parts:
        part[rng.random(part.shape) < request.param] = np.nan
    return parts


@pytest.mark.parametrize("score", POINT, ids=name_of)
def test_point_scores_agree_with_loops(score, sample):
    actual, forecast, _, _ = sample
    expected = getattr(naive, score.__name__)(actual, forecast)
    assert math.isfinite(expected)
    assert_allclose(score(actual, forecast), expected, rtol=1e-12)


@pytest.mark.parametrize("season_length", [1, 7])
@pytest.mark.parametrize("score", SCALED, ids=name_of)
def test_scaled_scores_agree_with_loops(score, season_length, sample):
    actual, forecast, _, train = sample
    expected = getattr(naive, score.__name__)(actual, forecast, train, season_length)
    assert math.isfinite(expected)
    assert_allclose(score(actual, forecast, train, season_length), expected, rtol=1e-12)
    assert_allclose(
        metrics.seasonal_scale(train, season_length),
        naive.seasonal_scale(train.tolist(), season_length),
        rtol=1e-12,
    )


def test_quantile_scores_agree_with_loops(sample):
    actual, _, quantile_forecasts, _ = sample
    expected = naive.pinball(actual, quantile_forecasts, QUANTILES)
    assert_allclose(metrics.pinball(actual, quantile_forecasts, QUANTILES), expected, rtol=1e-12)
    lower, upper = quantile_forecasts[..., 0], quantile_forecasts[..., -1]
    expected = naive.coverage(actual, lower, upper)
    assert 0 < expected < 1
    assert_allclose(metrics.coverage(actual, lower, upper), expected, rtol=1e-12)


@given(tables, tables)
def test_scores_agree_with_scikit_learn(actual, forecast):
    a, f = actual.ravel(), forecast.ravel()
    assert_allclose(metrics.mae(actual, forecast), mean_absolute_error(a, f), rtol=1e-12)
    assert_allclose(metrics.rmse(actual, forecast), root_mean_squared_error(a, f), rtol=1e-12)
    stacked = np.stack([forecast - 1, forecast, forecast + 2], axis=-1)
    theirs = [mean_pinball_loss(a, stacked[..., k].ravel(), alpha=q) for k, q in enumerate(QUANTILES)]
    assert_allclose(metrics.pinball(actual, stacked, QUANTILES), np.mean(theirs), rtol=1e-12)


@given(tables, tables)
def test_scores_are_zero_only_for_perfect_forecasts(actual, forecast):
    assume((actual != forecast).any())
    train = actual.ravel()
    assume(np.ptp(train) > 0)
    quantiles = np.stack([forecast, actual], axis=-1)
    for score in ERRORS:
        assert score(actual, forecast) > 0
        assert_allclose(score(actual, actual), 0, atol=0)
    for score in SCALED:
        assert score(actual, forecast, train) > 0
        assert_allclose(score(actual, actual, train), 0, atol=0)
    assert metrics.pinball(actual, quantiles, [0.2, 0.7]) > 0
    assert_allclose(metrics.pinball(actual, quantiles[..., [1, 1]], [0.2, 0.7]), 0, atol=0)


@given(tables, tables, factors)
def test_scores_follow_the_unit_of_the_series(actual, forecast, c):
    train = np.linspace(0, 1, 9) ** 2
    for score in (metrics.mae, metrics.rmse, metrics.bias):
        assert_allclose(score(c * actual, c * forecast), c * score(actual, forecast), rtol=1e-9, atol=1e-9)
    assert_allclose(metrics.smape(c * actual, c * forecast), metrics.smape(actual, forecast), rtol=1e-9)
    for score in SCALED:
        assert_allclose(score(c * actual, c * forecast, c * train, 2), score(actual, forecast, train, 2), rtol=1e-9)
    quantiles = np.stack([forecast, forecast + 1], axis=-1)
    assert_allclose(
        metrics.pinball(c * actual, c * quantiles, [0.3, 0.6]),
        c * metrics.pinball(actual, quantiles, [0.3, 0.6]),
        rtol=1e-9,
    )


@given(tables, tables)
def test_symmetry(actual, forecast):
    for score in ERRORS:
        assert_allclose(score(actual, forecast), score(forecast, actual), rtol=1e-12)
    assert_allclose(metrics.bias(actual, forecast), -metrics.bias(forecast, actual), rtol=1e-12)
    below, above = np.stack([forecast], axis=-1), np.stack([2 * actual - forecast], axis=-1)
    assert_allclose(metrics.pinball(actual, below, [0.3]), metrics.pinball(actual, above, [0.7]), rtol=1e-9, atol=1e-12)


@given(tables, tables)
def test_order_between_scores(actual, forecast):
    assert abs(metrics.bias(actual, forecast)) <= metrics.mae(actual, forecast) * (1 + 1e-12)
    assert metrics.mae(actual, forecast) <= metrics.rmse(actual, forecast) * (1 + 1e-12)
    assert 0 <= metrics.smape(actual, forecast) <= 200 + 1e-9
    median = forecast[..., None]
    assert_allclose(2 * metrics.pinball(actual, median, [0.5]), metrics.mae(actual, forecast), rtol=1e-12)


def test_bias_is_positive_where_forecasts_are_too_low():
    assert metrics.bias([5.0, 5.0], [4.0, 3.0]) == 1.5


def test_smape_counts_two_zeros_as_perfect():
    assert_allclose(metrics.smape([0.0, 1.0], [0.0, 3.0]), 50)
    assert_allclose(metrics.smape([0.0], [0.001]), 200)


def test_seasonal_naive_forecast_scores_one_in_its_own_sample():
    y = np.array([1.0, 5.0, 2.0, 7.0, 1.5, 9.0])
    assert_allclose(metrics.mase(y[2:], y[:-2], y, season_length=2), 1, rtol=1e-12)
    assert_allclose(metrics.rmsse(y[2:], y[:-2], y, season_length=2), 1, rtol=1e-12)


def test_ends_of_the_interval_are_inside():
    assert metrics.coverage([1.0, 2.0, 2.1], [1.0, 1.0, 1.0], [2.0, 2.0, 2.0]) == pytest.approx(2 / 3)


@pytest.mark.parametrize("actual", [[], [np.nan, np.nan], [np.nan, 1.0]])
def test_nothing_to_score_is_nan(actual):
    forecast = [2.0, np.nan][: len(actual)]
    for score in POINT:
        assert math.isnan(score(actual, forecast))
    for score in SCALED:
        assert math.isnan(score(actual, forecast, [1.0, 2.0]))
    assert math.isnan(metrics.pinball(actual, np.reshape(forecast, (-1, 1)), [0.5]))
    assert math.isnan(metrics.coverage(actual, forecast, forecast))


def test_infinite_forecast_is_infinitely_wrong():
    actual, forecast = [1.0, 2.0], [1.5, np.inf]
    assert metrics.mae(actual, forecast) == metrics.rmse(actual, forecast) == math.inf
    assert metrics.bias(actual, forecast) == -math.inf
    assert math.isnan(metrics.bias(actual, [-np.inf, np.inf]))
    assert_allclose(metrics.smape(actual, forecast), (40 + 200) / 2)


def test_losses_average_to_the_scores(sample):
    actual, forecast, quantile_forecasts, _ = sample
    assert_allclose(np.nanmean(metrics.absolute_error(actual, forecast)), metrics.mae(actual, forecast))
    assert_allclose(np.nanmean(metrics.squared_error(actual, forecast)), metrics.rmse(actual, forecast) ** 2)
    assert_allclose(np.nanmean(metrics.percentage_error(actual, forecast)), metrics.smape(actual, forecast))
    lower, upper = quantile_forecasts[..., 0], quantile_forecasts[..., -1]
    inside = metrics.is_inside(actual, lower, upper)
    assert_allclose(np.nanmean(inside), metrics.coverage(actual, lower, upper))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: metrics.mae([1.0, 2.0], [1.0]), r"\(2,\) and forecast has shape \(1,\)"),
        (lambda: metrics.smape(np.ones((2, 3)), np.ones(6)), r"\(2, 3\) and forecast has shape \(6,\)"),
        (lambda: metrics.rmse([1.0, np.inf], [1.0, 1.0]), r"actual is infinite at position \(1,\)"),
        (lambda: metrics.coverage([1.0], [1.0], [1.0, 2.0]), r"\(1,\) and upper has shape \(2,\)"),
        (lambda: metrics.coverage([1.0], [1.0, 2.0], [1.0]), r"\(1,\) and lower has shape \(2,\)"),
        (lambda: metrics.pinball([1.0, 2.0], [1.0, 2.0], [0.5]), r"has shape \(2,\).*need \(2, 1\)"),
        (lambda: metrics.pinball([1.0], [[1.0, 2.0]], [0.5]), r"has shape \(1, 2\).*need \(1, 1\)"),
        (lambda: metrics.pinball([1.0], [[1.0]], [5]), r"between 0 and 1; got \[5\]"),
        (
            lambda: metrics.seasonal_scale([1.0, 2.0], 2),
            r"train has 2 rows; season_length=2 needs at least 3",
        ),
        (lambda: metrics.seasonal_scale([4.0, 4.0, 4.0]), r"constant.*scale is 0"),
        (lambda: metrics.seasonal_scale([1.0, 2.0, 1.0, 2.0], 2), r"repeats itself every 2 rows"),
        (lambda: metrics.seasonal_scale([1.0, np.nan, 2.0]), r"no two values 1 rows apart"),
        (lambda: metrics.seasonal_scale([1.0, np.inf]), r"train is infinite at position \(1,\)"),
        (lambda: metrics.seasonal_scale(np.ones((3, 1))), r"must have shape \(n_timesteps,\); got \(3, 1\)"),
        (lambda: metrics.mase([1.0], [2.0], [3.0]), r"train has 1 rows"),
        (lambda: metrics.rmsse([1.0], [2.0], [3.0, 3.0]), r"scaled errors are undefined"),
        (lambda: metrics.mase([1.0], [2.0], [3.0, 4.0], season_length=0), r"season_length must be a whole"),
        (lambda: metrics.mase([1.0], [2.0], [3.0, 4.0], season_length=1.5), r"got 1\.5"),
    ],
)
def test_refusals_name_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()
