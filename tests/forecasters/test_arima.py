"""ARIMA of given orders: what it learns, how it goes on, what it refuses."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast import ARIMAForecaster
from forecast.exceptions import NotConverged
from forecast.forecasters import exact_likelihood


def table(n=90, gaps=False):
    """Return columns X and a series with trend, season and autocorrelation that follows them.

    Its level is about 500.
    """
    rng = np.random.default_rng(5)
    X = np.column_stack([rng.normal(2, 1, n), rng.uniform(-3, 1, n)])
    noise = np.zeros(n)
    for t in range(1, n):
        noise[t] = 0.7 * noise[t - 1] + rng.normal()
    season = 8 * np.sin(np.arange(n) * np.pi / 2)
    y = 500 + 0.3 * np.arange(n) + season + 5 * noise + X @ [3.0, -2.0]
    if gaps:
        y[[7, 20, 21, 22, 58, 69]] = np.nan
    return X, y


@pytest.fixture(scope="module", params=["exact", "css"])
def model(request):
    """Return a model of the first 60 rows, by either method."""
    X, y = table()
    return ARIMAForecaster((1, 1, 1), (1, 0, 0, 4), method=request.param).fit(X[:60], y[:60])


def test_coefficients_are_found():
    X, y = table(400)
    without_season = y - 8 * np.sin(np.arange(400) * np.pi / 2)
    model = ARIMAForecaster((1, 0, 0), trend="ct", method="css").fit(X, without_season)
    assert_allclose(model.params_[0][0][2:4] * model.scale_[0, 0], [3.0, -2.0], atol=0.6)
    assert_allclose(model.params_[0][0][4], 0.7, atol=0.12)


def test_hindcast_equals_a_new_filter_up_to_each_origin():
    X, y = table(gaps=True)
    model = ARIMAForecaster((1, 1, 1), (0, 0, 1, 4)).fit(X[:60], y[:60])
    origins = [30, 69]
    answer = model.hindcast(X, y, origins, 5, quantiles=[0.1, 0.9])
    scale = model.scale_[0, 0]
    for origin, row in zip(origins, answer, strict=True):
        known = slice(origin + 1)
        space = SARIMAX(
            y[known] / scale, X[known], order=model.order, seasonal_order=model.seasonal_order
        )
        results = space.filter(model.params_[0][0], cov_type="none")
        expected = results.get_forecast(5, exog=X[origin + 1 : origin + 6])
        assert_allclose(row[:, 0], scale * expected.predicted_mean, rtol=1e-6)
        assert_allclose(row[:, 1:], scale * expected.conf_int(alpha=0.2), rtol=1e-6)


def test_a_table_that_continues_the_memory_continues_the_filter():
    _, y = table(gaps=True)
    model = ARIMAForecaster((2, 0, 0), (1, 0, 0, 4)).fit(pd.Series(y[:60], pd.RangeIndex(1, 61)))
    whole = model.hindcast(None, pd.Series(y, pd.RangeIndex(1, 91)), [59, 63, 70], 4)
    later = model.hindcast(None, pd.Series(y[59:], pd.RangeIndex(60, 91)), [0, 4, 11], 4)
    assert_allclose(later, whole, rtol=1e-9)


@pytest.mark.parametrize("parts", [[1] * 20, [7, 13]])
def test_updating_in_parts_equals_filtering_at_once(model, parts):
    X, y = table()
    whole = model.hindcast(X, y, [79], 3)[0]
    updated = deepcopy(model)
    begin = 60
    for n in parts:
        updated.update(X[begin : begin + n], y[begin : begin + n])
        begin += n
    assert_allclose(updated.predict(X[80:83]), whole, rtol=1e-9)


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


def test_the_unit_of_y_does_not_matter():
    X, y = table()
    model = ARIMAForecaster((1, 0, 1)).fit(X[:70], y[:70])
    for factor in (1e-4, 1e5):
        other = ARIMAForecaster((1, 0, 1)).fit(X[:70], factor * y[:70])
        expected = factor * model.predict_interval(X[70:75])
        assert_allclose(other.predict_interval(X[70:75]), expected, rtol=1e-4)


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


def test_orders_may_be_arrays():
    _, y = table()
    expected = ARIMAForecaster((1, 1, 0), (0, 1, 0, 4), method="css").fit(y).predict(3)
    orders = np.array([1, 1, 0]), np.array([0, 1, 0, 4])
    assert_array_equal(ARIMAForecaster(*orders, method="css").fit(y).predict(3), expected)
    with pytest.raises(ValueError, match=r"order=\(1, 1, 0\) and seasonal_order=\(0, 1, 0, 4\)"):
        ARIMAForecaster(*orders).fit(y[:5])


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
        (
            {"order": (True, 0, 0)},
            r"order of ARIMAForecaster must be 3 whole numbers .* got \(True, 0, 0\)",
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
        ValueError, match=r"the series has no value at all \(every y is NaN\)\. Give another"
    ):
        ARIMAForecaster().fit(np.full(20, np.nan))
    index = pd.MultiIndex.from_product([["a", "b"], range(20)])
    y = pd.Series(np.arange(40.0), index).where(index.get_level_values(0) == "a")
    with pytest.raises(ValueError, match="series 'b' has no value at all"):
        ARIMAForecaster().fit(y)


def test_short_series_are_refused():
    with pytest.raises(
        ValueError, match=r"has 6 rows; order=\(1, 1, 0\) and seasonal_order=.* needs at least 8"
    ):
        ARIMAForecaster((1, 1, 0), (0, 1, 0, 4)).fit(np.arange(6.0))


def test_gaps_are_refused_by_the_conditional_method():
    _, y = table(gaps=True)
    with pytest.raises(ValueError, match=r"y contains NaN at row 7 \(6 of 90 rows are affected\)"):
        ARIMAForecaster(method="css").fit(y)


@pytest.mark.parametrize("gaps", [False, True])
def test_units_of_columns_do_not_matter_to_the_exact_likelihood(gaps):
    X, y = table(gaps=gaps)
    orders = {"order": (1, 1, 1), "seasonal_order": (0, 0, 1, 4)}
    model = ARIMAForecaster(**orders).fit(X, y)
    terms = model.summary().set_index("term")
    scale, shift = np.array([1000.0, 1e-9]), np.array([5e5, 3e-7])
    other = ARIMAForecaster(**orders).fit(X * scale + shift, y)
    assert_allclose(other.aicc_, model.aicc_, atol=1e-4)
    theirs = other.summary().set_index("term")
    of_columns = ["x0", "x1"]
    assert_allclose(theirs.loc[of_columns, "value"] * scale, terms.loc[of_columns, "value"], 1e-4)
    errors = theirs.loc[of_columns, "std_error"] * scale
    assert_allclose(errors, terms.loc[of_columns, "std_error"], rtol=1e-3)


def test_aicc_is_that_of_y_in_its_own_unit():
    _, y = table()
    model = ARIMAForecaster((1, 0, 0)).fit(y)
    ar, constant, sigma = model.summary().set_index("term").loc[["ar1", "c", "sigma"], "value"]
    errors = (y[1:] - constant) - ar * (y[:-1] - constant)
    first = (y[0] - constant) * np.sqrt(1 - ar**2)
    squares = np.append(first, errors) ** 2
    log_likelihood = -(np.log(2 * np.pi * sigma**2) + squares / sigma**2).sum() / 2
    log_likelihood += np.log(1 - ar**2) / 2
    assert_allclose(model.aicc_, -2 * log_likelihood + 6 + 24 / 86, rtol=1e-8)
    in_thousands = ARIMAForecaster((1, 0, 0)).fit(y / 1000)
    assert_allclose(in_thousands.aicc_, model.aicc_ - 2 * 90 * np.log(1000), rtol=1e-6)


def test_a_search_that_ends_too_early_is_said(monkeypatch):
    X, y = table()
    monkeypatch.setattr(exact_likelihood, "_MOST_ITERATIONS", 1)
    monkeypatch.setattr(exact_likelihood, "_MOST_STARTS", 1)
    with pytest.warns(NotConverged, match=r"likelihood of ARIMA\(2,0,2\) still rose .*1 of 1"):
        model = ARIMAForecaster((2, 0, 2)).fit(X, y)
    assert_array_equal(model.converged_, [[False]])


def test_a_level_far_from_zero_does_not_leak_into_the_state():
    # A diffuse prior around zero once took a millionth of the level for a change.
    walk = np.random.default_rng(0).normal(size=60).cumsum()
    expected = ARIMAForecaster((1, 1, 0)).fit(walk).hindcast(None, walk[5:], [2, 5], 3)
    model = ARIMAForecaster((1, 1, 0)).fit(walk + 1e8)
    assert_allclose(model.hindcast(None, walk[5:] + 1e8, [2, 5], 3) - 1e8, expected, atol=1e-4)
