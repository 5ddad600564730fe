"""The architecture of a recurrent network: its sizes, its weights' names, and how they begin.

Weights are addressed by name, in an order that is fixed here and is that of Keras' layers: of each
recurrent layer ``lstm_0_kernel``, ``lstm_0_recurrent_kernel`` and ``lstm_0_bias`` (with
``lstm_0_backward_…`` for the direction that reads from the end), then the weights of the head, then
``series_vectors``. The arrays have Keras' layout, so that a trained network's weights go in
unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from forecast.recurrent.heads import LinearHead, QuantileHead

Weights = dict[
    str, np.ndarray
]  # of one network, with the names and shapes of `Architecture.shapes`

GATE_BLOCKS = {"lstm": 4, "gru": 3, "simple": 1}  # blocks of columns in a kernel: gates, candidate
STATES = {"lstm": 2, "gru": 1, "simple": 1}  # of a layer: the hidden one, and the cell state


class Layered(Protocol):
    """What any network of recurrent layers says of itself."""

    @property
    def cell(self) -> str:
        """One of the keys of `GATE_BLOCKS`."""

    @property
    def units(self) -> int:
        """The size of each layer."""

    @property
    def layers(self) -> int:
        """How many stand on one another."""

    @property
    def directions(self) -> int:
        """In how many directions each reads."""

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights by name, in their order."""


@dataclass(frozen=True)
class Stack:
    """Layers that read one timestep after the other: the base of networks that write.

    A subclass gives `shapes`.

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    units, layers : int
        The size of each layer, and how many stand on one another.
    """

    cell: str
    units: int
    layers: int

    @property
    def directions(self) -> int:
        """In how many directions a sequence is read: what is still to be written cannot be."""
        return 1

    @property
    def states(self) -> int:
        """The number of states of a layer: an LSTM has its cell state beside the hidden one."""
        return STATES[self.cell]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the weights by name, in their order."""
        raise NotImplementedError

    def initial_weights(self, rng: np.random.Generator) -> Weights:
        """Draw the weights that a network begins with."""
        return initial_weights(self, rng)

    def states_of(self, states: tuple[Any, ...], number: int) -> tuple[Any, ...]:
        """Return those of one layer among the states of all."""
        return states[number * self.states : (number + 1) * self.states]


@dataclass(frozen=True)
class Architecture:
    """The shape of a network: what is needed to build it, and to run its weights.

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    units, layers : int
        The size of each recurrent layer, and how many stand on one another.
    timesteps, channels : int
        The shape of a window. Channel 0 is the target where the network is anchored.
    outputs : int
        The number of steps answered at once; where each timestep is answered, at each of them.
    patch : int, default=1
        The number of timesteps that make one step of the recurrence; it divides `timesteps`.
    anchor : tuple of int, default=()
        Season lengths. Where there are any, windows are relative to their last timestep, and
        answers to the mean of the naive forecasts with these seasons; (1,) is the last value.
    known_channels : tuple of int, default=()
        The channels that are known ahead, for each of the `outputs` steps.
    calendar_columns : int, default=0
        The number of columns known for each of the `outputs` steps that windows do not hold, such
        as the hour.
    bidirectional : bool, default=False
        Whether each layer also reads the window backwards, with weights of its own.
    series, embedding : int, default=0
        How many series have a learned vector beside the encoder's state, and its length.
    quantiles : tuple of float, default=()
        The levels answered at each step, the median in their middle; none for one value.
    aligned : bool, default=False
        Whether each step of the recurrence is answered, from the state that it leaves, and not only
        the last one.
    members : int, default=1
        How many such networks, with weights of their own, are averaged.
    """

    cell: str
    units: int
    layers: int
    timesteps: int
    channels: int
    outputs: int
    patch: int = 1
    anchor: tuple[int, ...] = ()
    known_channels: tuple[int, ...] = ()
    calendar_columns: int = 0
    bidirectional: bool = False
    series: int = 0
    embedding: int = 0
    quantiles: tuple[float, ...] = ()
    aligned: bool = False
    members: int = 1

    @property
    def steps(self) -> int:
        """The number of steps of the recurrence."""
        return self.timesteps // self.patch

    @property
    def directions(self) -> int:
        """In how many directions a window is read."""
        return 2 if self.bidirectional else 1

    @property
    def state_size(self) -> int:
        """The length of what the encoder hands to the head, without the series' vector."""
        return self.directions * self.units

    @property
    def columns_ahead(self) -> int:
        """The number of columns that are known for each step ahead."""
        return len(self.known_channels) + self.calendar_columns

    @property
    def anchored_columns_ahead(self) -> int:
        """The same with the distances from the window's end beside them: what the head reads."""
        return self.columns_ahead + len(self.known_channels)

    @property
    def answers(self) -> int:
        """The number of values that a window is answered with, at each level."""
        return self.outputs * self.steps if self.aligned else self.outputs

    @property
    def levels(self) -> int:
        """The number of values answered at each step."""
        return max(1, len(self.quantiles))

    @property
    def head(self) -> LinearHead:
        """What turns the encoder's state into the answer."""
        kind = QuantileHead if self.quantiles else LinearHead
        return kind(
            state_size=self.state_size + self.embedding,
            outputs=self.outputs,
            levels=self.levels,
            columns_ahead=self.anchored_columns_ahead,
            hidden_units=self.units,
        )

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of a network's weights by name, in their order."""
        # The encoder, the head, the series: initial weights are drawn in this order.
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in range(self.layers):
            inputs = self.state_size if layer else self.patch * self.channels
            for direction in range(self.directions):
                shapes |= layer_shapes(self, inputs, layer, direction)
        shapes |= self.head.shapes
        if self.embedding:
            shapes["series_vectors"] = (self.series, self.embedding)
        return shapes

    @property
    def numbers_held(self) -> int:
        """How many numbers `forward` holds for each window beside the window itself, about."""
        blocks = GATE_BLOCKS[self.cell]
        # Of each step: the gates, the states, and what each layer hands on.
        encoder = self.steps * self.state_size * (blocks + 2 + self.layers)
        answer = self.answers * (2 + self.levels)
        hidden = 3 * self.outputs * self.units if self.columns_ahead else 0
        return encoder + answer + hidden


def layer_shapes(
    architecture: Layered, inputs: int, layer: int, direction: int = 0
) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a recurrent layer's weights in one direction, by name."""
    a = architecture
    columns = GATE_BLOCKS[a.cell] * a.units
    prefix = layer_prefix(a, layer, direction)
    return {
        f"{prefix}_kernel": (inputs, columns),
        f"{prefix}_recurrent_kernel": (a.units, columns),
        # Keras' GRU has a bias for the inputs and another for the hidden state.
        f"{prefix}_bias": (2, columns) if a.cell == "gru" else (columns,),
    }


def layer_prefix(architecture: Layered, layer: int, direction: int) -> str:
    """Return how the names of a layer's weights begin; direction 1 reads backwards."""
    return f"{architecture.cell}_{layer}" + ("_backward" if direction else "")


def layer_weights(
    architecture: Layered, weights: Weights, layer: int, direction: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return kernel W, recurrent kernel U and bias b of a recurrent layer in one direction."""
    prefix = layer_prefix(architecture, layer, direction)
    kernel = weights[f"{prefix}_kernel"]
    recurrent_kernel = weights[f"{prefix}_recurrent_kernel"]
    bias = weights[f"{prefix}_bias"]
    return kernel, recurrent_kernel, bias


def in_double(weights: Weights) -> Weights:
    """Return weights in double precision: in single, an answer would depend on those beside it."""
    return {name: values.astype(np.float64) for name, values in weights.items()}


def initial_weights(architecture: Layered, rng: np.random.Generator) -> Weights:
    """Draw a network's weights.

    Kernels are drawn uniformly as Glorot & Bengio (2010) have it, recurrent kernels are orthogonal
    (Saxe et al. 2014), biases are 0, and all series begin alike. The forget gates of an LSTM begin
    open, with a bias of 1 (Gers et al. 2000).
    """
    weights = {}
    for name, shape in architecture.shapes.items():
        # What a weight does can be told from its name.
        if name.endswith("recurrent_kernel"):
            values = _orthogonal_blocks(shape, rng)
        elif name.endswith("kernel"):
            values = _glorot_uniform(shape, rng)
        else:
            values = np.zeros(shape)
        weights[name] = values.astype(np.float32)
    if architecture.cell == "lstm":
        _open_forget_gates(architecture, weights)
    return weights


def _orthogonal_blocks(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Draw an orthogonal matrix for each block of columns: the state keeps its length."""
    units, columns = shape
    blocks = []
    for _ in range(columns // units):
        # The Q of a random matrix.
        orthogonal, _ = np.linalg.qr(rng.standard_normal((units, units)))
        blocks.append(orthogonal)
    return np.concatenate(blocks, axis=1)


def _glorot_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Draw a kernel whose variance keeps that of what flows forward and backward."""
    bound = np.sqrt(6.0 / sum(shape))
    return rng.uniform(-bound, bound, shape)


def _open_forget_gates(architecture: Layered, weights: Weights) -> None:
    """Set the forget gates' biases, the second block of each recurrent layer's, to 1."""
    units = architecture.units
    for layer in range(architecture.layers):
        for direction in range(architecture.directions):
            _, _, bias = layer_weights(architecture, weights, layer, direction)
            bias[units : 2 * units] = 1.0
