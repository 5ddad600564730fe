"""What all forecasters with one process for each series and target share, by a random walk."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm

from forecast.forecasters.process import (
    ProcessForecaster,
    Rows,
    deviations,
    filled,
    noise,
)


class Walk(NamedTuple):
    """A random walk whose state is the last value and the number of its row."""

    reach: int = 2

    def states(self, rows, begin, counts):
        values = np.append(np.nan if begin is None else begin[0], rows.y)
        ticks = np.append(-1 if begin is None else begin[1], rows.ticks)
        return np.column_stack([values[counts], ticks[counts]])

    def forecast(self, states, rows, ahead, with_variance):
        steps = ahead - ahead[:, :1] + 1.0
        variance = steps if with_variance else 0 * steps
        return np.repeat(states[:, :1], ahead.shape[1], axis=1), variance

    def paths(self, states, rows, ahead, n_paths, rng):
        return states[:, :1, None] + noise(ahead, n_paths, rng).cumsum(axis=2)


class WalkForecaster(ProcessForecaster):
    """Learns nothing; models the logarithm."""

    _reads_features = False

    def _estimate(self, parts, panel):
        self.learned_ = [len(part.y) for part in parts]

    def _process(self, series, target):
        return Walk()

    def _modelled(self, y, series):
        return np.log(y)

    def _restored(self, values, series, target):
        return np.exp(values)


LENGTHS = {"b": 9, "a": 5, "c": 7}


def table(seed=0):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_tuples(
        [(name, day) for name, n in LENGTHS.items() for day in pd.date_range("2024", periods=n)]
    )
    values = np.exp(rng.normal(size=(len(index), 2)))
    return pd.DataFrame(values, index, ["u", "v"])


@pytest.fixture
def y():
    return table()


@pytest.fixture
def model(y):
    return WalkForecaster().fit(y)


def test_a_process_is_learned_from_each_target_of_each_series(model, y):
    assert model.learned_ == [9, 9, 5, 5, 7, 7]
    for series, name in enumerate(LENGTHS):
        assert_allclose(model.scale_[series], np.log(y.loc[name]).std(ddof=0), rtol=1e-12)


def test_quantiles_are_those_of_the_process_in_the_unit_of_y(model, y):
    answer = model.predict_quantiles(3, [0.2, 0.5]).reshape(3, 3, 2, 2)
    for series, name in enumerate(LENGTHS):
        last = np.log(y.loc[name].to_numpy()[-1])
        for step in range(3):
            spread = norm.ppf(0.2) * np.sqrt(step + 1) * model.scale_[series]
            assert_allclose(answer[series, step, :, 0], np.exp(last + spread), rtol=1e-12)
            assert_allclose(answer[series, step, :, 1], np.exp(last), rtol=1e-12)


def test_origins_in_any_order_find_their_own_series(model, y):
    origins = [12, 20, 3, 8, 13, 3]
    answer = model.hindcast(None, y, origins, 2)
    assert_allclose(answer, np.repeat(y.to_numpy()[origins][:, None], 2, axis=1), rtol=1e-12)


def test_a_history_shorter_than_the_reach_is_not_answered(model, y):
    answer = model.hindcast(None, y, [0, 1, 2, 9, 10, 11], 1)[:, 0, 0]
    assert_array_equal(np.isnan(answer), [True, True, False] * 2)


def test_states_and_row_numbers_move_on(model, y):
    assert_array_equal(model.ticks_, [8, 4, 6])
    more = y.loc[["a"]].rename(index=lambda day: day + pd.Timedelta(days=5), level=1)[:3]
    model.update(more)
    assert_array_equal(model.ticks_, [8, 7, 6])
    assert [state[0][1] for state in model.state_] == [8, 7, 6]
    assert_allclose(model.predict(1)[1], more.to_numpy()[-1], rtol=1e-12)


def test_rows_of_a_table_that_begins_elsewhere_are_counted_from_the_training_part(model, y):
    later = y.loc[["c"]][2:]
    rows = model._rows(model._further(None, later)[0], 0, 2)
    assert_array_equal(rows[0].ticks, [2, 3, 4, 5, 6])


def test_paths_begin_at_the_last_value(model):
    paths = model.simulate(2, 4000, random_state=0)
    median = np.median(paths, axis=0)
    assert_allclose(np.log(median), np.log(model.predict(2)), atol=0.1)


def test_gaps_are_filled_with_lines():
    y = np.array([np.nan, 1.0, np.nan, np.nan, 4.0, np.nan])
    assert_allclose(filled(y), [1, 1, 2, 3, 4, 4])
    rows = Rows(y, np.arange(6), np.empty((6, 0)))
    assert_allclose(rows.filled().y, filled(y))
    assert_array_equal(rows.part(1, 3).ticks, [1, 2])


def test_a_design_has_the_columns_of_its_trend_before_those_of_X():
    X = np.array([[5.0], [6.0]])
    rows = Rows(np.zeros(2), np.array([1000, 1001]), X)
    assert_allclose(rows.design("ct"), [[1, 1, 5], [1, 1.001, 6]])
    assert_allclose(rows.design("t"), [[1, 5], [1.001, 6]])
    assert_allclose(rows.design("n"), X)


def test_a_constant_is_measured_by_its_size():
    parts = [np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[0.1, np.nan], [0.1, 2.0]])]
    assert_allclose(deviations(parts), [[1, 5], [0.1, 2]])
    assert_allclose(deviations([np.zeros((3, 1))]), [[1]])
