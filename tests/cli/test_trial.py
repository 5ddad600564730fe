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


def test_processes_and_a_log_change_no_score():
    alone = command("backtest", "sales.csv", *REFITTED, "--format", "csv", "--out", "a")
    shared = command("backtest", "sales.csv", *REFITTED[:-1], "--jobs", "2", "--log", "--out", "b")
    assert shared.code == 0, shared.err
    assert " parts, " in shared.err
    assert alone.code == 0
    tables = [Backtest.load(folder).forecasts for folder in "ab"]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


class Failing(NaiveForecaster):
    """A forecaster that cannot learn from an even number of rows."""

    def _learn(self, panel):
        if len(panel) % 2 == 0:
            raise RuntimeError("it is even")
        super()._learn(panel)


def test_a_model_that_fails_on_some_parts_is_told_and_fail_fast_stops(monkeypatch):
    make = "forecast.cli.trial.configured"
    monkeypatch.setattr(
        make, lambda name, *_: {"naive": NaiveForecaster(), "drift": Failing()}[name]
    )
    flags = ("--models", "naive,drift", *SMALL, "--step", "1", "--refit", "always")
    ran = command("backtest", "sales.csv", *flags, "--out", "a")
    assert ran.code == 0, ran.err
    result = Backtest.load("a")
    n_failed = len(result.settings["failed"])
    assert n_failed == 2
    said = f"drift failed on {n_failed} parts of the work, which no model is scored by, first on "
    assert said in ran.err
    assert ran.err.count("it is even") == 1
    assert result.settings["remarks"][0].startswith(said)
    assert len(result.losses()) == 4 - n_failed
    stopped = command("backtest", "sales.csv", *flags, "--fail-fast")
    assert stopped.code == 1
    assert "drift: it is even" in stopped.err


def test_an_address_without_an_engine_is_refused(refused):
    sentence = refused("backtest", "sales.csv", "--scheduler", "tcp://a:1")
    assert "tcp://a:1 is the address of a cluster: say of which with --engine" in sentence
