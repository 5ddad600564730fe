"""Normal equations: the sums of products from which ridge regression is solved in closed form.

They are all that is ever held of the samples, accumulated in blocks. A shorter lookback is a part
of the same equations, and so is the error on held-out samples.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from forecast.forecasters.anchored_ridge import penalty_unit
from forecast.recurrent.anchor import anchored_known, anchored_windows, naive_forecasts
from forecast.recurrent.architecture import Architecture
from forecast.recurrent.samples import Samples, subsample

_MOST_PRODUCTS = 2e11  # that are summed; beyond, some of the samples are enough


@dataclass(frozen=True)
class NormalEquations:
    """Sums of products of inputs x (window and 1), known columns k and answers y, per step.

    Parameters
    ----------
    n : int
    xx : array of shape (inputs, inputs)
    xy : array of shape (inputs, outputs)
    yy : array of shape (outputs,)
    xk : array of shape (outputs, inputs, columns)
    kk : array of shape (outputs, columns, columns)
    ky : array of shape (outputs, columns)
    """

    n: int
    xx: np.ndarray
    xy: np.ndarray
    yy: np.ndarray
    xk: np.ndarray
    kk: np.ndarray
    ky: np.ndarray

    @classmethod
    def of(cls, architecture: Architecture, samples: Samples) -> NormalEquations:
        """Accumulate the equations of samples, block by block."""
        inputs = inputs_of(architecture)
        # Each sample costs inputs² products; beyond a limit, fewer samples tell as much.
        most = int(_MOST_PRODUCTS / inputs**2)
        samples = samples.keep(subsample(len(samples), most))
        equations = cls._zero(architecture, len(samples))
        # A block holds its inputs twice, in single and in double precision.
        for block in samples.blocks(extra=2 * inputs):
            equations._add_block(architecture, block)
        return equations

    @classmethod
    def _zero(cls, architecture: Architecture, n: int) -> NormalEquations:
        """Return sums to which nothing has been added yet."""
        outputs = architecture.outputs
        inputs = inputs_of(architecture)
        columns = architecture.anchored_columns_ahead
        return cls(
            n=n,
            xx=np.zeros((inputs, inputs)),
            xy=np.zeros((inputs, outputs)),
            yy=np.zeros(outputs),
            xk=np.zeros((outputs, inputs, columns)),
            kk=np.zeros((outputs, columns, columns)),
            ky=np.zeros((outputs, columns)),
        )

    def _add_block(self, architecture: Architecture, block: Samples) -> None:
        """Add the products of some samples."""
        windows, ahead, _ = block.inputs()
        # Single precision would not do for sums of so many products.
        naive = naive_forecasts(architecture, windows)
        x = flat_inputs(architecture, windows).astype(np.float64)
        y = (block.actual() - naive).astype(np.float64)
        # The arrays are added to in place: the largest is (inputs, inputs).
        sums = [self.xx, self.xy, self.yy]
        squares = (y**2).sum(axis=0)
        products = [x.T @ x, x.T @ y, squares]
        known = anchored_known(architecture, windows, ahead)
        if known is not None:
            # The known columns differ from step to step: (outputs, samples, columns).
            k = known.astype(np.float64).transpose(1, 0, 2)
            sums += [self.xk, self.kk, self.ky]
            products.append(x.T @ k)
            products.append(k.transpose(0, 2, 1) @ k)
            products.append(np.einsum("osk,so->ok", k, y))
        for total, product in zip(sums, products, strict=True):
            total += product

    def __add__(self, other: NormalEquations) -> NormalEquations:
        sums = {}
        for field in fields(self):
            sums[field.name] = getattr(self, field.name) + getattr(other, field.name)
        return NormalEquations(**sums)

    def solve(self, penalty: float, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Solve ridge regression on some inputs.

        Parameters
        ----------
        penalty : float
            In units of the mean square of the inputs.
        rows : array of int
            The inputs that are read, the constant last. It has the same penalty: answers are
            relative to a naive forecast, and a constant is a drift away from it.

        Returns
        -------
        kernel : array of shape (inputs, outputs)
            Coefficients of the window and the constant; 0 for inputs that are not read.
        known : array of shape (outputs, columns)
            Coefficients of the known columns.
        """
        xx = self.xx[np.ix_(rows, rows)]
        xy = self.xy[rows]
        # The penalty is in units of the inputs' mean sum of squares, without the constant.
        window = len(rows) - 1
        squares = np.diag(xx)[:-1]
        ridge = penalty * penalty_unit(squares, self.n)
        xx[np.diag_indices(window + 1)] += ridge

        # All steps share the inputs, so one factorisation of (xx + ridge) serves all of them.
        factor = cho_factor(xx, lower=True, overwrite_a=True, check_finite=False)
        kernel = np.zeros_like(self.xy)
        kernel[rows] = cho_solve(factor, xy, check_finite=False)
        known = np.zeros_like(self.ky)
        outputs, columns = known.shape
        if not columns:
            return kernel, known

        # The known columns differ from step to step. They are solved for what the inputs leave of
        # them (the Schur complement), and their part is then taken from the inputs' coefficients.
        for step in range(outputs):
            xk = self.xk[step][rows]
            explained = cho_solve(factor, xk, check_finite=False)  # (inputs, columns)
            left_of_kk = self.kk[step] - xk.T @ explained
            left_of_kk = left_of_kk + ridge * np.eye(columns)
            left_of_ky = self.ky[step] - explained.T @ xy[:, step]
            known[step] = np.linalg.solve(left_of_kk, left_of_ky)
            kernel[rows, step] -= explained @ known[step]
        return kernel, known

    def loss(self, kernel: np.ndarray, known: np.ndarray) -> float:
        """Return the mean squared error of these coefficients on the samples."""
        # The sum of (y - x K)² is yy + K (xx K - 2 xy), for each step.
        slope = self.xx @ kernel - 2 * self.xy
        squares = self.yy + (kernel * slope).sum(axis=0)
        if self.ky.shape[1]:
            # That of (y - x K - k C)² has C (2 (K xk - ky) + kk C) beside.
            cross = np.einsum("ih,hik->hk", kernel, self.xk) - self.ky
            own = np.einsum("hkl,hl->hk", self.kk, known)
            slope = 2 * cross + own
            squares = squares + (known * slope).sum(axis=1)
        return float(squares.mean() / self.n)


def inputs_of(architecture: Architecture) -> int:
    """Return the number of inputs: those of the window, and the constant."""
    return architecture.timesteps * architecture.channels + 1


def flat_inputs(architecture: Architecture, windows: np.ndarray) -> np.ndarray:
    """Return flat anchored windows with a constant behind them: (samples, inputs)."""
    flat = anchored_windows(architecture, windows).reshape(len(windows), -1)
    ones = np.ones((len(windows), 1), dtype=flat.dtype)
    return np.concatenate([flat, ones], axis=1)
