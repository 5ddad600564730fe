"""What the user says of a file is checked before the file is opened."""

import pytest

from forecast.tables.reading.options import Options


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"how": "product"}, "how must be one of 'mean', .*; got 'product'"),
        ({"decimal": ";"}, "decimal must be one of '.', ','; got ';'"),
        ({"thousands": "x"}, "thousands must be one of .*; got 'x'"),
        ({"decimal": ",", "thousands": ","}, "decimal and thousands are both ','"),
        ({"date_order": "dym"}, "date_order must be one of 'dmy', 'mdy', 'ymd'; got 'dym'"),
    ],
)
def test_a_sign_that_is_none_is_refused(said, sentence):
    with pytest.raises(ValueError, match=sentence):
        Options(**said)


def test_nothing_said_leaves_all_to_the_file():
    assert Options() == Options(time=(), series=(), missing=None, fill=False)
