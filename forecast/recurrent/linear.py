"""The linear part of the recurrent forecaster: ridge regression from window to horizon.

Choosing penalties on a validation part costs no further pass over the samples: solutions and errors
follow from the same equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecast.forecasters.anchored_ridge import PENALTIES
from forecast.forecasters.choosing import nearly_best
from forecast.recurrent.anchor import anchored_known, naive_forecasts
from forecast.recurrent.architecture import Architecture
from forecast.recurrent.normal_equations import NormalEquations, flat_inputs, inputs_of
from forecast.recurrent.samples import Samples

_DEFAULT_PENALTY = 0.1  # where nothing is held out to choose by
_LOOKBACK_PARTS = (1, 2)  # the lookback is divided by these; the answers are averaged

# How one lookback of a target is learned: with each of these penalties, from the target's own
# samples (True) or from those of all targets (False).
Choice = list[tuple[float, bool]]
Solution = tuple[np.ndarray, np.ndarray]  # coefficients of the inputs, and of the known columns


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
        equations = [NormalEquations.of(architecture, samples) for samples in parts]
        return cls._solved(architecture, equations, choices)

    @classmethod
    def choose(
        cls,
        architecture: Architecture,
        earlier: Sequence[Samples],
        latest: Sequence[Samples] | None,
    ) -> Linear:
        """Learn from the earlier samples with all penalties that are good on the latest ones."""
        equations = [NormalEquations.of(architecture, samples) for samples in earlier]
        if latest is None:
            default = [[(_DEFAULT_PENALTY, False)] for _ in _LOOKBACK_PARTS]
            choices = [default for _ in equations]
        else:
            held_out = [NormalEquations.of(architecture, samples) for samples in latest]
            choices = _good_choices(architecture, equations, held_out)
        return cls._solved(architecture, equations, choices)

    @classmethod
    def _solved(
        cls,
        architecture: Architecture,
        equations: list[NormalEquations],
        choices: list[list[Choice]],
    ) -> Linear:
        """Solve for each target with its choices."""
        # Solutions are of a target's own samples, or of those of all targets.
        shared = _of_all(equations)
        lookbacks = _lookbacks(architecture)
        kernels = []
        columns = []
        for own, chosen in zip(equations, choices, strict=True):
            means = [
                _mean_solution(own, shared, rows, choice)
                for rows, choice in zip(lookbacks, chosen, strict=True)
            ]
            # The mean over lookbacks of the means over their penalties.
            kernel, known = _mean(means)
            kernels.append(kernel)
            columns.append(known)
        # In single precision, as forecasts are computed.
        return cls(
            kernel=np.array(kernels, dtype=np.float32),
            known=np.array(columns, dtype=np.float32),
            choices=choices,
        )

    def answer(
        self,
        architecture: Architecture,
        target: np.ndarray,
        windows: np.ndarray,
        ahead: np.ndarray | None,
    ) -> np.ndarray:
        """Answer windows (samples, timesteps, channels) of the targets with these numbers.

        Returns an array of shape (samples, outputs).
        """
        x = flat_inputs(architecture, windows)
        columns = anchored_known(architecture, windows, ahead)
        # What is learned is relative to the naive forecasts.
        answer = naive_forecasts(architecture, windows)
        for number in np.unique(target):
            own = target == number
            answer[own] += x[own] @ self.kernel[number]
            # The known columns have coefficients of their own at each step.
            if columns is not None:
                answer[own] += np.einsum("sok,ok->so", columns[own], self.known[number])
        return answer


def _good_choices(
    architecture: Architecture, equations: list[NormalEquations], held_out: list[NormalEquations]
) -> list[list[Choice]]:
    """Return for each target and lookback what is nearly best on the held-out samples."""
    shared = _of_all(equations)
    choices: list[list[Choice]] = [[] for _ in equations]
    for rows in _lookbacks(architecture):
        # What is learned from all targets is the same for each of them, and solved once.
        common = {(penalty, False): shared.solve(penalty, rows) for penalty in PENALTIES}
        for own, test, chosen in zip(equations, held_out, choices, strict=True):
            candidates = dict(common)
            # Several targets may each do better by themselves.
            if len(equations) > 1:
                for penalty in PENALTIES:
                    candidates[penalty, True] = own.solve(penalty, rows)
            # The error on the held-out samples follows from their equations.
            losses = [test.loss(*solution) for solution in candidates.values()]
            good = nearly_best(np.array(losses))
            choice = [how for how, is_good in zip(candidates, good, strict=True) if is_good]
            chosen.append(choice)
    return choices


def _mean_solution(
    own: NormalEquations, shared: NormalEquations, rows: np.ndarray, choice: Choice
) -> Solution:
    """Return the mean of the solutions of one lookback."""
    solutions = []
    for penalty, from_own in choice:
        equations = own if from_own else shared
        solutions.append(equations.solve(penalty, rows))
    return _mean(solutions)


def _mean(solutions: list[Solution]) -> Solution:
    """Return the mean of coefficients."""
    kernels, columns = zip(*solutions, strict=True)
    return np.mean(kernels, axis=0), np.mean(columns, axis=0)


def _of_all(equations: list[NormalEquations]) -> NormalEquations:
    """Return the equations of all targets together."""
    total, *others = equations
    for other in others:
        total = total + other
    return total


def _lookbacks(architecture: Architecture) -> list[np.ndarray]:
    """Return the inputs that each lookback reads: the last rows of the window, and the constant."""
    a = architecture
    inputs = inputs_of(a)
    lookbacks = []
    for part in _LOOKBACK_PARTS:
        timesteps = max(1, a.timesteps // part)
        lookbacks.append(np.arange(inputs - 1 - timesteps * a.channels, inputs))
    return lookbacks
