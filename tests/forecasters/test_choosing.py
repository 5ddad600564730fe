"""Choices by a validation part leave room for chance."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast.forecasters.choosing import departs, nearly_best


def test_what_is_within_a_twentieth_of_the_least_error_is_nearly_best():
    assert_array_equal(nearly_best(np.array([2.1, 2.0, 2.11, 9.0])), [True, True, False, False])


@pytest.mark.parametrize(("error", "is_better"), [(0.94, True), (0.96, False), (1.2, False)])
def test_a_naive_forecast_is_departed_from_for_a_twentieth_of_its_error(error, is_better):
    assert departs(error, 1.0) is is_better
