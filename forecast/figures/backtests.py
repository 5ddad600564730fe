"""Figures of backtests: forecasts beside the actual values, and errors by step or by origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from forecast.evaluation.results import Backtest, check_forecasts
from forecast.exceptions import InputError
from forecast.figures.axes import (
    MAX_PANELS,
    Styles,
    axis_positions,
    finish_panels,
    format_moment_axis,
    model_styles,
    panels,
    point_marker,
    quantity_label,
    single_or_array,
)
from forecast.figures.fans import CentralInterval, central_intervals, draw_fan
from forecast.figures.lines import actual_line, forecast_lines, last_origins
from forecast.validation import check, integer, nearest, one_of, optional

__all__ = ["BacktestDisplay"]

# The actual lies over the forecasts, which would hide it where there are many.
ACTUAL_STYLE: dict[str, Any] = {"color": "black", "linewidth": 1.8, "zorder": 2.5}


class BacktestDisplay:
    """The forecasts of a backtest beside the actual values, or their errors.

    Parameters
    ----------
    forecasts : DataFrame
        The forecasts table: columns model, series, origin, step, timestamp, actual, forecast and
        perhaps quantiles such as ``q0.05``.
    target, unit : str, optional
        What is forecast and in which unit, for the axis.

    Attributes
    ----------
    ax_ : Axes or array of Axes
        One panel per series where forecasts are drawn, else one.
    figure_ : Figure

    Examples
    --------
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest
    >>> cv = RollingOrigin(horizon=1, origins=2)
    >>> result = backtest(NaiveForecaster(), [1.0, 2.0, 4.0, 7.0], cv=cv)
    >>> display = BacktestDisplay.from_backtest(result, kind="step", unit="°F")
    >>> display.ax_.get_ylabel()
    'mean absolute error (°F)'
    """

    def __init__(
        self,
        forecasts: pd.DataFrame,
        *,
        target: str | None = None,
        unit: str | None = None,
    ):
        self.forecasts = forecasts
        self.target = target
        self.unit = unit

    @classmethod
    def from_backtest(
        cls,
        backtest: Backtest,
        kind: str = "forecasts",
        *,
        target: str | None = None,
        unit: str | None = None,
        ax: Any = None,
    ) -> BacktestDisplay:
        """Draw a backtest.

        Parameters
        ----------
        backtest : Backtest
        kind : {"forecasts", "step", "origin"}, default="forecasts"
            As in `plot`, which has more choices.
        target, unit : str, optional
            As in the constructor.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        BacktestDisplay
        """
        display = cls(backtest.forecasts, target=target, unit=unit)
        return display.plot(ax, kind=kind)

    def plot(
        self,
        ax: Any = None,
        *,
        kind: str = "forecasts",
        models: Sequence[str] | None = None,
        interval: str | None = None,
        n_origins: int | None = None,
    ) -> BacktestDisplay:
        """Draw the last forecasts, or the errors by step or by origin.

        Parameters
        ----------
        ax : Axes or sequence of Axes, optional
            Where to draw, one for each panel; by default a new figure.
        kind : {"forecasts", "step", "origin"}, default="forecasts"
            The forecasts of the last origins that do not overlap, one panel per series (six at
            most); the mean absolute error at each step ahead; or that at each origin, over all
            series.
        models : sequence of str, optional
            The models to draw; by default all. A model keeps its colour.
        interval : str, optional
            The model whose quantiles are drawn as a fan; by default that with the least mean
            absolute error.
        n_origins : int, optional
            How many origins; by default those within the last 120 timesteps, at least two.

        Returns
        -------
        BacktestDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the table lacks a column or has no row, an argument or a model is unknown, `models`
            is empty, or `ax` has another number of axes.
        """
        check(one_of("forecasts", "step", "origin"), kind, "kind")
        check(optional(integer(1)), n_origins, "n_origins")
        table = self.forecasts
        check_forecasts_table(table)
        # The style of a model follows its place in the whole table: it is the same in all figures.
        styles = model_styles(pd.unique(table["model"]))
        if interval is not None:
            _choose([interval], styles)
        # A choice of models leaves their styles as they are.
        if models is not None:
            styles = _choose(models, styles)
            table = table[table["model"].isin(styles)]
        # Forecasts need a panel for each series, errors a single one.
        if kind == "forecasts":
            axes = self._draw_forecasts(ax, table, styles, interval, n_origins)
        else:
            axes = _draw_errors(ax, table, styles, kind, self.unit)
        self.ax_ = single_or_array(axes)
        self.figure_ = axes[0].get_figure()
        return self

    def _draw_forecasts(
        self,
        ax: Any,
        table: pd.DataFrame,
        styles: Styles,
        interval: str | None,
        n_origins: int | None,
    ) -> list[Axes]:
        """Draw one panel per series, with the fan of the model `interval`."""
        # Fans of several models would hide each other.
        intervals = central_intervals(table)
        if interval is None and intervals:
            interval = _most_accurate_model(table, intervals)
        # In the legend stand the actual, each model and the intervals of one model.
        legend_entries = 1 + len(styles) + len(intervals)
        names = list(pd.unique(table["series"]))
        n_panels = min(len(names), MAX_PANELS)
        axes = panels(ax, n_panels, legend_entries=legend_entries)
        for name, axis in zip(names, axes, strict=False):
            series = table[table["series"] == name]
            series = last_origins(series, n_origins)
            _draw_series(axis, series, styles, interval)
        # The axis of a single series is named after it unless the target is known.
        target = self.target
        if not target and len(names) == 1:
            target = str(names[0])
        finish_panels(axes, names, quantity_label(target, self.unit))
        return axes


def check_forecasts_table(table: pd.DataFrame) -> None:
    """Refuse what is no forecasts table, or has no row."""
    check_forecasts(table)
    if table.empty:
        raise InputError("the table of forecasts has no row: backtest at least one origin.")


def _choose(models: Sequence[str], styles: Styles) -> Styles:
    """Return the styles of some models; refuse unknown models and an empty list of them."""
    if len(models) == 0:
        listed = ", ".join(map(repr, styles))
        raise InputError(f"models names no model; there are: {listed}.")
    for model in models:
        if model not in styles:
            raise InputError(f"model {model!r} is not in the backtest; {nearest(model, styles)}.")
    return {model: style for model, style in styles.items() if model in models}


def _most_accurate_model(table: pd.DataFrame, intervals: list[CentralInterval]) -> str | None:
    """Return the model with the least mean absolute error among those that have intervals."""
    table = table.dropna(subset=[interval.lower for interval in intervals])
    errors = (table["actual"] - table["forecast"]).abs()
    mean_errors = errors.groupby(table["model"], observed=True).mean()
    mean_errors = mean_errors.dropna()
    return None if mean_errors.empty else str(mean_errors.idxmin())


def _draw_errors(
    ax: Any, table: pd.DataFrame, styles: Styles, kind: str, unit: str | None
) -> list[Axes]:
    """Draw the mean absolute error of each model at each step or origin, over all series."""
    axes = panels(ax, 1, legend_entries=len(styles))
    axis = axes[0]
    # error = actual - forecast, in the unit of the series.
    errors = (table["actual"] - table["forecast"]).abs()
    groups = errors.groupby([table[kind], table["model"]], observed=True)
    mean_errors = groups.mean().unstack("model")  # (steps or origins, models)
    # The x axis shows moments if the groups are origins, else whole numbers.
    format_moment_axis(axis, mean_errors.index)
    positions = axis_positions(mean_errors.index)
    marker = point_marker(len(positions))
    for model, style in styles.items():
        values = mean_errors[model].to_numpy()
        axis.plot(positions, values, label=model, marker=marker, markersize=3, **style)
    # The height above 0 shows how errors compare.
    axis.set_ylim(bottom=0)
    if kind == "step":
        axis.set_xlabel("step")
        axis.set_xlim(left=0.5)
    finish_panels(axes, [], quantity_label("mean absolute error", unit))
    return axes


def _draw_series(axis: Axes, series: pd.DataFrame, styles: Styles, interval: str | None) -> None:
    """Draw the actual and each model's forecasts of one series, one model with its fan."""
    format_moment_axis(axis, pd.Index(series["timestamp"]))
    moments, actual = actual_line(series)
    axis.plot(moments, actual, label="actual", **ACTUAL_STYLE)
    for model, style in styles.items():
        lines = forecast_lines(series[series["model"] == model])
        moments = lines.index.to_numpy()
        axis.plot(moments, lines["forecast"], label=model, **style)
        # The fan follows its model in the legend.
        if model == interval:
            draw_fan(axis, moments, lines, style["color"], model)
