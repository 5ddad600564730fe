"""Random recurrent features: what leaky units with random weights remember of a sequence.

Nothing is learned but means, deviations and quantiles. Blocks of units read each sequence,
alternately forwards and backwards [1]_::

    h[t] = h[t-1] + leak * (tanh(x[t] V + b + h[t-1] W) - h[t-1])

The leak of a unit says how fast it forgets, the scale of its inputs how strongly it saturates; both
are drawn log-uniformly, so that some units of each kind are there. W is scaled to a spectral radius
of 1, at the edge of forgetting.

References
----------
.. [1] Jaeger & Haas (2004), Science 304(5667), 78-80.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from forecast.sequences.intake import Sequences
from forecast.sequences.vocabulary import PAD, UNKNOWN
from forecast.tables.standardising import mean_and_deviation, without_rounding

_BLOCKS = 4
_MOST_UNITS = 256  # of a block
_LEAST_UNITS = 64
_MANY_SAMPLES = 2048  # beyond, the least units: the ridge takes the cube of samples or of features
_WORK = 6e10  # products of states and weights, about: a few seconds
_LEAKS = (0.05, 1.0)
_SCALES = (0.3, 3.0)
_BIAS = 0.5
_LEVELS = (0.25, 0.5, 0.75)  # the quantiles of each unit's states
_SOFTNESS = 0.1  # the width of the step at a level, in deviations
_LEAST_WIDTH = 1e-3  # states lie between -1 and 1
_MEASURED = 32, 256  # sequences and timesteps whose states make the quantiles, at most


@dataclass(frozen=True)
class UnitInputs:
    """What units read at a timestep: numbers and their differences, or a token and the one before.

    Parameters
    ----------
    mean, scale : arrays of shape (features,), (2 * features,)
        What numbers are centred by, and what numbers and their differences are divided by.
    vocabulary : int
        How many tokens there are; 0 where sequences hold numbers.
    """

    mean: np.ndarray
    scale: np.ndarray
    vocabulary: int

    @classmethod
    def learn(cls, sequences: Sequences, vocabulary: int) -> UnitInputs:
        """Measure sequences of numbers; tokens have no measure."""
        if vocabulary:
            return cls(np.empty(0), np.empty(0), vocabulary)
        live = sequences.live()
        mean, deviation = mean_and_deviation(sequences.values[live])
        deviation = without_rounding(deviation, mean)
        # A difference is a slope, up or down: it is not centred.
        slopes = _differences(sequences.values)[live]
        size = np.sqrt(np.mean(slopes**2, axis=0))
        return cls(mean, np.concatenate([deviation, np.where(deviation > 0, size, 0.0)]), 0)

    @property
    def channels(self) -> int:
        """The rows of a kernel: a token has one where it stands, and one behind itself."""
        return 2 * self.vocabulary or len(self.scale)

    def scaled(self, kernel: np.ndarray) -> np.ndarray:
        """Return a kernel that makes of what is read at once a sum of the size of one row."""
        if not self.vocabulary:
            return kernel / np.float32(np.sqrt(self.channels))
        kernel = kernel / np.float32(np.sqrt(2))
        # Padding and unknown tokens say nothing.
        silent = np.array([PAD, UNKNOWN])
        kernel[silent] = 0
        kernel[self.vocabulary + silent] = 0
        return kernel

    def read(self, sequences: Sequences, kind: type) -> np.ndarray:
        """Return the drive of `UnitBlock.steps` (samples, timesteps, channels)."""
        values = sequences.values
        if self.vocabulary:
            before = np.roll(values, 1, axis=1)
            before[:, 0] = PAD
            return np.stack([values, self.vocabulary + before], axis=2)
        both = np.concatenate([values - self.mean, _differences(values)], axis=2)
        # What was constant in training says nothing.
        both /= np.where(self.scale > 0, self.scale, np.inf)
        return both.astype(kind)


@dataclass(frozen=True)
class UnitBlock:
    """Leaky units with random weights, which read in one direction.

    Parameters
    ----------
    kernel : array of shape (channels, units)
        V, a row for each channel or token.
    recurrent : array of shape (units, units)
        W.
    bias, leak : arrays of shape (units,)
    backwards : bool
    """

    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray
    leak: np.ndarray
    backwards: bool

    @classmethod
    def draw(
        cls, rng: np.random.Generator, channels: int, units: int, backwards: bool
    ) -> UnitBlock:
        """Draw the weights for so many channels."""
        # The eigenvalues of independent normal weights fill a circle of this radius (Girko's law).
        recurrent = rng.standard_normal((units, units)) / np.sqrt(units)
        scale = _log_uniform(rng, _SCALES, units)
        kernel = rng.standard_normal((channels, units)) * scale
        return cls(
            kernel=kernel.astype(np.float32),
            recurrent=recurrent.astype(np.float32),
            bias=rng.uniform(-_BIAS, _BIAS, units).astype(np.float32),
            leak=_log_uniform(rng, _LEAKS, units).astype(np.float32),
            backwards=backwards,
        )

    def steps(self, drive: np.ndarray, lengths: np.ndarray, kind: type) -> Iterator[np.ndarray]:
        """Yield the states after each timestep of the sequences that are as long.

        Parameters
        ----------
        drive : array of shape (samples, timesteps, channels), or of whole numbers
            Of whole numbers, each is the row of the kernel whose channel is 1.
        lengths : array of shape (samples,)
            From the longest to the shortest.
        kind : type of number

        Yields
        ------
        array of shape (samples that are not at their end, units)
            Overwritten by the next one.
        """
        kernel: np.ndarray = self.kernel.astype(kind)
        recurrent: np.ndarray = self.recurrent.astype(kind)
        bias: np.ndarray = self.bias.astype(kind)
        leak: np.ndarray = self.leak.astype(kind)
        state: np.ndarray = np.zeros((len(lengths), len(bias)), kind)
        for step in range(lengths[0]):
            n = np.searchsorted(-lengths, -step)  # sequences longer than this
            place = lengths[:n] - 1 - step if self.backwards else step
            now = drive[np.arange(n), place]
            change = state[:n] @ recurrent
            change += kernel[now].sum(axis=1) if now.dtype.kind == "i" else now @ kernel
            change += bias
            np.tanh(change, out=change)
            change -= state[:n]
            change *= leak
            state[:n] += change
            yield state[:n]


@dataclass(frozen=True)
class Reservoir:
    """Blocks of random units, and what was learned of their states without labels.

    Parameters
    ----------
    inputs : UnitInputs
    blocks : tuple of UnitBlock
    levels : array of shape (blocks, levels, units)
        The quantiles of each unit's states.
    widths : array of shape (blocks, units)
        How wide the step at a level is.
    """

    inputs: UnitInputs
    blocks: tuple[UnitBlock, ...]
    levels: np.ndarray
    widths: np.ndarray

    @classmethod
    def learn(cls, sequences: Sequences, vocabulary: int, seed: int) -> Reservoir:
        """Draw units for such sequences, of so many tokens or (0) of numbers, and measure them."""
        inputs = UnitInputs.learn(sequences, vocabulary)
        units = _units_for(sequences)
        some = _some(sequences)
        drive = inputs.read(some, np.float32)
        blocks = []
        measured = []
        for number in range(_BLOCKS):
            rng = np.random.default_rng([seed, number])
            block = UnitBlock.draw(rng, inputs.channels, units, backwards=number % 2 == 1)
            block = replace(block, kernel=inputs.scaled(block.kernel))
            blocks.append(block)
            measured.append(_quantiles(block, drive, some.lengths))
        levels, widths = (np.stack(numbers) for numbers in zip(*measured, strict=True))
        return cls(inputs, tuple(blocks), levels, widths)

    def pooled(self, sequences: Sequences, kind: type = np.float64) -> np.ndarray:
        """Return what the states of each sequence come to: (samples, features).

        Of each unit the last state, mean, deviation, maximum, minimum, and the share of time above
        each level. In single precision the features of a sequence would depend on those beside it.
        """
        order = _longest_first(sequences)
        sequences = sequences.keep(order)
        drive = self.inputs.read(sequences, kind)
        columns = []
        for block, levels, width in zip(self.blocks, self.levels, self.widths, strict=True):
            steps = block.steps(drive, sequences.lengths, kind)
            columns += _statistics(
                steps, sequences.lengths, levels.astype(kind), width.astype(kind)
            )
        features: np.ndarray = np.empty((len(order), len(columns) * len(self.widths[0])), kind)
        features[order] = np.concatenate(columns, axis=1)
        return features

    def at_timesteps(self, sequences: Sequences, kind: type = np.float64) -> np.ndarray:
        """Return the states at each timestep within a sequence: (sum of lengths, features).

        Those of both directions, so that a timestep knows what comes after it too.
        """
        order = _longest_first(sequences)
        sorted_ones = sequences.keep(order)
        lengths = sorted_ones.lengths
        drive = self.inputs.read(sorted_ones, kind)
        samples, longest = drive.shape[:2]
        units = len(self.widths[0])
        states: np.ndarray = np.zeros((samples, longest, len(self.blocks), units), kind)
        for number, block in enumerate(self.blocks):
            for step, state in enumerate(block.steps(drive, lengths, kind)):
                n = len(state)
                place = lengths[:n] - 1 - step if block.backwards else step
                states[order[:n], place, number] = state
        return states[sequences.live()].reshape(-1, len(self.blocks) * units)


def _units_for(sequences: Sequences) -> int:
    """Return the size of a block: smaller where samples or timesteps are many."""
    samples = len(sequences)
    timesteps = sequences.lengths.sum()
    units = _MOST_UNITS
    while units > _LEAST_UNITS and (
        samples > _MANY_SAMPLES or _BLOCKS * timesteps * units**2 > _WORK
    ):
        units //= 2
    return units


def _longest_first(sequences: Sequences) -> np.ndarray:
    """Return the places of the sequences from the longest to the shortest."""
    return np.argsort(-sequences.lengths, kind="stable")


def _some(sequences: Sequences) -> Sequences:
    """Return a few sequences at random, always the same ones, from the longest to the shortest."""
    chosen = np.random.default_rng(0).permutation(len(sequences))[: _MEASURED[0]]
    some = sequences.keep(chosen)
    return some.keep(_longest_first(some))


def _log_uniform(rng: np.random.Generator, ends: tuple[float, float], n: int) -> np.ndarray:
    """Draw numbers whose logarithms are uniform."""
    low, high = np.log(ends)
    return np.exp(rng.uniform(low, high, n))


def _differences(values: np.ndarray) -> np.ndarray:
    """Return each timestep less the one before it; 0 at the first."""
    return np.diff(values, axis=1, prepend=values[:, :1])


def _quantiles(
    block: UnitBlock, drive: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the levels (levels, units) of a block's states, and the width of a step at them."""
    chosen = set(np.random.default_rng(0).permutation(lengths[0])[: _MEASURED[1]].tolist())
    steps = enumerate(block.steps(drive, lengths, np.float32))
    rows = np.concatenate([state.copy() for step, state in steps if step in chosen])
    levels = np.quantile(rows, _LEVELS, axis=0)
    return levels, np.maximum(_SOFTNESS * rows.std(axis=0), _LEAST_WIDTH)


def _statistics(
    steps: Iterator[np.ndarray], lengths: np.ndarray, levels: np.ndarray, width: np.ndarray
) -> list[np.ndarray]:
    """Return what states come to over time, (samples, units) each."""
    shape = (len(lengths), len(width))
    last, total, squares = (np.zeros(shape, width.dtype) for _ in range(3))
    highest = np.full(shape, -np.inf, width.dtype)
    lowest = np.full(shape, np.inf, width.dtype)
    above = np.zeros((len(levels), *shape), width.dtype)
    # Squares of differences from the median: those of the states would lose small ones.
    middle = levels[len(levels) // 2]
    starts = levels - width / 2
    for state in steps:
        n = len(state)
        last[:n] = state
        centred = state - middle
        total[:n] += centred
        squares[:n] += centred * centred
        np.maximum(highest[:n], state, out=highest[:n])
        np.minimum(lowest[:n], state, out=lowest[:n])
        for share, start in zip(above, starts, strict=True):
            # A sharp step would make of the rounding of a state at the level a whole timestep.
            share[:n] += _risen(state, start, width)
    mean = total / lengths[:, None]
    deviation = np.sqrt(np.maximum(squares / lengths[:, None] - mean**2, 0))
    return [last, mean + middle, deviation, highest, lowest, *(above / lengths[:, None])]


def _risen(state: np.ndarray, start: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Return a step that rises from 0 to 1 over a width."""
    risen = state - start
    risen /= width
    np.maximum(risen, 0, out=risen)
    np.minimum(risen, 1, out=risen)
    return risen
