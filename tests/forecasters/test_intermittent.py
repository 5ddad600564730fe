"""Croston's method and its kin: against loops, by hand, and on demand that has been drawn."""

import naive as oracle
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import CrostonForecaster, RollingOrigin, backtest

VARIANTS = ["sba", "croston", "tsb"]


def demand(n=300, chance=0.3, seed=0):
    """Return demand that comes in a row with this chance, with sizes of the gamma distribution."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random(n) < chance, rng.gamma(2, 2, n), 0.0)


@pytest.mark.parametrize("variant", VARIANTS)
def test_forecasts_are_those_of_the_recursion(variant):
    y = demand()
    model = CrostonForecaster(variant, alpha=0.2, beta=0.1).fit(y[:200])
    expected = oracle.croston(y, variant, 0.2, 0.1)
    assert_allclose(model.predict(3), expected[199])
    answer = model.hindcast(None, y, np.arange(300), 2)
    assert_allclose(answer, np.repeat(np.array(expected)[:, None], 2, axis=1))
    for row in range(200, 230):
        model.update(y[row : row + 1])
        assert_allclose(model.predict(1), expected[row])


def test_by_hand():
    # Sizes 4 and 8, intervals 2 and 3: 4 + 0.5 · 4 = 6, 2 + 0.5 · 1 = 2.5.
    y = [0, 4, 0, 0, 8, 0]
    assert_allclose(CrostonForecaster("croston", 0.5, 0.5).fit(y).predict(1), 6 / 2.5)
    assert_allclose(CrostonForecaster("sba", 0.5, 0.5).fit(y).predict(1), 0.75 * 6 / 2.5)
    # Probabilities 1/2, 1/4, 1/8, 9/16, 9/32.
    assert_allclose(CrostonForecaster("tsb", 0.5, 0.5).fit(y).predict(1), 6 * 9 / 32)


@pytest.mark.parametrize("variant", VARIANTS)
def test_weights_are_those_of_the_smallest_one_step_errors(variant):
    y = demand(seed=3) * np.linspace(1, 6, 300)
    model = CrostonForecaster(variant).fit(y)
    grid = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3]
    first = int(np.argmax(y > 0))
    losses = {}
    for alpha in grid:
        for beta in grid:
            forecasts = np.array(oracle.croston(y, variant, alpha, beta))
            losses[alpha, beta] = np.sum((y[1:] - forecasts[:-1])[first:] ** 2)
    assert (model.alpha_.item(), model.beta_.item()) == min(losses, key=losses.get)


def test_given_weights_are_taken():
    model = CrostonForecaster(alpha=0.25).fit(demand())
    assert model.alpha_ == 0.25
    assert CrostonForecaster(beta=0.07).fit(demand()).beta_ == 0.07


@pytest.mark.parametrize("variant", VARIANTS)
def test_fifty_zeros_at_the_end_forecast_no_demand_below_zero(variant):
    y = np.append(np.random.default_rng(0).poisson(3, 30), np.zeros(50))
    model = CrostonForecaster(variant, alpha=0.1, beta=0.1).fit(y)
    before = CrostonForecaster(variant, alpha=0.1, beta=0.1).fit(y[:30]).predict(1)
    assert (model.predict_quantiles(3, [0.01, 0.5, 0.99]) >= 0).all()
    assert (model.simulate(3, 100, random_state=0) >= 0).all()
    # A probability falls by a tenth with every row, what waits for the next demand stays.
    share = 0.9**50 if variant == "tsb" else 1.0
    assert_allclose(model.predict(1), share * before)


@pytest.mark.parametrize("variant", VARIANTS)
def test_quantiles_hold_what_they_promise(variant):
    y = demand(4000, seed=1)
    model = CrostonForecaster(variant).fit(y[:2000])
    levels = [0.75, 0.9, 0.975]
    origins = np.arange(2000, 3990)
    answer = model.hindcast(None, y, origins, 5, levels)
    actual = y[origins[:, None] + np.arange(1, 6)]
    for k, level in enumerate(levels):
        assert_allclose(np.mean(actual <= answer[..., 1 + k]), level, atol=0.02)
    # Seven rows of ten have no demand.
    assert_array_equal(model.predict_quantiles(1, [0.5]), 0)
    assert_allclose(model.predict(1), 0.3 * 4, rtol=0.2)


@pytest.mark.parametrize("variant", VARIANTS)
def test_paths_have_the_mean_that_is_forecast(variant):
    model = CrostonForecaster(variant).fit(demand())
    paths = model.simulate(2, 100_000, random_state=0)
    assert_allclose(paths.mean(axis=0), model.predict(2), rtol=0.03)
    chance = model.predict(1) / model.state_[0, 0, 0]
    assert_allclose(np.mean(paths > 0), chance, rtol=0.03)


def test_without_any_demand_none_is_forecast():
    model = CrostonForecaster().fit(np.zeros(8))
    assert_array_equal(model.predict_quantiles(2, [0.1, 0.99]), 0)
    # The first demand comes after ten rows.
    model.update([0.0, 5.0])
    assert_allclose(model.predict(1), oracle.croston([0.0] * 9 + [5.0], "sba", 0.1, 0.1)[-1])


def test_series_and_targets_do_not_see_each_other():
    columns = {"north": demand(60, seed=1), "south": demand(60, 0.7, seed=2)}
    one = pd.DataFrame(columns)
    table = pd.concat({"a": one, "b": one[::-1].reset_index(drop=True)}, names=["series", "t"])
    answer = CrostonForecaster("tsb").fit(table).predict_quantiles(2, [0.8]).reshape(2, 2, 2)
    for s, name in enumerate("ab"):
        for k, target in enumerate(one):
            alone = CrostonForecaster("tsb").fit(table.loc[name, target])
            assert_allclose(answer[s, :, k, None], alone.predict_quantiles(2, [0.8]))


def test_a_backtest_scores_it():
    y = demand()
    result = backtest(CrostonForecaster(alpha=0.1, beta=0.1), y, cv=RollingOrigin(2, 5))
    origins = result.forecasts["origin"].to_numpy()
    expected = np.array(oracle.croston(y, "sba", 0.1, 0.1))[origins]
    assert_allclose(result.forecasts["forecast"], expected)


def test_demand_below_zero_is_refused_by_row_and_the_remedy_heals():
    y = pd.Series([0.0, 3.0, -2.0, 0.0, 1.0])
    with pytest.raises(ValueError, match=r"y is -2 at 2, and demand is never below 0\. .*y\.clip"):
        CrostonForecaster().fit(y)
    healed = CrostonForecaster("croston", 0.1, 0.1).fit(y.clip(lower=0))
    assert_allclose(healed.predict(1), oracle.croston([0, 3, 0, 0, 1], "croston", 0.1, 0.1)[-1])
    model = CrostonForecaster().fit(y[:2])
    before = model.predict(1)
    with pytest.raises(ValueError, match="y is -2 at 2"):
        model.update(y[2:])
    with pytest.raises(ValueError, match="y is -2 at 2"):
        model.hindcast(None, y, [3], 1)
    assert_allclose(model.hindcast(None, y, [1], 1)[0], before)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"variant": "sbj"}, "variant of CrostonForecaster must be one of 'sba', 'croston', 'tsb'"),
        ({"alpha": 1.5}, "alpha of CrostonForecaster must be None or a number from 0 to 1"),
        ({"beta": -0.1}, "beta of CrostonForecaster must be None or a number from 0 to 1"),
    ],
)
def test_wrong_arguments_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        CrostonForecaster(**arguments).fit(demand())
