"""A SOURCE too large to be read at once is backtested in parts, and says so."""

import numpy as np
import pandas as pd
import pytest
from shop import command, run_script

from forecast import Backtest

FLAGS = ("--target", "y", "--horizon", "3", "--origins", "4", "--models", "naive,theta,ridge")


@pytest.fixture
def large(tmp_path, monkeypatch):
    """Write 30 series in a folder, and let that be a large table."""
    monkeypatch.setattr("forecast.cli.parted._ROWS_AT_ONCE", 1000)
    monkeypatch.setattr("forecast.cli.parted._SAMPLE", 5)
    (tmp_path / "large").mkdir()
    rng = np.random.default_rng(0)
    times = pd.date_range("2024-01-01", periods=60, name="day")
    for number in range(30):
        table = pd.DataFrame({"y": rng.normal(size=60).cumsum(), "x": 0.0}, times)
        table.assign(series=f"s{number:02d}").to_parquet(tmp_path / "large" / f"{number}.parquet")
    return "large"


def test_it_is_read_in_parts_with_the_scores_of_the_whole(large, monkeypatch):
    ran = command("backtest", large, *FLAGS, "--out", "a")
    assert ran.code == 0, ran.err
    said = "large has 1800 rows of 30 series, which are read some at a time; the first 5 say what"
    assert said in ran.err
    assert "no figures of a table read in parts" in ran.err
    monkeypatch.setattr("forecast.cli.parted._ROWS_AT_ONCE", 10_000)
    whole = command("backtest", large, *FLAGS, "--out", "b")
    assert whole.code == 0, whole.err
    tables = [Backtest.load(folder).forecasts for folder in "ab"]
    pd.testing.assert_frame_equal(*tables)


def test_a_table_that_is_read_at_once_is_counted_and_not_looked_at(large, monkeypatch):
    monkeypatch.setattr("forecast.cli.parted._ROWS_AT_ONCE", 10_000)
    monkeypatch.setattr("forecast.tables.reading.stored_table.survey", pytest.fail)
    ran = command("backtest", large, *FLAGS[:-1], "naive")
    assert ran.code == 0, ran.err


def test_cells_that_stand_for_a_missing_value_do_so_in_every_part(large):
    table = pd.read_parquet("large/20.parquet")
    table.loc[table.index[-20:], "y"] = -999.0
    table.to_parquet("large/20.parquet")
    ran = command("backtest", large, *FLAGS, "--missing=-999", "--out", "a")
    assert ran.code == 0, ran.err
    assert Backtest.load("a").left_out == ["s20"]


def test_the_script_of_a_table_in_parts_does_the_same(large):
    ran = command("backtest", large, *FLAGS, "--missing=-999", "--code", "do.py", "--out", "a")
    assert ran.code == 0, ran.err
    done_again = run_script()["result"]
    pd.testing.assert_frame_equal(done_again.forecasts, Backtest.load("a").forecasts)
