"""What is learned from: errors in past ones, bent where they are far."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from forecast import simulate_series
from forecast.pretrained.inputs import network_inputs
from forecast.pretrained.learning_batch import FAR, learning_batch


def test_targets_are_distances_from_the_rules_in_past_errors():
    y = simulate_series(10, 90, random_state=2)
    y = y[~np.isnan(y).any(axis=1)]
    inputs = network_inputs(y[:, :70], (1, 1), 20)
    steps = np.array([0, 5, 5, 19])
    future = y[:, 70:].copy()
    future[0, 5] = np.nan
    batch = learning_batch(inputs, future, np.zeros(len(y), dtype=bool), steps)
    assert {value.dtype for value in batch.values()} == {np.dtype(np.float32)}
    assert_array_equal(batch["known"][0], [1, 0, 0, 1])
    assert batch["known"][1:].all()
    for series in range(len(y)):
        for place, step in enumerate(steps):
            if not batch["known"][series, place]:
                continue
            relative = (future[series, step] - inputs.level[series]) / inputs.scale[series]
            centre = inputs.forecasts[series, step].mean()
            unit = FAR * inputs.errors[series, step].min()
            expected = FAR * np.arcsinh((relative - centre) / unit)
            assert_allclose(batch["target"][series, place], expected, rtol=1e-3, atol=1e-3)
