"""The recurrent forecaster: its options, what it chooses by itself, and what it must not see."""

import subprocess
import sys
from copy import deepcopy
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
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
from forecast.exceptions import FitInterrupted
from forecast.recurrent import training
from forecast.recurrent.cells import Architecture, forward
from forecast.recurrent.forecaster import _share

TINY = {"units": 3, "epochs": 2, "random_state": 0}


def wave(n=120, period=11.3, noise=0.1, seed=0):
    rng = np.random.default_rng(seed)
    return np.sin(2 * np.pi * np.arange(n) / period) + noise * rng.normal(size=n)


def hourly(n=120, seed=0, start="2024-01-05"):
    """Return columns known and seen, and a series that follows the hour and both of them."""
    index = pd.date_range(start, periods=n, freq="h")
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"known": rng.normal(size=n), "seen": rng.normal(size=n)}, index)
    y = 20 + 3 * np.sin(2 * np.pi * index.hour / 24) + X["known"] + np.roll(X["seen"], 1)
    return X, y.rename("temp")


def panel(n=60, keys=("a", "b", "c")):
    """Return such tables of several series, one above the other."""
    tables = [hourly(n, seed) for seed in range(len(keys))]
    return tuple(pd.concat(parts, keys=keys) for parts in zip(*tables, strict=True))


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


def test_the_network_of_a_forecaster_sees_standardised_anchored_patches():
    y = 50 + 9 * wave(60)
    model = LSTMForecaster(6, 2, patch=3, units=3, epochs=1, linear=False, random_state=0).fit(y)
    assert model.architecture_ == Architecture("lstm", 3, 1, 6, 1, 2, 3, anchor=(1,))
    seen = y[: len(y) - 2]  # the rows that the windows read
    window = (y[-6:] - seen.mean()) / seen.std()
    expected = forward(
        model.architecture_, model.weights_, window.astype(np.float32)[None, :, None]
    )
    assert_allclose(model.predict(2), expected[0, :, 0] * seen.std() + seen.mean(), rtol=1e-5)


@pytest.mark.parametrize(
    ("freq", "lookback", "patch"),
    [
        ("h", 168, 24),
        ("h", 72, 24),
        ("h", 48, 6),
        ("D", 28, 7),
        ("MS", 36, 12),
        ("B", 64, 8),
        ("h", 25, 5),
        ("h", 7, 1),
    ],
)
def test_patches_are_seasons_or_near_the_root_of_the_lookback(freq, lookback, patch):
    y = pd.Series(wave(lookback + 8), pd.date_range("2024-01-01", periods=lookback + 8, freq=freq))
    model = LSTMForecaster(lookback, 1, units=2, epochs=1, random_state=0).fit(y)
    chosen = model.architecture_.patch
    assert lookback % chosen == 0
    assert chosen == patch


@pytest.mark.parametrize("factor", [1e-3, 1e4])
def test_the_unit_of_a_forecaster_does_not_matter(factor):
    y = 3 + wave(60)
    plain = LSTMForecaster(4, 2, **TINY).fit(y).predict(5)
    assert_allclose(
        LSTMForecaster(4, 2, **TINY).fit(factor * y).predict(5), factor * plain, rtol=1e-4
    )


def test_series_of_other_units_are_learned_alike():
    y = 3 + wave(60)
    index = pd.MultiIndex.from_product([["small", "large"], range(60)])
    model = LSTMForecaster(4, 2, **TINY).fit(pd.Series(np.concatenate([y, 1e4 * y]), index))
    small, large = model.predict(4).reshape(2, 4)
    assert_allclose(large, 1e4 * small, rtol=1e-4)


def test_patience_of_a_forecaster_chooses_the_number_of_epochs():
    model = LSTMForecaster(
        4, 2, units=6, epochs=40, learning_rate=0.3, patience=1, dropout=0.0, random_state=0
    )
    stopped = model.fit(wave(80))
    assert len(stopped.history_) < 40
    assert {"loss"} == set(
        stopped.history_[0]
    )  # the network that forecasts has learned from all windows


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
        {"linear": True},
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
def test_every_parameter_is_used(change):
    X, y = panel()
    base = LSTMForecaster(6, 2, **TINY, patch=2, past_features=["seen"], linear=False)
    train, ahead = X.groupby(level=0).head(56).index, X.groupby(level=0).tail(4)
    answers = []
    for model in (base, clone(base).set_params(**change)):
        answers.append(model.fit(X.loc[train], y.loc[train]).predict_interval(ahead))
        assert (answers[-1][:, 0] < answers[-1][:, 1]).all()
    assert np.abs(answers[1] - answers[0]).max() > 1e-4


def test_the_calendar_is_sine_and_cosine_of_its_parts():
    _, y = hourly(40, start="2024-02-29 20:00")
    model = LSTMForecaster(4, 3, **TINY, calendar=["day_of_year", "hour", "day_of_week"]).fit(y)
    assert (model.architecture_.known, model.architecture_.further) == ((), 6)
    samples = model._samples(model.memory_.extend(3), np.array([3]))
    assert samples.ahead is not None
    for row, moment in zip(
        samples.ahead[:][0], pd.date_range(y.index[-1], periods=4, freq="h")[1:], strict=True
    ):
        angles = [
            2 * np.pi * (moment.day_of_year - 1 + moment.hour / 24) / 365.25,
            2 * np.pi * moment.hour / 24,
            2 * np.pi * (moment.day_of_week + moment.hour / 24) / 7,
        ]
        assert_allclose(row, [*np.sin(angles), *np.cos(angles)], atol=1e-6)
    monthly = pd.Series(wave(60), pd.period_range("2020-01", periods=60, freq="M"))
    assert np.isfinite(
        LSTMForecaster(4, 3, **TINY, calendar=["day_of_year"]).fit(monthly).predict(5)
    ).all()


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


@pytest.mark.parametrize(
    ("y", "anchor"),
    [
        (np.cumsum(np.random.default_rng(0).normal(size=400)), (1,)),
        (
            10 * np.sin(2 * np.pi * np.arange(400) / 24)
            + np.random.default_rng(0).normal(size=400) / 2,
            (24, 168),
        ),
        (
            np.tile(np.random.default_rng(0).normal(size=168), 4)
            + np.random.default_rng(1).normal(size=672) / 9,
            (168,),
        ),
    ],
    ids=["a walk", "equal days", "equal weeks"],
)
def test_answers_are_relative_to_seasons_where_these_tell_far_more(y, anchor):
    y = pd.Series(y, pd.date_range("2024-01-01", periods=len(y), freq="h"))
    model = LSTMForecaster(168, 24, units=2, epochs=1, random_state=0).fit(y)
    found = model.architecture_.anchor
    assert found == anchor if anchor != (168,) else 168 in found


def test_the_season_may_be_longer_than_the_lookback_says_no():
    y = pd.Series(wave(80), pd.date_range("2024-01-01", periods=80, freq="h"))
    assert LSTMForecaster(12, 2, **TINY).fit(y).architecture_.anchor == (1,)
    with pytest.raises(
        ValueError, match=r"anchor=\[1, 24\] is longer than lookback=12: take a longer lookback"
    ):
        LSTMForecaster(12, 2, **TINY, anchor=[1, 24]).fit(y)


@pytest.mark.parametrize(
    ("network", "line", "share"),
    [(1.0, 1.0, 0.5), (1.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.8, 0.6)],
)
def test_the_linear_part_has_the_share_it_deserves(network, line, share):
    rng = np.random.default_rng(0)
    actual, errors = (
        rng.normal(size=(2000, 2)),
        [size * rng.normal(size=(2000, 2)) for size in (network, line)],
    )
    assert_allclose(_share(actual, actual - errors[0], actual - errors[1]), share, atol=0.06)


def test_a_forecast_is_the_mean_of_both_parts():
    y = wave(200)
    model = LSTMForecaster(12, 3, **TINY).fit(y)
    answers = {}
    for share in (0.0, 0.25, 1.0):
        model.linear_share_ = share
        answers[share] = model.predict(3)
    assert np.abs(answers[0.0] - answers[1.0]).max() > 1e-3
    assert_allclose(answers[0.25], 0.75 * answers[0.0] + 0.25 * answers[1.0], rtol=1e-5)


def _loss_difference(y, lookback, horizon, origins, **options):
    """Return p, and by how much more the forecaster errs than its linear part alone, both learned on earlier rows."""
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


# What must not be seen

OPTIONS = [
    {"calendar": ["hour", "day_of_week"], "loss": "quantile"},
    {"embedding": 2, "anchor": "auto", "bidirectional": True},
    {"anchor": [2, 6], "ensemble": 2, "patience": 1},
    {"linear": False, "calendar": ["day_of_year"], "layers": 2, "cell": "gru"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_no_option_reads_what_follows_the_origin(options):
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


@pytest.mark.parametrize("options", [*OPTIONS[:1], *OPTIONS[2:]], ids=str)
def test_the_validation_part_chooses_and_nothing_else_in_the_first_network_has_seen_it(
    options, monkeypatch
):
    X, y = hourly(120)
    seen, train = [], training.train
    monkeypatch.setattr(training, "train", lambda *args: seen.append(args) or train(*args))
    model = LSTMForecaster(
        6, 2, **TINY, past_features=["seen"], validation_fraction=0.25, **options
    )
    model.fit(X, y)
    first, learned = seen[0][0], seen[0][1].keep(seen[0][5])
    last = int(
        learned.targets.starts.max() + 1
    )  # the last row that the first network has learned from
    seen.clear()
    changed = y.copy()
    changed.iloc[last + 1 :] += 50.0
    model.fit(X.assign(seen=np.where(np.arange(len(X)) > last, 9.0, X["seen"])), changed)
    again = seen[0][1].keep(seen[0][5])
    assert seen[0][0] == first
    for one, two in zip(learned.windows, again.windows, strict=True):
        assert_array_equal(one[:], two[:])
    assert_array_equal(learned.actual(), again.actual())


def test_what_is_compiled_for_the_first_network_serves_for_the_second(monkeypatch):
    monkeypatch.setattr(training, "_COMPILED_FROM", 0)
    model = LSTMForecaster(5, 2, **TINY, batch_size=8).fit(wave(110))
    trainer = training._trainer(model.architecture_, "mae", 0.2, True)
    assert trainer.run.experimental_get_tracing_count() == 1


# Two runs, Ctrl-C

RUN = """
import hashlib, sys
import numpy as np
from forecast import LSTMForecaster
from forecast.recurrent import training
for training._COMPILED_FROM in (0, 10**9):
    y = np.sin(np.arange(300) / 3) + np.random.default_rng(0).normal(size=300) / 9
    model = LSTMForecaster(24, 6, patch=12, units=8, epochs=2, random_state=3).fit(y)
    values = [*(w for member in model.weights_ for w in member), model.predict(9), model.errors_]
    sys.stdout.write(hashlib.sha256(b"".join(np.ascontiguousarray(v).tobytes() for v in values)).hexdigest() + " ")
"""


@pytest.mark.slow
def test_two_processes_learn_the_same_to_the_last_bit():
    runs = [
        subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert len(runs[0].stdout.split()) == 2
    assert runs[0].stdout == runs[1].stdout


def interrupted(monkeypatch, at):
    """Let Ctrl-C be pressed in the epoch with this number, counted over all trainings."""
    epoch, count = training._Trainer.epoch, iter(range(1, 1000))

    def pressed(*args):
        if next(count) == at:
            raise KeyboardInterrupt
        return epoch(*args)

    monkeypatch.setattr(training._Trainer, "epoch", pressed)


@pytest.mark.parametrize(
    ("at", "epochs"), [(3, 2), (7, 2)], ids=["first network", "second network"]
)
def test_ctrl_c_keeps_what_was_learned_and_says_so(monkeypatch, at, epochs):
    y = wave(100)
    model = LSTMForecaster(4, 2, units=3, epochs=4, random_state=0)
    interrupted(monkeypatch, at)
    with pytest.warns(FitInterrupted, match="Ctrl-C: the training ends after 2 of 4 epochs"):
        model.fit(y)
    assert len(model.history_) == epochs
    assert np.isfinite(model.predict_interval(5)).all()


def test_ctrl_c_keeps_the_best_weights_where_there_is_a_validation_part(monkeypatch):
    y = wave(100)
    model = LSTMForecaster(4, 2, units=3, epochs=9, random_state=0, patience=9)
    kept = []
    weights = training._Trainer.weights
    monkeypatch.setattr(
        training._Trainer, "weights", lambda self: kept.append(weights(self)) or kept[-1]
    )
    interrupted(monkeypatch, 5)
    with pytest.warns(FitInterrupted):
        model.fit(y)
    best = int(np.argmin([epoch["validation_loss"] for epoch in model.history_]))
    for one, two in zip(model.weights_[0], kept[1 + best][0], strict=True):
        assert_array_equal(one, two)


def test_ctrl_c_before_anything_was_learned_is_ctrl_c(monkeypatch):
    interrupted(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt):
        LSTMForecaster(4, 2, **TINY).fit(wave(60))


def test_ctrl_c_ends_a_whole_backtest(monkeypatch):
    interrupted(monkeypatch, 2)
    models = {"lstm": LSTMForecaster(4, 2, **TINY), "naive": NaiveForecaster()}
    with pytest.raises(KeyboardInterrupt):
        backtest(models, wave(60), cv=RollingOrigin(horizon=2, origins=3))


# Refusals


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
            "anchor of LSTMForecaster must be 'auto', None, a season length or a list of these; got 0",
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
            "loss of LSTMForecaster must be one of 'mae', 'mse', 'huber', 'quantile'; got 'pinball'",
        ),
    ],
    ids=str,
)
def test_senseless_parameters_are_refused(parameters, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        LSTMForecaster(4, 2, **TINY, **parameters).fit(wave(60))
