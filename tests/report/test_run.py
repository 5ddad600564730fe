"""All parts of the page speak of the same model."""

from forecast import Backtest
from forecast.report.extras import Extras
from forecast.report.run import Run


def test_the_page_speaks_of_the_model_that_was_chosen_else_of_the_best(result):
    best = result.scores()["mae"].idxmin()
    assert Run(result, Extras()).shown == best
    assert Run(result, Extras(choice={"model": "naive"})).shown == "naive"
    # A choice among other models says nothing of these.
    assert Run(result, Extras(choice={"model": "lstm"})).shown == best


def test_without_actuals_it_speaks_of_the_first(small):
    unknown = Backtest(small.forecasts.assign(actual=float("nan")))
    run = Run(unknown, Extras())
    assert run.shown == "naive"
    assert run.target == ""


def test_it_knows_intervals_and_their_shares(small):
    run = Run(small, Extras())
    assert [interval.percent for interval in run.intervals] == ["90 %"]
    assert run.shares.keys() == {"naive", "seasonal", "ridge"}
    assert [look["name"] for look in run.looks] == list(run.shares)
