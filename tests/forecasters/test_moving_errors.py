"""Errors that rows replace, and the levels and scales that they move: as loops and sorting say."""

import naive as oracle
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.forecasters.moving_errors import MovingErrors, moving_series
from forecast.forecasters.past_errors import LEVELS, collected_errors

COUNTS = np.array([9, 12, 7])
MOST = np.array([5, 0, 11])  # rows that are new
HORIZON = 3


def past_errors(local=None, adaptive=True):
    errors = np.random.default_rng(0).normal(size=(COUNTS.sum(), HORIZON, 1)).round(1)
    return collected_errors(errors, COUNTS, local, adaptive)


def new_errors():
    """Return errors of the new rows, of which one lacks an actual and one a long forecast."""
    new = np.random.default_rng(1).normal(size=(MOST.sum(), HORIZON, 1)).round(1)
    new[2] = np.nan
    new[9, 2] = np.nan
    return new


@pytest.mark.parametrize("local", [None, 4])
def test_rows_move_what_is_known_as_if_all_was_sorted_anew(local):
    past, new = past_errors(local), new_errors()
    moving = MovingErrors(past, new, MOST, 0.1, local)
    for series in moving_series(MOST):
        moving.observe(series)
    settled = moving.settled()
    begin = np.cumsum(MOST) - MOST
    for s, count in enumerate(COUNTS):
        rows = new[begin[s] : begin[s] + MOST[s], :, 0]
        errors, levels, issued, scales = oracle.moved_errors(past, s, rows, 0.1, local, LEVELS)
        assert_allclose(settled.errors[s, :, 0, :count], errors, rtol=1e-12)
        assert np.isnan(settled.errors[s, :, :, count:]).all()
        assert_allclose(settled.levels[s, :, 0], levels, rtol=1e-12)
        assert_allclose(settled.issued[s, :, :, 0], issued, rtol=1e-9, atol=1e-12)
        assert_allclose(settled.scales[s, :, :, 0], scales, rtol=1e-12)
        assert_allclose(moving.scale(np.array([s]))[0, :, 0], scales[-1], rtol=1e-12)
        drawn = moving.errors_of(np.array([s]), np.array([[0, 3]]))
        assert_allclose(drawn[0, :, :, 0].T, errors[:, [0, 3]], rtol=1e-12)


def test_what_was_known_before_stays_as_it_is():
    past = past_errors()
    before = [values.copy() for values in past if values is not None]
    moving = MovingErrors(past, new_errors(), MOST, 0.1, None)
    for series in moving_series(MOST):
        moving.observe(series)
    after = [values for values in past if values is not None]
    for now, then in zip(after, before, strict=True):
        assert_array_equal(now, then)


def test_without_levels_only_the_scale_moves():
    past = past_errors(local=4, adaptive=False)
    moving = MovingErrors(past, new_errors(), MOST, 0.1, 4)
    for series in moving_series(MOST):
        moving.observe(series)
    settled = moving.settled()
    assert_array_equal(settled.errors, past.errors)
    assert settled.levels.size == settled.issued.size == 0
    assert (settled.scales[0] != past.scales[0]).any()


def test_adaptive_quantiles_are_interpolated_between_the_levels_and_do_not_cross():
    past = past_errors()
    past.levels[:] = np.random.default_rng(1).permuted(past.levels, axis=-1)  # they may cross
    moving = MovingErrors(past, new_errors(), MOST, 0.1, None)
    asked = np.array([0.005, 0.2, 0.33, 0.999])
    found = moving.adaptive_quantiles(np.array([2, 0]), asked)
    for own, s in zip(found, (2, 0), strict=True):
        for h in range(HORIZON):
            tracked = [0, *np.sort(past.levels[s, h, 0]), 1]
            level = np.interp(asked, [0, *LEVELS, 1], tracked)
            ordered = np.sort(past.errors[s, h, 0, : COUNTS[s]])
            at = np.arange(1, COUNTS[s] + 1) / (COUNTS[s] + 1)
            assert_allclose(own[h, 0], np.interp(level, at, ordered), rtol=1e-12, atol=1e-12)
    assert (np.diff(found, axis=-1) >= 0).all()


def test_series_move_while_they_have_rows():
    found = [np.sort(series).tolist() for series in moving_series(np.array([2, 0, 3, 1]))]
    assert found == [[0, 2, 3], [0, 2], [2]]
    assert not list(moving_series(np.zeros(2, dtype=int)))
