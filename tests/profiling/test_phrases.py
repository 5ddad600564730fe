"""Phrases of the words of a profile."""

import pandas as pd
import pytest

from forecast.profiling.extent import Stretch
from forecast.profiling.phrases import between, moment_in_words, value_in_words, whole


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (pd.Timestamp("2024-01-31"), "2024-01-31"),
        (pd.Timestamp("2024-01-31 14:30"), "2024-01-31 14:30"),
        (pd.Timestamp("2024-01-31 14:30:05"), "2024-01-31 14:30:05"),
        (17, "17"),
    ],
)
def test_moments_in_words(moment, words):
    assert moment_in_words(moment) == words


def test_stretches_in_words():
    days = pd.date_range("2024-01-30", periods=3)
    assert between(Stretch(None, days[0], days[0], 1)) == "at 2024-01-30"
    assert between(Stretch(None, days[0], days[2], 3)) == "from 2024-01-30 to 2024-02-01"


def test_thousands_stand_apart():
    assert whole(12345, "row") == "12 345 rows"
    assert whole(1, "row") == "1 row"


@pytest.mark.parametrize(
    ("value", "words"), [(5580.2, "5 580"), (12.5, "12.5"), (100.0, "100"), (0.25, "0.25")]
)
def test_values_have_no_zeros_that_say_nothing(value, words):
    assert value_in_words(value) == words
