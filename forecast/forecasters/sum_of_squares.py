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

from forecast.forecasters.estimates import Estimate, corrected_aic, first_start
from forecast.forecasters.lag_polynomials import divide, lagged, multiply
from forecast.forecasters.regression_basis import difference
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
_ROUNDING = 1e-14  # of the size of y
# What pulls unconstrained parameters to 0, relative to the size of y: less than rounding, but
# enough to hold those that the errors do not depend on.
_PULL = 1e-8


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
    differenced = difference(y, design, orders)
    columns = differenced.columns
    unconstrained = first_start(orders) if start is None else start
    # Levenberg and Marquardt's variant of Gauss-Newton.
    problem = _LeastSquares(columns, orders)
    if len(unconstrained):
        found = least_squares(problem.residuals, unconstrained, problem.jacobian, **_OPTIMIZER)
        unconstrained = found.x
    coefficients = constrained(unconstrained, orders)
    errors, weights, _ = _regress(columns, orders, coefficients)
    # The optimizer has left open the regression and the variance: both have closed forms.
    beta = differenced.basis.to_beta @ weights
    variance = max(float(errors @ errors / len(errors)), _SMALLEST_VARIANCE)
    params = np.concatenate([beta, coefficients, [variance]])
    # The deviance of normal errors with their own mean square as variance.
    if counted is None:
        counted = len(columns)
    mean_square = float(np.mean(errors[-counted:] ** 2))
    # Errors of rounding make no model better than another.
    rounding = max(_ROUNDING**2 * float(np.mean(y**2)), _SMALLEST_VARIANCE)
    log_variance = np.log(2 * np.pi * max(mean_square, rounding))
    deviance = counted * (log_variance + 1)
    aicc = corrected_aic(deviance, counted, len(params))
    return Estimate(orders, params, aicc, counted, unconstrained)


def one_step_errors(y: np.ndarray, design: np.ndarray, estimate: Estimate) -> np.ndarray:
    """Return the one-step errors that were minimised, in the unit of y."""
    coefficients = estimate.params[design.shape[1] : -1]
    columns = difference(y, design, estimate.orders).columns
    return _regress(columns, estimate.orders, coefficients).errors


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


class _Regression(NamedTuple):
    """The regression of a prewhitened series on its prewhitened regressors."""

    errors: np.ndarray  # (rows,)
    weights: np.ndarray  # (regressors,)
    regressors: np.ndarray  # (rows, regressors)


def _regress(differenced: np.ndarray, orders: Orders, coefficients: np.ndarray) -> _Regression:
    """Return the one-step errors with the best coefficients of the regressors."""
    prewhitened = prewhiten(differenced, orders, coefficients)
    y = prewhitened[:, 0]
    regressors = prewhitened[:, 1:]
    if not regressors.shape[1]:
        return _Regression(y, np.empty(0), regressors)
    weights = np.linalg.lstsq(regressors, y, rcond=None)[0]
    return _Regression(y - regressors @ weights, weights, regressors)


class _LeastSquares:
    """The one-step errors and their Jacobian as functions of the unconstrained parameters.

    The coefficients of the regressors are projected out. The Jacobian leaves out how the projection
    itself moves (Kaufman 1975, BIT 15(1), 49-57). Behind the errors stands a residual for each
    parameter, which pulls it to 0: so a series without errors has a minimum as well.
    """

    def __init__(self, differenced: np.ndarray, orders: Orders):
        self.differenced = differenced
        self.orders = orders
        size = float(np.linalg.norm(differenced[:, 0]))
        self.pull = _PULL * (size or 1.0)

    def residuals(self, unconstrained: np.ndarray) -> np.ndarray:
        """Return the one-step errors with the best coefficients of the regressors, and the pull."""
        coefficients = constrained(unconstrained, self.orders)
        errors = _regress(self.differenced, self.orders, coefficients).errors
        return np.append(errors, self.pull * unconstrained)

    def jacobian(self, unconstrained: np.ndarray) -> np.ndarray:
        """Return the derivatives of the residuals, (residuals, parameters)."""
        # The derivatives of the coefficients, (parameters, coefficients). Complex steps are exact
        # to the last digit (Squire & Trapp 1998, SIAM Review 40(1), 110-112).
        step = 1e-20
        steps = step * np.eye(len(unconstrained))
        moved = unconstrained + 1j * steps
        of_coefficients = constrained(moved, self.orders).imag / step
        # The chain rule.
        coefficients = constrained(unconstrained, self.orders)
        errors, weights, regressors = _regress(self.differenced, self.orders, coefficients)
        w = self.differenced @ np.append(1.0, -weights)
        of_errors = errors_jacobian(w, errors, self.orders, coefficients)
        jacobian = of_errors @ of_coefficients.T
        # What the regressors explain of a move, their coefficients take up.
        if len(weights):
            basis = np.linalg.qr(regressors)[0]
            jacobian -= basis @ (basis.T @ jacobian)
        of_pull = self.pull * np.eye(len(unconstrained))
        return np.vstack([jacobian, of_pull])
