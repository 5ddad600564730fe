"""``forecast predict``: it prints what the saved forecaster answers, once it has newer rows."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from shop import command, forecasts_of, sales

from forecast import LSTMRegressor, NaiveForecaster, load, read, save
from forecast.exceptions import InputError


@pytest.fixture(scope="module")
def many(shop):
    """Save a forecaster of both shops."""
    flags = "--series shop --target sales --model seasonal"
    ran = command("fit", shop / "long.csv", *flags.split(), "--save", shop / "many.seqcast")
    assert ran.code == 0, ran.err
    return shop / "many.seqcast"


def test_predict_prints_a_table(saved):
    ran = command("predict", saved, "--horizon", "2")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].split() == ["timestamp", "forecast"]
    assert [line.split()[0] for line in lines[1:]] == ["2024-03-01", "2024-03-02"]
    assert len({len(line) for line in lines}) == 1


def test_predict_with_an_interval(saved):
    ran = command("predict", saved, "--horizon", "3", "--coverage", "0.8", "--format", "json")
    rows = pd.DataFrame(json.loads(ran.out))
    expected = load(saved).forecast(3, coverage=0.8)
    assert list(rows.columns) == ["timestamp", "forecast", "lower", "upper"]
    assert_allclose(rows[["forecast", "lower", "upper"]], expected)
    assert list(pd.to_datetime(rows["timestamp"])) == list(expected.index)


def test_predict_observes_newer_rows_first(saved):
    frame = sales(66)[["sales"]]
    frame.to_csv("newer.csv")
    ran = command("predict", saved, "newer.csv", "--horizon", "3", "--format", "csv")
    assert ran.code == 0, ran.err
    assert "observed 6 newer rows of newer.csv" in ran.err
    table = forecasts_of(ran.out)
    assert list(table["timestamp"]) == list(pd.date_range("2024-03-07", periods=3))
    assert_allclose(table["forecast"], frame["sales"][-7:-4])
    again = command("predict", saved, "sales.csv", "--horizon", "3", "--format", "csv")
    assert "observed 0 newer rows" in again.err
    assert again.out == command("predict", saved, "--horizon", "3", "--format", "csv").out


def test_predict_with_features_known_ahead(promoted):
    frame = sales(66)
    frame.loc[frame.index[62:], ["sales", "temp"]] = np.nan
    frame.to_csv("newer.csv")
    ran = command("predict", promoted, "newer.csv", "--horizon", "4", "--format", "csv")
    assert ran.code == 0, ran.err
    features = frame[["temp", "promo"]]
    model = load(promoted).update(features[60:62], frame["sales"][60:62])
    table = forecasts_of(ran.out)
    assert list(table["timestamp"]) == list(frame.index[62:])
    assert_allclose(table["forecast"], model.predict(features[62:]))
    default = command("predict", promoted, "newer.csv", "--format", "csv")
    assert default.out == ran.out  # all rows without a target, beyond the three steps learned


def test_future_rows_need_no_column_for_what_nobody_knows(promoted):
    sales(63)[60:].drop(columns="sales").to_csv("future.csv")
    ran = command("predict", promoted, "future.csv", "--format", "csv")
    assert ran.code == 0, ran.err
    expected = load(promoted).predict(sales(63)[60:][["temp", "promo"]])
    assert_allclose(forecasts_of(ran.out)["forecast"], expected)


def test_predict_many_series(many):
    table = forecasts_of(command("predict", many, "--horizon", "2", "--format", "csv").out)
    assert list(table.columns) == ["series", "timestamp", "forecast"]
    assert list(table["series"]) == ["north", "north", "south", "south"]
    assert str(table["timestamp"][2].date()) == "2024-02-22"
    newer = {"north": sales(61, seed=1), "south": sales(60, seed=2)}
    pd.concat(newer, names=["shop", "day"]).to_csv("newer.csv")
    flags = ("--series", "shop", "--horizon", "2", "--format", "csv")
    ran = command("predict", many, "newer.csv", *flags)
    assert "observed 9 newer rows" in ran.err
    days = [str(t.date()) for t in forecasts_of(ran.out)["timestamp"]]
    assert days == ["2024-03-02", "2024-03-03", "2024-03-01", "2024-03-02"]


def test_predict_writes_a_file_once(refused, saved):
    ran = command("predict", saved, "--horizon", "3", "--out", "f.csv")
    assert (ran.code, ran.out) == (0, "")
    assert "written to f.csv: 3 rows" in ran.err
    table = pd.read_csv("f.csv", parse_dates=["timestamp"])
    assert_allclose(table["forecast"], load(saved).predict(3))
    before = Path("f.csv").read_bytes()
    assert "f.csv exists" in refused("predict", saved, "--horizon", "2", "--out", "f.csv")
    assert Path("f.csv").read_bytes() == before
    assert command("predict", saved, "--horizon", "2", "--out", "f.csv", "--force").code == 0
    assert len(pd.read_csv("f.csv")) == 2


def test_a_table_that_cannot_be_written_is_refused(refused, saved):
    for place in ("missing/f.csv", "sales.csv/f.csv"):
        flags = ("--horizon", "2", "--out", place)
        assert f"cannot write {place}" in refused("predict", saved, *flags)


# Rows that do not fit


def future_rows(promo):
    frame = sales(60 + len(promo))[60:]
    frame["sales"], frame["promo"] = np.nan, promo
    frame.to_csv("future.csv")


def test_features_known_ahead_must_be_given(refused, promoted):
    assert "promo" in refused("predict", promoted)
    assert "promo" in refused("plot", promoted, "-o", "a.png")
    future_rows([1.0, np.nan, 0.0])
    sentence = refused("predict", promoted, "future.csv")
    assert "promo" in sentence
    assert "2024-03-02" in sentence
    assert "no row with 'sales' empty" in refused("predict", promoted, "wide.csv")
    sales()[["sales", "temp"]].to_csv("without.csv")
    assert "'promo'" in refused("predict", promoted, "without.csv")


def test_too_few_rows_known_ahead_are_refused_with_both_numbers(refused, promoted):
    future_rows([1.0, 0.0])
    sentence = refused("predict", promoted, "future.csv", "--horizon", "5")
    assert re.search(r"\b5\b", sentence)
    assert re.search(r"\b2\b", sentence)


def test_rows_that_do_not_follow_are_refused(refused, promoted):
    sales(70)[64:].to_csv("later.csv")
    sentence = refused("predict", promoted, "later.csv")
    assert "2024-03-01" in sentence  # where they have to begin
    assert "2024-03-05" in sentence  # where they do


def test_rows_of_another_kind_are_refused(refused, saved):
    frame = sales(66)[["sales"]]
    frame.tz_localize("UTC").to_csv("aware.csv")
    assert "time zone" in refused("predict", saved, "aware.csv", "--horizon", "2")
    frame.reset_index(drop=True).rename_axis("row").to_csv("numbers.csv")
    flags = ("--time", "row", "--horizon", "2")
    assert "same kind" in refused("predict", saved, "numbers.csv", *flags)


def test_series_where_there_was_one_are_refused(refused, saved):
    pd.concat({"north": sales(66)[["sales"]]}, names=["shop", "day"]).to_csv("newer.csv")
    assert "series" in refused("predict", saved, "newer.csv", "--series", "shop", "--horizon", "2")


def test_one_series_where_there_were_several_and_an_unknown_one_are_refused(refused, many):
    sales(66)[["sales"]].to_csv("one.csv")
    assert "series" in refused("predict", many, "one.csv", "--horizon", "2")
    pd.concat({"nroth": sales(66)[["sales"]]}, names=["shop", "day"]).to_csv("newer.csv")
    assert "'nroth'" in refused("predict", many, "newer.csv", "--series", "shop")


def test_files_that_hold_no_fitted_forecaster_are_refused(refused, folder):
    assert "missing.seqcast cannot be read" in refused("predict", "missing.seqcast")
    assert "sales.csv is not a seqcast file" in refused("predict", "sales.csv")
    assert "cannot be read" in refused("predict", folder)
    for model in (NaiveForecaster(), LSTMRegressor()):
        save(model, "m")
        assert f"m holds {type(model).__name__}" in refused("predict", "m")


@pytest.mark.parametrize("value", ["0", "1", "-0.5", "nan", "much"])
def test_what_is_no_coverage_is_refused(refused, saved, value):
    assert "coverage" in refused("predict", saved, "--horizon", "2", "--coverage", value)


def test_how_to_read_nothing_is_refused(refused, saved):
    sentence = refused("predict", saved, "--freq", "h", "--fill")
    assert "--freq, --fill would have no effect" in sentence


def test_a_horizon_beyond_the_rows_that_are_known_names_the_one_that_is_not(refused, promoted):
    future_rows([1.0, 0.0])
    sentence = refused("predict", promoted, "future.csv", "--horizon", "5")
    flag = re.search(r"give (--horizon \d+)\.", sentence)[1]
    ran = command("predict", promoted, "future.csv", *flag.split(), "--format", "csv")
    frame = pd.read_csv("future.csv", index_col="day", parse_dates=["day"])
    expected = load(promoted).predict(frame[["temp", "promo"]])
    assert_allclose(forecasts_of(ran.out)["forecast"], expected)


def test_forecasts_go_into_a_database_new_added_or_replaced(saved, refused, tmp_path):
    address = f"sqlite:///{tmp_path}/shop.db"
    to = ("--to", address, "--table", "forecasts")
    ran = command("predict", saved, "--horizon", "3", *to)
    assert (ran.code, ran.out) == (0, "")
    assert f"written to {address}, table forecasts: 3 rows" in ran.err
    expected = load(saved).forecast(3)
    found = read(address, query="select * from forecasts")
    assert_allclose(found, expected)
    assert list(found.index) == list(expected.index)
    said = refused("predict", saved, *to)
    assert "exists. Choose another one, or add to it with --append, or replace" in said
    assert command("predict", saved, "--horizon", "4", *to, "--force").code == 0
    assert len(read(address, query="select * from forecasts")) == 4
    ran = command("predict", saved, "--horizon", "4", *to, "--append")
    assert f"added to {address}, table forecasts: 4 rows" in ran.err
    with pytest.raises(InputError, match=r"stands twice \(8 rows have 4 different moments\)"):
        read(address, query="select * from forecasts")


def test_forecasts_go_into_a_parquet_file_and_are_added_to_it(saved):
    for flag in ("--append", "--append", "--force", "--append"):
        assert command("predict", saved, "--to", "made.parquet", "--horizon", "2", flag).code == 0
    assert len(pd.read_parquet("made.parquet")) == 4
    ran = command("predict", saved, "--to", "m.parquet", "--out", "m.csv", "--horizon", "2")
    assert "written to m.parquet: 2 rows\nwritten to m.csv: 2 rows" in ran.err
    assert_allclose(pd.read_parquet("m.parquet")["forecast"], pd.read_csv("m.csv")["forecast"])


def test_where_forecasts_cannot_go_is_refused_before_the_work(saved, refused):
    assert (
        "give --table forecasts" in refused("predict", saved, "--to", "sqlite:///shop.db").lower()
    )
    assert "neither a database" in refused("predict", saved, "--to", "made.csv")
    said = refused("predict", saved, "--table", "forecasts", "--append")
    assert "--table and --append would have no effect without --to ADDRESS." in said
    assert "not allowed with" in refused(
        "predict", saved, "--to", "a.parquet", "--append", "--force"
    )
    address = "postgresql://me:hunter2@127.0.0.1:1/shop"
    said = refused("predict", saved, "--to", address, "--table", "t")
    assert "me:***@127.0.0.1:1/shop cannot be opened" in said
    assert "hunter2" not in said
