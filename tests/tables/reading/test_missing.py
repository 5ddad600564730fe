"""Words and numbers that stand for missing values are found, said or refused."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast.tables.reading.missing import (
    as_missing,
    mask_numbers,
    mask_words,
    refuse_sentinels,
)
from forecast.tables.reading.options import Options


def test_usual_words_are_missing_and_unusual_ones_are_said():
    cells = pd.Series(["1", "NA", "?", "?", "null", "x", None], dtype="str")
    masked, said = mask_words(cells, Options())
    assert masked.fillna("-").tolist() == ["1", "-", "-", "-", "-", "x", "-"]
    assert said == ["2 '?' cells are missing"]


def test_own_words_are_missing_beside_the_usual_ones():
    cells = pd.Series(["1", "na", "X", "-9"], dtype="str")
    masked, said = mask_words(cells, Options(missing=("x", "-9")))
    assert masked.fillna("-").tolist() == ["1", "-", "-", "-"]
    assert said == ["1 'X' cell is missing", "1 '-9' cell is missing"]


def test_own_numbers_are_missing_however_they_are_written():
    numbers, said = mask_numbers(np.array([1.0, -999.0, 3.0]), Options(missing=("-999.0", "x")))
    assert_array_equal(numbers, [1, np.nan, 3])
    assert said == ["1 '-999.0' cell is missing"]


WEATHER = np.array([12.5, -3.0, 8.25, 30.5])
SENSOR = np.array([647.0, 2040.0, 1100.0, 980.0])


@pytest.mark.parametrize(
    ("others", "value", "count"),
    [
        (WEATHER, -999.0, 1),
        (WEATHER, -9999.0, 1),
        (WEATHER, -99.9, 2),
        (WEATHER, 999.9, 1),
        (WEATHER, 99999.0, 1),
        (WEATHER, -200.0, 3),
        (WEATHER, 1e20, 1),
        (WEATHER, 9.969209968386869e36, 1),
        (WEATHER, -32768.0, 1),
        (SENSOR * 1e4, -9999.0, 2),  # not far, but alone below zero
        (SENSOR, 99999.0, 1),
        (np.zeros(5), -999.0, 1),
    ],
)
def test_numbers_far_outside_the_others_are_refused(others, value, count):
    numbers = {"y": np.append(others, np.full(count, value)), "z": WEATHER}
    with pytest.raises(ValueError, match=rf"column 'y': {count} cells? holds? .*far outside") as no:
        refuse_sentinels("my.csv", numbers, Options())

    # The word that the remedy names is the number, and naming it heals.
    word = f"{value!r}".removesuffix(".0")
    assert f"missing=['{word}']" in str(no.value)
    flag = f"--missing={word}" if value < 0 else f"--missing {word}"
    assert f"Give {flag} where" in no.value.at_command_line()
    masked, _ = mask_numbers(numbers["y"], Options(missing=(word,)))
    assert_array_equal(masked, np.append(others, np.full(count, np.nan)))
    refuse_sentinels("my.csv", {"y": masked}, Options())


@pytest.mark.parametrize(
    ("others", "value", "count"),
    [
        (WEATHER, 99.0, 1),  # a hot day in °F
        (WEATHER, -40.0, 5),
        (WEATHER, -150.0, 2),
        (np.array([19.9, 29.9, 39.9]), 99.9, 4),  # prices
        (np.array([0.0, 0.0, 1.0, 2.0]), 1000.0, 3),  # a spike of demand
        (np.array([9000.0, 9998.0, 9500.0]), 9999.0, 2),
        (np.array([-4e4, 3e4, 1e3]), -9999.0, 1),
        (np.array([]), -999.0, 3),
        (np.array([5.0]), 5.0, 3),
    ],
)
def test_other_numbers_are_values(others, value, count):
    numbers = np.append(others, np.full(count, value))
    refuse_sentinels("my.csv", {"y": numbers}, Options())


def test_an_empty_list_keeps_every_number():
    refuse_sentinels("my.csv", {"y": np.append(WEATHER, -999)}, Options(missing=()))


def test_all_columns_are_named_in_one_remedy():
    columns = {"a": np.append(WEATHER, -999), "b": np.append(WEATHER, [99999, 99999])}
    with pytest.raises(ValueError, match="far outside") as refusal:
        refuse_sentinels("my.csv", columns, Options(missing=("?",)))
    assert "missing=['?', '-999', '99999']" in str(refusal.value)
    assert "--missing '?,-999,99999' " in refusal.value.at_command_line()


def test_words_with_a_comma_have_no_flag():
    assert as_missing(["1,5"], Options()) == {}
