"""The network in NumPy: recurrent layers read a series, and a head weighs rules for each step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import expit as sigmoid

from forecast.pretrained.candidates import N_CANDIDATES
from forecast.pretrained.inputs import N_RECENT_COLUMNS, N_STATIC, N_STEP, Inputs
from forecast.recurrent import cells
from forecast.recurrent.quantiles import LEARNED_LEVELS

Weights = Mapping[str, np.ndarray]

UNITS = 112
_WIDTHS = (128, 128)
_N_LEVELS = len(LEARNED_LEVELS)

SHAPES = {
    "kernel_0": (N_RECENT_COLUMNS + N_STATIC, 3 * UNITS),
    "recurrent_0": (UNITS, 3 * UNITS),
    "bias_0": (2, 3 * UNITS),
    "kernel_1": (UNITS, 3 * UNITS),
    "recurrent_1": (UNITS, 3 * UNITS),
    "bias_1": (2, 3 * UNITS),
    "series_kernel": (UNITS + N_STATIC, _WIDTHS[0]),
    "series_bias": (_WIDTHS[0],),
    "step_kernel": (N_STEP, _WIDTHS[0]),
    "hidden_kernel": (_WIDTHS[0], _WIDTHS[1]),
    "hidden_bias": (_WIDTHS[1],),
    "answer_kernel": (_WIDTHS[1], N_CANDIDATES + _N_LEVELS),
    "answer_bias": (N_CANDIDATES + _N_LEVELS,),
    "error_power": (N_CANDIDATES,),
}


@cache
def shipped_weights() -> dict[str, np.ndarray]:
    """Read the weights that come with the package; `benchmarks/pretrain.py` makes them."""
    with np.load(Path(__file__).with_name("weights.npz"), allow_pickle=False) as file:
        return {name: file[name] for name in SHAPES}


def network_answers(weights: Weights, inputs: Inputs) -> np.ndarray:
    """Return the quantiles at `LEARNED_LEVELS`, (n_series, n_steps, levels), in the series' unit.

    Of each step the head gives a weight to each rule, a correction, and the distances between
    neighbouring quantiles, in past errors of what has been weighed; they are positive.
    """
    w = {name: value.astype(np.float32) for name, value in weights.items()}
    n_series, n_patches, _ = inputs.recent.shape
    static = np.broadcast_to(inputs.static[:, None], (n_series, n_patches, N_STATIC))
    x = np.concatenate([inputs.recent, static], axis=2)
    for number in range(2):
        kernels = w[f"kernel_{number}"], w[f"recurrent_{number}"], w[f"bias_{number}"]
        x = cells.layer("gru", x, *kernels)["hidden"]
    series = np.concatenate([x[:, -1], inputs.static], axis=1) @ w["series_kernel"]
    hidden = inputs.steps @ w["step_kernel"] + (series + w["series_bias"])[:, None]
    hidden = _silu(hidden)
    hidden = _silu(hidden @ w["hidden_kernel"] + w["hidden_bias"])
    answer = hidden @ w["answer_kernel"] + w["answer_bias"]
    answer[..., :N_CANDIDATES] -= (w["error_power"] * inputs.past)[:, None]
    return quantiles_of(answer, inputs)


def quantiles_of(answer: np.ndarray, inputs: Inputs) -> np.ndarray:
    """Turn what the head says into quantiles."""
    share = np.exp(
        answer[..., :N_CANDIDATES] - answer[..., :N_CANDIDATES].max(axis=-1, keepdims=True)
    )
    share /= share.sum(axis=-1, keepdims=True)
    error = np.einsum("nhk,nhk->nh", share, inputs.errors)
    middle = np.einsum("nhk,nhk->nh", share, inputs.forecasts)
    middle = middle + answer[..., N_CANDIDATES] * error
    distances = np.logaddexp(0, answer[..., N_CANDIDATES + 1 :]) * error[..., None]
    half = _N_LEVELS // 2
    below = np.cumsum(distances[..., :half][..., ::-1], axis=-1)[..., ::-1]
    above = np.cumsum(distances[..., half:], axis=-1)
    relative = np.concatenate([-below, np.zeros_like(middle)[..., None], above], axis=-1)
    quantiles = (middle[..., None] + relative).astype(float)
    return inputs.level[:, None, None] + inputs.scale[:, None, None] * quantiles


def _silu(x: np.ndarray) -> np.ndarray:
    return x * sigmoid(x)
