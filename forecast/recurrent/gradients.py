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
    hidden_before = _one_step_earlier(trace["hidden"])
    cell_before = _one_step_earlier(trace["cell"]) if cell == "lstm" else None
    steps = x.shape[1]
    flow = Flow(
        x=np.empty_like(x),
        W=np.empty((steps, *W.shape), dtype=x.dtype),
        U=np.empty((steps, *U.shape), dtype=x.dtype),
        b=np.empty((steps, *b.shape), dtype=x.dtype),
        hidden=np.empty_like(above),
    )
    by_hidden = by_cell = np.zeros_like(above[:, 0])
    for t in reversed(range(steps)):
        now = {name: values[:, t] for name, values in trace.items()}
        # A hidden state acts on the loss directly and through all later timesteps.
        by_hidden = above[:, t] + by_hidden
        flow.hidden[:, t] = by_hidden

        # Gradients by x W + b and by h U, (samples, blocks * units), then by the states before.
        if cell == "lstm":
            assert cell_before is not None
            by_projected, by_hidden, by_cell = _lstm_step_back(
                now, cell_before[:, t], by_hidden, by_cell, U
            )
            by_recurrent = by_projected
        elif cell == "gru":
            by_projected, by_recurrent, by_hidden = _gru_step_back(
                now, hidden_before[:, t], by_hidden, U, b[1]
            )
        else:
            by_projected = by_recurrent = by_hidden * (1 - now["hidden"] ** 2)
            by_hidden = by_recurrent @ U.T

        # Each weight's term of this timestep: input times gradient, summed over the samples.
        flow.W[t] = x[:, t].T @ by_projected
        flow.U[t] = hidden_before[:, t].T @ by_recurrent
        flow.x[:, t] = by_projected @ W.T
        if cell == "gru":
            flow.b[t, 0] = by_projected.sum(axis=0)
            flow.b[t, 1] = by_recurrent.sum(axis=0)
        else:
            flow.b[t] = by_projected.sum(axis=0)
    return flow


def _one_step_earlier(states: np.ndarray) -> np.ndarray:
    """Return the state before each step, zero before the first: (samples, steps, units)."""
    earlier = np.zeros_like(states)
    earlier[:, 1:] = states[:, :-1]
    return earlier


def _lstm_step_back(
    now: Trace, c: np.ndarray, by_hidden: np.ndarray, by_cell: np.ndarray, U: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients by x W + h U + b, by the hidden state before and by the cell state c."""
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
    return by_projected, by_projected @ U.T, by_cell * f


def _gru_step_back(
    now: Trace, h: np.ndarray, by_hidden: np.ndarray, U: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients by x W + b[0], by h U + b[1] and by the hidden state h before."""
    z = now["update"]
    r = now["reset"]
    g = now["candidate"]
    # The candidate's block of h U + b[1], which the reset gate multiplies.
    candidate_h = np.split(h @ U + b, 3, axis=1)[2]
    # h' = z h + (1 - z) g, and g = tanh(x's block + r * h's block).
    by_candidate = by_hidden * (1 - z) * (1 - g**2)
    by_update = by_hidden * (h - g) * z * (1 - z)
    by_reset = by_candidate * candidate_h * r * (1 - r)
    by_projected = np.concatenate([by_update, by_reset, by_candidate], axis=1)
    by_recurrent = np.concatenate([by_update, by_reset, by_candidate * r], axis=1)
    # The hidden state goes back through the update gate and through the product with U.
    return by_projected, by_recurrent, by_hidden * z + by_recurrent @ U.T


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
        What `loss` compares the answer with: values (samples, outputs) or labels (samples,).
    loss : callable, default=squared_error
        From answer (samples, outputs, levels) and actual to their loss and its gradient by the
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

    # The head: the loss, and its gradient by the last hidden states and by the head's weights.
    known = anchored_known(a, windows, ahead)
    state = head_state(a, weights, traces[-1], series)
    answer = a.head.forward(weights, state, known) + naive_forecasts(a, windows)[:, :, None]
    value, by_answer = loss(answer, actual)
    by_weights, by_state = a.head.backward(weights, state, known, by_answer)

    # The layers, from the last to the first: what one reads is what the one below it computes.
    inputs = [cut_patches(a, windows)]
    inputs += [side_by_side(trace, "hidden") for trace in traces[:-1]]
    above = _by_last_hidden(a, by_state, traces[-1])
    flows: list[list[Flow]] = []
    for number in reversed(range(a.layers)):
        directions = _layer_back(a, weights, number, inputs[number], above)
        flows.insert(0, directions)
        for direction, flow in enumerate(directions):
            by_weights |= _summed_over_time(flow, layer_prefix(a, number, direction))
        by_input = sum(reading_order(flow.x, d) for d, flow in enumerate(directions))
        above = np.split(by_input, a.directions, axis=2) if number else []

    if a.embedding:
        assert series is not None
        by_weights["series_vectors"] = _by_series_vectors(a, by_state, series)
    return value, {name: by_weights[name] for name in a.shapes}, flows


def _by_last_hidden(
    architecture: Architecture, by_state: np.ndarray, last_layer: list[Trace]
) -> list[np.ndarray]:
    """Return the gradients by the last layer's hidden states in the order of time, by direction.

    The head reads the last one that is computed, which is the first in time where a direction reads
    backwards.
    """
    units = architecture.units
    gradients = []
    for direction, trace in enumerate(last_layer):
        by_hidden = np.zeros_like(trace["hidden"])
        by_hidden[:, -1] = by_state[:, direction * units : (direction + 1) * units]
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
        flows.append(backward(architecture.cell, x_read, W, U, b, above_read))
    return flows


def _summed_over_time(flow: Flow, prefix: str) -> Weights:
    """Return the gradients of a layer's weights: the sums of what the timesteps contribute."""
    return {
        f"{prefix}_kernel": flow.W.sum(axis=0),
        f"{prefix}_recurrent_kernel": flow.U.sum(axis=0),
        f"{prefix}_bias": flow.b.sum(axis=0),
    }


def _by_series_vectors(
    architecture: Architecture, by_state: np.ndarray, series: np.ndarray
) -> np.ndarray:
    """Return the gradient by the series' vectors: the sum over the samples of each series."""
    by_vectors = np.zeros((architecture.series, architecture.embedding), dtype=by_state.dtype)
    np.add.at(by_vectors, series, by_state[:, architecture.state_size :])
    return by_vectors
