"""Back-propagation through time by hand: what training computes, in equations one can read.

A recurrent layer uses the same weights at every timestep, so the gradient of each is a sum with one
term for each timestep; the terms are kept apart here, and so is the gradient of the hidden states,
whose norm tells how far back an error reaches. Sources: Werbos (1990), Proceedings of the IEEE
78(10); on vanishing gradients Bengio, Simard & Frasconi (1994), IEEE Transactions on Neural
Networks 5(2), and Hochreiter & Schmidhuber (1997), Neural Computation 9(8).

``by_x`` is the gradient of the loss by x.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import log_softmax

from forecast.recurrent.anchor import anchored_known, naive_forecasts
from forecast.recurrent.architecture import Architecture, Weights, layer_prefix, layer_weights
from forecast.recurrent.cells import (
    GATES_AND_STATES,
    Trace,
    encode,
    head_state,
    layer,
    reading_order,
    side_by_side,
)
from forecast.recurrent.patches import cut_patches

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
    """Return half the sum of squared errors, and its gradient by the answer.

    The answer has the shape (samples, outputs, levels), what it is compared with (samples,
    outputs).
    """
    error = answer - actual[:, :, None]
    return float(0.5 * (error**2).sum()), error


def cross_entropy(answer: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the sum of -log softmax of the labels (samples,), and its gradient by the answer.

    The answer has the shape (samples, classes, 1).
    """
    log_probabilities = log_softmax(answer, axis=1)
    samples = np.arange(len(labels))
    loss = -log_probabilities[samples, labels].sum()
    # The gradient is the probability of each class, less 1 for the label.
    gradient = np.exp(log_probabilities)
    gradient[samples, labels] -= 1
    return float(loss), gradient


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
    trace = layer(cell, x, W, U, b, names=GATES_AND_STATES[cell])
    states: list[str] = [name for name in ("hidden", "cell") if name in trace]
    earlier = {name: _one_step_earlier(trace[name]) for name in states}
    flow = _empty_flow(x, W, U, b)
    by_hidden = np.zeros_like(above[:, 0])
    by_cell = by_hidden
    for t in reversed(range(x.shape[1])):
        now = {name: values[:, t] for name, values in trace.items()}
        before = {name: values[:, t] for name, values in earlier.items()}
        # A hidden state acts on the loss directly and through all later timesteps.
        by_hidden = above[:, t] + by_hidden
        flow.hidden[:, t] = by_hidden
        # Back to x W + b and h U, (samples, blocks * units) each, and to the states before.
        step = _step_back(cell, now, before, by_hidden, by_cell, U, b)
        by_hidden = step.hidden
        by_cell = step.cell
        # Each weight's term of this timestep: input times gradient, summed over the samples.
        flow.W[t] = x[:, t].T @ step.projected
        flow.U[t] = before["hidden"].T @ step.recurrent
        flow.b[t] = _bias_term(cell, step)
        flow.x[:, t] = step.projected @ W.T
    return flow


def _empty_flow(x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> Flow:
    """Make room for the gradients of a layer."""
    samples, steps, _ = x.shape
    # The terms of each timestep are kept apart.
    by_W, by_U, by_b = [np.empty((steps, *weight.shape), dtype=x.dtype) for weight in (W, U, b)]
    by_hidden = np.empty((samples, steps, len(U)), dtype=x.dtype)
    return Flow(np.empty_like(x), by_W, by_U, by_b, by_hidden)


class _StepBack(NamedTuple):
    """The gradients of one timestep: by x W + b, by h U (+ b), and by the states before."""

    projected: np.ndarray
    recurrent: np.ndarray
    hidden: np.ndarray
    cell: np.ndarray


def _step_back(
    cell: str,
    now: Trace,
    before: Trace,
    by_hidden: np.ndarray,
    by_cell: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
) -> _StepBack:
    """Go back through one timestep of a cell."""
    if cell == "lstm":
        return _lstm_step_back(now, before["cell"], by_hidden, by_cell, U)
    if cell == "gru":
        return _gru_step_back(now, before["hidden"], by_hidden, by_cell, U, b[1])
    slope = 1 - now["hidden"] ** 2
    by_projected = by_hidden * slope
    return _StepBack(by_projected, by_projected, by_projected @ U.T, by_cell)


def _bias_term(cell: str, step: _StepBack) -> np.ndarray:
    """Return a timestep's term of the bias, summed over the samples; a GRU has two biases."""
    term = step.projected.sum(axis=0)
    if cell == "gru":
        return np.stack([term, step.recurrent.sum(axis=0)])
    return term


def _one_step_earlier(states: np.ndarray) -> np.ndarray:
    """Return the state before each step, zero before the first: (samples, steps, units)."""
    earlier = np.zeros_like(states)
    earlier[:, 1:] = states[:, :-1]
    return earlier


def _lstm_step_back(
    now: Trace, c: np.ndarray, by_hidden: np.ndarray, by_cell: np.ndarray, U: np.ndarray
) -> _StepBack:
    """Go back through one timestep of the LSTM, before which the cell state was c."""
    i = now["input"]
    f = now["forget"]
    g = now["candidate"]
    o = now["output"]
    squashed = np.tanh(now["cell"])
    # h = o tanh(c'), and c' also acts on the timestep after.
    by_cell = by_cell + by_hidden * o * (1 - squashed**2)
    # c' = f c + i g; the derivative of a sigmoid s is s (1 - s), that of tanh t is 1 - t².
    blocks = [
        by_cell * g * i * (1 - i),
        by_cell * c * f * (1 - f),
        by_cell * i * (1 - g**2),
        by_hidden * squashed * o * (1 - o),
    ]
    by_projected = np.concatenate(blocks, axis=1)
    # The cell state goes back through the forget gate alone: no product with a matrix.
    return _StepBack(by_projected, by_projected, by_projected @ U.T, by_cell * f)


def _gru_step_back(
    now: Trace,
    h: np.ndarray,
    by_hidden: np.ndarray,
    by_cell: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
) -> _StepBack:
    """Go back through one timestep of the GRU, before which the hidden state was h."""
    z = now["update"]
    r = now["reset"]
    g = now["candidate"]
    # The candidate's block of h U + b, which the reset gate multiplies.
    _, _, candidate_h = np.split(h @ U + b, 3, axis=1)
    # h' = z h + (1 - z) g, and g = tanh(x's block + r * h's block).
    by_candidate = by_hidden * (1 - z) * (1 - g**2)
    by_update = by_hidden * (h - g) * z * (1 - z)
    by_reset = by_candidate * candidate_h * r * (1 - r)
    by_projected = np.concatenate([by_update, by_reset, by_candidate], axis=1)
    by_recurrent = np.concatenate([by_update, by_reset, by_candidate * r], axis=1)
    # The hidden state goes back through the update gate and through the product with U.
    by_hidden = by_hidden * z + by_recurrent @ U.T
    return _StepBack(by_projected, by_recurrent, by_hidden, by_cell)


def gradients(
    architecture: Architecture,
    weights: Weights,
    windows: np.ndarray,
    actual: np.ndarray,
    ahead: np.ndarray | None = None,
    series: np.ndarray | None = None,
    loss: Loss = squared_error,
) -> tuple[float, Weights, list[list[Flow]]]:
    """Differentiate a loss of one network by all its weights.

    Parameters
    ----------
    architecture : Architecture
    weights : dict of arrays
        With the names and shapes of ``architecture.shapes``.
    windows, ahead, series : arrays
        As in `cells.forward`.
    actual : array
        What `loss` compares the answer with: values (samples, answers) or labels (samples,).
    loss : callable, default=squared_error
        From answer (samples, answers, levels) and actual to their loss and its gradient by the
        answer.

    Returns
    -------
    loss : float
    gradients : dict of arrays
        With the names and shapes of `weights`.
    flows : list of lists of Flow
        Of each layer and direction, in the order of reading.
    """
    a = architecture
    traces = encode(a, weights, windows)
    inputs = [cut_patches(a, windows)]
    inputs += [side_by_side(trace, "hidden") for trace in traces[:-1]]
    last_layer = traces[-1]
    state = head_state(a, weights, last_layer, series)
    known = anchored_known(a, windows, ahead)

    # Forward through the head, whose answer is relative to the naive forecasts, and back.
    relative = a.head.forward(weights, state, known)
    naive = naive_forecasts(a, windows)[:, :, None]
    answer = relative.reshape(len(windows), a.answers, a.levels) + naive
    value, by_answer = loss(answer, actual)
    by_relative = by_answer.reshape(relative.shape)
    by_weights, by_state = a.head.backward(weights, state, known, by_relative)
    if series is not None and a.embedding:
        by_weights["series_vectors"] = _by_series_vectors(a, by_state, series)

    # Back through the layers, from the last to the first.
    above = _by_hidden(a, by_state, last_layer)
    flows: list[list[Flow]] = []
    for number in reversed(range(a.layers)):
        directions = _layer_back(a, weights, number, inputs[number], above)
        flows.insert(0, directions)
        by_weights |= _by_layer_weights(a, number, directions)
        if number:
            above = _by_layer_below(a, directions)

    # The weights in their own order.
    return value, {name: by_weights[name] for name in a.shapes}, flows


def _by_hidden(
    architecture: Architecture, by_state: np.ndarray, last_layer: list[Trace]
) -> list[np.ndarray]:
    """Return the gradients by the last layer's hidden states in the order of time, by direction.

    The head reads the last one that is computed, which is the first in time where a direction reads
    backwards; where each step is answered, it reads all of them.
    """
    if architecture.aligned:
        samples, steps, _ = last_layer[0]["hidden"].shape
        by_steps = by_state.reshape(samples, steps, architecture.state_size)
        return np.split(by_steps, architecture.directions, axis=2)
    units = architecture.units
    gradients = []
    for direction, trace in enumerate(last_layer):
        first = direction * units
        by_hidden = np.zeros_like(trace["hidden"])
        by_hidden[:, -1] = by_state[:, first : first + units]
        gradients.append(reading_order(by_hidden, direction))
    return gradients


def _layer_back(
    architecture: Architecture,
    weights: Weights,
    number: int,
    x: np.ndarray,
    above: list[np.ndarray],
) -> list[Flow]:
    """Go back through a layer: each direction in the order in which it reads."""
    flows = []
    for direction in range(architecture.directions):
        W, U, b = layer_weights(architecture, weights, number, direction)
        x_read = reading_order(x, direction)
        above_read = reading_order(above[direction], direction)
        flow = backward(architecture.cell, x_read, W, U, b, above_read)
        flows.append(flow)
    return flows


def _by_layer_below(architecture: Architecture, directions: list[Flow]) -> list[np.ndarray]:
    """Return the gradients by the hidden states of the layer below, in time, by direction.

    Each direction of a layer reads those of both directions below.
    """
    in_time = [reading_order(flow.x, direction) for direction, flow in enumerate(directions)]
    by_input = np.sum(in_time, axis=0)
    return np.split(by_input, architecture.directions, axis=2)


def _by_layer_weights(architecture: Architecture, number: int, directions: list[Flow]) -> Weights:
    """Return the gradients of a layer's weights: the sums of what the timesteps contribute."""
    by_weights = {}
    for direction, flow in enumerate(directions):
        prefix = layer_prefix(architecture, number, direction)
        by_weights[f"{prefix}_kernel"] = flow.W.sum(axis=0)
        by_weights[f"{prefix}_recurrent_kernel"] = flow.U.sum(axis=0)
        by_weights[f"{prefix}_bias"] = flow.b.sum(axis=0)
    return by_weights


def _by_series_vectors(
    architecture: Architecture, by_state: np.ndarray, series: np.ndarray
) -> np.ndarray:
    """Return the gradient by the series' vectors: the sum over the samples of each series."""
    by_vectors = np.zeros((architecture.series, architecture.embedding), dtype=by_state.dtype)
    np.add.at(by_vectors, series, by_state[:, architecture.state_size :])
    return by_vectors
