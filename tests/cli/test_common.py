"""Types of arguments: what they read, and how they refuse."""

import argparse

import pytest
from shop import command

from forecast.cli.common import count, names, numbers


def test_a_list_may_have_blanks_and_empty_parts():
    assert names(" drift ,naive,,a b,") == ["drift", "naive", "a b"]
    assert names("") == []


def test_numbers_come_in_ascending_order():
    assert numbers("0.9,.5, 0.1") == [0.1, 0.5, 0.9]
    with pytest.raises(argparse.ArgumentTypeError, match=r"'low' is no list of numbers"):
        numbers("low")


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", ""])
def test_what_is_no_count_is_refused(value):
    with pytest.raises(argparse.ArgumentTypeError, match="whole number of at least 1") as refusal:
        count(value)
    assert repr(value) in str(refusal.value)
    assert count("3") == 3


@pytest.mark.parametrize(
    "flag", ["--horizon", "--origins", "--step", "--lookback", "--season-length"]
)
def test_options_that_count_are_refused_by_name(flag):
    ran = command("backtest", "sales.csv", flag, "0")
    assert ran.code == 2
    assert ran.err == (
        f"forecast backtest: argument {flag}: '0' is no whole number of at least 1. "
        "See 'forecast backtest --help'.\n"
    )
