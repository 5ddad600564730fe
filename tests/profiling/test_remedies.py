"""Options are taken where a refusal names only one answer."""

import pytest

from forecast.exceptions import InputError, Remedy
from forecast.profiling.remedies import only_opens_rows, options_from


def refused(*groups):
    sentence = " or ".join(["{}"] * len(groups))
    return InputError("It is wrong.", Remedy(sentence, *groups))


def test_the_only_answer_is_taken():
    assert options_from(refused({"series": ["store"]}), {}) == {"series": ["store"]}


def test_what_is_said_for_the_command_line_counts():
    error = InputError("It is wrong.", "Use sort_index().", Remedy("Give {}.", {"freq": "D"}))
    assert options_from(error, {}) == {"freq": "D"}


def test_an_answer_with_an_open_value_is_left_to_the_user():
    assert options_from(refused({"time_zone": None}), {}) is None
    known = {"freq": "h", "fill": True}
    assert options_from(refused({"time_zone": None}, known), {}) is None
    # Of one option a value that suits is an answer beside any other.
    utc = {"time_zone": "UTC"}
    assert options_from(refused(utc, {"time_zone": None}), {}) == utc


@pytest.mark.parametrize(
    "groups", [({"how": "mean"}, {"how": "sum"}), ({"decimal": ","}, {"decimal": "."})]
)
def test_of_two_answers_none_is_taken(groups):
    assert options_from(refused(*groups), {}) is None


def test_numbers_far_outside_are_taken_for_missing_values():
    groups = ({"missing": ["-999"]}, {"missing": []})
    assert options_from(refused(*groups), {}) == {"missing": ["-999"]}


def test_what_the_user_has_said_stays():
    assert options_from(refused({"time_zone": "UTC"}), {"time_zone": "Europe/Berlin"}) is None
    more = {"missing": ["-999", "?"]}
    assert options_from(refused(more), {"missing": ["?"]}) == more


def test_a_sentence_has_no_options():
    assert options_from(InputError("It is wrong. Mend it."), {}) is None


def test_rows_that_are_only_opened():
    assert only_opens_rows({"freq": "h", "fill": True})
    assert not only_opens_rows({"freq": "h", "how": "mean"})
