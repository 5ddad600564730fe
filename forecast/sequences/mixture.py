"""Mixture density: where a pen moves next, as a mixture of bivariate normal distributions.

A network answers a row of numbers for each move. Six blocks of them, a number for each component,
give the shares (softmax), the two means, the logarithms of the two deviations, and the correlations
(tanh) of the components; the last two numbers are the log odds that the pen is lifted, and that the
sequence ends after this move.

References
----------
.. [1] Bishop (1994), Mixture density networks, Aston University NCRG/94/004.
.. [2] Graves (2013), Generating sequences with recurrent neural networks, arXiv 1308.0850.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit, log_softmax, logsumexp

# Straight lines would make deviations 0, and densities infinite.
LEAST_LOG_DEVIATION = -4.0
LARGEST_CORRELATION = 0.95


class Mixture(NamedTuple):
    """The distributions of n moves, each by some components."""

    log_shares: np.ndarray  # (n, components)
    means: np.ndarray  # (n, components, 2)
    log_deviations: np.ndarray  # (n, components, 2)
    correlations: np.ndarray  # (n, components)
    log_odds: np.ndarray  # (n, 2) of a lifted pen, and of the end

    @classmethod
    def of(cls, answers: np.ndarray) -> Mixture:
        """Return the distributions that a network has answered, (n, `columns`)."""
        *blocks, log_odds = np.split(answers, _places(answers.shape[1]), axis=1)
        shares, mean_x, mean_y, deviation_x, deviation_y, correlation = blocks
        log_deviations = np.stack([deviation_x, deviation_y], axis=2)
        return cls(
            log_shares=log_softmax(shares, axis=1),
            means=np.stack([mean_x, mean_y], axis=2),
            log_deviations=np.maximum(log_deviations, LEAST_LOG_DEVIATION),
            correlations=LARGEST_CORRELATION * np.tanh(correlation),
            log_odds=log_odds,
        )

    def log_densities(self, moves: np.ndarray, happened: np.ndarray) -> np.ndarray:
        """Return the log densities of moves.

        Parameters
        ----------
        moves : array of shape (n, 2)
        happened : array of shape (n, 2)
            1 where the pen was lifted, and where the sequence ended; else 0.

        Returns
        -------
        array of shape (n,)
        """
        # The bivariate normal density, by standardised distances a and b from the mean.
        distances = (moves[:, None] - self.means) * np.exp(-self.log_deviations)
        a, b = distances[:, :, 0], distances[:, :, 1]
        r = self.correlations
        rest = 1 - r**2
        exponents = (a**2 + b**2 - 2 * r * a * b) / (2 * rest)
        log_norms = self.log_deviations.sum(axis=2) + np.log(rest) / 2 + np.log(2 * np.pi)
        log_density = logsumexp(self.log_shares - exponents - log_norms, axis=1)

        # What has not happened has the opposite odds.
        signs = np.where(happened > 0, 1, -1)
        return log_density + log_expit(signs * self.log_odds).sum(axis=1)

    def drawn(self, temperature: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw moves (n, 2), and whether the pen is lifted and the sequence ends (n, 2).

        Below temperature 1, likely components are chosen more often still, and deviations are
        smaller, by its root; at 0, all is as is likeliest.
        """
        n = len(self.log_shares)
        heights = rng.random((n, 3))
        chosen = _chosen(self.log_shares, temperature, heights[:, 0])
        rows = np.arange(n)
        r = self.correlations[rows, chosen]
        # Two normal numbers, the second correlated with the first.
        a, independent = rng.standard_normal((2, n))
        b = r * a + np.sqrt(1 - r**2) * independent
        deviations = np.sqrt(temperature) * np.exp(self.log_deviations[rows, chosen])
        moves = self.means[rows, chosen] + deviations * np.stack([a, b], axis=1)

        if temperature == 0:
            return moves, self.log_odds > 0
        return moves, heights[:, 1:] < expit(self.log_odds / temperature)


def columns(components: int) -> int:
    """Return how many numbers a network answers for each move."""
    return 6 * components + 2


def _places(n: int) -> list[int]:
    """Return where the blocks of n columns end, but for the last."""
    components = (n - 2) // 6
    return [components * number for number in range(1, 7)]


def _chosen(log_shares: np.ndarray, temperature: float, heights: np.ndarray) -> np.ndarray:
    """Choose a component of each row (n, components), by heights from 0 to below 1."""
    if temperature == 0:
        return log_shares.argmax(axis=1)
    below = log_shares - log_shares.max(axis=1, keepdims=True)
    with np.errstate(over="ignore"):  # at a temperature of almost 0
        cumulative = np.exp(below / temperature).cumsum(axis=1)
    return np.argmax(cumulative > heights[:, None] * cumulative[:, -1:], axis=1)
