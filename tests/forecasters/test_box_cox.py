"""The logarithm is modelled where it is likelier."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import laplace

from forecast import load_weather, simulate_series
from forecast.forecasters.box_cox import log_floor, prefers_logarithm


def multiplicative(n=240):
    """Return a positive series with a season of 4 whose deviation grows with its level."""
    rng, noise = np.random.default_rng(7), np.zeros(n)
    for t in range(1, n):
        noise[t] = 0.7 * noise[t - 1] + rng.normal(0, 0.3)
    return np.exp(3 + 1.5 * np.sin(np.arange(n) * np.pi / 2 + 0.3) + noise)


LEFT = {
    "additive": multiplicative().argsort().argsort() + 5.0,  # ranks: as wide, and flat
    "not positive": multiplicative() - 30,
    "constant": np.full(50, 0.3),
}


@pytest.mark.parametrize("name", LEFT)
def test_the_logarithm_is_left_where_it_is_less_likely(name):
    assert_array_equal(log_floor(LEFT[name], 4), np.nan)


def test_the_floor_is_the_smallest_value():
    y = multiplicative()
    assert log_floor(y, 4) == y.min()
    walk = np.exp(np.cumsum(np.log(y) - 3) / 9)
    assert log_floor(walk, 1) == walk.min()


def test_gaps_are_bridged():
    y = multiplicative()
    y[50:53] = np.nan
    assert log_floor(y, 4) == np.nanmin(y)


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_a_unit_does_not_matter(unit):
    y = simulate_series(60, 80, 7, random_state=1)
    y = y[~np.isnan(y).any(axis=1)]
    assert_array_equal(prefers_logarithm(unit * y, 7), prefers_logarithm(y, 7))


def test_likelihoods_of_logarithms_are_those_of_y():
    y = simulate_series(80, 60, random_state=2)
    y = y[(y > 0).all(axis=1) & (np.ptp(y, axis=1) > 0)]
    chosen = prefers_logarithm(y, 1)
    assert 0.2 < chosen.mean() < 0.9
    for series, is_log in zip(y, chosen, strict=True):
        change, log_change = np.diff(series), np.diff(np.log(series))
        n = len(series)
        # Of changes with their most likely scale, on average over rows; the Jacobian over all.
        plain = laplace.logpdf(change, scale=np.abs(change).mean()).mean()
        logs = laplace.logpdf(log_change, scale=np.abs(log_change).mean()).mean()
        gain = logs - np.log(series).mean() - plain
        assert (gain > max(1 / n, 0.03)) == is_log


def test_degrees_have_no_logarithm_for_the_least_of_reasons():
    """By Akaike's price alone, 6 000 hours at LaGuardia had one, and those at Kennedy had none."""
    for station in ("JFK", "LGA", "EWR"):
        hours = load_weather(station, fill=True)["temp"].to_numpy()[:6000]
        assert not prefers_logarithm(hours[None], 24)[0]
