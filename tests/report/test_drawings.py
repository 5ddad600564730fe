"""Lines can be told apart by day and by night; long runs are cut, and said to be."""

import json

import numpy as np
import pandas as pd

from forecast import Backtest
from forecast.figures.fans import central_intervals
from forecast.report import drawings
from forecast.report.drawings import DARK, _luminance, _on_dark, backtest_data, error_data, models


def test_each_model_has_its_own_dash_and_is_seen_at_night(result):
    looks = models(result)
    assert [look["name"] for look in looks] == ["naive", "seasonal", "ridge"]
    assert len({tuple(look["dash"]) for look in looks}) == 3
    for look in looks:
        rgb = [int(look["dark"][place : place + 2], 16) for place in (1, 3, 5)]
        assert (_luminance(rgb) + 0.05) / (_luminance(DARK) + 0.05) >= 4


def test_a_colour_that_is_bright_enough_stays():
    assert _on_dark("#E69F00") == "#E69F00"
    assert _on_dark("#332288") != "#332288"


def test_the_chart_holds_all_origins_or_says_how_many(result, monkeypatch):
    looks = models(result)
    whole = backtest_data(result, None, looks, "ridge", ["ridge"])
    assert whole["left_out"] == ""
    assert [series["origins"] for series in whole["series"]] == [10] * 6
    assert json.loads(json.dumps(whole)) == whole
    # Room for three tenths of the rows.
    monkeypatch.setattr(drawings, "MOST_NUMBERS", len(result.forecasts) * 3 // 10)
    cut = backtest_data(result, None, looks, "ridge", ["ridge"])
    assert cut["left_out"] == "The chart holds the last 3 of 10 origins."
    assert [series["origins"] for series in cut["series"]] == [3] * 6


def test_errors_keep_five_digits_and_what_is_none():
    errors = pd.DataFrame({"a": [1.2345678, np.nan], "b": [2.0, np.inf]}, index=[1, 2])
    data = error_data(errors)
    assert data["x"] == [1, 2]
    assert data["values"] == [[1.2346, None], [2.0, None]]


def test_figures_are_elements_with_ids_of_their_own(page, small):
    assert set(page.figures) == {"forecasts", "step", "origin", "calibration"}
    for name, svg in page.figures.items():
        assert svg.startswith("<svg ")
        assert f'id="{name}-figure_1"' in svg
    assert "calibration" not in drawings.figures(small, "ridge")


def test_the_chart_of_the_demo_is_small():
    """8 models, 90 nights of 24 hours, with an interval: noise, which nothing compresses."""
    levels = [[f"model {number}" for number in range(8)], range(90), range(1, 25)]
    index = pd.MultiIndex.from_product(levels, names=["model", "origin", "step"])
    table = index.to_frame(index=False).assign(series="temp")
    table["timestamp"] = table["origin"] * 24 + table["step"]
    noise = np.random.default_rng(0).normal(0, 10, (4, len(table)))
    table["actual"], table["forecast"], below, above = noise
    table["q0.05"] = table["forecast"] - abs(below)
    table["q0.95"] = table["forecast"] + abs(above)
    result = Backtest(table)
    (interval,) = central_intervals(table)
    chart = backtest_data(result, interval, models(result), "model 0", ["model 0"])
    # With figures, tables and the program, 0.4 MB, the page stays below 1.5 MB.
    assert len(json.dumps(chart)) < 0.4e6
