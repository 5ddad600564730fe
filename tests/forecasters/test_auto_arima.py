"""The automatic choice of differences, orders and logarithm, as a forecaster."""

import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import lfilter

from forecast import ARIMAForecaster, AutoARIMAForecaster, lead, load_weather

SMALL = {"max_order": (1, 1, 1), "max_seasonal_order": (1, 1, 1)}


def multiplicative(n=150):
    """Return a positive series with a season of 4 whose deviation grows with its level."""
    rng, noise = np.random.default_rng(7), np.zeros(n)
    for t in range(1, n):
        noise[t] = 0.7 * noise[t - 1] + rng.normal(0, 0.3)
    return np.exp(3 + 1.5 * np.sin(np.arange(n) * np.pi / 2 + 0.3) + noise)


def test_the_search_beats_the_naive_forecasts_of_the_weather():
    weather = load_weather("JFK", fill=True)["temp"][-28 * 24 - 1440 :]
    model = AutoARIMAForecaster().fit(weather[: -28 * 24])
    origins = np.arange(1439, len(weather) - 24, 24)
    actual = lead(weather, 24)[origins]
    error = np.abs(model.hindcast(None, weather, origins, 24) - actual).mean()
    assert error < 5.0  # 4.93; the last value 5.16, the day before 6.18
    _, D, _, season_length = model.orders_[0][0].seasonal_order
    assert (D, season_length) == (1, 24)


def test_the_exact_method_refits_the_orders_found():
    y = np.cumsum(np.random.default_rng(0).normal(size=150))
    y[1:] += 0.6 * np.diff(y, prepend=0)[:-1]
    found, exact = (AutoARIMAForecaster(1, method=method).fit(y) for method in ("css", "exact"))
    assert found.orders_ == exact.orders_
    given = exact.orders_[0][0]
    direct = ARIMAForecaster(given.order, given.seasonal_order, given.trend).fit(y)
    assert_allclose(exact.predict(5), direct.predict(5), rtol=1e-3)


def test_gaps_are_taken_by_the_exact_method_only():
    y = multiplicative(60)
    y[[7, 20, 21]] = np.nan
    with pytest.raises(ValueError, match=r"y contains NaN at row 7 \(3 of 60 rows are affected\)"):
        AutoARIMAForecaster(4).fit(y)
    assert np.isfinite(AutoARIMAForecaster(4, **SMALL, method="exact").fit(y).predict(4)).all()


def test_each_series_has_its_own_orders_in_any_number_of_processes():
    rng = np.random.default_rng(2)
    index = pd.MultiIndex.from_product([["walk", "noise"], range(120)])
    values = [np.cumsum(rng.normal(size=120)), rng.normal(size=120)]
    y = pd.Series(np.concatenate(values), index)
    one = AutoARIMAForecaster(1, **SMALL).fit(y)
    with joblib.parallel_config(backend="threading"):
        two = AutoARIMAForecaster(1, **SMALL, n_jobs=2).fit(y)
    assert one.orders_ == two.orders_
    assert (one.orders_[0][0].order[1], one.orders_[1][0].order[1]) == (1, 0)
    assert_array_equal(one.predict(3), two.predict(3))
    assert_array_equal(one.tried_, two.tried_)
    alone = AutoARIMAForecaster(1, **SMALL).fit(y["noise"])
    assert_allclose(one.predict(3)[3:], alone.predict(3))


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


def test_ninety_percent_intervals_hold_nine_of_ten():
    y = lfilter([1.0], [1.0, -1.2, 0.4], np.random.default_rng(5).normal(size=1500))
    model = AutoARIMAForecaster(1).fit(y[:700])
    origins = np.arange(700, 1490)
    answer = model.hindcast(None, y, origins, 5, quantiles=[0.05, 0.95])
    low, high = answer[..., 1], answer[..., 2]
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


def test_the_logarithm_is_modelled_where_it_is_likelier():
    y = multiplicative()
    model = AutoARIMAForecaster(4, **SMALL).fit(y[:120])
    of_log = AutoARIMAForecaster(4, **SMALL, log=False).fit(np.log(y[:120]))
    assert_allclose(model.floor_, [[y[:120].min()]])
    assert_array_equal(of_log.floor_, [[np.nan]])
    assert_allclose(model.predict(8), np.exp(of_log.predict(8)))
    assert_allclose(model.predict_interval(8), np.exp(of_log.predict_interval(8)))
    paths = [each.simulate(8, n_paths=5, random_state=0) for each in (model, of_log)]
    assert_allclose(paths[0], np.exp(paths[1]))
    origins = [123, 140]
    expected = np.exp(of_log.hindcast(None, np.log(y), origins, 8))
    assert_allclose(model.hindcast(None, y, origins, 8), expected, rtol=1e-10)
    table, expected = model.summary(), of_log.summary()
    assert table["model"][0] == expected["model"][0] + " of log"
    assert_allclose(table[["value", "std_error"]], expected[["value", "std_error"]])


def test_each_target_decides_on_its_logarithm():
    y = np.column_stack([multiplicative(), multiplicative()[::-1] - 30])
    model = AutoARIMAForecaster(4, **SMALL).fit(y)
    assert_array_equal(np.isfinite(model.floor_), [[True, False]])
    for k in range(2):
        alone = AutoARIMAForecaster(4, **SMALL).fit(y[:, k])
        assert_allclose(model.predict(3)[:, k], alone.predict(3))


def test_what_has_no_logarithm_counts_as_the_smallest_value():
    y = multiplicative()
    later = y[120:130].copy()
    later[3:5] = -1.0, 0.0
    models = [AutoARIMAForecaster(4, **SMALL).fit(y[:120]) for _ in range(2)]
    raised = np.where(later > 0, later, models[0].floor_[0, 0])
    assert_allclose(models[0].update(later).predict(4), models[1].update(raised).predict(4))


def test_a_price_that_falls_below_all_before_is_followed():
    walk = np.exp(np.cumsum(np.random.default_rng(3).normal(scale=0.1, size=200)))
    model = AutoARIMAForecaster(1).fit(walk)
    lowest = model.floor_[0, 0]
    assert np.isfinite(lowest)
    fallen = lowest * np.linspace(0.6, 0.5, 5)
    assert model.update(fallen).predict(1)[0] < 0.6 * lowest


@pytest.mark.parametrize("method", ["css", "exact"])
def test_a_series_without_errors_has_a_model(method):
    # The optimizer once ran to infinity along parameters that no error depends on.
    y = np.tile([1.0, 2.0, 5.0], 30)
    model = AutoARIMAForecaster(3, method=method).fit(y)
    assert_allclose(model.predict_interval(4), np.array([[1.0, 2, 5, 1]] * 2).T, rtol=1e-6)


def test_an_alternating_series_has_a_model():
    model = AutoARIMAForecaster(7).fit(np.tile([1.0, -1.0], 60))
    assert_allclose(model.predict(4), [1, -1, 1, -1], atol=1e-5)
