"""The trainer: what is compiled serves again, and learns the same compiled or not."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recurrent.cases import NETWORK, wave_samples

from forecast.recurrent import trainer as trainer_module
from forecast.recurrent import training
from forecast.recurrent.architecture import initial_weights
from forecast.recurrent.gradients import gradients
from forecast.recurrent.network import WindowNetwork, train_windows
from forecast.recurrent.schedule import Schedule
from forecast.recurrent.sources import source_of
from forecast.recurrent.trainer import Trainer, trainer_of

SCHEDULE = Schedule(2, 8, 0.003, None)
OBJECTIVE = WindowNetwork(NETWORK, "mse", 0.3)


def train(samples, schedule=SCHEDULE, seed=0, **options):
    return train_windows(NETWORK, samples, "mse", 0.3, schedule, seed, **options)


def flat(members):
    return np.concatenate([values.ravel() for weights in members for values in weights.values()])


@pytest.mark.parametrize("compiled", [False, True], ids=["graph", "XLA"])
def test_a_second_fit_of_the_same_shape_compiles_nothing(monkeypatch, compiled):
    monkeypatch.setattr(training, "_COMPILED_FROM", 0 if compiled else 10**9)
    trainer_of.cache_clear()  # what other tests have trained had other shapes
    samples = wave_samples()
    first, history, _ = train(samples)
    before = trainer_of.cache_info()
    # Other seed, rate, length and values; of a few samples less, the padded size is the same.
    other = wave_samples(59).keep(slice(1, None))
    train(other, replace(SCHEDULE, learning_rate=0.1), 4)
    train(samples, places=np.arange(20))
    after = trainer_of.cache_info()
    assert (after.misses, after.currsize) == (before.misses, before.currsize)
    assert after.hits > before.hits
    trainer = trainer_of(OBJECTIVE, 0.0, compiled)
    assert trainer.run.experimental_get_tracing_count() == 1
    # Nothing of the fits in between is left.
    again, history_again, _ = train(samples)
    assert_array_equal(flat(again), flat(first))
    assert history_again == history


def test_a_compiled_fit_learns_what_a_plain_one_learns(monkeypatch):
    samples = wave_samples()
    monkeypatch.setattr(training, "_COMPILED_FROM", 10**9)
    plain, history, _ = train(samples)
    monkeypatch.setattr(training, "_COMPILED_FROM", 0)
    compiled, history_compiled, _ = train(samples)
    assert_allclose(flat(compiled), flat(plain), rtol=1e-3, atol=1e-4)
    losses = [record["loss"] for record in history]
    assert_allclose([record["loss"] for record in history_compiled], losses, rtol=1e-4)


def test_one_batch_is_a_step_of_adam_against_the_clipped_gradient():
    samples = wave_samples()
    weights = initial_weights(NETWORK, np.random.default_rng(0))
    trainer = Trainer(WindowNetwork(NETWORK, "mse", 0.0), 0.0, compiled=False)
    trainer.reset([weights])
    schedule = Schedule(1, len(samples), 0.01, None)
    loss = trainer.epoch(
        source_of(samples.parts()), np.arange(len(samples)), len(samples), schedule, 0, 0
    )
    windows, _, _ = samples.inputs()
    doubles = {name: values.astype(float) for name, values in weights.items()}
    value, by_weights, _ = gradients(NETWORK, doubles, windows.astype(float), samples.actual())
    # The mean squared error is half the sum of squares, times 2, by samples and outputs.
    numbers = samples.actual().size
    assert_allclose(loss, 2 * value / numbers, rtol=1e-5)
    gradient = {name: 2 * values / numbers for name, values in by_weights.items()}
    norm = np.sqrt(sum((values**2).sum() for values in gradient.values()))
    moved = trainer.weights()[0]
    for name, values in gradient.items():
        clipped = values / max(1.0, norm)
        # Adam's first step is the rate times the sign of the gradient, but for its epsilon.
        epsilon = 1e-7 / np.sqrt(1 - 0.999)
        expected = weights[name] - 0.01 * clipped / (np.abs(clipped) + epsilon)
        assert_allclose(moved[name], expected, atol=1e-5)


def test_the_rate_falls_to_zero_along_a_cosine():
    shares = [float(trainer_module._cosine(0.2, epoch, 0.5, 4.0)) for epoch in range(4)]
    expected = [0.1 * (1 + np.cos(np.pi * (epoch + 0.5) / 4)) for epoch in range(4)]
    assert_allclose(shares, expected, rtol=1e-5)
