"""Records keep their lines, whether they are taken one by one or at once."""

import pytest

from forecast.tables.reading.records import Records, clean_lines


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n3,4\n", [1, 2, 3]),
        ("a,b\r\n\r\n3,4", [1, 2, 3]),
        # The second cell takes two lines.
        ('a,b\n1,"x\ny"\n3,4\n', [1, 2, 4]),
    ],
)
@pytest.mark.parametrize("above", [0, 5])
@pytest.mark.parametrize("size", [1, 2, 10])
def test_records_know_their_lines(text, rows, above, size):
    records = Records("my.csv", text, ",", above + 1)
    found = []
    while taken := records.take(size):
        found += taken
    assert [row for row, _ in found] == [row + above for row in rows]


def test_a_record_that_cannot_be_read_is_refused_with_its_line():
    records = Records("my.csv", 'a,b\n1,"2\n3,4\n', ",", 1)
    with pytest.raises(ValueError, match=r"my\.csv, row 2 cannot be read as CSV: "):
        records.take(10)


def test_lines_of_blanks_are_empty():
    assert list(clean_lines("a\n  \n b \n", ",")) == ["a\n", "\n", " b \n"]
    assert list(clean_lines(" a  b \n \t\n", " ")) == ["a  b\n", "\n"]


def test_tabs_that_delimit_are_no_blanks():
    assert list(clean_lines("a\tb\n\t\n", "\t")) == ["a\tb\n", "\t\n"]


LINES = [f"{n}, x{n % 7} ,{'' if n % 3 else n}" for n in range(30_000)]
QUOTED = [f'"{n}",x{n % 7},"{n}"' for n in range(30_000)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("lines", [LINES, QUOTED])
def test_columns_are_the_same_at_once_and_row_by_row(lines, end):
    text = end.join(lines)
    records = Records("my.csv", text, ",", 1)
    upper = records.take(10)
    rows, columns = records.take_columns(3)
    lower = records.take()
    assert len(rows) > 29_000
    taken = [column.to_pylist() for column in columns]
    middle = [(row, list(fields)) for row, *fields in zip(rows, *taken, strict=True)]
    one_by_one = Records("my.csv", text, ",", 1).take()
    # Only the one by one reading leaves blanks at the beginning of cells out.
    stripped = [(row, [cell.lstrip() for cell in fields]) for row, fields in middle]
    assert upper + stripped + lower == one_by_one


@pytest.mark.parametrize(
    "line",
    ["", "1,2", "1,2,3,4", '"1\n2",3,4', '"1, 2",""3"",4', '1, "2,3",4', '1,"2', '"a ""b""",,'],
)
def test_nothing_is_taken_at_once_where_a_line_differs(line):
    records = Records("my.csv", "\n".join([*LINES[:500], line, *LINES]), ",", 1)
    assert records.take_columns(3) == (range(0), [])
    assert records.take(500)[-1] == (500, ["499", "x2 ", ""])
