"""Models of Keras, read and written."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from recurrent.cases import CELLS, random_weights

from forecast import LSTMRegressor
from forecast.recurrent.architecture import Architecture
from forecast.recurrent.backend import keras
from forecast.recurrent.cells import forward
from forecast.recurrent.keras_models import keras_model, network_of, with_units

KINDS = {
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "simple": keras.layers.SimpleRNN,
}
X = np.random.default_rng(1).normal(size=(6, 5, 2)).astype(np.float32)


# Keras saves by a call of numpy that numpy deprecates.
KERAS_SAVES = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def sequential(*layers):
    return keras.Sequential([keras.Input((5, 2)), *layers])


@pytest.mark.parametrize("options", [{}, {"layers": 2, "bidirectional": True}, {"aligned": True}])
@pytest.mark.parametrize("cell", CELLS)
def test_a_network_goes_to_keras_and_back(cell, options):
    sizes = {"units": 3, "layers": 1, "timesteps": 5, "channels": 2, "outputs": 2}
    architecture = Architecture(cell, **(sizes | options))
    weights = random_weights(architecture, np.random.default_rng(0))
    model = keras_model(architecture, [weights])
    expected = forward(architecture, [weights], X)[:, :, 0]
    assert_allclose(np.asarray(model(X)).reshape(expected.shape), expected, atol=1e-6)
    again, weights_again = network_of(model)
    assert again == architecture
    for name, values in weights.items():
        assert_allclose(weights_again[name], values)


@KERAS_SAVES
def test_a_model_of_keras_predicts_here_what_it_predicts_there(tmp_path):
    layers = [
        keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True)),
        keras.layers.Dropout(0.3),
        keras.layers.Bidirectional(keras.layers.LSTM(4)),
        keras.layers.Dense(3, use_bias=False),
    ]
    model = sequential(*layers)
    expected = np.asarray(model(X))
    assert_allclose(LSTMRegressor.from_keras(model).predict(X), expected, atol=1e-6)
    for name in ("lstm_model.keras", "lstm_model.h5"):
        model.save(tmp_path / name)
        assert_allclose(LSTMRegressor.from_keras(tmp_path / name).predict(X), expected, atol=1e-6)


def test_units_are_multiplied_into_the_weights():
    architecture = Architecture("gru", 3, 1, timesteps=5, channels=2, outputs=2)
    weights = random_weights(architecture, np.random.default_rng(0))
    mean, scale = np.array([3.0, -1.0]), np.array([2.0, 0.5])
    target_mean, target_scale = np.array([7.0, 8.0]), np.array([0.1, 30.0])
    plain = with_units(architecture, weights, (mean, scale), (target_mean, target_scale))
    answer = forward(architecture, [plain], X)[:, :, 0]
    standardised = ((X - mean) / scale).astype(np.float32)
    expected = forward(architecture, [weights], standardised)[:, :, 0] * target_scale + target_mean
    assert_allclose(answer, expected, rtol=1e-5, atol=1e-5)


LSTM, DENSE = keras.layers.LSTM, keras.layers.Dense


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ([DENSE(1)], "has the layers Dense; it needs LSTM, GRU or SimpleRNN layers"),
        ([LSTM(2)], "has the layers LSTM; it needs"),
        ([LSTM(2, activation="relu"), DENSE(1)], "has activation='relu'; only 'tanh' can be read"),
        ([keras.layers.GRU(2, reset_after=False), DENSE(1)], "reset_after=False; only True"),
        ([LSTM(2, go_backwards=True), DENSE(1)], "has go_backwards=True; only False"),
        ([LSTM(2), DENSE(1, activation="softmax")], "has activation='softmax'; only 'linear'"),
        (
            [LSTM(2, return_sequences=True), LSTM(3), DENSE(1)],
            "the recurrent layers LSTM, LSTM differ",
        ),
        (
            [keras.layers.Conv1D(2, 2), LSTM(3), DENSE(1)],
            "is Conv1D; only LSTM, GRU, SimpleRNN, Bidirectional, Dropout and a last Dense",
        ),
        (
            [keras.layers.Bidirectional(LSTM(2), merge_mode="sum"), DENSE(1)],
            "has merge_mode='sum'; only 'concat'",
        ),
    ],
)
def test_what_we_do_not_have_is_refused_by_name(layers, sentence):
    with pytest.raises(ValueError, match=sentence):
        network_of(sequential(*layers))


def test_any_number_of_timesteps_is_refused_and_a_number_heals():
    layers = [LSTM(2), DENSE(1)]
    free = keras.Sequential([keras.Input((None, 2)), *layers])
    with pytest.raises(ValueError, match=r"keras\.Input\(\(timesteps, 2\)\)"):
        network_of(free)
    assert network_of(sequential(*layers))[0].timesteps == 5


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(TypeError, match="is no model of Keras"):
        network_of(3)
    with pytest.raises(ValueError, match=r"none\.keras cannot be read as a model of Keras"):
        network_of(tmp_path / "none.keras")
    (tmp_path / "text.h5").write_text("no model")
    with pytest.raises(ValueError, match=r"text\.h5 cannot be read as a model of Keras"):
        network_of(str(tmp_path / "text.h5"))
