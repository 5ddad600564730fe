"""What the network learns from: what was read of series, and what came after them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecast.pretrained.inputs import Inputs

FAR = 3.0  # past errors; further off, an error counts by its logarithm

Batch = dict[str, np.ndarray]


def learning_batch(
    inputs: Inputs, future: np.ndarray, is_log: np.ndarray, steps: np.ndarray
) -> Batch:
    """Return what is learned from.

    Parameters
    ----------
    inputs : Inputs
    future : array of shape (n_series, n_steps)
        What came, in the unit of the series; NaN where it is not known.
    is_log : array of bool, of shape (n_series,)
        Of which series logarithms were read. What has none is not learned from.
    steps : array of int
        Which of the steps are learned from.
    """
    future = future.copy()
    with np.errstate(invalid="ignore", divide="ignore"):
        future[is_log] = np.log(future[is_log])
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


def joined(batches: Sequence[Batch]) -> Batch:
    """Return the samples of all batches as one."""
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def taken(batch: Batch, places: np.ndarray | slice) -> Batch:
    """Return some samples of a batch."""
    return {name: value[places] for name, value in batch.items()}
