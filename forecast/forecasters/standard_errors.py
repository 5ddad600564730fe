"""Standard errors of the parameters of a seasonal ARIMA process: those of large samples."""

from __future__ import annotations

import numpy as np

from forecast.forecasters.estimates import Estimate
from forecast.forecasters.regression_basis import difference
from forecast.forecasters.sarima import Orders
from forecast.forecasters.sum_of_squares import errors_jacobian, prewhiten


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
        NaN for a regressor that those before it explain: it has no coefficient of its own.
    """
    orders = estimate.orders
    count = design.shape[1]
    coefficients = estimate.params[count:-1]
    variance = estimate.params[-1]
    differenced = difference(y, design, orders)
    basis = differenced.basis
    weights = basis.from_beta @ estimate.params[:count]
    jacobian = _full_jacobian(differenced.columns, orders, weights, coefficients)
    covariance = variance * _inverse_of_squares(jacobian)
    # From the weights of the basis to the coefficients of the regressors.
    rank = len(weights)
    of_beta = basis.to_beta @ covariance[:rank, :rank] @ basis.to_beta.T
    has_part = basis.to_beta.any(axis=1)
    variances_of_beta = np.where(has_part, np.diag(of_beta), np.nan)
    variances = np.append(variances_of_beta, np.diag(covariance)[rank:])
    # A variance of n normal errors varies by the square root of 2 / n of itself.
    of_variance = variance * np.sqrt(2 / len(jacobian))
    return np.append(np.sqrt(np.maximum(variances, 0.0)), of_variance)


def _full_jacobian(
    columns: np.ndarray,
    orders: Orders,
    weights: np.ndarray,
    coefficients: np.ndarray,
) -> np.ndarray:
    """Return the derivatives of the one-step errors by the weights of the basis, then by the rest.

    The columns are y and the basis, differenced.
    """
    prewhitened = prewhiten(columns, orders, coefficients)
    # What is left of y, then of its one-step errors, when the regressors are taken away.
    remainder = np.append(1.0, -weights)
    w = columns @ remainder
    errors = prewhitened @ remainder
    by_coefficients = errors_jacobian(w, errors, orders, coefficients)
    return np.hstack([-prewhitened[:, 1:], by_coefficients])


def _inverse_of_squares(jacobian: np.ndarray) -> np.ndarray:
    """Return (J'J)⁻¹, the covariance of least squares linearised at the minimum (Gauss-Newton)."""
    # Of columns in units of their own, so that none is taken for zero beside another.
    norms = np.linalg.norm(jacobian, axis=0)
    norms = np.where(norms > 0, norms, 1.0)
    scaled = jacobian / norms
    inverse = np.linalg.pinv(scaled.T @ scaled)
    return np.asarray(inverse / np.outer(norms, norms))
