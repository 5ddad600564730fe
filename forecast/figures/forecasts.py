"""Figures of forecasts: history, actual values, forecast and intervals, a panel per series."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from forecast.exceptions import InputError, InputTypeError
from forecast.figures.axes import (
    MAX_PANELS,
    add_title,
    axis_positions,
    finish_panels,
    format_moment_axis,
    panels,
    quantity_label,
    single_or_array,
)
from forecast.figures.fans import add_interval, draw_fan, draw_interval
from forecast.figures.past import joint, kept_by, values_before
from forecast.figures.styles import COLORS
from forecast.validation import check, integer, optional
from forecast.wording import counted

__all__ = ["ForecastDisplay"]

HISTORY_STYLE: dict[str, Any] = {"color": "0.45", "linewidth": 1.2, "label": "history"}
ACTUAL_STYLE: dict[str, Any] = {"color": "black", "linewidth": 1.4, "label": "actual"}
FORECAST_STYLE: dict[str, Any] = {"color": COLORS[0], "linewidth": 1.6, "label": "forecast"}


class ForecastDisplay:
    """A forecast with its intervals, the history before it and the actual values.

    Parameters
    ----------
    forecast : DataFrame of n_rows
        As `Forecaster.forecast` makes it: the moments, or (series, moment), as index; the column
        ``forecast`` and perhaps ``lower`` and ``upper``, or quantiles such as ``q0.05`` and
        ``q0.95``, drawn as a fan.
    history, actual : Series, optional
        Observed values with the same kind of index. Of the history, the rows before the forecast
        are drawn, of the actual those of the forecast. Where the forecast follows at once, lines
        and intervals begin at the last value of the history.
    coverage : float, optional
        Of the interval from ``lower`` to ``upper``, for the legend.
    target, unit : str, optional
        What is forecast and in which unit, for the axis.

    Attributes
    ----------
    ax_ : Axes or array of Axes
        One panel per series.
    figure_ : Figure

    Examples
    --------
    >>> from forecast import NaiveForecaster
    >>> naive = NaiveForecaster().fit([1.0, 3.0, 2.0])
    >>> display = ForecastDisplay.from_forecaster(naive, 2, coverage=0.9, unit="°F")
    >>> display.ax_.get_ylabel()
    '°F'
    """

    def __init__(
        self,
        forecast: pd.DataFrame,
        history: pd.Series | None = None,
        actual: pd.Series | None = None,
        *,
        coverage: float | None = None,
        target: str | None = None,
        unit: str | None = None,
    ):
        self.forecast = forecast
        self.history = history
        self.actual = actual
        self.coverage = coverage
        self.target = target
        self.unit = unit

    @classmethod
    def from_forecast(
        cls,
        forecast: pd.DataFrame,
        history: pd.Series | None = None,
        actual: pd.Series | None = None,
        *,
        coverage: float | None = None,
        target: str | None = None,
        unit: str | None = None,
        ax: Any = None,
    ) -> ForecastDisplay:
        """Draw a table of forecasts.

        Parameters
        ----------
        forecast : DataFrame of n_rows
        history, actual : Series, optional
        coverage : float, optional
        target, unit : str, optional
            As in the constructor.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        ForecastDisplay
        """
        display = cls(forecast, history, actual, coverage=coverage, target=target, unit=unit)
        return display.plot(ax)

    @classmethod
    def from_forecaster(
        cls,
        forecaster: Any,
        X: Any,
        coverage: float | Sequence[float] | None = None,
        history: pd.Series | None = None,
        actual: pd.Series | None = None,
        *,
        target: str | None = None,
        unit: str | None = None,
        ax: Any = None,
    ) -> ForecastDisplay:
        """Forecast the rows of X and draw them.

        Parameters
        ----------
        forecaster : fitted forecaster
        X : DataFrame, array-like, Index or int
            As in `Forecaster.forecast`.
        coverage : float between 0 and 1, or a sequence of such, optional
            If given, the interval is drawn; of several, such as (0.5, 0.8, 0.95), a fan, darker
            inside.
        history : Series, optional
            By default what the forecaster has kept of the values before the forecast.
        actual : Series, optional
        target, unit : str, optional
            As in the constructor.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        ForecastDisplay
        """
        if history is None:
            history = kept_by(forecaster)
        if isinstance(coverage, (Sequence, np.ndarray)):
            # Several intervals travel as quantiles, whose names say their coverage.
            forecast = forecaster.forecast(X)
            _check_forecast(forecast)
            for share in coverage:
                interval = forecaster.forecast(X, coverage=share)
                add_interval(forecast, interval, share)
            coverage = None
        else:
            forecast = forecaster.forecast(X, coverage=coverage)
        display = cls(forecast, history, actual, coverage=coverage, target=target, unit=unit)
        return display.plot(ax)

    def plot(self, ax: Any = None, *, history_length: int | None = None) -> ForecastDisplay:
        """Draw one panel per series, the first six at most.

        Parameters
        ----------
        ax : Axes or sequence of Axes, optional
            Where to draw, one for each panel; by default a new figure.
        history_length : int, optional
            Rows of history to draw; by default seven times the rows of the forecast.

        Returns
        -------
        ForecastDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the table has no column ``forecast`` or no row, `history` or `actual` has another
            kind of index, or `ax` has another number of axes.
        """
        check(optional(integer(0)), history_length, "history_length")
        _check_forecast(self.forecast)
        _check_observed(self.history, self.forecast, "history")
        _check_observed(self.actual, self.forecast, "actual")
        # Each series has its panel, as far as there are panels.
        forecasts = _by_series(self.forecast)
        histories = _by_series(self.history)
        actuals = _by_series(self.actual)
        axes = panels(ax, min(len(forecasts), MAX_PANELS))
        for series, axis in zip(forecasts, axes, strict=False):
            forecast = forecasts[series].sort_index()
            format_moment_axis(axis, forecast.index)
            # The order of drawing is that of the legend; the forecast lies on top.
            before = None
            if series in histories:
                past = values_before(histories[series], forecast, history_length)
                axis.plot(axis_positions(past.index), past.to_numpy(), **HISTORY_STYLE)
                before = joint(past, forecast)
            if series in actuals:
                _draw_actual(axis, actuals[series], forecast, before)
            _draw_forecast(axis, forecast, self.coverage, before)
        # Titles of series without a panel are counted.
        ylabel = quantity_label(self.target, self.unit)
        finish_panels(axes, list(forecasts), ylabel)
        steps = counted(max(map(len, forecasts.values())), "step")
        what = f"Forecast of {self.target}" if self.target else "Forecast"
        add_title(ax, axes, f"{what}, {steps} ahead")
        self.ax_ = single_or_array(axes)
        self.figure_ = axes[0].get_figure()
        return self


def _draw_actual(
    axis: Axes, actual: pd.Series, forecast: pd.DataFrame, before: pd.Series | None
) -> None:
    """Draw the observed values from the first to the last moment of the forecast."""
    # The actual may have gaps, and rows before and after the forecast.
    begun = actual.index >= forecast.index[0]
    ended = actual.index > forecast.index[-1]
    actual = actual[begun & ~ended].sort_index()
    marker = _marker(forecast)
    if before is not None:
        actual = pd.concat([before, actual])
    moments = axis_positions(actual.index)
    axis.plot(moments, actual.to_numpy(), marker=marker, markevery=[-1], **ACTUAL_STYLE)


def _draw_forecast(
    axis: Axes, forecast: pd.DataFrame, coverage: float | None, before: pd.Series | None
) -> None:
    """Draw the intervals of a forecast and the forecast itself, on from the value before it."""
    color = FORECAST_STYLE["color"]
    marker = _marker(forecast)
    if before is not None:
        # What is known already has no width.
        known = dict.fromkeys(forecast.columns, before)
        forecast = pd.concat([pd.DataFrame(known), forecast])
    moments = axis_positions(forecast.index)
    # A table has either the ends of one interval or the quantiles of several.
    if {"lower", "upper"} <= set(forecast.columns):
        label = "interval" if coverage is None else f"{100 * coverage:g} % interval"
        lower = forecast["lower"].to_numpy()
        upper = forecast["upper"].to_numpy()
        draw_interval(axis, moments, lower, upper, color, label)
    draw_fan(axis, moments, forecast, color)
    # The forecast lies on its intervals.
    values = forecast["forecast"].to_numpy()
    axis.plot(moments, values, marker=marker, markevery=[-1], **FORECAST_STYLE)


def _marker(forecast: pd.DataFrame) -> str:
    """Return the marker that makes a single step visible, which is no line."""
    return "o" if len(forecast) == 1 else ""


def _check_forecast(forecast: Any) -> None:
    """Refuse what is no table of the forecasts of one target."""
    if not isinstance(forecast, pd.DataFrame):
        raise InputTypeError(
            "forecast must be the DataFrame of a forecaster's forecast; "
            f"got {type(forecast).__name__}."
        )
    if "forecast" not in forecast.columns or isinstance(forecast.columns, pd.MultiIndex):
        raise InputError(
            f"the table has the columns {list(forecast.columns)[:10]} and no column 'forecast': "
            "pass what a forecaster's forecast returns, one target at a time."
        )
    if forecast.empty:
        raise InputError("the table of forecasts has no row: forecast at least one step.")


def _check_observed(observed: pd.Series | None, forecast: pd.DataFrame, name: str) -> None:
    """Refuse observed values whose index is of another kind than that of the forecast."""
    if observed is None:
        return
    levels = observed.index.nlevels
    expected = forecast.index.nlevels
    if levels != expected:
        raise InputError(
            f"{name} has {levels} levels of index and the forecast {expected}: "
            "both need the moments, or (series, moment)."
        )


def _by_series(table: Any) -> dict[Hashable, Any]:
    """Split a table into series -> rows; without series, None stands for the only one."""
    if table is None:
        return {}
    if not isinstance(table.index, pd.MultiIndex):
        return {None: table}
    # (series, moment) to moment
    keys = table.index.get_level_values(0)
    series = {}
    for key in keys.unique():
        rows = table[keys == key]
        series[key] = rows.droplevel(0)
    return series
