"""The linear part of the recurrent forecaster: ridge regression from window to horizon, in closed
form.

All that is ever held of the samples are their moments (sums of products), accumulated in blocks. A
shorter lookback is a part of the same moments, and so is the error on held-out samples: choosing
penalties costs no further pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from forecast.recurrent.cells import Architecture, anchored_ahead, naive
from forecast.recurrent.samples import Samples, some

_PENALTIES = tuple(10.0**k for k in range(-4, 3))  # in units of the mean square of the inputs
_PENALTY = 0.1  # where nothing is held out to choose by
NEAR = 1.05  # times the least error is as good
_PARTS = (1, 2)  # the lookback is divided by these; the answers are averaged
_WORK = 2e11  # products summed at most; beyond, some of the samples are enough


Choice = list[tuple[float, bool]]


@dataclass(frozen=True)
class Moments:
    """Sums over samples of products of inputs x (window and 1), known columns k and answers y, per
    step.

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
        inputs, columns = a.timesteps * a.channels + 1, 2 * len(a.known) + a.further
        shapes = [(inputs, inputs), (inputs, a.outputs), (a.outputs,)]
        shapes += [
            (a.outputs, inputs, columns),
            (a.outputs, columns, columns),
            (a.outputs, columns),
        ]
        sums = [np.zeros(shape) for shape in shapes]
        samples = samples.keep(some(len(samples), int(_WORK / inputs**2)))
        for block in samples.blocks(extra=2 * inputs):
            windows, ahead, _ = block.inputs()
            x = _inputs(a, windows).astype(np.float64)
            y = (block.actual() - naive(a, windows)).astype(np.float64)
            products = [x.T @ x, x.T @ y, (y**2).sum(axis=0)]
            if ahead is not None:
                k = (
                    anchored_ahead(a, windows, ahead).astype(np.float64).transpose(1, 0, 2)
                )  # (outputs, samples, …)
                products += [x.T @ k, k.transpose(0, 2, 1) @ k, np.einsum("osk,so->ok", k, y)]
            for total, product in zip(sums, products, strict=False):
                total += product
        return cls(len(samples), *sums)

    def __add__(self, other: Moments) -> Moments:
        return Moments(
            *(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__)
        )

    def solve(self, penalty: float, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the coefficients of ridge regression on some inputs, (inputs, outputs) and (outputs, columns)."""
        xx, xy, xk = self.xx[np.ix_(rows, rows)], self.xy[rows], self.xk[:, rows]
        penalty *= max(np.trace(xx[:-1, :-1]) / (len(rows) - 1), 1e-6 * self.n)
        xx[np.diag_indices(len(rows) - 1)] += penalty  # the last input is the constant: free
        factor = cho_factor(xx, lower=True, overwrite_a=True, check_finite=False)
        kernel, known = np.zeros_like(self.xy), np.zeros_like(self.ky)
        kernel[rows] = cho_solve(factor, xy, check_finite=False)
        if self.ky.shape[1]:
            for h, (cross, square) in enumerate(zip(xk, self.kk, strict=True)):
                explained = cho_solve(factor, cross, check_finite=False)  # (inputs, columns)
                left = square - cross.T @ explained + penalty * np.eye(len(square))
                known[h] = np.linalg.solve(left, self.ky[h] - explained.T @ xy[:, h])
                kernel[rows, h] -= explained @ known[h]
        return kernel, known

    def loss(self, kernel: np.ndarray, known: np.ndarray) -> float:
        """Return the mean squared error of these coefficients on the samples."""
        squares = self.yy + (kernel * (self.xx @ kernel - 2 * self.xy)).sum(axis=0)
        if self.ky.shape[1]:
            cross = np.einsum("ih,hik->hk", kernel, self.xk) - self.ky
            squares = squares + (known * (2 * cross + np.einsum("hkl,hl->hk", self.kk, known))).sum(
                axis=1
            )
        return float(squares.mean() / self.n)


@dataclass(frozen=True)
class Linear:
    """The coefficients: one regression for each target.

    Parameters
    ----------
    kernel : array of shape (targets, timesteps * channels + 1, outputs)
    known : array of shape (targets, outputs, columns known ahead)
    choices : list of lists of lists of (penalty, own)
        For each target and lookback, how it was learned: the coefficients are the mean of these
        solutions. Own says whether from the target's own samples or from those of all.
    """

    kernel: np.ndarray
    known: np.ndarray
    choices: list[list[Choice]]

    @classmethod
    def learn(
        cls, architecture: Architecture, parts: Sequence[Samples], choices: list[list[Choice]]
    ) -> Linear:
        """Learn from the samples of each target as `choose` has found to be good."""
        return cls._solved(
            architecture, [Moments.of(architecture, samples) for samples in parts], choices
        )

    @classmethod
    def choose(
        cls,
        architecture: Architecture,
        earlier: Sequence[Samples],
        latest: Sequence[Samples] | None,
    ) -> Linear:
        """Learn from the earlier samples of each target with all penalties that are good on the
        latest ones.

        What is within a few per cent of the least error is averaged: on a short validation part,
        the best of them is the best by chance.
        """
        own = [Moments.of(architecture, samples) for samples in earlier]
        if latest is None:
            return cls._solved(
                architecture, own, [[[(_PENALTY, False)] for _ in _PARTS] for _ in own]
            )
        shared, choices = sum(own[1:], own[0]), [[] for _ in own]  # type: tuple[Moments, list[list[Choice]]]
        held_out = [Moments.of(architecture, samples) for samples in latest]
        for rows in _lookbacks(architecture):
            common = {(p, False): shared.solve(p, rows) for p in _PENALTIES}
            for mine, test, chosen in zip(own, held_out, choices, strict=True):
                single = (
                    {(p, True): mine.solve(p, rows) for p in _PENALTIES} if len(own) > 1 else {}
                )
                losses = {how: test.loss(*solution) for how, solution in (common | single).items()}
                chosen.append(
                    [how for how, loss in losses.items() if loss <= NEAR * min(losses.values())]
                )
        return cls._solved(architecture, own, choices)

    @classmethod
    def _solved(
        cls, architecture: Architecture, own: list[Moments], choices: list[list[Choice]]
    ) -> Linear:
        shared, lookbacks = sum(own[1:], own[0]), _lookbacks(architecture)
        kernels, columns = [], []
        for mine, chosen in zip(own, choices, strict=True):
            found = [
                [(mine if is_own else shared).solve(penalty, rows) for penalty, is_own in hows]
                for rows, hows in zip(lookbacks, chosen, strict=True)
            ]
            kernels.append(
                np.mean([np.mean([kernel for kernel, _ in each], axis=0) for each in found], axis=0)
            )
            columns.append(
                np.mean([np.mean([known for _, known in each], axis=0) for each in found], axis=0)
            )
        return cls(
            np.array(kernels, dtype=np.float32), np.array(columns, dtype=np.float32), choices
        )

    def answer(
        self,
        architecture: Architecture,
        target: np.ndarray,
        windows: np.ndarray,
        ahead: np.ndarray | None,
    ) -> np.ndarray:
        """Answer windows (samples, timesteps, channels) of the targets with these numbers: (samples, outputs)."""
        a, x = architecture, _inputs(architecture, windows)
        found = naive(a, windows)
        columns = None if ahead is None else anchored_ahead(a, windows, ahead)
        for t in np.unique(target):
            mine = target == t
            found[mine] += x[mine] @ self.kernel[t]
            if columns is not None:
                found[mine] += np.einsum("sok,ok->so", columns[mine], self.known[t])
        return found


def _inputs(a: Architecture, windows: np.ndarray) -> np.ndarray:
    """Return flat windows, anchored, with a constant behind them: (samples, timesteps * channels + 1)."""
    x = windows - windows[:, -1:] if a.anchor else windows
    return np.concatenate([x.reshape(len(x), -1), np.ones((len(x), 1), dtype=x.dtype)], axis=1)


def _lookbacks(a: Architecture) -> list[np.ndarray]:
    """Return the inputs that each lookback reads: the last rows of the window, and the constant."""
    inputs = a.timesteps * a.channels + 1
    return [
        np.arange(inputs - 1 - max(1, a.timesteps // part) * a.channels, inputs) for part in _PARTS
    ]
