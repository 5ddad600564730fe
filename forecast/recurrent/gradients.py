"""Back-propagation through time by hand: what training computes, in equations one can read.

A recurrent layer uses the same weights at every timestep, so the gradient of each is a sum with one
term for each timestep; the terms are kept apart here, and so is the gradient of the hidden states,
whose norm tells how far back an error reaches. Sources: Werbos (1990), Proceedings of the IEEE
78(10); on vanishing gradients Bengio, Simard & Frasconi (1994), IEEE Transactions on Neural
Networks 5(2), and Hochreiter & Schmidhuber (1997), Neural Computation 9(8).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit as sigmoid
from scipy.special import log_softmax

from forecast.recurrent.cells import (
    INSIDE,
    Architecture,
    Member,
    anchored_ahead,
    decode,
    joined,
    layer,
    naive,
    non_crossing,
    of_layer,
    patches,
    read,
)

Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True)
class Flow:
    """How a loss changes with everything that enters a recurrent layer.

    Parameters
    ----------
    x : array of shape (samples, steps, inputs)
    W : array of shape (steps, inputs, blocks * units)
        What each timestep contributes to the gradient; so for `U` and `b`.
    U : array of shape (steps, units, blocks * units)
    b : array of shape (steps, ...)
    hidden : array of shape (samples, steps, units)
    """

    x: np.ndarray
    W: np.ndarray
    U: np.ndarray
    b: np.ndarray
    hidden: np.ndarray


def squared_error(answer: np.ndarray, actual: np.ndarray) -> tuple[float, np.ndarray]:
    """Return half the sum of squared errors, and its gradient by the answer (samples, outputs, levels)."""
    error = answer - actual[:, :, None]
    return float(0.5 * (error**2).sum()), error


def cross_entropy(answer: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the sum of -log softmax of the labels (samples,), and its gradient by the answer (samples, classes, 1)."""
    logs, each = log_softmax(answer, axis=1), np.arange(len(labels))
    gradient = np.exp(logs)
    gradient[each, labels] -= 1
    return float(-logs[each, labels].sum()), gradient


def backward(
    cell: str, x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray, above: np.ndarray
) -> Flow:
    """Take the gradient of a layer's hidden states back through time to its inputs and weights.

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    x : array of shape (samples, steps, inputs)
    W, U, b : arrays
        As in `cells.layer`.
    above : array of shape (samples, steps, units)
        What the loss makes of each hidden state directly, not through later timesteps.
    """
    inside = layer(cell, x, W, U, b, names=INSIDE[cell])
    before = {
        name: np.roll(inside[name], 1, axis=1) for name in ("hidden", "cell") if name in inside
    }
    for states in before.values():
        states[:, 0] = 0
    steps, dx, dhidden = x.shape[1], np.empty_like(x), np.empty_like(above)
    dW, dU, db = (np.empty((steps, *weight.shape), dtype=x.dtype) for weight in (W, U, b))
    dh = dc = np.zeros_like(above[:, 0])
    for t in reversed(range(steps)):
        now = {name: values[:, t] for name, values in inside.items()}
        last = {name: values[:, t] for name, values in before.items()}
        dh = dhidden[:, t] = above[:, t] + dh
        if cell == "lstm":
            read_in, dh, dc = _lstm_back(now, last["cell"], dh, dc, U)
            fed_back, db[t] = read_in, read_in.sum(axis=0)
        elif cell == "gru":
            read_in, fed_back, dh = _gru_back(now, last["hidden"], dh, U, b[1])
            db[t] = read_in.sum(axis=0), fed_back.sum(axis=0)
        else:
            read_in = fed_back = dh * (1 - now["hidden"] ** 2)
            dh, db[t] = fed_back @ U.T, read_in.sum(axis=0)
        dW[t], dU[t], dx[:, t] = x[:, t].T @ read_in, last["hidden"].T @ fed_back, read_in @ W.T
    return Flow(dx, dW, dU, db, dhidden)


def _lstm_back(
    now: dict[str, np.ndarray], c: np.ndarray, dh: np.ndarray, dc: np.ndarray, U: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients by ``x W + h U + b``, by the hidden state before and by the cell state `c` before."""
    i, f, g, o, squashed = (
        now["input"],
        now["forget"],
        now["candidate"],
        now["output"],
        np.tanh(now["cell"]),
    )
    dc = dc + dh * o * (1 - squashed**2)
    into = [
        dc * g * i * (1 - i),
        dc * c * f * (1 - f),
        dc * i * (1 - g**2),
        dh * squashed * o * (1 - o),
    ]
    dz = np.concatenate(into, axis=1)
    return dz, dz @ U.T, dc * f


def _gru_back(
    now: dict[str, np.ndarray], h: np.ndarray, dh: np.ndarray, U: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients by ``x W + b[0]``, by ``h U + b[1]`` and by the hidden state `h` before."""
    z, r, g = now["update"], now["reset"], now["candidate"]
    fed = np.split(h @ U + b, 3, axis=1)[2]  # what the reset gate lets through to the candidate
    dg = dh * (1 - z) * (1 - g**2)
    dz, dr = dh * (h - g) * z * (1 - z), dg * fed * r * (1 - r)
    back = np.concatenate([dz, dr, dg * r], axis=1)
    return np.concatenate([dz, dr, dg], axis=1), back, dh * z + back @ U.T


def gradients(
    architecture: Architecture,
    member: Member,
    windows: np.ndarray,
    actual: np.ndarray,
    ahead: np.ndarray | None = None,
    series: np.ndarray | None = None,
    loss: Loss = squared_error,
) -> tuple[float, Member, list[list[Flow]]]:
    """Differentiate a loss of one network by all its weights.

    Parameters
    ----------
    architecture : Architecture
    member : list of arrays
        The weights, with the shapes of ``architecture.shapes``.
    windows, ahead, series : arrays
        As in `cells.forward`.
    actual : array
        What `loss` compares the answer with: values (samples, outputs) or labels (samples,).
    loss : callable, default=squared_error
        From answer (samples, outputs, levels) and actual to their loss and its gradient by the
        answer.

    Returns
    -------
    loss : float
    gradients : list of arrays
        With the shapes of `member`.
    flows : list of lists of Flow
        Of each layer and direction, in the order of reading.
    """
    a = architecture
    ways = read(a, member, windows)
    inputs = [patches(a, windows), *(joined(each) for each in ways[:-1])]
    state = np.concatenate([way["hidden"][:, -1] for way in ways[-1]], axis=1)
    value, found, dstate = _decoder_back(a, member, windows, state, actual, ahead, series, loss)
    above = [np.zeros_like(way["hidden"]) for way in ways[-1]]
    for d, gradient in enumerate(above):
        gradient[:, -1] = dstate[:, d * a.units : (d + 1) * a.units]
    flows: list[list[Flow]] = []
    for i in reversed(range(a.layers)):
        both = [
            backward(a.cell, inputs[i][:, :: 1 - 2 * d], *of_layer(a, member, i, d), above[d])
            for d in range(a.directions)
        ]  # the second direction reads, and is differentiated, from the end
        below = sum(flow.x[:, :: 1 - 2 * d] for d, flow in enumerate(both))
        above = (
            [half[:, :: 1 - 2 * d] for d, half in enumerate(np.split(below, a.directions, axis=2))]
            if i
            else []
        )
        found = [weight.sum(axis=0) for flow in both for weight in (flow.W, flow.U, flow.b)] + found
        flows.insert(0, both)
    return value, found, flows


def _decoder_back(a, member, windows, state, actual, ahead, series, loss):  # type: ignore[no-untyped-def]
    """Return the loss, its gradients by the decoder's weights, and that by the encoder's state."""
    W, _, *others = member[a.encoder :]
    full = np.concatenate([state, others[-1][series]], axis=1) if a.embedding else state
    free = decode(a, member, windows, full, ahead)
    value, d = loss(
        (non_crossing(free) if a.quantiles else free) + naive(a, windows)[:, :, None], actual
    )
    d = _non_crossing_back(free, d) if a.quantiles else d
    flat = d.reshape(len(d), -1)
    found, dfull = [full.T @ flat, flat.sum(axis=0)], flat @ W.T
    if a.ahead:
        We, Wk, bk, Wo = others[:4]
        columns = anchored_ahead(a, windows, ahead)
        squashed = np.tanh((full @ We)[:, None] + columns @ Wk + bk)
        inner = (d @ Wo.T) * (1 - squashed**2)  # (samples, outputs, units)
        total = inner.sum(axis=1)
        found += [full.T @ total, np.einsum("sok,sou->ku", columns, inner), total.sum(axis=0)]
        found += [np.einsum("sou,sol->ul", squashed, d)]
        dfull = dfull + total @ We.T
    if a.embedding:
        vectors = np.zeros_like(others[-1])
        np.add.at(vectors, series, dfull[:, a.state :])
        found.append(vectors)
    return value, found, dfull[:, : a.state]


def _non_crossing_back(free: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Take the gradient by ascending levels back to the free numbers they are made of."""
    middle, slope = free.shape[-1] // 2, sigmoid(free)
    below = -np.cumsum(d[..., :middle], axis=-1) * slope[..., :middle]
    above = np.cumsum(d[..., :middle:-1], axis=-1)[..., ::-1] * slope[..., middle + 1 :]
    return np.concatenate([below, d.sum(axis=-1, keepdims=True), above], axis=-1)


def gate_frame(architecture: Architecture, member: Member, windows: np.ndarray) -> pd.DataFrame:
    """Tell what happens in the network while it reads: a row for each sample, timestep, layer, unit and gate."""
    a = architecture
    names = INSIDE[a.cell]
    layers = [[joined(ways, name) for name in names] for ways in read(a, member, windows, names)]
    values = np.array(layers).transpose(2, 3, 0, 4, 1)  # (samples, steps, layers, units, gates)
    sample, step, number, unit, gate = np.indices(values.shape).reshape(5, -1)
    return pd.DataFrame(
        {
            "sample": sample,
            "timestep": (step + 1) * a.patch - a.timesteps,
            "layer": number,
            "unit": unit,
            "gate": np.array(names, dtype=object)[gate],
            "value": values.ravel(),
        }
    )


def flow_frame(
    architecture: Architecture,
    member: Member,
    windows: np.ndarray,
    actual: np.ndarray,
    ahead: np.ndarray | None = None,
    series: np.ndarray | None = None,
) -> pd.DataFrame:
    """Tell how far back the squared error reaches: the mean norm of d loss / d hidden state, by layer and step."""
    a = architecture
    doubles = [
        weight.astype(np.float64) for weight in member
    ]  # in single precision small norms would be none
    known = None if ahead is None else ahead.astype(np.float64)
    flows = gradients(a, doubles, windows.astype(np.float64), actual, known, series)[2]
    hidden = [joined([{"hidden": flow.hidden} for flow in each]) for each in flows]
    norms = np.linalg.norm(np.array(hidden), axis=3).mean(axis=1)  # (layers, steps)
    number, step = np.indices(norms.shape).reshape(2, -1)
    back = (a.steps - 1 - step) * a.patch
    frame = pd.DataFrame({"layer": number, "timesteps_back": back, "norm": norms.ravel()})
    return frame.sort_values(["layer", "timesteps_back"], ignore_index=True)
