"""Tests of significance: against loops, scipy and published numbers, and by simulation where nothing is true."""

import sys
from functools import partial

import naive as oracle
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import chi2, friedmanchisquare, ttest_1samp
from scipy.stats import t as student

from forecast import diebold_mariano, friedman_nemenyi, giacomini_white, model_confidence_set
from forecast.evaluation.ranking import holm
from forecast.evaluation.significance import _cosine_waves as _waves

# Demšar (2006), table 6: the area under the curve of four variants of C4.5 on 14 data sets; more is
# better. Its mean ranks come from more digits than it prints: of the two 0.975 the first is the
# larger.
DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.9751, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)


def errors(rng, n, overlap):
    """Return the errors of a forecast of several steps, (10 000, n): moving averages of what is new."""
    noise = rng.normal(size=(10_000, n + overlap - 1))
    return sum(noise[:, lag : lag + n] for lag in range(overlap))


def autocorrelated(rng, n, rho):
    values = rng.normal(size=(n + 50, 10_000))
    for t in range(1, n + 50):
        values[t] += rho * values[t - 1]
    return values[50:].T


def share_rejected(differences, overlap):
    """Return the share of the rows in which `diebold_mariano` rejects; all at once, since one by one takes minutes."""
    n = differences.shape[1]
    degrees = diebold_mariano(differences[0], np.zeros(n), overlap).degrees
    errors = np.sqrt(np.mean((differences @ _waves(n, degrees).T) ** 2, axis=1) / n)
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


@pytest.mark.parametrize(
    ("n", "rho"), [(10, 0.0), (10, 0.2), (28, -0.2), (28, 0.2), (28, 0.3), (100, 0.3)]
)
def test_five_percent_of_equal_forecasts_are_rejected_where_losses_are_mildly_correlated(n, rho):
    d = autocorrelated(np.random.default_rng(n), n, rho)
    assert 0.03 <= share_rejected(d, 1) <= 0.07


@pytest.mark.parametrize(("n", "overlap"), [(28, 2), (50, 5), (100, 5), (200, 24)])
@pytest.mark.parametrize("loss", [np.array, np.abs, np.square])
def test_five_percent_of_equal_forecasts_are_rejected_where_horizons_overlap(n, overlap, loss):
    rng = np.random.default_rng(n)
    d = loss(errors(rng, n, overlap)) - loss(errors(rng, n, overlap))
    assert 0.03 <= share_rejected(d, overlap) <= 0.07


def test_sums_of_autocovariances_reject_equal_forecasts_too_often():
    rng, published = np.random.default_rng(0), {"variance": "rectangular"}
    assert (
        share_of(partial(diebold_mariano, overlap=5, **published), errors(rng, 50, 5)[:2000])
        > 0.075
    )
    assert (
        share_of(partial(diebold_mariano, **published), autocorrelated(rng, 28, 0.3)[:2000]) > 0.12
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


@pytest.mark.parametrize(("n", "overlap"), [(28, 1), (100, 1), (28, 2), (100, 5)])
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


# Model confidence set


def losses_of(*means, n=60, seed=0):
    return pd.DataFrame(
        np.random.default_rng(seed).normal(size=(n, len(means))) + means,
        columns=list("abcde")[: len(means)],
    )


def test_models_that_may_be_the_best_are_kept():
    result = model_confidence_set(losses_of(3.0, 1.0, 5.0, 1.1), random_state=0)
    assert list(result.index) == list("abcd")
    assert list(result["included"]) == [False, True, False, True]
    assert_allclose(result["loss"], losses_of(3.0, 1.0, 5.0, 1.1).mean())
    assert result["p_value"].max() == 1.0
    assert (result["included"] == (result["p_value"] > 0.1)).all()


def test_the_bootstrap_is_reproducible_and_follows_the_overlap(monkeypatch):
    import arch.bootstrap

    blocks = []

    class Watched(arch.bootstrap.MCS):
        def __init__(self, losses, size, reps, block_size, **options):
            blocks.append((block_size, options["bootstrap"]))
            super().__init__(losses, size, reps, block_size, **options)

    monkeypatch.setattr(arch.bootstrap, "MCS", Watched)
    losses = losses_of(1.0, 1.1, 1.2)
    first = model_confidence_set(losses, random_state=1)
    pd.testing.assert_frame_equal(first, model_confidence_set(losses, random_state=1))
    assert (
        np.abs(first["p_value"] - model_confidence_set(losses, random_state=2)["p_value"]).max() > 0
    )
    model_confidence_set(losses, overlap=7)
    assert blocks == [(4, "moving block")] * 3 + [(7, "moving block")]


def test_without_arch_it_says_what_to_install(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "arch"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "arch", None)
    with pytest.raises(ImportError, match=r"pip install 'seqcast\[volatility\]'"):
        model_confidence_set(losses_of(1.0, 2.0))


# Friedman and Nemenyi


def test_the_published_example_has_its_ranks_and_its_critical_difference():
    result = friedman_nemenyi(pd.DataFrame(-DEMSAR, columns=["C4.5", "m", "cf", "m+cf"]))
    assert list(result.ranks.index) == ["m+cf", "m", "cf", "C4.5"]
    assert_allclose(result.ranks, [1.964, 2.000, 2.893, 3.143], atol=5e-4)
    assert_allclose(result.critical_difference, 1.25, atol=5e-3)
    assert_allclose(
        friedman_nemenyi(pd.DataFrame(-DEMSAR), size=0.1).critical_difference, 1.12, atol=5e-3
    )
    assert_allclose(
        12 * 14 / 20 * np.sum((result.ranks - 2.5) ** 2), 9.28, atol=5e-3
    )  # without heed to ties


@pytest.mark.parametrize(
    "losses", [DEMSAR, np.random.default_rng(0).normal([0.0, 0.5, 1.0], size=(9, 3))]
)
def test_the_statistic_is_iman_and_davenports(losses):
    n, k = losses.shape
    square = friedmanchisquare(*losses.T).statistic
    result = friedman_nemenyi(pd.DataFrame(losses))
    assert_allclose(result.statistic, (n - 1) * square / (n * (k - 1) - square), rtol=1e-10)
    assert result.rows == n


def test_five_percent_of_equal_models_are_told_apart():
    values = np.random.default_rng(0).normal(size=(400, 12, 4))
    results = [friedman_nemenyi(pd.DataFrame(v)) for v in values]
    assert 0.03 <= np.mean([r.p_value < 0.05 for r in results]) <= 0.07
    assert 0.02 <= np.mean([np.ptp(r.ranks) > r.critical_difference for r in results]) <= 0.07


def test_rows_that_all_agree_and_rows_that_all_tie():
    agreed = friedman_nemenyi(pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 3.0, 9.0]}))
    assert (agreed.statistic, agreed.p_value) == (np.inf, 0.0)
    tied = friedman_nemenyi(pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0]}))
    assert_allclose([tied.statistic, tied.p_value], np.nan)


# Holm


def test_p_values_are_adjusted_as_holm_did():
    values = np.random.default_rng(0).uniform(0, 0.3, 6)
    assert_allclose(holm(values), oracle.holm(values))
    assert_allclose(holm(np.array([0.04, np.nan, 0.01, 0.03])), [0.06, np.nan, 0.03, 0.06])
    assert_allclose(holm(np.array([0.9, 0.8])), [1.0, 1.0])


# Refusals

TABLE = losses_of(1.0, 2.0)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: diebold_mariano([1.0, 2.0], [1.0, 2.0, 3.0]), ValueError, r"\(2,\) and \(3,\)"),
        (
            lambda: diebold_mariano([[1.0, 2.0]], [[1.0, 2.0]]),
            ValueError,
            r"one shape \(n_origins,\)",
        ),
        (
            lambda: diebold_mariano([1.0, np.nan, 2.0], [1.0, 2.0, 3.0]),
            ValueError,
            "loss contains NaN at row 1 ",
        ),
        (
            lambda: diebold_mariano([1.0, 2.0, 2.0], [1.0, 2.0, np.inf]),
            ValueError,
            "reference contains inf at row 2 ",
        ),
        (
            lambda: diebold_mariano([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 5.0], 2),
            ValueError,
            "4 origins are too few for overlap=2: at least 5",
        ),
        (
            lambda: diebold_mariano([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], 0),
            ValueError,
            "overlap must be a whole number",
        ),
        (
            lambda: diebold_mariano(np.ones(9), np.ones(9), 1, "bartlett"),
            ValueError,
            "variance must be one of 'cosine'",
        ),
        (
            lambda: giacomini_white(np.ones(9), np.zeros(9), overlap=2),
            ValueError,
            "9 origins .* at least 10 are needed",
        ),
        (
            lambda: giacomini_white(np.ones(9), np.zeros(9), np.ones((9, 3)), 2),
            ValueError,
            "overlap=2 and 3 instruments: at least 12",
        ),
        (
            lambda: giacomini_white(np.ones(9), np.zeros(9), np.ones((8, 2))),
            ValueError,
            r"instruments have shape \(8, 2\); 9 origins need \(9, n_instruments\)",
        ),
        (
            lambda: giacomini_white(np.ones(9), np.zeros(9), np.r_[np.ones(8), np.nan]),
            ValueError,
            "instrument 0 contains NaN at row 8 ",
        ),
        (
            lambda: model_confidence_set(TABLE.to_numpy()),
            TypeError,
            "losses must be a DataFrame .* got ndarray",
        ),
        (
            lambda: model_confidence_set(TABLE[["a"]]),
            ValueError,
            "1 column: to compare takes at least two models",
        ),
        (
            lambda: model_confidence_set(TABLE[:6], overlap=3),
            ValueError,
            "6 rows: at least 7 are needed",
        ),
        (
            lambda: model_confidence_set(TABLE, size=1.0),
            ValueError,
            "size must be a number above 0 and below 1",
        ),
        (
            lambda: model_confidence_set(TABLE, replications=0),
            ValueError,
            "replications must be a whole number",
        ),
        (
            lambda: model_confidence_set(TABLE.assign(c=TABLE["a"])),
            ValueError,
            "'c' has the same losses as a model before",
        ),
        (lambda: friedman_nemenyi(TABLE[:1]), ValueError, "1 rows: at least 2 are needed"),
        (
            lambda: friedman_nemenyi(TABLE.replace(TABLE.iloc[3, 1], np.nan)),
            ValueError,
            "b contains NaN at row 3 ",
        ),
        (lambda: friedman_nemenyi(TABLE, size=0), ValueError, "size must be a number above 0"),
    ],
)
def test_bad_losses_are_refused_in_one_sentence(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
