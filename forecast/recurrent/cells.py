"""The equations of the recurrent networks in NumPy, by which every fitted network predicts.

Sources: simple RNN, Elman (1990), Cognitive Science 14(2); LSTM with forget gate, Gers, Schmidhuber
& Cummins (2000), Neural Computation 12(10); GRU, Cho et al. (2014), arXiv 1406.1078, in the form
whose reset gate acts after the product (as Keras computes it).

A kernel W takes the inputs x, a recurrent kernel U the hidden state h, and b is the bias. Their
columns are blocks of `units`, one for each gate and one for the candidate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import expit as sigmoid

from forecast.recurrent.anchor import anchored_known, naive_forecasts
from forecast.recurrent.architecture import Architecture, Layered, Weights, layer_weights
from forecast.recurrent.patches import cut_patches

# What a timestep computes: first what the blocks of columns stand for, in their order, then the
# states.
GATES_AND_STATES = {
    "lstm": ("input", "forget", "candidate", "output", "cell", "hidden"),
    "gru": ("update", "reset", "candidate", "hidden"),
    "simple": ("hidden",),
}

States = tuple[np.ndarray, ...]  # of a layer, the hidden state first; each (samples, units)
Trace = dict[str, np.ndarray]  # gates and states by name, each (samples, steps, units)


def simple_step(x: np.ndarray, h: np.ndarray, U: np.ndarray) -> tuple[np.ndarray, ...]:
    """Run one timestep of the simple RNN, h' = tanh(x W + b + h U), and return h' alone.

    As in the other cells, `x` is x W + b already.
    """
    return (np.tanh(x + h @ U),)


def lstm_step(x: np.ndarray, h: np.ndarray, c: np.ndarray, U: np.ndarray) -> tuple[np.ndarray, ...]:
    """Run one timestep of the LSTM; return i, f, candidate g, o, cell and hidden state."""
    z = x + h @ U
    input_block, forget_block, candidate_block, output_block = np.split(z, 4, axis=-1)
    i = sigmoid(input_block)
    f = sigmoid(forget_block)
    g = np.tanh(candidate_block)
    o = sigmoid(output_block)
    # The cell state forgets a part of what it was, and takes in a part of the candidate.
    c = f * c + i * g
    h = o * np.tanh(c)
    return i, f, g, o, c, h


def gru_step(x: np.ndarray, h: np.ndarray, U: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
    """Run one timestep of the GRU; return update z, reset r, candidate g and hidden state."""
    recurrent = h @ U + b
    update_x, reset_x, candidate_x = np.split(x, 3, axis=-1)
    update_h, reset_h, candidate_h = np.split(recurrent, 3, axis=-1)
    z = sigmoid(update_x + update_h)
    r = sigmoid(reset_x + reset_h)
    # The reset gate acts after the product with U.
    g = np.tanh(candidate_x + r * candidate_h)
    # The update gate says how much of the state stays.
    h = z * h + (1 - z) * g
    return z, r, g, h


def layer(
    cell: str,
    x: np.ndarray,
    W: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
    names: Sequence[str] = ("hidden",),
) -> Trace:
    """Run one layer over a batch of sequences.

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    x : array of shape (samples, steps, inputs)
    W, U, b : arrays of shapes (inputs, blocks * units), (units, blocks * units), (blocks * units,)
        A GRU's bias has the shape (2, blocks * units): for the inputs, and for the hidden state.
    names : sequence of str, default=("hidden",)
        What to return of `GATES_AND_STATES`.

    Returns
    -------
    dict of arrays of shape (samples, steps, units)
    """
    # The inputs of all timesteps are multiplied at once: (samples, steps, blocks * units).
    return projected_layer(cell, project(cell, x, W, b), U, b, names)


def project(cell: str, x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return x W + b of a layer, (…, blocks * units).

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    x : array of shape (…, inputs), or of whole numbers of shape (…,)
        Whole numbers are tokens: each is read as a row of W, as its one-hot vector would be.
    W, b : arrays
        As in `layer`.
    """
    product = W[x] if x.dtype.kind == "i" else x @ W
    return product + (b[0] if cell == "gru" else b)


def projected_layer(
    cell: str,
    projected: np.ndarray,
    U: np.ndarray,
    b: np.ndarray,
    names: Sequence[str] = ("hidden",),
) -> Trace:
    """Run one layer whose inputs are multiplied by the kernel already, as `layer` does then."""
    samples, steps, _ = projected.shape
    units = len(U)
    # Both states begin with 0.
    h = np.zeros((samples, units), dtype=projected.dtype)
    c = h
    trace = {name: np.empty((samples, steps, units), dtype=projected.dtype) for name in names}
    places = {name: GATES_AND_STATES[cell].index(name) for name in names}

    # Only the product with the hidden state has to wait for the timestep before.
    for t in range(steps):
        values = _step(cell, projected[:, t], h, c, U, b)
        h = values[-1]
        if cell == "lstm":
            c = values[-2]
        for name, place in places.items():
            trace[name][:, t] = values[place]
    return trace


def _step(
    cell: str, x: np.ndarray, h: np.ndarray, c: np.ndarray, U: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Run one timestep of a cell, and return what `GATES_AND_STATES` names."""
    if cell == "lstm":
        return lstm_step(x, h, c, U)
    if cell == "gru":
        return gru_step(x, h, U, b[1])
    return simple_step(x, h, U)


def cell_step(cell: str, x: np.ndarray, states: States, U: np.ndarray, b: np.ndarray) -> States:
    """Run one timestep of a cell: return the hidden state and, of an LSTM, the cell state."""
    # Other cells have no cell state: what stands in its place is not read.
    values = _step(cell, x, states[0], states[-1], U, b)
    return tuple(values[-1 : -1 - len(states) : -1])


def encode(
    architecture: Architecture,
    weights: Weights,
    windows: np.ndarray,
    names: Sequence[str] = ("hidden",),
) -> list[list[Trace]]:
    """Run the recurrent layers over windows (samples, timesteps, channels).

    Returns what each layer and direction computes, there in the order in which it reads.
    """
    a = architecture
    x = cut_patches(a, windows)
    traces = []
    for number in range(a.layers):
        directions = []
        for direction in range(a.directions):
            W, U, b = layer_weights(a, weights, number, direction)
            x_read = reading_order(x, direction)
            trace = layer(a.cell, x_read, W, U, b, names)
            directions.append(trace)
        # The next layer reads the hidden states of both directions side by side.
        x = side_by_side(directions, "hidden")
        traces.append(directions)
    return traces


def encode_sequences(
    architecture: Layered, weights: Weights, values: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Run the recurrent layers over sequences of unequal lengths.

    Parameters
    ----------
    architecture : Layered
    weights : dict of arrays
    values : array of shape (samples, steps) of tokens, or (samples, steps, columns)
    lengths : array of shape (samples,)

    Returns
    -------
    hidden : array of shape (samples, steps, directions * units)
        Of the last layer, its directions side by side; what stands behind an end means nothing.
    last : array of shape (samples, directions * units)
        After the last step that a direction reads.
    """
    a = architecture
    x = values
    for number in range(a.layers):
        hidden = []
        last = []
        for direction in range(a.directions):
            W, U, b = layer_weights(a, weights, number, direction)
            read = reading_order(project(a.cell, x, W, b), direction, lengths)
            states = projected_layer(a.cell, read, U, b)["hidden"]
            last.append(states[np.arange(len(states)), lengths - 1])
            hidden.append(reading_order(states, direction, lengths))
        x = np.concatenate(hidden, axis=2)
    return x, np.concatenate(last, axis=1)


def reading_order(
    values: np.ndarray, direction: int, lengths: np.ndarray | None = None
) -> np.ndarray:
    """Turn steps (samples, steps, …) from the order of time into that of a direction, or back.

    Read backwards, a sequence begins with its own last step; what stands behind it is not looked
    at.
    """
    if not direction:
        return values
    if lengths is None:
        return values[:, ::-1]
    places = lengths[:, None] - 1 - np.arange(values.shape[1])
    return np.take_along_axis(values, np.maximum(places, 0)[:, :, None], axis=1)


def side_by_side(directions: list[Trace], name: str) -> np.ndarray:
    """Join the directions of a layer, both in the order of time: (samples, steps, state size)."""
    in_time = []
    for direction, trace in enumerate(directions):
        values = reading_order(trace[name], direction)
        in_time.append(values)
    return np.concatenate(in_time, axis=2)


def head_state(
    architecture: Architecture,
    weights: Weights,
    last_layer: list[Trace],
    series: np.ndarray | None,
) -> np.ndarray:
    """Return what the head reads, (states, state size).

    It is each direction's last hidden state and the series' vector; where each step is answered,
    the hidden states of all steps, those of one window behind one another.
    """
    if architecture.aligned:
        return side_by_side(last_layer, "hidden").reshape(-1, architecture.state_size)
    parts = [trace["hidden"][:, -1] for trace in last_layer]
    if architecture.embedding:
        parts.append(weights["series_vectors"][series])
    return np.concatenate(parts, axis=1)


def forward(
    architecture: Architecture,
    members: list[Weights],
    windows: np.ndarray,
    ahead: np.ndarray | None = None,
    series: np.ndarray | None = None,
) -> np.ndarray:
    """Run the networks over a batch of windows and average them.

    Parameters
    ----------
    architecture : Architecture
    members : list of dicts of arrays
        The weights of each network, with the names and shapes of ``architecture.shapes``.
    windows : array of shape (samples, timesteps, channels)
    ahead : array of shape (samples, outputs, known channels + calendar columns), optional
    series : array of shape (samples,), optional
        The number of each window's series, where these have vectors.

    Returns
    -------
    array of shape (samples, answers, levels)
    """
    a = architecture
    head = a.head
    known = anchored_known(a, windows, ahead)
    total: np.ndarray | float = 0.0
    for weights in members:
        traces = encode(a, weights, windows)
        state = head_state(a, weights, traces[-1], series)
        answer = head.forward(weights, state, known)
        total = total + answer.reshape(len(windows), a.answers, a.levels)
    # The networks answer relative to the naive forecasts, which are the same for all levels.
    naive = naive_forecasts(a, windows)
    mean = total / len(members)
    return mean + naive[:, :, None]
