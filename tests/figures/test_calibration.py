"""Figures of calibration by their artists: shares, bands of chance, histograms; what is refused."""

from types import SimpleNamespace

import naive
import numpy as np
import pandas as pd
import pytest
from artists import areas, legend, lines, spread_of, table_of, title
from matplotlib.figure import Figure
from numpy.testing import assert_allclose
from scipy.stats import binom

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


def test_bands_of_chance_are_those_of_the_binomial_distribution():
    table = spread_of((0.3, 0.5), models="a", origins=100, index=pd.RangeIndex(500))
    axis = CalibrationDisplay(table).plot().ax_
    for label, n in (("chance (95 %), 100 origins", 100), ("chance (95 %), 400 actuals", 400)):
        edges = areas(axis)[label].get_paths()[0].vertices
        for nominal in (0.25, 0.5, 0.9):
            at = np.unique(edges[np.abs(edges[:, 0] - nominal) < 1e-9, 1])
            assert_allclose(at, binom.ppf([0.025, 0.975], n, nominal) / n, atol=1 / n)
        assert (edges.min(), edges.max()) == (0, 1)


def test_one_actual_per_origin_has_one_band_of_chance():
    axis = CalibrationDisplay(spread_of((0.3, 0.5), origins=30, horizon=1)).plot().ax_
    assert list(areas(axis)) == ["chance (95 %), 30 actuals"]


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


def sentences(axis):
    """Return what is written on a panel."""
    return [text.get_text() for text in axis.texts if text.get_text()]


def test_a_single_interval_is_a_sentence_for_each_model():
    table = spread_of((0.05, 0.95), models=("lstm", "naive"), origins=30, horizon=1)
    axis = CalibrationDisplay(table).plot().ax_
    expected = []
    for model in ("lstm", "naive"):
        part = table[table["model"] == model]
        inside = (part["q0.05"] <= part["actual"]) & (part["actual"] <= part["q0.95"])
        expected.append(f"{model}: 90 % intervals held {100 * inside.mean():.1f} % of actuals")
    assert sentences(axis)[:2] == expected
    # 0.9 ± 1.96 · sqrt(0.9 · 0.1 / 30)
    chance = ["Calibrated ones would, with 95 %, hold"]
    chance.append("79.3 to 100.0 % if the 30 actuals were independent")
    assert sentences(axis)[2:] == chance
    # Before each sentence stands the marker that its model has in other figures.
    markers = [(line.get_color(), line.get_marker()) for line in axis.get_lines()]
    styles = model_styles(["lstm", "naive"]).values()
    assert markers == [(style["color"], style["marker"]) for style in styles]
    assert [line.get_ydata()[0] for line in axis.get_lines()] == [0, 1]
    assert not axis.axison


def test_a_single_quantile_is_a_sentence():
    table = spread_of((0.9,), models="a")
    axis = CalibrationDisplay(table).plot().ax_
    share = 100 * (table["actual"] <= table["q0.9"]).mean()
    assert sentences(axis)[0] == f"a: {share:.1f} % of actuals lay below the 90 % quantile"


def test_a_model_without_quantiles_has_its_sentence():
    table = spread_of((0.05, 0.95))
    table.loc[table["model"] == "b", ["q0.05", "q0.95"]] = np.nan
    assert "b: no quantiles" in sentences(CalibrationDisplay(table).plot().ax_)


def test_one_interval_among_more_quantiles_is_a_sentence_beside_a_line():
    display = CalibrationDisplay(spread_of((0.1, 0.5, 0.9))).plot()
    inside, below = display.ax_
    assert sentences(inside)[0].startswith("a: 80 % intervals held")
    assert_allclose(lines(below)["a"].get_xdata(), [0.1, 0.5, 0.9])


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
