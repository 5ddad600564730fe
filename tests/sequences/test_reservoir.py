"""Random recurrent features against units that are run one by one."""

import numpy as np
import pytest
from naive import leaky_states
from numpy.testing import assert_allclose, assert_array_equal

from forecast.sequences import reservoir as module
from forecast.sequences.intake import Sequences, encoded, sequences_of_numbers
from forecast.sequences.reservoir import Reservoir
from forecast.sequences.vocabulary import Vocabulary

RNG = np.random.default_rng(0)
UNEQUAL = RNG.normal(size=(5, 7, 2)) * [1, 5] + [3, 0]
for place, length in enumerate([4, 7, 1, 7, 5]):
    UNEQUAL[place, length:] = np.nan


@pytest.fixture(autouse=True)
def few_units(monkeypatch):
    monkeypatch.setattr(module, "_MOST_UNITS", 6)
    monkeypatch.setattr(module, "_LEAST_UNITS", 3)


def learned(sequences, seed=1):
    return Reservoir.learn(sequences, 0, seed)


def drive_of(values, sequences):
    """Return standardised values and differences of one sequence, computed from all of them."""
    everything = np.concatenate(
        [v[:n] for v, n in zip(sequences.values, sequences.lengths, strict=True)]
    )
    slopes = [
        np.diff(v[:n], axis=0, prepend=v[:1])
        for v, n in zip(sequences.values, sequences.lengths, strict=True)
    ]
    size = np.sqrt((np.concatenate(slopes) ** 2).mean(axis=0))
    own = np.diff(values, axis=0, prepend=values[:1])
    return np.hstack([(values - everything.mean(axis=0)) / everything.std(axis=0), own / size])


def test_features_are_statistics_of_states_run_one_by_one():
    sequences = sequences_of_numbers(UNEQUAL)
    model = learned(sequences)
    features = model.pooled(sequences)
    assert features.shape == (5, 4 * 8 * 6)
    for place, length in enumerate(sequences.lengths):
        values = sequences.values[place, :length]
        expected = []
        for block, levels, width in zip(model.blocks, model.levels, model.widths, strict=True):
            states = leaky_states(block, drive_of(values, sequences))
            last = states[0] if block.backwards else states[-1]
            rise = np.clip((states - levels[:, None]) / width + 0.5, 0, 1).mean(axis=1)
            statistics = [last, states.mean(0), states.std(0), states.max(0), states.min(0)]
            expected.append(np.concatenate([*statistics, *rise]))
        assert_allclose(features[place], np.concatenate(expected), rtol=1e-5, atol=1e-6)


def test_states_at_timesteps_are_those_run_one_by_one():
    sequences = sequences_of_numbers(UNEQUAL)
    model = learned(sequences)
    states = model.at_timesteps(sequences)
    expected = []
    for place, length in enumerate(sequences.lengths):
        drive = drive_of(sequences.values[place, :length], sequences)
        expected.append(np.hstack([leaky_states(block, drive) for block in model.blocks]))
    assert_allclose(states, np.concatenate(expected), rtol=1e-5, atol=1e-6)


def test_a_token_drives_units_by_its_row_and_that_of_the_one_before():
    vocabulary = Vocabulary().fit(["abc", "b"])
    sequences = encoded(["abc", "bz"], vocabulary)
    size = len(vocabulary.tokens_)
    model = Reservoir.learn(sequences, size, 1)
    one_hot = np.zeros((2, 3, 2 * size))
    for row, codes in enumerate(sequences.values):
        for step, code in enumerate(codes):
            one_hot[row, step, code] = 1
            if step:
                one_hot[row, step, size + codes[step - 1]] = 1
    expected = [
        np.hstack([leaky_states(b, one_hot[row, :n]) for b in model.blocks])
        for row, n in ((0, 3), (1, 2))
    ]
    assert_allclose(model.at_timesteps(sequences), np.concatenate(expected), rtol=1e-5, atol=1e-6)
    # "z" is unknown: it drives nothing.
    assert not model.blocks[0].kernel[[0, 1, size, size + 1]].any()


def test_features_do_not_depend_on_the_sequences_beside_them():
    sequences = sequences_of_numbers(UNEQUAL)
    model = learned(sequences)
    together = model.pooled(sequences)
    alone = [model.pooled(sequences.keep(np.array([place]))) for place in range(5)]
    assert_allclose(np.concatenate(alone), together, rtol=1e-10, atol=1e-12)


def test_single_precision_is_near_double():
    sequences = sequences_of_numbers(UNEQUAL)
    model = learned(sequences)
    assert_allclose(model.pooled(sequences, np.float32), model.pooled(sequences), atol=1e-4)


def test_the_unit_of_a_feature_does_not_matter():
    sequences = sequences_of_numbers(UNEQUAL)
    other = sequences_of_numbers(UNEQUAL * [1e3, 1e-3] - [5, 7])
    assert_allclose(
        learned(other).pooled(other), learned(sequences).pooled(sequences), rtol=1e-4, atol=1e-5
    )


def test_constant_features_say_nothing():
    constant = np.where(np.isnan(UNEQUAL[:, :, :1]), np.nan, 0.1)
    sequences = sequences_of_numbers(np.concatenate([UNEQUAL, constant], axis=2))
    model = learned(sequences)
    changed = sequences_of_numbers(np.concatenate([UNEQUAL, constant + 4], axis=2))
    assert_array_equal(model.pooled(changed), model.pooled(sequences))


def test_the_seed_chooses_the_weights():
    sequences = sequences_of_numbers(UNEQUAL)
    assert_array_equal(learned(sequences).pooled(sequences), learned(sequences).pooled(sequences))
    assert (learned(sequences, 2).pooled(sequences) != learned(sequences).pooled(sequences)).any()


def test_the_spectral_radius_is_about_one(monkeypatch):
    monkeypatch.setattr(module, "_MOST_UNITS", 256)
    for block in learned(sequences_of_numbers(UNEQUAL)).blocks:
        radius = np.abs(np.linalg.eigvals(block.recurrent)).max()
        assert_allclose(radius, 1, atol=0.1)


@pytest.mark.parametrize(
    ("samples", "timesteps", "units"),
    [(50, 100, 256), (2048, 20, 256), (2049, 20, 64), (100, 4000, 128), (1000, 20000, 64)],
)
def test_units_are_fewer_where_there_is_much_to_read(monkeypatch, samples, timesteps, units):
    monkeypatch.setattr(module, "_MOST_UNITS", 256)
    monkeypatch.setattr(module, "_LEAST_UNITS", 64)
    lengths = np.full(samples, timesteps)
    empty = Sequences(np.zeros((samples, 1, 1)), lengths, 0 * lengths, timesteps)
    assert module._units_for(empty) == units
