"""The model to go on with: the smallest error, or a simpler one that is as good."""

import numpy as np
import pandas as pd
import pytest

from forecast import Backtest
from forecast.evaluation.choice import choose


def chosen(n_origins=40, simplest_first=None, spread=1.0, **means):
    """Choose among models whose losses have these means and independent noise."""
    noise = np.random.default_rng(0).normal(size=(n_origins, len(means)))
    noise -= noise.mean(axis=0)
    losses = pd.DataFrame(spread * noise + list(means.values()), columns=list(means))
    return choose(losses.mean().rename("mae"), losses, 1, simplest_first)


def test_the_smallest_error_wins_by_more_than_chance():
    model, reason = chosen(naive=9, theta=5, lstm=7)
    assert model == "theta"
    assert reason == "theta is chosen: its MAE is the smallest (5.000), by more than chance."


def test_a_model_not_told_apart_but_farther_behind_is_named_and_not_chosen():
    model, reason = chosen(naive=5.2, theta=9, lstm=5)
    assert model == "lstm"
    assert reason.endswith(
        "(5.000), though no more than chance ahead of naive, each tested by itself."
    )


def test_of_equals_the_simpler_one_is_chosen_and_the_sentence_says_why():
    model, reason = chosen(naive=9, theta=5.04, lstm=5)
    assert model == "theta"
    assert "simpler than lstm, and its MAE (5.040 against 5.000)" in reason
    assert chosen(naive=9, theta=5.06, lstm=5).model == "lstm"  # more than a hundredth
    assert chosen(naive=9, theta=5.04, lstm=5, spread=0.001).model == "lstm"  # told apart


def test_the_order_of_simplicity_can_be_told():
    order = ["lstm", "theta", "naive"]
    assert chosen(naive=9, theta=5, lstm=5.04, simplest_first=order).model == "lstm"


def test_without_a_test_the_smallest_error_wins():
    model, reason = chosen(n_origins=2, naive=9, theta=5)
    assert model == "theta"
    assert "could not be tested" in reason
    assert chosen(naive=3) == (
        "naive",
        "naive is chosen: it is the only model that has a MAE (3.000).",
    )


def test_models_without_a_score_are_passed_over_and_none_is_refused():
    assert chosen(naive=3, lstm=np.nan).model == "naive"
    with pytest.raises(ValueError, match="no model has a mae"):
        chosen(naive=np.nan)


def table(errors):
    """Return a run in which each (model, series) has these errors from 20 origins."""
    rows = [
        (model, series, origin, 1, origin + 1, 0.0, error + 0.1 * np.sin(7 * origin))
        for (model, series), error in errors.items()
        for origin in range(20)
    ]
    columns = ["model", "series", "origin", "step", "timestamp", "actual", "forecast"]
    return Backtest(pd.DataFrame(rows, columns=columns), {"step": 1})


def test_each_series_has_a_choice_of_its_own():
    result = table({("b", "x"): 5, ("b", "y"): 1, ("a", "x"): 3, ("a", "y"): 4})
    assert result.choose().model == "b"
    by_series = result.choose_by_series()
    assert {series: choice.model for series, choice in by_series.items()} == {"x": "a", "y": "b"}
    for series, choice in by_series.items():
        own = result.forecasts[result.forecasts["series"] == series]
        assert Backtest(own, result.settings).choose() == choice
