"""Figures of calibration by their artists: shares, bands of chance, histograms; what is refused."""

from types import SimpleNamespace

import naive
import numpy as np
import pandas as pd
import pytest
from artists import legend, lines, spread_of, table_of, title
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast import BacktestDisplay, CalibrationDisplay
from forecast.figures.styles import model_styles

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.9, 0.975)  # one has no counterpart
PAIRS = [(0.025, 0.975), (0.1, 0.9)]

SPREAD = spread_of((0.1, 0.9), origins=2)


@pytest.fixture(scope="module")
def table():
    table = spread_of(LEVELS, series=("s", "t"))
    table.loc[3, "actual"] = np.nan
    table.loc[9, "q0.9"] = np.nan
    return table


@pytest.fixture(scope="module")
def display(table):
    return CalibrationDisplay.from_backtest(SimpleNamespace(forecasts=table))


def test_shares_inside_the_intervals(table, display):
    inside = display.ax_[0]
    assert list(lines(inside)) == ["a", "b", "calibrated"]
    for model in "ab":
        part = table[table["model"] == model]
        shares = [naive.coverage(part["actual"], part[f"q{p}"], part[f"q{q}"]) for p, q in PAIRS]
        assert 0 < min(shares) < 1
        assert_allclose(lines(inside)[model].get_xdata(), [q - p for p, q in PAIRS])
        assert_allclose(lines(inside)[model].get_ydata(), shares)


def test_shares_below_the_quantiles(table, display):
    below = display.ax_[1]
    assert list(lines(below)) == ["a", "b", "calibrated"]
    for model in "ab":
        part = table[table["model"] == model]
        shares = []
        for q in LEVELS:
            pairs = naive.pairs(part["actual"], part[f"q{q}"])
            shares.append(naive.mean(float(actual <= quantile) for actual, quantile in pairs))
        assert_allclose(lines(below)[model].get_xdata(), LEVELS)
        assert_allclose(lines(below)[model].get_ydata(), shares)


def test_panels_of_shares_have_one_legend_beside_them(display):
    inside, below = display.ax_
    assert inside.get_legend() is None
    chance = ["chance (95 %), 5 origins", "chance (95 %), 40 actuals"]
    assert legend(below) == ["a", "b", "calibrated", *chance]
    assert [title(axis) for axis in display.ax_] == [
        "inside the central interval",
        "below the quantile",
    ]


def test_quantiles_without_counterparts_have_one_panel_that_fills_its_figure():
    display = CalibrationDisplay(spread_of((0.1, 0.5))).plot()
    axis = display.ax_
    assert_allclose(lines(axis)["a"].get_xdata(), [0.1, 0.5])
    assert axis.get_xlabel() == "level of the quantile"
    display.figure_.draw_without_rendering()
    assert axis.get_window_extent().width > 0.5 * display.figure_.bbox.width
    shown = axis.get_legend().get_window_extent()
    assert shown.x0 >= axis.get_window_extent().x1
    assert shown.x1 <= display.figure_.bbox.width


def test_pit_shows_the_share_between_quantiles_over_what_it_should_be():
    table = spread_of((0.1, 0.4, 0.8))
    display = CalibrationDisplay.from_backtest(SimpleNamespace(forecasts=table), "pit")
    for model, axis in zip("ab", display.ax_, strict=True):
        part = table[table["model"] == model]
        below = [np.mean(part["actual"] <= part[f"q{q}"]) for q in (0.1, 0.4, 0.8)]
        expected = np.diff([0, *below, 1]) / np.array([0.1, 0.3, 0.4, 0.2])
        assert_allclose([bar.get_height() for bar in axis.patches], expected)
        assert_allclose([bar.get_x() for bar in axis.patches], [0, 0.1, 0.4, 0.8])
        assert title(axis) == model
        (marked,) = [line for line in axis.get_lines() if line.get_label() != "calibrated"]
        assert_allclose(marked.get_ydata(), expected)
        assert marked.get_marker() == model_styles("ab")[model]["marker"]
    # Heights are compared between the models.
    first, second = display.ax_
    assert first.get_ylim() == second.get_ylim()
    assert [axis.get_xlabel() for axis in display.ax_] == ["", "level of the quantile"]


def test_calibration_keeps_the_table_the_colours_and_the_axes(table):
    before = table.copy()
    axes = Figure().subplots(1, 2)
    display = CalibrationDisplay(table)
    assert display.plot(axes) is display
    assert list(display.ax_) == list(axes)
    pd.testing.assert_frame_equal(table, before)
    others = lines(BacktestDisplay(table).plot(kind="step").ax_)
    for model in "ab":
        assert lines(axes[0])[model].get_color() == others[model].get_color()


@pytest.mark.parametrize(
    ("table", "arguments", "words"),
    [
        (table_of(), {}, "no quantile. Backtest with some"),
        (SPREAD.assign(actual=np.nan), {}, "no actual: backtest where"),
        (pd.DataFrame({"forecast": [1.0]}), {}, "has no column 'model'"),
        (spread_of(), {"ax": Figure().subplots()}, "1 axes, but 2 panels"),
        (SPREAD, {"kind": "bars"}, "kind must be one of 'shares', 'pit'; got 'bars'"),
    ],
)
def test_refusals_are_one_sentence(table, arguments, words):
    with pytest.raises(ValueError, match=words) as caught:
        CalibrationDisplay(table).plot(**arguments)
    assert "\n" not in str(caught.value)
