"""Figures of calibration: reliability diagrams, and PIT histograms.

PIT is the probability integral transform.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from forecast.evaluation.results import Backtest, quantile_columns
from forecast.exceptions import InputError
from forecast.figures.axes import (
    add_title,
    finish_panels,
    lowest_panels,
    panels,
    single_or_array,
)
from forecast.figures.backtests import check_forecasts_table
from forecast.figures.reliability import CALIBRATED_STYLE, draw_reliability, shares_below
from forecast.figures.styles import Styles, model_styles
from forecast.validation import check, one_of

__all__ = ["CalibrationDisplay"]


class CalibrationDisplay:
    """How often actual values lie inside the intervals and below the quantiles of a backtest.

    On the diagonal forecasts are calibrated [1]_: below it in the left panel, intervals are too
    narrow; above it in the right one, quantiles are too high. 95 % of calibrated forecasts lie in
    the grey bands [2]_, ``nominal ± 1.96 · sqrt(nominal · (1 - nominal) / n)``, the binomial
    distribution made smooth: in the dark band if all n actuals were independent, in the light one
    if only the n origins were, and the steps and series after each told the same. What chance
    allows is between both, and more where origins are closer than the horizon.

    With ``kind="pit"`` each model has its histogram of the probability integral transform [3]_: the
    share of actuals between two neighbouring quantiles, over what it should be. Calibrated is flat;
    a valley says that intervals are too narrow, a hill too wide, a slope that forecasts are biased.

    Parameters
    ----------
    forecasts : DataFrame
        The forecasts table: columns model, series, origin, step, timestamp, actual, forecast and
        quantiles such as ``q0.05``.

    Attributes
    ----------
    ax_ : Axes or array of Axes
        The central intervals and the quantiles; the latter alone where no quantile has its
        counterpart, the former alone where two quantiles make one interval. Or one for each model.
    figure_ : Figure

    References
    ----------
    .. [1] Gneiting, Balabdaoui & Raftery (2007), J. Royal Statistical Society B 69(2), 243-268.
    .. [2] Bröcker & Smith (2007), Weather and Forecasting 22(3), 651-661.
    .. [3] Dawid (1984), J. Royal Statistical Society A 147(2), 278-292.

    Examples
    --------
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest
    >>> y, cv = [1.0, 2.0, 4.0, 3.0, 5.0], RollingOrigin(horizon=1, origins=2)
    >>> result = backtest(NaiveForecaster(), y, cv=cv, quantiles=(0.1, 0.9))
    >>> display = CalibrationDisplay.from_backtest(result)
    >>> display.ax_.texts[0].get_text()
    'NaiveForecaster: 80 % intervals held 100.0 % of actuals'
    """

    def __init__(self, forecasts: pd.DataFrame):
        self.forecasts = forecasts

    @classmethod
    def from_backtest(
        cls,
        backtest: Backtest,
        kind: str = "shares",
        *,
        ax: Any = None,
    ) -> CalibrationDisplay:
        """Draw the calibration of a backtest.

        Parameters
        ----------
        backtest : Backtest
            With quantiles.
        kind : {"shares", "pit"}, default="shares"
            As in `plot`.
        ax : Axes or sequence of Axes, optional
            As in `plot`.

        Returns
        -------
        CalibrationDisplay
        """
        return cls(backtest.forecasts).plot(ax, kind)

    def plot(self, ax: Any = None, kind: str = "shares") -> CalibrationDisplay:
        """Draw the shares of actuals inside intervals and below quantiles, over all series.

        Parameters
        ----------
        ax : Axes or sequence of Axes, optional
            Where to draw, one for each panel; by default a new figure.
        kind : {"shares", "pit"}, default="shares"
            These shares, or a histogram between the quantiles for each model.

        Returns
        -------
        CalibrationDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the table lacks a column, has no quantiles or no actual, or `ax` has another number
            of axes.
        """
        check(one_of("shares", "pit"), kind, "kind")
        check_forecasts_table(self.forecasts)
        if not quantile_columns(self.forecasts):
            raise InputError(
                "the table of forecasts has no quantile.",
                "Backtest with some, such as 0.05 and 0.95.",
                "Backtest with some, such as --quantiles 0.05,0.95.",
            )
        table = self.forecasts.dropna(subset=["actual"])
        if table.empty:
            raise InputError("the table of forecasts has no actual: backtest where they are known.")
        # The style of a model follows its place in the table: it is the same in all figures.
        styles = model_styles(pd.unique(table["model"]))
        if kind == "pit":
            axes = _draw_histograms(ax, table, styles)
        else:
            axes = draw_reliability(ax, table, styles)
        self.ax_ = single_or_array(axes)
        self.figure_ = axes[0].get_figure()
        return self


def _draw_histograms(ax: Any, table: pd.DataFrame, styles: Styles) -> list[Axes]:
    """Draw a histogram of the probability integral transform for each model."""
    levels = list(quantile_columns(table))
    edges = np.array([0.0, *levels, 1.0])
    widths = np.diff(edges)
    # Equal axes, since the heights are compared between the models.
    axes = panels(ax, len(styles), share_axes=True)
    for axis, model in zip(axes, styles, strict=True):
        below = shares_below(table[table["model"] == model])
        # Between two quantiles lie the actuals below the upper one, without those below the lower.
        between = np.diff([0.0, *below, 1.0])
        style = styles[model]
        heights = between / widths
        axis.bar(edges[:-1], heights, widths, align="edge", color=style["color"], edgecolor="white")
        # The marker tells the model in other figures, without its colour as well.
        middles = edges[:-1] + widths / 2
        axis.plot(middles, heights, linestyle="none", color="black", marker=style["marker"])
        # Calibrated forecasts have the density of a uniform distribution.
        axis.axhline(1.0, **CALIBRATED_STYLE)
        axis.set_xlim(0, 1)
    for axis in lowest_panels(axes):
        axis.set_xlabel("level of the quantile")
    finish_panels(axes, list(styles), "share of actuals / claimed")
    add_title(ax, axes, "Actuals between neighbouring quantiles (PIT): calibrated is flat")
    return axes
