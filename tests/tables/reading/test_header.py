"""The names are found below a preamble, above units, in several lines, or in a comment."""

import pytest

from forecast.tables.reading.header import find_body, find_header, said_lines

ROWS = ["2013-01-01,1.5,3", "2013-01-02,2.5,4", "2013-01-03,3.5,5"]


def header_of(*lines):
    """Find the header above ROWS."""
    records = [line.split(",") if line else [] for line in (*lines, *ROWS)]
    return find_header("my.csv", list(enumerate(records, 1)))


@pytest.mark.parametrize(
    ("lines", "names", "note"),
    [
        (["day,a,b"], ["day", "a", "b"], None),
        (["", "day,a,b"], ["day", "a", "b"], None),
        (["Station 7", "", "day,a,b"], ["day", "a", "b"], "1 line above the header ('Station 7')"),
        # Metadata as wide as the table, and a blank line.
        (["lat,lon,zone", "52.5,13.4,GMT", "", "day,a,b"], ["day", "a", "b"], "2 lines above"),
        (["# by hand", "% of all", "day,a,b"], ["day", "a", "b"], "2 lines above the header"),
        (["day,a,b", ",°C,m/s"], ["day", "a", "b"], "1 line below the header ('°C', 'm/s')"),
        (["day,a,b", "-,(°C),(m/s)"], ["day", "a", "b"], "1 line below the header"),
        # As pandas writes two levels of names: alike where there is one ticker.
        (["Price,Open,Close", "Ticker,X,X", "Date,,"], ["Date", "Open", "Close"], "('Ticker', "),
        (["Price,Close,Close", "Ticker,X,Y", "Date,,"], ["Date", "Close X", "Close Y"], None),
        (["Price,Close,Close", "Ticker,X,Y"], ["Price", "Close X", "Close Y"], None),
        ([",Temp,Temp", "Date,min,max"], ["Date", "Temp min", "Temp max"], None),
        (["Date,North,", ",units,price"], ["Date", "North units", "price"], None),
        (["#day,a,b"], ["day", "a", "b"], None),
        (["# by hand", "# day,a,b"], ["day", "a", "b"], "1 line beside the header"),
        ([",a,b"], ["", "a", "b"], None),
        (["day,2012,2013"], ["day", "2012", "2013"], None),
        ([], ["column 1", "column 2", "column 3"], "no header: the columns are called 'column 1'"),
    ],
)
def test_names_are_found_and_what_was_passed_over_is_said(lines, names, note):
    header = header_of(*lines)
    assert header.names == names
    assert header.body.values == (0, 1, 2)
    assert header.body.moments == (0,)
    assert len(header.notes) == (note is not None)
    assert note is None or note in header.notes[0]
    assert header.first == len(lines)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["day,a"], "row 1 has 2 fields, but row 2 has 3"),
        (["day,a,b,c"], "row 1 has 4 fields, but row 2 has 3"),
        (["", "day,a,b,c"], "row 2 has 4 fields, but row 3 has 3"),
        (
            ["day,c,d", "2012-01-01,1,2", "", "day,a,b"],
            r"two tables: the second one begins in row 4 \('day'\)",
        ),
    ],
)
def test_a_header_that_does_not_fit_is_refused(lines, sentence):
    with pytest.raises(ValueError, match=sentence):
        header_of(*lines)


def test_a_name_over_several_columns_is_one_of_each_where_they_would_be_called_alike():
    names = ["Date,North,,South,", ",units,price,units,price"]
    rows = [f"{row},7" for row in ROWS]
    records = [line.split(",") for line in (*names, *(f"{row},8" for row in rows))]
    header = find_header("my.csv", list(enumerate(records, 1)))
    below = ["North units", "North price", "South units", "South price"]
    assert header.names == ["Date", *below]


def test_a_row_is_wider_than_a_header_with_a_delimiter_at_its_end():
    # 1,5 may be a number.
    assert header_of("day,a,").names == ["day", "a"]


def test_numbers_without_a_header_are_refused():
    # The first row may hold years as names.
    records = [["2001", "2002"], ["5", "6"], ["7", "8"]]
    with pytest.raises(ValueError, match=r"row 1 holds data \('2001', …\) where column names"):
        find_header("my.csv", list(enumerate(records, 1)))


def test_a_wrong_cell_in_the_first_row_does_not_make_it_a_header():
    assert header_of("day,a,b", "2012-12-31,oops,2").first == 1


def test_units_may_stand_above_words_too():
    records = [["month", "y", "note"], ["-", "(MW)", "(text)"], ["2013-01", "1", "measured"]]
    assert find_header("my.csv", list(enumerate(records, 1))).first == 2


def test_many_rows_of_words_are_no_header():
    words = [f"lost {n},lost,lost" for n in range(5)]
    assert header_of("day,a,b", *words).first == 1


def test_a_word_below_a_name_or_beside_words_is_in_a_row():
    for lines in (["y", "True", "1"], ["shop,y", "A,x", "B,1", "C,2"]):
        records = [line.split(",") for line in lines]
        assert find_header("my.csv", list(enumerate(records, 1))).first == 1


@pytest.mark.parametrize("records", [[], [["# a"]], [["", ""]], [[], ["#", "b"]]])
def test_a_file_without_a_table_is_refused(records):
    with pytest.raises(ValueError, match=r"my\.csv holds no table"):
        find_header("my.csv", list(enumerate(records, 1)))


def test_passed_lines_are_counted_and_begin_alike():
    assert said_lines([(1, ["a"]), (2, []), (3, ["b"])], "above") == [
        "passed over 2 lines above ('a', …)"
    ]
    assert said_lines([(1, [])], "above") == []


TABLE = [["day", "a", "b", ""], ["2013-01-01", "1.5", "x", ""], ["2013-01-02", "?", "y", ""]]


def test_columns_are_told_by_most_of_their_cells():
    body = find_body(
        "my.csv", list(enumerate([["Title"], [], *TABLE, ["2013-01-03", "2", "z", ""]]))
    )
    assert body.moments == (0,)
    assert body.values == (0, 1)
    assert body.width == 3
    assert body.is_named_by(TABLE[0])
    assert not body.is_named_by(TABLE[1])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["day", "a", "b"], True),
        (["day", "a", "b", ""], True),
        (["day", "a", "b", "c"], True),
        (["day", "a", "b", "", ""], True),
        (["day", "a"], False),
        (["day", "a", "b", "c", "d"], False),
        (["#day", "a", "b"], False),
        (["", "", ""], False),
        ([], False),
    ],
)
def test_a_header_is_as_wide_as_the_rows_but_for_delimiters_at_the_end(fields, expected):
    assert find_body("my.csv", list(enumerate(TABLE))).is_as_wide(fields) is expected
