"""Ridge classification in closed form, with its leave-one-out probabilities.

The score of a class is a ridge regression on +1 (of this class) and -1 (of another). The softmax
of the scores, sharpened by a temperature, is the probability. Penalty and temperature are those of
the least log loss on groups of rows that were left out, all of it from one eigendecomposition [1]_.

References
----------
.. [1] Rifkin & Lippert (2007), Notes on regularized least squares, MIT-CSAIL-TR-2007-025.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from forecast.sequences.calibration import best_sharpness, doubt_after, probabilities

_PENALTIES = np.logspace(-5, 3, 17)  # in units of the mean square of the features
_RANK = 1e-7  # of the largest eigenvalue: smaller ones are rounding
_HELD = 2**23  # numbers of the eigenvectors in memory at once, about
_LEAST_DEVIATION = 1e-4  # of a feature that varies: those of states lie between -1 and 1


@dataclass(frozen=True)
class RidgeScores:
    """Scores that are linear in the features.

    Parameters
    ----------
    kernel : array of shape (features, classes)
    intercept : array of shape (classes,)
    sharpness : float
        What the scores are multiplied by before the softmax.
    penalty : float
        In units of the mean square of the features.
    doubt : float
        The share of a probability that is spread over all classes.
    """

    kernel: np.ndarray
    intercept: np.ndarray
    sharpness: float
    penalty: float
    doubt: float

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Return the probability of each class: (rows, classes)."""
        scores = features @ self.kernel + self.intercept
        return probabilities(scores, self.sharpness, self.doubt)


def fit(
    features: np.ndarray,
    labels: np.ndarray,
    classes: int,
    weight: np.ndarray,
    groups: np.ndarray | None = None,
) -> tuple[RidgeScores, np.ndarray]:
    """Learn a ridge, and what it answers to rows that it has not seen.

    Parameters
    ----------
    features : array of shape (rows, features)
    labels : array of shape (rows,)
        The number of each row's class.
    classes : int
    weight : array of shape (rows,)
        Above 0.
    groups : array of shape (rows,), optional
        Rows with the same number follow one another and are left out together; each row alone by
        default.

    Returns
    -------
    ridge : RidgeScores
    held_out : array of shape (rows, classes)
        The probabilities of each row by a ridge without its group.
    """
    if groups is None:
        groups = np.arange(len(labels))
    weight = weight / weight.mean()
    system = _System.of(features, labels, classes, weight)
    best = np.inf
    for penalty in _PENALTIES:
        scores = system.held_out(penalty, groups)
        sharpness, loss = best_sharpness(scores, labels, weight)
        if loss < best:
            best, chosen, chosen_scores = loss, (sharpness, penalty), scores
    sharpness, penalty = chosen
    # However clear they are, n rows cannot show that the next one is not the first of its kind.
    doubt = doubt_after(len(labels))
    kernel, intercept = system.solve(penalty)
    held_out = probabilities(chosen_scores, sharpness, doubt)
    return RidgeScores(kernel, intercept, sharpness, penalty, doubt), held_out


@dataclass(frozen=True)
class _System:
    """The normal equations, decomposed once for all penalties.

    Rows and targets are centred, scaled and multiplied by the root of their weight: so the free
    intercept is the direction of these roots, which neither has a part in.

    Parameters
    ----------
    rows : array of shape (rows, features)
    centre, spread : arrays of shape (features,)
    root : array of shape (rows,)
    unit : array of shape (rows,)
        The root at length 1.
    signs : array of shape (rows, classes)
        1 and -1, as they are.
    targets : array of shape (rows, classes)
    eigenvalues, vectors : arrays of shape (rank,), (rows, rank)
        Of the rows' inner products.
    """

    rows: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    root: np.ndarray
    unit: np.ndarray
    signs: np.ndarray
    targets: np.ndarray
    eigenvalues: np.ndarray
    vectors: np.ndarray

    @classmethod
    def of(
        cls, features: np.ndarray, labels: np.ndarray, classes: int, weight: np.ndarray
    ) -> _System:
        """Centre, scale and decompose."""
        root = np.sqrt(weight)
        signs = np.where(labels[:, None] == np.arange(classes), 1.0, -1.0)
        targets = root[:, None] * (signs - np.average(signs, axis=0, weights=weight))

        centre = np.average(features, axis=0, weights=weight)
        centred = features - centre.astype(features.dtype)
        deviation = np.sqrt(np.average(centred**2, axis=0, weights=weight))
        # In units of all features together, so that a penalty means the same for any number.
        size = deviation * np.sqrt(features.shape[1])
        spread = np.where(deviation > _LEAST_DEVIATION, size, np.inf)
        rows = centred / spread.astype(features.dtype)
        rows *= root[:, None].astype(features.dtype)

        unit = root / np.linalg.norm(root)
        eigenvalues, vectors = _decomposed(rows, unit)
        return cls(rows, centre, spread, root, unit, signs, targets, eigenvalues, vectors)

    def held_out(self, penalty: float, groups: np.ndarray) -> np.ndarray:
        """Return the scores of each row by the rows outside its group: (rows, classes).

        With the hat matrix H of all rows, the errors of a group left out are ``(I - H[g, g])⁻¹``
        times its errors within.
        """
        shrunk = self.eigenvalues / (self.eigenvalues + penalty)
        within = self.targets - self.vectors @ (shrunk[:, None] * (self.vectors.T @ self.targets))
        errors = np.empty_like(within)
        for places in _of_one_size(groups, self.vectors.shape[1]):
            vectors = self.vectors[places]  # (groups, size, rank)
            unit = self.unit[places][:, :, None]
            hat = (vectors * shrunk) @ vectors.swapaxes(1, 2) + unit @ unit.swapaxes(1, 2)
            left = np.eye(places.shape[1]) - hat
            errors[places] = np.linalg.solve(left, within[places])
        return self.signs - errors / self.root[:, None]

    def solve(self, penalty: float) -> tuple[np.ndarray, np.ndarray]:
        """Return kernel and intercept for features as they are."""
        parts = (self.vectors.T @ self.targets) / (self.eigenvalues + penalty)[:, None]
        kernel = self.rows.T @ (self.vectors @ parts) / self.spread[:, None]
        mean = np.average(self.signs, axis=0, weights=self.root**2)
        return kernel, mean - self.centre @ kernel


def _decomposed(rows: np.ndarray, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the eigenvalues above 0 and the eigenvectors of the rows' inner products.

    Without the unit direction, whose eigenvalue is 0 but for rounding.
    """
    n, features = rows.shape
    if n <= features:
        products = (rows @ rows.T).astype(np.float64)
        # Known by the largest eigenvalue: other directions of eigenvalue 0 would mix with it.
        products += 2 * np.trace(products) * np.outer(unit, unit)
        eigenvalues, vectors = np.linalg.eigh(products)
        return np.maximum(eigenvalues[:-1], 0), vectors[:, :-1]
    products = (rows.T @ rows).astype(np.float64)
    eigenvalues, axes = np.linalg.eigh(products)
    kept = eigenvalues > _RANK * eigenvalues[-1]
    eigenvalues, axes = eigenvalues[kept], axes[:, kept]
    return eigenvalues, rows @ (axes / np.sqrt(eigenvalues))


def _of_one_size(groups: np.ndarray, rank: int) -> Iterator[np.ndarray]:
    """Yield the rows of groups of the same size, (groups, size), in parts that fit memory."""
    starts = np.flatnonzero(np.diff(groups, prepend=groups[0] - 1))
    sizes = np.diff(starts, append=len(groups))
    for size in np.unique(sizes):
        begins = starts[sizes == size]
        most = max(1, _HELD // (size * max(rank, size)))
        for first in range(0, len(begins), most):
            yield begins[first : first + most, None] + np.arange(size)
