"""Rows are numbered only where no column can be their time."""

import pandas as pd
import pytest
from csv_files import DAYS, INDEX, csv_of

from forecast import read


@pytest.mark.parametrize(
    "form",
    [
        "{n} gennaio 2024",
        "KW {n}/2019",
        "FY9{n}",
        "Woche vom {n}.1.24",
        "L {n}/01/2024",
        "in 2024, {n}",
    ],
)
def test_a_column_that_looks_like_times_is_refused_by_its_name(file, form):
    rows = [f"{form.format(n=n)};{n}" for n in (1, 2, 3)]
    sentence = "row 2, column 'data': .* looks like a time, but in a form that is not read"
    with pytest.raises(ValueError, match=sentence):
        read(file("\n".join(["data;y", *rows])))

    # Both remedies: ISO dates, or no such column.
    frame = read(file(csv_of(DAYS)))
    assert frame.index.equals(INDEX)
    frame = read(file("y\n1\n2\n3\n"))
    assert list(frame.index) == [0, 1, 2]


@pytest.mark.parametrize(
    "cells",
    [
        ["A-12", "A-13", "A-14"],
        ["1950 kg", "1960 kg", "1970 kg"],
        ["Model 2013", "Model X", "Model 2014"],
        ["Monday", "Tuesday", "Wednesday"],
    ],
)
def test_other_texts_leave_the_rows_numbered(file, cells):
    rows = [f"{cell};{n}" for n, cell in enumerate(cells)]
    frame = read(file("\n".join(["note;y", *rows])))
    assert frame.index.equals(pd.RangeIndex(3, name="timestamp"))


def test_the_names_of_series_are_no_times(file):
    rows = [f"Model {year};{n}" for year in (2013, 2014) for n in (1, 2, 3)]
    frame = read(file("\n".join(["which;y", *rows])), series="which")
    assert len(frame) == 6
