"""Recurrent layers in TensorFlow, back-propagation through time by hand: the twin of `cells`.

Only the product with the hidden state waits for the timestep before. So the inputs of all timesteps
are multiplied by the kernel at once, and so are, on the way back, the gradients of both kernels:
one matrix product each, where automatic differentiation adds up one for each timestep.

Sources: Werbos (1990), Backpropagation through time, Proceedings of the IEEE 78(10); the gradients
of the cells are those of `gradients.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

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
    steps, samples, inputs = x.shape
    input_bias = b[0] if cell == "gru" else b
    rows = tf.reshape(x, (steps * samples, inputs)) @ W + input_bias
    projected = tf.reshape(rows, (steps, samples, rows.shape[1]))
    return run_projected(cell, projected, U, b, live, first)


def run_projected(
    cell: str, projected: Any, U: Any, b: Any, live: Any = None, first: States | None = None
) -> tuple[Any, States]:
    """Run one layer whose inputs are multiplied by the kernel already, as `run_layer` does then.

    What is looked up needs no product: the projections of tokens are the rows of the kernel.
    """
    equations = _CELLS[cell]
    if first is None:
        zeros = tf.zeros((projected.shape[1], U.shape[0]))
        first = (zeros,) * equations.states
    hidden_bias = b[1] if cell == "gru" else tf.zeros(U.shape[1])
    hidden, *last = _through_time(equations, live is not None)(
        projected, U, hidden_bias, live if live is not None else tf.ones(()), *first
    )
    return hidden, tuple(last)


# --- the equations of the cells, one timestep forth and back


class _Equations(NamedTuple):
    """A cell: how many states it has, and its two steps.

    The step forth takes the projected input (samples, blocks * units), the product of the hidden
    state with U (plus its bias), and the states; it returns the states and what the step back
    needs, side by side.

    The step back takes this, the states before and after, and the loss' gradients by the states
    after. It returns the gradients by the projected input and by the product with U, and by the
    states before as far as they do not pass through this product.
    """

    states: int
    kept: int  # blocks of units that the step back needs
    forth: Callable[..., tuple[States, Any]]
    back: Callable[..., tuple[Any, Any, States]]


def _lstm_forth(x: Any, recurrent: Any, states: States) -> tuple[States, Any]:
    """Run one timestep of the LSTM; keep its gates."""
    _, c = states
    i, f, g, o = tf.split(x + recurrent, 4, axis=1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
    c = f * c + i * g
    h = o * tf.tanh(c)
    return (h, c), tf.concat([i, f, g, o], axis=1)


def _lstm_back(kept: Any, before: States, after: States, by: States) -> tuple[Any, Any, States]:
    """Take the gradients of one timestep of the LSTM back."""
    i, f, g, o = tf.split(kept, 4, axis=1)
    by_h, by_c = by
    squashed = tf.tanh(after[1])
    # The cell state is read by the hidden state, and by the next timestep.
    by_c = by_c + by_h * o * (1 - squashed**2)
    # Through the slopes of sigmoid s (1 - s) and tanh 1 - t².
    by_i = by_c * g * i * (1 - i)
    by_f = by_c * before[1] * f * (1 - f)
    by_g = by_c * i * (1 - g**2)
    by_o = by_h * squashed * o * (1 - o)
    by_blocks = tf.concat([by_i, by_f, by_g, by_o], axis=1)
    return by_blocks, by_blocks, (tf.zeros_like(by_h), by_c * f)


def _gru_forth(x: Any, recurrent: Any, states: States) -> tuple[States, Any]:
    """Run one timestep of the GRU; keep its gates, the candidate, and what the reset gate meets."""
    (h,) = states
    update_x, reset_x, candidate_x = tf.split(x, 3, axis=1)
    update_h, reset_h, candidate_h = tf.split(recurrent, 3, axis=1)
    z = tf.sigmoid(update_x + update_h)
    r = tf.sigmoid(reset_x + reset_h)
    g = tf.tanh(candidate_x + r * candidate_h)
    h = z * h + (1 - z) * g
    return (h,), tf.concat([z, r, g, candidate_h], axis=1)


def _gru_back(kept: Any, before: States, _: States, by: States) -> tuple[Any, Any, States]:
    """Take the gradients of one timestep of the GRU back."""
    z, r, g, candidate_h = tf.split(kept, 4, axis=1)
    (by_h,) = by
    by_z = by_h * (before[0] - g) * z * (1 - z)
    by_g = by_h * (1 - z) * (1 - g**2)
    by_r = by_g * candidate_h * r * (1 - r)
    by_input = tf.concat([by_z, by_r, by_g], axis=1)
    # The reset gate stands between the product with U and the candidate.
    by_recurrent = tf.concat([by_z, by_r, by_g * r], axis=1)
    return by_input, by_recurrent, (by_h * z,)


def _simple_forth(x: Any, recurrent: Any, _: States) -> tuple[States, Any]:
    """Run one timestep of the simple RNN; it is its own gate."""
    h = tf.tanh(x + recurrent)
    return (h,), h


def _simple_back(kept: Any, _: States, __: States, by: States) -> tuple[Any, Any, States]:
    """Take the gradients of one timestep of the simple RNN back."""
    by_block = by[0] * (1 - kept**2)
    return by_block, by_block, (tf.zeros_like(by_block),)


_CELLS = {
    "lstm": _Equations(2, 4, _lstm_forth, _lstm_back),
    "gru": _Equations(1, 4, _gru_forth, _gru_back),
    "simple": _Equations(1, 1, _simple_forth, _simple_back),
}


# --- through time


def _through_time(equations: _Equations, masked: bool) -> Callable[..., Any]:
    """Return the recurrence of a cell, whose gradient is the step back from the last timestep."""

    @tf.custom_gradient
    def run(projected: Any, U: Any, b: Any, live: Any, *first: Any) -> Any:
        states, kept = _forth(equations, projected, U, b, live if masked else None, first)
        hidden = states[0]
        last = [state[-1] for state in states]

        def gradient(by_hidden: Any, *by_last: Any) -> Any:
            # The states before each timestep: the first ones, then all but the last.
            before = [
                tf.concat([start[None], state[:-1]], axis=0)
                for start, state in zip(first, states, strict=True)
            ]
            by_input, by_recurrent, by_first = _back(
                equations, (kept, before, states, by_hidden), by_last, U, live if masked else None
            )
            # The gradient by a kernel is one product over all timesteps and samples.
            rows = tf.reshape(by_recurrent, (-1, U.shape[1]))
            hidden_before = tf.reshape(before[0], (-1, U.shape[0]))
            by_kernel = tf.matmul(hidden_before, rows, transpose_a=True)
            by_bias = tf.reduce_sum(rows, axis=0)
            return by_input, by_kernel, by_bias, tf.zeros_like(live), *by_first

        return (hidden, *last), gradient

    return run


def _forth(
    equations: _Equations, projected: Any, U: Any, b: Any, live: Any, first: States
) -> tuple[list[Any], Any]:
    """Run all timesteps; return all states, and what the way back needs of each timestep."""

    def step(states: States, projected_now: Any, live_now: Any = None) -> tuple[States, States]:
        after, kept = equations.forth(projected_now, states[0] @ U + b, states)
        if live_now is not None:
            after = _where_live(live_now, after, states)
        return after, (*after, kept)

    units = U.shape[0]
    sequences = (projected,) if live is None else (projected, live)
    widths = [units] * equations.states + [equations.kept * units]
    _, stacked = scan(step, first, sequences, widths)
    return stacked[:-1], stacked[-1]


def _back(
    equations: _Equations, trace: tuple[Any, ...], by_last: States, U: Any, live: Any
) -> tuple[Any, Any, States]:
    """Go back from the last timestep; return gradients by inputs, products with U, first states."""
    kept, before, after, by_hidden = trace
    transposed = tf.transpose(U)
    count = equations.states

    def step(by: States, *now: Any) -> tuple[States, States]:
        kept_now, by_hidden_now, *others = now
        before_now, after_now = others[:count], others[count : 2 * count]
        # The hidden state of a timestep is read by the loss too.
        by = (by[0] + by_hidden_now, *by[1:])
        by_cell = by if live is None else tuple(others[-1] * each for each in by)
        by_input, by_recurrent, by_before = equations.back(kept_now, before_now, after_now, by_cell)
        by_before = (by_before[0] + by_recurrent @ transposed, *by_before[1:])
        if live is not None:
            # What has ended hands its gradient on unchanged.
            ended = 1 - others[-1]
            by_before = tuple(own + ended * each for own, each in zip(by_before, by, strict=True))
        return by_before, (by_input, by_recurrent)

    sequences = [kept, by_hidden, *before, *after]
    if live is not None:
        sequences.append(live)
    columns = U.shape[1]
    by_first, (by_input, by_recurrent) = scan(
        step, by_last, sequences, (columns, columns), backwards=True
    )
    return by_input, by_recurrent, by_first


def _where_live(live: Any, after: States, before: States) -> States:
    """Return the states after a timestep where the sequence goes on, else those before it."""
    return tuple(live * new + (1 - live) * old for new, old in zip(after, before, strict=True))


def scan(
    step: Callable[..., tuple[States, States]],
    first: States,
    sequences: Any,
    widths: Any,
    backwards: bool = False,
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

    Returns
    -------
    states : tuple of tensors
        Those after all timesteps.
    outputs : list of tensors of shape (steps, samples, width)
        In the order of time.
    """
    steps, samples = sequences[0].shape[:2]
    if steps <= _UNROLLED:
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
