"""HAR: against the regression by least squares, and what its intervals hold."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import HARForecaster, load_stocks


@pytest.fixture(scope="module")
def ibm():
    return load_stocks("IBM").iloc[-900:]


def test_har_is_the_regression_on_averages(ibm):
    y = ibm["variance"].to_numpy()
    model = HARForecaster(horizon=3).fit(y)
    rows = [[1, y[o], y[o - 4 : o + 1].mean(), y[o - 21 : o + 1].mean()] for o in range(21, 900)]
    for h in (1, 2, 3):
        inputs, targets = np.array(rows[: len(rows) - 3]), y[21 + h : 900 - 3 + h]
        weights = np.linalg.lstsq(inputs, targets, rcond=None)[0]
        constant, *others = model.coef_[0, h - 1]
        assert_allclose(others, weights[1:], rtol=1e-6)
        # The constant of y without its mean, in units of its deviation.
        mean, scale = y.mean(), y.std()
        assert_allclose(scale * constant + mean * (1 - sum(others)), weights[0], rtol=1e-6)
        assert_allclose(model.predict(3)[h - 1], max(rows[-1] @ weights, y.min()), rtol=1e-6)


def test_har_forecasts_and_quantiles_stay_positive():
    y = np.random.default_rng(0).exponential(size=300) ** 3 + 0.01
    model = HARForecaster(horizon=4).fit(y)
    assert (model.predict_quantiles(6, [0.01, 0.5, 0.99]) >= model.floor_).all()
    quiet = np.r_[y, np.full(30, 0.01)]
    assert (model.hindcast(None, quiet, [329], 4) >= y.min()).all()


def test_each_series_has_intervals_of_its_own_size():
    y = load_stocks(["IBM", "AAPL"])["variance"]
    calm = y.loc["IBM"].iloc[-700:]
    both = pd.concat({"small": calm / 100, "large": calm}, names=["series", "timestamp"])
    width = np.ptp(HARForecaster(horizon=2).fit(both).predict_interval(2, 0.8), axis=1)
    assert width[2:].mean() > 10 * width[:2].mean()  # one size for both would be no factor at all


def test_intervals_are_quantiles_of_errors_that_were_held_out():
    y = np.random.default_rng(0).exponential(size=200) + 1
    model = HARForecaster((1, 3), horizon=2, validation_fraction=0.25).fit(y)
    # The held-out origins are the latest; a regression on the earlier ones has not seen them.
    origins = range(2, 198)
    n_latest = round(0.25 * len(origins))
    first = HARForecaster((1, 3), horizon=2).fit(y[: 198 - n_latest + 1])
    errors = []
    for origin in origins[-n_latest:]:
        point = first.hindcast(None, y, [origin], 2)[0]
        errors.append(y[origin + 1 : origin + 3] - point)
    expected = np.quantile(errors, [0.1, 0.9], axis=0)
    low, high = model.predict_quantiles(2, [0.1, 0.9]).T - model.predict(2)
    assert_allclose([low, high], expected, rtol=0.02)


@pytest.mark.parametrize("spans", [(), (0, 5), "15", (1.5,)])
def test_wrong_spans_are_refused(spans):
    with pytest.raises(
        (TypeError, ValueError), match=r"spans of HARForecaster must be a list of whole numbers"
    ):
        HARForecaster(spans).fit(pd.Series(np.arange(50.0)))
