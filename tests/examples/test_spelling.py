from collections import Counter

import numpy as np
import pytest

from forecast.sequences.edits import edit_distance

COUNTS = Counter({"line": 5, "file": 9, "lines": 2, "string": 4})


@pytest.fixture(scope="module")
def spelling(example):
    return example("spelling")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_tiny_run_prints_scores_of_three_parts(spelling, lines):
    printed = lines(spelling)
    for part in ("one error", "two errors", "words never seen"):
        first = printed.index(f"{part}, by the network such as")
        rows = printed[first + 8 : first + 11]
        assert [row.split()[0] for row in rows] == ["network", "nearest", "nearest"]
        assert all(0 <= float(row.split()[-1]) <= 1 for row in rows)


def test_words_are_those_of_docstrings(spelling):
    counts = spelling.words_of_docstrings("abc.py")
    assert counts["abstract"] > 5
    assert "import" not in counts  # code is not counted
    assert all(word.islower() and 4 <= len(word) <= 10 for word in counts)


def test_a_slip_is_one_edit_or_a_swap(spelling, rng):
    for word in ["string", "file"] * 50:
        typed = spelling.mistyped(word, rng)
        distance = edit_distance(word, typed)
        assert distance <= 1 or (distance == 2 and sorted(word) == sorted(typed))


def test_unknown_words_and_learned_slips_are_not_learned_and_judged(spelling, rng):
    known, unknown = spelling.parted(COUNTS, 0.25, rng)
    assert len(known) == 3
    assert known + unknown == COUNTS
    learned = spelling.mistyped_pairs(known, 30, rng, (1,), set(COUNTS))
    seen = {typed for typed, _ in learned}
    judged = spelling.mistyped_pairs(known, 30, rng, (2,), seen)
    assert not seen & {typed for typed, _ in judged}
    assert not {word for _, word in learned} & set(unknown)
    assert not seen & set(COUNTS)


@pytest.mark.parametrize(
    ("typed", "edits", "word"),
    [
        ("flie", 1, "file"),  # a swap is one edit
        ("fine", 1, "file"),  # as near to line, which is rarer
        ("lime", 1, "line"),
        ("sting", 1, "string"),
        ("stingg", 1, "stingg"),
        ("stingg", 2, "string"),
    ],
)
def test_the_nearest_words_most_frequent_one_is_chosen(spelling, typed, edits, word):
    assert spelling.Corrector(COUNTS).correct(typed, edits) == word


def test_distances_are_those_of_levenshtein_where_nothing_is_swapped(spelling):
    corrector = spelling.Corrector(COUNTS)
    expected = [edit_distance("sing", str(word)) for word in corrector.words]
    np.testing.assert_array_equal(corrector.distances("sing"), expected)
