"""``forecast fit``: it saves a forecaster that answers as it did."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from shop import command, forecasts_of, sales, write_run

from forecast import (
    Backtest,
    NaiveForecaster,
    ThetaForecaster,
    TransformedTargetForecaster,
    load,
    preset,
    read,
)
from forecast.cli.source import Defaults
from forecast.presets import MODELS


def test_fit_saves_a_forecaster():
    flags = ("--model", "seasonal", "--horizon", "3", "--save")
    ran = command("fit", "sales.csv", *flags, "model.seqcast")
    assert ran.code == 0, ran.err
    assert ran.out == "model.seqcast: NaiveForecaster(season_length=7)\n"
    assert "60 rows" in ran.err
    assert_array_equal(load("model.seqcast").predict(7), sales()["sales"][-7:])
    assert "model.seqcast exists" in command("fit", "sales.csv", *flags, "model.seqcast").err
    ran = command("fit", "sales.csv", *flags, "model.seqcast", "--force", "--quiet")
    assert (ran.code, ran.err) == (0, "")


# The ensemble is made of autoarima and lstm; gru is lstm with another cell.
@pytest.mark.parametrize("model", sorted({*MODELS} - {"autoarima", "lstm", "gru"}))
@pytest.mark.usefixtures("networks")
def test_each_model_can_be_fitted_and_asked(model):
    flags = ["--season-length", "1" if model == "arima" else "7"]
    if model == "garch":
        frame = read("sales.csv")
        frame.assign(log_return=np.sin(np.arange(60) ** 2)).to_csv("sales.csv")
        flags = ["--target", "sales", "--past", "log_return"]
    fitted = command("fit", "sales.csv", "--model", model, "--horizon", "3", *flags, "--save", "m")
    assert fitted.code == 0, fitted.err
    table = forecasts_of(command("predict", "m", "--horizon", "3", "--format", "csv").out)
    assert list(table.columns) == ["timestamp", "forecast"]
    assert list(table["timestamp"]) == list(pd.date_range("2024-03-01", periods=3))
    assert_allclose(table["forecast"], load("m").predict(3))


def test_a_function_of_the_target_is_learned_within_bounds():
    flags = ["--model", "theta", "--transform", "log", "--lower", "0", "--upper", "500"]
    ran = command("fit", "sales.csv", *flags, "--save", "m")
    assert ran.code == 0, ran.err
    ran = command("predict", "m", "--horizon", "3", "--coverage", "0.8", "--format", "csv")
    bounded = TransformedTargetForecaster(ThetaForecaster(7), "log", 0, 500)
    expected = bounded.fit(sales()["sales"]).forecast(3, coverage=0.8)
    assert_allclose(forecasts_of(ran.out)[["forecast", "lower", "upper"]], expected)


@pytest.mark.parametrize(
    ("flags", "sentence", "healing"),
    [
        ("--transform log", "'log' needs values above 0", "--transform yeo-johnson"),
        ("--lower 0", "below the lower bound of 0. Give a smaller --lower", "--lower -9"),
        ("--upper 100", "above the upper bound of 100. Give a larger --upper", "--upper 999"),
    ],
)
def test_values_that_flags_exclude_are_refused_with_the_flags_that_heal(
    refused, flags, sentence, healing
):
    frame = sales()[["sales"]]
    frame.iloc[20] = -5.0
    frame.to_csv("below.csv")
    rest = ["--model", "naive", "--save", "m"]
    words = refused("fit", "below.csv", *flags.split(), *rest)
    assert sentence in words
    assert healing.split()[0] in words
    ran = command("fit", "below.csv", *healing.split(), *rest)
    assert ran.code == 0, ran.err
    # The naive forecast is the last value, whatever function of it is learned.
    assert_allclose(load("m").predict(1), frame["sales"].iloc[-1:])


def test_columns_that_a_model_does_not_read_are_left_out_and_need_not_be_given_later():
    flags = ("--target", "sales", "--past", "temp", "--future", "promo", "--model", "theta")
    ran = command("fit", "wide.csv", *flags, "--save", "m")
    assert ran.code == 0, ran.err
    assert "theta reads no columns: temp, promo are left out" in ran.err
    both = command("fit", "wide.csv", *flags[:-1], "pretrained", "--save", "p")
    assert both.code == 0, both.err
    assert "pretrained reads no columns not known ahead: temp is left out" in both.err
    sales(66)[["sales"]].to_csv("newer.csv")
    later = command("predict", "m", "newer.csv", "--horizon", "2", "--format", "csv")
    assert later.code == 0, later.err
    assert str(forecasts_of(later.out)["timestamp"][0].date()) == "2024-03-07"


def test_an_unknown_model_is_refused(refused):
    assert "'lstn'" in refused("fit", "sales.csv", "--model", "lstn", "--save", "m")


def test_series_that_are_all_too_short_are_refused_with_both_numbers(refused):
    flags = "--series shop --target sales --model ridge --horizon 3 --lookback 70 --save m"
    sentence = refused("fit", "long.csv", *flags.split())
    assert "'south' has 52 rows" in sentence
    assert "at least 73" in sentence
    assert not Path("m").exists()


@pytest.mark.parametrize("place", ["missing/m", "sales.csv/m", "."])
def test_a_place_for_a_forecaster_is_refused_before_any_work(refused, monkeypatch, place):
    monkeypatch.setattr(NaiveForecaster, "fit", pytest.fail)
    assert "cannot write" in refused("fit", "sales.csv", "--model", "naive", "--save", place)


TRIED = {"models": ["naive", "seasonal"], "origins": 4}


@pytest.fixture
def two_models(monkeypatch):
    """Let the default models be two, and the origins few."""
    defaults = Defaults(models=tuple(TRIED["models"]), origins=TRIED["origins"])
    monkeypatch.setattr("forecast.cli.source.Defaults", lambda: defaults)


@pytest.mark.usefixtures("two_models")
def test_the_best_model_is_the_one_that_a_backtest_of_the_defaults_chooses():
    ran = command("fit", "sales.csv", "--model", "best", "--horizon", "3", "--save", "m")
    assert ran.code == 0, ran.err
    tried = command("backtest", "sales.csv", "--horizon", "3", "--out", "run")
    reason = Backtest.load("run").choose().reason
    assert tried.code == 0
    assert reason in ran.err
    expected = preset(reason.split()[0], sales()["sales"], horizon=3, coverage=0.9)
    assert repr(load("m")) == repr(expected)


@pytest.mark.usefixtures("two_models")
def test_fit_goes_on_from_a_run_with_its_options_and_its_choice():
    flags = ["--target", "sales", "--horizon", "2", "--upper", "500", "--coverage", "0.8"]
    assert command("run", "wide.csv", *flags).code == 0
    again = command("fit", "--from", "runs/wide", "--save", "m")
    assert again.code == 0, again.err
    assert repr(load("m")) == repr(load("runs/wide/model.seqcast"))
    assert load("m").predict(2).tolist() == load("runs/wide/model.seqcast").predict(2).tolist()
    # What is given wins: another source, another model.
    sales(70)[["sales"]].to_csv("newer.csv")
    again = command("fit", "newer.csv", "--from", "runs/wide", "--model", "naive", "--save", "n")
    assert again.code == 0, again.err
    assert load("n").predict(1) == pytest.approx(sales(70)["sales"].iloc[-1])
    assert load("n").upper == 500


def test_a_fit_without_a_source_and_a_run_without_options_are_refused(refused):
    assert "give a SOURCE, or a run with --from" in refused(
        "fit", "--model", "naive", "--save", "m"
    )
    write_run(NaiveForecaster())
    sentence = refused("fit", "--from", "run", "--save", "m")
    assert "does not say with which options it was made" in sentence
