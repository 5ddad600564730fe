"""GARCH: against the package arch, and what it refuses."""

import sys

import numpy as np
import pytest
from arch import arch_model
from numpy.testing import assert_allclose

from forecast import (
    Backtest,
    GARCHForecaster,
    HARForecaster,
    RollingOrigin,
    backtest,
    load_stocks,
)


@pytest.fixture(scope="module")
def ibm():
    return load_stocks("IBM").iloc[-900:]


def test_garch_is_that_of_arch(ibm):
    returns, y = ibm["log_return"], ibm["variance"]
    model = GARCHForecaster("log_return").fit(ibm[["log_return"]][:800], y[:800])
    z = returns[:800] - returns[:800].mean()
    deviation = returns[:800].std(ddof=0)
    there = arch_model(z / deviation, mean="Zero", vol="GARCH", p=1, q=1, rescale=False).fit(
        disp="off"
    )
    _, omega, alpha, beta, multiple = model.params_[0, 0]
    assert_allclose([omega / deviation**2, alpha, beta], there.params, rtol=1e-6)
    ahead = there.forecast(horizon=10).variance.to_numpy()[-1] * deviation**2
    # arch begins its recursion with another variance, of which nothing is left after 800 rows
    assert_allclose(model.predict(10) / multiple / model.scale_[0, 0], ahead, rtol=1e-4)


def test_garch_forecasts_have_the_mean_of_the_measure(ibm):
    X = ibm[["log_return"]]
    model = GARCHForecaster().fit(X, ibm["variance"])
    twice = GARCHForecaster().fit(X, 2 * ibm["variance"])
    assert_allclose(twice.predict(5), 2 * model.predict(5), rtol=1e-9)
    fitted = model.hindcast(X, ibm["variance"], range(898), 1)[:, 0]
    assert_allclose(fitted.mean(), ibm["variance"].mean(), rtol=0.01)
    low, high = model.predict_interval(5, 0.8).T
    assert (low > 0).all()
    assert (high > low).all()


def test_volatility_can_be_forecast(ibm):
    models = {"har": HARForecaster(horizon=5), "garch": GARCHForecaster("log_return")}
    result = backtest(models, ibm[["log_return"]], ibm["variance"], RollingOrigin(5, 40))
    mean = ibm["variance"][:700].mean()
    constant = result.forecasts.assign(forecast=mean)
    assert (
        result.losses("qlike").mean() < Backtest(constant, result.settings).losses("qlike").mean()
    ).all()


def test_a_forecast_that_is_not_positive_loses_all(ibm):
    result = backtest(HARForecaster(horizon=5), ibm["variance"], cv=RollingOrigin(5, 4))
    result.forecasts.loc[7, "forecast"] = 0.0
    losses = result.losses("qlike")["HARForecaster"]
    assert np.isinf(losses.iloc[1])
    assert np.isfinite(losses.iloc[[0, 2, 3]]).all()


def test_garch_refuses_what_has_no_variance(ibm):
    X, y = ibm[["log_return"]], ibm["variance"]
    for wrong in (0 * y, -y):
        with pytest.raises(
            ValueError, match=r"the series has no positive mean or some y below 0: GARCH forecasts"
        ):
            GARCHForecaster().fit(X, wrong)
    with pytest.raises(ValueError, match=r"the series has constant returns"):
        GARCHForecaster().fit(0 * X, y)


def test_garch_needs_returns_and_arch(ibm, monkeypatch):
    with pytest.raises(ValueError, match=r"GARCHForecaster needs the returns as a column of X"):
        GARCHForecaster().fit(ibm["variance"])
    with pytest.raises(
        ValueError, match=r"returns names 'gain', which X does not have; there are: 'log_return'"
    ):
        GARCHForecaster("gain").fit(ibm[["log_return"]], ibm["variance"])
    with pytest.raises(ValueError, match=r"knows the process of returns, not that of y: wrap it"):
        GARCHForecaster().fit(ibm[["log_return"]], ibm["variance"]).simulate(3)
    monkeypatch.setitem(sys.modules, "arch", None)
    with pytest.raises(
        ImportError, match=r"needs the package arch: pip install seqcast\[volatility\]"
    ):
        GARCHForecaster().fit(ibm[["log_return"]], ibm["variance"])
