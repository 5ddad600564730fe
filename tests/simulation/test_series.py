"""Simulated series are of all kinds, in any unit, and the same for the same seed."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast import simulate_series
from forecast.simulation import series

SOME = simulate_series(600, 240, (12, 24), random_state=0)


def test_the_same_seed_draws_the_same_and_another_others():
    assert_array_equal(simulate_series(600, 240, (12, 24), random_state=0), SOME)
    other = simulate_series(600, 240, (12, 24), random_state=1)
    assert (other[:, 0] != SOME[:, 0]).mean() > 0.9


def test_shapes_are_as_asked_for_however_many_are_drawn_together(monkeypatch):
    monkeypatch.setattr(series, "_TOGETHER", 7)
    for n_series, n_rows, lengths in ((1, 2, ()), (7, 9, 24), (20, 50, (7,)), (8, 5, [2, 3])):
        y = simulate_series(n_series, n_rows, lengths, random_state=0)
        assert y.shape == (n_series, n_rows)
        assert y.dtype == float


def test_ends_are_there_and_every_value_is_a_number_or_missing():
    assert np.isfinite(SOME[:, [0, -1]]).all()
    assert not np.isinf(SOME).any()
    share = np.isnan(SOME).mean()
    assert 0 < share < 0.05


def test_there_are_series_of_every_kind():
    values = np.nan_to_num(SOME, nan=1.0)
    is_count = (values == np.round(values)).all(axis=1)
    is_rare = is_count & ((values == 0).mean(axis=1) > 0.3)
    is_positive = (values > 0).all(axis=1)
    assert 0.05 < is_count.mean() < 0.2
    assert 0.02 < is_rare.mean() < 0.15
    assert 0.3 < is_positive.mean() < 0.95
    # Units differ by many powers of ten.
    sizes = np.log10(np.nanmean(np.abs(SOME), axis=1) + 1e-9)
    assert np.ptp(sizes) > 5


def test_seasons_are_there_where_they_were_asked_for():
    def strength(y):
        """Return how much of the changes the mean of each position in the season explains."""
        changes = np.diff(y, axis=1)[:, :228].reshape(len(y), -1, 12)
        means = np.nanmean(changes, axis=1)
        return np.nanvar(means, axis=1) / (np.nanvar(changes, axis=(1, 2)) + 1e-12)

    seasonal = strength(simulate_series(600, 240, 12, random_state=0))
    plain = strength(simulate_series(600, 240, random_state=0))
    assert np.median(seasonal) > 3 * np.median(plain)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 10), "n_series must be a whole number of at least 1"),
        ((1, 1), "n_rows must be a whole number of at least 2"),
        ((1, 10, 1), "each of season_lengths must be a whole number of at least 2; got 1"),
        ((1, 10, (7, 0.5)), r"each of season_lengths .* got 0\.5"),
    ],
)
def test_what_is_no_size_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        simulate_series(*arguments)
