"""The contract of all forecasters, with a rule so short that every answer is computed by hand."""

from typing import ClassVar

import naive as oracle
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError

from forecast import Forecaster, NaiveForecaster, WindowForecaster
from forecast.forecasters import base
from forecast.validation import number

DAYS = pd.date_range("2024-01-01", periods=8, freq="D")
NAN = np.nan
INF = np.inf


class Stepping(Forecaster):
    """Forecast the last value plus a step for each row, at most two rows at once::

        forecast[o + h] = y[o] + h * step + sum of known features[o + h] + sum of past features[o]

    The quantile q lies 4 * (q - 1/2) * (2 + h) above it: 3 for q = 3/4 and h = 1, 4 for h = 2.
    """

    _rules: ClassVar = {"step": number(0)}

    def __init__(self, step=1.0, past_features=()):
        self.step = step
        self.past_features = past_features

    def _needs(self):
        return 3, {"step": self.step}

    def _direct_horizon(self, horizon):
        return min(horizon, 2)

    def _learn(self, panel):
        self.total_ = panel.y.sum()

    def _observe(self, panel):
        # The panel begins with the memory, which is the last row of each series.
        self.began_with_memory_ = panel.continues
        self.total_ += panel.y[panel.position > 0].sum()

    def _answer(self, panel, origins, horizon, quantiles):
        assert horizon <= 2
        ahead = np.arange(1, horizon + 1)
        known = panel.X[origins[:, None] + ahead][..., ~self._past].sum(axis=-1)
        past = panel.X[origins][:, self._past].sum(axis=-1)
        level = panel.y[origins][:, None] + past[:, None, None]
        point = level + self.step * ahead[:, None] + known[..., None]
        above = 4 * (quantiles - 0.5) * (2 + ahead)[:, None]
        return np.concatenate([point[..., None], point[..., None] + above[:, None]], axis=-1)


class Drawing(Stepping):
    """Path k lies k above the forecast: a process whose draws are known."""

    def _paths(self, panel, origins, horizon, n_paths, rng):
        point = self._answers(panel, origins, horizon, np.empty(0))[..., 0]
        return point[:, None] + np.arange(n_paths)[:, None, None]


class TakingGaps(Stepping):
    _takes_gaps = True


def values(*numbers):
    """Return a series of consecutive days."""
    return pd.Series(numbers, DAYS[: len(numbers)], dtype=float)


def shops():
    """Return two series that stand day by day: N is 10, 20, 30, and S is 1, 2, 3."""
    index = pd.MultiIndex.from_product([DAYS[:3], ["N", "S"]]).swaplevel()
    return pd.Series([10.0, 1.0, 20.0, 2.0, 30.0, 3.0], index)


def promotions(*numbers):
    """Return a feature of consecutive days."""
    return pd.DataFrame({"promo": np.array(numbers, dtype=float)}, DAYS[: len(numbers)])


# --- forecasts


def test_forecasts_follow_the_last_row():
    model = Stepping(0.5).fit(values(1, 2, 4))
    assert_allclose(model.predict(2), [4.5, 5])


def test_beyond_the_direct_horizon_forecasts_become_history():
    X = promotions(0, 0, 0, 10, 100, 1000, 10_000, 100_000)
    model = Stepping().fit(X[:3], values(1, 2, 4))
    # 4 + 1 + 10 and 4 + 2 + 100; 106 + 1 + 1000 and 106 + 2 + 10 000; 10 108 + 1 + 100 000.
    assert_allclose(model.predict(X[3:]), [15, 106, 1107, 10_108, 110_109])


def test_past_features_stay_as_they_were_last_seen():
    X = promotions(0, 0, 7, NAN, NAN, NAN)
    model = Stepping(past_features=["promo"]).fit(X[:3], values(1, 2, 4))
    # 4 + 7 + 1 and 4 + 7 + 2; from 13 on: 13 + 7 + 1.
    assert_allclose(model.predict(X[3:]), [12, 13, 21])
    assert_allclose(model.predict(3), [12, 13, 21])


def test_beyond_the_direct_horizon_errors_add_up():
    model = Stepping().fit(values(1, 2, 4))
    above = model.predict_quantiles(5, [0.25, 0.75]) - model.predict(5)[:, None]
    # Errors are uniform: up to 6 at one step, up to 8 at two. After two, 8 has become history.
    at_once = [3.0, 4.0]
    # The sum of two: (14 - x)² / (2 · 16 · 12) lies above x, then (16 - x)² / (2 · 16 · 16).
    of_two = [14 - np.sqrt(96), 16 - np.sqrt(128)]
    # The sum of three, by drawing many.
    drawn = np.random.default_rng(0).uniform(-1, 1, (3, 10**6))
    of_three = np.quantile(np.abs([8, 8, 6] @ drawn), 0.5)
    expected = np.array([*at_once, *of_two, of_three])
    # The 64 paths are as near to them.
    assert_allclose(above, np.column_stack([-expected, expected]), rtol=0.04)


@pytest.mark.parametrize("quantiles", [[], [0.25, 0.75]])
def test_a_step_costs_the_same_however_many_follow(monkeypatch, quantiles):
    model = Stepping().fit(promotions(0, 0, 0), values(1, 2, 4))
    read = []

    def answer(_, panel, origins, horizon, quantiles):
        read.append(len(panel) / len(origins))
        return np.zeros((len(origins), horizon, 1, 1 + len(quantiles)))

    monkeypatch.setattr(Stepping, "_answer", answer)
    X = pd.DataFrame({"promo": np.zeros(41)}, pd.date_range(DAYS[3], periods=41))
    model.predict_quantiles(X, quantiles) if quantiles else model.predict(X)
    # Beside the whole table at first: the remembered row and two to answer, one in the end.
    onward = [rows for rows in read if rows < 41]
    assert len(onward) == (40 if quantiles else 20)
    assert set(onward) == {2, 3}


def test_many_origins_are_answered_in_blocks(monkeypatch):
    y = values(1, 2, 4, 7, 11, 16, 22, 29)
    model = Stepping().fit(y[:3])
    together = model.hindcast(None, y, range(8), 3, [0.25, 0.75])
    monkeypatch.setattr(base, "_BLOCK", 1)
    assert_array_equal(model.hindcast(None, y, range(8), 3, [0.25, 0.75]), together)
    assert_allclose(together[:, 2, 0], y + 3)


def test_rows_are_answered_in_the_order_asked_and_may_begin_later():
    model = Stepping().fit(values(1, 2, 4))
    assert_allclose(model.predict(DAYS[[6, 3, 4]]), [8, 5, 6])


def test_each_series_goes_on_from_its_own_end():
    model = Stepping().fit(shops())
    assert model.series_ == ("N", "S")
    assert_allclose(model.predict(2), [31, 32, 4, 5])
    asked = pd.MultiIndex.from_tuples([("S", DAYS[5]), ("N", DAYS[3])])
    assert_allclose(model.predict(asked), [6, 31])
    asked = pd.MultiIndex.from_tuples([("S", DAYS[5])])  # of one series alone
    assert_allclose(model.predict(asked), [6])


def test_an_interval_is_a_pair_of_quantiles():
    model = Stepping().fit(values(1, 2, 4))
    assert_allclose(model.predict_interval(2, coverage=0.5), [[2, 8], [2, 10]])
    assert_allclose(model.predict_quantiles(2, [0.25, 0.75]), [[2, 8], [2, 10]])


@pytest.mark.parametrize("coverage", [0, 1, -0.1, 90])
def test_coverages_that_are_none_are_refused(coverage):
    model = Stepping().fit(values(1, 2, 4))
    with pytest.raises(ValueError, match="coverage must be a number above 0 and below 1; got"):
        model.predict_interval(2, coverage)


def test_forecast_is_predict_and_predict_interval_as_a_table():
    model = Stepping().fit(values(1, 2, 4))
    table = model.forecast(3, coverage=0.5)
    assert table.index.equals(DAYS[3:6])
    assert list(table) == ["forecast", "lower", "upper"]
    assert_array_equal(table["forecast"], model.predict(3))
    assert_array_equal(table[["lower", "upper"]], model.predict_interval(3, coverage=0.5))
    assert list(model.forecast(3)) == ["forecast"]


def test_forecast_of_several_targets_has_their_names_above():
    y = pd.DataFrame({"a": [1.0, 2, 4], "b": [10.0, 20, 40]}, DAYS[:3])
    table = Stepping().fit(y).forecast(1, coverage=0.5)
    ends = ["forecast", "lower", "upper"]
    assert list(table) == [(target, end) for target in "ab" for end in ends]
    assert_allclose(table, [[5, 2, 8, 41, 38, 44]])


# --- hindcasts


def test_hindcast_reads_nothing_after_its_origins_but_known_features():
    y = values(1, 2, 4, 7, NAN, NAN)
    X = promotions(0, 0, 0, 10, 20, 30)
    model = Stepping().fit(X[:3], y[:3])
    answer = model.hindcast(X, y, [1, 3], 2)
    # 2 + 1 + 0 and 2 + 2 + 10; 7 + 1 + 20 and 7 + 2 + 30.
    assert_allclose(answer, [[3, 14], [28, 39]])


def test_origins_are_positions_moments_or_moments_of_series():
    y = shops()
    model = Stepping().fit(y)
    # The origins are rows of the table as given, in which N and S take turns.
    assert_allclose(model.hindcast(None, y, [0, 3], 1), [[11], [3]])
    assert_allclose(model.hindcast(None, y, [("S", DAYS[1]), ("N", DAYS[0])], 1), [[3], [11]])
    alone = Stepping().fit(values(1, 2, 4))
    assert_allclose(alone.hindcast(None, values(1, 2, 4), [DAYS[1]], 1), [[3]])


def test_hindcasts_reach_beyond_the_table():
    y = shops()
    model = Stepping().fit(y)
    last = [("N", DAYS[2]), ("S", DAYS[2]), ("S", DAYS[0])]
    assert_allclose(model.hindcast(None, y, last, 3), [[31, 32, 33], [4, 5, 6], [2, 3, 4]])


def test_hindcasts_beyond_the_table_need_the_features_that_are_known_ahead():
    X, y = promotions(0, 0, 0), values(1, 2, 4)
    model = Stepping().fit(X, y)
    sentence = "forecasts reach 2 rows beyond the table, but the features promo must be known ahead"
    with pytest.raises(ValueError, match=sentence):
        model.hindcast(X, y, [1], 3)


# --- the memory


def test_the_memory_is_the_last_rows_of_each_series():
    memory = Stepping().fit(shops()).memory_
    assert memory.continues
    assert_array_equal(memory.y[:, 0], [30, 3])
    assert list(memory.times) == [DAYS[2]] * 2


@pytest.mark.parametrize(
    ("model", "rows"),
    [
        (NaiveForecaster(), 100),
        (NaiveForecaster(70), 140),  # two seasons
        (WindowForecaster(lookback=2, horizon=50), 150),  # three horizons
    ],
)
def test_the_last_values_are_kept_for_charts(model, rows):
    X = pd.DataFrame({"promo": np.ones(400)})
    y = pd.Series(np.sin(np.arange(400.0)))
    model.fit(X[:300], y[:300])
    assert_array_equal(model.recent_.y[:, 0], y[300 - rows : 300])
    assert model.recent_.X.shape == (rows, 0)
    model.update(X[300:310], y[300:310])
    assert_array_equal(model.recent_.y[:, 0], y[310 - rows : 310])
    assert list(model.recent_.times) == list(range(310 - rows, 310))


def test_values_for_charts_act_on_no_forecast_and_may_be_missing():
    y = pd.Series(np.sin(np.arange(300.0)))
    model = NaiveForecaster().fit(y[:290])
    del model.recent_  # as in a file of an earlier version
    model.update(y[290:])
    assert_array_equal(model.predict(3), NaiveForecaster().fit(y).predict(3))
    assert_array_equal(model.recent_.y[:, 0], y[289:])


def test_the_values_of_some_series_may_move_on_alone():
    y = shops()
    model = Stepping().fit(y)
    model.update(pd.Series([4.0], pd.MultiIndex.from_tuples([("S", DAYS[3])])))
    assert_array_equal(model.recent_.y[:, 0], [10, 20, 30, 1, 2, 3, 4])
    assert_array_equal(model.recent_.lengths, [3, 4])


def test_update_moves_the_memory_and_keeps_what_was_learned():
    y = values(1, 2, 4, 7, 11)
    model = Stepping().fit(y[:3])
    assert model.update(y[3:]) is model
    assert_allclose(model.predict(1), [12])
    # States move on by the new rows, which stand behind the memory.
    assert model.began_with_memory_
    assert model.total_ == 25


def test_rows_to_observe_without_moments_follow_at_once():
    model = Stepping().fit(values(1, 2, 4)).update([7.0, 11.0])
    assert model.forecast(1).index[0] == DAYS[5]
    assert_allclose(model.predict(1), [12])


def test_some_series_may_move_on_alone():
    model = Stepping().fit(shops())
    model.update(pd.Series([5.0], pd.MultiIndex.from_tuples([("S", DAYS[3])])))
    assert_allclose(model.predict(1), [31, 6])
    assert list(model.forecast(1).index) == [("N", DAYS[3]), ("S", DAYS[4])]


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (
            pd.Series([7.0], DAYS[[4]]),
            "rows to observe must begin at 2024-01-04 00:00:00; these begin at 2024-01-05 00:00:00",
        ),
        (
            pd.Series([7.0], DAYS[[2]]),
            "rows to observe must begin at 2024-01-04 00:00:00; these begin at 2024-01-03 00:00:00",
        ),
        (np.zeros((1, 2)), r"y has 2 targets; fit saw 1\."),
        ([7.0, NAN], "y contains NaN at row 2024-01-05 00:00:00"),
    ],
)
def test_a_refused_update_changes_nothing(new, sentence):
    model = Stepping().fit(values(1, 2, 4))
    with pytest.raises(ValueError, match=sentence):
        model.update(new)
    assert_allclose(model.predict(1), [5])
    assert model.total_ == 7


# --- shapes


def test_fit_says_what_it_has_seen():
    X, y = promotions(0, 0, 0), values(1, 2, 4).rename("sold")
    model = Stepping()
    assert model.fit(X, y) is model
    assert list(model.feature_names_in_) == ["promo"]
    assert (model.n_features_in_, model.target_names_) == (1, ["sold"])
    assert model.series_ == (None,)


@pytest.mark.parametrize(
    ("y", "targets"),
    [
        ([1.0, 2.0, 4.0], ()),
        ([[1.0], [2.0], [4.0]], (1,)),
        ([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]], (2,)),
    ],
)
def test_answers_have_an_axis_of_targets_where_y_has_one(y, targets):
    y = np.array(y)
    model = Drawing().fit(y)
    level = y[-1]
    assert_allclose(model.predict(3), np.stack([level + 1, level + 2, level + 3]))
    assert model.predict_quantiles(3).shape == (3, *targets, 3)
    assert model.predict_interval(3).shape == (3, *targets, 2)
    assert model.hindcast(None, y, [0, 1], 3).shape == (2, 3, *targets)
    assert model.hindcast(None, y, [0, 1], 3, [0.5]).shape == (2, 3, *targets, 2)
    assert model.simulate(3, n_paths=5).shape == (5, 3, *targets)


# --- paths


def test_paths_go_through_the_rows_in_the_order_asked():
    model = Drawing().fit(shops())
    asked = pd.MultiIndex.from_tuples([("S", DAYS[5]), ("N", DAYS[3])])
    assert_allclose(model.simulate(asked, n_paths=2), [[6, 31], [7, 32]])


def test_a_forecaster_without_a_process_draws_no_paths():
    model = Stepping().fit(values(1, 2, 4))
    sentence = (
        r"Stepping has no process to draw paths from: wrap it, "
        r"ConformalForecaster\(Stepping\(…\)\)\.fit\(…\)\.simulate\(…\) adds errors"
    )
    with pytest.raises(ValueError, match=sentence):
        model.simulate(2)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"n_paths": 0}, "n_paths must be a whole number of at least 1; got 0"),
        ({"random_state": -1}, "random_state must be None or a whole number of at least 0; got -1"),
    ],
)
def test_draws_that_are_none_are_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        Drawing().fit(values(1, 2, 4)).simulate(2, **arguments)


# --- refusals


def test_wrong_parameters_are_refused_by_fit():
    with pytest.raises(ValueError, match="step of Stepping must be a number above 0; got -1"):
        Stepping(-1).fit(values(1, 2, 4))


def test_past_features_that_x_does_not_have_are_refused():
    model = Stepping(past_features=["prmo"])
    with pytest.raises(ValueError, match="past_features names 'prmo', which X does not have; did"):
        model.fit(promotions(0, 0, 0), values(1, 2, 4))


@pytest.mark.parametrize(
    ("y", "name"), [(values(1, 2), "the series"), (shops().iloc[:-1], "series 'S'")]
)
def test_short_histories_are_refused_with_what_asks_for_more(y, name):
    sentence = rf"{name} has 2 rows; step=1\.0 needs at least 3\. Pass more history"
    with pytest.raises(ValueError, match=sentence):
        Stepping().fit(y)


@pytest.mark.parametrize(
    ("X", "y", "sentence"),
    [
        ((0, 0, 0), (1, NAN, 4), r"y contains NaN at row 2024-01-02 .* \(1 of 3 rows"),
        ((0, 0, 0), (1, 2, INF), "y contains inf at row 2024-01-03"),
        ((0, NAN, 0), (1, 2, 4), r"X\['promo'\] contains NaN at row 2024-01-02"),
        ((0, 0, 0), (NAN, NAN, NAN), "the series has no value at all"),
    ],
)
def test_gaps_in_the_training_part_are_refused(X, y, sentence):
    with pytest.raises(ValueError, match=sentence):
        Stepping().fit(promotions(*X), values(*y))


def test_a_forecaster_may_take_missing_observations():
    model = TakingGaps().fit(values(1, NAN, 4))
    assert_allclose(model.predict(1), [5])
    with pytest.raises(ValueError, match="y contains inf at row 2024-01-04"):
        model.update([INF])


def test_gaps_are_refused_where_hindcasts_read_them():
    y = values(1, 2, 4, NAN, 11)
    model = Stepping().fit(y[:3])
    assert_allclose(model.hindcast(None, y, [2], 2), [[5, 6]])
    with pytest.raises(ValueError, match=r"y contains NaN at row 2024-01-04 .* \(1 of 5 rows"):
        model.hindcast(None, y, [2, 4], 2)
    X = promotions(0, 0, 0, NAN, 0)
    model = Stepping().fit(X[:3], y[:3])
    assert_allclose(model.hindcast(X, y, [1], 1), [[3]])
    with pytest.raises(ValueError, match=r"X\['promo'\] contains NaN at row 2024-01-04"):
        model.hindcast(X, y, [1], 2)


def test_a_forecast_that_becomes_history_needs_the_features_of_its_row():
    X = promotions(0, 0, 0, 10, 100, 1000)
    model = Stepping().fit(X[:3], values(1, 2, 4))
    # Two rows are answered at once, each with its own features alone.
    assert_allclose(model.predict(X[4:5]), [106])
    # The third continues the second.
    sentence = (
        "forecast for 2024-01-06 00:00:00 needs the features of all rows since "
        "2024-01-04 00:00:00. Pass these rows too"
    )
    with pytest.raises(ValueError, match=sentence):
        model.predict(X[5:])
    with pytest.raises(ValueError, match=sentence):
        Drawing().fit(X[:3], values(1, 2, 4)).simulate(X[5:])
    assert_allclose(model.predict(X[4:]), [106, 1107])


def test_answers_too_large_for_a_number_are_refused():
    model = Stepping(0.7e308).fit(values(1, 2, 4))
    assert_allclose(model.predict(2), [0.7e308, 1.4e308])
    sentence = "forecast for 2024-01-06 00:00:00 is too large for a number. Ask for fewer steps"
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=sentence):
        model.predict(3)


@pytest.mark.parametrize("size", [1e141, 1e161, 1e-141, 1e-170])
def test_values_whose_squares_leave_the_numbers_are_divided_as_the_sentence_says(size):
    y = values(1, 2, 4) * size
    with pytest.raises(ValueError, match=r"Divide the column by (1e-?\d+)\.$") as caught:
        NaiveForecaster().fit(y)
    unit = float(str(caught.value).split()[-1].rstrip("."))
    answer = NaiveForecaster().fit(y / unit).predict_interval(1)
    assert_allclose(
        answer * unit / size, NaiveForecaster().fit(values(1, 2, 4)).predict_interval(1)
    )


def test_a_column_whose_squares_overflow_is_named():
    X = promotions(0, 1e150, 0)
    with pytest.raises(ValueError, match=r"X\['promo'\] is 1e\+150 at row 2024-01-02"):
        Stepping().fit(X, values(1, 2, 4))


def test_zeros_are_not_too_small():
    assert_allclose(NaiveForecaster().fit(values(0, 0, 0)).predict(1), 0)


def test_quantiles_that_do_not_ascend_are_refused():
    model = Stepping().fit(values(1, 2, 4))
    with pytest.raises(ValueError, match="quantiles must be ascending numbers between 0 and 1"):
        model.predict_quantiles(1, [0.9, 0.1])


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.predict(1),
        lambda model: model.predict_quantiles(1),
        lambda model: model.simulate(1),
        lambda model: model.forecast(1),
        lambda model: model.update([1.0]),
        lambda model: model.hindcast(None, [1.0, 2.0], [0], 1),
    ],
)
def test_nothing_can_be_asked_before_fit(ask):
    with pytest.raises(NotFittedError):
        ask(Stepping())


def test_a_subclass_has_to_learn_and_to_answer():
    class Learning(Forecaster):
        def _learn(self, panel):
            pass

    with pytest.raises(NotImplementedError):
        Forecaster().fit([1.0, 2.0])
    with pytest.raises(NotImplementedError):
        Learning().fit([1.0, 2.0]).predict(1)


def test_what_a_subclass_need_not_say():
    class Constant(Forecaster):
        def _learn(self, panel):
            pass

        def _answer(self, panel, origins, horizon, quantiles):
            return np.ones((len(origins), horizon, panel.y.shape[1], 1 + len(quantiles)))

    model = Constant().fit([1.0, 2.0])
    assert len(model.memory_) == 1
    assert_array_equal(model.update([3.0]).predict(50), np.ones(50))  # all at once
    with pytest.raises(ValueError, match="the series has 1 rows; Constant needs at least 2"):
        Constant().fit([1.0])


# The wall clock. A seasonal naive forecast is looked up in a dictionary of what the clock showed.

CLOCKS = {
    "Berlin, spring": ("Europe/Berlin", "h", "2024-03-29", 24),
    "Berlin, autumn": ("Europe/Berlin", "h", "2024-10-25", 24),
    "Berlin, quarters": ("Europe/Berlin", "15min", "2024-10-25 16:00", 96),
    "Sydney": ("Australia/Sydney", "h", "2024-10-04", 24),
    "Lord Howe": ("Australia/Lord_Howe", "30min", "2024-04-06", 48),
    "Moscow, 2011": ("Europe/Moscow", "h", "2011-03-25", 24),
    "Moscow, 2014": ("Europe/Moscow", "h", "2014-10-24", 24),
    "Kolkata": ("Asia/Kolkata", "h", "2024-10-25", 24),
}


def clocked(case):
    """Return a series over a change, its season and its step."""
    zone, freq, start, season = CLOCKS[case]
    index = pd.date_range(start, periods=5 * season, freq=freq, tz=zone)
    y = pd.Series(np.random.default_rng(1).normal(size=len(index)), index)
    return y, season, pd.Timedelta(index.freq)


@pytest.mark.parametrize("case", CLOCKS)
def test_the_season_is_that_of_the_clock(case):
    y, season, step = clocked(case)
    horizon = season + 3
    model = NaiveForecaster(season).fit(y[: season + 8])
    origins = np.arange(season + 8, 3 * season, 7)
    answer = model.hindcast(None, y, origins, horizon)
    for origin, forecast in zip(origins, answer, strict=True):
        ahead = y.index[origin + 1 : origin + 1 + horizon]
        shown = oracle.by_wall_clock(y[origin - season - 8 : origin + 1], step)
        expected = oracle.clock_naive(shown, season * step, ahead)
        assert_allclose(forecast, expected, rtol=1e-12)


@pytest.mark.parametrize("case", ["Berlin, spring", "Berlin, autumn", "Berlin, quarters"])
@pytest.mark.parametrize("chunk", [1, 3])
def test_many_updates_over_a_change_are_one(case, chunk):
    y, season, _ = clocked(case)
    change = np.flatnonzero(np.diff(y.index.tz_localize(None)) != pd.Timedelta(y.index.freq))[0]
    start = change - 2
    model = NaiveForecaster(season).fit(y[:start])
    fewest = len(model.memory_)
    for end in range(start + chunk, start + 11, chunk):
        model.update(y[end - chunk : end])
        assert model.memory_.times[-1] == y.index[end - 1]
        once = NaiveForecaster(season).fit(y[:start]).update(y[start:end])
        assert_array_equal(model.predict(season + 2), once.predict(season + 2))
        assert model.forecast(3).index.equals(y.index[end : end + 3])
        # The memory does not grow, but for the twins.
        assert len(model.memory_) <= fewest + 4


def twins():
    """Return the hours 01:00, 02:00 twice, 03:00 of an autumn night, as training and as future."""
    index = pd.date_range("2024-10-25", periods=80, freq="h", tz="Europe/Berlin")
    y = pd.Series(np.arange(80.0), index)
    end = index.get_loc("2024-10-27 01:00")
    return y, end + 1


def test_both_hours_of_autumn_are_answered_by_their_time_on_the_clock():
    y, n = twins()
    model = NaiveForecaster(24).fit(y[:n])
    assert_array_equal(model.predict(3), y.iloc[[n - 24, n - 24, n - 23]])
    # In any order, and each for itself.
    ahead = y.index[n : n + 3]
    assert_array_equal(model.predict(ahead[[2, 1, 0]]), y.iloc[[n - 23, n - 24, n - 24]])
    assert_array_equal(model.predict(ahead[:1]), y.iloc[[n - 24]])
    assert_array_equal(model.predict(ahead[1:2]), y.iloc[[n - 24]])
    assert model.predict_interval(3).shape == (3, 2)
    paths = model.simulate(3, n_paths=5, random_state=0)
    assert_array_equal(paths[:, 0], paths[:, 1])


def test_between_the_twins_the_last_value_is_that_of_the_hour_before():
    y, n = twins()
    model = NaiveForecaster().fit(y[: n + 1])
    assert_array_equal(model.predict(1), y.iloc[[n - 1]])
    with pytest.raises(ValueError, match=r"row 2024-10-27 02:00:00\+02:00 lies inside"):
        model.predict(y.index[n : n + 1])
    assert_array_equal(model.update(y[n + 1 : n + 2]).predict(1), y.iloc[[n + 1]])


def test_features_of_an_hour_that_comes_twice_are_those_of_its_first_time():
    y, n = twins()
    X = pd.DataFrame({"known": 1000.0 * np.arange(80)}, y.index)
    model = Stepping().fit(X[:n], y[:n])
    last = y.iloc[n - 1] + 1.0  # one step by the clock
    ahead = X[n : n + 3]
    assert_array_equal(model.predict(ahead[:1]), [last + X.iloc[n, 0]])
    assert_array_equal(model.predict(ahead[:2]), [last + X.iloc[n, 0]] * 2)
    # Where nobody asks for the first, those of the second.
    assert_array_equal(model.predict(ahead[1:2]), [last + X.iloc[n + 1, 0]])
    # A hindcast of the first reads nothing of the second.
    X.iloc[n + 1 :] = NAN
    y.iloc[n:] = NAN
    assert_array_equal(model.hindcast(X, y, [n - 1], 1), [[last + X.iloc[n, 0]]])


def test_over_the_hour_that_is_left_out_forecasts_pass_a_row_more():
    index = pd.date_range("2024-03-30 20:00", periods=12, freq="h", tz="Europe/Berlin")
    y = pd.Series(np.arange(12.0), index)
    model = Stepping(0.5).fit(y[:6])
    # From 01:00, 03:00 and 04:00 are two and three rows ahead.
    assert_array_equal(model.predict(2), [6.0, 6.5])
    assert model.forecast(2).index.equals(index[6:8])
    assert_array_equal(model.hindcast(None, y, [4, 5, 6], 2), [[4.5, 5.5], [6.0, 6.5], [6.5, 7.0]])


def test_origins_before_which_nothing_is_known_have_no_forecast():
    y, n = twins()
    begins = y[n:]  # in the hour that comes twice
    model = NaiveForecaster().fit(y[:n])
    answer = model.hindcast(None, begins, [0, 1, 2], 2)
    assert_array_equal(answer, [[NAN, NAN], [y.iloc[n + 1]] * 2, [y.iloc[n + 2]] * 2])


def test_a_training_part_of_one_half_of_the_hour_is_too_short():
    y, n = twins()
    quarters = pd.date_range(y.index[n], periods=3, freq="15min")
    with pytest.raises(ValueError, match="the series has 0 rows"):
        Stepping().fit(pd.Series(np.arange(3.0), quarters))


@pytest.mark.parametrize("zone", ["UTC", "+01:00", "Asia/Kolkata"])
def test_where_no_clock_changes_the_season_counts_rows(zone):
    index = pd.date_range("2024-03-29", periods=120, freq="h", tz=zone)
    y = pd.Series(np.random.default_rng(2).normal(size=120), index)
    plain = y.tz_localize(None)
    model, naive = (NaiveForecaster(24).fit(part[:40]) for part in (y, plain))
    assert_array_equal(
        model.hindcast(None, y, np.arange(40, 110), 30),
        naive.hindcast(None, plain, np.arange(40, 110), 30),
    )
