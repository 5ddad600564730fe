"""What a refusal advises heals: each remedy is followed on the file that caused it.

The forecasts after it are those of the table as it should have been, which is made here by hand.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from shop import SMALL, command, forecasts_of, sales, scores_of

from forecast import NaiveForecaster, RollingOrigin, WindowForecaster, backtest, load

NAIVE = ("--target", "sales", "--model", "seasonal")


def advised(sentence, flags):
    """Assert that a sentence advises these flags; return them as arguments."""
    assert flags in sentence, sentence
    return flags.split()


def fitted(*arguments):
    """Fit without complaint; return the forecasts of the next week."""
    ran = command("fit", *arguments, "--save", "healed", "--force")
    assert ran.code == 0, ran.err
    return load("healed").predict(7)


def test_a_missing_day_is_healed_by_one_command(refused):
    truth = sales()["sales"]
    truth.drop(truth.index[55]).to_csv("hole.csv")
    sentence = refused("fit", "hole.csv", *NAIVE, "--save", "m")
    flags = advised(sentence, "--freq D --fill")
    truth.iloc[55] = truth.iloc[54]
    assert_allclose(fitted("hole.csv", *NAIVE, *flags), truth[-7:])


def test_hours_for_a_model_of_days_are_merged_by_one_command(refused, saved):
    days = pd.Series([40.0, 50.0], pd.date_range("2024-03-01", periods=2, name="day"))
    hours = days.repeat(24) + np.tile([-1.0, 1.0], 24)  # two hours have the mean of their day
    hours.index += pd.to_timedelta(np.tile(np.arange(24), 2), unit="h")
    hours.rename("sales").to_csv("hours.csv")
    flags = advised(refused("predict", saved, "hours.csv"), "--freq D --how mean")
    ran = command("predict", saved, "hours.csv", *flags, "--format", "csv", "--horizon", "7")
    assert ran.code == 0, ran.err
    expected = [*sales()["sales"][-5:], *days]
    assert_allclose(forecasts_of(ran.out)["forecast"], expected)


def test_rows_behind_a_gap_are_given_from_the_day_that_is_named_on(refused, promoted):
    """The ridge knows three steps at once; what it has not been given it cannot go on from."""
    frame = sales(66).assign(sales=np.nan, temp=np.nan)
    frame[63:].to_csv("late.csv")
    sentence = refused("predict", promoted, "late.csv")
    first = re.search(r"features of all rows since (\S+ \S+)\. Give a SOURCE", sentence)[1]
    assert first == "2024-03-01 00:00:00"
    frame.loc[first:].to_csv("whole.csv")
    ran = command("predict", promoted, "whole.csv", "--format", "csv")
    assert ran.code == 0, ran.err
    expected = load(promoted).predict(frame[["temp", "promo"]][60:])
    assert_allclose(forecasts_of(ran.out)["forecast"], expected)


def test_values_of_a_giant_are_refused_by_their_size_in_a_backtest(refused):
    y = sales()["sales"]
    for size in (1e161, 1e-170):
        (y * size).to_csv("giant.csv")
        sentence = refused("backtest", "giant.csv", "--models", "naive,ridge", *SMALL)
        unit = float(re.search(r"Divide the column by ([^,.\s]+)", sentence)[1])
        (y * (size / unit)).to_csv("healed.csv")
        assert_allclose(fitted("healed.csv", *NAIVE) * (unit / size), y[-7:], rtol=1e-6)


def test_an_empty_cell_is_filled_with_the_value_before(refused):
    truth = sales()["sales"]
    truth.iloc[55] = np.nan
    truth.to_csv("gap.csv")
    flags = advised(refused("fit", "gap.csv", *NAIVE, "--save", "m"), "--fill")
    truth.iloc[55] = truth.iloc[54]
    assert_allclose(fitted("gap.csv", *NAIVE, *flags), truth[-7:])


def test_several_shops_are_told_apart_not_merged(refused):
    two = pd.concat({"north": sales(seed=1), "south": sales(seed=2)}, names=["shop", "day"])
    two = two[["sales"]].sort_index(level="day")
    two.to_csv("two.csv")
    sentence = refused("fit", "two.csv", *NAIVE, "--save", "m")
    flags = advised(sentence, "--series shop")
    expected = [sales(seed=seed)["sales"][-7:] for seed in (1, 2)]
    assert_allclose(fitted("two.csv", *NAIVE, *flags), np.concatenate(expected))


def test_rows_of_one_day_are_merged_as_they_are_told_to_be(refused):
    truth = sales()["sales"]
    parts = pd.concat([truth / 4, 3 * truth / 4]).sort_index(kind="stable")
    parts.to_csv("parts.csv")
    sentence = refused("fit", "parts.csv", *NAIVE, "--save", "m")
    assert "--how" in sentence
    for how, factor in (("sum", 1), ("mean", 0.5), ("last", 0.75)):
        flags = ("--freq", "D", "--how", how)
        assert_allclose(fitted("parts.csv", *NAIVE, *flags), factor * truth[-7:])


def test_a_column_that_begins_late_is_not_filled_but_left_out(refused):
    frame = sales()
    frame.loc[frame.index[:5], "temp"] = np.nan
    frame.to_csv("late.csv")
    flags = ("--target", "sales", "--past", "temp", "--model", "ridge", *SMALL[:2], *SMALL[4:])
    for more in ((), ("--fill",)):
        sentence = refused("fit", "late.csv", *flags, *more, "--save", "m")
        assert "no 'temp' at 2024-01-01" in sentence
        assert "leave it out of --past" in sentence
        assert "--fill" not in sentence
    ran = command("fit", "late.csv", *flags, "--past", "", "--save", "healed")
    assert ran.code == 0, ran.err
    expected = WindowForecaster(lookback=7, horizon=3).fit(frame["sales"]).predict(3)
    assert_allclose(load("healed").predict(3), expected)
    # Or without the rows that have none.
    frame[5:].to_csv("late.csv")
    assert command("fit", "late.csv", *flags, "--save", "healed", "--force").code == 0


def test_a_gap_before_newer_rows_is_closed_by_the_rows_in_between(refused, saved):
    frame = sales(70)[["sales"]]
    frame[64:].to_csv("newer.csv")
    sentence = refused("predict", saved, "newer.csv", "--horizon", "7")
    assert "begin at 2024-03-01" in sentence
    assert "that holds the rows in between" in sentence
    frame[60:].to_csv("newer.csv")
    ran = command("predict", saved, "newer.csv", "--horizon", "7", "--format", "csv")
    assert_allclose(forecasts_of(ran.out)["forecast"], frame["sales"][-7:])


def test_newer_rows_that_begin_with_a_gap_are_given_with_the_value_before(refused, saved):
    frame = sales(70)[["sales"]]
    frame.iloc[60] = np.nan
    frame[60:].to_csv("newer.csv")
    first = refused("predict", saved, "newer.csv", "--horizon", "7")
    flags = advised(first, "--fill")
    assert "begins earlier" in refused("predict", saved, "newer.csv", "--horizon", "7", *flags)
    frame[50:].to_csv("newer.csv")
    ran = command("predict", saved, "newer.csv", "--horizon", "7", *flags, "--format", "csv")
    assert ran.code == 0, ran.err
    frame.iloc[60] = frame.iloc[59]
    assert_allclose(forecasts_of(ran.out)["forecast"], frame["sales"][-7:])


def test_newer_rows_of_another_clock_are_read_in_that_of_the_first(refused):
    frame = sales(70)[["sales"]]
    frame[:60].tz_localize("UTC").to_csv("aware.csv")
    frame.to_csv("naive.csv")
    fitted("aware.csv", *NAIVE)
    sentence = refused("predict", "healed", "naive.csv", "--horizon", "7")
    flags = advised(sentence, "--time-zone UTC")
    ran = command("predict", "healed", "naive.csv", "--horizon", "7", *flags, "--format", "csv")
    assert_allclose(forecasts_of(ran.out)["forecast"], frame["sales"][-7:])


def test_too_short_a_table_takes_a_smaller_lookback(refused):
    flags = ("--models", "ridge", "--horizon", "3", "--origins", "2")
    sentence = refused("backtest", "sales.csv", *flags, "--lookback", "52")
    assert "or a smaller --lookback" in sentence
    ran = command("backtest", "sales.csv", *flags, "--lookback", "7", "--format", "csv")
    model = {"ridge": WindowForecaster(lookback=7, horizon=3)}
    expected = backtest(model, sales()["sales"], cv=RollingOrigin(3, 2)).scores()
    assert_allclose(scores_of(ran.out)["mae"], expected["mae"])


def test_a_lookback_of_one_row_is_not_advised_to_be_smaller(refused):
    sales(8)[["sales"]].to_csv("short.csv")
    flags = ("--models", "ridge", "--origins", "1", "--lookback", "1")
    sentence = refused("backtest", "short.csv", *flags, "--horizon", "4")
    assert "lookback=1 and horizon=4" in sentence
    assert "or a smaller --horizon.\n" in sentence
    assert command("backtest", "short.csv", *flags, "--horizon", "2").code == 0


def test_a_column_that_newer_rows_lack_is_added(refused, promoted):
    frame = sales(63)
    frame.loc[frame.index[60:], ["sales", "temp"]] = np.nan
    frame.drop(columns="promo").to_csv("newer.csv")
    sentence = refused("predict", promoted, "newer.csv")
    assert "no numeric column 'promo', which" in sentence
    assert "Add it, or fit anew without it." in sentence
    frame.to_csv("newer.csv")
    ran = command("predict", promoted, "newer.csv", "--format", "csv")
    expected = load(promoted).predict(frame[60:][["temp", "promo"]])
    assert_allclose(forecasts_of(ran.out)["forecast"], expected)


@pytest.mark.parametrize(("flag", "wrong"), [("--coverage", "90"), ("--quantiles", "0.9,0.1,0.5")])
def test_the_number_that_is_offered_is_taken(refused, saved, flag, wrong):
    arguments = ("predict", saved) if flag == "--coverage" else ("backtest", "sales.csv", *SMALL)
    offered = re.search(r"write ([\d.,]*\d)\.", refused(*arguments, flag, wrong))[1]
    more = () if flag == "--coverage" else ("--models", "naive")
    ran = command(*arguments, *more, flag, offered)
    assert ran.code == 0, ran.err
    assert ("lower" if flag == "--coverage" else "pinball") in ran.out


def test_the_file_of_a_shipped_data_set_takes_what_the_data_set_does_not(refused):
    flags = ("--target", "adjusted_close", *SMALL, "--models", "naive", "--series", "series")
    sentence = refused("backtest", "stocks", *flags)
    assert "forecast datasets stocks --export writes" in sentence
    assert command("datasets", "stocks", "--export", "stocks.csv").code == 0
    assert command("backtest", "stocks.csv", *flags).code == 0


def test_a_name_that_is_offered_is_taken(refused):
    arguments = ("backtest", "wide.csv", *SMALL, "--models", "naive", "--target")
    offered = re.search(r"did you mean '(\w+)'\?", refused(*arguments, "slaes"))[1]
    assert command(*arguments, offered).code == 0
    several = refused(*arguments[:-1])
    assert "--target; there are: 'sales', 'temp', 'promo'" in several


def test_a_file_that_is_no_forecaster_is_replaced_by_one_that_fit_has_written(refused):
    sentence = refused("predict", "sales.csv")
    assert "Give a file that forecast fit has written." in sentence
    command("fit", "sales.csv", "--model", "naive", "--save", "m")
    table = forecasts_of(command("predict", "m", "--horizon", "2", "--format", "csv").out)
    assert_allclose(table["forecast"], NaiveForecaster().fit(sales()["sales"]).predict(2))
    assert "that forecast backtest --out has written" in refused("compare", "missing")
    assert not Path("missing").exists()


def test_a_file_without_a_numeric_column_is_counted(refused):
    days = pd.date_range("2024-01-01", periods=30, freq="D")
    counts = 1 + np.arange(30) % 7
    times = np.repeat(days, counts) + pd.to_timedelta(np.arange(counts.sum()), unit="s")
    pd.DataFrame({"time": times, "what": "a click"}).to_csv("events.csv", index=False)
    arguments = ("fit", "events.csv", "--model", "seasonal")
    flags = advised(refused(*arguments, "--save", "m"), "--freq D --how count")
    assert_allclose(fitted(*arguments[1:], *flags), counts[-7:])
