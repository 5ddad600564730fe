"""What is made of forecasters: with members so short that every answer is counted by hand."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import Forecaster, NaiveForecaster
from forecast.forecasters.composite import CompositeForecaster, check_forecaster
from forecast.validation import integer

DAYS = pd.date_range("2024-01-01", periods=10, freq="D")


class Counting(Forecaster):
    """Forecast the number of rows seen so far: a state that every row moves on.

    Negative rows are refused. The other settings say what the contract asks for.
    """

    _rules: ClassVar = {"memory": integer(1)}

    def __init__(self, memory=1, past_features=(), reads=True, gaps=False):
        self.memory = memory
        self.past_features = past_features
        self.reads = reads
        self.gaps = gaps

    @property
    def _reads_features(self):
        return self.reads

    @property
    def _takes_gaps(self):
        return self.gaps

    def _needs(self):
        return self.memory, {"memory": self.memory}

    def _memory(self):
        return self.memory

    def _learn(self, panel):
        self.panel_ = panel
        # The rows of each series before its memory.
        self.before_ = panel.lengths - np.minimum(panel.lengths, self.memory)

    def _observe(self, panel):
        assert panel.continues
        if (panel.y < 0).any():
            raise ValueError("Counting takes no negative rows.")
        self.before_ = self.before_ + panel.lengths - self.memory

    def _answer(self, panel, origins, horizon, quantiles):
        counts = 1.0 + panel.position[origins]
        if panel.continues:
            counts += self.before_[panel.numbers[panel.codes[origins]]]
        shape = len(origins), horizon, panel.y.shape[1], 1 + len(quantiles)
        return np.broadcast_to(counts[:, None, None, None], shape).copy()


class Summing(CompositeForecaster):
    """Forecast the sum of the members' forecasts; members stay `lag` rows behind."""

    def __init__(self, forecasters=(), lag=0):
        self.forecasters = forecasters
        self.lag = lag

    @property
    def _lag(self):
        return self.lag

    def _forecasters(self):
        return list(self.forecasters)

    def _learn(self, panel):
        end = np.repeat(panel.lengths - self.lag, panel.lengths)
        seen = panel.take(np.flatnonzero(panel.position < end))
        self.members_ = [self._fitted(forecaster, seen) for forecaster in self._forecasters()]

    def _answer(self, panel, origins, horizon, quantiles):
        return sum(
            self._answer_of(member, panel, origins, horizon, quantiles) for member in self.members_
        )


def ones(n, start=0):
    """Return a series of consecutive days."""
    return pd.Series(np.ones(n), DAYS[start : start + n])


def shops(n_of_N, n_of_S, start=(0, 0)):
    """Return two series of these lengths."""
    lengths = {"N": n_of_N, "S": n_of_S}
    begins = dict(zip("NS", start, strict=True))
    rows = [(name, DAYS[begins[name] + k]) for name in "NS" for k in range(lengths[name])]
    return pd.Series(np.ones(len(rows)), pd.MultiIndex.from_tuples(rows))


# --- fit


def test_members_are_fitted_copies_that_learn_from_the_same_panel():
    given = [Counting(1), Counting(3)]
    model = Summing(given).fit(ones(5))
    first, second = model.members_
    assert first.panel_ is not given[0]
    assert not any(hasattr(forecaster, "memory_") for forecaster in given)
    assert [member.memory for member in model.members_] == [1, 3]
    # The table is read once: both hold the very same rows.
    assert first.panel_.y is second.panel_.y
    assert_array_equal(first.panel_.times, DAYS[:5])


def test_the_hungriest_member_says_how_many_rows_are_needed():
    with pytest.raises(ValueError, match="the series has 5 rows; memory=6 needs at least 6"):
        Summing([Counting(1), Counting(6), Counting(2)]).fit(ones(5))


def test_parameters_of_members_are_checked_in_their_names():
    sentence = "memory of Counting must be a whole number of at least 1; got 0"
    with pytest.raises(ValueError, match=sentence):
        Summing([NaiveForecaster(), Counting(0)]).fit(ones(5))


def test_only_forecasters_are_members():
    check_forecaster(Counting(), "forecaster")
    sentence = r"forecasters\[1\] must be a forecaster, such as NaiveForecaster\(\); got 'naive'"
    with pytest.raises(TypeError, match=sentence):
        check_forecaster("naive", "forecasters[1]")


# --- memory


def test_a_composite_remembers_as_much_as_the_member_that_looks_back_farthest():
    model = Summing([Counting(1), Counting(4), Counting(2)]).fit(ones(6))
    assert len(model.memory_) == 4
    assert [len(member.memory_) for member in model.members_] == [1, 4, 2]
    model.update(ones(3, start=6))
    assert len(model.memory_) == 4
    assert [len(member.memory_) for member in model.members_] == [1, 4, 2]
    assert [member.memory_.times[-1] for member in model.members_] == [DAYS[8]] * 3


def test_states_of_members_fit_the_rows_of_their_own_memories():
    # The count of a member is right only where it reads from the first row of its own memory.
    model = Summing([Counting(1), Counting(4)]).fit(ones(6))
    assert_allclose(model.predict(2), [12, 12])
    model.update(ones(1, start=6)).update(ones(3, start=7))
    assert_allclose(model.predict(2), [20, 20])


def test_states_of_members_fit_each_series():
    model = Summing([Counting(1), Counting(3)]).fit(shops(6, 4))
    model.update(shops(0, 2, start=(6, 4)))
    assert_allclose(model.predict(1), [12, 12])
    only_S = pd.MultiIndex.from_tuples([("S", DAYS[6])])
    assert_allclose(model.predict(only_S), [12])
    # Where N moves on alone, S stays.
    model.update(shops(1, 0, start=(6, 0)))
    assert_allclose(model.predict(1), [14, 12])


def test_members_stay_behind_by_the_lag():
    model = Summing([Counting(1), Counting(3)], lag=2).fit(ones(6))
    assert len(model.memory_) == 3 + 2
    assert [member.memory_.times[-1] for member in model.members_] == [DAYS[3]] * 2
    assert_allclose(model.predict(1), [12])  # the rows of the lag are read
    model.update(ones(3, start=6))
    assert [member.memory_.times[-1] for member in model.members_] == [DAYS[6]] * 2
    assert [len(member.memory_) for member in model.members_] == [1, 3]
    assert_allclose(model.predict(1), [18])


def test_a_refused_update_moves_no_member():
    # Naive members refuse no row: the first has seen it before the second says no.
    model = Summing([NaiveForecaster(), Counting(2), NaiveForecaster(3)]).fit(ones(5))
    before = [member.memory_ for member in model.members_]
    with pytest.raises(ValueError, match="Counting takes no negative rows"):
        model.update(-ones(2, start=5))
    assert all(a is b.memory_ for a, b in zip(before, model.members_, strict=True))
    assert_allclose(model.predict(1), [1 + 5 + 1])
    # The rows can still be observed, once they are right.
    assert_allclose(model.update(2 * ones(2, start=5)).predict(1), [2 + 7 + 1])


def test_an_update_leaves_the_members_of_before_as_they_were():
    model = Summing([Counting(2)]).fit(ones(5))
    member = model.members_[0]
    model.update(ones(1, start=5))
    assert_array_equal(member.before_, [3])
    assert member.memory_.times[-1] == DAYS[4]


def test_a_further_table_is_counted_from_its_own_beginning():
    # This one begins with the memory of the composite, but not with that of the first member.
    model = Summing([Counting(1), Counting(4)]).fit(ones(6))
    table = ones(6, start=2)
    assert_allclose(model.hindcast(None, table, range(6), 1)[:, 0], 2 * np.arange(1, 7))


# --- columns


def test_features_are_read_where_one_member_reads_them():
    assert not Summing([Counting(reads=False), NaiveForecaster()])._reads_features
    assert Summing([Counting(reads=False), Counting()])._reads_features


def test_missing_observations_are_taken_where_all_members_take_them():
    y = ones(5)
    y.iloc[1] = np.nan
    assert_allclose(Summing([Counting(gaps=True), Counting(gaps=True)]).fit(y).predict(1), [10])
    with pytest.raises(ValueError, match="y contains NaN at row 2024-01-02"):
        Summing([Counting(gaps=True), Counting()]).fit(y)


@pytest.mark.parametrize(
    ("members", "unknown"),
    [
        ([Counting(past_features=["a", "b"])], [True, True, False]),
        # A column has to be known ahead as soon as one member needs it ahead …
        ([Counting(past_features=["a", "b"]), Counting(past_features=["b"])], [False, True, False]),
        # … but not for a member that reads none.
        ([Counting(past_features=["a"]), NaiveForecaster()], [True, False, False]),
        ([NaiveForecaster()], [False, False, False]),
    ],
)
def test_what_no_member_needs_ahead_is_not_asked_for(members, unknown):
    mask = Summing(members)._unknown_ahead(["a", "b", "c"], 3)
    assert mask.dtype == bool
    assert_array_equal(mask, unknown)
