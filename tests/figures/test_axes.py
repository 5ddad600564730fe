"""What all figures share: panels, styles, the axis of moments, legend, files; and no pyplot."""

import sys

import numpy as np
import pandas as pd
import pytest
from artists import INDEXES, forecast_of, legend, lines, table_of, title
from matplotlib.dates import ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast import (
    BacktestDisplay,
    CalibrationDisplay,
    ForecastDisplay,
    GateDisplay,
    GradientFlowDisplay,
    RankDisplay,
    friedman_nemenyi,
)
from forecast.figures.axes import (
    add_title,
    axis_positions,
    check_table,
    finish_panels,
    format_moment_axis,
    lowest_panels,
    panels,
    quantity_label,
    save_figure,
    single_or_array,
)


@pytest.mark.parametrize(("count", "shape"), [(1, (1, 1)), (3, (3, 1)), (5, (3, 2))])
def test_panels_stand_in_one_column_up_to_three_and_in_two_beyond(count, shape):
    axes = panels(None, count)
    assert len(axes) == len(axes[0].figure.axes) == count
    assert axes[0].get_subplotspec().get_gridspec().get_geometry() == shape


def test_given_axes_are_used_in_their_order():
    grid = Figure().subplots(2, 2)
    assert panels(grid, 4) == list(grid.ravel())
    assert panels(grid[0, 1], 1) == [grid[0, 1]]
    with pytest.raises(ValueError, match="ax holds 4 axes, but 3 panels are to be drawn: pass 3"):
        panels(grid, 3)


def test_a_panel_above_an_empty_place_has_the_tick_labels_of_its_column():
    axes = panels(None, 5, columns=3, share_axes=True)
    labelled = [axis.xaxis.get_major_ticks(1)[0].label1.get_visible() for axis in axes]
    assert labelled == [False, False, True, True, True]
    assert lowest_panels(axes) == [axes[3], axes[4], axes[2]]


def test_axes_outside_a_grid_are_columns_of_their_own():
    figure = Figure()
    loose = [figure.add_axes((0.1, 0.1, 0.3, 0.3)), figure.add_axes((0.5, 0.5, 0.3, 0.3))]
    assert lowest_panels(loose) == loose
    finish_panels(loose, [], "y")
    assert [axis.get_ylabel() for axis in loose] == ["y", "y"]


def test_a_single_panel_is_no_array():
    axes = panels(None, 2)
    assert single_or_array(axes[:1]) is axes[0]
    assert list(single_or_array(axes)) == axes


def test_a_long_legend_lies_outside_the_data_and_keeps_the_panels_high():
    axes = panels(None, 2, legend_entries=20)
    for number in range(20):
        axes[0].plot([0, 1], [0, number], label=f"forecaster number {number}")
    finish_panels(axes, [], "")
    figure = axes[0].figure
    figure.draw_without_rendering()
    shown = axes[0].get_legend().get_window_extent()
    assert shown.x0 >= axes[0].get_window_extent().x1
    assert shown.x1 <= figure.bbox.x1
    for axis in axes:
        assert axis.get_window_extent().height > 0.3 * figure.bbox.height


def test_the_legend_belongs_to_the_upper_right_panel():
    axes = panels(None, 4)
    for axis in axes:
        axis.plot([0, 1], label="line")
    finish_panels(axes, list("abcdef"), "y")
    assert [axis.get_legend() is not None for axis in axes] == [False, True, False, False]
    assert [axis.get_ylabel() for axis in axes] == ["y", "", "y", ""]
    assert [title(axis) for axis in axes] == list("abcd")
    assert axes[0].figure.get_suptitle() == "the first 4 of 6 series"


def test_a_single_panel_has_no_title_and_without_labels_no_legend():
    axes = panels(None, 1)
    axes[0].plot([0, 1])
    finish_panels(axes, ["only"], "")
    assert title(axes[0]) == ""
    assert axes[0].get_legend() is None
    assert axes[0].figure.get_suptitle() == ""


def test_the_legend_says_last_what_is_not_drawn():
    axes = panels(None, 1)
    axes[0].plot([0, 1], label="line")
    finish_panels(axes, [], "", left_out="(3 models not drawn)")
    assert legend(axes[0]) == ["line", "(3 models not drawn)"]
    assert list(lines(axes[0])) == ["line"]


def test_a_title_stands_above_a_new_figure_and_leaves_that_of_the_caller():
    (single,) = panels(None, 1)
    add_title(None, [single], "what it shows")
    assert title(single) == "what it shows"
    several = panels(None, 2)
    finish_panels(several, list("abc"), "")
    add_title(None, several, "what they show")
    assert several[0].figure.get_suptitle() == "what they show; the first 2 of 3 series"
    assert [title(axis) for axis in several] == ["a", "b"]
    given = Figure().subplots()
    add_title(given, [given], "what it shows")
    assert title(given) == given.figure.get_suptitle() == ""


def test_moments_lie_where_matplotlib_puts_them():
    dates = INDEXES["dates"]
    assert_allclose(axis_positions(dates), date2num(dates))
    assert_allclose(axis_positions(INDEXES["periods"])[3], date2num(np.datetime64("2001-04-01")))
    assert_allclose(axis_positions(INDEXES["integers"]), np.arange(10, 70))
    # The hours of a clock change follow each other evenly.
    zone = INDEXES["zone"]
    assert_allclose(axis_positions(zone)[0], date2num(np.datetime64("2024-10-25T22")))
    assert_allclose(np.diff(axis_positions(zone)), 1 / 24)


@pytest.mark.parametrize(
    ("kind", "label"),
    [("dates", ""), ("zone", "Europe/Berlin"), ("periods", ""), ("integers", "row")],
)
def test_the_axis_of_moments_tells_its_time_zone(kind, label):
    axis = Figure().subplots()
    format_moment_axis(axis, INDEXES[kind])
    assert axis.get_xlabel() == label
    concise = isinstance(axis.xaxis.get_major_formatter(), ConciseDateFormatter)
    assert concise == (kind != "integers")


def test_a_quantity_is_written_with_its_unit():
    assert quantity_label("temperature", "°F") == "temperature (°F)"
    assert quantity_label("temperature", None) == "temperature"
    assert quantity_label(None, "°F") == "°F"
    assert quantity_label(None, None) == ""


def test_what_is_no_table_is_refused():
    words = {"name": "gates", "source": "what gates returns", "remedy": "pass windows"}
    table = pd.DataFrame({"a": [1.0], "b": [2.0]})
    check_table(table, ("a", "b"), **words)
    with pytest.raises(TypeError, match="gates must be a DataFrame; got list: pass what gates"):
        check_table([1], ("a",), **words)
    with pytest.raises(ValueError, match=r"gates lacks the columns \['c'\]: pass what gates"):
        check_table(table, ("a", "c"), **words)
    with pytest.raises(ValueError, match="gates has no row: pass windows"):
        check_table(table.iloc[:0], ("a", "b"), **words)


def test_files_are_written_whole_or_not_at_all(tmp_path):
    figure = Figure(figsize=(1, 1))
    figure.subplots().plot([0, 1])
    for name, start in (("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("a.pdf", b"%PDF")):
        assert save_figure(figure, tmp_path / name).read_bytes().startswith(start)
    broken = Figure()
    broken.savefig = lambda path, **_: path.write_text("half") and 1 / 0
    with pytest.raises(ZeroDivisionError):
        save_figure(broken, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.SVG", "a.pdf", "a.png"]
    words = r"the ending of a\.docx must be one of 'png', 'svg', 'pdf'; got 'docx'"
    with pytest.raises(ValueError, match=words):
        save_figure(figure, tmp_path / "a.docx")


def test_pyplot_is_never_imported(monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)  # another test's library
    table = table_of(quantiles=(0.1, 0.9))
    forecast, y = forecast_of()
    gates = {"sample": 0, "timestep": [-1, 0], "layer": 0, "unit": 0, "gate": "hidden"}
    flow = {"layer": 0, "timesteps_back": [0, 1], "norm": [1.0, 0.5]}
    ForecastDisplay(forecast, y).plot()
    BacktestDisplay(table).plot()
    CalibrationDisplay(table).plot()
    GradientFlowDisplay(pd.DataFrame(flow)).plot()
    RankDisplay(friedman_nemenyi(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}))).plot()
    display = GateDisplay(pd.DataFrame(gates).assign(value=0.5)).plot()
    display.figure_.draw_without_rendering()
    assert "matplotlib.pyplot" not in sys.modules


@pytest.mark.parametrize(
    ("start", "days", "corner"),
    [
        ("2024-12-09", 24, "2024-Dec – 2025-Jan"),  # to New Year, whose tick says Jan
        ("2024-12-03", 20, "2024-Dec"),
        ("2024-11-20", 200, ""),  # the tick of January is the year
    ],
)
def test_the_corner_of_a_time_axis_names_the_first_moment_too(start, days, corner):
    axis = Figure().subplots()
    moments = pd.date_range(start, periods=days)
    axis.plot(axis_positions(moments), np.zeros(days))
    format_moment_axis(axis, moments)
    axis.figure.draw_without_rendering()
    assert axis.xaxis.get_major_formatter().get_offset() == corner
