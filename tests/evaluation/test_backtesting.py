"""Backtests and their tables, against loops and against the forecasters themselves."""

import naive as oracle
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal, assert_series_equal
from sklearn.base import BaseEstimator, clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import forecast
from forecast import (
    ARIMAForecaster,
    Backtest,
    ETSForecaster,
    FallbackForecaster,
    LSTMForecaster,
    NaiveForecaster,
    RollingOrigin,
    ThetaForecaster,
    WindowForecaster,
    backtest,
)

pytestmark = pytest.mark.usefixtures("networks_by_descent")

WINDOW = {"lookback": 4, "horizon": 2, "past_features": ["seen"]}
MODELS = {
    "naive": NaiveForecaster(season_length=3),
    "drift": NaiveForecaster(drift=True),
    "arima": ARIMAForecaster((1, 0, 0), past_features=["seen"]),
    "window": WindowForecaster(Ridge(), **WINDOW),
    "lstm": LSTMForecaster(**WINDOW, units=3, epochs=1, random_state=0),
}
ROWS = 40
CV = RollingOrigin(horizon=3, origins=4, step=2)  # longer than what the windowed models learn
ORIGINS = [30, 32, 34, 36]


def table(n=ROWS, seed=0, index=None):
    """Return X, with a column seen and one known ahead, and y, which follows both."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2024-03-01", periods=n, freq="h", tz="UTC") if index is None else index
    X = pd.DataFrame({"seen": rng.normal(3, 2, n), "known": rng.normal(-1, 1, n)}, index)
    season = 2 * np.sin(2 * np.pi * np.arange(n) / 3)
    y = pd.Series(
        30 + np.cumsum(rng.normal(0, 0.5, n)) + season + X["known"] + 0.3 * X["seen"],
        index,
        name="temp",
    )
    return X, y


def panel(starts=(0, 4, 0), ends=(40, 40, 33)):
    """Return X and y of three series, hour by hour, that begin and end at different hours."""
    parts = [table(seed=s) for s in range(3)]
    cut = [slice(start, end) for start, end in zip(starts, ends, strict=True)]
    keys = {"keys": ["a", "b", "c"], "names": ["series", "timestamp"]}
    X = pd.concat([X[rows] for (X, _), rows in zip(parts, cut, strict=True)], **keys)
    y = pd.concat([y[rows] for (_, y), rows in zip(parts, cut, strict=True)], **keys)
    order = np.argsort(X.index.get_level_values(1), kind="stable")
    return X.iloc[order], y.iloc[order]


def near(actual, desired):
    """Assert equality up to the rounding of a network, which may follow the batch's shape."""
    assert_allclose(actual, desired, rtol=1e-6, atol=1e-6)


def at(result, origin, column="forecast", model=None):
    """Return a column of the rows of one origin."""
    rows = result.forecasts["origin"] == origin
    if model is not None:
        rows &= result.forecasts["model"] == model
    return result.forecasts.loc[rows, column].to_numpy()


@pytest.mark.parametrize("make", [table, panel])
def test_a_grid_search_chooses_on_the_cuts(make):
    X, y = make()
    cv = RollingOrigin(horizon=3, origins=4)
    lengths = [1, 2, 3]
    search = GridSearchCV(
        NaiveForecaster(), {"season_length": lengths}, cv=cv, scoring="neg_mean_absolute_error"
    ).fit(X, y)
    models = {str(m): NaiveForecaster(m) for m in lengths}
    mae = backtest(models, X, y, cv).scores(by="origin")["mae"].unstack("model")
    assert_allclose(-search.cv_results_["mean_test_score"], mae[list(models)].mean().to_numpy())
    assert search.best_params_ == {"season_length": 3}
    assert_allclose(search.predict(X.iloc[-2:].set_index(_next(X.index, 2))), 0, atol=99)


def _next(index, n):
    """Return rows that follow: of one series, or of series "a" of a panel."""
    times = index.unique(-1)
    later = pd.date_range(times[-1], periods=n + 1, freq="h")[1:]
    return (
        later
        if index.nlevels == 1
        else pd.MultiIndex.from_product([["a"], later], names=index.names)
    )


# One truth


def one_by_one(model, X, y, cv, origins, quantiles=(), refit_at=(0,)):
    """Forecast as one would have done then: learn, or observe, up to each origin, and predict."""
    answers, previous = [], None
    for i, origin in enumerate(origins):
        if i in refit_at:
            first = 0 if cv.window == "expanding" else origin - origins[0]
            learned = clone(model).fit(X[first : origin + 1], y[first : origin + 1])
        else:
            learned.update(X[previous + 1 : origin + 1], y[previous + 1 : origin + 1])
        future = X[origin + 1 : origin + 1 + cv.gap + cv.horizon]
        answer = learned.predict(future).reshape(len(future), -1)
        if quantiles:
            answer = np.column_stack([answer, learned.predict_quantiles(future, quantiles)])
        answers.append(answer[cv.gap :])
        previous = origin
    return np.concatenate(answers)


@pytest.mark.parametrize("gap", [0, 2])
@pytest.mark.parametrize("name", MODELS)
def test_without_refit_it_equals_updating_and_predicting_one_by_one(name, gap):
    X, y = table()
    cv = RollingOrigin(horizon=3, origins=4, step=2, gap=gap)
    origins = oracle.rolling_origins(ROWS, 3, 4, 2, gap)
    result = backtest({name: MODELS[name]}, X, y, cv, quantiles=(0.1, 0.6))
    expected = one_by_one(MODELS[name], X, y, cv, origins, (0.1, 0.6))
    near(result.forecasts[["forecast", "q0.1", "q0.6"]].to_numpy(), expected)


@pytest.mark.parametrize("window", ["expanding", "sliding"])
@pytest.mark.parametrize(
    ("refit", "refit_at"), [("always", range(4)), (1, range(4)), (2, (0, 2)), (3, (0, 3))]
)
@pytest.mark.parametrize("name", ["naive", "drift", "arima", "window"])
def test_with_refit_it_equals_fitting_anew_at_these_origins(name, refit, refit_at, window):
    X, y = table()
    cv = RollingOrigin(horizon=3, origins=4, step=2, window=window)
    result = backtest({name: MODELS[name]}, X, y, cv, refit=refit)
    near(
        at(result, y.index[30]),
        one_by_one(MODELS[name], X, y, cv, ORIGINS, refit_at=refit_at)[:3, 0],
    )
    near(
        result.forecasts["forecast"],
        one_by_one(MODELS[name], X, y, cv, ORIGINS, refit_at=refit_at)[:, 0],
    )


def test_a_network_is_learned_anew_at_every_kth_origin():
    X, y = table()
    result = backtest({"lstm": MODELS["lstm"]}, X, y, CV, refit=2)
    near(
        result.forecasts["forecast"],
        one_by_one(MODELS["lstm"], X, y, CV, ORIGINS, refit_at=(0, 2))[:, 0],
    )


def test_forecasters_and_tables_stay_as_they_were():
    X, y = table()
    copies, models = (X.copy(), y.copy()), {name: clone(model) for name, model in MODELS.items()}
    states = {name: repr(vars(model)) for name, model in models.items()}
    backtest(models, X, y, CV, quantiles=(0.1, 0.9))
    assert {name: repr(vars(model)) for name, model in models.items()} == states
    assert_frame_equal(X, copies[0])
    assert_series_equal(y, copies[1])


# No leak


@pytest.mark.parametrize("refit", ["never", "always", 3])
@pytest.mark.parametrize("value", [777.0, np.nan])
def test_what_follows_the_last_origin_is_not_read(refit, value):
    X, y = table()
    models = {name: m for name, m in MODELS.items() if name != "lstm" or refit == "never"}
    before = backtest(models, X, y, CV, refit, quantiles=(0.1, 0.9))
    X, y = X.copy(), y.copy()
    y.iloc[ORIGINS[-1] + 1 : -1] = value
    y.iloc[-1] = 777.0
    X.iloc[ORIGINS[-1] + 1 :, 0] = value
    after = backtest(models, X, y, CV, refit, quantiles=(0.1, 0.9))
    columns = ["forecast", "q0.1", "q0.9"]
    near(after.forecasts[columns], before.forecasts[columns])


@pytest.mark.parametrize("refit", ["never", "always", 3])
@pytest.mark.parametrize("j", [0, 1, 2])
def test_what_follows_an_origin_is_not_read_by_it_or_earlier_ones(j, refit):
    X, y = table()
    models = {
        name: m for name, m in MODELS.items() if name != "lstm" or (refit == "never" and j == 1)
    }
    before = backtest(models, X, y, CV, refit)
    X, y = X.copy(), y.copy()
    y.iloc[ORIGINS[j] + 1 :] += 50.0
    X.iloc[ORIGINS[j] + 1 :, 0] -= 20.0
    X.iloc[ORIGINS[j] + CV.horizon + 1 :, 1] += 20.0
    after = backtest(models, X, y, CV, refit)
    for i, origin in enumerate(y.index[ORIGINS]):
        for name in models:
            if i <= j:
                near(at(after, origin, model=name), at(before, origin, model=name))
            else:
                assert (
                    np.abs(at(after, origin, model=name) - at(before, origin, model=name)).max() > 1
                )


def test_series_do_not_read_each_others_future():
    X, y = panel()
    cv = RollingOrigin(horizon=2, origins=3)
    models = {name: MODELS[name] for name in ("drift", "arima", "window")}
    before = backtest(models, X, y, cv)
    first = before.forecasts["origin"].min()
    X, y = X.copy(), y.copy()
    y[y.index.get_level_values(1) > first] += 50.0
    after = backtest(models, X, y, cv)
    near(at(after, first), at(before, first))


# The table


def test_the_table_has_a_row_for_each_model_origin_and_step():
    X, y = table()
    result = backtest(MODELS, X, y, CV, quantiles=(0.05, 0.5, 0.95))
    forecasts = result.forecasts
    columns = [
        "model",
        "series",
        "origin",
        "step",
        "timestamp",
        "actual",
        "forecast",
        "q0.05",
        "q0.5",
        "q0.95",
    ]
    assert list(forecasts.columns) == columns
    assert result.quantiles == [0.05, 0.5, 0.95]
    assert list(forecasts["model"].unique()) == list(MODELS)
    assert set(forecasts["series"]) == {"temp"}
    one = forecasts[forecasts["model"] == "drift"]
    rows = [(y.index[o], h, y.index[o + h], y.iloc[o + h]) for o in ORIGINS for h in (1, 2, 3)]
    expected = pd.DataFrame(rows, columns=["origin", "step", "timestamp", "actual"])
    assert_frame_equal(one[expected.columns].reset_index(drop=True), expected, check_dtype=False)
    assert np.isfinite(forecasts[columns[5:]].to_numpy()).all()
    assert (np.diff(forecasts[columns[7:]].to_numpy(), axis=1) >= 0).all()


def test_a_gap_leaves_out_the_rows_after_the_origin():
    y = np.arange(12.0) ** 2
    result = backtest(NaiveForecaster(), y, cv=RollingOrigin(horizon=2, origins=2, gap=3))
    assert_array_equal(result.forecasts["origin"], [4, 4, 6, 6])
    assert_array_equal(result.forecasts["step"], [4, 5, 4, 5])
    assert_array_equal(result.forecasts["timestamp"], [8, 9, 10, 11])
    assert_array_equal(result.forecasts["actual"], [64, 81, 100, 121])
    assert_array_equal(result.forecasts["forecast"], [16, 16, 36, 36])


def test_a_sliding_window_forgets_the_first_rows():
    y = np.r_[100.0, np.arange(9.0)]
    sliding = RollingOrigin(horizon=1, origins=3, window="sliding")
    result = backtest(NaiveForecaster(drift=True), y, cv=sliding, refit="always")
    first = 5 + (5 - 100) / 6
    assert_allclose(result.forecasts["forecast"], [first, 7.0, 8.0])


def test_several_targets_are_several_series():
    X, y = table()
    both = pd.DataFrame({"temp": y, "minus": -2 * y})
    models = {name: MODELS[name] for name in ("naive", "arima")}  # a model for each target
    result = backtest(models, X, both, CV, quantiles=(0.1, 0.9))
    assert list(result.forecasts["series"].unique()) == ["temp", "minus"]
    order = ["model", "origin", "step"]
    for target in both:
        alone = backtest(models, X, both[target], CV, quantiles=(0.1, 0.9)).forecasts
        alone = alone.astype({"series": str})
        part = result.forecasts[result.forecasts["series"] == target].astype({"series": str})
        got = part.sort_values(order, ignore_index=True)
        assert_frame_equal(got, alone.sort_values(order, ignore_index=True), rtol=1e-5)
    mase = result.scores(by="series")["mase"].unstack()
    assert_allclose(mase.loc["naive", "minus"], mase.loc["naive", "temp"])


def test_a_model_of_several_targets_equals_updating_and_predicting_one_by_one():
    X, y = table()
    both = pd.DataFrame({"temp": y, "minus": -2 * y + X["seen"]})
    for name in ("window", "lstm"):
        forecasts = backtest({name: MODELS[name]}, X, both, CV).forecasts
        expected = one_by_one(MODELS[name], X, both, CV, ORIGINS)
        near(forecasts["forecast"], expected.ravel(order="F"))
        assert_array_equal(forecasts["series"], np.repeat(["temp", "minus"], len(expected)))


@pytest.mark.parametrize("name", ["naive", "arima", "window"])
def test_many_series_are_forecast_from_the_same_moments(name):
    X, y = panel()
    model = MODELS[name]
    cv = RollingOrigin(horizon=2, origins=3, step=4)
    result = backtest({name: model}, X, y, cv)
    origins = y.index.unique(1).sort_values()[oracle.rolling_origins(ROWS, 2, 3, 4)]
    got = result.forecasts.set_index(["series", "origin", "step"]).sort_index()
    learned = y.index.get_level_values(1) <= origins[0]
    fitted = clone(model).fit(X[learned], y[learned])
    expected, previous = {}, origins[0]
    for origin in origins:
        times = y.index.get_level_values(1)
        new = (times > previous) & (times <= origin)
        if new.any():
            fitted.update(X[new], y[new])
        for key in ("a", "b", "c"):
            future = X.loc[[key]].loc[
                (slice(None), slice(origin + pd.Timedelta("1h"), origin + pd.Timedelta("2h"))), :
            ]
            alive = y[key].index[-1] >= origin
            if len(future) and alive:
                values = fitted.predict(future)
                expected |= {(key, origin, h + 1): v for h, v in enumerate(values)}
        previous = origin
    assert set(got.index) == set(expected)
    near(got["forecast"].to_numpy(), [expected[place] for place in got.index])


def test_series_may_have_any_names_and_stand_in_any_order():
    y = pd.concat({2024: table()[1], 7: table(seed=1)[1]}, names=["shop", "hour"])
    result = backtest(NaiveForecaster(), y, cv=CV)
    assert list(result.scores(by="series").index.get_level_values("series")) == ["2024", "7"]
    mixed = backtest(
        NaiveForecaster(), y.iloc[np.argsort(y.index.get_level_values(1), kind="stable")], cv=CV
    )
    assert_frame_equal(mixed.scores(by="series"), result.scores(by="series"))
    assert result.settings["scales"] == mixed.settings["scales"]


@pytest.mark.parametrize("refit", ["never", "always"])
def test_a_series_that_begins_after_the_first_origin_is_forecast_once_it_was_learned(refit):
    X, y = panel(starts=(0, 33, 0), ends=(40, 40, 40))
    result = backtest({"drift": NaiveForecaster(drift=True)}, X, y, CV, refit)
    assert {"a", "c"} <= set(result.forecasts["series"])
    late = result.forecasts[result.forecasts["series"] == "b"]
    moments = y.index.unique(1).sort_values()
    assert set(late["origin"]) == (set() if refit == "never" else {moments[34], moments[36]})


def test_arrays_have_row_numbers_and_the_name_y():
    values = np.random.default_rng(0).normal(5, 1, 20)
    result = backtest([NaiveForecaster(), ARIMAForecaster()], values, cv=RollingOrigin(origins=3))
    assert set(result.forecasts["series"]) == {"y"}
    assert_array_equal(result.forecasts["origin"][:3], [16, 17, 18])
    assert_array_equal(at(result, 18, model="NaiveForecaster"), values[[18]])
    with_features = backtest(
        NaiveForecaster(), np.ones((20, 2)), values, cv=RollingOrigin(origins=3)
    )
    assert_array_equal(with_features.forecasts["forecast"], result.forecasts["forecast"][:3])
    assert_array_equal(
        backtest(NaiveForecaster(), values.tolist()).forecasts["origin"], np.arange(9, 19)
    )


def test_models_of_one_class_are_told_apart():
    result = backtest(
        [NaiveForecaster(), NaiveForecaster(2), ARIMAForecaster()], np.arange(20.0) % 7
    )
    assert list(result.scores().index) == [
        "NaiveForecaster",
        "NaiveForecaster 2",
        "ARIMAForecaster",
    ]


INDICES = {
    "zone": pd.date_range("2024-02-28", periods=ROWS, freq="h", tz="Europe/Berlin"),
    "periods": pd.period_range("2020-01", periods=ROWS, freq="M"),
    "integers": pd.RangeIndex(100, 100 + 5 * ROWS, 5),
    "trading": pd.bdate_range("2024-03-20", periods=ROWS + 3).drop(
        pd.to_datetime(["2024-03-29", "2024-04-01", "2024-05-01"])
    ),
}


@pytest.mark.parametrize("name", INDICES)
def test_moments_of_every_kind(name, tmp_path):
    X, y = table(index=INDICES[name])
    result = backtest(
        {k: MODELS[k] for k in ("naive", "arima", "window")}, X, y, CV, quantiles=(0.2, 0.8)
    )
    plain = backtest(
        {k: MODELS[k] for k in ("naive", "arima", "window")},
        X.reset_index(drop=True),
        y.reset_index(drop=True),
        CV,
        quantiles=(0.2, 0.8),
    )
    values = ["actual", "forecast", "q0.2", "q0.8"]
    if name != "trading":  # whose trend would count holidays, and whose season is unknown
        near(result.forecasts[values], plain.forecasts[values])
    assert list(result.forecasts["timestamp"][:3]) == list(y.index[31:34])
    assert list(result.forecasts["origin"].unique()) == list(y.index[ORIGINS])
    near(at(result, y.index[34], model="naive"), oracle.seasonal_naive(y[:35], 3, 3))
    assert_frame_equal(Backtest.load(result.save(tmp_path / "run")).forecasts, result.forecasts)


# Scores


def test_rows_without_an_actual_are_not_scored():
    y = np.arange(20.0) ** 2
    y[18] = np.nan
    result = backtest(NaiveForecaster(), y, cv=RollingOrigin(horizon=2, origins=1))
    assert_array_equal(result.forecasts["forecast"], [17.0**2, 17.0**2])
    assert_allclose(result.scores()["mae"].iloc[0], 19.0**2 - 17.0**2)


@pytest.mark.parametrize("frames", [True, False])
def test_rows_before_the_first_value_and_after_the_last_are_no_history(frames):
    X, y = table()
    longer = y.copy()
    longer.iloc[:3] = np.nan
    longer.iloc[-4:] = np.nan
    models = {name: MODELS[name] for name in ("naive", "window")}
    given = (X, longer) if frames else (X.to_numpy(), longer)
    if not frames:
        models["window"] = clone(models["window"]).set_params(past_features=[0])
    result = backtest(models, *given, CV)
    expected = backtest(models, given[0][3:-4], y[3:-4], CV)
    assert_frame_equal(result.forecasts, expected.forecasts)
    assert result.settings["unobserved"] == 7
    assert result.settings["data"] == expected.settings["data"]


def test_series_end_and_begin_by_themselves():
    X, y = panel()
    whole_X, whole_y = panel(starts=(0, 0, 0), ends=(40, 40, 40))
    result = backtest(MODELS["window"], whole_X, y.reindex(whole_y.index), CV)
    assert_frame_equal(result.forecasts, backtest(MODELS["window"], X, y, CV).forecasts)


def test_a_gap_in_the_middle_is_refused_in_the_name_of_the_model_that_takes_none():
    y = table()[1]
    y.iloc[7] = np.nan
    models = {"arima": ARIMAForecaster((1, 0, 0)), "naive": NaiveForecaster()}
    with pytest.raises(ValueError, match=r"^naive: y contains NaN at row 2024-03-01 07:00.*ffill"):
        backtest(models, y, cv=CV)
    filled = y.copy()
    filled.iloc[7] = y.iloc[6]
    result = backtest(models["naive"], y.ffill(), cv=CV)
    assert_frame_equal(result.forecasts, backtest(models["naive"], filled, cv=CV).forecasts)


def test_a_transformed_target_needs_no_columns():
    _, y = table()
    wrapped = TransformedTargetRegressor(NaiveForecaster(3), func=np.log, inverse_func=np.exp)
    answer = backtest(wrapped, y, cv=CV, refit="always").forecasts
    # The last season is what it was, whatever the transformation.
    expected = backtest(NaiveForecaster(3), y, cv=CV, refit="always").forecasts
    near(answer["forecast"], expected["forecast"])
    numbers = backtest(wrapped, y.to_numpy(), cv=CV, refit="always").forecasts
    near(numbers["forecast"], expected["forecast"])


@pytest.mark.parametrize("forecasters", ["ridge", ["ridge"], {"mine": "ridge"}])
def test_a_name_is_no_forecaster_and_its_preset_is_one(forecasters):
    _, y = table()
    with pytest.raises(TypeError, match=r"write forecast\.preset\('ridge', y\)"):
        backtest(forecasters, y, cv=CV)
    result = backtest(forecast.preset("ridge", y[:31]), y, cv=CV)
    assert len(result.forecasts) == 12


def test_the_season_scales_the_errors():
    _, y = table(60)
    cv = RollingOrigin(horizon=2, origins=3)
    origin = oracle.rolling_origins(60, 2, 3, 2)[0]
    for season, given_ in ((24, None), (5, 5)):
        result = backtest(NaiveForecaster(), y, cv=cv, season_length=given_)
        part = result.forecasts
        expected = oracle.mase(part["actual"], part["forecast"], y[: origin + 1].to_numpy(), season)
        assert_allclose(result.scores()["mase"], expected)
        assert result.settings["season_length"] == season


@pytest.mark.parametrize("refit", ["always", 2])
def test_scaled_errors_have_the_same_unit_whatever_was_refitted(refit):
    X, y = panel()
    cv = RollingOrigin(horizon=2, origins=3)
    never = backtest(NaiveForecaster(), X, y, cv)
    again = backtest(NaiveForecaster(), X, y, cv, refit=refit)
    assert_frame_equal(again.scores(by="series"), never.scores(by="series"))


@pytest.mark.parametrize("name", MODELS)
def test_a_constant_series_has_no_scaled_errors(name):
    X, _ = table()
    y = pd.Series(4.0, X.index, name="flat")
    result = backtest({name: MODELS[name]}, X * 0, y, CV, quantiles=(0.1, 0.9))
    scores = result.scores().loc[name]
    assert result.settings["scales"] == {"flat": None}
    assert np.isnan(scores[["mase", "rmsse"]].to_numpy(dtype=float)).all()
    assert_allclose(scores[["mae", "rmse", "bias", "smape"]].to_numpy(dtype=float), 0, atol=1e-3)


@pytest.fixture
def result():
    X, y = table()
    models = {name: MODELS[name] for name in ("naive", "window")}
    return backtest(models, X, y, CV, quantiles=(0.1, 0.9))


def test_the_settings_say_how_it_was_made(result):
    X, y = table()
    settings = result.settings
    expected = {
        "horizon": 3,
        "origins": 4,
        "step": 2,
        "gap": 0,
        "window": "expanding",
        "refit": "never",
    }
    assert {key: settings[key] for key in expected} == expected
    assert settings["models"]["naive"] == "NaiveForecaster(season_length=3)"
    assert set(settings["seconds"]) == {"naive", "window"}
    assert {"seqcast", "python", "numpy", "pandas", "scikit-learn"} <= set(settings["versions"])
    again = backtest(NaiveForecaster(), X, y, CV).settings["data"]
    assert again == settings["data"]
    for other in ((X, y + 1e-9), (X + 1e-9, y), (X.shift(freq="h"), y.shift(freq="h"))):
        assert backtest(NaiveForecaster(), *other, CV).settings["data"] != settings["data"]


# Other learners, and refusals


def test_a_pipeline_that_ends_in_a_forecaster_is_learned_anew_at_every_origin():
    X, y = table()
    pipeline = make_pipeline(
        StandardScaler().set_output(transform="pandas"), ARIMAForecaster((1, 0, 0))
    )
    cv = RollingOrigin(horizon=3, origins=4, step=2, gap=1)
    result = backtest({"pipe": pipeline}, X, y, cv, refit="always")
    expected = [
        clone(pipeline).fit(X.iloc[a], y.iloc[a]).predict(X.iloc[b]) for a, b in cv.split(X, y)
    ]
    assert_allclose(result.forecasts["forecast"], np.concatenate(expected))
    assert_array_equal(result.forecasts["step"][:3], [2, 3, 4])


def test_a_pipeline_forecasts_many_series():
    X, y = panel(ends=(40, 40, 35))
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), NaiveForecaster())
    cv = RollingOrigin(horizon=3, origins=3, step=2)
    got = backtest(pipeline, X, y, cv, refit="always").forecasts.drop(columns="model")
    assert_frame_equal(got, backtest(NaiveForecaster(), X, y, cv).forecasts.drop(columns="model"))


@pytest.mark.parametrize(
    "arguments", [{}, {"refit": 2}, {"refit": "always", "quantiles": (0.1, 0.9)}]
)
def test_a_pipeline_cannot_hindcast(arguments):
    X, y = table()
    pipeline = make_pipeline(StandardScaler(), NaiveForecaster())
    with pytest.raises(ValueError, match=r"^pipe: .*refit='always'") as refusal:
        backtest({"pipe": pipeline}, X, y, CV, **arguments)
    assert "\n" not in str(refusal.value)


class Failing(BaseEstimator):
    def __init__(self, error=None):
        self.error = error

    def fit(self, X, y):
        raise self.error

    def predict(self, X):
        raise NotImplementedError


@pytest.mark.parametrize("kind", [ValueError, TypeError, RuntimeError, np.linalg.LinAlgError])
def test_a_model_that_fails_is_named(kind):
    models = {"naive": NaiveForecaster(), "mine": Failing(kind("it went wrong"))}
    with pytest.raises(
        (ValueError, TypeError, RuntimeError), match="mine: it went wrong"
    ) as failure:
        backtest(models, np.arange(20.0), refit="always")
    assert failure.value.__cause__ is not None


def test_a_forecaster_that_refuses_the_table_is_named():
    with pytest.raises(
        ValueError, match=r"^window: the series has 10 rows; lookback=24 and horizon=1 .* 25"
    ):
        backtest({"naive": NaiveForecaster(), "window": WindowForecaster()}, np.arange(20.0))
    y = np.arange(20.0)
    y[5] = np.nan
    with pytest.raises(ValueError, match=r"^naive: y contains NaN at row 5"):
        backtest({"arima": ARIMAForecaster(), "naive": NaiveForecaster()}, y)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"forecasters": []}, "no forecaster"),
        ({"forecasters": {"lstm": "LSTM"}}, "'LSTM' is a name.*preset"),
        ({"forecasters": NaiveForecaster}, "instance"),
        ({"refit": "sometimes"}, "refit.*'sometimes'"),
        ({"refit": 0}, "refit.*0"),
        ({"refit": True}, "refit.*True"),
        ({"cv": TimeSeriesSplit(3)}, "cv must be .*RollingOrigin.*TimeSeriesSplit"),
        ({"cv": 5}, "cv must be .*RollingOrigin.*5"),
        ({"quantiles": (0.9, 0.1)}, "quantiles"),
        ({"quantiles": (0.0, 0.1)}, "quantiles"),
        ({"season_length": 0}, "season_length"),
        ({"X": ["a"] * 20}, "'a'"),
        ({"X": np.zeros((19, 1)), "y": np.arange(20.0)}, "19 rows.*20"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, sentence):
    good = {"forecasters": NaiveForecaster(), "X": np.arange(20.0) % 3}
    with pytest.raises((ValueError, TypeError), match=sentence):
        backtest(**(good | arguments))


def test_a_table_too_short_for_the_origins_is_refused_before_anything_is_learned():
    with pytest.raises(ValueError, match=r"the table has 20 moments.*at least 31"):
        backtest(Failing(RuntimeError()), np.arange(20.0), cv=RollingOrigin(horizon=3))


def test_progress_is_told_in_parts_with_the_model_at_work():
    told = []
    models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    cv = RollingOrigin(origins=5)
    backtest(models, np.arange(20.0), cv=cv, refit=2, progress=lambda *now: told.append(now))
    at_work = ["naive", "naive", "drift", "drift", "drift", "drift"]
    assert told == [(name, done, 6) for done, name in enumerate(at_work, start=1)]


def test_series_too_short_for_a_model_are_named_with_what_answers_them():
    long, short = np.arange(30.0), np.array([3.0, 5.0, 4.0, 6.0, 5.0, 7.0])
    y = pd.concat({"old": pd.Series(long), "new": pd.Series(short, index=range(24, 30))})
    seasonal, naive = NaiveForecaster(6), NaiveForecaster()
    models = {"both": FallbackForecaster([seasonal, naive]), "naive": naive}
    result = backtest(models, y, cv=RollingOrigin(horizon=2, origins=1))
    assert result.settings["set_aside"] == {"both": {"new": "NaiveForecaster()"}}
    forecasts = result.forecasts.set_index(["model", "series"])["forecast"]
    assert forecasts["both", "old"].tolist() == [22.0, 23.0]
    assert forecasts["both", "new"].tolist() == forecasts["naive", "new"].tolist() == [6.0, 6.0]
    # Where it learns anew, a series is set aside until it has begun, and so are its single rows.
    later = backtest(models, y, cv=RollingOrigin(horizon=2, origins=4), refit="always")
    assert later.settings["set_aside"] == {"both": {"new": "NaiveForecaster()"}}
    forecasts = later.forecasts.set_index(["model", "series"]).loc[("both", "new")]
    assert forecasts["origin"].unique().tolist() == [25, 27]
    assert forecasts["forecast"].tolist() == [5.0, 5.0, 6.0, 6.0]


def test_a_single_row_is_no_history_but_where_there_is_nothing_else():
    y = pd.concat({"old": pd.Series(np.arange(9.0)), "new": pd.Series([1.0] * 4, range(5, 9))})
    result = backtest(NaiveForecaster(), y, cv=RollingOrigin(horizon=3, origins=1))
    assert result.left_out == ["new"]
    with pytest.raises(ValueError, match="has 1 rows; season_length=1 needs at least 2"):
        backtest(NaiveForecaster(), [1.0, 2.0, 3.0], cv=RollingOrigin(horizon=2, origins=1))


def test_a_model_that_refuses_is_left_out_where_somebody_is_told():
    """Of six rows, four are there to learn from: a season of four needs five."""
    y = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    models = {"long": NaiveForecaster(4), "drift": NaiveForecaster(drift=True)}
    cv = RollingOrigin(horizon=2, origins=1)
    told = []
    result = backtest(models, y, cv=cv, failed=told.append)
    sentence = "long: the series has 4 rows; season_length=4 needs at least 5."
    said = f"{sentence} Pass more history, or ask for less of it."
    assert [(each.model, each.series, each.origin, str(each.error)) for each in told] == [
        ("long", ["y"], 3, said)
    ]
    assert result.settings["refused"] == {"long": said}
    assert result.settings["failed"] == []
    assert result.scores()["mae"].to_dict() == {"drift": 0.0}
    # By default, and where no model remains, the refusal stands.
    with pytest.raises(ValueError, match=sentence):
        backtest(models, y, cv=cv)
    with pytest.raises(ValueError, match=sentence):
        backtest({"long": NaiveForecaster(4)}, y, cv=cv, failed=lambda _: None)


class FailingAt(NaiveForecaster):
    """A forecaster that cannot learn from the rows up to one moment."""

    def __init__(self, moment=0):
        super().__init__()
        self.moment = moment

    def _learn(self, panel):
        if panel.times[-1] == self.moment:
            raise RuntimeError("it is late")
        super()._learn(panel)


@pytest.mark.parametrize("keep", [False, True])
def test_no_model_is_scored_by_what_one_has_failed_to_forecast(keep, tmp_path):
    y = np.random.default_rng(0).normal(size=20).cumsum()
    cv = RollingOrigin(horizon=2, origins=3)  # from 13, 15 and 17
    models = {"naive": NaiveForecaster(), "failing": FailingAt(15)}
    folder = tmp_path if keep else None
    result = backtest(models, y, cv=cv, refit="always", failed=lambda _: None, keep=folder)
    assert result.settings["failed"] == [
        {"model": "failing", "series": ["y"], "origin": "15", "error": "failing: it is late"}
    ]
    table = result.forecasts
    assert len(table) == 2 * 3 * 2
    lacks = table["forecast"].isna()
    assert table[lacks][["model", "origin"]].drop_duplicates().to_numpy().tolist() == [
        ["failing", 15]
    ]
    # What is left is what the same origins without the one in between give.
    errors = [abs(y[origin + step] - y[origin]) for origin in (13, 17) for step in (1, 2)]
    assert_allclose(result.scores()["mae"], [np.mean(errors)] * 2)
    assert result.losses().index.tolist() == [13, 17]


BLOCKS = pd.concat(
    {f"s{k:02d}": pd.Series(np.random.default_rng(k).normal(size=300).cumsum()) for k in range(40)}
)


def test_series_that_are_cut_apart_are_forecast_as_they_are_together():
    models = {"theta": ThetaForecaster(7), "ets": ETSForecaster(1, "ANN")}
    cv = RollingOrigin(horizon=5, origins=2)
    result = backtest(models, BLOCKS, cv=cv, quantiles=(0.1, 0.9))
    for name in models:
        fitted = clone(models[name]).fit(BLOCKS[BLOCKS.index.get_level_values(1) <= 289])
        expected = fitted.predict(5).reshape(40, 5)
        rows = result.forecasts.query("model == @name and origin == 289")
        assert_allclose(rows["forecast"].to_numpy().reshape(40, 5), expected, rtol=1e-9)
