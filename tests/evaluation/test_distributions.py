"""Scores of distributions against loops, against one another, and by their algebra."""

import math

import naive
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from scipy.stats import norm
from sklearn.metrics import mean_pinball_loss

from forecast import (
    coverage,
    crps,
    crps_normal,
    crps_samples,
    energy_score,
    interval_width,
    log_score,
    mae,
    pinball,
    weighted_interval_score,
)

PAIRED = [0.025, 0.2, 0.5, 0.8, 0.975]  # with counterparts, as weighted_interval_score needs them
UNPAIRED = [0.01, 0.3, 0.35, 0.7, 0.9]
OF_QUANTILES = [crps, weighted_interval_score]  # (actual, quantile_forecasts, quantiles)
GAUSSIAN = [crps_normal, log_score]  # (actual, mean, sd)

numbers = st.integers(-1000, 1000).map(lambda k: k / 8)
tables = arrays(float, (3, 4), elements=numbers)
factors = st.sampled_from([0.125, 0.3, 3.0, 40.0])


@pytest.fixture(params=[0.0, 0.1], ids=["complete", "tenth missing"])
def parts(request):
    """Return actual, means and sds (12, 2), quantile forecasts and samples (12, 2, 5), some NaN."""
    rng = np.random.default_rng(11)
    actual, mean = 3 + rng.normal(size=(2, 12, 2))
    sd = rng.uniform(0.3, 2, size=(12, 2))
    samples = mean[..., None] + rng.normal(size=(12, 2, 5))
    parts = [actual, mean, sd, np.sort(samples, axis=-1), samples]
    for part in parts:
        part[rng.random(part.shape) < request.param] = np.nan
    return parts


# Compared once with scoringrules 0.10 as well: all agree to rounding but the weighted interval
# score, in which its numpy backend adds half the median itself in place of half the distance to it
# (Bracher et al. 2021).
def test_scores_agree_with_loops(parts):
    actual, mean, sd, quantile_forecasts, samples = parts
    ends = quantile_forecasts[..., 0], quantile_forecasts[..., -1]
    for score, arguments in (
        (pinball, (actual, quantile_forecasts, PAIRED)),
        (coverage, (actual, *ends)),
        (interval_width, ends),
        (weighted_interval_score, (actual, quantile_forecasts, PAIRED)),
        (crps, (actual, quantile_forecasts, UNPAIRED)),
        (crps_samples, (actual, samples)),
        (log_score, (actual, mean, sd)),
        (energy_score, (actual, np.moveaxis(samples, -1, 1))),
    ):
        expected = getattr(naive, score.__name__)(*arguments)
        assert math.isfinite(expected), score.__name__
        assert_allclose(score(*arguments), expected, rtol=1e-12, err_msg=score.__name__)


def test_closed_form_of_the_gaussian_is_the_integral(parts):
    actual, mean, sd = (part[:2] for part in parts[:3])
    expected = naive.crps_normal(actual, mean, sd)
    assert_allclose(crps_normal(actual, mean, sd), expected, rtol=1e-7)


def test_many_quantiles_and_many_samples_approach_the_distribution():
    actual, mean, sd = np.array([1.3, -0.4]), np.array([0.2, 0.5]), np.array([0.7, 1.9])
    exact = crps_normal(actual, mean, sd)
    levels = np.linspace(0, 1, 2002)[1:-1]
    quantile_forecasts = mean[:, None] + sd[:, None] * norm.ppf(levels)
    assert_allclose(crps(actual, quantile_forecasts, levels), exact, rtol=4e-4)
    draws = mean[:, None] + sd[:, None] * np.random.default_rng(3).normal(size=(2, 20_000))
    assert_allclose(crps_samples(actual, draws), exact, rtol=0.01)


@pytest.mark.parametrize(
    ("levels", "share"),
    [([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95], 0.983), ([0.1, 0.5, 0.9], 0.939)],
)
def test_a_few_quantiles_fall_short_of_the_integral_by_as_much_as_is_said(levels, share):
    actual = norm.ppf((np.arange(20_000) + 0.5) / 20_000)  # of the distribution that is forecast
    quantile_forecasts = np.broadcast_to(norm.ppf(levels), (20_000, len(levels)))
    exact = crps_normal(actual, np.zeros(20_000), np.ones(20_000))
    assert_allclose(exact, 1 / math.sqrt(math.pi), rtol=1e-3)
    assert_allclose(crps(actual, quantile_forecasts, levels) / exact, share, atol=1e-3)


def test_equally_shared_levels_weigh_the_same(parts):
    actual, *_, quantile_forecasts, _ = parts
    is_known = ~np.isnan(actual + quantile_forecasts.sum(axis=-1))
    actual, quantile_forecasts = actual[is_known], quantile_forecasts[is_known]
    levels = [0.1, 0.3, 0.5, 0.7, 0.9]
    twice = 2 * pinball(actual, quantile_forecasts, levels)
    for score in OF_QUANTILES:
        assert_allclose(score(actual, quantile_forecasts, levels), twice, rtol=1e-12)
    assert_allclose(crps_samples(actual, quantile_forecasts[..., ::-1]), twice, rtol=1e-12)


def test_the_order_of_the_levels_is_free(parts):
    actual, *_, quantile_forecasts, _ = parts
    turned = [3, 0, 4, 1, 2]
    for score in [pinball, *OF_QUANTILES]:
        mixed = score(actual, quantile_forecasts[..., turned], np.take(PAIRED, turned))
        assert_allclose(mixed, score(actual, quantile_forecasts, PAIRED), rtol=1e-12)


@given(tables, tables)
def test_a_point_forecast_scores_its_absolute_error(actual, forecast):
    expected = mae(actual, forecast)
    alone, same = forecast[..., None], np.stack([forecast] * 5, axis=-1)
    rows = actual.reshape(-1, 1), forecast.reshape(-1, 1, 1)
    assert_allclose(2 * pinball(actual, alone, [0.5]), expected, rtol=1e-12)
    assert_allclose(crps(actual, alone, [0.5]), expected, rtol=1e-12)
    assert_allclose(weighted_interval_score(actual, alone, [0.5]), expected, rtol=1e-12)
    assert_allclose(crps_samples(actual, alone), expected, rtol=1e-12)
    assert_allclose(crps_samples(actual, same), expected, rtol=1e-12)
    assert_allclose(energy_score(*rows), expected, rtol=1e-12)
    assert_allclose(crps_normal(actual, forecast, np.full((3, 4), 1e-9)), expected, atol=1e-8)


@given(tables, tables, tables)
def test_the_energy_score_of_numbers_is_their_crps(actual, one, other):
    samples = np.stack([one, other, one + 1], axis=-1)
    energy = energy_score(actual.reshape(-1, 1), samples.reshape(-1, 3, 1))
    assert_allclose(crps_samples(actual, samples), energy, rtol=1e-9, atol=1e-9)


def test_the_energy_score_does_not_care_how_the_axes_are_turned():
    rng = np.random.default_rng(5)
    actual, samples = rng.normal(size=(6, 3)), rng.normal(size=(6, 7, 3))
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    assert_allclose(energy_score(actual @ turn, samples @ turn), energy_score(actual, samples))


@given(tables, tables, factors)
def test_scores_follow_the_unit_of_the_series(actual, forecast, c):
    close = {"rtol": 1e-9, "atol": 1e-9}
    sd = 0.5 + np.abs(forecast - actual) / 2
    fan = forecast[..., None] + sd[..., None] * norm.ppf(PAIRED)
    for score in [pinball, *OF_QUANTILES]:
        assert_allclose(score(c * actual, c * fan, PAIRED), c * score(actual, fan, PAIRED), **close)
    assert_allclose(crps_samples(c * actual, c * fan), c * crps_samples(actual, fan), **close)
    lower, upper = fan[..., 0], fan[..., -1]
    width = interval_width(lower, upper)
    assert_allclose(interval_width(c * lower, c * upper), c * width, **close)
    scaled, plain = (c * actual, c * forecast, c * sd), (actual, forecast, sd)
    assert_allclose(crps_normal(*scaled), c * crps_normal(*plain), **close)
    assert_allclose(log_score(*scaled), math.log(c) + log_score(*plain), **close)


@pytest.mark.parametrize("shift", [-0.5, 0.5])
def test_the_true_distribution_scores_best(shift):
    actual = norm.ppf((np.arange(2000) + 0.5) / 2000)  # of the standard normal
    zeros, ones = np.zeros(2000), np.ones(2000)
    for score in GAUSSIAN:
        best = score(actual, zeros, ones)
        assert score(actual, zeros + shift, ones) > best
        assert score(actual, zeros, ones + shift) > best
    for score in OF_QUANTILES:
        best, shifted, spread = (
            score(actual, np.broadcast_to(mean + sd * norm.ppf(PAIRED), (2000, 5)), PAIRED)
            for mean, sd in ((0, 1), (shift, 1), (0, 1 + shift))
        )
        assert min(shifted, spread) > best


@given(tables, tables)
def test_the_pinball_loss_is_that_of_scikit_learn(actual, forecast):
    quantiles = [0.1, 0.4, 0.9]
    fan = np.stack([forecast - 1, forecast, forecast + 2], axis=-1)
    expected = [
        mean_pinball_loss(actual.ravel(), fan[..., k].ravel(), alpha=q)
        for k, q in enumerate(quantiles)
    ]
    assert_allclose(pinball(actual, fan, quantiles), np.mean(expected), rtol=1e-12)


@given(tables, tables)
def test_the_pinball_loss_is_zero_only_for_perfect_forecasts(actual, forecast):
    assume((actual != forecast).any())
    assert pinball(actual, np.stack([forecast, actual], axis=-1), [0.2, 0.7]) > 0
    assert_allclose(pinball(actual, np.stack([actual, actual], axis=-1), [0.2, 0.7]), 0, atol=0)


@given(tables, tables)
def test_the_pinball_loss_of_a_quantile_mirrors_that_of_its_counterpart(actual, forecast):
    below, above = forecast[..., None], (2 * actual - forecast)[..., None]
    mirrored = pinball(actual, above, [0.7])
    assert_allclose(pinball(actual, below, [0.3]), mirrored, rtol=1e-9, atol=1e-12)


def test_ends_of_the_interval_are_inside():
    assert_allclose(coverage([1.0, 2.0, 2.1], [1.0] * 3, [2.0] * 3), 2 / 3)


@pytest.mark.parametrize("actual", [[], [np.nan, np.nan], [np.nan, 1.0]])
def test_nothing_to_score_is_nan(actual):
    forecast = [2.0, np.nan][: len(actual)]
    alone = np.reshape(forecast, (-1, 1))
    scores = [score(actual, alone, [0.5]) for score in [pinball, *OF_QUANTILES]]
    scores += [score(actual, forecast, np.ones(len(actual))) for score in GAUSSIAN]
    scores += [coverage(actual, forecast, forecast), interval_width(actual, forecast)]
    scores += [crps_samples(actual, alone)]
    scores += [energy_score(np.reshape(actual, (-1, 1)), np.reshape(forecast, (-1, 1, 1)))]
    assert_allclose(scores, np.nan)


def test_infinite_forecast_is_infinitely_wrong():
    actual, forecast = [1.0, 2.0], [1.5, np.inf]
    fan = np.stack([actual, forecast], axis=-1)
    assert interval_width([-np.inf], [np.inf]) == math.inf
    assert crps_samples(actual, fan) == math.inf
    for score in [pinball, *OF_QUANTILES]:
        assert score(actual, fan, [0.2, 0.8]) == math.inf
    for score in GAUSSIAN:
        assert score(actual, forecast, [1.0, 1.0]) == score(actual, actual, forecast) == math.inf


@pytest.mark.parametrize(
    ("score", "arguments", "words"),
    [
        (coverage, ([1.0], [1.0], [1.0, 2.0]), r"\(1,\) and upper has shape \(2,\)"),
        (coverage, ([1.0], [1.0, 2.0], [1.0]), r"\(1,\) and lower has shape \(2,\)"),
        (interval_width, ([1.0], [1.0, 2.0]), r"lower has shape \(1,\) and upper .* \(2,\)"),
        (pinball, ([1.0, 2.0], [1.0, 2.0], [0.5]), r"has shape \(2,\).*need \(2, 1\)"),
        (pinball, ([1.0], [[1.0, 2.0]], [0.5]), r"has shape \(1, 2\).*need \(1, 1\)"),
        (pinball, ([1.0], [[1.0]], [5]), r"between 0 and 1; got \[5\]"),
        (crps, ([1.0], np.ones((1, 0)), []), r"between 0 and 1; got \[\]"),
        (crps, ([np.inf], [[1.0]], [0.5]), r"actual is infinite at position \(0,\)"),
        (
            weighted_interval_score,
            ([1.0], [[1.0, 2.0, 3.0]], [0.1, 0.5, 0.8]),
            r"in pairs q and 1 - q; got \[0\.1, 0\.5, 0\.8\]",
        ),
        (crps_samples, ([1.0, 2.0], [[1.0]]), r"samples has shape \(1, 1\).*needs \(2, m\)"),
        (crps_samples, ([1.0, 2.0], [1.0, 2.0]), r"samples has shape \(2,\).*needs \(2, m\)"),
        (crps_samples, ([1.0], np.ones((1, 0))), r"shape \(1, 0\).*m samples, at least one"),
        (crps_samples, ([-np.inf], [[1.0]]), r"actual is infinite"),
        (crps_normal, ([1.0], [1.0, 2.0], [1.0]), r"\(1,\) and mean has shape \(2,\)"),
        (log_score, ([1.0], [1.0], 1.0), r"\(1,\) and sd has shape \(\)"),
        (log_score, ([1.0, 2.0], [1.0, 2.0], [1.0, 0.0]), r"sd is not positive at position \(1,\)"),
        (
            energy_score,
            (np.ones((4, 2)), np.ones((4, 2, 5))),
            r"samples has shape \(4, 2, 5\); actual of shape \(4, 2\) needs \(4, m, 2\)",
        ),
        (energy_score, (np.ones((4, 2)), np.ones((4, 2))), r"shape \(4, 2\);.*needs \(4, m, 2\)"),
        (energy_score, ([[1.0]], [[[np.inf]]]), r"samples is infinite at position \(0, 0, 0\)"),
    ],
)
def test_refusals_name_what_is_wrong(score, arguments, words):
    with pytest.raises(ValueError, match=words):
        score(*arguments)


def test_intervals_that_go_down_are_refused():
    sentence = r"position \(1,\) goes from 2.0 down to 1.0"
    with pytest.raises(ValueError, match=sentence):
        coverage([1.0, 1.5], [1.0, 2.0], [1.0, 1.0])
    with pytest.raises(ValueError, match=sentence):
        interval_width([1.0, 2.0], [1.0, 1.0])
    crossed = [[1.0, 1.0, 2.0], [1.0, 2.0, 1.0]]
    with pytest.raises(ValueError, match=r"position \(1, 1\) goes from 2.0 down to 1.0"):
        weighted_interval_score([1.0, 1.5], crossed, [0.1, 0.5, 0.9])
    # The levels may come in any order, and NaN is ignored.
    forecasts = np.array([[3.0, 1.0, 2.0], [np.nan, 1.0, 2.0]])
    assert_allclose(
        weighted_interval_score([1.0, 1.5], forecasts, [0.9, 0.1, 0.5]),
        weighted_interval_score([1.0, 1.5], np.sort(forecasts), [0.1, 0.5, 0.9]),
    )
    assert coverage([1.0, 2.0], [np.nan, 1.0], [0.0, 3.0]) == 1.0
