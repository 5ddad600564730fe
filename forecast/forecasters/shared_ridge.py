"""Ridge regressions that share most of their columns: what is shared is factored once.

Each step ahead has a regression of its own, on the same windows W and on columns K known at that
step. With both centred and the penalty λ, the coefficients w, k of a target y solve

    [WᵀW + λ I    WᵀK      ] [w]   [Wᵀy]
    [KᵀW          KᵀK + λ I] [k] = [Kᵀy]

With the Cholesky factor of the first block, WᵀW + λ I = LLᵀ, and P = L⁻¹WᵀK, q = L⁻¹Wᵀy, the block
of k alone is its Schur complement, KᵀK + λ I − PᵀP, and

    (KᵀK + λ I − PᵀP) k = Kᵀy − Pᵀq,    w = L⁻ᵀ (q − P k).

References
----------
.. [1] Boyd & Vandenberghe (2004), Convex Optimization, appendix C.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular
from sklearn.base import clone
from sklearn.linear_model import Ridge


def is_plain_ridge(regressor: Any, shared: np.ndarray) -> bool:
    """Whether a regressor is a `Ridge` that solves normal equations of these columns itself."""
    if type(regressor) is not Ridge or shared.ndim != 2:
        return False
    solves = regressor.solver in ("auto", "cholesky") and not regressor.positive
    # With fewer rows than columns it solves another system; without a penalty perhaps none.
    is_penalised = isinstance(regressor.alpha, (int, float)) and regressor.alpha > 0
    rows, columns = shared.shape
    return solves and is_penalised and rows >= columns


def fit_ridges(
    ridge: Ridge, shared: np.ndarray, parts: Iterable[tuple[np.ndarray, np.ndarray]]
) -> list[Ridge]:
    """Fit copies of a ridge regression that share columns.

    Parameters
    ----------
    ridge : Ridge
        Of which `is_plain_ridge` holds.
    shared : array of shape (n_rows, n_shared)
    parts : iterable of (columns, targets)
        Of each regression, (n_rows, n_own) and (n_rows, n_targets); its own columns come behind the
        shared ones.

    Returns
    -------
    list of Ridge
    """
    W_mean = _mean_of(shared, ridge)
    W = shared - W_mean
    columns = W.shape[1]
    L = cholesky(W.T @ W + ridge.alpha * np.eye(columns), lower=True)
    fitted = []
    for own, targets in parts:
        K_mean, y_mean = _mean_of(own, ridge), _mean_of(targets, ridge)
        K, y = own - K_mean, targets - y_mean
        P = solve_triangular(L, W.T @ K, lower=True)
        q = solve_triangular(L, W.T @ y, lower=True)

        # The columns of this regression alone, by the Schur complement.
        complement = K.T @ K + ridge.alpha * np.eye(K.shape[1]) - P.T @ P
        k = cho_solve(cho_factor(complement), K.T @ y - P.T @ q)
        w = solve_triangular(L, q - P @ k, lower=True, trans="T")

        coefficients = np.concatenate([w, k]).T  # (n_targets, n_shared + n_own)
        intercept = y_mean - np.concatenate([W_mean, K_mean]) @ coefficients.T
        fitted.append(_ridge_with(ridge, coefficients, intercept))
    return fitted


def _mean_of(values: np.ndarray, ridge: Ridge) -> np.ndarray:
    """Return what columns are centred by: nothing where there is no intercept."""
    return values.mean(axis=0) if ridge.fit_intercept else np.zeros(values.shape[1])


def _ridge_with(ridge: Ridge, coefficients: np.ndarray, intercept: np.ndarray) -> Ridge:
    """Return a fitted copy."""
    fitted = clone(ridge)
    # One target has no axis of its own.
    fitted.coef_ = coefficients[0] if len(coefficients) == 1 else coefficients
    fitted.intercept_ = float(intercept[0]) if len(coefficients) == 1 else intercept
    if not ridge.fit_intercept:
        fitted.intercept_ = 0.0
    fitted.n_features_in_ = coefficients.shape[1]
    fitted.n_iter_ = None
    fitted.solver_ = "cholesky"
    return fitted
