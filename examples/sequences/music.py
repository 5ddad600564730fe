"""Melodies: which note comes next, learned from two dozen old tunes in all keys, and continued.

A note is a token: a pair of pitch (a MIDI number) and duration (in eighths). The tunes are written
down below in C major; each is learned in twelve keys, of which the network is told as its
condition: so it can be asked for a tune in any key, and stays in it. Judged are other tunes, by the
bits per note. Beside the network stand counts of n-grams: in all keys, which they have to hear, or
from the tunes in C alone, as are those that are judged; and all notes as equally likely. The tunes
that are judged are also broken off after eight notes, moved to another key and continued: printed
as names of notes, and written as MIDI files to listen to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from showing import arguments, show

from forecast import SequenceGenerator

# In the letters of ABC notation: c is an octave above C, G, an octave below G, ^F is F sharp; the
# number is the duration in eighths, 1 by default.
TUNES = {
    "Ode to Joy": "E2E2F2G2 G2F2E2D2 C2C2D2E2 E3DD4 E2E2F2G2 G2F2E2D2 C2C2D2E2 D3CC4 D2D2E2C2"
    "D2EFE2C2 D2EFE2D2 C2D2G,4 E2E2F2G2 G2F2E2D2 C2C2D2E2 D3CC4",
    "Frère Jacques": "C2D2E2C2 C2D2E2C2 E2F2G4 E2F2G4 GAGFE2C2 GAGFE2C2 C2G,2C4 C2G,2C4",
    "Twinkle, twinkle": "C2C2G2G2 A2A2G4 F2F2E2E2 D2D2C4 G2G2F2F2 E2E2D4 G2G2F2F2 E2E2D4 C2C2G2G2"
    "A2A2G4 F2F2E2E2 D2D2C4",
    "Au clair de la lune": "C2C2C2D2 E4D4 C2E2D2D2 C8 C2C2C2D2 E4D4 C2E2D2D2 C8 D2D2D2D2 A,4A,4"
    "D2C2B,2A,2 G,8 C2C2C2D2 E4D4 C2E2D2D2 C8",
    "Mary had a little lamb": "E2D2C2D2 E2E2E4 D2D2D4 E2G2G4 E2D2C2D2 E2E2E2E2 D2D2E2D2 C8",
    "London Bridge": "G3AG2F2 E2F2G4 D2E2F4 E2F2G4 G3AG2F2 E2F2G4 D4G4 E2C6",
    "Row, row, row your boat": "C3C3 C2DE3 E2DE2F G6 cccGGG EEECCC G2FE2D C6",
    "Jingle Bells": "E2E2E4 E2E2E4 E2G2C3D E8 F2F2F3F F2E2E2EE E2D2D2E2 D4G4 E2E2E4 E2E2E4"
    "E2G2C3D E8 F2F2F3F F2E2E2EE G2G2F2D2 C8",
    "Alle meine Entchen": "C2D2E2F2 G4G4 A2A2A2A2 G8 A2A2A2A2 G8 F2F2F2F2 E4E4 D2D2D2D2 C8",
    "Hänschen klein": "G2E2E4 F2D2D4 C2D2E2F2 G2G2G4 G2E2E4 F2D2D4 C2E2G2G2 C8 D2D2D2D2 D2E2F4"
    "E2E2E2E2 E2F2G4 G2E2E4 F2D2D4 C2E2G2G2 C8",
    "Fuchs, du hast die Gans": "C2D2E2F2 G2G2G2G2 A2F2c2A2 G8 A2F2c2A2 G8 G2F2F2F2 F2E2E2E2"
    "E2D2E2D2 C2E2G4 G2F2F2F2 F2E2E2E2 E2D2E2D2 C8",
    "Amazing Grace": "G,2 C4EC E4D2 C4A,2 G,4G,2 C4EC E4D2 G8 E2 G4EC E4D2 C4A,2 G,4G,2 C4EC E4D2"
    "C8",
    "Oh! Susanna": "CD E2G2G3A G2E2C3D E2E2D2C2 D6CD E2G2G3A G2E2C3D E2E2D2D2 C8 F4F4 A2A4A2"
    "G2G2E2C2 D6CD E2G2G3A G2E2C3D E2E2D2D2 C8",
    "Yankee Doodle": "C2C2D2E2 C2E2D2G,2 C2C2D2E2 C4B,4 C2C2D2E2 F2E2D2C2 B,2G,2A,2B,2 C4C4"
    "A,3B,A,2G,2 A,2B,2C4 G,3A,G,2F,2 E,4G,4 A,3B,A,2G,2 A,2B,2C2A,2 G,2C2B,2D2 C4C4",
    "When the saints": "C2E2F2 G8 C2E2F2 G8 C2E2F2 G4E4 C4E4 D8 E2E2D2 C6C2 E4G4 G2F6 E2F2 G4E4"
    "C4D4 C8",
    "Old MacDonald": "C2C2C2G,2 A,2A,2G,4 E2E2D2D2 C6G,2 C2C2C2G,2 A,2A,2G,4 E2E2D2D2 C8",
    "Auld Lang Syne": "G,2 C3CC2E2 D3CD2E2 C3CE2G2 A6A2 G3EE2C2 D3CD2E2 C3A,A,2G,2 C6A2 G3EE2C2"
    "D3CD2A2 G3EE2G2 A6c2 G3EE2C2 D3CD2E2 C3A,A,2G,2 C6",
    "Silent Night": "G3AG2 E6 G3AG2 E6 d4d2 B6 c4c2 G6 A4A2 c3BA2 G3AG2 E6 A4A2 c3BA2 G3AG2 E6"
    "d4d2 f3dB2 c6 e6 c3GE2 G3FD2 C6",
    "Joy to the World": "c4B3A G6F2 E4D4 C6G2 A6A2 B6B2 c6c2 c2B2A2G2 G3FE2c2 c2B2A2G2 G3FE2E2"
    "E2E2E2EF G6FE D2D2D2DE F6ED C2c4A2 G3FE2F2 E4D4 C8",
    "Deck the Halls": "G3FE2D2 C2D2E2C2 DEFDE3D C2B,2C4 G3FE2D2 C2D2E2C2 DEFDE3D C2B,2C4 D3EF2D2"
    "E3FG2D2 E^FG2ABc2 B2A2G4 G3FE2D2 C2D2E2C2 AAAAG3F E2D2C4",
    "Skip to my Lou": "E2E2C2C2 E2EEG4 D2D2B,2B,2 D2DDF4 E2E2C2C2 E2EEG4 D2EFE2D2 C4C4",
    "Kuckuck": "G4E2 G4E2 D2C2D2 C6 D2D2E2 F4D2 E2E2F2 G4E2 G4E2 G4E2 F2E2D2 C6",
    "Sur le pont d'Avignon": "C2C2C4 D2D2D4 E2F2G2C2 B,2C2D2G,2 C2C2C4 D2D2D4 E2F2G2C2 D2B,2C4",
    "This old man": "G2E2G4 G2E2G4 A2G2F2E2 D2E2F2EF G2C2CCCC CDEFG4 G2D2D2F2 E2D2C4",
    "Minuet (Petzold)": "G2CDEF G2C2C2 A2FGAB c2C2C2 F2GFED E2FEDC B,2CDEC D6 G2CDEF G2C2C2"
    "A2FGAB c2C2C2 F2GFED E2FEDC D2EDCB, C6",
    "Largo (Dvořák)": "E3GG4 E3DC4 D2E2G3E D8 E3GG4 E3DC4 D2E2D3C C8",
    "God save the King": "C2C2D2 B,3CD2 E2E2F2 E3DC2 D2C2B,2 C6 G2G2G2 G3FE2 F2F2F2 F3ED2 E2FEDC"
    "E3FG2 AFE2D2 C6",
    "Clementine": "CC C2G,2EE E2C2CE G2G2FE D4DE F2F2ED E2C2CE D2G,2B,D C4",
    "Good King Wenceslas": "C2C2C2D2 C2C2G,4 A,2G,2A,2B,2 C4C4 C2C2C2D2 C2C2G,4 A,2G,2A,2B,2 C4C4"
    "G2F2E2D2 E2D2C4 A,2G,2A,2B,2 C4C4 G,2G,2A,2B,2 C2C2D4 G2F2E2D2 C4F4 C8",
    "The First Noel": "ED C3DEF G4AB c2B2A2 G4AB c2B2A2 G2A2B2 c2G2F2 E4",
    "Camptown Races": "G2G2E2G2 A2G2E4 E2D6 E2D6 G2G2E2G2 A2G2E4 D2E2D2C6 C3CE2G2 c8 A3Ac2A2 G8"
    "G2G2E2G2 A2G2E4 D2EFE2D2 C8",
    "Long, long ago": "C2CDE2EF G2AGE4 G2FED4 F2EDC4 C2CDE2EF G2AGE4 G2FED2ED C8",
}
# Settings are chosen by every fourth tune from the third on; judged is every fourth from the first.
NOTE = re.compile(r"(\^?)([A-Ga-g])(,?)(\d*)")
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
KEYS = (0, 2, -5, -3, 4, -1, 5, -2, 1, 3, -4, -6)  # half tones above C: C, D, G, A …

Melody = list[tuple[int, int]]  # pitches and durations

SETTINGS = {
    "order": 0,  # no n-grams
    "cell": "gru",
    "units": 128,
    "embedding": 48,
    "dropout": 0.5,  # with less, the tunes are soon learned by heart
    "learning_rate": 0.01,  # 4.24 bits; at half of it 4.35
    "epochs": 15,  # after 10, 4.35 bits
}
ORDER = 2  # of the n-grams; 3 to 6 are worse
QUICK = SETTINGS | {"units": 8, "epochs": 1}


def main(argv: Sequence[str] | None = None) -> None:
    """Learn tunes, go on with others, write them and print the scores."""
    args = arguments(__doc__, argv)
    settings, keys = (QUICK, (0, -5)) if args.quick else (SETTINGS, KEYS)
    learned, judged = tunes_apart()
    melodies = [transposed(tune, key) for tune in learned.values() for key in keys]
    labels = [NAMES[key] for _ in learned for key in keys]
    print(f"learned: {len(learned)} tunes in {len(keys)} keys; {len(judged)} are judged\n")

    network = SequenceGenerator(**settings, random_state=args.seed).fit(melodies, labels)
    in_key = []
    for place, (name, tune) in enumerate(judged.items()):
        key = keys[place % len(keys)]
        begun = transposed(tune[:8], key)
        added = continued(network, begun, NAMES[key], random_state=args.seed + place)
        in_key += [(pitch - key) % 12 in STEPS.values() for pitch, _ in added]
        print(f"{name}, in {NAMES[key]}: {names(begun)}\n    … {names(added)}\n")
        write_midi(begun + added, args.out / f"{name}.mid")
    print(f"{np.mean(in_key):.0%} of the notes that the network wrote are in the key\n")

    heard = list(judged.values())
    counts = SequenceGenerator(order=ORDER, epochs=0)
    bits = {
        "all notes alike": np.log2(len(set().union(*melodies)) + 1),  # or the end
        "n-grams": -counts.fit(melodies).score(heard),
        "n-grams of C major": -counts.fit(list(learned.values())).score(heard),
        "network": -network.score(heard, ["C"] * len(heard)),
    }
    show("bits per note", bits)


def continued(network: SequenceGenerator, begun: Melody, key: str, random_state: int) -> Melody:
    """Return what a network adds to the beginning of a melody."""
    drawn = network.sample(1, begun, key, temperature=0.7, longest=40, random_state=random_state)
    return drawn[0][len(begun) :]


def tunes_apart() -> tuple[dict[str, Melody], dict[str, Melody]]:
    """Return the tunes that are learned, and every fourth tune, which is judged."""
    melodies = {name: melody_of(text) for name, text in TUNES.items()}
    judged = dict(list(melodies.items())[::4])
    return {name: melodies[name] for name in melodies if name not in judged}, judged


def melody_of(text: str) -> Melody:
    """Read a tune as it is written down above.

    >>> melody_of("C2^F g,4")
    [(60, 2), (66, 1), (67, 4)]
    """
    return [
        (_pitch(letter) + len(sharp) - 12 * len(low), int(duration or 1))
        for sharp, letter, low, duration in NOTE.findall(text)
    ]


def _pitch(letter: str) -> int:
    """Return the number of a note in MIDI; the middle C is 60."""
    return 60 + STEPS[letter.upper()] + 12 * letter.islower()


def transposed(melody: Melody, key: int) -> Melody:
    """Return a melody so many half tones higher."""
    return [(pitch + key, duration) for pitch, duration in melody]


def names(melody: Melody) -> str:
    """Return notes as a reader knows them: name, octave, and the duration in eighths."""
    return " ".join(f"{NAMES[pitch % 12]}{pitch // 12 - 1}:{beats}" for pitch, beats in melody)


def write_midi(melody: Melody, path: Path) -> None:
    """Write a melody as a MIDI file of one track."""
    import mido

    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(110)))
    for pitch, eighths in melody:
        track.append(mido.Message("note_on", note=pitch, velocity=80))
        track.append(mido.Message("note_off", note=pitch, time=240 * eighths))
    file.save(path)


if __name__ == "__main__":
    main()
