"""The exact likelihood of a seasonal ARIMA process (statsmodels' state space), and its maximum."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.exceptions import InputError
from forecast.forecasters.estimates import Estimate, corrected_aic
from forecast.forecasters.process import Rows, one_thread
from forecast.forecasters.regression_basis import difference
from forecast.forecasters.sarima import Orders
from forecast.forecasters.sum_of_squares import estimate

_MOST_ITERATIONS = 100
_MOST_STARTS = 5
_FEWEST_GAIN = 1e-3  # of the log-likelihood, for which another start is worth its while
_NO_ERRORS = 1e-12  # in units of y's deviation: what is smaller is rounding


def estimate_exactly(rows: Rows, orders: Orders, near: Estimate | None = None) -> Estimate:
    """Maximise the likelihood of the differences; with gaps in y, that of y itself.

    The optimizer sees neither the unit of y nor those of X: y in units of its one-step errors, and
    orthogonal regressors.

    Parameters
    ----------
    rows : Rows
        NaN in y is a missing observation: then the state space of y begins diffuse.
    orders : Orders
    near : Estimate, optional
        Of the same orders; the optimizer starts from its parameters. By default from those of the
        smallest conditional sum of squares.

    Returns
    -------
    Estimate
    """
    design = rows.design(orders.trend)
    filled = rows.filled().y
    if near is None:
        near = estimate(filled, design, orders)
    # Where no errors are left, the likelihood has no maximum: it grows beyond all bounds.
    unit = np.sqrt(near.params[-1])
    if unit < _NO_ERRORS:
        return near
    basis = difference(filled, design, orders).basis
    model = _model(rows, orders, design @ basis.to_beta, unit)
    count = design.shape[1]
    weights = basis.from_beta @ near.params[:count] / unit
    start = np.concatenate([weights, near.params[count:-1], [1.0]])
    found = _most_likely(model, start)
    # Back to the unit of y, and to the columns of X.
    rank = len(weights)
    beta = unit * basis.to_beta @ found.params[:rank]
    variance = unit**2 * found.params[-1]
    params = np.concatenate([beta, found.params[rank:-1], [variance]])
    # Missing observations, and those that the diffuse state takes up, add nothing to the
    # likelihood. The density of y is that of y / unit, divided by the unit: the Jacobian.
    counted = int(np.isfinite(model.endog[model.loglikelihood_burn :]).sum())
    deviance = -2 * found.likelihood + 2 * counted * np.log(unit)
    aicc = corrected_aic(deviance, counted, len(params))
    return Estimate(orders, params, aicc, counted, near.unconstrained, found.converged)


def _model(rows: Rows, orders: Orders, regressors: np.ndarray, unit: float) -> SARIMAX:
    """Return statsmodels' model of rows in a unit."""
    y = rows.y
    # Differences remove a constant: without it, numbers are small, as a diffuse state expects.
    if len(orders.difference_polynomial) > 1:
        y = y - y[np.isfinite(y)][0]
        regressors = regressors - regressors[0]
    # The likelihood of the differences needs no diffuse beginning, but takes no gaps.
    return SARIMAX(
        y / unit,
        regressors if regressors.shape[1] else None,
        order=orders.order,
        seasonal_order=orders.seasonal_order,
        simple_differencing=not np.isnan(y).any(),
    )


class _Found(NamedTuple):
    """Where the optimizer stopped."""

    params: np.ndarray
    likelihood: float
    converged: bool


def _most_likely(model: SARIMAX, start: np.ndarray) -> _Found:
    """Maximise the likelihood; the optimizer begins anew while that is worth its while."""
    with warnings.catch_warnings(), one_thread():
        # What statsmodels thinks of the start and of the end is judged by the likelihood instead.
        warnings.simplefilter("ignore")
        best = _Found(start, _likelihood(model, start), converged=False)
        for _ in range(_MOST_STARTS):
            found = _climbed(model, best.params)
            # NaN, of parameters without a likelihood, is no gain either.
            if not found.likelihood > best.likelihood + _FEWEST_GAIN:
                better = found if found.likelihood > best.likelihood else best
                return better._replace(converged=found.converged)
            best = found
    return best._replace(converged=False)


def _climbed(model: SARIMAX, start: np.ndarray) -> _Found:
    """Run the optimizer once; where it strays to where there is no process, it has not moved."""
    try:
        fitted = model.fit(start, disp=0, maxiter=_MOST_ITERATIONS, return_params=True)
        params = np.asarray(fitted)
        likelihood = float(model.loglike(params))
        # A root on the unit circle leaves no stationary state to begin with.
        model.ssm.initialization(model=model.ssm)
    except (np.linalg.LinAlgError, ValueError):
        return _Found(start, np.nan, converged=False)
    return _Found(params, likelihood, converged=True)


def _likelihood(model: SARIMAX, params: np.ndarray) -> float:
    """Return the logarithm of the likelihood."""
    try:
        return float(model.loglike(params))
    except np.linalg.LinAlgError:
        orders = Orders(model.order, model.seasonal_order, "n")
        raise InputError(
            f"{orders.name} of this series is so near to no process at all that its exact "
            "likelihood has no number.",
            "Fit it by method='css', or ask for lower orders.",
            "Leave this model out of --models.",
        ) from None
