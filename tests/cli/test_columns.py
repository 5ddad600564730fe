"""Columns of SOURCE: which plays which part, and what is said where none can."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from shop import SMALL, command, sales

from forecast import load
from forecast.tables.reading.reader import Reading


def test_unknown_columns_are_refused_with_the_nearest_name(refused):
    for flags in (
        ("--target", "slaes"),
        ("--target", "temp", "--past", "slaes"),
        ("--target", "temp", "--future", "slaes"),
    ):
        sentence = refused("backtest", "wide.csv", *SMALL, *flags)
        assert "'slaes'; did you mean 'sales'?" in sentence
    flags = ("--target", "sales")
    assert "did you mean 'day'?" in refused("backtest", "wide.csv", *flags, "--time", "dya")
    assert "did you mean 'shop'?" in refused("backtest", "long.csv", *flags, "--series", "shpo")


def test_several_numeric_columns_need_a_target(refused):
    sentence = refused("backtest", "wide.csv", *SMALL)
    assert "--target" in sentence
    assert "'sales', 'temp', 'promo'" in sentence


def test_a_column_cannot_play_two_parts(refused):
    for flags in (
        ("--past", "sales"),
        ("--past", "temp", "--future", "temp"),
        ("--past", "temp,temp"),
    ):
        assert "once" in refused("backtest", "wide.csv", *SMALL, "--target", "sales", *flags)


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["A1", "A2"], "left out 'other' (text like 'A1')"),
        (["half", "12 or 13"], "left out 'other' (text like 'half' and '12 or 13')"),
        (["007", "012"], "left out 'other' (names of digits like '007')"),
    ],
)
def test_the_only_numeric_column_is_not_guessed_at_where_others_hold_digits(refused, cells, note):
    frame = sales()[["sales"]].assign(other=np.resize(cells, 60))
    frame.to_csv("two.csv")
    sentence = refused("fit", "two.csv", "--model", "naive", "--save", "m")
    assert f"one numeric column, 'sales', but digits in others: {note}" in sentence
    flags = re.search(r"Give (--target \S+), or write", sentence)[1].split()
    ran = command("fit", "two.csv", *flags, "--model", "naive", "--save", "m")
    assert ran.code == 0, ran.err
    assert f"\n  {note}\n" in ran.err
    assert_allclose(load("m").predict(1), frame["sales"].iloc[-1])
    assert note in refused("fit", "two.csv", "--target", "other", "--save", "n")
    # Or without digits in it.
    frame.assign(other="half").to_csv("two.csv")
    assert command("fit", "two.csv", "--model", "naive", "--save", "m", "--force").code == 0


def test_names_beside_the_only_numeric_column_leave_no_choice():
    frame = sales()[["sales"]]
    names = frame.assign(weekday=frame.index.day_name(), remark="sold out, a second delivery")
    names.to_csv("names.csv")
    flags = ("--model", "seasonal", "--save", "m", "--force")
    ran = command("fit", "names.csv", *flags)
    assert ran.code == 0, ran.err
    assert "target sales\n  left out 'weekday' (text like 'Monday')\n" in ran.err
    assert_allclose(load("m").predict(7), frame["sales"][-7:])
    # Several shops a day, merged by the day.
    shops = pd.concat([names.assign(shop="north"), names.assign(shop="south")])
    shops.to_csv("shops.csv")
    ran = command("fit", "shops.csv", "--freq", "D", "--how", "sum", *flags)
    assert ran.code == 0, ran.err
    assert_allclose(load("m").predict(7), 2 * frame["sales"][-7:])


def test_what_can_be_no_number_leaves_no_choice(monkeypatch):
    """Neither a second column of dates, nor row numbers, nor the texts of events are targets."""
    frame = sales()[["sales"]]
    counts = frame.rename(columns={"sales": "count"})
    cases = [
        (frame, "left out 'ordered' (dates like '2022-11-27')"),
        (frame, "left out 'column 1' (it numbers the rows)"),
        (frame, "left out 'ordered' (times like '2022-11-27 00:00:00')"),
        (counts, "left out 'what' (text like 'click 17')"),
    ]
    for table, note in cases:
        reading = Reading(table, [note])
        monkeypatch.setattr("forecast.tables.reading.reader.read_noting", lambda *_, r=reading: r)
        ran = command("fit", "sales.csv", "--model", "naive", "--save", "m", "--force")
        assert ran.code == 0, ran.err
        assert f"target {table.columns[0]}\n  {note}\n" in ran.err
