import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import KFold, train_test_split

from forecast import Vocabulary, load, save
from forecast.exceptions import InputError, InputTypeError


def test_tokens_are_numbered_by_frequency_after_the_special_ones():
    vocabulary = Vocabulary().fit(["abba", "bob"])
    assert vocabulary.tokens_ == ("<pad>", "<unknown>", "b", "a", "o")
    assert_array_equal(vocabulary.counts_, [0, 0, 4, 2, 1])


def test_shorter_sequences_are_filled_with_0_at_the_end():
    codes = Vocabulary().fit(["abba", "bob"]).transform(["bob", "a", ""])
    assert codes.dtype == np.int32
    assert_array_equal(codes, [[2, 4, 2], [3, 0, 0], [0, 0, 0]])


def test_only_empty_sequences_have_no_timestep():
    assert Vocabulary().fit(["a"]).transform(["", ""]).shape == (2, 0)


def test_unseen_tokens_are_unknown():
    vocabulary = Vocabulary().fit(["ab"])
    assert_array_equal(vocabulary.transform(["axb"]), [[2, 1, 3]])
    assert vocabulary.inverse_transform([[2, 1, 3]]) == ["a<unknown>b"]


def test_rare_tokens_are_unknown_and_counted_as_such():
    vocabulary = Vocabulary(min_count=2).fit(["aabbc", "d"])
    assert vocabulary.tokens_ == ("<pad>", "<unknown>", "a", "b")
    assert_array_equal(vocabulary.counts_, [0, 2, 2, 2])
    assert_array_equal(vocabulary.transform(["cab"]), [[1, 2, 3]])


def test_begin_and_end_enclose_each_sequence_even_an_empty_one():
    vocabulary = Vocabulary(begin_end=True).fit(["ab"])
    assert vocabulary.tokens_[:4] == ("<pad>", "<unknown>", "<begin>", "<end>")
    codes = vocabulary.transform(["a", "", "ba"])
    assert_array_equal(codes, [[2, 4, 3, 0], [2, 3, 0, 0], [2, 5, 4, 3]])
    assert vocabulary.inverse_transform(codes) == ["a", "", "ba"]


def test_flat_codes_are_the_rows_of_transform_without_padding():
    vocabulary = Vocabulary(begin_end=True).fit(["abc"])
    codes, lengths = vocabulary.encode(["ab", "", "cab"])
    padded = vocabulary.transform(["ab", "", "cab"])
    assert_array_equal(codes, padded[padded > 0])
    assert_array_equal(lengths, [4, 2, 5])


@pytest.mark.parametrize(
    "sequences",
    [
        [["the", "cat"], ["the", "dog", "ran"]],
        [[(60, 1.0), (62, 0.5)], [(64, 2.0)]],
        [[1, "1", frozenset("ab")], ["1"]],
        [(3, 5), (5, 7, 3)],
    ],
)
def test_any_hashable_token_comes_back(sequences):
    vocabulary = Vocabulary().fit(sequences)
    back = vocabulary.inverse_transform(vocabulary.transform(sequences))
    assert back == [list(sequence) for sequence in sequences]


def test_numbers_and_texts_are_different_tokens():
    vocabulary = Vocabulary().fit([[1, "1", 1]])
    assert vocabulary.tokens_[2:] == (1, "1")


def test_whole_numbers_that_padding_has_made_floats_are_the_same_tokens():
    vocabulary = Vocabulary().fit([[3, 4]])
    padded = np.array([[4.0, 3.0, 3.0], [3.0, np.nan, np.nan]])
    assert_array_equal(vocabulary.transform(padded), [[3, 2, 2], [2, 0, 0]])


def test_arrays_frames_and_series_are_sequences_too():
    rows = [["a", "b"], ["b", "b"]]
    expected = Vocabulary().fit_transform(rows)
    objects = np.empty(2, dtype=object)
    objects[:] = rows
    for form in (np.array(rows), objects, pd.DataFrame(rows), pd.Series(rows)):
        assert_array_equal(Vocabulary().fit_transform(form), expected)
        assert all(type(token) is str for token in Vocabulary().fit(form).tokens_)


def test_words_are_parted_at_white_space_and_joined_by_it():
    vocabulary = Vocabulary(tokenizer="words").fit(["the cat  sat", "the dog"])
    assert vocabulary.tokens_[2:] == ("the", "cat", "sat", "dog")
    assert vocabulary.inverse_transform(vocabulary.transform(["dog sat"])) == ["dog sat"]


def test_a_tokenizer_function_is_applied_to_each_sequence():
    vocabulary = Vocabulary(tokenizer=lambda text: text.split("-")).fit(["a-b", "b-b"])
    assert vocabulary.tokens_[2:] == ("b", "a")
    assert vocabulary.inverse_transform(vocabulary.transform(["a-b"])) == [["a", "b"]]


def test_codes_of_different_lengths_are_decoded_too():
    assert Vocabulary().fit(["ab"]).inverse_transform([[2], [3, 2]]) == ["a", "ba"]


@pytest.mark.parametrize(
    ("sequences", "fault"),
    [
        ([], "the sequences hold no token"),
        (["", ""], "the sequences hold no token"),
        ([["<pad>", "a"]], "'<pad>' is one of the vocabulary's own"),
        ([["a", None, "b"]], "token 1 of sequence 0 is None, and others follow it"),
        ([[1.0], [np.nan, 2.0]], "token 0 of sequence 1 is nan, and others follow it"),
    ],
)
def test_wrong_values_are_refused(sequences, fault):
    with pytest.raises(InputError, match=fault):
        Vocabulary().fit(sequences)


@pytest.mark.parametrize(
    ("sequences", "fault"),
    [
        ("abc", "'abc' is one text, not a list of sequences"),
        (5, "5 is no list of sequences"),
        ({"a": "b"}, "is no list of sequences"),
        ([1, 2], "sequence 0 is 1, not a text or a list of tokens"),
        (["a", np.nan], "sequence 1 is nan, not a text"),
        (np.zeros((2, 3, 1)), r"sequence 0 is array.*, not a text or a list of tokens"),
        ([["a", ["b"]]], r"a token of sequence 0 is \['b'\], which is not hashable"),
    ],
)
def test_wrong_types_are_refused(sequences, fault):
    with pytest.raises(InputTypeError, match=fault):
        Vocabulary().fit(sequences)


def test_the_remedies_of_the_refusals_heal():
    assert Vocabulary().fit(["abc"]).transform(["abc"]).shape == (1, 3)
    assert Vocabulary().fit([["a", ("b",)]]).tokens_[2:] == ("a", ("b",))
    with pytest.raises(InputError, match="no token occurs 2 times or more"):
        Vocabulary(min_count=2).fit(["abc"])


def test_missing_and_unhashable_tokens_are_refused_in_transform_too():
    vocabulary = Vocabulary().fit([["a", "b"]])
    with pytest.raises(InputError, match="token 1 of sequence 0 is None"):
        vocabulary.transform([["a", None, "b"]])
    with pytest.raises(InputTypeError, match="not hashable"):
        vocabulary.transform([[["a"]]])


def test_words_of_lists_are_refused():
    with pytest.raises(InputTypeError, match=r"sequence 0 is \['a'\], no text"):
        Vocabulary(tokenizer="words").fit([["a"]])


@pytest.mark.parametrize("wrong", [-1, 4, 2.5])
def test_codes_that_no_token_has_are_refused(wrong):
    with pytest.raises(InputError, match=f"code {wrong} in row 1 is none of 0 to 3"):
        Vocabulary().fit(["ab"]).inverse_transform([[2, 3], [2, wrong]])


@pytest.mark.parametrize(
    "parameters", [{"tokenizer": "letters"}, {"min_count": 0}, {"begin_end": "yes"}]
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        Vocabulary(**parameters).fit(["ab"])


def test_a_saved_vocabulary_is_the_same(tmp_path):
    sequences = [[(60, 1.0), "rest", 7], ["rest"]]
    vocabulary = Vocabulary(begin_end=True).fit(sequences)
    loaded = load(save(vocabulary, tmp_path / "notes.seqcast"))
    assert loaded.tokens_ == vocabulary.tokens_
    assert_array_equal(loaded.transform(sequences), vocabulary.transform(sequences))


def test_sequences_are_cut_by_scikit_learn():
    texts = np.array(["ab", "abc", "b", "ca"], dtype=object)
    for train, test in KFold(2).split(texts):
        assert Vocabulary().fit(texts[train]).transform(texts[test]).shape[0] == 2
    train, _ = train_test_split(texts, random_state=0)
    assert clone(Vocabulary(min_count=1)).fit(train).is_text_
