"""Figures of calibration: reliability diagrams, and PIT histograms.

PIT is the probability integral transform.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from forecast.evaluation.distributions import coverage
from forecast.evaluation.results import Backtest, quantile_columns
from forecast.exceptions import InputError
from forecast.figures.axes import (
    Styles,
    finish_panels,
    lowest_panels,
    model_styles,
    panels,
    single_or_array,
)
from forecast.figures.backtests import check_forecasts_table
from forecast.figures.fans import central_intervals
from forecast.validation import check, one_of

__all__ = ["CalibrationDisplay"]

# 95 % of a normal distribution lie within so many standard deviations.
NORMAL_95 = 1.96
# What calibrated forecasts would be, the same line in both kinds of figure.
CALIBRATED_STYLE: dict[str, Any] = {"color": "black", "linewidth": 0.8, "label": "calibrated"}


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
        counterpart. Or one for each model.
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
    >>> [axis.get_xlabel() for axis in display.ax_]
    ['coverage that the interval claims', 'level of the quantile']
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
            axes = _draw_reliability(ax, table, styles)
        self.ax_ = single_or_array(axes)
        self.figure_ = axes[0].get_figure()
        return self


def _draw_reliability(ax: Any, table: pd.DataFrame, styles: Styles) -> list[Axes]:
    """Draw reliability diagrams: of the central intervals, if there are any, and of quantiles."""
    titles = ["below the quantile"]
    has_intervals = bool(central_intervals(table))
    if has_intervals:
        titles.insert(0, "inside the central interval")
    # The panels are square. In the legend stand the models, the diagonal and two bands of chance.
    n_panels = len(titles)
    axes = panels(
        ax,
        n_panels,
        columns=n_panels,
        width=4.0 + 3.5 * n_panels,
        row_height=3.0,
        legend_entries=len(styles) + 3,
    )
    # The quantiles stand in the last panel, the intervals in the first if there are two.
    _draw_shares(axes[-1], table, styles, _shares_below)
    axes[-1].set_xlabel("level of the quantile")
    if has_intervals:
        _draw_shares(axes[0], table, styles, _shares_inside)
        axes[0].set_xlabel("coverage that the interval claims")
    finish_panels(axes, titles, "share of actuals")
    return axes


def _draw_shares(
    axis: Axes,
    table: pd.DataFrame,
    styles: Styles,
    shares_of: Callable[[pd.DataFrame], pd.Series],
) -> None:
    """Draw the observed shares of each model against the nominal ones, and what chance allows."""
    for model, style in styles.items():
        shares = shares_of(table[table["model"] == model])
        # A share of 0 or 1 lies on the frame: its marker is not cut there.
        axis.plot(
            shares.index,
            shares.to_numpy(),
            label=model,
            marker="o",
            markersize=4,
            clip_on=False,
            zorder=3,
            **style,
        )
    # On the diagonal, observed and nominal shares agree.
    axis.plot([0, 1], [0, 1], zorder=1, **CALIBRATED_STYLE)
    _draw_chance(axis, table)
    axis.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")


def _draw_chance(axis: Axes, table: pd.DataFrame) -> None:
    """Draw the 95 % bands, by origins and by actuals: a single one where they agree."""
    origins = table.groupby("model", observed=True)["origin"]
    n_origins = origins.nunique().max()
    n_actuals = origins.size().max()
    # The wide band lies below the narrow one.
    if n_origins < n_actuals:
        _draw_band(axis, n_origins, "0.93", f"chance (95 %), {n_origins} origins")
    _draw_band(axis, n_actuals, "0.82", f"chance (95 %), {n_actuals} actuals")


def _draw_band(axis: Axes, n: int, color: str, label: str) -> None:
    """Draw the 95 % band of the share of n independent events, by the normal approximation."""
    nominal = np.linspace(0, 1, 201)
    variance = nominal * (1 - nominal) / n
    half_width = NORMAL_95 * np.sqrt(variance)
    lower = np.clip(nominal - half_width, 0, 1)
    upper = np.clip(nominal + half_width, 0, 1)
    axis.fill_between(
        nominal,
        lower,
        upper,
        color=color,
        linewidth=0,
        label=label,
        zorder=0,
    )


def _draw_histograms(ax: Any, table: pd.DataFrame, styles: Styles) -> list[Axes]:
    """Draw a histogram of the probability integral transform for each model."""
    levels = list(quantile_columns(table))
    edges = np.array([0.0, *levels, 1.0])
    widths = np.diff(edges)
    # Equal axes, since the heights are compared between the models.
    axes = panels(ax, len(styles), share_axes=True)
    for axis, model in zip(axes, styles, strict=True):
        below = _shares_below(table[table["model"] == model])
        # Between two quantiles lie the actuals below the upper one, without those below the lower.
        between = np.diff([0.0, *below, 1.0])
        axis.bar(
            edges[:-1],
            between / widths,
            widths,
            align="edge",
            color=styles[model]["color"],
            edgecolor="white",
        )
        # Calibrated forecasts have the density of a uniform distribution.
        axis.axhline(1.0, **CALIBRATED_STYLE)
        axis.set_xlim(0, 1)
    for axis in lowest_panels(axes):
        axis.set_xlabel("level of the quantile")
    finish_panels(axes, list(styles), "share of actuals / claimed")
    return axes


def _shares_inside(part: pd.DataFrame) -> pd.Series:
    """Return coverage claimed -> share of actuals inside, for each central interval."""
    shares = {}
    for interval in central_intervals(part):
        lower = part[interval.lower]
        upper = part[interval.upper]
        share = coverage(part["actual"], lower, upper)
        shares[interval.coverage] = share
    return pd.Series(shares)


def _shares_below(part: pd.DataFrame) -> pd.Series:
    """Return level -> share of actuals at or below, for each quantile."""
    # An interval without a lower end.
    lower = np.full(len(part), -np.inf)
    shares = {}
    for level, column in quantile_columns(part).items():
        share = coverage(part["actual"], lower, part[column])
        shares[level] = share
    return pd.Series(shares)
