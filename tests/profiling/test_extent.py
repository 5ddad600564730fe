"""Planted holes, late and early series."""

import numpy as np
import pandas as pd
from analyst_files import HOLES, store_sales, visits

from forecast.profiling.extent import extent_of, holes_in, stretches
from forecast.profiling.series_table import SeriesTable


def stores():
    return SeriesTable.from_frame(store_sales().set_index(["store", "month"]))


def test_late_and_early_series_are_named():
    extent = extent_of(stores(), np.ones(350, dtype=bool))
    assert {name: str(day)[:10] for name, day in extent.late.items()} == {"Fulda": "2022-03-01"}
    assert {name: str(day)[:10] for name, day in extent.early.items()} == {"Essen": "2021-04-01"}
    assert extent.lengths == (22, 72, 72)
    assert extent.rows == 350
    assert (str(extent.begin)[:7], str(extent.end)[:7]) == ("2018-01", "2023-12")


def test_a_series_without_values_is_empty():
    table = stores()
    names = np.repeat(list(table.names), np.diff(table.bounds))
    extent = extent_of(table, names != "Bonn")
    assert extent.empty == ("Bonn",)
    assert extent.lengths == (22, 72, 72)


def test_a_table_without_values_has_an_extent():
    extent = extent_of(stores(), np.zeros(350, dtype=bool))
    assert len(extent.empty) == 6
    assert extent.lengths == (0, 0, 0)


def test_planted_holes_are_found_the_longest_first():
    frame = visits().set_index("date").asfreq("D")
    holes = holes_in(SeriesTable.from_frame(frame))
    begin = pd.Timestamp("2022-01-01")
    planted = sorted(HOLES, key=lambda hole: -hole[1])
    assert [(hole.begin, hole.rows) for hole in holes] == [
        (begin + pd.Timedelta(days=first), length) for first, length in planted
    ]
    assert [hole.end - hole.begin for hole in holes] == [
        pd.Timedelta(days=length - 1) for _, length in planted
    ]


def test_no_stretch_goes_on_from_one_series_to_the_next():
    table = stores()
    chosen = np.zeros(350, dtype=bool)
    chosen[70:75] = True
    found = stretches(table, chosen)
    assert [(stretch.series, stretch.rows) for stretch in found] == [("Aalen", 2), ("Bonn", 3)]


def test_stretches_as_plain_values():
    table = stores()
    first = stretches(table, np.arange(350) < 2)[0]
    assert first.to_dict() == {
        "series": "Aalen",
        "begin": "2018-01-01T00:00:00",
        "end": "2018-02-01T00:00:00",
        "rows": 2,
    }
    assert first._replace(value=3.0).to_dict()["value"] == 3.0
