"""Estimation of a seasonal ARIMA process by its conditional sum of squares.

The one-step errors of given coefficients are two filters over the differenced series, with what
lies before its beginning taken as known (Box & Jenkins 1970, section 7.1). Coefficients of
regressors need no search: for given polynomials they are least squares on the filtered columns. So
the optimizer moves a handful of numbers, and a model of a thousand rows takes milliseconds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares
from scipy.signal import lfilter

from forecast.forecasters.estimates import Estimate, corrected_aic, first_start
from forecast.forecasters.lag_polynomials import divide, lagged, multiply
from forecast.forecasters.sarima import Coefficients, Orders

# A partial autocorrelation is at most this: the process stays stationary and invertible.
_LARGEST_CORRELATION = 0.999
_OPTIMIZER = {
    "method": "lm",
    "ftol": 1e-5,
    "xtol": 1e-4,
    "max_nfev": 50,
}
_SMALLEST_VARIANCE = 1e-300


def estimate(
    y: np.ndarray,
    design: np.ndarray,
    orders: Orders,
    start: np.ndarray | None = None,
    counted: int | None = None,
) -> Estimate:
    """Minimise the conditional sum of squares.

    Parameters
    ----------
    y : array of shape (n_rows,), without NaN
    design : array of shape (n_rows, regressors)
    orders : Orders
    start : array of shape (p + q + P + Q,), optional
        As `Estimate.unconstrained`.
    counted : int, optional
        The last rows whose one-step errors count in AICc. By default all that differences leave,
        where errors that lags lack are taken to be as large as the others.

    Returns
    -------
    Estimate
    """
    differenced = _differenced(y, design, orders)
    unconstrained = first_start(orders) if start is None else start
    # Levenberg and Marquardt's variant of Gauss-Newton.
    if len(unconstrained):
        problem = _LeastSquares(differenced, orders)
        found = least_squares(problem.errors, unconstrained, problem.jacobian, **_OPTIMIZER)
        unconstrained = found.x
    coefficients = constrained(unconstrained, orders)
    errors, beta, _ = _regress(differenced, orders, coefficients)
    # The optimizer has left open the regression and the variance: both have closed forms.
    variance = max(float(errors @ errors / len(errors)), _SMALLEST_VARIANCE)
    params = np.concatenate([beta, coefficients, [variance]])
    # The deviance of normal errors with their own mean square as variance.
    if counted is None:
        counted = len(differenced)
    mean_square = float(np.mean(errors[-counted:] ** 2))
    log_variance = np.log(2 * np.pi * max(mean_square, _SMALLEST_VARIANCE))
    deviance = counted * (log_variance + 1)
    aicc = corrected_aic(deviance, counted, len(params))
    return Estimate(orders, params, aicc, unconstrained)


def one_step_errors(y: np.ndarray, design: np.ndarray, estimate: Estimate) -> np.ndarray:
    """Return the one-step errors that were minimised, in the unit of y."""
    coefficients = estimate.params[design.shape[1] : -1]
    differenced = _differenced(y, design, estimate.orders)
    return _regress(differenced, estimate.orders, coefficients).errors


def standard_errors(y: np.ndarray, design: np.ndarray, estimate: Estimate) -> np.ndarray:
    """Return the standard errors of all parameters, from the Jacobian of the one-step errors.

    Parameters
    ----------
    y : array of shape (n_rows,)
    design : array of shape (n_rows, regressors)
    estimate : Estimate

    Returns
    -------
    array of the shape of ``estimate.params``
    """
    orders = estimate.orders
    regressors = design.shape[1]
    beta = estimate.params[:regressors]
    coefficients = estimate.params[regressors:-1]
    variance = estimate.params[-1]
    differenced = _differenced(y, design, orders)
    prewhitened = prewhiten(differenced, orders, coefficients)
    # What is left of y, then of its one-step errors, when the regressors are taken away.
    remainder = np.append(1.0, -beta)
    w = differenced @ remainder
    errors = prewhitened @ remainder
    by_beta = -prewhitened[:, 1:]
    by_coefficients = errors_jacobian(w, errors, orders, coefficients)
    jacobian = np.hstack([by_beta, by_coefficients])
    # Gauss-Newton: the covariance of least squares, linearised at the minimum.
    covariance = variance * np.linalg.pinv(jacobian.T @ jacobian)
    variances = np.maximum(np.diag(covariance), 0.0)
    # A variance of n normal errors varies by the square root of 2 / n of itself.
    of_variance = variance * np.sqrt(2 / len(jacobian))
    return np.append(np.sqrt(variances), of_variance)


def constrained(unconstrained: np.ndarray, orders: Orders) -> np.ndarray:
    """Turn unconstrained parameters into coefficients of a stationary, invertible process.

    tanh makes them partial autocorrelations (Monahan 1984, Biometrika 71(2), 403-404).

    Parameters
    ----------
    unconstrained : array of shape (…, p + q + P + Q)
    orders : Orders

    Returns
    -------
    array of the same shape
    """
    correlations = _LARGEST_CORRELATION * np.tanh(unconstrained)
    partial = Coefficients.of(correlations, orders)
    # An MA polynomial has plus signs, so its coefficients are those of an AR polynomial, negated.
    parts = [
        _durbin_levinson(partial.ar),
        -_durbin_levinson(partial.ma),
        _durbin_levinson(partial.seasonal_ar),
        -_durbin_levinson(partial.seasonal_ma),
    ]
    return np.concatenate(parts, axis=-1)


def prewhiten(columns: np.ndarray, orders: Orders, coefficients: np.ndarray) -> np.ndarray:
    """Filter differenced columns (rows, …) into their one-step errors.

    Those of the first rows, which lags lack, are left out::

        e = phi(B) PHI(B^m) / (theta(B) THETA(B^m)) w
    """
    ar, ma, seasonal_ar, seasonal_ma = Coefficients.of(coefficients, orders)
    m = orders.season_length
    moving_average = multiply(columns, ar, 1)
    moving_average = multiply(moving_average, seasonal_ar, m)
    errors = divide(moving_average, ma, 1)
    return divide(errors, seasonal_ma, m)


def errors_jacobian(
    w: np.ndarray,
    errors: np.ndarray,
    orders: Orders,
    coefficients: np.ndarray,
) -> np.ndarray:
    """Return the derivatives of the one-step errors by the coefficients (Box & Jenkins, ch. 7).

    Parameters
    ----------
    w : array of shape (n_rows,)
        The differenced series without its regression.
    errors : array of shape (n_errors,)
        Its one-step errors.
    orders : Orders
    coefficients : array of shape (p + q + P + Q,)

    Returns
    -------
    array of shape (n_errors, p + q + P + Q)
    """
    ar, ma, seasonal_ar, seasonal_ma = Coefficients.of(coefficients, orders)
    m = orders.season_length
    # de/dphi[i] = -B^i PHI(B^m) / (theta THETA) w
    without_seasonal_ar = multiply(w, seasonal_ar, m)
    numerators = lagged(without_seasonal_ar, len(ar), 1)
    # de/dPHI[i] = -B^(i·m) phi(B) / (theta THETA) w
    without_ar = multiply(w, ar, 1)
    seasonal_numerators = lagged(without_ar, len(seasonal_ar), m)
    # Both are divided at once: that is the work.
    both = np.hstack([numerators, seasonal_numerators])
    quotients = divide(both, ma, 1)
    by_both = -divide(quotients, seasonal_ma, m)
    by_ar = by_both[:, : len(ar)]
    by_seasonal_ar = by_both[:, len(ar) :]
    by_ma = _by_moving_average(errors, ma, 1)
    by_seasonal_ma = _by_moving_average(errors, seasonal_ma, m)
    return np.hstack([by_ar, by_ma, by_seasonal_ar, by_seasonal_ma])


def _by_moving_average(errors: np.ndarray, coefficients: np.ndarray, lag: int) -> np.ndarray:
    """Return de/dtheta[j] = -B^(j · lag) / theta(B^lag) e, with zeros before the first error."""
    count = len(coefficients)
    quotient = -divide(errors, coefficients, lag)
    before = np.zeros(count * lag)
    return lagged(np.append(before, quotient), count, lag)


def _durbin_levinson(correlations: np.ndarray) -> np.ndarray:
    """Turn partial autocorrelations (…, n) into AR coefficients, order by order."""
    phi = correlations[..., :0]
    for k in range(correlations.shape[-1]):
        r = correlations[..., k : k + 1]
        shorter = phi - r * phi[..., ::-1]
        phi = np.concatenate([shorter, r], axis=-1)
    return phi


def _differenced(y: np.ndarray, design: np.ndarray, orders: Orders) -> np.ndarray:
    """Return y and the regressors, differenced, as columns (rows, 1 + regressors)."""
    polynomial = orders.difference_polynomial
    columns = np.column_stack([y, design])
    differences = lfilter(polynomial, [1.0], columns, axis=0)
    lost = len(polynomial) - 1
    return differences[lost:]


class _Regression(NamedTuple):
    """The regression of a prewhitened series on its prewhitened regressors."""

    errors: np.ndarray  # (rows,)
    beta: np.ndarray  # (regressors,)
    regressors: np.ndarray  # (rows, regressors)


def _regress(differenced: np.ndarray, orders: Orders, coefficients: np.ndarray) -> _Regression:
    """Return the one-step errors with the best coefficients of the regressors."""
    prewhitened = prewhiten(differenced, orders, coefficients)
    y = prewhitened[:, 0]
    regressors = prewhitened[:, 1:]
    if not regressors.shape[1]:
        return _Regression(y, np.empty(0), regressors)
    beta = np.linalg.lstsq(regressors, y, rcond=None)[0]
    return _Regression(y - regressors @ beta, beta, regressors)


class _LeastSquares:
    """The one-step errors and their Jacobian as functions of the unconstrained parameters.

    The coefficients of the regressors are projected out. The Jacobian leaves out how the projection
    itself moves (Kaufman 1975, BIT 15(1), 49-57).
    """

    def __init__(self, differenced: np.ndarray, orders: Orders):
        self.differenced = differenced
        self.orders = orders

    def errors(self, unconstrained: np.ndarray) -> np.ndarray:
        """Return the one-step errors with the best coefficients of the regressors."""
        coefficients = constrained(unconstrained, self.orders)
        return _regress(self.differenced, self.orders, coefficients).errors

    def jacobian(self, unconstrained: np.ndarray) -> np.ndarray:
        """Return the derivatives of the errors by the parameters, (errors, parameters)."""
        # The derivatives of the coefficients, (parameters, coefficients). Complex steps are exact
        # to the last digit (Squire & Trapp 1998, SIAM Review 40(1), 110-112).
        step = 1e-20
        steps = step * np.eye(len(unconstrained))
        moved = unconstrained + 1j * steps
        of_coefficients = constrained(moved, self.orders).imag / step
        # The chain rule.
        coefficients = constrained(unconstrained, self.orders)
        errors, beta, regressors = _regress(self.differenced, self.orders, coefficients)
        w = self.differenced @ np.append(1.0, -beta)
        of_errors = errors_jacobian(w, errors, self.orders, coefficients)
        jacobian = of_errors @ of_coefficients.T
        # What the regressors explain of a move, their coefficients take up.
        if len(beta):
            basis = np.linalg.qr(regressors)[0]
            jacobian -= basis @ (basis.T @ jacobian)
        return jacobian
