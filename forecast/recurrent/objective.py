"""What is learned: the weights of a network, and the loss of each sample by them.

The engine (`trainer`, `training`) knows nothing of windows, labels or tokens. Whatever a recurrent
network is used for is an objective: a frozen dataclass, by which what was compiled is found again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.recurrent.architecture import Weights


@dataclass(frozen=True)
class Objective:
    """The base of all objectives; a subclass gives `shapes`, `initial_weights` and `losses`."""

    @property
    def members(self) -> int:
        """How many networks, with weights of their own, learn at once from the same batches."""
        return 1

    @property
    def steps(self) -> int:
        """The number of timesteps of a sample, about: how much work a batch is."""
        return 1

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of a network's weights by name, in their order."""
        raise NotImplementedError

    def initial_weights(self, rng: np.random.Generator) -> Weights:
        """Draw the weights that a network begins with."""
        raise NotImplementedError

    def state(self, samples: int) -> tuple[Any, ...]:
        """Return what a network carries from batch to batch, as it is before the first one.

        Only batches that follow one another in time have anything to carry.
        """
        del samples
        return ()

    def losses(
        self, weights: dict[str, Any], parts: list[Any], state: tuple[Any, ...], draws: Any
    ) -> tuple[Any, tuple[Any, ...]]:
        """Return the loss of each sample of a batch, and the state after it.

        Parameters
        ----------
        weights : dict of tensors
            With the names and shapes of `shapes`.
        parts : list of tensors of shape (samples, length, columns)
            What was gathered of each table for each sample.
        state : tuple of tensors
            As `state` returns it.
        draws : Draws
            What is left to chance in this batch: ``draws.mask(shape, rate)``.

        Returns
        -------
        losses : tensor of shape (samples,)
        state : tuple of tensors
        """
        raise NotImplementedError


@dataclass(frozen=True)
class NetworkObjective(Objective):
    """An objective of one network that knows its weights; a subclass gives `losses`.

    Parameters
    ----------
    network : object with `shapes` and `initial_weights`
    length : int
        The number of steps of a sample, about.
    """

    network: Any
    length: int

    @property
    def steps(self) -> int:
        """The number of steps of the recurrence."""
        return self.length

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights by name."""
        return dict(self.network.shapes)

    def initial_weights(self, rng: np.random.Generator) -> Weights:
        """Draw the weights that a network begins with."""
        return dict(self.network.initial_weights(rng))
