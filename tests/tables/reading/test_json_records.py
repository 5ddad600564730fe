"""Records of JSON: what they become, and what is refused."""

import gzip
import io
import json
import re
import sys

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal

from forecast import read

DAYS = pd.date_range("2024-01-01", periods=4, freq="D", name="day")
SALES = pd.DataFrame({"sales": [3.5, 4.0, 5.25, 6.0], "promo": [0.0, 1.0, 0.0, 1.0]}, index=DAYS)
RECORDS = [
    {"day": f"{day:%Y-%m-%d}", "sales": sales, "promo": int(promo)}
    for (day, (sales, promo)) in zip(DAYS, SALES.to_numpy(), strict=True)
]
LINES = "\n".join(map(json.dumps, RECORDS)) + "\n"


@pytest.mark.parametrize("text", [LINES, json.dumps(RECORDS), json.dumps(RECORDS, indent=2)])
@pytest.mark.parametrize("name", ["sales.jsonl", "sales.csv"])
def test_records_are_the_table_that_a_csv_of_them_is(tmp_path, text, name):
    (tmp_path / name).write_text(text)
    (tmp_path / "packed.gz").write_bytes(gzip.compress(text.encode()))
    SALES.to_csv(tmp_path / "expected.csv")
    expected = read(tmp_path / "expected.csv")
    assert_frame_equal(read(tmp_path / name), expected)
    assert_frame_equal(read(tmp_path / "packed.gz"), expected)


def test_a_name_that_a_record_lacks_is_a_missing_value(tmp_path):
    lines = [json.dumps(record) for record in RECORDS]
    lines[1] = '{"day": "2024-01-02", "sales": null}'
    (tmp_path / "sales.jsonl").write_text("\n".join(lines))
    table = read(tmp_path / "sales.jsonl")
    assert_array_equal(table["sales"], [3.5, np.nan, 5.25, 6.0])
    assert_array_equal(table["promo"], [0.0, np.nan, 0.0, 1.0])


def test_a_dash_reads_what_is_piped_in(monkeypatch):
    class Piped:
        buffer = io.BytesIO(LINES.encode())

    monkeypatch.setattr(sys, "stdin", Piped)
    assert_frame_equal(read("-"), SALES.rename_axis("timestamp"), check_freq=False)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            LINES[:-20],
            "line 4 is no JSON .* a record in each line, or a list of records. Correct it",
        ),
        ('[{"y": 1},\n {"y": 2}', "line 2 is no JSON"),
        ('{"y": [1, 2]}', "record 1: 'y' holds more than one value"),
        ('[{"y": 1}, 7]', "record 2 is no record, but 7"),
        ('{"y": 1, "y": 2}\n', "a record with two values of 'y'"),
        ("[[1, 2]]", "JSON without names, whatever its name. Write it as CSV"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path, text, sentence):
    (tmp_path / "sales.jsonl").write_text(text)
    with pytest.raises(ValueError, match=sentence):
        read(tmp_path / "sales.jsonl")


def read_text(path, text):
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_integers_of_any_length_are_read(tmp_path):
    path = tmp_path / "my.json"
    moments = [1_700_000_000_123_456_789, 1_700_000_060_123_456_789]
    text = "\n".join(json.dumps({"time": moment, "y": 10**18}) for moment in moments)
    frame = read_text(path, text)
    assert [moment.value for moment in frame.index] == moments
    for digits in ("9" * 400, "9" * 5000):
        with pytest.raises(ValueError, match="row 1, column 'y': 'inf' is not finite"):
            read_text(path, text.replace(str(10**18), digits))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[{"a": ' + "[" * 100_000, "line 1 is no JSON (lists in lists without end)"),
        ('{"day": 1}\n{"day": "\\ud800"}', "line 2 is no JSON (half a character)"),
    ],
)
def test_what_json_can_write_and_nobody_can_read_is_refused(tmp_path, text, fault):
    with pytest.raises(ValueError, match=re.escape(fault)):
        read_text(tmp_path / "my.json", text)


def test_records_with_names_of_their_own_have_a_budget(tmp_path):
    path = tmp_path / "my.json"
    path.write_text("\n".join(json.dumps({f"a{row}": row}) for row in range(2000)))
    with pytest.raises(
        ValueError, match=r"holds more than 1 MB \(32 MB\). Give max_bytes=32000000"
    ):
        read(path, max_bytes=10**6)
