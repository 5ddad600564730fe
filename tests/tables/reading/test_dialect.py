"""CSV as people write it: encoding, delimiter, decimal sign, header and rows."""

import numpy as np
import pytest
from csv_files import DAYS, INDEX, csv_of
from numpy.testing import assert_array_equal

from forecast import read


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_delimiters_are_found(file, delimiter):
    frame = read(file(csv_of(DAYS, delimiter=delimiter)))
    assert frame["y"].tolist() == [1.0, 2.0, 3.0]
    assert frame.index.equals(INDEX)


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (csv_of(DAYS, ("1,5", "-0,25", "3"), ";"), [1.5, -0.25, 3]),
        (csv_of(DAYS, ("1,5", "-0,25", "3"), "\t"), [1.5, -0.25, 3]),
        (csv_of(DAYS, ("1.5", "-0.25", "3"), ";"), [1.5, -0.25, 3]),
        (csv_of(DAYS, ("1", "", "NA")), [1, np.nan, np.nan]),
        (csv_of(DAYS).replace("\n", "\r\n") + "\r\n", [1, 2, 3]),
        ("\ufeff" + csv_of(DAYS), [1, 2, 3]),
        (csv_of(DAYS).encode("utf-16"), [1, 2, 3]),
        ("y, time,\n1, 2013-01-01,\n2, 2013-01-02,\n3, 2013-01-03,\n", [1, 2, 3]),
        (",y\n2013-01-01,1\n2013-01-02,2\n2013-01-03,3\n", [1, 2, 3]),
        (",y,when\n0,1,2013-01-01\n1,2,2013-01-02\n2,3,2013-01-03\n", [1, 2, 3]),
    ],
)
def test_cells_are_understood(file, content, values):
    frame = read(file(content))
    assert_array_equal(frame["y"], values)
    assert list(frame) == ["y"]
    assert frame.index.equals(INDEX)


def test_a_header_in_the_encoding_of_windows_is_read(file):
    assert list(read(file(csv_of(DAYS, header=("time", "°C")).encode("cp1252")))) == ["°C"]


def test_names_of_series_are_neither_numbers_nor_missing(file):
    for name in ("007", "NA"):
        frame = read(file(f"shop,y\n{name},1\n{name},2\n"), series="shop")
        assert list(frame.index.get_level_values("series")) == [name, name]


def test_columns_without_a_name_are_called_by_their_position(file):
    # Numbers that begin with 5 are no row numbers.
    assert list(read(file(",y\n5,1\n6,2\n"))) == ["column 1", "y"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", r"my\.csv is empty"),
        ("\n  \n", r"my\.csv is empty"),
        ("\ufeff", r"my\.csv is empty"),
        ("\n\n".encode("utf-16"), r"my\.csv is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "neither a CSV nor a Parquet file: it holds binary data"),
        (bytes(range(256)), "neither a CSV nor a Parquet file: it holds binary data"),
        (
            "time,y\n2013-01-01,1\n\n2013-01-02,2,7\n2013-01-03,3\n2013-01-04,3\n",
            "row 4 has 3 fields, but the header in row 1 has 2 .*'2013-01-02'",
        ),
        (
            "time,y\n2013-01-01,1\n2013-01-02\n",
            "row 3 has 1 field, but the header in row 1 has 2 names",
        ),
        ('time,y\n2013-01-01,1\n2013-01-02,"2\n', "row 3 cannot be read as CSV"),
        ("5,1\n6,2\n", "row 1 holds data .* Add a header row"),
        ("time,y,y\n2013-01-01,1,2\n", "row 1 has two columns called 'y'"),
    ],
)
def test_what_is_no_csv_is_refused_in_one_line(file, content, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        read(file(content))
    assert "my.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_rows_are_counted_as_an_editor_counts_lines(file):
    # The note of the first row takes two lines, and a blank one follows.
    content = 'time,note,y\n2013-01-01,"a\nb",1\n\n2013-01-02,c,x\n'
    with pytest.raises(ValueError, match=r"my\.csv, row 5, column 'y': 'x' is no number"):
        read(file(content))


def test_an_empty_cell_in_quotes_is_a_row(file):
    assert_array_equal(read(file('y\n1\n""\n3\n'))["y"], [1, np.nan, 3])
    with pytest.raises(ValueError, match=r"my\.csv, row 4, column 'y': 'inf' is not finite"):
        read(file('y\n1\n""\ninf\n'))
