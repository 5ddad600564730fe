"""The trial of models: what stands in its settings beside the scores."""

from pathlib import Path

import pandas as pd
from shop import SMALL, command

from forecast import Backtest, NaiveForecaster


def test_a_run_says_what_was_read_asked_and_refused():
    flags = ("--models", "naive,ridge", "--lookback", "58", *SMALL[:4])
    ran = command("backtest", "sales.csv", *flags, "--out", "a")
    assert ran.code == 0, ran.err
    settings = Backtest.load("a").settings
    assert settings["command"] == ["backtest", "sales.csv", *flags, "--out", "a"]
    assert settings["notes"][0] in ran.err
    assert settings["options"]["lookback"] == 58
    assert settings["options"]["target"] is None
    assert list(settings["refused"]) == ["ridge"]
    assert settings["refused"]["ridge"] in ran.out


REFITTED = ("--models", "naive,seasonal", *SMALL, "--refit", "always", "--quiet")


class Interrupted(NaiveForecaster):
    """A forecaster that is interrupted at its sixth fit."""

    fits = 0

    def _learn(self, panel):
        type(self).fits += 1
        if type(self).fits == 6:
            raise KeyboardInterrupt
        super()._learn(panel)


def test_ctrl_c_keeps_what_is_finished_and_resume_goes_on(monkeypatch):
    monkeypatch.setattr("forecast.forecasters.naive.NaiveForecaster", Interrupted)
    stopped = command("backtest", "sales.csv", *REFITTED[:-1], "--out", "a")
    assert stopped.code == 130
    assert "kept in a/unfinished/parts: --resume goes on from there" in stopped.err
    assert not Path("a/run.json").exists()
    resumed = command("backtest", "sales.csv", *REFITTED, "--out", "a", "--resume")
    assert resumed.code == 0, resumed.err
    assert Interrupted.fits == 6 + 3
    assert not Path("a/unfinished").exists()
    whole = command("backtest", "sales.csv", *REFITTED, "--out", "b")
    assert whole.code == 0
    tables = [Backtest.load(folder).forecasts for folder in "ab"]
    pd.testing.assert_frame_equal(*tables)


def test_resume_is_refused_without_a_folder_and_where_the_options_differ(refused, monkeypatch):
    assert "give --out DIR" in refused("backtest", "sales.csv", *REFITTED, "--resume")
    monkeypatch.setattr("forecast.forecasters.naive.NaiveForecaster", Interrupted)
    Interrupted.fits = 0
    assert command("backtest", "sales.csv", *REFITTED, "--out", "a").code == 130
    other = [*REFITTED, "--quantiles", "0.5", "--out", "a"]
    sentence = refused("backtest", "sales.csv", *other, "--resume")
    assert "their quantiles was [0.05, 0.95], and now it is [0.5]" in sentence
    assert command("backtest", "sales.csv", *other).code == 0
