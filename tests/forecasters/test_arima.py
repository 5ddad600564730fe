"""ARIMA: the same numbers as statsmodels' SARIMAX, asked directly."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm
from sklearn.base import clone
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast import ARIMAForecaster, AutoARIMAForecaster, lead, load_weather
from forecast.forecasters.arima import _floor
from forecast.forecasters.sarima import Orders, estimate, one_step_errors

NO_SEASON = (0, 0, 0, 0)
MODELS = {
    "AR with constant": ((1, 0, 0), NO_SEASON, None),
    "AR without constant": ((2, 0, 0), NO_SEASON, "n"),
    "ARMA": ((1, 0, 1), NO_SEASON, "c"),
    "MA around a line": ((0, 0, 2), NO_SEASON, "ct"),
    "ARIMA": ((1, 1, 1), NO_SEASON, None),
    "ARIMA with drift": ((1, 1, 0), NO_SEASON, "t"),
    "twice differenced": ((0, 2, 1), NO_SEASON, None),
    "seasonal": ((1, 0, 0), (1, 0, 0, 4), "c"),
    "seasonal differences": ((1, 0, 0), (0, 1, 1, 4), None),
    "both differences": ((0, 1, 1), (0, 1, 1, 4), None),
}


def table(n=90, gaps=False):
    """Return columns X and a series with trend, season and autocorrelation that follows them; level about 500."""
    rng = np.random.default_rng(5)
    X = np.column_stack([rng.normal(2, 1, n), rng.uniform(-3, 1, n)])
    noise = np.zeros(n)
    for t in range(1, n):
        noise[t] = 0.7 * noise[t - 1] + rng.normal()
    y = (
        500
        + 0.3 * np.arange(n)
        + 8 * np.sin(np.arange(n) * np.pi / 2)
        + 5 * noise
        + X @ [3.0, -2.0]
    )
    if gaps:
        y[[7, 20, 21, 22, 58, 69]] = np.nan
    return X, y


def reference(model, X, y, n, start=0):
    """Return statsmodels' results for the fitted parameters on the rows from `start` to `n`, and the regression."""
    trend = model._given().trend
    columns = {"c": np.ones(len(y)), "t": np.arange(len(y)) / 1000}
    design = np.column_stack(
        [*(columns[c] for c in trend if c != "n"), *([] if X is None else [X])]
        or [np.empty((len(y), 0))]
    )
    space = SARIMAX(
        y[start:n] / model.scale_[0, 0],
        design[start:n] if design.shape[1] else None,
        order=model.order,
        seasonal_order=model.seasonal_order,
    )
    return space.filter(model.params_[0][0]), design


@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
@pytest.mark.parametrize("columns", [False, True], ids=["alone", "columns"])
@pytest.mark.parametrize("name", MODELS)
def test_forecasts_and_intervals_are_those_of_statsmodels(name, columns, gaps):
    order, seasonal_order, trend = MODELS[name]
    X, y = table(gaps=gaps)
    X = X if columns else None
    model = ARIMAForecaster(order, seasonal_order, trend).fit(None if X is None else X[:70], y[:70])
    future = 6 if X is None else X[70:76]
    results, design = reference(model, X, y, 70)
    expected = results.get_forecast(6, exog=design[70:76] if design.shape[1] else None)
    scale = model.scale_[0, 0]
    assert_allclose(model.predict(future), scale * expected.predicted_mean, rtol=1e-6)
    assert_allclose(
        model.predict_interval(future, 0.8), scale * expected.conf_int(alpha=0.2), rtol=1e-6
    )
    # Further rows, gaps among them: the same filter, carried on.
    model.update(None if X is None else X[70:80], y[70:80])
    results, design = reference(model, X, y, 80)
    expected = results.get_forecast(6, exog=design[80:86] if design.shape[1] else None)
    future = 6 if X is None else X[80:86]
    assert_allclose(model.predict(future), scale * expected.predicted_mean, rtol=1e-6)
    assert_allclose(
        model.predict_interval(future, 0.8), scale * expected.conf_int(alpha=0.2), rtol=1e-6
    )


@pytest.mark.parametrize("name", MODELS)
def test_parameters_are_as_likely_as_those_of_statsmodels(name):
    order, seasonal_order, trend = MODELS[name]
    X, y = table()
    model = ARIMAForecaster(order, seasonal_order, trend).fit(X, y)
    _, design = reference(model, X, y, len(y))
    space = SARIMAX(
        y / model.scale_[0, 0],
        design,
        order=order,
        seasonal_order=seasonal_order,
        simple_differencing=True,
    )
    best = space.fit(disp=0, maxiter=200, method="lbfgs")
    assert space.loglike(model.params_[0][0]) > best.llf - 0.05


def test_coefficients_are_found():
    X, y = table(400)
    model = ARIMAForecaster((1, 0, 0), trend="ct").fit(
        X, y - 8 * np.sin(np.arange(400) * np.pi / 2)
    )
    assert_allclose(model.params_[0][0][2:4] * model.scale_[0, 0], [3.0, -2.0], atol=0.6)
    assert_allclose(model.params_[0][0][4], 0.7, atol=0.12)


def test_one_step_forecasts_of_a_long_table_are_those_of_statsmodels():
    # The filter runs in blocks of 512 rows: nothing happens where they meet.
    _, y = table(1200)
    y[600] = np.nan
    model = ARIMAForecaster((2, 0, 1), (1, 0, 0, 4)).fit(y[:300])
    results, _ = reference(model, None, y, len(y))
    origins = np.arange(20, 1199)
    answer = model.hindcast(None, y, origins, 1)
    assert_allclose(answer[:, 0], model.scale_[0, 0] * results.predict()[21:1200], rtol=1e-7)


def test_hindcast_equals_a_new_filter_up_to_each_origin():
    X, y = table(gaps=True)
    model = ARIMAForecaster((1, 1, 1), (0, 0, 1, 4)).fit(X[:60], y[:60])
    origins = [30, 59, 69, 80]
    answer = model.hindcast(X, y, origins, 5, quantiles=[0.1, 0.9])
    for origin, row in zip(origins, answer, strict=True):
        results, design = reference(model, X, y, origin + 1)
        expected = results.get_forecast(5, exog=design[origin + 1 : origin + 6])
        scale = model.scale_[0, 0]
        assert_allclose(row[:, 0], scale * expected.predicted_mean, rtol=1e-6)
        assert_allclose(row[:, 1:], scale * expected.conf_int(alpha=0.2), rtol=1e-6)


def test_a_table_that_continues_the_memory_continues_the_filter():
    _, y = table(gaps=True)
    model = ARIMAForecaster((2, 0, 0), (1, 0, 0, 4)).fit(pd.Series(y[:60], pd.RangeIndex(1, 61)))
    whole = model.hindcast(None, pd.Series(y, pd.RangeIndex(1, 91)), [59, 63, 70], 4)
    later = model.hindcast(None, pd.Series(y[59:], pd.RangeIndex(60, 91)), [0, 4, 11], 4)
    assert_allclose(later, whole, rtol=1e-9)


def test_paths_after_gaps_are_as_wide_as_the_intervals():
    y = np.cumsum(np.random.default_rng(0).normal(size=120)) * 0.3
    y[-15:] = np.nan
    for order in ((1, 0, 0), (0, 1, 1)):
        model = ARIMAForecaster(order).fit(y)
        paths = model.simulate(4, n_paths=20_000, random_state=0)
        width = np.diff(np.quantile(paths, (0.05, 0.95), axis=0), axis=0)[0]
        assert_allclose(width, np.ptp(model.predict_interval(4, 0.9), axis=1), rtol=0.03)


@pytest.mark.parametrize("parts", [[1] * 20, [7, 13], [20]])
def test_updating_in_parts_equals_filtering_at_once(parts):
    X, y = table(gaps=True)
    model = ARIMAForecaster((1, 1, 1), (1, 0, 0, 4)).fit(X[:60], y[:60])
    begin = 60
    for n in parts:
        model.update(X[begin : begin + n], y[begin : begin + n])
        begin += n
    results, design = reference(model, X, y, 80)
    expected = model.scale_[0, 0] * results.get_forecast(3, exog=design[80:83]).predicted_mean
    assert_allclose(model.predict(X[80:83]), expected, rtol=1e-6)


def test_a_random_walk_with_drift_goes_on_by_its_mean_step():
    y = np.array([3.0, 5.0, 4.5, 8.0, 9.5, 9.0, 13.0])
    model = ARIMAForecaster((0, 1, 0), trend="t").fit(y)
    step = (y[-1] - y[0]) / 6
    assert_allclose(model.predict(4), y[-1] + step * np.arange(1, 5), rtol=1e-4)
    model.update([20.0])
    assert_allclose(model.predict(2), 20.0 + step * np.arange(1, 3), rtol=1e-4)


def test_a_random_walk_stays():
    model = ARIMAForecaster((0, 1, 0)).fit([3.0, 5.0, 4.5, 8.0])
    assert_allclose(model.predict(3), 8.0, rtol=1e-6)
    width = np.diff(model.predict_interval(3, 0.8))[:, 0]
    assert_allclose(width / width[0], np.sqrt([1, 2, 3]), rtol=1e-5)


@pytest.mark.parametrize("factor", [1e-4, 1e5])
def test_the_unit_of_y_does_not_matter(factor):
    X, y = table()
    model = ARIMAForecaster((1, 0, 1)).fit(X[:70], y[:70])
    other = ARIMAForecaster((1, 0, 1)).fit(X[:70], factor * y[:70])
    assert_allclose(
        other.predict_interval(X[70:75]), factor * model.predict_interval(X[70:75]), rtol=1e-4
    )


def test_gaps_at_the_end_widen_the_interval():
    _, y = table()
    model = ARIMAForecaster((1, 0, 0)).fit(y[:70])
    expected = model.predict_interval(5)
    late = model.update([np.nan, np.nan]).predict_interval(3)
    assert_allclose(late, expected[2:], rtol=1e-9)


def test_columns_that_are_only_seen_are_left_out():
    X, y = table()
    frame = pd.DataFrame(X, columns=["price", "humidity"])
    model = ARIMAForecaster(past_features=["humidity"]).fit(frame[:70], y[:70])
    expected = ARIMAForecaster().fit(X[:70, :1], y[:70]).predict(X[70:75, :1])
    assert_array_equal(model.predict(frame[70:75].assign(humidity=np.nan)), expected)


def test_a_line_counts_the_rows_of_a_trading_calendar():
    # One row is one step: a holiday makes no step of two.
    days = pd.bdate_range("2024-01-01", periods=60).delete([8, 9, 10])
    model = ARIMAForecaster((0, 1, 0), trend="t").fit(pd.Series(2.0 * np.arange(57) + 5, days))
    assert_allclose(model.predict(3), 2.0 * np.arange(57, 60) + 5, rtol=1e-4)
    flat = ARIMAForecaster((1, 0, 0), trend="ct").fit(pd.Series(2.0 * np.arange(57) + 5, days))
    assert_allclose(flat.predict(3), 2.0 * np.arange(57, 60) + 5, rtol=1e-3)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"order": (1, 0)},
            r"order of ARIMAForecaster must be 3 whole numbers of at least 0; got \(1, 0\)",
        ),
        (
            {"order": (1, -1, 0)},
            r"order of ARIMAForecaster must be 3 whole numbers .* got \(1, -1, 0\)",
        ),
        (
            {"order": (1, 0.5, 0)},
            r"order of ARIMAForecaster must be 3 whole numbers .* got \(1, 0.5, 0\)",
        ),
        ({"order": 1}, "order of ARIMAForecaster must be 3 whole numbers of at least 0; got 1"),
        (
            {"seasonal_order": (1, 0, 0)},
            "seasonal_order of ARIMAForecaster must be 4 whole numbers",
        ),
        (
            {"seasonal_order": (1, 0, 0, 1)},
            r"seasonal_order=\(1, 0, 0, 1\) needs a season length of at least 2",
        ),
        (
            {"trend": "ctt"},
            "trend of ARIMAForecaster must be None or one of 'n', 'c', 't', 'ct'; got 'ctt'",
        ),
        (
            {"order": (1, 1, 0), "trend": "c"},
            "trend='c' has .* difference.* remove.*: use 'n' or 't'",
        ),
        ({"order": (1, 2, 0), "trend": "t"}, "trend='t' has .* 2 differences remove: use 'n'"),
        ({"past_features": ["rain"]}, "past_features names 'rain', which X does not have"),
    ],
)
def test_wrong_parameters_are_refused(parameters, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        ARIMAForecaster(**parameters).fit(np.arange(20.0))


def test_a_series_with_no_value_is_refused():
    with pytest.raises(
        ValueError, match=r"the series has no value at all \(every y is NaN\)\. Drop it"
    ):
        ARIMAForecaster().fit(np.full(20, np.nan))
    index = pd.MultiIndex.from_product([["a", "b"], range(20)])
    y = pd.Series(np.arange(40.0), index).where(index.get_level_values(0) == "a")
    with pytest.raises(ValueError, match="series 'b' has no value at all"):
        ARIMAForecaster().fit(y)


def test_short_series_are_refused():
    with pytest.raises(
        ValueError, match=r"has 6 rows; order=\(1, 1, 0\) with seasonal_order=.* needs at least 8"
    ):
        ARIMAForecaster((1, 1, 0), (0, 1, 0, 4)).fit(np.arange(6.0))


# The conditional sum of squares


# Not where a season that never changes is differenced: its moving average is at the edge, and no
# beginning fades away.
@pytest.mark.parametrize("name", [name for name in MODELS if name != "both differences"])
def test_both_methods_forecast_alike_on_long_series(name):
    order, seasonal_order, trend = MODELS[name]
    X, y = table(1500)
    if name == "twice differenced":
        y = np.cumsum(y)
    exact = ARIMAForecaster(order, seasonal_order, trend).fit(X[:200], y[:200])
    model = ARIMAForecaster(order, seasonal_order, trend, method="css").fit(X[:200], y[:200])
    model.params_ = exact.params_
    origins = [1300, 1489]
    answer, expected = (m.hindcast(X, y, origins, 8, quantiles=[0.1, 0.9]) for m in (model, exact))
    assert_allclose(answer, expected, rtol=1e-6)


@pytest.mark.parametrize("parts", [[1] * 20, [7, 13], [20]])
def test_updating_the_conditional_states_equals_filtering_at_once(parts):
    X, y = table()
    model = ARIMAForecaster((1, 1, 1), (1, 0, 0, 4), method="css").fit(X[:60], y[:60])
    whole = model.hindcast(X, y, [79], 3)[0]
    begin = 60
    for n in parts:
        model.update(X[begin : begin + n], y[begin : begin + n])
        begin += n
    assert_allclose(model.predict(X[80:83]), whole, rtol=1e-9)


def test_gaps_are_refused_by_the_conditional_method():
    _, y = table(gaps=True)
    for model in (ARIMAForecaster(method="css"), AutoARIMAForecaster(4)):
        with pytest.raises(
            ValueError, match=r"y contains NaN at row 7 \(6 of 90 rows are affected\)"
        ):
            model.fit(y)
    assert np.isfinite(AutoARIMAForecaster(4, method="exact").fit(y).predict(4)).all()


# The search


@pytest.fixture(scope="module")
def weather():
    return load_weather("JFK", fill=True)["temp"][-28 * 24 - 1440 :]


@pytest.fixture(scope="module")
def automatic(weather):
    return AutoARIMAForecaster().fit(weather[: -28 * 24])


def test_the_search_beats_the_naive_forecasts_of_the_weather(weather, automatic):
    origins = np.arange(1439, len(weather) - 24, 24)
    actual = lead(weather, 24)[origins]
    error = np.abs(automatic.hindcast(None, weather, origins, 24) - actual).mean()
    assert error < 5.0  # 4.93; the last value 5.16, the day before 6.18
    assert automatic.orders_[0][0].seasonal_order[1:] == (
        1,
        automatic.orders_[0][0].seasonal_order[2],
        24,
    )


def test_hindcast_of_the_search_is_near_statsmodels_with_the_same_parameters(weather, automatic):
    orders, params = automatic.orders_[0][0], automatic.params_[0][0]
    trend = {"n": np.zeros(2112), "t": np.arange(2112) / 1000, "c": np.ones(2112)}[orders.trend]
    line = trend * (params[0] if orders.trend != "n" else 0.0)
    errors, origin = weather.to_numpy() / automatic.scale_[0, 0] - line, 2087
    row = automatic.hindcast(None, weather, [origin], 24)[0]
    space = SARIMAX(errors[: origin + 1], order=orders.order, seasonal_order=orders.seasonal_order)
    expected = (
        space.filter(params[-1 - sum(orders.sizes) :], cov_type="none").forecast(24)
        + line[origin + 1 :]
    )
    # The seasonal moving average is near 1: after 80 days the beginning, which both see
    # differently, still tells.
    assert_allclose(row, automatic.scale_[0, 0] * expected, atol=0.2)


def test_the_exact_method_refits_the_orders_found():
    y = np.cumsum(np.random.default_rng(0).normal(size=150))
    y[1:] += 0.6 * np.diff(y, prepend=0)[:-1]
    found, exact = (AutoARIMAForecaster(1, method=method).fit(y) for method in ("css", "exact"))
    assert found.orders_ == exact.orders_
    given = exact.orders_[0][0]
    direct = ARIMAForecaster(given.order, given.seasonal_order, given.trend).fit(y)
    assert_allclose(exact.predict(5), direct.predict(5), rtol=1e-3)


def test_each_series_has_its_own_orders_in_any_number_of_processes():
    rng = np.random.default_rng(2)
    index = pd.MultiIndex.from_product([["walk", "noise"], range(200)])
    values = [np.cumsum(rng.normal(size=200)), rng.normal(size=200)]
    y = pd.Series(np.concatenate(values), index)
    one, two = (AutoARIMAForecaster(1, n_jobs=jobs).fit(y) for jobs in (1, 2))
    assert one.orders_ == two.orders_
    assert (one.orders_[0][0].order[1], one.orders_[1][0].order[1]) == (1, 0)
    assert_array_equal(one.predict(3), two.predict(3))
    alone = AutoARIMAForecaster(1).fit(y["noise"])
    assert_allclose(one.predict(3)[3:], alone.predict(3))


def test_what_comes_later_changes_no_order_and_no_forecast():
    _, y = table(140)
    model = AutoARIMAForecaster(4).fit(y[:100])
    changed = y.copy()
    changed[111:] = 1e6
    assert_array_equal(
        model.hindcast(None, y, [100, 110], 5), model.hindcast(None, changed, [100, 110], 5)
    )


@pytest.mark.parametrize("kind", ["constant", "line", "season", "short"])
def test_degenerate_series_are_forecast(kind):
    y = {
        "constant": np.full(40, 7.0),
        "line": 3.0 * np.arange(40) + 2,
        "season": np.tile([1.0, 5.0, 2.0, 8.0], 10),
        "short": np.array([1.0, 2.0, 1.5, 3.0, 2.5, 4.0, 3.5, 5.0]),
    }[kind]
    answer = AutoARIMAForecaster(4).fit(y).predict(4)
    assert np.isfinite(answer).all()
    if kind in ("constant", "line"):
        assert_allclose(answer, y[-1] + (y[1] - y[0]) * np.arange(1, 5), rtol=1e-4)
    if kind == "season":
        assert_allclose(answer, y[:4], rtol=1e-3)


def test_the_summary_names_every_number():
    X, y = table(300)
    frame = pd.DataFrame(X, columns=["price", "rain"])
    model = AutoARIMAForecaster(4).fit(frame, y)
    summary = model.summary()
    orders = model.orders_[0][0]
    trend = list(orders.trend.replace("n", ""))
    assert summary["term"].tolist() == [
        *trend,
        "price",
        "rain",
        *orders.terms,
        "sigma",
        "aicc",
        "ljung_box",
    ]
    assert (summary["model"] == orders.name).all()
    values = summary.set_index("term")
    assert (values["std_error"].iloc[:-2] > 0).all()
    assert abs(values["value"]["price"] - 3) < 4 * values["std_error"]["price"]
    assert abs(values["value"]["rain"] + 2) < 4 * values["std_error"]["rain"]
    assert 0 <= values["value"]["ljung_box"] <= 1


def test_ninety_percent_intervals_hold_nine_of_ten():
    e = np.random.default_rng(5).normal(size=1500)
    y = np.zeros(1500)
    for t in range(2, 1500):
        y[t] = 1.2 * y[t - 1] - 0.4 * y[t - 2] + e[t]
    model = AutoARIMAForecaster(1).fit(y[:700])
    origins = np.arange(700, 1490)
    low, high = np.moveaxis(
        model.hindcast(None, y, origins, 5, quantiles=[0.05, 0.95])[..., 1:], -1, 0
    )
    actual = lead(y, 5)[origins]
    assert 0.86 < ((low <= actual) & (actual <= high)).mean() < 0.94


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"season_length": 0},
            "season_length of AutoARIMAForecaster must be None or a whole number of at least 1",
        ),
        ({"max_order": (1, 1)}, "max_order of AutoARIMAForecaster must be 3 whole numbers"),
        ({"method": "ml"}, "method of AutoARIMAForecaster must be one of 'css', 'exact'; got 'ml'"),
        (
            {"n_jobs": 0},
            "n_jobs of AutoARIMAForecaster must be None or a whole number other than 0",
        ),
    ],
)
def test_wrong_parameters_of_the_search_are_refused(parameters, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        AutoARIMAForecaster(**parameters).fit(np.arange(20.0))


# The logarithm


def multiplicative(n=240):
    """Return a positive series with a season of 4 whose deviation grows with its level."""
    rng, noise = np.random.default_rng(7), np.zeros(n)
    for t in range(1, n):
        noise[t] = 0.7 * noise[t - 1] + rng.normal(0, 0.3)
    return np.exp(3 + 1.5 * np.sin(np.arange(n) * np.pi / 2 + 0.3) + noise)


def test_the_logarithm_is_modelled_where_it_is_likelier():
    y = multiplicative()
    model, of_log = (
        AutoARIMAForecaster(4).fit(y[:200]),
        AutoARIMAForecaster(4, log=False).fit(np.log(y[:200])),
    )
    assert_allclose(model.floor_, [[y[:200].min()]])
    assert_array_equal(of_log.floor_, [[np.nan]])
    assert_allclose(model.predict(8), np.exp(of_log.predict(8)))
    assert_allclose(model.predict_interval(8), np.exp(of_log.predict_interval(8)))
    paths = (each.simulate(8, n_paths=5, random_state=0) for each in (model, of_log))
    assert_allclose(next(paths), np.exp(next(paths)))
    origins = [203, 220]
    assert_allclose(
        model.hindcast(None, y, origins, 8),
        np.exp(of_log.hindcast(None, np.log(y), origins, 8)),
        rtol=1e-10,
    )
    table, expected = model.summary(), of_log.summary()
    assert table["model"][0] == expected["model"][0] + " of log"
    assert_allclose(table[["value", "std_error"]], expected[["value", "std_error"]])


def test_the_logarithm_is_left_where_it_is_less_likely_or_hardly_bends():
    additive = multiplicative().argsort().argsort() + 5.0  # ranks: as wide, and flat
    narrow = 100 + multiplicative()
    below = multiplicative() - 30
    for y in (additive, narrow, below):
        assert_array_equal(AutoARIMAForecaster(4).fit(y).floor_, [[np.nan]])
    assert np.isfinite(
        AutoARIMAForecaster(1).fit(np.exp(np.cumsum(np.log(multiplicative()) - 3) / 9)).floor_
    )
    assert_array_equal(
        AutoARIMAForecaster(4).fit(multiplicative(12)).floor_, [[np.nan]]
    )  # too short to tell


def test_each_target_decides_on_its_logarithm():
    y = np.column_stack([multiplicative(), multiplicative()[::-1] - 30])
    model = AutoARIMAForecaster(4).fit(y)
    assert_array_equal(np.isfinite(model.floor_), [[True, False]])
    for k in range(2):
        assert_allclose(model.predict(3)[:, k], AutoARIMAForecaster(4).fit(y[:, k]).predict(3))


def test_likelihoods_of_logarithms_are_those_of_y():
    y = multiplicative()
    orders, none = Orders((2, 0, 2), (1, 1, 1, 4), "n"), np.empty((len(y), 0))
    likelihood = {}
    for name, z in (("y", y), ("log", np.log(y))):
        found = estimate(z, none, orders)
        one_step = one_step_errors(z, none, found)
        seen = y[-len(one_step) :]
        density = norm.pdf(one_step, scale=np.sqrt(found.params[-1])) / (
            seen if name == "log" else 1
        )
        likelihood[name] = np.log(density).sum()
    assert (likelihood["log"] > likelihood["y"]) == np.isfinite(_floor(y, 4))


def test_what_lies_below_the_floor_counts_as_the_floor():
    y = multiplicative()
    model = AutoARIMAForecaster(4).fit(y[:200])
    later = y[200:210].copy()
    later[3] = -1.0
    raised = np.maximum(later, model.floor_[0, 0])
    assert_allclose(
        clone(model).fit(y[:200]).update(later).predict(4), model.update(raised).predict(4)
    )
