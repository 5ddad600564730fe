"""Patches: their length, and the windows cut into them."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from recurrent.cases import SMALL, random_inputs

from forecast.recurrent.patches import choose_patch, cut_patches


@pytest.mark.parametrize(
    ("lookback", "season", "patch"),
    [
        (168, 24, 24),
        (72, 24, 24),
        (48, 24, 6),  # a season would make two patches only
        (28, 7, 7),
        (36, 12, 12),
        (64, 5, 8),  # the season does not divide the lookback
        (25, 24, 5),
        (7, 24, 1),
        (9, 1, 3),
    ],
)
def test_patches_are_seasons_or_near_the_root_of_the_lookback(lookback, season, patch):
    assert choose_patch(lookback, season) == patch


def test_a_patch_holds_its_timesteps_side_by_side():
    architecture = replace(SMALL, anchor=(1,))
    windows = random_inputs(architecture, np.random.default_rng(0)).windows
    patches = cut_patches(architecture, windows)
    assert patches.shape == (4, 3, 4)
    expected = np.concatenate([windows[1, 2], windows[1, 3]]) - np.tile(windows[1, -1], 2)
    assert_allclose(patches[1, 1], expected)
