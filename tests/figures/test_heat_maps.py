"""Heat maps of units by timesteps: colours, places and labels."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from forecast.figures.heat_maps import draw_heat_map


def heat_map_of(values, timesteps, signed=False):
    """Draw values (units, timesteps) and return axis and image."""
    axis = Figure().subplots()
    draw_heat_map(axis, pd.DataFrame(values, columns=timesteps), signed)
    (image,) = axis.get_images()
    return axis, image


def test_the_columns_stand_at_their_timesteps():
    axis, image = heat_map_of(np.zeros((2, 3)), [-4, -2, 0])
    assert image.get_extent() == [-5, 1, 1.5, -0.5]
    assert_array_equal(axis.get_xticks(), [-4, -2, 0])
    _, image = heat_map_of(np.zeros((2, 1)), [0])
    assert image.get_extent()[:2] == [-0.5, 0.5]


def test_signed_values_are_centred_at_0():
    _, image = heat_map_of([[0.5, -0.25]], [-1, 0], signed=True)
    assert image.get_clim() == (-0.5, 0.5)
    assert image.colorbar.extend == "neither"
    _, image = heat_map_of([[0.0, 0.0]], [-1, 0], signed=True)
    assert image.get_clim() == (-1, 1)


def test_a_state_that_counts_upwards_does_not_pale_the_others():
    _, image = heat_map_of([[50.0, 0.1]], [-1, 0], signed=True)
    assert image.get_clim() == (-3, 3)
    assert image.colorbar.extend == "both"


def test_many_units_are_counted_and_many_timesteps_thinned():
    values = np.random.default_rng(0).random((17, 40))
    axis, image = heat_map_of(values, range(-39, 1))
    assert axis.get_ylabel() == "17 units"
    assert len(axis.get_yticks()) == 0
    assert len(axis.get_xticks()) < 12
    assert_allclose(image.get_array(), values)
    axis, _ = heat_map_of(values[:16], range(-39, 1))
    assert axis.get_ylabel() == "unit"
    assert len(axis.get_yticks()) == 16
