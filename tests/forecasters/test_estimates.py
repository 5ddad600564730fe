"""Starting values and Akaike's criterion."""

import numpy as np
from numpy.testing import assert_allclose

from forecast.forecasters.estimates import Estimate, corrected_aic, first_start
from forecast.forecasters.sarima import Orders


def test_a_neighbour_starts_where_the_estimate_stopped():
    orders = Orders((1, 0, 1), (0, 0, 1, 4), "n")
    found = Estimate(orders, np.empty(0), 0.0, 0, np.array([0.4, 7.0, -0.3]))
    larger = Orders((2, 0, 0), (1, 0, 1, 4), "n")
    # AR, a new AR, a new seasonal AR, seasonal MA; the MA is gone.
    assert_allclose(found.start(larger), [0.4, 0.1, 0.1, -0.3])
    # Where tanh is flat the optimizer would not move.
    assert_allclose(found.start(orders), [0.4, 2.0, -0.3])


def test_a_first_start_has_a_parameter_for_each_coefficient():
    assert_allclose(first_start(Orders((2, 0, 1), (1, 0, 0, 4), "n")), [0.1, 0.1, -0.1, 0.1])


def test_the_correction_of_aic_fades_with_the_rows():
    assert_allclose(corrected_aic(100.0, 20, 3), 100 + 6 + 24 / 16)
    assert_allclose(corrected_aic(100.0, 10**9, 3), 106)
    # With as many parameters as rows it does not divide by zero.
    assert np.isfinite(corrected_aic(100.0, 4, 3))
