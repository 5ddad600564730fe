"""A table that stays where it is gives the rows of the series that are asked for."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import NaiveForecaster, StoredTable, backtest, map_table, read
from forecast.tables.reading import stored_table


@pytest.fixture
def folder(tmp_path):
    """Write three shops, a file for each."""
    times = pd.date_range("2024-01-01", periods=30, name="day")
    rng = np.random.default_rng(0)
    for shop in ("north", "east", "west"):
        table = pd.DataFrame({"sold": rng.normal(size=30), "open": 1.0}, times)
        table.loc[times[4], "sold"] = np.nan
        table.assign(series=shop).to_parquet(tmp_path / f"{shop}.parquet")
    return tmp_path


def test_some_series_are_those_of_the_whole_table(folder):
    stored = StoredTable(folder, "sold", ["open"], fill=True)
    whole = read(folder, fill=True)
    assert stored.counts.to_dict() == {"east": 30, "north": 30, "west": 30}
    assert list(stored.moments) == list(whole.index.unique(1))
    X, y = stored.read(["west", "east"])
    expected = whole.loc[["east", "west"]]
    pd.testing.assert_series_equal(y, expected["sold"])
    pd.testing.assert_frame_equal(X, expected[["open"]])
    X, y = StoredTable(folder, "sold").read(["north"])
    assert X is None
    assert y.isna().sum() == 1


def test_it_is_mapped_run_by_run_for_a_network_to_learn_from(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(stored_table, "_ROWS_OF_A_RUN", 30)
    stored = StoredTable(folder, "sold", fill=True)
    assert stored.runs() == [(0, 1), (1, 2), (2, 3)]
    model = NaiveForecaster(drift=True).fit(map_table(stored.blocks(), tmp_path / "mapped"))
    expected = NaiveForecaster(drift=True).fit(read(folder, fill=True)["sold"])
    assert_allclose(model.predict(2), expected.predict(2))


def test_columns_that_are_not_there_or_not_chosen_are_refused(folder, tmp_path):
    with pytest.raises(ValueError, match=r"no numeric column 'sould'; did you mean 'sold'\?"):
        StoredTable(folder, "sould").read(["north"])
    with pytest.raises(ValueError, match=r"several numeric columns, .*: name the target"):
        StoredTable(folder).read(["north"])
    pd.DataFrame({"day": pd.date_range("2024-01-01", periods=3), "y": 1.0}).to_parquet(
        tmp_path / "one.parquet"
    )
    with pytest.raises(ValueError, match=r"one\.parquet has no names of series.*use read"):
        StoredTable(tmp_path / "one.parquet").read([None])


def test_what_is_not_there_and_what_is_given_twice_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nothing"):
        StoredTable(tmp_path / "nothing")
    pd.DataFrame({"series": "a", "day": pd.date_range("2024", periods=20), "y": 1.0}).to_parquet(
        tmp_path / "a.parquet"
    )
    table = StoredTable(tmp_path)
    with pytest.raises(ValueError, match="holds X and y: leave out y"):
        backtest(NaiveForecaster(), table, np.ones(20))
    assert len(backtest(NaiveForecaster(), table).forecasts) == 10
