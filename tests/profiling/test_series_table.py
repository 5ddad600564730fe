"""Spans of series against loops over their rows."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast.profiling.series_table import SeriesTable, plain_moment


def table(seed=0):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", periods=12)
    frames = {
        name: pd.DataFrame({"a": rng.normal(size=12), "b": rng.normal(size=12)}, days)
        for name in "xyz"
    }
    frame = pd.concat(frames)
    frame["a"] = frame["a"].where(rng.random(36) < 0.5)
    frame.loc["y", "a"] = np.nan
    return SeriesTable.from_frame(frame)


def test_spans_go_from_the_first_value_to_the_last():
    made = table()
    is_value = ~np.isnan(made.values[:, 0])
    spans = made.spans(is_value)
    inside = np.zeros(36, dtype=bool)
    for series in range(3):
        rows = np.arange(36)[made.rows_of(series)]
        known = rows[is_value[rows]]
        if not len(known):
            assert spans[series, 0] == spans[series, 1]
            continue
        assert spans[series].tolist() == [known[0], known[-1] + 1]
        inside[known[0] : known[-1] + 1] = True
    assert_array_equal(made.within(spans), inside)


def test_rows_are_put_in_the_order_of_their_series():
    days = pd.date_range("2024-01-01", periods=3)
    index = pd.MultiIndex.from_product([days, ["q", "p"]]).swaplevel()
    made = SeriesTable.from_frame(pd.DataFrame({"v": np.arange(6.0)}, index))
    assert list(made.names) == ["q", "p"]
    assert_array_equal(made.values[:, 0], [0, 2, 4, 1, 3, 5])


@pytest.mark.parametrize(
    ("moment", "plain"),
    [
        (pd.Timestamp("2024-01-31"), "2024-01-31T00:00:00"),
        (pd.Timestamp("2024-07-01", tz="Europe/Berlin"), "2024-07-01T00:00:00+02:00"),
        (pd.Period("2024-01", "M"), "2024-01"),
        (np.int64(7), 7),
    ],
)
def test_moments_as_json_writes_them(moment, plain):
    assert plain_moment(moment) == plain
