"""What is seen inside a network: its gates while it reads, and how far back its error reaches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from forecast.recurrent.architecture import Architecture, Weights
from forecast.recurrent.cells import GATES_AND_STATES, Trace, encode, side_by_side
from forecast.recurrent.gradients import Flow, gradients


def gate_frame(architecture: Architecture, weights: Weights, windows: np.ndarray) -> pd.DataFrame:
    """Tell what each gate and state is while windows are read.

    Returns a row for each sample, timestep, layer, unit and gate.
    """
    a = architecture
    names = GATES_AND_STATES[a.cell]
    traces = encode(a, weights, windows, names)
    layers = [_quantities(directions, names) for directions in traces]
    # (layers, gates, samples, steps, units) -> (samples, steps, layers, units, gates)
    values = np.array(layers).transpose(2, 3, 0, 4, 1)
    # The place of each number on the five axes: five columns of the frame.
    places = np.indices(values.shape)
    sample, step, layer, unit, gate = places.reshape(5, -1)
    return pd.DataFrame(
        {
            "sample": sample,
            # A patch is named by its last timestep; the last one of the window is 0.
            "timestep": (step + 1) * a.patch - a.timesteps,
            "layer": layer,
            "unit": unit,
            "gate": np.array(names, dtype=object)[gate],
            "value": values.ravel(),
        }
    )


def _quantities(directions: list[Trace], names: Sequence[str]) -> list[np.ndarray]:
    """Return the gates and states of a layer, each (samples, steps, state size)."""
    return [side_by_side(directions, name) for name in names]


def flow_frame(
    architecture: Architecture,
    weights: Weights,
    windows: np.ndarray,
    actual: np.ndarray,
    ahead: np.ndarray | None = None,
    series: np.ndarray | None = None,
) -> pd.DataFrame:
    """Tell how far back the squared error reaches.

    Returns the mean norm of d loss / d hidden state over the samples, by layer and timesteps back.
    """
    a = architecture
    # In double precision: in single, small norms would be none.
    doubles = {name: values.astype(np.float64) for name, values in weights.items()}
    windows = windows.astype(np.float64)
    known = None if ahead is None else ahead.astype(np.float64)
    _, _, flows = gradients(a, doubles, windows, actual, known, series)

    hidden = [_hidden_gradient(directions) for directions in flows]
    # (layers, samples, steps, units) -> (layers, samples, steps) -> (layers, steps)
    norms = np.linalg.norm(np.array(hidden), axis=3)
    norms = norms.mean(axis=1)
    # Steps are counted backwards from the last one, in timesteps of the window.
    layer, step = np.indices(norms.shape).reshape(2, -1)
    back = (a.steps - 1 - step) * a.patch
    frame = pd.DataFrame({"layer": layer, "timesteps_back": back, "norm": norms.ravel()})
    return frame.sort_values(["layer", "timesteps_back"], ignore_index=True)


def _hidden_gradient(directions: list[Flow]) -> np.ndarray:
    """Return the gradient by the hidden states of a layer: (samples, steps, state size)."""
    return side_by_side([{"hidden": flow.hidden} for flow in directions], "hidden")
