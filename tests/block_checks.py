"""A panel whose rows are in no order, and what its blocks have to be like."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal

from forecast.tables.reading.blocks import survey
from forecast.tables.reading.reader import read_noting

rng = np.random.default_rng(0)


def panel(n_series=7, n_rows=30, freq="D"):
    """Return series of several lengths that begin at several moments."""
    parts = []
    for series in range(n_series):
        times = pd.date_range("2024-01-01", periods=n_rows, freq=freq)[series : n_rows - series]
        values = rng.normal(10, 1, len(times)).round(3)
        parts.append(pd.DataFrame({"store": series % 3, "item": f"i{series}"}, index=times))
        parts[-1] = parts[-1].assign(sold=values, price=values[::-1])
    table = pd.concat(parts).rename_axis("when").reset_index()
    return table.sample(frac=1, random_state=0)  # rows in no order


def check_blocks(address, options, n_together=2):
    """Hold each block, and what the survey says, against the whole table."""
    whole = read_noting(address, options).frame
    found = survey(address, options)
    names = list(found.series.index)
    rows = whole.index.get_level_values(0)
    assert names == list(rows.unique())
    if options.freq is None:
        assert_array_equal(found.series, whole.groupby(level=0, sort=False).size())
    expected = whole.index.get_level_values(1).unique().sort_values()
    assert found.moments.equals(expected)
    for start in range(0, len(names), n_together):
        only = tuple(names[start : start + n_together])
        block = read_noting(address, replace(found.options, only=only)).frame
        assert_frame_equal(block, whole[rows.isin(only)], check_freq=False)
    return found
