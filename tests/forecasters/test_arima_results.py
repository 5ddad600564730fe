"""What ARIMA forecasters tell of what they learned."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import chi2

from forecast import ARIMAForecaster
from forecast.forecasters.arima_results import _ljung_box, learned_process
from forecast.forecasters.sarima import Orders


@pytest.fixture(scope="module")
def frame():
    """Return a price, a rain, and a target that follows both with a season and autocorrelation."""
    rng = np.random.default_rng(5)
    noise = np.zeros(200)
    for t in range(1, 200):
        noise[t] = 0.7 * noise[t - 1] + rng.normal()
    table = pd.DataFrame({"price": rng.normal(2, 1, 200), "rain": rng.uniform(-3, 1, 200)})
    season = 8 * np.sin(np.arange(200) * np.pi / 2)
    return table.assign(y=500 + season + 5 * noise + 3 * table["price"] - 2 * table["rain"])


@pytest.fixture(scope="module")
def model(frame):
    model = ARIMAForecaster((1, 0, 1), (0, 1, 1, 4), method="css")
    return model.fit(frame[["price", "rain"]], frame["y"])


def test_the_summary_names_every_number(model):
    summary = model.summary()
    coefficients = ["ar1", "ma1", "seasonal_ma1"]
    terms = ["price", "rain", *coefficients, "sigma", "aicc", "ljung_box"]
    assert summary["term"].tolist() == terms
    assert (summary["model"] == "ARIMA(1,0,1)(0,1,1)[4]").all()
    values = summary.set_index("term")
    assert (values["std_error"].iloc[:-2] > 0).all()
    assert abs(values["value"]["price"] - 3) < 4 * values["std_error"]["price"]
    assert abs(values["value"]["rain"] + 2) < 4 * values["std_error"]["rain"]
    assert 0 <= values["value"]["ljung_box"] <= 1


def test_the_summary_has_the_unit_of_y(frame, model):
    larger = ARIMAForecaster((1, 0, 1), (0, 1, 1, 4), method="css")
    larger.fit(frame[["price", "rain"]], 1000 * frame["y"])
    values = larger.summary().set_index("term")
    small = model.summary().set_index("term")
    for column in ("value", "std_error"):
        ratio = (values[column] / small[column]).dropna()
        assert_allclose(ratio[["price", "rain", "sigma"]], 1000, rtol=1e-6)
        assert_allclose(ratio[["ar1", "ma1", "seasonal_ma1"]], 1, rtol=1e-6)


def test_the_summary_has_a_model_for_each_series_and_target(frame):
    both = pd.concat({"b": frame, "a": frame.iloc[::-1].set_index(frame.index)})
    model = ARIMAForecaster((1, 0, 0), past_features=["rain"], method="css")
    model.fit(both[["rain"]], both[["y", "price"]])
    labels = model.summary()[["series", "target"]].drop_duplicates()
    expected = [["a", "y"], ["a", "price"], ["b", "y"], ["b", "price"]]
    assert sorted(labels.to_numpy().tolist()) == sorted(expected)
    assert "rain" not in set(model.summary()["term"])


def test_ljung_box_is_its_formula():
    errors = np.random.default_rng(0).normal(size=120)
    n, lags, fitted = 120, 10, 2
    statistic = 0.0
    centred = errors - errors.mean()
    for k in range(1, lags + 1):
        r = centred[k:] @ centred[:-k] / (centred @ centred)
        statistic += n * (n + 2) * r**2 / (n - k)
    orders = Orders((1, 0, 1), (0, 0, 0, 0), "n")
    assert_allclose(_ljung_box(errors, orders), chi2.sf(statistic, lags - fitted))


def test_ljung_box_has_no_say_over_few_or_constant_errors():
    orders = Orders((1, 0, 1), (0, 0, 0, 0), "n")
    assert np.isnan(_ljung_box(np.arange(14.0), orders))
    assert np.isnan(_ljung_box(np.zeros(100), orders))


def test_both_methods_have_a_process():
    orders = Orders((1, 0, 0), (0, 0, 0, 0), "c")
    params = np.array([5.0, 2.0, 0.7, 1.3])  # constant, column, AR, variance
    for method in ("css", "exact"):
        process = learned_process(orders, params, method)
        assert_allclose(process.regression.beta, [5.0, 2.0])
        assert process.reach == 1
