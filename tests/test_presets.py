"""Presets: settings follow from the frequency and the number of rows, never from the values."""

import numpy as np
import pandas as pd
import pytest

from forecast import Forecaster, TransformedTargetForecaster, WindowForecaster, preset
from forecast.forecasters.transformations import LOWEST
from forecast.presets import MODELS, TRANSFORMS


def table(n, freq="D"):
    index = pd.date_range("2024-01-01", periods=n, freq=freq)
    return pd.Series(np.sin(np.arange(n)), index=index)


def panel(**lengths):
    return pd.concat({name: table(n) for name, n in lengths.items()}, names=["series", "time"])


@pytest.mark.parametrize("name", MODELS)
def test_each_name_gives_a_forecaster_that_is_not_fitted(name):
    model = preset(name, table(60), horizon=3, past_features=["log_return"])
    assert isinstance(model, Forecaster)
    assert not hasattr(model, "memory_")


def test_what_each_name_stands_for():
    expected = {
        "naive": "NaiveForecaster()",
        "seasonal": "NaiveForecaster(season_length=7)",
        "drift": "NaiveForecaster(drift=True)",
        "autoarima": "AutoARIMAForecaster(season_length=7)",
        "ets": "ETSForecaster(season_length=7)",
        "theta": "ThetaForecaster(season_length=7)",
        "har": "HARForecaster(horizon=7)",
        "croston": "CrostonForecaster()",
        "tsb": "CrostonForecaster(variant='tsb')",
        "ridge": "WindowForecaster(horizon=7, lookback=7)",
    }
    for name, words in expected.items():
        assert repr(preset(name, table(60))) == words
    members = preset("ensemble", table(60)).forecasters
    assert repr(members[0]) == expected["autoarima"]
    assert repr(members[1]) == repr(preset("lstm", table(60)))


@pytest.mark.parametrize(
    ("season", "order", "seasonal_order"),
    [
        (1, (1, 1, 1), (0, 0, 0, 0)),
        (12, (0, 1, 1), (0, 1, 1, 12)),
        (24, (1, 0, 0), (0, 1, 1, 24)),
        (52, (1, 1, 1), (0, 0, 0, 0)),
    ],
)
def test_the_season_decides_the_orders_of_arima(season, order, seasonal_order):
    model = preset("arima", np.zeros(300), season_length=season)
    assert (model.order, model.seasonal_order) == (order, seasonal_order)


@pytest.mark.parametrize("season", [1, 7, 24])
@pytest.mark.parametrize("horizon", [1, 5, 30])
@pytest.mark.parametrize("n", [12, 50, 200, 2000])
def test_lookback_is_the_largest_number_of_seasons_that_fits(season, horizon, n):
    model = preset("ridge", np.zeros(n), horizon=horizon, season_length=season)
    unit = season if season > 1 else max(horizon, 8)
    fitting = [k * unit for k in range(1, 8) if k * unit + horizon <= n // 3]
    # Where a third holds none, one season still leaves eight windows, or a few rows have to do.
    windows = n - unit - horizon + 1
    otherwise = unit if windows >= 8 else max(1, n // 3 - horizon)
    assert model.lookback == (max(fitting) if fitting else otherwise)
    assert model.horizon == horizon


def test_few_rows_are_learned_from_in_more_epochs():
    short, middle, long = (preset("lstm", np.zeros(n), horizon=1) for n in (100, 2000, 20_000))
    assert (short.epochs, long.epochs) == (60, 5)
    assert (short.batch_size, long.batch_size) == (32, 128)
    samples = 2000 - middle.lookback - 1
    assert abs(middle.epochs * samples / 40_000 - 1) < 0.05


@pytest.mark.parametrize(
    ("freq", "calendar"),
    [
        ("h", ("hour", "day_of_year")),
        ("D", ("day_of_week", "day_of_year")),
        ("MS", ()),
        ("B", ()),
    ],
)
def test_the_calendar_follows_from_the_frequency(freq, calendar):
    assert preset("gru", table(100, freq)).calendar == calendar


def test_the_horizon_is_a_season_unless_told():
    assert preset("ridge", table(200, "h")).horizon == 24
    assert preset("ridge", table(200, "h"), season_length=12).horizon == 12
    assert preset("ridge", np.zeros(200)).horizon == 5


def test_periods_and_several_targets_serve_as_well():
    months = pd.period_range("2000-01", periods=60, freq="M")
    targets = pd.DataFrame(np.zeros((60, 2)), index=months)
    assert preset("seasonal", targets).season_length == 12


def test_a_typical_series_bounds_the_lookback_and_all_rows_the_epochs():
    assert preset("ridge", panel(a=300, b=60, c=60), horizon=7).lookback == 7
    assert preset("ridge", panel(a=300, b=300), horizon=7).lookback == 49
    one, many = panel(a=1000), panel(a=1000, b=1000, c=1000)
    assert preset("lstm", one).epochs > 2 * preset("lstm", many).epochs


def test_series_too_short_for_a_model_are_answered_by_simpler_ones():
    stores = panel(a=300, b=300, new=20)
    model = preset("ridge", stores, horizon=7)
    ridge, seasonal, naive = model.forecasters
    assert (ridge.lookback, ridge.horizon) == (49, 7)
    assert (seasonal.season_length, naive.season_length) == (7, 1)
    assert model.fit(stores).chosen_.tolist() == [0, 0, 1]
    # Without a season there is one simpler model; what all series are long enough for stands alone.
    assert len(preset("ridge", stores, horizon=7, season_length=1).forecasters) == 2
    assert repr(preset("seasonal", stores)) == "NaiveForecaster(season_length=7)"
    # What is too short altogether is refused by the model itself.
    assert isinstance(preset("ridge", panel(a=9, b=8), horizon=7), WindowForecaster)


def test_a_function_of_y_and_bounds_stand_around_the_model():
    y = table(60)
    for name in MODELS:
        model = preset(name, y, past_features=["log_return"], transform="log", lower=0, upper=9)
        bare = preset(name, y, past_features=["log_return"])
        assert repr(model) == repr(TransformedTargetForecaster(bare, "log", 0, 9))
    bounded = preset("theta", y, lower=0)
    assert (bounded.transformer, bounded.lower, bounded.upper) == (None, 0, None)


def test_the_names_of_functions_are_those_of_the_forecaster():
    assert list(TRANSFORMS) == list(LOWEST)


def test_values_are_never_read():
    y = table(80)
    for name in ("lstm", "arima", "theta"):
        assert repr(preset(name, y)) == repr(preset(name, y * np.nan))


def test_what_is_given_is_taken_over():
    model = preset(
        "gru", table(90), horizon=2, past_features=["temp"], lookback=4, random_state=None
    )
    assert (model.cell, model.lookback, model.horizon) == ("gru", 4, 2)
    assert list(model.past_features) == ["temp"]
    assert model.random_state is None
    assert preset("lstm", table(90)).random_state == 0


def test_garch_finds_the_returns_by_their_name():
    y = table(60)
    assert preset("garch", y, past_features=["volume"]).returns == "volume"
    assert preset("garch", y, past_features=["volume", "log_return"]).returns == "log_return"
    assert preset("garch", y, past_features=[3]).returns == 3
    for columns in ((), ["volume", "open"], ["return_a", "return_b"]):
        with pytest.raises(ValueError, match="garch needs the returns, and finds"):
            preset("garch", y, past_features=columns)


def test_wrong_arguments_are_refused():
    y = table(60)
    with pytest.raises(ValueError, match="no model 'lstn'; did you mean 'lstm'"):
        preset("lstn", y)
    for argument in ("horizon", "season_length", "lookback"):
        with pytest.raises(ValueError, match=f"{argument} must be .* at least 1; got 0"):
            preset("ridge", y, **{argument: 0})
    with pytest.raises(ValueError, match="is missing"):
        preset("ridge", y.drop(y.index[7]))
    with pytest.raises(ValueError, match="no row"):
        preset("naive", [])


def test_with_a_coverage_intervals_come_from_held_out_errors_where_rows_suffice():
    written = repr(preset("naive", table(140), coverage=0.9))
    assert " ".join(written.split()) == (
        "ConformalForecaster(fewest_errors=19, forecaster=NaiveForecaster(), horizon=7, "
        "local=98, refit=True)"
    )
    # Fewer rows than twenty horizons.
    assert repr(preset("naive", table(139), coverage=0.9)) == "NaiveForecaster()"
    # Half of the rows have 2 - 1 + 19 past forecasts, or 39 for a coverage of 0.95.
    assert repr(preset("naive", table(39), horizon=2, coverage=0.9)) == "NaiveForecaster()"
    assert preset("naive", table(40), horizon=2, coverage=0.9).fewest_errors == 19
    assert repr(preset("naive", table(79), horizon=2, coverage=0.95)) == "NaiveForecaster()"
    model = preset("naive", table(80), horizon=2, coverage=0.95).fit(table(80))
    assert model.predict_interval(2, coverage=0.95).shape == (2, 2)
    without_season = pd.Series(np.zeros(500))
    assert preset("naive", without_season, horizon=6, coverage=0.9).local == 84


def test_series_too_short_for_held_out_errors_fall_back():
    y = panel(old=160, older=170, new=20)
    model = preset("seasonal", y, coverage=0.9, lower=-1.0).fit(y)
    assert repr(model.members_[0].answered_by()["new"]) == "NaiveForecaster(season_length=7)"
    interval = model.predict_interval(7, coverage=0.9)
    assert interval.shape == (21, 2)
    assert interval.min() >= -1


@pytest.mark.parametrize("coverage", [0, 1, 90])
def test_a_coverage_outside_0_and_1_is_refused(coverage):
    with pytest.raises(ValueError, match=r"coverage must be .* a number above 0 and below 1"):
        preset("naive", table(60), coverage=coverage)
