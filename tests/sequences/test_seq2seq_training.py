import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose
from sequences.seq2seq_cases import FORMS, network_of, sources, targets

from forecast.recurrent.dropout import Draws
from forecast.recurrent.schedule import Schedule
from forecast.sequences.seq2seq_network import Translator
from forecast.sequences.seq2seq_training import Translation, parts_of, train_translator

DRAWS = Draws(tf.constant([0, 0], tf.uint32), tf.constant(0), 0)


def losses(network, weights, source, target, dropout=0.0):
    """Return the losses of all samples by the tensors."""
    objective = Translation(network, 9, dropout)
    tensors = {name: tf.constant(values) for name, values in weights.items()}
    parts = [
        tf.constant(part[:].astype(np.float32 if part.rows.dtype.kind == "f" else np.int32))
        for part in parts_of(source, target)
    ]
    return objective.losses(tensors, parts, (), DRAWS)[0].numpy()


@pytest.mark.parametrize("form", FORMS)
def test_the_losses_are_those_of_numpy(form):
    network, weights = network_of(*form)
    source, target = sources(form[2]), targets(form[3])
    expected = Translator(network, weights).losses(source, target)
    assert_allclose(losses(network, weights, source, target), expected, rtol=1e-5)


def test_dropout_hides_what_the_head_reads():
    network, weights = network_of(*FORMS[0])
    source, target = sources(True), targets(True)
    kept = losses(network, weights, source, target)
    assert np.abs(losses(network, weights, source, target, 0.5) - kept).max() > 0.01


def test_weights_begin_as_those_of_both_parts():
    network, _ = network_of(*FORMS[0])
    weights = network.initial_weights(np.random.default_rng(0))
    assert {name: values.shape for name, values in weights.items()} == network.shapes
    # Forget gates begin open, in both parts and directions.
    for name in ("encoder_lstm_0", "encoder_lstm_0_backward", "decoder_lstm_0"):
        assert_allclose(weights[f"{name}_bias"], np.repeat([0, 1, 0, 0], 4))


def test_training_lowers_the_loss_that_numpy_computes():
    form = FORMS[0]
    network, _ = network_of(*form)
    source, target = sources(form[2]), targets(form[3])
    first = network.initial_weights(np.random.default_rng([0, 0]))
    before = Translator(network, first).losses(source, target).mean()
    schedule = Schedule(epochs=40, batch_size=5, learning_rate=0.05, patience=None)
    weights, history = train_translator(network, source, target, schedule, 0, 0.0)
    after = Translator(network, weights).losses(source, target).mean()
    assert after < 0.6 * before
    assert abs(history[-1]["loss"] - after) < 0.2
