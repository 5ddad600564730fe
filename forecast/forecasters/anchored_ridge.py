"""Ridge regressions from windows to the steps after them, relative to the last row.

A window is taken relative to its last row, and so is what it foretells: all coefficients at zero
forecast the last value, and the penalty λ draws towards that. The constant, a drift, is among the
inputs x and penalised too; so are the last values of y, where it comes back to a mean. With K the
columns known at a step, the coefficients w and k of what happens at it, y, solve

    [XᵀX + λ I    XᵀK      ] [w]   [Xᵀy]
    [KᵀX          KᵀK + λ I] [k] = [Kᵀy]

All steps share the windows. From XᵀX = V diag(s) Vᵀ and g = 1 / (s + λ) follow, with Z = XV,

    (KᵀK + λ I − KᵀZ g ZᵀK) k = Kᵀy − KᵀZ g Zᵀy,    Vᵀw = g (Zᵀy − ZᵀK k) [1]_,

for every λ from one decomposition. Neighbouring windows have targets in common, so that a window
left out alone is foretold by its neighbours. Whole blocks B, as long as the horizon, are left out:
with the hat matrix H, which turns y into the fitted values, their errors are (I − H_BB)⁻¹ times
those of the fit to all [2]_, and nothing is fitted again.

References
----------
.. [1] Boyd & Vandenberghe (2004), Convex Optimization, appendix C.4, on the Schur complement.
.. [2] Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, section 7.10, for
   single rows; blocks follow from the same identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LinearRegression

from forecast.forecasters.choosing import nearly_best

PENALTIES = tuple(10.0**k for k in range(-4, 7))  # in units of the mean square of the inputs
_LEAST_SQUARE = 1e-6  # of an input on average, in penalties: constant windows have none
# Beyond, some blocks are enough: numbers of the windows that are left out, and products in solving
# for their errors.
_MOST_LEFT_OUT = 2e7
_MOST_PRODUCTS = 3e8
_FEWEST_BLOCKS = 8


class _Step(NamedTuple):
    """What is to be foretold of one step, or of all at once, and its products with the windows."""

    known: np.ndarray  # (n, columns)
    target: np.ndarray  # (n, outputs), relative to the last row
    zk: np.ndarray  # (inputs, columns)
    zy: np.ndarray  # (inputs, outputs)

    @classmethod
    def of(cls, x: np.ndarray, V: np.ndarray, known: np.ndarray, target: np.ndarray) -> _Step:
        """Return a step with its products."""
        return cls(known, target, V.T @ (x.T @ known), V.T @ (x.T @ target))


def penalty_unit(squares: np.ndarray, n: int) -> float:
    """Return the unit of penalties: the mean sum of squares of the inputs of n samples.

    Parameters
    ----------
    squares : array of shape (inputs,)
        The sum of squares of each input, without the constant.
    n : int
    """
    return max(float(squares.mean()), _LEAST_SQUARE * n)


def fit_anchored_ridges(
    windows: np.ndarray,
    steps: Iterable[tuple[np.ndarray, np.ndarray]],
    n_targets: int,
    known_channels: Sequence[int],
    horizon: int,
    with_level: np.ndarray,
) -> list[LinearRegression]:
    """Fit a regression for each step; the mean of all penalties that are nearly best.

    Parameters
    ----------
    windows : array of shape (n, lookback, channels)
        Series after series, each in its order in time; the targets are the first channels.
    steps : iterable of (known, targets)
        For each regression the columns known at its step, (n, columns), and what is to be foretold:
        all targets at one step, or at one step after the other, (n, outputs).
    n_targets : int
    known_channels : sequence of int
        The channels of the windows that hold the columns known ahead.
    horizon : int
        Rows that a target reaches ahead.
    with_level : array of bool, of shape (n_targets,)
        Which targets' last values are inputs: else windows are known by their changes alone.

    Returns
    -------
    list of LinearRegression
        On flat windows as they are, with the known columns behind them.
    """
    n = len(windows)
    last = windows[:, -1]
    relative = windows - last[:, None]
    levels = np.flatnonzero(with_level)
    x = np.concatenate([relative.reshape(n, -1), last[:, levels], np.ones((n, 1))], axis=1)
    s, V = _principal_axes(x)
    each = []
    for known, targets in steps:
        # A known column enters as it is, and by how far it is from the window's end.
        columns = np.concatenate([known, known - last[:, known_channels]], axis=1)
        own_last = np.tile(last[:, :n_targets], targets.shape[1] // n_targets)
        each.append(_Step.of(x, V, columns, targets - own_last))

    unit = penalty_unit((relative**2).sum(axis=0).ravel(), n)
    blocks = _blocks(n, x.shape[1], horizon, [step.target.shape[1] for step in each])
    z = x[blocks] @ V  # (blocks, rows, inputs)
    penalties = unit * np.array(PENALTIES)
    errors = [_left_out_error(each, blocks, z, s, penalty) for penalty in penalties]
    good = penalties[nearly_best(np.array(errors))]
    fitted = []
    for step in each:
        solutions = [_solved(step, s, penalty) for penalty in good]
        w, k = (np.mean(parts, axis=0) for parts in zip(*solutions, strict=True))
        fitted.append(_as_they_are(V @ w, k, windows.shape, n_targets, known_channels, levels))
    return fitted


def _principal_axes(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the eigenvalues of XᵀX and their vectors, (inputs, axes)."""
    n, inputs = x.shape
    if n >= inputs:
        s, V = np.linalg.eigh(x.T @ x)
        return np.maximum(s, 0.0), V  # but for rounding
    # Of fewer windows than inputs, those of XXᵀ: along all other axes windows do not differ.
    s, U = np.linalg.eigh(x @ x.T)
    differs = s > n * np.finfo(float).eps * s.max()
    s, U = s[differs], U[:, differs]
    return s, x.T @ (U / np.sqrt(s))


def _blocks(n: int, inputs: int, length: int, outputs: Sequence[int]) -> np.ndarray:
    """Return the rows of blocks that are left out in turn, spread evenly: (blocks, rows)."""
    # At least two, so that something is left to learn from.
    length = max(1, min(length, n // 2))
    # Each regression solves equations of a block's length for its outputs.
    products = length**2 * (length * len(outputs) + sum(outputs))
    most = min(_MOST_LEFT_OUT / (length * inputs), _MOST_PRODUCTS / products)
    count = max(1, min(n // length, max(int(most), _FEWEST_BLOCKS)))
    first = np.linspace(0, n - length, count).astype(np.intp)
    return first[:, None] + np.arange(length)


def _solved(step: _Step, s: np.ndarray, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of the windows, rotated by V, and of the known columns."""
    g = 1 / (s + penalty)
    left = _complement(step, g, penalty)
    explained = step.zk.T @ (g[:, None] * step.zy)
    k = np.linalg.solve(left, step.known.T @ step.target - explained)
    w = g[:, None] * (step.zy - step.zk @ k)
    return w, k


def _complement(step: _Step, g: np.ndarray, penalty: float) -> np.ndarray:
    """Return what the windows leave of the known columns: (columns, columns)."""
    squares = step.known.T @ step.known
    return squares + penalty * np.eye(len(squares)) - step.zk.T @ (g[:, None] * step.zk)


def _left_out_error(
    steps: list[_Step], blocks: np.ndarray, z: np.ndarray, s: np.ndarray, penalty: float
) -> float:
    """Return the mean squared error on blocks, each left out, of the windows z."""
    g = 1 / (s + penalty)
    of_windows = (z * g) @ z.transpose(0, 2, 1)  # of the hat matrix: (blocks, rows, rows)
    unity = np.eye(blocks.shape[1])
    squares = []
    for step in steps:
        w, k = _solved(step, s, penalty)
        known = step.known[blocks]
        error = step.target[blocks] - z @ w - known @ k
        # What the windows leave of the known columns adds to the hat matrix.
        left = known - z @ (g[:, None] * step.zk)
        weighed = np.linalg.solve(_complement(step, g, penalty), left.transpose(0, 2, 1))
        hat = of_windows + left @ weighed
        squares.append(np.linalg.solve(unity - hat, error) ** 2)
    return float(np.mean(squares))


def _as_they_are(
    w: np.ndarray,
    k: np.ndarray,
    shape: tuple[int, ...],
    n_targets: int,
    known_channels: Sequence[int],
    levels: np.ndarray,
) -> LinearRegression:
    """Return the same answers as a regression on windows that are relative to nothing."""
    _, lookback, channels = shape
    outputs = w.shape[1]
    of_window, of_level, constant = np.split(w, [lookback * channels, len(w) - 1])
    kernel = of_window.reshape(lookback, channels, outputs)
    of_known, of_distance = np.split(k, 2)
    # (x - x_last) w = x w - x_last Σw, and likewise for the distances of known columns.
    kernel[-1] -= kernel.sum(axis=0)
    kernel[-1, levels] += of_level
    kernel[-1, known_channels] -= of_distance
    # The answer is relative to the target's own last value.
    output = np.arange(outputs)
    kernel[-1, output % n_targets, output] += 1
    coefficients = np.concatenate([kernel.reshape(-1, outputs), of_known + of_distance]).T
    fitted = LinearRegression()
    # One output has no axis of its own.
    fitted.coef_ = coefficients[0] if outputs == 1 else coefficients
    fitted.intercept_ = float(constant[0, 0]) if outputs == 1 else constant[0]
    fitted.n_features_in_ = coefficients.shape[1]
    return fitted
