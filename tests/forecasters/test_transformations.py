"""Transformations: their formulas and their powers."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import yeojohnson, yeojohnson_normmax

from forecast.forecasters.transformations import (
    LOWEST,
    PowerTransformation,
    guerrero_power,
    learn_power,
    yeo_johnson_power,
)


def positive(n=48, seed=0):
    """Return a trend with a season of 12 and noise, all of which grow with the level."""
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    return np.exp(0.02 * t + 0.3 * np.sin(2 * np.pi * t / 12) + rng.normal(0, 0.05, n))


def test_each_function_is_the_one_of_the_textbook():
    y = np.array([0.5, 1.0, 3.0])
    geometric_mean = 1.5 ** (1 / 3)
    log = learn_power("log", y, 1)
    assert_allclose(log.forward(y), [math.log(v / geometric_mean) for v in y])
    assert_allclose(learn_power("log1p", y, 1).forward(y), [math.log(1 + v) for v in y])
    root = PowerTransformation("box-cox", 0.5, 2.0)
    assert_allclose(root.forward(y), [(math.sqrt(v / 2) - 1) / 0.5 for v in y])
    signed = np.array([-3.0, -0.5, 0.0, 2.0])
    for power in (0.0, 0.7, 2.0):
        own = PowerTransformation("yeo-johnson", power, 4.0)
        assert_allclose(own.forward(signed), yeojohnson(signed / 4, power), atol=1e-15)


@pytest.mark.parametrize("name", LOWEST)
@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_the_inverse_gives_values_back_and_nan_stays(name, unit):
    y = unit * positive()
    y[5] = np.nan
    learned = learn_power(name, y, 12)
    assert_allclose(learned.backward(learned.forward(y)), y, rtol=1e-12)


@pytest.mark.parametrize("name", ["log", "box-cox", "yeo-johnson"])
def test_the_unit_of_y_does_not_matter(name):
    y = positive()
    images = [learn_power(name, unit * y, 12).forward(unit * y) for unit in (1e-9, 1.0, 1e9)]
    assert_allclose(images[0], images[1], atol=1e-5)
    assert_allclose(images[2], images[1], atol=1e-5)


def test_values_that_a_function_is_not_made_for_become_nan():
    y = np.array([-2.0, -1.0, -0.5, 0.0, 1.0])
    for name, lowest in LOWEST.items():
        image = PowerTransformation(name, 0.5, 1.0).forward(y)
        assert_array_equal(np.isnan(image), y <= lowest)


def test_below_the_range_of_a_power_the_inverse_is_zero():
    root = PowerTransformation("box-cox", 0.5, 1.0)
    assert_allclose(root.backward(np.array([-5.0, -2.0, -1.0])), [0, 0, 0.25])


def test_the_power_makes_seasons_deviate_alike():
    # Deviations that are as large as the level, as its root, and as they come.
    rng = np.random.default_rng(1)
    level = np.repeat(np.linspace(10, 1000, 50), 12)
    round_ = rng.normal(0, 1, 12)
    noise = np.tile(round_ - round_.mean(), 50)
    assert guerrero_power(level * (1 + 0.1 * noise), 12) < 1e-3
    assert guerrero_power(level + noise, 12) > 0.999
    assert_allclose(guerrero_power(level + np.sqrt(level) * noise, 12), 0.5, atol=1e-3)


def test_the_power_is_the_least_of_guerreros_criterion():
    y = positive(60, seed=3)
    y[7] = np.nan

    def variation(power):
        ratios = []
        for begin in range(0, 60, 12):
            season = [v for v in y[begin : begin + 12] if not math.isnan(v)]
            ratios.append(np.std(season, ddof=1) / np.mean(season) ** (1 - power))
        return np.std(ratios) / np.mean(ratios)

    grid = np.linspace(0, 1, 2001)
    best = grid[np.argmin([variation(power) for power in grid])]
    assert_allclose(guerrero_power(y, 12), best, atol=1e-3)


@pytest.mark.parametrize("y", [[2.0, 3.0, 4.0], [5.0] * 20, [1.0, np.nan] * 10])
def test_without_seasons_that_deviate_nothing_is_changed(y):
    assert guerrero_power(np.array(y), 12) == 1.0


def test_the_power_of_yeo_and_johnson_is_the_most_likely():
    y = np.random.default_rng(2).gamma(2, size=300) - 1
    assert_allclose(yeo_johnson_power(y), yeojohnson_normmax(y), atol=1e-4)
    assert yeo_johnson_power(np.full(9, 3.0)) == 1.0
    assert_allclose(learn_power("yeo-johnson", np.zeros(9), 1).forward(np.zeros(9)), 0)
