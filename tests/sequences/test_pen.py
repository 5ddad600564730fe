import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sequences.pen_cases import FORMS, model_of, strokes

from forecast.sequences.pen import positions, reading


def test_positions_begin_anew_in_each_sequence():
    points, lengths, _ = strokes()
    expected = [part[:, :2].cumsum(axis=0) for part in np.split(points, np.cumsum(lengths)[:-1])]
    assert_allclose(positions(points, lengths), np.concatenate(expected))


def test_what_is_read_before_a_point_is_the_point_before_it_and_where_the_pen_stands():
    points = np.array([[1, 2, 0], [3, 4, 1], [5, 6, 0], [7, 8, 1]], float)
    read = reading(points, np.array([3, 1]), np.array([2.0, 4.0]), np.array([10.0, 20.0]))
    none = [0] * 5
    expected = [none, [0.5, 0.5, 0, 0.1, 0.1], [1.5, 1, 1, 0.4, 0.3], none]
    assert_allclose(read, expected)


@pytest.mark.parametrize("form", FORMS)
def test_sequences_of_unequal_lengths_are_told_as_each_alone(form):
    model = model_of(*form)
    points, lengths, condition = strokes(model.network.features)
    told = np.split(model.log_densities(points, lengths, condition), np.cumsum(lengths)[:-1])
    each = np.split(points, np.cumsum(lengths)[:-1])
    for row, (alone, log_density) in enumerate(zip(each, told, strict=True)):
        own = model.log_densities(alone, lengths[row : row + 1], condition[row : row + 1])
        assert_allclose(log_density, own, rtol=1e-12)


def test_densities_are_in_the_unit_of_the_offsets():
    model = model_of("lstm", 1, 0)
    points, lengths, condition = strokes()
    larger = type(model)(model.network, model.weights, model.scale * 10, model.reach * 10)
    told = larger.log_densities(points * [10, 10, 1], lengths, condition)
    expected = model.log_densities(points, lengths, condition) - np.log(100)
    assert_allclose(told, expected, rtol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_samples_go_on_from_their_prefix_as_the_model_says(form):
    # At temperature 0 each point is the mode of a component: moving it a little tells it worse.
    model = model_of(*form)
    points, _, condition = strokes(model.network.features)
    rng = np.random.default_rng(0)
    (drawn,) = model.sample(points[:3], condition[:1], 0, 4, rng)
    assert_array_equal(drawn[:3], points[:3])
    assert 4 <= len(drawn) <= 7
    again = model.sample(drawn[:4], condition[:1], 0, 3, rng)
    if len(drawn) == 7:
        assert_allclose(again[0], drawn, rtol=1e-9)


def test_samples_end_where_the_end_is_drawn():
    model = model_of("gru", 2, 2)
    model.weights["head_bias"][-1] = 50  # the end is certain
    drawn = model.sample(np.zeros((0, 3)), np.zeros((3, 2)), 1.0, 9, np.random.default_rng(0))
    assert [len(points) for points in drawn] == [1, 1, 1]


def test_samples_are_no_longer_than_asked():
    model = model_of("gru", 2, 2)
    model.weights["head_bias"][-1] = -50  # the end never comes
    drawn = model.sample(np.zeros((2, 3)), np.zeros((3, 2)), 1.0, 9, np.random.default_rng(0))
    assert [len(points) for points in drawn] == [11, 11, 11]
