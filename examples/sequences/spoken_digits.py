"""Spoken digits of voices that were not learned from: sequences of spectra to one of ten words.

A speech synthesiser, the command espeak-ng, speaks each digit in several accents, voices, speeds
and pitches, and noise is added. The sound is cut into pieces of 25 milliseconds, one each 20, whose
energies in 20 bands of frequency are the features of a timestep.

Beside the classifier of sequences stands one that knows the mean spectrum of a word and how long it
lasts, but not what came first. What is judged are other voices, half of them in another accent.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy import signal
from scipy.io import wavfile
from showing import arguments, show
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from forecast import LSTMClassifier

COMMAND = "espeak-ng"
MISSING = (
    f"The command {COMMAND}, which speaks the digits, is missing: install it "
    f"(Debian, Ubuntu: apt install {COMMAND}; macOS: brew install {COMMAND})."
)
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LEARNED = tuple(product(("en-us", "en-gb"), ("m1", "m2", "m3", "m5", "f1", "f2", "f4")))
JUDGED = tuple(product(("en-us", "en-gb-scotland"), ("m4", "m7", "f3", "f5")))
BANDS = 20
FREQUENCIES = 100.0, 5000.0  # of the lowest and the highest band, in Hz
PIECE, STEP = 0.025, 0.020  # seconds
QUIETEST = 1e-6  # of the loudest band
SILENCE = 0.01  # of the loudest sample
NOISE = 0.02  # of the loudest sample


def main(argv: Sequence[str] | None = None) -> None:
    """Learn to hear digits, print the shares that are heard right."""
    args = arguments(__doc__, argv)
    if shutil.which(COMMAND) is None:
        print(MISSING)
        return
    rng = np.random.default_rng(args.seed)
    learned, judged = (LEARNED[:4], JUDGED[:1]) if args.quick else (LEARNED, JUDGED)
    sounds, y = spectra_of(learned, 1 if args.quick else 4, rng)
    asked, expected = spectra_of(judged, 1 if args.quick else 4, rng)
    print(f"{len(sounds)} spoken digits to learn from, {len(asked)} of other voices to judge")

    hearer = LSTMClassifier(random_state=args.seed).fit(padded(sounds), y)
    answer = hearer.predict(padded(asked))
    print_confusions(answer, expected)
    mean = mean_spectrum_classifier().fit(mean_spectra(sounds), y)
    draw_words(asked, expected, args.out / "spoken_digits.png")
    scores = {
        "spectra in their order": float(np.mean(answer == expected)),
        "mean spectrum": float(mean.score(mean_spectra(asked), expected)),
        "chance": 1 / len(WORDS),
    }
    show("accuracy", scores)


# --- sound


def spectra_of(
    speakers: Iterable[tuple[str, str]], times: int, rng: np.random.Generator
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the spectra of each digit, said by each speaker some times, and the words."""
    found, words = [], []
    for (accent, voice), word, _ in product(speakers, WORDS, range(times)):
        speed, pitch = rng.integers(110, 220), rng.integers(20, 80)
        rate, sound = spoken(word, f"{accent}+{voice}", speed, pitch)
        sound = without_silence(sound)
        noise = NOISE * np.abs(sound).max() * rng.standard_normal(len(sound))
        found.append(spectra(sound + noise, rate))
        words.append(word)
    return found, np.array(words)


def spoken(word: str, voice: str, speed: int, pitch: int) -> tuple[int, np.ndarray]:
    """Return the samples per second, and the samples of a word that is spoken."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "word.wav"
        call = [COMMAND, "-v", voice, "-s", str(speed), "-p", str(pitch), "-w", str(path), word]
        subprocess.run(call, check=True, capture_output=True)
        return wavfile.read(path)


def without_silence(sound: np.ndarray) -> np.ndarray:
    """Return a sound from its first loud sample to its last one."""
    (loud,) = np.nonzero(np.abs(sound) > SILENCE * np.abs(sound).max())
    return sound[loud[0] : loud[-1] + 1]


def spectra(sound: np.ndarray, rate: int) -> np.ndarray:
    """Return the energies of a sound (timesteps, bands), in bels below the loudest one."""
    length, step = round(PIECE * rate), round(STEP * rate)
    frequencies, _, power = signal.spectrogram(
        sound, rate, window="hann", nperseg=length, noverlap=length - step, detrend=False
    )
    energy = band_weights(frequencies) @ power
    return np.log10(np.maximum(energy / energy.max(), QUIETEST)).T


def band_weights(frequencies: np.ndarray) -> np.ndarray:
    """Return how much each frequency counts in each band (bands, frequencies).

    Bands are triangles that overlap, equally wide to the ear: on the mel scale.
    """
    lowest, highest = _mel(np.array(FREQUENCIES))
    centres = np.linspace(lowest, highest, BANDS)
    width = centres[1] - centres[0]
    return np.maximum(1 - np.abs(_mel(frequencies) - centres[:, None]) / width, 0)


def _mel(frequency: np.ndarray) -> np.ndarray:
    return 2595 * np.log10(1 + frequency / 700)


# --- models


def padded(sequences: list[np.ndarray]) -> np.ndarray:
    """Return sequences as one array (samples, timesteps, bands), NaN behind their ends."""
    longest = max(map(len, sequences))
    X = np.full((len(sequences), longest, BANDS), np.nan)
    for row, sequence in zip(X, sequences, strict=True):
        row[: len(sequence)] = sequence
    return X


def mean_spectra(sequences: list[np.ndarray]) -> np.ndarray:
    """Return the mean spectrum and the number of timesteps of each sequence."""
    means = [sequence.mean(axis=0) for sequence in sequences]
    return np.column_stack([means, list(map(len, sequences))])


def mean_spectrum_classifier() -> Pipeline:
    """Return logistic regression on mean spectra."""
    logistic = GridSearchCV(LogisticRegression(max_iter=1000), {"C": [0.1, 1, 10, 100]}, cv=3)
    return make_pipeline(StandardScaler(), logistic)


# --- what is shown


def print_confusions(answer: np.ndarray, expected: np.ndarray) -> None:
    """Print the words that are misheard most often."""
    wrong = answer != expected
    pairs, counts = np.unique(
        np.column_stack([expected, answer])[wrong], axis=0, return_counts=True
    )
    for place in np.argsort(-counts, kind="stable")[:5]:
        word, heard = pairs[place]
        print(f"{word} is heard as {heard}: {counts[place]} of {np.sum(expected == word)} times")


def draw_words(sequences: list[np.ndarray], words: np.ndarray, path: Path) -> None:
    """Draw the spectra of each word once."""
    from matplotlib.figure import Figure

    from forecast.figures.axes import save_figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    for axis, word in zip(figure.subplots(2, 5, sharey=True).ravel(), WORDS, strict=True):
        place = list(words).index(word)
        seconds = STEP * len(sequences[place])
        extent = (0, seconds, 0, BANDS)
        energies = sequences[place].T
        axis.imshow(energies, cmap="viridis_r", origin="lower", aspect="auto", extent=extent)
        axis.set_title(word, loc="left", fontsize="medium")
    figure.supxlabel("seconds")
    figure.supylabel("band")
    save_figure(figure, path)


if __name__ == "__main__":
    main()
