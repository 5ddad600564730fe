"""Figures of backtests by their artists: forecasts, errors, colours; and what is refused."""

import numpy as np
import pandas as pd
import pytest
from artists import DATES, INDEXES, areas, legend, lines, table_of, title
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast import Backtest, BacktestDisplay

TABLE = table_of()
FORECAST = pd.DataFrame({"forecast": [1.0]})


@pytest.mark.parametrize(
    ("kind", "index"),
    [
        ("forecasts", "zone"),
        ("forecasts", "periods"),
        ("forecasts", "integers"),
        ("origin", "zone"),
        ("origin", "periods"),
    ],
)
def test_backtest_on_any_index(kind, index):
    backtest = Backtest(table_of(index=INDEXES[index]))
    display = BacktestDisplay.from_backtest(backtest, kind=kind, unit="°F")
    names = ["actual", "a", "b"] if kind == "forecasts" else ["a", "b"]
    assert list(lines(display.ax_)) == names
    ylabel = "s (°F)" if kind == "forecasts" else "mean absolute error (°F)"
    assert display.ax_.get_ylabel() == ylabel


def test_forecasts_are_drawn_beside_the_actual():
    drawn = lines(BacktestDisplay(table_of(origins=3, horizon=2)).plot().ax_)
    actual = np.cos(np.arange(9, 15))
    assert_allclose(drawn["actual"].get_ydata(), actual)
    broken = np.insert(actual - np.array([1, 2, 1, 2, 1, 2]), [2, 4], np.nan)
    assert_allclose(drawn["a"].get_ydata(), broken)
    assert drawn["actual"].get_zorder() > drawn["a"].get_zorder()


def test_the_number_of_origins_is_asked_for():
    display = BacktestDisplay(table_of(origins=5, horizon=4)).plot(n_origins=2)
    assert_allclose(lines(display.ax_)["actual"].get_ydata(), np.cos(np.r_[21:29]))


def test_one_panel_per_series_six_at_most():
    display = BacktestDisplay(table_of(series=list("stuvwxyz"), origins=1)).plot()
    assert [title(axis) for axis in display.ax_] == list("stuvwx")
    said = "Actual and its last forecasts, 4 steps from each origin; the first 6 of 8 series"
    assert display.figure_.get_suptitle() == said


def test_of_many_models_four_are_drawn_unless_others_are_asked_for():
    display = BacktestDisplay(table_of(models="abcdefgh", quantiles=(0.1, 0.9)))
    axis = display.plot().ax_
    assert list(lines(axis)) == ["actual", "a", "b", "c", "d"]
    assert legend(axis)[-1] == "(4 models not drawn)"
    assert list(areas(axis)) == ["a, 80 %"]
    asked = display.plot(models=["a", "g"]).ax_
    assert list(lines(asked)) == ["actual", "a", "g"]
    assert "not drawn" not in legend(asked)[-1]
    # Errors are points of a line each: all models are there.
    assert list(lines(display.plot(kind="step").ax_)) == list("abcdefgh")
    # The model whose fan is asked for is one of the four.
    with_fan = display.plot(interval="h").ax_
    assert list(lines(with_fan)) == ["actual", "a", "b", "c", "h"]
    assert list(areas(with_fan)) == ["h, 80 %"]


def test_the_axis_of_steps_has_its_ticks_at_the_seasons_of_the_run():
    index = pd.date_range("2024-01-01", periods=400, freq="h")
    backtest = Backtest(table_of(horizon=96, origins=2, index=index), {"season_length": 24})
    axis = BacktestDisplay.from_backtest(backtest, kind="step").ax_
    assert [tick for tick in axis.get_xticks() if 1 <= tick <= 96] == [24, 48, 72, 96]


def test_figures_say_what_they_show():
    display = BacktestDisplay(table_of(series=("s", "t")), target="sales")
    said = "sales and its last forecasts, 4 steps from each origin"
    assert display.plot().figure_.get_suptitle() == said
    by_step = "Error of sales at each step ahead, mean over 5 origins and 2 series"
    assert title(display.plot(kind="step").ax_) == by_step
    single = BacktestDisplay(table_of(horizon=1)).plot(kind="origin").ax_
    assert title(single) == "Error from each origin"


def test_errors_by_step_and_by_origin():
    table = table_of(series=("s", "t"))
    drawn = lines(BacktestDisplay(table).plot(kind="step").ax_)
    assert_allclose(drawn["a"].get_xdata(), [1, 2, 3, 4])
    assert_allclose(drawn["a"].get_ydata(), [1, 2, 3, 4])
    assert_allclose(drawn["b"].get_ydata(), [2, 4, 6, 8])
    drawn = lines(BacktestDisplay(table).plot(kind="origin").ax_)
    assert_allclose(drawn["a"].get_xdata(), date2num(DATES[8:25:4]))
    assert_allclose(drawn["b"].get_ydata(), [5.0] * 5)
    table.loc[(table["model"] == "a") & (table["step"] == 2), "forecast"] = np.nan
    drawn = lines(BacktestDisplay(table).plot(kind="step").ax_)
    assert_allclose(drawn["a"].get_ydata(), [1, np.nan, 3, 4])


def test_the_fan_is_that_of_the_most_accurate_model():
    table = table_of(models="cab", quantiles=(0.05, 0.25, 0.5, 0.75, 0.95))
    assert list(areas(BacktestDisplay(table).plot().ax_)) == ["c, 90 %", "c, 50 %"]


def test_the_fan_is_that_of_the_model_asked_for():
    table = table_of(quantiles=(0.1, 0.9))
    assert list(areas(BacktestDisplay(table).plot(interval="b").ax_)) == ["b, 80 %"]
    table.loc[table["model"] == "a", ["q0.1", "q0.9"]] = np.nan
    assert list(areas(BacktestDisplay(table).plot().ax_)) == ["b, 80 %"]
    assert not areas(BacktestDisplay(table_of(quantiles=(0.1, 0.5))).plot().ax_)


def test_a_model_keeps_its_colour():
    display = BacktestDisplay(table_of(models="abcdef", series=("s", "t"), origins=1))
    axes = [
        *display.plot().ax_,
        display.plot(kind="step").ax_,
        display.plot(kind="origin", models=["b", "f"]).ax_,
    ]
    looks = {}
    for axis in axes:
        for name, line in lines(axis).items():
            looks.setdefault(name, set()).add((line.get_color(), line.get_linestyle()))
    assert all(len(look) == 1 for look in looks.values())
    assert len({look.pop() for look in looks.values()}) == 7  # six models and the actual
    assert list(lines(axes[-1])) == ["b", "f"]


def test_a_figure_is_as_high_as_its_legend():
    names = [f"forecaster number {i}" for i in range(20)]
    display = BacktestDisplay(table_of(models=names, origins=1, horizon=1))
    for kind in ("forecasts", "step"):
        assert display.plot(kind=kind, models=names).figure_.get_figheight() > 0.2 * 20


def test_given_axes_are_drawn_on():
    figure = Figure()
    first, second = figure.subplots(1, 2)
    display = BacktestDisplay(table_of(series=("s", "t"))).plot([first, second])
    assert list(display.ax_) == [first, second]
    assert display.figure_ is figure
    assert BacktestDisplay(table_of()).plot(second, kind="step").ax_ is second
    assert len(figure.axes) == 2


def test_plot_returns_the_display_and_changes_no_table():
    table = table_of(quantiles=(0.1, 0.9))
    before = table.copy()
    display = BacktestDisplay(table)
    for kind in ("forecasts", "step", "origin"):
        assert display.plot(kind=kind) is display
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("table", "arguments", "words"),
    [
        (TABLE, {"kind": "steps"}, "kind must be one of .*'steps'"),
        (TABLE, {"n_origins": 0}, "n_origins must be .* at least 1"),
        (TABLE, {"models": ["c"]}, r"model 'c' .* there are: 'a', 'b'"),
        (TABLE, {"models": []}, "models names no model; there are: 'a', 'b'"),
        (TABLE, {"interval": "c"}, "model 'c' is not in the backtest"),
        (FORECAST, {}, "has no column 'model'"),
        (TABLE.iloc[:0], {}, "no row: backtest at least one origin"),
    ],
)
def test_refusals_are_one_sentence(table, arguments, words):
    with pytest.raises(ValueError, match=words) as caught:
        BacktestDisplay(table).plot(**arguments)
    assert "\n" not in str(caught.value)
