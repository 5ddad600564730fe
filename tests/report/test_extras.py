"""What lies beside a backtest is read, and refused where it is damaged."""

import pytest

from forecast.exceptions import InputError
from forecast.report.extras import read_extras


def test_an_empty_folder_has_no_extras(tmp_path):
    extras = read_extras(tmp_path)
    assert extras.forecast is None
    assert (extras.choice, extras.profile) == ({}, {})


def test_files_are_read(tmp_path):
    (tmp_path / "forecast.csv").write_text("series,timestamp,forecast\n007,2024-01-01,1.5\n")
    (tmp_path / "choice.json").write_text('{"model": "naive"}')
    (tmp_path / "profile.json").write_text('{"holes": 3}')
    extras = read_extras(tmp_path)
    # A series is a name, not a number, and keeps its zeros.
    assert extras.forecast.to_dict("records") == [
        {"series": "007", "timestamp": "2024-01-01", "forecast": 1.5}
    ]
    assert (extras.choice, extras.profile) == ({"model": "naive"}, {"holes": 3})


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("choice.json", "{", "cannot read .*choice.json"),
        ("profile.json", "[1]", "profile.json holds no JSON object"),
        ("forecast.csv", "timestamp\n1\n", "has no column 'forecast'"),
        ("forecast.csv", "timestamp,forecast\n", "has no row"),
        ("forecast.csv", "", "cannot read .*forecast.csv"),
    ],
)
def test_what_is_damaged_is_refused(tmp_path, name, text, sentence):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=sentence):
        read_extras(tmp_path)
