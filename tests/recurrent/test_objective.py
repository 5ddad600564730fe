"""The base of what is learned."""

from types import SimpleNamespace

import numpy as np
import pytest

from forecast.recurrent.objective import NetworkObjective, Objective


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


def test_an_objective_of_a_network_has_its_weights():
    network = SimpleNamespace(shapes={"w": (2,)}, initial_weights=lambda rng: {"w": rng.random(2)})
    objective = NetworkObjective(network, 7)
    assert (objective.steps, objective.shapes) == (7, {"w": (2,)})
    drawn = objective.initial_weights(np.random.default_rng(0))
    assert drawn["w"].tolist() == np.random.default_rng(0).random(2).tolist()
