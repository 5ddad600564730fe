"""X and y as a user gives them: what they become, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sequences.cases import objects

from forecast.exceptions import InputError, InputTypeError
from forecast.sequences.intake import (
    encoded,
    holds_tokens,
    labels_of,
    sequences_of_numbers,
    sequences_of_tokens,
)
from forecast.sequences.vocabulary import Vocabulary

N = np.nan
PADDED = np.array([[1.0, 2, 3], [4, 5, N], [N, 6, 7], [N, 8, N]])


# Numbers


def test_sequences_are_moved_to_the_front():
    sequences = sequences_of_numbers(PADDED)
    assert_array_equal(sequences.values[:, :, 0], [[1, 2, 3], [4, 5, 0], [6, 7, 0], [8, 0, 0]])
    assert_array_equal(sequences.lengths, [3, 2, 2, 1])
    sample, step = sequences.places()
    assert_array_equal(PADDED[sample, step], [1, 2, 3, 4, 5, 6, 7, 8])


def test_keeping_some_leaves_the_padding_that_no_other_needs():
    kept = sequences_of_numbers(PADDED).keep(np.array([3, 1]))
    assert_array_equal(kept.values[:, :, 0], [[8, 0], [4, 5]])
    assert_array_equal(kept.starts, [1, 0])
    assert kept.timesteps == 3


@pytest.mark.parametrize(
    "X",
    [
        [[1, 2], [3, 4]],
        np.array([[1, 2], [3, 4]]),
        pd.DataFrame([[1, 2], [3, 4]]),
        np.array([[1, 2], [3, 4]], object),
    ],
)
def test_two_axes_mean_one_feature(X):
    assert not holds_tokens(X)
    assert_array_equal(sequences_of_numbers(X).values, [[[1], [2]], [[3], [4]]])


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ((1, 1, 0), N, "sequence 1 has NaN at timestep 1: only whole timesteps before or behind"),
        ((2, 1), N, "sequence 2 has NaN at timestep 1"),
        ((1, 3, 1), N, "sequence 1 has NaN at timestep 3"),
        ((0, 0, 1), N, "sequence 0 has NaN at timestep 0"),
        (3, N, "sequence 3 is empty: all its timesteps are NaN. Leave it out."),
        ((1, 2, 0), np.inf, "X contains infinity in sequence 1 at timestep 2"),
        ((1, 2, 0), -np.inf, "X contains infinity in sequence 1 at timestep 2"),
    ],
)
def test_numbers_that_are_no_sequence_are_refused(place, value, fault):
    X = np.arange(40.0).reshape(4, 5, 2)
    X[place] = value
    with pytest.raises(InputError, match=fault):
        sequences_of_numbers(X)
    healed = np.delete(X, place if isinstance(place, int) else place[0], axis=0)
    assert len(sequences_of_numbers(healed)) == 3


@pytest.mark.parametrize("X", [np.ones(3), np.ones((2, 2, 2, 2)), 3.0])
def test_other_numbers_of_axes_are_refused(X):
    with pytest.raises(InputError, match=r"X must have shape \(samples, timesteps, features\)"):
        sequences_of_numbers(X)


# Tokens


@pytest.mark.parametrize(
    ("X", "first"),
    [
        (["ab", "c"], "ab"),
        (np.array(["ab", "c"]), "ab"),
        (pd.Series(["ab", "c"]), "ab"),
        ([["a", "b"], ["c"]], ["a", "b"]),
        ([["a", "b"], ["c", "d"]], ["a", "b"]),
        (np.array([["a", "b"], ["c", "d"]]), ["a", "b"]),
        (objects([["a", "b"], ["c"]]), ["a", "b"]),
        (objects([[1, 2], [3]]), [1, 2]),
        (objects([[1, 2], [3, 4]]), [1, 2]),
        (objects([np.array([1, 2]), np.array([3])]), [1, 2]),
        ([["a", 1], ["b", 2]], ["a", 1]),
        (objects([[("C", 4)], [("D", 8)]]), [("C", 4)]),
    ],
)
def test_texts_and_sequences_in_an_object_array_are_tokens(X, first):
    assert holds_tokens(X)
    sequence = sequences_of_tokens(X)[0]
    assert (sequence if isinstance(sequence, str) else list(sequence)) == first


def test_codes_stand_before_padding():
    vocabulary = Vocabulary().fit(["aab"])
    sequences = encoded(["ba", "a?a"], vocabulary)
    assert_array_equal(sequences.values, [[3, 2, 0], [2, 1, 2]])
    assert_array_equal(sequences.lengths, [2, 3])


@pytest.mark.parametrize("X", [["a", ""], objects([["a"], []]), objects([["a"], [None]])])
def test_an_empty_sequence_of_tokens_is_refused(X):
    vocabulary = Vocabulary().fit(["a"])
    with pytest.raises(InputError, match=r"sequence 1 is empty: it holds no token\. Leave it out"):
        encoded(sequences_of_tokens(X), vocabulary)
    assert len(encoded(sequences_of_tokens(X[:1]), vocabulary)) == 1


@pytest.mark.parametrize(
    ("X", "fault"),
    [
        (objects([[1, 2], [3.5]]), r"sequence 1 holds the number 3\.5, which is no token"),
        (objects([np.ones((3, 2)), np.ones((4, 2))]), "sequence 0 is a table"),
        ([np.ones(3), np.ones(4)], r"sequence 0 holds the number 1\.0, which is no token"),
        ([[1, 2], [3]], "sequence 0 of a list holds whole numbers, which may be tokens or not"),
    ],
)
def test_numbers_given_as_tokens_are_refused(X, fault):
    assert holds_tokens(X)
    with pytest.raises(InputError, match=fault):
        sequences_of_tokens(X)


def test_one_text_is_not_a_list_of_texts():
    with pytest.raises(InputTypeError, match=r"X is one text, 'abc'\. Put it into a list"):
        holds_tokens("abc")


# Labels

SEQUENCES = sequences_of_numbers(PADDED)


@pytest.mark.parametrize(
    ("y", "classes", "numbers"),
    [
        ([3, 1, 3, 1], [1, 3], [1, 0, 1, 0]),
        (["b", "a", "b", "b"], ["a", "b"], [1, 0, 1, 1]),
        ([True, False, True, True], [False, True], [1, 0, 1, 1]),
        ([1.0, N, 0.0, N], [0.0, 1.0], [1, -1, 0, -1]),
        (["b", None, "a", N], ["a", "b"], [1, -1, 0, -1]),
        (pd.Series([1, None, 2, 1], dtype="Int64"), [1, 2], [0, -1, 1, 0]),
        (pd.Series(["b", "a", None, "a"], dtype="category"), ["a", "b"], [1, 0, -1, 0]),
    ],
)
def test_labels_are_numbered_in_their_order(y, classes, numbers):
    labels = labels_of(y, SEQUENCES)
    assert labels.classes.tolist() == classes
    assert_array_equal(labels.numbers, numbers)


TAGS = [[0, 1, 0], [1, 0, -1], [-1, 1, 1], [-1, -1, -1]]


@pytest.mark.parametrize(
    "y",
    [
        [[0, 1, 0], [1, 0, N], [N, 1, 1], [N, N, N]],
        [["a", "b", "a"], ["b", "a", None], [None, "b", "b"], [None, None, None]],
        [["a", "b", "a"], ["b", "a"], ["b", "b"], [None]],
        objects([np.array([0, 1, 0]), [1, 0], [1, 1], [N]]),
    ],
)
def test_labels_of_timesteps_stand_where_X_has_them(y):
    labels = labels_of(y, SEQUENCES)
    assert_array_equal(labels.numbers, TAGS)


@pytest.mark.parametrize(
    ("y", "kind", "fault"),
    [
        (None, InputError, "requires y to be passed, but the target y is None"),
        ([1, 2, 1], InputError, "y has 3 labels, X 4 sequences"),
        ([1, "a", 1, "a"], InputTypeError, "y holds labels of several types, such as 1 and 'a'"),
        ([{}, {}, {}, {}], InputTypeError, "y holds the label {} of type dict"),
        ([1.5, 2.5, 1, 0], InputError, "Unknown label type: continuous"),
        ([1, np.inf, 1, 0], InputError, "y contains infinity"),
        ([N, None, N, N], InputError, "y contains NaN or None only"),
        (
            np.ones((4, 2)),
            InputError,
            r"y has the shape \(4, 2\); X has 4 sequences of 3 timesteps",
        ),
        (
            np.ones((4, 3)),
            InputError,
            r"y has the label 1\.0 at timestep 2 of sequence 1, where X has none",
        ),
        (
            [[1, 1, 1], [1], [1, 1], [1]],
            InputError,
            "y has 1 labels for sequence 1, which has 2 timesteps",
        ),
        (
            [[1, 1, 1], 1, [1, 1], [1]],
            InputError,
            "y has 1 labels for sequence 1, which has 2 timesteps",
        ),
    ],
)
def test_other_labels_are_refused(y, kind, fault):
    with pytest.raises(kind, match=fault):
        labels_of(y, SEQUENCES)
