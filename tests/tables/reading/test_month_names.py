"""Names of months in four languages, whole or abbreviated."""

import pytest

from forecast.tables.reading.month_names import month_number

ENGLISH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
FRENCH = "janv févr mars avr mai juin juil août sept oct nov déc"
SPANISH = "ENE FEB MAR ABR MAY JUN JUL AGO SEPT OCT NOV DIC"


@pytest.mark.parametrize("names", [ENGLISH, GERMAN, FRENCH, SPANISH])
def test_the_months_of_a_year_count_from_one_to_twelve(names):
    assert [month_number(name) for name in names.split()] == list(range(1, 13))


@pytest.mark.parametrize("word", ["jui", "ma", "j", "Monday", "Marble", "", "UTC"])
def test_other_words_are_no_month(word):
    assert month_number(word) is None
