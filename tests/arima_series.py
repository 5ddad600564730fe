"""Series for tests of ARIMA, with regressors and without."""

import numpy as np
from scipy.signal import lfilter

from forecast.forecasters.process import Rows
from forecast.forecasters.sarima import DifferenceEquation, Orders

NO_SEASON = (0, 0, 0, 0)
BETA = [3.0, -2.0]  # of the columns of X


def rows(n=90, gaps=False, columns=True):
    """Return a series with trend, season and autocorrelation that follows its columns."""
    rng = np.random.default_rng(5)
    X = np.column_stack([rng.normal(2, 1, n), rng.uniform(-3, 1, n)])
    noise = np.zeros(n)
    for t in range(1, n):
        noise[t] = 0.7 * noise[t - 1] + rng.normal()
    ticks = np.arange(n)
    y = 50 + 0.03 * ticks + 2 * np.sin(ticks * np.pi / 2) + noise + X @ BETA
    if gaps:
        y[[7, 20, 21, 22, 58, 69]] = np.nan
    return Rows(y, ticks, X if columns else X[:, :0])


def seasonal_arma(n=400):
    """Return the orders of an ARMA with a seasonal moving average, and a series of it."""
    orders = Orders((1, 0, 1), (0, 0, 1, 4), "n")
    equation = DifferenceEquation.of(orders, np.array([0.6, 0.3, 0.5, 1.0]))
    errors = np.random.default_rng(0).normal(size=n)
    return orders, lfilter(equation.ma, equation.ar, errors)
