"""History and future in one table: what is learned from, and what is forecast."""

import numpy as np
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
