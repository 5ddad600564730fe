"""Warnings and errors of our own can be told from all others by their names."""

import pickle
import shlex
import warnings

import pytest

from forecast.exceptions import (
    FitInterrupted,
    InputError,
    InputTypeError,
    MissingPackageError,
    Remedy,
)


def test_an_interrupted_fit_is_a_warning_to_users():
    with pytest.warns(UserWarning, match="stopped") as caught:
        warnings.warn("stopped", FitInterrupted, stacklevel=1)
    assert caught[0].category is FitInterrupted


def test_an_interrupted_fit_can_be_made_an_error_and_other_warnings_not():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.simplefilter("error", FitInterrupted)
        warnings.warn("something else", UserWarning, stacklevel=1)
        with pytest.raises(FitInterrupted, match="stopped"):
            warnings.warn("stopped", FitInterrupted, stacklevel=1)
    assert [str(each.message) for each in caught] == ["something else"]


def test_a_refusal_has_one_remedy_for_python_and_one_for_the_command_line():
    error = InputError("a row is missing.", "Use regularize.", "Give --freq h.")
    assert str(error) == "a row is missing. Use regularize."
    assert error.at_command_line() == "a row is missing. Give --freq h."
    # One remedy may serve both.
    assert InputError("a row is missing.", "Add it.").at_command_line() == (
        "a row is missing. Add it."
    )
    assert str(InputError("a row is missing: add it.")) == "a row is missing: add it."


OPTIONS = {"time_zone": "UTC", "series": ["shop no", "-x"], "missing": ["-9", "?"], "fill": True}


def test_options_are_arguments_in_python_and_flags_in_a_shell():
    remedy = Remedy("Give {}.", OPTIONS)
    in_python = str(remedy).removeprefix("Give ").removesuffix(".")
    assert eval(f"dict({in_python})") == OPTIONS
    flags = remedy.at_command_line().removeprefix("Give ").removesuffix(".")
    given = shlex.split(flags)
    assert given == ["--time-zone", "UTC", "--series", "shop no,-x", "--missing=-9,?", "--fill"]


def test_options_whose_values_are_open_are_named():
    remedy = Remedy(
        "Leave out {}, or give {}.", {"decimal": None, "thousands": None}, {"time": None}
    )
    assert str(remedy) == "Leave out decimal=…, thousands=…, or give time=…."
    assert remedy.at_command_line() == "Leave out --decimal --thousands, or give --time."


def test_a_remedy_of_options_serves_both_and_crosses_processes():
    for error in (
        InputError("a row is missing.", Remedy("Give {}.", {"freq": "h"})),
        InputError("a row is missing.", "Give freq='h'.", Remedy("Give {}.", {"freq": "h"})),
    ):
        for same in (error, pickle.loads(pickle.dumps(error)), error.within("s.csv")):
            assert str(same).endswith("a row is missing. Give freq='h'.")
            assert same.at_command_line().endswith("a row is missing. Give --freq h.")


def test_a_place_is_put_before_the_fault_and_the_remedies_stay():
    error = InputTypeError("a row is missing.", "Use regularize.", "Give --freq h.").within("s.csv")
    assert type(error) is InputTypeError
    assert str(error) == "s.csv: a row is missing. Use regularize."
    assert error.at_command_line() == "s.csv: a row is missing. Give --freq h."


@pytest.mark.parametrize(
    ("kind", "standard"),
    [(InputError, ValueError), (InputTypeError, TypeError), (MissingPackageError, ImportError)],
)
def test_refusals_are_pythons_own_kinds_and_cross_processes(kind, standard):
    error = kind("a", "b", "c")
    assert isinstance(error, standard)
    returned = pickle.loads(pickle.dumps(error))
    assert type(returned) is kind
    assert returned.args == ("a", "b", "c")
