"""The trial of models: what stands in its settings beside the scores."""

from shop import SMALL, command

from forecast import Backtest


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
