import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import SequenceGenerator
from forecast.exceptions import InputError
from forecast.sequences.token_writing import TokenWriter
from forecast.sequences.vocabulary import END, UNKNOWN

NOTHING = np.zeros((1, 0))  # is known beforehand


@pytest.fixture(scope="module")
def writer():
    texts = ["abc", "abd", "abc", "xyz", "xyq"]
    generator = SequenceGenerator(order=3, min_count=2, epochs=0).fit(texts)
    return TokenWriter(generator.vocabulary_, generator.model_)


def test_what_is_unknown_is_never_written(writer):
    assert writer.model.log_probabilities(np.array([2, UNKNOWN]), np.array([2]), NOTHING)[1] > -9
    known = np.zeros((200, 0))
    samples = writer.sample(None, known, 9, np.random.default_rng(0), 1.0, None, None)
    assert len(samples) == 200
    assert set("".join(samples)) <= set("abcxy")
    assert set("".join(writer.beam(None, NOTHING, 5, 30)[0])) <= set("abcxy")


def test_a_beam_begins_with_the_likeliest(writer):
    sequences, log_p = writer.beam("ab", NOTHING, 8, 5)
    assert sequences[0] == "abc"
    assert (np.diff(log_p) <= 0).all()
    # The likeliest tokens "c" and the end, by the model.
    codes = np.r_[2, [writer.vocabulary.tokens_.index(token) for token in "abc"], END]
    told = writer.model.log_probabilities(codes, np.array([5]), NOTHING)
    assert_allclose(log_p[0], told[3:].sum())


def test_the_likeliest_tokens_are_no_end_and_none_of_those_seen(writer):
    tokens = writer.likeliest(["ab", "xy"], np.zeros((2, 0)), 3, exclude_seen=True)
    assert tokens[0, 0] == "c"
    assert not set(tokens[0]) & set("ab")
    assert writer.vocabulary.tokens_[END] not in tokens
    with pytest.raises(InputError, match="n=4 items are asked for, but only 3 are left"):
        writer.likeliest(["ab"], NOTHING, 4, exclude_seen=True)
    assert_array_equal(writer.likeliest(["ab"], NOTHING, 1, exclude_seen=False), [["c"]])
