"""A season is found where there is one, and not trusted where there is none."""

import numpy as np
from numpy.testing import assert_allclose

from forecast.pretrained.profiles import rows_of, season_profile


def test_a_season_on_a_line_is_found_exactly():
    pattern = np.array([3.0, -1.0, 0.5, -2.5])
    t = np.arange(43)  # three rows more than ten seasons
    line = 0.2 * t
    y = line + pattern[t % 4]
    profile, trust = season_profile(y[None], 4)
    # A line is half a step lower in the first half of a season than in its middle: it is taken off.
    assert_allclose(profile[0], pattern[np.arange(43, 47) % 4], atol=1e-9)
    assert_allclose(trust, 1)
    assert_allclose(y - rows_of(profile, 43)[0], line, atol=1e-9)


def test_noise_is_hardly_trusted():
    noise = np.random.default_rng(0).normal(size=(200, 120))
    profile, trust = season_profile(noise, 12)
    assert trust.mean() < 0.2
    assert np.abs(profile).mean() < 0.1


def test_a_season_that_changes_is_followed():
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(size=(40, 6, 30)), axis=2)  # of each position
    y = walk.transpose(0, 2, 1).reshape(40, 180)
    last = y[:, -6:] - y[:, -6:].mean(axis=1, keepdims=True)
    all_alike = (y.reshape(40, 30, 6) - y.reshape(40, 30, 6).mean(axis=2, keepdims=True)).mean(
        axis=1
    )
    profile, _ = season_profile(y, 6)
    assert np.abs(profile - last).mean() < 0.5 * np.abs(all_alike - last).mean()


def test_less_than_two_seasons_are_none():
    for y, season in ((np.ones((2, 7)), 4), (np.arange(9.0)[None], 1)):
        profile, trust = season_profile(y, season)
        assert profile.shape == (len(y), season)
        assert not profile.any()
        assert not trust.any()
