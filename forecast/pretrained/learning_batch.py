"""What the network learns from: what was read of series, and what came after them."""

from __future__ import annotations

import numpy as np

from forecast.pretrained.inputs import Inputs

FAR = 3.0  # past errors; further off, an error counts by its logarithm

Batch = dict[str, np.ndarray]


def learning_batch(inputs: Inputs, future: np.ndarray, steps: np.ndarray) -> Batch:
    """Return what is learned from.

    Parameters
    ----------
    inputs : Inputs
    future : array of shape (n_series, n_steps)
        What came; NaN where it is not known.
    steps : array of int
        Which of the steps are learned from.
    """
    relative = (future - inputs.level[:, None]) / inputs.scale[:, None]
    forecasts = inputs.forecasts[:, steps]
    batch = {
        "recent": inputs.recent,
        "static": inputs.static,
        "steps": inputs.steps[:, steps],
        "forecasts": forecasts,
        "errors": inputs.errors[:, steps],
        "past": inputs.past,
        "centre": forecasts.mean(axis=2),
        "unit": FAR * inputs.errors[:, steps].min(axis=2),
    }
    distance = (relative[:, steps] - batch["centre"]) / batch["unit"]
    target = FAR * np.arcsinh(distance)
    batch["known"] = np.isfinite(target)
    batch["target"] = np.nan_to_num(target, posinf=0, neginf=0)
    return {name: value.astype(np.float32) for name, value in batch.items()}
