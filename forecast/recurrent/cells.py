"""The equations of the recurrent networks in NumPy: the path on which every fitted network predicts.

The weights have Keras' layout, so that a trained network's weights go in unchanged. Sources: simple RNN, Elman
(1990), Cognitive Science 14(2); LSTM with forget gate, Gers, Schmidhuber & Cummins (2000), Neural Computation 12(10);
GRU, Cho et al. (2014), arXiv 1406.1078, in the form whose reset gate acts after the product (as Keras computes it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit as sigmoid

_GATES = {"lstm": 4, "gru": 3, "simple": 1}


@dataclass(frozen=True)
class Architecture:
    """The shape of a network: what is needed to build it, and to run its weights.

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    units, layers : int
        The size of each recurrent layer, and how many stand on one another.
    timesteps, channels : int
        The shape of a window.
    outputs : int
        The number of values answered at once.
    patch : int, default=1
        The number of timesteps that make one step of the recurrence; it divides `timesteps`.
    anchored : bool, default=False
        Whether windows and targets are relative to the last timestep, target to channel 0.
    known : tuple of int, default=()
        The channels that are known ahead, for each of the `outputs` steps.
    """

    cell: str
    units: int
    layers: int
    timesteps: int
    channels: int
    outputs: int
    patch: int = 1
    anchored: bool = False
    known: tuple[int, ...] = ()

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the weights: kernel, recurrent kernel and bias of each layer, then the decoder."""
        gates, units = _GATES[self.cell] * self.units, self.units
        bias = (2, gates) if self.cell == "gru" else (gates,)
        sizes = [self.patch * self.channels] + [units] * (self.layers - 1)
        shapes: list[tuple[int, ...]] = [s for size in sizes for s in ((size, gates), (units, gates), bias)]
        shapes += [(units, self.outputs), (self.outputs,)]
        if self.known:
            shapes += [(units, units), (2 * len(self.known), units), (units,), (units, 1)]
        return shapes


def initial_weights(architecture: Architecture, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw the weights to begin with: Glorot's uniform kernels, orthogonal recurrences, forget gates open."""
    weights = []
    for i, shape in enumerate(architecture.shapes):
        recurrent = i < 3 * architecture.layers
        if recurrent and i % 3 == 1:
            blocks = [np.linalg.qr(rng.standard_normal((shape[0],) * 2))[0] for _ in range(shape[1] // shape[0])]
            weights.append(np.concatenate(blocks, axis=1))
        elif len(shape) == 1 or (recurrent and i % 3 == 2):
            bias = np.zeros(shape)
            if recurrent and architecture.cell == "lstm":
                bias[architecture.units : 2 * architecture.units] = 1.0
            weights.append(bias)
        else:
            bound = np.sqrt(6.0 / sum(shape))
            weights.append(rng.uniform(-bound, bound, shape))
    return [w.astype(np.float32) for w in weights]


def simple_step(x: np.ndarray, h: np.ndarray, U: np.ndarray) -> np.ndarray:
    """One timestep of the simple RNN: ``h' = tanh(x W + b + h U)``, with ``x W + b`` given as `x`."""
    return np.tanh(x + h @ U)


def lstm_step(x: np.ndarray, h: np.ndarray, c: np.ndarray, U: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One timestep of the LSTM: input, forget and output gate around the cell state; returns hidden and cell state."""
    i, f, g, o = np.split(x + h @ U, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x: np.ndarray, h: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One timestep of the GRU: update gate z, reset gate r, candidate."""
    xz, xr, xg = np.split(x, 3, axis=-1)
    hz, hr, hg = np.split(h @ U + b, 3, axis=-1)
    z = sigmoid(xz + hz)
    return z * h + (1 - z) * np.tanh(xg + sigmoid(xr + hr) * hg)


def layer(cell: str, x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Run one layer over a batch of sequences: (samples, steps, inputs) to (samples, steps, units)."""
    projected = x @ W + (b[0] if cell == "gru" else b)  # (samples, steps, gates * units)
    h = c = np.zeros((len(x), U.shape[0]), dtype=x.dtype)
    states = np.empty((*x.shape[:2], U.shape[0]), dtype=x.dtype)
    for t in range(x.shape[1]):
        if cell == "lstm":
            h, c = lstm_step(projected[:, t], h, c, U)
        elif cell == "gru":
            h = gru_step(projected[:, t], h, U, b[1])
        else:
            h = simple_step(projected[:, t], h, U)
        states[:, t] = h
    return states


def forward(
    architecture: Architecture,
    weights: list[np.ndarray],
    windows: np.ndarray,
    known: np.ndarray | None = None,
) -> np.ndarray:
    """Run a network over a batch of windows.

    Parameters
    ----------
    architecture : Architecture
    weights : list of arrays
        With the shapes of ``architecture.shapes``.
    windows : array of shape (samples, timesteps, channels)
    known : array of shape (samples, outputs, known channels), optional

    Returns
    -------
    array of shape (samples, outputs)
    """
    a, last = architecture, windows[:, -1:]  # (samples, 1, channels)
    x = windows - last if a.anchored else windows
    x = x.reshape(len(x), a.timesteps // a.patch, a.patch * a.channels)
    for i in range(a.layers):
        x = layer(a.cell, x, *weights[3 * i : 3 * i + 3])
    W, b, *decoder = weights[3 * a.layers :]
    outputs = x[:, -1] @ W + b
    if known is not None:
        We, Wk, bk, Wo = decoder
        ahead = np.concatenate([known, known - last[:, :, list(a.known)]], axis=2)
        outputs = outputs + (np.tanh((x[:, -1] @ We)[:, None] + ahead @ Wk + bk) @ Wo)[:, :, 0]
    return outputs + last[:, :, 0] if a.anchored else outputs
