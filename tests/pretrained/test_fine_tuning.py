"""The network goes on learning where that helps, and only there."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast import PretrainedForecaster, load, save


def echoes(n_series=30, n_rows=90, seed=0):
    """Return series that no simulation has: signs, turned round every eleven rows."""
    rng = np.random.default_rng(seed)
    y = rng.choice([-1.0, 1.0], size=(n_series, n_rows))
    for t in range(11, n_rows):
        y[:, t] = np.where(rng.random(n_series) < 0.95, -y[:, t - 11], y[:, t])
    index = pd.MultiIndex.from_product([range(n_series), range(n_rows)])
    return pd.Series(y.ravel() + rng.normal(0, 0.05, y.size), index)


@pytest.fixture(scope="module")
def table():
    y = echoes()
    return y, y.index.get_level_values(1) < 84


@pytest.fixture(scope="module")
def tuned(table):
    y, is_known = table
    model = PretrainedForecaster(epochs=4, horizon=6, learning_rate=0.002, random_state=0)
    return model.fit(y[is_known])


def test_it_learns_what_simulated_series_do_not_tell(table, tuned):
    y, is_known = table
    shipped = PretrainedForecaster().fit(y[is_known])
    errors = [np.abs(m.predict(6).ravel() - y[~is_known]).mean() for m in (shipped, tuned)]
    assert errors[1] < 0.97 * errors[0]


def test_a_seed_decides(table, tuned):
    y, is_known = table
    again = PretrainedForecaster(epochs=4, horizon=6, learning_rate=0.002, random_state=0)
    assert_array_equal(again.fit(y[is_known]).predict(6), tuned.predict(6))


def test_what_does_worse_on_the_latest_windows_is_not_kept(table):
    y, is_known = table
    wild = PretrainedForecaster(epochs=1, horizon=6, learning_rate=30.0, random_state=0)
    shipped = PretrainedForecaster().fit(y[is_known])
    assert_array_equal(wild.fit(y[is_known]).predict(6), shipped.predict(6))


def test_it_may_be_saved(tuned, tmp_path):
    save(tuned, tmp_path / "tuned.seqcast")
    assert_array_equal(load(tmp_path / "tuned.seqcast").predict(6), tuned.predict(6))


def test_series_that_stand_still_teach_nothing():
    model = PretrainedForecaster(epochs=1, horizon=2).fit(np.full(40, 3.0))
    assert_array_equal(model.predict(3), 3.0)


def test_where_too_little_was_observed_nothing_is_learned():
    y = np.random.default_rng(0).normal(size=80)
    y[:50] = np.nan
    tuned = PretrainedForecaster(epochs=1, horizon=6).fit(y)
    assert_array_equal(tuned.predict(3), PretrainedForecaster().fit(y).predict(3))


def test_too_few_rows_for_the_horizon_are_refused():
    with pytest.raises(ValueError, match="horizon"):
        PretrainedForecaster(epochs=1, horizon=24).fit(np.arange(20.0))
