"""Figures of forecasts by their artists: what is drawn, in which panel; and what is refused."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from artists import DATES, INDEXES, areas, forecast_of, forecasts_of, legend, lines, title
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast import ForecastDisplay, NaiveForecaster

FORECAST, Y = forecast_of()
PANEL, PANEL_Y = forecasts_of(3)


@pytest.fixture(scope="module")
def naive():
    return NaiveForecaster().fit(pd.Series(np.cos(np.arange(40.0)), index=DATES[:40]))


@pytest.mark.parametrize("kind", ["zone", "periods", "integers"])
def test_forecast_shows_history_actual_forecast_and_interval(kind):
    forecast, y = forecast_of(INDEXES[kind])
    display = ForecastDisplay.from_forecast(
        forecast, y, y, coverage=0.9, target="temperature", unit="°F"
    )
    drawn = lines(display.ax_)
    assert list(drawn) == ["history", "actual", "forecast"]
    # Seven times the horizon, none of the forecast.
    assert_allclose(drawn["history"].get_ydata(), y.iloc[-48:-6])
    # Both go on from the last value before the forecast.
    assert_allclose(drawn["actual"].get_ydata(), y.iloc[-7:])
    assert_allclose(drawn["forecast"].get_ydata(), [y.iloc[-7], *forecast["forecast"]])
    assert_allclose(drawn["forecast"].get_xdata(), drawn["actual"].get_xdata())
    assert drawn["forecast"].get_xdata()[0] == drawn["history"].get_xdata()[-1]
    assert list(areas(display.ax_)) == ["90 % interval"]
    assert display.ax_.get_ylabel() == "temperature (°F)"
    assert set(legend(display.ax_)) == {"history", "actual", "forecast", "90 % interval"}


def test_forecast_alone_is_one_line():
    axis = ForecastDisplay.from_forecast(FORECAST[["forecast"]]).ax_
    assert list(lines(axis)) == ["forecast"]
    assert not areas(axis)


def test_one_step_is_visible():
    # As a bar where nothing is known before it, else as a triangle that begins there.
    axis = ForecastDisplay.from_forecast(FORECAST.iloc[:1], actual=Y).ax_
    assert [bar.get_label() for bar in axis.collections] == ["interval"]
    joined = ForecastDisplay.from_forecast(FORECAST.iloc[:1], Y, Y).ax_
    assert list(areas(joined)) == ["interval"]
    for drawn in (lines(axis), lines(joined)):
        for name in ("actual", "forecast"):
            assert drawn[name].get_marker() == "o"
            assert drawn[name].get_markevery() == [-1]


def test_intervals_open_from_the_last_value_of_the_history():
    for interval in areas(ForecastDisplay.from_forecast(FORECAST, Y).ax_).values():
        edge = interval.get_paths()[0].vertices
        first = edge[edge[:, 0] == edge[:, 0].min()]
        assert_allclose(first[:, 1], Y.iloc[-7])
        assert_allclose([edge[:, 1].min(), edge[:, 1].max()], [FORECAST["lower"].min(), 13.99], 0.2)


def test_actual_needs_no_value_at_every_moment_of_the_forecast():
    drawn = lines(ForecastDisplay.from_forecast(FORECAST, actual=Y.drop(Y.index[-3])).ax_)
    assert_allclose(drawn["actual"].get_ydata(), Y.iloc[[-6, -5, -4, -2, -1]])


@pytest.mark.parametrize("length", [0, 5, 1000])
def test_history_length(length):
    display = ForecastDisplay(FORECAST, Y).plot(history_length=length)
    assert_allclose(lines(display.ax_)["history"].get_ydata(), Y.iloc[max(54 - length, 0) : 54])


@pytest.mark.parametrize(("n_series", "n_panels"), [(1, 1), (9, 6)])
def test_one_panel_per_series_six_at_most(n_series, n_panels):
    forecast, y = forecasts_of(n_series)
    display = ForecastDisplay.from_forecast(forecast, y, y)
    axes = np.ravel(display.ax_)
    assert len(axes) == len(display.figure_.axes) == n_panels
    said = "Forecast, 6 steps ahead"
    titles = [f"s{i}" for i in range(n_panels)] if n_series > 1 else [said]
    assert [title(axis) for axis in axes] == titles
    for i, axis in enumerate(axes):
        drawn = lines(axis)
        assert_allclose(drawn["forecast"].get_ydata()[1:], forecast.loc[f"s{i}", "forecast"])
        assert_allclose(drawn["actual"].get_ydata(), y.loc[f"s{i}"].iloc[-7:])
    left_out = f"{said}; the first 6 of 9 series" if n_series > n_panels else ""
    assert display.figure_.get_suptitle() == left_out


def test_forecaster_draws_what_it_forecasts():
    asked = []

    def forecast(X, coverage):
        asked.append((X, coverage))
        return FORECAST

    display = ForecastDisplay.from_forecaster(SimpleNamespace(forecast=forecast), 6, coverage=0.8)
    assert asked == [(6, 0.8)]
    assert list(areas(display.ax_)) == ["80 % interval"]


def test_several_coverages_are_a_fan(naive):
    display = ForecastDisplay.from_forecaster(naive, 6, coverage=np.array([0.8, 0.95, 0.5]))
    drawn = areas(display.ax_)
    assert list(drawn) == ["95 % interval", "80 % interval", "50 % interval"]
    for share, area in zip((0.95, 0.8, 0.5), drawn.values(), strict=True):
        edge = area.get_paths()[0].vertices[:, 1]
        assert_allclose([edge.min(), edge.max()], naive.predict_interval(6, share)[-1])
    assert legend(display.ax_) == ["history", *drawn, "forecast"]
    assert_allclose(lines(display.ax_)["forecast"].get_ydata()[1:], naive.predict(6))


def test_no_coverage_at_all_is_no_fan(naive):
    assert not areas(ForecastDisplay.from_forecaster(naive, 3, coverage=[]).ax_)


def test_every_series_has_its_fan():
    model = NaiveForecaster().fit(forecasts_of(2)[1])
    for axis in ForecastDisplay.from_forecaster(model, 3, coverage=(0.5, 0.9)).ax_:
        assert list(areas(axis)) == ["90 % interval", "50 % interval"]


def test_given_axes_are_drawn_on():
    figure = Figure()
    first, second = figure.subplots(1, 2)
    display = ForecastDisplay.from_forecast(FORECAST, Y, ax=first)
    assert display.ax_ is first
    assert display.figure_ is figure
    assert not second.get_lines()


def test_plot_returns_the_display_and_changes_no_table():
    shuffled = FORECAST.iloc[::-1]
    before = shuffled.copy()
    display = ForecastDisplay(shuffled, Y)
    assert display.plot() is display
    pd.testing.assert_frame_equal(shuffled, before)
    assert_allclose(lines(display.ax_)["forecast"].get_ydata()[1:], FORECAST["forecast"])


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
