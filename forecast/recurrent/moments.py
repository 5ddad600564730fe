"""Moments of samples: the sums of products from which ridge regression is solved in closed form.

They are all that is ever held of the samples, accumulated in blocks. A shorter lookback is a part
of the same moments, and so is the error on held-out samples.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from forecast.recurrent.anchor import anchored_known, anchored_windows, naive_forecasts
from forecast.recurrent.architecture import Architecture
from forecast.recurrent.samples import Samples, subsample

_MOST_PRODUCTS = 2e11  # that are summed; beyond, some of the samples are enough
_LEAST_SQUARE = 1e-6  # of an input on average, in penalties: constant windows have none


@dataclass(frozen=True)
class Moments:
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
    def of(cls, architecture: Architecture, samples: Samples) -> Moments:
        """Accumulate the moments of samples, block by block."""
        a = architecture
        inputs = inputs_of(a)
        columns = a.anchored_columns_ahead
        samples = samples.keep(subsample(len(samples), int(_MOST_PRODUCTS / inputs**2)))
        moments = cls(
            n=len(samples),
            xx=np.zeros((inputs, inputs)),
            xy=np.zeros((inputs, a.outputs)),
            yy=np.zeros(a.outputs),
            xk=np.zeros((a.outputs, inputs, columns)),
            kk=np.zeros((a.outputs, columns, columns)),
            ky=np.zeros((a.outputs, columns)),
        )
        for block in samples.blocks(extra=2 * inputs):
            moments._add_block(a, block)
        return moments

    def _add_block(self, architecture: Architecture, block: Samples) -> None:
        """Add the products of some samples, in double precision."""
        windows, ahead, _ = block.inputs()
        x = flat_inputs(architecture, windows).astype(np.float64)
        y = (block.actual() - naive_forecasts(architecture, windows)).astype(np.float64)
        np.add(self.xx, x.T @ x, out=self.xx)
        np.add(self.xy, x.T @ y, out=self.xy)
        np.add(self.yy, (y**2).sum(axis=0), out=self.yy)
        known = anchored_known(architecture, windows, ahead)
        if known is not None:
            # One regression for each step: (outputs, samples, columns).
            k = known.astype(np.float64).transpose(1, 0, 2)
            np.add(self.xk, x.T @ k, out=self.xk)
            np.add(self.kk, k.transpose(0, 2, 1) @ k, out=self.kk)
            np.add(self.ky, np.einsum("osk,so->ok", k, y), out=self.ky)

    def __add__(self, other: Moments) -> Moments:
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return Moments(**sums)

    def solve(self, penalty: float, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Solve ridge regression on some inputs.

        Parameters
        ----------
        penalty : float
            In units of the mean square of the inputs.
        rows : array of int
            The inputs that are read, the constant last, which has no penalty.

        Returns
        -------
        kernel : array of shape (inputs, outputs)
            Coefficients of the window and the constant; 0 for inputs that are not read.
        known : array of shape (outputs, columns)
            Coefficients of the known columns.
        """
        xx = self.xx[np.ix_(rows, rows)]
        xy = self.xy[rows]
        window = len(rows) - 1
        sum_of_squares = np.trace(xx[:-1, :-1])
        ridge = penalty * max(sum_of_squares / window, _LEAST_SQUARE * self.n)
        xx[np.diag_indices(window)] += ridge

        # All steps share the inputs, so one factorisation of (xx + ridge) serves all of them.
        factor = cho_factor(xx, lower=True, overwrite_a=True, check_finite=False)
        kernel = np.zeros_like(self.xy)
        known = np.zeros_like(self.ky)
        kernel[rows] = cho_solve(factor, xy, check_finite=False)

        # The known columns differ from step to step. They are solved for what the inputs leave of
        # them (the Schur complement), and their part is then taken from the inputs' coefficients.
        if known.shape[1]:
            for step in range(len(known)):
                xk = self.xk[step][rows]
                explained = cho_solve(factor, xk, check_finite=False)  # (inputs, columns)
                left = self.kk[step] - xk.T @ explained + ridge * np.eye(known.shape[1])
                known[step] = np.linalg.solve(left, self.ky[step] - explained.T @ xy[:, step])
                kernel[rows, step] -= explained @ known[step]
        return kernel, known

    def loss(self, kernel: np.ndarray, known: np.ndarray) -> float:
        """Return the mean squared error of these coefficients on the samples."""
        # The sum of (y - x K)² is yy - 2 K xy + K xx K, for each step.
        squares = self.yy + (kernel * (self.xx @ kernel - 2 * self.xy)).sum(axis=0)
        if self.ky.shape[1]:
            # With known columns, y - x K - k C has the terms C (2 (K xk - ky) + C kk) beside.
            cross = np.einsum("ih,hik->hk", kernel, self.xk) - self.ky
            own = np.einsum("hkl,hl->hk", self.kk, known)
            squares = squares + (known * (2 * cross + own)).sum(axis=1)
        return float(squares.mean() / self.n)


def inputs_of(architecture: Architecture) -> int:
    """Return the number of inputs: those of the window, and the constant."""
    return architecture.timesteps * architecture.channels + 1


def flat_inputs(architecture: Architecture, windows: np.ndarray) -> np.ndarray:
    """Return flat anchored windows with a constant behind them: (samples, inputs)."""
    flat = anchored_windows(architecture, windows).reshape(len(windows), -1)
    ones = np.ones((len(windows), 1), dtype=flat.dtype)
    return np.concatenate([flat, ones], axis=1)
