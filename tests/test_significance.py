"""The test of Diebold and Mariano, against scipy where they coincide and by simulation where not."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import ttest_1samp

from forecast import diebold_mariano


def test_without_overlap_it_is_the_paired_t_test():
    rng = np.random.default_rng(0)
    a, b = rng.gamma(2.0, size=40), rng.gamma(2.2, size=40)
    result = diebold_mariano(a, b)
    oracle = ttest_1samp(a - b, 0.0)
    assert_allclose(result, [np.mean(a - b), oracle.statistic, oracle.pvalue], rtol=1e-12)


def test_exchanging_the_forecasts_changes_the_sign_alone():
    a, b = np.random.default_rng(1).gamma(2.0, size=(2, 30))
    one, other = diebold_mariano(a, b, overlap=3), diebold_mariano(b, a, overlap=3)
    assert_allclose(one, [-other.difference, -other.statistic, other.p_value], rtol=1e-12)


@pytest.mark.parametrize("overlap", [1, 3])
def test_size_under_the_null_is_near_its_nominal_five_percent(overlap):
    rng = np.random.default_rng(overlap)
    noise = rng.normal(size=(2000, 60 + overlap - 1))
    d = sum(noise[:, lag : lag + 60] for lag in range(overlap))  # moving average: correlated up to lag overlap - 1
    rejected = np.mean([diebold_mariano(row, np.zeros(60), overlap=overlap).p_value < 0.05 for row in d])
    assert 0.03 <= rejected <= 0.08


def test_equal_losses_have_no_p_value():
    result = diebold_mariano([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert_allclose(result, [0.0, np.nan, np.nan])


@pytest.mark.parametrize(
    ("loss", "reference", "overlap", "words"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0], 1, r"\(2,\) and \(3,\)"),
        ([[1.0, 2.0]], [[1.0, 2.0]], 1, r"one shape \(n_origins,\)"),
        ([1.0, np.nan, 2.0], [1.0, 2.0, 3.0], 1, "NaN at origin 1"),
        ([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 5.0], 2, "4 origins are too few for overlap=2: at least 5"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], 0, "overlap must be a whole number"),
    ],
)
def test_bad_losses_are_refused(loss, reference, overlap, words):
    with pytest.raises(ValueError, match=words):
        diebold_mariano(loss, reference, overlap=overlap)
