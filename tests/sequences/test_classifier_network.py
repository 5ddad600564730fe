"""The network over sequences in NumPy, against recurrent layers over each sequence alone."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import softmax
from sequences.networks import LENGTHS, drawn, network, numbers, tokens

from forecast.recurrent.cells import layer
from forecast.sequences.classifier_network import patch_for
from forecast.sequences.intake import sequences_of_numbers
from forecast.sequences.reservoir import UnitInputs


def by_itself(form, weights, x):
    """Answer one sequence (steps, columns), without padding or batch."""
    a = form.architecture
    for number in range(a.layers):
        states = []
        for name in ("", "_backward")[: a.directions]:
            prefix = f"{a.cell}_{number}{name}"
            kernels = [
                weights[f"{prefix}_{kind}"] for kind in ("kernel", "recurrent_kernel", "bias")
            ]
            read = x[::-1] if name else x
            states.append(layer(a.cell, read[None], *kernels)["hidden"][0])
        ends = np.concatenate([each[-1] for each in states])
        x = np.concatenate([states[0], *(each[::-1] for each in states[1:])], axis=1)
    pooled = {"last": ends, "mean": x.mean(axis=0), "max": x.max(axis=0), None: x}[form.pooling]
    return softmax(pooled @ weights["head_kernel"] + weights["head_bias"], axis=-1)


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple"])
@pytest.mark.parametrize("pooling", ["last", "mean", "max", None])
def test_padded_sequences_are_answered_as_each_alone(cell, pooling):
    form = network(cell=cell, pooling=pooling)
    members = drawn(form)
    inputs, sequences = numbers()
    drive = inputs.read(sequences, np.float64)
    expected = []
    for x, length in zip(drive, LENGTHS, strict=True):
        answers = [by_itself(form, weights, x[:length]) for weights in members]
        expected.append(np.atleast_2d(np.mean(answers, axis=0)))
    scores = form.scores(members, inputs, sequences)
    assert_allclose(np.exp(scores), np.concatenate(expected), rtol=1e-5)


def test_tokens_are_read_as_one_hot_inputs():
    form = network(tokens=True, channels=5)
    members = drawn(form)
    inputs, sequences = tokens()
    expected = [
        np.mean([by_itself(form, w, np.eye(5)[codes[:n]]) for w in members], axis=0)
        for codes, n in zip(sequences.values, LENGTHS, strict=True)
    ]
    assert_allclose(np.exp(form.scores(members, inputs, sequences)), expected, rtol=1e-5)


def test_patches_put_timesteps_beside_one_another_and_are_filled_with_zeros():
    X = np.array([[1.0, 2.0, 4.0], [3.0, np.nan, np.nan]])
    sequences = sequences_of_numbers(X)
    inputs = UnitInputs(mean=np.zeros(1), scale=np.ones(2), vocabulary=0)
    form = network(channels=2)
    form = replace(form, architecture=replace(form.architecture, timesteps=4, patch=2))
    values, lengths = form.read(inputs, sequences, np.float32)
    # Numbers and differences of two timesteps.
    expected = [[[1, 0, 2, 1], [4, 2, 0, 0]], [[3, 0, 0, 0], [0, 0, 0, 0]]]
    assert_allclose(values, expected)
    assert lengths.tolist() == [2, 1]
    assert (patch_for(30), patch_for(96), patch_for(427)) == (1, 2, 8)


def test_many_sequences_are_answered_in_parts(monkeypatch):
    form = network()
    members = drawn(form)
    inputs, sequences = numbers()
    expected = form.scores(members, inputs, sequences)
    monkeypatch.setattr("forecast.sequences.classifier_network._HELD", 1)
    assert_allclose(form.scores(members, inputs, sequences), expected, rtol=1e-12)
