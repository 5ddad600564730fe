"""The exact likelihood: its maximum is that of statsmodels, asked directly."""

import numpy as np
import pytest
from arima_series import NO_SEASON, rows
from numpy.testing import assert_allclose
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.forecasters.exact_likelihood import estimate_exactly
from forecast.forecasters.process import one_thread
from forecast.forecasters.sarima import Orders

MODELS = {
    "AR without constant": Orders((2, 0, 0), NO_SEASON, "n"),
    "ARMA": Orders((1, 0, 1), NO_SEASON, "c"),
    "MA around a line": Orders((0, 0, 2), NO_SEASON, "ct"),
    "both differences": Orders((0, 1, 1), (0, 1, 1, 4), "n"),
}


@pytest.mark.parametrize(
    ("name", "gaps"),
    [("AR without constant", False), ("MA around a line", True), ("both differences", False)],
)
def test_estimates_are_as_likely_as_those_of_statsmodels(name, gaps):
    orders = MODELS[name]
    series = rows(gaps=gaps)
    series = series._replace(y=series.y / np.nanstd(series.y))
    space = SARIMAX(
        series.y,
        series.design(orders.trend),
        order=orders.order,
        seasonal_order=orders.seasonal_order,
        simple_differencing=not gaps,
    )
    found = estimate_exactly(series, orders)
    with one_thread():
        best = space.fit(disp=0, maxiter=200, cov_type="none")
        likelihood = space.loglike(found.params)
    assert likelihood > best.llf - 0.06
    n, k = np.isfinite(series.y).sum(), len(found.params)
    if not gaps:
        n -= len(orders.difference_polynomial) - 1
    assert_allclose(found.aicc, -2 * likelihood + 2 * k + 2 * k * (k + 1) / (n - k - 1))


def test_a_near_estimate_is_where_the_optimizer_starts():
    series = rows(gaps=True)
    orders = MODELS["ARMA"]
    found = estimate_exactly(series, orders)
    again = estimate_exactly(series, orders, found)
    assert_allclose(again.params, found.params, rtol=0.02)
    assert again.aicc <= found.aicc + 1e-6
