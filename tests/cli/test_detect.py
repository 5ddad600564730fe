"""``forecast detect``: it prints and draws what the detector finds."""

import io

import numpy as np
import pandas as pd
import pytest
from shop import command, is_png, sales

from forecast import AnomalyDetector, NaiveForecaster

FLAGS = "--target sales --model seasonal --alpha 0.1"


def watched(n=240):
    """Write a year with a spike and a stuck till, and return it."""
    rng = np.random.default_rng(0)
    day = pd.date_range("2024-01-01", periods=n, freq="D").rename("day")
    week = 10 * np.sin(2 * np.pi * np.arange(n) / 7)
    y = pd.Series((100 + week + rng.normal(0, 1, n)).round(2), day, name="sales")
    y.iloc[200] += 40
    y.iloc[220:230] = y.iloc[220]
    pd.DataFrame({"sales": y, "temp": rng.normal(size=n).round(2)}).to_csv("watched.csv")
    return y


def events_of(text):
    return pd.read_csv(io.StringIO(text), parse_dates=["start", "end"])


def test_the_latest_rows_are_judged():
    y = watched()
    ran = command("detect", "watched.csv", *FLAGS.split(), "--format", "csv")
    assert ran.code == 0, ran.err
    assert "seasonal learned from 180 rows" in ran.err
    assert "the latest 60 rows, at alpha 0.1" in ran.err
    detector = AnomalyDetector(NaiveForecaster(7), 0.1).fit(y[:180])
    expected = detector.events(y[180:])
    found = events_of(ran.out)
    assert found["start"].tolist() == expected["start"].tolist()
    assert found["kind"].tolist() == expected["kind"].tolist()
    assert y.index[200] in set(found["start"])
    assert "stuck" in set(found["kind"])


def test_rows_and_features_can_be_chosen_and_events_drawn():
    watched()
    flags = [*FLAGS.split(), "--past", "temp", "--rows", "45", "-o", "events.png"]
    ran = command("detect", "watched.csv", *flags)
    assert ran.code == 0, ran.err
    assert "learned from 195 rows" in ran.err
    assert ran.out.splitlines()[0] == "events.png"
    assert is_png("events.png")
    assert "stuck" in ran.out
    assert "events.png exists" in command("detect", "watched.csv", *flags).err
    assert command("detect", "watched.csv", *flags, "--force", "--quiet").err == ""


def test_series_of_a_long_table_are_judged_each():
    both = pd.concat({"north": watched(), "south": watched() + 7}, names=["shop", "day"])
    both.to_csv("both.csv")
    flags = "--series shop --model naive --alpha 0.1 --rows 50 --format csv"
    ran = command("detect", "both.csv", *flags.split())
    assert ran.code == 0, ran.err
    assert "learned from 380 rows" in ran.err
    assert set(events_of(ran.out)["series"]) == {"north", "south"}


def test_too_few_rows_are_refused_with_the_flag_that_heals(refused):
    sales()[["sales"]].to_csv("few.csv")
    words = refused("detect", "few.csv")
    assert "alpha=0.01 is below 3 questions / (22 calibration rows" in words
    assert "Give --alpha 0.130435 or more" in words
    assert command("detect", "few.csv", "--alpha", "0.130435").code == 0


@pytest.mark.parametrize("rows", ["60", "61"])
def test_rows_to_judge_leave_some_to_learn_from(refused, rows):
    words = refused("detect", "sales.csv", "--rows", rows)
    assert "Give a smaller --rows" in words


def test_an_alpha_is_a_share():
    ran = command("detect", "sales.csv", "--alpha", "5")
    assert ran.code == 2
    assert "an alpha lies between 0 and 1: got 5, write 0.05" in ran.err
    assert "no number such as 0.01" in command("detect", "sales.csv", "--alpha", "x").err
