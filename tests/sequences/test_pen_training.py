import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from sequences.pen_cases import FORMS, model_of, strokes

from forecast import SequenceGenerator, load, save
from forecast.exceptions import InputError
from forecast.recurrent.dropout import Draws
from forecast.sequences.mixture import Mixture, columns
from forecast.sequences.pen_training import NextMove, _timesteps, log_densities

SMALL = {"output": "mixture", "components": 3, "units": 16, "cell": "gru", "random_state": 0}


def test_densities_of_tensors_are_those_of_arrays():
    rng = np.random.default_rng(0)
    answers = rng.normal(0, 2, (20, columns(4))).astype(np.float32)
    moves = rng.normal(size=(20, 2)).astype(np.float32)
    happened = rng.integers(0, 2, (20, 2)).astype(np.float32)
    told = log_densities(*map(tf.constant, (answers, moves, happened))).numpy()
    expected = Mixture.of(answers.astype(float)).log_densities(moves.astype(float), happened)
    assert_allclose(told, expected, rtol=1e-4)


@pytest.mark.parametrize("form", FORMS)
def test_the_loss_is_the_mean_log_density_of_the_model(form):
    model = model_of(*form)
    points, lengths, condition = strokes(model.network.features)
    timesteps = _timesteps(points, lengths, model.scale, model.reach)
    objective = NextMove(model.network, timesteps.shape[1], 0.0)
    weights = {name: tf.constant(values) for name, values in model.weights.items()}
    parts = [tf.constant(timesteps), tf.constant(condition[:, None].astype(np.float32))]
    draws = Draws(tf.constant([0, 0], tf.uint32), tf.constant(0), 0)
    losses, _ = objective.losses(weights, parts, (), draws)
    told = model.log_densities(points, lengths, condition) + np.log(model.scale).sum()
    expected = -np.add.reduceat(told, np.cumsum(lengths) - lengths) / lengths
    assert_allclose(losses, expected, rtol=1e-4)


def squares_and_triangles(n):
    """Return closed figures with some noise, and their names: the last side is drawn pen up."""
    rng = np.random.default_rng(0)
    sides = {"square": [[1, 0], [0, 1], [-1, 0], [0, -1]], "triangle": [[2, 0], [-1, 2], [-1, -2]]}
    names = np.array(["square", "triangle"] * (n // 2))
    strokes = []
    for name in names:
        moves = np.array(sides[name]) + rng.normal(0, 0.05, (len(sides[name]), 2))
        strokes.append(np.column_stack([moves, np.arange(len(moves)) == len(moves) - 1]))
    return strokes, names


@pytest.fixture(scope="module")
def figures():
    strokes, names = squares_and_triangles(160)
    generator = SequenceGenerator(epochs=40, learning_rate=0.02, batch_size=20, **SMALL)
    return generator.fit(strokes, names)


def test_a_generator_draws_the_figure_that_it_is_asked_for(figures):
    square, triangle = figures.sample(2, condition=["square", "triangle"], temperature=0)
    assert_allclose(square[:, :2], [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=0.3)
    assert_allclose(triangle[:, :2], [[2, 0], [-1, 2], [-1, -2]], atol=0.3)
    assert square[:, 2].tolist() == [0, 0, 0, 1]
    begun = figures.sample(1, square[:2], "square", temperature=0)[0]
    assert_allclose(begun, square)


def test_the_right_name_makes_strokes_likelier(figures):
    strokes, names = squares_and_triangles(10)
    assert figures.score(strokes, names) > figures.score(strokes, names[::-1]) + 1


def test_a_file_draws_alike(figures, tmp_path):
    loaded = load(save(figures, tmp_path / "figures.seqcast"))
    for one, other in zip(
        figures.sample(3, condition="square"), loaded.sample(3, condition="square"), strict=True
    ):
        assert_allclose(one, other, rtol=0)


def test_methods_of_tokens_are_refused(figures):
    for method, argument in [("predict_proba", ""), ("recommend", []), ("perplexity", [])]:
        with pytest.raises(InputError, match=f"{method} is of tokens"):
            getattr(figures, method)(argument)
    with pytest.raises(InputError, match="beam is of tokens"):
        figures.beam()
    with pytest.raises(InputError, match="top_k and top_p are of tokens"):
        figures.sample(condition="square", top_k=3)


@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        ({"output": "normal"}, "output of SequenceGenerator must be"),
        ({"components": 0}, "components of SequenceGenerator must be"),
        ({"epochs": 0}, "epochs=0 leaves output='mixture' nothing to learn by"),
    ],
)
def test_wrong_parameters_are_refused(parameters, fault):
    with pytest.raises(InputError, match=fault):
        SequenceGenerator(**SMALL | parameters).fit(squares_and_triangles(4)[0])


def test_patience_holds_sequences_out():
    strokes, names = squares_and_triangles(160)
    generator = SequenceGenerator(epochs=3, patience=3, batch_size=20, **SMALL)
    history = generator.fit(strokes, names).history_
    assert [len(record) for record in history] == [2, 2, 2]
    # In units of the offsets' deviation, as the loss of the training.
    last = history[-1]
    assert abs(last["validation_loss"] - last["loss"]) < 0.5
