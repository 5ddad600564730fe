"""Past errors of several series: ranks, levels, local scales, as loops say."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.forecasters.past_errors import (
    collected_errors,
    errors_of_rows,
    in_units,
    local_scales,
    padded,
    read,
)

COUNTS = np.array([9, 12, 7])


def errors(horizon=2, targets=1, seed=0):
    return np.random.default_rng(seed).normal(size=(COUNTS.sum(), horizon, targets))


def parts(values):
    return np.split(values, np.cumsum(COUNTS)[:-1])


def test_series_of_unlike_lengths_stand_in_one_table():
    table = padded(errors(), COUNTS)
    assert table.shape == (3, 12, 2, 1)
    for own, part, count in zip(table, parts(errors()), COUNTS, strict=True):
        assert_array_equal(own[:count], part)
        assert np.isnan(own[count:]).all()


def test_incomplete_origins_are_left_out():
    values = errors()
    values[[3, 10, 21], 1] = np.nan
    past = collected_errors(values, COUNTS, None, adaptive=False)
    assert_array_equal(past.counts, [8, 11, 7 - 1])
    for s, part in enumerate(parts(values)):
        complete = part[~np.isnan(part[:, 1, 0])]
        assert_array_equal(past.errors[s, :, 0, : past.counts[s]], complete[:, :, 0].T)


def test_the_errors_of_a_row_come_from_the_origins_before_it():
    values = errors(horizon=3)
    found = errors_of_rows(values, np.array([5, 8]))
    for row, own in zip((5, 8), found, strict=True):
        assert_array_equal(own[:, 0], [values[row - h, h - 1, 0] for h in (1, 2, 3)])


def test_local_scales_are_exponentially_weighted_within_a_series():
    values, start = errors(), np.full((3, 2, 1), 0.5)
    values[12, 0] = np.nan
    expected = []
    for part in parts(values):
        scale = [0.5, 0.5]
        for row in range(len(part)):
            for h in (1, 2):
                new = part[row - h, h - 1, 0]
                if row >= 2 and not np.isnan(new):
                    scale[h - 1] += (abs(new) - scale[h - 1]) / 5
            expected.append(list(scale))
    no_floors = np.zeros((3, 2, 1))
    found = local_scales(values, COUNTS, start, 5, no_floors)
    assert_allclose(found[..., 0], expected, rtol=1e-12)


def test_local_scales_do_not_fall_below_a_tenth_of_the_usual_error():
    # Sparse errors, of which the last one alone would be the scale.
    values = np.where(np.abs(errors(horizon=1)) > 1.2, errors(horizon=1), 0.0)
    past = collected_errors(values, COUNTS, 1, adaptive=False)
    assert np.isfinite(past.errors[~np.isnan(past.errors)]).all()
    for s, part in enumerate(parts(values)):
        sizes = np.abs(part[:, 0, 0])
        floor = sizes.mean() / 10
        assert_allclose(past.floors[s, 0, 0], floor)
        scale = [max(sizes[0], floor)]
        scale += [max(size, floor) for size in sizes[:-1]]
        assert_allclose(past.errors[s, 0, 0, : len(part)], part[:, 0, 0] / scale)


def test_the_first_error_after_zeros_is_measured_by_itself():
    found = in_units(np.array([0.0, -3.0, np.nan, 8.0]), np.array([0.0, 0.0, 0.0, 2.0]), 5)
    assert_allclose(found, [0, -5, np.nan, 4])


def test_errors_are_read_in_a_straight_line_between_their_levels():
    table = np.moveaxis(padded(errors(), COUNTS), 1, -1)  # (series, steps, targets, errors)
    levels = np.tile([0.01, 0.3, 0.55, 0.99], (3, 2, 1, 1))
    found = read(table, COUNTS, levels)
    for s, part in enumerate(parts(errors())):
        n = COUNTS[s]
        at = np.arange(1, n + 1) / (n + 1)
        for h in (0, 1):
            expected = np.interp(levels[s, h, 0], at, np.sort(part[:, h, 0]))
            assert_allclose(found[s, h, 0], expected, rtol=1e-12)


def test_ranks_that_do_not_exist_are_refused():
    past = collected_errors(errors(), COUNTS, None, adaptive=False)
    with pytest.raises(
        ValueError, match=r"quantile 0\.1 needs the errors of 9 past .* are 7: pass"
    ):
        past.split_quantiles(np.arange(3), np.array([0.1, 0.5]))
