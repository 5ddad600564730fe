"""The sentences that refuse bad input: what they demand, what they got, what they advise."""

from decimal import Decimal

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast.validation import (
    check,
    check_finite,
    check_horizon,
    check_parameters,
    each_of,
    flag,
    fraction,
    integer,
    integers,
    jobs,
    nearest,
    number,
    one_of,
    optional,
    resolve_columns,
)


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        (integer(1), [1, 5, np.int64(3)], [0, -2, 1.0, 2.5, True, np.True_, "1", None, [1]]),
        (integers(1), [[1], (2, 3), np.array([4])], [[], [0], [1, 1.5], [True], 1, "1", None]),
        (number(0), [0.1, 3, np.float32(2)], [0, -1.0, np.nan, np.inf, True, "1", None]),
        (number(0, 1), [0.5, np.float64(0.1)], [0, 1, 1.5, -0.5, np.nan]),
        (number(0, 1, closed=True), [0, 1, 0.5], [1.01, -0.01, np.nan, np.inf]),
        (number(2, closed=True), [2, 9.5], [1.9, np.inf]),
        (fraction(), [0, 0.0, 0.99], [1, 1.0, -0.1, np.nan, True]),
        (one_of("lstm", "gru"), ["lstm", "gru"], ["LSTM", "", None, 1]),
        (one_of(1, None), [1, None], [True, 1.0, "1", np.ones(2)]),
        (each_of("hour", "day"), [[], ("day",), ["hour", "day"]], ["hour", ["year"], None, 1]),
        (jobs(), [None, 1, -1, np.int64(2)], [0, 1.0, True, "1"]),
        (flag(), [True, False, np.True_], [0, 1, "True", None]),
        (optional(integer(2)), [None, 2, 7], [1, "2", 2.0]),
    ],
    ids=lambda value: value.words if hasattr(value, "words") else "",
)
def test_rules_hold_for_what_they_say(rule, right, wrong):
    assert all(rule.holds(value) for value in right)
    assert not any(rule.holds(value) for value in wrong)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (integer(2), "a whole number of at least 2"),
        (number(0), "a number above 0"),
        (number(0, 1), "a number above 0 and below 1"),
        (number(0, 1, closed=True), "a number from 0 to 1"),
        (number(2, closed=True), "a number of at least 2"),
        (integers(1), "a list of whole numbers of at least 1"),
        (each_of("hour", "day"), "a list of some of 'hour', 'day'"),
        (jobs(), "None or a whole number other than 0"),
        (fraction(), "a number from 0 to below 1"),
        (one_of("n", "c"), "one of 'n', 'c'"),
        (flag(), "True or False"),
        (optional(flag()), "None or True or False"),
    ],
)
def test_rules_say_what_they_demand(rule, words):
    assert rule.words == words


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (0, ValueError),
        (2.5, ValueError),
        ("3", ValueError),
        (None, ValueError),
        ([3], TypeError),
        ({}, TypeError),
    ],
)
def test_wrong_types_and_wrong_values_differ(value, error):
    with pytest.raises(error) as caught:
        check(integer(1), value, "lookback")
    assert str(caught.value) == f"lookback must be a whole number of at least 1; got {value!r}."


def test_lists_among_options_are_refused_as_such():
    with pytest.raises(TypeError, match=r"cell must be one of 'lstm', 'gru'; got \['lstm'\]"):
        check(one_of("lstm", "gru"), ["lstm"], "cell")
    with pytest.raises(TypeError, match="cell must be one of 'lstm', 'gru'; got array"):
        check(one_of("lstm", "gru"), np.array(["lstm", "gru"]), "cell")


def test_decimals_are_no_floats():
    with pytest.raises(TypeError, match=r"rate must be a number above 0; got Decimal\('0.1'\)"):
        check(number(0), Decimal("0.1"), "rate")


def test_the_first_wrong_parameter_is_named_with_its_class():
    class Toy:
        units, cell = 3, "lstmm"

    with pytest.raises(ValueError, match="cell of Toy must be one of 'lstm', 'gru'; got 'lstmm'"):
        check_parameters(Toy(), {"units": integer(1), "cell": one_of("lstm", "gru")})


def test_horizons_become_ints():
    assert type(check_horizon(np.int32(4))) is int
    with pytest.raises(
        ValueError, match="the number of steps must be a whole number of at least 1; got 0"
    ):
        check_horizon(0, "the number of steps")


@pytest.mark.parametrize(
    ("name", "names", "sentence"),
    [
        ("tmep", ["temp", "dewp"], "did you mean 'temp'? There are: 'temp', 'dewp'"),
        ("rain", ["temp", "dewp"], "there are: 'temp', 'dewp'"),
        (7, range(3), "there are: 0, 1, 2"),
        ("b", "ac", "there are: 'a', 'c'"),
    ],
)
def test_the_nearest_name_is_offered(name, names, sentence):
    assert nearest(name, names) == sentence


def test_long_lists_of_names_are_cut():
    assert nearest("zzz", range(40)).endswith("18, 19, …")


def test_numbers_and_texts_are_told_apart_in_a_sentence():
    with pytest.raises(ValueError, match=r"names '0', .*; did you mean 0\? There are: 0, 1\.$"):
        resolve_columns(["0"], [0, 1], 2, "past_features")
    assert_array_equal(resolve_columns([0], [0, 1], 2, "past_features"), [True, False])
    assert nearest("1", np.array(["1", "2"])) == "did you mean '1'? There are: '1', '2'"


def test_columns_are_found_by_name_and_position():
    names = ["temp", "dewp", "wind"]
    assert_array_equal(resolve_columns(["wind", 0], names, 3, "past_features"), [True, False, True])
    assert_array_equal(resolve_columns([-1], None, 2, "past_features"), [False, True])
    assert_array_equal(resolve_columns((), names, 3, "past_features"), [False] * 3)
    assert_array_equal(
        resolve_columns(np.array(["dewp"]), names, 3, "past_features"), [False, True, False]
    )


def test_a_number_that_is_a_name_means_the_column_of_that_name():
    assert_array_equal(resolve_columns([2], [2, 1, 0], 3, "past_features"), [True, False, False])


def test_columns_that_are_not_there_are_refused_with_the_nearest_name():
    with pytest.raises(
        ValueError,
        match=r"past_features names 'wnid', which X does not have; did you mean 'wind'\?",
    ):
        resolve_columns(["wnid"], ["temp", "wind"], 2, "past_features")
    with pytest.raises(
        ValueError, match="past_features names 2, which X does not have; there are: 0, 1"
    ):
        resolve_columns([2], None, 2, "past_features")
    with pytest.raises(
        TypeError,
        match=r"must be a list of names or positions; got the text 'wind': write \['wind'\]",
    ):
        resolve_columns("wind", ["temp", "wind"], 2, "past_features")


@pytest.mark.parametrize(("value", "kind"), [(np.nan, "NaN"), (np.inf, "inf"), (-np.inf, "inf")])
def test_the_first_gap_is_named_and_all_are_counted(value, kind):
    values = np.ones((5, 2))
    values[[3, 2, 4], [0, 1, 0]] = value
    moments, names = list("abcde"), ["X['temp']", "X['dewp']"]
    with pytest.raises(ValueError, match="contains") as caught:
        check_finite(values, moments, names, "Fill it.")
    assert (
        str(caught.value)
        == f"X['dewp'] contains {kind} at row c (3 of 5 rows are affected). Fill it."
    )
    check_finite(np.ones((5, 2)), moments, names, "")
    check_finite(np.ones((5, 0)), moments, [], "")


def test_names_are_listed_as_far_as_a_sentence_goes():
    long = [letter * 50 for letter in "abcdefg"]
    assert (
        nearest("zzz", long)
        == "there are: " + ", ".join(f"'{letter * 39}…'" for letter in "abc") + ", …"
    )
    # The name that was meant is there as a whole.
    assert nearest("a" * 49, long).startswith(f"did you mean '{'a' * 50}'?")


def test_very_long_names_are_compared_with_none():
    assert nearest("x" * 10_000, ["x" * 10_001]) == f"there are: '{'x' * 39}…'"
