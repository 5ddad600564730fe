"""The equations of the recurrent networks in NumPy: the path on which every fitted network
predicts.

The weights have Keras' layout, so that a trained network's weights go in unchanged. Sources: simple
RNN, Elman (1990), Cognitive Science 14(2); LSTM with forget gate, Gers, Schmidhuber & Cummins
(2000), Neural Computation 12(10); GRU, Cho et al. (2014), arXiv 1406.1078, in the form whose reset
gate acts after the product (as Keras computes it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit as sigmoid

_BLOCKS = {
    "lstm": 4,
    "gru": 3,
    "simple": 1,
}  # of columns in the weights: the gates and the candidate
INSIDE = {
    "lstm": ("input", "forget", "candidate", "output", "cell", "hidden"),
    "gru": ("update", "reset", "candidate", "hidden"),
    "simple": ("hidden",),
}  # what happens in a timestep: first what the columns of the weights stand for, in their order, then the states

Member = list[np.ndarray]  # the weights of one network, with the shapes of `Architecture.shapes`


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
        The number of steps answered at once.
    patch : int, default=1
        The number of timesteps that make one step of the recurrence; it divides `timesteps`.
    anchor : tuple of int, default=()
        Season lengths. Where there are any, windows are relative to their last timestep, and
        answers to the mean of the naive forecasts with these seasons; (1,) is the last value.
    known : tuple of int, default=()
        The channels that are known ahead, for each of the `outputs` steps.
    further : int, default=0
        The number of columns known for each of the `outputs` steps that windows do not hold, such
        as the hour.
    bidirectional : bool, default=False
        Whether each layer also reads the window backwards, with weights of its own.
    series, embedding : int, default=0
        How many series have a learned vector beside the encoder's state, and its length.
    quantiles : tuple of float, default=()
        The levels answered at each step, the median in their middle; none for one value.
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
    known: tuple[int, ...] = ()
    further: int = 0
    bidirectional: bool = False
    series: int = 0
    embedding: int = 0
    quantiles: tuple[float, ...] = ()
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
    def state(self) -> int:
        """The length of what the encoder hands to the decoder, without the series' vector."""
        return self.directions * self.units

    @property
    def ahead(self) -> int:
        """The number of columns that the decoder gets for each step, before they are anchored."""
        return len(self.known) + self.further

    @property
    def levels(self) -> int:
        """The number of values answered at each step."""
        return max(1, len(self.quantiles))

    @property
    def encoder(self) -> int:
        """The number of weights of the recurrent layers; those of the decoder come after them."""
        return 3 * self.layers * self.directions

    @property
    def room(self) -> int:
        """How many numbers `forward` holds for each window beside the window itself, about."""
        known = 3 * self.outputs * self.units if self.ahead else 0
        return (
            self.steps * self.state * (_BLOCKS[self.cell] + 2 + self.layers)
            + self.outputs * (2 + self.levels)
            + known
        )

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of a member's weights: kernel, recurrent kernel and bias of each layer, then the decoder."""
        gates, units = _BLOCKS[self.cell] * self.units, self.units
        bias = (2, gates) if self.cell == "gru" else (gates,)
        sizes = [self.patch * self.channels] + [self.state] * (self.layers - 1)
        layer = [
            ((size, gates), (units, gates), bias) for size in sizes for _ in range(self.directions)
        ]
        shapes: list[tuple[int, ...]] = [shape for three in layer for shape in three]
        state, outputs = self.state + self.embedding, self.outputs * self.levels
        shapes += [(state, outputs), (outputs,)]
        if self.ahead:
            shapes += [
                (state, units),
                (2 * len(self.known) + self.further, units),
                (units,),
                (units, self.levels),
            ]
        if self.embedding:
            shapes.append((self.series, self.embedding))
        return shapes

    @property
    def naive_rows(self) -> np.ndarray:
        """The timesteps whose values are the naive forecasts of each season, (seasons, outputs)."""
        ahead = np.arange(self.outputs)
        return np.array([self.timesteps - season + ahead % season for season in self.anchor])


def initial_weights(architecture: Architecture, rng: np.random.Generator) -> Member:
    """Draw a member's weights: Glorot's uniform kernels, orthogonal recurrences, forget gates open, equal series."""
    a, weights = architecture, []
    for i, shape in enumerate(a.shapes):
        recurrent = i < a.encoder
        if recurrent and i % 3 == 1:
            blocks = [
                np.linalg.qr(rng.standard_normal((shape[0],) * 2))[0]
                for _ in range(shape[1] // shape[0])
            ]
            weights.append(np.concatenate(blocks, axis=1))
        elif (
            len(shape) == 1
            or (recurrent and i % 3 == 2)
            or (a.embedding and i == len(a.shapes) - 1)
        ):
            bias = np.zeros(shape)
            if recurrent and a.cell == "lstm":
                bias[a.units : 2 * a.units] = 1.0
            weights.append(bias)
        else:
            bound = np.sqrt(6.0 / sum(shape))
            weights.append(rng.uniform(-bound, bound, shape))
    return [w.astype(np.float32) for w in weights]


def simple_step(x: np.ndarray, h: np.ndarray, U: np.ndarray) -> tuple[np.ndarray, ...]:
    """One timestep of the simple RNN, ``h' = tanh(x W + b + h U)`` with ``x W + b`` given as `x`; returns h' alone."""
    return (np.tanh(x + h @ U),)


def lstm_step(x: np.ndarray, h: np.ndarray, c: np.ndarray, U: np.ndarray) -> tuple[np.ndarray, ...]:
    """One timestep of the LSTM; returns its gates i, f, o, the candidate g, then cell and hidden state."""
    i, f, g, o = np.split(x + h @ U, 4, axis=-1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * c + i * g
    return i, f, g, o, c, o * np.tanh(c)


def gru_step(x: np.ndarray, h: np.ndarray, U: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
    """One timestep of the GRU; returns update gate z, reset gate r, candidate g and hidden state."""
    xz, xr, xg = np.split(x, 3, axis=-1)
    hz, hr, hg = np.split(h @ U + b, 3, axis=-1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    g = np.tanh(xg + r * hg)
    return z, r, g, z * h + (1 - z) * g


def layer(
    cell: str,
    x: np.ndarray,
    W: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
    names: Sequence[str] = ("hidden",),
) -> dict[str, np.ndarray]:
    """Run one layer over a batch of sequences (samples, steps, inputs).

    Returns what was asked for of `INSIDE`: gates, candidate and states by name, each (samples,
    steps, units).
    """
    projected = x @ W + (b[0] if cell == "gru" else b)  # (samples, steps, blocks * units)
    h = c = np.zeros((len(x), U.shape[0]), dtype=x.dtype)
    found = {name: np.empty((*x.shape[:2], U.shape[0]), dtype=x.dtype) for name in names}
    for t in range(x.shape[1]):
        if cell == "lstm":
            values = lstm_step(projected[:, t], h, c, U)
            c = values[-2]
        elif cell == "gru":
            values = gru_step(projected[:, t], h, U, b[1])
        else:
            values = simple_step(projected[:, t], h, U)
        h = values[-1]
        for name in names:
            found[name][:, t] = values[INSIDE[cell].index(name)]
    return found


def patches(architecture: Architecture, windows: np.ndarray) -> np.ndarray:
    """Turn windows (samples, timesteps, channels) into what the first layer reads, (samples, steps, inputs)."""
    x = windows - windows[:, -1:] if architecture.anchor else windows
    return x.reshape(len(x), architecture.steps, architecture.patch * architecture.channels)


def of_layer(
    architecture: Architecture, member: Member, i: int, d: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pick kernel, recurrent kernel and bias of a layer in one direction."""
    W, U, b = member[3 * (architecture.directions * i + d) :][:3]
    return W, U, b


def read(
    architecture: Architecture,
    member: Member,
    windows: np.ndarray,
    names: Sequence[str] = ("hidden",),
) -> list[list[dict[str, np.ndarray]]]:
    """Run the encoder; return what happens in each layer and direction, there in the order of reading."""
    a, found, x = architecture, [], patches(architecture, windows)
    for i in range(a.layers):
        ways = [
            layer(a.cell, x[:, :: 1 - 2 * d], *of_layer(a, member, i, d), names)
            for d in range(a.directions)
        ]
        x = joined(ways)
        found.append(ways)
    return found


def joined(ways: list[dict[str, np.ndarray]], name: str = "hidden") -> np.ndarray:
    """Put the directions of a layer beside one another, both in the order of time: (samples, steps, state)."""
    return np.concatenate([way[name][:, :: 1 - 2 * d] for d, way in enumerate(ways)], axis=2)


def naive(architecture: Architecture, windows: np.ndarray) -> np.ndarray:
    """Return what answers are relative to: the mean of the naive forecasts, (samples, outputs)."""
    if not architecture.anchor:
        return np.zeros((len(windows), architecture.outputs), dtype=windows.dtype)
    return windows[:, architecture.naive_rows, 0].mean(axis=1)


def anchored_ahead(
    architecture: Architecture, windows: np.ndarray, ahead: np.ndarray
) -> np.ndarray:
    """Put beside what is known for each step how far this is from the window's end."""
    known = len(architecture.known)
    return np.concatenate(
        [ahead, ahead[:, :, :known] - windows[:, -1:, list(architecture.known)]], axis=2
    )


def non_crossing(values: np.ndarray) -> np.ndarray:
    """Turn free numbers (…, levels) into ascending ones: the middle stays, the others add positive distances."""
    middle = values.shape[-1] // 2
    center = values[..., middle : middle + 1]
    apart = np.maximum(values, 0) + np.log1p(
        np.exp(-np.abs(values))
    )  # softplus; what is unknown stays NaN
    below = center - np.cumsum(apart[..., :middle][..., ::-1], axis=-1)[..., ::-1]
    return np.concatenate(
        [below, center, center + np.cumsum(apart[..., middle + 1 :], axis=-1)], axis=-1
    )


def forward(
    architecture: Architecture,
    members: list[Member],
    windows: np.ndarray,
    ahead: np.ndarray | None = None,
    series: np.ndarray | None = None,
) -> np.ndarray:
    """Run the networks over a batch of windows and average them.

    Parameters
    ----------
    architecture : Architecture
    members : list of lists of arrays
        Each with the shapes of ``architecture.shapes``.
    windows : array of shape (samples, timesteps, channels)
    ahead : array of shape (samples, outputs, known channels + further columns), optional
    series : array of shape (samples,), optional
        The number of each window's series, where these have vectors.

    Returns
    -------
    array of shape (samples, outputs, levels)
    """
    answers = [_answer(architecture, member, windows, ahead, series) for member in members]
    return sum(answers[1:], answers[0]) / len(members) + naive(architecture, windows)[:, :, None]


def _answer(
    a: Architecture, member: Member, windows: np.ndarray, ahead: Any, series: Any
) -> np.ndarray:
    """Answer with one member, relative to the anchor: (samples, outputs, levels)."""
    state = np.concatenate([way["hidden"][:, -1] for way in read(a, member, windows)[-1]], axis=1)
    if a.embedding:
        state = np.concatenate([state, member[-1][series]], axis=1)
    answer = decode(a, member, windows, state, ahead)
    return non_crossing(answer) if a.quantiles else answer


def decode(
    architecture: Architecture, member: Member, windows: np.ndarray, state: np.ndarray, ahead: Any
) -> np.ndarray:
    """Turn the encoder's state (and the series' vector) into free numbers (samples, outputs, levels)."""
    a = architecture
    W, b, *others = member[a.encoder :]
    answer = (state @ W + b).reshape(len(state), a.outputs, a.levels)
    if a.ahead:
        We, Wk, bk, Wo = others[:4]
        answer = (
            answer
            + np.tanh((state @ We)[:, None] + anchored_ahead(a, windows, ahead) @ Wk + bk) @ Wo
        )
    return answer
