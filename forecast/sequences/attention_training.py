"""A recurrent layer with attention in TensorFlow, back-propagation through time by hand.

The twin of `attention` and of the decoder's first layer: at each timestep the layer looks at the
memory by its hidden state before, and reads the context beside its input. As in `layers`, only what
waits for the timestep before is inside the loop; the gradient by each kernel is one product over
all timesteps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from forecast.recurrent.backend import tf
from forecast.recurrent.layers import Equations, equations_of, scan

_UNROLLED = 0  # timesteps that are laid out flat: a step is so large that compiling them takes long
_CLOSED = -1e9  # the score of a place behind the end

States = tuple[Any, ...]  # of the cell, the hidden state first: each (samples, units)


class Kernels(NamedTuple):
    """The weights of a layer with attention.

    Parameters
    ----------
    recurrent : tensor of shape (units, blocks * units)
    hidden_bias : tensor of shape (blocks * units,)
        What is added to the product with the hidden state; 0 but for a GRU.
    context : tensor of shape (width, blocks * units)
    query : tensor of shape (units, units)
    vector : tensor of shape (units,)
    """

    recurrent: Any
    hidden_bias: Any
    context: Any
    query: Any
    vector: Any


def run_attending(
    cell: str, projected: Any, kernels: Kernels, keys: Any, values: Any, live: Any, first: States
) -> tuple[Any, Any]:
    """Run one layer that looks at a memory, time first.

    Parameters
    ----------
    cell : {"lstm", "gru", "simple"}
    projected : tensor of shape (steps, samples, blocks * units)
        The inputs, multiplied by the kernel already.
    kernels : Kernels
    keys, values : tensors of shapes (samples, places, units), (samples, places, width)
    live : tensor of shape (samples, places)
        1 within a sequence, 0 behind its end.
    first : tuple of tensors of shape (samples, units)
        The states before the first timestep.

    Returns
    -------
    hidden : tensor of shape (steps, samples, units)
    contexts : tensor of shape (steps, samples, width)
    """
    run = _through_time(equations_of(cell), live)
    return run(projected, keys, values, *kernels, *first)


def _through_time(equations: Equations, live: Any) -> Callable[..., Any]:
    """Return the recurrence of a cell with attention, whose gradient is the way back."""

    @tf.custom_gradient
    def run(projected: Any, keys: Any, values: Any, *rest: Any) -> Any:
        kernels, first = Kernels(*rest[:5]), rest[5:]
        states, gates, attention, contexts = _forth(
            equations, projected, kernels, keys, values, live, first
        )

        def gradient(by_hidden: Any, by_contexts: Any) -> Any:
            before = [
                tf.concat([start[None], state[:-1]], axis=0)
                for start, state in zip(first, states, strict=True)
            ]
            slopes = equations.slopes(gates, before, states)
            queries = _rowwise(before[0], kernels.query)
            sequences = [by_hidden, by_contexts, attention, queries, *slopes]
            by = _back(equations, sequences, kernels, keys, values, len(first))

            # One product over all timesteps and samples for each kernel.
            by_kernels = Kernels(
                recurrent=_product(before[0], by.recurrent),
                hidden_bias=tf.reduce_sum(by.recurrent, axis=[0, 1]),
                context=_product(contexts, by.projected),
                query=_product(before[0], by.query),
                vector=by.vector,
            )
            by_values = tf.einsum("tns,tnw->nsw", attention, by.context)
            return by.projected, by.keys, by_values, *by_kernels, *by.first

        return (states[0], contexts), gradient

    return run


def _forth(
    equations: Equations,
    projected: Any,
    kernels: Kernels,
    keys: Any,
    values: Any,
    live: Any,
    first: States,
) -> tuple[States, States, Any, Any]:
    """Run all timesteps; return their states, gates, attention and contexts."""
    closed = _CLOSED * (1 - live)

    def step(states: States, projected_now: Any) -> tuple[States, States]:
        h = states[0]
        squashed = tf.tanh(keys + (h @ kernels.query)[:, None])
        scores = tf.reduce_sum(squashed * kernels.vector, axis=2)
        attention = tf.nn.softmax(scores + closed)
        context = tf.reduce_sum(attention[:, :, None] * values, axis=1)
        read = projected_now + context @ kernels.context
        recurrent = h @ kernels.recurrent + kernels.hidden_bias
        after, gates = equations.forth(read, recurrent, states)
        return after, (*after, *gates, attention, context)

    units = kernels.query.shape[1]
    widths = [units] * (equations.states + equations.gates) + [values.shape[1], values.shape[2]]
    _, outputs = scan(step, first, [projected], widths, unrolled=_UNROLLED)
    *of_cell, attention, contexts = outputs
    states = tuple(of_cell[: equations.states])
    return states, tuple(of_cell[equations.states :]), attention, contexts


class _Gradients(NamedTuple):
    """The gradients at each timestep (steps, samples, …), and those summed over all of them."""

    projected: Any
    recurrent: Any  # by the product with the recurrent kernel
    context: Any
    query: Any
    keys: Any
    vector: Any
    first: States


def _back(
    equations: Equations,
    sequences: list[Any],
    kernels: Kernels,
    keys: Any,
    values: Any,
    n_states: int,
) -> _Gradients:
    """Go back from the last timestep; `sequences` are gradients, attention, queries and slopes."""
    recurrent_back, context_back, query_back = map(
        tf.transpose, (kernels.recurrent, kernels.context, kernels.query)
    )

    def step(carried: States, *now: Any) -> tuple[States, States]:
        by_hidden_now, by_context_now, attention, query, *slopes = now
        by_keys, by_vector, *by = carried
        # The hidden state of a timestep is read by the layer above too.
        by_cell = (by[0] + by_hidden_now, *by[1:])
        outputs, by_before = equations.back(tuple(slopes), by_cell)
        by_context = by_context_now + outputs[0] @ context_back

        # Through the softmax, whose slope is a (1 - a) on its diagonal, and - a a' beside it.
        by_attention = tf.reduce_sum(values * by_context[:, None], axis=2)
        mean = tf.reduce_sum(attention * by_attention, axis=1, keepdims=True)
        by_scores = (attention * (by_attention - mean))[:, :, None]
        squashed = tf.tanh(keys + query[:, None])
        by_places = by_scores * kernels.vector * (1 - squashed**2)
        by_query = tf.reduce_sum(by_places, axis=1)
        by_h = by_before[0] + outputs[-1] @ recurrent_back + by_query @ query_back

        by_vector = by_vector + tf.reduce_sum(squashed * by_scores, axis=[0, 1])
        carried = (by_keys + by_places, by_vector, by_h, *by_before[1:])
        return carried, (outputs[0], outputs[-1], by_context, by_query)

    samples, _, units = keys.shape
    zeros = (tf.zeros((samples, units)),) * n_states
    first = (tf.zeros_like(keys), tf.zeros_like(kernels.vector), *zeros)
    columns = kernels.recurrent.shape[1]
    widths = [columns, columns, values.shape[2], units]
    (by_keys, by_vector, *by_first), outputs = scan(
        step, first, sequences, widths, backwards=True, unrolled=_UNROLLED
    )
    by_projected, by_recurrent, by_context, by_query = outputs
    return _Gradients(
        projected=by_projected,
        recurrent=by_recurrent,
        context=by_context,
        query=by_query,
        keys=by_keys,
        vector=by_vector,
        first=tuple(by_first),
    )


def _rowwise(x: Any, kernel: Any) -> Any:
    """Multiply the rows of a tensor (steps, samples, inputs) by a kernel."""
    rows = tf.reshape(x, (-1, x.shape[2])) @ kernel
    return tf.reshape(rows, (*x.shape[:2], kernel.shape[1]))


def _product(inputs: Any, by_outputs: Any) -> Any:
    """Return the gradient by a kernel, summed over timesteps and samples."""
    inputs = tf.reshape(inputs, (-1, inputs.shape[2]))
    by_outputs = tf.reshape(by_outputs, (-1, by_outputs.shape[2]))
    return tf.matmul(inputs, by_outputs, transpose_a=True)
