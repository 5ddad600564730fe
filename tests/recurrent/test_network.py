"""The twin in TensorFlow: the same weights give the same answers as the equations in NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from recurrent.cases import CELLS, random_inputs, random_weights

from forecast.recurrent.architecture import Architecture
from forecast.recurrent.cells import forward

# Each with what may go wrong together: every option occurs once, and beside others.
NETWORKS = {
    "single steps": {"timesteps": 5},
    "stacked patches, seasons, known ahead": {
        "layers": 2,
        "patch": 3,
        "anchor": (2, 5),
        "known_channels": (0, 2),
        "calendar_columns": 1,
    },
    "both directions, quantiles, series": {
        "layers": 2,
        "bidirectional": True,
        "quantiles": (0.1, 0.5, 0.9),
        "series": 3,
        "embedding": 2,
        "calendar_columns": 2,
    },
    "more steps than are laid out flat": {"timesteps": 20, "layers": 2, "bidirectional": True},
}


@pytest.mark.parametrize("options", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("cell", CELLS)
def test_the_equations_are_those_of_numpy(cell, options):
    from forecast.recurrent.network import answers, naive_forecasts

    sizes = {"units": 4, "layers": 1, "timesteps": 6, "channels": 3, "outputs": 2}
    architecture = Architecture(cell, **(sizes | options))
    rng = np.random.default_rng(3)
    weights = random_weights(architecture, rng)
    inputs = random_inputs(architecture, rng, samples=7, kind=np.float32)
    expected = np.asarray(answers(architecture, weights, *inputs))
    base = np.asarray(naive_forecasts(architecture, inputs.windows))
    if architecture.anchor:
        expected = expected + base
    answer = forward(architecture, [weights], *inputs)
    assert answer.shape == (7, 2, architecture.levels)
    assert_allclose(answer, expected, rtol=1e-5, atol=1e-5)


def test_a_mask_is_multiplied_with_what_the_encoder_hands_on():
    from forecast.recurrent.network import answers

    architecture = Architecture("lstm", 4, 1, 3, 1, 2)
    rng = np.random.default_rng(3)
    weights = random_weights(architecture, rng)
    windows = random_inputs(architecture, rng, kind=np.float32).windows
    mask = np.zeros((4, 4), np.float32)
    masked = np.asarray(answers(architecture, weights, windows, mask=mask))
    assert_allclose(masked[:, :, 0], np.tile(weights["head_bias"], (4, 1)), rtol=1e-6)
