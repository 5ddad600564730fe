"""``forecast run``: what it writes is what its parts would say alone."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from shop import DAYS, command, contents, forecasts_of, priced, sales

from forecast import Backtest, Profile, load, preset, read

CHEAP = ("--models", "naive,seasonal,ridge", "--horizon", "3", "--origins", "4", "--lookback", "7")
FILES = {"choice.json", "forecast.csv", "forecasts.parquet", "model.seqcast", "report.html"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory, shop):
    """Run once; nobody writes into its folder."""
    folder = tmp_path_factory.mktemp("ran") / "a"
    ran = command("run", shop / "sales.csv", *CHEAP, "--out", folder)
    assert ran.code == 0, ran.err
    return ran, folder


def test_all_that_belongs_to_a_run_is_written_and_said(ran):
    ran, folder = ran
    assert FILES | {"run.json", "scores.csv"} <= {path.name for path in folder.iterdir()}
    result = Backtest.load(folder)
    model, reason = result.choose(simplest_first=["naive", "seasonal", "ridge"])
    choice = json.loads((folder / "choice.json").read_text())
    assert choice == {"model": model, "reason": reason, "series": None, "coverage": 0.9}
    assert f"\n{reason}\n" in ran.out
    assert f"the report: {folder}/report.html" in ran.out
    assert "report.html" not in ran.err


def test_the_forecast_is_that_of_the_chosen_model_fitted_on_all_rows(ran, shop):
    _, folder = ran
    y = read(shop / "sales.csv")["sales"]
    model = json.loads((folder / "choice.json").read_text())["model"]
    fitted = preset(model, y, horizon=3, lookback=7, coverage=0.9).fit(y)
    table = pd.read_csv(folder / "forecast.csv", index_col="timestamp", parse_dates=True)
    assert_allclose(table, fitted.forecast(3, coverage=0.9), rtol=1e-6)
    assert list(table.index) == list(pd.date_range("2024-03-01", periods=3))
    assert_allclose(load(folder / "model.seqcast").predict(3), table["forecast"], rtol=1e-6)


def test_the_run_says_how_it_was_made(ran):
    _, folder = ran
    settings = Backtest.load(folder).settings
    assert settings["command"][0] == "run"
    assert Backtest.load(folder).quantiles == [0.05, 0.95]
    assert settings["command"][2:4] == ["--models", "naive,seasonal,ridge"]
    assert settings["options"]["lookback"] == 7
    assert f"{DAYS} rows" in settings["notes"][0]


def test_a_run_that_is_interrupted_after_its_backtest_makes_no_part_again(ran, shop, monkeypatch):
    _, folder = ran
    arguments = ("run", shop / "sales.csv", *CHEAP, "--out", "b")
    with monkeypatch.context() as patched:
        patched.setattr("forecast.cli.run.learn", interrupted)
        stopped = command(*arguments)
    assert stopped.code == 130
    assert "kept in b/unfinished/parts: --resume goes on from there" in stopped.err
    monkeypatch.setattr("forecast.evaluation.backtesting.make_part", pytest.fail)
    resumed = command(*arguments, "--resume")
    assert resumed.code == 0, resumed.err
    assert {path.name for path in Path("b").iterdir()} == {path.name for path in folder.iterdir()}
    pd.testing.assert_frame_equal(Backtest.load("b").forecasts, Backtest.load(folder).forecasts)


def interrupted(*_):
    raise KeyboardInterrupt


def test_what_the_table_is_like_is_kept_and_what_needs_attention_told(ran, shop):
    ran, folder = ran
    profile = json.loads((folder / "profile.json").read_text())
    alone = Profile.from_frame(read(shop / "sales.csv"))
    assert profile["columns"] == json.loads(json.dumps(alone.to_dict()["columns"]))
    assert "\nnothing needs attention\n" in ran.err
    late = command("run", "long.csv", "--series", "shop", "--target", "sales", *CHEAP)
    assert "  ends early: south (2024-02-21)" in late.err


def test_a_run_is_replaced_by_force_alone(ran):
    _, folder = ran
    before = contents(folder)
    again = command("run", "sales.csv", *CHEAP, "--out", folder)
    assert again.code == 2
    assert "already holds a run" in again.err
    assert contents(folder) == before


def test_without_a_folder_the_name_of_the_source_makes_one(folder):
    ran = command("run", "sales.csv", "--models", "naive", *CHEAP[2:])
    assert ran.code == 0, ran.err
    assert (folder / "runs" / "sales" / "report.html").exists()
    assert "naive is chosen: it is the only model" in ran.out


def test_what_is_known_ahead_must_be_known_for_each_step(refused, folder):
    priced(2).to_csv("priced.csv")
    options = ["--target", "sales", "--future", "promo", *CHEAP]
    words = refused("run", "priced.csv", *options)
    assert "priced.csv has 2 rows after the last value of sales, but 3 steps to forecast" in words
    assert "give --horizon 2" in words
    assert not (folder / "runs/priced/run.json").exists()
    healed = command("run", "priced.csv", *options, "--horizon", "2")
    assert healed.code == 0, healed.err
    # Half a season ago the promotion was the same: a ridge with the column answers for these rows.
    table = pd.read_csv("runs/priced/forecast.csv")
    assert list(table["timestamp"]) == ["2024-02-18", "2024-02-19"]


def test_each_series_can_have_a_model_of_its_own():
    ran = command(
        "run", "long.csv", "--series", "shop", "--target", "sales", *CHEAP, "--choose", "per-series"
    )
    assert ran.code == 0, ran.err
    choice = json.loads(Path("runs/long/choice.json").read_text())
    result = Backtest.load("runs/long")
    expected = result.choose_by_series(simplest_first=["naive", "seasonal", "ridge"])
    assert choice["series"] == {series: own.model for series, own in expected.items()}
    # A run has no scores of a series that ends before the first origin, but a forecast.
    table = pd.read_csv("runs/long/forecast.csv")
    assert list(table["series"].unique()) == ["north", "south"]


def test_several_targets_are_so_many_series():
    wide = pd.DataFrame({"a": sales()["sales"], "b": 2 * sales(seed=1)["sales"]})
    wide.loc[wide.index[:20], "b"] = np.nan
    wide.to_csv("stores.csv")
    ran = command("run", "stores.csv", "--target", "a,b", *CHEAP)
    assert ran.code == 0, ran.err
    assert "targets a b" in ran.err
    table = pd.read_csv("runs/stores/forecast.csv")
    assert list(table["series"]) == ["a"] * 3 + ["b"] * 3
    # Newer rows of the same wide form are observed, and a naive model repeats them.
    newer = pd.DataFrame(
        {"a": [1.0], "b": [2.0]}, index=pd.DatetimeIndex(["2024-03-01"], name="day")
    )
    pd.concat([wide, newer]).rename_axis("day").to_csv("newer.csv")
    fitted = command("fit", "stores.csv", "--target", "a,b", "--model", "naive", "--save", "m")
    assert fitted.code == 0, fitted.err
    later = command("predict", "m", "newer.csv", "--horizon", "1", "--format", "csv")
    assert forecasts_of(later.out)["forecast"].tolist() == [1.0, 2.0], later.err


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--target a,a", "the column 'a' has two parts to play"),
        ("--target a,c", "no numeric column 'c'"),
        ("--target a,b --past value", "a column is called 'value'"),
    ],
)
def test_wrong_targets_are_refused(refused, flags, words):
    day = pd.date_range("2024-01-01", periods=30, name="day")
    pd.DataFrame({"a": 1.5, "b": 2.5, "value": 3.0}, day).to_csv("wide.csv")
    assert words in refused("backtest", "wide.csv", *flags.split())
