import shutil

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import LSTMClassifier

RATE = 22_050


@pytest.fixture(scope="module")
def module(example):
    return example("spoken_digits")


def tone(frequency, seconds=0.3, loudness=1.0):
    return loudness * np.sin(2 * np.pi * frequency * np.arange(int(RATE * seconds)) / RATE)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng, which speaks, is missing")
def test_the_quick_run_prints_the_accuracy_of_each_classifier(module, lines, tmp_path):
    printed = lines(module)
    assert printed[-4].split() == ["accuracy"]
    names = ["spectra in their order", "mean spectrum", "chance"]
    for name, line in zip(names, printed[-3:], strict=True):
        assert 0.1 <= float(line.removeprefix(name)) <= 1
    assert (tmp_path / "spoken_digits.png").stat().st_size > 1000


def test_without_the_command_it_says_how_to_get_it(module, lines, monkeypatch):
    monkeypatch.setattr(module, "COMMAND", "no-such-command")
    (sentence,) = lines(module)
    assert "apt install espeak-ng" in sentence


def test_no_voice_is_in_both_parts(module):
    voices = [{voice for _, voice in speakers} for speakers in (module.LEARNED, module.JUDGED)]
    assert not voices[0] & voices[1]


def test_the_loudest_band_is_that_of_the_tone(module):
    frequencies = np.arange(0, 8000, 5.0)
    centres = frequencies[module.band_weights(frequencies).argmax(axis=1)]
    for frequency in (300, 1000, 3000):
        energies = module.spectra(tone(frequency), RATE)
        nearest = np.abs(centres - frequency).argmin()
        assert_array_equal(np.abs(energies.argmax(axis=1) - nearest) <= 1, True)


def test_a_tenth_of_the_loudness_is_a_hundredth_of_the_energy(module):
    sound = np.concatenate([tone(1000), tone(1000, loudness=0.1)])
    loudest = module.spectra(sound, RATE).max(axis=1)
    assert_allclose(loudest[1] - loudest[-2], 2, atol=0.01)  # in bels


def test_a_timestep_is_a_piece_of_20_milliseconds(module):
    energies = module.spectra(tone(500, seconds=1), RATE)
    assert energies.shape == (49, module.BANDS)


def test_the_mean_spectrum_cannot_tell_which_tone_came_first_and_a_sequence_can(module):
    rng = np.random.default_rng(0)
    sequences, words = [], []
    for _ in range(12):
        low, high = tone(rng.uniform(300, 500)), tone(rng.uniform(1500, 2500))
        for word, sounds in (("up", [low, high]), ("down", [high, low])):
            sound = np.concatenate(sounds)
            sound = sound + 0.02 * rng.standard_normal(len(sound))
            sequences.append(module.spectra(sound, RATE))
            words.append(word)
    y = np.array(words)
    mean = module.mean_spectrum_classifier().fit(module.mean_spectra(sequences[:16]), y[:16])
    assert mean.score(module.mean_spectra(sequences[16:]), y[16:]) < 0.9
    X = module.padded(sequences)
    hearer = LSTMClassifier(random_state=0).fit(X[:16], y[:16])
    assert hearer.score(X[16:], y[16:]) == 1


def test_silence_before_and_behind_is_cut_off(module):
    sound = np.array([0.0, 0.001, 0.5, 0.0, -1.0, 0.0])
    assert_allclose(module.without_silence(sound), [0.5, 0, -1])


def test_shorter_sequences_end_with_nan(module):
    one, two = np.ones((1, module.BANDS)), np.ones((2, module.BANDS))
    X = module.padded([one, two])
    assert_array_equal(np.isnan(X[:, :, 0]), [[False, True], [False, False]])
    assert_allclose(module.mean_spectra([one, two])[:, -1], [1, 2])
