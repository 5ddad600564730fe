"""The three questions by hand: levels, runs, and p-values by counting."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.anomaly.questions import level_scores, p_values, run_scores


def column(*values):
    return np.array(values, dtype=float)[:, None]


def test_the_level_is_the_mean_of_a_season_but_no_more_than_the_last_error():
    errors = column(3, 1, 2, -1, -6, np.nan, 1, 1, 1)
    expected = column(np.nan, np.nan, 2, 0, 5 / 3, np.nan, np.nan, np.nan, 1)
    # The mean of 1, 2, -1 is 2/3, but the last of them lies on the other side.
    assert_allclose(level_scores(errors, 3), expected)


def test_a_table_shorter_than_a_season_has_no_level():
    assert np.isnan(level_scores(column(1, 2), 3)).all()


def test_a_run_counts_its_rows_and_what_should_have_changed():
    y = column(5, 5, 5, 6, 6)
    errors = column(np.nan, 1, -2, 4, 0)
    assert_allclose(run_scores(y, errors, np.array([2.0])), column(0, 1.5, 3.5, 0, 1))


def test_a_run_goes_on_from_before_and_where_errors_are_zero():
    y, errors = column(5, 5), column(0, 0)
    assert_allclose(run_scores(y, errors, np.array([0.0]), np.array([4.0])), column(4, 5))


@pytest.mark.parametrize(
    ("score", "p"), [(0.5, 1), (1, 1), (2, 0.8), (2.5, 0.4), (3, 0.4), (9, 0.2), (np.nan, 1)]
)
def test_the_p_value_counts_scores_that_are_at_least_as_large(score, p):
    # The scores are 1, 2, 2, 3: of four, and the row itself.
    ordered = np.array([1.0, 2, 2, 3])
    assert_allclose(p_values(np.array([score]), ordered), [p])
    if not np.isnan(score):
        assert_allclose((1 + sum(ordered >= score)) / 5, p)


def test_p_values_of_exchangeable_scores_are_uniform():
    rng = np.random.default_rng(0)
    ordered = np.sort(rng.normal(size=999))
    p = p_values(rng.normal(size=4000), ordered)
    for alpha in (0.01, 0.1, 0.5):
        assert_allclose((p <= alpha).mean(), alpha, atol=0.02)
