"""The recurrent forecaster: its options, what it chooses by itself, and what it must not see."""

import sys
from copy import deepcopy
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recurrent.cases import TINY, hourly, panel, untrained, wave
from sklearn.base import clone
from sklearn.metrics import mean_absolute_error

from forecast import (
    LSTMForecaster,
    NaiveForecaster,
    RollingOrigin,
    backtest,
    diebold_mariano,
    lead,
    load_stocks,
    load_weather,
)
from forecast.forecasters.intervals import error_quantiles
from forecast.recurrent import forecaster
from forecast.recurrent.architecture import Architecture, initial_weights
from forecast.recurrent.cells import forward


@pytest.mark.slow
def test_a_forecaster_learns_a_sine_better_than_the_season_before_knows_it():
    y = wave(400)
    model = LSTMForecaster(
        24,
        4,
        patch=12,
        units=8,
        epochs=12,
        learning_rate=0.03,
        batch_size=32,
        dropout=0.0,
        random_state=0,
    )
    origins = np.arange(299, 396)
    answer = model.fit(y[:300]).hindcast(None, y, origins, 4, quantiles=[0.1, 0.9])
    actual = lead(y, 4)[origins]
    season_before = NaiveForecaster(12).fit(y[:300]).hindcast(None, y, origins, 4)
    assert mean_absolute_error(actual, answer[..., 0]) < 0.6 * mean_absolute_error(
        actual, season_before
    )
    inside = (answer[..., 1] <= actual) & (actual <= answer[..., 2])
    assert 0.6 < inside.mean() < 0.95


def test_the_network_of_a_forecaster_sees_standardised_anchored_patches(monkeypatch):
    untrained(monkeypatch)
    y = 50 + 9 * wave(60)
    model = LSTMForecaster(6, 2, patch=3, units=3, epochs=1, linear=False, random_state=0).fit(y)
    assert model.architecture_ == Architecture("lstm", 3, 1, 6, 1, 2, 3, anchor=(1,))
    window = (y[-6:] - y.mean()) / y.std()
    expected = forward(
        model.architecture_, model.weights_, window.astype(np.float32)[None, :, None]
    )
    assert_allclose(model.predict(2), expected[0, :, 0] * y.std() + y.mean(), rtol=1e-5)


def test_the_unit_of_a_forecaster_does_not_matter(monkeypatch):
    untrained(monkeypatch)
    y = 3 + wave(60)
    plain = LSTMForecaster(4, 2, **TINY).fit(y).predict(5)
    other = LSTMForecaster(4, 2, **TINY).fit(1e4 * y).predict(5)
    assert_allclose(other, 1e4 * plain, rtol=1e-4)


def test_series_of_other_units_are_learned_alike(monkeypatch):
    untrained(monkeypatch)
    y = 3 + wave(60)
    index = pd.MultiIndex.from_product([["small", "large"], range(60)])
    model = LSTMForecaster(4, 2, **TINY).fit(pd.Series(np.concatenate([y, 1e4 * y]), index))
    small, large = model.predict(4).reshape(2, 4)
    assert_allclose(large, 1e4 * small, rtol=1e-4)


# Two networks


def test_patience_chooses_the_number_of_epochs(monkeypatch):
    calls = untrained(monkeypatch, losses=(3.0, 1.0, 2.0))
    LSTMForecaster(4, 2, units=3, epochs=9, patience=1, random_state=0).fit(wave(80))
    first, second = [call.schedule for call in calls]
    assert (first.epochs, first.patience) == (9, 1)
    assert (second.epochs, second.patience) == (2, None)


def test_the_network_that_forecasts_has_learned_from_all_windows(monkeypatch):
    calls = untrained(monkeypatch)
    LSTMForecaster(4, 2, **TINY).fit(wave(80))
    first, second = [len(call.learned) for call in calls]
    assert second == 80 - 4 - 2 + 1
    assert 60 < first < second
    # The same samples stand in the graph: what is compiled for one serves for the other.
    assert len(calls[0].samples) == len(calls[1].samples)


def test_no_more_windows_are_held_out_than_are_drawn_for_an_epoch(monkeypatch):
    calls = untrained(monkeypatch)
    held_out = []

    def counted(errors):
        held_out.append(len(errors))
        return error_quantiles(errors)

    monkeypatch.setattr(forecaster, "error_quantiles", counted)
    for most in (None, 5):
        LSTMForecaster(
            4, 2, **TINY, validation_fraction=0.25, patience=1, samples_per_epoch=most
        ).fit(wave(120))
    assert held_out[0] > 20
    assert held_out[1] == 5
    assert [call.schedule.samples_per_epoch for call in calls] == [None, None, 5, 5]


def test_after_ctrl_c_there_is_no_second_network(monkeypatch):
    calls = untrained(monkeypatch, complete=False)
    model = LSTMForecaster(4, 2, **TINY).fit(wave(80))
    assert len(calls) == 1
    assert np.isfinite(model.predict_interval(5)).all()


def test_where_nothing_can_be_held_out_one_network_learns_from_all(monkeypatch):
    calls = untrained(monkeypatch)
    LSTMForecaster(4, 2, **TINY, validation_fraction=0.0).fit(wave(80))
    assert [len(call.learned) for call in calls] == [75]


@pytest.mark.parametrize(
    "options",
    [{"loss": "quantile", "calendar": ["hour"]}, {"anchor": [2, 6], "patience": 1}],
    ids=str,
)
def test_the_first_network_has_not_seen_the_validation_part(monkeypatch, options):
    calls = untrained(monkeypatch)
    X, y = hourly(120)
    model = LSTMForecaster(
        6, 2, **TINY, past_features=["seen"], validation_fraction=0.25, **options
    )
    model.fit(X, y)
    learned = calls[0].learned
    last = int(learned.targets.starts.max() + 1)  # the last row that it has learned from
    changed = y.copy()
    changed.iloc[last + 1 :] += 50.0
    model.fit(X.assign(seen=np.where(np.arange(len(X)) > last, 9.0, X["seen"])), changed)
    again = calls[2].learned
    assert calls[2].architecture == calls[0].architecture
    assert_array_equal(learned.inputs()[0], again.inputs()[0])
    assert_array_equal(learned.actual(), again.actual())


# Options


@pytest.mark.parametrize(
    "change",
    [
        {"patch": 3},
        {"past_features": ["seen", "known"]},
        {"calendar": ["hour"]},
        {"calendar": ["day_of_week", "day_of_year"]},
        {"anchor": None},
        {"anchor": [2, 6]},
        {"embedding": 2},
        {"units": 4},
        {"layers": 2},
        {"cell": "gru"},
        {"bidirectional": True},
        {"ensemble": 2},
        {"epochs": 3},
        {"batch_size": 7},
        {"learning_rate": 0.05},
        {"loss": "huber"},
        {"loss": "quantile"},
        {"dropout": 0.5},
        {"validation_fraction": 0.4},
        {"random_state": 1},
    ],
    ids=str,
)
def test_every_parameter_is_used(monkeypatch, change):
    calls = untrained(monkeypatch)
    X, y = panel()
    base = LSTMForecaster(6, 2, **TINY, patch=2, past_features=["seen"], linear=False)
    train, ahead = X.groupby(level=0).head(56).index, X.groupby(level=0).tail(4)
    for model in (base, clone(base).set_params(**change)):
        ends = model.fit(X.loc[train], y.loc[train]).predict_interval(ahead)
        assert (ends[:, 0] < ends[:, 1]).all()
    one, other = calls[0], calls[2]
    first = (one.settings, len(one.learned))
    assert first != (other.settings, len(other.learned))


def test_the_linear_part_can_be_left_out(monkeypatch):
    untrained(monkeypatch)
    y = wave(60)
    assert LSTMForecaster(4, 2, **TINY, linear=False).fit(y).linear_ is None
    assert LSTMForecaster(4, 2, **TINY).fit(y).linear_ is not None


def test_the_calendar_of_months_needs_no_timestamps(monkeypatch):
    untrained(monkeypatch)
    monthly = pd.Series(wave(60), pd.period_range("2020-01", periods=60, freq="M"))
    model = LSTMForecaster(4, 3, **TINY, calendar=["day_of_year"]).fit(monthly)
    assert np.isfinite(model.predict(5)).all()


def test_the_calendar_teaches_what_no_window_shows():
    index = pd.date_range("2024-01-01", periods=600, freq="h")
    y = 4 * np.sin(2 * np.pi * pd.Series(index.hour, index) / 24) + np.random.default_rng(0).normal(
        0, 0.3, 600
    )
    options = {"units": 8, "epochs": 6, "learning_rate": 0.02, "batch_size": 32, "random_state": 0}
    origins = np.arange(520, 590)
    actual, error = lead(y, 4)[origins], {}
    for calendar in ((), ("hour",)):
        model = LSTMForecaster(1, 4, **options, calendar=calendar).fit(
            y[:500]
        )  # one row does not say up or down
        for share in (0.0, 1.0):
            model.linear_share_ = share
            error[calendar, share] = mean_absolute_error(
                actual, model.hindcast(None, y, origins, 4)
            )
    assert error[("hour",), 0.0] < 0.5 * error[(), 0.0]
    assert error[("hour",), 1.0] < 0.25 * error[(), 1.0]


def test_a_season_longer_than_the_lookback_is_no_anchor(monkeypatch):
    untrained(monkeypatch)
    y = pd.Series(wave(80), pd.date_range("2024-01-01", periods=80, freq="h"))
    assert LSTMForecaster(12, 2, **TINY).fit(y).architecture_.anchor == (1,)
    sentence = r"anchor=\[1, 24\] is longer than lookback=12: take a longer lookback"
    with pytest.raises(ValueError, match=sentence):
        LSTMForecaster(12, 2, **TINY, anchor=[1, 24]).fit(y)


def test_patch_and_anchor_are_chosen_by_the_seasons_of_the_frequency(monkeypatch):
    untrained(monkeypatch)
    noise = np.random.default_rng(0).normal(size=300) / 2
    y = 10 * np.sin(2 * np.pi * np.arange(300) / 24) + noise
    y = pd.Series(y, pd.date_range("2024-01-01", periods=300, freq="h"))
    architecture = LSTMForecaster(72, 24, units=2, epochs=1).fit(y).architecture_
    assert architecture.patch == 24
    assert architecture.anchor == (24,)


def test_a_forecast_is_the_mean_of_both_parts(monkeypatch):
    untrained(monkeypatch)
    y = wave(200)
    model = LSTMForecaster(12, 3, **TINY).fit(y)
    answers = {}
    for share in (0.0, 0.25, 1.0):
        model.linear_share_ = share
        answers[share] = model.predict(3)
    assert np.abs(answers[0.0] - answers[1.0]).max() > 1e-3
    assert_allclose(answers[0.25], 0.75 * answers[0.0] + 0.25 * answers[1.0], rtol=1e-5)


def _loss_difference(y, lookback, horizon, origins, **options):
    """Return p, and by how much more the forecaster errs than its linear part alone."""
    first = int(origins[0])
    model = LSTMForecaster(lookback, horizon, random_state=0, **options).fit(y[: first + 1])
    line = deepcopy(model)
    line.linear_share_ = 1.0
    actual = lead(y.to_numpy(), horizon)[origins]
    both, alone = (
        np.abs(actual - m.hindcast(None, y, origins, horizon)).mean(axis=1) for m in (model, line)
    )
    return diebold_mariano(both, alone).p_value, both.mean() - alone.mean()


@pytest.mark.slow
def test_the_forecaster_is_not_worse_than_its_linear_part_on_weather():
    y = load_weather("JFK", fill=True)["temp"][:4000]
    p_value, more = _loss_difference(y, 168, 24, len(y) - 25 - 24 * np.arange(28)[::-1], units=32)
    assert more < 0 or p_value > 0.05


@pytest.mark.slow
@pytest.mark.parametrize("column", ["log_range", "log_return"])
def test_the_forecaster_is_not_worse_than_its_linear_part_on_stocks(column):
    y = load_stocks("AAPL")[column]
    p_value, more = _loss_difference(
        y, 20, 5, len(y) - 6 - 5 * np.arange(60)[::-1], units=32, epochs=3
    )
    assert more < 0 or p_value > 0.05


# Quantiles


@pytest.mark.slow
def test_learned_quantiles_follow_the_spread_of_the_hour():
    index = pd.date_range("2024-01-01", periods=2400, freq="h")
    spread = np.where(index.hour < 12, 0.5, 4.0)
    y = pd.Series(spread * np.random.default_rng(0).normal(size=len(index)), index)
    model = LSTMForecaster(
        24,
        24,
        patch=6,
        units=16,
        epochs=12,
        learning_rate=0.01,
        loss="quantile",
        calendar=["hour"],
        anchor=None,
        random_state=0,
    ).fit(y[:2000])
    origins = np.arange(2000, 2370)
    quantiles = (0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99)
    answer = model.hindcast(None, y, origins, 24, quantiles=quantiles)[..., 1:]
    assert all((low <= high).all() for low, high in pairwise(np.moveaxis(answer, -1, 0)))
    actual = lead(y, 24)[origins]
    inside = (answer[..., 1] <= actual) & (actual <= answer[..., 5])
    calm = (index.hour.to_numpy()[origins][:, None] + 1 + np.arange(24)) % 24 < 12
    assert 0.8 < inside[calm].mean() < 0.98
    assert 0.8 < inside[~calm].mean() < 0.98
    width = answer[..., 5] - answer[..., 1]
    assert width[~calm].mean() > 3 * width[calm].mean()


# Where there is nothing to be learned


def test_random_walks_are_forecast_by_their_last_value(monkeypatch):
    """The linear part alone finds something in many of them: on average it must not cost 1 %."""
    believed = []

    def learn_nothing(architecture, *_, **__):
        members = [initial_weights(architecture, np.random.default_rng(0))]
        for each in members:
            each["head_kernel"] *= 0
        return members, [{"loss": 1.0}], True

    name = "forecast.recurrent.network"
    monkeypatch.setitem(sys.modules, name, SimpleNamespace(train_windows=learn_nothing))
    errors = []
    for seed in range(50):
        y = np.cumsum(np.random.default_rng(seed).normal(size=870))
        model = LSTMForecaster(24, 6, units=2, epochs=1, random_state=0).fit(y[:800])
        believed.append(not model.stays_)
        origins = np.arange(799, 864, 6)
        answer = model.hindcast(None, y, origins, 6)
        actual = y[origins[:, None] + np.arange(1, 7)]
        last = np.abs(actual - y[origins][:, None]).mean()
        errors.append(np.abs(actual - answer).mean() / last)
    assert np.mean(errors) < 1.01
    assert np.mean(believed) < 0.3


def test_a_forecast_that_stays_has_the_intervals_of_the_last_value():
    y = np.cumsum(np.random.default_rng(1).normal(size=300))
    for loss in ("mae", "quantile"):
        model = LSTMForecaster(8, 3, **TINY, loss=loss).fit(y)
        model.stays_ = True
        answer = model.predict_quantiles(3, [0.1, 0.9])
        assert_allclose(model.predict(3), y[-1], rtol=1e-6)
        assert (answer[:, 0] < y[-1]).all()
        assert (answer[:, 1] > y[-1]).all()


# What must not be seen

OPTIONS = [
    {"calendar": ["hour", "day_of_week"], "loss": "quantile"},
    {"embedding": 2, "anchor": "auto", "bidirectional": True},
    {"anchor": [2, 6], "ensemble": 2, "patience": 1},
    {"linear": False, "calendar": ["day_of_year"], "layers": 2, "cell": "gru"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_no_option_reads_what_follows_the_origin(monkeypatch, options):
    untrained(monkeypatch)
    X, y = panel()
    early = X.index.get_level_values(1) < X.index.get_level_values(1)[45]
    model = LSTMForecaster(6, 2, **TINY, past_features=["seen"], **options).fit(X[early], y[early])
    origin = [(key, X.index[48][1]) for key in "ab"]
    later = X.index.get_level_values(1) > origin[0][1]
    before = model.hindcast(X, y, pd.MultiIndex.from_tuples(origin), 3, quantiles=[0.1, 0.7])
    changed = X.assign(seen=np.where(later, 99.0, X["seen"]))
    beyond = X.index.get_level_values(1) > X.index[51][1]
    changed["known"] = np.where(beyond, 99.0, changed["known"])
    after = model.hindcast(
        changed, y.where(~later, -99.0), pd.MultiIndex.from_tuples(origin), 3, quantiles=[0.1, 0.7]
    )
    assert np.isfinite(before).all()
    assert_allclose(after, before, rtol=1e-6)
    changed["known"] = X["known"] + 1.0
    moved = model.hindcast(changed, y, pd.MultiIndex.from_tuples(origin), 3, quantiles=[0.1, 0.7])
    assert (np.abs(moved - before) > 1e-4).any()  # what is known ahead is read


# Ctrl-C


def test_ctrl_c_ends_a_whole_backtest(monkeypatch):
    def pressed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(LSTMForecaster, "_learn", pressed)
    models = {"lstm": LSTMForecaster(4, 2, **TINY), "naive": NaiveForecaster()}
    with pytest.raises(KeyboardInterrupt):
        backtest(models, wave(60), cv=RollingOrigin(horizon=2, origins=3))


# Refusals


def test_a_patch_that_does_not_divide_the_window_is_refused():
    with pytest.raises(ValueError, match="patch=4 must divide lookback=6"):
        LSTMForecaster(6, 2, patch=4).fit(wave(60))
    with pytest.raises(
        ValueError,
        match=r"patch of LSTMForecaster must be None or a whole number of at least 1; got 0",
    ):
        LSTMForecaster(6, 2, patch=0).fit(wave(60))
    with pytest.raises(
        ValueError, match=r"the series has 13 rows; lookback=10 and horizon=4 needs? at least 14"
    ):
        LSTMForecaster(10, 4).fit(wave(13))


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"calendar": ["month"]},
            "calendar of LSTMForecaster must .*'hour', 'day_of_week', 'day_of_year'.*month",
        ),
        (
            {"calendar": ["hour"]},
            r"calendar=\['hour'\] needs timestamps, but the moments are numbers like 0",
        ),
        (
            {"anchor": 0},
            "anchor of LSTMForecaster must be 'auto', None, a season length or a list of "
            "these; got 0",
        ),
        ({"anchor": "week"}, "anchor of LSTMForecaster must be 'auto', None, .*; got 'week'"),
        ({"anchor": []}, r"anchor of LSTMForecaster must be .*; got \[\]"),
        ({"linear": None}, "linear of LSTMForecaster must be True or False; got None"),
        (
            {"embedding": 3},
            "embedding=3 tells several series apart, but there is one: take embedding=0",
        ),
        (
            {"embedding": -1},
            "embedding of LSTMForecaster must be a whole number of at least 0; got -1",
        ),
        (
            {"loss": "pinball"},
            "loss of LSTMForecaster must be one of 'mae', 'mse', 'huber', 'quantile'; "
            "got 'pinball'",
        ),
    ],
    ids=str,
)
def test_senseless_parameters_are_refused(parameters, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        LSTMForecaster(4, 2, **TINY, **parameters).fit(wave(60))
