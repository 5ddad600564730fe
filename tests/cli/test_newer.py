"""History and future in one table: what is learned from, and what is forecast."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from shop import FUTURE, command, forecasts_of, priced, sales

from forecast import WindowForecaster, load


def test_rows_without_a_target_at_the_end_are_no_gap_to_learn_from():
    frame = priced()
    frame.to_csv("all.csv")
    ran = command("fit", "all.csv", *FUTURE.split(), "--model", "ridge", "--save", "m")
    assert ran.code == 0, ran.err
    assert "  12 rows without a target at the end: to be forecast\n" in ran.err
    history = frame[:48]
    model = WindowForecaster(lookback=7, horizon=3).fit(history[["promo"]], history["sales"])
    expected = model.predict(frame[48:][["promo"]])
    # Nothing is kept of the future: its promotions come with the file.
    assert len(load("m").memory_) <= 48
    ran = command("predict", "m", "all.csv", "--format", "csv")
    assert ran.code == 0, ran.err
    assert "observed 0 newer rows of all.csv; 12 rows without a target at the end" in ran.err
    table = forecasts_of(ran.out)
    assert list(table["timestamp"]) == list(frame.index[48:])
    assert_allclose(table["forecast"], expected)


def test_fill_leaves_the_rows_to_forecast_alone():
    frame = priced()
    frame.loc[frame.index[20], "sales"] = np.nan
    frame.to_csv("all.csv")
    flags = (*FUTURE.split(), "--model", "ridge", "--fill", "--save")
    ran = command("fit", "all.csv", *flags, "m")
    assert ran.code == 0, ran.err
    assert "  filled 1 cell with the value before\n" in ran.err
    assert "  12 rows without a target at the end: to be forecast\n" in ran.err
    ran = command("predict", "m", "all.csv", "--fill", "--format", "csv")
    history = frame[:48].ffill()
    model = WindowForecaster(lookback=7, horizon=3).fit(history[["promo"]], history["sales"])
    assert_allclose(forecasts_of(ran.out)["forecast"], model.predict(frame[48:][["promo"]]))


def test_a_promotion_that_is_not_known_ahead_is_not_filled(refused):
    frame = priced()
    frame.loc[frame.index[50], "promo"] = np.nan
    frame.to_csv("all.csv")
    flags = (*FUTURE.split(), "--model", "ridge", "--fill", "--save", "m")
    assert command("fit", "all.csv", *flags).code == 0
    sentence = refused("predict", "m", "all.csv", "--fill")
    assert "X['promo'] contains NaN at row 2024-02-20" in sentence


def test_a_model_without_columns_forecasts_the_rows_without_a_target():
    priced()[["sales"]].to_csv("all.csv")
    assert command("fit", "all.csv", "--model", "seasonal", "--save", "m").code == 0
    table = forecasts_of(command("predict", "m", "all.csv", "--format", "csv").out)
    assert_allclose(table["forecast"], np.tile(sales()["sales"][41:48], 2)[:12])
    longer = command("predict", "m", "all.csv", "--horizon", "14", "--format", "csv")
    assert len(forecasts_of(longer.out)) == 14


def test_the_horizon_of_fit_is_that_of_predict_whatever_the_model():
    """A model without a horizon of its own is told one all the same."""
    y = sales()["sales"]
    for model, expected in (("seasonal", y[-7:-5]), ("naive", [y.iloc[-1]] * 2)):
        flags = ("--target", "sales", "--horizon", "2", "--model", model, "--save", "m", "--force")
        assert command("fit", "sales.csv", *flags).code == 0
        table = forecasts_of(command("predict", "m", "--format", "csv").out)
        assert_allclose(table["forecast"], expected)
    # Later rows move the forecast, not its length.
    sales(66)[["sales"]].to_csv("newer.csv")
    table = forecasts_of(command("predict", "m", "newer.csv", "--format", "csv").out)
    assert len(table) == 2
    longer = forecasts_of(command("predict", "m", "--horizon", "3", "--format", "csv").out)
    assert len(longer) == 3


# How the file of the fit was read


def said(path, frame, **written):
    """Write rows in a form of their own."""
    frame.to_csv(path, **written)
    return path


def predicted(*arguments, steps=2):
    ran = command("predict", "m", *arguments, "--horizon", steps, "--format", "csv")
    assert ran.code == 0, ran.err
    return forecasts_of(ran.out)


def fitted(source, *flags):
    ran = command("fit", source, "--model", "seasonal", *flags, "--save", "m", "--force")
    assert ran.code == 0, ran.err


def test_what_was_said_of_the_file_of_the_fit_holds_for_the_newer_rows():
    """Two rows of an hour are averaged, -999 is no value, and a gap is filled."""
    frame = sales(66)[["sales"]].rename_axis("when").assign(shop="north")
    halves = pd.concat([frame.assign(sales=frame["sales"] / 2)] * 2).sort_index()
    halves.iloc[[122, 123], 0] = -999
    flags = "--time when --series shop --freq D --how mean --missing -999 --fill"
    fitted(said("all.csv", halves[:120]), *flags.split())
    newer = said("newer.csv", halves[120:])
    # Of the days that the forecast repeats the third is missing: it is as the one before.
    repeated = (frame["sales"] / 2).iloc[[59, 60, 60]]
    assert_allclose(predicted(newer, steps=3)["forecast"], repeated)


@pytest.mark.parametrize("form", ["%m/%d/%Y", "%d/%m/%Y"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_a_single_newer_row_is_read_as_the_rows_before_it(form, decimal):
    """112,846 may be a thousand, and 01/03/2024 in January or in March, but not here."""
    frame = sales(61)[["sales"]]
    frame.iloc[60] = 112.846
    written = {"date_format": form, "decimal": decimal, "sep": ";"}
    fitted(said("german.csv", frame[:60], **written))
    table = predicted(said("one.csv", frame[60:], **written))
    assert list(table["timestamp"]) == list(pd.date_range("2024-03-02", periods=2))
    assert_allclose(table["forecast"], frame["sales"][54:56])
    # What the newer file decides itself, it decides.
    other = "." if decimal == "," else ","
    written = {"date_format": "%d %b %Y", "decimal": other, "sep": ";"}
    assert_allclose(
        predicted(said("other.csv", frame[55:], **written))["forecast"], table["forecast"]
    )


def test_a_flag_that_is_given_counts_more(refused):
    frame = sales(66)[["sales"]].assign(shop="north")
    frame.iloc[60, 0] = np.nan
    fitted(said("all.csv", frame[:60]), "--series", "shop", "--fill")
    renamed = said("newer.csv", frame[58:].rename(columns={"shop": "store"}))
    filled = predicted(renamed, "--series", "store")
    assert_allclose(filled["forecast"], frame["sales"].iloc[[59, 59]])
    assert "NaN" in refused("predict", "m", renamed, "--series", "store", "--no-fill")


@pytest.mark.parametrize(("flag", "other"), [("--how", "mean"), ("--freq", "W")])
def test_sums_are_no_means_and_days_no_weeks(refused, flag, other):
    frame = sales(66)[["sales"]]
    flags = ("--freq", "D", "--how", "sum")
    fitted(said("all.csv", frame[:60]), *flags)
    newer = said("newer.csv", frame[60:])
    sentence = refused("predict", "m", newer, "--horizon", "2", flag, other)
    assert f"{flag} {other} cannot be right" in sentence
    assert sentence.endswith("Leave it out, or fit anew with it.\n")
    assert_allclose(predicted(newer)["forecast"], frame["sales"][59:61])


def test_nothing_is_remembered_for_a_shipped_data_set(refused):
    fitted(said("all.csv", sales()[["sales"]]), "--freq", "D")
    assert "'sales'" in refused("predict", "m", "weather")
