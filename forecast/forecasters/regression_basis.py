"""Differences of a series and its regressors, these in a basis that knows no units.

Coefficients of columns in any units (millions, millionths, degrees from any zero) are found by way
of orthogonal columns of size 1, which span the same space: what is learned, and how well, does not
depend on the units.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from forecast.forecasters.sarima import Orders

# A column, or what the columns before it leave of it, is nothing but rounding below this share.
_ROUNDING = 1e-12


class Basis(NamedTuple):
    """Orthogonal columns that span the same space as regressors: ``regressors = columns @ R``."""

    columns: np.ndarray  # (rows, rank), of mean square 1
    to_beta: (
        np.ndarray
    )  # (regressors, rank): coefficients of the regressors from those of the basis
    from_beta: np.ndarray  # (rank, regressors): the reverse

    def residual(self, y: np.ndarray) -> np.ndarray:
        """Return what the regressors leave of y, (rows,)."""
        weights = self.columns.T @ y / len(y)
        return np.asarray(y - self.columns @ weights)


class Differenced(NamedTuple):
    """A series and its regressors, differenced."""

    y: np.ndarray  # (rows,)
    basis: Basis  # of the regressors

    @property
    def columns(self) -> np.ndarray:
        """Return y and the basis side by side, (rows, 1 + rank)."""
        return np.column_stack([self.y, self.basis.columns])


def difference(y: np.ndarray, regressors: np.ndarray, orders: Orders) -> Differenced:
    """Difference a series (rows,) and its regressors (rows, regressors) as often as orders say."""
    polynomial = orders.difference_polynomial
    columns = np.column_stack([y, regressors])
    lost = len(polynomial) - 1
    differences = lfilter(polynomial, [1.0], columns, axis=0)[lost:]
    sizes = np.linalg.norm(regressors, axis=0)
    return Differenced(differences[:, 0], orthogonal_basis(differences[:, 1:], sizes))


def orthogonal_basis(regressors: np.ndarray, sizes: np.ndarray | None = None) -> Basis:
    """Return the basis of regressors, by a QR decomposition of them in units of their own sizes.

    A column that those before it explain, but for rounding, has no part in it: its coefficient is
    0.

    Parameters
    ----------
    regressors : array of shape (rows, regressors)
    sizes : array of shape (regressors,), optional
        The norms of the columns before they were differenced, which their rounding is relative to.

    Returns
    -------
    Basis
    """
    rows, count = regressors.shape
    norms = np.linalg.norm(regressors, axis=0)
    is_some = norms > 0 if sizes is None else norms > _ROUNDING * sizes
    norms = np.where(is_some, norms, 1.0)
    scaled = np.where(is_some, regressors / norms, 0.0)
    # The diagonal of R is what is new in each column. Beyond as many columns as rows, nothing is.
    new = np.zeros(count)
    diagonal = np.diag(np.linalg.qr(scaled, mode="r"))
    new[: len(diagonal)] = np.abs(diagonal)
    kept = new > _ROUNDING
    Q, R = np.linalg.qr(scaled[:, kept])
    # Q has columns of norm 1; those of the basis have the mean square 1.
    root = np.sqrt(max(rows, 1))
    to_beta = np.zeros((count, kept.sum()))
    to_beta[kept] = root * np.linalg.inv(R) / norms[kept, None]
    from_beta = np.zeros((kept.sum(), count))
    from_beta[:, kept] = R * norms[kept] / root
    return Basis(root * Q, to_beta, from_beta)
