"""The base of what is learned."""

import numpy as np
import pytest

from forecast.recurrent.objective import Objective


def test_a_plain_objective_is_one_network_that_carries_nothing():
    plain = Objective()
    assert (plain.members, plain.steps, plain.state(3)) == (1, 1, ())


def test_shapes_weights_and_losses_are_for_the_subclass():
    plain = Objective()
    with pytest.raises(NotImplementedError):
        _ = plain.shapes
    with pytest.raises(NotImplementedError):
        plain.initial_weights(np.random.default_rng(0))
    with pytest.raises(NotImplementedError):
        plain.losses({}, [], (), None)
