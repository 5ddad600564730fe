"""Figures by their artists: what is drawn, where, in which colour; and what is refused."""

import subprocess
import sys
from types import SimpleNamespace

import naive
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.dates import ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from numpy.testing import assert_allclose
from scipy.stats import binom

from forecast import NaiveForecaster, RollingOrigin, backtest, friedman_nemenyi
from forecast.figures.plotting import (
    BacktestDisplay,
    CalibrationDisplay,
    ForecastDisplay,
    RankDisplay,
    save_figure,
)

INDEXES = {
    "dates": pd.date_range("2024-03-01", periods=60, freq="h"),
    "zone": pd.date_range("2024-10-26", periods=60, freq="h", tz="Europe/Berlin"),
    "periods": pd.period_range("2001-01", periods=60, freq="M"),
    "integers": pd.RangeIndex(10, 70),
}


def forecasts_of(index, level=10.0, interval=True):
    """Return the forecast of the last 6 rows and all values."""
    y = pd.Series(level + np.sin(np.arange(len(index))), index=index)
    forecast = pd.DataFrame({"forecast": y.iloc[-6:] + 0.5})
    if interval:
        forecast["lower"], forecast["upper"] = forecast["forecast"] - 1, forecast["forecast"] + 2
    return forecast, y


def panel_of(n, index):
    """Return the same for n series."""
    parts = {f"s{i}": forecasts_of(index, level=i) for i in range(n)}
    return tuple(pd.concat({key: part[k] for key, part in parts.items()}) for k in (0, 1))


def table_of(
    models=("a", "b"),
    series=("s",),
    origins=5,
    horizon=4,
    step=None,
    quantiles=(),
    index=INDEXES["dates"],
):
    """Return a forecasts table in which the error of model k at step h is (k + 1) · h."""
    step = horizon if step is None else step
    rows = []
    for k, model in enumerate(models):
        for name in series:
            for o in range(origins):
                at = 8 + o * step
                for h in range(1, horizon + 1):
                    actual = np.cos(at + h)
                    forecast = actual - (k + 1) * h
                    fan = {f"q{q}": forecast + 4 * (q - 0.5) for q in quantiles}
                    moments = {"origin": index[at], "step": h, "timestamp": index[at + h]}
                    rows.append(
                        {
                            "model": model,
                            "series": name,
                            **moments,
                            "actual": actual,
                            "forecast": forecast,
                            **fan,
                        }
                    )
    return pd.DataFrame(rows)


def lines(axis):
    return {line.get_label(): line for line in axis.get_lines()}


def fans(axis):
    return {area.get_label(): area for area in axis.collections if isinstance(area, PolyCollection)}


def legend(axis):
    return [text.get_text() for text in axis.get_legend().get_texts()]


@pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES)
def test_forecast_shows_history_actual_forecast_and_interval(index):
    forecast, y = forecasts_of(index)
    display = ForecastDisplay.from_forecast(
        forecast, y, y, coverage=0.9, target="temperature", unit="°F"
    )
    drawn = lines(display.ax_)
    assert list(drawn) == ["history", "actual", "forecast"]
    assert_allclose(
        drawn["history"].get_ydata(), y.iloc[-48:-6]
    )  # seven times the horizon, none of the forecast
    assert_allclose(drawn["actual"].get_ydata(), y.iloc[-6:])
    assert_allclose(drawn["forecast"].get_ydata(), forecast["forecast"])
    assert_allclose(drawn["forecast"].get_xdata(), drawn["actual"].get_xdata())
    assert list(fans(display.ax_)) == ["90 % interval"]
    assert display.ax_.get_ylabel() == "temperature (°F)"
    assert set(legend(display.ax_)) == {"history", "actual", "forecast", "90 % interval"}
    display.figure_.draw_without_rendering()


def test_moments_lie_where_matplotlib_puts_them():
    forecast, _ = forecasts_of(INDEXES["periods"])
    drawn = lines(ForecastDisplay.from_forecast(forecast).ax_)["forecast"]
    assert_allclose(drawn.get_xdata()[0], date2num(np.datetime64("2005-07-01")))
    forecast, _ = forecasts_of(INDEXES["zone"])
    axis = ForecastDisplay.from_forecast(forecast).ax_
    assert_allclose(
        lines(axis)["forecast"].get_xdata(),
        date2num(forecast.index.tz_convert("UTC").tz_localize(None)),
    )
    assert isinstance(axis.xaxis.get_major_formatter(), ConciseDateFormatter)
    assert axis.get_xlabel() == "Europe/Berlin"
    forecast, _ = forecasts_of(INDEXES["integers"])
    assert_allclose(
        lines(ForecastDisplay.from_forecast(forecast).ax_)["forecast"].get_xdata(),
        np.arange(64, 70),
    )


def test_forecast_alone_is_one_line():
    forecast, _ = forecasts_of(INDEXES["dates"], interval=False)
    axis = ForecastDisplay.from_forecast(forecast).ax_
    assert list(lines(axis)) == ["forecast"]
    assert not fans(axis)


def test_one_step_is_visible():
    forecast, y = forecasts_of(INDEXES["dates"])
    axis = ForecastDisplay.from_forecast(forecast.iloc[:1], y, y).ax_
    assert lines(axis)["forecast"].get_marker() == "o"
    assert [bar.get_label() for bar in axis.collections] == ["interval"]


def test_actual_needs_no_value_at_every_moment_of_the_forecast():
    forecast, y = forecasts_of(INDEXES["dates"])
    drawn = lines(ForecastDisplay.from_forecast(forecast, actual=y.drop(y.index[-3])).ax_)
    assert_allclose(drawn["actual"].get_ydata(), y.iloc[[-6, -5, -4, -2, -1]])


@pytest.mark.parametrize(("n", "panels"), [(1, 1), (3, 3), (5, 5), (9, 6)])
def test_one_panel_per_series_six_at_most(n, panels):
    forecast, y = panel_of(n, INDEXES["dates"])
    display = ForecastDisplay.from_forecast(forecast, y, y)
    axes = np.ravel(display.ax_)
    assert len(axes) == len(display.figure_.axes) == panels
    assert [axis.get_title(loc="left") for axis in axes] == (
        [f"s{i}" for i in range(panels)] if n > 1 else [""]
    )
    for i, axis in enumerate(axes):
        assert_allclose(lines(axis)["forecast"].get_ydata(), forecast.loc[f"s{i}", "forecast"])
        assert_allclose(lines(axis)["actual"].get_ydata(), y.loc[f"s{i}"].iloc[-6:])
    assert sum(axis.get_legend() is not None for axis in axes) == 1
    left_out = display.figure_.get_suptitle()
    assert left_out == ("the first 6 of 9 series" if n > panels else "")


def test_forecaster_draws_what_it_forecasts():
    asked = []

    def forecast(X, coverage):
        asked.append((X, coverage))
        return forecasts_of(INDEXES["dates"])[0]

    display = ForecastDisplay.from_forecaster(SimpleNamespace(forecast=forecast), 6, coverage=0.8)
    assert asked == [(6, 0.8)]
    assert list(fans(display.ax_)) == ["80 % interval"]


@pytest.mark.parametrize(
    "coverages", [(0.5, 0.8, 0.95), [0.95, 0.5, 0.8], np.array([0.8, 0.95, 0.5])]
)
def test_several_coverages_are_a_fan_darker_inside(coverages):
    model = NaiveForecaster().fit(pd.Series(np.cos(np.arange(40.0)), index=INDEXES["dates"][:40]))
    display = ForecastDisplay.from_forecaster(model, 6, coverage=coverages)
    areas = fans(display.ax_)
    assert list(areas) == ["95 % interval", "80 % interval", "50 % interval"]
    for share, area in zip((0.95, 0.8, 0.5), areas.values(), strict=True):
        edge = area.get_paths()[0].vertices[:, 1]
        assert_allclose([edge.min(), edge.max()], model.predict_interval(6, share)[-1])
    colors = np.array([area.get_facecolor()[0] for area in areas.values()])
    assert (np.diff(colors[:, :3].sum(axis=1)) < 0).all()
    assert_allclose(colors[:, 3], 1)  # opaque: the legend shows what is drawn
    assert legend(display.ax_) == [*areas, "forecast"]
    assert_allclose(lines(display.ax_)["forecast"].get_ydata(), model.predict(6))


def test_a_fan_of_one_step_or_of_many_series():
    one = NaiveForecaster().fit(np.cos(np.arange(40.0)))
    axis = ForecastDisplay.from_forecaster(one, 1, coverage=[0.5, 0.9]).ax_
    assert [bar.get_label() for bar in axis.collections] == ["90 % interval", "50 % interval"]
    assert not fans(ForecastDisplay.from_forecaster(one, 3, coverage=[]).ax_)
    many = NaiveForecaster().fit(panel_of(2, INDEXES["dates"])[1])
    for axis in ForecastDisplay.from_forecaster(many, 3, coverage=(0.5, 0.9)).ax_:
        assert list(fans(axis)) == ["90 % interval", "50 % interval"]


@pytest.mark.parametrize("length", [0, 5, 1000])
def test_history_length(length):
    forecast, y = forecasts_of(INDEXES["dates"])
    display = ForecastDisplay(forecast, y).plot(history_length=length)
    assert len(lines(display.ax_)["history"].get_ydata()) == min(length, 54)


def test_legend_is_outside_the_data():
    forecast, y = forecasts_of(INDEXES["dates"])
    for axis in (
        ForecastDisplay.from_forecast(forecast, y).ax_,
        BacktestDisplay(table_of(models="abcdef")).plot(kind="step").ax_,
    ):
        axis.get_figure().draw_without_rendering()
        assert axis.get_legend().get_window_extent().x0 >= axis.get_window_extent().x1


def test_given_axes_are_drawn_on():
    figure = Figure()
    one, two = figure.subplots(1, 2)
    forecast, y = forecasts_of(INDEXES["dates"])
    display = ForecastDisplay.from_forecast(forecast, y, ax=one)
    assert display.ax_ is one
    assert display.figure_ is figure
    assert not two.get_lines()
    display = BacktestDisplay(table_of(series=("s", "t"))).plot([one, two])
    assert list(display.ax_) == [one, two]
    assert len(figure.axes) == 2
    assert BacktestDisplay(table_of()).plot(two, kind="step").ax_ is two


def test_plot_returns_the_display_and_changes_no_table():
    forecast, y = forecasts_of(INDEXES["dates"])
    shuffled = forecast.iloc[::-1]
    before = shuffled.copy()
    display = ForecastDisplay(shuffled, y)
    assert display.plot() is display
    pd.testing.assert_frame_equal(shuffled, before)
    assert_allclose(lines(display.ax_)["forecast"].get_ydata(), forecast["forecast"])
    table = table_of(quantiles=(0.1, 0.9))
    before = table.copy()
    display = BacktestDisplay(table)
    for kind in ("forecasts", "step", "origin"):
        assert display.plot(kind=kind) is display
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES)
@pytest.mark.parametrize("kind", ["forecasts", "step", "origin"])
def test_backtest_on_any_index(kind, index):
    backtest = SimpleNamespace(forecasts=table_of(index=index))
    display = BacktestDisplay.from_backtest(backtest, kind=kind, unit="°F")
    assert list(lines(display.ax_)) == (["actual"] if kind == "forecasts" else []) + ["a", "b"]
    assert display.ax_.get_ylabel() == (
        "s (°F)" if kind == "forecasts" else "mean absolute error (°F)"
    )
    display.figure_.draw_without_rendering()


def test_errors_by_step_and_by_origin():
    table = table_of(series=("s", "t"))
    drawn = lines(BacktestDisplay(table).plot(kind="step").ax_)
    assert_allclose(drawn["a"].get_xdata(), [1, 2, 3, 4])
    assert_allclose(drawn["a"].get_ydata(), [1, 2, 3, 4])
    assert_allclose(drawn["b"].get_ydata(), [2, 4, 6, 8])
    drawn = lines(BacktestDisplay(table).plot(kind="origin").ax_)
    assert_allclose(drawn["a"].get_xdata(), date2num(INDEXES["dates"][8:25:4]))
    assert_allclose(drawn["b"].get_ydata(), [5.0] * 5)
    table.loc[(table["model"] == "a") & (table["step"] == 2), "forecast"] = np.nan
    drawn = lines(BacktestDisplay(table).plot(kind="step").ax_)
    assert_allclose(drawn["a"].get_ydata(), [1, np.nan, 3, 4])


def test_forecasts_break_between_origins_and_the_actual_does_not():
    drawn = lines(BacktestDisplay(table_of(origins=3)).plot().ax_)
    assert np.isnan(drawn["a"].get_ydata()).nonzero()[0].tolist() == [4, 9]
    assert_allclose(drawn["actual"].get_ydata(), np.cos(np.arange(9, 21)))


def test_actual_breaks_where_no_forecast_reaches():
    drawn = lines(BacktestDisplay(table_of(origins=3, horizon=3, step=7)).plot().ax_)
    assert np.isnan(drawn["actual"].get_ydata()).nonzero()[0].tolist() == [3, 7]


def test_one_step_forecasts_are_one_line():
    drawn = lines(BacktestDisplay(table_of(origins=30, horizon=1)).plot().ax_)
    assert_allclose(drawn["a"].get_ydata(), np.cos(np.arange(9, 39)) - 1)


def test_overlapping_origins_are_left_out():
    drawn = lines(BacktestDisplay(table_of(origins=6, horizon=4, step=1)).plot().ax_)
    assert_allclose(drawn["actual"].get_ydata(), np.cos(np.r_[10:18]))  # origins 9 and 13


def test_number_of_origins():
    table = table_of(origins=5, horizon=4)
    display = BacktestDisplay(table).plot(n_origins=2)
    assert_allclose(lines(display.ax_)["actual"].get_ydata(), np.cos(np.r_[21:29]))


def test_only_the_last_origins_are_drawn_at_first():
    table = table_of(origins=40, horizon=5, index=pd.RangeIndex(1000))
    came = lines(BacktestDisplay(table).plot().ax_)["actual"].get_xdata()
    assert came[-1] == 208
    assert 100 <= came[-1] - came[0] <= 120


@pytest.mark.parametrize(("models", "best"), [("a", "a"), ("ab", "a"), ("abcdef", "a")])
def test_fan_of_one_model_the_best(models, best):
    axis = (
        BacktestDisplay(table_of(models=models, quantiles=(0.05, 0.25, 0.5, 0.75, 0.95))).plot().ax_
    )
    assert list(fans(axis)) == [f"{best}, 90 %", f"{best}, 50 %"]


def test_fan_of_the_model_asked_for():
    table = table_of(quantiles=(0.1, 0.9))
    assert list(fans(BacktestDisplay(table).plot(interval="b").ax_)) == ["b, 80 %"]
    table.loc[table["model"] == "a", ["q0.1", "q0.9"]] = np.nan
    assert list(fans(BacktestDisplay(table).plot().ax_)) == ["b, 80 %"]
    assert not fans(BacktestDisplay(table_of(quantiles=(0.1, 0.5))).plot().ax_)


def test_a_model_keeps_its_colour():
    table = table_of(models="abcdef", series=("s", "t"))
    axes = [
        *BacktestDisplay(table).plot().ax_,
        BacktestDisplay(table).plot(kind="step").ax_,
        BacktestDisplay(table).plot(kind="origin", models=["b", "f"]).ax_,
    ]
    looks = {}
    for axis in axes:
        for name, line in lines(axis).items():
            looks.setdefault(name, set()).add((line.get_color(), line.get_linestyle()))
    assert all(len(look) == 1 for look in looks.values())
    assert len({look.pop() for look in looks.values()}) == 7  # six models and the actual
    assert list(lines(axes[-1])) == ["b", "f"]


def test_more_models_than_colours_differ_by_their_dashes():
    drawn = lines(BacktestDisplay(table_of(models="abcdefghij")).plot(kind="step").ax_)
    assert len({(line.get_color(), line.get_linestyle()) for line in drawn.values()}) == 10


def spread_of(quantiles=(0.05, 0.25, 0.5, 0.75, 0.95), **settings):
    """Return a forecasts table whose actuals lie anywhere within the quantiles and beyond them."""
    table = table_of(quantiles=quantiles, **settings)
    table["actual"] = table["forecast"] + np.random.default_rng(2).normal(size=len(table))
    return table


@pytest.mark.parametrize("quantiles", [(0.05, 0.95), (0.025, 0.1, 0.25, 0.5, 0.9, 0.975)])
def test_calibration_shows_shares_inside_and_below(quantiles):
    table = spread_of(quantiles, series=("s", "t"))
    table.loc[3, "actual"] = np.nan
    table.loc[9, "q0.95" if 0.95 in quantiles else "q0.9"] = np.nan
    display = CalibrationDisplay.from_backtest(SimpleNamespace(forecasts=table))
    inside, below = display.ax_
    assert list(lines(inside)) == list(lines(below)) == ["a", "b", "calibrated"]
    pairs = [(q, round(1 - q, 3)) for q in quantiles if q < 0.5 and round(1 - q, 3) in quantiles]
    for model in "ab":
        part = table[table["model"] == model]
        expected = [
            naive.coverage(part["actual"], part[f"q{low}"], part[f"q{high}"]) for low, high in pairs
        ]
        assert 0 < min(expected) < 1
        assert_allclose(lines(inside)[model].get_xdata(), [high - low for low, high in pairs])
        assert_allclose(lines(inside)[model].get_ydata(), expected)
        assert_allclose(lines(below)[model].get_xdata(), quantiles)
        expected = [
            naive.mean(float(a <= f) for a, f in naive.pairs(part["actual"], part[f"q{q}"]))
            for q in quantiles
        ]
        assert_allclose(lines(below)[model].get_ydata(), expected)
    assert inside.get_legend() is None
    assert legend(below) == [
        "a",
        "b",
        "calibrated",
        "chance (95 %), 5 origins",
        "chance (95 %), 40 actuals",
    ]
    assert (inside.get_title(loc="left"), below.get_title(loc="left")) == (
        "inside the central interval",
        "below the quantile",
    )
    display.figure_.draw_without_rendering()
    assert below.get_legend().get_window_extent().x0 >= below.get_window_extent().x1


def test_bands_of_calibration_are_those_of_the_binomial_distribution():
    axis = (
        CalibrationDisplay(spread_of(origins=100, horizon=4, index=pd.RangeIndex(500)))
        .plot()
        .ax_[1]
    )
    for label, n in (("chance (95 %), 100 origins", 100), ("chance (95 %), 400 actuals", 400)):
        edges = fans(axis)[label].get_paths()[0].vertices
        for nominal in (0.25, 0.5, 0.9):
            at = np.unique(edges[np.abs(edges[:, 0] - nominal) < 1e-9, 1])
            assert_allclose(at, binom.ppf([0.025, 0.975], n, nominal) / n, atol=1 / n)
        assert (edges.min(), edges.max()) == (0, 1)
    alone = CalibrationDisplay(spread_of(origins=30, horizon=1)).plot().ax_[1]
    assert list(fans(alone)) == ["chance (95 %), 30 actuals"]


def test_pit_shows_the_share_between_quantiles_over_what_it_should_be():
    table = spread_of((0.1, 0.4, 0.8))
    display = CalibrationDisplay.from_backtest(SimpleNamespace(forecasts=table), "pit")
    for model, axis in zip("ab", display.ax_, strict=True):
        part = table[table["model"] == model]
        below = [np.mean(part["actual"] <= part[f"q{q}"]) for q in (0.1, 0.4, 0.8)]
        expected = np.diff([0, *below, 1]) / np.array([0.1, 0.3, 0.4, 0.2])
        assert_allclose([bar.get_height() for bar in axis.patches], expected)
        assert_allclose([bar.get_x() for bar in axis.patches], [0, 0.1, 0.4, 0.8])
        assert axis.get_title(loc="left") == model
    with pytest.raises(ValueError, match=r"kind must be one of 'shares', 'pit'; got 'bars'"):
        CalibrationDisplay(table).plot(kind="bars")


def test_quantiles_without_counterparts_have_one_panel():
    axis = CalibrationDisplay(spread_of((0.1, 0.5))).plot().ax_
    assert_allclose(lines(axis)["a"].get_xdata(), [0.1, 0.5])
    assert axis.get_xlabel() == "level of the quantile"


def test_calibration_keeps_the_table_the_colours_and_the_axes():
    table = spread_of()
    before = table.copy()
    axes = Figure().subplots(1, 2)
    display = CalibrationDisplay(table)
    assert display.plot(axes) is display
    assert list(display.ax_) == list(axes)
    pd.testing.assert_frame_equal(table, before)
    others = lines(BacktestDisplay(table).plot(kind="step").ax_)
    assert [lines(axes[0])[model].get_color() for model in "ab"] == [
        others[model].get_color() for model in "ab"
    ]


def test_ranks_are_drawn_with_the_critical_difference():
    losses = pd.DataFrame(
        np.random.default_rng(0).normal([0.0, 3.0, 0.2, 0.1], size=(30, 4)), columns=list("abcd")
    )
    ranking = friedman_nemenyi(losses)
    display = RankDisplay(ranking).plot()
    axis = display.ax_
    assert [label.get_text() for label in axis.get_yticklabels()] == list(ranking.ranks.index)
    assert axis.yaxis_inverted()  # the best on top
    near, apart = axis.containers
    assert (near.get_label(), apart.get_label()) == ("best, or not told from it", "worse")
    assert_allclose(near.lines[0].get_xdata(), ranking.ranks[:3])
    assert_allclose(apart.lines[0].get_xdata(), ranking.ranks[3:])
    (bar,) = apart.lines[2][0].get_segments()
    assert_allclose(np.ptp(bar[:, 0]), ranking.critical_difference)
    assert legend(axis) == ["best, or not told from it", "worse"]
    assert axis.get_xlabel().startswith("mean rank in 30 comparisons")
    assert axis.get_title(loc="left") == f"Friedman p = {ranking.p_value:.2g}"
    display.figure_.draw_without_rendering()


def test_ranks_of_a_backtest_on_given_axes():
    y = pd.Series(np.random.default_rng(0).normal(size=30), INDEXES["dates"][:30])
    models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    result = backtest(models, y, cv=RollingOrigin(horizon=2, origins=6))
    ax = Figure().subplots()
    display = RankDisplay.from_backtest(result, "rmse", 0.2, ax=ax)
    assert display.ax_ is ax
    assert display.ranking.rows == 6
    assert_allclose(
        display.ranking.critical_difference, result.ranks("rmse", 0.2).critical_difference
    )


def test_files_are_written_whole_or_not_at_all(tmp_path):
    figure = BacktestDisplay(table_of()).plot().figure_
    for name, start in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml")):
        assert save_figure(figure, tmp_path / name).read_bytes().startswith(start)
    broken = Figure()
    broken.savefig = lambda path, **_: path.write_text("half") and 1 / 0
    with pytest.raises(ZeroDivisionError):
        save_figure(broken, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "a.svg"]
    with pytest.raises(
        ValueError, match=r"the ending of a\.docx must be one of 'png', 'svg', 'pdf'; got 'docx'"
    ):
        save_figure(figure, tmp_path / "a.docx")


def test_pyplot_is_never_imported():
    code = (
        "import sys, forecast\n"
        "naive = forecast.NaiveForecaster().fit([1.0, 3.0, 2.0])\n"
        "forecast.ForecastDisplay.from_forecaster(naive, 2, coverage=[0.5, 0.9])\n"
        "cut = forecast.RollingOrigin(horizon=1, origins=1)\n"
        "result = forecast.backtest(naive, [1.0, 3.0, 2.0, 5.0], cv=cut, quantiles=[0.1, 0.9])\n"
        "forecast.CalibrationDisplay.from_backtest(result).figure_.draw_without_rendering()\n"
        "forecast.BacktestDisplay.from_backtest(result).figure_.draw_without_rendering()\n"
        "assert 'matplotlib.figure' in sys.modules\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


FORECAST, Y = forecasts_of(INDEXES["dates"])
PANEL, PANEL_Y = panel_of(3, INDEXES["dates"])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: ForecastDisplay(FORECAST[["lower"]]).plot(),
            ValueError,
            r"\['lower'\] and no column 'forecast'",
        ),
        (
            lambda: ForecastDisplay(pd.concat({"t": FORECAST}, axis=1)).plot(),
            ValueError,
            "one target at a time",
        ),
        (
            lambda: ForecastDisplay(FORECAST["forecast"]).plot(),
            TypeError,
            "the DataFrame of .*; got Series",
        ),
        (lambda: ForecastDisplay(FORECAST.iloc[:0]).plot(), ValueError, "no row"),
        (
            lambda: ForecastDisplay(FORECAST, PANEL_Y).plot(),
            ValueError,
            "history has 2 levels of index and .* 1",
        ),
        (
            lambda: ForecastDisplay(PANEL, actual=Y).plot(),
            ValueError,
            "actual has 1 levels of index and .* 2",
        ),
        (
            lambda: ForecastDisplay(PANEL).plot(Figure().subplots()),
            ValueError,
            "1 axes, but 3 panels",
        ),
        (
            lambda: ForecastDisplay(FORECAST).plot(history_length=-1),
            ValueError,
            "history_length must be",
        ),
        (
            lambda: BacktestDisplay(table_of()).plot(kind="steps"),
            ValueError,
            "kind must be one of .*'steps'",
        ),
        (
            lambda: BacktestDisplay(table_of()).plot(n_origins=0),
            ValueError,
            "n_origins must be .* at least 1",
        ),
        (
            lambda: BacktestDisplay(table_of()).plot(models=["c"]),
            ValueError,
            r"model 'c' .* there are: 'a', 'b'",
        ),
        (
            lambda: BacktestDisplay(table_of()).plot(interval="c"),
            ValueError,
            "model 'c' is not in the backtest",
        ),
        (
            lambda: BacktestDisplay(FORECAST).plot(),
            ValueError,
            r"lacks the columns \['model', 'series'",
        ),
        (lambda: BacktestDisplay(table_of().iloc[:0]).plot(), ValueError, "no row"),
        (
            lambda: CalibrationDisplay(table_of()).plot(),
            ValueError,
            "no quantile: backtest with some",
        ),
        (
            lambda: CalibrationDisplay(spread_of().assign(actual=np.nan)).plot(),
            ValueError,
            "no actual: backtest where",
        ),
        (
            lambda: CalibrationDisplay(FORECAST).plot(),
            ValueError,
            r"lacks the columns \['model', 'series'",
        ),
        (
            lambda: CalibrationDisplay(spread_of()).plot(Figure().subplots()),
            ValueError,
            "1 axes, but 2 panels",
        ),
        (
            lambda: ForecastDisplay.from_forecaster(
                NaiveForecaster().fit(Y), 2, coverage=[0.5, 1.5]
            ),
            ValueError,
            r"coverage must be a number above 0 and below 1; got 1\.5",
        ),
        (
            lambda: ForecastDisplay.from_forecaster(
                NaiveForecaster().fit(pd.concat([Y, Y], axis=1, keys=["a", "b"])), 2, coverage=[0.5]
            ),
            ValueError,
            "one target at a time",
        ),
    ],
)
def test_refusals_are_one_sentence(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
