"""The script that --code writes does what the command has done."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from shop import command, priced, run_script, sales

from forecast import Backtest, load

CHEAP = ("--models", "naive,theta,ridge", "--horizon", "3", "--origins", "4", "--lookback", "7")


def made(*arguments):
    ran = command(*arguments, "--code", "do.py")
    assert ran.code == 0, ran.err
    return run_script()


@pytest.mark.parametrize(
    "flags",
    [
        "sales.csv",
        "wide.csv --target sales --past temp,promo --upper 500 --quantiles 0.1,0.5,0.9 --step 2",
        "long.csv --series shop --target sales --season-length 2",
        "wide.csv --target sales,temp --past promo --fill --freq D --missing=-9",
    ],
)
def test_a_backtest_is_done_again(flags):
    names = made("backtest", *flags.split(), *CHEAP, "--out", "a")
    result = Backtest.load("a")
    pd.testing.assert_frame_equal(names["result"].scores(), result.scores(), rtol=1e-6)
    assert names["result"].settings["data"] == result.settings["data"]


@pytest.mark.parametrize("flags", ["", "--choose per-series"])
def test_a_run_is_done_again_to_the_forecast(flags):
    two = pd.concat({"a": priced(), "b": priced() * 2}, names=["shop", "day"])
    two.to_csv("priced.csv")
    options = "--series shop --target sales --future promo --models naive,ridge --coverage 0.8"
    names = made("run", "priced.csv", *options.split(), *flags.split(), *CHEAP[2:])
    table = names["model"].forecast(names["ahead"].groupby(level=0).head(3), coverage=0.8)
    assert_allclose(table, pd.read_csv("runs/priced/forecast.csv").iloc[:, 2:], rtol=1e-6)


def test_a_fit_is_done_again():
    names = made("fit", "sales.csv", "--model", "theta", "--save", "m")
    assert_allclose(names["model"].predict(3), load("m").predict(3))


def test_a_script_runs_by_itself_and_is_lined_up_as_people_write():
    sales().to_csv("mine.csv")
    command("backtest", "mine.csv", "--target", "sales", *CHEAP, "--code", "do.py")
    text = Path("do.py").read_text()
    assert text.startswith('"""Does what this does: forecast backtest mine.csv --target sales')
    ran = subprocess.run([sys.executable, "do.py"], capture_output=True, text=True, check=True)
    assert "ridge" in ran.stdout
    assert np.all([len(line) < 200 for line in text.splitlines()])


def test_a_place_for_a_script_is_refused_before_the_work(refused):
    Path("do.py").write_text("mine")
    sentence = refused("backtest", "sales.csv", *CHEAP, "--code", "do.py")
    assert "do.py exists" in sentence
    assert Path("do.py").read_text() == "mine"
    assert command("backtest", "sales.csv", *CHEAP, "--code", "do.py", "--force").code == 0
