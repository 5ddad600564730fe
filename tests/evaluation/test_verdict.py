"""Whom models are compared with, what is said of them, and how many origins it takes to tell."""

import re

import numpy as np
import pandas as pd

from forecast import (
    Backtest,
    NaiveForecaster,
    RollingOrigin,
    TransformedTargetForecaster,
    backtest,
)
from forecast.evaluation.verdict import judge, origins_to_tell, reference_among


def test_the_reference_is_the_better_naive_forecast_else_the_first_model():
    losses = pd.Series({"ridge": 1.0, "naive": 3.0, "seasonal": 2.0})
    assert reference_among(losses) == "seasonal"
    assert reference_among(losses.drop("seasonal")) == "naive"
    assert reference_among(losses[["ridge"]]) == "ridge"
    assert reference_among(losses.where(losses < 2)) == "ridge"  # no naive forecast has a loss


def test_as_many_origins_are_asked_for_as_tell_the_difference_in_four_of_five_backtests():
    # Losses that differ by half of their deviation: the textbook says 31.4 pairs.
    statistic = 0.5 * np.sqrt(10)
    assert origins_to_tell(10, statistic, 1) == 31
    rng = np.random.default_rng(0)
    means = rng.normal(0.5, 1, (4000, 31)).mean(axis=1) * np.sqrt(31)
    assert abs((means > 1.96).mean() - 0.8) < 0.02
    assert origins_to_tell(28, 0.01, 1) == 2_200_000
    # Of five comparisons each has a fifth of the level: its quantile is 2.58.
    assert origins_to_tell(10, statistic, 5) == round(10 * ((2.58 + 0.84) / statistic) ** 2)


def test_each_model_but_the_reference_has_a_verdict():
    rng = np.random.default_rng(0)
    y = np.arange(40) + rng.normal(0, 0.2, 40)
    models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    result = backtest(models, y, cv=RollingOrigin(horizon=2, origins=12))
    reference, verdicts, answer, remarks, beaten = judge(result)
    p_value = result.compare()["p_holm"][0]
    assert (reference, verdicts) == ("naive", {"drift": f"better, p = {p_value:.2g}"})
    assert answer.startswith("drift beat the naive forecast by ")
    assert judge(result).sentences == [answer, *remarks]
    assert beaten
    alone = Backtest(result.forecasts[result.forecasts["model"] == "drift"], result.settings)
    assert judge(alone) == (None, {}, None, [], False)


def test_a_small_gain_is_called_small():
    y = np.cumsum(np.random.default_rng(1).normal(0.15, 1, 4000))
    models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    answer = judge(backtest(models, y, cv=RollingOrigin(horizon=1, origins=3000))).answer
    assert re.fullmatch(
        r"drift beat the naive forecast by \d\.\d% \(.*\)\. "
        r"So small a gain pays only where acting on it costs less\.",
        answer,
    )


def test_a_model_that_stays_with_the_naive_forecast_says_the_same():
    y = np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.1, 400)))
    same = TransformedTargetForecaster(NaiveForecaster(), "log")  # differs in last bits
    result = backtest({"naive": NaiveForecaster(), "log": same}, y, cv=RollingOrigin(2, 30))
    assert re.fullmatch(
        r"Nothing beat the naive forecast: the best other, log, says the same \(MAE [\d.]+\)\.",
        judge(result).answer,
    )
