from itertools import pairwise

import pytest


@pytest.fixture(scope="module")
def music(example):
    return example("music")


def test_bits_are_printed_and_the_melodies_written(music, lines, tmp_path):
    import mido

    printed = lines(music)
    place = next(row for row, line in enumerate(printed) if line.endswith("bits per note"))
    rows = printed[place + 1 : place + 5]
    bits = {line[:18].strip(): float(line.split()[-1]) for line in rows}
    assert list(bits) == ["all notes alike", "n-grams", "n-grams of C major", "network"]
    assert bits["n-grams"] < bits["all notes alike"]
    _, judged = music.tunes_apart()
    assert {path.stem for path in tmp_path.glob("*.mid")} == set(judged)

    # A file begins with the first notes of the tune, as it was read.
    notes = [
        m for m in mido.MidiFile(tmp_path / "Ode to Joy.mid").tracks[0] if m.type == "note_off"
    ]
    assert [m.note for m in notes[:8]] == [64, 64, 65, 67, 67, 65, 64, 62]
    assert {m.time for m in notes[:8]} == {480}


def test_tunes_are_read_as_they_are_written_down(music):
    assert music.melody_of("C2^F c,4 B,") == [(60, 2), (66, 1), (60, 4), (59, 1)]
    # Nothing but notes and spaces stands there.
    assert not music.NOTE.sub("", "".join(music.TUNES.values())).strip()


def test_transposed_tunes_keep_their_intervals(music):
    tune = music.melody_of("CEG2")
    assert music.transposed(tune, -3) == [(57, 1), (61, 1), (64, 2)]
    assert music.names(music.transposed(tune, 2)) == "D4:1 F♯4:1 A4:2"


def test_no_passage_of_a_tune_that_is_judged_has_been_learned(music):
    def passages(tune, length=9):
        """Return all passages, whatever their key."""
        moves = [(b - a, beats) for (a, beats), (b, _) in pairwise(tune)]
        return {tuple(moves[k : k + length]) for k in range(len(moves) - length + 1)}

    learned, judged = music.tunes_apart()
    assert not set(learned) & set(judged)
    known = set().union(*map(passages, learned.values()))
    assert not set().union(*map(passages, judged.values())) & known


def test_all_notes_of_the_tunes_that_are_judged_are_known(music):
    learned, judged = music.tunes_apart()
    known = {
        note
        for tune in learned.values()
        for key in music.KEYS
        for note in music.transposed(tune, key)
    }
    assert {note for tune in judged.values() for note in tune} <= known
