import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.exceptions import InputError, InputTypeError
from forecast.sequences.sides import Side
from forecast.sequences.vocabulary import Vocabulary

NUMBERS = np.array([[[1.0, 5.0], [3.0, 5.0]], [[5.0, 5.0], [np.nan, np.nan]]])


def test_tokens_are_read_by_the_vocabulary_of_fit():
    side, sequences = Side.learn(["ab", "a"], "X", Vocabulary())
    assert side.size == 4
    assert_array_equal(sequences.values, [[2, 3], [2, 0]])
    assert_array_equal(side.read(["xba"]).values, [[1, 3, 2]])


def test_numbers_are_in_units_of_their_deviation():
    side, sequences = Side.learn(NUMBERS, "y", Vocabulary())
    assert side.vocabulary is None
    assert side.size == 2
    inside = sequences.values[sequences.live()]
    assert_allclose(inside.mean(axis=0), 0, atol=1e-12)
    assert_allclose(inside.std(axis=0), [1, 0])
    assert not sequences.values[1, 1].any()
    assert_allclose(side.restored(inside), [[1, 5], [3, 5], [5, 5]])


def test_sequences_turned_round_keep_their_marks_and_what_fills_them():
    tokens, sequences = Side.learn(["ab", "a", ""], "y", Vocabulary(begin_end=True), True)
    begin, end, a, b = 2, 3, 4, 5
    assert_array_equal(
        sequences.values, [[begin, b, a, end], [begin, a, end, 0], [begin, end, 0, 0]]
    )
    assert_array_equal(tokens.turned(sequences).values[0], [begin, a, b, end])
    numbers, sequences = Side.learn(NUMBERS, "y", Vocabulary(), True)
    assert_allclose(numbers.restored(sequences.values[0]), [[3, 5], [1, 5]])
    assert_allclose(numbers.restored(sequences.values[1, 0]), [5, 5])


@pytest.mark.parametrize(
    ("learned", "asked", "fault"),
    [
        (["ab"], NUMBERS, "y holds numbers; fit saw sequences of tokens"),
        (NUMBERS, ["ab"], "y holds sequences of tokens; fit saw numbers"),
        (NUMBERS, NUMBERS[:, :, :1], "y has 1 features; fit saw 2"),
    ],
)
def test_the_other_kind_of_sequences_is_refused(learned, asked, fault):
    side, _ = Side.learn(learned, "y", Vocabulary())
    with pytest.raises(InputError, match=fault):
        side.read(asked)


def test_refusals_say_whose_sequences_they_are_of():
    with pytest.raises(InputTypeError, match=r"^y is one text"):
        Side.learn("ab", "y", Vocabulary())
    with pytest.raises(InputError, match=r"^y must have shape"):
        Side.learn(np.zeros(3), "y", Vocabulary())
    with pytest.raises(InputError, match=r"^y contains infinity"):
        Side.learn(np.full((2, 2), np.inf), "y", Vocabulary())
