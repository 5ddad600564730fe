import pytest
from numpy.testing import assert_array_equal

from forecast import Vocabulary
from forecast.exceptions import InputError
from forecast.sequences.coding import begun, complete, listed


@pytest.fixture
def texts():
    return Vocabulary(begin_end=True).fit(["ab", "aab"])


def test_complete_sequences_have_beginning_and_end(texts):
    codes, lengths = complete(texts, ["ab", "b"])
    assert_array_equal(codes, [2, 4, 5, 3, 2, 5, 3])
    assert_array_equal(lengths, [4, 3])


def test_begun_sequences_have_no_end(texts):
    codes, lengths = begun(texts, ["ab", None, ""])
    assert_array_equal(codes, [2, 4, 5, 2, 2])
    assert_array_equal(lengths, [3, 1, 1])


def test_empty_sequences_are_begun_but_not_complete(texts):
    with pytest.raises(InputError, match="1 sequence of 2 hold no token, first number 1"):
        complete(texts, ["a", ""])
    with pytest.raises(InputError, match="there is no sequence"):
        complete(texts, [])


def test_one_sequence_is_listed(texts):
    assert listed(texts, "ab") == (["ab"], True)
    assert listed(texts, None) == ([None], True)
    assert listed(texts, ["ab", "b"]) == (["ab", "b"], False)
    items = Vocabulary(begin_end=True).fit([[1, 2]])
    assert listed(items, [1, 2]) == ([[1, 2]], True)
    assert listed(items, [(1, 2), [1]]) == ([(1, 2), [1]], False)
    notes = Vocabulary(begin_end=True).fit([[(60, 1)]])
    assert listed(notes, [(60, 1)]) == ([[(60, 1)]], True)
