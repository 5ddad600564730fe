"""Equal values and where they stand."""

import numpy as np
from numpy.testing import assert_array_equal

from forecast.forecasters.grouping import places_of_equal


def test_each_group_holds_the_places_of_one_value_in_order():
    values = np.random.default_rng(0).integers(0, 6, 50)
    groups = places_of_equal(values)
    assert len(groups) == 6
    for value, places in enumerate(groups):
        assert_array_equal(places, [place for place in range(50) if values[place] == value])


def test_nothing_has_no_groups():
    assert places_of_equal(np.empty(0, dtype=int)) == []
