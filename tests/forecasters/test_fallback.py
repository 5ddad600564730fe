import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import (
    ARIMAForecaster,
    FallbackForecaster,
    NaiveForecaster,
    WindowForecaster,
    load,
    save,
)
from forecast.exceptions import InputError, InputTypeError

RNG = np.random.default_rng(0)
WINDOW = WindowForecaster(lookback=12, horizon=6)
CHAIN = [WINDOW, NaiveForecaster(6), NaiveForecaster()]
LENGTHS = {"a": 60, "new": 4, "b": 50, "young": 10}


def table(lengths, last=60):
    """Return series of these lengths that end together."""
    series = {
        name: pd.Series(20 + np.cumsum(RNG.normal(size=n)), index=range(last - n, last))
        for name, n in lengths.items()
    }
    return pd.concat(series, names=["series", "timestamp"])


Y = table(LENGTHS)
LATER = table(dict.fromkeys(LENGTHS, 5), last=65)


def alone(model, names):
    """Return a forecaster that has learned some of the series."""
    return model.fit(Y.loc[list(names)])


@pytest.fixture(scope="module")
def model():
    return FallbackForecaster(CHAIN).fit(Y)


def test_each_series_is_answered_by_the_first_that_its_length_suffices_for(model):
    kinds = model.answered_by().map(repr)
    assert kinds.index.tolist() == ["a", "new", "b", "young"]
    assert kinds.tolist() == [repr(CHAIN[0]), repr(CHAIN[2]), repr(CHAIN[0]), repr(CHAIN[1])]
    answer = pd.Series(model.predict(3), index=model.forecast(3).index)
    assert_allclose(answer.loc[["a", "b"]], alone(WINDOW, ["a", "b"]).predict(3))
    assert_allclose(answer["young"], Y["young"].to_numpy()[[4, 5, 6]])
    assert_allclose(answer["new"], Y["new"].iloc[-1])


def test_quantiles_and_paths_are_those_of_the_chosen(model):
    quantiles = model.predict_quantiles(2, [0.1, 0.9])
    rows = model.forecast(2).index.get_level_values(0)
    for member, names in ((WINDOW, ["a", "b"]), (CHAIN[1], ["young"]), (CHAIN[2], ["new"])):
        expected = alone(member, names).predict_quantiles(2, [0.1, 0.9])
        assert_allclose(quantiles[rows.isin(names)], expected)
    naive = FallbackForecaster([NaiveForecaster(6), NaiveForecaster()]).fit(Y)
    paths = naive.simulate(2, n_paths=4000, random_state=0)
    assert_allclose(paths.mean(axis=0), naive.predict(2), atol=0.3)


def test_memories_move_on_and_hindcasts_begin_anywhere(model):
    moved = FallbackForecaster(CHAIN).fit(Y).update(LATER)
    both = pd.concat([Y, LATER]).sort_index(level=0, sort_remaining=True)
    ends = [(name, 64) for name in LENGTHS]
    hindcast = model.hindcast(None, both, ends, 3)
    by_series = pd.Series(moved.predict(3), index=moved.forecast(3).index)
    for (name, _), answer in zip(ends, hindcast, strict=True):
        assert_allclose(answer, by_series[name])
    # The season before: one row that was learned, two that were observed later.
    assert_allclose(by_series["young"], [Y["young"].iloc[-1], *LATER["young"].iloc[:2]])
    assert_allclose(by_series["new"], LATER["new"].iloc[-1])
    # One series alone may move on, and be asked.
    only = FallbackForecaster(CHAIN).fit(Y).update(LATER.loc[["young"]])
    assert_allclose(
        only.predict(pd.MultiIndex.from_tuples([("young", 65)])), by_series["young"].iloc[:1]
    )


def test_one_series_has_one_member():
    y = pd.Series(np.arange(4.0))
    model = FallbackForecaster([NaiveForecaster(12), NaiveForecaster()]).fit(y)
    assert_array_equal(model.predict(2), [3.0, 3.0])
    assert model.answered_by().index.tolist() == [None]
    assert len(model.members_) == 1


def test_what_is_too_short_for_all_is_refused_by_the_least_need():
    with pytest.raises(
        InputError, match=r"series 'new' has 4 rows; season_length=6 needs at least 7"
    ):
        FallbackForecaster([NaiveForecaster(24), NaiveForecaster(6)]).fit(Y)


@pytest.mark.parametrize("wrong", ["naive", [], [3], 7])
def test_what_is_no_list_of_forecasters_is_refused(wrong):
    with pytest.raises((InputError, InputTypeError), match="forecasters"):
        FallbackForecaster(wrong).fit(Y)


def test_a_saved_one_answers_alike(model, tmp_path):
    save(model, tmp_path / "model.seqcast")
    loaded = load(tmp_path / "model.seqcast")
    assert_array_equal(loaded.predict(4), model.predict(4))


def test_columns_reach_the_members_that_read_them():
    known = pd.Series(RNG.normal(size=len(Y) + 8))
    future = table(dict.fromkeys(LENGTHS, 2), last=62)
    X = pd.DataFrame({"known": known.to_numpy()[: len(Y)]}, index=Y.index)
    asked = pd.DataFrame({"known": known.to_numpy()[len(Y) :]}, index=future.index)
    regression = ARIMAForecaster((1, 0, 0), (0, 1, 0, 6))
    y = Y + 5 * X["known"]
    model = FallbackForecaster([regression, NaiveForecaster()]).fit(X, y)
    long = ["a", "b", "young"]
    expected = regression.fit(X.loc[long], y.loc[long]).predict(asked.loc[long])
    answer = pd.Series(model.predict(asked), index=asked.index)
    assert_allclose(answer.loc[long], expected)
