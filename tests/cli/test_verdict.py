"""Verdicts in words agree with scores and tests."""

import re

import numpy as np
import pandas as pd
import pytest
from shop import SMALL, command

from forecast import NaiveForecaster, RollingOrigin, WindowForecaster, backtest, read


@pytest.mark.parametrize("better", [True, False])
def test_the_verdict_agrees_with_the_scores(better):
    n = np.arange(120)
    noise = np.random.default_rng(1).normal(0, 1, 120)
    y = 10 * np.sin(2 * np.pi * n / 9) + 0.1 * noise if better else np.cumsum(noise)
    pd.DataFrame({"t": n, "y": y}).to_csv("y.csv", index=False)
    flags = "--time t --models naive,ridge --lookback 9 --horizon 3"
    ran = command("backtest", "y.csv", *flags.split())
    assert ran.code == 0, ran.err
    verdict = ran.out.split("\n\n")[1]
    assert verdict.startswith(
        "ridge beat the naive forecast by" if better else "Nothing beat the naive forecast"
    )


def test_the_table_says_of_each_model_what_its_difference_is_worth():
    flags = ("--models", "naive,drift,ridge", "--origins", "9", "--step", "2")
    ran = command("backtest", "sales.csv", *SMALL, *flags)
    lines = ran.out.split("\n\n")[0].splitlines()[2:]
    against = {line.split()[0]: line.split(None, 11)[11:] for line in lines}
    models = {
        "naive": NaiveForecaster(),
        "drift": NaiveForecaster(drift=True),
        "ridge": WindowForecaster(lookback=7, horizon=3),
    }
    result = backtest(models, read("sales.csv")["sales"], cv=RollingOrigin(3, 9, 2))
    compared = result.compare(reference="naive").set_index("model")
    p_values = {model: f"{compared['p_holm'][model]:.2g}" for model in ("drift", "ridge")}
    assert against == {
        "naive": [],
        **{m: [f"{compared['verdict'][m]}, p = {p}"] for m, p in p_values.items()},
    }
    said = re.search(r"Diebold-Mariano p = (\S+), adjusted for 2 comparisons", ran.out)
    assert said.group(1) in p_values.values()


def test_too_few_origins_are_said_to_be_too_few():
    flags = ("--horizon", "3", "--origins", "2", "--models", "naive,drift")
    ran = command("backtest", "sales.csv", *flags)
    assert re.search(r"^drift .* too few origins$", ran.out, re.MULTILINE)
    assert (
        "too few origins to tell, about 31 origins tell a difference of half its spread" in ran.out
    )


def test_without_a_naive_forecast_the_first_model_is_the_reference():
    ran = command("backtest", "sales.csv", *SMALL, "--models", "drift,ridge")
    assert re.search("against drift$", ran.out, re.MULTILINE)
    assert "forecast" not in ran.out  # nothing was to be beaten
    alone = command("backtest", "sales.csv", *SMALL, "--models", "drift")
    assert "against" not in alone.out
