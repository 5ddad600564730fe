"""CSV as people write it: encoding, delimiter, decimal sign, header and rows."""

import time

import numpy as np
import pytest
from csv_files import DAYS, INDEX, csv_of
from numpy.testing import assert_array_equal

from forecast import read
from forecast.tables.reading.dialect import parse_csv


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


TABLE = csv_of(DAYS, ("1.5", "2.5", "3.5"))
ROWS = [["2013-01-01", "1.5"], ["2013-01-02", "2.5"], ["2013-01-03", "3.5"]]


def rows_of(table):
    return table.cells.fillna("").to_numpy().tolist()


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (TABLE, ()),
        (TABLE + "\n\n", ()),
        (TABLE.replace("\n", ",,\n") + ",,,\n,,,\n", ()),
        ("sep=,\n" + TABLE, ()),
        ("Station 7\n\n" + TABLE, ("passed over 1 line above the header ('Station 7')",)),
        (TABLE + "Total,7.5\n", ("passed over 1 line below the last row ('Total', '7.5')",)),
        (
            TABLE + "\nSource: Weather, 2020, revised\n",
            ("passed over 1 line below the last row ('Source: Weather', '2020', 'revised')",),
        ),
        (TABLE + "Mean,2.5\nbye\n", ("passed over 2 lines below the last row ('Mean', '2.5', …)",)),
        (
            TABLE.replace("2013-01-02", "# moved\n2013-01-02"),
            ("passed over 1 line of comments ('# moved')",),
        ),
    ],
)
def test_what_is_no_row_is_passed_over_and_said(text, notes):
    table = parse_csv("my.csv", text)
    assert list(table.cells) == ["time", "y"]
    assert rows_of(table) == ROWS
    assert table.notes == notes


@pytest.mark.parametrize("n_rows", [1, 250, 60_000])
def test_long_files_are_read_whole(n_rows):
    lines = [f"{n},{n % 7}.5\n" for n in range(n_rows)]
    table = parse_csv("my.csv", "n,y\n" + "".join(lines) + "Total,1\n")
    expected = [[str(n), f"{n % 7}.5"] for n in range(n_rows)]
    assert rows_of(table) == expected
    assert_array_equal(table.rows, np.arange(2, n_rows + 2))


def test_a_remark_below_numbers_is_a_footer_and_a_wrong_number_is_none():
    rows = "year,month,y\n2013,1,5\n2013,2,6\n2013,3,7\n"
    expected = [["2013", "1", "5"], ["2013", "2", "6"], ["2013", "3", "7"]]
    assert rows_of(parse_csv("my.csv", rows + "Source: Office,of,Weather\n")) == expected
    assert rows_of(parse_csv("my.csv", rows + "2o13,4,8\n")) == [*expected, ["2o13", "4", "8"]]


def test_a_row_without_a_moment_is_no_footer():
    # Its sum may be a value whose date is missing: what becomes of it is the reader's question.
    assert rows_of(parse_csv("my.csv", TABLE + ",7.5\n")) == [*ROWS, ["", "7.5"]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TABLE + "2013-01-04\n", "row 5 has 1 field, but the header in row 1 has 2 names"),
        (TABLE + "2013-01-04,4,5\n", "row 5 has 3 fields.*holds the delimiter ',' in quotes"),
        ("x\n\n" + TABLE + "2013-01-04,4,5\n", "row 7 has 3 fields, but the header in row 3 "),
        (
            csv_of(DAYS, ("1,234", "998", "997")),
            "the header in row 1 has 2 names, but row|row 2 has",
        ),
        (csv_of(DAYS, ("998", "997", "1,234")), "row 4 has 3 fields"),
    ],
)
def test_rows_that_do_not_fit_the_header_are_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_csv("my.csv", text)


def test_columns_that_number_the_rows_are_left_out_and_said():
    for name in ("", "Unnamed: 0"):
        table = parse_csv("my.csv", f"{name},time,y\n0,2013-01-01,4\n1,2013-01-02,4\n")
        assert list(table.cells) == ["time", "y"]
        assert table.notes == (f"left out {name or 'column 1'!r} (it numbers the rows)",)


def test_values_that_count_are_no_row_numbers_where_no_column_has_a_name():
    table = parse_csv("my.csv", "2013-01-01,1\n2013-01-02,2\n2013-01-03,3\n")
    assert list(table.cells) == ["column 1", "column 2"]


def test_quotes_around_all_cells_are_seen():
    quoted = '"time","y"\n"2013-01-01","1.234"\n"2013-01-02","2.345"\n'
    assert parse_csv("my.csv", quoted).is_quoted
    assert not parse_csv("my.csv", quoted.replace('"', "")).is_quoted


@pytest.mark.parametrize("cell", ['="{}"', '"=""{}"""'])
def test_what_excel_is_told_to_keep_is_read_as_it_stands(file, cell):
    days = [cell.format(day) for day in DAYS]
    values = [cell.format(value) for value in (1.5, 2, 3)]
    frame = read(file(csv_of(days, values)))
    assert frame["y"].tolist() == [1.5, 2, 3]
    assert frame.index.equals(INDEX)


def test_of_very_many_columns_two_that_are_called_alike_are_found_at_once(file):
    names = [f"c{column}" for column in range(30_000)]
    begun = time.process_time()
    with pytest.raises(ValueError, match="two columns called 'c7'"):
        read(file(",".join([*names, "c7"]) + "\n" + ",".join(["1"] * 30_001) + "\n"))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("blank", ["\n", "\r\n", "\r", " \t\n"])
def test_a_table_below_very_many_blank_lines_is_read_with_its_lines(blank):
    text = blank * 100_000 + "time,y\n2013-01-01,1\n2013-01-02,2\n"
    table = parse_csv("my.csv", text)
    assert table.rows.tolist() == [100_002, 100_003]
    assert table.cells["y"].tolist() == ["1", "2"]
