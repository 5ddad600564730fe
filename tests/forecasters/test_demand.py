"""The smoothing of intermittent demand, against the recursions as they are written."""

import naive as oracle
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from forecast.forecasters.demand import intervals, probabilities, sizes, waits

WEIGHTS = np.array([0.1, 0.4])
DEMANDS = st.lists(st.sampled_from([0.0, 0.0, 1.0, 2.5, 7.0]), min_size=1, max_size=20)


def both(y, before=(0.0, 0.0, 0.0), waited=0):
    """Return sizes, intervals and probabilities after each row."""
    return (
        sizes(y, WEIGHTS, before[0]),
        intervals(y, WEIGHTS, before[1], waited),
        probabilities(y, WEIGHTS, before[2], waited),
    )


@given(DEMANDS)
def test_smoothing_is_the_recursion(y):
    size, interval, probability = both(np.array(y))
    for k, weight in enumerate(WEIGHTS):
        tsb = oracle.croston(y, "tsb", weight, weight)
        assert_allclose(size[:, k] * probability[:, k], tsb, rtol=1e-12)
        croston = oracle.croston(y, "croston", weight, weight)
        seen = size[:, k] > 0
        assert_allclose(size[seen, k] / interval[seen, k], np.array(croston)[seen], rtol=1e-12)
        assert_array_equal(np.array(croston)[~seen], 0)


@given(DEMANDS, DEMANDS)
def test_smoothing_goes_on_where_it_has_ended(first, later):
    whole = both(np.array(first + later))
    begin = both(np.array(first))
    waited = waits(np.array(first), 0)[-1]
    for k in range(len(WEIGHTS)):
        before = [known[-1, k] for known in begin]
        rest = both(np.array(later), before, int(waited))
        for known, expected in zip(rest, whole, strict=True):
            assert_allclose(known[:, k], expected[len(first) :, k], rtol=1e-12)


@pytest.mark.parametrize(("waited", "expected"), [(0, [1, 2, 0, 1, 0]), (3, [4, 5, 0, 1, 0])])
def test_rows_since_the_last_demand_are_counted(waited, expected):
    assert_array_equal(waits(np.array([0, 0, 3.0, 0, 1.0]), waited), expected)
