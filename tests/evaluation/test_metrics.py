"""Scores against loops, against scikit-learn, and by their algebra."""

import math

import naive
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from scipy.stats import norm
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, root_mean_squared_error

from forecast.evaluation import distributions, losses, metrics

POINT = [metrics.mae, metrics.rmse, metrics.bias, metrics.smape]  # (actual, forecast)
SCALED = [metrics.mase, metrics.rmsse]  # (actual, forecast, train, season_length)
ERRORS = [metrics.mae, metrics.rmse, metrics.smape]  # zero if and only if equal
QUANTILES = [0.1, 0.4, 0.9]
PAIRED = [0.025, 0.2, 0.5, 0.8, 0.975]  # with counterparts, as weighted_interval_score needs them

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
    parts = [
        actual,
        actual + rng.normal(size=(5, 6)),
        quantile_forecasts,
        rng.normal(size=40).cumsum(),
    ]
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
    assert_allclose(
        distributions.pinball(actual, quantile_forecasts, QUANTILES), expected, rtol=1e-12
    )
    lower, upper = quantile_forecasts[..., 0], quantile_forecasts[..., -1]
    expected = naive.coverage(actual, lower, upper)
    assert 0 < expected < 1
    assert_allclose(distributions.coverage(actual, lower, upper), expected, rtol=1e-12)


@pytest.fixture(params=[0.0, 0.1], ids=["complete", "tenth missing"])
def distributions(request):
    """Return actual (12, 2), means, sds, variances (12, 2), quantile forecasts and samples (12, 2, 5), some NaN."""
    rng = np.random.default_rng(11)
    actual, mean = 3 + rng.normal(size=(2, 12, 2))
    sd, variance = rng.uniform(0.3, 2, size=(2, 12, 2))
    samples = mean[..., None] + rng.normal(size=(12, 2, 5))
    parts = [actual, mean, sd, variance, np.sort(samples, axis=-1), samples]
    for part in parts:
        part[rng.random(part.shape) < request.param] = np.nan
    return parts


# Compared once with scoringrules 0.10 as well: all agree to rounding but the weighted interval
# score, in which its numpy backend adds half the median itself in place of half the distance to it
# (Bracher et al. 2021).
def test_scores_of_distributions_agree_with_loops(distributions):
    actual, mean, sd, variance, quantile_forecasts, samples = distributions
    for score, arguments in (
        (distributions.weighted_interval_score, (actual, quantile_forecasts, PAIRED)),
        (distributions.crps, (actual, quantile_forecasts, PAIRED)),
        (distributions.crps, (actual, quantile_forecasts, [0.01, 0.3, 0.35, 0.7, 0.9])),
        (distributions.crps_samples, (actual, samples)),
        (distributions.log_score, (actual, mean, sd)),
        (distributions.energy_score, (actual, np.moveaxis(samples, -1, 1))),
        (distributions.interval_width, (quantile_forecasts[..., 0], quantile_forecasts[..., -1])),
        (metrics.qlike, (sd, variance)),
    ):
        expected = getattr(naive, score.__name__)(*arguments)
        assert math.isfinite(expected), score.__name__
        assert_allclose(score(*arguments), expected, rtol=1e-12, err_msg=score.__name__)


def test_closed_form_of_the_gaussian_is_the_integral(distributions):
    actual, mean, sd = (part[:2] for part in distributions[:3])
    assert_allclose(
        distributions.crps_normal(actual, mean, sd), naive.crps_normal(actual, mean, sd), rtol=1e-7
    )


def test_many_quantiles_and_many_samples_approach_the_distribution():
    actual, mean, sd = np.array([1.3, -0.4]), np.array([0.2, 0.5]), np.array([0.7, 1.9])
    exact = distributions.crps_normal(actual, mean, sd)
    for levels, rtol in (
        (np.linspace(0, 1, 502)[1:-1], 2e-3),
        (np.linspace(0, 1, 2002)[1:-1], 4e-4),
    ):
        quantile_forecasts = mean[:, None] + sd[:, None] * norm.ppf(levels)
        assert_allclose(distributions.crps(actual, quantile_forecasts, levels), exact, rtol=rtol)
    draws = mean[:, None] + sd[:, None] * np.random.default_rng(3).normal(size=(2, 20_000))
    assert_allclose(distributions.crps_samples(actual, draws), exact, rtol=0.01)


@pytest.mark.parametrize(
    ("levels", "share"),
    [([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95], 0.983), ([0.1, 0.5, 0.9], 0.939)],
)
def test_a_few_quantiles_fall_short_of_the_integral_by_as_much_as_is_said(levels, share):
    actual = norm.ppf((np.arange(20_000) + 0.5) / 20_000)  # of the distribution that is forecast
    quantile_forecasts = np.broadcast_to(norm.ppf(levels), (20_000, len(levels)))
    whole = distributions.crps_normal(actual, np.zeros(20_000), np.ones(20_000))
    assert_allclose(whole, 1 / math.sqrt(math.pi), rtol=1e-3)
    assert_allclose(
        distributions.crps(actual, quantile_forecasts, levels) / whole, share, atol=1e-3
    )


def test_equally_shared_levels_weigh_the_same(distributions):
    actual, *_, quantile_forecasts, samples = distributions
    kept = ~np.isnan(actual + quantile_forecasts.sum(axis=-1))
    actual, quantile_forecasts, samples = actual[kept], quantile_forecasts[kept], samples[kept]
    levels = [0.1, 0.3, 0.5, 0.7, 0.9]
    twice = 2 * distributions.pinball(actual, quantile_forecasts, levels)
    assert_allclose(distributions.crps(actual, quantile_forecasts, levels), twice, rtol=1e-12)
    assert_allclose(
        distributions.weighted_interval_score(actual, quantile_forecasts, levels), twice, rtol=1e-12
    )
    assert_allclose(
        distributions.crps_samples(actual, quantile_forecasts[..., ::-1]), twice, rtol=1e-12
    )
    turned = [3, 0, 4, 1, 2]  # the order of the levels is free
    for score in (distributions.crps, distributions.weighted_interval_score):
        mixed = score(actual, quantile_forecasts[..., turned], np.take(PAIRED, turned))
        assert_allclose(mixed, score(actual, quantile_forecasts, PAIRED), rtol=1e-12)


@given(tables, tables)
def test_a_point_forecast_scores_its_absolute_error(actual, forecast):
    mae = metrics.mae(actual, forecast)
    assert_allclose(distributions.crps(actual, forecast[..., None], [0.5]), mae, rtol=1e-12)
    assert_allclose(
        distributions.weighted_interval_score(actual, forecast[..., None], [0.5]), mae, rtol=1e-12
    )
    assert_allclose(distributions.crps_samples(actual, forecast[..., None]), mae, rtol=1e-12)
    same = np.stack([forecast] * 5, axis=-1)
    assert_allclose(distributions.crps_samples(actual, same), mae, rtol=1e-12)
    assert_allclose(
        distributions.crps_normal(actual, forecast, np.full((3, 4), 1e-9)), mae, atol=1e-8
    )
    assert_allclose(
        distributions.energy_score(actual.reshape(-1, 1), forecast.reshape(-1, 1, 1)),
        mae,
        rtol=1e-12,
    )


@given(tables, tables, tables)
def test_the_energy_score_of_numbers_is_their_crps(actual, one, other):
    samples = np.stack([one, other, one + 1], axis=-1)
    energy = distributions.energy_score(actual.reshape(-1, 1), samples.reshape(-1, 3, 1))
    assert_allclose(distributions.crps_samples(actual, samples), energy, rtol=1e-9, atol=1e-9)


def test_the_energy_score_does_not_care_how_the_axes_are_turned():
    rng = np.random.default_rng(5)
    actual, samples = rng.normal(size=(6, 3)), rng.normal(size=(6, 7, 3))
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    assert_allclose(
        distributions.energy_score(actual @ turn, samples @ turn),
        distributions.energy_score(actual, samples),
    )


@given(tables, tables, factors)
def test_scores_of_distributions_follow_the_unit_of_the_series(actual, forecast, c):
    sd = 0.5 + np.abs(forecast - actual) / 2
    fan = forecast[..., None] + sd[..., None] * norm.ppf(PAIRED)
    close = {"rtol": 1e-9, "atol": 1e-9}
    for score in (distributions.crps, distributions.weighted_interval_score):
        assert_allclose(score(c * actual, c * fan, PAIRED), c * score(actual, fan, PAIRED), **close)
    assert_allclose(
        distributions.crps_samples(c * actual, c * fan),
        c * distributions.crps_samples(actual, fan),
        **close,
    )
    scaled, plain = (c * actual, c * forecast, c * sd), (actual, forecast, sd)
    assert_allclose(
        distributions.crps_normal(*scaled), c * distributions.crps_normal(*plain), **close
    )
    assert_allclose(
        distributions.log_score(*scaled), math.log(c) + distributions.log_score(*plain), **close
    )
    assert_allclose(
        distributions.interval_width(c * actual, c * fan[..., 0]),
        c * (fan[..., 0] - actual).mean(),
        **close,
    )
    assert_allclose(metrics.qlike(c * sd, c * (sd + 1)), metrics.qlike(sd, sd + 1), **close)


@pytest.mark.parametrize("shift", [-0.5, 0.5])
def test_the_true_distribution_scores_best(shift):
    levels = (np.arange(2000) + 0.5) / 2000
    actual, same = norm.ppf(levels), np.ones(2000)
    mean, sd = np.full(2000, shift), np.full(2000, 1 + shift)
    for score in (distributions.crps_normal, distributions.log_score):
        best = score(actual, 0 * same, same)
        assert score(actual, mean, same) > best
        assert score(actual, 0 * same, sd) > best
    for score in (distributions.crps, distributions.weighted_interval_score):
        fans = (
            np.broadcast_to(a + b * norm.ppf(PAIRED), (2000, 5))
            for a, b in ((0, 1), (shift, 1), (0, 1 + shift))
        )
        best, *others = (score(actual, fan, PAIRED) for fan in fans)
        assert min(others) > best
    proxy = actual**2  # unbiased for the variance 1
    assert metrics.qlike(proxy, sd**2) > metrics.qlike(proxy, same)


@given(tables, tables)
def test_scores_agree_with_scikit_learn(actual, forecast):
    a, f = actual.ravel(), forecast.ravel()
    assert_allclose(metrics.mae(actual, forecast), mean_absolute_error(a, f), rtol=1e-12)
    assert_allclose(metrics.rmse(actual, forecast), root_mean_squared_error(a, f), rtol=1e-12)
    stacked = np.stack([forecast - 1, forecast, forecast + 2], axis=-1)
    theirs = [
        mean_pinball_loss(a, stacked[..., k].ravel(), alpha=q) for k, q in enumerate(QUANTILES)
    ]
    assert_allclose(distributions.pinball(actual, stacked, QUANTILES), np.mean(theirs), rtol=1e-12)


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
    assert distributions.pinball(actual, quantiles, [0.2, 0.7]) > 0
    assert_allclose(distributions.pinball(actual, quantiles[..., [1, 1]], [0.2, 0.7]), 0, atol=0)


@given(tables, tables, factors)
def test_scores_follow_the_unit_of_the_series(actual, forecast, c):
    train = np.linspace(0, 1, 9) ** 2
    for score in (metrics.mae, metrics.rmse, metrics.bias):
        assert_allclose(
            score(c * actual, c * forecast), c * score(actual, forecast), rtol=1e-9, atol=1e-9
        )
    assert_allclose(
        metrics.smape(c * actual, c * forecast), metrics.smape(actual, forecast), rtol=1e-9
    )
    for score in SCALED:
        assert_allclose(
            score(c * actual, c * forecast, c * train, 2),
            score(actual, forecast, train, 2),
            rtol=1e-9,
        )
    quantiles = np.stack([forecast, forecast + 1], axis=-1)
    assert_allclose(
        distributions.pinball(c * actual, c * quantiles, [0.3, 0.6]),
        c * distributions.pinball(actual, quantiles, [0.3, 0.6]),
        rtol=1e-9,
    )


@given(tables, tables)
def test_symmetry(actual, forecast):
    for score in ERRORS:
        assert_allclose(score(actual, forecast), score(forecast, actual), rtol=1e-12)
    assert_allclose(metrics.bias(actual, forecast), -metrics.bias(forecast, actual), rtol=1e-12)
    below, above = np.stack([forecast], axis=-1), np.stack([2 * actual - forecast], axis=-1)
    assert_allclose(
        distributions.pinball(actual, below, [0.3]),
        distributions.pinball(actual, above, [0.7]),
        rtol=1e-9,
        atol=1e-12,
    )


@given(tables, tables)
def test_order_between_scores(actual, forecast):
    assert abs(metrics.bias(actual, forecast)) <= metrics.mae(actual, forecast) * (1 + 1e-12)
    assert metrics.mae(actual, forecast) <= metrics.rmse(actual, forecast) * (1 + 1e-12)
    assert 0 <= metrics.smape(actual, forecast) <= 200 + 1e-9
    median = forecast[..., None]
    assert_allclose(
        2 * distributions.pinball(actual, median, [0.5]), metrics.mae(actual, forecast), rtol=1e-12
    )


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
    assert distributions.coverage(
        [1.0, 2.0, 2.1], [1.0, 1.0, 1.0], [2.0, 2.0, 2.0]
    ) == pytest.approx(2 / 3)


@pytest.mark.parametrize("actual", [[], [np.nan, np.nan], [np.nan, 1.0]])
def test_nothing_to_score_is_nan(actual):
    forecast = [2.0, np.nan][: len(actual)]
    for score in POINT:
        assert math.isnan(score(actual, forecast))
    for score in SCALED:
        assert math.isnan(score(actual, forecast, [1.0, 2.0]))
    assert math.isnan(distributions.pinball(actual, np.reshape(forecast, (-1, 1)), [0.5]))
    assert math.isnan(distributions.coverage(actual, forecast, forecast))
    assert math.isnan(distributions.interval_width(actual, forecast))
    assert math.isnan(metrics.qlike(actual, forecast))
    for score in (distributions.crps, distributions.weighted_interval_score):
        assert math.isnan(score(actual, np.reshape(forecast, (-1, 1)), [0.5]))
    for score in (distributions.crps_normal, distributions.log_score):
        assert math.isnan(score(actual, forecast, np.ones(len(actual))))
    assert math.isnan(distributions.crps_samples(actual, np.reshape(forecast, (-1, 1))))
    assert math.isnan(
        distributions.energy_score(np.reshape(actual, (-1, 1)), np.reshape(forecast, (-1, 1, 1)))
    )


def test_infinite_forecast_is_infinitely_wrong():
    actual, forecast = [1.0, 2.0], [1.5, np.inf]
    assert metrics.mae(actual, forecast) == metrics.rmse(actual, forecast) == math.inf
    assert metrics.bias(actual, forecast) == -math.inf
    assert math.isnan(metrics.bias(actual, [-np.inf, np.inf]))
    assert_allclose(metrics.smape(actual, forecast), (40 + 200) / 2)
    assert metrics.qlike(actual, forecast) == math.inf
    assert distributions.interval_width([-np.inf], [np.inf]) == math.inf
    fan = np.stack([actual, forecast], axis=-1)
    assert (
        distributions.crps(actual, fan, [0.2, 0.8])
        == distributions.crps_samples(actual, fan)
        == math.inf
    )
    assert distributions.weighted_interval_score(actual, fan, [0.2, 0.8]) == math.inf
    for score in (distributions.crps_normal, distributions.log_score):
        assert score(actual, forecast, [1.0, 1.0]) == score(actual, actual, forecast) == math.inf


def test_losses_average_to_the_scores(sample):
    actual, forecast, quantile_forecasts, _ = sample
    assert_allclose(
        np.nanmean(losses.absolute_error(actual, forecast)), metrics.mae(actual, forecast)
    )
    assert_allclose(
        np.nanmean(losses.squared_error(actual, forecast)), metrics.rmse(actual, forecast) ** 2
    )
    assert_allclose(
        np.nanmean(losses.percentage_error(actual, forecast)), metrics.smape(actual, forecast)
    )
    lower, upper = quantile_forecasts[..., 0], quantile_forecasts[..., -1]
    inside = losses.is_inside(actual, lower, upper)
    assert_allclose(np.nanmean(inside), distributions.coverage(actual, lower, upper))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: metrics.mae([1.0, 2.0], [1.0]), r"\(2,\) and forecast has shape \(1,\)"),
        (
            lambda: metrics.smape(np.ones((2, 3)), np.ones(6)),
            r"\(2, 3\) and forecast has shape \(6,\)",
        ),
        (lambda: metrics.rmse([1.0, np.inf], [1.0, 1.0]), r"actual is infinite at position \(1,\)"),
        (
            lambda: distributions.coverage([1.0], [1.0], [1.0, 2.0]),
            r"\(1,\) and upper has shape \(2,\)",
        ),
        (
            lambda: distributions.coverage([1.0], [1.0, 2.0], [1.0]),
            r"\(1,\) and lower has shape \(2,\)",
        ),
        (
            lambda: distributions.pinball([1.0, 2.0], [1.0, 2.0], [0.5]),
            r"has shape \(2,\).*need \(2, 1\)",
        ),
        (
            lambda: distributions.pinball([1.0], [[1.0, 2.0]], [0.5]),
            r"has shape \(1, 2\).*need \(1, 1\)",
        ),
        (lambda: distributions.pinball([1.0], [[1.0]], [5]), r"between 0 and 1; got \[5\]"),
        (
            lambda: distributions.crps([1.0, 2.0], [[1.0, 2.0]], [0.2, 0.7]),
            r"has shape \(1, 2\).*need \(2, 2\)",
        ),
        (lambda: distributions.crps([1.0], np.ones((1, 0)), []), r"between 0 and 1; got \[\]"),
        (
            lambda: distributions.crps([np.inf], [[1.0]], [0.5]),
            r"actual is infinite at position \(0,\)",
        ),
        (
            lambda: distributions.weighted_interval_score(
                [1.0], [[1.0, 2.0, 3.0]], [0.1, 0.5, 0.8]
            ),
            r"in pairs q and 1 - q; got \[0\.1, 0\.5, 0\.8\]",
        ),
        (
            lambda: distributions.weighted_interval_score([1.0], [1.0], [0.5]),
            r"has shape \(1,\).*need \(1, 1\)",
        ),
        (
            lambda: distributions.crps_samples([1.0, 2.0], [[1.0]]),
            r"samples has shape \(1, 1\).*needs \(2, m\)",
        ),
        (
            lambda: distributions.crps_samples([1.0, 2.0], [1.0, 2.0]),
            r"samples has shape \(2,\).*needs \(2, m\)",
        ),
        (
            lambda: distributions.crps_samples([1.0], np.ones((1, 0))),
            r"shape \(1, 0\).*m samples, at least one",
        ),
        (lambda: distributions.crps_samples([-np.inf], [[1.0]]), r"actual is infinite"),
        (
            lambda: distributions.crps_normal([1.0], [1.0, 2.0], [1.0]),
            r"\(1,\) and mean has shape \(2,\)",
        ),
        (lambda: distributions.log_score([1.0], [1.0], 1.0), r"\(1,\) and sd has shape \(\)"),
        (
            lambda: distributions.crps_normal([1.0, 2.0], [1.0, 2.0], [1.0, 0.0]),
            r"sd is not positive at position \(1,\)",
        ),
        (
            lambda: distributions.log_score([1.0, 2.0], [1.0, 2.0], [-1.0, 1.0]),
            r"sd is not positive at position \(0,\)",
        ),
        (
            lambda: distributions.interval_width([1.0], [1.0, 2.0]),
            r"lower has shape \(1,\) and upper has shape \(2,\)",
        ),
        (
            lambda: metrics.qlike([1.0, 0.0], [1.0, 1.0]),
            r"actual is not positive at position \(1,\)",
        ),
        (
            lambda: metrics.qlike([1.0, 1.0], [-1.0, 1.0]),
            r"forecast is not positive at position \(0,\)",
        ),
        (lambda: metrics.qlike([np.inf], [1.0]), r"actual is infinite"),
        (
            lambda: distributions.energy_score(np.ones((4, 2)), np.ones((4, 2, 5))),
            r"samples has shape \(4, 2, 5\); actual of shape \(4, 2\) needs \(4, m, 2\)",
        ),
        (
            lambda: distributions.energy_score(np.ones((4, 2)), np.ones((4, 2))),
            r"shape \(4, 2\);.*needs \(4, m, 2\)",
        ),
        (
            lambda: distributions.energy_score([[1.0]], [[[np.inf]]]),
            r"samples is infinite at position \(0, 0, 0\)",
        ),
        (
            lambda: metrics.seasonal_scale([1.0, 2.0], 2),
            r"train has 2 rows; season_length=2 needs at least 3",
        ),
        (lambda: metrics.seasonal_scale([4.0, 4.0, 4.0]), r"constant.*scale is 0"),
        (lambda: metrics.seasonal_scale([1.0, 2.0, 1.0, 2.0], 2), r"repeats itself every 2 rows"),
        (lambda: metrics.seasonal_scale([1.0, np.nan, 2.0]), r"no two values 1 rows apart"),
        (lambda: metrics.seasonal_scale([1.0, np.inf]), r"train is infinite at position \(1,\)"),
        (
            lambda: metrics.seasonal_scale(np.ones((3, 1))),
            r"must have shape \(n_timesteps,\); got \(3, 1\)",
        ),
        (lambda: metrics.mase([1.0], [2.0], [3.0]), r"train has 1 rows"),
        (lambda: metrics.rmsse([1.0], [2.0], [3.0, 3.0]), r"scaled errors are undefined"),
        (
            lambda: metrics.mase([1.0], [2.0], [3.0, 4.0], season_length=0),
            r"season_length must be a whole",
        ),
        (lambda: metrics.mase([1.0], [2.0], [3.0, 4.0], season_length=1.5), r"got 1\.5"),
    ],
)
def test_refusals_name_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()
