"""Tests of two forecasts: against loops, scipy, and by simulation where nothing is true."""

from functools import partial

import naive as oracle
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import chi2, ttest_1samp
from scipy.stats import t as student

from forecast import diebold_mariano, giacomini_white
from forecast.evaluation.significance import _cosine_waves

SAMPLES = 4000  # of the simulations: a share of 5 % is known to 0.3 %


def errors(rng, n, overlap):
    """Return errors of forecasts of several steps, (samples, n): moving averages of noise."""
    noise = rng.normal(size=(SAMPLES, n + overlap - 1))
    return sum(noise[:, lag : lag + n] for lag in range(overlap))


def autocorrelated(rng, n, rho):
    values = rng.normal(size=(n + 50, SAMPLES))
    for t in range(1, n + 50):
        values[t] += rho * values[t - 1]
    return values[50:].T


def share_rejected(differences, overlap):
    """Return the share of the rows in which `diebold_mariano` rejects, computed all at once."""
    n = differences.shape[1]
    degrees = diebold_mariano(differences[0], np.zeros(n), overlap).degrees
    errors = np.sqrt(np.mean((differences @ _cosine_waves(n, degrees).T) ** 2, axis=1) / n)
    statistics = differences.mean(axis=1) / errors
    few = [diebold_mariano(d, np.zeros(n), overlap).statistic for d in differences[:9]]
    assert_allclose(statistics[:9], few, rtol=1e-8)
    return np.mean(np.abs(statistics) > student.isf(0.025, degrees))


def share_of(test, differences):
    """Return the share of the rows for which a test has a p-value below 5 %."""
    return np.mean([test(d, np.zeros(len(d))).p_value < 0.05 for d in differences])


# Diebold and Mariano


@pytest.mark.parametrize("overlap", [1, 2, 5])
def test_the_statistic_is_that_of_the_loops(overlap):
    a, b = np.random.default_rng(0).gamma(2.0, size=(2, 40)) * [[1.0], [1.3]]
    result = diebold_mariano(a, b, overlap)
    statistic, degrees = oracle.cosine_test(a - b, overlap)
    assert result.degrees == degrees
    assert_allclose(
        result[:3], [np.mean(a - b), statistic, 2 * student.sf(abs(statistic), degrees)], rtol=1e-10
    )


@pytest.mark.parametrize("overlap", [1, 2, 5])
def test_the_published_test_is_that_of_the_loops(overlap):
    a, b = np.abs(errors(np.random.default_rng(1), 40, 5)[:2])
    result = diebold_mariano(a, b, overlap, variance="rectangular")
    statistic = oracle.harvey_leybourne_newbold(a - b, overlap)
    assert_allclose(
        result[:3], [np.mean(a - b), statistic, 2 * student.sf(abs(statistic), 39)], rtol=1e-10
    )


def test_the_published_test_without_overlap_is_the_paired_t_test():
    rng = np.random.default_rng(0)
    a, b = rng.gamma(2.0, size=40), rng.gamma(2.2, size=40)
    result = diebold_mariano(a, b, variance="rectangular")
    paired = ttest_1samp(a - b, 0.0)
    assert_allclose(result[:3], [np.mean(a - b), paired.statistic, paired.pvalue], rtol=1e-10)
    bounds = paired.confidence_interval(0.9)
    assert_allclose(result.interval(0.9), [bounds.low, bounds.high], rtol=1e-10)


def test_a_sum_of_autocovariances_below_zero_is_not_used():
    d = np.tile([1.0, -0.9], 15)
    result = diebold_mariano(d, np.zeros(30), 2, variance="rectangular")
    correction = np.sqrt((30 + 1 - 4 + 2 / 30) / 30)
    assert_allclose(result.statistic, d.mean() / np.sqrt(d.var() / 30) * correction)


def test_the_interval_just_reaches_zero_at_its_own_p_value():
    a, b = np.random.default_rng(4).gamma(2.0, size=(2, 30))
    result = diebold_mariano(a, b, overlap=2)
    assert_allclose(np.abs(result.interval(1 - result.p_value)).min(), 0, atol=1e-9)


@pytest.mark.parametrize("variance", ["cosine", "rectangular"])
def test_exchanging_the_forecasts_changes_the_sign_alone(variance):
    a, b = np.random.default_rng(1).gamma(2.0, size=(2, 30))
    one, other = diebold_mariano(a, b, 3, variance), diebold_mariano(b, a, 3, variance)
    assert_allclose(one[:2], [-other.difference, -other.statistic], rtol=1e-10)
    assert_allclose(one[2:], other[2:], rtol=1e-10)


@pytest.mark.parametrize(("n", "rho"), [(10, 0.2), (28, -0.2), (28, 0.3), (100, 0.3)])
def test_five_percent_of_equal_forecasts_are_rejected_where_losses_are_mildly_correlated(n, rho):
    d = autocorrelated(np.random.default_rng(n), n, rho)
    assert 0.03 <= share_rejected(d, 1) <= 0.07


@pytest.mark.parametrize(
    ("n", "overlap", "loss"),
    [(28, 2, np.abs), (50, 5, np.square), (100, 5, np.array), (200, 24, np.abs)],
)
def test_five_percent_of_equal_forecasts_are_rejected_where_horizons_overlap(n, overlap, loss):
    rng = np.random.default_rng(n)
    d = loss(errors(rng, n, overlap)) - loss(errors(rng, n, overlap))
    assert 0.03 <= share_rejected(d, overlap) <= 0.07


def test_sums_of_autocovariances_reject_equal_forecasts_too_often():
    rng, published = np.random.default_rng(0), {"variance": "rectangular"}
    assert (
        share_of(partial(diebold_mariano, overlap=5, **published), errors(rng, 50, 5)[:1200])
        > 0.075
    )
    assert (
        share_of(partial(diebold_mariano, **published), autocorrelated(rng, 28, 0.3)[:1200]) > 0.12
    )


@pytest.mark.parametrize(
    ("n", "overlap", "least"), [(10, 1, 0.7), (28, 1, 0.85), (50, 5, 0.85), (100, 5, 0.9)]
)
def test_a_difference_of_four_standard_errors_is_found(n, overlap, least):
    d = errors(np.random.default_rng(n), n, overlap) + 4 * overlap / np.sqrt(n)
    assert share_rejected(d, overlap) > least


@pytest.mark.parametrize(
    "losses",
    [[1.0, 2.0, 3.0], [1.1, 2.1, 3.1], [0.1, 0.7, 0.1]],
    ids=["equal", "a constant apart", "no wave in it"],
)
def test_without_variance_there_is_no_p_value(losses):
    reference = [0.2, 0.5, 0.2] if losses[1] == 0.7 else [1.0, 2.0, 3.0]
    result = diebold_mariano(losses, reference)
    assert_allclose(result.difference, np.mean(losses) - np.mean(reference), atol=1e-12)
    assert_allclose([result.statistic, result.p_value, *result.interval()], np.nan)


# Giacomini and White


@pytest.mark.parametrize("overlap", [1, 2, 4])
def test_the_default_instruments_are_a_constant_and_the_last_known_difference(overlap):
    a, b = np.random.default_rng(2).gamma(2.0, size=(2, 40))
    d = a - b
    known = np.column_stack([np.ones(40 - overlap), d[:-overlap]])
    expected = giacomini_white(a[overlap:], b[overlap:], known, overlap)
    assert_allclose(giacomini_white(a, b, overlap=overlap), expected, rtol=1e-10)
    assert_allclose(expected, oracle.conditional_test(d[overlap:], known, overlap), rtol=1e-10)


def test_a_constant_alone_gives_the_test_of_the_means():
    a, b = np.random.default_rng(3).gamma(2.0, size=(2, 50))
    unconditional = diebold_mariano(a, b, overlap=5)
    result = giacomini_white(a, b, np.ones(50), overlap=5)
    assert_allclose(result, [unconditional.statistic**2, unconditional.p_value], rtol=1e-10)


def test_instruments_may_be_exchanged_for_others_of_the_same_span():
    a, b = np.random.default_rng(4).gamma(2.0, size=(2, 60))
    known = np.column_stack([np.ones(60), np.arange(60.0)])
    mixed = known @ np.array([[1.0, 1e3], [2.0, 5.0]])
    assert_allclose(giacomini_white(a, b, mixed), giacomini_white(a, b, known), rtol=1e-8)


def test_with_many_origins_it_is_the_published_chi_squared_test():
    d = np.random.default_rng(5).normal(0.04, 1, 2001)
    z = np.column_stack([d[1:], d[:-1] * d[1:]])
    published = len(z) * z.mean(axis=0) @ np.linalg.solve(z.T @ z / len(z), z.mean(axis=0))
    result = giacomini_white(d, np.zeros(2001))
    assert_allclose(result, [published, chi2.sf(published, 2)], rtol=0.1)


@pytest.mark.parametrize(("n", "overlap"), [(28, 1), (100, 5)])
def test_five_percent_of_unpredictable_differences_are_rejected(n, overlap):
    rng = np.random.default_rng(n)
    d = np.abs(errors(rng, n, overlap)) - np.abs(errors(rng, n, overlap))
    assert 0.03 <= share_of(partial(giacomini_white, overlap=overlap), d[:1000]) <= 0.07


def test_a_predictable_difference_is_found_though_its_mean_is_zero():
    d = 1.5 * np.sin(2 * np.pi * np.arange(60) / 20) + np.random.default_rng(6).normal(
        size=(300, 60)
    )
    assert share_of(giacomini_white, d) > 0.8
    assert share_rejected(d, 1) < 0.1


def test_collinear_instruments_have_no_p_value():
    a, b = np.random.default_rng(7).gamma(2.0, size=(2, 40))
    assert_allclose(giacomini_white(a, b, np.ones((40, 2))), np.nan)
    assert_allclose(giacomini_white(a, a), np.nan)


# Refusals


@pytest.mark.parametrize(
    ("test", "arguments", "words"),
    [
        (diebold_mariano, ([1.0, 2.0], [1.0, 2.0, 3.0]), r"\(2,\) and \(3,\)"),
        (diebold_mariano, ([[1.0, 2.0]], [[1.0, 2.0]]), r"one shape \(n_origins,\)"),
        (diebold_mariano, ([1.0, np.nan, 2.0], [1.0, 2.0, 3.0]), "loss contains NaN at row 1 "),
        (
            diebold_mariano,
            ([1.0, 2.0, 2.0], [1.0, 2.0, np.inf]),
            "reference contains inf at row 2 ",
        ),
        (diebold_mariano, ([1.0] * 4, [2.0] * 4, 2), "4 origins .* for overlap=2: at least 5"),
        (diebold_mariano, ([1.0] * 3, [2.0] * 3, 0), "overlap must be a whole number"),
        (
            diebold_mariano,
            ([1.0] * 9, [2.0] * 9, 1, "bartlett"),
            "variance must be one of 'cosine'",
        ),
        (giacomini_white, ([1.0] * 9, [2.0] * 9, None, 2), "9 origins .* at least 10 are needed"),
        (
            giacomini_white,
            ([1.0] * 9, [2.0] * 9, np.ones((9, 3)), 2),
            "overlap=2 and 3 instruments: at least 12",
        ),
        (
            giacomini_white,
            ([1.0] * 9, [2.0] * 9, np.ones((8, 2))),
            r"instruments have shape \(8, 2\); 9 origins need \(9, n_instruments\)",
        ),
        (
            giacomini_white,
            ([1.0] * 9, [2.0] * 9, [1.0] * 8 + [np.nan]),
            "instrument 0 contains NaN at row 8 ",
        ),
    ],
)
def test_bad_losses_are_refused_in_one_sentence(test, arguments, words):
    with pytest.raises(ValueError, match=words) as caught:
        test(*arguments)
    assert "\n" not in str(caught.value)
