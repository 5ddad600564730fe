"""A recurrent network that writes: the next move of a pen after all moves before.

At each timestep it reads the last move, whether the pen was up, where the pen stands (which it
could add up itself, but never learns to), and what is known beforehand, such as the letter. All
layers read these beside the layer below.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from forecast.recurrent.architecture import (
    Stack,
    Weights,
    in_double,
    layer_shapes,
    layer_weights,
)
from forecast.recurrent.cells import States, cell_step, project
from forecast.sequences.mixture import Mixture, columns

READ = 5  # numbers read of a timestep: the move, pen up, the pen's position


@dataclass(frozen=True)
class PenNetwork(Stack):
    """The sizes of a network that writes.

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    units, layers : int
    components : int
        Of the mixture.
    features : int
        The number of columns of the condition; 0 for none.
    """

    components: int
    features: int = 0

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights by name, in their order."""
        shapes: dict[str, tuple[int, ...]] = {}
        for number in range(self.layers):
            inputs = READ + self.features + (self.units if number else 0)
            shapes |= layer_shapes(self, inputs, number)
        answers = columns(self.components)
        shapes["head_kernel"] = (self.units, answers)
        shapes["head_bias"] = (answers,)
        return shapes

    def start(self, n: int) -> States:
        """Return the states of n sequences before their first move."""
        return tuple(np.zeros((n, self.units)) for _ in range(self.states * self.layers))

    def advance(self, weights: Weights, states: States, read: np.ndarray) -> States:
        """Read one timestep (sequences, READ + features) of each sequence."""
        after: list[np.ndarray] = []
        inputs = read
        for number in range(self.layers):
            kernel, recurrent_kernel, bias = layer_weights(self, weights, number)
            if number:
                inputs = np.hstack([after[-self.states], read])
            projected = project(self.cell, inputs, kernel, bias)
            own = self.states_of(states, number)
            after += cell_step(self.cell, projected, own, recurrent_kernel, bias)
        return tuple(after)

    def answer(self, weights: Weights, states: States) -> Mixture:
        """Return the distributions of the next moves."""
        return Mixture.of(states[-self.states] @ weights["head_kernel"] + weights["head_bias"])


@dataclass(frozen=True, eq=False)
class PenModel:
    """A network that writes, and the units in which it measures.

    Parameters
    ----------
    network : PenNetwork
    weights : dict of arrays
    scale : array of shape (2,)
        The deviation of the offsets in both directions.
    reach : array of shape (2,)
        That of the pen's positions.
    """

    network: PenNetwork
    weights: Weights
    scale: np.ndarray
    reach: np.ndarray

    @cached_property
    def _double(self) -> Weights:
        return in_double(self.weights)

    def log_densities(
        self, points: np.ndarray, lengths: np.ndarray, condition: np.ndarray
    ) -> np.ndarray:
        """Return the log density of each point after those before it in its sequence.

        Parameters
        ----------
        points : array of shape (sum of lengths, 3)
        lengths : array of shape (sequences,)
        condition : array of shape (sequences, features)

        Returns
        -------
        array of shape (sum of lengths,)
            In nats, for offsets in the unit in which they are given.
        """
        read = reading(points, lengths, self.scale, self.reach)
        starts = np.cumsum(lengths) - lengths
        states = self.network.start(len(lengths))
        answer = np.empty(len(points))
        for step in range(lengths.max()):
            # Sequences that have ended read their last point again, for nothing.
            places = starts + np.minimum(step, lengths - 1)
            states = self.network.advance(
                self._double, states, np.hstack([read[places], condition])
            )
            going = step < lengths
            ended = step == lengths - 1
            happened = np.stack([points[places, 2], ended], axis=1)
            mixture = self.network.answer(self._double, states)
            told = mixture.log_densities(points[places, :2] / self.scale, happened)
            answer[places[going]] = told[going]
        return answer - np.log(self.scale).sum()

    def sample(
        self,
        prefix: np.ndarray,
        condition: np.ndarray,
        temperature: float,
        longest: int,
        rng: np.random.Generator,
    ) -> list[np.ndarray]:
        """Draw sequences.

        Parameters
        ----------
        prefix : array of shape (points, 3)
            What each begins with.
        condition : array of shape (sequences, features)
        temperature : float
        longest : int
            How many points are drawn at most.
        rng : Generator

        Returns
        -------
        list of arrays of shape (points, 3)
            With their prefix.
        """
        n = len(condition)
        written = [np.tile(point, (n, 1)) for point in prefix]  # of each step, (n, 3)
        lengths = np.full(n, len(prefix) + longest)
        states = self.network.start(n)
        last = np.zeros((n, 3))
        position = np.zeros((n, 2))
        for step in range(len(prefix) + longest):
            read = np.hstack([self._read(last, position), condition])
            states = self.network.advance(self._double, states, read)
            if step == len(written):
                mixture = self.network.answer(self._double, states)
                points, ended = self._drawn(mixture, temperature, rng)
                written.append(points)
                lengths[ended] = np.minimum(lengths[ended], step + 1)
            last = written[step]
            position = position + last[:, :2]
            if (lengths <= step + 1).all():
                break
        rows = np.stack(written, axis=1)
        return [row[:length] for row, length in zip(rows, lengths, strict=True)]

    def _drawn(
        self, mixture: Mixture, temperature: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw points (n, 3), and whether each is the last of its sequence (n,)."""
        moves, happened = mixture.drawn(temperature, rng)
        return np.hstack([moves * self.scale, happened[:, :1]]), happened[:, 1]

    def _read(self, last: np.ndarray, position: np.ndarray) -> np.ndarray:
        """Return what the network reads of the last points and of the pen's positions."""
        return np.hstack([last[:, :2] / self.scale, last[:, 2:], position / self.reach])


def reading(
    points: np.ndarray, lengths: np.ndarray, scale: np.ndarray, reach: np.ndarray
) -> np.ndarray:
    """Return what a network reads before each point of whole sequences, (points, READ).

    The point before it and where the pen stands; zeros before the first of a sequence.
    """
    starts = np.cumsum(lengths) - lengths
    before = np.roll(points, 1, axis=0)
    before[starts] = 0
    position = positions(points, lengths) - points[:, :2]
    return np.hstack([before[:, :2] / scale, before[:, 2:], position / reach])


def positions(points: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return where the pen stands at each point, (points, 2); each sequence begins at 0."""
    total = np.cumsum(points[:, :2], axis=0)
    firsts = np.cumsum(lengths) - lengths
    origin = total[firsts] - points[firsts, :2]
    return total - np.repeat(origin, lengths, axis=0)
