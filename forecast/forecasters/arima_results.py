"""What ARIMA forecasters share: the attributes that they learn, what answers, and the summary."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2

from forecast.exceptions import NotConverged
from forecast.forecasters.arima_process import ConditionalProcess, Regression
from forecast.forecasters.autocorrelation import autocorrelations
from forecast.forecasters.estimates import Estimate
from forecast.forecasters.process import Rows
from forecast.forecasters.sarima import DifferenceEquation, Orders
from forecast.forecasters.standard_errors import standard_errors
from forecast.forecasters.state_space import ExactProcess
from forecast.forecasters.sum_of_squares import one_step_errors

# Lags of the Ljung-Box test: two seasons, at least so many, and no more than a fifth of the rows.
_FEWEST_LAGS = 10
_SEASONS_OF_LAGS = 2
_ROWS_PER_LAG = 5


def remember(forecaster: Any, parts: list[Rows], estimates: list[Estimate]) -> None:
    """Set what is learned of each part as attributes of a forecaster.

    Parameters
    ----------
    forecaster : ARIMAForecaster or AutoARIMAForecaster
    parts, estimates : lists
        Series by series, and its targets in turn.
    """
    pairs = zip(parts, estimates, strict=True)
    diagnostics = [_diagnostics(part, found) for part, found in pairs]
    # Lists (series) of lists (targets): the number of parameters may differ.
    by_target = forecaster._by_target
    forecaster.orders_ = by_target([found.orders for found in estimates])
    forecaster.params_ = by_target([found.params for found in estimates])
    forecaster.std_errors_ = by_target([deviations for deviations, _ in diagnostics])
    # One number each: arrays (series, targets).
    p_values = [p_value for _, p_value in diagnostics]
    forecaster.ljung_box_ = np.array(by_target(p_values))
    aicc = [found.aicc for found in estimates]
    counted = [found.counted for found in estimates]
    # The density of y is that of y in units of its scale, divided by the scale: the Jacobian.
    log_jacobian = np.array(by_target(counted)) * np.log(forecaster.scale_)
    forecaster.aicc_ = np.array(by_target(aicc)) + 2 * log_jacobian
    converged = [found.converged for found in estimates]
    forecaster.converged_ = np.array(by_target(converged))
    _warn_of_the_unconverged(forecaster)


def _warn_of_the_unconverged(forecaster: Any) -> None:
    """Say where the likelihood still rose when the optimizer gave up."""
    places = np.argwhere(~forecaster.converged_)
    if not len(places):
        return
    series, target = places[0]
    name = forecaster.orders_[series][target].name
    which = forecaster.series_[series]
    of_series = "" if which is None else f" for series {which!r}"
    warnings.warn(
        f"the likelihood of {name}{of_series} still rose when the search for its maximum ended "
        f"({len(places)} of {forecaster.converged_.size} models): its coefficients are the best "
        "found, not the most likely ones.",
        NotConverged,
        stacklevel=2,
    )


def _diagnostics(rows: Rows, estimate: Estimate) -> tuple[np.ndarray, float]:
    """Return the standard errors of the parameters and the p-value of the Ljung-Box test."""
    y = rows.filled().y
    design = rows.design(estimate.orders.trend)
    errors = one_step_errors(y, design, estimate)
    p_value = _ljung_box(errors, estimate.orders)
    return standard_errors(y, design, estimate), p_value


def learned_process(
    orders: Orders,
    params: np.ndarray,
    method: str,
) -> ConditionalProcess | ExactProcess:
    """Return what answers with learned parameters.

    Parameters
    ----------
    orders : Orders
    params : array of shape (regressors + p + q + P + Q + 1,)
    method : {"css", "exact"}

    Returns
    -------
    ConditionalProcess or ExactProcess
    """
    n_regressors = len(params) - 1 - sum(orders.sizes)
    regression = Regression(orders.trend, params[:n_regressors])
    of_errors = params[n_regressors:]
    if method == "exact":
        return ExactProcess(regression, orders, of_errors)
    equation = DifferenceEquation.of(orders, of_errors)
    return ConditionalProcess(regression, equation, orders.reach)


def summarise(forecaster: Any, of_log: np.ndarray) -> pd.DataFrame:
    """Return the table that `ARIMAForecaster.summary` describes.

    Parameters
    ----------
    forecaster : ARIMAForecaster or AutoARIMAForecaster
    of_log : array of bool of shape (n_series, n_targets)
        Whether the logarithm is modelled.

    Returns
    -------
    DataFrame
    """
    frames = []
    for s, k in np.ndindex(of_log.shape):
        orders = forecaster.orders_[s][k]
        frame = _terms(forecaster, s, k)
        model = f"{orders.name} of log" if of_log[s, k] else orders.name
        frame.insert(0, "series", forecaster.series_[s])
        frame.insert(1, "target", forecaster.target_names_[k])
        frame.insert(2, "model", model)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _terms(forecaster: Any, series: int, target: int) -> pd.DataFrame:
    """Return the terms of one process with their values and standard errors."""
    orders = forecaster.orders_[series][target]
    trend = orders.trend.replace("n", "")
    regressors = [*trend, *_columns_known_ahead(forecaster)]
    values = forecaster.params_[series][target].copy()
    deviations = forecaster.std_errors_[series][target].copy()
    # The last parameter is the variance. The error of sigma, its root, is that of the variance
    # times the slope of the root: the delta method.
    values[-1] = np.sqrt(values[-1])
    deviations[-1] /= 2 * values[-1]
    # Sigma and the regression are in units of y's deviation; the other coefficients have no unit.
    scale = forecaster.scale_[series, target]
    with_unit = np.r_[: len(regressors), -1]
    values[with_unit] *= scale
    deviations[with_unit] *= scale
    aicc = forecaster.aicc_[series, target]
    ljung_box = forecaster.ljung_box_[series, target]
    return pd.DataFrame(
        {
            "term": [*regressors, *orders.terms, "sigma", "aicc", "ljung_box"],
            "value": [*values, aicc, ljung_box],
            "std_error": [*deviations, np.nan, np.nan],
        }
    )


def _columns_known_ahead(forecaster: Any) -> list[str]:
    """Return the names of the columns of X that are regressors."""
    positions = [f"x{c}" for c in range(forecaster.n_features_in_)]
    names = np.asarray(getattr(forecaster, "feature_names_in_", positions))
    return [str(name) for name in names[~forecaster._past]]


def _ljung_box(errors: np.ndarray, orders: Orders) -> float:
    """Return the p-value of the test that errors are uncorrelated, NaN for too few errors.

    Ljung & Box (1978), Biometrika 65(2), 297-303; each coefficient takes a degree of freedom.
    """
    n = len(errors)
    n_coefficients = sum(orders.sizes)
    lags = max(_FEWEST_LAGS, _SEASONS_OF_LAGS * orders.season_length)
    lags = min(lags, n // _ROWS_PER_LAG)
    if lags <= n_coefficients or np.ptp(errors) == 0:
        return np.nan
    # Q = n (n + 2) sum of r[k]² / (n - k); few lags of many rows need no full correlation.
    correlations = autocorrelations(errors, lags)[1:]
    left = n - np.arange(1, lags + 1)
    statistic = n * (n + 2) * np.sum(correlations**2 / left)
    return float(chi2.sf(statistic, lags - n_coefficients))
