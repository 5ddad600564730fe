import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score

from forecast import SequenceGenerator, load, save
from forecast.exceptions import InputError, InputTypeError

TEXTS = ["the cat chased the mouse", "the cat chased the dog", "the dog slept", "a mouse slept"]
NOTES = [[(60, 1), (62, 1), (64, 2)], [(60, 1), (62, 1), (60, 2)], [(62, 1), (64, 2)]] * 3
ITEMS = [[1, 2, 3, 4], [2, 3, 4, 1], [1, 2, 3, 3], [4, 1, 2]]


def _counted(**parameters):
    """Return a generator of n-grams alone."""
    return SequenceGenerator(epochs=0, **parameters)


@pytest.fixture(scope="module")
def words():
    return _counted(tokenizer="words", order=3).fit(TEXTS)


@pytest.fixture(scope="module")
def letters():
    return _counted(order=4).fit(TEXTS)


def test_the_next_word_is_the_one_that_followed(words):
    p = words.predict_proba("the cat")
    assert words.vocabulary_.tokens_[p.argmax()] == "chased"
    assert_allclose(p.sum(), 1.0)


def test_each_of_several_prefixes_has_a_row(words):
    prefixes = ["the cat", "", "the cat chased the", "an unseen bird"]
    rows = words.predict_proba(prefixes)
    assert rows.shape == (4, len(words.vocabulary_.tokens_))
    for prefix, row in zip(prefixes, rows, strict=True):
        assert_array_equal(words.predict_proba(prefix), row)


@pytest.mark.parametrize(
    ("sequences", "one"),
    [
        (ITEMS, [1, 2]),
        (ITEMS, np.array([1, 2])),
        (NOTES, [(60, 1), (62, 1)]),
        ([text.split() for text in TEXTS], ["the", "cat"]),
        (TEXTS, "the c"),
    ],
)
def test_one_sequence_is_told_from_a_list_of_sequences(sequences, one):
    generator = _counted(order=2).fit(sequences)
    alone, listed = generator.predict_proba(one), generator.predict_proba([one])
    assert alone.ndim == 1
    assert_array_equal(listed, alone[None])


def test_sequences_of_items_may_be_tuples():
    generator = _counted(order=2).fit([tuple(items) for items in ITEMS])
    assert generator.predict_proba([(1, 2), (3,)]).shape == (2, 4 + 4)


def test_the_score_is_minus_the_bits_of_tokens_and_ends(words):
    bits = 0.0
    for prefix, token in [("", "the"), ("the", "dog"), ("the dog", "slept")]:
        place = words.vocabulary_.tokens_.index(token)
        bits -= np.log2(words.predict_proba(prefix)[place])
    bits -= np.log2(words.predict_proba("the dog slept")[3])
    assert_allclose(words.score(["the dog slept"]), -bits / 4)
    assert_allclose(words.perplexity(["the dog slept"]), 2 ** (bits / 4))


def test_the_score_of_sequences_weighs_tokens_alike(letters):
    one, other = ["the cat"], ["a dog slept"]
    expected = (8 * letters.score(one) + 12 * letters.score(other)) / 20
    assert_allclose(letters.score(one + other), expected)


def test_unseen_tokens_have_a_probability(letters):
    assert np.isfinite(letters.score(["the Öhr"]))
    assert (letters.predict_proba("Ö")[[0, 2]] == 0).all()


def test_samples_begin_with_their_prefix_and_hold_no_special_token(letters):
    samples = letters.sample(20, "the ", temperature=3.0, random_state=0)
    assert len(samples) == 20
    assert all(sample.startswith("the ") and "<" not in sample for sample in samples)
    assert len(set(samples)) > 10


def test_samples_of_tokens_are_lists_of_them():
    generator = _counted(order=3).fit(NOTES)
    for melody in generator.sample(5, [(60, 1)], random_state=0):
        assert melody[0] == (60, 1)
        assert set(melody) <= {(60, 1), (62, 1), (64, 2), (60, 2)}


def test_samples_are_no_longer_than_asked(letters):
    assert max(map(len, letters.sample(9, "the", longest=2, random_state=0))) == 5


def test_samples_at_temperature_0_are_those_of_a_beam_of_width_1(letters):
    greedy, _ = letters.beam("the c", width=1, longest=20)
    assert letters.sample(2, "the c", temperature=0, longest=20) == greedy * 2
    assert letters.sample(1, "the c", top_k=1, longest=20) == greedy


def test_the_same_seed_draws_the_same_and_another_seed_others(letters):
    drawn = letters.sample(5, random_state=3)
    assert letters.sample(5, random_state=3) == drawn
    assert letters.sample(5, random_state=4) != drawn
    seeded = clone(letters).set_params(random_state=3).fit(TEXTS)
    assert seeded.sample(5) == drawn


def test_the_first_of_a_beam_is_as_likely_as_the_generator_says(words):
    sequences, log_p = words.beam("the", width=4)
    assert sequences[0].startswith("the ")
    assert (np.diff(log_p) <= 0).all()
    for sequence, found in zip(sequences, log_p, strict=True):
        n = len(sequence.split()) + 1
        whole = n * words.score([sequence])
        first = np.log2(words.predict_proba("")[words.vocabulary_.tokens_.index("the")])
        assert_allclose(found / np.log(2), whole - first)


def test_a_beam_wider_than_there_are_sequences_returns_those_there_are():
    generator = _counted(order=1).fit([["a"]])
    sequences, log_p = generator.beam(width=9, longest=1)
    assert sorted(sequences) == [[], ["a"]]
    assert len(log_p) == 2


def test_recommended_items_are_the_likeliest():
    generator = _counted(order=3).fit(ITEMS)
    p = generator.predict_proba([1, 2])
    items = generator.recommend([1, 2], n=4)
    tokens = generator.vocabulary_.tokens_
    assert items[0] == 3
    assert_array_equal(items, sorted(tokens[4:], key=lambda item: -p[tokens.index(item)]))
    assert_array_equal(generator.recommend([[1, 2], [4]], n=2)[0], items[:2])


def test_items_of_the_history_are_left_out_when_asked():
    generator = _counted(order=3).fit(ITEMS)
    for row in generator.recommend([[2, 3], [2, 4]], n=2, exclude_seen=True).tolist():
        assert 2 not in row
    with pytest.raises(InputError, match="n=3 items are asked for, but only 2 are left"):
        generator.recommend([2, 3], n=3, exclude_seen=True)


def test_sequences_longer_than_any_before_are_read(letters):
    long = "the cat chased the mouse " * 40
    assert np.isfinite(letters.score([long]))
    assert_allclose(letters.predict_proba(long).sum(), 1.0)


@pytest.mark.parametrize(
    ("sequences", "fault"),
    [
        ([], "the sequences hold no token"),
        (["a", "", "b", ""], "2 sequences of 4 hold no token, first number 1"),
        ([["a", None, "b"]], "token 1 of sequence 0 is None"),
    ],
)
def test_wrong_sequences_are_refused(sequences, fault):
    with pytest.raises(InputError, match=fault):
        _counted().fit(sequences)


def test_wrong_sequences_are_refused_in_score_too(letters):
    with pytest.raises(InputError, match="1 sequence of 2 hold no token, first number 1"):
        letters.score(["a", ""])
    with pytest.raises(InputError, match="there is no sequence"):
        letters.score([])
    with pytest.raises(InputTypeError, match="is one text"):
        letters.score("a text")


@pytest.mark.parametrize(
    "wrong",
    [{"n": 0}, {"temperature": -1}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.1}, {"longest": 0}],
)
def test_wrong_rules_of_drawing_are_refused(letters, wrong):
    name = next(iter(wrong))
    with pytest.raises(InputError, match=f"^{name} must be"):
        letters.sample(**wrong)


def test_wrong_widths_and_flags_are_refused(letters):
    with pytest.raises(InputError, match=r"^width must be"):
        letters.beam(width=0)
    with pytest.raises(InputError, match=r"^exclude_seen must be"):
        letters.recommend("a", exclude_seen="yes")


@pytest.mark.parametrize(
    "parameters", [{"order": -1}, {"order": 0}, {"min_count": 0}, {"tokenizer": 3}]
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises((InputError, InputTypeError), match=next(iter(parameters))):
        _counted(**parameters).fit(TEXTS)


@pytest.mark.parametrize("sequences", [TEXTS, NOTES, ITEMS])
def test_a_saved_generator_answers_alike(sequences, tmp_path):
    generator = _counted(order=3).fit(sequences)
    loaded = load(save(generator, tmp_path / "generator.seqcast"))
    pickled = pickle.loads(pickle.dumps(generator))
    for other in (loaded, pickled):
        assert_array_equal(other.predict_proba(sequences), generator.predict_proba(sequences))
        assert other.sample(3, random_state=0) == generator.sample(3, random_state=0)


def test_scikit_learn_searches_and_validates():
    texts = np.array(TEXTS * 3, dtype=object)
    search = GridSearchCV(_counted(), {"order": [1, 3]}, cv=KFold(3)).fit(texts)
    assert search.best_params_ == {"order": 3}
    assert (cross_val_score(_counted(), texts, cv=3) < 0).all()
