"""Comparisons of many forecasts: against loops, scipy and published numbers, and by simulation."""

import sys
from functools import cache

import naive as oracle
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import friedmanchisquare, studentized_range

from forecast import diebold_mariano, friedman_nemenyi, model_confidence_set
from forecast.evaluation.ranking import compare_with, holm

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


def losses_of(*means, n=60, seed=0):
    """Return losses (n_origins, n_models) around their means."""
    noise = np.random.default_rng(seed).normal(size=(n, len(means)))
    return pd.DataFrame(noise + means, columns=list("abcdefgh")[: len(means)])


# A reference


@pytest.mark.parametrize("overlap", [1, 3])
def test_each_model_is_tested_against_the_reference(overlap):
    losses = losses_of(3.0, 3.2, 4.0)
    table = compare_with(losses, "b", overlap, coverage=0.9)
    columns = ["model", "reference", "difference", "lower", "upper", "statistic", "p_value"]
    assert list(table.columns) == [*columns, "p_holm", "verdict"]
    assert list(table["model"]) == ["a", "c"]
    assert set(table["reference"]) == {"b"}
    tests = [diebold_mariano(losses[name], losses["b"], overlap) for name in "ac"]
    assert_allclose(table[["difference", "statistic", "p_value"]], [test[:3] for test in tests])
    assert_allclose(table[["lower", "upper"]], [test.interval(0.9) for test in tests])
    assert_allclose(table["p_holm"], oracle.holm(list(table["p_value"])))


def test_verdicts_follow_the_adjusted_p_values():
    losses = losses_of(5.0, 6.0, 4.0, 5.0)
    verdicts = compare_with(losses, None, 1, 0.95).set_index("model")["verdict"]
    assert dict(verdicts) == {"b": "worse", "c": "better", "d": "no more than chance"}
    slight = losses_of(5.0, 4.6, *[5.0] * 6, seed=1)
    alone, among = (compare_with(table, "a", 1, 0.95) for table in (slight[["a", "b"]], slight))
    assert (alone["verdict"][0], among["verdict"][0]) == ("better", "no more than chance")
    assert_allclose(among["p_value"][0], alone["p_value"][0])


def test_origins_may_be_too_few():
    numbers = ["lower", "upper", "statistic", "p_value", "p_holm"]
    table = compare_with(losses_of(1.0, 2.0, n=6), "a", 3, 0.95)
    assert table["verdict"][0] == "too few origins"
    assert_allclose(table["difference"][0], losses_of(-1.0, 0.0, n=6).diff(axis=1)["b"].mean())
    assert table[numbers].isna().all(axis=None)
    assert compare_with(losses_of(1.0, 2.0, n=7), "a", 3, 0.95)["p_value"].notna().all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_model_without_a_loss_somewhere_has_no_verdict(value):
    losses = losses_of(3.0, 3.0, 3.0, seed=1).assign(same=lambda table: table["a"])
    losses.loc[3, "b"] = value
    table = compare_with(losses, "a", 1, 0.95).set_index("model")
    chance = "no more than chance"
    assert dict(table["verdict"]) == {"b": "undefined", "c": chance, "same": chance}
    assert_allclose(table.loc["b", ["difference", "p_value", "p_holm"]].astype(float), np.nan)
    assert_allclose(table.loc["same", "difference"], 0)
    assert_allclose(table.loc["c", "p_holm"], table.loc["c", "p_value"])
    assert set(compare_with(losses, "b", 1, 0.95)["verdict"]) == {"undefined"}


def test_a_difference_that_never_changes_is_undefined():
    losses = losses_of(3.0).assign(b=lambda table: table["a"] + 1)
    assert compare_with(losses, "a", 1, 0.95)["verdict"][0] == "undefined"


def test_the_same_forecasts_by_two_roads_are_no_different():
    losses = losses_of(3.0, seed=1)
    losses = losses.assign(b=np.exp(np.log(losses["a"])))  # the same but for last bits
    assert (losses["a"] != losses["b"]).any()
    (row,) = compare_with(losses, "a", 1, 0.95).itertuples()
    assert (row.difference, row.verdict) == (0, "no more than chance")
    assert np.isnan(row.p_value)
    # Nor have they different ranks.
    assert dict(friedman_nemenyi(losses).ranks) == {"a": 1.5, "b": 1.5}


# Model confidence set


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


def test_five_percent_of_equal_models_are_told_apart(monkeypatch):
    quantile = cache(studentized_range.isf)  # the same for all, and slow
    monkeypatch.setattr(studentized_range, "isf", quantile)
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
        (lambda: model_confidence_set(TABLE.to_numpy()), TypeError, "DataFrame .* got ndarray"),
        (lambda: model_confidence_set(TABLE[["a"]]), ValueError, "1 column: .* two models"),
        (lambda: model_confidence_set(TABLE[:6], overlap=3), ValueError, "6 rows: at least 7 are"),
        (
            lambda: model_confidence_set(TABLE, size=1.0),
            ValueError,
            "size must be a number above 0",
        ),
        (lambda: model_confidence_set(TABLE, replications=0), ValueError, "replications must be a"),
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
        (lambda: compare_with(TABLE, "c", 1, 0.9), ValueError, "'c' is not .*: 'a', 'b'"),
        (lambda: compare_with(TABLE[["a"]], "a", 1, 0.9), ValueError, "one model, 'a': to compare"),
    ],
)
def test_bad_losses_are_refused_in_one_sentence(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
