"""Our networks as Keras' models, and Keras' models as our networks.

What scales inputs and targets is no layer of its own: it is multiplied into the first kernel and
into the head, so that a model of Keras reads and answers plain numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from forecast.exceptions import InputError, InputTypeError
from forecast.recurrent.architecture import (
    Architecture,
    Weights,
    layer_prefix,
    layer_weights,
)
from forecast.recurrent.backend import keras

_LAYERS = {
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "simple": keras.layers.SimpleRNN,
}
_CELLS = {kind: cell for cell, kind in _LAYERS.items()}
# Layers that do nothing once a model has learned.
_IDLE = (keras.layers.InputLayer, keras.layers.Dropout)


# --- from ours to Keras'


def keras_model(architecture: Architecture, members: list[Weights]) -> Any:
    """Build the model of Keras with these weights; of several networks it answers the mean.

    Parameters
    ----------
    architecture : Architecture
        Without anchor, patches, series and columns known ahead.
    members : list of dicts of arrays

    Returns
    -------
    keras.Model
        From (samples, timesteps, channels) to (samples, outputs), or to (samples, timesteps,
        outputs) where each timestep is answered.
    """
    inputs = keras.Input((architecture.timesteps, architecture.channels))
    answers = [_answer_of(architecture, weights, inputs) for weights in members]
    answer = keras.layers.Average()(answers) if len(answers) > 1 else answers[0]
    return keras.Model(inputs, answer)


def _answer_of(architecture: Architecture, weights: Weights, inputs: Any) -> Any:
    """Lay one network's layers over the inputs."""
    a = architecture
    x = inputs
    for number in range(a.layers):
        returns_all = a.aligned or number < a.layers - 1
        layer = _LAYERS[a.cell](a.units, return_sequences=returns_all)
        if a.bidirectional:
            layer = keras.layers.Bidirectional(layer)
        x = layer(x)
        arrays: list[np.ndarray] = []
        for direction in range(a.directions):
            arrays += layer_weights(a, weights, number, direction)
        layer.set_weights(arrays)
    head = keras.layers.Dense(a.outputs)
    answer = head(x)
    head.set_weights([weights["head_kernel"], weights["head_bias"]])
    return answer


def with_units(
    architecture: Architecture,
    weights: Weights,
    inputs: tuple[np.ndarray, np.ndarray],
    targets: tuple[np.ndarray, np.ndarray],
) -> Weights:
    """Multiply means and deviations into a network's weights.

    Parameters
    ----------
    architecture : Architecture
    weights : dict of arrays
        Of a network that reads and answers standardised numbers.
    inputs : arrays of shape (channels,)
        Mean and deviation.
    targets : arrays of shape (outputs,)
        Mean and deviation.

    Returns
    -------
    dict of arrays
        Of a network that reads and answers plain numbers.
    """
    mean, scale = inputs
    plain = dict(weights)
    for direction in range(architecture.directions):
        prefix = layer_prefix(architecture, 0, direction)
        # (x - mean) / scale W + b = x (W / scale) + (b - mean (W / scale))
        kernel = weights[f"{prefix}_kernel"] / scale[:, None]
        bias = weights[f"{prefix}_bias"].astype(np.float64)
        of_inputs = bias[0] if architecture.cell == "gru" else bias
        of_inputs -= mean @ kernel
        plain[f"{prefix}_kernel"] = kernel
        plain[f"{prefix}_bias"] = bias
    target_mean, target_scale = targets
    plain["head_kernel"] = weights["head_kernel"] * target_scale
    plain["head_bias"] = weights["head_bias"] * target_scale + target_mean
    return {name: values.astype(np.float32) for name, values in plain.items()}


# --- from Keras' to ours


def network_of(model: Any) -> tuple[Architecture, Weights]:
    """Read a model of Keras: recurrent layers, then a dense one.

    Parameters
    ----------
    model : keras.Model, or the path of a file (.keras, .h5)

    Returns
    -------
    architecture : Architecture
    weights : dict of arrays

    Raises
    ------
    TypeError
        If it is no model.
    ValueError
        If a layer of the model is none that we have, by name.
    """
    if isinstance(model, str | Path):
        model = _load(Path(model))
    if not isinstance(model, keras.Model):
        raise InputTypeError(f"{model!r:.60} is no model of Keras, nor a path of one.")
    layers = [layer for layer in model.layers if not isinstance(layer, _IDLE)]
    *recurrent, head = layers or [None]
    if not recurrent or not isinstance(head, keras.layers.Dense):
        raise InputError(
            f"the model has the layers {_names(layers)}; it needs LSTM, GRU or SimpleRNN layers, "
            "then one Dense layer."
        )
    _check_plain(head, "activation", keras.activations.linear)
    architecture = _architecture_of(model, recurrent, head)
    return architecture, _weights_of(architecture, recurrent, head)


def _load(path: Path) -> Any:
    """Load a file of Keras; nothing in it is run."""
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path} cannot be read as a model of Keras: {reason}") from None


def _architecture_of(model: Any, recurrent: list[Any], head: Any) -> Architecture:
    """Return the architecture that recurrent layers and a head have together."""
    forward = [_forward_layer(layer) for layer in recurrent]
    for layer in forward:
        _check_cell(layer)
    for layer in recurrent[:-1]:
        _check_plain(_forward_layer(layer), "return_sequences", True)
    kinds = {(type(layer), layer.units) for layer in forward}
    directions = {isinstance(layer, keras.layers.Bidirectional) for layer in recurrent}
    if len(kinds) > 1 or len(directions) > 1:
        raise InputError(
            f"the recurrent layers {_names(recurrent)} differ; all need one kind and size."
        )
    _, timesteps, channels = model.input_shape
    if timesteps is None:
        raise InputError(
            "the model takes any number of timesteps; build it with "
            f"keras.Input((timesteps, {channels}))."
        )
    (kind, units), (bidirectional,) = kinds.pop(), directions
    return Architecture(
        cell=_CELLS[kind],
        units=units,
        layers=len(recurrent),
        timesteps=timesteps,
        channels=channels,
        outputs=head.units,
        bidirectional=bidirectional,
        aligned=forward[-1].return_sequences,
    )


def _forward_layer(layer: Any) -> Any:
    """Return a recurrent layer, of a bidirectional one that which reads forwards."""
    if isinstance(layer, keras.layers.Bidirectional):
        _check_plain(layer, "merge_mode", "concat")
        return layer.forward_layer
    return layer


def _check_cell(layer: Any) -> None:
    """Refuse a layer with other equations than those of `cells`."""
    if type(layer) not in _CELLS:
        raise InputError(
            f"layer {layer.name!r} is {type(layer).__name__}; only LSTM, GRU, SimpleRNN, "
            "Bidirectional, Dropout and a last Dense layer can be read."
        )
    _check_plain(layer, "activation", keras.activations.tanh)
    _check_plain(layer, "go_backwards", False)
    _check_plain(layer, "use_bias", True)
    if not isinstance(layer, keras.layers.SimpleRNN):
        _check_plain(layer, "recurrent_activation", keras.activations.sigmoid)
    if isinstance(layer, keras.layers.GRU):
        _check_plain(layer, "reset_after", True)


def _check_plain(layer: Any, name: str, needed: Any) -> None:
    """Refuse a layer with another setting than the one that we have."""
    value = getattr(layer, name)
    if value != needed:
        raise InputError(
            f"layer {layer.name!r} has {name}={_written(value)}; only {_written(needed)} can be "
            "read."
        )


def _written(value: Any) -> str:
    """Return a setting as Keras' arguments have it."""
    return repr(getattr(value, "__name__", value))


def _names(layers: list[Any]) -> str:
    """Name the kinds of layers."""
    return ", ".join(type(layer).__name__ for layer in layers) or "none"


def _weights_of(architecture: Architecture, recurrent: list[Any], head: Any) -> Weights:
    """Return the weights of the layers by our names, which have Keras' order."""
    arrays = [array for layer in [*recurrent, head] for array in layer.get_weights()]
    # Without a bias, a head adds nothing.
    if not head.use_bias:
        arrays.append(np.zeros(head.units, np.float32))
    return dict(zip(architecture.shapes, arrays, strict=True))
