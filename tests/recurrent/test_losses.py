"""The losses of training, as loops."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

LEVELS = (0.1, 0.5, 0.8)
BY_HAND = {
    "mae": lambda error, _: abs(error),
    "mse": lambda error, _: error**2,
    "huber": lambda error, _: error**2 / 2 if abs(error) < 1 else abs(error) - 0.5,
    "quantile": lambda error, level: level * error if error > 0 else (level - 1) * error,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_losses_are_those_of_the_textbook(name):
    from forecast.recurrent.losses import LOSSES

    rng = np.random.default_rng(0)
    answer = rng.normal(0, 2, (5, 2, 3)).astype(np.float32)
    actual = rng.normal(0, 2, (5, 2, 1)).astype(np.float32)
    losses = np.asarray(LOSSES[name](answer, actual, LEVELS))
    for place in np.ndindex(answer.shape):
        error = actual[place[:2]][0] - answer[place]
        assert_allclose(losses[place], BY_HAND[name](error, LEVELS[place[2]]), rtol=1e-5)
