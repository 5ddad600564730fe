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
    add_title,
    axis_positions,
    finish_panels,
    format_moment_axis,
    panels,
    quantity_label,
    single_or_array,
)
from forecast.figures.choice import models_to_draw
from forecast.figures.fans import CentralInterval, central_intervals, draw_fan
from forecast.figures.lines import actual_line, forecast_lines, last_origins
from forecast.figures.step_axis import format_step_axis
from forecast.figures.styles import Styles, draw_line, model_styles
from forecast.validation import check, integer, nearest, one_of, optional
from forecast.wording import counted

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
    season_length : int, default=1
        Of the series: the axis of steps has its ticks at seasons.

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
        season_length: int = 1,
    ):
        self.forecasts = forecasts
        self.target = target
        self.unit = unit
        self.season_length = season_length

    @classmethod
    def from_backtest(
        cls,
        backtest: Backtest,
        kind: str = "forecasts",
        *,
        models: Sequence[str] | None = None,
        target: str | None = None,
        unit: str | None = None,
        ax: Any = None,
    ) -> BacktestDisplay:
        """Draw a backtest.

        Parameters
        ----------
        backtest : Backtest
        kind : {"forecasts", "step", "origin"}, default="forecasts"
        models : sequence of str, optional
            As in `plot`, which has more choices.
        target, unit : str, optional
            As in the constructor.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        BacktestDisplay
        """
        season_length = backtest.settings.get("season_length", 1)
        display = cls(backtest.forecasts, target=target, unit=unit, season_length=season_length)
        return display.plot(ax, kind=kind, models=models)

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
            The models to draw, which keep their colours. By default all, but of forecasts at most
            four: the best two, the better of ``naive`` and ``seasonal``, ``lstm``, and then those
            that are next. The legend counts the others.
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
        check_forecasts_table(self.forecasts)
        # The style of a model follows its place in the whole table: it is the same in all figures.
        styles = model_styles(pd.unique(self.forecasts["model"]))
        if interval is not None:
            _choose([interval], styles)
        # A choice of models leaves their styles as they are.
        if models is not None:
            styles = _choose(models, styles)
        # Forecasts need a panel for each series, errors a single one.
        if kind == "forecasts":
            axes = self._draw_forecasts(ax, styles, models is None, interval, n_origins)
        else:
            axes = self._draw_errors(ax, styles, kind)
        self.ax_ = single_or_array(axes)
        self.figure_ = axes[0].get_figure()
        return self

    def _rows_of(self, styles: Styles) -> pd.DataFrame:
        """Return the rows of the models to draw."""
        return self.forecasts[self.forecasts["model"].isin(styles)]

    def _draw_forecasts(
        self,
        ax: Any,
        styles: Styles,
        choose: bool,
        interval: str | None,
        n_origins: int | None,
    ) -> list[Axes]:
        """Draw one panel per series, with the fan of the model `interval`."""
        left_out = ""
        if choose:
            n_models = len(styles)
            styles = _choose(models_to_draw(self.forecasts, interval), styles)
            if len(styles) < n_models:
                left_out = f"({counted(n_models - len(styles), 'model')} not drawn)"
        table = self._rows_of(styles)
        # Fans of several models would hide each other.
        intervals = central_intervals(table)
        if interval is None and intervals:
            interval = _most_accurate_model(table, intervals)
        # In the legend stand the actual, each model, the intervals of one, and what is left out.
        legend_entries = 2 + len(styles) + len(intervals)
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
        finish_panels(axes, names, quantity_label(target, self.unit), left_out=left_out)
        steps = counted(table["step"].nunique(), "step")
        add_title(
            ax, axes, f"{target or 'Actual'} and its last forecasts, {steps} from each origin"
        )
        return axes

    def _draw_errors(self, ax: Any, styles: Styles, kind: str) -> list[Axes]:
        """Draw the mean absolute error of each model at each step or origin, over all series."""
        axes = panels(ax, 1, legend_entries=len(styles))
        axis = axes[0]
        # error = actual - forecast, in the unit of the series.
        table = self._rows_of(styles)
        errors = (table["actual"] - table["forecast"]).abs()
        groups = errors.groupby([table[kind], table["model"]], observed=True)
        mean_errors = groups.mean().unstack("model")  # (steps or origins, models)
        positions = axis_positions(mean_errors.index)
        for model, style in styles.items():
            draw_line(axis, positions, mean_errors[model].to_numpy(), model, style)
        if kind == "step":
            format_step_axis(axis, int(mean_errors.index.max()), self.season_length)
        else:
            format_moment_axis(axis, mean_errors.index)
        # The height above 0 shows how errors compare.
        axis.set_ylim(bottom=0)
        finish_panels(axes, [], quantity_label("mean absolute error", self.unit))
        add_title(ax, axes, _title_of_errors(table, kind, self.target))
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


def _title_of_errors(table: pd.DataFrame, kind: str, target: str | None) -> str:
    """Say what the errors are of, and over what each is a mean."""
    over = ["origin", "series"] if kind == "step" else ["step", "series"]
    counts = [_count(table, column) for column in over]
    means = " and ".join(count for count in counts if count)
    by = "at each step ahead" if kind == "step" else "from each origin"
    what = f"Error of {target}" if target else "Error"
    return f"{what} {by}, mean over {means}" if means else f"{what} {by}"


def _count(table: pd.DataFrame, column: str) -> str:
    """Return how many origins, steps or series a table has, in words; nothing for one."""
    n = table[column].nunique()
    if n == 1:
        return ""
    return f"{n} series" if column == "series" else counted(n, column)


def _draw_series(axis: Axes, series: pd.DataFrame, styles: Styles, interval: str | None) -> None:
    """Draw the actual and each model's forecasts of one series, one model with its fan."""
    format_moment_axis(axis, pd.Index(series["timestamp"]))
    moments, actual = actual_line(series)
    axis.plot(moments, actual, label="actual", **ACTUAL_STYLE)
    for model, style in styles.items():
        lines = forecast_lines(series[series["model"] == model])
        moments = lines.index.to_numpy()
        draw_line(axis, moments, lines["forecast"], model, style)
        # The fan follows its model in the legend.
        if model == interval:
            draw_fan(axis, moments, lines, style["color"], model)
