"""Numbers, moments, missing values and words are told apart by their looks."""

import pytest

from forecast.tables.reading.kinds import is_missing, is_moment, is_value, is_words


def _cells(text):
    return text.replace("\n", "|").split("|")


MOMENTS = _cells("""2013-01-31|2013-01-31 14:00|2013-01-31T14:00:00Z|2013-01-31 14:00:00,123
2013/01/31|31.1.2013|1/31/2013 2:00 PM|1.1.18|31-Jan-2018|2018.01.31|2013-01|1990M01|1990Q1
1990-Q1|2018-W05|1991 Jul|Q1 2018|Jan-90|Jan 2018|Jan 5, 2020|5 Jan 2020 14:00|Mon, 05 Jan 2020
Januar 2020|20180131|20180131T1400|20180101 170000|2010112803|12:30|18.00.00
28.11.2010 00:00 - 28.11.2010 00:15""")
NUMBERS = _cells(
    """1|-2.5|+3|.5|1,5|1.234,5|1 234|1'234.5|$98.64|($1,234)|12 %|68.35M|1e-5|−4|5 €"""
)
MISSING = ["", " ", "NA", "n/a", "NaN", "null", "?", ".", "-", "--", ":", "M", "#N/A", "nd"]
WORDS = _cells("""Total|Source: 2020|marketing 12|time|2m_temperature|A1|°C|2016-01-04  95
2016-01-04 95|2013-01-01;1|1990-01,5|3  8""")


@pytest.mark.parametrize("cell", MOMENTS)
def test_moments_are_values(cell):
    assert is_moment(cell)
    assert is_value(cell)
    assert not is_words(cell)


@pytest.mark.parametrize("cell", NUMBERS)
def test_numbers_are_values_but_no_moments(cell):
    assert is_value(cell)
    assert not is_moment(cell)


@pytest.mark.parametrize("cell", MISSING)
def test_missing_values_are_neither_values_nor_words(cell):
    assert is_missing(cell)
    assert not is_value(cell)
    assert not is_words(cell)


@pytest.mark.parametrize("cell", WORDS)
def test_words_are_no_values(cell):
    assert is_words(cell)
