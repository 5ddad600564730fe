import datetime
import re

import numpy as np
import pytest


@pytest.fixture(scope="module")
def translation(example):
    return example("translation")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_tiny_run_prints_scores_and_draws_where_it_looks(translation, lines, tmp_path):
    printed = lines(translation)
    rows = [line.rsplit(maxsplit=1) for line in printed if re.match("network|word for word", line)]
    assert [name.strip() for name, _ in rows] == ["network", "word for word"] * 4
    assert all(0 <= float(share) <= 1 for _, share in rows)
    assert (tmp_path / "translation.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("number", "english", "french"),
    [
        (0, "zero", "zéro"),
        (21, "twenty-one", "vingt et un"),
        (71, "seventy-one", "soixante et onze"),
        (80, "eighty", "quatre-vingts"),
        (81, "eighty-one", "quatre-vingt-un"),
        (97, "ninety-seven", "quatre-vingt-dix-sept"),
        (200, "two hundred", "deux cents"),
        (1100, "one thousand one hundred", "mille cent"),
        (80_003, "eighty thousand and three", "quatre-vingt mille trois"),
        (
            231_405,
            "two hundred and thirty-one thousand four hundred and five",
            "deux cent trente et un mille quatre cent cinq",
        ),
    ],
)
def test_numbers_are_written_as_the_languages_write_them(translation, number, english, french):
    assert translation.written(number, "en") == english
    assert translation.written(number, "fr") == french


def test_dates_are_written_as_the_languages_write_them(translation):
    first = datetime.date(1987, 3, 1)
    texts = [translation.written(first, language) for language in translation.LANGUAGES]
    assert texts == ["March 1, 1987", "1er mars 1987", "1987-03-01"]


def test_nothing_is_judged_that_was_learned_in_any_language(translation, rng, monkeypatch):
    monkeypatch.setattr(translation, "MOST", 500)
    days = [datetime.date(1900, 1, 1) + datetime.timedelta(days=day) for day in range(73_000)]
    meaning = {
        translation.written(thing, language): thing
        for thing in [*days, *range(500)]
        for language in translation.LANGUAGES
    }
    learned, judged = translation.pairs(200, 100, rng)
    parts = []
    for part in (learned, judged):
        asked = {meaning[question.split(" ", 1)[1]] for question, _ in part}
        assert asked == {meaning[answer] for _, answer in part}
        parts.append(asked)
    assert [len(part) for part in parts] == [200, 100]
    assert not parts[0] & parts[1]


def test_pieces_are_words_and_single_digits(translation):
    assert translation.pieces(">en 1er mai 20") == [">en ", "1", "er", " mai", " 2", "0"]
    assert translation.pieces("dix-sept, 05-1") == ["dix", "-sept", ",", " 0", "5", "-1"]


def test_the_dictionary_holds_what_goes_together_most_often(translation):
    words = translation.dictionary(
        [(">fr May 2", "2 mai"), (">fr May 3", "3 mai"), (">en 3 mai", "May 3")]
    )
    assert translation.word_for_word(words, ">fr May 3") == " mai3"
    assert translation.word_for_word(words, ">fr June") == "June"
