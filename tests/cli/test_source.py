"""SOURCE: what is inferred of a file, and the sentence for each bad one."""

import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy
from numpy.testing import assert_allclose
from shop import SMALL, command, forecasts_of, priced, sales, scores_of

from forecast import (
    NaiveForecaster,
    RollingOrigin,
    backtest,
    load,
    read,
)


def test_a_named_time_column():
    frame = sales()[["sales"]].reset_index()
    frame["ordered"] = frame["day"] - pd.Timedelta("400D")
    frame[["ordered", "day", "sales"]].to_csv("two.csv", index=False)
    for column, first in (("day", "2024-01-01"), ("ordered", "2022-11-27")):
        ran = command("backtest", "two.csv", *SMALL, "--models", "naive", "--time", column)
        assert f"from {first}" in ran.err


def test_a_trading_calendar_is_recognised():
    holidays = pd.to_datetime(["2024-01-15", "2024-02-19"])
    days = pd.bdate_range("2024-01-01", periods=80).drop(holidays).rename("Date")
    values = 100 + np.cumsum(np.random.default_rng(0).normal(0, 1, 78))
    pd.Series(values, days, name="Close").to_csv("prices.csv")
    ran = command("backtest", "prices.csv", *SMALL, "--models", "naive,drift")
    assert ran.code == 0
    assert "trading days (weekdays, holidays missing), season length 1" in ran.err


def test_gaps_are_filled_on_demand():
    frame = sales()[["sales"]]
    frame.iloc[[20, 21, 40]] = np.nan
    frame.to_csv("gaps.csv")
    flags = ("--models", "naive", "--fill", "--format", "csv")
    filled = command("backtest", "gaps.csv", *SMALL, *flags)
    assert filled.code == 0
    y = read("gaps.csv")["sales"].ffill()
    expected = backtest({"naive": NaiveForecaster()}, y, cv=RollingOrigin(3, 4)).scores()
    assert_allclose(scores_of(filled.out).loc["naive", "mae"], expected.loc["naive", "mae"])
    flags = ("--models", "arima", "--season-length", "1")  # which takes gaps as they are
    assert command("backtest", "gaps.csv", *SMALL, *flags).code == 0


def test_no_series_is_filled_with_the_values_of_another():
    """Nothing comes before the first row of south: it has not begun, and its gap is its own."""
    two = pd.concat({"north": sales(seed=1), "south": sales(seed=2)}, names=["shop", "day"])
    days = two.index[0][1] + pd.to_timedelta([0, 30], unit="D")
    two.loc[[("south", day) for day in days], "sales"] = np.nan
    two[["sales"]].to_csv("two.csv")
    flags = ("--series", "shop", "--fill", "--models", "naive", "--format", "csv")
    ran = command("backtest", "two.csv", *SMALL, *flags)
    assert ran.code == 0, ran.err
    assert "  filled 1 cell with the value before\n" in ran.err
    assert "  left out 1 row before the first value of the target\n" in ran.err
    y = two["sales"].drop(("south", days[0]))
    y[("south", days[1])] = y[("south", days[1] - pd.Timedelta("1D"))]
    expected = backtest({"naive": NaiveForecaster()}, y, cv=RollingOrigin(3, 4)).scores()
    assert_allclose(scores_of(ran.out).loc["naive", "mae"], expected.loc["naive", "mae"])


def test_a_backtest_scores_the_history_alone():
    frame = priced()
    frame.to_csv("all.csv")
    frame[:48].to_csv("history.csv")
    flags = (*SMALL, "--target", "sales", "--future", "promo", "--models", "naive,ridge")
    ran = command("backtest", "all.csv", *flags, "--format", "csv")
    assert ran.code == 0, ran.err
    assert "  12 rows without a target at the end: to be forecast\n" in ran.err
    assert "naive reads no columns but sales\n" in ran.err
    expected = scores_of(command("backtest", "history.csv", *flags, "--format", "csv").out)
    assert_allclose(scores_of(ran.out)["mae"], expected["mae"])


def test_series_end_each_at_its_own_time():
    """Where south has no value for its last three days, these are the rows to forecast."""
    two = pd.concat({"north": sales(seed=1), "south": sales(seed=2)}, names=["shop", "day"])
    two = two[["sales"]]
    two.loc[two.index[-3:], "sales"] = np.nan
    two.to_csv("two.csv")
    flags = ("--series", "shop", "--model", "naive", "--save", "m")
    assert command("fit", "two.csv", *flags).code == 0
    ran = command("predict", "m", "two.csv", "--series", "shop", "--format", "csv")
    assert "  no row without a target at the end, so not forecast: north\n" in ran.err
    table = forecasts_of(ran.out)
    assert list(table["series"]) == ["south"] * 3
    assert_allclose(table["forecast"], two["sales"].iloc[-4])


def test_what_was_done_to_the_rows_is_said_below():
    frame = sales()["sales"]
    frame[::-1].to_csv("newest.csv")
    ran = command("fit", "newest.csv", "--model", "seasonal", "--save", "m")
    assert ran.code == 0, ran.err
    assert "\n  newest row first: sorted\n" in ran.err
    assert_allclose(load("m").predict(7), frame[-7:])


def test_events_are_counted():
    """Three on the first day, none on the second, one on the third, and so on."""
    days = pd.date_range("2024-01-01", periods=30, freq="D")
    counts = np.tile([3, 0, 1], 10)
    times = np.repeat(days, counts) + pd.to_timedelta(np.arange(counts.sum()), unit="s")
    pd.DataFrame({"time": times, "what": "a click"}).to_csv("events.csv", index=False)
    flags = ("--freq", "D", "--how", "count", "--model", "naive", "--save", "m")
    ran = command("fit", "events.csv", *flags, "--season-length", "3")
    assert ran.code == 0, ran.err
    assert "\n  merged 40 rows into 20 (count)\n  opened 10 missing rows\n" in ran.err
    assert "target count" in ran.err
    assert_allclose(load("m").predict(1), 1)


# Bad files


def lines(*rows, header="day,sales"):
    return "\n".join([header, *rows]) + "\n"


def daily(n=60, **changes):
    """Return rows like 2024-01-01,1.5 with some of them changed; None leaves one out."""
    rows = {i: f"{day.date()},{value}" for i, (day, value) in enumerate(sales(n)["sales"].items())}
    changes = {int(key[1:]): value for key, value in changes.items()}
    return lines(*[row for i in rows if (row := changes.get(i, rows[i])) is not None])


def offsets():
    hours = pd.date_range("2024-03-01", periods=60, freq="h")
    return lines(
        *[f"{hour.isoformat()}+0{1 + (i >= 30)}:00,{i % 7}" for i, hour in enumerate(hours)]
    )


BAD_FILES = {
    "empty": ("", ["bad.csv is empty"]),
    "header only": (lines(), ["bad.csv has column names, but no row"]),
    "no numeric column": (
        lines(*[f"2024-01-{d:02},sunny" for d in range(1, 31)]),
        ["no numeric column", "'sunny'"],
    ),
    "duplicate": (daily(_20="2024-01-20,7"), ["2024-01-20", "twice"]),
    "missing": (daily(_20=None), ["2024-01-21", "missing", "1 row"]),
    "no timestamp": (daily(_20=",7"), ["row 22", "'day'", "is empty"]),
    "no time": (daily(_20="Monday,7"), ["row 22", "'day'", "'Monday'", "is no time"]),
    "mixed time zones": (offsets(), ["row 32", "'day'", "+02:00", "another offset"]),
    "a string among numbers": (
        daily(_20="2024-01-21,many"),
        ["row 22", "'sales'", "'many'", "is no number"],
    ),
    "inf": (daily(_20="2024-01-21,inf"), ["row 22", "'sales'", "'inf'", "not finite"]),
    "ragged": (daily(_20="2024-01-21,7,8"), ["row 22", "3 fields", "2"]),
    "no value": (
        daily(**{f"_{i}": f"{d.date()}," for i, d in enumerate(sales().index)}),
        ["no value at all"],
    ),
    "NaN": (
        daily(_20="2024-01-21,", _21="2024-01-22,"),
        ["NaN", "2024-01-21", "2 of", "--fill"],
    ),
    "binary": (bytes(range(256)) * 9, ["bad.csv", "binary"]),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_in_one_sentence(refused, folder, name):
    content, words = BAD_FILES[name]
    (folder / "bad.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    sentence = refused("fit", "bad.csv", "--model", "naive", "--save", "m")
    assert not Path("m").exists()
    for word in words:
        assert word in sentence


def test_a_series_of_many_without_a_value_is_named(refused):
    two = pd.concat({"north": sales(seed=1), "south": sales(seed=2)}, names=["shop", "day"])
    two = two[["sales"]]
    two.loc["south", "sales"] = np.nan
    two.to_csv("bad.csv")
    for model in ("naive", "arima"):
        sentence = refused("backtest", "bad.csv", "--series", "shop", *SMALL, "--models", model)
        assert "series 'south'" in sentence


def test_files_that_are_not_there_are_refused(refused, folder):
    sentence = refused("backtest", "slaes.csv")
    assert "no file slaes.csv" in sentence
    assert "did you mean 'sales.csv'?" in sentence
    assert "is a folder" in refused("fit", folder, "--save", "m")
    sentence = refused("backtest", "wether")
    assert "no file wether" in sentence
    assert "data sets are weather and stocks: did you mean 'weather'?" in sentence


def test_options_of_reading_are_refused_for_a_shipped_data_set(refused):
    sentence = refused("backtest", "stocks", "--freq", "D")
    assert "--freq would have no effect: stocks is a shipped data set" in sentence


def test_a_folder_is_a_source(refused):
    for shop, frame in pd.read_csv("long.csv").groupby("shop"):
        folder = Path("sales", f"shop={shop}")
        folder.mkdir(parents=True)
        frame.drop(columns="shop").to_parquet(folder / "part-0.parquet")
    flags = ("--series", "shop", "--target", "sales", *SMALL, "--models", "naive,seasonal")
    ran = command("backtest", "sales", *flags, "--format", "csv")
    expected = command("backtest", "long.csv", *flags, "--format", "csv")
    assert ran.code == 0, ran.err
    assert_allclose(scores_of(ran.out)["mae"], scores_of(expected.out)["mae"])
    assert "sales has no numeric column 'nothing'" in refused(
        "backtest", "sales", "--target", "nothing", *flags[:2]
    )


def test_a_query_is_a_source_and_a_script_of_it_does_the_same(refused):
    with sqlite3.connect("shop.db") as connection:
        pd.read_csv("sales.csv").to_sql("sales", connection, index=False)
    connection.close()
    flags = ("--target", "sales", *SMALL, "--models", "naive,seasonal", "--format", "csv")
    source = ("sqlite:///shop.db", "--query", "select day, sales from sales")
    ran = command("backtest", *source, *flags, "--code", "again.py")
    assert ran.code == 0, ran.err
    expected = command("backtest", "sales.csv", *flags)
    assert_allclose(scores_of(ran.out)["mae"], scores_of(expected.out)["mae"])
    assert "read('sqlite:///shop.db', query='select day, sales from sales')" in Path(
        "again.py"
    ).read_text(encoding="utf-8")
    said = refused("backtest", "sqlite:///shop.db", *flags)
    assert "there is no query that says which rows to read. Give --query 'select * from" in said
    assert "no database" in refused("backtest", "sales.csv", "--query", "select 1", *flags)
    assert "would have no effect" in refused("backtest", "weather", "--query", "select 1")


def test_a_run_of_a_database_holds_no_password(server, capfd):
    engine = sqlalchemy.create_engine(f"{server}/postgres".replace("sql:", "sql+psycopg:"))
    pd.read_csv("sales.csv").to_sql("shop_sales", engine, index=False, if_exists="replace")
    engine.dispose()
    source = (f"{server}/postgres", "--query", "select * from shop_sales")
    flags = ("--target", "sales", *SMALL, "--models", "naive,seasonal")
    ran = command("backtest", *source, *flags, "--out", "made", "--code", "made.py")
    assert ran.code == 0, ran.err
    again = command("fit", "--from", "made", "--save", "model.seqcast")
    assert "password or keys were left out" in again.err
    whole = ("fit", source[0], "--from", "made", "--query", source[2], "--save", "model.seqcast")
    fitted = command(*whole, "--model", "naive")
    assert fitted.code == 0, fitted.err
    said = [ran.out, ran.err, again.err, fitted.err, *capfd.readouterr()]
    files = [path.read_bytes() for path in Path().rglob("*") if path.is_file()]
    assert len(files) > 8
    for text in (*said, *(content.decode("latin-1") for content in files)):
        assert "hunter2" not in text
    assert "postgresql://me:***@127.0.0.1" in Path("made", "run.json").read_text(encoding="utf-8")
