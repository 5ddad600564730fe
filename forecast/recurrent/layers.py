"""Recurrent layers in TensorFlow, back-propagation through time by hand: the twin of `cells`.

Only the product with the hidden state waits for the timestep before. So the inputs of all timesteps
are multiplied by the kernel at once, and so are, on the way back, the gradients of both kernels:
one matrix product each, where automatic differentiation adds up one for each timestep. All slopes
are computed at once too: the way back is a product with U and three others at each timestep.

Sources: Werbos (1990), Backpropagation through time, Proceedings of the IEEE 78(10); the gradients
of the cells are those of `gradients.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from forecast.recurrent.architecture import Layered, layer_weights
from forecast.recurrent.backend import tf

# Timesteps up to which a loop is laid out flat: faster to run, but slower to compile for each.
_UNROLLED = 8

States = tuple[Any, ...]  # of a cell, the hidden state first: each (samples, units)


def run_layer(
    cell: str,
    x: Any,
    W: Any,
    U: Any,
    b: Any,
    live: Any = None,
    first: States | None = None,
) -> tuple[Any, States]:
    """Run one layer over a batch of sequences, time first.

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    x : tensor of shape (steps, samples, inputs)
    W, U, b : tensors of shapes (inputs, blocks * units), (units, blocks * units), (blocks * units,)
        A GRU's bias has the shape (2, blocks * units): for the inputs, and for the hidden state.
    live : tensor of shape (steps, samples, 1), optional
        1 where a sequence goes on, 0 where it has ended: there the states stay as they are.
    first : tuple of tensors of shape (samples, units), optional
        The states before the first timestep; 0 by default.

    Returns
    -------
    hidden : tensor of shape (steps, samples, units)
    last : tuple of tensors of shape (samples, units)
        The states after the last timestep: the hidden state; of an LSTM also the cell state.
    """
    return run_projected(cell, project(cell, x, W, b), U, b, live, first)


def project(cell: str, x: Any, W: Any, b: Any) -> Any:
    """Return what inputs are to a layer, (steps, samples, blocks * units).

    Whole numbers (steps, samples, 1) are tokens, which need no product: they are rows of the
    kernel.
    """
    if tf.as_dtype(x.dtype).is_integer:
        projected = tf.gather(W, x[:, :, 0])
    else:
        rows = tf.reshape(x, (-1, x.shape[2])) @ W
        projected = tf.reshape(rows, (*x.shape[:2], rows.shape[1]))
    return projected + (b[0] if cell == "gru" else b)


def run_projected(
    cell: str, projected: Any, U: Any, b: Any, live: Any = None, first: States | None = None
) -> tuple[Any, States]:
    """Run one layer whose inputs are multiplied by the kernel already, as `run_layer` does then."""
    equations = _CELLS[cell]
    if first is None:
        zeros = tf.zeros((projected.shape[1], U.shape[0]))
        first = (zeros,) * equations.states
    hidden_bias = b[1] if cell == "gru" else tf.zeros(U.shape[1])
    hidden, *last = _through_time(equations, live is not None)(
        projected, U, hidden_bias, live if live is not None else tf.ones(()), *first
    )
    return hidden, tuple(last)


def encode(
    architecture: Layered, weights: dict[str, Any], x: Any, live: Any = None
) -> tuple[Any, Any]:
    """Run all layers of a network, each in its directions.

    Parameters
    ----------
    architecture : Layered
    weights : dict of tensors
    x : tensor of shape (steps, samples, inputs)
    live : tensor of shape (steps, samples, 1), optional
        As in `run_layer`. Read backwards, states are 0 until a sequence begins with its last step.

    Returns
    -------
    hidden : tensor of shape (steps, samples, directions * units)
        Of the last layer, its directions side by side, in the order of time.
    last : tensor of shape (samples, directions * units)
        The hidden states after the last step that each direction reads.
    """
    a = architecture
    for number in range(a.layers):
        hidden = []
        last = []
        for direction in range(a.directions):
            order = slice(None, None, -1 if direction else 1)
            going = None if live is None else live[order]
            kernels = layer_weights(a, weights, number, direction)
            states, (last_state, *_) = run_layer(a.cell, x[order], *kernels, going)
            hidden.append(states[order])
            last.append(last_state)
        x = tf.concat(hidden, axis=2)
    return x, tf.concat(last, axis=1)


# --- the equations of the cells, one timestep forth and back


class Equations(NamedTuple):
    """A cell: the number of its states, and its steps.

    The step forth takes the projected input (samples, blocks * units), the product of the hidden
    state with U (plus its bias), and the states. It returns the states after it, and gates.

    A gradient goes back by products alone: all that it is multiplied with are slopes, which are
    computed for all timesteps at once, from gates and states (steps, samples, units) before and
    after each timestep. The step back takes the slopes of a timestep and the gradients by the
    states after it. It returns those by the projected input and by the product with U (one for
    both where they are the same), and those by the states before as far as they do not pass
    through this product.
    """

    states: int
    gates: int
    gradients: int  # that the step back returns: by the input and by the product with U, or one
    forth: Callable[..., tuple[States, States]]
    slopes: Callable[..., States]
    back: Callable[..., tuple[States, States]]


def _lstm_forth(x: Any, recurrent: Any, states: States) -> tuple[States, States]:
    """Run one timestep of the LSTM."""
    _, c = states
    i, f, g, o = tf.split(x + recurrent, 4, axis=1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
    c = f * c + i * g
    h = o * tf.tanh(c)
    return (h, c), (i, f, g, o)


def _lstm_slopes(gates: States, before: States, after: States) -> States:
    """Return the slopes of the blocks, of the cell by the hidden state, and of the cell before."""
    i, f, g, o = gates
    squashed = tf.tanh(after[1])
    # Sigmoid has the slope s (1 - s), tanh 1 - t².
    of_blocks = g * i * (1 - i), before[1] * f * (1 - f), i * (1 - g**2), squashed * o * (1 - o)
    return *of_blocks, o * (1 - squashed**2), f


def _lstm_back(slopes: States, by: States) -> tuple[States, States]:
    """Take the gradients of one timestep of the LSTM back."""
    *of_blocks, of_cell, f = slopes
    by_h, by_c = by
    # The cell state is read by the hidden state, and by the next timestep.
    by_c = by_c + by_h * of_cell
    by_states = by_c, by_c, by_c, by_h
    # Slopes stay apart until here: XLA fills a joined array slowly, number by number.
    by_blocks = [by * slope for by, slope in zip(by_states, of_blocks, strict=True)]
    return (tf.concat(by_blocks, axis=1),), (tf.zeros_like(by_h), by_c * f)


def _gru_forth(x: Any, recurrent: Any, states: States) -> tuple[States, States]:
    """Run one timestep of the GRU; what the reset gate meets counts among the gates."""
    (h,) = states
    update_x, reset_x, candidate_x = tf.split(x, 3, axis=1)
    update_h, reset_h, candidate_h = tf.split(recurrent, 3, axis=1)
    z = tf.sigmoid(update_x + update_h)
    r = tf.sigmoid(reset_x + reset_h)
    g = tf.tanh(candidate_x + r * candidate_h)
    h = z * h + (1 - z) * g
    return (h,), (z, r, g, candidate_h)


def _gru_slopes(gates: States, before: States, _: States) -> States:
    """Return the slopes of the blocks, the reset gate, and the slope by the state before."""
    z, r, g, candidate_h = gates
    of_update = (before[0] - g) * z * (1 - z)
    of_candidate = (1 - z) * (1 - g**2)
    of_reset = of_candidate * candidate_h * r * (1 - r)
    return of_update, of_reset, of_candidate, r, z


def _gru_back(slopes: States, by: States) -> tuple[States, States]:
    """Take the gradients of one timestep of the GRU back."""
    *of_blocks, r, z = slopes
    by_h = by[0]
    by_update, by_reset, by_candidate = (by_h * slope for slope in of_blocks)
    by_input = tf.concat([by_update, by_reset, by_candidate], axis=1)
    # The reset gate stands between the product with U and the candidate.
    by_recurrent = tf.concat([by_update, by_reset, by_candidate * r], axis=1)
    return (by_input, by_recurrent), (by_h * z,)


def _simple_forth(x: Any, recurrent: Any, _: States) -> tuple[States, States]:
    """Run one timestep of the simple RNN."""
    return (tf.tanh(x + recurrent),), ()


def _simple_slopes(_: States, __: States, after: States) -> States:
    """Return the slope of tanh."""
    return (1 - after[0] ** 2,)


def _simple_back(slopes: States, by: States) -> tuple[States, States]:
    """Take the gradient of one timestep of the simple RNN back."""
    by_block = by[0] * slopes[0]
    return (by_block,), (tf.zeros_like(by_block),)


_CELLS = {
    "lstm": Equations(2, 4, 1, _lstm_forth, _lstm_slopes, _lstm_back),
    "gru": Equations(1, 4, 2, _gru_forth, _gru_slopes, _gru_back),
    "simple": Equations(1, 0, 1, _simple_forth, _simple_slopes, _simple_back),
}


def equations_of(cell: str) -> Equations:
    """Return the equations of a cell, for recurrences that read more than their input."""
    return _CELLS[cell]


# --- through time


def _through_time(equations: Equations, masked: bool) -> Callable[..., Any]:
    """Return the recurrence of a cell, whose gradient is the step back from the last timestep."""

    @tf.custom_gradient
    def run(projected: Any, U: Any, b: Any, live: Any, *first: Any) -> Any:
        mask = live if masked else None
        states, gates = _forth(equations, projected, U, b, mask, first)
        last = [state[-1] for state in states]

        def gradient(by_hidden: Any, *by_last: Any) -> Any:
            # The states before each timestep: the first ones, then all but the last.
            before = [
                tf.concat([start[None], state[:-1]], axis=0)
                for start, state in zip(first, states, strict=True)
            ]
            slopes = equations.slopes(gates, before, states)
            outputs, by_first = _back(equations, slopes, by_hidden, by_last, U, mask)
            # The gradient by a kernel is one product over all timesteps and samples.
            rows = tf.reshape(outputs[-1], (-1, U.shape[1]))
            hidden_before = tf.reshape(before[0], (-1, U.shape[0]))
            by_kernel = tf.matmul(hidden_before, rows, transpose_a=True)
            by_bias = tf.reduce_sum(rows, axis=0)
            return outputs[0], by_kernel, by_bias, tf.zeros_like(live), *by_first

        return (states[0], *last), gradient

    return run


def _forth(
    equations: Equations, projected: Any, U: Any, b: Any, live: Any, first: States
) -> tuple[States, States]:
    """Run all timesteps; return the states after each of them, and its gates."""

    def step(states: States, projected_now: Any, live_now: Any = None) -> tuple[States, States]:
        after, gates = equations.forth(projected_now, states[0] @ U + b, states)
        if live_now is not None:
            # Where a sequence has ended, the states stay.
            pairs = zip(after, states, strict=True)
            after = tuple(live_now * new + (1 - live_now) * old for new, old in pairs)
        return after, (*after, *gates)

    sequences = (projected,) if live is None else (projected, live)
    widths = [U.shape[0]] * (equations.states + equations.gates)
    _, outputs = scan(step, first, sequences, widths)
    return tuple(outputs[: equations.states]), tuple(outputs[equations.states :])


def _back(
    equations: Equations, slopes: States, by_hidden: Any, by_last: States, U: Any, live: Any
) -> tuple[States, States]:
    """Go back from the last timestep.

    Returns the gradients by the inputs and by the products with U, (steps, samples, columns) each,
    and those by the first states.
    """
    transposed = tf.transpose(U)
    sequences = [by_hidden, *slopes] if live is None else [by_hidden, *slopes, live]

    def step(by: States, by_hidden_now: Any, *now: Any) -> tuple[States, States]:
        # The hidden state of a timestep is read by the loss too.
        by = (by[0] + by_hidden_now, *by[1:])
        by_cell = by if live is None else tuple(now[-1] * each for each in by)
        outputs, by_before = equations.back(now[: len(slopes)], by_cell)
        by_before = (by_before[0] + outputs[-1] @ transposed, *by_before[1:])
        if live is not None:
            # What has ended hands its gradient on unchanged.
            pairs = zip(by_before, by, strict=True)
            by_before = tuple(new + (1 - now[-1]) * old for new, old in pairs)
        return by_before, outputs

    widths = [U.shape[1]] * equations.gradients
    by_first, outputs = scan(step, by_last, sequences, widths, backwards=True)
    return tuple(outputs), by_first


def scan(
    step: Callable[..., tuple[States, States]],
    first: States,
    sequences: Any,
    widths: Any,
    backwards: bool = False,
    unrolled: int = _UNROLLED,
) -> tuple[States, list[Any]]:
    """Hand the elements of sequences to a step, one timestep after the other.

    Parameters
    ----------
    step : callable
        Takes the states and one element of each sequence; returns the states after it and its
        outputs, each of shape (samples, width).
    first : tuple of tensors
        The states before.
    sequences : tensors of shape (steps, samples, …)
    widths : sequence of int
        The widths of the outputs.
    backwards : bool
        Whether to begin at the last timestep.
    unrolled : int
        Timesteps up to which the loop is laid out flat.

    Returns
    -------
    states : tuple of tensors
        Those after all timesteps.
    outputs : list of tensors of shape (steps, samples, width)
        In the order of time.
    """
    steps, samples = sequences[0].shape[:2]
    if steps <= unrolled:
        order = range(steps - 1, -1, -1) if backwards else range(steps)
        states = tuple(first)
        collected = []
        for t in order:
            states, outputs = step(states, *[sequence[t] for sequence in sequences])
            collected.append(outputs)
        if backwards:
            collected.reverse()
        return states, [tf.stack(parts) for parts in zip(*collected, strict=True)]

    def run(number: Any, states: States, arrays: States) -> tuple[Any, States, States]:
        t = steps - 1 - number if backwards else number
        states, outputs = step(states, *[sequence[t] for sequence in sequences])
        written = [array.write(t, output) for array, output in zip(arrays, outputs, strict=True)]
        return number + 1, states, tuple(written)

    arrays = tuple(
        tf.TensorArray(tf.float32, steps, element_shape=(samples, width)) for width in widths
    )
    _, states, arrays = tf.while_loop(
        lambda number, *_: number < steps,
        run,
        (tf.constant(0), tuple(first), arrays),
        maximum_iterations=steps,
    )
    return states, [array.stack() for array in arrays]
