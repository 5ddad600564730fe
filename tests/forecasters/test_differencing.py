"""Differences are chosen by the strength of the season and by KPSS tests."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.forecasters.differencing import choose_differences, is_stationary, seasonal_strength

NOISE = np.random.default_rng(0).normal(size=200)
SEASON = 5 * np.sin(np.arange(200) * np.pi / 2)


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        (NOISE, (0, 0)),
        (np.cumsum(NOISE), (1, 0)),
        (np.cumsum(np.cumsum(NOISE)), (2, 0)),
        (NOISE + SEASON, (0, 1)),
        (np.cumsum(NOISE) / 2 + SEASON, (0, 1)),
        (np.full(200, 3.0), (0, 0)),
    ],
    ids=["noise", "walk", "twice summed", "season", "season on a walk", "constant"],
)
def test_as_many_differences_as_were_summed(y, expected):
    assert choose_differences(y, 4, 2, 1) == expected


def test_no_more_differences_than_allowed():
    assert choose_differences(np.cumsum(np.cumsum(NOISE)), 1, 1, 1) == (1, 0)
    assert choose_differences(NOISE + SEASON, 4, 0, 0) == (0, 0)


def test_a_line_has_no_season_and_a_season_is_strong():
    assert seasonal_strength(np.arange(80.0), 4) == 0
    assert_allclose(seasonal_strength(SEASON, 4), 1, atol=1e-6)
    assert 0 <= seasonal_strength(NOISE, 4) < 0.5


def test_kpss_is_its_formula():
    # The sum of squared partial sums over n² times the long-run variance, with Bartlett's weights;
    # 0.463 is the critical value for 5 % (Kwiatkowski et al. 1992, table 1).
    lags = int(3 * np.sqrt(200) / 13)
    decisions = []
    for weight in np.linspace(0, 0.3, 30):
        y = NOISE + weight * np.cumsum(NOISE[::-1])
        e = y - y.mean()
        long_run = e @ e / 200
        for lag in range(1, lags + 1):
            long_run += 2 * (1 - lag / (lags + 1)) * (e[lag:] @ e[:-lag]) / 200
        statistic = (np.cumsum(e) ** 2).sum() / 200**2 / long_run
        decisions.append(statistic < 0.463)
        assert is_stationary(y) == decisions[-1]
    assert 0 < sum(decisions) < len(decisions)
