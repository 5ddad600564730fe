"""Kinds of demand by their definitions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.profiling.demand import Demand, demand_of


def test_interval_and_variation_by_hand():
    demand = demand_of(np.array([0.0, 2.0, 0.0, np.nan, 4.0, 0.0, 0.0, 6.0]))
    assert_allclose(demand.interval, 7 / 3)
    assert_allclose(demand.variation, (8 / 3) / 16)


@pytest.mark.parametrize(
    ("interval", "variation", "kind"),
    [
        (1.31, 0.48, "smooth"),
        (1.31, 0.49, "erratic"),
        (1.32, 0.48, "intermittent"),
        (1.32, 0.49, "lumpy"),
    ],
)
def test_the_limits_of_the_four_kinds(interval, variation, kind):
    assert Demand(interval, variation).kind == kind


@pytest.mark.parametrize(
    "values", [[1.0, 2.0], [0.0, 0.0], [-1.0, 0.0, 2.0], [0.0, 1.0, 1.0], [np.nan]]
)
def test_what_is_no_demand(values):
    assert demand_of(np.array(values)) is None
