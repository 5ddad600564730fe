"""Warnings of our own can be told from all others by their names."""

import warnings

import pytest

from forecast.exceptions import FitInterrupted


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
