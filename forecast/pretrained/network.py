"""The network in NumPy: recurrent layers read a series, and a head weighs rules for each step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import softmax

from forecast.pretrained.candidates import N_CANDIDATES
from forecast.pretrained.inputs import N_RECENT_COLUMNS, N_STATIC, N_STEP, Inputs
from forecast.recurrent import cells
from forecast.recurrent.heads import non_crossing
from forecast.recurrent.quantiles import LEARNED_LEVELS

Weights = Mapping[str, np.ndarray]

UNITS = 112
_WIDTHS = (128, 128)
_N_LEVELS = len(LEARNED_LEVELS)
# Behind the weights the answer has the correction, which is the middle level, then the others.
_OTHERS = N_CANDIDATES + np.arange(1, _N_LEVELS)
LEVEL_COLUMNS = np.insert(_OTHERS, _N_LEVELS // 2, N_CANDIDATES)

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
    share = softmax(answer[..., :N_CANDIDATES], axis=-1)
    error = np.einsum("nhk,nhk->nh", share, inputs.errors)[..., None]
    forecast = np.einsum("nhk,nhk->nh", share, inputs.forecasts)[..., None]
    # The correction is the median, and so are the distances, in past errors.
    quantiles = (forecast + error * non_crossing(answer[..., LEVEL_COLUMNS])).astype(float)
    return inputs.level[:, None, None] + inputs.scale[:, None, None] * quantiles


def _silu(x: np.ndarray) -> np.ndarray:
    # NumPy's exponential is several times faster than SciPy's logistic function.
    with np.errstate(over="ignore"):
        return x / (1 + np.exp(-x))
