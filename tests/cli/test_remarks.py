"""What the scores do not show is told once, in sentences."""

from shop import SMALL, command

from forecast import Backtest, NaiveForecaster


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
