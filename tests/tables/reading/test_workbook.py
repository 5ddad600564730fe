"""Workbooks of Excel are read as the same table in CSV is; what they leave open is refused."""

import builtins
import re

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from forecast import read

DAYS = pd.date_range("2024-01-01", periods=6)
TABLE = pd.DataFrame({"day": DAYS, "shop": list("AAABBB"), "sold": [1.5, np.nan, 3, 4, 5, 6.0]})
TABLE["day"] = [*DAYS[:3], *DAYS[:3]]


def written(path="table.xlsx", **sheets):
    """Write a workbook whose sheets are lists of rows."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def rows_of(table):
    cells = table.astype(object).where(table.notna(), None)
    return [list(table.columns), *cells.to_numpy().tolist()]


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_sheet_is_read_as_the_same_table_of_csv():
    TABLE.to_csv("table.csv", index=False)
    expected = read("table.csv", series="shop")
    pd.testing.assert_frame_equal(read(written(sales=rows_of(TABLE)), series="shop"), expected)


def test_titles_empty_rows_and_empty_columns_are_passed_over(caplog):
    titles = [["Sales of two shops"], [None], ["by day", None]]
    rows = [row if number else [*row, None] for number, row in enumerate(rows_of(TABLE))]
    with caplog.at_level("INFO"):
        frame = read(written(sales=[*titles, *rows, [None] * 3], empty=[]), series="shop")
    assert frame["sold"].dropna().tolist() == [1.5, 3, 4, 5, 6]
    assert "2 lines above the header" in caplog.text


def test_a_number_is_what_it_is_in_the_workbook_and_no_text_of_two_readings():
    """1.234 in every cell is open in CSV, where a point may stand between thousands."""
    rows = [["day", "price"], *([day.to_pydatetime(), 1.234] for day in DAYS)]
    assert read(written(sheet=rows))["price"].tolist() == [1.234] * 6
    texts = [["day", "price"], *([day.to_pydatetime(), "1.234"] for day in DAYS)]
    with pytest.raises(ValueError, match="decimal"):
        read(written(sheet=texts))


def test_one_of_several_sheets_is_named():
    other = rows_of(TABLE.assign(sold=7.0))
    path = written(first=rows_of(TABLE), second=other)
    with pytest.raises(
        ValueError, match=r"has several sheets: 'first', 'second'. Name one: sheet='first'"
    ):
        read(path, series="shop")
    assert (read(path, series="shop", sheet="second")["sold"] == 7).all()
    with pytest.raises(ValueError, match="no sheet 'secnd'; did you mean 'second'"):
        read(path, sheet="secnd")


def test_a_cell_of_another_kind_is_refused_by_its_row():
    rows = rows_of(TABLE[:3])
    rows[2][0] = "total"
    with pytest.raises(ValueError, match=r"row 4, column 'day': 'total'"):
        read(written(sales=[["Title"], *rows])[:], time="day")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "table.xlsx is empty"),
        ([[1, 2], [3, 4]], "has no row of column names"),
        (
            [["day", "x", "x"], [DAYS[0], 1, 2]],
            "row 1, column 3: 'x' is the name of another column",
        ),
        (
            [["day", "x", None], [DAYS[0], 1, 2], [DAYS[1], 1, 2]],
            "column 3: the column has no name",
        ),
    ],
)
def test_what_is_no_table_is_refused(rows, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read(written(sales=rows))


def test_a_sheet_of_another_file_is_refused():
    TABLE.to_csv("table.csv", index=False)
    with pytest.raises(ValueError, match=r"is no Excel workbook.*Leave out sheet"):
        read("table.csv", series="shop", sheet="a")


def test_without_openpyxl_it_is_said_what_to_install(monkeypatch):
    path = written(sales=rows_of(TABLE))
    imported = builtins.__import__

    def without(name, *arguments, **keywords):
        if name == "openpyxl":
            raise ImportError
        return imported(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'seqcast\[excel\]'"):
        read(path)


def test_a_cell_far_from_the_others_has_a_budget(tmp_path):
    workbook = Workbook()
    workbook.active.append(["day", "y"])
    workbook.active.cell(3000, 3000).value = 1
    path = tmp_path / "far.xlsx"
    workbook.save(path)
    with pytest.raises(ValueError, match=r"far\.xlsx holds more than 1 MB"):
        read(path, max_bytes=10**6)
